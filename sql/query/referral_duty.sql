-- name: referral_duty_of
SELECT rule, id, done, lapsed, decided FROM referral_duty WHERE org = :org AND incident = :incident;

-- name: referral_duty_add
INSERT INTO referral_duty (org, incident, rule, id, number, kinds, zh, en, exercise, since, due, done, lapsed, decided, account,
    grounds)
SELECT :org, :incident, :rule, :id, coalesce((SELECT max(n.number) FROM referral_duty n WHERE n.org = :org), 0) + 1,
    CAST(:kinds AS BIGINT), :zh, :en, CAST(:exercise AS BIGINT), CAST(:since AS BIGINT), CAST(:due AS BIGINT),
    coalesce((SELECT min(r.recorded) FROM referral r WHERE r.org = :org AND r.incident = :incident
        AND :names LIKE '%,' || CAST(r.kind AS TEXT) || ',%'), 0), 0, 0, '', '';

-- name: referral_duty_is_done
SELECT done FROM referral_duty WHERE org = :org AND id = :id;

-- name: referral_duty_again
-- The answers ask for it again: what was decided before was about other answers.
UPDATE referral_duty SET since = :since, due = :due, zh = :zh, en = :en, lapsed = 0, decided = 0, account = '', grounds = ''
WHERE org = :org AND incident = :incident AND rule = :rule;

-- name: referral_duty_lapse
UPDATE referral_duty SET lapsed = :now WHERE org = :org AND incident = :incident AND rule = :rule;

-- name: referral_duty_done
-- A referral of that kind was recorded.
UPDATE referral_duty SET done = :now WHERE org = :org AND incident = :incident AND done = 0
    AND (kinds / CAST(:bit AS BIGINT)) % 2 = 1;

-- name: referral_duty_waive
UPDATE referral_duty SET decided = :now, account = :account, grounds = :grounds
WHERE org = :org AND id = :id AND done = 0 AND lapsed = 0 AND decided = 0;

-- name: referral_duty_get
-- How it stands as of :now (enum lf_referral_duty_state).
SELECT d.id, d.incident, d.rule, d.number, d.kinds, d.zh, d.en, d.exercise, d.since, d.due, d.done, d.lapsed, d.decided, d.account, d.grounds, CASE WHEN d.done > 0 THEN 2 WHEN d.decided > 0 THEN 3 WHEN d.lapsed > 0 THEN 4 WHEN d.due = 0 THEN 5
        WHEN d.due < :now THEN 1 ELSE 0 END
FROM referral_duty d WHERE d.org = :org AND d.id = :id
  AND EXISTS (SELECT 1 FROM incident i WHERE i.org = d.org AND i.id = d.incident AND (i.tlp <= :tlp OR i.author = :reader));

-- name: referral_duty_list
-- The same, newest first; incident '': of all; state -2: those that somebody must still see to.
SELECT id, incident, rule, number, kinds, zh, en, exercise, since, due, done, lapsed, decided, account, grounds, state FROM (
    SELECT d.*, CASE WHEN d.done > 0 THEN 2 WHEN d.decided > 0 THEN 3 WHEN d.lapsed > 0 THEN 4 WHEN d.due = 0 THEN 5
        WHEN d.due < :now THEN 1 ELSE 0 END AS state
    FROM referral_duty d WHERE d.org = :org AND (:incident = '' OR d.incident = :incident) AND d.number < :before
      AND EXISTS (SELECT 1 FROM incident i WHERE i.org = d.org AND i.id = d.incident AND (i.tlp <= :tlp OR i.author = :reader))) x
WHERE (:state = -1 OR state = :state OR (:state = -2 AND state < 2)) ORDER BY number DESC LIMIT :most;
