//! The company's people and groups, to be found by anything that is known of them (V-15).

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::gateway::{Ask, DirectoryEntry, EntryKind};
use crate::problem::Problem;
use crate::request::{InCompany, Query};
use crate::shape::Page;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DirectoryQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// Words, each of which stands somewhere in what is found; small and capital letters are alike.
    pub q: Option<String>,
    /// Items on a page; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A person or a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct DirectoryItem {
    /// Which of the two.
    pub kind: KindWord,
    /// Name of the person or of the group.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// E.164.
    pub number: Option<String>,
    /// Within the company.
    pub extension: Option<String>,
    /// As set.
    pub title: String,
    /// As set.
    pub department: String,
    /// As set.
    pub keywords: Vec<String>,
    /// A person: `talking`, `ringing`, `wrap_up`, `paused`, `busy`, `dnd`, `meeting`, `away`, `available`: the first
    /// that holds. A group: `open`, `closed`.
    pub state: &'static str,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindWord {
    /// A person.
    User,
    /// A group.
    Group,
}

impl From<DirectoryEntry> for DirectoryItem {
    fn from(entry: DirectoryEntry) -> Self {
        DirectoryItem {
            kind: match entry.kind {
                EntryKind::User => KindWord::User,
                EntryKind::Group => KindWord::Group,
            },
            name: entry.name,
            display_name: entry.display_name,
            number: entry.number,
            extension: entry.extension,
            title: entry.title,
            department: entry.department,
            keywords: entry.keywords,
            state: entry.state,
        }
    }
}

/// Everything of an entry that can be looked for, in small letters; one line per field.
fn haystack(entry: &DirectoryEntry) -> String {
    let mut text = String::new();
    let fields = [&entry.name, &entry.display_name, &entry.title, &entry.department].into_iter();
    let fields = fields.chain(&entry.number).chain(&entry.extension).chain(&entry.keywords);
    for field in fields.map(String::as_str).chain([entry.state]) {
        text.push_str(&field.to_lowercase());
        text.push('\n');
    }
    text
}

fn matches(entry: &DirectoryEntry, words: &[String]) -> bool {
    let hay = haystack(entry);
    words.iter().all(|word| hay.contains(word.as_str()))
}

/// People and groups of the company, by name. Groups with `in_directory = false` are left out.
#[utoipa::path(get, path = "/api/v1/directory", params(DirectoryQuery), tag = "Directory",
    responses((status = 200, body = Page<DirectoryItem>),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn list(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
    Query(query): Query<DirectoryQuery>,
) -> Result<Json<Page<DirectoryItem>>, Problem> {
    let tenant = scope.tenant;
    let mut entries = state.gateway.ask(|answer| Ask::Directory { tenant, answer }).await?;
    let words: Vec<String> =
        query.q.unwrap_or_default().to_lowercase().split_whitespace().map(str::to_owned).collect();
    entries.retain(|entry| matches(entry, &words));
    entries.sort_by_cached_key(|entry| (entry.display_name.to_lowercase(), entry.kind, entry.name.clone()));
    let items = entries.into_iter().map(DirectoryItem::from).collect();
    let key = |item: &DirectoryItem| match item.kind {
        KindWord::User => format!("user:{}", item.name),
        KindWord::Group => format!("group:{}", item.name),
    };
    Page::of(items, query.limit, query.cursor.as_deref(), key).map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_looked_through_and_each_word_must_stand_in_one() {
        let entry = DirectoryEntry {
            kind: EntryKind::User,
            name: "aino".to_owned(),
            display_name: "Aino Ülvi Virtanen".to_owned(),
            number: Some("+3725550201".to_owned()),
            extension: Some("201".to_owned()),
            title: "Juhataja".to_owned(),
            department: "Müük".to_owned(),
            keywords: vec!["arved".to_owned(), "Rootsi".to_owned()],
            state: "meeting",
        };
        let found = |text: &str| {
            let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
            matches(&entry, &words)
        };
        for text in [
            "",
            "AINO",
            "virt",
            "ülvi",
            "ÜLVI",
            "+372555",
            "201",
            "juha",
            "MÜÜK",
            "rootsi",
            "arved aino",
            "meeting",
        ] {
            assert!(found(text), "{text}");
        }
        for text in ["ainoaino", "virtanen mari", "available", "202"] {
            assert!(!found(text), "{text}");
        }
    }
}
