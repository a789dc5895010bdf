-- Exercises (cert/exercise.h) and who takes part; an incident of one names it, and how high it reaches.
CREATE TABLE exercise (
    org TEXT NOT NULL,
    id TEXT NOT NULL,          -- UUID; the same at every node that takes part
    number BIGINT NOT NULL,   -- of the organisation, in the order they were entered
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    name TEXT NOT NULL,
    aim TEXT NOT NULL,
    speed BIGINT NOT NULL,
    reach BIGINT NOT NULL,
    begins BIGINT NOT NULL,   -- as planned
    ends BIGINT NOT NULL,
    began BIGINT NOT NULL,    -- as it was; 0: not yet
    ended BIGINT NOT NULL,
    report_due BIGINT NOT NULL, -- 0: a month after its end
    reported BIGINT NOT NULL,   -- 0: not handed in
    report TEXT NOT NULL,
    account TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX exercise_number ON exercise (org, number);

CREATE TABLE exercise_member (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    unit TEXT NOT NULL,        -- of the contact network
    name TEXT NOT NULL,
    PRIMARY KEY (org, id, seq)
);
CREATE UNIQUE INDEX exercise_member_unit ON exercise_member (org, id, unit);

ALTER TABLE incident ADD COLUMN drill TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN reach BIGINT NOT NULL DEFAULT 3;
CREATE INDEX incident_drill ON incident (org, drill, created, id) WHERE drill <> '';
