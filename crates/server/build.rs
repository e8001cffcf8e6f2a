//! Lists the built-in prompts, so that a file put into `prompts/` is in the binary: a table of name, folder of
//! `prompts/` (a language's code or `wordless`) and audio, for `builtin.rs` to include.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let outside = |name| env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(name));
    let prompts = outside("CARGO_MANIFEST_DIR")?.join("../../prompts").canonicalize()?;
    // Cargo looks at everything inside.
    println!("cargo::rerun-if-changed={}", prompts.display());
    let mut table = String::from("&[\n");
    for folder in sorted(&prompts)?.iter().filter(|path| path.is_dir()) {
        list(folder, &name_of(folder), &mut table)?;
    }
    table.push_str("]\n");
    fs::write(outside("OUT_DIR")?.join("prompts.rs"), table)
}

fn list(folder: &Path, of: &str, table: &mut String) -> io::Result<()> {
    for path in sorted(folder)? {
        if path.is_dir() {
            list(&path, of, table)?;
        } else if path.extension().is_some_and(|ending| ending == "wav") {
            writeln!(table, "    ({:?}, {of:?}, include_bytes!({path:?})),", name_of(&path))
                .map_err(io::Error::other)?;
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}
