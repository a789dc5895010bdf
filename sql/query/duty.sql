-- name: duty_add
INSERT INTO duty (org, id, who, place, contact, instead, zone, begins, ends, every, until, seat, note, made, made_by)
VALUES (:org, :id, :who, :place, :contact, :instead, :zone, :begins, :ends, :every, :until, :seat, :note, :made, :by);

-- name: duty_get
SELECT d.id, d.who, d.place, d.contact, d.instead, d.zone, d.begins, d.ends, d.every, d.until, d.seat, d.note, d.made,
    d.made_by, coalesce(c.name, ''), coalesce(i.name, '')
FROM duty d LEFT JOIN contact c ON c.org = d.org AND c.id = d.contact
    LEFT JOIN contact i ON i.org = d.org AND i.id = d.instead
WHERE d.org = :org AND d.id = :id;

-- name: duty_of_post
SELECT d.id, d.who, d.place, d.contact, d.instead, d.zone, d.begins, d.ends, d.every, d.until, d.seat, d.note, d.made,
    d.made_by, coalesce(c.name, ''), coalesce(i.name, '')
FROM duty d LEFT JOIN contact c ON c.org = d.org AND c.id = d.contact
    LEFT JOIN contact i ON i.org = d.org AND i.id = d.instead
WHERE d.org = :org AND d.who = :who AND d.place = :place AND (d.until = 0 OR d.until > :from)
ORDER BY d.made, d.begins, d.id LIMIT :most;

-- name: duty_count
SELECT count(*) FROM duty WHERE org = :org AND who = :who AND place = :place AND (until = 0 OR until > :from);

-- name: duty_posts
SELECT DISTINCT who, place FROM duty WHERE org = :org AND (until = 0 OR until > :from) ORDER BY who, place;

-- name: duty_end
UPDATE duty SET until = :until WHERE org = :org AND id = :id;

-- name: duty_remove
DELETE FROM duty WHERE org = :org AND id = :id;

-- name: duty_leave
DELETE FROM duty WHERE org = :org AND (contact = :contact OR instead = :contact);

-- name: duty_leave_unit
DELETE FROM duty WHERE org = :org AND (contact IN (SELECT id FROM contact WHERE org = :org AND unit = :unit)
    OR instead IN (SELECT id FROM contact WHERE org = :org AND unit = :unit));
