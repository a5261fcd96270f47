//! `[server]`: where the dialects are served, over what, and whom to believe about clients.

use countermand_dialects::Origin;
use countermand_edge::listen::{Tls, TlsFiles};
use ipnet::IpNet;

use super::Server;
use super::check::{self, Context};
use super::mistake::Findings;
use super::raw::{RawServer, RawTls, Text};

const PROXY_PROTOCOL: [(&str, bool); 2] = [("off", false), ("required", true)];

pub(super) fn check(raw: &RawServer, context: &Context<'_>, findings: &mut Findings<'_>) -> Option<Server> {
    let listen = check::listen(raw.listen.as_ref(), "127.0.0.1:8080", findings);
    let public_url = raw.public_url.as_ref().and_then(|url| findings.take(url.at, origin(&url.value)));
    let written = raw.trusted_proxies.as_ref().map_or(&[][..], |proxies| &proxies.value);
    let trusted_proxies: Vec<IpNet> =
        written.iter().filter_map(|text| findings.take(text.at, network(&text.value))).collect();
    let proxy_protocol =
        check::choice("server.proxy_protocol", raw.proxy_protocol.as_ref(), &PROXY_PROTOCOL, findings);
    if let (Some(true), Some(text), true) = (proxy_protocol, &raw.proxy_protocol, written.is_empty()) {
        let problem = "proxy_protocol = \"required\" lets only trusted proxies connect, and there are none";
        findings.mistake(text.at, format!("{problem}; write trusted_proxies = [\"10.0.0.0/8\"]"));
    }
    let tls = raw.tls.as_ref().and_then(|raw| tls("server", raw, context, findings));
    Some(Server {
        listen: listen?,
        public_url,
        trusted_proxies,
        proxy_protocol: proxy_protocol.unwrap_or(false),
        tls,
    })
}

/// A listener's certificate. It is read here as well as at start: whoever checks a configuration wants to know.
pub(super) fn tls(
    section: &str,
    raw: &RawTls,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<TlsFiles> {
    let mut named = |key: &'static str, text: &Option<Text>| {
        if text.is_none() {
            let problem = format!("{section}.tls has no {key}; write {key} = \"{key}.pem\"");
            findings.missing(raw.at, &[key], raw.at, problem);
        }
        text.as_ref().map(|text| (text.at, context.path(&text.value)))
    };
    let certificate = named("certificate", &raw.certificate);
    let key = named("key", &raw.key);
    let client_ca = raw.client_ca.as_ref().map(|text| (text.at, context.path(&text.value)));
    let ((certificate_at, certificate), (key_at, key)) = (certificate?, key?);
    let ca_at = client_ca.as_ref().map_or(raw.at, |(at, _)| *at);
    let files = TlsFiles { certificate, key, client_ca: client_ca.map(|(_, path)| path) };
    if let Err(error) = Tls::open(files.clone()) {
        let at = match &error.file {
            file if *file == files.certificate => certificate_at,
            file if *file == files.key => key_at,
            _ => ca_at,
        };
        findings.mistake(at, error.to_string());
    }
    Some(files)
}

/// An address, or a network of them.
fn network(text: &str) -> Result<IpNet, String> {
    let advice =
        || format!("{text:?} is no address and no network; write it as \"10.0.0.0/8\" or \"10.1.2.3\"");
    text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| advice())
}

/// A scheme and an authority; nothing after them, since dialects have their own paths.
fn origin(url: &str) -> Result<Origin, String> {
    let advice = || format!("{url:?} is not a scheme and a host; write it as \"https://prime.example\"");
    let uri: http::Uri = url.parse().map_err(|_| advice())?;
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(advice());
    };
    if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") || authority.as_str().contains('@') {
        return Err(advice());
    }
    Ok(Origin::new(scheme, authority.to_string()))
}
