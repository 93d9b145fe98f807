use std::fs;

use super::*;

fn shipped_text(kind: &str) -> String {
    let path = format!("messages/en/{kind}.toml");
    shipped::FILES.iter().find(|(p, _)| *p == path).unwrap().1.to_owned()
}

#[test]
fn a_practices_folder_is_laid_over_the_shipped_wording() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("en")).unwrap();
    fs::create_dir_all(folder.path().join("cy")).unwrap();
    fs::write(folder.path().join("README.txt"), "not a wording file").unwrap();
    fs::write(folder.path().join("en/closed.toml"), shipped_text("closed").replace("version = 1", "version = 2"))
        .unwrap();
    fs::write(folder.path().join("cy/help.toml"), shipped_text("help")).unwrap();
    fs::write(
        folder.path().join("en/own.toml"),
        file("((practice)): x", "((practice))", "x STOP", &[("practice", "text")]),
    )
    .unwrap();
    let catalogue = Catalogue::with_folder(folder.path()).unwrap();
    assert_eq!(catalogue.get("en", "closed").unwrap().version, 2);
    assert_eq!(catalogue.get("en", "own").unwrap().version, 3);
    assert_eq!(catalogue.get("en", "help").unwrap().version, 1);
    assert_eq!(catalogue.languages(), ["cy", "en"]);
    assert_eq!(catalogue.best("cy-GB", "help").unwrap().language, "cy");
    assert_eq!(catalogue.best("cy", "danger").unwrap().language, "en");
    assert_eq!(catalogue.best("", "danger").unwrap().language, "en");
    assert!(catalogue.get("cy", "danger").is_none());
    assert!(catalogue.best("en", "no_such_kind").is_none());
    let findings = check(&catalogue);
    assert!(findings.iter().any(|f| f.file == "messages/cy" && f.message.contains("danger")), "{findings:?}");
}

#[test]
fn a_folder_with_faults_is_refused_with_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("en")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join("en").join(name), text).unwrap();
    write("closed.toml", "kind = \"closed\"\nabout = 1\n");
    write("help.toml", &shipped_text("danger"));
    write("danger.toml", &shipped_text("danger").replace("((practice)): A", "((practice: A"));
    write("crisis.toml", &shipped_text("crisis").replace("purpose = \"service\"", "purpose = \"servise\""));
    fs::write(folder.path().join("en/welcome.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let findings = Catalogue::with_folder(folder.path()).unwrap_err();
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let all = lines.join("\n");
    for part in [
        "line 2",
        "the file is named help and says it is danger",
        "sms.body, character 1",
        "servise",
        "welcome.toml: cannot be read",
    ] {
        assert!(all.contains(part), "{part} not in\n{all}");
    }
    assert!(Catalogue::with_folder(&folder.path().join("absent")).is_err());
}

#[test]
fn unknown_settings_are_refused() {
    let text = shipped_text("help").replace("locked = true", "locked = true\nunlocked = true");
    assert!(MessageTemplate::from_toml("en/help.toml", &text).is_err());
    assert!(MessageTemplate::from_toml("help.toml", &shipped_text("help")).is_err(), "no language");
    assert!(MessageTemplate::from_toml("en/help.txt", &shipped_text("help")).is_err());
    let empty = "kind = \"own\"\nabout = \"x\"\npurpose = \"service\"\naudience = \"patient\"\nversion = 1\n";
    assert!(
        MessageTemplate::from_toml("en/own.toml", empty).unwrap_err()[0].message.contains("no [sms] and no [email]")
    );
}

#[test]
fn h19_changed_safety_texts_and_unfilled_placeholders_are_named() {
    let mut catalogue = Catalogue::shipped();
    catalogue.lay_over("own/en/danger.toml", &shipped_text("danger").replace("call 999 now", "ring 999 now")).unwrap();
    let extra = "[[placeholder]]\nname = \"weather\"\ntype = \"text\"\nexample = \"sunny\"\nlongest = \"sunny\"\n";
    let closed = shipped_text("closed").replace("We are closed.", "We are closed. It is ((weather)).") + extra;
    catalogue.lay_over("own/en/closed.toml", &closed).unwrap();
    let help = shipped_text("help")
        .replace("locked = true", "locked = false")
        .replace("audience = \"patient\"", "audience = \"staff\"");
    catalogue.lay_over("own/en/help.toml", &help).unwrap();
    let lines: Vec<String> = check(&catalogue).iter().map(ToString::to_string).collect();
    let all = lines.join("\n");
    for part in [
        "warning own/en/danger.toml, locked: the words of a safety text were changed",
        "error own/en/closed.toml, placeholder: between has no value for ((weather)) in a closed",
        "error own/en/help.toml: purpose, audience and locked must be as shipped",
    ] {
        assert!(all.contains(part), "{part} not in\n{all}");
    }
    assert!(lines[0].starts_with("error"), "errors come first");
}
