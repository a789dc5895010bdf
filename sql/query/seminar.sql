-- name: seminar_add
INSERT INTO seminar (org, id, kind, title, place, link, about, zone, begins, ends, at, until, state, note, sequence, made, made_by,
    changed)
VALUES (:org, :id, :kind, :title, :place, :link, :about, :zone, :begins, :ends, :at, :until, 0, '', 0, :now, :by, :now);

-- name: seminar_get
SELECT id, kind, title, place, link, about, zone, begins, ends, at, until, state, note, sequence, changed, made_by,
    (SELECT count(*) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id AND u.invited > 0),
    (SELECT count(*) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id AND u.people > 0),
    (SELECT CAST(coalesce(sum(u.people), 0) AS BIGINT) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id)
FROM seminar s WHERE s.org = :org AND s.id = :id;

-- name: seminar_list
SELECT id, kind, title, place, link, about, zone, begins, ends, at, until, state, note, sequence, changed, made_by,
    (SELECT count(*) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id AND u.invited > 0),
    (SELECT count(*) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id AND u.people > 0),
    (SELECT CAST(coalesce(sum(u.people), 0) AS BIGINT) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id)
FROM seminar s
WHERE s.org = :org AND (s.at, s.id) < (CAST(:before AS BIGINT), :id) AND s.at >= CAST(:from AS BIGINT) AND s.at < CAST(:to AS BIGINT)
  AND (CAST(:kind AS BIGINT) < 0 OR s.kind = CAST(:kind AS BIGINT)) AND (CAST(:state AS BIGINT) < 0 OR s.state = CAST(:state AS BIGINT))
  AND (:unit = '' OR EXISTS (SELECT 1 FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id AND u.unit = :unit AND u.people > 0))
ORDER BY s.at DESC, s.id DESC LIMIT :most;

-- name: seminar_set
UPDATE seminar SET kind = :kind, title = :title, place = :place, link = :link, about = :about, zone = :zone, begins = :begins,
    ends = :ends, at = :at, until = :until, sequence = sequence + 1, changed = :now
WHERE org = :org AND id = :id AND state = 0;

-- name: seminar_end
UPDATE seminar SET state = :state, note = :note, sequence = sequence + CAST(:raise AS BIGINT), changed = :now
WHERE org = :org AND id = :id;

-- name: seminar_invite_all
-- All but this node's own.
INSERT INTO seminar_unit (org, seminar, unit, name, invited, people)
SELECT u.org, :seminar, u.id, u.name, CAST(:now AS BIGINT), 0 FROM unit u WHERE u.org = :org AND u.tenant <> :own
  AND (CAST(:attribute AS BIGINT) = 0 OR u.attribute = CAST(:attribute AS BIGINT))
ON CONFLICT (org, seminar, unit) DO UPDATE SET invited = excluded.invited WHERE seminar_unit.invited = 0;

-- name: seminar_invite
INSERT INTO seminar_unit (org, seminar, unit, name, invited, people) VALUES (:org, :seminar, :unit, :name, :now, 0)
ON CONFLICT (org, seminar, unit) DO UPDATE SET invited = excluded.invited WHERE seminar_unit.invited = 0;

-- name: seminar_invitable
SELECT count(*) FROM unit u WHERE u.org = :org AND u.tenant <> :own
  AND (CAST(:attribute AS BIGINT) = 0 OR u.attribute = CAST(:attribute AS BIGINT));

-- name: seminar_attend
INSERT INTO seminar_unit (org, seminar, unit, name, invited, people) VALUES (:org, :seminar, :unit, :name, 0, :people)
ON CONFLICT (org, seminar, unit) DO UPDATE SET people = excluded.people;

-- name: seminar_unit_drop
-- Neither invited nor there.
DELETE FROM seminar_unit WHERE org = :org AND seminar = :seminar AND invited = 0 AND people = 0;

-- name: seminar_unit_count
SELECT count(*) FROM seminar_unit WHERE org = :org AND seminar = :seminar;

-- name: seminar_unit_list
SELECT w.unit, w.name, coalesce(u.oid, ''), w.invited, w.people
FROM seminar_unit w LEFT JOIN unit u ON u.org = w.org AND u.id = w.unit
WHERE w.org = :org AND w.seminar = :seminar ORDER BY w.name, w.unit LIMIT :most;

-- name: seminar_held
-- Held seminars in their order, by which years are counted.
SELECT at, (SELECT CAST(coalesce(sum(u.people), 0) AS BIGINT) FROM seminar_unit u WHERE u.org = s.org AND u.seminar = s.id)
FROM seminar s WHERE s.org = :org AND s.state = 1 AND s.at >= CAST(:from AS BIGINT) AND s.at < CAST(:to AS BIGINT) ORDER BY s.at LIMIT :most;

-- name: seminar_first
SELECT coalesce(min(at), 0) FROM seminar WHERE org = :org;

-- name: seminar_part_count
-- Organisations that took part in one that was held.
SELECT count(DISTINCT w.unit) FROM seminar s JOIN seminar_unit w ON w.org = s.org AND w.seminar = s.id AND w.people > 0
WHERE s.org = :org AND s.state = 1 AND s.at >= CAST(:from AS BIGINT) AND s.at < CAST(:to AS BIGINT);

-- name: seminar_part_list
SELECT w.unit, max(w.name), count(*), CAST(sum(w.people) AS BIGINT), max(s.at)
FROM seminar s JOIN seminar_unit w ON w.org = s.org AND w.seminar = s.id AND w.people > 0
WHERE s.org = :org AND s.state = 1 AND s.at >= CAST(:from AS BIGINT) AND s.at < CAST(:to AS BIGINT)
GROUP BY w.unit ORDER BY 2, 1 LIMIT :most;
