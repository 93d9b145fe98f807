//! R3 and R4: what a misbehaving gateway can and cannot make us believe.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use between::{
    domain::delivery::{SendFailure, next_retry},
    gateways::{Gateway, LookUp},
};
use futures_util::{StreamExt, future::join_all, stream};

use crate::app::full_size;
use crate::fake_gateways::{
    Hand, NOON,
    fault::{Fault, When},
    gateway,
    http::HttpFake,
    text_to,
};

/// What each fault must be taken for: the failure's code, whether nothing was sent for certain, and the floor.
fn meaning(fault: Fault) -> (&'static str, bool, Option<i64>) {
    match fault {
        Fault::Timeout | Fault::Slow => ("timed_out", false, None),
        Fault::Drop => ("connection_lost", false, None),
        Fault::TooMany => ("throttled", true, Some(90_000)),
        Fault::Unavailable => ("throttled", true, Some(120_000)),
        Fault::ServerError => ("http_500", false, None),
        Fault::Html200 => ("html", false, None),
        Fault::Empty200 => ("empty", false, None),
        Fault::Truncated => ("truncated", false, None),
        Fault::Garbage | Fault::OtherJson => ("not_the_form", false, None),
        Fault::Endless | Fault::Huge => ("too_large", false, None),
        Fault::Redirect => ("http_307", false, None),
    }
}

#[tokio::test]
async fn r4_no_wrong_answer_is_taken_for_a_success() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings("timeout_seconds = 2"), &hand);
    let sends = Fault::ALL.iter().flat_map(|fault| [When::BeforeTaking, When::AfterTaking].map(|when| (*fault, when)));
    let outcomes = join_all(sends.map(|(fault, when)| {
        let http = Arc::clone(&http);
        async move {
            let message = text_to(&fault.number(when), &format!("m-{fault:?}-{when:?}"));
            let started = Instant::now();
            let failure = http.send(&message).await.expect_err("taken for a success");
            (fault, when, message, failure, started.elapsed())
        }
    }))
    .await;

    for (fault, when, message, failure, took) in outcomes {
        let (code, not_sent, floor) = meaning(fault);
        assert_eq!(failure.code(), code, "{fault:?} {when:?}");
        assert_eq!(failure.certainly_not_sent(), not_sent, "{fault:?} {when:?}");
        assert_eq!(failure.retry_floor_ms(), floor, "{fault:?} {when:?}");
        assert!(!failure.permanent(), "{fault:?} {when:?}");
        assert!(took < Duration::from_secs(4), "{fault:?} {when:?} took {took:?}");
        // Where the outcome is unknown, asking settles it.
        let found = http.look_up(&message.reference, &message.to, NOON, &message.text).await.unwrap();
        assert_eq!(matches!(found, LookUp::Found { .. }), when == When::AfterTaking, "{fault:?} {when:?}");
    }
    assert_eq!(fake.refused(), Vec::<String>::new());
}

/// The slowest of twenty sends to a number that provokes nothing.
async fn slowest(http: &Gateway, name: &str) -> Duration {
    let mut slowest = Duration::ZERO;
    for n in 0..20 {
        let started = Instant::now();
        http.send(&text_to("+447700900001", &format!("{name}-{n}"))).await.unwrap();
        slowest = slowest.max(started.elapsed());
    }
    slowest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r4_bodies_without_end_cost_little_and_delay_nobody() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings("timeout_seconds = 2"), &hand);
    let alone = slowest(&http, "alone").await;
    let bad = [Fault::Endless, Fault::Huge, Fault::Slow, Fault::Timeout];
    let sends = (0..200).map(|n| {
        let http = Arc::clone(&http);
        tokio::spawn(async move {
            let number = bad[n % bad.len()].number(When::AfterTaking);
            http.send(&text_to(&number, &format!("bad-{n}"))).await
        })
    });
    let sends: Vec<_> = sends.collect();
    let beside = slowest(&http, "beside").await;
    // One second is the mark; on a machine that is slow by itself the send alone says how slow.
    let mark = Duration::from_secs(1) + 10 * alone;
    assert!(beside < mark, "{beside:?} beside the bad ones, {alone:?} alone");
    for send in join_all(sends).await {
        assert!(send.unwrap().is_err());
    }
    // 100 bodies of up to 64 MiB were on offer; what was taken of each fits its socket's buffers.
    let offered = fake.server.counts.endless_bytes.load(Ordering::SeqCst);
    assert!(offered < 100 * 8 * 1024 * 1024, "{offered} bytes went out");
}

