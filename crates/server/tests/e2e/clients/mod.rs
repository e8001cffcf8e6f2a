//! Real clients, each a process of its own: SIPp, baresip and linphonec, as phones and as carriers.

mod baresip;
mod linphonec;
mod sipp;
mod tape;

mod attended;
mod blind;
mod called_back;
mod calls;
mod camped;
mod queue;

use std::process::Child;

use crate::process::Helin;

const INFO: &str = "+3726001000";
const VAXEL: &str = "+4681001000";
const ASIAKASPALVELU: &str = "+35810200010";

/// A client that ends with the test.
struct Client(Child);

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until a user's phone is registered.
#[track_caller]
fn until_registered(helin: &Helin, user: &str) {
    let group = match user {
        "astrid" | "bjorn" => VAXEL,
        "aino" => ASIAKASPALVELU,
        _ => INFO,
    };
    helin.until_member(group, user, "available");
}
