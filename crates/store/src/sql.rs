//! Every statement, once, for both engines. `ALL` is what the tests describe on each.
//!
//! `+started` in an order keeps SQLite from walking the whole company by the index of that order instead of looking up
//! the few calls that are wanted.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $text;)*
        /// All of them, by name.
        pub const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    /// Last fact of a company.
    LAST_SEQ = "SELECT COALESCE((SELECT last_seq FROM fact_batch WHERE tenant = $1 ORDER BY first_seq DESC LIMIT 1), 0)";
    /// One commit's facts.
    PUT_FACTS = "INSERT INTO fact_batch (tenant, first_seq, last_seq, first_at, facts) VALUES ($1, $2, $3, $4, $5)";
    /// Batches that hold facts between two.
    FACTS = "SELECT facts FROM fact_batch WHERE tenant = $1 AND first_seq >= (SELECT COALESCE(MAX(first_seq), 0) FROM fact_batch WHERE tenant = $1 AND first_seq <= $2) AND last_seq >= $2 AND first_seq <= $3 ORDER BY first_seq";
    /// One commit's inputs, numbered on.
    PUT_JOURNAL = "INSERT INTO journal_batch (tenant, seq, entries) VALUES ($1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal_batch WHERE tenant = $1), $2)";
    /// The whole journal.
    JOURNAL = "SELECT entries FROM journal_batch WHERE tenant = $1 ORDER BY seq";
    /// A checkpoint.
    PUT_CHECKPOINT = "INSERT INTO checkpoint (tenant, seq, state) VALUES ($1, $2, $3) ON CONFLICT (tenant, seq) DO NOTHING";
    /// The last checkpoint up to a fact.
    CHECKPOINT = "SELECT state FROM checkpoint WHERE tenant = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1";
    /// A call's record.
    PUT_CALL = "INSERT INTO call_record (tenant, call, started, record) VALUES ($1, $2, $3, $4)";
    /// One record.
    CALL = "SELECT record FROM call_record WHERE tenant = $1 AND call = $2";
    /// Newest records.
    CALLS = "SELECT record FROM call_record WHERE tenant = $1 ORDER BY call DESC LIMIT $2";
    /// Newest records before a call.
    CALLS_BEFORE = "SELECT record FROM call_record WHERE tenant = $1 AND call < $2 ORDER BY call DESC LIMIT $3";
    /// A visit.
    PUT_VISIT = "INSERT INTO visit (tenant, grp, call, nth, entered, outcome) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Records of the calls that entered a group between two moments.
    VISITED = "SELECT record FROM call_record WHERE tenant = $1 AND call IN (SELECT call FROM visit WHERE tenant = $1 AND grp = $2 AND entered >= $3 AND entered < $4) ORDER BY +started, call";
    /// Time logged in.
    PUT_SESSION = "INSERT INTO duty_session (tenant, grp, member, since, until) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    /// Times logged in that overlap a window.
    SESSIONS = "SELECT member, since, until FROM duty_session WHERE tenant = $1 AND grp = $2 AND since < $4 AND until > $3 ORDER BY since, member, until";
    /// A time in which an agent took no calls.
    PUT_TIME = "INSERT INTO agent_time (tenant, member, since, until, record) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    /// Such times that overlap a window, of all agents.
    TIMES = "SELECT record FROM agent_time WHERE tenant = $1 AND since < $3 AND until > $2 ORDER BY since, member, until";
    /// A callback that has ended.
    PUT_CALLBACK = "INSERT INTO callback (tenant, grp, callback, ended, record) VALUES ($1, $2, $3, $4, $5)";
    /// The callbacks asked for by calls that entered a group between two moments.
    CALLBACKS = "SELECT record FROM callback WHERE tenant = $1 AND grp = $2 AND callback IN (SELECT call FROM visit WHERE tenant = $1 AND grp = $2 AND entered >= $3 AND entered < $4) ORDER BY callback";
    /// A callback's call to the customer.
    PUT_CALLBACK_CALL = "INSERT INTO callback_call (tenant, grp, call, started) VALUES ($1, $2, $3, $4)";
    /// Records of the calls for callbacks of a group that began between two moments.
    CALLBACK_CALLS = "SELECT record FROM call_record WHERE tenant = $1 AND call IN (SELECT call FROM callback_call WHERE tenant = $1 AND grp = $2 AND started >= $3 AND started < $4) ORDER BY +started, call";
    /// Somebody was on a call.
    PUT_CALL_PARTY = "INSERT INTO call_party (tenant, party, started, call) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    /// Records of a person's calls that began between two moments, but for those that a group offered him.
    CALLS_OF_PARTY = "SELECT record FROM call_record WHERE tenant = $1 AND call IN (SELECT call FROM call_party WHERE tenant = $1 AND party = $2 AND started >= $3 AND started < $4) ORDER BY +started, call";
    /// A group offered somebody calls on a day.
    PUT_OFFERED_DAY = "INSERT INTO offered_day (tenant, party, day, grp) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    /// The groups that offered somebody calls between two days.
    OFFERING_GROUPS = "SELECT DISTINCT grp FROM offered_day WHERE tenant = $1 AND party = $2 AND day >= $3 AND day <= $4 ORDER BY grp";
    /// Where a step of a callback stands among the facts.
    PUT_CALLBACK_STEP = "INSERT INTO callback_step (tenant, callback, seq) VALUES ($1, $2, $3)";
    /// Where the steps of a callback stand.
    CALLBACK_STEPS = "SELECT seq FROM callback_step WHERE tenant = $1 AND callback = $2 ORDER BY seq";
    /// Newest records before a call that began between two moments.
    CALLS_BETWEEN = "SELECT record FROM call_record WHERE tenant = $1 AND call < $2 AND started >= $3 AND started < $4 ORDER BY call DESC LIMIT $5";
    /// A party.
    PUT_PARTY = "INSERT INTO party (tenant, id, kind, label) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    /// The party of a name or number.
    FIND_PARTY = "SELECT id FROM party WHERE tenant = $1 AND kind = $2 AND label = $3";
    /// A party's name or number.
    PARTY = "SELECT kind, label FROM party WHERE tenant = $1 AND id = $2";
    /// Numbers that called or were called, newest first.
    CALLERS = "SELECT id, label FROM party WHERE tenant = $1 AND kind = 'number' AND label IS NOT NULL ORDER BY id DESC LIMIT $2";
    /// The highest party.
    LAST_PARTY = "SELECT COALESCE(MAX(id), 0) FROM party WHERE tenant = $1";
    /// Forgets a party's name and number.
    ERASE_PARTY = "UPDATE party SET label = NULL WHERE tenant = $1 AND id = $2";
    /// Whether the database answers.
    ANY_COMPANY = "SELECT version FROM company LIMIT 1";
    /// All companies with their newest settings.
    COMPANIES = "SELECT c.tenant, c.version, v.document FROM company c JOIN company_version v ON v.tenant = c.tenant AND v.version = c.version ORDER BY c.tenant";
    /// The settings of one version.
    COMPANY_VERSION = "SELECT document FROM company_version WHERE tenant = $1 AND version = $2";
    /// The first version.
    NEW_COMPANY = "INSERT INTO company (tenant, version) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    /// The next version, if nobody was faster.
    NEXT_VERSION = "UPDATE company SET version = $2 WHERE tenant = $1 AND version = $3";
    /// The settings of a version.
    PUT_VERSION = "INSERT INTO company_version (tenant, version, document, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)";
    /// A company's claims on the platform's names are given up, to be made anew.
    CLEAR_DIRECTORY = "DELETE FROM directory WHERE tenant = $1";
    /// A claim.
    CLAIM = "INSERT INTO directory (kind, label, tenant) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    /// Which other company has a claim.
    CLAIMED = "SELECT tenant FROM directory WHERE kind = $1 AND label = $2 AND tenant <> $3";
    /// A secret.
    PUT_SECRET = "INSERT INTO secret (tenant, name, kind, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, name, kind) DO UPDATE SET sealed = excluded.sealed";
    /// A company's secrets of a kind.
    SECRETS = "SELECT name, sealed FROM secret WHERE tenant = $1 AND kind = $2";
    /// A token.
    PUT_TOKEN = "INSERT INTO token (hash, scope, tenant, person, expires) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING";
    /// All tokens.
    TOKENS = "SELECT id, hash, scope, tenant, person, expires, revoked FROM token ORDER BY id";
    /// Ends a token.
    REVOKE_TOKEN = "UPDATE token SET revoked = $2 WHERE id = $1 AND revoked IS NULL";
    /// A contact.
    PUT_REGISTRATION = "INSERT INTO registration (tenant, party, contact, expires, binding) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, party, contact) DO UPDATE SET expires = excluded.expires, binding = excluded.binding";
    /// A user's contacts are given up, to be written anew.
    CLEAR_REGISTRATION = "DELETE FROM registration WHERE tenant = $1 AND party = $2";
    /// All contacts that still hold.
    REGISTRATIONS = "SELECT tenant, party, binding FROM registration WHERE expires > $1 ORDER BY tenant, party, contact";
    /// Audio.
    PUT_AUDIO = "INSERT INTO prompt_audio (hash, audio) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    /// Audio that no document names.
    DELETE_AUDIO = "DELETE FROM prompt_audio WHERE hash = $1";
    /// Audio by its hash.
    AUDIO = "SELECT audio FROM prompt_audio WHERE hash = $1";
}

/// A statement that writes one row, made to write `count` rows at once; the parameters of the rows follow on.
pub(crate) fn rows(statement: &str, count: usize) -> String {
    let (head, rest) = statement.split_once("VALUES (").expect("it writes a row");
    let (row, tail) = rest.split_once(')').expect("a row ends");
    let width = row.split(',').count();
    let mut text = format!("{head}VALUES ");
    for nth in 0..count {
        text.push_str(if nth == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            text.push_str(&format!("{comma}${}", nth * width + column));
        }
        text.push(')');
    }
    text.push_str(tail);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_is_the_statement_itself_and_more_follow_on() {
        for statement in [PUT_CALL, PUT_VISIT, PUT_PARTY] {
            assert_eq!(rows(statement, 1), statement);
        }
        assert_eq!(
            rows(PUT_PARTY, 2),
            "INSERT INTO party (tenant, id, kind, label) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8) \
             ON CONFLICT DO NOTHING"
        );
    }
}
