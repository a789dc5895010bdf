-- Scenarios of exercises (cert/inject.h): each exercise's own copy, how its injects stand, who is in a group.
CREATE TABLE exercise_scenario (
    org     TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,    -- of the exercise
    json    TEXT COLLATE "C" NOT NULL,    -- as it was when it was taken
    english BIGINT NOT NULL, -- what is told is told in English, else in Chinese
    taken   BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

CREATE TABLE exercise_inject (
    org       TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    inject    TEXT COLLATE "C" NOT NULL,
    state     BIGINT NOT NULL,
    due       BIGINT NOT NULL, -- by the wall clock; 0: the exercise has not begun
    delivered BIGINT NOT NULL, -- 0: not yet
    account   TEXT COLLATE "C" NOT NULL,    -- who released, held or dropped it; '': it came by itself
    PRIMARY KEY (org, id, seq)
);
CREATE UNIQUE INDEX exercise_inject_id ON exercise_inject (org, id, inject);
CREATE INDEX exercise_inject_due ON exercise_inject (due) WHERE state = 0 AND due > 0;

CREATE TABLE exercise_group (
    org  TEXT COLLATE "C" NOT NULL,
    id   TEXT COLLATE "C" NOT NULL,
    part TEXT COLLATE "C" NOT NULL, -- a group of the scenario
    unit TEXT COLLATE "C" NOT NULL, -- of the contact network
    PRIMARY KEY (org, id, part, unit)
);
