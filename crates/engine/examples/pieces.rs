//! Prints what `scripts/make-prompts.sh` speaks: language, name, text of every piece, separated by tabs. A comma
//! behind the text keeps the voice up where another piece follows.

use std::io::Write;

use engine::speech;
use model::language::Language;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for language in Language::ALL {
        for piece in speech::pieces(language) {
            let end = if piece.runs_on { "," } else { "" };
            writeln!(out, "{}\t{}\t{}{end}", language.code(), piece.name, piece.text)?;
        }
    }
    out.flush()
}
