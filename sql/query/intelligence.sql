-- Statements of isac: peers, collections, objects, indicators, the link.

-- name: isac_reserve
-- scope: node — numbers of the node, by lf_db_take
INSERT INTO isac_counter (n, name) VALUES (:n, :name)
ON CONFLICT (name) DO UPDATE SET n = isac_counter.n + excluded.n RETURNING n;

-- name: collection_add
INSERT INTO collection (org, id, number, alias, title, readers, writers, last_added)
VALUES (:org, :id, :number, :alias, :title, :readers, :writers, 0);
-- name: collection_get
SELECT id, alias, title, readers, writers, last_added, number FROM collection
WHERE org = :org AND (id = :id OR alias = :id);
-- name: collection_list
SELECT id, alias, title, readers, writers, last_added, number FROM collection WHERE org = :org ORDER BY alias;
-- name: collection_set
UPDATE collection SET title = :title, readers = :readers, writers = :writers WHERE org = :org AND id = :id;
-- name: collection_drop
DELETE FROM collection WHERE org = :org AND id = :id;
-- name: collection_use
SELECT 'feed', name FROM feed WHERE org = :org AND collection = :id
UNION ALL SELECT 'digest', address FROM digest WHERE org = :org AND collection = :id
UNION ALL SELECT 'member of the national exchange', code FROM national_member
WHERE org = :org AND (inbox = :id OR outbox = :id) LIMIT 1;
-- name: collection_number
SELECT number FROM collection WHERE org = :org AND id = :id;
-- name: collection_stamp
-- date_added of :n objects, by lf_db_take
UPDATE collection SET last_added = CAST(:n AS BIGINT) - 1 + CASE WHEN last_added < :now THEN :now ELSE last_added + 1 END
WHERE org = :org AND id = :id RETURNING last_added;

-- name: stix_type_get
SELECT number FROM stix_type WHERE type = :type;
-- name: stix_type_name
SELECT type FROM stix_type WHERE number = :number;
-- name: stix_type_add
INSERT INTO stix_type (number, type) VALUES (:number, :type);
-- name: stix_type_list
SELECT number FROM stix_type ORDER BY number LIMIT :most;
-- name: stix_source_get
SELECT number FROM stix_source WHERE org = :org AND origin = :origin AND author = :author;
-- name: stix_source_name
SELECT origin, author FROM stix_source WHERE org = :org AND number = :number;
-- name: stix_source_add
INSERT INTO stix_source (org, number, origin, author) VALUES (:org, :number, :origin, :author);

-- Numbers of collections (:coll) are given by the statements above alone, and so to who may have them.

-- name: object_add
INSERT INTO stix_object (seq, key, version, source, received, id, json)
VALUES (:seq, :key, :version, :source, :received, :id, :json);
-- name: object_known
SELECT 1 FROM stix_id WHERE old IN (0, 1) AND key = :key LIMIT 1;
-- name: object_version
SELECT o.seq, o.id, s.origin FROM stix_id i CROSS JOIN stix_object o JOIN stix_source s ON s.number = o.source
WHERE i.old IN (0, 1) AND i.key = :key AND o.seq = i.seq AND o.version = :version AND s.org = :org;
-- name: id_add
INSERT INTO stix_id (old, key, seq) VALUES (0, :key, :seq);
-- name: id_drop
DELETE FROM stix_id WHERE old IN (0, 1) AND key = (SELECT o.key FROM stix_object o WHERE o.seq = :seq)
    AND seq = :seq AND NOT EXISTS (SELECT 1 FROM collection_object c WHERE c.seq = :seq);
