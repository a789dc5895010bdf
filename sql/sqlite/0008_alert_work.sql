-- What people do with an alert (soc/alert_work.h), what they look after (soc/asset.h),
-- and what rules on trial found (soc/tuning.h).
ALTER TABLE alert ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN verdict INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN asset TEXT NOT NULL DEFAULT '';
CREATE INDEX alert_merged_by_key ON alert (org, rule, host, observable) WHERE merged_into <> '';
CREATE INDEX alert_merged_by_alert ON alert (org, merged_into) WHERE merged_into <> '';

-- Of each finding: with which alert it came, when that was merged into the one it is with; and
-- the severity it had here, so that what is taken apart again can be reckoned anew.
ALTER TABLE alert_event ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_event ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_event ADD COLUMN grounds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_event ADD COLUMN asset TEXT NOT NULL DEFAULT '';
UPDATE alert_event SET level = (SELECT a.level FROM alert AS a WHERE a.id = alert_event.alert),
    grounds = (SELECT a.grounds FROM alert AS a WHERE a.id = alert_event.alert);

CREATE TABLE alert_work (
    org TEXT NOT NULL,
    alert TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    act INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (org, alert, seq)
) STRICT;

CREATE TABLE asset (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    shown TEXT NOT NULL,
    addresses TEXT NOT NULL,
    owner TEXT NOT NULL,
    weight INTEGER NOT NULL,
    note TEXT NOT NULL,
    changed INTEGER NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (org, name)
) STRICT;
INSERT INTO asset (org, name, shown, addresses, owner, weight, note, changed, account)
SELECT org, host, host, '', '', 3 + weight, '', 0, '' FROM host_weight;
DROP TABLE host_weight;

-- One row a network; its address in 32 hexadecimal digits, IPv4 as ::ffff:0:0/96.
CREATE TABLE asset_network (
    org TEXT NOT NULL,
    bits INTEGER NOT NULL,
    network TEXT NOT NULL,
    asset TEXT NOT NULL,
    PRIMARY KEY (org, bits, network, asset)
) STRICT;
CREATE INDEX asset_network_by_asset ON asset_network (org, asset);

CREATE TABLE rule_hit (
    org TEXT NOT NULL,
    rule TEXT NOT NULL,
    position INTEGER NOT NULL,
    happened INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    host TEXT NOT NULL,
    sender TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (org, rule, position)
) STRICT;

-- How often a rule on trial hit, by day of Taipei (days since 1970).
CREATE TABLE rule_hit_day (
    org TEXT NOT NULL,
    rule TEXT NOT NULL,
    day INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    PRIMARY KEY (org, rule, day)
) STRICT;

-- A rule that raises nothing at one host (soc/exclusion.h).  state 1: holds, 0: ended or not wanted.
CREATE TABLE exclusion (
    org TEXT NOT NULL,
    rule TEXT NOT NULL,
    host TEXT NOT NULL,
    state INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    note TEXT NOT NULL,
    account TEXT NOT NULL,
    changed INTEGER NOT NULL,
    kept_back INTEGER NOT NULL,
    kept_back_last INTEGER NOT NULL,
    kept_back_position INTEGER NOT NULL,
    PRIMARY KEY (org, rule, host)
) STRICT;
CREATE INDEX alert_false ON alert (org, rule, host) WHERE verdict = 2;

-- How many reports of a member were not taken, by hour (isac/arrival.h).
CREATE TABLE arrival_over (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    hour INTEGER NOT NULL,
    passed INTEGER NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (org, peer, hour)
) STRICT;
CREATE INDEX arrival_by_peer ON arrival (org, peer, received);

-- Searches that are kept, and asked by a clock (soc/saved_search.h).
CREATE TABLE saved_search (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    from_text TEXT NOT NULL,
    to_text TEXT NOT NULL,
    account TEXT NOT NULL,
    shared INTEGER NOT NULL,
    every INTEGER NOT NULL,
    more_than INTEGER NOT NULL,
    fewer_than INTEGER NOT NULL,
    level INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    next INTEGER NOT NULL,
    ran INTEGER NOT NULL,
    results INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    runs INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX saved_search_by_name ON saved_search (org, name, id);
CREATE INDEX saved_search_by_next ON saved_search (org, next);
