//! By whose certificates a server is known, and by which we are. It knows files and rustls, nothing of HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Files of certificates, all PEM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustFiles {
    /// Who vouches for the server, and nobody else: certificates of authorities, or the server's own. `None`: whoever
    /// the system trusts.
    pub ca: Option<PathBuf>,
    /// Our certificate for servers that want one, followed by what leads from it to a root, and its private key.
    pub client: Option<(PathBuf, PathBuf)>,
}

/// The TLS of one server. TLS 1.2 and 1.3, with the cipher suites that rustls holds to be safe.
#[derive(Clone, Debug)]
pub struct Trust(pub(crate) Arc<ClientConfig>);

/// Why there is no TLS: which file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustError {
    /// The file; `None` where it is the system's own list.
    pub file: Option<PathBuf>,
    /// What is wrong with it, in one line.
    pub problem: String,
}

impl std::fmt::Display for TrustError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}: {}", file.display(), self.problem),
            None => f.write_str(&self.problem),
        }
    }
}

impl std::error::Error for TrustError {}

impl TrustError {
    fn of(file: &Path, problem: impl Into<String>) -> TrustError {
        TrustError { file: Some(file.to_owned()), problem: problem.into() }
    }
}

impl Trust {
    /// Reads the files.
    ///
    /// # Errors
    /// One of them cannot be read, does not hold what it should, or the key is not the certificate's.
    pub fn open(files: &TrustFiles) -> Result<Trust, TrustError> {
        let provider = Arc::new(ring::default_provider());
        let known = match &files.ca {
            Some(file) => certificates(file)?,
            None => system()?,
        };
        let is_own = files.ca.is_some();
        let verifier = Verifier::new(known, is_own, Arc::clone(&provider))
            .map_err(|problem| TrustError { file: files.ca.clone(), problem })?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has the cipher suites of TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let configuration = match &files.client {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates(certificate)?;
                let secret = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| {
                    TrustError::of(
                        key,
                        "there is no private key in it; it begins -----BEGIN PRIVATE KEY-----",
                    )
                })?;
                builder.with_client_auth_cert(chain, secret).map_err(|cause| {
                    let problem = format!("it cannot be used with {}: {cause}", key.display());
                    TrustError::of(certificate, problem)
                })?
            }
        };
        Ok(Trust(Arc::new(configuration)))
    }

    /// For servers that speak no TLS: nobody is trusted.
    #[must_use]
    pub fn nobody() -> Trust {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has the cipher suites of TLS 1.2 and 1.3");
        Trust(Arc::new(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()))
    }
}

/// Knows a server by the authorities, or by itself: a certificate that stands in the file is that server's, whatever
/// name and time are in it. Legacy servers come with a certificate that they signed themselves; `openssl req -x509` makes
/// one that calls itself an authority, which webpki does not take from a server, and many have no `subjectAltName`. Who
/// puts just that certificate into `ca` has said all that could be asked of an authority. That the server has its key is
/// proved as with any other.
#[derive(Debug)]
struct Verifier {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    pinned: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(
        known: Vec<CertificateDer<'static>>,
        is_own: bool,
        provider: Arc<CryptoProvider>,
    ) -> Result<Verifier, String> {
        let mut roots = RootCertStore::empty();
        // One that webpki cannot read may still be the server's own.
        roots.add_parsable_certificates(known.iter().cloned());
        let authorities = match roots.is_empty() {
            true if is_own => None,
            true => return Err("the system trusts nobody; write ca".to_owned()),
            false => Some(
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                    .build()
                    .map_err(|cause| format!("nobody can vouch for a server by it: {cause}"))?,
            ),
        };
        Ok(Verifier { authorities, pinned: if is_own { known } else { Vec::new() }, provider })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pinned.iter().any(|pinned| pinned == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        let unknown = Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let authorities = self.authorities.as_ref().ok_or(unknown)?;
        authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let text = read(file)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().unwrap_or_default();
    if found.is_empty() {
        let problem = "there is no certificate in it; it begins -----BEGIN CERTIFICATE-----";
        return Err(TrustError::of(file, problem));
    }
    Ok(found)
}

/// Whoever the system trusts. What of its list cannot be read is left out, as other programs do.
fn system() -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let found = rustls_native_certs::load_native_certs();
    match (found.certs, found.errors.first()) {
        (certs, Some(error)) if certs.is_empty() => Err(TrustError {
            file: None,
            problem: format!("the system's list of trusted certificates cannot be read: {error}; write ca"),
        }),
        (certs, _) => Ok(certs),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, TrustError> {
    std::fs::read(file).map_err(|cause| TrustError::of(file, format!("it cannot be read: {cause}")))
}
