//! A gateway with delivery hours of its own: nothing waits, or comes to its end, in its queue where nobody here sees it.

use crate::app::{On, TestApp};
use crate::fake_gateways::Hand;
use crate::fake_gateways::nhs_notify::NhsNotifyFake;
use crate::on_both;
use crate::scenarios::kit::ms;
use between::clock::Clock;

/// The practice sends on every day and till late: the gateway's hours are the narrower ones. These texts ask nothing here.
const AROUND: &str = "[gateways.notify.policy]\ntwo_way = true\nsafety_gateway = \"spare\"\n\
    [gateways.spare]\nkind = \"sandbox\"\npolicy = { order = 900 }\n\
    [practice.window]\ndays = \"Mon-Sun\"\nfrom = \"07:00\"\nto = \"21:00\"\nbank_holidays = true\n";

on_both! {
    async fn over_easter_nothing_is_left_in_the_queue_of_nhs_notify(on) {
        // Good Friday. Clocks go forward on the Sunday: then eight in the morning is 07:00 UTC.
        let clock = Clock::manual("2027-03-26T10:00:00Z".parse().unwrap());
        let fake = NhsNotifyFake::start(&Hand::of(&clock)).await;
        let own = fake.settings("text = \"text\"").replace("policy = { safety_gateway = \"spare\" }\n", "");
        let app = TestApp::start_on(on, clock, &format!("[gateways.notify]\n{own}{AROUND}")).await?;
        // Reminded two days ahead, at eleven: on Easter Monday for Wednesday's visit, on Saturday for Monday's.
        let (wednesday, monday) = (app.person(1).await, app.person(2).await);
        app.appointment(&wednesday, "wednesday", "2027-03-31T14:00:00Z", "booked").await;
        app.appointment(&monday, "monday", "2027-03-29T16:00:00Z", "booked").await;
        app.advance_to("2027-03-27T11:30:00Z").await;
        assert_eq!(app.ledger(&monday).await, ["appointment_reminder skipped waits_for_window"], "it would come after the visit");
        app.advance_to("2027-03-29T15:00:00Z").await;
        assert_eq!(app.ledger(&wednesday).await, ["appointment_reminder held waits_for_window"]);
        assert_eq!(fake.messages().len(), 0, "{:?}", fake.messages());
        app.advance_to("2027-03-30T08:00:00Z").await;
        assert_eq!(app.ledger(&wednesday).await, ["appointment_reminder accepted"]);
        assert_eq!(fake.messages().len(), 1);
        let sent = app.timeline(&wednesday).await.into_iter().find_map(|m| m.sent_at).unwrap();
        assert!((ms("2027-03-30T07:00:00Z")..ms("2027-03-30T07:15:00Z")).contains(&sent), "as it opens: {sent}");
    }
}
