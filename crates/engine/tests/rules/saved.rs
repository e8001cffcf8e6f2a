//! The saved state as it is written: a busy moment of a group, in one golden file. A change to the file is a
//! change of contract.

use expect_test::expect_file;
use model::saved::SavedState;

use crate::company::duty_first;
use crate::script::live;

/// req K-53: what is on disk reads back as what it was, list, log-ins and duty included.
#[test]
fn the_saved_state_keeps_its_form() {
    let company = duty_first("mari! juri -kati toomas Madis")
        .with("own_line =")
        .with("confirm_outside = true")
        .with("fallback = [\"own_line\", \"number:+3725557777\"]");
    let (bed, told) = live(
        company,
        "text *961*2# by mari
         pause toomas
         call 1
         mari answers
         1 s pass
         call 2 hidden
         juri is unreachable
         Madis answers
         call 3
         juri is unreachable
         2 s pass
         +3725557777 is busy
         call 4 from kati to liis
         liis rings",
    );
    assert_eq!(bed.saved.calls.len(), 4, "{told}");
    let text = serde_json::to_string_pretty(&bed.saved).unwrap();
    let back: SavedState = serde_json::from_str(&text).unwrap();
    assert_eq!(back, bed.saved);
    expect_file!["golden/saved.json"].assert_eq(&format!("{text}\n"));
}
