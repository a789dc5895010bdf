-- Exercises (cert/exercise.h) and who takes part; an incident of one names it, and how high it reaches.
CREATE TABLE exercise (
    org TEXT NOT NULL,
    id TEXT NOT NULL,          -- UUID; the same at every node that takes part
    number INTEGER NOT NULL,   -- of the organisation, in the order they were entered
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    name TEXT NOT NULL,
    aim TEXT NOT NULL,
    speed INTEGER NOT NULL,
    reach INTEGER NOT NULL,
    begins INTEGER NOT NULL,   -- as planned
    ends INTEGER NOT NULL,
    began INTEGER NOT NULL,    -- as it was; 0: not yet
    ended INTEGER NOT NULL,
    report_due INTEGER NOT NULL, -- 0: a month after its end
    reported INTEGER NOT NULL,   -- 0: not handed in
    report TEXT NOT NULL,
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX exercise_number ON exercise (org, number);

CREATE TABLE exercise_member (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    unit TEXT NOT NULL,        -- of the contact network
    name TEXT NOT NULL,
    PRIMARY KEY (org, id, seq)
) STRICT;
CREATE UNIQUE INDEX exercise_member_unit ON exercise_member (org, id, unit);

ALTER TABLE incident ADD COLUMN drill TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN reach INTEGER NOT NULL DEFAULT 3;
CREATE INDEX incident_drill ON incident (org, drill, created, id) WHERE drill <> '';
