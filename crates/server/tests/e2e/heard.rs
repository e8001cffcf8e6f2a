//! What a caller hears, told apart by its pitch: every prompt of the group is a tone of its own.

use crate::companies::{apply, wav};
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::{Sound, is_tone};

const GROUP: &str = "+3726009001";

const WELCOME: f64 = 600.0;
const ENTRY: f64 = 700.0;
const MUSIC: f64 = 850.0;
const REPEAT: f64 = 1_000.0;
const RINGING: f64 = 425.0;
const AGENT: f64 = 1_300.0;

/// A sound file of one tone beside the company file.
pub(crate) fn tone(helin: &Helin, file: &str, hertz: f64, milliseconds: u32) {
    let samples: Vec<i16> = (0..milliseconds * 8)
        .map(|n| ((f64::from(n) * hertz * std::f64::consts::TAU / 8_000.0).sin() * 8_000.0) as i16)
        .collect();
    std::fs::write(helin.folder().join(file), wav(&samples)).unwrap();
}

/// The group of this file, with `aino` as its only agent; `prompts` and `announcements` are lines of the company file.
fn group(helin: &Helin, prompts: &str, announcements: &str) {
    let text = format!(
        "[company]\nid = \"sinilind\"\n{prompts}\n[[group]]\nnumber = \"{GROUP}\"\nname = \"Heard\"\n\
         preset = \"customer_service\"\nlanguage = \"en\"\n[group.announcements]\n{announcements}\n\
         [[group.member]]\nuser = \"aino\"\nlogged_in = true\n"
    );
    let applied = apply(helin, "demo-admin-token", &text);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
}

pub(crate) fn prompt(name: &str, file: &str) -> String {
    format!("[[prompt]]\nname = \"{name}\"\nlanguage = \"en\"\nfile = \"{file}\"\n")
}

/// The tones one after the other, each once, as far as 100 ms can be told apart; what is none of them is left out.
fn tones(alaw: &[u8]) -> Vec<f64> {
    let known = [WELCOME, ENTRY, MUSIC, REPEAT, RINGING, AGENT];
    let mut heard: Vec<f64> = Vec::new();
    for window in alaw.chunks_exact(800) {
        if let Some(hertz) = known.into_iter().find(|hertz| is_tone(window, *hertz))
            && heard.last() != Some(&hertz)
        {
            heard.push(hertz);
        }
    }
    heard
}

/// Welcome, entry message, music, a message each period with music after it, the ringing tone, the agent: in this order,
/// in one stream without a gap. req V-03, V-42, V-43, V-44, V-45, V-46, I-07
#[test]
fn a_caller_hears_all_of_it_in_order_and_in_one_stream() {
    let helin = Helin::demo();
    let files = [("t_welcome", WELCOME), ("t_entry", ENTRY), ("t_music", MUSIC), ("t_repeat", REPEAT)];
    let mut prompts = String::new();
    for (name, hertz) in files {
        tone(&helin, &format!("{name}.wav"), hertz, 400);
        prompts.push_str(&prompt(name, &format!("{name}.wav")));
    }
    let announcements = "welcome = \"t_welcome\"\nentry = \"t_entry\"\nmusic = \"t_music\"\nrepeat = \"t_repeat\"\n\
                         repeat_every = \"1s\"";
    group(&helin, &prompts, announcements);
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(AGENT));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    let mut call = carrier.dial_from("+3725551234", GROUP, &caller_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    caller_sound.until("music after two repeats", |heard| {
        let order = tones(&heard.alaw);
        order.iter().filter(|hertz| **hertz == REPEAT).count() == 2 && order.last() == Some(&MUSIC)
    });
    caller_sound.hears_packets(15);
    echo.hang_up(&mut aino);
    let mut offer = aino.incoming();
    offer.ring(&mut aino);
    caller_sound.hears(RINGING);
    caller_sound.hears_packets(15);
    offer.answer(&mut aino, &aino_sound);
    caller_sound.hears(AGENT);
    aino_sound.hears(440.0);
    caller_sound.hears_packets(15);
    let heard = caller_sound.heard();
    let order = tones(&heard.alaw);
    assert_eq!(order[..7], [WELCOME, ENTRY, MUSIC, REPEAT, MUSIC, REPEAT, MUSIC], "{order:?}");
    assert_eq!(order[order.len() - 2..], [RINGING, AGENT], "{order:?}");
    assert_eq!((heard.sources.len(), heard.breaks, heard.jumps), (1, 0, 0), "one stream without a gap");
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut aino);
    let records = helin.ended_calls(2);
    let said: Vec<&str> =
        records[0]["heard"].as_array().unwrap().iter().filter_map(|item| item["prompt"].as_str()).collect();
    let expected =
        ["welcome:t_welcome", "entry:t_entry", "music:t_music", "repeat:t_repeat", "music:t_music"];
    assert_eq!(said[..5], expected, "{said:?}");
    helin.until_quiet();
}

