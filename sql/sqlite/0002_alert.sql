-- Alerts: findings that belong together (soc/alert.h), and their evidence.
CREATE TABLE alert (
    org TEXT NOT NULL,
    id TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    rule TEXT NOT NULL,
    title TEXT NOT NULL,
    level INTEGER NOT NULL,
    host TEXT NOT NULL,
    observable_kind INTEGER,
    observable TEXT NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    raised INTEGER NOT NULL,
    state INTEGER NOT NULL,
    handled_by TEXT NOT NULL,
    note TEXT NOT NULL,
    corroborated INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_by_number ON alert (org, number);
CREATE INDEX alert_open_by_key ON alert (org, rule, host, observable) WHERE state < 2;
CREATE INDEX alert_open_by_number ON alert (org, number) WHERE state < 2;

CREATE TABLE alert_event (
    org TEXT NOT NULL,
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    alert TEXT NOT NULL REFERENCES alert (id),
    happened INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    sender TEXT NOT NULL,
    event TEXT NOT NULL,
    observables TEXT NOT NULL,
    second_sender TEXT,
    second_event TEXT,
    second_happened INTEGER,
    PRIMARY KEY (org, position, rule)
) STRICT;
CREATE INDEX alert_event_by_alert ON alert_event (org, alert, position);

-- One row: the journal position up to which findings are kept.
CREATE TABLE alert_checkpoint (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
) STRICT;
