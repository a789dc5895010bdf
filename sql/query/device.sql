-- name: device_get
SELECT via, first, last, incarnation, received, malformed, dropped, gaps, mean, spread, longest, grace, due,
    quiet, quiet_alert, drops_told, drops_untold, flood_from, flood_received, flood_malformed, flood_told,
    fault, fault_since, fault_alert
FROM device WHERE org = :org AND name = :name;

-- name: device_put
INSERT INTO device (org, name, via, first, last, incarnation, received, malformed, dropped, gaps, mean, spread,
    longest, grace, due, quiet, quiet_alert, drops_told, drops_untold, flood_from, flood_received,
    flood_malformed, flood_told, fault, fault_since, fault_alert)
VALUES (:org, :name, :via, :first, :last, :incarnation, :received, :malformed, :dropped, :gaps, :mean, :spread,
    :longest, :grace, :due, :quiet, :quiet_alert, :drops_told, :drops_untold, :flood_from, :flood_received,
    :flood_malformed, :flood_told, :fault, :fault_since, :fault_alert)
ON CONFLICT (org, name) DO UPDATE SET via = excluded.via, first = excluded.first, last = excluded.last,
    incarnation = excluded.incarnation, received = excluded.received, malformed = excluded.malformed,
    dropped = excluded.dropped, gaps = excluded.gaps, mean = excluded.mean, spread = excluded.spread,
    longest = excluded.longest, grace = excluded.grace, due = excluded.due, quiet = excluded.quiet,
    quiet_alert = excluded.quiet_alert, drops_told = excluded.drops_told, drops_untold = excluded.drops_untold,
    flood_from = excluded.flood_from, flood_received = excluded.flood_received,
    flood_malformed = excluded.flood_malformed, flood_told = excluded.flood_told, fault = excluded.fault,
    fault_since = excluded.fault_since, fault_alert = excluded.fault_alert;

-- name: device_count
SELECT count(*) FROM device WHERE org = :org;

-- name: device_known
SELECT known FROM device_watch WHERE one = 1;

-- name: device_known_add
INSERT INTO device_watch (one, alive, told, known) VALUES (1, 0, 0, :n)
ON CONFLICT (one) DO UPDATE SET known = device_watch.known + excluded.known;

-- name: device_oldest
SELECT name FROM device WHERE org = :org AND via = :via ORDER BY last, name LIMIT 1;

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

-- name: device_quiet_begin
INSERT INTO device_quiet (org, name, since, until) VALUES (:org, :name, :since, 0)
ON CONFLICT (org, name, since) DO UPDATE SET until = 0;

-- name: device_quiet_end
UPDATE device_quiet SET until = :until WHERE org = :org AND name = :name AND until = 0;

-- name: device_list
SELECT name, via, first, last, received, malformed, dropped, gaps, mean, spread, longest, due, quiet, fault,
    fault_since
FROM device WHERE org = :org AND name > :after ORDER BY name LIMIT :most;

-- name: device_sheet
SELECT d.name, d.via, d.first, d.last, d.quiet, coalesce(sum(y.received), 0), coalesce(sum(y.malformed), 0),
    coalesce(sum(y.dropped), 0)
FROM device d LEFT JOIN device_day y
    ON y.org = d.org AND y.name = d.name AND y.day >= :first_day AND y.day < :end_day
WHERE d.org = :org AND d.name > :after AND d.first < :end
GROUP BY d.name, d.via, d.first, d.last, d.quiet ORDER BY d.name LIMIT :most;

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
