-- Facts, journal, checkpoints: packed batches, one row per company and commit.
CREATE TABLE fact_batch (
    tenant TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    facts BLOB NOT NULL,
    PRIMARY KEY (tenant, first_seq)
) STRICT;
CREATE TABLE journal_batch (
    tenant TEXT NOT NULL,
    seq INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT;
CREATE TABLE checkpoint (
    tenant TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT;

-- Folded rows.
CREATE TABLE call_record (
    tenant TEXT NOT NULL,
    call TEXT NOT NULL,
    started INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (tenant, call)
) STRICT;
CREATE INDEX call_record_started ON call_record (tenant, started);
CREATE TABLE visit (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    call TEXT NOT NULL,
    nth INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    outcome TEXT,
    PRIMARY KEY (tenant, call, nth)
) STRICT;
CREATE INDEX visit_entered ON visit (tenant, grp, entered);
CREATE TABLE duty_session (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    member INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (tenant, grp, member, since, until)
) STRICT;

-- People: the only place of names and numbers of those who called.
CREATE TABLE party (
    tenant TEXT NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    label TEXT,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE UNIQUE INDEX party_label ON party (tenant, kind, label);

-- Companies and their settings, version by version.
CREATE TABLE company (
    tenant TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT;
CREATE TABLE company_version (
    tenant TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, version)
) STRICT;
-- What must be unique over the platform.
CREATE TABLE directory (
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    tenant TEXT NOT NULL,
    PRIMARY KEY (kind, label)
) STRICT;
CREATE TABLE secret (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant, name, kind)
) STRICT;

CREATE TABLE token (
    id INTEGER NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    tenant TEXT,
    person TEXT,
    expires INTEGER,
    revoked INTEGER
) STRICT;
CREATE TABLE registration (
    tenant TEXT NOT NULL,
    party INTEGER NOT NULL,
    contact TEXT NOT NULL,
    expires INTEGER NOT NULL,
    binding BLOB NOT NULL,
    PRIMARY KEY (tenant, party, contact)
) STRICT;
CREATE TABLE prompt_audio (
    hash TEXT NOT NULL PRIMARY KEY,
    audio BLOB NOT NULL
) STRICT;
