-- name: link_rule_add
-- what was added to a collection up to now is before the rules, also where the clock went back
INSERT INTO link_rule (org, peer, number, json, account, at, since)
SELECT :org, :peer, :number, :json, :account, :at,
    CASE WHEN coalesce(max(last_added), 0) < :at THEN :at ELSE max(last_added) + 1 END FROM collection WHERE org = :org;
-- name: link_rule_last
SELECT number, json, account, at FROM link_rule WHERE org = :org AND peer = :peer ORDER BY number DESC LIMIT 1;
-- name: link_rule_get
SELECT number, json, account, at FROM link_rule WHERE org = :org AND peer = :peer AND number = :number;
-- name: link_rule_since
SELECT since FROM link_rule WHERE org = :org AND peer = :peer ORDER BY number LIMIT 1;
-- name: link_copy_add
INSERT INTO link_copy (org, peer, source, copy, number) VALUES (:org, :peer, :source, :copy, :number)
ON CONFLICT (peer, source) DO UPDATE SET copy = excluded.copy, number = excluded.number
WHERE link_copy.copy = '' AND excluded.copy <> '';
-- name: link_copy_get
SELECT copy, number FROM link_copy WHERE org = :org AND peer = :peer AND source = :source;
-- name: link_copy_source
SELECT source FROM link_copy WHERE org = :org AND peer = :peer AND copy = :copy LIMIT 1;
