//! Certificates for local TLS servers, made by the `openssl` command (Debian installs it with ca-certificates).

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tempfile::TempDir;

/// A certificate authority of our own in a temporary folder.
pub struct Authority {
    dir: TempDir,
}

/// A server's certificate and key.
pub struct Certified {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\nnew_certs_dir = .\nserial = serial\n\
            default_md = sha256\npolicy = p\nunique_subject = no\n[p]\ncommonName = supplied\n";
        for (name, text) in [("ca.cnf", config), ("index.txt", ""), ("serial", "01\n")] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let ca = Self { dir };
        ca.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 \
             -subj /CN=Test-CA -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
        );
        ca
    }

    /// The authority's own certificate, for `ca_file`.
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// A good certificate for this name.
    pub fn issue(&self, name: &str) -> Certified {
        self.issue_between(name, "20260101000000Z", "20361231000000Z")
    }

    /// A certificate for this name whose time is over.
    pub fn expired(&self, name: &str) -> Certified {
        self.issue_between(name, "20200101000000Z", "20200201000000Z")
    }

    /// A certificate for this name that nobody else signed.
    pub fn self_signed(&self, name: &str) -> Certified {
        self.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 \
             -subj /CN={name} -addext subjectAltName=DNS:{name}"
        ));
        self.certified("self")
    }

    fn issue_between(&self, name: &str, from: &str, to: &str) -> Certified {
        let stem = format!("{name}-{to}");
        std::fs::write(self.dir.path().join("ext"), format!("subjectAltName=DNS:{name}\n")).unwrap();
        self.openssl(&format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {stem}.key -out {stem}.csr -subj /CN={name}"
        ));
        self.openssl(&format!(
            "ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in {stem}.csr -out {stem}.pem \
             -startdate {from} -enddate {to} -extfile ext"
        ));
        self.certified(&stem)
    }

    fn certified(&self, stem: &str) -> Certified {
        let path = |end: &str| self.dir.path().join(format!("{stem}.{end}"));
        Certified { certificate: path("pem"), key: path("key") }
    }

    fn openssl(&self, arguments: &str) {
        let run = Command::new("openssl")
            .current_dir(self.dir.path())
            .args(arguments.split_whitespace())
            .output()
            .expect("the openssl command");
        assert!(run.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

impl Certified {
    /// A TLS acceptor that shows this certificate.
    pub fn acceptor(&self) -> tokio_rustls::TlsAcceptor {
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(&self.key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        tokio_rustls::TlsAcceptor::from(Arc::new(config))
    }
}

/// A path as it stands in a TOML text.
pub fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
