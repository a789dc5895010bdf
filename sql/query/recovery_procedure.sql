-- Statements of cert: recovery procedures of systems (cert/recovery.h).

-- name: recovery_procedure_list
SELECT id, json, since, version, held, due FROM recovery_procedure WHERE org = :org ORDER BY id LIMIT :most;

-- name: recovery_procedure_put
INSERT INTO recovery_procedure (org, id, json, since, version, every, held, due)
VALUES (:org, :id, :json, :since, :version, :every, :held, :due)
ON CONFLICT (org, id) DO UPDATE SET json = excluded.json, version = excluded.version, every = excluded.every, held = excluded.held, due = excluded.due;

-- name: recovery_procedure_held
UPDATE recovery_procedure SET held = :held, due = CASE WHEN CAST(:held AS BIGINT) > 0 THEN CAST(:held AS BIGINT) ELSE since END + every WHERE org = :org AND id = :id;

-- name: recovery_procedure_drop
DELETE FROM recovery_procedure WHERE org = :org AND id = :id;

-- name: recovery_version_add
INSERT INTO recovery_version (org, id, version, act, json, account, at) VALUES (:org, :id, :version, :act, :json, :account, :at);

-- name: recovery_versions
SELECT version, act, json, account, at FROM recovery_version WHERE org = :org AND id = :id ORDER BY version DESC LIMIT :most;

-- name: recovery_ids
SELECT count(DISTINCT id) FROM recovery_version WHERE org = :org AND id <> :id;

-- name: recovery_last
SELECT v.id, v.version, v.act FROM recovery_version v WHERE v.org = :org
    AND v.version = (SELECT max(w.version) FROM recovery_version w WHERE w.org = :org AND w.id = v.id) ORDER BY v.id;

-- name: recovery_trial_add
INSERT INTO recovery_trial (org, recovery, number, held, result, took, rto, restored, note, account, at, withdrawn)
VALUES (:org, :recovery, :number, :held, :result, :took, :rto, :restored, :note, :account, :at, 0);

-- name: recovery_trials
SELECT number, held, result, took, rto, restored, note, account, at, withdrawn FROM recovery_trial
WHERE org = :org AND recovery = :recovery ORDER BY number DESC LIMIT :most;

-- name: recovery_trial_withdraw
UPDATE recovery_trial SET withdrawn = :now WHERE org = :org AND recovery = :recovery AND number = :number AND withdrawn = 0;

-- name: recovery_trial_held
-- When it was rehearsed last so that it counts: not one that failed.
SELECT coalesce(max(held), 0) FROM recovery_trial WHERE org = :org AND recovery = :recovery AND withdrawn = 0 AND result < 2;

-- name: recovery_run_add
INSERT INTO recovery_run (org, incident, recovery, place, version, zh, en, rto, rpo, began, down, back, account)
VALUES (:org, :incident, :recovery, :place, :version, :zh, :en, :rto, :rpo, :began, :down, 0, :account);

-- name: recovery_run_times
UPDATE recovery_run SET down = :down, back = :back WHERE org = :org AND incident = :incident AND recovery = :recovery;

-- name: recovery_run_of
SELECT recovery, place, version, zh, en, rto, rpo, began, down, back, account FROM recovery_run
WHERE org = :org AND incident = :incident ORDER BY place, recovery LIMIT :most;

-- name: recovery_run_count
-- Of incidents that are real and not kept from the reader: how many systems were down, are still, and were longer than bearable.
SELECT count(*), coalesce(sum(CASE WHEN r.back = 0 THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN (CASE WHEN r.back = 0 THEN CAST(:now AS BIGINT) ELSE r.back END) - r.down > r.rto THEN 1 ELSE 0 END), 0)
FROM recovery_run r JOIN incident i ON i.org = r.org AND i.id = r.incident
WHERE r.org = :org AND r.recovery = :recovery AND r.down > 0 AND i.exercise = 0 AND (i.tlp <= :tlp OR i.author = :reader);
