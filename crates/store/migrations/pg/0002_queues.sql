-- Folded rows of queues: when agents took no calls, callbacks that ended, and the calls made for them.
CREATE TABLE agent_time (
    tenant TEXT NOT NULL,
    member BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    record BYTEA NOT NULL,
    PRIMARY KEY (tenant, member, since, until)
);
CREATE INDEX agent_time_until ON agent_time (tenant, until);
CREATE TABLE callback (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    callback TEXT NOT NULL,
    ended BIGINT NOT NULL,
    record BYTEA NOT NULL,
    PRIMARY KEY (tenant, grp, callback)
);
CREATE TABLE callback_call (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    call TEXT NOT NULL,
    started BIGINT NOT NULL,
    PRIMARY KEY (tenant, call)
);
CREATE INDEX callback_call_started ON callback_call (tenant, grp, started);
