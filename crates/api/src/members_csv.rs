//! The members of a group as a table (RFC 4180), to be changed in a spreadsheet and written back whole (V-27).
//!
//! The columns are the keys of `[[group.member]]`; an empty cell is a key left out. What is written goes the way of any
//! company file: the group as it stands, with these members, each on the line of its row, so that faults name it.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};
use model::number::Number;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;

use crate::ApiState;
use crate::company::Written;
use crate::gateway::{ApplyFault, ApplyFile, ApplyMode, ApplyRefusal, Ask, Format, Prune};
use crate::principal::Scope;
use crate::problem::Problem;
use crate::request::{AtGroup, Body, CompanyQuery, Query};

const COLUMNS: [&str; 7] = ["user", "outside", "order", "skill", "may_take_duty", "logged_in", "rights"];
/// A cell of `rights` for who has none; an empty one is the default.
const NONE: &str = "none";
/// What separates cells; spreadsheets of countries with a decimal comma write semicolons.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// How spreadsheets write true and false, which they do in the language of their user.
const TRUE: [&str; 4] = ["true", "tõene", "tosi", "sant"];
const FALSE: [&str; 4] = ["false", "väär", "epätosi", "falskt"];

/// How to write a table.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MembersQuery {
    /// Only tell what would change.
    #[serde(default)]
    pub dry_run: bool,
}

/// The members of a group as CSV, in the order of the settings.
#[utoipa::path(get, path = "/api/v1/groups/{number}/members.csv", tag = "Members",
    params(("number" = String, Path, description = "The group's number"), CompanyQuery),
    responses((status = 200, content_type = "text/csv", body = String),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn read(State(state): State<ApiState>, group: AtGroup) -> Result<Response, Problem> {
    let (scope, group) = administered(group)?;
    let (_, group) = settings_of(&state, &scope, group, true).await?;
    let csv = table(&group).ok_or_else(Problem::away)?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response())
}

/// Replaces the members of a group by a CSV table. Separated by comma, semicolon or tab; columns in any order, `user` or
/// `outside` among them.
#[utoipa::path(put, path = "/api/v1/groups/{number}/members.csv", tag = "Members",
    params(("number" = String, Path, description = "The group's number"), CompanyQuery, MembersQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Written),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem),
              (status = 422, body = Problem)))]
pub async fn write(
    State(state): State<ApiState>,
    group: AtGroup,
    Query(query): Query<MembersQuery>,
    Body(body): Body,
) -> Result<Json<Written>, Problem> {
    let (scope, group) = administered(group)?;
    let text = std::str::from_utf8(&body)
        .map_err(|_| Problem::bad_field("body", "not UTF-8; save the table as CSV in UTF-8"))?;
    let rows = rows(text).map_err(|fault| Problem::from(ApplyRefusal::Faults(vec![fault])))?;
    let (version, settings) = settings_of(&state, &scope, group, false).await?;
    let file = ApplyFile {
        text: document(&scope, settings, &rows),
        format: Format::Toml,
        name: None,
        prune: Prune::Keep,
        mode: if query.dry_run { ApplyMode::DryRun } else { ApplyMode::Write },
        // The other keys of the group are written as they were read.
        made_from: Some(version),
        by: scope.by(),
    };
    let tenant = scope.tenant;
    let applied = state.gateway.ask(|answer| Ask::Apply { tenant, file, answer }).await??;
    Ok(Json(Written { version: applied.version, changes: applied.changes }))
}

fn administered(AtGroup { scope, group }: AtGroup) -> Result<(Scope, Number), Problem> {
    if scope.person().is_some() { Err(Problem::forbidden()) } else { Ok((scope, group)) }
}

