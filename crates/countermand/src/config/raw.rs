//! The configuration as written: every key with its place, nothing resolved, nothing defaulted. What a key may be
//! called and of what kind its value is are decided here; whether the value makes sense is `check`'s.

use countermand_dialects::OptionValue;
use toml::Spanned;
use toml::de::DeTable;

use super::cursor::Cursor;
use super::mistake::{At, Findings};

/// A text with its place.
pub(super) type Text = At<String>;

#[derive(Default)]
pub(super) struct Raw {
    pub(super) server: RawServer,
    pub(super) limits: RawLimits,
    pub(super) control: Option<RawControl>,
    pub(super) ledger: RawLedger,
    pub(super) realms: Vec<(Text, RawRealm)>,
    pub(super) engines: Vec<(Text, RawEngine)>,
    pub(super) mounts: Vec<RawMount>,
    pub(super) access: Option<Text>,
}

#[derive(Default)]
pub(super) struct RawServer {
    pub(super) listen: Option<Text>,
    pub(super) public_url: Option<Text>,
    pub(super) trusted_proxies: Option<At<Vec<Text>>>,
    pub(super) proxy_protocol: Option<Text>,
    pub(super) tls: Option<RawTls>,
}

pub(super) struct RawTls {
    pub(super) at: usize,
    pub(super) certificate: Option<Text>,
    pub(super) key: Option<Text>,
    pub(super) client_ca: Option<Text>,
}

/// Sizes, counts and durations, not yet read.
#[derive(Default)]
pub(super) struct RawLimits {
    pub(super) head: Option<Text>,
    pub(super) body: Option<Text>,
    pub(super) connections: Option<Text>,
    pub(super) in_flight: Option<Text>,
    pub(super) head_timeout: Option<Text>,
    pub(super) body_timeout: Option<Text>,
    pub(super) call_timeout: Option<Text>,
    pub(super) idle: Option<Text>,
    pub(super) drain: Option<Text>,
}

pub(super) struct RawControl {
    pub(super) at: usize,
    pub(super) listen: Option<Text>,
    pub(super) token: Option<Text>,
    pub(super) token_file: Option<Text>,
    pub(super) tokens: Vec<RawToken>,
    pub(super) plaintext: Option<At<bool>>,
    pub(super) tls: Option<RawTls>,
}

pub(super) struct RawToken {
    pub(super) at: usize,
    pub(super) name: Option<Text>,
    pub(super) file: Option<Text>,
    pub(super) scope: Option<Text>,
}

#[derive(Default)]
pub(super) struct RawLedger {
    pub(super) store: Option<Text>,
    pub(super) keep_finished: Option<Text>,
    pub(super) keep_audit: Option<Text>,
}

pub(super) struct RawRealm {
    pub(super) htpasswd: Option<Text>,
    pub(super) tokens: Option<Text>,
    pub(super) read: Option<At<Vec<Text>>>,
    pub(super) write: Option<At<Vec<Text>>>,
    pub(super) admin: Option<At<Vec<Text>>>,
    pub(super) groups: Vec<(Text, Vec<Text>)>,
}

pub(super) struct RawEngine {
    pub(super) kind: Option<Text>,
    pub(super) namespace: Option<Text>,
    pub(super) dialect: Option<Text>,
    pub(super) url: Option<Text>,
    pub(super) user: Option<Text>,
    pub(super) password_file: Option<Text>,
    pub(super) token_file: Option<Text>,
    pub(super) ca: Option<Text>,
    pub(super) client_certificate: Option<Text>,
    pub(super) client_key: Option<Text>,
    pub(super) timeout: Option<Text>,
    pub(super) concurrency: Option<Text>,
    pub(super) options: Vec<(Text, OptionValue)>,
}

pub(super) struct RawMount {
    pub(super) at: usize,
    pub(super) dialect: Option<Text>,
    pub(super) prefix: Option<Text>,
    pub(super) path: Option<Text>,
    pub(super) realm: Option<Text>,
    pub(super) engine: Option<Text>,
    pub(super) mode: Option<Text>,
    pub(super) legacy: Option<Text>,
    pub(super) legacy_host: Option<Text>,
    pub(super) legacy_credentials: Option<Text>,
    pub(super) shadow_into: Option<Text>,
    pub(super) scope: Option<Text>,
    pub(super) operations: Vec<(Text, OptionValue)>,
    pub(super) options: Vec<(Text, OptionValue)>,
}

impl Raw {
    pub(super) fn read(document: &Spanned<DeTable<'_>>, findings: &mut Findings<'_>) -> Raw {
        let mut root = Cursor::root(document);
        let raw = Raw {
            server: root.table("server", findings).map(|table| server(table, findings)).unwrap_or_default(),
            limits: root.table("limits", findings).map(|table| limits(table, findings)).unwrap_or_default(),
            control: root.table("control", findings).map(|table| control(table, findings)),
            ledger: root.table("ledger", findings).map(|table| ledger(table, findings)).unwrap_or_default(),
            realms: named(&mut root, "realms", realm, findings),
            engines: named(&mut root, "engines", engine, findings),
            mounts: root.tables("mounts", findings).into_iter().map(|table| mount(table, findings)).collect(),
            access: root.table("log", findings).and_then(|table| log(table, findings)),
        };
        root.finish(findings);
        raw
    }
}

