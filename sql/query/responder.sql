-- name: responder_put
INSERT INTO responder (org, contact, skills, available, rest, note, changed)
VALUES (:org, :contact, :skills, :available, :rest, :note, :now)
ON CONFLICT (org, contact) DO UPDATE SET skills = :skills, available = :available, rest = :rest, note = :note, changed = :now;

-- name: responder_remove
DELETE FROM responder WHERE org = :org AND contact = :contact;

-- name: responder_leave_unit
DELETE FROM responder WHERE org = :org AND contact IN (SELECT c.id FROM contact c WHERE c.org = :org AND c.unit = :unit);

-- name: responder_count
SELECT count(*) FROM responder WHERE org = :org;

-- name: responder_get
-- Who comes (1) is on a team that is not over: when it is, each has gone home.
SELECT r.contact, r.skills, r.available, r.rest, r.note, c.name, u.name, coalesce((SELECT min(k.team) FROM team_call k
    WHERE k.org = r.org AND k.contact = r.contact AND k.state = 1), '')
FROM responder r JOIN contact c ON c.org = r.org AND c.id = r.contact JOIN unit u ON u.org = c.org AND u.id = c.unit
WHERE r.org = :org AND r.contact = :contact;

-- name: responder_list
SELECT r.contact, r.skills, r.available, r.rest, r.note, c.name, u.name, coalesce((SELECT min(k.team) FROM team_call k
    WHERE k.org = r.org AND k.contact = r.contact AND k.state = 1), '')
FROM responder r JOIN contact c ON c.org = r.org AND c.id = r.contact JOIN unit u ON u.org = c.org AND u.id = c.unit
WHERE r.org = :org AND (c.name > :name OR (c.name = :name AND c.id > :id))
  AND (:words = '' OR c.name LIKE :words ESCAPE '\' OR u.name LIKE :words ESCAPE '\')
  AND (CAST(:skills AS BIGINT) = 0 OR (r.skills & CAST(:skills AS BIGINT)) <> 0)
  AND (CAST(:free AS BIGINT) = 0 OR (r.available = 1 AND r.rest <= CAST(:now AS BIGINT) AND NOT EXISTS (SELECT 1 FROM team_call k
    WHERE k.org = r.org AND k.contact = r.contact AND k.state = 1)))
ORDER BY c.name, c.id LIMIT :most;

-- name: responder_in_unit
-- One person may be a contact in several parts: the same name, mail and mobile phone.
SELECT min(id) FROM contact WHERE org = :org AND unit = :unit AND (name = :name OR id = :name) GROUP BY mobile, email LIMIT 2;
