-- name: national_put
INSERT INTO national_member (org, account, code, pin, addresses, inbox, outbox, read_to, met, taken, refused, given, created)
VALUES (:org, :account, :code, :pin, :addresses, :inbox, :outbox, -1, 0, 0, 0, 0, :created)
ON CONFLICT (org, account) DO UPDATE SET code = excluded.code, pin = excluded.pin, addresses = excluded.addresses,
    inbox = excluded.inbox, outbox = excluded.outbox,
    read_to = CASE WHEN national_member.outbox = excluded.outbox THEN national_member.read_to ELSE -1 END;

-- name: national_get
SELECT account, code, pin, addresses, inbox, outbox, read_to, met, taken, refused, given, created
FROM national_member WHERE org = :org AND account = :account;

-- name: national_list
SELECT account, code, pin, addresses, inbox, outbox, read_to, met, taken, refused, given, created
FROM national_member WHERE org = :org ORDER BY code LIMIT :most;

-- name: national_count
SELECT count(*) FROM national_member WHERE org = :org AND account <> :account;

-- name: national_met
UPDATE national_member SET met = :met, taken = taken + :taken, refused = refused + :refused, given = given + :given
WHERE org = :org AND account = :account;

-- name: national_read
UPDATE national_member SET read_to = :read_to WHERE org = :org AND account = :account AND read_to < :read_to;

-- name: national_delete
DELETE FROM national_member WHERE org = :org AND account = :account;
