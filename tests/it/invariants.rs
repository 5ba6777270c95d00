//! What holds for the whole repository: every operation is answered or on the list of gaps,
//! and no file names a place that only one machine has.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use poolhouse::engine::ops;
use poolhouse::wire::{self, Service};

const GAPS: &str = "tests/fixtures/unanswered_operations.txt";

/// The list can only shrink: an operation that is answered must leave it, none may come back.
///
/// `UPDATE_FIXTURES=1 cargo test --test it invariants` writes it anew.
#[test]
fn every_operation_is_answered_or_on_the_list_of_gaps() {
    let answered: BTreeSet<String> = ops::routes()
        .filter(|route| route.info.service != Service::Engine)
        .map(|route| line(route.info.service, route.info.name))
        .collect();
    let known: BTreeSet<String> = wire::operations()
        .map(|info| line(info.service, info.name))
        .collect();
    assert_eq!(known.len(), 141 + 23);
    assert!(answered.is_subset(&known));
    let missing: BTreeSet<String> = known.difference(&answered).cloned().collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GAPS);
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let mut text = String::new();
        for gap in &missing {
            writeln!(text, "{gap}").unwrap();
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let listed: BTreeSet<String> = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let lost: Vec<_> = missing.difference(&listed).collect();
    let gained: Vec<_> = listed.difference(&missing).collect();
    assert!(lost.is_empty(), "neither answered nor listed in {GAPS}: {lost:?}");
    assert!(
        gained.is_empty(),
        "answered (or unknown), so strike from {GAPS}: {gained:?}"
    );
}

fn line(service: Service, name: &str) -> String {
    format!("{} {name}", service.signing_name())
}

/// Build machines come and go, and package sources are the user's choice.
#[test]
fn no_file_names_a_machine_or_a_package_source() {
    // Split, so that this file passes its own test.
    let forbidden = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("pypi", ".org"),
        concat!("pythonhosted", ".org"),
        concat!("registry.npm", "js.org"),
        concat!("npm", "mirror"),
        concat!("static.crates", ".io"),
        concat!("deb.deb", "ian.org"),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut findings = Vec::new();
    let mut files = 0;
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let Ok(bytes) = fs::read(root.join(name)) else {
            continue;
        };
        files += 1;
        let text = String::from_utf8_lossy(&bytes);
        if name != "Cargo.lock" && text.contains(concat!("index.crates", ".io")) {
            findings.push(format!("{name} names a package source"));
        }
        for word in forbidden {
            if let Some(at) = text.find(word) {
                let number = text[..at].matches('\n').count() + 1;
                findings.push(format!("{name}:{number}: {word}"));
            }
        }
    }
    assert!(files > 100, "only {files} files were read");
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

/// `unsafe` is read by few; it stays in the one module that wraps the big numbers.
#[test]
fn unsafe_code_stays_in_one_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in super::floors::rust_files(&root.join("src")) {
        let code = super::floors::without_comments_and_strings(&fs::read_to_string(&path).unwrap());
        let holds_unsafe = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "unsafe");
        assert!(
            !holds_unsafe || path.ends_with("engine/auth/bignum.rs"),
            "unsafe in {}",
            path.display()
        );
    }
}
