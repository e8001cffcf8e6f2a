//! Registrations and the audio of prompts.

use model::id::{PartyId, TenantId};
use model::time::Utc;
use store::{BindingRow, Contacts, Store};

use crate::place::Place;
use crate::sample::tenant;

on_both!(
    registrations_stand_after_a_restart,
    a_users_contacts_are_written_anew,
    an_expired_contact_is_not_restored,
    audio_is_kept_once_under_its_hash,
);

const NOW: Utc = Utc(1_772_409_600_000_000);
const LATER: Utc = Utc(NOW.0 + 60_000_000);

async fn registrations_stand_after_a_restart(place: &Place) {
    let store = place.open().await;
    put(&store, "sinilind", 1, &[("sip:mari@192.0.2.1:5060", LATER), ("sip:mari@192.0.2.2", LATER)]).await;
    put(&store, "sinilind", 2, &[("sip:juri@192.0.2.3", LATER)]).await;
    put(&store, "kuldnokk", 1, &[("sip:mari@192.0.2.1:5060", LATER)]).await;
    let store = place.reopen(store).await;
    let expected = [
        ("kuldnokk", 1, "sip:mari@192.0.2.1:5060"),
        ("sinilind", 1, "sip:mari@192.0.2.1:5060"),
        ("sinilind", 1, "sip:mari@192.0.2.2"),
        ("sinilind", 2, "sip:juri@192.0.2.3"),
    ];
    let expected: Vec<(TenantId, PartyId, Vec<u8>)> =
        expected.map(|(company, party, contact)| (tenant(company), PartyId(party), packed(contact))).into();
    assert_eq!(store.registrations(NOW).await.unwrap(), expected);
}

async fn a_users_contacts_are_written_anew(place: &Place) {
    let store = place.open().await;
    put(&store, "sinilind", 1, &[("sip:a@192.0.2.1", LATER), ("sip:b@192.0.2.1", LATER)]).await;
    put(&store, "sinilind", 2, &[("sip:c@192.0.2.1", LATER)]).await;
    put(&store, "sinilind", 1, &[("sip:b@192.0.2.1", LATER)]).await;
    assert_eq!(contacts(&store).await, [packed("sip:b@192.0.2.1"), packed("sip:c@192.0.2.1")]);
    put(&store, "sinilind", 1, &[]).await;
    assert_eq!(contacts(&store).await, [packed("sip:c@192.0.2.1")]);
}

async fn an_expired_contact_is_not_restored(place: &Place) {
    let store = place.open().await;
    put(&store, "sinilind", 1, &[("sip:a@192.0.2.1", NOW), ("sip:b@192.0.2.1", Utc(NOW.0 + 1))]).await;
    assert_eq!(contacts(&store).await, [packed("sip:b@192.0.2.1")]);
}

async fn audio_is_kept_once_under_its_hash(place: &Place) {
    let store = place.open().await;
    let audio: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    store.put_audio("hash", &audio).await.unwrap();
    store.put_audio("hash", &audio).await.unwrap();
    let store = place.reopen(store).await;
    assert_eq!(store.audio("hash").await.unwrap().as_deref(), Some(audio.as_slice()));
    assert_eq!(store.audio("other").await.unwrap(), None);
}

async fn contacts(store: &Store) -> Vec<Vec<u8>> {
    store.registrations(NOW).await.unwrap().into_iter().map(|(_, _, binding)| binding).collect()
}

async fn put(store: &Store, company: &str, party: u64, contacts: &[(&str, Utc)]) {
    let bindings = contacts
        .iter()
        .map(|(contact, expires)| BindingRow {
            contact: (*contact).to_owned(),
            expires: *expires,
            binding: packed(contact),
        })
        .collect();
    // An older word of the same user goes before; the newer one holds.
    let older = BindingRow { contact: "sip:old@192.0.2.9".to_owned(), expires: NOW, binding: Vec::new() };
    let of = |bindings| Contacts { tenant: tenant(company), party: PartyId(party), bindings };
    store.put_registrations(&[of(vec![older]), of(bindings)]).await.unwrap();
}

/// Octets that are no text: what the registrar packs is its own affair.
fn packed(contact: &str) -> Vec<u8> {
    [&[0, 255, 128], contact.as_bytes()].concat()
}
