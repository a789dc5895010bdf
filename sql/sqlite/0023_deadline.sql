-- deadline: every instance of a clock of every incident, as the clock engine judged it when the last
-- event settled.  `stage` is 1 while it runs towards a due time, 2 when it was stopped late, else 0;
-- what else there is to say of it follows from the time.
CREATE TABLE deadline (
    org      TEXT NOT NULL,
    incident TEXT NOT NULL,
    id       TEXT NOT NULL,
    clock    TEXT NOT NULL,
    ruleset  TEXT NOT NULL,
    who      TEXT NOT NULL,
    zh       TEXT NOT NULL,
    en       TEXT NOT NULL,
    rule     TEXT NOT NULL,
    started  INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    stage    INTEGER NOT NULL,
    dropped  INTEGER NOT NULL,
    level    INTEGER NOT NULL,
    exercise INTEGER NOT NULL,
    warn     TEXT NOT NULL,
    warned   INTEGER NOT NULL,
    next_at  INTEGER NOT NULL,
    mark     INTEGER NOT NULL,
    PRIMARY KEY (incident, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_due ON deadline (org, exercise, stage, due, incident, id, clock, level);
CREATE INDEX deadline_soonest ON deadline (next_at) WHERE next_at > 0;

-- What was announced of a clock: a part of its time used up, or (percent 100) that it ran out.
CREATE TABLE deadline_notice (
    org      TEXT NOT NULL,
    incident TEXT NOT NULL,
    id       TEXT NOT NULL,
    percent  INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    fell     INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (incident, id, percent, due)
) STRICT, WITHOUT ROWID;

-- By which rules the clocks of an incident were judged last: a mark of them; 0 = by none.
ALTER TABLE incident ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incident_judged ON incident (judged);
