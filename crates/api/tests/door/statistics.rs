//! Figures of a group and its table of calls.

use crate::house::{GROUP, House, SINILIND};

// req K-03
#[tokio::test]
async fn figures_per_member_have_a_share_of_the_answered_calls() {
    let house = House::build().await;
    let figures = house.get(&format!("/api/v1/groups/{GROUP}/statistics"), SINILIND).await.json();
    assert_eq!(figures["members"][0]["user"], "mari");
    assert_eq!(figures["members"][0]["share"], 0.75);
    assert_eq!(figures["members"][1]["share"], 0.25);
    assert_eq!(figures["members"][0]["missed"]["no_answer"], 1);
    assert_eq!(figures["members"][0]["logged_in_s"], 3_600);
    assert_eq!(figures["members"][0]["talk_s"], 50);
}

#[tokio::test]
async fn a_window_is_read_as_utc() {
    let house = House::build().await;
    // The node gives the window back as seconds.
    for (query, from, to) in [
        ("from=2026-03-02&to=2026-03-03", 1_772_409_600_u64, 1_772_496_000_u64),
        ("from=2026-03-02T09:00:00Z&to=2026-03-02T09:30:00.500Z", 1_772_442_000, 1_772_443_800),
        ("from=2026-03-02T09:00&to=2026-03-02T09:00:00%2B00:00", 1_772_442_000, 1_772_442_000),
    ] {
        let path = format!("/api/v1/groups/{GROUP}/statistics?{query}");
        let figures = house.get(&path, SINILIND).await.json();
        assert_eq!((&figures["offered"], &figures["overflowed"]), (&from.into(), &to.into()), "{query}");
    }
}

#[tokio::test]
async fn the_table_has_one_line_per_visit() {
    let house = House::build().await;
    let query = "from=2026-03-02T09:01:00Z&to=2026-03-02T09:03:00Z";
    let answer = house.get(&format!("/api/v1/groups/{GROUP}/calls.csv?{query}"), SINILIND).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(
        lines,
        [
            "call,from,group,entered,position,answered_by,answered,left,outcome,wait_s,talk_s",
            "019cab00-0001-7000-8000-000000000001,+3725551234,+3726001000,2026-03-02T09:01:00.000Z,,juri,2026-03-02T09:01:10.000Z,2026-03-02T09:02:00.000Z,served,10,50",
            "019cab00-0002-7000-8000-000000000002,+3725551234,+3726001000,2026-03-02T09:02:00.000Z,,juri,2026-03-02T09:02:10.000Z,2026-03-02T09:03:00.000Z,served,10,50",
        ]
    );
}
