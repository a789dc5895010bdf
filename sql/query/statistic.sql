-- name: statistic_forget
DELETE FROM incident_fact WHERE org = :org AND incident = :incident;

-- name: statistic_put
INSERT INTO incident_fact (org, exercise, aware_at, incident, month, peer, sector, level, category, report_s, review_s, control_s, late_from, late_clocks, rsit, vital)
VALUES (:org, :exercise, :aware_at, :incident, :month, :peer, :sector, :level, :category, :report_s, :review_s, :control_s, :late_from, :late_clocks, :rsit, :vital);

-- name: statistic_same
SELECT COUNT(*) FROM incident_fact WHERE org = :org AND incident = :incident AND exercise = :exercise AND aware_at = :aware_at
  AND peer = :peer AND sector = :sector AND level = :level AND category = :category AND report_s = :report_s
  AND review_s = :review_s AND control_s = :control_s AND late_from = :late_from AND late_clocks = :late_clocks
  AND rsit = :rsit AND vital = :vital;

-- name: statistic_sector
SELECT attribute FROM unit WHERE org = :org AND ((:peer <> '' AND peer = :peer) OR (:peer = '' AND tenant = :tenant))
ORDER BY created, id LIMIT 1;

-- name: statistic_sector_of_peer
-- scope: node  whose organisation it is stands in the contact network, which is the node's
UPDATE incident_fact SET sector = :sector WHERE peer = :peer AND sector <> :sector;

-- name: statistic_sector_of_tenant
-- scope: node  as above
UPDATE incident_fact SET sector = :sector WHERE peer = '' AND org = :tenant AND sector <> :sector;

-- name: statistic_facts
SELECT aware_at, sector, level, category, report_s, review_s, control_s, late_from, late_clocks, rsit, vital
FROM incident_fact WHERE org = :org AND exercise = 0 AND aware_at >= :from AND aware_at < :to LIMIT :limit;

-- name: statistic_fact
SELECT aware_at, sector, level, category, report_s, review_s, control_s, late_from, late_clocks, rsit, vital
FROM incident_fact WHERE incident = :incident AND org = :org AND exercise = 0 AND (CAST(:sector AS BIGINT) < 0 OR sector = :sector);

-- name: statistic_running_one
-- As below, of one case.
SELECT k.clock, COUNT(DISTINCT k.incident) FROM deadline k
WHERE k.incident = :incident AND CASE WHEN k.org = :org AND k.exercise = 0 AND k.stage = 1 AND k.due < :now THEN 1 ELSE 0 END = 1
  AND NOT EXISTS (SELECT 1 FROM deadline s WHERE s.incident = k.incident
    AND CASE WHEN s.org = k.org AND s.clock = k.clock AND s.stage = 2 THEN 1 ELSE 0 END = 1)
GROUP BY k.clock ORDER BY k.clock;

-- name: statistic_running
-- Clocks that ran out and still run, but for those of cases of which one of the same kind was stopped late: they
-- are counted.  From the clocks, which are few, to their cases (what stands in CASE keeps the planner from walking over
-- the cases of the time for each clock).
SELECT k.clock, COUNT(DISTINCT k.incident)
FROM deadline k CROSS JOIN incident_fact f
WHERE k.org = :org AND k.exercise = 0 AND k.stage = 1 AND k.level IN (0, 1, 2, 3, 4) AND k.due < :now
  AND f.incident = k.incident
  AND CASE WHEN f.org = k.org AND f.exercise = 0 AND f.aware_at >= :from AND f.aware_at < :to THEN 1 ELSE 0 END = 1
  AND NOT EXISTS (SELECT 1 FROM deadline s WHERE s.incident = k.incident
    AND CASE WHEN s.org = k.org AND s.clock = k.clock AND s.stage = 2 THEN 1 ELSE 0 END = 1)
GROUP BY k.clock ORDER BY k.clock LIMIT :limit;

-- name: statistic_clock
SELECT zh, en FROM deadline WHERE org = :org AND exercise = 0 AND stage IN (1, 2) AND clock = :clock LIMIT 1;

-- name: statistic_total
SELECT COUNT(*),
  CAST(COALESCE(SUM(CASE WHEN report_s >= 0 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN report_s >= 0 THEN report_s ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(SUM(CASE WHEN review_s >= 0 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN review_s >= 0 THEN review_s ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(SUM(CASE WHEN control_s >= 0 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN control_s >= 0 THEN control_s ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(SUM(CASE WHEN late_from < :now THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM incident_fact WHERE org = :org AND exercise = 0 AND aware_at >= :from AND aware_at < :to;

-- name: statistic_cases
SELECT i.id, i.org, i.node, i.peer, i.title, i.alert, i.review, i.handling, i.level, i.exercise, i.aware_at, i.reported_at, i.received_at, i.c1_start, i.c1_due, i.c1_ended, i.c1_dropped, i.rising, i.events, f.aware_at, i.updated, i.category, i.text_mark, i.tlp, i.author, i.rsit, i.rsit_of, i.vital
FROM incident_fact f JOIN incident i ON i.org = f.org AND i.id = f.incident
WHERE f.org = :org AND f.exercise = 0 AND (f.aware_at, f.incident) < (:created, :id) AND f.aware_at >= :from AND f.aware_at < :to
  AND (:level = 0 OR f.level = :level OR (:level < 0 AND f.level = 0))
  AND (:category = '' OR f.category = :category OR (:category = '-' AND f.category = ''))
  AND (:rsit = '' OR f.rsit = :rsit OR substr(f.rsit, 1, length(:rsit) + 1) = :rsit || ':' OR (:rsit = '-' AND f.rsit = ''))
  AND (CAST(:vital AS BIGINT) = 0 OR (CAST(:vital AS BIGINT) > 0 AND (f.vital & CAST(:vital AS BIGINT)) <> 0) OR (CAST(:vital AS BIGINT) < 0 AND f.vital = 0))
  AND (:sector < 0 OR f.sector = :sector)
  AND (:took = 0 OR (:took = 1 AND f.report_s >= 0) OR (:took = 2 AND f.review_s >= 0) OR (:took = 3 AND f.control_s >= 0))
  AND (:late = '' OR (f.late_from < :now AND (:late = 'any' OR EXISTS (SELECT 1 FROM deadline k WHERE k.org || '' = f.org AND k.incident = f.incident
    AND k.clock = :late AND (k.stage = 2 OR (k.stage = 1 AND k.due < :now))))))
  AND (:review = '' OR i.review = :review) AND (:handling = '' OR i.handling = :handling)
  AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY f.aware_at DESC, f.incident DESC LIMIT :limit;
