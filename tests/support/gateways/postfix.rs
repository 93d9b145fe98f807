//! A real Postfix in a temporary folder: its own configuration, queue and mailboxes, on loopback ports.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    process::Command,
    time::Duration,
};

use tempfile::TempDir;

use super::tls::Authority;

/// The running server. Dropping it stops it.
pub struct Postfix {
    dir: TempDir,
    pub authority: Authority,
    /// Plain and STARTTLS.
    pub port: u16,
    /// TLS from the first byte.
    pub tls_port: u16,
}

const NOBODY: u32 = 65_534;

impl Postfix {
    /// Starts it with mailboxes for these names at `patient.test`; `None` where there is no Postfix or no root.
    /// In CI its absence is a failure.
    pub fn start(boxes: &[&str]) -> Option<Self> {
        let there = Path::new("/usr/sbin/postfix").exists() && id("-u", "") == Some(0);
        let Some(owner) = there.then(|| id("-u", "postfix")).flatten() else {
            assert!(std::env::var("CI").is_err(), "in CI these tests need the Debian package postfix, and root");
            eprintln!("not run: no postfix here, or not root");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().display().to_string();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["conf", "queue", "data", "mail"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        chown(dir.path().join("data"), Some(owner), None).unwrap();
        chown(dir.path().join("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
        let authority = Authority::new();
        let certified = authority.issue("localhost");
        let (port, tls_port) = (free_port(), free_port());
        let known: Vec<_> = boxes
            .iter()
            .map(|b| {
                format!(
                    "{b}@patient.test {b}/
"
                )
            })
            .collect();
        fs::write(dir.path().join("conf/boxes"), known.concat()).unwrap();
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {root}/queue\ndata_directory = {root}/data\n\
             mail_owner = postfix\nsetgid_group = postdrop\ndaemon_directory = /usr/lib/postfix/sbin\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = mx.patient.test\nmydestination =\n\
             mynetworks = 127.0.0.0/8\nsmtpd_relay_restrictions = reject_unauth_destination\n\
             virtual_mailbox_domains = patient.test\nvirtual_mailbox_maps = texthash:{root}/conf/boxes\n\
             virtual_mailbox_base = {root}/mail\nvirtual_uid_maps = static:{NOBODY}\n\
             virtual_gid_maps = static:{NOBODY}\nvirtual_minimum_uid = 100\nmaillog_file_prefixes = {root}\n\
             maillog_file = {root}/log\nsmtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\n\
             smtpd_tls_security_level = may\nsmtpd_tls_loglevel = 1\nmessage_size_limit = 100000\n\
             default_process_limit = 20\n",
            certified.certificate.display(),
            certified.key.display(),
        );
        fs::write(dir.path().join("conf/main.cf"), main).unwrap();
        let services = [
            format!("127.0.0.1:{port} inet n - n - - smtpd"),
            format!("127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"),
            "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\ntlsmgr unix - - n 1000? 1 tlsmgr".into(),
            "rewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce".into(),
            "proxymap unix - - n - - proxymap\nerror unix - - n - - error\nretry unix - - n - - error".into(),
            "virtual unix - n n - - virtual\nanvil unix - - n - 1 anvil\npostlog unix-dgram n - n - 1 postlogd".into(),
        ];
        fs::write(dir.path().join("conf/master.cf"), services.join("\n") + "\n").unwrap();
        let server = Self { dir, authority, port, tls_port };
        let started = server.command("start");
        assert!(started.status.success(), "{}{}", String::from_utf8_lossy(&started.stderr), server.log());
        Some(server)
    }

    /// The mails in a box, once there are at least `count`, or whatever is there after 20 seconds.
    pub async fn mails(&self, name: &str, count: usize) -> Vec<String> {
        let folder = self.dir.path().join("mail").join(name).join("new");
        let mut mails = Vec::new();
        for _ in 0..400 {
            mails = fs::read_dir(&folder).map_or_else(
                |_| Vec::new(),
                |files| files.map(|f| fs::read_to_string(f.unwrap().path()).unwrap()).collect(),
            );
            if mails.len() >= count {
                break;
            }
            // Delivery is another program's work: there is nothing to wait on but its result.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        mails
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    fn command(&self, word: &str) -> std::process::Output {
        let config = self.dir.path().join("conf");
        Command::new("/usr/sbin/postfix").arg("-c").arg(config).arg(word).output().unwrap()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.command("stop");
    }
}

pub(super) fn id(option: &str, user: &str) -> Option<u32> {
    let mut command = Command::new("id");
    command.arg(option);
    if !user.is_empty() {
        command.arg(user);
    }
    String::from_utf8(command.output().ok()?.stdout).ok()?.trim().parse().ok()
}

pub(super) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
