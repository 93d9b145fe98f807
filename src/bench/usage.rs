//! What processes used: CPU and memory, as Linux counts them under /proc.

use std::fs;
use std::path::Path;

/// Clock ticks a second in /proc: Linux fixes them at 100 for user space.
const TICKS_A_SECOND: f64 = 100.0;

/// CPU seconds of a process so far, with its threads; `None` when it is not there (or this is not Linux).
pub(super) fn cpu_seconds(pid: u32) -> Option<f64> {
    stat(pid).map(|stat| (stat.own) as f64 / TICKS_A_SECOND)
}

/// CPU seconds of a server that works in child processes, as PostgreSQL does: the parent of `child`, all its children that live, and
/// those that have ended.
pub(super) fn cpu_seconds_of_family(child: u32) -> Option<f64> {
    let parent = stat(child)?.parent;
    let mother = stat(parent)?;
    let mut ticks = mother.own + mother.ended_children;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some(stat) = pid.and_then(stat)
            && stat.parent == parent
        {
            ticks += stat.own;
        }
    }
    Some(ticks as f64 / TICKS_A_SECOND)
}

/// The most memory a process ever held, and what it holds now, in MiB.
pub(super) fn memory_mib(pid: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    };
    Some((field("VmHWM:")?, field("VmRSS:")?))
}

struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    // The name of the program stands in brackets and may hold spaces; numbers follow. See proc(5).
    let (_, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_time_and_memory() {
        let pid = std::process::id();
        assert!(cpu_seconds(pid).is_some());
        assert!(memory_mib(pid).unwrap().0 > 1.0);
        let parent = stat(pid).unwrap().parent;
        assert!(cpu_seconds_of_family(pid).unwrap() >= cpu_seconds(parent).unwrap() - 0.1, "the parent is counted too");
        assert!(cpu_seconds(u32::MAX).is_none());
    }
}
