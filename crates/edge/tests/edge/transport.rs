//! What stands before HTTP on a connection: TLS with certificates that change, the PROXY protocol, and what trusted
//! proxies say in headers. Over loopback, with a client that shakes hands for real.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use countermand_edge::Settings;
use countermand_edge::listen::{Tls, TlsFiles, Transport};
use http::Request;
use http_body_util::Empty;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::listening::{Listening, bound, limits};
use crate::support::{Answer, Bench, basic, settings};

/// A root, and what it has signed.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for a name, and its key, both PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// Writes a pair for `old.example`; files that are written twice get a later time each.
    fn write(&self, folder: &Path, age: u64) -> TlsFiles {
        let (certificate, key) = self.sign("old.example");
        let files =
            TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem"), client_ca: None };
        for (path, text) in [(&files.certificate, certificate), (&files.key, key)] {
            fs::write(path, text).unwrap();
            let file = fs::File::options().append(true).open(path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(age)).unwrap();
        }
        files
    }

    /// A client that trusts this root alone, offers these protocols, and may have a certificate of its own.
    fn client(&self, protocols: &[&[u8]], own: Option<(String, String)>) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let mut config = match own {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                use rustls::pki_types::pem::PemObject;
                let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
                builder
                    .with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
                    .unwrap()
            }
        };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        TlsConnector::from(Arc::new(config))
    }
}

async fn shake(connector: &TlsConnector, address: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await.unwrap();
    bound(connector.connect(ServerName::try_from("old.example").unwrap(), stream)).await
}

/// One request, and everything that comes back.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let request = format!(
        "GET /echo/jobs/1 HTTP/1.1\r\nHost: old.example\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        basic("ana", "secret")
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    bound(stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

async fn tls(bench: &Bench, files: &TlsFiles) -> Listening {
    let transport = Transport { tls: Some(Tls::open(files.clone()).unwrap()), ..Transport::default() };
    Listening::over(&bench.edge, limits(), transport).await
}

#[tokio::test]
async fn over_tls_urls_are_https_and_alpn_chooses_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let bench = Bench::new();
    let listening = tls(&bench, &authority.write(folder.path(), 1)).await;
    for protocols in [&[][..], &[b"http/1.1".as_slice()], &[b"gopher".as_slice(), b"http/1.1"]] {
        let stream = shake(&authority.client(protocols, None), listening.address).await.unwrap();
        let answer = ask(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("\"url\":\"https://old.example/echo/jobs/1\""), "{answer}");
        assert!(answer.contains("; Secure"), "{answer}");
    }
    let stream = shake(&authority.client(&[b"h2", b"http/1.1"], None), listening.address).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
    let driven = tokio::spawn(connection);
    let request =
        Request::get("https://old.example/echo/jobs/1").header("authorization", basic("ana", "secret"));
    let answer =
        bound(sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap())).await.unwrap();
    assert_eq!(answer.status(), 200);
    drop((sender, answer));
    bound(driven).await.unwrap().unwrap();
    listening.stop().await;
}

#[tokio::test]
async fn who_speaks_plain_http_to_tls_or_trusts_another_root_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let bench = Bench::new();
    let listening = tls(&bench, &authority.write(folder.path(), 1)).await;
    let answer = ask(TcpStream::connect(listening.address).await.unwrap()).await;
    assert!(!answer.starts_with("HTTP"), "{answer:?}");
    assert!(shake(&Authority::new().client(&[], None), listening.address).await.is_err());
    // Neither has harmed the next one.
    let stream = shake(&authority.client(&[], None), listening.address).await.unwrap();
    assert!(ask(stream).await.starts_with("HTTP/1.1 200"));
    assert_eq!(bench.calls().len(), 2, "a status and its confirmation");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_changes_counts_from_the_next_handshake_on() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Authority::new(), Authority::new());
    let bench = Bench::new();
    let listening = tls(&bench, &old.write(folder.path(), 1)).await;
    let (trusts_old, trusts_new) = (old.client(&[], None), new.client(&[], None));
    assert!(shake(&trusts_old, listening.address).await.is_ok());
    // A certificate without its key: half of a replacement.
    let (certificate, _) = new.sign("old.example");
    fs::write(folder.path().join("cert.pem"), certificate).unwrap();
    tokio::time::advance(Duration::from_secs(2)).await;
    assert!(shake(&trusts_old, listening.address).await.is_ok(), "what does not fit is not taken");
    new.write(folder.path(), 2);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert!(shake(&trusts_new, listening.address).await.is_ok());
    assert!(shake(&trusts_old, listening.address).await.is_err());
}

