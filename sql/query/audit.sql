-- name: audit_last
-- scope: node: one chain for the node
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert
INSERT INTO audit (seq, time, account, org, action, subject, detail, prev, hash)
VALUES (:seq, :time, :account, :org, :action, :subject, :detail, :prev, :hash);

-- name: audit_page
SELECT seq, time, account, org, action, subject, detail, hash FROM audit
WHERE org = :org AND seq < :before ORDER BY seq DESC LIMIT :most;

-- name: audit_of
SELECT seq, time, account, org, action, subject, detail, hash FROM audit
WHERE org = :org AND subject = :subject ORDER BY seq DESC LIMIT :most;

-- name: audit_walk
-- scope: node: the whole chain is proved at once
SELECT seq, time, account, org, action, subject, detail, prev, hash FROM audit
WHERE seq > :after ORDER BY seq LIMIT :most;

-- name: audit_hash
-- scope: node: one chain for the node
SELECT hash FROM audit WHERE seq = :seq;
