-- name: overdue_referrals
-- scope: node  each tenant's own, told as the node's notices are
SELECT r.org, r.id, r.incident, r.number, r.exercise, r.recipient, r.due FROM referral r
WHERE r.closed = 0 AND r.answered = 0 AND r.due > :since AND r.due < :now
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = :node AND n.occasion = 'overdue/' || r.id || '/' || CAST(r.due AS TEXT))
ORDER BY r.due LIMIT :most;

-- name: overdue_meetings
-- Those that begin soon and were made long enough before.
SELECT id FROM meeting WHERE org = :org AND state = 0 AND at > :now AND at <= :until AND made < at - CAST(:ahead AS BIGINT)
ORDER BY at LIMIT :most;

-- name: overdue_quarter
-- Whether a group meets, or met, between these times.
SELECT count(*) FROM meeting m JOIN meeting_guest g ON g.org = m.org AND g.meeting = m.id
WHERE m.org = :org AND m.state <> 2 AND m.at >= :from AND m.at < :to AND g.post = :post;

-- name: overdue_asks
SELECT id FROM duty_ask WHERE org = :org AND state = 0 AND until <= :now AND until > :since ORDER BY until LIMIT :most;

-- name: overdue_weaknesses
-- scope: node  each organisation's own, told as the node's notices are
SELECT w.org, w.id, w.number, w.title, w.unit_name, w.due FROM weakness w
WHERE w.state = 0 AND w.due > 0 AND w.due > :since AND w.due < :now
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = :node AND n.occasion = 'weakness/' || w.id || '/' || CAST(w.due AS TEXT))
ORDER BY w.due LIMIT :most;

-- name: overdue_inquiries
-- An answer that was due, or advice.
SELECT x.id, x.number, x.due FROM (
    SELECT i.id, i.number, i.due FROM inquiry i
    WHERE i.org = :org AND i.closed = 0 AND i.state < 3 AND i.due > 0 AND i.due > :since AND i.due < :now
    UNION
    SELECT i.id, i.number, i.advice_due FROM inquiry i
    WHERE i.org = :org AND i.closed = 0 AND i.state < 3 AND i.advice_due > 0 AND i.advice_due > :since AND i.advice_due < :now) x
WHERE NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = :org AND n.occasion = 'inquiry/' || x.id || '/late/' || CAST(x.due AS TEXT))
ORDER BY x.due LIMIT :most;

-- name: overdue_duties
-- scope: node  each tenant's own, told as the node's notices are; the title of what is not RED
SELECT d.org, d.id, d.incident, d.exercise, d.due, CASE WHEN i.tlp < CAST(:red AS BIGINT) THEN i.title ELSE '' END
FROM referral_duty d JOIN incident i ON i.org = d.org AND i.id = d.incident
WHERE d.done = 0 AND d.lapsed = 0 AND d.decided = 0 AND d.due > 0 AND d.due > :since AND d.due < :now
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = :node AND n.occasion = 'duty/' || d.id || '/' || CAST(d.due AS TEXT))
ORDER BY d.due LIMIT :most;

-- name: overdue_recoveries
-- scope: node  each organisation's own, told as the node's notices are
SELECT p.org, p.id, p.due FROM recovery_procedure p
WHERE p.due > :since AND p.due < :now
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = :node AND n.occasion = 'recovery/' || p.org || '/' || p.id || '/' || CAST(p.due AS TEXT))
ORDER BY p.due LIMIT :most;
