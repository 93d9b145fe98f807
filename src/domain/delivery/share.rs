//! How many of its own texts a gateway gets: fewer while they fail or crawl and another does better.

use super::FailoverRules;

/// What became of the texts of a gateway in the minutes looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Handed over, or tried to be.
    pub sent: i64,
    /// Refused for no fault of theirs, not answered, or not delivered.
    pub failed: i64,
    /// Taken or delivered, but late.
    pub slow: i64,
}

impl Traffic {
    /// The failed and the slow together.
    pub fn bad(&self) -> i64 {
        (self.failed + self.slow).min(self.sent)
    }

    fn is_bad(&self, from: i64, percent: i64) -> bool {
        self.sent >= from.max(1) && self.bad() * 100 >= percent * self.sent
    }
}

/// How far back is looked, in minutes.
pub const MINUTES: i64 = 15;

/// It falls by so much a minute, and drifts back by so much: in percent.
const FALL: i64 = 10;
const DRIFT: i64 = 5;
/// What is left to it, so that its getting better can be seen.
const LEAST: i64 = 10;

/// The share, in percent, that a gateway has from now on; asked once a minute. `others` are the gateways that could take its
/// texts: when all of them are bad too, nothing moves.
pub fn share(now: i64, own: Traffic, others: &[Traffic], rules: &FailoverRules) -> i64 {
    if rules.share_from_texts <= 0 {
        return 100;
    }
    if !own.is_bad(rules.share_from_texts, rules.bad_percent) {
        return (now + DRIFT).min(100);
    }
    // The others have less to show for themselves: a tenth is enough to tell that they are bad.
    let all_bad = others.iter().all(|other| other.is_bad(rules.share_from_texts / 10, rules.bad_percent));
    if all_bad { now } else { (now - FALL).max(LEAST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(share_from_texts: i64) -> FailoverRules {
        FailoverRules {
            open_after: 5,
            within_seconds: 120,
            rest_seconds: 30,
            longest_rest_seconds: 600,
            share_from_texts,
            bad_percent: 15,
            slow_seconds: 10,
            slow_delivery_seconds: 240,
        }
    }

    const WELL: Traffic = Traffic { sent: 100, failed: 3, slow: 4 };
    const BAD: Traffic = Traffic { sent: 100, failed: 5, slow: 10 };

    #[test]
    fn it_falls_at_fifteen_percent_moves_nothing_when_all_are_bad_and_drifts_back() {
        let rules = rules(100);
        for (now, own, others, expected, why) in [
            (100, BAD, vec![WELL], 90, "15 of 100 are bad"),
            (100, Traffic { failed: 14, slow: 0, ..BAD }, vec![WELL], 100, "14 are not"),
            (100, BAD, vec![Traffic::default()], 90, "another that was not needed so far counts as well"),
            (100, BAD, vec![BAD], 100, "all are bad"),
            (70, BAD, vec![BAD, BAD], 70, "all are bad, and it had fallen already"),
            (70, BAD, vec![BAD, WELL], 60, "one does better"),
            (100, BAD, vec![], 100, "there is no other"),
            (15, BAD, vec![WELL], 10, "something is left"),
            (60, WELL, vec![WELL], 65, "it drifts back"),
            (98, WELL, vec![BAD], 100, "and no further"),
            (40, Traffic { sent: 99, failed: 99, slow: 0 }, vec![WELL], 45, "too few texts to tell"),
        ] {
            assert_eq!(share(now, own, &others, &rules), expected, "{why}");
        }
    }

    #[test]
    fn without_the_setting_nothing_moves() {
        assert_eq!(share(100, BAD, &[WELL], &rules(0)), 100);
        assert_eq!(share(50, BAD, &[WELL], &rules(0)), 100, "switched off, it is whole again");
    }
}
