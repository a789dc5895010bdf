-- name: tally_of
-- What an incident and its clocks count for, as their rows stand: its row first, then each clock that counts.
-- (What stands in CASE keeps the planner at the clocks of the incident: no other index is of use.)
SELECT 0, CASE WHEN handling NOT IN ('closed', 'follow_up_done') AND review <> 'not_incident' THEN 1 ELSE 0 END, c1_met, c1_ended, c1_due
FROM incident WHERE org = :org AND id = :incident AND exercise = 0 AND events > 0
UNION ALL SELECT 1, stage, 0, 0, due FROM deadline
WHERE incident = :incident AND CASE WHEN org = :org AND exercise = 0 AND stage IN (1, 2) THEN 1 ELSE 0 END = 1;

-- name: tally_add
INSERT INTO tally (org, what, slot, n) VALUES (:org, :what, :slot, :n)
ON CONFLICT (org, what, slot) DO UPDATE SET n = tally.n + excluded.n;

-- name: tally_sum
SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tally WHERE org = :org AND what = :what AND slot >= :slot;

-- name: tally_first_reports
-- Those of one hour, which are looked at one by one.
SELECT COUNT(*) FROM incident WHERE org = :org AND exercise = 0 AND c1_met = 0 AND c1_due >= :from AND c1_due < :to
  AND CASE WHEN c1_ended > 0 THEN 1 ELSE 0 END = CAST(:ended AS BIGINT);

-- name: tally_clocks
SELECT COUNT(*) FROM deadline WHERE org = :org AND exercise = 0 AND stage = 1 AND level IN (0, 1, 2, 3, 4) AND due >= :from AND due < :to;
