//! The company file as it is printed: what differs from the defaults, and everything.

use expect_test::expect_file;
use model::config::export::{Defaults, shaped, toml};
use model::config::merge::{Rest, merge};
use model::config::tree::{self, Node, Shape};
use model::config::{document, export};

const COMPANY: &str = include_str!("golden/company.toml");

fn stored() -> Node {
    let file = tree::of_toml(COMPANY).unwrap();
    assert_eq!(document::check(&file), []);
    let nothing = Node::of(Shape::Table(std::collections::BTreeMap::new()));
    merge(&nothing, &file, Rest::Keep, &|_, _, _| false).document
}

#[test]
fn the_export_keeps_its_form() {
    let stored = stored();
    let brief = toml(&shaped(&stored, Defaults::Hide));
    expect_file!["golden/export.toml"].assert_eq(&brief);
    let all = toml(&shaped(&stored, Defaults::Show));
    expect_file!["golden/export-all.toml"].assert_eq(&all);
    for text in [&brief, &all] {
        assert!(!text.contains("never printed"), "a secret is printed");
    }
    let json = serde_json::to_string_pretty(&shaped(&stored, Defaults::Hide).json()).unwrap();
    expect_file!["golden/export.json"].assert_eq(&format!("{json}\n"));
}

/// Applying what was printed changes nothing, in each of its forms.
#[test]
fn what_was_printed_is_what_was_set() {
    let stored = stored();
    for defaults in [Defaults::Hide, Defaults::Show] {
        let printed = shaped(&stored, defaults);
        let json = tree::of_json(&printed.json().to_string()).unwrap();
        for file in [tree::of_toml(&export::toml(&printed)).unwrap(), json] {
            assert_eq!(document::check(&file), []);
            let merged = merge(&stored, &file, Rest::Remove, &|_, _, _| true);
            assert_eq!(merged.changes, Vec::<String>::new(), "{defaults:?}");
            assert_eq!(merged.document, stored);
        }
    }
}
