-- name: mail_key_add
INSERT INTO mail_key (org, id, contact, address, giver, account, made, fingerprint, bytes)
VALUES (:org, :id, :contact, :address, :giver, :account, :made, :fingerprint, :bytes)
ON CONFLICT (org, contact, fingerprint) DO UPDATE SET id = excluded.id, address = excluded.address, giver = excluded.giver,
    account = excluded.account, made = excluded.made, bytes = excluded.bytes;

-- name: mail_key_list
SELECT id, contact, address, account, made, bytes FROM mail_key WHERE org = :org AND contact = :contact
ORDER BY made DESC, id LIMIT :most;

-- name: mail_key_count
SELECT count(*) FROM mail_key WHERE org = :org AND contact = :contact AND fingerprint <> :fingerprint;

-- name: mail_key_of
-- For an address: those that the contact himself has, and those that people of the node or of one's own organisation entered.
SELECT id, contact, address, account, made, bytes FROM mail_key
WHERE org = :org AND address = :address AND (contact = :contact OR giver = :node OR giver = :giver)
ORDER BY made DESC, id LIMIT :most;

-- name: mail_key_remove
DELETE FROM mail_key WHERE org = :org AND contact = :contact AND id = :id;

-- name: mail_key_leave
DELETE FROM mail_key WHERE org = :org AND contact = :contact;

-- name: mail_sealed_count
-- Of the mail since then: all, signed, encrypted, without its content (bits of enum lf_mail_how).
SELECT count(*), coalesce(sum(CASE WHEN sealed IN (4, 5, 6, 12, 13, 14, 20, 21, 22, 28, 29, 30) THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN sealed BETWEEN 8 AND 15 THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN sealed BETWEEN 16 AND 31 THEN 1 ELSE 0 END), 0)
FROM mail WHERE org = :org AND way = 0 AND made >= :since;
