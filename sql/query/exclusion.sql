-- name: exclusion_put
INSERT INTO exclusion (org, rule, host, state, expires, note, account, changed, kept_back, kept_back_last,
    kept_back_position)
VALUES (:org, :rule, :host, :state, :expires, :note, :account, :changed, 0, 0, 0)
ON CONFLICT (org, rule, host) DO UPDATE SET state = excluded.state, expires = excluded.expires,
    note = excluded.note, account = excluded.account, changed = excluded.changed;

-- name: exclusion_in_force
SELECT count(*) FROM exclusion WHERE org = :org AND rule = :rule AND host = :host AND state = 1
    AND (expires = 0 OR expires > :now);

-- name: exclusion_keep_back
UPDATE exclusion SET kept_back = kept_back + 1, kept_back_last = :happened, kept_back_position = :position
WHERE org = :org AND rule = :rule AND host = :host AND kept_back_position < :position;

-- name: exclusion_get
SELECT rule, host, state, expires, note, account, changed, kept_back, kept_back_last FROM exclusion
WHERE org = :org AND rule = :rule AND host = :host;

-- name: exclusion_list
SELECT rule, host, state, expires, note, account, changed, kept_back, kept_back_last FROM exclusion
WHERE org = :org AND (rule > :rule OR (rule = :rule AND host > :host)) ORDER BY rule, host LIMIT :most;

-- name: exclusion_proposals
-- Rules judged wrong at a host since, by how many people, beside what judged them right there; not those
-- that were decided about after that.  :disputed 0: nobody judged them right; 1: somebody did.
SELECT a.rule, a.host, max(a.title), count(*), max(a.handled_at), count(DISTINCT a.handled_by),
    (SELECT count(*) FROM alert AS b WHERE b.org = :org AND b.rule = a.rule AND b.host = a.host AND b.verdict = 1
        AND b.handled_at > :since)
FROM alert AS a
WHERE a.org = :org AND a.verdict = 2 AND a.state = 2 AND a.merged_into = '' AND a.handled_at > :since
    AND NOT EXISTS (SELECT 1 FROM exclusion AS x WHERE x.org = :org AND x.rule = a.rule AND x.host = a.host
        AND (x.changed >= a.handled_at OR (x.state = 1 AND (x.expires = 0 OR x.expires > :now))))
    AND (:disputed = 1) = EXISTS (SELECT 1 FROM alert AS b WHERE b.org = :org AND b.rule = a.rule AND b.host = a.host
        AND b.verdict = 1 AND b.handled_at > :since)
GROUP BY a.rule, a.host ORDER BY count(DISTINCT a.handled_by) DESC, count(*) DESC, a.rule, a.host
LIMIT :most OFFSET :skip;

-- name: exclusion_verdicts
-- The alerts that say so, the newest first.
SELECT id, number, verdict, handled_by, handled_at FROM alert
WHERE org = :org AND rule = :rule AND host = :host AND state = 2 AND merged_into = '' AND verdict IN (1, 2)
    AND handled_at > :since
ORDER BY handled_at DESC, number + 0 DESC LIMIT :most;
