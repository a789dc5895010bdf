-- Scenarios of exercises (cert/inject.h): each exercise's own copy, how its injects stand, who is in a group.
CREATE TABLE exercise_scenario (
    org     TEXT NOT NULL,
    id      TEXT NOT NULL,    -- of the exercise
    json    TEXT NOT NULL,    -- as it was when it was taken
    english INTEGER NOT NULL, -- what is told is told in English, else in Chinese
    taken   INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

CREATE TABLE exercise_inject (
    org       TEXT NOT NULL,
    id        TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    inject    TEXT NOT NULL,
    state     INTEGER NOT NULL,
    due       INTEGER NOT NULL, -- by the wall clock; 0: the exercise has not begun
    delivered INTEGER NOT NULL, -- 0: not yet
    account   TEXT NOT NULL,    -- who released, held or dropped it; '': it came by itself
    PRIMARY KEY (org, id, seq)
) STRICT;
CREATE UNIQUE INDEX exercise_inject_id ON exercise_inject (org, id, inject);
CREATE INDEX exercise_inject_due ON exercise_inject (due) WHERE state = 0 AND due > 0;

CREATE TABLE exercise_group (
    org  TEXT NOT NULL,
    id   TEXT NOT NULL,
    part TEXT NOT NULL, -- a group of the scenario
    unit TEXT NOT NULL, -- of the contact network
    PRIMARY KEY (org, id, part, unit)
) STRICT;
