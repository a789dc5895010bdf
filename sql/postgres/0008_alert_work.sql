-- What people do with an alert (soc/alert_work.h), what they look after (soc/asset.h),
-- and what rules on trial found (soc/tuning.h).
ALTER TABLE alert ADD COLUMN owner TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN verdict BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN merged_into TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN asset TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX alert_merged_by_key ON alert (org, rule, host, observable) WHERE merged_into <> '';
CREATE INDEX alert_merged_by_alert ON alert (org, merged_into) WHERE merged_into <> '';

-- Of each finding: with which alert it came, when that was merged into the one it is with; and
-- the severity it had here, so that what is taken apart again can be reckoned anew.
ALTER TABLE alert_event ADD COLUMN origin TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alert_event ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert_event ADD COLUMN grounds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert_event ADD COLUMN asset TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE alert_event SET level = (SELECT a.level FROM alert AS a WHERE a.id = alert_event.alert),
    grounds = (SELECT a.grounds FROM alert AS a WHERE a.id = alert_event.alert);

CREATE TABLE alert_work (
    org TEXT COLLATE "C" NOT NULL,
    alert TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    act BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, alert, seq)
);

CREATE TABLE asset (
    org TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    shown TEXT COLLATE "C" NOT NULL,
    addresses TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    weight BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, name)
);
INSERT INTO asset (org, name, shown, addresses, owner, weight, note, changed, account)
SELECT org, host, host, '', '', 3 + weight, '', 0, '' FROM host_weight;
DROP TABLE host_weight;

-- One row a network; its address in 32 hexadecimal digits, IPv4 as ::ffff:0:0/96.
CREATE TABLE asset_network (
    org TEXT COLLATE "C" NOT NULL,
    bits BIGINT NOT NULL,
    network TEXT COLLATE "C" NOT NULL,
    asset TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, bits, network, asset)
);
CREATE INDEX asset_network_by_asset ON asset_network (org, asset);

CREATE TABLE rule_hit (
    org TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    sender TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, rule, position)
);

-- How often a rule on trial hit, by day of Taipei (days since 1970).
CREATE TABLE rule_hit_day (
    org TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    PRIMARY KEY (org, rule, day)
);

-- A rule that raises nothing at one host (soc/exclusion.h).  state 1: holds, 0: ended or not wanted.
CREATE TABLE exclusion (
    org TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    kept_back BIGINT NOT NULL,
    kept_back_last BIGINT NOT NULL,
    kept_back_position BIGINT NOT NULL,
    PRIMARY KEY (org, rule, host)
);
CREATE INDEX alert_false ON alert (org, rule, host) WHERE verdict = 2;

-- How many reports of a member were not taken, by hour (isac/arrival.h).
CREATE TABLE arrival_over (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    passed BIGINT NOT NULL,
    told BIGINT NOT NULL,
    PRIMARY KEY (org, peer, hour)
);
CREATE INDEX arrival_by_peer ON arrival (org, peer, received);

-- Searches that are kept, and asked by a clock (soc/saved_search.h).
CREATE TABLE saved_search (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    query TEXT COLLATE "C" NOT NULL,
    from_text TEXT COLLATE "C" NOT NULL,
    to_text TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    shared BIGINT NOT NULL,
    every BIGINT NOT NULL,
    more_than BIGINT NOT NULL,
    fewer_than BIGINT NOT NULL,
    level BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    next BIGINT NOT NULL,
    ran BIGINT NOT NULL,
    results BIGINT NOT NULL,
    trouble TEXT COLLATE "C" NOT NULL,
    runs BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX saved_search_by_name ON saved_search (org, name, id);
CREATE INDEX saved_search_by_next ON saved_search (org, next);
