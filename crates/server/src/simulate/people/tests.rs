//! Callers and agents from rates, lists and records; lists that are broken.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::simulations::Simulation;
use model::config::TenantConfig;
use model::config::resolve::read_tree;
use model::config::tree;
use sim::chance::Lengths;

use super::{Around, plan};
use crate::simulate::day::tests::day;
use crate::simulate::fault::{Fault, Field};
use crate::simulate::recorded::{Recorded, RecordedCall, Seen};

fn config() -> Arc<TenantConfig> {
    let text = "[company]\nid = \"firm\"\n[[group]]\nnumber = \"8000\"\nname = \"Abi\"\npreset = \"customer_service\"\n\
                [[group.member]]\nuser = \"aino\"\nlogged_in = true\n[[group.member]]\nuser = \"eero\"\n\
                [[group]]\nnumber = \"+3726001000\"\nname = \"Info\"\npreset = \"customer_service\"\n\
                [[group.member]]\nuser = \"mari\"\n[[user]]\nname = \"aino\"\n[[user]]\nname = \"eero\"\n[[user]]\nname = \"mari\"\n";
    let (built_in, _) = crate::builtin::load().unwrap();
    Arc::new(read_tree(&tree::of_toml(text).unwrap(), &built_in).unwrap())
}

fn planned(
    wish: &Simulation,
    recorded: Option<&Recorded>,
) -> Result<(sim::office::Plan, api::simulations::People), Fault> {
    let (config, day) = (config(), day("2026-03-02"));
    plan(&Around { wish, config: &config, day: &day, recorded, calls_max: 10_000 })
}

fn list(text: &str) -> Simulation {
    Simulation { calls: Some(text.to_owned()), ..Simulation::default() }
}

fn rates(of: &[(&str, f64)]) -> Simulation {
    let rates: BTreeMap<String, f64> = of.iter().map(|(group, rate)| ((*group).to_owned(), *rate)).collect();
    Simulation { rates: Some(rates), ..Simulation::default() }
}

#[test]
fn a_list_gives_times_groups_and_talks() {
    let text = "\u{feff}Time;Group;Talk\r\n09:30:15;8000;120\r\n\n# lunch\n\"08:00\"\n10:00,Info,\n11:00\t+3726001000\t90.5\n";
    let (plan, people) = planned(&list(text), None).unwrap();
    let calls: Vec<(u64, String)> =
        plan.calls.iter().map(|call| (call.at / 1_000, call.group.to_string())).collect();
    let first = config().groups.keys().next().unwrap().to_string();
    assert_eq!(
        calls,
        [
            (28_800, first),
            (34_215, "8000".to_owned()),
            (36_000, "+3726001000".to_owned()),
            (39_600, "+3726001000".to_owned())
        ]
    );
    assert_eq!((plan.calls[1].talk, plan.calls[3].talk), (120_000, 90_500));
    assert_eq!((people.source, people.calls), ("calls", 4));
}

#[test]
fn a_broken_list_is_refused_with_its_line() {
    let long = format!("09:00\n{}", "9".repeat(100_000));
    for (text, line, told) in [
        ("09:00\n9 o'clock\n", 2, "`9 o'clock` is no time of day, as 09:30"),
        ("25:00", 1, "`25:00` is no time of day"),
        ("24:00", 1, "is no time of day"),
        ("heading\nheading\n", 2, "`heading` is no time of day"),
        ("09:00,8001", 1, "no group `8001`; it has"),
        ("09:00,8000,two minutes", 1, "`two minutes` is no talk in seconds"),
        ("09:00,8000,-5", 1, "`-5` is no talk"),
        ("09:00,8000,NaN", 1, "`NaN` is no talk"),
        ("09:00,8000,99999999", 1, "is no talk"),
        ("09:00,8000,1,2", 1, "4 fields; there are three"),
        ("\u{0}\u{1}9", 1, "is no time of day"),
        (&long, 2, "is no time of day"),
    ] {
        let fault = planned(&list(text), None).unwrap_err();
        assert_eq!((fault.field, fault.line), (Field::Calls, Some(line)), "{text:.40}");
        assert!(fault.text.contains(told) && fault.text.len() < 200, "{}", fault.text);
    }
    let many = "09:00\n".repeat(10_001);
    assert!(planned(&list(&many), None).unwrap_err().text.contains("more than 10000 calls"));
}

