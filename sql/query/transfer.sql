-- Statements of isac: transfer by signed file.

-- name: transfer_get
SELECT sent, took, took_sha, took_at, refused, have_members, have_inbox FROM transfer WHERE org = :org AND peer = :peer;

-- name: transfer_put
INSERT INTO transfer (org, peer, sent, took, took_sha, took_at, refused, have_members, have_inbox)
VALUES (:org, :peer, :sent, :took, :took_sha, :took_at, :refused, :have_members, :have_inbox)
ON CONFLICT (org, peer) DO UPDATE SET sent = excluded.sent, took = excluded.took, took_sha = excluded.took_sha,
    took_at = excluded.took_at, refused = excluded.refused, have_members = excluded.have_members,
    have_inbox = excluded.have_inbox;

-- name: transfer_sent_add
INSERT INTO transfer_sent (org, peer, number, at, sha, last_event, last_object)
VALUES (:org, :peer, :number, :at, :sha, :last_event, :last_object);

-- name: transfer_sent_get
SELECT last_event, last_object FROM transfer_sent WHERE org = :org AND peer = :peer AND number = :number AND sha = :sha;

-- name: transfer_sent_drop
DELETE FROM transfer_sent WHERE org = :org AND peer = :peer AND number <= :number;

-- name: transfer_outbox_drop
DELETE FROM outbox WHERE org = :org AND seq <= :seq;
