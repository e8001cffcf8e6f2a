//! Hold: who is put on hold hears the music of the group through which the call came, else the company's.

use model::config::PromptChoice;
use model::fact::Place;
use model::leg::LegCommand;

use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;

impl Switchboard {
    /// A side wants to hear nothing now.
    pub(crate) fn held(&mut self, call: &mut Call, by: u16) {
        if !matches!(call.phase, Phase::Talking) || call.held_by.is_some() {
            return;
        }
        let Some(joined) = call.joined() else { return };
        call.held_by = Some(by);
        let other = if by == call.served { joined } else { call.served };
        self.hold_music(call, other);
    }

    /// It takes the other side back.
    pub(crate) fn unheld(&mut self, call: &mut Call, by: u16) {
        if !matches!(call.phase, Phase::Talking) || call.held_by != Some(by) {
            return;
        }
        let Some(joined) = call.joined() else { return };
        call.held_by = None;
        let with = call.leg_id(joined);
        self.command_leg(call.caller_leg(), LegCommand::Join { with });
    }

    pub(super) fn hold_music(&mut self, call: &Call, n: u16) {
        let group = call.through().and_then(|number| self.settings.group(number));
        let language = group.as_ref().map_or(self.settings.config.language, |group| group.language);
        let music = group.map_or(PromptChoice::BuiltIn, |group| group.announcements.music.clone());
        let Some(saying) = self.chosen(&music, "music", language, Place::Music) else { return };
        self.music_on(call.leg_id(n), saying);
    }
}
