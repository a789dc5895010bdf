-- name: saved_put
INSERT INTO saved_search (org, id, name, query, from_text, to_text, account, shared, every, more_than, fewer_than,
    level, created, changed, next, ran, results, trouble, runs)
VALUES (:org, :id, :name, :query, :from_text, :to_text, :account, :shared, :every, :more_than, :fewer_than,
    :level, :created, :changed, :next, :ran, :results, :trouble, :runs)
ON CONFLICT (org, id) DO UPDATE SET name = excluded.name, query = excluded.query, from_text = excluded.from_text,
    to_text = excluded.to_text, shared = excluded.shared, every = excluded.every, more_than = excluded.more_than,
    fewer_than = excluded.fewer_than, level = excluded.level, changed = excluded.changed, next = excluded.next,
    ran = excluded.ran, results = excluded.results, trouble = excluded.trouble, runs = excluded.runs;

-- name: saved_get
SELECT id, name, query, from_text, to_text, account, shared, every, more_than, fewer_than, level, created, changed,
    next, ran, results, trouble, runs
FROM saved_search WHERE org = :org AND id = :id;

-- name: saved_list
SELECT id, name, query, from_text, to_text, account, shared, every, more_than, fewer_than, level, created, changed,
    next, ran, results, trouble, runs
FROM saved_search WHERE org = :org AND (name > :name OR (name = :name AND id > :id))
    AND (shared = 1 OR :all = 1 OR account = :account)
ORDER BY name, id LIMIT :most;

-- name: saved_due
SELECT id, name, query, from_text, to_text, account, shared, every, more_than, fewer_than, level, created, changed,
    next, ran, results, trouble, runs
FROM saved_search WHERE org = :org AND next <= :now ORDER BY next, id LIMIT :most;

-- name: saved_count
SELECT count(*) FROM saved_search WHERE org = :org AND (:clocked = 0 OR every > 0);

-- name: saved_delete
DELETE FROM saved_search WHERE org = :org AND id = :id;
