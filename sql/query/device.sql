-- name: device_get
SELECT d.via, d.first, d.last, d.incarnation, d.received, d.malformed, d.dropped, d.gaps, d.mean, d.spread,
    d.longest, d.grace, d.due, d.quiet, d.quiet_alert, d.drops_told, d.drops_untold, d.flood_from,
    d.flood_received, d.flood_malformed, d.flood_told, d.fault, d.fault_since, d.fault_alert, d.since, d.relay,
    coalesce(f.quiet_after, -1), coalesce(f.expected, 0)
FROM device d LEFT JOIN device_fact f ON f.org = d.org AND f.name = d.name
WHERE d.org = :org AND d.name = :name;

-- name: device_put
INSERT INTO device (org, name, via, first, last, incarnation, received, malformed, dropped, gaps, mean, spread,
    longest, grace, due, quiet, quiet_alert, drops_told, drops_untold, flood_from, flood_received,
    flood_malformed, flood_told, fault, fault_since, fault_alert, since, relay)
VALUES (:org, :name, :via, :first, :last, :incarnation, :received, :malformed, :dropped, :gaps, :mean, :spread,
    :longest, :grace, :due, :quiet, :quiet_alert, :drops_told, :drops_untold, :flood_from, :flood_received,
    :flood_malformed, :flood_told, :fault, :fault_since, :fault_alert, :since, :relay)
ON CONFLICT (org, name) DO UPDATE SET via = excluded.via, first = excluded.first, last = excluded.last,
    incarnation = excluded.incarnation, received = excluded.received, malformed = excluded.malformed,
    dropped = excluded.dropped, gaps = excluded.gaps, mean = excluded.mean, spread = excluded.spread,
    longest = excluded.longest, grace = excluded.grace, due = excluded.due, quiet = excluded.quiet,
    quiet_alert = excluded.quiet_alert, drops_told = excluded.drops_told, drops_untold = excluded.drops_untold,
    flood_from = excluded.flood_from, flood_received = excluded.flood_received,
    flood_malformed = excluded.flood_malformed, flood_told = excluded.flood_told, fault = excluded.fault,
    fault_since = excluded.fault_since, fault_alert = excluded.fault_alert, since = excluded.since,
    relay = excluded.relay;

-- name: device_count
SELECT count(*) FROM device WHERE org = :org;

-- name: device_known
SELECT known FROM device_watch WHERE one = 1;

-- name: device_known_add
INSERT INTO device_watch (one, alive, told, known) VALUES (1, 0, 0, :n)
ON CONFLICT (one) DO UPDATE SET known = device_watch.known + excluded.known;

-- name: device_oldest
-- What people said something of stays.
SELECT d.name FROM device d WHERE d.org = :org AND d.via = :via
    AND NOT EXISTS (SELECT 1 FROM device_fact f WHERE f.org = d.org AND f.name = d.name)
ORDER BY d.last, d.name LIMIT 1;

-- name: device_forget
DELETE FROM device WHERE org = :org AND name = :name;

-- name: device_forget_days
DELETE FROM device_day WHERE org = :org AND name = :name;

-- name: device_forget_quiet
DELETE FROM device_quiet WHERE org = :org AND name = :name;

-- name: device_day_add
INSERT INTO device_day (org, name, day, received, malformed, dropped)
VALUES (:org, :name, :day, :received, :malformed, :dropped)
ON CONFLICT (org, name, day) DO UPDATE SET received = device_day.received + excluded.received,
    malformed = device_day.malformed + excluded.malformed, dropped = device_day.dropped + excluded.dropped;

-- name: device_due
SELECT name FROM device WHERE org = :org AND due <= :now ORDER BY due LIMIT :most;

-- name: device_drops_due
SELECT name FROM device WHERE org = :org AND drops_untold > 0 AND drops_told <= :before LIMIT :most;