-- name: id_state
-- scope: node — how far ids are, and the last number that was given
SELECT s.upto, s.reached, c.n FROM stix_id_state s JOIN isac_counter c ON c.name = 'stix' WHERE s.one = 1;
-- name: id_state_set
-- scope: node
UPDATE stix_id_state SET upto = :upto, reached = :reached WHERE one = 1;
-- name: id_young
SELECT key FROM stix_id WHERE old = 0 AND key >= :from ORDER BY key LIMIT 1 OFFSET :n;
-- name: id_keys
SELECT key FROM stix_id WHERE old = :old AND key >= :from ORDER BY key LIMIT :most;
-- name: id_count
SELECT count(*) FROM stix_id WHERE old IN (0, 1) AND key BETWEEN :from AND :to;
-- name: id_settle
UPDATE stix_id SET old = 1 WHERE old = 0 AND key BETWEEN :from AND :to;
-- name: object_drop
DELETE FROM stix_object WHERE seq = :seq AND NOT EXISTS (SELECT 1 FROM collection_object c WHERE c.seq = :seq);
-- name: object_text
SELECT seq, id, json FROM stix_object WHERE seq = :seq;
-- name: object_texts
SELECT seq, id, json FROM stix_object WHERE seq BETWEEN :from AND :to ORDER BY seq;
-- name: object_id
SELECT seq, id FROM stix_object WHERE seq = :seq;
-- name: object_ids
SELECT seq, id FROM stix_object WHERE seq BETWEEN :from AND :to ORDER BY seq;
-- name: entry_add
INSERT INTO collection_object (coll, rank, added, seq, version, kind, flags, maker, marking, source)
VALUES (:coll, :rank, :added, :seq, :version, :kind, :flags, :maker, :marking, :source);
-- name: entry_flags
UPDATE collection_object SET rank = :rank, flags = :flags
WHERE coll = :coll AND rank = :old AND added = :added;
-- name: entry_drop
DELETE FROM collection_object WHERE coll = :coll AND rank = :rank AND added = :added;
-- name: entry_of_id
SELECT c.added, c.rank, c.seq, c.version, c.kind, c.flags, c.maker, c.marking, c.source, o.id
FROM stix_id i CROSS JOIN stix_object o CROSS JOIN collection_object c
WHERE i.old IN (0, 1) AND i.key = :key AND o.seq = i.seq AND c.seq = i.seq AND +c.coll = :coll AND +c.added > :after ORDER BY o.version, c.added;
-- name: entry_scan
SELECT added, rank, seq, version, kind, flags, maker, marking, source FROM collection_object
WHERE coll = :coll AND rank = :rank AND added > :after ORDER BY added LIMIT :most;
-- name: entry_scan_kind
SELECT added, rank, seq, version, kind, flags, maker, marking, source FROM collection_object
WHERE coll = :coll AND kind = :kind AND rank = :rank AND added > :after ORDER BY added LIMIT :most;
-- name: entry_scan_version
SELECT added, rank, seq, version, kind, flags, maker, marking, source FROM collection_object
WHERE coll = :coll AND version = :version AND added > :after ORDER BY added LIMIT :most;
-- name: entry_copies
SELECT added, rank, seq, version, kind, flags, maker, marking, source FROM collection_object
WHERE +coll = :coll AND source = :source AND source <> '' AND version = :version;

-- name: taxii_status_add
INSERT INTO taxii_status (org, id, account, made, json) VALUES (:org, :id, :account, :made, :json);
-- name: taxii_status_get
SELECT json FROM taxii_status WHERE org = :org AND id = :id AND account = :account;
-- name: taxii_status_prune
-- scope: node — old ones of all organisations
DELETE FROM taxii_status WHERE made < :before;

-- name: invite_add
INSERT INTO invite (org, id, secret_hash, expires, used_by, created_by)
VALUES (:org, :id, :secret_hash, :expires, '', :created_by);
-- name: invite_get
-- scope: node — who enrols is nobody yet; the token says whose it is
SELECT org, secret_hash, expires, used_by FROM invite WHERE id = :id;
-- name: invite_use
UPDATE invite SET used_by = :node WHERE org = :org AND id = :id;

