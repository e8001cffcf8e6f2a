//! Erlang C (nobody gives up) and Erlang A (callers give up after an exponential time): what a simple queue must come
//! to, beside what the simulator says.

/// What a formula says of a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steady {
    /// Part of the callers who wait at all.
    pub waits: f64,
    /// Mean wait over all callers, seconds.
    pub mean_wait_s: f64,
    /// Part of the callers who give up.
    pub gives_up: f64,
}

/// A queue with `agents`, calls coming by chance at `per_s`, of the mean length `handle_s`. `None`: the line would
/// grow for ever.
pub fn erlang_c(agents: u32, per_s: f64, handle_s: f64) -> Option<Steady> {
    let load = per_s * handle_s;
    let n = f64::from(agents);
    if load >= n || load <= 0.0 {
        return None;
    }
    // Erlang B by its recursion, then C from B.
    let blocked = (1..=agents).fold(1.0, |blocked, k| load * blocked / (f64::from(k) + load * blocked));
    let waits = blocked / (1.0 - load / n * (1.0 - blocked));
    Some(Steady { waits, mean_wait_s: waits * handle_s / (n - load), gives_up: 0.0 })
}

/// As `erlang_c`, with callers who give up after `patience_s` on the mean.
pub fn erlang_a(agents: u32, per_s: f64, handle_s: f64, patience_s: f64) -> Steady {
    let (serve, leave) = (1.0 / handle_s, 1.0 / patience_s);
    let n = f64::from(agents);
    // Weight of the state "all agents busy, nobody waits" is 1; those below and above are counted from it.
    let mut below = 0.0;
    let mut weight = 1.0;
    for k in (1..=agents).rev() {
        weight *= f64::from(k) * serve / per_s;
        below += weight;
    }
    let (mut above, mut waiting, mut weight, mut k) = (0.0, 0.0, 1.0, 0.0);
    while weight > 1e-12 && k < 100_000.0 {
        k += 1.0;
        weight *= per_s / (n * serve + k * leave);
        above += weight;
        waiting += k * weight;
    }
    let all = below + 1.0 + above;
    let mean_waiting = waiting / all;
    Steady {
        waits: (1.0 + above) / all,
        mean_wait_s: mean_waiting / per_s,
        gives_up: leave * mean_waiting / per_s,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_agree_with_tables() {
        // Ten agents, eight Erlangs: the probability of waiting is 0.4092 in every table.
        let told = erlang_c(10, 8.0 / 180.0, 180.0).unwrap();
        assert!((told.waits - 0.4092).abs() < 0.0005, "{told:?}");
        assert!((told.mean_wait_s - 0.4092 * 180.0 / 2.0).abs() < 0.1, "{told:?}");
        assert!(erlang_c(5, 1.0, 5.0).is_none());
    }

    #[test]
    fn without_hurry_erlang_a_is_erlang_c() {
        let (c, a) = (erlang_c(10, 8.0 / 180.0, 180.0).unwrap(), erlang_a(10, 8.0 / 180.0, 180.0, 1e9));
        assert!(
            (c.waits - a.waits).abs() < 1e-3 && (c.mean_wait_s - a.mean_wait_s).abs() < 0.1,
            "{c:?} {a:?}"
        );
        assert!(erlang_a(10, 8.0 / 180.0, 180.0, 60.0).gives_up > 0.02);
    }
}
