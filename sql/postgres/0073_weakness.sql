-- Weaknesses that exercises found (cert/weakness.h), and how each stood when.
CREATE TABLE weakness (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number BIGINT NOT NULL,       -- of the organisation, in the order they were recorded
    exercise TEXT NOT NULL,
    exercise_name TEXT NOT NULL,
    began BIGINT NOT NULL,        -- that exercise did
    unit TEXT NOT NULL,            -- of the contact network, where it was found; '' = the organisation itself
    unit_name TEXT NOT NULL,       -- as it was called then
    kind BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    state BIGINT NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    method TEXT NOT NULL,          -- how the attack made use of it
    measure TEXT NOT NULL,
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    due BIGINT NOT NULL,          -- 0 = none
    reason TEXT NOT NULL,          -- why it is accepted
    outcome BIGINT NOT NULL,      -- of the last check
    checked BIGINT NOT NULL,      -- 0: never
    checked_in TEXT NOT NULL,      -- the later exercise
    checked_name TEXT NOT NULL,
    recurred BIGINT NOT NULL,     -- in how many checks
    account TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX weakness_number ON weakness (org, number);
CREATE INDEX weakness_exercise ON weakness (org, exercise, created, id);
CREATE INDEX weakness_made ON weakness (org, created, id);
CREATE INDEX weakness_due ON weakness (due) WHERE state = 0 AND due > 0;

CREATE TABLE weakness_entry (
    org TEXT NOT NULL,
    weakness TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    who TEXT NOT NULL,             -- organisation of the account
    kind BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    state BIGINT NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    method TEXT NOT NULL,
    measure TEXT NOT NULL,
    owner TEXT NOT NULL,
    due BIGINT NOT NULL,
    outcome BIGINT NOT NULL,      -- of a check; 0: it was none
    exercise_name TEXT NOT NULL,   -- in which it was checked
    note TEXT NOT NULL,
    PRIMARY KEY (org, weakness, seq)
);
