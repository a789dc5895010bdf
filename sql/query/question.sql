-- Statements of isac: questions to the archives below, and their answers.

-- name: question_add
INSERT INTO question (org, id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received,
    state, reason, decided_by, decided, due, told, object, json, result, answer)
VALUES (:org, :id, :seq, :origin, :kind, :name, :asker, :asker_name, :asker_tier, :created, :expires, :received,
    :state, :reason, :decided_by, :decided, 0, 0, :object, :json, '', '');

-- name: question_get
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND id = :id;

-- name: question_list
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND seq < :before ORDER BY seq DESC LIMIT :most;

-- name: question_run
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND state IN (2, 3) ORDER BY seq LIMIT 1;

-- name: question_by_seq
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND seq = :seq;

-- name: question_due
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND due = 1 ORDER BY seq LIMIT 100;

-- name: question_late
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND state IN (1, 2, 3) AND expires <= :now ORDER BY seq LIMIT 100;

-- name: question_open
SELECT COUNT(*) FROM question WHERE org = :org AND state IN (1, 2, 3);

-- name: question_state
UPDATE question SET state = :state, reason = :reason, decided_by = :decided_by, decided = :decided, due = 1
WHERE org = :org AND id = :id;

-- name: question_result
UPDATE question SET state = :state, reason = :reason, result = :result, answer = :answer, due = 1
WHERE org = :org AND id = :id;

-- name: question_told
UPDATE question SET due = 0, told = :told WHERE org = :org AND id = :id;

-- name: question_mark
UPDATE question SET due = 1 WHERE org = :org AND id = :id;

-- name: question_json
UPDATE question SET json = :json WHERE org = :org AND id = :id;

-- name: question_member_add
INSERT INTO question_member (org, question, peer, state, version, open, json)
VALUES (:org, :question, :peer, 0, 0, 1, '')
ON CONFLICT (org, question, peer) DO NOTHING;

-- name: question_member_set
UPDATE question_member SET state = :state, version = :version, open = :open, json = :json
WHERE org = :org AND question = :question AND peer = :peer AND version < :version;

-- name: question_members
SELECT m.peer, m.state, m.version, m.json, p.node, p.name, p.tier
FROM question_member AS m JOIN peer AS p ON p.id = m.peer
WHERE m.org = :org AND m.question = :question ORDER BY p.name, m.peer;

-- name: question_members_open
SELECT CAST(COALESCE(SUM(open), 0) AS BIGINT) FROM question_member WHERE org = :org AND question = :question;

-- name: question_value
-- what peers gave and people here released, and what accounts handed in to be kept back (no text: that was judged)
SELECT origin, json, value FROM indicator WHERE org = :org AND kind = :kind AND substr(value, 1, 200) = substr(:value, 1, 200)
    AND value = :value AND origin <> :origin AND state <> 'revoked'
UNION ALL SELECT '', '', value FROM indicator_kept WHERE org = :org AND kind = :kind
    AND substr(value, 1, 200) = substr(:value, 1, 200) AND value = :value LIMIT :most;

-- name: question_parents
-- the same of up to eight names; '' for none
SELECT origin, json, value FROM indicator WHERE org = :org AND kind = :kind
    AND substr(value, 1, 200) IN (substr(:a, 1, 200), substr(:b, 1, 200), substr(:c, 1, 200), substr(:d, 1, 200), substr(:e, 1, 200), substr(:f, 1, 200), substr(:g, 1, 200), substr(:h, 1, 200))
    AND value IN (:a, :b, :c, :d, :e, :f, :g, :h) AND origin <> :origin AND state <> 'revoked'
UNION ALL SELECT '', '', value FROM indicator_kept WHERE org = :org AND kind = :kind
    AND substr(value, 1, 200) IN (substr(:a, 1, 200), substr(:b, 1, 200), substr(:c, 1, 200), substr(:d, 1, 200), substr(:e, 1, 200), substr(:f, 1, 200), substr(:g, 1, 200), substr(:h, 1, 200))
    AND value IN (:a, :b, :c, :d, :e, :f, :g, :h) LIMIT :most;

-- name: question_below
-- names from :low to before :high, each written backwards with a dot behind
SELECT origin, json, value FROM indicator WHERE org = :org AND reversed >= :low AND reversed < :high
    AND reversed <> '' AND origin <> :origin AND state <> 'revoked'
UNION ALL SELECT '', '', value FROM indicator_kept WHERE org = :org AND reversed >= :low AND reversed < :high
    AND reversed <> '' LIMIT :most;

-- name: question_try
UPDATE question SET tries = tries + 1 WHERE org = :org AND id = :id RETURNING tries;

-- name: question_living
-- what is still answered, for who comes later
SELECT id, seq, origin, kind, name, asker, asker_name, asker_tier, created, expires, received, state, reason,
    decided_by, decided, due, told, object, json, result, answer
FROM question WHERE org = :org AND expires > :now AND seq > :after ORDER BY seq LIMIT 100;

-- name: question_old_keys
-- scope: node — keys that peers have replaced lately (cert)
SELECT key FROM incident_key WHERE node = :node AND until > :now ORDER BY until DESC LIMIT 8;

-- name: question_policy_add
INSERT INTO question_policy (org, id, json, account, at, key, signature)
VALUES (:org, :id, :json, :account, :at, :key, :signature);

-- name: question_policy_last
SELECT id, json, account, at, key, signature FROM question_policy WHERE org = :org ORDER BY at DESC, id DESC LIMIT 1;
