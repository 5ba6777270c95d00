//! Each module uses only what stands below it. The floors are those of the table in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use of ours.
const FLOORS: &[(&str, &[&str])] = &[
    ("base", &["base"]),
    ("wire", &["base", "wire"]),
    ("rules", &["base", "wire", "rules"]),
    ("store", &["base", "wire", "rules", "store"]),
    ("engine", &["base", "wire", "rules", "store", "engine"]),
    ("http", &["base", "wire", "rules", "store", "engine", "http"]),
    ("driver", &["base", "wire", "engine", "driver"]),
    ("console", &["base", "wire", "rules", "driver", "console"]),
];

/// These may use everything.
const TOP: &[&str] = &["config", "cli", "lib", "main"];

/// What a floor must not know of others' libraries, by the crate's name in paths.
const FOREIGN: &[(&str, &[&str])] = &[
    ("base", &["rusqlite", "axum", "reqwest", "egui", "eframe"]),
    (
        "wire",
        &["rusqlite", "axum", "reqwest", "egui", "eframe", "tokio"],
    ),
    (
        "rules",
        &["rusqlite", "axum", "reqwest", "egui", "eframe", "tokio"],
    ),
    ("store", &["axum", "reqwest", "egui", "eframe"]),
    ("engine", &["rusqlite", "axum", "egui", "eframe"]),
    ("http", &["rusqlite", "egui", "eframe"]),
    ("driver", &["rusqlite", "axum", "egui", "eframe"]),
    ("console", &["rusqlite", "axum"]),
];

#[test]
fn no_module_reaches_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut findings = Vec::new();
    let mut files = 0;
    for path in rust_files(&root.join("src")) {
        let inside = path.strip_prefix(root.join("src")).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = module.strip_suffix(".rs").unwrap_or(module);
        files += 1;
        if TOP.contains(&module) {
            continue;
        }
        let (_, allowed) = FLOORS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("src/{} stands on no floor", inside.display()));
        let (_, foreign) = FOREIGN.iter().find(|(name, _)| *name == module).unwrap();
        let code = without_comments_and_strings(&fs::read_to_string(&path).unwrap());
        for (line, used) in modules_used(&code) {
            if !allowed.contains(&used.as_str()) {
                findings.push(format!("src/{}:{line}: {module} uses {used}", inside.display()));
            }
        }
        for library in *foreign {
            for line in lines_naming(&code, library) {
                findings.push(format!(
                    "src/{}:{line}: {module} uses {library}",
                    inside.display()
                ));
            }
        }
    }
    assert!(files > 50, "only {files} files were found");
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn grouped_and_nested_uses_are_seen() {
    let code = "use crate::{base::clock, wire::{idp, Fault},\n  store};\nlet x = crate::engine::Cx;\npub(crate) fn f() {}";
    let code = without_comments_and_strings(code);
    let found: Vec<(usize, String)> = modules_used(&code);
    let expected = [(1, "base"), (1, "wire"), (2, "store"), (3, "engine")];
    assert_eq!(found, expected.map(|(line, name)| (line, name.to_owned())));
}

#[test]
fn comments_and_strings_are_not_code() {
    let code =
        "// crate::store\n/* crate::http */ let a = \"crate::cli\"; let b = '\"'; let c = r#\"crate::\"#;";
    assert!(modules_used(&without_comments_and_strings(code)).is_empty());
}

/// Returns every `.rs` file below a folder, in order.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Lists the modules named right behind `crate::`, alone or in braces, with the line of each.
fn modules_used(code: &str) -> Vec<(usize, String)> {
    const MARK: &str = "crate::";
    let mut found = Vec::new();
    for (at, _) in code.match_indices(MARK) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let tail = &code[at + MARK.len()..];
        let start = at + MARK.len();
        if !tail.starts_with('{') {
            push_module(code, start, &mut found);
            continue;
        }
        let mut depth = 0;
        for (offset, c) in tail.char_indices() {
            let opens_an_item = (c == '{' && depth == 0) || (c == ',' && depth == 1);
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if opens_an_item {
                push_module(code, start + offset + 1, &mut found);
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn push_module(code: &str, from: usize, found: &mut Vec<(usize, String)>) {
    let tail = &code[from..];
    let begin = from + (tail.len() - tail.trim_start().len());
    let name: String = code[begin..]
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    // A capital is an item of the crate's root, not a module.
    if name.starts_with(|c: char| c.is_lowercase()) {
        found.push((code[..begin].matches('\n').count() + 1, name));
    }
}

fn lines_naming(code: &str, library: &str) -> Vec<usize> {
    let path = format!("{library}::");
    code.lines()
        .enumerate()
        .filter(|(_, line)| {
            line.match_indices(&path).any(|(at, _)| {
                !line[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            })
        })
        .map(|(number, _)| number + 1)
        .collect()
}

/// Blanks comments and string literals; lines keep their numbers.
pub fn without_comments_and_strings(code: &str) -> String {
    let chars: Vec<char> = code.chars().collect();
    let mut out = String::with_capacity(code.len());
    let mut at = 0;
    let blank = |out: &mut String, c: char| out.push(if c == '\n' { '\n' } else { ' ' });
    while at < chars.len() {
        let rest = &chars[at..];
        let hashes = rest.iter().skip(1).take_while(|c| **c == '#').count();
        if rest.starts_with(&['/', '/']) {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if rest.starts_with(&['/', '*']) {
            while at < chars.len() && !chars[at..].starts_with(&['*', '/']) {
                blank(&mut out, chars[at]);
                at += 1;
            }
            at += 2;
        } else if rest[0] == 'r' && rest.get(1 + hashes) == Some(&'"') {
            let end: Vec<char> = std::iter::once('"')
                .chain(std::iter::repeat_n('#', hashes))
                .collect();
            at += 2 + hashes;
            while at < chars.len() && !chars[at..].starts_with(&end) {
                blank(&mut out, chars[at]);
                at += 1;
            }
            at += end.len();
        } else if rest[0] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                blank(&mut out, chars[at]);
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if rest[0] == '\'' && rest.get(1) == Some(&'\\') {
            at += 3;
            while at < chars.len() && chars[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if rest[0] == '\'' && rest.get(2) == Some(&'\'') {
            at += 3;
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    out
}
