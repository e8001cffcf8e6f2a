//! Random documents, made from the schema itself, printed and read again.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::super::TenantConfig;
use super::super::document::check;
use super::super::export::{Defaults, shaped, toml};
use super::super::fault::Fault;
use super::super::kind::Kind;
use super::super::merge::{Merged, Rest, merge};
use super::super::resolve::{Around, resolve};
use super::super::schema::{COMPANY, Column, GROUP, Key, LeftOut, OUTSIDE, PRESETS, PROMPT, USER};
use super::super::tree::{Node, Shape, of_json, of_toml};
use super::built_in;
use crate::id::{ConfigVersion, PartyId};
use crate::time::Span;

type Values = BTreeMap<String, Node>;

fn text(text: &str) -> Node {
    Node::of(Shape::Text(text.to_owned()))
}

fn list(items: Vec<Node>) -> Node {
    Node::of(Shape::List(items))
}

fn texts(words: &[&'static str], least: usize) -> BoxedStrategy<Node> {
    subsequence(words.to_vec(), least..=words.len())
        .prop_shuffle()
        .prop_map(|words| list(words.into_iter().map(text).collect()))
        .boxed()
}

fn span(least: u64, most: u64) -> BoxedStrategy<Node> {
    let rough = (least..=most, select(vec![1_000, 60_000, 3_600_000]));
    rough.prop_map(move |(at, unit)| text(&Span((at / unit * unit).clamp(least, most)).to_string())).boxed()
}

fn one_of(words: &[&'static str]) -> BoxedStrategy<Node> {
    select(words.to_vec()).prop_map(text).boxed()
}

const TARGETS: [&str; 8] = [
    "own_line",
    "user:mari",
    "group:8000",
    "number:+3725551234",
    "voicemail:+3726002000",
    "announcement:closed",
    "busy",
    "hangup",
];

/// Values that are good for a kind; names are of people and prompts that exist.
fn value(kind: Kind, column: Column) -> BoxedStrategy<Node> {
    match kind {
        Kind::Text(least, most) => {
            let letters = select("aõ\"\\'#= 1*[]{}.ж\u{1F600}".chars().collect::<Vec<_>>());
            let most = most.min(least + 12);
            prop::collection::vec(letters, least..=most)
                .prop_map(|letters| text(&letters.into_iter().collect::<String>()))
                .boxed()
        }
        Kind::Name => one_of(&["mari", "juri"]),
        Kind::NameOrNone => one_of(&["mari", "juri", "none"]),
        Kind::Prompt => one_of(&["closed", "unreachable", "none"]),
        Kind::Id => one_of(&["sinilind"]),
        Kind::Span(least, most) => span(least, most),
        Kind::SpanOrNone(least, most) => prop_oneof![span(least, most), Just(text("none"))].boxed(),
        Kind::Whole(least, most) => (least..=most).prop_map(|n| Node::of(Shape::Whole(n))).boxed(),
        Kind::WholeOr(least, most, word) => {
            prop_oneof![(least..=most).prop_map(|n| Node::of(Shape::Whole(n))), Just(text(word))].boxed()
        }
        Kind::Truth => any::<bool>().prop_map(|truth| Node::of(Shape::Truth(truth))).boxed(),
        Kind::Word(words) => one_of(words),
        Kind::Words(words, least) => texts(words, least),
        Kind::Number | Kind::Phone => one_of(&["+3725551111"]),
        Kind::PhoneOrNone => one_of(&["none", "+3725551112", "+3725551113"]),
        Kind::ShortOrNone => one_of(&["none", "101", "0102"]),
        Kind::Prefix => "\\+?[0-9]{1,15}".prop_map(|digits| text(&digits)).boxed(),
        Kind::Affix => "[0-9*#]{0,8}".prop_map(|affix| text(&affix)).boxed(),
        Kind::ShowNumber => one_of(&["own", "group:+3726001000"]),
        Kind::Texts(..) => texts(&["mari", "juri"], 0),
        Kind::Targets => prop_oneof![one_of(&TARGETS), texts(&TARGETS, 0)].boxed(),
        Kind::TargetsOrNone => prop_oneof![one_of(&TARGETS), texts(&TARGETS, 0), Just(text("none"))].boxed(),
        Kind::Secret => Just(text("secret")).boxed(),
        Kind::Table(keys) => table(keys, column, &[]).prop_map(Node::of).boxed(),
        Kind::Tables(keys) => table(keys, column, &[("user", "mari"), ("outside", "")])
            .prop_map(|entry| list(vec![Node::of(entry)]))
            .boxed(),
        Kind::Rows(keys) => prop::collection::vec(table(keys, column, &[]), 0..3)
            .prop_map(|rows| {
                let mut seen = std::collections::BTreeSet::new();
                let first = |row: &Shape| Node::of(row.clone()).json()["caller"].to_string();
                list(rows.into_iter().filter(|row| seen.insert(first(row))).map(Node::of).collect())
            })
            .boxed(),
    }
}

/// A table with some of its keys; those in `fixed` have that value, or, where it is empty, are left out.
fn table(keys: &'static [Key], column: Column, fixed: &[(&str, &str)]) -> BoxedStrategy<Shape> {
    let mut pairs: Vec<BoxedStrategy<Option<(String, Node)>>> = Vec::new();
    for key in keys {
        if key.default(column) == LeftOut::Absent {
            continue;
        }
        let name = key.name.to_owned();
        pairs.push(match fixed.iter().find(|(fixed, _)| *fixed == key.name) {
            Some((_, "")) => Just(None).boxed(),
            Some((_, value)) => Just(Some((name, text(value)))).boxed(),
            None => {
                let value = value(key.kind(Some(column)), column).prop_map(move |node| (name.clone(), node));
                if key.needed { value.prop_map(Some).boxed() } else { prop::option::of(value).boxed() }
            }
        });
    }
    pairs.prop_map(|pairs| Shape::Table(pairs.into_iter().flatten().collect::<Values>())).boxed()
}

fn group(preset: &'static str, number: &'static str) -> BoxedStrategy<Node> {
    let column =
        Column::of_group(&Node::of(Shape::Table(BTreeMap::from([("preset".to_owned(), text(preset))]))));
    let name = format!("Grupp {number}");
    table(GROUP, column.unwrap(), &[("preset", preset), ("number", number), ("name", &name)])
        .prop_map(Node::of)
        .boxed()
}

fn document() -> BoxedStrategy<Node> {
    let user = |name| table(USER, Column::ANY, &[("name", name), ("password", ""), ("sip_password", "")]);
    let hash = "c".repeat(64);
    let prompt = table(PROMPT, Column::ANY, &[("name", "hello"), ("hash", &hash), ("file", "")]);
    let groups = (select(PRESETS.to_vec()), select(PRESETS.to_vec()))
        .prop_flat_map(|(one, other)| (group(one, "+3726001000"), group(other, "8000")));
    let parts = (
        table(COMPANY, Column::ANY, &[("number", "")]),
        user("mari"),
        user("juri"),
        table(OUTSIDE, Column::ANY, &[("name", "madis")]),
        prompt,
        groups,
    );
    parts
        .prop_map(|(company, mari, juri, outside, prompt, (one, other))| {
            let lists = [
                ("company", Node::of(company)),
                ("user", list(vec![Node::of(mari), Node::of(juri)])),
                ("outside", list(vec![Node::of(outside)])),
                ("prompt", list(vec![Node::of(prompt)])),
                ("group", list(vec![one, other])),
            ];
            Node::of(Shape::Table(lists.into_iter().map(|(name, node)| (name.to_owned(), node)).collect()))
        })
        .boxed()
}

fn applied(stored: &Node, file: &Node) -> Merged {
    assert_eq!(check(file), [], "{}", toml(file));
    merge(stored, file, Rest::Keep, &|_, _, _| true)
}

/// What a document means, or what is wrong with it, without line numbers.
fn meaning(document: &Node) -> Result<TenantConfig, Vec<Fault>> {
    let prompts = built_in();
    let party = |name: &crate::id::PartyName| match name.as_str() {
        "mari" => PartyId(1),
        "juri" => PartyId(2),
        _ => PartyId(3),
    };
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    resolve(document, ConfigVersion(1), around)
        .map_err(|faults| faults.into_iter().map(|fault| Fault { line: None, ..fault }).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is printed is read as what it was, in both forms, short and whole; applying it changes nothing.
    #[test]
    fn an_export_applied_changes_nothing(document in document()) {
        let nothing = Node::of(Shape::Table(BTreeMap::new()));
        let stored = applied(&nothing, &of_toml(&toml(&document)).unwrap()).document;
        prop_assert_eq!(meaning(&stored), meaning(&document));
        for defaults in [Defaults::Hide, Defaults::Show] {
            let printed = shaped(&stored, defaults);
            for file in [of_toml(&toml(&printed)).unwrap(), of_json(&printed.json().to_string()).unwrap()] {
                let again = applied(&stored, &file);
                prop_assert_eq!(&again.changes, &Vec::<String>::new());
                prop_assert_eq!(&again.document, &stored);
            }
            prop_assert_eq!(meaning(&printed), meaning(&document));
        }
        prop_assert_eq!(shaped(&stored, Defaults::Hide), stored);
    }

    /// Whatever stands in a file, it is read or refused: nothing panics, and what is refused is told.
    #[test]
    fn a_document_of_another_preset_is_read_or_refused(document in document(), preset in select(PRESETS.to_vec())) {
        let mut document = document;
        let Shape::Table(tables) = &mut document.value else { unreachable!() };
        let Some(Shape::List(groups)) = tables.get_mut("group").map(|node| &mut node.value) else { unreachable!() };
        for group in groups {
            let Shape::Table(table) = &mut group.value else { unreachable!() };
            table.insert("preset".to_owned(), text(preset));
        }
        let read = super::super::resolve::read(&toml(&document), &built_in());
        prop_assert_eq!(read.is_ok(), check(&document).is_empty() && meaning(&document).is_ok());
    }
}
