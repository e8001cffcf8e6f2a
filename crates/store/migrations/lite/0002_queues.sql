-- Folded rows of queues: when agents took no calls, callbacks that ended, and the calls made for them.
CREATE TABLE agent_time (
    tenant TEXT NOT NULL,
    member INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (tenant, member, since, until)
) STRICT;
CREATE INDEX agent_time_until ON agent_time (tenant, until);
CREATE TABLE callback (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    callback TEXT NOT NULL,
    ended INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (tenant, grp, callback)
) STRICT;
CREATE TABLE callback_call (
    tenant TEXT NOT NULL,
    grp TEXT NOT NULL,
    call TEXT NOT NULL,
    started INTEGER NOT NULL,
    PRIMARY KEY (tenant, call)
) STRICT;
CREATE INDEX callback_call_started ON callback_call (tenant, grp, started);
