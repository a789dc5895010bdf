-- name: link_rule_add
INSERT INTO link_rule (org, peer, number, json, account, at) VALUES (:org, :peer, :number, :json, :account, :at);
-- name: link_rule_last
SELECT number, json, account, at FROM link_rule WHERE org = :org AND peer = :peer ORDER BY number DESC LIMIT 1;
-- name: link_rule_get
SELECT number, json, account, at FROM link_rule WHERE org = :org AND peer = :peer AND number = :number;
-- name: link_rule_since
SELECT at FROM link_rule WHERE org = :org AND peer = :peer ORDER BY number LIMIT 1;
-- name: link_copy_add
INSERT INTO link_copy (org, peer, source, copy, number) VALUES (:org, :peer, :source, :copy, :number)
ON CONFLICT (peer, source) DO UPDATE SET copy = excluded.copy, number = excluded.number
WHERE link_copy.copy = '' AND excluded.copy <> '';
-- name: link_copy_get
SELECT copy, number FROM link_copy WHERE org = :org AND peer = :peer AND source = :source;
-- name: link_copy_source
SELECT source FROM link_copy WHERE org = :org AND peer = :peer AND copy = :copy LIMIT 1;
