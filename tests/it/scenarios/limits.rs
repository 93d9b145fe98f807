//! Limits of a whole practice: a day's spending, and a rise that a person must confirm (T6).

use crate::app::{On, PRACTICE, TestApp};
use crate::on_both;
use between::store::counters::{self, CounterRow};

const MONDAY: &str = "2027-02-01T10:00:00Z";

pub async fn book(app: &TestApp, numbers: std::ops::RangeInclusive<u32>) {
    for number in numbers {
        let id = app.person(number).await;
        app.appointment(&id, &format!("a{number}"), "2027-02-03T15:00:00Z", "booked").await;
    }
}

/// How many reminders went, and the reasons of those that did not.
async fn reminders(app: &TestApp, numbers: std::ops::RangeInclusive<u32>) -> (usize, Vec<String>) {
    let mut sent = 0;
    let mut held = Vec::new();
    for number in numbers {
        for row in app.ledger(&format!("patient-{number:04}")).await {
            if row.ends_with("delivered") {
                sent += 1;
            } else {
                held.push(row);
            }
        }
    }
    held.dedup();
    (sent, held)
}

fn alerts(open: &[String], kind: &str) -> usize {
    open.iter().filter(|a| a.ends_with(kind)).count()
}

/// Twenty days on which so many planned messages went.
pub async fn history(app: &TestApp, a_day: i64) {
    let rows: Vec<CounterRow> = (5..25)
        .map(|day| CounterRow {
            subject: format!("messages:{PRACTICE}"),
            period: format!("d:2027-01-{day:02}"),
            used: a_day,
        })
        .collect();
    let mut tx = app.engine.db.begin().await.unwrap();
    counters::add(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
    app.engine.forget_practices();
}

on_both! {
    async fn t6_a_days_spending_is_capped_told_once_and_raising_it_releases(on) {
        let app = TestApp::start(on, MONDAY).await?;
        app.add_practice(PRACTICE, "Elmbrook Surgery", r#"{"limits": {"segments_per_day": 6}}"#).await;
        book(&app, 1..=16).await;
        app.advance_to("2027-02-01T12:30:00Z").await;
        let (sent, held) = reminders(&app, 1..=16).await;
        assert!((3..=6).contains(&sent), "{sent}");
        assert_eq!(held, ["appointment_reminder held spend_cap"]);
        assert_eq!(alerts(&app.open_alerts().await, "asap spend_cap"), 1, "told once: {:?}", app.open_alerts().await);
        // Another day, another budget; and it is told again if that is used up too.
        app.advance_to("2027-02-02T12:30:00Z").await;
        assert_eq!(reminders(&app, 1..=16).await.0, sent * 2);
        assert_eq!(alerts(&app.open_alerts().await, "asap spend_cap"), 2);
        app.add_practice(PRACTICE, "Elmbrook Surgery", r#"{"limits": {"segments_per_day": 100}}"#).await;
        let mut tx = app.engine.db.begin().await.unwrap();
        assert!(app.engine.wake_held(&mut tx, PRACTICE, between::domain::reason::Reason::SpendCap).await.unwrap() > 0);
        tx.commit().await.unwrap();
        app.advance_to("2027-02-02T12:31:00Z").await;
        assert_eq!(reminders(&app, 1..=16).await, (16, vec![]), "released at once");
    }

    async fn t6_a_sudden_rise_stops_asks_once_and_goes_on_when_a_person_says_so(on) {
        let changes = "[practice.limits]\nsudden_rise_factor = 3\nsudden_rise_minimum = 5\n";
        let app = TestApp::start_with(on, MONDAY, changes).await?;
        history(&app, 2).await;
        book(&app, 1..=15).await;
        app.advance_to("2027-02-01T12:30:00Z").await;
        assert_eq!(reminders(&app, 1..=15).await, (6, vec!["appointment_reminder held sudden_rise".to_owned()]));
        assert_eq!(alerts(&app.open_alerts().await, "asap sudden_rise"), 1);
        let rise = app.engine.rise(PRACTICE).await.unwrap().unwrap();
        assert_eq!((rise.sent, rise.limit, rise.stopped()), (6, 6, true));
        // Answers still go.
        app.reply(1, "STOP").await;
        assert!(app.ledger("patient-0001").await.contains(&"stop_confirmation delivered".to_owned()));
        let mut tx = app.engine.db.begin().await.unwrap();
        assert_eq!(app.engine.release_rise(&mut tx, PRACTICE).await.unwrap(), 9);
        tx.commit().await.unwrap();
        app.advance_to("2027-02-01T12:31:00Z").await;
        assert_eq!(reminders(&app, 2..=15).await, (14, vec![]));
        assert!(!app.engine.rise(PRACTICE).await.unwrap().unwrap().stopped());
    }

    async fn a_young_practice_and_a_usual_day_are_not_stopped(on) {
        let changes = "[practice.limits]\nsudden_rise_factor = 3\nsudden_rise_minimum = 5\n";
        let app = TestApp::start_with(on, MONDAY, changes).await?;
        book(&app, 1..=15).await;
        app.advance_to("2027-02-01T12:30:00Z").await;
        assert_eq!(reminders(&app, 1..=15).await, (15, vec![]), "nothing to compare with");
        let usual = TestApp::start_with(on, MONDAY, changes).await?;
        history(&usual, 20).await;
        book(&usual, 1..=15).await;
        usual.advance_to("2027-02-01T12:30:00Z").await;
        assert_eq!(reminders(&usual, 1..=15).await, (15, vec![]));
    }
}

/// Numbers that must never be texted, as they stand in a list: each is refused with its reason, and the person is taken all
/// the same.
const REFUSED: [(&str, &str); 12] = [
    ("020 7946 0000", "texts cannot go to a landline"),
    ("0909 879 0000", "texts cannot go to a premium"),
    ("07600 000000", "texts cannot go to a pager"),
    ("070 1234 5678", "texts cannot go to a personal"),
    ("0800 000 0000", "texts cannot go to a free"),
    ("0300 000 0000", "texts cannot go to a"),
    ("07797 700000", "from Jersey"),
    ("07781 100000", "from Guernsey"),
    ("07624 300000", "from the Isle of Man"),
    ("+353 85 000 0000", "from outside the UK (IE)"),
    ("+881 612 345 678", ""),
    ("+979 123 456 789", ""),
];

fn list(numbers: impl IntoIterator<Item = String>) -> String {
    // The last digit is the check digit; the range is never issued.
    const PEOPLE: [&str; 14] = [
        "9991000003",
        "9991000011",
        "9991000038",
        "9991000046",
        "9991000054",
        "9991000062",
        "9991000070",
        "9991000089",
        "9991000097",
        "9991000100",
        "9991000119",
        "9991000127",
        "9991000135",
        "9991000143",
    ];
    let row = |(nhs, number): (&&str, String)| format!("{nhs},Test,Person,05/03/1960,{number}\n");
    let rows: String = PEOPLE.iter().zip(numbers).map(row).collect();
    format!("NHS Number,Surname,First Name,Date of Birth,Mobile\n{rows}")
}

#[test]
fn t6_numbers_abroad_and_dear_ones_are_refused_at_import_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_between"))
            .current_dir(folder.path())
            .env_remove("DATABASE_URL")
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["practice", "add", "oak", "--name", "Oak Surgery"]);
    for (number, reason) in REFUSED {
        std::fs::write(folder.path().join("one.csv"), list([number.to_owned()])).unwrap();
        let told = run(&["import", "--dry-run", "one.csv"]);
        assert!(told.contains("a telephone number cannot be used (") && told.contains(reason), "{number}: {told}");
    }
    let good = ["07700 900001".to_owned(), "+44 7700 900002".to_owned()];
    std::fs::write(folder.path().join("all.csv"), list(REFUSED.map(|(n, _)| n.to_owned()).into_iter().chain(good)))
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(run(&["--json", "import", "all.csv"]).trim()).unwrap();
    assert_eq!(told["counts"]["patient"]["accepted"], 14);
    let warned: i64 = told["warnings"].as_array().unwrap().iter().filter_map(|w| w["times"].as_i64()).sum();
    assert_eq!(warned, REFUSED.len() as i64, "{told}");
    assert!(told["warnings"].as_array().unwrap().iter().all(|w| w["detail"].is_string()), "{told}");
    let database = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "sqlite"));
    let numbers = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let address = format!("sqlite:{}", database.unwrap().display());
        let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT address FROM contact_point ORDER BY address").fetch_all(&pool).await.unwrap();
        rows.into_iter().map(|(a,)| a).collect::<Vec<_>>()
    });
    assert_eq!(numbers, ["+447700900001", "+447700900002"], "nothing else can be texted");
}
