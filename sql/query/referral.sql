-- name: referral_add
INSERT INTO referral (org, id, incident, number, kind, exercise, recipient, way, reference, body, sent, due, recorded,
    account, answered, closed, source, port, seen, mail)
SELECT :org, :id, :incident, coalesce((SELECT max(r.number) FROM referral r WHERE r.org = :org), 0) + 1, :kind, :exercise,
    :recipient, :way, :reference, :body, :sent, :due, :recorded, :account, 0, 0, :source,
    CAST(:port AS BIGINT), CAST(:seen AS BIGINT), :mail;

-- name: referral_get
-- How it stands as of :now (enum lf_referral_state); letters lie in the rows of the node.
SELECT id, incident, number, kind, exercise, recipient, way, reference, body, sent, due, recorded, account, answered,
    closed, CASE WHEN closed > 0 THEN 3 WHEN answered > 0 THEN 2 WHEN due > 0 AND due < :now THEN 1
        WHEN EXISTS (SELECT 1 FROM referral_letter l WHERE l.org = :node AND l.referral = r.id AND l.state = 1) THEN 4
        ELSE 0 END, source, port, seen, mail
FROM referral r WHERE r.org = :org AND r.id = :id
  AND EXISTS (SELECT 1 FROM incident i WHERE i.org = r.org AND i.id = r.incident AND (i.tlp <= :tlp OR i.author = :reader));

-- name: referral_list
-- The same, newest first; incident '': of all.
SELECT id, incident, number, kind, exercise, recipient, way, reference, body, sent, due, recorded, account, answered,
    closed, state, source, port, seen, mail FROM (
        SELECT r.*, CASE WHEN closed > 0 THEN 3 WHEN answered > 0 THEN 2 WHEN due > 0 AND due < :now THEN 1
            WHEN EXISTS (SELECT 1 FROM referral_letter l WHERE l.org = :node AND l.referral = r.id AND l.state = 1) THEN 4
            ELSE 0 END AS state FROM referral r
        WHERE r.org = :org AND (:incident = '' OR r.incident = :incident) AND r.number < :before
          AND EXISTS (SELECT 1 FROM incident i WHERE i.org = r.org AND i.id = r.incident AND (i.tlp <= :tlp OR i.author = :reader))) x
WHERE (:state = -1 OR state = :state) ORDER BY number DESC LIMIT :most;

-- name: referral_overdue
SELECT count(*) FROM referral WHERE org = :org AND incident = :incident AND closed = 0 AND answered = 0 AND due > 0
    AND due < :now;

-- name: referral_due
UPDATE referral SET due = :due WHERE org = :org AND id = :id AND closed = 0;

-- name: referral_answer
UPDATE referral SET answered = :at, closed = :closed WHERE org = :org AND id = :id AND closed = 0;

-- name: referral_answer_add
INSERT INTO referral_answer (org, id, seq, at, account, body, closed, came, done)
SELECT :org, :id, coalesce(max(seq), 0) + 1, :at, :account, :body, :closed, CAST(:came AS BIGINT), :done FROM referral_answer
WHERE org = :org AND id = :id;

-- name: referral_answer_list
SELECT seq, at, account, body, closed, came, done FROM referral_answer WHERE org = :org AND id = :id ORDER BY seq LIMIT :most;

-- name: referral_letter_add
-- The message is kept as it can be read here: what went out may be encrypted to somebody else.
INSERT INTO referral_letter (org, id, referral, made, account, recipient, subject, tlp, named, state, tries, told, ended,
    sealed, seal_keys, message)
SELECT :org, :id, :referral, m.made, :account, m.address, :subject, CAST(:tlp AS BIGINT), CAST(:named AS BIGINT),
    0, 0, '', 0, CAST(:sealed AS BIGINT), :seal_keys, :message
FROM mail m WHERE m.org = :org AND m.digest = :id;

-- name: referral_letter_list
SELECT id, made, account, recipient, subject, tlp, named, state, tries, told, ended, '', sealed, seal_keys FROM referral_letter
WHERE org = :org AND referral = :referral ORDER BY made DESC, id LIMIT :most;

-- name: referral_letter_get
SELECT id, made, account, recipient, subject, tlp, named, state, tries, told, ended, message, sealed, seal_keys FROM referral_letter
WHERE org = :org AND referral = :referral AND id = :id;

-- name: referral_letter_standing
-- Letters that went out, or may yet.
SELECT count(*) FROM referral_letter WHERE org = :org AND referral = :referral AND state <> 2;

-- name: referral_letter_fared
UPDATE referral_letter SET (state, tries, told, ended) = (SELECT m.state, m.tries, m.told, m.ended FROM mail m
    WHERE m.org = :org AND m.digest = referral_letter.id ORDER BY m.made DESC LIMIT 1)
WHERE org = :org AND state = 0 AND EXISTS (SELECT 1 FROM mail m WHERE m.org = :org AND m.digest = referral_letter.id
    AND (m.state <> 0 OR m.tries <> referral_letter.tries));
