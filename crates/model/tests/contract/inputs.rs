//! Inputs as the journal keeps them: people by their party only, no number and no name.

use std::sync::Arc;

use expect_test::expect_file;
use model::id::{CallId, LegId, PartyId, RequestId};
use model::input::{Activity, Actor, Command, Duty, Input, Reachability, TransferMode};
use model::leg::{
    Arrival, Caller, Dialled, FailCause, Ingress, Key, LegEvent, MediaFigures, Party, PlayId, ReferId,
    ReferTo,
};

#[test]
fn inputs_keep_their_form() {
    let mut text = String::new();
    let inputs = inputs();
    crate::complete(inputs.iter().filter_map(number_of_event), 14);
    crate::complete(inputs.iter().filter_map(number_of_command), 14);
    for input in &inputs {
        let line = serde_json::to_string(input).unwrap();
        let back: Input = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), line);
        assert!(!line.contains("5557001") && !line.contains("Tamm"), "a person in the journal: {line}");
        text.push_str(&line);
        text.push('\n');
    }
    expect_file!["golden/inputs.jsonl"].assert_eq(&text);
}

fn commands(call: CallId) -> Vec<Command> {
    let (member, group) = (PartyId(1), "+3726001000".parse().unwrap());
    vec![
        Command::LogIn { group, member, duty: Duty::Take, by: Actor::Party(member) },
        Command::LogIn { group, member, duty: Duty::No, by: Actor::Api },
        Command::LogOut { group, member, by: Actor::Rule },
        Command::Pause { member, reason: Some("lunch".to_owned()), by: Actor::Api },
        Command::Resume { member, by: Actor::Api },
        Command::Code { party: member, code: "*961*0#".to_owned() },
        Command::Presence { party: member, activity: Activity::Dnd },
        Command::Transfer { call, to: Dialled::User(member), mode: TransferMode::Camp, by: Actor::Api },
        Command::Transfer { call, to: Dialled::Group(group), mode: TransferMode::Blind, by: Actor::Api },
        Command::Take { call, user: member },
        Command::Move { call, position: 1 },
        Command::Park { call, by: Actor::Party(member) },
        Command::PickUp { call, user: member },
        Command::CancelCallback { group, callback: call },
        Command::Drain,
        Command::EndAll,
    ]
}

fn inputs() -> Vec<Input> {
    let leg = LegId { call: "019b8e5d-7f00-7000-8000-000000000001".parse().unwrap(), n: 0 };
    let (member, group) = (PartyId(1), "+3726001000".parse().unwrap());
    let media = Some(MediaFigures::default());
    let number = Some("+3725557001".parse().unwrap());
    let party = Party { id: PartyId(1_001), number, name: Some(Arc::from("Tamm")) };
    let from = Caller { party: party.clone(), proved: true, hidden: false };
    let carrier = || Ingress::Trunk("carrier".parse().unwrap());
    let arrived =
        |to, via| LegEvent::Arrived(Arrival { from: from.clone(), to, via, replaces: None, diversions: 0 });
    let call = leg.call;
    let events = [
        arrived(Dialled::Group(group), carrier()),
        arrived(Dialled::User(member), Ingress::User(member)),
        arrived(Dialled::Outside(party.clone()), Ingress::User(member)),
        arrived(Dialled::Emergency("112".parse().unwrap()), Ingress::User(member)),
        arrived(Dialled::Code("*961*1#".to_owned()), Ingress::User(member)),
        arrived(Dialled::Echo, Ingress::User(member)),
        arrived(Dialled::Nobody, carrier()),
        LegEvent::Alerting { audio: false },
        LegEvent::Answered,
        LegEvent::AnsweredByMobile,
        LegEvent::Diverted,
        LegEvent::Failed { cause: FailCause::Busy, media: None },
        LegEvent::Failed { cause: FailCause::Rejected, media: None },
        LegEvent::Failed { cause: FailCause::Unreachable, media: None },
        LegEvent::Failed { cause: FailCause::NoAnswer, media: None },
        LegEvent::Failed { cause: FailCause::NotAcceptable, media: None },
        LegEvent::Failed { cause: FailCause::Forbidden, media: None },
        LegEvent::Failed { cause: FailCause::LimitReached, media: None },
        LegEvent::HungUp { media },
        LegEvent::Closed { media: None },
        LegEvent::Dtmf(Key('1')),
        LegEvent::PlayEnded(PlayId(1)),
        LegEvent::MediaTimeout,
        LegEvent::Held,
        LegEvent::Unheld,
        LegEvent::Refer { refer: ReferId(1), to: ReferTo::Dialled(Dialled::User(member)) },
        LegEvent::Refer { refer: ReferId(1), to: ReferTo::Dialled(Dialled::Park) },
        LegEvent::Refer { refer: ReferId(1), to: ReferTo::Leg(leg) },
        LegEvent::Refer { refer: ReferId(1), to: ReferTo::Nowhere },
        arrived(Dialled::Unpark(7), Ingress::User(member)),
        arrived(Dialled::PickUp(Some(member)), Ingress::User(member)),
        arrived(Dialled::PickUp(None), Ingress::User(member)),
        LegEvent::Arrived(Arrival {
            from: from.clone(),
            to: Dialled::Nobody,
            via: carrier(),
            replaces: Some(LegId { call, n: 1 }),
            diversions: 5,
        }),
    ];
    let events = events.into_iter().map(|event| Input::Leg(leg, event));
    let commands = commands(call).into_iter().map(|command| Input::Command(RequestId(7), command));
    let others = [
        Input::Reach(member, Reachability { contacts: 2, apps: 1 }),
        Input::Identified(call, Some(party)),
        Input::Identified(call, None),
        Input::Timeout,
    ];
    events.chain(commands).chain(others).collect()
}

/// A number for each event; a new one needs a sample above and a higher count.
fn number_of_event(input: &Input) -> Option<usize> {
    let Input::Leg(_, event) = input else { return None };
    Some(match event {
        LegEvent::Arrived(_) => 0,
        LegEvent::Alerting { .. } => 1,
        LegEvent::Answered => 2,
        LegEvent::Diverted => 3,
        LegEvent::Failed { .. } => 4,
        LegEvent::HungUp { .. } => 5,
        LegEvent::Closed { .. } => 6,
        LegEvent::Dtmf(_) => 7,
        LegEvent::PlayEnded(_) => 8,
        LegEvent::MediaTimeout => 9,
        LegEvent::Held => 10,
        LegEvent::Unheld => 11,
        LegEvent::Refer { .. } => 12,
        LegEvent::AnsweredByMobile => 13,
    })
}

/// The same for commands.
fn number_of_command(input: &Input) -> Option<usize> {
    let Input::Command(_, command) = input else { return None };
    Some(match command {
        Command::LogIn { .. } => 0,
        Command::LogOut { .. } => 1,
        Command::Pause { .. } => 2,
        Command::Resume { .. } => 3,
        Command::Code { .. } => 4,
        Command::Drain => 5,
        Command::EndAll => 6,
        Command::Presence { .. } => 7,
        Command::Transfer { .. } => 8,
        Command::Take { .. } => 9,
        Command::Move { .. } => 10,
        Command::Park { .. } => 11,
        Command::PickUp { .. } => 12,
        Command::CancelCallback { .. } => 13,
    })
}
