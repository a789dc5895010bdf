-- name: block_insert
INSERT INTO block (id, org, kind, value, reversed, indicator, state, provisional, created, changed, expires, seq)
VALUES (:id, :org, 'domain', :value, :reversed, :indicator, 'active', :provisional, :now, :now, :expires, :seq);

-- name: block_renew
UPDATE block SET provisional = :provisional, expires = :expires, changed = :now
WHERE org = :org AND indicator = :indicator AND value = :value AND state = 'active';

-- name: block_same
SELECT id, value, indicator, state, provisional, created, changed, expires, seq FROM block
WHERE org = :org AND indicator = :indicator AND value = :value AND state = 'active';

-- name: block_find
SELECT id, value, indicator, state, provisional, created, changed, expires, seq FROM block
WHERE org = :org AND value = :value AND state = 'active' ORDER BY +seq LIMIT 1;

-- name: block_active
SELECT count(*) FROM block WHERE org = :org AND value = :value AND state = 'active';

-- name: block_names
SELECT count(DISTINCT value) FROM block WHERE org = :org AND state = 'active';

-- name: block_few
-- The first names with what blocks them; more than :limit: they are many.
SELECT value, indicator FROM block WHERE org = :org AND state = 'active' ORDER BY reversed, seq LIMIT :limit;

-- name: block_of_indicator
SELECT id, value, indicator FROM block WHERE org = :org AND indicator = :indicator AND state = 'active' ORDER BY +seq;

-- name: block_expired
SELECT id, value, indicator FROM block
WHERE org = :org AND state = 'active' AND expires > 0 AND expires <= :now ORDER BY expires LIMIT 10000;

-- name: block_next_expiry
SELECT expires FROM block WHERE org = :org AND state = 'active' AND expires > 0 ORDER BY expires LIMIT 1;

-- name: block_under
SELECT id, value, indicator FROM block
WHERE org = :org AND state = 'active' AND reversed >= :low AND reversed < :high ORDER BY reversed;

-- name: block_of_value
SELECT id, value, indicator FROM block WHERE org = :org AND value = :value AND state = 'active';

-- name: block_end
UPDATE block SET state = :state, changed = :now WHERE org = :org AND id = :id AND state = 'active';

-- name: block_list
SELECT id, value, indicator, state, provisional, created, changed, expires, seq FROM block
WHERE org = :org AND seq < :before AND (state = 'active' OR :active = 0) ORDER BY seq DESC LIMIT :limit;

-- name: block_values
SELECT DISTINCT value, reversed FROM block WHERE org = :org AND state = 'active' ORDER BY reversed;

-- name: allow_put
INSERT INTO allow (org, value, reversed, reason, created) VALUES (:org, :value, :reversed, :reason, :now)
ON CONFLICT (org, value) DO UPDATE SET reason = excluded.reason;

-- name: allow_del
DELETE FROM allow WHERE org = :org AND value = :value;

-- name: allow_get
SELECT reason FROM allow WHERE org = :org AND value = :value;

-- name: allow_under
SELECT value FROM allow WHERE org = :org AND reversed >= :low AND reversed < :high ORDER BY reversed LIMIT 1;

-- name: allow_list
SELECT value, reason, created FROM allow WHERE org = :org AND value > :after ORDER BY value LIMIT :limit;

-- name: zone_state_init
INSERT INTO zone_state (org, number, blocks) VALUES (:org, 1, 0) ON CONFLICT (org) DO NOTHING;

-- name: zone_number
SELECT number FROM zone_state WHERE org = :org;

-- name: zone_number_next
UPDATE zone_state SET number = number + 1 WHERE org = :org RETURNING number;

-- name: block_seq_next
UPDATE zone_state SET blocks = blocks + 1 WHERE org = :org RETURNING blocks;

-- name: zone_change_add
INSERT INTO zone_change (org, number, added, value) VALUES (:org, :number, :added, :value);

-- name: zone_change_prune
DELETE FROM zone_change WHERE org = :org AND number <= :upto;

-- name: zone_change_oldest
SELECT number FROM zone_change WHERE org = :org ORDER BY number LIMIT 1;

-- name: zone_changes
SELECT number, added, value FROM zone_change WHERE org = :org AND number > :since ORDER BY number;