/// The group's table of the company file, and the file's version.
async fn settings_of(
    state: &ApiState,
    scope: &Scope,
    group: Number,
    all: bool,
) -> Result<(u64, Map<String, Value>), Problem> {
    let (tenant, format) = (scope.tenant.clone(), Format::Json);
    let exported = state.gateway.ask(|answer| Ask::Export { tenant, format, all, answer }).await?;
    let exported = exported.ok_or_else(Problem::not_found)?;
    let mut document: Value = serde_json::from_str(&exported.text).map_err(|_| Problem::not_found())?;
    let groups = document.get_mut("group").and_then(Value::as_array_mut).ok_or_else(Problem::not_found)?;
    let is_it = |entry: &Value| {
        let number = entry.get("number").and_then(Value::as_str).and_then(|number| number.parse().ok());
        number == Some(group)
    };
    match groups.iter_mut().find(|entry| is_it(entry)).map(Value::take) {
        Some(Value::Object(found)) => Ok((exported.version, found)),
        Some(_) | None => Err(Problem::not_found()),
    }
}

/// `None`: only if memory ends.
fn table(group: &Map<String, Value>) -> Option<String> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(COLUMNS).ok()?;
    for member in group.get("member").and_then(Value::as_array).into_iter().flatten() {
        writer.write_record(COLUMNS.map(|column| member.get(column).map(cell).unwrap_or_default())).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(words) if words.is_empty() => NONE.to_owned(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// A member, and the line of its row.
type Row = (u64, Map<String, Value>);

fn rows(text: &str) -> Result<Vec<Row>, ApplyFault> {
    // With one kind of line ends the reader counts lines as people do.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let head = text.lines().next().unwrap_or_default();
    let separator = SEPARATORS.into_iter().find(|separator| head.contains(*separator)).unwrap_or(',');
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |fault: csv::Error| {
        let line = fault.position().map_or(1, csv::Position::line);
        at(line, "", format!("cannot be read as CSV: {fault}"))
    };
    let columns: StringRecord = reader.headers().map_err(unreadable)?.iter().map(str::to_lowercase).collect();
    check(&columns)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(1, |position| line_of(&text, position));
        if let Some(stray) = record.iter().skip(columns.len()).find(|text| !text.is_empty()) {
            return Err(at(line, stray, "stands beyond the last column".to_owned()));
        }
        let cells = columns.iter().zip(record.iter()).filter(|(_, text)| !text.is_empty());
        let member: Map<String, Value> =
            cells.map(|(column, text)| (column.to_owned(), value(column, text))).collect();
        // Spreadsheets leave empty rows at the end.
        if !member.is_empty() {
            rows.push((line, member));
        }
    }
    Ok(rows)
}

/// The reader tells where the record before ended; empty lines may follow.
fn line_of(text: &str, after: &csv::Position) -> u64 {
    let rest =
        usize::try_from(after.byte()).ok().and_then(|at| text.as_bytes().get(at..)).unwrap_or_default();
    after.line() + rest.iter().take_while(|octet| **octet == b'\n').count() as u64
}

fn check(columns: &StringRecord) -> Result<(), ApplyFault> {
    if !columns.iter().any(|column| column == "user" || column == "outside") {
        let text = format!(
            "the first line names the columns, `user` or `outside` among them: {}",
            COLUMNS.join(", ")
        );
        return Err(at(1, "", text));
    }
    for (n, column) in columns.iter().enumerate() {
        if !COLUMNS.contains(&column) {
            return Err(at(1, column, format!("is no column; there are {}", COLUMNS.join(", "))));
        }
        if columns.iter().take(n).any(|before| before == column) {
            return Err(at(1, column, "stands twice".to_owned()));
        }
    }
    Ok(())
}

fn at(line: u64, path: &str, text: String) -> ApplyFault {
    ApplyFault { line: u32::try_from(line).ok(), path: path.to_owned(), text }
}

/// What a cell says; what is no number or truth stays text, and the company file's rules say what is allowed.
fn value(column: &str, text: &str) -> Value {
    let as_text = || Value::from(text);
    match column {
        "order" | "skill" => text.parse::<i64>().map_or_else(|_| as_text(), Value::from),
        "may_take_duty" | "logged_in" => match text.to_lowercase().as_str() {
            word if TRUE.contains(&word) => Value::from(true),
            word if FALSE.contains(&word) => Value::from(false),
            _ => as_text(),
        },
        "rights" if text == NONE => json!([]),
        "rights" => text.split_whitespace().map(Value::from).collect(),
        _ => as_text(),
    }
}

/// A company file of one group in TOML, each member on the line of its row.
fn document(scope: &Scope, mut group: Map<String, Value>, rows: &[Row]) -> String {
    group.remove("member");
    // The group's own keys are on the first line, that of the columns.
    let mut text = "group = [{ ".to_owned();
    for (key, value) in &group {
        text.push_str(&format!("{} = ", Value::from(key.as_str())));
        inline(value, &mut text);
        text.push_str(", ");
    }
    text.push_str("member = [");
    let mut line = 1;
    for (at, member) in rows {
        while line < *at {
            text.push('\n');
            line += 1;
        }
        inline(&Value::Object(member.clone()), &mut text);
        text.push(',');
    }
    text.push_str(&format!("] }}]\ncompany = {{ id = \"{}\" }}\n", scope.tenant));
    text
}

/// A value as TOML writes it inside a line; its texts and numbers look as in JSON.
fn inline(value: &Value, text: &mut String) {
    match value {
        Value::Object(table) => {
            text.push('{');
            for (n, (key, value)) in table.iter().enumerate() {
                text.push_str(if n > 0 { ", " } else { "" });
                text.push_str(&format!("{} = ", Value::from(key.as_str())));
                inline(value, text);
            }
            text.push('}');
        }
        Value::Array(list) => {
            text.push('[');
            for value in list {
                inline(value, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String)> {
        let rows = rows(text).unwrap();
        rows.into_iter().map(|(line, member)| (line, Value::Object(member).to_string())).collect()
    }

    #[test]
    fn a_table_from_a_spreadsheet_is_read() {
        let rows = read(
            "\u{feff}user;skill;logged_in;rights\r\nmari;2;TRUE;see log_in\r\n\r\n;;;\r\n\"juri\" ; x;;none\r\n",
        );
        assert_eq!(
            rows,
            [
                (2, r#"{"logged_in":true,"rights":["see","log_in"],"skill":2,"user":"mari"}"#.to_owned()),
                (5, r#"{"rights":[],"skill":"x","user":"juri"}"#.to_owned()),
            ]
        );
        assert_eq!(read("Outside\tUser\n\tmari\nMadis\n").len(), 2);
        assert_eq!(read("user,logged_in\nmari,Väär\n")[0].1, r#"{"logged_in":false,"user":"mari"}"#);
        assert_eq!(read("user\n").len(), 0);
    }

    #[test]
    fn what_is_wrong_with_a_table_is_named() {
        let fault = |text| {
            let fault = rows(text).unwrap_err();
            (fault.line.unwrap(), fault.path)
        };
        assert_eq!(fault("user,skil\nmari,2\n"), (1, "skil".to_owned()));
        assert_eq!(fault("user,skill,user\n"), (1, "user".to_owned()));
        assert_eq!(fault("mari,2\n"), (1, String::new()));
        assert_eq!(fault(""), (1, String::new()));
        assert_eq!(fault("user,skill\nmari,2,3\n"), (2, "3".to_owned()));
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let members = json!([
            { "user": "mari", "order": 1, "skill": 2, "may_take_duty": true, "logged_in": false, "rights": [] },
            { "outside": "Madis", "rights": ["see"] },
        ]);
        let group = json!({ "number": "8000", "member": members });
        let csv = table(group.as_object().unwrap()).unwrap();
        let again: Vec<Value> = rows(&csv).unwrap().into_iter().map(|(_, row)| Value::Object(row)).collect();
        assert_eq!(Value::from(again), members);
    }
}
