-- name: chain_head_put
INSERT INTO chain_head (org, peer, hour, seq, hash, json) VALUES (:org, :peer, :hour, :seq, :hash, :json)
ON CONFLICT (peer, hour) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, json = excluded.json;
-- name: chain_head_list
SELECT seq, hash, json FROM chain_head WHERE org = :org AND peer = :peer ORDER BY hour;
-- name: chain_head_all
SELECT seq, hash, json FROM chain_head
WHERE org = :org AND peer IN (SELECT id FROM peer WHERE org = :org AND kind = 1) ORDER BY peer, hour;
-- name: chain_head_first
SELECT hour FROM chain_head WHERE org = :org AND peer = :peer ORDER BY hour LIMIT 1;
-- name: chain_head_at
SELECT seq, hash, json FROM chain_head WHERE org = :org AND peer = :peer AND hour <= :hour
ORDER BY hour DESC LIMIT 1;
-- name: chain_head_drop
DELETE FROM chain_head WHERE org = :org AND peer = :peer AND hour < :hour;
-- name: chain_peer_get
SELECT seq, hash, at, skew, ask, ask_hash, broken FROM chain_peer WHERE org = :org AND peer = :peer;
-- name: chain_peer_put
INSERT INTO chain_peer (org, peer, seq, hash, at, skew, ask, ask_hash, broken)
VALUES (:org, :peer, :seq, :hash, :at, :skew, :ask, :ask_hash, :broken)
ON CONFLICT (peer) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at, skew = excluded.skew,
    ask = excluded.ask, ask_hash = excluded.ask_hash, broken = excluded.broken;
-- name: chain_peer_drop
DELETE FROM chain_peer WHERE org = :org AND peer = :peer;
-- name: chain_peer_broken
SELECT count(*) FROM chain_peer WHERE org = :org AND broken <> '';
-- name: chain_drop
DELETE FROM chain_head WHERE org = :org AND peer = :peer;
