-- incident_fact: of each incident what statistics count, as its events add up to when the last one settled
-- (cert/statistic.h).  Seconds are -1 where it did not come to it; `late_from` is when a clock of it is late
-- from: 0 one was, a due time that runs, or the end of time.
CREATE TABLE incident_fact (
    org       TEXT COLLATE "C" NOT NULL,
    exercise  BIGINT NOT NULL,
    aware_at  BIGINT NOT NULL,
    incident  TEXT COLLATE "C" NOT NULL,
    month     BIGINT NOT NULL, -- 202603, of Taipei
    peer      TEXT COLLATE "C" NOT NULL,
    sector    BIGINT NOT NULL, -- attribute of the organisation
    level     BIGINT NOT NULL,
    category  TEXT COLLATE "C" NOT NULL,
    report_s  BIGINT NOT NULL,
    review_s  BIGINT NOT NULL,
    control_s BIGINT NOT NULL,
    late_from BIGINT NOT NULL,
    PRIMARY KEY (org, exercise, aware_at, incident)
);
CREATE UNIQUE INDEX incident_fact_one ON incident_fact (incident);
CREATE INDEX incident_fact_peer ON incident_fact (peer, org, sector);
