//! `[server]` and what comes before HTTP: TLS, the PROXY protocol, and whom to believe.

use super::{check_part, read};

#[test]
fn proxies_are_addresses_or_networks() {
    check_part(
        "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"10.0.0\", \"proxy.example\", \"10.0.0.0/33\"]",
        &[
            "2:34 \"10.0.0\" is no address and no network; write it as \"10.0.0.0/8\"",
            "2:44 \"proxy.example\" is no address",
            "2:61 \"10.0.0.0/33\" is no address",
        ],
    );
    check_part(
        "[server]\nproxy_protocol = \"required\"",
        &[
            "2:18 proxy_protocol = \"required\" lets only trusted proxies connect, and there are none; write trusted_proxies",
        ],
    );
    check_part(
        "[server]\nproxy_protocol = \"of\"",
        &["2:18 server.proxy_protocol is one of off, required, … did you mean \"off\"?"],
    );
    let text = "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\nproxy_protocol = \"required\"\n\
                [realms.people]\nhtpasswd = \"ops.htpasswd\"\n";
    let server = read(text).unwrap_or_else(|mistakes| panic!("{}", mistakes.join("\n"))).server;
    assert!(server.proxy_protocol);
    assert_eq!(server.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
}

#[test]
fn a_certificate_is_read_when_the_configuration_is() {
    check_part(
        "[server]\ntls = { certificate = \"c.pem\" }",
        &["2:1 server.tls has no key; write key = \"key.pem\""],
    );
    check_part(
        "[server]\ntls = { certificate = \"c.pem\", key = \"k.pem\" }",
        &["2:23 c.pem: it cannot be read"],
    );
    check_part(
        "[server.tls]\ncertificate = \"ops.htpasswd\"\nkey = \"ops.htpasswd\"",
        &["2:15 ops.htpasswd: there is no certificate in it"],
    );
    check_part("[server]\ntls = true", &["2:7 server.tls is true or false; write a table, [server.tls]"]);
    check_part(
        "[server]\ntls = { certificat = \"c\", key = \"k\" }",
        &[
            "2:1 server.tls has no certificate",
            "2:9 unknown key certificat in server.tls; did you mean certificate?",
        ],
    );
}
