//! Fairness and order over many calls: what one case cannot show (V-31, V-33, I-14, X-15; issue 4).

use std::collections::BTreeMap;

use model::fact::{CallbackState, OfferRule, What};

use crate::bed::Bed;
use crate::company::{Company, name, service};

/// Calls answered by each, of those that a rule offered first.
fn answered(bed: &Bed) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for fact in &bed.facts {
        if let What::Offered { offered, .. } = &fact.what
            && let [(member, _)] = offered.as_slice()
        {
            *counts.entry(name(*member)).or_default() += 1;
        }
    }
    counts
}

/// To whom the newest offer went.
fn offered_last(bed: &Bed) -> String {
    let member = bed.facts.iter().rev().find_map(|fact| {
        let What::Offered { offered, .. } = &fact.what else { return None };
        offered.first().map(|(member, _)| *member)
    });
    name(member.expect("somebody is offered the call"))
}

/// `calls` calls, one after the other, each answered by whom it is offered and ended after a while.
fn day(company: Company, calls: u64, hold: impl Fn(u64) -> u64) -> Bed {
    let mut bed = Bed::new(company);
    for n in 1..=calls {
        bed.call(n, &["to", "+3726001000"]);
        let agent = offered_last(&bed);
        bed.step(&format!("{agent} answers"));
        bed.pass(hold(n));
        bed.step(&format!("{agent} hangs up"));
        bed.told.clear();
    }
    bed
}

fn quiet(members: &str, distribution: &str) -> Company {
    service(members)
        .with(&format!("distribution = \"{distribution}\""))
        .with("announcements.entry = \"none\"")
        .with("announcements.repeat_every = \"none\"")
}

/// req I-14, X-15: balanced: each agent within 2 points of the expected share over 1,000 calls.
#[test]
fn balanced_is_within_two_points_over_a_thousand_calls() {
    let bed = day(quiet("mari juri kati toomas", "balanced"), 1_000, |n| 1_000 + n % 7 * 3_000);
    for (agent, count) in answered(&bed) {
        assert!((230..=270).contains(&count), "{agent}: {count} of 1000");
    }
}

/// req I-14: who logged in later has answered as much as his time says, not all that the others were ahead.
#[test]
fn balanced_weighs_by_the_time_logged_in() {
    let mut bed = day(quiet("mari juri -kati", "balanced"), 100, |_| 20_000);
    bed.step("log in kati");
    let before = answered(&bed);
    assert_eq!(before.len(), 2);
    for n in 101..=160 {
        bed.call(n, &[]);
        let agent = offered_last(&bed);
        bed.step(&format!("{agent} answers"));
        bed.pass(20_000);
        bed.step(&format!("{agent} hangs up"));
    }
    let kati = answered(&bed)["kati"];
    assert!((15..=30).contains(&kati), "a third of 60, not all of them: {kati}");
}

/// req X-15, V-33: random: every free agent has the same chance, and the same seed draws the same.
#[test]
fn random_is_even_and_comes_from_the_seed() {
    let first = day(quiet("mari juri kati toomas", "random"), 1_000, |_| 1_000);
    for (agent, count) in answered(&first) {
        assert!((200..=300).contains(&count), "{agent}: {count} of 1000");
    }
    let second = day(quiet("mari juri kati toomas", "random"), 1_000, |_| 1_000);
    assert_eq!(first.facts, second.facts);
}

/// req V-33: skill with `ties = "random"`: chance among equals only.
#[test]
fn random_ties_stay_within_the_best_skill() {
    let company = quiet("mari,skill=1 juri,skill=1 kati", "skill").with("ties = \"random\"");
    let bed = day(company, 400, |_| 1_000);
    let counts = answered(&bed);
    assert_eq!(counts.get("kati"), None);
    assert!((150..=250).contains(&counts["mari"]), "{counts:?}");
    assert!(bed.facts.iter().any(|fact| matches!(fact.what, What::Offered { rule: OfferRule::Skill, .. })));
}

