-- Facts, journal, checkpoints: packed batches, one row per company and commit.
CREATE TABLE fact_batch (
    tenant TEXT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    facts BYTEA NOT NULL,
    PRIMARY KEY (tenant, first_seq)
);
CREATE TABLE journal_batch (
    tenant TEXT NOT NULL,
    seq BIGINT NOT NULL,
    entries BYTEA NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE TABLE checkpoint (
    tenant TEXT NOT NULL,
    seq BIGINT NOT NULL,
    state BYTEA NOT NULL,
    PRIMARY KEY (tenant, seq)
);

-- Folded rows.
CREATE TABLE call_record (
    tenant TEXT NOT NULL,
    call TEXT NOT NULL,
    started BIGINT NOT NULL,
    record BYTEA NOT NULL,
    PRIMARY KEY (tenant, call)
);
CREATE INDEX call_record_started ON call_record (tenant, started);
CREATE TABLE visit (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    call TEXT NOT NULL,
    nth BIGINT NOT NULL,
    entered BIGINT NOT NULL,
    outcome TEXT,
    PRIMARY KEY (tenant, call, nth)
);
CREATE INDEX visit_entered ON visit (tenant, grp, entered);
CREATE TABLE duty_session (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    member BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (tenant, grp, member, since, until)
);

-- People: the only place of names and numbers of those who called.
CREATE TABLE party (
    tenant TEXT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX party_label ON party (tenant, kind, label);

-- Companies and their settings, version by version.
CREATE TABLE company (
    tenant TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
CREATE TABLE company_version (
    tenant TEXT NOT NULL,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, version)
);
-- What must be unique over the platform.
CREATE TABLE directory (
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    tenant TEXT NOT NULL,
    PRIMARY KEY (kind, label)
);
CREATE TABLE secret (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (tenant, name, kind)
);

CREATE TABLE token (
    id BIGINT NOT NULL PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    tenant TEXT,
    person TEXT,
    expires BIGINT,
    revoked BIGINT
);
CREATE TABLE registration (
    tenant TEXT NOT NULL,
    party BIGINT NOT NULL,
    contact TEXT NOT NULL,
    expires BIGINT NOT NULL,
    binding BYTEA NOT NULL,
    PRIMARY KEY (tenant, party, contact)
);
CREATE TABLE prompt_audio (
    hash TEXT NOT NULL PRIMARY KEY,
    audio BYTEA NOT NULL
);
