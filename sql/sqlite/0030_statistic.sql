-- incident_fact: of each incident what statistics count, as its events add up to when the last one settled
-- (cert/statistic.h).  Seconds are -1 where it did not come to it; `late_from` is when a clock of it is late
-- from: 0 one was, a due time that runs, or the end of time.
CREATE TABLE incident_fact (
    org       TEXT NOT NULL,
    exercise  INTEGER NOT NULL,
    aware_at  INTEGER NOT NULL,
    incident  TEXT NOT NULL,
    month     INTEGER NOT NULL, -- 202603, of Taipei
    peer      TEXT NOT NULL,
    sector    INTEGER NOT NULL, -- attribute of the organisation
    level     INTEGER NOT NULL,
    category  TEXT NOT NULL,
    report_s  INTEGER NOT NULL,
    review_s  INTEGER NOT NULL,
    control_s INTEGER NOT NULL,
    late_from INTEGER NOT NULL,
    PRIMARY KEY (org, exercise, aware_at, incident)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incident_fact_one ON incident_fact (incident);
CREATE INDEX incident_fact_peer ON incident_fact (peer, org, sector);
