//! Keys as telephone events (RFC 4733): one key press is one key, however many packets tell of it.

const KEYS: &[u8; 16] = b"0123456789*#ABCD";

/// The payloads of a press of 100 ms, all sent at once: its beginning, and its end three times, as any may be lost
/// (RFC 4733 2.5.1.4).
pub fn press(key: char) -> Option<[[u8; 4]; 4]> {
    let event = u8::try_from(KEYS.iter().position(|known| char::from(*known) == key)?).ok()?;
    let [high, low] = 800_u16.to_be_bytes();
    let end = [event, 0x8a, high, low];
    Some([[event, 0x0a, 0, 160], end, end, end])
}

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

    #[test]
    fn a_press_of_ours_is_one_key_even_when_its_beginning_is_lost() {
        for key in "0123456789*#ABCD".chars() {
            let payloads = press(key).unwrap();
            for heard in [&payloads[..], &payloads[3..]] {
                let mut keys = Keys::default();
                let told: Vec<char> = heard.iter().filter_map(|payload| keys.packet(7, payload)).collect();
                assert_eq!(told, [key]);
            }
        }
        assert_eq!(press('x'), None);
    }
}
