-- Who was on which call, so that a group's figures need not read the calls of the whole company; and where each step
-- of a callback stands among the facts.

-- Parties of legs that were no offer of a group which the call visited.
CREATE TABLE call_party (
    tenant TEXT NOT NULL,
    party BIGINT NOT NULL,
    started BIGINT NOT NULL,
    call TEXT NOT NULL,
    PRIMARY KEY (tenant, party, started, call)
);
-- On which days (of UTC, counted from 1970) whom a group offered calls: those calls are found by the group.
CREATE TABLE offered_day (
    tenant TEXT NOT NULL,
    party BIGINT NOT NULL,
    day BIGINT NOT NULL,
    grp TEXT NOT NULL,
    PRIMARY KEY (tenant, party, day, grp)
);
CREATE TABLE callback_step (
    tenant TEXT NOT NULL,
    callback TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (tenant, callback, seq)
);

-- What is there already. More than the writer would write does no harm: offers stand in both.
INSERT INTO call_party (tenant, party, started, call)
SELECT DISTINCT r.tenant, (leg -> 'peer' ->> 'party')::BIGINT, r.started, r.call
FROM call_record r, json_array_elements(convert_from(r.record, 'UTF8')::json -> 'legs') leg
WHERE leg -> 'peer' ->> 'party' IS NOT NULL;
INSERT INTO callback_step (tenant, callback, seq)
SELECT f.tenant, fact -> 'what' ->> 'callback', (fact ->> 'seq')::BIGINT
FROM fact_batch f, json_array_elements(convert_from(f.facts, 'UTF8')::json) fact
WHERE position('"callback_step"' IN convert_from(f.facts, 'UTF8')) > 0
  AND fact -> 'what' ->> 'fact' = 'callback_step';
