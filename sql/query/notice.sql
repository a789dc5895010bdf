-- name: notice_add
INSERT INTO notice (org, id, occasion, kind, subject, about, level, letter, exercise, title, detail, path, due, made,
    state)
VALUES (:org, :id, :occasion, :kind, :subject, :about, :level, :letter, :exercise, :title, :detail, :path, :due, :made, 0)
ON CONFLICT DO NOTHING;

-- name: notice_by_occasion
SELECT id FROM notice WHERE org = :org AND occasion = :occasion;

-- name: notice_about_count
SELECT count(*) FROM notice WHERE org = :org AND subject = :subject AND about = :about;

-- name: notice_about_open
-- Raised, or open: somebody is being called.
SELECT count(*) FROM notice WHERE org = :org AND subject = :subject AND about = :about AND state IN (0, 1);

-- name: notice_raised
-- What an incident that is TLP:RED (5) is called, and what is said of it, stands in no notice, also of one that was marked later.
SELECT id, kind, subject, about, level, letter, exercise, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = subject AND i.tlp = 5) THEN '' ELSE title END,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = subject AND i.tlp = 5) THEN '' ELSE detail END, path, due, made, state FROM notice
WHERE org = :org AND state = 0 ORDER BY made LIMIT :most;

-- name: notice_get
SELECT id, kind, subject, about, level, letter, exercise, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = subject AND i.tlp = 5) THEN '' ELSE title END,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = subject AND i.tlp = 5) THEN '' ELSE detail END, path, due, made, state FROM notice
WHERE org = :org AND id = :id;

-- name: notice_list
SELECT id, kind, subject, about, level, letter, exercise, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = subject AND i.tlp = 5) THEN '' ELSE title END,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = subject AND i.tlp = 5) THEN '' ELSE detail END, path, due, made, state FROM notice
WHERE org = :org AND (made, id) < (:made, :id) AND (:subject = '' OR subject = :subject)
  AND (:about = '' OR about = :about)
  AND (:open = 0 OR state IN (0, 1, 3))
ORDER BY made DESC, id DESC LIMIT :most;

-- name: notice_state
UPDATE notice SET state = :state WHERE org = :org AND id = :id AND state <> :state;

-- name: notice_call_add
INSERT INTO notice_call (org, id, notice, chain, step, who, place, contact, name, ways, tail, ack, state, made, next,
    ended, ended_by)
VALUES (:org, :id, :notice, :chain, :step, :who, :place, :contact, :name, :ways, :tail, :ack, :state, :made, :next,
    0, '');

-- name: notice_call_get
SELECT id, notice, chain, step, who, place, contact, name, state, made, next, ended, ended_by, ways, tail, ack
FROM notice_call WHERE org = :org AND id = :id;

-- name: notice_call_of
SELECT id, notice, chain, step, who, place, contact, name, state, made, next, ended, ended_by, ways, tail, ack
FROM notice_call WHERE org = :org AND notice = :notice ORDER BY chain, step LIMIT :most;

-- name: notice_call_due
SELECT id, notice, chain, step, who, place, contact, name, state, made, next, ended, ended_by, ways, tail, ack
FROM notice_call WHERE org = :org AND next > 0 AND next <= :now ORDER BY next, id LIMIT :most;

-- name: notice_call_soonest
SELECT coalesce(min(next), 0) FROM notice_call WHERE org = :org AND next > 0;

-- name: notice_call_end
UPDATE notice_call SET state = :state, next = 0, ended = :ended, ended_by = :by WHERE org = :org AND id = :id;

-- name: notice_chain_end
UPDATE notice_call SET next = 0, state = 2, ended = :ended, ended_by = :by
WHERE org = :org AND chain = :chain AND (next > 0 OR id = :call);

-- name: notice_waits
SELECT count(*) FROM notice_call WHERE org = :org AND notice = :notice AND next > 0;

-- name: notice_unanswered
SELECT count(*) FROM notice_call c WHERE c.org = :org AND c.notice = :notice AND c.state = 3 AND c.ack > 0
  AND NOT EXISTS (SELECT 1 FROM notice_call d WHERE d.org = :org AND d.notice = c.notice AND d.chain = c.chain AND (d.state = 2 OR d.next > 0));

-- name: notice_inbox
SELECT c.id, c.notice, c.chain, c.step, c.who, c.place, c.contact, c.name, c.state, c.made, c.next, c.ended, c.ended_by,
    c.ways, c.tail, c.ack, n.id, n.kind, n.subject, n.about, n.level, n.letter, n.exercise,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = n.subject AND i.tlp = 5) THEN '' ELSE n.title END,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = n.subject AND i.tlp = 5) THEN '' ELSE n.detail END, n.path,
    n.due, n.made, n.state
FROM contact p CROSS JOIN notice_call c CROSS JOIN notice n
WHERE p.org = :org AND p.account = :account AND p.account <> '' AND c.org = p.org AND c.contact = p.id
  AND n.org = c.org AND n.id = c.notice ORDER BY c.made DESC, c.id DESC LIMIT :most;

-- name: notice_call_mine
SELECT count(*) FROM notice_call c JOIN contact p ON p.org = c.org AND p.id = c.contact
WHERE c.org = :org AND c.id = :id AND p.account = :account AND p.account <> '';

-- name: notice_delivery_add
INSERT INTO notice_delivery (org, id, notice, call, way, address, handed, state, tries, told, made, ended)
VALUES (:org, :id, :notice, :call, :way, :address, 0, :state, 0, '', :made, :ended);

-- name: notice_delivery_of
SELECT id, call, way, address, state, tries, told, made, ended, sealed, seal_keys FROM notice_delivery
WHERE org = :org AND call IN (SELECT c.id FROM notice_call c WHERE c.org = :org AND c.notice = :notice)
ORDER BY call, way LIMIT :most;

-- name: notice_delivery_unhanded
SELECT id, call, way, address, state, tries, told, made, ended FROM notice_delivery
WHERE org = :org AND state = 0 AND handed = 0 ORDER BY made, id LIMIT :most;

-- name: notice_delivery_handed
UPDATE notice_delivery SET handed = 1, state = :state, tries = :tries, told = :told, ended = :ended
WHERE org = :org AND id = :id;

-- name: notice_delivery_sealed
UPDATE notice_delivery SET sealed = :sealed, seal_keys = :seal_keys WHERE org = :org AND id = :id;

-- name: notice_delivery_fared
SELECT d.id, d.call, d.way, d.address, m.state, m.tries, m.told, d.made, m.ended
FROM notice_delivery d CROSS JOIN mail m
WHERE d.org = :org AND m.org = d.org AND m.digest = d.id AND d.state = 0 AND d.handed = 1 AND (m.state <> 0 OR m.tries <> d.tries) LIMIT :most;

-- name: notice_call_hurry
UPDATE notice_call SET next = :now WHERE org = :org AND id = :call AND next > :now AND NOT EXISTS
    (SELECT 1 FROM notice_delivery d WHERE d.org = :org AND d.call = :call AND d.state <> 2);