-- name: peer_add
INSERT INTO peer (org, id, kind, state, node, name, tier, url, pin, sign_key, api_root, members, inbox, up,
                  token, created, seen)
VALUES (:org, :id, :kind, :state, :node, :name, :tier, :url, :pin, :sign_key, :api_root, :members, :inbox,
        :up, :token, :created, :seen);
-- name: peer_by_pin
-- scope: node — a request on the peer door has no organisation until this answers.
-- No child is of state 3, and the indexes are of the others: without it all children are looked at.
SELECT org, id, state, seen, 0 FROM peer WHERE kind = 0 AND state <> 3 AND pin = :pin
UNION ALL
SELECT org, id, state, seen, 1 FROM peer
WHERE kind = 0 AND next_pin = :pin AND next_pin <> '' AND pin <> :pin;
-- name: peer_child_of_node
-- scope: node — a node enrols once, whichever organisation invited it
SELECT id, state, pin, sign_key, inbox FROM peer
WHERE kind = 0 AND state <> 3 AND node = :node AND node <> '';
-- name: peer_seen
UPDATE peer SET seen = :seen WHERE org = :org AND id = :id;
-- name: peer_get
SELECT id, kind, state, node, name, tier, url, pin, sign_key, api_root, members, inbox, up, created, seen,
       next_pin, version, read_to
FROM peer WHERE org = :org AND id = :id;
-- name: peer_list
SELECT id, kind, state, node, name, tier, url, pin, sign_key, api_root, members, inbox, up, created, seen,
       next_pin, version, read_to
FROM peer WHERE org = :org ORDER BY kind DESC, created, id;
-- name: peer_parent
SELECT id, kind, state, node, name, tier, url, pin, sign_key, api_root, members, inbox, up, created, seen,
       next_pin, version, read_to
FROM peer WHERE org = :org AND kind = 1 AND state <> 3;
-- name: peer_token
SELECT token FROM peer WHERE org = :org AND id = :id;
-- name: peer_join
UPDATE peer SET state = 1, node = :node, name = :name, tier = :tier, sign_key = :sign_key,
    api_root = :api_root, members = :members, inbox = :inbox, up = :up, token = '', seen = :seen
WHERE org = :org AND id = :id;
-- name: peer_state
UPDATE peer SET state = :state WHERE org = :org AND id = :id;
-- name: peer_keys
UPDATE peer SET sign_key = :sign_key, next_pin = :next_pin, next_at = :next_at WHERE org = :org AND id = :id;
-- name: peer_pin_next
UPDATE peer SET pin = next_pin, next_pin = '', next_at = 0 WHERE org = :org AND id = :id AND next_pin <> '';
-- name: peer_pin_due
UPDATE peer SET pin = next_pin, next_pin = '', next_at = 0
WHERE org = :org AND next_pin <> '' AND next_at <= :before;
-- name: peer_again
UPDATE peer SET state = 1, pin = :pin, next_pin = '', next_at = 0, sign_key = :sign_key, name = :name,
    tier = :tier, seen = :seen WHERE org = :org AND id = :id;
-- name: peer_facts
UPDATE peer SET version = :version, read_to = CASE WHEN read_to < :read_to THEN :read_to ELSE read_to END
WHERE org = :org AND id = :id AND (version <> :version OR read_to < :read_to);
-- name: peer_left
SELECT id FROM peer WHERE org = :org AND kind = 1 AND state = 3 ORDER BY seen DESC, id LIMIT 1;
-- name: peer_drop
DELETE FROM peer WHERE org = :org AND id = :id;

