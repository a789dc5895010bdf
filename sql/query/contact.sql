-- name: unit_add
INSERT INTO unit (org, id, name, oid, attribute, grade, superior, tenant, peer, created, changed)
VALUES (:org, :id, :name, :oid, :attribute, :grade, :superior, :tenant, :peer, :now, :now);

-- name: unit_set
UPDATE unit SET name = :name, oid = :oid, attribute = :attribute, grade = :grade, superior = :superior,
    tenant = :tenant, peer = :peer, changed = :now
WHERE org = :org AND id = :id;

-- name: unit_remove
DELETE FROM unit WHERE org = :org AND id = :id;

-- name: unit_get
SELECT id, name, oid, attribute, grade, superior, tenant, peer, created, changed FROM unit WHERE org = :org AND id = :id;

-- name: unit_find
SELECT id, name, oid, attribute, grade, superior, tenant, peer, created, changed FROM unit
WHERE org = :org AND ((:oid <> '' AND oid = :oid) OR name = :name)
ORDER BY CASE WHEN oid = :oid THEN 0 ELSE 1 END LIMIT 1;

-- name: unit_about
SELECT id, name, oid, attribute, grade, superior, tenant, peer, created, changed FROM unit
WHERE org = :org AND (id = :about OR tenant = :about OR peer = :about) ORDER BY created, id LIMIT 1;

-- name: unit_list
-- With the parts (bits of enum lf_contact_part) that nobody is named for.
SELECT id, name, oid, attribute, grade, superior, tenant, peer, created, changed, CAST(:needs AS BIGINT) & ~(SELECT
    coalesce(max(CASE c.part WHEN 0 THEN 1 ELSE 0 END) + max(CASE c.part WHEN 1 THEN 2 ELSE 0 END)
    + max(CASE c.part WHEN 2 THEN 4 ELSE 0 END) + max(CASE c.part WHEN 3 THEN 8 ELSE 0 END)
    + max(CASE c.part WHEN 4 THEN 16 ELSE 0 END), 0) FROM contact c WHERE c.org = unit.org AND c.unit = unit.id)
FROM unit
WHERE org = :org AND (name > :name OR (name = :name AND id > :id))
  AND (:words = '' OR name LIKE :words ESCAPE '\' OR oid LIKE :words ESCAPE '\')
  AND (CAST(:lacks AS BIGINT) = 0 OR CAST(:lacks AS BIGINT) & ~(SELECT
    coalesce(max(CASE c.part WHEN 0 THEN 1 ELSE 0 END) + max(CASE c.part WHEN 1 THEN 2 ELSE 0 END)
    + max(CASE c.part WHEN 2 THEN 4 ELSE 0 END) + max(CASE c.part WHEN 3 THEN 8 ELSE 0 END)
    + max(CASE c.part WHEN 4 THEN 16 ELSE 0 END), 0) FROM contact c WHERE c.org = unit.org AND c.unit = unit.id) <> 0)
ORDER BY name, id LIMIT :most;

-- name: unit_count
SELECT count(*) FROM unit WHERE org = :org;

-- name: contact_add
INSERT INTO contact (org, id, unit, part, seat, name, title, telephone, fax, mobile, email, webhook, account, english,
    created, changed)
VALUES (:org, :id, :unit, :part, :seat, :name, :title, :telephone, :fax, :mobile, :email, :webhook, :account, :english,
    :now, :now);

-- name: contact_set
UPDATE contact SET part = :part, seat = :seat, name = :name, title = :title, telephone = :telephone, fax = :fax,
    mobile = :mobile, email = :email, webhook = :webhook, account = :account, english = :english, changed = :now
WHERE org = :org AND id = :id;

-- name: contact_remove
DELETE FROM contact WHERE org = :org AND id = :id;

-- name: contact_remove_of_unit
DELETE FROM contact WHERE org = :org AND unit = :unit;

-- name: contact_get
SELECT id, unit, part, seat, name, title, telephone, fax, mobile, email, webhook, account, english
FROM contact WHERE org = :org AND id = :id;

-- name: contact_of_account
SELECT id FROM contact WHERE org = :org AND account = :account AND account <> '' ORDER BY id LIMIT :most;

-- name: contact_of_unit
SELECT id, unit, part, seat, name, title, telephone, fax, mobile, email, webhook, account, english
FROM contact WHERE org = :org AND unit = :unit ORDER BY part, seat, id LIMIT :most;

-- name: contact_by_name
SELECT id FROM contact WHERE org = :org AND (name = :name OR id = :name) AND (:unit = '' OR unit = :unit) ORDER BY id LIMIT 3;

-- name: contact_of_members
SELECT id, unit, part, seat, name, title, telephone, fax, mobile, email, webhook, account, english
FROM contact c WHERE org = :org AND part = 0 AND unit <> :own
  AND seat = (SELECT min(d.seat) FROM contact d WHERE d.org = :org AND d.unit = c.unit AND d.part = 0)
ORDER BY unit, id LIMIT :most;

-- name: contact_last_seat
SELECT coalesce(max(seat), 0) FROM contact WHERE org = :org AND unit = :unit AND part = :part;

-- name: contact_count
SELECT count(*) FROM contact WHERE org = :org AND unit = :unit;

-- name: post_get
SELECT c.id, c.unit, c.part, c.seat, c.name, c.title, c.telephone, c.fax, c.mobile, c.email, c.webhook, c.account,
    c.english
FROM post p JOIN contact c ON c.org = p.org AND c.id = p.contact
WHERE p.org = :org AND p.who = :who AND p.place = :place ORDER BY p.seat LIMIT :most;

-- name: post_clear
DELETE FROM post WHERE org = :org AND who = :who AND place = :place;

-- name: post_add
INSERT INTO post (org, who, place, seat, contact) VALUES (:org, :who, :place, :seat, :contact);

-- name: post_leave
DELETE FROM post WHERE org = :org AND contact = :contact;

-- name: post_leave_unit
DELETE FROM post WHERE org = :org AND contact IN (SELECT id FROM contact WHERE org = :org AND unit = :unit);