#[test]
fn a_rate_brings_as_many_calls_as_it_says() {
    let (plan, people) = planned(&rates(&[("8000", 100.0), ("*", 10.0)]), None).unwrap();
    let of = |group: &str| plan.calls.iter().filter(|call| call.group.to_string() == group).count();
    // 7.75 hours as busy as the busiest; within four standard deviations.
    assert!((650..=900).contains(&of("8000")) && (40..=115).contains(&of("+3726001000")), "{}", of("8000"));
    assert!(plan.calls.iter().all(|call| (8 * 3_600_000..17 * 3_600_000).contains(&call.at)));
    assert!(plan.calls.is_sorted_by_key(|call| call.at));
    assert_eq!((people.source, people.talks_seen), ("rates", 0));
    // Another group's rate changes nothing for this one.
    let (alone, _) = planned(&rates(&[("8000", 100.0)]), None).unwrap();
    let calls: Vec<_> = plan.calls.iter().filter(|call| call.group.to_string() == "8000").collect();
    assert_eq!(calls, alone.calls.iter().collect::<Vec<_>>());
    for (wish, told) in [
        (rates(&[("8001", 1.0)]), "no group `8001`"),
        (rates(&[("8000", -1.0)]), "-1 is no rate"),
        (rates(&[("8000", f64::NAN)]), "NaN is no rate"),
        (rates(&[("8000", 9_000.0)]), "about 69750 calls; at most 10000"),
    ] {
        let fault = planned(&wish, None).unwrap_err();
        assert!(fault.field == Field::Rates && fault.text.contains(told), "{}", fault.text);
    }
    let both = Simulation { calls: Some("09:00".to_owned()), ..rates(&[("8000", 1.0)]) };
    assert!(planned(&both, None).unwrap_err().text.contains("exclude one another"));
}

#[test]
fn a_list_without_a_call_is_refused() {
    for text in ["", "time,group,talk\n", "# nobody\n\n"] {
        assert_eq!(planned(&list(text), None).unwrap_err().field, Field::Calls, "{text}");
    }
}

#[test]
fn agents_work_when_it_is_said() {
    let shifts = |shifts: &[&str]| {
        let shifts = shifts.iter().map(|shift| (*shift).to_owned()).collect();
        planned(&Simulation { shifts, ..list("09:00") }, None)
    };
    let hours = |shifts: &[(u64, u64)]| {
        shifts.iter().map(|(from, to)| (from / 3_600_000, to / 3_600_000)).collect::<Vec<_>>()
    };
    let told = |plan: &sim::office::Plan| {
        let agents = plan.agents.iter();
        agents
            .map(|agent| (plan.config.party_name(agent.party).unwrap().to_string(), hours(&agent.shifts)))
            .collect::<Vec<_>>()
    };
    let one = |name: &str, shifts: &[(u64, u64)]| (name.to_owned(), shifts.to_vec());
    // Whom the settings log in; where they log in nobody, all members.
    assert_eq!(told(&shifts(&[]).unwrap().0), [one("aino", &[(8, 17)]), one("mari", &[(8, 17)])]);
    assert_eq!(
        told(&shifts(&["10:00-12:00", "eero=14:00-24:00", "eero=08:00-09:00"]).unwrap().0),
        [one("aino", &[(10, 12)]), one("eero", &[(8, 9), (14, 24)]), one("mari", &[(10, 12)])]
    );
    // Whoever is not named stays at work as usual.
    assert_eq!(
        told(&shifts(&["eero=08:00-09:00", "mari=none"]).unwrap().0),
        [one("aino", &[(8, 17)]), one("eero", &[(8, 9)])]
    );
    for bad in ["", "08:00", "17:00-08:00", "kati=08:00-09:00", "08:00-25:00", "8-17"] {
        assert_eq!(shifts(&[bad]).unwrap_err().field, Field::Shifts, "{bad}");
    }
    assert!(shifts(&["aino=08:00-12:00", "aino=11:00-13:00"]).unwrap_err().text.contains("aino overlap"));
}

