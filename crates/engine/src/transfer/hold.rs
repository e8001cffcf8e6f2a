//! Hold: who is put on hold hears the music of the group through which the call came, else the company's.

use model::config::PromptChoice;
use model::fact::Place;
use model::leg::LegCommand;

use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;

impl Switchboard {
    /// A side wants to hear nothing now.
    pub(crate) fn held(&mut self, call: &mut Call, by: u16) {
        if call.held.insert(by) && matches!(call.phase, Phase::Talking) {
            self.hold_goes_on(call);
        }
    }

    /// It wants to hear the other side again. Who is on hold there meanwhile goes on waiting.
    pub(crate) fn unheld(&mut self, call: &mut Call, by: u16) {
        if !call.held.remove(&by) || !matches!(call.phase, Phase::Talking) {
            return;
        }
        let Some(joined) = call.joined() else { return };
        let with = call.leg_id(joined);
        self.command_leg(call.caller_leg(), LegCommand::Join { with });
        self.hold_goes_on(call);
    }

    /// Both sides are joined: who is held by the other, and holds it not himself, hears music.
    pub(crate) fn hold_goes_on(&mut self, call: &Call) {
        let Some(joined) = call.joined() else { return };
        let served = call.served;
        match (call.held.contains(&served), call.held.contains(&joined)) {
            (true, false) => self.hold_music(call, joined),
            (false, true) => self.hold_music(call, served),
            (true, true) | (false, false) => {}
        }
    }

    pub(super) fn hold_music(&mut self, call: &Call, n: u16) {
        let group = call.through().and_then(|number| self.settings.group(number));
        let language = group.as_ref().map_or(self.settings.config.language, |group| group.language);
        let music = group.map_or(PromptChoice::BuiltIn, |group| group.announcements.music.clone());
        let Some(saying) = self.chosen(&music, "music", language, Place::Music) else { return };
        self.music_on(call.leg_id(n), saying);
    }
}