/// The last agent logs out while the welcome plays: the caller hears at once that nobody is there. req V-22
#[test]
fn a_welcome_does_not_hold_who_is_deserted() {
    let helin = Helin::demo();
    tone(&helin, "welcome.wav", WELCOME, 20_000);
    tone(&helin, "nobody.wav", ENTRY, 300);
    let prompts = prompt("t_welcome", "welcome.wav") + &prompt("nobody_here", "nobody.wav");
    group(&helin, &prompts, "welcome = \"t_welcome\"");
    let _aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_from("+3725551234", GROUP, &sound);
    call.expect_answer(&mut carrier, &sound);
    sound.hears(WELCOME);
    helin.post(&format!("/api/v1/groups/{GROUP}/members/aino/logout"));
    sound.hears(ENTRY);
    call.expect_bye(&mut carrier);
    assert!(sound.heard().alaw.len() < 8_000 * 15, "he left before the welcome was over");
    let record = helin.ended_call();
    assert_eq!(record["visits"][0]["outcome"], "overflowed", "{record:#}");
    helin.until_quiet();
}

/// A prompt that has a text and no file is spoken; one of kind music is heard in every language. req T-04, V-43
#[test]
fn a_text_is_spoken_and_music_has_no_language() {
    let helin = Helin::demo();
    tone(&helin, "music.wav", MUSIC, 400);
    let prompts = "[[prompt]]\nname = \"t_entry\"\nlanguage = \"en\"\ntext = \"Somebody will be with you soon\"\n\
                   [[prompt]]\nname = \"t_music\"\nlanguage = \"sv\"\nkind = \"music\"\nfile = \"music.wav\"\n";
    group(&helin, prompts, "entry = \"t_entry\"\nmusic = \"t_music\"\nrepeat_every = \"none\"");
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (sound, aino_sound) = (Sound::tone(440.0), Sound::tone(AGENT));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    let mut call = carrier.dial_from("+3725551234", GROUP, &sound);
    call.expect_answer(&mut carrier, &sound);
    sound.hears(MUSIC);
    let heard = sound.heard();
    let before = heard.alaw.chunks_exact(800).take_while(|window| !is_tone(window, MUSIC)).count();
    assert!((5..60).contains(&before), "the sentence took {before} tenths of a second");
    call.hang_up(&mut carrier);
    echo.hang_up(&mut aino);
    let record = helin.ended_calls(2).remove(0);
    assert_eq!(record["heard"][0]["text"], "Somebody will be with you soon", "{record:#}");
    assert_eq!(record["heard"][1]["prompt"], "music:t_music", "{record:#}");
    helin.until_quiet();
}

