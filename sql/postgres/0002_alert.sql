-- Alerts: findings that belong together (soc/alert.h), and their evidence.
CREATE TABLE alert (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    level BIGINT NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    observable_kind BIGINT,
    observable TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    raised BIGINT NOT NULL,
    state BIGINT NOT NULL,
    handled_by TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    corroborated BIGINT NOT NULL
);
CREATE UNIQUE INDEX alert_by_number ON alert (org, number);
CREATE INDEX alert_open_by_key ON alert (org, rule, host, observable) WHERE state < 2;
CREATE INDEX alert_open_by_number ON alert (org, number) WHERE state < 2;

CREATE TABLE alert_event (
    org TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    alert TEXT COLLATE "C" NOT NULL REFERENCES alert (id),
    happened BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    sender TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    observables TEXT COLLATE "C" NOT NULL,
    second_sender TEXT COLLATE "C",
    second_event TEXT COLLATE "C",
    second_happened BIGINT,
    PRIMARY KEY (org, position, rule)
);
CREATE INDEX alert_event_by_alert ON alert_event (org, alert, position);

-- One row: the journal position up to which findings are kept.
CREATE TABLE alert_checkpoint (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    position BIGINT NOT NULL
);
