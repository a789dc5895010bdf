-- name: lure_consent_set
INSERT INTO lure_consent (org, domain, unit, person, account, at) VALUES (:org, :domain, :unit, :person, :account, :at)
ON CONFLICT (org, domain) DO UPDATE SET unit = :unit, person = :person, account = :account, at = :at;

-- name: lure_consent_remove
DELETE FROM lure_consent WHERE org = :org AND domain = :domain;

-- name: lure_consent_list
SELECT c.domain, c.unit, COALESCE(u.name, ''), c.person, c.account, c.at FROM lure_consent c LEFT JOIN unit u ON u.id = c.unit AND u.org = :node
WHERE c.org = :org ORDER BY c.domain LIMIT :most;

-- name: lure_consent_of
-- Of an organisation that takes part in the exercise.
SELECT m.unit, m.name FROM lure_consent c JOIN exercise_member m ON m.org = c.org AND m.unit = c.unit
WHERE c.org = :org AND c.domain = :domain AND m.id = :id;

-- name: lure_set
INSERT INTO lure (org, id, subject, body, english, per_hour, keep_days, state, started, stopped, erased)
VALUES (:org, :id, :subject, :body, :english, :per_hour, :keep_days, 0, 0, 0, 0)
ON CONFLICT (org, id) DO UPDATE SET subject = :subject, body = :body, english = :english, per_hour = :per_hour, keep_days = :keep_days;

-- name: lure_get
SELECT subject, body, english, per_hour, keep_days, state, started, stopped, erased FROM lure WHERE org = :org AND id = :id;

-- name: lure_begin
-- People come before the text: it knows from then on when they are erased.
INSERT INTO lure (org, id, subject, body, english, per_hour, keep_days, state, started, stopped, erased)
VALUES (:org, :id, '', '', 0, 1, :keep_days, 0, 0, 0, 0) ON CONFLICT (org, id) DO NOTHING;

-- name: lure_active
SELECT id FROM lure WHERE org = :org AND state = 1 ORDER BY id;

-- name: lure_start
UPDATE lure SET state = 1, started = :now WHERE org = :org AND id = :id AND state = 0;

-- name: lure_stop
UPDATE lure SET state = 2, stopped = :now WHERE org = :org AND id = :id AND state < 2;

-- name: lure_people_clear
DELETE FROM lure_person WHERE org = :org AND id = :id;

-- name: lure_person_add
INSERT INTO lure_person (org, id, seq, unit, unit_name, mail, name, link, sent, opened, reported)
VALUES (:org, :id, :seq, :unit, :unit_name, :mail, :name, '', 0, 0, 0);

-- name: lure_counts
SELECT unit, MAX(unit_name), COUNT(*), CAST(SUM(CASE WHEN sent > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN opened > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN reported > 0 THEN 1 ELSE 0 END) AS BIGINT)
FROM lure_person WHERE org = :org AND id = :id GROUP BY unit ORDER BY MAX(unit_name), unit;

-- name: lure_sending
-- scope: node  as its letters are
-- Those that have somebody to write to, or are to be stopped; who waits longest comes first.
SELECT l.org, l.id, l.subject, l.body, l.english, l.per_hour, l.started, x.state,
    (SELECT COUNT(*) FROM lure_person p WHERE p.org = l.org AND p.id = l.id AND p.sent > 0),
    (SELECT COUNT(*) FROM lure_person p WHERE p.org = l.org AND p.id = l.id AND p.sent > :since),
    (SELECT COALESCE(MAX(p.sent), 0) FROM lure_person p WHERE p.org = l.org AND p.id = l.id) AS last
FROM lure l JOIN exercise x ON x.org = l.org AND x.id = l.id
WHERE (l.state = 1 AND (x.state <> 1 OR EXISTS (SELECT 1 FROM lure_person p WHERE p.org = l.org AND p.id = l.id AND p.sent = 0 AND p.mail <> '')))
    OR (l.state = 0 AND x.state > 1)
ORDER BY last, l.org, l.id LIMIT 20;

-- name: lure_next
-- Consent that was taken back meanwhile counts, and so does who was taken off the list.
SELECT p.seq, p.mail, p.name FROM lure_person p WHERE p.org = :org AND p.id = :id AND p.sent = 0 AND p.mail <> '' AND EXISTS (
    SELECT 1 FROM lure_consent c WHERE c.org = p.org AND c.unit = p.unit AND c.domain = substr(p.mail, length(p.mail) - length(c.domain) + 1)
      AND substr(p.mail, length(p.mail) - length(c.domain), 1) = '@')
  AND EXISTS (SELECT 1 FROM exercise_member m WHERE m.org = p.org AND m.id = p.id AND m.unit = p.unit)
ORDER BY p.seq LIMIT :most;

-- name: lure_sent
UPDATE lure_person SET sent = :now, link = :link WHERE org = :org AND id = :id AND seq = :seq AND sent = 0;

-- name: lure_opened
-- scope: node  who has the link need not say whose it is
UPDATE lure_person SET opened = CASE WHEN opened > 0 THEN opened ELSE :now END WHERE link = :link AND link <> '';

-- name: lure_reported
-- scope: node  as above
UPDATE lure_person SET reported = CASE WHEN reported > 0 THEN reported ELSE :now END WHERE link = :link AND link <> '';

-- name: lure_old
-- scope: node  as above
-- From its end on, or where nobody ends it from when the exercise should have ended.
SELECT l.org, l.id FROM lure l JOIN exercise x ON x.org = l.org AND x.id = l.id
WHERE l.erased = 0 AND CASE WHEN l.state = 2 THEN l.stopped ELSE x.ends END + l.keep_days * 86400000000 <= :now ORDER BY l.org, l.id LIMIT 20;

-- name: lure_erase
-- Only counts stay: in another order and without times, so that no list kept elsewhere says whose row is whose.
INSERT INTO lure_person (org, id, seq, unit, unit_name, mail, name, link, sent, opened, reported)
SELECT org, id, CAST(:after AS BIGINT) + row_number() OVER (ORDER BY unit, opened > 0, reported > 0, sent > 0), unit, unit_name, '', '', '',
    CASE WHEN sent > 0 THEN 1 ELSE 0 END, CASE WHEN opened > 0 THEN 1 ELSE 0 END, CASE WHEN reported > 0 THEN 1 ELSE 0 END
FROM lure_person WHERE org = :org AND id = :id;

-- name: lure_erase_rest
DELETE FROM lure_person WHERE org = :org AND id = :id AND seq <= :after;

-- name: lure_erased
UPDATE lure SET erased = :now, stopped = CASE WHEN state = 2 THEN stopped ELSE :now END, state = 2 WHERE org = :org AND id = :id;
