-- deadline: every instance of a clock of every incident, as the clock engine judged it when the last
-- event settled.  `stage` is 1 while it runs towards a due time, 2 when it was stopped late, else 0;
-- what else there is to say of it follows from the time.
CREATE TABLE deadline (
    org      TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    clock    TEXT COLLATE "C" NOT NULL,
    ruleset  TEXT COLLATE "C" NOT NULL,
    who      TEXT COLLATE "C" NOT NULL,
    zh       TEXT COLLATE "C" NOT NULL,
    en       TEXT COLLATE "C" NOT NULL,
    rule     TEXT COLLATE "C" NOT NULL,
    started  BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    stage    BIGINT NOT NULL,
    dropped  BIGINT NOT NULL,
    level    BIGINT NOT NULL,
    exercise BIGINT NOT NULL,
    warn     TEXT COLLATE "C" NOT NULL,
    warned   BIGINT NOT NULL,
    next_at  BIGINT NOT NULL,
    mark     BIGINT NOT NULL,
    PRIMARY KEY (incident, id)
);
CREATE INDEX deadline_due ON deadline (org, exercise, stage, due, incident, id, clock, level);
CREATE INDEX deadline_soonest ON deadline (next_at) WHERE next_at > 0;

-- What was announced of a clock: a part of its time used up, or (percent 100) that it ran out.
CREATE TABLE deadline_notice (
    org      TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    percent  BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    fell     BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (incident, id, percent, due)
);

-- By which rules the clocks of an incident were judged last: a mark of them; 0 = by none.
ALTER TABLE incident ADD COLUMN judged BIGINT NOT NULL DEFAULT 0;
CREATE INDEX incident_judged ON incident (judged);
