//! The directory: found by any field, in order of name, in pages; one company's only.

use api::gateway::{DirectoryEntry, EntryKind};

use crate::house::{House, KULDNOKK, MEMBER, SINILIND};

fn person(name: &str, display_name: &str, extension: &str, department: &str) -> DirectoryEntry {
    DirectoryEntry {
        kind: EntryKind::User,
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        number: Some(format!("+3725550{extension}")),
        extension: Some(extension.to_owned()),
        title: "Klienditeenindaja".to_owned(),
        department: department.to_owned(),
        keywords: vec!["arved".to_owned()],
        state: "available",
    }
}

async fn house() -> House {
    let house = House::build().await;
    let group = DirectoryEntry {
        kind: EntryKind::Group,
        number: Some("+3726001000".to_owned()),
        extension: None,
        title: String::new(),
        keywords: Vec::new(),
        state: "open",
        ..person("Klienditugi", "Klienditugi", "0", "")
    };
    house.heard.lock().unwrap().directory = vec![
        person("mari", "Mari Tamm", "101", "Müük"),
        group,
        person("aino", "Aino Virtanen", "201", "Tugi"),
        DirectoryEntry { state: "meeting", ..person("ülo", "Ülo Õun", "102", "Müük") },
    ];
    house
}

#[tokio::test]
async fn people_and_groups_are_found_by_any_field() {
    let house = house().await;
    for (q, names) in [
        ("", vec!["aino", "Klienditugi", "mari", "ülo"]),
        ("m%C3%9C%C3%9CK", vec!["mari", "ülo"]),
        ("%C3%B5un", vec!["ülo"]),
        ("virt+AINO", vec!["aino"]),
        ("virtanen+mari", vec![]),
        ("201", vec!["aino"]),
        ("%2B3726001000", vec!["Klienditugi"]),
        // A plus that was not encoded reads as a space.
        ("+3726001000", vec!["Klienditugi"]),
        ("klienditeenindaja+arved", vec!["aino", "mari", "ülo"]),
        ("meeting", vec!["ülo"]),
        ("open", vec!["Klienditugi"]),
    ] {
        let list = house.get(&format!("/api/v1/directory?q={q}"), MEMBER).await.json();
        let found: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect();
        assert_eq!(found, names, "{q}");
    }
    let list = house.get("/api/v1/directory?q=aino", SINILIND).await.json();
    assert_eq!(
        list["items"][0],
        serde_json::json!({"kind": "user", "name": "aino", "display_name": "Aino Virtanen",
            "number": "+3725550201", "extension": "201", "title": "Klienditeenindaja", "department": "Tugi",
            "keywords": ["arved"], "state": "available"})
    );
    assert_eq!(house.get("/api/v1/directory?q=tugi", SINILIND).await.json()["items"][1]["kind"], "group");
}

#[tokio::test]
async fn the_directory_goes_in_pages_and_stays_in_the_company() {
    let house = house().await;
    let first = house.get("/api/v1/directory?limit=3", SINILIND).await.json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(next, "user:mari");
    let second = house.get(&format!("/api/v1/directory?limit=3&cursor={next}"), SINILIND).await.json();
    assert_eq!((second["items"][0]["name"].as_str(), second["next"].as_str()), (Some("ülo"), None));
    assert_eq!(house.get("/api/v1/directory", KULDNOKK).await.json()["items"].as_array().unwrap().len(), 0);
}