#[tokio::test]
async fn where_clients_are_vouched_for_nobody_else_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, clients) = (Authority::new(), Authority::new());
    let bench = Bench::new();
    let mut files = authority.write(folder.path(), 1);
    let ca = folder.path().join("clients.pem");
    fs::write(&ca, clients.0.pem()).unwrap();
    files.client_ca = Some(ca);
    let listening = tls(&bench, &files).await;
    let known = authority.client(&[], Some(clients.sign("farm")));
    assert!(ask(shake(&known, listening.address).await.unwrap()).await.starts_with("HTTP/1.1 200"));
    for stranger in [authority.client(&[], None), authority.client(&[], Some(authority.sign("farm")))] {
        // In TLS 1.3 the client learns of it after its own last word.
        let heard = match shake(&stranger, listening.address).await {
            Ok(mut stream) => bound(stream.read_u8()).await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(heard.is_err());
    }
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let files = Authority::new().write(folder.path(), 1);
    let check = |files: TlsFiles, file: &PathBuf, problem: &str| {
        let error = Tls::open(files).err().expect("it cannot be used");
        assert_eq!(&error.file, file);
        assert!(error.problem.contains(problem), "{error}");
    };
    let nowhere = folder.path().join("nowhere.pem");
    check(TlsFiles { certificate: nowhere.clone(), ..files.clone() }, &nowhere, "it cannot be read");
    check(TlsFiles { certificate: files.key.clone(), ..files.clone() }, &files.key, "no certificate in it");
    check(
        TlsFiles { key: files.certificate.clone(), ..files.clone() },
        &files.certificate,
        "no private key in it",
    );
    let other = folder.path().join("other.pem");
    fs::write(&other, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    check(TlsFiles { key: other, ..files.clone() }, &files.certificate, "it cannot be used with");
    check(
        TlsFiles { client_ca: Some(files.key.clone()), ..files.clone() },
        &files.key,
        "no certificate in it",
    );
}

#[tokio::test]
async fn the_proxys_word_on_a_connection_is_the_client_in_the_audit() {
    let bench = Bench::new();
    let proxies = ["127.0.0.0/8".parse().unwrap()].as_slice().into();
    let transport = Transport { proxy_protocol: Some(proxies), ..Transport::default() };
    let listening = Listening::over(&bench.edge, limits(), transport).await;
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(b"PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r\n").await.unwrap();
    assert!(ask(stream).await.starts_with("HTTP/1.1 200"));
    assert_eq!(bench.calls()[0].caller.client, "192.0.2.7");
    // A connection without the word is not served, whatever it says else.
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(b"GET /echo/jobs/1 HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(heard(stream).await, 0);
}

#[tokio::test]
async fn who_is_no_trusted_proxy_may_not_speak_the_proxy_protocol() {
    let bench = Bench::new();
    let proxies = ["10.0.0.0/8".parse().unwrap()].as_slice().into();
    let transport = Transport { proxy_protocol: Some(proxies), ..Transport::default() };
    let listening = Listening::over(&bench.edge, limits(), transport).await;
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(b"PROXY TCP4 10.0.0.7 10.0.0.1 4711 80\r\n").await.ok();
    assert_eq!((heard(stream).await, bench.calls().len()), (0, 0));
}

/// How many bytes come back on a connection that is closed with bytes unread, which the kernel may tell as a reset.
async fn heard(mut stream: TcpStream) -> usize {
    let mut answer = Vec::new();
    bound(stream.read_to_end(&mut answer)).await.ok();
    answer.len()
}

/// A request through a trusted proxy at 10.0.0.1, with these headers.
async fn through_proxy(settings: Settings, headers: &[(&str, &str)]) -> (Answer, String) {
    let bench = Bench::built(settings, Arc::new(|call| Ok(crate::support::done(call))), |_| {});
    let mut request = Request::get("/echo/jobs/1").header("host", "inner:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.extension(SocketAddr::from(([10, 0, 0, 1], 5000)));
    let answer = bench.send(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await;
    let client = bench.calls().first().map(|call| call.caller.client.clone()).unwrap_or_default();
    (answer, client)
}

#[tokio::test]
async fn urls_and_the_audit_show_what_the_client_saw_and_who_it_was() {
    let trusting = || Settings { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..settings() };
    let forwarded = [("forwarded", "for=192.0.2.60;proto=https;host=prime.example")];
    let older = [
        ("x-forwarded-for", "192.0.2.60"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "prime.example"),
        ("x-forwarded-prefix", "/legacy"),
    ];
    let check = async |settings, headers: &[(&str, &str)], url: &str, client: &str| {
        let (answer, seen) = through_proxy(settings, headers).await;
        assert!(answer.body.contains(&format!("\"url\":\"{url}\"")), "{}", answer.body);
        assert_eq!(seen, client);
    };
    check(trusting(), &forwarded, "https://prime.example/echo/jobs/1", "192.0.2.60").await;
    check(trusting(), &older, "https://prime.example/legacy/echo/jobs/1", "192.0.2.60").await;
    check(trusting(), &[("x-forwarded-port", "8443")], "http://inner:8080/echo/jobs/1", "10.0.0.1").await;
    check(settings(), &forwarded, "http://inner:8080/echo/jobs/1", "10.0.0.1").await;
    let (answer, _) = through_proxy(trusting(), &[("x-forwarded-proto", "javascript")]).await;
    assert_eq!(answer.status, 400);
    let (answer, _) = through_proxy(trusting(), &[("x-forwarded-host", "a\"b")]).await;
    assert_eq!(answer.status, 400);
}
