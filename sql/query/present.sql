-- Statements of isac: how sure an indicator is now (isac/present.h).

-- name: judged_put
INSERT INTO indicator_judged (org, indicator, confirmed, refuted)
VALUES (:org, :indicator, :confirmed, :refuted)
ON CONFLICT (org, indicator) DO UPDATE SET confirmed = excluded.confirmed, refuted = excluded.refuted;
-- name: judged_get
SELECT confirmed, refuted FROM indicator_judged WHERE org = :org AND indicator = :indicator;

-- name: indicator_look_now
UPDATE indicator SET look = 0 WHERE org = :org AND id = :id AND state IN ('provisional', 'active');
-- name: indicator_look_held
UPDATE indicator SET look = 0 WHERE org = :org AND id = :id AND held = 1
    AND state IN ('provisional', 'active');
-- name: indicator_look_all
UPDATE indicator SET look = 0 WHERE org = :org AND state IN ('provisional', 'active');
-- name: indicator_looks
SELECT id, origin, kind, value, state, evidence, alert, incident, derived_from, created, modified,
       valid_until, json, published, policy, since, held
FROM indicator WHERE org = :org AND state IN ('provisional', 'active') AND look <= :now
ORDER BY look LIMIT :most;

-- name: watch_fading
SELECT id, kind, value, valid_until, confidence, seq, fades FROM indicator_watch
WHERE org = :org AND state = 1 AND fades <= :now ORDER BY fades LIMIT :most;
-- name: watch_fades
UPDATE indicator_watch SET fades = :fades WHERE org = :org AND seq = :seq;
