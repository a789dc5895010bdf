-- name: manning_add
INSERT INTO manning (org, id, who, place, contact, name, incident, title, arrived, arrived_by, gone, gone_by, note)
VALUES (:org, :id, :who, :place, :contact, :name, :incident, :title, :arrived, :by, 0, '', :note)
ON CONFLICT DO NOTHING;

-- name: manning_get
SELECT m.id, m.who, m.place, m.contact, m.name, m.incident,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = m.incident AND i.tlp = 5) THEN '' ELSE m.title END, coalesce(k.arrived, m.arrived), m.arrived_by,
    CASE WHEN k.gone > 0 THEN k.gone ELSE m.gone END, m.gone_by, m.note, coalesce(k.seq, 0), m.arrived
FROM manning m LEFT JOIN manning_correction k ON k.org = m.org AND k.manning = m.id
    AND k.seq = (SELECT max(x.seq) FROM manning_correction x WHERE x.org = m.org AND x.manning = m.id)
WHERE m.org = :org AND m.id = :id;

-- name: manning_leave
UPDATE manning SET gone = :gone, gone_by = :by WHERE org = :org AND id = :id AND gone = 0;

-- name: manning_list
SELECT m.id, m.who, m.place, m.contact, m.name, m.incident,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = m.incident AND i.tlp = 5) THEN '' ELSE m.title END, coalesce(k.arrived, m.arrived), m.arrived_by,
    CASE WHEN k.gone > 0 THEN k.gone ELSE m.gone END, m.gone_by, m.note, coalesce(k.seq, 0), m.arrived
FROM manning m LEFT JOIN manning_correction k ON k.org = m.org AND k.manning = m.id
    AND k.seq = (SELECT max(x.seq) FROM manning_correction x WHERE x.org = m.org AND x.manning = m.id)
WHERE m.org = :org AND (m.arrived, m.id) < (CAST(:at AS BIGINT), :id)
ORDER BY m.arrived DESC, m.id DESC LIMIT :most;

-- name: manning_of
SELECT m.id, m.who, m.place, m.contact, m.name, m.incident,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = m.incident AND i.tlp = 5) THEN '' ELSE m.title END, coalesce(k.arrived, m.arrived), m.arrived_by,
    CASE WHEN k.gone > 0 THEN k.gone ELSE m.gone END, m.gone_by, m.note, coalesce(k.seq, 0), m.arrived
FROM manning m LEFT JOIN manning_correction k ON k.org = m.org AND k.manning = m.id
    AND k.seq = (SELECT max(x.seq) FROM manning_correction x WHERE x.org = m.org AND x.manning = m.id)
WHERE m.org = :org AND m.incident = :incident AND (m.arrived, m.id) < (CAST(:at AS BIGINT), :id)
ORDER BY m.arrived DESC, m.id DESC LIMIT :most;

-- name: manning_there
SELECT m.id, m.who, m.place, m.contact, m.name, m.incident,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = m.incident AND i.tlp = 5) THEN '' ELSE m.title END, coalesce(k.arrived, m.arrived), m.arrived_by,
    CASE WHEN k.gone > 0 THEN k.gone ELSE m.gone END, m.gone_by, m.note, coalesce(k.seq, 0), m.arrived
FROM manning m LEFT JOIN manning_correction k ON k.org = m.org AND k.manning = m.id
    AND k.seq = (SELECT max(x.seq) FROM manning_correction x WHERE x.org = m.org AND x.manning = m.id)
WHERE m.org = :org AND m.gone = 0 ORDER BY m.who, m.place, m.arrived, m.id LIMIT :most;

-- name: manning_correct
INSERT INTO manning_correction (org, manning, seq, arrived, gone, reason, at, account)
VALUES (:org, :manning, :seq, :arrived, :gone, :reason, :now, :by) ON CONFLICT DO NOTHING;

-- name: manning_corrections
SELECT seq, arrived, gone, reason, at, account FROM manning_correction
WHERE org = :org AND manning = :manning ORDER BY seq LIMIT :most;

-- name: manning_called
-- Whom the convening of the centre for an incident, or of a group, called, and who has not come for it.
SELECT DISTINCT c.who, c.place, c.contact, c.name FROM notice n
    CROSS JOIN notice_call c -- SQLite takes them in this order: the incident's notices first
WHERE n.org = :org AND n.subject = :incident AND n.kind IN (:centre, :group) AND c.org = n.org AND c.notice = n.id AND c.contact <> '' AND NOT EXISTS (SELECT 1 FROM manning m
    WHERE m.org = n.org AND m.incident = n.subject AND m.who = c.who AND m.place = c.place AND m.contact = c.contact)
ORDER BY c.who, c.place, c.name, c.contact LIMIT :most;

-- name: manning_first
SELECT id, who, place, contact, name, incident, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = manning.incident AND i.tlp = 5) THEN '' ELSE title END, arrived, arrived_by, gone, gone_by, note, 0, arrived
FROM manning WHERE org = :org AND id = :id;
