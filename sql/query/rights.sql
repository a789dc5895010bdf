-- Statements of isac: what markings mean, and who is in which sharing group.

-- name: marking_key_add
INSERT INTO marking_key (org, marking, facts) VALUES (:org, :marking, :facts) ON CONFLICT DO NOTHING;
-- name: marking_key_get
SELECT facts FROM marking_key WHERE org = :org AND marking = :marking;

-- name: marking_def_add
INSERT INTO marking_def (org, id, author, trusted, unknown, tlp, grp)
VALUES (:org, :id, :author, :trusted, :unknown, :tlp, :grp) ON CONFLICT DO NOTHING;
-- name: marking_def_get
-- What the author of an object said a marking means, and what people of this node said.
SELECT unknown, tlp, grp, author FROM marking_def
WHERE org = :org AND id = :id AND (author = :author OR trusted = 1);

-- name: group_add
INSERT INTO sharing_group (org, id, name, marking, created) VALUES (:org, :id, :name, :marking, :created);
-- name: group_get
SELECT id, name, marking, created FROM sharing_group WHERE org = :org AND (id = :id OR name = :id);
-- name: group_list
SELECT id, name, marking, created FROM sharing_group WHERE org = :org ORDER BY name LIMIT :most;
-- name: group_count
SELECT count(*) FROM sharing_group WHERE org = :org;
-- name: group_drop
DELETE FROM sharing_group WHERE org = :org AND id = :id;
-- name: group_member_add
INSERT INTO sharing_group_member (org, grp, member) VALUES (:org, :grp, :member) ON CONFLICT DO NOTHING;
-- name: group_member_drop
DELETE FROM sharing_group_member WHERE org = :org AND grp = :grp AND member = :member;
-- name: group_members
SELECT member FROM sharing_group_member WHERE org = :org AND grp = :grp ORDER BY member;
-- name: group_member_clear
DELETE FROM sharing_group_member WHERE org = :org AND grp = :grp;
-- name: group_member_count
SELECT count(*) FROM sharing_group_member WHERE org = :org AND grp = :grp;
