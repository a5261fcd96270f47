//! Requests over real sockets of this machine, to servers that behave as told: what is known afterwards.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests by #[test]; all of this crate is one, helpers included"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_upstream::{Answer, Base, Cause, Connection, Link, NoAnswer, Trust, TrustFiles};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn link(url: &str, trust: &Trust) -> Link<Full<Bytes>> {
    Link::new(Base::parse(url).unwrap(), trust, Duration::from_millis(300))
}

async fn get(
    link: &Link<Full<Bytes>>,
    connection: Connection,
    patience: Duration,
) -> Result<Response<Answer<Full<Bytes>>>, NoAnswer> {
    let request =
        Request::builder().uri("/jobs?x=1").header("x-own-name", "1").body(Full::default()).unwrap();
    link.send(request, connection, Instant::now() + patience).await
}

const LONG: Duration = Duration::from_secs(20);

/// Reads a head.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

async fn listen() -> (TcpListener, String, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, format!("http://{address}/api/"), address)
}

/// Answers one request on one connection with these bytes, and tells what was asked.
async fn answer_once(listener: TcpListener, bytes: &'static [u8]) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let asked = head(&mut stream).await;
    stream.write_all(bytes).await.unwrap();
    asked
}

#[tokio::test]
async fn a_request_stands_below_the_base_and_names_its_host() {
    let (listener, url, address) = listen().await;
    let link = link(&url, &Trust::nobody());
    let (asked, answer) = tokio::join!(answer_once(listener, OK), get(&link, Connection::Fresh, LONG));
    assert!(asked.starts_with("GET /api/jobs?x=1 HTTP/1.1\r\n"), "{asked}");
    assert!(
        asked.contains(&format!("Host: {address}\r\n")) && asked.contains("X-Own-Name: 1\r\n"),
        "{asked}"
    );
    assert_eq!(answer.unwrap().into_body().collect().await.unwrap().to_bytes(), "ok");
}

