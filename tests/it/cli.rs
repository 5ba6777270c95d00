//! The program itself: exit codes, messages, one line when ready.

use poolhouse::engine::ops;
use poolhouse::wire;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

fn poolhouse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolhouse"));
    // Nothing of the person who runs the tests.
    for (name, _) in std::env::vars() {
        if name.starts_with("POOLHOUSE_") || name.starts_with("AWS_") || name.ends_with("DISPLAY") {
            command.env_remove(name);
        }
    }
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn wrong_settings_are_told_and_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("poolhouse.toml");
    std::fs::write(&file, "\naccess_keys = [\"no colon hunter2\"]\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = poolhouse().arg("serve").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(output.stdout.is_empty());
        told(&output)
    };
    let text = run(&["--config", file.to_str().unwrap()]);
    assert!(text.contains("ID:SECRET") && !text.contains("hunter2"), "{text}");
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\nlisten_at = 1\n").unwrap();
    let text = run(&["--config", file.to_str().unwrap()]);
    assert!(text.contains("line 2") && text.contains("listen_at"), "{text}");
    let text = run(&["--listen", "0.0.0.0:0", "--any-credentials"]);
    assert!(text.contains("--yes-expose"), "{text}");
    let text = run(&["--listen", "nowhere"]);
    assert!(text.contains("127.0.0.1:9229, localhost:9229"), "{text}");
}

#[test]
fn a_taken_port_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let output = poolhouse()
        .args(["serve", "--listen", &at, "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains(&format!("{at} is taken")),
        "{}",
        told(&output)
    );
}

#[test]
fn operations_lists_each_of_both_apis_once_and_says_which_are_answered() {
    let output = poolhouse().arg("operations").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let listed: Vec<(&str, &str, bool)> = text
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[1], words[0], line.ends_with("answered"))
        })
        .collect();
    let expected: Vec<(&str, &str, bool)> = wire::operations()
        .map(|info| {
            let answered = ops::find(info.service, info.name).is_some();
            (info.service.signing_name(), info.name, answered)
        })
        .collect();
    assert_eq!(expected.len(), 141 + 23);
    assert_eq!(listed, expected);

    let output = poolhouse().args(["operations", "--own"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ListOutbox"));
}

#[cfg(unix)]
#[test]
fn serve_prints_one_line_ends_on_sigterm_and_its_store_is_backed_up_and_restored() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = poolhouse()
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--access-key",
            "AKIATEST:secret",
        ])
        .env("POOLHOUSE_DATA", &data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    let address = line.strip_prefix("Poolhouse listens at ").unwrap().to_owned();
    let outbox = |secret: &str| {
        poolhouse()
            .args(["outbox", "--endpoint", &address, "--access-key"])
            .arg(format!("AKIATEST:{secret}"))
            .output()
            .unwrap()
    };
    let output = outbox("secret");
    assert!(output.status.success(), "{}", told(&output));
    let output = outbox("wrong");
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("InvalidSignatureException"));
    // The store is in use, and its user is told what to do.
    let copy = folder.path().join("copy.sqlite");
    let back_up = || {
        poolhouse()
            .arg("backup")
            .arg(&copy)
            .arg("--data")
            .arg(&data)
            .output()
            .unwrap()
    };
    let output = back_up();
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("--running"), "{}", told(&output));

    let id = rustix::process::Pid::from_child(&server);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert_eq!(server.wait().unwrap().code(), Some(0));
    assert!(lines.next().is_none(), "one line and no more");

    let output = back_up();
    assert!(output.status.success(), "{}", told(&output));
    let restore = |file: &std::path::Path| {
        poolhouse()
            .arg("restore")
            .arg(file)
            .arg("--data")
            .arg(&data)
            .output()
            .unwrap()
    };
    let output = restore(&copy);
    assert!(output.status.success(), "{}", told(&output));
    let not_ours = folder.path().join("not-ours");
    std::fs::write(&not_ours, "not a database at all").unwrap();
    let before = std::fs::read(data.join("poolhouse.sqlite")).unwrap();
    let output = restore(&not_ours);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read(data.join("poolhouse.sqlite")).unwrap(), before);
}
