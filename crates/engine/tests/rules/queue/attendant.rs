//! The attendant queue is a preset of the same thing (I-15, I-16).

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// req I-15, I-16: who has been idle longest is rung, with as many others at once as the group says.
#[test]
fn attendants_ring_by_longest_idle_and_in_parallel() {
    check(
        attendant("mari juri kati").with("parallel = 2"),
        "only offered waits
         call 1
         mari answers
         1 s pass
         mari hangs up
         call 2",
        expect![[r#"
            list: mari juri kati
            > only offered waits
            > call 1
                offered to mari and juri (LongestIdle)
            > mari answers
            > 1 s pass
            > mari hangs up
            > call 2
                offered to juri and kati (LongestIdle)
        "#]],
    );
}
