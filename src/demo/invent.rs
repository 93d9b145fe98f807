//! The people of the invented practice. NHS numbers are from the range that is kept for tests, telephone numbers from the
//! range that Ofcom keeps for fiction, addresses under the domains kept for examples: none of them is anybody's.

use super::dice::Dice;
use super::goals::{GOALS, Wish};
use super::names::{COMMUNITIES, Community};
use chrono::{Datelike, Days, NaiveDate};

/// A person as the practice's patient list has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Invented {
    pub nhs_number: String,
    pub family: String,
    pub given: String,
    pub known_as: Option<String>,
    pub born: NaiveDate,
    pub died: Option<NaiveDate>,
    pub left: bool,
    pub sensitive: bool,
    pub declined: bool,
    pub language: Option<&'static str>,
    /// `07700 900123`.
    pub mobile: Option<String>,
    pub email: Option<String>,
    pub prefers_email: bool,
    pub tags: Vec<&'static str>,
    pub goal: Option<&'static Wish>,
}

impl Invented {
    /// Nothing on record stands in the way of messages.
    pub fn can_take_part(&self) -> bool {
        self.died.is_none()
            && !self.left
            && !self.sensitive
            && !self.declined
            && self.mobile.is_some()
            && !self.tags.iter().any(|t| STOPS.contains(t))
    }
}

const STOPS: [&str; 4] = ["pregnancy", "palliative_care", "eating_disorder", "admission"];
const CONDITIONS: [&str; 8] = [
    "diabetes_type_2",
    "hypertension",
    "asthma",
    "copd",
    "coronary_heart_disease",
    "chronic_kidney_disease",
    "heart_failure",
    "atrial_fibrillation",
];

/// Is the tag a long-term condition?
pub(super) fn is_condition(tag: &str) -> bool {
    CONDITIONS.contains(&tag)
}

/// Invents `count` people. The first is the person of the transcript, whatever the seed: she has a mobile and no email, so
/// that her STOP by text leaves no other way to her.
pub(super) fn people(seed: u64, count: usize, today: NaiveDate) -> Vec<Invented> {
    let mut dice = Dice::new(seed, "people");
    let mut people = Vec::with_capacity(count);
    people.push(first(today));
    while people.len() < count {
        let number = people.len();
        let person = one(&mut dice, number, today);
        people.push(person);
    }
    special(&mut people, today);
    share_numbers(&mut people);
    people
}

fn first(today: NaiveDate) -> Invented {
    Invented {
        nhs_number: nhs_number(0),
        family: "Morgan".to_owned(),
        given: "Rhian".to_owned(),
        born: back(today, 58 * 365 + 120),
        mobile: Some(mobile(0)),
        tags: vec!["diabetes_type_2", "hypertension"],
        goal: GOALS.first(),
        ..Invented::default()
    }
}

fn one(dice: &mut Dice, number: usize, today: NaiveDate) -> Invented {
    let community = community(dice);
    let given_names = if dice.percent(52) { community.women } else { community.men };
    let given = dice.pick(given_names);
    let family = dice.pick(community.families);
    // Long-term conditions and so messages are mostly about people past fifty.
    let age = if dice.percent(70) { dice.between(48, 88) } else { dice.between(18, 47) };
    let mut tags = Vec::new();
    for condition in CONDITIONS {
        let likely = if age > 60 { 24 } else { 9 };
        if dice.percent(likely) {
            tags.push(condition);
        }
    }
    Invented {
        nhs_number: nhs_number(number),
        family: family.to_owned(),
        given: given.to_owned(),
        known_as: (given == "Margaret" && dice.percent(50)).then(|| "Peggy".to_owned()),
        born: back(today, age * 365 + dice.between(1, 364)),
        language: community.language.filter(|_| dice.percent(30)),
        mobile: dice.percent(95).then(|| mobile(number)),
        email: dice.percent(60).then(|| address(given, family, number)),
        prefers_email: dice.percent(12),
        goal: if dice.percent(55) { GOALS.get(dice.below(GOALS.len() as u32) as usize) } else { None },
        tags,
        ..Invented::default()
    }
}

fn community(dice: &mut Dice) -> &'static Community {
    let mut left = dice.below(100);
    for community in &COMMUNITIES {
        if left < community.share {
            return community;
        }
        left -= community.share;
    }
    &COMMUNITIES[0]
}