-- name: device_slept
UPDATE device SET grace = grace + :slept, due = CASE WHEN due < :never THEN due + :slept ELSE due END
WHERE org = :org;

-- name: device_judge
-- Its silence is to be judged anew with the next look.
UPDATE device SET due = 0 WHERE org = :org AND name = :name;

-- name: device_relay_slept
-- What a relay was silent is nobody's silence behind it.
UPDATE device SET grace = grace + :slept, due = CASE WHEN due < :never THEN 0 ELSE due END
WHERE org = :org AND relay = :name AND relay <> '';

-- name: device_quiet_begin
INSERT INTO device_quiet (org, name, since, until) VALUES (:org, :name, :since, 0)
ON CONFLICT (org, name, since) DO UPDATE SET until = 0;

-- name: device_quiet_end
UPDATE device_quiet SET until = :until WHERE org = :org AND name = :name AND until = 0;

-- name: device_list
SELECT d.name, d.via, d.first, d.last, d.gaps, d.mean, d.due, d.quiet, d.fault, d.fault_since, d.relay, d.since,
    coalesce(f.title, ''), coalesce(f.kind, ''), coalesce(f.owner, ''), coalesce(f.site, ''),
    coalesce(f.quiet_after, -1), coalesce(f.expected, 0)
FROM device d LEFT JOIN device_fact f ON f.org = d.org AND f.name = d.name
WHERE d.org = :org AND d.name > :after ORDER BY d.name LIMIT :most;

-- name: device_sheet
SELECT d.name, d.via, d.first, d.last, d.quiet, coalesce(sum(y.received), 0), coalesce(sum(y.malformed), 0),
    coalesce(sum(y.dropped), 0), d.since, d.relay, coalesce(f.title, ''), coalesce(f.kind, ''),
    coalesce(f.owner, ''), coalesce(f.site, ''), coalesce(f.expected, 0)
FROM device d LEFT JOIN device_fact f ON f.org = d.org AND f.name = d.name
LEFT JOIN device_day y ON y.org = d.org AND y.name = d.name AND y.day >= :first_day AND y.day < :end_day
WHERE d.org = :org AND d.name > :after AND d.since < :end
GROUP BY d.name, d.via, d.first, d.last, d.quiet, d.since, d.relay, f.title, f.kind, f.owner, f.site, f.expected
ORDER BY d.name LIMIT :most;

-- name: device_quiets
SELECT name, since, until FROM device_quiet
WHERE org = :org AND name >= :from_name AND name <= :to_name AND since < :end AND (until = 0 OR until > :begin)
ORDER BY name, since;

-- name: device_prune_days
DELETE FROM device_day WHERE org = :org AND day < :day;

-- name: device_prune_quiet
DELETE FROM device_quiet WHERE org = :org AND until > 0 AND until < :before;

-- name: device_watch_get
SELECT alive, told FROM device_watch WHERE one = 1;

-- name: device_watch_set
INSERT INTO device_watch (one, alive, told, known) VALUES (1, :alive, :told, 0)
ON CONFLICT (one) DO UPDATE SET alive = excluded.alive, told = excluded.told;

-- name: device_fact_put
INSERT INTO device_fact (org, name, title, kind, owner, site, quiet_after, expected, changed, account)
VALUES (:org, :name, :title, :kind, :owner, :site, :quiet_after, :expected, :changed, :account)
ON CONFLICT (org, name) DO UPDATE SET title = excluded.title, kind = excluded.kind, owner = excluded.owner,
    site = excluded.site, quiet_after = excluded.quiet_after, expected = excluded.expected,
    changed = excluded.changed, account = excluded.account;

-- name: device_fact_get
SELECT name, title, kind, owner, site, quiet_after, expected, changed, account FROM device_fact
WHERE org = :org AND name = :name;

-- name: device_fact_delete
DELETE FROM device_fact WHERE org = :org AND name = :name;

-- name: device_fact_count
SELECT count(*) FROM device_fact WHERE org = :org;
