//! The one-time set-up link: while nobody has a token, each start without the demo makes a link and prints it; who
//! opens it gets the first operator's token, once.
//!
//! Invariant: the link lives in this process only, and ends with its first use. Opening it with GET changes nothing,
//! so that a program which looks at links does not use it up.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::language::Language;
use sha2::{Digest, Sha256};
use store::{NewToken, Store, StoreError, TokenScope};

/// What the link's pages need.
#[derive(Debug, Clone)]
pub(crate) struct SetUp {
    store: Store,
    /// SHA-256 of the link's secret; none once it has been used.
    secret: Arc<Mutex<Option<[u8; 32]>>>,
}

impl SetUp {
    /// A link for a platform that nobody can use yet: its path, and what answers there. `None` where a token exists.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn begin(store: &Store) -> Result<Option<(String, Router)>, StoreError> {
        if !store.tokens().await?.is_empty() {
            return Ok(None);
        }
        let secret = chance();
        let set_up = SetUp { store: store.clone(), secret: Arc::new(Mutex::new(Some(digest(&secret)))) };
        let router = Router::new().route("/setup/{secret}", get(show).post(take)).with_state(set_up);
        Ok(Some((format!("/setup/{secret}"), router)))
    }

    fn is_open(&self, secret: &str) -> bool {
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner) == Some(digest(secret))
    }

    /// Ends the link; `false`: it is not this one, or has been used.
    fn close(&self, secret: &str) -> bool {
        let mut open = self.secret.lock().unwrap_or_else(PoisonError::into_inner);
        open.take_if(|open| *open == digest(secret)).is_some()
    }
}

/// 256 bits of chance as text: a token, or a link's secret.
pub(crate) fn chance() -> String {
    let octets: [u8; 32] = rand::random();
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The link is held as a hash, so that comparing tells nothing by its time.
fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

async fn show(State(set_up): State<SetUp>, Path(secret): Path<String>, headers: HeaderMap) -> Response {
    let words = Words::of(&headers);
    if !set_up.is_open(&secret) {
        return page(StatusCode::NOT_FOUND, words, &format!("<p>{}</p>", words.gone));
    }
    let form =
        format!("<p>{}</p><form method=\"post\"><button>{}</button></form>", words.offer, words.button);
    page(StatusCode::OK, words, &form)
}

async fn take(State(set_up): State<SetUp>, Path(secret): Path<String>, headers: HeaderMap) -> Response {
    let words = Words::of(&headers);
    if !set_up.close(&secret) {
        return page(StatusCode::NOT_FOUND, words, &format!("<p>{}</p>", words.gone));
    }
    let token = chance();
    let new = NewToken { token: token.clone(), scope: TokenScope::Operator, expires: None };
    if let Err(error) = set_up.store.put_token(&new).await {
        tracing::error!(%error, "the first token could not be written; restart Helin for a new link");
        return page(StatusCode::SERVICE_UNAVAILABLE, words, &format!("<p>{}</p>", words.failed));
    }
    tracing::info!("the set-up link was used: the first operator's token exists");
    page(StatusCode::OK, words, &format!("<p>{}</p><pre>{token}</pre>", words.token))
}

fn page(status: StatusCode, words: &Words, body: &str) -> Response {
    let language = words.language.code();
    let text = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>Helin</title><h1>Helin</h1>{body}</html>\n"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // The address is a secret, and so is what stands here.
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, text).into_response()
}

struct Words {
    language: Language,
    offer: &'static str,
    button: &'static str,
    token: &'static str,
    gone: &'static str,
    failed: &'static str,
}

impl Words {
    /// In the first language of `Accept-Language` that there is, else English.
    fn of(headers: &HeaderMap) -> &'static Words {
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let known = asked.split(',').find_map(|wish| {
            let code = wish.trim().split([';', '-']).next()?.to_ascii_lowercase();
            WORDS.iter().find(|words| words.language.code() == code)
        });
        known.unwrap_or(&WORDS[0])
    }
}

static WORDS: [Words; 5] = [
    Words {
        language: Language::En,
        offer: "Nobody has a token for this Helin yet. The first one opens everything; it is shown once.",
        button: "Make the operator's token",
        token: "The operator's token. Keep it safe, it is not shown again:",
        gone: "This link has been used or is not the newest. `helin token create --operator` makes a token, too.",
        failed: "The token could not be written. Start Helin again for a new link.",
    },
    Words {
        language: Language::Et,
        offer: "Sellel Helinal pole veel ühtki võtit. Esimene avab kõik; seda näidatakse üks kord.",
        button: "Loo operaatori võti",
        token: "Operaatori võti. Hoia seda hoolega, uuesti seda ei näidata:",
        gone: "See link on kasutatud või pole kõige uuem. Võtme loob ka `helin token create --operator`.",
        failed: "Võtit ei saanud salvestada. Uue lingi saamiseks käivita Helin uuesti.",
    },
    Words {
        language: Language::Fi,
        offer: "Tällä Helinillä ei ole vielä avaimia. Ensimmäinen avaa kaiken; se näytetään kerran.",
        button: "Luo operaattorin avain",
        token: "Operaattorin avain. Säilytä se huolella, sitä ei näytetä uudelleen:",
        gone: "Linkki on käytetty tai se ei ole uusin. Avaimen luo myös `helin token create --operator`.",
        failed: "Avainta ei voitu tallentaa. Käynnistä Helin uudelleen, niin saat uuden linkin.",
    },
    Words {
        language: Language::Sv,
        offer: "Den här Helin har ännu ingen nyckel. Den första öppnar allt; den visas en gång.",
        button: "Skapa operatörens nyckel",
        token: "Operatörens nyckel. Förvara den väl, den visas inte igen:",
        gone: "Länken är använd eller inte den senaste. `helin token create --operator` skapar också en nyckel.",
        failed: "Nyckeln kunde inte sparas. Starta Helin igen för en ny länk.",
    },
    Words {
        language: Language::Ru,
        offer: "У этого Helin ещё нет ключей. Первый открывает всё; он показывается один раз.",
        button: "Создать ключ оператора",
        token: "Ключ оператора. Храните его надёжно, больше он не показывается:",
        gone: "Ссылка уже использована или устарела. Ключ создаёт и `helin token create --operator`.",
        failed: "Ключ не удалось сохранить. Перезапустите Helin, чтобы получить новую ссылку.",
    },
];