/// Broken, empty and huge files are refused, each named with its place; what sounds goes on, and nothing is changed.
#[test]
fn what_is_no_sound_is_refused_and_what_sounds_goes_on() {
    let helin = Helin::demo();
    tone(&helin, "music.wav", MUSIC, 400);
    let music = prompt("t_music", "music.wav");
    group(&helin, &music, "entry = \"none\"\nmusic = \"t_music\"\nrepeat_every = \"none\"");
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (sound, aino_sound) = (Sound::tone(440.0), Sound::tone(AGENT));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    let mut call = carrier.dial_from("+3725551234", GROUP, &sound);
    call.expect_answer(&mut carrier, &sound);
    sound.hears(MUSIC);
    let mut no_rate = wav(&[1_000; 800]);
    no_rate[24..28].fill(0);
    let broken: [(&str, Vec<u8>, &str); 4] = [
        ("empty.wav", Vec::new(), "no WAV, MP3, Ogg or FLAC file"),
        ("noise.mp3", (0..4_000_u32).map(|n| (n * n % 251) as u8).collect(), "no WAV, MP3, Ogg or FLAC file"),
        ("rate.wav", no_rate, "damaged"),
        ("huge.wav", vec![0; 17_000_000], "at most 16"),
    ];
    for (file, audio, why) in broken {
        std::fs::write(helin.folder().join(file), audio).unwrap();
        let text = format!("[company]\nid = \"sinilind\"\n{}", prompt("t_music", file));
        let refused = apply(&helin, "demo-admin-token", &text);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains(why), "{file}: {told}");
        assert!(told.contains("company.toml:6: prompt[t_music].file: "), "{file}: {told}");
    }
    sound.forget();
    sound.hears_packets(20);
    sound.hears(MUSIC);
    call.hang_up(&mut carrier);
    echo.hang_up(&mut aino);
    helin.ended_calls(2);
    helin.until_quiet();
}

/// A prompt is replaced and then taken away while it plays: what sounds goes on to its end, then the new one; callers
/// stay.
#[test]
fn a_prompt_may_be_replaced_and_taken_away_while_it_plays() {
    let helin = Helin::demo();
    tone(&helin, "welcome.wav", WELCOME, 2_000);
    tone(&helin, "music.wav", MUSIC, 400);
    tone(&helin, "other.wav", REPEAT, 400);
    let welcome = prompt("t_welcome", "welcome.wav");
    let announcements =
        "welcome = \"t_welcome\"\nentry = \"none\"\nmusic = \"t_music\"\nrepeat_every = \"none\"";
    group(&helin, &(welcome.clone() + &prompt("t_music", "music.wav")), announcements);
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (sound, aino_sound) = (Sound::tone(440.0), Sound::tone(AGENT));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    let mut call = carrier.dial_from("+3725551234", GROUP, &sound);
    call.expect_answer(&mut carrier, &sound);
    sound.hears(WELCOME);
    group(&helin, &(prompt("t_welcome", "other.wav") + &prompt("t_music", "other.wav")), announcements);
    sound.hears(REPEAT);
    assert_eq!(tones(&sound.heard().alaw), [WELCOME, REPEAT]);
    // No prompt of the company's own is left: the built-in music, when the present piece is interrupted.
    let (_, mut document) =
        helin.request("GET", "/api/v1/companies/sinilind/document", "demo-admin-token", None);
    document["prompt"] = serde_json::json!([]);
    for group in document["group"].as_array_mut().unwrap() {
        if group["number"] == GROUP {
            group["announcements"] = serde_json::json!({ "repeat_every": "none" });
        }
    }
    let path = "/api/v1/companies/sinilind/document?prune=true";
    let (status, answer) = helin.request("PUT", path, "demo-admin-token", Some(&document));
    assert_eq!(status, 200, "{answer}");
    sound.forget();
    sound.hears_packets(20);
    echo.hang_up(&mut aino);
    let mut offer = aino.incoming();
    offer.answer(&mut aino, &aino_sound);
    sound.hears(AGENT);
    aino_sound.hears(440.0);
    offer.hang_up(&mut aino);
    call.expect_bye(&mut carrier);
    helin.ended_calls(2);
    helin.until_quiet();
}
