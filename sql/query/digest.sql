-- name: mail_add
INSERT INTO mail (org, id, digest, address, text, made, state, tries, next, told, ended, way, until, sealed, seal_keys)
VALUES (:org, :id, :digest, :address, :text, :made, 0, 0, :made, '', 0, :way, :until, CAST(:sealed AS BIGINT), :seal_keys);

-- name: mail_due
SELECT id, digest, address, text, made, state, tries, next, told, ended, way, until, sealed, seal_keys FROM mail
WHERE org = :org AND state = 0 AND next <= :now AND (way <> 0 OR :smtp = 1) AND (way <> 2 OR :sms = 1)
ORDER BY next, id LIMIT :most;

-- name: mail_soonest
SELECT coalesce(min(next), 0) FROM mail
WHERE org = :org AND state = 0 AND (way <> 0 OR :smtp = 1) AND (way <> 2 OR :sms = 1);

-- name: mail_of
SELECT id, digest, address, '', made, state, tries, next, told, ended, way, until, sealed, seal_keys FROM mail
WHERE org = :org AND digest = :digest ORDER BY made DESC LIMIT :most;

-- name: mail_again
UPDATE mail SET tries = :tries, next = :next, told = :told WHERE org = :org AND id = :id AND state = 0;

-- name: mail_end
UPDATE mail SET state = :state, tries = :tries, told = :told, ended = :endinged, text = ''
WHERE org = :org AND id = :id AND state = 0;

-- name: mail_expire
DELETE FROM mail WHERE org = :org AND state <> 0 AND ended < :before;

-- name: digest_add
INSERT INTO digest (org, id, account, address, english, weekly, hour, collection, tlp, created, next, since, position,
    trouble)
VALUES (:org, :id, :account, :address, :english, :weekly, :hour, :collection, :tlp, :created, :next, :created, :position,
    '');

-- name: digest_get
SELECT id, account, address, english, weekly, hour, collection, tlp, created, next, since, position, trouble
FROM digest WHERE org = :org AND id = :id;

-- name: digest_list
SELECT id, account, address, english, weekly, hour, collection, tlp, created, next, since, position, trouble
FROM digest WHERE org = :org AND (:all = 1 OR account = :account) ORDER BY created, id LIMIT :most;

-- name: digest_due
SELECT id, account, address, english, weekly, hour, collection, tlp, created, next, since, position, trouble
FROM digest WHERE org = :org AND next <= :now ORDER BY next, id LIMIT :most;

-- name: digest_soonest
SELECT coalesce(min(next), 0) FROM digest WHERE org = :org;

-- name: digest_count
SELECT count(*) FROM digest WHERE org = :org;

-- name: digest_count_own
SELECT count(*) FROM digest WHERE org = :org AND account = :account;

-- name: digest_made
UPDATE digest SET next = :next, since = :since, position = :position, trouble = :trouble
WHERE org = :org AND id = :id;

-- name: digest_now
UPDATE digest SET next = :next WHERE org = :org AND id = :id;

-- name: digest_delete
DELETE FROM digest WHERE org = :org AND id = :id;

-- name: mail_forget
-- What waits, with all what left too; ending: of addresses, empty: any.
DELETE FROM mail WHERE org = :org AND digest = :digest AND (state = 0 OR :all = 1)
    AND (:ending = '' OR substr(address, length(address) - length(:ending) + 1) = :ending);
