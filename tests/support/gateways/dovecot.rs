//! A real Dovecot in a temporary folder: its own configuration, accounts and Maildirs, on loopback ports.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use super::tls::Authority;

/// The running server. Dropping it stops it.
pub struct Dovecot {
    dir: TempDir,
    pub authority: Authority,
    /// Plain and STARTTLS.
    pub port: u16,
    /// TLS from the first byte.
    pub tls_port: u16,
    delivered: AtomicUsize,
}

const NOBODY: u32 = 65_534;
/// The password of every account.
pub const PASSWORD: &str = "the-mailbox's \"own\" \\password";

impl Dovecot {
    /// Starts it with these accounts; `None` where there is no Dovecot or no root. In CI its absence is a failure.
    pub fn start(accounts: &[&str]) -> Option<Self> {
        Self::start_with(accounts, "")
    }

    /// The same with lines added to its configuration.
    pub fn start_with(accounts: &[&str], more: &str) -> Option<Self> {
        let there = Path::new("/usr/sbin/dovecot").exists() && Path::new("/usr/lib/dovecot/imap").exists();
        if !there || super::postfix::id("-u", "") != Some(0) {
            assert!(std::env::var("CI").is_err(), "in CI these tests need the Debian package dovecot-imapd, and root");
            eprintln!("not run: no dovecot here, or not root");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().display().to_string();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["run", "state", "mail"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        chown(dir.path().join("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
        let authority = Authority::new();
        let certified = authority.issue("localhost");
        let (port, tls_port) = (super::postfix::free_port(), super::postfix::free_port());
        // In base64, since a passwd-file keeps colons for itself.
        let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, PASSWORD);
        let users: Vec<_> = accounts.iter().map(|name| format!("{name}:{{PLAIN.b64}}{secret}::::::\n")).collect();
        fs::write(dir.path().join("users"), users.concat()).unwrap();
        let config = format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {root}/run\nstate_dir = {root}/state\nlog_path = {root}/log\n\
             auth_debug = no\ndisable_plaintext_auth = no\nssl = yes\nssl_cert = <{}\nssl_key = <{}\n\
             mail_location = maildir:{root}/mail/%n\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nmail_fsync = never\n\
             auth_failure_delay = 0\nmail_max_userip_connections = 100\n\
             passdb {{\n driver = passwd-file\n args = {root}/users\n}}\n\
             userdb {{\n driver = static\n args = uid={NOBODY} gid={NOBODY} home={root}/mail/%n\n}}\n\
             service imap-login {{\n inet_listener imap {{\n  port = {port}\n }}\n\
             inet_listener imaps {{\n  port = {tls_port}\n  ssl = yes\n }}\n}}\n{more}\n",
            certified.certificate.display(),
            certified.key.display(),
        );
        fs::write(dir.path().join("dovecot.conf"), config).unwrap();
        let server = Self { dir, authority, port, tls_port, delivered: AtomicUsize::new(0) };
        assert!(server.command(&[]), "{}", server.log());
        Some(server)
    }

    fn maildir(&self, account: &str) -> PathBuf {
        let folder = self.dir.path().join("mail").join(account);
        for part in ["", "cur", "new", "tmp"] {
            let part = folder.join(part);
            if !part.exists() {
                fs::create_dir(&part).unwrap();
                chown(&part, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        folder
    }

    /// Puts a mail into an account's inbox, as a delivery would. Returns its file.
    pub fn deliver(&self, account: &str, mail: &[u8]) -> PathBuf {
        let number = self.delivered.fetch_add(1, Ordering::SeqCst);
        let folder = self.maildir(account);
        // Names in order, so that UIDs are given in the order of delivery.
        let name = format!("1800000000.M{number:06}.test");
        let (tmp, new) = (folder.join("tmp").join(&name), folder.join("new").join(&name));
        fs::write(&tmp, mail).unwrap();
        chown(&tmp, Some(NOBODY), Some(NOBODY)).unwrap();
        fs::rename(&tmp, &new).unwrap();
        new
    }

    /// The mails of a folder, whatever was done to them: `""` is the inbox. (content, is marked as seen).
    pub fn mails(&self, account: &str, folder: &str) -> Vec<(Vec<u8>, bool)> {
        let maildir = self.maildir(account);
        let folder = if folder.is_empty() { maildir } else { maildir.join(format!(".{folder}")) };
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|part| fs::read_dir(folder.join(part)).ok())
            .flat_map(|files| files.map(|f| f.unwrap().path()))
            .collect();
        files.sort();
        let seen = |path: &Path| {
            path.file_name().unwrap().to_str().unwrap().split_once(":2,").is_some_and(|(_, flags)| flags.contains('S'))
        };
        files.iter().map(|path| (fs::read(path).unwrap(), seen(path))).collect()
    }

    /// Removes one mail from the inbox, as another program would: the one whose content holds `words`.
    pub fn remove(&self, account: &str, words: &str) {
        let folder = self.maildir(account);
        for part in ["new", "cur"] {
            for file in fs::read_dir(folder.join(part)).unwrap() {
                let path = file.unwrap().path();
                if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(words) {
                    fs::remove_file(path).unwrap();
                }
            }
        }
    }

    /// Gives an inbox another UIDVALIDITY, as a server does that lost its index: the UIDs begin anew.
    pub fn forget_uids(&self, account: &str) {
        let folder = self.maildir(account);
        let list = fs::read_to_string(folder.join("dovecot-uidlist")).unwrap();
        let old: u32 = list.split_whitespace().find_map(|word| word.strip_prefix('V')).unwrap().parse().unwrap();
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() && path.file_name().unwrap().to_str().unwrap().starts_with("dovecot") {
                fs::remove_file(path).unwrap();
            }
        }
        let guid = "4f5a1c2d3e4f5a6b7c8d9e0f1a2b3c4d";
        fs::write(folder.join("dovecot-uidlist"), format!("3 V{} N1 G{guid}\n", old + 7)).unwrap();
        chown(folder.join("dovecot-uidlist"), Some(NOBODY), Some(NOBODY)).unwrap();
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    fn command(&self, words: &[&str]) -> bool {
        let config = self.dir.path().join("dovecot.conf");
        let mut command = Command::new("/usr/sbin/dovecot");
        // The server would keep pipes open for as long as it runs.
        command.arg("-c").arg(config).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().success()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.command(&["stop"]);
    }
}
