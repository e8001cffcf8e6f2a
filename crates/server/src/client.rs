//! The command line's end of the HTTP API: apply, export and explain on a running Helin.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::cli::{Apply, Explain, Export, Remote};
use crate::platform::hash_of;

/// A running Helin.
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
    token: String,
}

/// What came back: the status and the body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    /// # Errors
    /// No token was given.
    pub(crate) fn new(remote: &Remote) -> anyhow::Result<Client> {
        let Some(token) = remote.token.clone() else {
            bail!(
                "no token: give --token or HELIN_TOKEN (make one with `helin token create --company ID` on the machine that runs Helin)"
            );
        };
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Ok(Client { agent: config.into(), url: remote.url.trim_end_matches('/').to_owned(), token })
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.url)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// # Errors
    /// Helin cannot be reached.
    pub(crate) fn read(&self, path: &str, headers: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut request = self.agent.get(self.address(path)).header("authorization", self.bearer());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.call())
    }

    /// # Errors
    /// Helin cannot be reached.
    pub(crate) fn write(&self, path: &str, content_type: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let request = self.agent.put(self.address(path)).header("authorization", self.bearer());
        self.answer(request.header("content-type", content_type).send(body))
    }

    /// Opens the live stream.
    ///
    /// # Errors
    /// Helin cannot be reached or refuses.
    pub(crate) fn stream(&self, path: &str) -> anyhow::Result<impl io::BufRead + use<>> {
        let request = self.agent.get(self.address(path)).header("authorization", self.bearer());
        let response = request
            .header("accept", "text/event-stream")
            .call()
            .with_context(|| format!("cannot reach Helin at {}", self.url))?;
        let status = response.status().as_u16();
        if status != 200 {
            bail!("{} refuses the live stream (HTTP {status}): is the token right?", self.url);
        }
        Ok(io::BufReader::new(response.into_body().into_reader()))
    }

    fn answer(
        &self,
        result: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> anyhow::Result<Answer> {
        let mut response = result.with_context(|| {
            format!("cannot reach Helin at {}: is it running, and is --url right?", self.url)
        })?;
        let status = response.status().as_u16();
        let body = response.body_mut().read_to_string().context("the answer broke off")?;
        Ok(Answer { status, body })
    }
}

impl Answer {
    /// The JSON of a good answer; else the problem in words.
    ///
    /// # Errors
    /// The API refused; every fault on a line of its own.
    pub(crate) fn json(self) -> anyhow::Result<Value> {
        self.json_of("")
    }

    /// The first fault that was found in what was sent.
    fn fault(&self) -> String {
        let value: Value = serde_json::from_str(&self.body).unwrap_or(Value::Null);
        let texts = [&value["faults"][0]["text"], &value["detail"], &value["title"]];
        texts.into_iter().find_map(Value::as_str).unwrap_or("refused").to_owned()
    }

    /// The same for what was sent from a file, whose name stands before each fault.
    ///
    /// # Errors
    /// As `json`.
    fn json_of(self, file: &str) -> anyhow::Result<Value> {
        let value: Value = serde_json::from_str(&self.body).unwrap_or(Value::Null);
        if (200..300).contains(&self.status) {
            return Ok(value);
        }
        let title = value["detail"].as_str().or_else(|| value["title"].as_str()).unwrap_or("refused");
        let mut lines = vec![format!("{title} (HTTP {})", self.status)];
        for fault in value["faults"].as_array().into_iter().flatten() {
            let text = fault["text"].as_str().unwrap_or_default();
            let path = fault["path"].as_str().unwrap_or_default();
            let place = match fault["line"].as_u64() {
                Some(line) if file.is_empty() => format!("line {line}: "),
                Some(line) => format!("{file}:{line}: "),
                None if file.is_empty() => String::new(),
                None => format!("{file}: "),
            };
            lines.push(format!("{place}{path}: {text}"));
        }
        bail!(lines.join("\n"))
    }
}

/// `helin apply`.
///
/// # Errors
/// The file cannot be read, Helin cannot be reached, or it refuses: every fault is named.
pub(crate) fn apply(apply: &Apply) -> anyhow::Result<()> {
    let client = Client::new(&apply.remote)?;
    let file = apply.file.display();
    let text = std::fs::read_to_string(&apply.file).with_context(|| format!("cannot read {file}"))?;
    let document =
        toml_edit::Document::parse(text.clone()).map_err(|fault| anyhow::anyhow!("{file}: {fault}"))?;
    let Some(company) = text_in(document.as_table(), "company", "id") else {
        bail!("{file}: company.id is missing: it says whose settings these are")
    };
    let prompts = read_prompts(&text, &document, &apply.file)?;
    let mut refused = Vec::new();
    if !apply.dry_run {
        for prompt in &prompts {
            let address = format!("/companies/{}/prompts/{}", escape(company), escape(&prompt.name));
            let answer = client.write(&address, "application/octet-stream", &prompt.audio)?;
            if answer.status == 400 {
                refused.push(format!("{}: {}", prompt.place, answer.fault()));
            } else {
                answer.json()?;
            }
        }
    }
    let text = name_by_hash(&text, &prompts);
    let name = escape(&file.to_string());
    let path = format!(
        "/companies/{}/document?dry_run={}&prune={}&file={name}",
        escape(company),
        apply.dry_run,
        apply.prune
    );
    let applied = client.write(&path, "application/toml", text.as_bytes())?;
    if !refused.is_empty() {
        // The document names what was not taken, so it is refused, too, and what was taken is forgotten.
        bail!("nothing was changed\n{}", refused.join("\n"));
    }
    let applied = applied.json_of(&file.to_string())?;
    let mut out = io::stdout().lock();
    let changes: Vec<&str> =
        applied["changes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for change in &changes {
        writeln!(out, "{change}")?;
    }
    let count = match changes.len() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let summary = match (changes.is_empty(), apply.dry_run) {
        (true, _) => "nothing to change".to_owned(),
        (false, true) => format!("{count}, not written"),
        (false, false) => format!("{count}, now version {}", applied["version"]),
    };
    writeln!(out, "{summary}")?;
    Ok(())
}

