//! Keys as telephone events (RFC 4733): one key press is one key, however many packets tell of it.

const KEYS: &[u8; 16] = b"0123456789*#ABCD";

/// Hears keys in a stream's telephone-event packets.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// Timestamp of the press told last: all packets of one press have the same.
    told: Option<u32>,
}

impl Keys {
    /// Takes a packet's payload; the key of a press not told yet. A press is told with its first packet, so
    /// that lost ends do not matter.
    pub fn packet(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let event = *payload.first()?;
        let key = *KEYS.get(usize::from(event))?;
        if payload.len() < 4 || self.told == Some(timestamp) {
            return None;
        }
        self.told = Some(timestamp);
        Some(char::from(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_press_is_one_key() {
        let mut keys = Keys::default();
        assert_eq!(keys.packet(100, &[1, 10, 0, 160]), Some('1'));
        for _ in 0..5 {
            assert_eq!(keys.packet(100, &[1, 0x8a, 1, 64]), None);
        }
        assert_eq!(keys.packet(900, &[1, 0x8a, 1, 64]), Some('1'), "only the end came through");
        assert_eq!(keys.packet(1_700, &[11, 10, 0, 160]), Some('#'));
        assert_eq!(keys.packet(2_500, &[16, 10, 0, 160]), None, "flash is no key");
        assert_eq!(keys.packet(2_600, &[]), None);
    }
}