/// req V-35: one agent whose phone fails at once, one caller: never more than one offer per `retry_after`.
#[test]
fn one_failing_agent_and_one_caller_never_spin() {
    let mut bed = Bed::new(quiet("mari", "ordered").with("retry_after = \"5s\""));
    bed.call(1, &[]);
    let mut offers = Vec::new();
    for tick in 0..600 {
        if bed.legs.values().any(|leg| leg.who == "mari" && !leg.over && !leg.releasing) {
            offers.push(tick);
            bed.step("mari is unreachable");
        }
        bed.pass(100);
    }
    assert_eq!(offers.len(), 12, "{offers:?}");
    assert!(offers.windows(2).all(|pair| pair[1] - pair[0] >= 50), "{offers:?}");
}

/// settings, `priority_ageing`: callers of level 1 who come without end do not starve one of level 9.
#[test]
fn nobody_starves_behind_priority() {
    let company = quiet("mari", "ordered")
        .with("queue.priority = [{ caller = \"+358\", level = 9 }, { caller = \"+372\", level = 1 }]");
    let mut bed = Bed::new(company);
    bed.call(1, &[]);
    bed.step("mari answers");
    bed.call(2, &["from", "+3585551234"]);
    let mut n = 3;
    let mut waited = 0;
    loop {
        bed.call(n, &[]);
        bed.call(n + 1, &[]);
        n += 2;
        bed.pass(30_000);
        waited += 30;
        bed.step("mari hangs up");
        bed.step("mari answers");
        let answered = bed.saved.calls.values().find(|record| record.from == crate::company::caller(2));
        let talks = answered.is_some_and(|record| record.legs.iter().any(|leg| leg.answered.is_some()));
        if talks {
            break;
        }
        assert!(waited < 2_000, "he waits for ever");
    }
    // Eight levels of a minute each, then those of level 1 who came before that.
    assert!(waited >= 480, "{waited}");
}

/// issue 4: 75 callbacks beside 75 waiting callers starve nobody; no two live attempts of one request, never more
/// attempts than agents.
#[test]
fn callbacks_and_callers_starve_nobody() {
    let mut bed = Bed::new(quiet("mari juri", "ordered").with("callback.enabled = true"));
    bed.step("pause mari");
    bed.step("pause juri");
    for n in 1..=150 {
        bed.call(n, &[]);
        if n % 2 == 0 {
            bed.step(&format!("caller {n} presses 1"));
            bed.step(&format!("caller {n} heard it"));
        }
        bed.pass(100);
    }
    bed.step("resume mari");
    bed.step("resume juri");
    let served = serve_all(&mut bed);
    assert_eq!(served.len(), 150, "everybody is served");
    // In the order of their places: no boost for callbacks, none for callers.
    for pair in served.windows(2) {
        assert!(pair[0] <= pair[1] + 2, "{served:?}");
    }
}

/// Lets both agents work until nobody is left; gives who was served, in order.
fn serve_all(bed: &mut Bed) -> Vec<u64> {
    let mut served = Vec::new();
    for _ in 0..2_000 {
        let live =
            |who: &str, bed: &Bed| bed.legs.values().any(|leg| leg.who == who && !leg.over && !leg.releasing);
        let mut worked = false;
        for agent in ["mari", "juri"] {
            if live(agent, bed) {
                worked = true;
                let leg = bed.leg_of(agent);
                bed.step(&format!("{agent} answers"));
                bed.step(&format!("{agent} heard it"));
                let customer = bed.saved.calls.get(&leg.call).map(|record| record.from.0 - 1_000);
                let customer = customer.expect("the call is there");
                let stranger = format!("stranger {customer}");
                if live(&stranger, bed) {
                    bed.step(&format!("{stranger} answers"));
                }
                served.push(customer);
                bed.pass(1_000);
                bed.step(&format!("{agent} hangs up"));
                bed.told.clear();
            }
        }
        check_attempts(bed);
        if !worked {
            break;
        }
    }
    served
}

fn check_attempts(bed: &Bed) {
    let live: Vec<_> = bed
        .saved
        .groups
        .values()
        .flat_map(|group| group.callbacks.values())
        .filter(|request| matches!(request.state, CallbackState::RingingAgent | CallbackState::RingingCaller))
        .collect();
    assert!(live.len() <= 2, "never more attempts than agents");
}
