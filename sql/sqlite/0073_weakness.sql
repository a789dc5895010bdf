-- Weaknesses that exercises found (cert/weakness.h), and how each stood when.
CREATE TABLE weakness (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,       -- of the organisation, in the order they were recorded
    exercise TEXT NOT NULL,
    exercise_name TEXT NOT NULL,
    began INTEGER NOT NULL,        -- that exercise did
    unit TEXT NOT NULL,            -- of the contact network, where it was found; '' = the organisation itself
    unit_name TEXT NOT NULL,       -- as it was called then
    kind INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    state INTEGER NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    method TEXT NOT NULL,          -- how the attack made use of it
    measure TEXT NOT NULL,
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    due INTEGER NOT NULL,          -- 0 = none
    reason TEXT NOT NULL,          -- why it is accepted
    outcome INTEGER NOT NULL,      -- of the last check
    checked INTEGER NOT NULL,      -- 0: never
    checked_in TEXT NOT NULL,      -- the later exercise
    checked_name TEXT NOT NULL,
    recurred INTEGER NOT NULL,     -- in how many checks
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX weakness_number ON weakness (org, number);
CREATE INDEX weakness_exercise ON weakness (org, exercise, created, id);
CREATE INDEX weakness_made ON weakness (org, created, id);
CREATE INDEX weakness_due ON weakness (due) WHERE state = 0 AND due > 0;

CREATE TABLE weakness_entry (
    org TEXT NOT NULL,
    weakness TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    who TEXT NOT NULL,             -- organisation of the account
    kind INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    state INTEGER NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    method TEXT NOT NULL,
    measure TEXT NOT NULL,
    owner TEXT NOT NULL,
    due INTEGER NOT NULL,
    outcome INTEGER NOT NULL,      -- of a check; 0: it was none
    exercise_name TEXT NOT NULL,   -- in which it was checked
    note TEXT NOT NULL,
    PRIMARY KEY (org, weakness, seq)
) STRICT;
