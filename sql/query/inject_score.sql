-- name: inject_score_unit
-- Who takes part, and as what its cases come in.
SELECT m.unit, u.tenant, u.peer, COALESCE(p.version, 0) FROM exercise_member m JOIN unit u ON u.id = m.unit
LEFT JOIN peer q ON q.id = u.peer LEFT JOIN exercise_part p ON p.org = m.org AND p.id = m.id AND p.node = q.node
WHERE m.org = :org AND m.id = :id AND u.org = :node ORDER BY m.seq;

-- name: inject_score_case
-- Reported cases of the exercise: the organisation's own with those of members, and for the node itself those of tenants
-- that take part.
SELECT i.org, i.peer, i.id, i.aware_at, i.reported_at, f.review_s, f.control_s, i.received_at
FROM incident i JOIN incident_fact f ON f.incident = i.id
WHERE i.org IN (SELECT :org UNION SELECT u.tenant FROM exercise_member m JOIN unit u ON u.id = m.unit AND u.org = :node
    WHERE m.org = :org AND m.id = :id AND u.tenant <> '' AND :tenants = 1)
  AND i.drill = :id AND i.drill <> '' AND i.reported_at > 0
ORDER BY i.reported_at, i.id LIMIT :most;

-- name: inject_score_task
-- Steps of playbooks that are done of those cases.
SELECT k.incident, k.origin, k.ended FROM incident_task k JOIN incident i ON i.org = k.org AND i.id = k.incident
WHERE i.org IN (SELECT :org UNION SELECT u.tenant FROM exercise_member m JOIN unit u ON u.id = m.unit AND u.org = :node
    WHERE m.org = :org AND m.id = :id AND u.tenant <> '' AND :tenants = 1)
  AND i.drill = :id AND i.drill <> '' AND i.reported_at > 0 AND k.state = 2 AND k.origin <> '' AND k.ended > 0
ORDER BY k.incident, k.origin LIMIT :most;

-- name: inject_score_answer
-- When the first of those who were called answered, by the key of the notice.
SELECT x.occasion, MIN(x.ended) FROM (SELECT n.occasion || '' AS occasion, c.ended FROM notice n CROSS JOIN notice_call c
WHERE n.org = :org AND n.subject = :id AND c.org = n.org AND c.notice = n.id AND c.state = 2 AND c.ended > 0) x
GROUP BY x.occasion ORDER BY x.occasion LIMIT :most;

-- name: inject_score_said
-- What members with a node of their own said is done, of cases that came through them.
SELECT d.via, d.incident, d.step, d.ended, CASE WHEN q.node = d.node THEN 1 ELSE 0 END FROM exercise_done d JOIN peer q ON q.id = d.via
WHERE d.org = :org AND d.id = :id AND (d.incident = '' OR EXISTS (
    SELECT 1 FROM incident i WHERE i.org = d.org AND i.id = d.incident AND i.peer = d.via AND i.drill = d.id))
ORDER BY d.node, d.incident, d.step LIMIT :most;

-- name: inject_score_mark
SELECT inject, unit, points, why, account, at FROM inject_mark WHERE org = :org AND id = :id ORDER BY inject, unit;

-- name: inject_score_mark_set
INSERT INTO inject_mark (org, id, inject, unit, points, why, account, at) VALUES (:org, :id, :inject, :unit, :points, :why, :account, :at)
ON CONFLICT (org, id, inject, unit) DO UPDATE SET points = :points, why = :why, account = :account, at = :at;

-- name: inject_score_mark_clear
DELETE FROM inject_mark WHERE org = :org AND id = :id AND inject = :inject AND unit = :unit;
