-- name: feed_add
INSERT INTO feed (org, id, name, url, format, mapping, tlp, grade, confidence, collection, every, gone, auth, login,
    secret, pin, private, most, patience, account, created, changed, next, asked, etag, modified, sha256, position, run,
    ran, ok, failures, trouble, notes, fresh, other, same, refused, lost, ended)
VALUES (:org, :id, :name, :url, :format, :mapping, :tlp, :grade, :confidence, :collection, :every, :gone, :auth, :login,
    :secret, :pin, :private, :most, :patience, :account, :created, :created, :next, 0, '', '', '', '', 0,
    0, 0, 0, '', '', 0, 0, 0, 0, 0, 0);

-- name: feed_set
UPDATE feed SET name = :name, url = :url, format = :format, mapping = :mapping, tlp = :tlp, grade = :grade,
    confidence = :confidence, collection = :collection, every = :every, gone = :gone, auth = :auth, login = :login,
    secret = :secret, pin = :pin, private = :private, most = :most, patience = :patience, changed = :changed,
    next = :next, etag = '', modified = '', sha256 = '', failures = 0
WHERE org = :org AND id = :id;

-- name: feed_get
SELECT id, name, url, format, mapping, tlp, grade, confidence, collection, every, gone, auth, login, secret, pin,
    private, most, patience, account, created, changed, next, asked, etag, modified, sha256, position, run, ran, ok,
    failures, trouble, notes, fresh, other, same, refused, lost, ended
FROM feed WHERE org = :org AND (id = :id OR name = :id);

-- name: feed_list
SELECT id, name, url, format, mapping, tlp, grade, confidence, collection, every, gone, auth, login, secret, pin,
    private, most, patience, account, created, changed, next, asked, etag, modified, sha256, position, run, ran, ok,
    failures, trouble, notes, fresh, other, same, refused, lost, ended
FROM feed WHERE org = :org ORDER BY name LIMIT :most;

-- name: feed_secrets
-- scope: node — at the start, those of all organisations
SELECT id, secret FROM feed WHERE secret <> '';

-- name: feed_secret_set
-- scope: node
UPDATE feed SET secret = :secret WHERE id = :id;

-- name: feed_due
SELECT id, name, url, format, mapping, tlp, grade, confidence, collection, every, gone, auth, login, secret, pin,
    private, most, patience, account, created, changed, next, asked, etag, modified, sha256, position, run, ran, ok,
    failures, trouble, notes, fresh, other, same, refused, lost, ended
FROM feed WHERE org = :org AND next <= :now ORDER BY next, id LIMIT :most;

-- name: feed_soonest
SELECT coalesce(min(next), 0) FROM feed WHERE org = :org AND next > :now;

-- name: feed_count
SELECT count(*) FROM feed WHERE org = :org;

-- name: feed_run_now
UPDATE feed SET next = :next, asked = 1 WHERE org = :org AND id = :id;

-- name: feed_begin
UPDATE feed SET run = :run, ran = :ran, asked = 0 WHERE org = :org AND id = :id;

-- name: feed_position
UPDATE feed SET position = :position WHERE org = :org AND id = :id;

-- name: feed_changed
SELECT changed FROM feed WHERE org = :org AND id = :id;

-- name: feed_again
UPDATE feed_object SET hash = '' WHERE org = :org AND feed = :feed;

-- name: feed_done
UPDATE feed SET next = CASE WHEN asked = 1 THEN next ELSE :next END, etag = :etag, modified = :modified, sha256 = :sha256, ok = :ok, failures = 0,
    trouble = :trouble, notes = :notes, fresh = :fresh, other = :other, same = :same, refused = :refused,
    lost = :lost, ended = :ended
WHERE org = :org AND id = :id AND run = :run;

-- name: feed_failed
UPDATE feed SET next = CASE WHEN asked = 1 THEN next ELSE :next END, failures = :failures, trouble = :trouble
WHERE org = :org AND id = :id AND run = :run;

-- name: feed_delete
DELETE FROM feed WHERE org = :org AND id = :id;

-- name: feed_run_put
INSERT INTO feed_run (org, feed, run, began, over, unchanged, trouble, fresh, other, same, refused, lost, ended)
VALUES (:org, :feed, :run, :began, :over, :unchanged, :trouble, :fresh, :other, :same, :refused, :lost, :ended)
ON CONFLICT (org, feed, run) DO UPDATE SET over = excluded.over, trouble = excluded.trouble;

-- name: feed_run_drop
DELETE FROM feed_run WHERE org = :org AND feed = :feed AND run <= :run;

-- name: feed_run_list
SELECT run, began, over, unchanged, trouble, fresh, other, same, refused, lost, ended
FROM feed_run WHERE org = :org AND feed = :feed ORDER BY run DESC LIMIT :most;

-- name: feed_part_list
SELECT name, stamp FROM feed_part WHERE org = :org AND feed = :feed ORDER BY name;

-- name: feed_part_put
INSERT INTO feed_part (org, feed, name, stamp, run) VALUES (:org, :feed, :name, :stamp, :run)
ON CONFLICT (org, feed, name) DO UPDATE SET stamp = excluded.stamp, run = excluded.run;

-- name: feed_part_delete
DELETE FROM feed_part WHERE org = :org AND feed = :feed AND name = :name;

-- name: feed_parts_delete
DELETE FROM feed_part WHERE org = :org AND feed = :feed;

-- name: feed_object_get
SELECT hash, run, part, ended FROM feed_object WHERE org = :org AND id = :id AND feed = :feed;

-- name: feed_object_add
INSERT INTO feed_object (org, feed, id, part, hash, first, at, sha256, run, ended)
VALUES (:org, :feed, :id, :part, :hash, :at, :at, :sha256, :run, 0);

-- name: feed_object_set
UPDATE feed_object SET hash = :hash, part = :part, at = :at, sha256 = :sha256, run = :run, ended = 0
WHERE org = :org AND id = :id AND feed = :feed;

-- name: feed_object_seen
UPDATE feed_object SET run = :run, part = :part WHERE org = :org AND id = :id AND feed = :feed;

-- name: feed_object_end
UPDATE feed_object SET ended = :ended WHERE org = :org AND id = :id AND feed = :feed;

-- name: feed_object_gone
SELECT id FROM feed_object WHERE org = :org AND feed = :feed AND part = :part AND run < :run AND ended = 0
ORDER BY run, id LIMIT :most;

-- name: feed_object_stands
SELECT count(*) FROM feed_object WHERE org = :org AND feed = :feed AND part = :part AND run >= :run AND ended = 0;

-- name: feed_object_left
SELECT count(*) FROM feed_object WHERE org = :org AND feed = :feed AND part = :part AND run < :run AND ended = 0;

-- name: feed_object_of
SELECT o.feed, coalesce(f.name, ''), coalesce(f.url, ''), coalesce(f.grade, ''), o.part, o.first, o.at, o.sha256, o.ended
FROM feed_object o LEFT JOIN feed f ON f.org = o.org AND f.id = o.feed
WHERE o.org = :org AND o.id = :id ORDER BY o.first, o.feed LIMIT 20;