-- name: cursor_get
SELECT after FROM link_cursor WHERE org = :org AND peer = :peer AND collection = :collection;
-- name: cursor_set
INSERT INTO link_cursor (org, peer, collection, after) VALUES (:org, :peer, :collection, :after)
ON CONFLICT (peer, collection) DO UPDATE SET after = excluded.after;
-- name: outbox_add
INSERT INTO outbox (org, seq, id, version, json) VALUES (:org, :seq, :id, :version, :json);
-- name: outbox_list
SELECT seq, id, version, json FROM outbox WHERE org = :org ORDER BY seq LIMIT :most;
-- name: outbox_keys
-- Statements of keys go before all else: what is signed with a new one comes after.
SELECT seq, id, version, json FROM outbox
WHERE org = :org AND id >= 'node-key-' AND id < 'node-key.' ORDER BY seq LIMIT :most;
-- name: outbox_keys_count
SELECT count(*) FROM outbox WHERE org = :org AND id >= 'node-key-' AND id < 'node-key.';
-- name: outbox_drop
DELETE FROM outbox WHERE org = :org AND seq = :seq;
-- name: outbox_count
SELECT count(*) FROM outbox WHERE org = :org;

-- name: policy_add
INSERT INTO policy (org, id, json, signed_by, signed_at, sign_key, signature)
VALUES (:org, :id, :json, :signed_by, :signed_at, :sign_key, :signature);
-- name: policy_last
SELECT id, json, signed_by, signed_at, sign_key, signature FROM policy WHERE org = :org
ORDER BY signed_at DESC, id DESC LIMIT 1;

-- name: indicator_put
INSERT INTO indicator (org, origin, id, kind, value, state, evidence, policy, alert, incident, derived_from,
                       published, created, modified, valid_until, json, since, look, held, reversed)
VALUES (:org, :origin, :id, :kind, :value, :state, :evidence, :policy, :alert, :incident, :derived_from,
        :published, :created, :modified, :valid_until, :json, :since, :look, :held, :reversed)
ON CONFLICT (org, origin, id) DO UPDATE SET state = excluded.state, evidence = excluded.evidence,
    policy = excluded.policy, published = excluded.published, modified = excluded.modified,
    valid_until = excluded.valid_until, json = excluded.json, since = excluded.since, look = excluded.look,
    held = excluded.held;
-- name: indicator_rehome
UPDATE indicator SET origin = :new_origin WHERE org = :org AND origin = :origin;
-- name: indicator_of_value
SELECT id, origin, kind, value, state, evidence, alert, incident, derived_from, created, modified,
       valid_until, json, published, policy, since, held
FROM indicator WHERE org = :org AND kind = :kind AND value = :value
    AND substr(value, 1, 200) = substr(:value, 1, 200) ORDER BY created, id, origin;
-- name: indicator_known
-- The expression after ORDER BY, here and below: SQLite would else walk all indicators in the order of their key
-- and look for those of the value, rather than find those few and sort them.
SELECT origin, json FROM indicator
WHERE org = :org AND kind = :kind AND value = :value AND substr(value, 1, 200) = substr(:value, 1, 200)
    AND origin <> '' AND state IN ('provisional', 'active') ORDER BY origin || '' LIMIT 100;
-- name: indicator_said
SELECT origin, json FROM indicator WHERE org = :org AND id = :id ORDER BY origin || '';
-- name: indicator_said_of_value
SELECT origin, json, id, derived_from, state FROM indicator
WHERE org = :org AND kind = :kind AND value = :value AND substr(value, 1, 200) = substr(:value, 1, 200)
ORDER BY origin || '' LIMIT 100;
-- name: indicator_of_id
SELECT id, origin, kind, value, state, evidence, alert, incident, derived_from, created, modified,
       valid_until, json, published, policy, since, held
FROM indicator WHERE org = :org AND id = :id ORDER BY origin || '';
-- name: indicator_page
SELECT id, origin, kind, value, state, evidence, alert, incident, derived_from, created, modified,
       valid_until, json, published, policy, since, held
FROM indicator WHERE org = :org AND (modified, id, origin) < (:modified, :id, :origin)
    AND modified >= :from AND modified < :to AND (:kind < 0 OR kind = :kind) AND (:state = '' OR state = :state)
    AND (:part = '' OR lower(value) LIKE :part ESCAPE '!')
