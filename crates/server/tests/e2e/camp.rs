//! I-18 with phones: the caller waits for a busy colleague, hears the message and the music of his group, and comes back
//! after the time set; to the head of the line when the attendant is busy by then. req I-18

use crate::call::Call;
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;
use crate::transfer::{Answered, VAXEL, answered};

pub(crate) const MESSAGE: f64 = 800.0;
pub(crate) const MUSIC: f64 = 600.0;

/// The demo's switchboard with tones as message and music, and short times.
pub(crate) fn switchboard() -> Helin {
    let helin = Helin::demo();
    for (name, hertz, seconds) in [("moment", MESSAGE, 1_u32), ("tune", MUSIC, 4)] {
        let sample = |n: u32| (f64::from(n) * hertz * std::f64::consts::TAU / 8_000.0).sin() * 8_000.0;
        let samples: Vec<i16> = (0..8_000 * seconds).map(|n| sample(n) as i16).collect();
        std::fs::write(helin.folder().join(format!("{name}.wav")), crate::companies::wav(&samples)).unwrap();
    }
    let text = "[company]\nid = \"sinilind\"\n\n\
                [[prompt]]\nname = \"moment\"\nlanguage = \"sv\"\nfile = \"moment.wav\"\ntext = \"Ett ögonblick\"\n\
                [[prompt]]\nname = \"tune\"\nlanguage = \"sv\"\nfile = \"tune.wav\"\nkind = \"music\"\n\n\
                [[group]]\nnumber = \"+4681001000\"\nname = \"Växel\"\npreset = \"attendant\"\nlanguage = \"sv\"\n\
                [group.announcements]\nmusic = \"tune\"\nentry = \"none\"\n\
                [group.transfer]\ncamp_max = \"5s\"\nmessage = \"moment\"\n\
                [[group.member]]\nuser = \"astrid\"\n[[group.member]]\nuser = \"bjorn\"\n";
    let applied = crate::companies::apply(&helin, "demo-admin-token", text);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    helin
}

/// Mari in a call of her own, with the echo.
#[track_caller]
fn busy(mari: &mut Phone, sound: &Sound) -> Call {
    let mut echo = mari.dial("8099", sound);
    echo.expect_answer(mari, sound);
    echo
}

#[test]
fn the_message_then_music_then_the_colleague() {
    let helin = switchboard();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let mut echo = busy(&mut mari, &mari_sound);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    agent.refer(&mut astrid, &format!("<sip:101@{}>", helin.access()));
    assert_eq!(agent.expect_notified(&mut astrid), "SIP/2.0 200 OK");
    agent.expect_bye(&mut astrid);
    caller_sound.hears(MESSAGE);
    caller_sound.hears(MUSIC);
    echo.hang_up(&mut mari);
    let mut offer = mari.incoming();
    assert!(offer.invite.must("From").contains("+46855512345"), "{}", offer.invite.to_text());
    offer.ring(&mut mari);
    caller_sound.hears(425.0);
    offer.answer(&mut mari, &mari_sound);
    caller_sound.hears(1_500.0);
    mari_sound.hears(440.0);
    assert_eq!(caller_sound.heard().sources.len(), 1, "one source for all of it");
    caller.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    let record = helin.ended_calls(2).remove(0);
    assert_eq!(record["to"], VAXEL, "{record:#}");
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(3), "{record:#}");
    let heard = record["heard"].as_array().unwrap();
    assert!(heard.iter().any(|item| item["text"] == "Ett ögonblick"), "{record:#}");
    helin.until_quiet();
}

/// While Mari is busy all the time, Astrid has taken the next caller: the first one comes back before him who has been
/// waiting meanwhile.
#[test]
fn after_the_limit_to_the_head_of_the_line_when_the_attendant_is_busy() {
    let helin = switchboard();
    helin.post(&format!("/api/v1/groups/{VAXEL}/members/bjorn/logout"));
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (first_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (second_sound, third_sound) = (Sound::tone(700.0), Sound::tone(1_900.0));
    let mari_sound = Sound::tone(1_500.0);
    let mut echo = busy(&mut mari, &mari_sound);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&first_sound, &astrid_sound));
    agent.refer(&mut astrid, &format!("<sip:101@{}>", helin.access()));
    agent.expect_bye(&mut astrid);
    first_sound.hears(MUSIC);
    let mut second = carrier.dial_from("+46855512346", VAXEL, &second_sound);
    let mut taken = astrid.incoming();
    taken.answer(&mut astrid, &astrid_sound);
    second.expect_answer(&mut carrier, &second_sound);
    astrid_sound.hears(700.0);
    let mut third = carrier.dial_from("+46855512347", VAXEL, &third_sound);
    third.expect_answer(&mut carrier, &third_sound);
    third_sound.hears(MUSIC);
    let live = helin.until(&format!("/api/v1/groups/{VAXEL}/live"), |live| {
        live["waiting"].as_array().is_some_and(|waiting| waiting.len() == 2)
    });
    assert_eq!(live["waiting"][0]["caller"], "+46855512345", "{live:#}");
    first_sound.hears(MUSIC);
    taken.hang_up(&mut astrid);
    second.expect_bye(&mut carrier);
    let mut back = astrid.incoming();
    assert!(back.invite.must("From").contains("+46855512345"), "{}", back.invite.to_text());
    back.answer(&mut astrid, &astrid_sound);
    first_sound.hears(1_000.0);
    astrid_sound.hears(440.0);
    third.hang_up(&mut carrier);
    caller.hang_up(&mut carrier);
    back.expect_bye(&mut astrid);
    echo.hang_up(&mut mari);
    helin.until_quiet();
}
