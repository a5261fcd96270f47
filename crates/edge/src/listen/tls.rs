//! TLS on a listener: the certificate and its key, read anew when their files change. It knows files and rustls;
//! nothing of HTTP but the two names that a client may choose from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How often the files are looked at, at most, in milliseconds; and only when a client connects.
const INTERVAL: u64 = 1000;

/// RFC 7301: HTTP/2 where the client can, else HTTP/1.1.
pub(super) const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Where the certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and what leads from it to a root, PEM, the server's own first.
    pub certificate: PathBuf,
    /// Its private key, PEM: PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
    /// The certificates, PEM, of whoever may vouch for clients; with it a client without a certificate of theirs is
    /// turned away.
    pub client_ca: Option<PathBuf>,
}

/// A listener's TLS. TLS 1.2 and 1.3, with the cipher suites that rustls holds to be safe.
pub struct Tls {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
    /// As of the last look, whether what was there could be used or not.
    looked: Mutex<Looked>,
    start: Instant,
    /// When the files were looked at last, in milliseconds from `start`.
    last: AtomicU64,
}

struct Looked {
    signatures: Vec<Signature>,
    /// Whether it could not be used. A certificate and its key are replaced one after the other, so that between the
    /// two they do not fit, and the signature of the second may be that of the first look already.
    unusable: bool,
}

/// What changes when a file is written or replaced: length and time. `None` where there is no such file.
type Signature = Option<(u64, Option<SystemTime>)>;

/// Why there is no TLS: which file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it, in one line.
    pub problem: String,
}

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.problem)
    }
}

impl std::error::Error for TlsError {}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// One of them cannot be read, does not hold what it should, or the key is not the certificate's.
    pub fn open(files: TlsFiles) -> Result<Arc<Tls>, TlsError> {
        let signatures = signatures(&files);
        let current = RwLock::new(Arc::new(configuration(&files)?));
        let looked = Mutex::new(Looked { signatures, unusable: false });
        Ok(Arc::new(Tls { files, current, looked, start: Instant::now(), last: AtomicU64::new(0) }))
    }

    /// Shakes hands with the certificate that is in the files now.
    pub(super) async fn accept(self: &Arc<Tls>, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.look().await;
        let current = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        TlsAcceptor::from(current).accept(stream).await
    }

    /// Has the files looked at, when the last look is a second old. Who finds that out waits for the look, so that a
    /// new certificate counts from that handshake on; all others go on with what there is.
    async fn look(self: &Arc<Tls>) {
        let now = self.start.elapsed().as_millis() as u64;
        let last = self.last.load(Ordering::Relaxed);
        let is_mine = now >= last + INTERVAL
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_mine {
            let tls = Arc::clone(self);
            #[expect(clippy::disallowed_methods, reason = "one at a time: nobody else looks for a second")]
            let looked = tokio::task::spawn_blocking(move || tls.reload());
            // A panic in there leaves the certificate as it is.
            looked.await.ok();
        }
    }

    fn reload(&self) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let signatures = signatures(&self.files);
        let is_news = signatures != looked.signatures;
        if !is_news && !looked.unusable {
            return;
        }
        looked.signatures = signatures;
        match configuration(&self.files) {
            Ok(configuration) => {
                looked.unusable = false;
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(configuration);
                tracing::info!(certificate = ?self.files.certificate, "the certificate was read anew");
            }
            Err(error) => {
                looked.unusable = true;
                if is_news {
                    tracing::error!(file = ?error.file, problem = error.problem, "the certificate stays as it was");
                }
            }
        }
    }
}

fn signatures(files: &TlsFiles) -> Vec<Signature> {
    let paths = [Some(&files.certificate), Some(&files.key), files.client_ca.as_ref()];
    let of = |path: &PathBuf| fs::metadata(path).ok().map(|found| (found.len(), found.modified().ok()));
    paths.into_iter().flatten().map(of).collect()
}

fn configuration(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let wrong = |file: &Path, problem: String| TlsError { file: file.to_owned(), problem };
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?).map_err(|_| {
        wrong(&files.key, "there is no private key in it; it begins -----BEGIN PRIVATE KEY-----".to_owned())
    })?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("ring has the cipher suites of TLS 1.2 and 1.3");
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => builder.with_client_cert_verifier(client_verifier(file, provider)?),
    };
    let mut configuration = builder.with_single_cert(chain, key).map_err(|cause| {
        wrong(&files.certificate, format!("it cannot be used with {}: {cause}", files.key.display()))
    })?;
    configuration.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
    Ok(configuration)
}

fn client_verifier(
    file: &Path,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    let wrong = |cause: String| TlsError { file: file.to_owned(), problem: cause };
    for certificate in certificates(file)? {
        roots
            .add(certificate)
            .map_err(|cause| wrong(format!("a certificate in it cannot be used: {cause}")))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|cause| wrong(format!("nobody can vouch for clients by it: {cause}")))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(file)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().unwrap_or_default();
    if found.is_empty() {
        let problem = "there is no certificate in it; it begins -----BEGIN CERTIFICATE-----".to_owned();
        return Err(TlsError { file: file.to_owned(), problem });
    }
    Ok(found)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(file)
        .map_err(|cause| TlsError { file: file.to_owned(), problem: format!("it cannot be read: {cause}") })
}