ORDER BY modified DESC, id DESC, origin DESC LIMIT :most;
-- name: indicator_due
SELECT id, origin, kind, value, state, evidence, alert, incident, derived_from, created, modified,
       valid_until, json, published, policy, since, held
FROM indicator WHERE org = :org AND state IN ('provisional', 'active') AND valid_until > 0
ORDER BY valid_until LIMIT :most;
-- name: indicator_ours_out
SELECT id, origin, kind, value, state, evidence, alert, incident, derived_from, created, modified,
       valid_until, json, published, policy, since, held
FROM indicator WHERE org = :org AND origin = '' AND published = 1 AND state IN ('provisional', 'active')
    AND (modified, id) > (:modified, :id)
ORDER BY modified, id LIMIT :most;
-- name: action_add
INSERT INTO indicator_action (org, seq, indicator, kind, value, block, provisional, expires)
VALUES (:org, :seq, :indicator, :kind, :value, :block, :provisional, :expires);
-- name: action_list
SELECT seq, indicator, kind, value, block, provisional, expires FROM indicator_action
WHERE org = :org AND seq > :after ORDER BY seq LIMIT :most;
-- name: action_drop
DELETE FROM indicator_action WHERE org = :org AND seq <= :seq;

-- name: arrival_add
INSERT INTO arrival (org, seq, received, happened, peer, json)
SELECT :org, COALESCE(MAX(seq), 0) + 1, :received, :happened, :peer, :json FROM arrival WHERE org = :org;

-- name: arrival_of_peer_since
SELECT count(*) FROM (SELECT 1 AS one FROM arrival
WHERE org = :org AND peer = :peer AND received > :since LIMIT :most) AS lately;

-- name: arrival_over_add
INSERT INTO arrival_over (org, peer, hour, passed, told) VALUES (:org, :peer, :hour, 1, 0)
ON CONFLICT (org, peer, hour) DO UPDATE SET passed = arrival_over.passed + 1;

-- name: arrival_over_list
SELECT o.peer, o.hour, o.passed, COALESCE(p.name, ''), COALESCE(p.tier, ''), o.told FROM arrival_over AS o
LEFT JOIN peer AS p ON p.org = o.org AND p.id = o.peer
WHERE o.org = :org AND (o.told = 0 OR (o.told = 1 AND o.hour <= :ended)) ORDER BY o.hour, o.peer LIMIT :most;

-- name: arrival_over_due
SELECT count(*) FROM arrival_over WHERE org = :org AND told = 1 AND hour <= :ended;

-- name: arrival_over_told
UPDATE arrival_over SET told = told + 1 WHERE org = :org AND peer = :peer AND hour = :hour;

-- name: arrival_over_sum
SELECT CAST(COALESCE(SUM(passed), 0) AS BIGINT) FROM arrival_over WHERE org = :org;

-- name: arrival_over_expire
DELETE FROM arrival_over WHERE org = :org AND hour < :before;

-- name: arrival_list
SELECT seq, received, happened, json FROM arrival WHERE org = :org AND seq > :after ORDER BY seq LIMIT :most;

-- name: arrival_expire
DELETE FROM arrival WHERE org = :org AND received < :before
    AND seq < (SELECT MAX(seq) FROM arrival WHERE org = :org);

-- name: warning_overridden
SELECT count(*) FROM warning_override WHERE org = :org AND kind = :kind AND value = :value;
-- name: warning_override
INSERT INTO warning_override (org, kind, value, list, reason, account, at)
VALUES (:org, :kind, :value, :list, :reason, :account, :at)
ON CONFLICT (org, kind, value) DO UPDATE SET list = excluded.list, reason = excluded.reason,
    account = excluded.account, at = excluded.at;
-- name: warning_restore
DELETE FROM warning_override WHERE org = :org AND kind = :kind AND value = :value;
