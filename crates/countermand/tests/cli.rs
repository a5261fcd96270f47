//! The built program from outside: exit codes, help, and what it says.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn countermand(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermand"));
    command.args(arguments).env_remove("COUNTERMAND_CONTROL").env_remove("COUNTERMAND_TOKEN");
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    countermand(arguments).output().expect("the program runs")
}

fn run_with(arguments: &[&str], input: &str) -> Output {
    let mut command = countermand(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    // Who refuses the arguments does not read; that is not what is tested here.
    let _ = child.stdin.take().expect("stdin is piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program speaks UTF-8")
}

#[track_caller]
fn check(output: &Output, code: i32, said: &str) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "stdout: {out}\nstderr: {err}");
    assert!(out.contains(said) || err.contains(said), "{said:?} not in\nstdout: {out}\nstderr: {err}");
}

/// Every command there is, by what is typed before `--help`.
const COMMANDS: &[&[&str]] = &[
    &["demo"],
    &["serve"],
    &["check"],
    &["dialects"],
    &["conform"],
    &["record"],
    &["fixtures"],
    &["fixtures", "export"],
    &["fixtures", "import"],
    &["user"],
    &["user", "add"],
    &["user", "token"],
    &["job"],
    &["job", "put"],
    &["job", "get"],
    &["job", "list"],
    &["job", "watch"],
    &["job", "cancel"],
    &["job", "hold"],
    &["job", "release"],
    &["job", "event"],
    &["job", "import"],
];

#[test]
fn every_command_has_help_and_is_in_the_help_above_it() {
    for command in COMMANDS {
        let (name, above) = command.split_last().unwrap();
        let help = run(&[above, ["--help"].as_slice()].concat());
        let listed = text(&help.stdout).lines().any(|line| line.split_whitespace().next() == Some(name));
        assert!(listed, "{name} is not in {}", text(&help.stdout));
        let own = run(&[command, ["--help"].as_slice()].concat());
        check(&own, 0, "Usage: countermand");
        check(&own, 0, "Example");
    }
}

#[test]
fn a_command_line_that_is_not_understood_is_64_in_one_line() {
    for arguments in
        [&["chek"][..], &["check"], &["job", "get", "x"], &["check", "--confg", "f"], &["job", "cancel"]]
    {
        let output = run(arguments);
        check(&output, 64, "; see countermand ");
        assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));
    }
    check(&run(&["job", "get", "x"]), 64, "JOB is a number, such as 15; see countermand job get --help");
    check(&run(&["check", "--confg", "f"]), 64, "see countermand check --help");
    check(&run(&["demo", "--token", ""]), 64, "the token is empty");
    check(&run(&[]), 64, "Usage: countermand");
    check(&run(&["--version"]), 0, "countermand 0.");
}

#[test]
fn a_failure_that_nobody_hears_keeps_its_exit_code() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let unheard = countermand(&["dialcts"]).stderr(full).status().unwrap();
    assert_eq!(unheard.code(), Some(64));
}

#[test]
fn a_missing_configuration_is_74_and_a_wrong_one_78() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countermand.toml");
    let path = file.to_str().unwrap();
    check(&run(&["check", "--config", path]), 74, "cannot read");
    std::fs::write(&file, "[server]\nlisen = 1\n[limits]\nbody = \"1MB\"\n").unwrap();
    let output = run(&["check", "--config", path]);
    check(&output, 78, ":2:1: unknown key lisen in server; did you mean listen?");
    check(&output, 78, ":4:8: \"1MB\" is not a size");
    std::fs::write(
        &file,
        "[realms.ops]\nhtpasswd = \"ops.htpasswd\"\nwrite = [\"w\"]\ngroups = { w = [\"ana\"] }",
    )
    .unwrap();
    let htpasswd = folder.path().join("ops.htpasswd");
    check(&run_with(&["user", "add", htpasswd.to_str().unwrap(), "ana"], "secret\n"), 0, "ana is added");
    check(&run(&["check", "--config", path]), 0, "fine");
}