#[tokio::test]
async fn nothing_is_sent_where_nobody_listens() {
    let (listener, url, _) = listen().await;
    drop(listener);
    for connection in [Connection::Kept, Connection::Fresh] {
        let failed = get(&link(&url, &Trust::nobody()), connection, LONG).await.unwrap_err();
        assert_eq!((failed.unsent, failed.cause), (true, Cause::Refused), "{failed}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_leaves_it_open_what_was_sent() {
    let (listener, url, _) = listen().await;
    let link = link(&url, &Trust::nobody());
    let (_, failed) = tokio::join!(answer_once(listener, b""), get(&link, Connection::Fresh, LONG));
    let failed = failed.unwrap_err();
    assert_eq!((failed.unsent, failed.cause), (false, Cause::Cut), "{failed}");
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_told_as_such() {
    let (listener, url, _) = listen().await;
    let link = link(&url, &Trust::nobody());
    let answer = answer_once(listener, b"SSH-2.0-OpenSSH_9.6\r\n");
    let (_, failed) = tokio::join!(answer, get(&link, Connection::Fresh, LONG));
    let failed = failed.unwrap_err();
    assert_eq!((failed.unsent, failed.cause), (false, Cause::NotHttp), "{failed}");
}

#[tokio::test]
async fn a_server_that_hangs_is_late_and_may_have_acted() {
    let (listener, url, _) = listen().await;
    let failed = get(&link(&url, &Trust::nobody()), Connection::Fresh, Duration::from_millis(200)).await;
    let failed = failed.unwrap_err();
    assert_eq!((failed.unsent, failed.cause), (false, Cause::Late), "{failed}");
    drop(listener);
}

#[tokio::test]
async fn a_handshake_that_nobody_answers_has_sent_nothing() {
    let (listener, url, _) = listen().await;
    let url = url.replace("http:", "https:");
    for (patience, connect) in [(LONG, "within"), (Duration::from_millis(100), "in time")] {
        let failed = get(&link(&url, &Trust::nobody()), Connection::Fresh, patience).await.unwrap_err();
        assert_eq!((failed.unsent, failed.cause), (true, Cause::ConnectTimeout), "{failed}");
        assert!(failed.why.contains(connect), "{failed}");
    }
    drop(listener);
}

#[tokio::test]
async fn a_name_without_an_address_is_told_as_such() {
    let failed = get(&link("http://no-such-host.invalid", &Trust::nobody()), Connection::Fresh, LONG).await;
    let failed = failed.unwrap_err();
    assert!(failed.unsent && [Cause::Name, Cause::ConnectTimeout].contains(&failed.cause), "{failed}");
}

#[tokio::test]
async fn a_path_that_leaves_the_base_is_not_sent() {
    let (listener, url, _) = listen().await;
    let request = Request::builder().uri("/jobs/%2e%2E/users").body(Full::default()).unwrap();
    let sent = link(&url, &Trust::nobody()).send(request, Connection::Kept, Instant::now() + LONG).await;
    let failed = sent.unwrap_err();
    assert_eq!((failed.unsent, failed.cause), (true, Cause::Target), "{failed}");
    drop(listener);
}

#[tokio::test]
async fn connections_are_kept_for_those_who_may_ask_twice_and_only_for_them() {
    let (listener, url, _) = listen().await;
    let link = link(&url, &Trust::nobody());
    let server = async {
        let (mut first, _) = listener.accept().await.unwrap();
        for _ in 0..2 {
            head(&mut first).await;
            first.write_all(OK).await.unwrap();
        }
        let (mut second, _) = listener.accept().await.unwrap();
        head(&mut second).await;
        second.write_all(OK).await.unwrap();
    };
    let client = async {
        for connection in [Connection::Kept, Connection::Kept, Connection::Fresh] {
            let answer = get(&link, connection, LONG).await.unwrap();
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ok");
        }
    };
    tokio::join!(server, client);
}

/// A server's certificate with its key, in a folder with the file that vouches for it.
struct Identity {
    folder: tempfile::TempDir,
    server: Arc<ServerConfig>,
}

impl Identity {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Made by an authority of its own; `clients`: only clients that this authority vouches for are let in.
    fn of_authority(clients: bool) -> Identity {
        let folder = tempfile::tempdir().unwrap();
        let mut of_ca = CertificateParams::new(Vec::<String>::new()).unwrap();
        of_ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(of_ca, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &ca).unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        std::fs::write(folder.path().join("own.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.path().join("own.key"), key.serialize_pem()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(ca.der().clone()).unwrap();
        let builder = if clients {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        Identity { folder, server: Arc::new(server) }
    }

    /// As `openssl req -x509` makes one: signed by itself, an authority by its own word, and named like nobody.
    fn of_its_own() -> Identity {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        Identity { folder, server: Arc::new(server) }
    }

    /// Asks this server once, with these files.
    async fn ask(&self, files: &TrustFiles) -> Result<(), NoAnswer> {
        let (listener, url, _) = listen().await;
        let acceptor = TlsAcceptor::from(Arc::clone(&self.server));
        let server = async {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await
                && !head(&mut stream).await.is_empty()
            {
                stream.write_all(OK).await.ok();
                end(stream).await;
            }
        };
        let link = link(&url.replace("http:", "https:"), &Trust::open(files).unwrap());
        let (_, answer) = tokio::join!(server, get(&link, Connection::Fresh, LONG));
        answer.map(|_| ())
    }
}

async fn end(mut stream: impl AsyncWrite + Unpin) {
    stream.shutdown().await.ok();
}

#[tokio::test]
async fn a_server_is_known_by_the_authority_in_the_file_and_by_no_other() {
    let server = Identity::of_authority(false);
    let other = Identity::of_authority(false);
    let by = |identity: &Identity| TrustFiles { ca: Some(identity.file("ca.pem")), client: None };
    assert_eq!(server.ask(&by(&server)).await, Ok(()));
    let failed = server.ask(&by(&other)).await.unwrap_err();
    assert_eq!((failed.unsent, failed.cause), (true, Cause::Tls), "{failed}");
}

#[tokio::test]
async fn a_certificate_in_the_file_is_the_servers_whatever_it_says_of_itself() {
    let server = Identity::of_its_own();
    let other = Identity::of_its_own();
    let by = |identity: &Identity| TrustFiles { ca: Some(identity.file("ca.pem")), client: None };
    assert_eq!(server.ask(&by(&server)).await, Ok(()));
    let failed = server.ask(&by(&other)).await.unwrap_err();
    assert_eq!((failed.unsent, failed.cause), (true, Cause::Tls), "{failed}");
}

#[tokio::test]
async fn a_server_that_wants_to_know_us_gets_our_certificate() {
    let server = Identity::of_authority(true);
    let client = Some((server.file("own.pem"), server.file("own.key")));
    let files = TrustFiles { ca: Some(server.file("ca.pem")), client };
    assert_eq!(server.ask(&files).await, Ok(()));
    assert!(server.ask(&TrustFiles { client: None, ..files }).await.is_err());
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let identity = Identity::of_authority(false);
    let missing = TrustFiles { ca: Some(identity.file("none.pem")), client: None };
    assert!(Trust::open(&missing).unwrap_err().to_string().contains("none.pem: it cannot be read"));
    let key = TrustFiles { ca: Some(identity.file("own.key")), client: None };
    assert!(Trust::open(&key).unwrap_err().to_string().contains("no certificate in it"));
    let ca = Some(identity.file("ca.pem"));
    let swapped =
        TrustFiles { ca: ca.clone(), client: Some((identity.file("own.pem"), identity.file("ca.pem"))) };
    assert!(Trust::open(&swapped).unwrap_err().to_string().contains("ca.pem: there is no private key"));
    let foreign = TrustFiles { ca, client: Some((identity.file("ca.pem"), identity.file("own.key"))) };
    assert!(Trust::open(&foreign).unwrap_err().to_string().contains("cannot be used with"));
}