#[tokio::test]
async fn a_gateway_that_is_down_took_nothing_and_comes_back() {
    let hand = Hand::default();
    let mut fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings(""), &hand);
    http.send(&text_to("+447700900001", "m-1")).await.unwrap();
    fake.server.go_down().await;
    let failure = http.send(&text_to("+447700900001", "m-2")).await.unwrap_err();
    assert_eq!(failure, SendFailure::Unreachable { detail_code: "refused".into() });
    assert!(failure.certainly_not_sent());
    fake.server.come_up().await;
    http.send(&text_to("+447700900001", "m-2")).await.unwrap();
    assert_eq!(fake.taken_of("m-2"), 1);
}

/// One message's life by the rules: retried when it surely was not sent, asked about when that is unknown.
async fn live(http: &Gateway, reference: &str, to: &str, seed: u64) -> Result<usize, SendFailure> {
    let message = text_to(to, reference);
    let (mut now, mut waits) = (NOON, Vec::new());
    for attempt in 1.. {
        let Err(failure) = http.send(&message).await else {
            return Ok(attempt);
        };
        let Some(at) = next_retry(attempt as u32, &failure, now, seed, NOON + 24 * 3_600_000) else {
            return Err(failure);
        };
        assert!(at >= now + failure.retry_floor_ms().unwrap_or(1), "Retry-After undercut");
        if failure.retry_floor_ms().is_none() {
            assert!(waits.last().is_none_or(|last| at - now > *last), "waits do not grow");
            waits.push(at - now);
        }
        now = at;
        if !failure.certainly_not_sent() {
            loop {
                match http.look_up(&message.reference, &message.to, NOON, &message.text).await {
                    Ok(LookUp::Found { .. }) => return Ok(attempt),
                    Ok(LookUp::NotFound) => break,
                    Ok(LookUp::CannotTell) => panic!("this gateway can be asked"),
                    // A machine with much to do answers later than the call may take: it is asked again, nothing is sent.
                    Err(SendFailure::TimedOut) => {}
                    Err(failure) => panic!("{failure:?}"),
                }
            }
        }
    }
    unreachable!()
}

#[tokio::test]
async fn r3_every_fault_mixed_loses_nothing_and_doubles_nothing() {
    let messages: u64 = if full_size() { 10_000 } else { 2_000 };
    let hand = Hand::default();
    // Two tries in three go wrong at first, in a way that depends on the message alone.
    let fake = HttpFake::with_mood(&hand, |to, before| {
        let n: usize = to.strip_prefix("+4477009").and_then(|n| n.parse().ok()).unwrap_or(0);
        let roll = n.wrapping_mul(31).wrapping_add(before * 16) % 42;
        let fault = *Fault::ALL.get(roll / 2)?;
        // A gateway that says "not now" about what it took would be lying; all else may happen after the taking.
        let not_now = matches!(fault, Fault::TooMany | Fault::Unavailable);
        let when = if roll.is_multiple_of(2) || not_now { When::BeforeTaking } else { When::AfterTaking };
        (before < 4).then_some((fault, when))
    })
    .await;
    let http = gateway(&fake.settings("timeout_seconds = 1"), &hand);

    let outcomes: Vec<_> = stream::iter(0..messages)
        .map(|n| {
            let http = Arc::clone(&http);
            async move {
                let to = if n % 50 == 0 { "+447700900301".to_owned() } else { format!("+4477009{:05}", 10_000 + n) };
                let reference = format!("m-{n}");
                let outcome = live(&http, &reference, &to, n).await;
                (n, reference, outcome)
            }
        })
        .buffer_unordered(64)
        .collect()
        .await;

    let taken = fake.taken().iter().fold(HashMap::new(), |mut counts, t| {
        *counts.entry(t.id.clone()).or_insert(0) += 1;
        counts
    });
    let mut attempts = BTreeMap::new();
    for (n, reference, outcome) in &outcomes {
        match outcome {
            Err(failure) => {
                assert_eq!(n % 50, 0, "{reference} was lost: {failure:?}");
                assert!(matches!(failure, SendFailure::BadAddress { .. }));
                assert_eq!(fake.tries_of(reference), 1, "a permanent refusal was repeated");
            }
            Ok(tries) => {
                assert_eq!(taken.get(reference), Some(&1), "{reference} after {tries} tries");
                *attempts.entry(*tries).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(outcomes.len() as u64, messages);
    assert!(attempts.keys().max() > Some(&2), "the faults were not met: {attempts:?}");
    assert_eq!(fake.refused(), Vec::<String>::new());
}