/// Bytes of a sound file that can be sent.
const AUDIO_MAX: usize = 16 * 1024 * 1024;

/// A prompt whose audio lies in a file beside the company file.
struct PromptFile {
    name: String,
    /// File, line and path, for faults.
    place: String,
    audio: Vec<u8>,
    /// Where `file = "..."` stands in the company file.
    span: Range<usize>,
}

fn read_prompts(
    text: &str,
    document: &toml_edit::Document<String>,
    file: &Path,
) -> anyhow::Result<Vec<PromptFile>> {
    let mut found = Vec::new();
    let prompts = document.get("prompt").and_then(|item| item.as_array_of_tables());
    for prompt in prompts.into_iter().flatten() {
        let (Some(name), Some((key, item))) =
            (prompt.get("name").and_then(|item| item.as_str()), prompt.get_key_value("file"))
        else {
            continue;
        };
        let (Some(audio), Some(from), Some(to)) = (item.as_str(), key.span(), item.span()) else { continue };
        let path = file.parent().unwrap_or(Path::new(".")).join(audio);
        let line = text[..from.start].matches('\n').count() + 1;
        let place = format!("{}:{line}: prompt[{name}].file", file.display());
        let audio =
            std::fs::read(&path).with_context(|| format!("{place}: cannot read {}", path.display()))?;
        if audio.len() > AUDIO_MAX {
            bail!(
                "{place}: {} has {} MB, at most {} can be sent: make it MP3, Ogg or FLAC, or a WAV of one channel at 8000 Hz",
                path.display(),
                audio.len().div_ceil(1_000_000),
                AUDIO_MAX / 1_000_000
            );
        }
        found.push(PromptFile { name: name.to_owned(), place, audio, span: from.start..to.end });
    }
    Ok(found)
}

/// The company file with the hash of its audio in place of each file's name; lines stay where they are.
fn name_by_hash(text: &str, prompts: &[PromptFile]) -> String {
    let mut named = String::with_capacity(text.len());
    let mut done = 0;
    for prompt in prompts {
        named.push_str(&text[done..prompt.span.start]);
        named.push_str(&format!("hash = \"{}\"", hash_of(&prompt.audio)));
        done = prompt.span.end;
    }
    named.push_str(&text[done..]);
    named
}

fn text_in<'a>(table: &'a toml_edit::Table, name: &str, key: &str) -> Option<&'a str> {
    table.get(name)?.get(key)?.as_str()
}

/// `helin export`.
///
/// # Errors
/// Helin cannot be reached or refuses.
pub(crate) fn export(export: &Export) -> anyhow::Result<()> {
    let client = Client::new(&export.remote)?;
    let path = format!("/companies/{}/document?all={}", escape(&export.company), export.all);
    let answer = client.read(&path, &[("accept", "application/toml")])?;
    if answer.status != 200 {
        answer.json()?;
        bail!("refused");
    }
    io::stdout().lock().write_all(answer.body.as_bytes())?;
    Ok(())
}

/// `helin explain`.
///
/// # Errors
/// Helin cannot be reached or refuses.
pub(crate) fn explain(explain: &Explain) -> anyhow::Result<()> {
    let client = Client::new(&explain.remote)?;
    let company =
        explain.company.as_deref().map_or_else(String::new, |id| format!("?company={}", escape(id)));
    let call = escape(&explain.call);
    let language = explain.language.as_str();
    let record = client.read(&format!("/calls/{call}{company}"), &[])?.json()?;
    let reasons =
        client.read(&format!("/calls/{call}/explain{company}"), &[("accept-language", language)])?.json()?;
    let mut out = io::stdout().lock();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    writeln!(out, "{} -> {}  {}", text(&record["from"]), text(&record["to"]), text(&record["outcome"]))?;
    for decision in reasons["decisions"].as_array().into_iter().flatten() {
        writeln!(
            out,
            "{}  {:16} {}",
            text(&decision["at"]),
            text(&decision["kind"]),
            text(&decision["text"])
        )?;
        for passed in decision["passed_over"].as_array().into_iter().flatten() {
            writeln!(out, "{:42} - {} ({})", "", text(&passed["text"]), text(&passed["reason"]))?;
        }
    }
    for leg in record["legs"].as_array().into_iter().flatten() {
        let who = leg["user"].as_str().or_else(|| leg["number"].as_str()).unwrap_or("-");
        writeln!(
            out,
            "{}  {:16} {} {who}: {}",
            text(&leg["started"]),
            "leg",
            text(&leg["role"]),
            text(&leg["end_cause"])
        )?;
    }
    Ok(())
}

/// Percent-encodes a path or query part.
pub(crate) fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
