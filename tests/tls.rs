//! What is offered to whoever shakes hands: our own TLS, and that of the proxies' example files, scanned by the real
//! sslyze and held to Mozilla's intermediate profile. `tests/tls/install`, which `./check` runs, installs it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::certificates::{Certificates, NAME};
use crate::proxies::{Front, Kind};
use crate::server::{Server, WITH_TOKENS, config_with};
use crate::tidy::root;

/// The scanner, as pinned.
fn sslyze() -> PathBuf {
    let folder = root().join("target/tls");
    let pinned = std::fs::read(root().join("tests/tls/requirements.txt")).unwrap();
    let there = std::fs::read(folder.join("installed")).unwrap_or_default();
    assert!(there == pinned, "sslyze is not installed as pinned: run ./check, or tests/tls/install");
    folder.join("venv/bin/sslyze")
}

/// What a scan has found.
struct Scan {
    /// What is worse than the profile allows, by sslyze's names: these are in its report for people only.
    findings: BTreeSet<String>,
    /// All that it has seen, as it writes it down for programs.
    result: Value,
}

impl Scan {
    fn of(address: SocketAddr, authority: &Path) -> Scan {
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("scan.json");
        let mut command = Command::new(sslyze());
        command.args(["--mozilla_config=intermediate", "--sni", NAME, "--certinfo_ca_file"]).arg(authority);
        let output = command.arg("--json_out").arg(&json).arg(address.to_string()).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        let verdict = shown.split_once("COMPLIANCE AGAINST TLS CONFIGURATION").map(|(_, verdict)| verdict);
        let errors = String::from_utf8_lossy(&output.stderr);
        let verdict = verdict.unwrap_or_else(|| panic!("sslyze has judged nothing: {shown}{errors}"));
        let names = verdict.lines().filter_map(|line| line.trim().strip_prefix("* ")?.split(':').next());
        let findings: BTreeSet<_> = names.map(str::to_owned).collect();
        assert_eq!(output.status.success(), findings.is_empty(), "{verdict}");
        let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        let server = &report["server_scan_results"][0];
        assert_eq!(server["scan_status"], "COMPLETED", "{server}");
        Scan { findings, result: server["scan_result"].clone() }
    }

    /// What one of the scans has found out; it must have come to an end.
    fn part(&self, name: &str) -> &Value {
        let part = &self.result[name];
        assert_eq!(part["status"], "COMPLETED", "{name}: {part}");
        &part["result"]
    }

    fn speaks(&self, version: &str) -> bool {
        self.part(&format!("{version}_cipher_suites"))["is_tls_version_supported"] == true
    }

    /// Whether the certificate leads to the authority that was named.
    fn is_vouched_for(&self) -> bool {
        let deployments = self.part("certificate_info")["certificate_deployments"].as_array().unwrap();
        let mut paths = deployments.iter().flat_map(|one| one["path_validation_results"].as_array().unwrap());
        paths.any(|path| {
            path["trust_store"]["name"] == "Supplied CA file" && path["was_validation_successful"] == true
        })
    }

    /// The profile, and what it is made of: a scan that could not look must not pass for one that found nothing.
    fn is_intermediate(&self, who: &str) {
        assert_eq!(self.findings, BTreeSet::new(), "{who}");
        assert!(self.is_vouched_for(), "{who}: {}", self.part("certificate_info"));
        let versions = ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"];
        let spoken: Vec<_> = versions.into_iter().filter(|version| self.speaks(version)).collect();
        assert_eq!(spoken, ["tls_1_2", "tls_1_3"], "{who}");
        for (name, flaw, wanted) in [
            ("heartbleed", "is_vulnerable_to_heartbleed", false),
            ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", false),
            ("tls_compression", "supports_compression", false),
            ("tls_fallback_scsv", "supports_fallback_scsv", true),
            ("tls_extended_master_secret", "supports_ems_extension", true),
            ("session_renegotiation", "supports_secure_renegotiation", true),
            ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos", false),
        ] {
            assert_eq!(self.part(name)[flaw], wanted, "{who}: {name}");
        }
        assert!(self.part("robot")["robot_result"].as_str().unwrap().starts_with("NOT_VULNERABLE"), "{who}");
    }
}

#[test]
fn both_listeners_are_within_mozillas_intermediate_profile() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::write(folder.path());
    let config = config_with(folder.path(), "memory", WITH_TOKENS);
    let text = std::fs::read_to_string(&config).unwrap();
    let tls = "tls = { certificate = \"certificate.pem\", key = \"key.pem\" }";
    let text = ["[server]\n", "[control]\n"]
        .into_iter()
        .fold(text, |text, table| text.replacen(table, &format!("{table}{tls}\n"), 1));
    std::fs::write(&config, text).unwrap();
    let server = Server::start(&config);
    for (who, address) in [("the dialects", server.listen), ("the control API", server.control)] {
        Scan::of(address, &certificates.authority).is_intermediate(who);
    }
}

#[test]
fn the_proxies_files_are_within_mozillas_intermediate_profile() {
    for kind in Kind::ALL {
        // Nobody has to be there to shake hands.
        let front = Front::start(kind, SocketAddr::from(([127, 0, 0, 1], 9)));
        Scan::of(front.listen, &front.certificates.authority).is_intermediate(&format!("{kind:?}"));
    }
}

#[test]
fn a_server_of_old_is_found_out() {
    let changes = [
        ("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2;"),
        ("ssl_ciphers ", "ssl_ciphers AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0; #"),
    ];
    let front = Front::start_with(Kind::Nginx, SocketAddr::from(([127, 0, 0, 1], 9)), &changes);
    let scan = Scan::of(front.listen, &front.certificates.authority);
    assert_eq!(scan.findings, BTreeSet::from(["ciphers", "tls_versions"].map(str::to_owned)));
    assert!(scan.speaks("tls_1_0") && scan.speaks("tls_1_1"));
    // And a certificate that leads to nobody who is known.
    let elsewhere = tempfile::tempdir().unwrap();
    let scan = Scan::of(front.listen, &Certificates::write(elsewhere.path()).authority);
    assert!(scan.findings.contains("certificate_path_validation") && !scan.is_vouched_for());
}
