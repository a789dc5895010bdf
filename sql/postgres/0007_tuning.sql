-- tuning: what this centre decided about rules and hosts (soc/tuning.h)
CREATE TABLE tuning (
    org TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    level BIGINT,
    group_span BIGINT NOT NULL,
    suppress_span BIGINT NOT NULL,
    per_hour BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    kept_back BIGINT NOT NULL,
    kept_back_last BIGINT NOT NULL,
    kept_back_position BIGINT NOT NULL,
    PRIMARY KEY (org, rule)
);

CREATE TABLE host_weight (
    org TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    weight BIGINT NOT NULL,
    PRIMARY KEY (org, host)
);

ALTER TABLE alert ADD COLUMN rule_level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN grounds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN handled_at BIGINT NOT NULL DEFAULT 0;
UPDATE alert SET rule_level = level;
CREATE INDEX alert_by_rule ON alert (org, rule, raised);

-- legal_hold: what of the event archive may not be removed (soc/hold.h)
CREATE TABLE legal_hold (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    span_from BIGINT NOT NULL,
    span_to BIGINT NOT NULL,
    sender TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    lifted BIGINT NOT NULL,
    lifted_by TEXT COLLATE "C" NOT NULL,
    lifted_why TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX legal_hold_in_force ON legal_hold (org, made) WHERE lifted = 0;
