-- name: statistic_forget
DELETE FROM incident_fact WHERE org = :org AND incident = :incident;

-- name: statistic_put
INSERT INTO incident_fact (org, exercise, aware_at, incident, month, peer, sector, level, category, report_s, review_s, control_s, late_from)
VALUES (:org, :exercise, :aware_at, :incident, :month, :peer, :sector, :level, :category, :report_s, :review_s, :control_s, :late_from);

-- name: statistic_same
SELECT COUNT(*) FROM incident_fact WHERE org = :org AND incident = :incident AND exercise = :exercise AND aware_at = :aware_at
  AND peer = :peer AND sector = :sector AND level = :level AND category = :category AND report_s = :report_s
  AND review_s = :review_s AND control_s = :control_s AND late_from = :late_from;

-- name: statistic_sector
SELECT attribute FROM unit WHERE org = :org AND ((:peer <> '' AND peer = :peer) OR (:peer = '' AND tenant = :tenant))
ORDER BY created, id LIMIT 1;

-- name: statistic_sector_of_peer
-- scope: node  whose organisation it is stands in the contact network, which is the node's
UPDATE incident_fact SET sector = :sector WHERE peer = :peer AND sector <> :sector;

-- name: statistic_sector_of_tenant
-- scope: node  as above
UPDATE incident_fact SET sector = :sector WHERE peer = '' AND org = :tenant AND sector <> :sector;

-- name: statistic_cube
SELECT month, sector, level, category, COUNT(*),
  SUM(CASE WHEN report_s >= 0 THEN 1 ELSE 0 END), SUM(CASE WHEN report_s >= 0 THEN report_s ELSE 0 END),
  SUM(CASE WHEN review_s >= 0 THEN 1 ELSE 0 END), SUM(CASE WHEN review_s >= 0 THEN review_s ELSE 0 END),
  SUM(CASE WHEN control_s >= 0 THEN 1 ELSE 0 END), SUM(CASE WHEN control_s >= 0 THEN control_s ELSE 0 END),
  SUM(CASE WHEN late_from < :now THEN 1 ELSE 0 END)
FROM incident_fact WHERE org = :org AND exercise = 0 AND aware_at >= :from AND aware_at < :to
GROUP BY month, sector, level, category ORDER BY month, sector, level, category LIMIT :limit;

-- name: statistic_late
SELECT k.clock, MIN(k.zh), MIN(k.en), COUNT(DISTINCT k.incident)
FROM incident_fact f JOIN deadline k ON k.incident = f.incident AND k.org = f.org
WHERE f.org = :org AND f.exercise = 0 AND f.aware_at >= :from AND f.aware_at < :to AND f.late_from < :now
  AND (k.stage = 2 OR (k.stage = 1 AND k.due < :now))
GROUP BY k.clock ORDER BY k.clock LIMIT :limit;

-- name: statistic_cases
SELECT i.id, i.org, i.node, i.peer, i.title, i.alert, i.review, i.handling, i.level, i.exercise, i.aware_at, i.reported_at, i.received_at, i.c1_start, i.c1_due, i.c1_ended, i.c1_dropped, i.rising, i.events, f.aware_at, i.updated, i.category, i.text_mark
FROM incident_fact f JOIN incident i ON i.org = f.org AND i.id = f.incident
WHERE f.org = :org AND f.exercise = 0 AND (f.aware_at, f.incident) < (:created, :id) AND f.aware_at >= :from AND f.aware_at < :to
  AND (:level = 0 OR f.level = :level OR (:level < 0 AND f.level = 0))
  AND (:category = '' OR f.category = :category OR (:category = '-' AND f.category = ''))
  AND (:sector < 0 OR f.sector = :sector)
  AND (:took = 0 OR (:took = 1 AND f.report_s >= 0) OR (:took = 2 AND f.review_s >= 0) OR (:took = 3 AND f.control_s >= 0))
  AND (:late = '' OR (f.late_from < :now AND (:late = 'any' OR EXISTS (SELECT 1 FROM deadline k WHERE k.org = f.org AND k.incident = f.incident
    AND k.clock = :late AND (k.stage = 2 OR (k.stage = 1 AND k.due < :now))))))
  AND (:review = '' OR i.review = :review) AND (:handling = '' OR i.handling = :handling)
ORDER BY f.aware_at DESC, f.incident DESC LIMIT :limit;
