-- Statements of isac: how far sources and objects are believed (isac/grade.h), and what others say of indicators
-- (isac/feedback.h).

-- name: grade_set
INSERT INTO object_grade (org, id, letter, digit, note, account, at)
VALUES (:org, :id, :letter, :digit, :note, :account, :at)
ON CONFLICT (org, id) DO UPDATE SET letter = excluded.letter, digit = excluded.digit, note = excluded.note,
    account = excluded.account, at = excluded.at;
-- name: grade_forget
DELETE FROM object_grade WHERE org = :org AND id = :id;
-- name: grade_get
SELECT id, letter, digit, note, account, at FROM object_grade WHERE org = :org AND id = :id;
-- name: grade_count
SELECT count(*) FROM object_grade WHERE org = :org;
-- name: grade_find
SELECT id FROM object_grade
WHERE org = :org AND (letter = :letter OR :letter = '') AND (digit = :digit OR :digit = '')
ORDER BY at DESC, id LIMIT :most;
-- name: grade_feeds
SELECT id FROM feed WHERE org = :org AND grade <> '' AND (substr(grade, 1, 1) = :letter OR :letter = '')
    AND (substr(grade, 2, 1) = :digit OR :digit = '') ORDER BY id LIMIT :most;

-- name: feedback_put
-- The last word of one who speaks counts.
INSERT INTO indicator_feedback (org, indicator, maker, object, version, agrees, seen)
VALUES (:org, :indicator, :maker, :object, :version, :agrees, :seen)
ON CONFLICT (org, indicator, maker, object) DO UPDATE SET version = excluded.version, agrees = excluded.agrees,
    seen = excluded.seen WHERE indicator_feedback.version <= excluded.version;
-- name: feedback_list
SELECT maker, agrees, seen FROM indicator_feedback WHERE org = :org AND indicator = :indicator
ORDER BY maker, version LIMIT :most;
-- name: feedback_of_maker
SELECT count(*) FROM indicator_feedback WHERE org = :org AND indicator = :indicator AND maker = :maker;
-- name: feedback_about
SELECT DISTINCT indicator FROM indicator_feedback WHERE org = :org AND object = :object LIMIT :most;
-- name: feedback_forget
DELETE FROM indicator_feedback WHERE org = :org AND object = :object;
