//! Who holds a mailbox: a name by which another reader on the same machine sees that its holder has died.

use std::fs;

/// A name of this process's own for `id`. Where the system tells (Linux), it says which process: its number, when it was
/// started, and the space its number counts in.
pub(super) fn name(id: &str) -> String {
    match (space(), started(std::process::id())) {
        (Some(space), Some(started)) => format!("{id}@{space}/{}/{started}", std::process::id()),
        _ => id.to_owned(),
    }
}

/// Whether it is certain that the process of that name is gone. Of other machines and containers nothing is certain.
pub(super) fn is_dead(name: &str) -> bool {
    let Some((_, process)) = name.rsplit_once('@') else { return false };
    let mut parts = process.splitn(3, '/');
    let (Some(theirs), Some(number), Some(began)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let Ok(number) = number.parse::<u32>() else { return false };
    // Unless we see ourselves, we see nobody.
    space().as_deref() == Some(theirs)
        && started(std::process::id()).is_some()
        && started(number).as_deref() != Some(began)
}

/// The machine since it was started, and the space of process numbers on it.
fn space() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let numbers = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}:{}", boot.trim(), numbers.display()))
}

/// When a process was started, in ticks since the machine was; `None` for one that is not there or has ended.
fn started(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold anything; behind it come the state and, as the twentieth, the start.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let start = fields.nth(18)?;
    (!matches!(state, "Z" | "X")).then(|| start.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_certainly_gone_is_dead() {
        assert!(!is_dead(&name("a")), "we are here");
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let theirs = |began: &str| format!("a@{}/{}/{began}", space().unwrap(), child.id());
        // The same number with another start is another process.
        let other = theirs("1");
        let gone = started(child.id()).map(|began| theirs(&began));
        assert!(is_dead(&other));
        child.wait().unwrap();
        assert!(gone.is_none_or(|gone| is_dead(&gone)));
        for unknown in ["", "a", "0190c3", "a@elsewhere:pid:[1]/1/1", "a@b", "a@b/c/d"] {
            assert!(!is_dead(unknown), "{unknown}");
        }
    }
}
