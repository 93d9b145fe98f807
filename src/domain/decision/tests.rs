use super::*;
use crate::domain::calendar::BankHolidays;
use crate::domain::consent::Decision as Said;
use crate::domain::practice::PracticeSettings;

fn practice() -> Practice {
    let table: toml::Table = include_str!("../../../config/between.toml").parse().unwrap();
    let settings: PracticeSettings = table["practice"].clone().try_into().unwrap();
    let mut practice = Practice::new("p", "Elmbrook Surgery", settings, &BankHolidays::shipped()).unwrap();
    practice.sending_allowed_at = Some(0);
    let fresh = at("2027-01-05T10:00:00Z").timestamp_millis();
    practice.feeds.insert("patients".into(), fresh);
    practice.feeds.insert("appointments".into(), fresh);
    practice
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A Tuesday morning in office hours.
fn now() -> DateTime<Utc> {
    at("2027-01-05T10:00:00Z")
}

fn contact(channel: Channel) -> Contact {
    let address = if channel == Channel::Sms { "+447700900001" } else { "a@example.org" };
    Contact { channel, address: address.into(), state: ContactState::Active, shared: false, stopped: false }
}

fn gateways() -> Vec<GatewayFacts> {
    vec![GatewayFacts {
        rests_until: None,
        name: "sandbox".into(),
        channels: vec![Channel::Sms, Channel::Email],
        two_way: true,
        opens_at: None,
        takes: 100,
    }]
}

struct Case {
    practice: Practice,
    contacts: Vec<Contact>,
    consents: Vec<ConsentLine<'static>>,
    tags: Vec<String>,
    gateways: Vec<GatewayFacts>,
}

impl Case {
    fn new() -> Self {
        Self {
            practice: practice(),
            contacts: vec![contact(Channel::Sms)],
            consents: Vec::new(),
            tags: Vec::new(),
            gateways: gateways(),
        }
    }

    fn decide(&self, change: impl FnOnce(&mut SendFacts<'_>), now: DateTime<Utc>) -> Decision {
        let mut facts = SendFacts {
            kind: MessageKind::CheckIn,
            purpose: Purpose::Goals,
            lane: Lane::Planned,
            priority: 50,
            expires_at: Some((now + Duration::days(2)).timestamp_millis()),
            skip_when_late: false,
            asks: true,
            appointment: None,
            enrolled: Some(true),
            goal_active: Some(true),
            answered: false,
            has_content: None,
            other_question_until: None,
            used: Used::default(),
            next_appointment: None,
            practice: &self.practice,
            person: Some(PersonFacts {
                registered: true,
                deceased: false,
                sensitive: false,
                unsafe_contact: false,
                textable: true,
                birth_date: "1960-02-01".parse().ok(),
                paused_until: None,
                zone: chrono_tz::Europe::London,
                window: None,
                preferred: None,
                tags: &self.tags,
                contacts: &self.contacts,
                consents: &self.consents,
            }),
            gateways: &self.gateways,
            draw: 0,
            excluded_tags: &[],
            live: false,
            spent: false,
            risen: false,
        };
        change(&mut facts);
        decide(&facts, now)
    }
}

fn person<'a, 'b>(facts: &'a mut SendFacts<'b>) -> &'a mut PersonFacts<'b> {
    facts.person.as_mut().unwrap()
}

#[test]
fn a_wanted_message_goes_to_the_best_address() {
    let decision = Case::new().decide(|_| {}, now());
    assert!(
        matches!(decision, Decision::Send(route) if route.address == "+447700900001" && route.gateway == "sandbox")
    );
}

#[test]
fn h13_nothing_survives_death_leaving_a_sensitive_or_unsafe_flag_or_a_stopping_tag() {
    let mut case = Case::new();
    assert_eq!(case.decide(|f| person(f).deceased = true, now()), Decision::Cancel(Reason::Deceased));
    assert_eq!(case.decide(|f| person(f).registered = false, now()), Decision::Cancel(Reason::LeftPractice));
    assert_eq!(case.decide(|f| person(f).sensitive = true, now()), Decision::Cancel(Reason::Sensitive));
    assert_eq!(case.decide(|f| person(f).unsafe_contact = true, now()), Decision::Cancel(Reason::UnsafeContact));
    assert_eq!(case.decide(|f| person(f).textable = false, now()), Decision::Cancel(Reason::NotTextable));
    case.tags = vec!["palliative_care".into()];
    assert_eq!(case.decide(|_| {}, now()), Decision::Cancel(Reason::ExcludedByTag));
}

#[test]
fn h14_nothing_goes_to_a_person_whose_contact_is_unsafe_not_even_an_answer() {
    let change = |f: &mut SendFacts<'_>| {
        f.lane = Lane::Safety;
        person(f).unsafe_contact = true;
    };
    assert_eq!(Case::new().decide(change, now()), Decision::Cancel(Reason::UnsafeContact));
}

#[test]
fn children_are_not_messaged_and_a_birthday_counts_from_its_day() {
    let case = Case::new();
    let born = |date: &str| date.parse().ok();
    let under = case.decide(|f| person(f).birth_date = born("2011-01-06"), now());
    assert_eq!(under, Decision::Cancel(Reason::UnderAge));
    assert!(matches!(case.decide(|f| person(f).birth_date = born("2011-01-05"), now()), Decision::Send(_)));
    assert_eq!(case.decide(|f| person(f).birth_date = None, now()), Decision::Cancel(Reason::UnderAge));
}

#[test]
fn h15_outside_the_window_it_waits_for_the_next_opening_or_expires() {
    let case = Case::new();
    let evening = at("2027-01-05T20:00:00Z");
    let morning = at("2027-01-06T09:00:00Z").timestamp_millis();
    assert_eq!(case.decide(|_| {}, evening), Decision::Wait(Reason::WaitsForWindow, morning));
    let late = case.decide(|f| f.expires_at = Some(morning), evening);
    assert_eq!(late, Decision::Skip(Reason::WaitsForWindow));
}

#[test]
fn h12_a_refusal_is_honoured_and_the_other_channel_is_used_only_where_allowed() {
    let mut case = Case::new();
    case.consents = vec![ConsentLine { channel: "sms", purpose: Purpose::All, decision: Said::Refused }];
    assert_eq!(case.decide(|_| {}, now()), Decision::Skip(Reason::OptedOut));
    case.contacts.push(contact(Channel::Email));
    assert!(matches!(case.decide(|_| {}, now()), Decision::Send(route) if route.channel == Channel::Email));
}

#[test]
fn f16_a_shared_number_takes_reminders_but_no_goals_or_results() {
    let mut case = Case::new();
    case.contacts[0].shared = true;
    assert_eq!(case.decide(|_| {}, now()), Decision::Skip(Reason::SharedNumber));
    assert!(matches!(case.decide(|f| f.purpose = Purpose::Appointments, now()), Decision::Send(_)));
}

#[test]
fn h16_the_cap_holds_and_more_important_messages_keep_their_place() {
    let case = Case::new();
    let used = |today, week, more| Used { today, week, more_important_today: more };
    let tomorrow = at("2027-01-06T09:00:00Z").timestamp_millis();
    assert_eq!(case.decide(|f| f.used = used(2, 2, 0), now()), Decision::Wait(Reason::Capped, tomorrow));
    assert_eq!(case.decide(|f| f.used = used(1, 1, 1), now()), Decision::Wait(Reason::Capped, tomorrow));
    assert!(matches!(case.decide(|f| f.used = used(1, 1, 0), now()), Decision::Send(_)));
    let full_week = case.decide(|f| f.used = used(0, 4, 0), now());
    assert_eq!(full_week, Decision::Skip(Reason::Capped), "next Monday is after its usefulness");
    let reminder = |f: &mut SendFacts<'_>| {
        f.used = used(9, 9, 9);
        f.priority = NEVER_CAPPED;
    };
    assert!(matches!(case.decide(reminder, now()), Decision::Send(_)), "appointment reminders are never capped away");
}