/// Each thing that stops messages stands on somebody's record, so that the pages show it.
fn special(people: &mut [Invented], today: NaiveDate) {
    for (number, person) in people.iter_mut().enumerate().skip(1) {
        match number % 50 {
            7 => person.died = Some(back(today, 20)),
            13 => person.left = true,
            19 if number < 50 => person.sensitive = true,
            23 => person.born = back(today, 9 * 365),
            29 => person.declined = true,
            31 => (person.mobile, person.email) = (None, None),
            37 => person.tags.push(STOPS[number / 50 % STOPS.len()]),
            41 => (person.mobile, person.prefers_email) = (None, true),
            _ => {}
        }
    }
}

/// Couples, and a parent with a child, who have one telephone between them.
fn share_numbers(people: &mut [Invented]) {
    for number in [23, 44, 88, 123, 160] {
        let parent = people.get(number - 1).map(|p| (p.mobile.clone(), p.family.clone()));
        if let (Some((mobile, family)), Some(person)) = (parent, people.get_mut(number))
            && mobile.is_some()
        {
            person.mobile = mobile;
            person.family = family;
        }
    }
}

/// The number'th NHS number of 999 000 0000 and up whose check digit exists (weights 10 to 2, modulus 11).
fn nhs_number(number: usize) -> String {
    let mut found = 0;
    for candidate in 999_000_000_u32.. {
        let digits = candidate.to_string();
        let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = match 11 - sum % 11 {
            11 => 0,
            10 => continue,
            check => check,
        };
        if found == number {
            return format!("{digits}{check}");
        }
        found += 1;
    }
    String::new()
}

/// 07700 900000 to 07700 900999: only a thousand exist.
fn mobile(number: usize) -> String {
    format!("07700 900{:03}", (number + 1) % 1000)
}

fn address(given: &str, family: &str, number: usize) -> String {
    let plain = |text: &str| text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let domain = ["example.org", "example.net", "example.com"][number % 3];
    format!("{}.{}{}@{domain}", plain(given), plain(family), number)
}

fn back(today: NaiveDate, days: i64) -> NaiveDate {
    today
        .checked_sub_days(Days::new(days.unsigned_abs()))
        .unwrap_or_else(|| NaiveDate::from_ymd_opt(today.year() - 1, 1, 1).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifiers::{EmailAddress, NhsNumber, PhoneNumber};

    #[test]
    fn two_hundred_people_are_nobodys_and_the_same_on_every_run() {
        let today = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
        let invented = people(1, 200, today);
        assert_eq!(invented.len(), 200);
        let again = people(1, 200, today);
        assert!(
            invented.iter().zip(&again).all(|(a, b)| a.given == b.given && a.family == b.family && a.born == b.born)
        );
        let mut numbers = std::collections::BTreeSet::new();
        for person in &invented {
            let number = NhsNumber::parse(&person.nhs_number).unwrap();
            assert!(number.is_test_range() && numbers.insert(number.digits()));
            if let Some(mobile) = &person.mobile {
                assert!(PhoneNumber::parse(mobile).unwrap().is_fiction(), "{mobile}");
            }
            if let Some(email) = &person.email {
                assert!(EmailAddress::parse(email).unwrap().domain().starts_with("example."));
            }
        }
    }

    #[test]
    fn every_thing_that_stops_messages_is_on_somebodys_record() {
        let today = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
        let invented = people(1, 200, today);
        let some = |what: fn(&Invented) -> bool| invented.iter().any(what);
        assert!(some(|p| p.died.is_some()) && some(|p| p.left) && some(|p| p.sensitive) && some(|p| p.declined));
        assert!(some(|p| p.mobile.is_none() && p.email.is_none()) && some(|p| p.language == Some("cy")));
        assert!(some(|p| p.language == Some("pl")) && some(|p| p.language == Some("ur")));
        for stop in STOPS {
            assert!(invented.iter().any(|p| p.tags.contains(&stop)), "{stop}");
        }
        let shared = |p: &Invented| p.mobile.is_some() && invented.iter().filter(|q| q.mobile == p.mobile).count() == 2;
        assert!(invented.iter().filter(|p| shared(p)).count() >= 6);
    }
}
