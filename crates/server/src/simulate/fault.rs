//! What is wrong with a wish, and where: the command line names the flag, the API the field.

use api::gateway::ApplyFault;

/// A part of what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The company's settings as they are.
    Company,
    Day,
    Calls,
    Rates,
    Changes,
    Shifts,
    Talk,
    Answer,
    Patience,
    Misses,
    Breaks,
    Rest,
    Accepts,
    Language,
}

impl Field {
    /// As the command line writes it.
    fn flag(self) -> &'static str {
        match self {
            Field::Company => "the company file",
            Field::Day => "--day",
            Field::Calls => "--calls",
            Field::Rates => "--rate",
            Field::Changes => "--change",
            Field::Shifts => "--shift",
            Field::Talk => "--talk",
            Field::Answer => "--answer",
            Field::Patience => "--patience",
            Field::Misses => "--misses",
            Field::Breaks => "--breaks",
            Field::Rest => "--rest",
            Field::Accepts => "--accepts",
            Field::Language => "--language",
        }
    }

    /// As the API writes it.
    fn key(self) -> &'static str {
        match self {
            Field::Company => "company",
            Field::Day => "day",
            Field::Calls => "calls",
            Field::Rates => "rates",
            Field::Changes => "changes",
            Field::Shifts => "shifts",
            Field::Talk => "talk_s",
            Field::Answer => "answer_s",
            Field::Patience => "patience_s",
            Field::Misses => "misses",
            Field::Breaks => "breaks",
            Field::Rest => "rest_s",
            Field::Accepts => "accepts",
            Field::Language => "language",
        }
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) field: Field,
    /// Line of the calls, from 1.
    pub(crate) line: Option<u32>,
    /// What is wrong, and what to do.
    pub(crate) text: String,
}

impl Fault {
    pub(crate) fn of(field: Field, text: impl Into<String>) -> Fault {
        Fault { field, line: None, text: text.into() }
    }

    /// For who typed it.
    pub(crate) fn for_command_line(&self) -> anyhow::Error {
        match self.line {
            Some(line) => anyhow::anyhow!("{}, line {line}: {}", self.field.flag(), self.text),
            None => anyhow::anyhow!("{}: {}", self.field.flag(), self.text),
        }
    }

    /// For who sent it.
    pub(crate) fn for_api(&self) -> ApplyFault {
        ApplyFault { line: self.line, path: self.field.key().to_owned(), text: self.text.clone() }
    }
}
