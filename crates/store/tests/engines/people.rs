//! The rows of people: found by name and number, never counted twice, forgotten on demand.

use model::id::PartyId;
use store::{NewParty, PartyKey, PartyRow, Writer};

use crate::place::Place;
use crate::sample::{commit, tenant};

on_both!(
    a_person_is_found_by_name_and_a_caller_by_number,
    ids_go_on_where_they_ended,
    an_erased_party_is_nobody_and_his_number_a_new_party,
    another_company_knows_nobody,
);

async fn a_person_is_found_by_name_and_a_caller_by_number(place: &Place) {
    let store = place.open().await;
    meet(&store, &[(1, person("mari")), (2, number("+3725551234")), (3, PartyKey::Nobody)]).await;
    let store = place.reopen(store).await;
    let sinilind = tenant("sinilind");
    assert_eq!(store.find_party(&sinilind, &person("mari")).await.unwrap(), Some(PartyId(1)));
    assert_eq!(store.find_party(&sinilind, &number("+3725551234")).await.unwrap(), Some(PartyId(2)));
    assert_eq!(store.find_party(&sinilind, &person("juri")).await.unwrap(), None);
    assert_eq!(store.find_party(&sinilind, &PartyKey::Nobody).await.unwrap(), None);
    let row = |person: Option<&str>, number: Option<&str>| {
        Some(PartyRow { person: person.map(str::to_owned), number: number.map(str::to_owned) })
    };
    assert_eq!(store.party(&sinilind, PartyId(1)).await.unwrap(), row(Some("mari"), None));
    assert_eq!(store.party(&sinilind, PartyId(2)).await.unwrap(), row(None, Some("+3725551234")));
    assert_eq!(store.party(&sinilind, PartyId(3)).await.unwrap(), row(None, None));
    assert_eq!(store.party(&sinilind, PartyId(4)).await.unwrap(), None);
}

async fn ids_go_on_where_they_ended(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.next_party(&tenant("sinilind")).await.unwrap(), 1);
    meet(&store, &[(1, PartyKey::Nobody), (2, PartyKey::Nobody), (7, person("kati"))]).await;
    assert_eq!(store.next_party(&tenant("sinilind")).await.unwrap(), 8);
    assert_eq!(store.next_party(&tenant("kuldnokk")).await.unwrap(), 1);
}

async fn an_erased_party_is_nobody_and_his_number_a_new_party(place: &Place) {
    let store = place.open().await;
    let sinilind = tenant("sinilind");
    meet(&store, &[(1, number("+3725551234")), (2, number("+3725555678"))]).await;
    store.erase_party(&sinilind, PartyId(1)).await.unwrap();
    store.erase_party(&sinilind, PartyId(2)).await.unwrap();
    assert_eq!(
        store.party(&sinilind, PartyId(1)).await.unwrap(),
        Some(PartyRow { person: None, number: None })
    );
    assert_eq!(store.find_party(&sinilind, &number("+3725551234")).await.unwrap(), None);
    // The id is not given to anybody else.
    assert_eq!(store.next_party(&sinilind).await.unwrap(), 3);
    meet(&store, &[(3, number("+3725551234"))]).await;
    assert_eq!(store.find_party(&sinilind, &number("+3725551234")).await.unwrap(), Some(PartyId(3)));
}

async fn another_company_knows_nobody(place: &Place) {
    let store = place.open().await;
    meet(&store, &[(1, person("mari")), (2, number("+3725551234"))]).await;
    let kuldnokk = tenant("kuldnokk");
    assert_eq!(store.find_party(&kuldnokk, &person("mari")).await.unwrap(), None);
    assert_eq!(store.party(&kuldnokk, PartyId(2)).await.unwrap(), None);
    store.erase_party(&kuldnokk, PartyId(2)).await.unwrap();
    let row = store.party(&tenant("sinilind"), PartyId(2)).await.unwrap().unwrap();
    assert_eq!(row.number.as_deref(), Some("+3725551234"));
}

/// Parties are written with the commit in which they are seen for the first time.
async fn meet(store: &store::Store, parties: &[(u64, PartyKey)]) {
    let mut commit = commit("sinilind");
    commit.parties =
        parties.iter().map(|(id, key)| NewParty { id: PartyId(*id), key: key.clone() }).collect();
    Writer::start(store.clone()).submit(commit).await.unwrap();
}

fn person(name: &str) -> PartyKey {
    PartyKey::Person(name.parse().unwrap())
}

fn number(text: &str) -> PartyKey {
    PartyKey::Number(text.parse().unwrap())
}
