-- name: asset_get
SELECT shown, addresses, owner, weight, note, changed, account FROM asset WHERE org = :org AND name = :name;

-- name: asset_put
INSERT INTO asset (org, name, shown, addresses, owner, weight, note, changed, account)
VALUES (:org, :name, :shown, :addresses, :owner, :weight, :note, :changed, :account)
ON CONFLICT (org, name) DO UPDATE SET shown = excluded.shown, addresses = excluded.addresses,
    owner = excluded.owner, weight = excluded.weight, note = excluded.note, changed = excluded.changed,
    account = excluded.account;

-- name: asset_delete
DELETE FROM asset WHERE org = :org AND name = :name;

-- name: asset_count
SELECT count(*) FROM asset WHERE org = :org;

-- name: asset_list
SELECT shown, addresses, owner, weight, note, changed, account FROM asset
WHERE org = :org AND name > :after ORDER BY name LIMIT :most;

-- name: asset_network_add
INSERT INTO asset_network (org, bits, network, asset) VALUES (:org, :bits, :network, :asset);

-- name: asset_network_clear
DELETE FROM asset_network WHERE org = :org AND asset = :asset;

-- name: asset_bits
-- The lengths of prefixes that there are, each found by a step in the key.
WITH RECURSIVE b (bits) AS (
    SELECT min(bits) FROM asset_network WHERE org = :org
    UNION ALL
    SELECT (SELECT min(n.bits) FROM asset_network AS n WHERE n.org = :org AND n.bits > b.bits) FROM b
    WHERE b.bits IS NOT NULL)
SELECT bits FROM b WHERE bits IS NOT NULL;

-- name: asset_at
SELECT a.shown, a.addresses, a.owner, a.weight, a.note, a.changed, a.account
FROM asset_network AS n JOIN asset AS a ON a.org = n.org AND a.name = n.asset
WHERE n.org = :org AND n.bits = :bits AND n.network = :network ORDER BY a.weight DESC, a.name LIMIT 1;