#[test]
fn a_recorded_day_comes_again() {
    let config = config();
    let group = *config.groups.keys().next().unwrap();
    let call = |at: u64, waited: u64, gave_up: bool, talk: Option<u64>| RecordedCall {
        at,
        group,
        number: "+3725551234".parse().ok(),
        waited,
        gave_up,
        asked: false,
        talk,
    };
    let eero = config.party_by_name("eero").unwrap();
    let seen =
        Seen { talks: vec![60_000; 30], answers: vec![3_000; 30], missed: 10, gave_up: 10, waited: 900_000 };
    let calls = vec![call(1_000, 5_000, false, Some(77_000)), call(2_000, 9_000, true, None)];
    let recorded = Recorded { calls, shifts: BTreeMap::from([(eero, vec![(0, 3_600_000)])]), seen };
    let (plan, people) = planned(&Simulation::default(), Some(&recorded)).unwrap();
    assert_eq!((people.source, people.talks_seen, people.offers_seen), ("recorded", 30, 40));
    assert_eq!((people.given_up_seen, people.shifts_seen), (10, 1));
    assert_eq!((plan.calls[0].talk, plan.calls[1].talk), (77_000, 60_000));
    assert!(plan.calls[0].patience > 5_000, "who was served would have waited longer");
    assert_eq!(plan.calls[1].patience, 9_000, "who gave up does so again");
    assert_eq!(plan.calls[0].number, "+3725551234".parse().ok());
    let agent = &plan.agents[0];
    assert_eq!((agent.party, &agent.shifts, agent.misses), (eero, &vec![(0, 3_600_000)], 25));
    assert_eq!(agent.answers, Lengths::Seen(vec![3_000; 30]));
    // What is given counts before what was seen.
    let given = Simulation {
        talk_s: Some(10.0),
        shifts: vec!["aino=08:00-09:00".to_owned()],
        ..Simulation::default()
    };
    let (plan, people) = planned(&given, Some(&recorded)).unwrap();
    assert_eq!((people.talks_seen, people.shifts_seen), (0, 1));
    assert!(plan.calls[0].talk != 77_000);
    assert_eq!(plan.agents.iter().filter(|agent| agent.party == eero).count(), 1, "as recorded");
    assert_eq!(plan.agents.len(), 2, "aino beside him");
    let all = Simulation { shifts: vec!["08:00-09:00".to_owned()], ..Simulation::default() };
    assert_eq!(planned(&all, Some(&recorded)).unwrap().1.shifts_seen, 0);
}

#[test]
fn what_is_no_length_and_no_percentage_is_refused() {
    for (wish, field) in [
        (Simulation { talk_s: Some(-1.0), ..list("09:00") }, Field::Talk),
        (Simulation { answer_s: Some(f64::INFINITY), ..list("09:00") }, Field::Answer),
        (Simulation { patience_s: Some(1e9), ..list("09:00") }, Field::Patience),
        (Simulation { rest_s: Some(f64::NAN), ..list("09:00") }, Field::Rest),
        (Simulation { misses: Some(101), ..list("09:00") }, Field::Misses),
        (Simulation { breaks: 101, ..list("09:00") }, Field::Breaks),
        (Simulation { accepts: Some(101), ..list("09:00") }, Field::Accepts),
    ] {
        assert_eq!(planned(&wish, None).unwrap_err().field, field);
    }
}
