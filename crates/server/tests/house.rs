//! The walls of the house: which crate may use which, what a pure crate may not contain, how long a file may
//! be, and that every requirement said to work is cited by a test. Reads the source as text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Edges between our crates (design section 2). A new one is a decision of its own.
const EDGES: [(&str, &[&str]); 9] = [
    ("model", &[]),
    ("engine", &["model"]),
    ("sip-proto", &[]),
    ("media", &[]),
    ("telephony", &["model", "sip-proto", "media"]),
    ("store", &["model"]),
    ("api", &["model", "store"]),
    ("server", &["model", "engine", "sip-proto", "media", "telephony", "store", "api", "sim"]),
    ("sim", &["model", "engine"]),
];

const PURE: [&str; 5] = ["model", "engine", "sip-proto", "media", "sim"];

/// Words that mean a clock, chance, a socket, a thread or a lock.
const BANNED_IN_PURE: [&str; 12] = [
    "Instant::now",
    "SystemTime::now",
    "std::thread",
    "HashMap",
    "HashSet",
    "UdpSocket",
    "TcpStream",
    "Mutex",
    "RwLock",
    "tokio::",
    "async fn",
    "std::fs",
];

/// Outside crates with one home.
const HOMES: [(&str, &[&str]); 4] =
    [("sqlx", &["store"]), ("axum", &["api", "server"]), ("rustix", &["telephony"]), ("ureq", &["server"])];

const FILE_LINES_MAX: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn manifest(name: &str) -> toml_edit::DocumentMut {
    let path = root().join("crates").join(name).join("Cargo.toml");
    fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display())).parse().unwrap()
}

fn dependencies(name: &str, kind: &str) -> BTreeSet<String> {
    let manifest = manifest(name);
    let Some(table) = manifest.get(kind).and_then(|item| item.as_table_like()) else {
        return BTreeSet::new();
    };
    table.iter().map(|(key, _)| key.to_owned()).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

fn sources(name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root().join("crates").join(name).join("src"), &mut found);
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn every_crate_is_known_here() {
    let folders: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let known: BTreeSet<String> = EDGES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, known, "a crate without a place in the house");
}

#[test]
fn crates_use_only_whom_they_may() {
    let ours: BTreeSet<&str> = EDGES.iter().map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for (name, allowed) in EDGES {
        for used in dependencies(name, "dependencies") {
            if ours.contains(used.as_str()) && !allowed.contains(&used.as_str()) {
                faults.push(format!("{name} may not use {used}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn outside_crates_stay_in_their_homes() {
    let mut faults = Vec::new();
    for (name, _) in EDGES {
        let used = dependencies(name, "dependencies");
        for (guest, homes) in HOMES {
            if used.contains(guest) && !homes.contains(&name) {
                faults.push(format!("{guest} may be used in {homes:?} only, not in {name}"));
            }
        }
        if PURE.contains(&name) && used.contains("tokio") {
            faults.push(format!("{name} is pure: no tokio"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn pure_crates_have_no_clock_no_chance_and_no_sockets() {
    let mut faults = Vec::new();
    for name in PURE {
        for path in sources(name) {
            let text = fs::read_to_string(&path).unwrap();
            for (at, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                for word in BANNED_IN_PURE {
                    if code.contains(word) {
                        faults.push(format!("{}:{}: {word}", shown(&path), at + 1));
                    }
                }
            }
        }
        let bans = root().join("crates").join(name).join("clippy.toml");
        assert!(bans.exists(), "{} is missing: a pure crate bans clocks and sockets there", bans.display());
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn files_are_small_and_say_what_they_are() {
    let mut faults = Vec::new();
    for (name, _) in EDGES {
        let mut files = sources(name);
        for folder in ["tests", "benches"] {
            rust_files(&root().join("crates").join(name).join(folder), &mut files);
        }
        for path in files {
            let text = fs::read_to_string(&path).unwrap();
            if !text.starts_with("//!") {
                faults.push(format!("{}: the first line does not say what the file is", shown(&path)));
            }
            let lines = text.lines().count();
            if lines > FILE_LINES_MAX {
                faults.push(format!("{}: {lines} lines, more than {FILE_LINES_MAX}", shown(&path)));
            }
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            if ["util", "utils", "common", "helpers", "misc"].contains(&stem.as_str()) {
                faults.push(format!("{}: a name that says nothing", shown(&path)));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Requirement ids in a text.
fn ids(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let bytes = text.as_bytes();
    for (at, window) in bytes.windows(4).enumerate() {
        let starts = matches!(window[0], b'K' | b'T' | b'V' | b'I' | b'F' | b'X') && window[1] == b'-';
        let alone = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let ends = bytes.get(at + 4).is_none_or(|b| !b.is_ascii_alphanumeric());
        if starts && alone && ends && window[2].is_ascii_digit() && window[3].is_ascii_digit() {
            found.insert(String::from_utf8(window.to_vec()).unwrap());
        }
    }
    found
}

/// Text that belongs to tests: files in `tests` folders, and what stands below `#[cfg(test)]`.
fn test_text() -> String {
    let mut text = String::new();
    for (name, _) in EDGES {
        for path in sources(name) {
            let source = fs::read_to_string(&path).unwrap();
            if let Some(at) = source.find("#[cfg(test)]") {
                text.push_str(&source[at..]);
            } else if shown(&path).contains("/tests") {
                text.push_str(&source);
            }
        }
        let mut files = Vec::new();
        rust_files(&root().join("crates").join(name).join("tests"), &mut files);
        for path in files {
            if !path.ends_with("house.rs") {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    text
}

#[test]
fn every_requirement_that_works_is_cited_by_a_test() {
    let status = fs::read_to_string(root().join("docs/requirements.md")).unwrap();
    let cited = ids(&test_text());
    let mut missing: BTreeMap<String, String> = BTreeMap::new();
    let mut working = 0;
    for line in status.lines().filter(|line| line.starts_with("| ") && line.contains("| works |")) {
        for id in ids(line.split('|').nth(1).unwrap_or_default()) {
            working += 1;
            if !cited.contains(&id) {
                missing.insert(id, line.to_owned());
            }
        }
    }
    assert!(working > 0, "docs/requirements.md says of nothing that it works");
    assert!(missing.is_empty(), "said to work, but no test names it: {missing:#?}");
}
