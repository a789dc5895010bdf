-- tuning: what this centre decided about rules and hosts (soc/tuning.h)
CREATE TABLE tuning (
    org TEXT NOT NULL,
    rule TEXT NOT NULL,
    state INTEGER NOT NULL,
    level INTEGER,
    group_span INTEGER NOT NULL,
    suppress_span INTEGER NOT NULL,
    per_hour INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    note TEXT NOT NULL,
    account TEXT NOT NULL,
    changed INTEGER NOT NULL,
    kept_back INTEGER NOT NULL,
    kept_back_last INTEGER NOT NULL,
    kept_back_position INTEGER NOT NULL,
    PRIMARY KEY (org, rule)
) STRICT;

CREATE TABLE host_weight (
    org TEXT NOT NULL,
    host TEXT NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (org, host)
) STRICT;

ALTER TABLE alert ADD COLUMN rule_level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN grounds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN handled_at INTEGER NOT NULL DEFAULT 0;
UPDATE alert SET rule_level = level;
CREATE INDEX alert_by_rule ON alert (org, rule, raised);

-- legal_hold: what of the event archive may not be removed (soc/hold.h)
CREATE TABLE legal_hold (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    span_from INTEGER NOT NULL,
    span_to INTEGER NOT NULL,
    sender TEXT NOT NULL,
    account TEXT NOT NULL,
    made INTEGER NOT NULL,
    lifted INTEGER NOT NULL,
    lifted_by TEXT NOT NULL,
    lifted_why TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX legal_hold_in_force ON legal_hold (org, made) WHERE lifted = 0;