#[test]
fn f13_a_cancelled_or_moved_appointment_takes_its_messages_with_it() {
    let case = Case::new();
    let starts = now().timestamp_millis() + 86_400_000;
    let with = |state, current| move |f: &mut SendFacts<'_>| f.appointment = Some((state, starts, current));
    let cancelled = case.decide(with(AppointmentState::Cancelled, true), now());
    assert_eq!(cancelled, Decision::Cancel(Reason::AppointmentCancelled));
    let moved = case.decide(with(AppointmentState::Booked, false), now());
    assert_eq!(moved, Decision::Cancel(Reason::AppointmentMoved));
}

#[test]
fn f20_old_data_holds_messages_with_the_reason() {
    let mut case = Case::new();
    case.practice.feeds.insert("patients".into(), (now() - Duration::hours(73)).timestamp_millis());
    assert!(matches!(case.decide(|_| {}, now()), Decision::Wait(Reason::FeedStale, _)));
    case.practice.feeds.remove("patients");
    assert!(matches!(case.decide(|_| {}, now()), Decision::Wait(Reason::FeedStale, _)), "never imported is stale too");
}

#[test]
fn h25_live_sending_waits_until_the_alert_route_is_proven_and_cover_is_set() {
    let mut case = Case::new();
    let live = |f: &mut SendFacts<'_>| f.live = true;
    assert!(matches!(case.decide(live, now()), Decision::Wait(Reason::RouteUntested, _)));
    case.practice.settings.alerts.route = "duty@example.org".into();
    case.practice.route_proven_at = Some(now().timestamp_millis());
    assert!(matches!(case.decide(live, now()), Decision::Wait(Reason::RouteUntested, _)), "cover hours are missing");
    case.practice.cover = case.practice.hours.clone();
    assert!(matches!(case.decide(live, now()), Decision::Send(_)));
    case.practice.route_proven_at = Some((now() - Duration::days(31)).timestamp_millis());
    assert!(matches!(case.decide(live, now()), Decision::Wait(Reason::RouteUntested, _)));
}

