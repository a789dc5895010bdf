-- name: network_clear
DELETE FROM network WHERE org = :org;

-- name: network_add
INSERT INTO network (org, prefix, network, country, operator, abuse, domestic)
VALUES (:org, :prefix, :network, :country, :operator, :abuse, 0)
ON CONFLICT (org, prefix) DO NOTHING;

-- name: network_home
UPDATE network SET domestic = 1 WHERE org = :org AND country = :country;

-- name: network_count
SELECT count(*) FROM network WHERE org = :org;

-- name: network_get
SELECT network, country, operator, abuse, domestic FROM network WHERE org = :org AND prefix = :prefix;

-- name: network_list
SELECT network, country, operator, abuse, domestic, prefix FROM network WHERE org = :org AND prefix > :after
ORDER BY prefix LIMIT :most;
