-- Who was on which call, so that a group's figures need not read the calls of the whole company; and where each step
-- of a callback stands among the facts.

-- Parties of legs that were no offer of a group which the call visited.
CREATE TABLE call_party (
    tenant TEXT NOT NULL,
    party INTEGER NOT NULL,
    started INTEGER NOT NULL,
    call TEXT NOT NULL,
    PRIMARY KEY (tenant, party, started, call)
) STRICT, WITHOUT ROWID;
-- On which days (of UTC, counted from 1970) whom a group offered calls: those calls are found by the group.
CREATE TABLE offered_day (
    tenant TEXT NOT NULL,
    party INTEGER NOT NULL,
    day INTEGER NOT NULL,
    grp TEXT NOT NULL,
    PRIMARY KEY (tenant, party, day, grp)
) STRICT, WITHOUT ROWID;
CREATE TABLE callback_step (
    tenant TEXT NOT NULL,
    callback TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tenant, callback, seq)
) STRICT, WITHOUT ROWID;

-- What is there already. More than the writer would write does no harm: offers stand in both.
INSERT INTO call_party (tenant, party, started, call)
SELECT DISTINCT r.tenant, json_extract(leg.value, '$.peer.party'), r.started, r.call
FROM call_record r, json_each(CAST(r.record AS TEXT), '$.legs') leg
WHERE json_extract(leg.value, '$.peer.party') IS NOT NULL;
INSERT INTO callback_step (tenant, callback, seq)
SELECT f.tenant, json_extract(fact.value, '$.what.callback'), json_extract(fact.value, '$.seq')
FROM fact_batch f, json_each(CAST(f.facts AS TEXT)) fact
WHERE instr(CAST(f.facts AS TEXT), '"callback_step"') > 0
  AND json_extract(fact.value, '$.what.fact') = 'callback_step';
