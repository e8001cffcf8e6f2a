//! What a person does now: who may say it, and what reaches the switchboard.

use model::input::{Activity, Command};

use crate::house::{ADMIN, House, MARI, MEMBER, OPERATOR, SINILIND, SUPERVISOR};

const PATH: &str = "/api/v1/users/mari/presence";

// req V-32
#[tokio::test]
async fn each_activity_reaches_the_switchboard() {
    let house = House::build().await;
    for activity in Activity::ALL {
        let body = format!("{{\"activity\":\"{}\"}}", activity.word());
        let answer = house.ask("PUT", PATH, SINILIND, &body).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""), "{body}");
        assert_eq!(house.commands(), [Command::Presence { party: MARI, activity }]);
    }
}

#[tokio::test]
async fn a_person_says_it_of_himself_only() {
    let house = House::build().await;
    for (token, query, status) in [
        (SINILIND, "", 204),
        (ADMIN, "", 204),
        (MEMBER, "", 204),
        (OPERATOR, "?company=sinilind", 204),
        (OPERATOR, "", 400),
        (SUPERVISOR, "", 403),
    ] {
        let answer = house.ask("PUT", &format!("{PATH}{query}"), token, "{\"activity\":\"busy\"}").await;
        assert_eq!(answer.status.as_u16(), status, "{token}: {}", answer.text);
        assert_eq!(house.commands().len(), usize::from(status == 204), "{token}");
    }
    let nobody = "/api/v1/users/nobody/presence";
    house.ask("PUT", nobody, SINILIND, "{\"activity\":\"busy\"}").await.problem(404, "not_found");
    house.ask("PUT", nobody, MEMBER, "{\"activity\":\"busy\"}").await.problem(403, "forbidden");
    for body in ["", "{}", "{\"activity\":\"asleep\"}"] {
        house.ask("PUT", PATH, SINILIND, body).await.problem(400, "bad_request");
    }
}