#[test]
fn what_a_realm_warns_of_is_noted_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countermand.toml");
    std::fs::write(&file, "[realms.ops]\nhtpasswd = \"ops.htpasswd\"\n").unwrap();
    // The password is "secret".
    let weak = "# people\nana:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n";
    std::fs::write(folder.path().join("ops.htpasswd"), weak).unwrap();
    let output = run(&["check", "--config", file.to_str().unwrap()]);
    check(&output, 0, "countermand.toml:1:9: realm ops has no write groups");
    check(&output, 0, "ops.htpasswd:2:1: ana: ");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_user_is_added_and_changed_in_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ops.htpasswd");
    let path = file.to_str().unwrap();
    check(&run_with(&["user", "add", path, "ana"], "one\n"), 0, "ana is added");
    check(&run_with(&["user", "add", path, "li"], "two"), 0, "li is added");
    check(&run_with(&["user", "add", path, "ana"], "three\r\n"), 0, "ana has a new password");
    let lines = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = lines.lines().map(|line| line.split_once(':').unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0].0, lines[1].0), ("ana", "li"));
    assert!(lines[0].1.starts_with("$2y$10$"), "{}", lines[0].1);
    assert!(bcrypt::verify("three", lines[0].1).unwrap());
    assert!(bcrypt::verify("two", lines[1].1).unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    check(&run_with(&["user", "add", path, "a:b"], "x\n"), 64, "cannot be a user");
    check(&run_with(&["user", "add", path, "ana"], "\n"), 64, "1 to 72 bytes");
    check(&run_with(&["user", "add", path, "ana"], "a\0b\n"), 64, "control character");
    let nowhere = run_with(&["user", "add", "/nowhere/file", "ana"], "x\n");
    check(&nowhere, 74, "cannot write /nowhere/file");
    assert!(!text(&nowhere.stderr).contains(".tmp"), "{}", text(&nowhere.stderr));
}

#[test]
fn a_file_of_users_keeps_its_mode_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("real.htpasswd"), folder.path().join("link.htpasswd"));
    std::os::unix::fs::symlink("real.htpasswd", &link).unwrap();
    let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    let path = link.to_str().unwrap();
    check(&run_with(&["user", "add", path, "ana"], "one\n"), 0, "ana is added");
    assert_eq!(mode(), 0o600, "a new file is its owner's only");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    check(&run_with(&["user", "add", path, "li"], "two\n"), 0, "li is added");
    assert_eq!(mode(), 0o640);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 2);
}

#[test]
fn a_token_is_shown_once_and_only_its_digest_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ops.tokens");
    let path = file.to_str().unwrap();
    let made = || {
        let made = run(&["user", "token", path, "farm"]);
        check(&made, 0, "farm has a new token; it is not shown again");
        text(&made.stdout).strip_suffix('\n').unwrap().to_owned()
    };
    let (one, two) = (made(), made());
    for token in [&one, &two] {
        assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(one != two && !kept.contains(&one) && !kept.contains(&two), "{kept}");
    assert!(
        kept.lines().count() == 2 && kept.lines().all(|line| line.starts_with("farm:{SHA256}")),
        "{kept}"
    );
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let config = folder.path().join("countermand.toml");
    let realm = "[realms.ops]\ntokens = \"ops.tokens\"\nwrite = [\"w\"]\ngroups = { w = [\"farm\"] }\n";
    std::fs::write(&config, realm).unwrap();
    check(&run(&["check", "--config", config.to_str().unwrap()]), 0, "fine");
    std::fs::write(&file, kept + "li:secret\n").unwrap();
    let wrong = run(&["check", "--config", config.to_str().unwrap()]);
    check(&wrong, 78, "ops.tokens:3:1: li: no {SHA256} with 64 hexadecimal digits");
    assert!(!text(&wrong.stderr).contains("secret"), "{}", text(&wrong.stderr));

    for name in ["a:b", "", "#a", " ana"] {
        check(&run(&["user", "token", path, name]), 64, "cannot be a user");
    }
    check(&run(&["user", "token", "/nowhere/file", "ana"]), 74, "cannot write /nowhere/file");
}

#[test]
fn a_gateway_that_is_not_there_is_74() {
    // Nobody listens at a port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let control = format!("http://127.0.0.1:{port}");
    check(&run(&["job", "get", "1", "--control", &control]), 74, "is the gateway running");
    check(&run(&["job", "get", "1", "--control", "https://x"]), 64, "http://127.0.0.1:8081");
}

#[test]
fn the_table_of_dialects_is_the_same_as_text_and_as_data() {
    let data = text(&run(&["dialects", "--json"]).stdout);
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    let page = text(&run(&["dialects"]).stdout);
    assert_eq!(data.as_array().unwrap().len(), countermand_dialects::ALL.len());
    for dialect in data.as_array().unwrap() {
        assert!(page.contains(dialect["name"].as_str().unwrap()), "{page}");
        for operation in dialect["operations"].as_array().unwrap() {
            assert!(page.contains(operation["meaning"].as_str().unwrap()), "{operation}");
        }
    }
}
