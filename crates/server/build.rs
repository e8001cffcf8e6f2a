//! Puts the built-in prompts into the binary as A-law, one octet a sample: a table of name, folder of `prompts/` (a
//! language's code or `wordless`) and where its sound stands in one piece of sound, for `builtin.rs` to include. A
//! file put into `prompts/` is there by itself.

// What the program itself reads and writes sound with; most of it is not needed here.
#[allow(dead_code, unreachable_pub)]
#[path = "../media/src/clip.rs"]
mod clip;
#[allow(dead_code, unreachable_pub)]
#[path = "../media/src/g711.rs"]
mod g711;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clip::Clip;
use g711::Law;

/// All sound one after the other, and what stands where.
#[derive(Default)]
struct Prompts {
    sound: Vec<u8>,
    table: String,
}

fn main() -> io::Result<()> {
    let outside = |name| env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(name));
    let folder = outside("CARGO_MANIFEST_DIR")?.join("../../prompts").canonicalize()?;
    // Cargo looks at everything inside.
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../media/src/clip.rs");
    println!("cargo::rerun-if-changed=../media/src/g711.rs");
    let mut prompts = Prompts::default();
    for folder in sorted(&folder)?.iter().filter(|path| path.is_dir()) {
        prompts.take(folder, &name_of(folder))?;
    }
    let out = outside("OUT_DIR")?;
    fs::write(out.join("prompts.rs"), format!("&[\n{}]\n", prompts.table))?;
    fs::write(out.join("prompts.alaw"), prompts.sound)
}

impl Prompts {
    fn take(&mut self, folder: &Path, of: &str) -> io::Result<()> {
        for path in sorted(folder)? {
            if path.is_dir() {
                self.take(&path, of)?;
            } else if path.extension().is_some_and(|ending| ending == "wav") {
                let clip = Clip::of_wav(&fs::read(&path)?)
                    .map_err(|fault| io::Error::other(format!("{}: {fault}", path.display())))?;
                let from = self.sound.len();
                self.sound.extend_from_slice(clip.octets(Law::A));
                let (name, to) = (name_of(&path), self.sound.len());
                self.table.push_str(&format!("    ({name:?}, {of:?}, {from}..{to}),\n"));
            }
        }
        Ok(())
    }
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
