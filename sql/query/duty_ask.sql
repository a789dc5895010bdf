-- name: duty_ask_add
INSERT INTO duty_ask (org, id, who, place, contact, instead, zone, begins, ends, back, back_end, note, until, state,
    contact_by, instead_by, made, made_by)
VALUES (:org, :id, :who, :place, :contact, :instead, :zone, :begins, :ends, :back, :back_end, :note, :until, 0,
    :contact_by, :instead_by, :now, :by);

-- name: duty_ask_get
-- Of who left the network none is left.
SELECT a.id, a.who, a.place, a.contact, a.instead, a.zone, a.begins, a.ends, a.back, a.back_end, a.note, a.until, a.state,
    a.contact_by, a.instead_by, a.made_by, c.name, i.name, c.account, i.account
FROM duty_ask a JOIN contact c ON c.org = a.org AND c.id = a.contact JOIN contact i ON i.org = a.org AND i.id = a.instead
WHERE a.org = :org AND a.id = :id;

-- name: duty_ask_list
SELECT a.id, a.who, a.place, a.contact, a.instead, a.zone, a.begins, a.ends, a.back, a.back_end, a.note, a.until, a.state,
    a.contact_by, a.instead_by, a.made_by, c.name, i.name, c.account, i.account
FROM duty_ask a JOIN contact c ON c.org = a.org AND c.id = a.contact JOIN contact i ON i.org = a.org AND i.id = a.instead
WHERE a.org = :org AND a.who = :who AND a.place = :place AND a.until > :now AND a.state = 0
ORDER BY a.until, a.id LIMIT :most;

-- name: duty_ask_said
UPDATE duty_ask SET contact_by = :contact_by, instead_by = :instead_by, state = :state
WHERE org = :org AND id = :id AND state = 0;