fn named<T>(
    root: &mut Cursor<'_>,
    key: &'static str,
    read: fn(Cursor<'_>, &mut Findings<'_>) -> T,
    findings: &mut Findings<'_>,
) -> Vec<(Text, T)> {
    let Some(table) = root.table(key, findings) else { return Vec::new() };
    let members = table.named_tables(findings);
    members.into_iter().map(|(name, table)| (name, read(table, findings))).collect()
}

fn server(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawServer {
    let raw = RawServer {
        listen: table.text("listen", findings),
        public_url: table.text("public_url", findings),
        trusted_proxies: table.texts("trusted_proxies", findings),
        proxy_protocol: table.text("proxy_protocol", findings),
        tls: table.table("tls", findings).map(|table| tls(table, findings)),
    };
    table.finish(findings);
    raw
}

fn tls(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawTls {
    let raw = RawTls {
        at: table.at,
        certificate: table.text("certificate", findings),
        key: table.text("key", findings),
        client_ca: table.text("client_ca", findings),
    };
    table.finish(findings);
    raw
}

fn limits(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawLimits {
    const SIZE: &str = "a size such as \"1MiB\"";
    const COUNT: &str = "a whole number";
    const TIME: &str = "a duration such as \"30s\"";
    let raw = RawLimits {
        head: table.quantity("head", SIZE, findings),
        body: table.quantity("body", SIZE, findings),
        connections: table.quantity("connections", COUNT, findings),
        in_flight: table.quantity("in_flight", COUNT, findings),
        head_timeout: table.quantity("head_timeout", TIME, findings),
        body_timeout: table.quantity("body_timeout", TIME, findings),
        call_timeout: table.quantity("call_timeout", TIME, findings),
        idle: table.quantity("idle", TIME, findings),
        drain: table.quantity("drain", TIME, findings),
    };
    table.finish(findings);
    raw
}

fn control(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawControl {
    let raw = RawControl {
        at: table.at,
        listen: table.text("listen", findings),
        token: table.text("token", findings),
        token_file: table.text("token_file", findings),
        tokens: table.tables("tokens", findings).into_iter().map(|table| token(table, findings)).collect(),
        plaintext: table.flag("plaintext", findings),
        tls: table.table("tls", findings).map(|table| tls(table, findings)),
    };
    table.finish(findings);
    raw
}

fn token(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawToken {
    let raw = RawToken {
        at: table.at,
        name: table.text("name", findings),
        file: table.text("file", findings),
        scope: table.text("scope", findings),
    };
    table.finish(findings);
    raw
}

fn ledger(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawLedger {
    let raw = RawLedger {
        store: table.text("store", findings),
        keep_finished: table.text("keep_finished", findings),
        keep_audit: table.text("keep_audit", findings),
    };
    table.finish(findings);
    raw
}

fn realm(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawRealm {
    let raw = RawRealm {
        htpasswd: table.text("htpasswd", findings),
        tokens: table.text("tokens", findings),
        read: table.texts("read", findings),
        write: table.texts("write", findings),
        admin: table.texts("admin", findings),
        groups: table
            .table("groups", findings)
            .map(|groups| groups.named_texts(findings))
            .unwrap_or_default(),
    };
    table.finish(findings);
    raw
}

fn engine(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawEngine {
    let raw = RawEngine {
        kind: table.text("kind", findings),
        namespace: table.text("namespace", findings),
        dialect: table.text("dialect", findings),
        url: table.text("url", findings),
        user: table.text("user", findings),
        password_file: table.text("password_file", findings),
        token_file: table.text("token_file", findings),
        ca: table.text("ca", findings),
        client_certificate: table.text("client_certificate", findings),
        client_key: table.text("client_key", findings),
        timeout: table.quantity("timeout", "a duration such as \"20s\"", findings),
        concurrency: table.quantity("concurrency", "a whole number", findings),
        options: table
            .table("options", findings)
            .map(|options| options.named_options(findings))
            .unwrap_or_default(),
    };
    table.finish(findings);
    raw
}

fn mount(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> RawMount {
    let raw = RawMount {
        at: table.at,
        dialect: table.text("dialect", findings),
        prefix: table.text("prefix", findings),
        path: table.text("path", findings),
        realm: table.text("realm", findings),
        engine: table.text("engine", findings),
        mode: table.text("mode", findings),
        legacy: table.text("legacy", findings),
        legacy_host: table.text("legacy_host", findings),
        legacy_credentials: table.text("legacy_credentials", findings),
        shadow_into: table.text("shadow_into", findings),
        scope: table.text("scope", findings),
        operations: table
            .table("operations", findings)
            .map(|operations| operations.named_options(findings))
            .unwrap_or_default(),
        options: table
            .table("options", findings)
            .map(|options| options.named_options(findings))
            .unwrap_or_default(),
    };
    table.finish(findings);
    raw
}

fn log(mut table: Cursor<'_>, findings: &mut Findings<'_>) -> Option<Text> {
    let access = table.text("access", findings);
    table.finish(findings);
    access
}
