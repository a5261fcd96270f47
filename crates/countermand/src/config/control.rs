//! `[control]`: where the control API listens and who may use it.

use std::collections::BTreeSet;

use countermand_control::{Scope, Token};

use super::check::{self, Context};
use super::mistake::Findings;
use super::raw::{RawControl, RawToken};
use super::{Control, secrets, server};

/// The variable that holds the token where the file names none. Clients read the same one.
const VARIABLE: &str = "COUNTERMAND_TOKEN";

const SCOPES: [(&str, Scope); 3] = [("admin", Scope::Admin), ("run", Scope::Run), ("read", Scope::Read)];

pub(super) fn check(
    raw: Option<&RawControl>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Control> {
    let Some(raw) = raw else {
        findings.note(0, "there is no [control], so nobody can register jobs or report on them");
        return None;
    };
    let tokens = tokens(raw, context, findings);
    let listen = check::listen(raw.listen.as_ref(), "127.0.0.1:8081", findings)?;
    let tls = raw.tls.as_ref().and_then(|raw| server::tls("control", raw, context, findings));
    if !listen.ip().is_loopback()
        && raw.tls.is_none()
        && !raw.plaintext.as_ref().is_some_and(|plaintext| plaintext.value)
    {
        findings.mistake(
            raw.listen.as_ref().map_or(raw.at, |listen| listen.at),
            format!(
                "control.listen {listen} is beyond loopback and the control API speaks plain HTTP; give it tls, \
                 listen at 127.0.0.1, or write plaintext = true if the network is yours"
            ),
        );
    }
    Some(Control { listen, tokens, tls })
}

fn tokens(raw: &RawControl, context: &Context<'_>, findings: &mut Findings<'_>) -> Vec<Token> {
    if let (Some(_), Some(file)) = (&raw.token, &raw.token_file) {
        findings.mistake(file.at, "control has both token and token_file; keep token_file");
    }
    if let (Some(at), Some(_)) = (sole_token(raw), raw.tokens.first()) {
        let problem = "control has both a token and tokens, so there is one more admin, named \"control\"";
        findings.note(at, format!("{problem}; list it in tokens or remove it"));
    }
    let mut tokens = Vec::new();
    let sole = |digest| Token { name: "control".to_owned(), digest, scope: Scope::Admin };
    if let Some(token) = &raw.token {
        tokens.extend(secret(token.at, secrets::token(&token.value), findings).map(sole));
    } else if let Some(file) = &raw.token_file {
        let read = secrets::token_file(&context.path(&file.value));
        tokens.extend(secret(file.at, read, findings).map(sole));
    } else if raw.tokens.is_empty() {
        match (context.environment)(VARIABLE) {
            Some(token) => tokens.extend(secret(raw.at, secrets::token(&token), findings).map(sole)),
            None => findings.missing(
                raw.at,
                &["token", "token_file", "tokens"],
                raw.at,
                format!("control has no token; write token_file = \"control.token\" or set {VARIABLE}"),
            ),
        }
    }
    let mut names: BTreeSet<String> = tokens.iter().map(|token| token.name.clone()).collect();
    for token in &raw.tokens {
        if let Some(listed) = listed(token, &mut names, context, findings) {
            check_secret(&listed, &tokens, token, findings);
            tokens.push(listed);
        }
    }
    tokens
}

/// Where the one token without a name is written.
fn sole_token(raw: &RawControl) -> Option<usize> {
    raw.token.as_ref().or(raw.token_file.as_ref()).map(|text| text.at)
}

fn listed(
    raw: &RawToken,
    names: &mut BTreeSet<String>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Token> {
    let mut missing = |key, example| {
        let problem = format!("a token of control.tokens has no {key}; write {example}");
        findings.missing(raw.at, &[key], raw.at, problem);
    };
    if raw.name.is_none() {
        missing("name", "name = \"ops\"");
    }
    if raw.file.is_none() {
        missing("file", "file = \"ops.token\"");
    }
    if raw.scope.is_none() {
        missing("scope", "scope = \"admin\", \"run\" or \"read\"");
    }
    let scope = check::choice("scope", raw.scope.as_ref(), &SCOPES, findings);
    let digest = raw.file.as_ref().and_then(|file| {
        let read = secrets::token_file(&context.path(&file.value));
        secret(file.at, read, findings)
    });
    let name = raw.name.as_ref()?;
    if !names.insert(name.value.clone()) {
        findings.mistake(name.at, format!("there is another token named {:?}; name each once", name.value));
    }
    Some(Token { name: name.value.clone(), digest: digest?, scope: scope? })
}

/// Which of two tokens with one secret somebody has is a matter of their order, and so is what they may.
fn check_secret(token: &Token, others: &[Token], raw: &RawToken, findings: &mut Findings<'_>) {
    if let Some(other) = others.iter().find(|other| other.digest == token.digest) {
        let at = raw.file.as_ref().map_or(raw.at, |file| file.at);
        let problem = format!("the tokens {:?} and {:?} have the same secret", other.name, token.name);
        findings.note(at, format!("{problem}; give each its own"));
    }
}

/// Takes a secret, and says when it is a weak one.
fn secret(
    at: usize,
    read: Result<([u8; 32], bool), String>,
    findings: &mut Findings<'_>,
) -> Option<[u8; 32]> {
    let (digest, short) = findings.take(at, read)?;
    if short {
        findings.note(at, secrets::GUESSABLE);
    }
    Some(digest)
}
