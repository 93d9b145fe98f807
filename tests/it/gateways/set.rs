//! The set of gateways: choice, the way out for safety texts, and faults in settings.

use std::collections::BTreeMap;

use between::{
    domain::delivery::Channel,
    gateways::{GatewaySettings, Gateways, install_tls_provider},
};

use crate::fake_gateways::{Hand, text_to, try_gateway};

fn build(toml: &str, live: bool) -> Result<Gateways, Vec<String>> {
    install_tls_provider();
    let settings: BTreeMap<String, GatewaySettings> = toml::from_str(toml).unwrap();
    let around = between::gateways::Surroundings { live, ..Hand::default().surroundings() };
    Gateways::build(&settings, &around).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

const TWO: &str = r#"
    [first]
    kind = "http"
    url = "https://a.example/messages"
    key = "0123456789abcdef"
    webhook_key = "0123456789abcdef"
    policy = { order = 1, hours = { from = "08:00", to = "18:00", weekdays_only = true }, safety_gateway = "second" }
    [second]
    kind = "http"
    url = "https://b.example/messages"
    key = "0123456789abcdef"
    webhook_key = "0123456789abcdef"
    policy = { order = 2 }
    [names_only]
    kind = "http"
    url = "https://c.example/messages"
    key = "0123456789abcdef"
    sender = "OakSurgery"
    policy = { order = 0, safety_gateway = "second" }
"#;

#[test]
fn the_first_choice_and_the_way_out() {
    let gateways = build(TWO, true).map_err(|f| panic!("{f:?}")).unwrap();
    let names = |two_way| {
        let found = gateways.candidates(Channel::Sms, two_way);
        found.iter().map(|g| g.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(false), ["names_only", "first", "second"]);
    assert_eq!(names(true), ["first", "second"], "a question never goes out where nobody can answer");
    assert_eq!(gateways.choose_for(Channel::Sms, true).unwrap().name(), "first");
    assert!(gateways.choose_for(Channel::Email, false).is_none());
    for (came_in_by, out) in [("first", "second"), ("second", "second"), ("names_only", "second")] {
        assert_eq!(gateways.way_out(came_in_by).unwrap().name(), out);
    }
    assert!(gateways.way_out("unknown").is_none());
}

#[test]
fn a_gateway_without_a_way_out_is_a_fault() {
    for broken in ["safety_gateway = \"nowhere\"", "safety_gateway = \"names_only\"", "two_way = true"] {
        let toml = TWO.replacen("safety_gateway = \"second\"", broken, 1);
        let faults = build(&toml, true).err().unwrap();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("gateways.first.policy.safety_gateway: "), "{faults:?}");
    }
}

#[test]
fn the_sandbox_is_refused_when_real_people_are_written_to() {
    let sandbox = "[demo]\nkind = \"sandbox\"";
    assert!(build(sandbox, false).is_ok());
    assert!(build(sandbox, true).err().unwrap()[0].starts_with("gateways.demo.kind: "));
}

#[test]
fn every_fault_is_named_at_once_and_no_value_is_shown() {
    let toml = r#"
        [a]
        kind = "http"
        url = "http://sms.example/messages"
        key = "canary-key"
        key_file = "/nowhere/canary"
        webhook_key = "canary"
        timeout_seconds = 300
        ca_file = "/nowhere/ca.pem"
        policy = { rate_per_second = -1.0 }
        [b]
        kind = "http"
        url = "canary"
    "#;
    let faults = build(toml, true).err().unwrap();
    for field in
        ["a.url", "a.key", "a.webhook_key", "a.timeout_seconds", "a.ca_file", "a.policy.rate", "b.url", "b.key"]
    {
        assert!(faults.iter().any(|f| f.starts_with(&format!("gateways.{field}"))), "{field}: {faults:?}");
    }
    assert!(!faults.join(" ").contains("canary"), "{faults:?}");
}

#[test]
fn a_name_must_fit_into_an_address() {
    let faults = build("[\"Oak Surgery\"]\nkind = \"sandbox\"", false).err().unwrap();
    assert!(faults[0].starts_with("gateways.Oak Surgery.name: "), "{faults:?}");
}

#[test]
fn a_setting_nobody_knows_is_refused() {
    let faults = try_gateway("kind = \"sandbox\"\ncolour = \"blue\"", &Hand::default()).err().unwrap();
    assert!(faults[0].contains("colour"), "{faults:?}");
    assert!(try_gateway("kind = \"pigeon\"", &Hand::default()).is_err());
}

#[tokio::test]
async fn the_sandbox_takes_each_message_once_and_can_be_asked() {
    use between::gateways::LookUp;
    let sandbox = try_gateway("kind = \"sandbox\"", &Hand::default()).unwrap();
    let message = text_to("+447700900001", "m-1");
    let first = sandbox.send(&message).await.unwrap();
    assert_eq!(sandbox.send(&message).await.unwrap(), first);
    assert!(matches!(sandbox.look_up("m-1", "", 0, "").await, Ok(LookUp::Found { .. })));
    assert_eq!(sandbox.look_up("m-2", "", 0, "").await, Ok(LookUp::NotFound));
}