#[test]
fn h24_after_a_restore_nothing_goes_until_a_person_says_so() {
    let mut case = Case::new();
    case.practice.sending_allowed_at = None;
    assert!(matches!(case.decide(|_| {}, now()), Decision::Wait(Reason::SendingOff, _)));
}

#[test]
fn f10_a_second_question_waits_for_the_first() {
    let until = now().timestamp_millis() + 3_600_000;
    let decision = Case::new().decide(|f| f.other_question_until = Some(until), now());
    assert_eq!(decision, Decision::Wait(Reason::QuestionOpen, until));
}

#[test]
fn a_question_never_goes_out_by_a_sender_that_cannot_receive() {
    let mut case = Case::new();
    case.gateways[0].two_way = false;
    assert_eq!(case.decide(|_| {}, now()), Decision::Skip(Reason::SenderCannotReceive));
    assert!(matches!(case.decide(|f| f.asks = false, now()), Decision::Send(_)));
}

#[test]
fn f03_what_comes_too_late_is_skipped_by_its_policy() {
    let case = Case::new();
    let late = now().timestamp_millis() - 1;
    let expired = case.decide(|f| f.expires_at = Some(late), now());
    assert_eq!(expired, Decision::Skip(Reason::Expired));
    let change = |f: &mut SendFacts<'_>| {
        f.expires_at = Some(late);
        f.skip_when_late = true;
    };
    assert_eq!(case.decide(change, now()), Decision::Skip(Reason::PastDue));
}

#[test]
fn goal_messages_rest_in_the_week_of_an_appointment() {
    let soon = (now() + Duration::days(6)).timestamp_millis();
    let decision = Case::new().decide(|f| f.next_appointment = Some(soon), now());
    assert_eq!(decision, Decision::Skip(Reason::AppointmentWeek));
}

#[test]
fn results_wait_for_a_release_and_an_echo_needs_something_to_say() {
    let case = Case::new();
    let results = |f: &mut SendFacts<'_>| {
        f.purpose = Purpose::Results;
        f.has_content = Some(false);
    };
    assert!(matches!(case.decide(results, now()), Decision::Wait(Reason::NoReleasedResult, _)));
    let echo = |f: &mut SendFacts<'_>| {
        f.purpose = Purpose::Agenda;
        f.has_content = Some(false);
    };
    assert_eq!(case.decide(echo, now()), Decision::Skip(Reason::NothingToSay));
}

#[test]
fn a_pause_ends_by_itself() {
    let until = now().timestamp_millis() + 86_400_000;
    let decision = Case::new().decide(|f| person(f).paused_until = Some(until), now());
    assert_eq!(decision, Decision::Wait(Reason::Paused, until));
}

#[test]
fn a_sudden_rise_is_so_many_times_the_usual_and_never_small() {
    for (usual, factor, least, expected) in
        [(Some(100), 5, 300, Some(500)), (Some(20), 5, 300, Some(300)), (None, 5, 300, None), (Some(100), 0, 300, None)]
    {
        assert_eq!(rise_limit(usual, factor, least), expected);
    }
    let mut case = Case::new();
    case.practice.settings.limits.segments_per_day = 1;
    let later = (now() + Duration::hours(1)).timestamp_millis();
    assert_eq!(case.decide(|f| f.risen = true, now()), Decision::Wait(Reason::SuddenRise, later));
    assert_eq!(case.decide(|f| f.spent = true, now()), Decision::Wait(Reason::SpendCap, later));
    let answer = case.decide(|f| (f.risen, f.spent, f.lane) = (true, true, Lane::Safety), now());
    assert!(matches!(answer, Decision::Send(_)), "an answer is never held for it: {answer:?}");
}

fn pair(takes_first: i64, takes_second: i64, second_two_way: bool) -> Vec<GatewayFacts> {
    let mut both = vec![gateways().remove(0), gateways().remove(0)];
    (both[0].name, both[0].takes) = ("first".to_owned(), takes_first);
    (both[1].name, both[1].takes, both[1].two_way) = ("second".to_owned(), takes_second, second_two_way);
    both
}

#[test]
fn of_two_gateways_the_first_that_takes_it_gets_it() {
    for (first, second, two_way, draw, expected) in [
        (100, 100, true, 99, "first"),
        (0, 100, true, 0, "second"),
        (60, 100, true, 59, "first"),
        (60, 100, true, 60, "second"),
        (60, 0, true, 60, "first"),
        (0, 0, true, 5, "first"),
        (0, 100, false, 0, "first"),
        (60, 100, false, 99, "first"),
    ] {
        let mut case = Case::new();
        case.gateways = pair(first, second, two_way);
        let Decision::Send(route) = case.decide(|f| f.draw = draw, now()) else { panic!("not sent") };
        assert_eq!(route.gateway, expected, "{first} {second} {two_way} {draw}");
    }
    let mut case = Case::new();
    case.gateways = pair(0, 100, false);
    let Decision::Send(route) = case.decide(|f| f.asks = false, now()) else { panic!("not sent") };
    assert_eq!(route.gateway, "second", "what asks nothing needs no way back");
}
