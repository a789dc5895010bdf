-- Statements of isac: partners and the channels to them (isac/partner.h).

-- name: partner_put
INSERT INTO partner (org, id, name, country, kind, active, agreement, since, until, tlp, owner, feed, peer, note, created, changed)
VALUES (:org, :id, :name, :country, :kind, :active, :agreement, :since, :until, :tlp, :owner, :feed, :peer, :note, :now, :now)
ON CONFLICT (org, id) DO UPDATE SET name = excluded.name, country = excluded.country, kind = excluded.kind,
    active = excluded.active, agreement = excluded.agreement, since = excluded.since, until = excluded.until, tlp = excluded.tlp,
    owner = excluded.owner, feed = excluded.feed, peer = excluded.peer, note = excluded.note, changed = excluded.changed;

-- name: partner_named
SELECT id FROM partner WHERE org = :org AND name = :name;

-- name: partner_count
SELECT count(*) FROM partner WHERE org = :org;

-- name: partner_get
-- With how many channels there are, how many of them are due, when the next is, and when one was tried last.
SELECT p.id, p.name, p.country, p.kind, p.active, p.agreement, p.since, p.until, p.tlp, p.owner, p.feed, p.peer, p.note, p.created,
    p.changed, (SELECT count(*) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id),
    (SELECT count(*) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id AND c.due < :now),
    coalesce((SELECT min(c.due) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id), 0),
    coalesce((SELECT max(c.tried) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id), 0)
FROM partner p WHERE p.org = :org AND p.id = :id;

-- name: partner_list
-- The same by name.  kind -1, country '' and active -1: any; country 'foreign': all but :home.
SELECT p.id, p.name, p.country, p.kind, p.active, p.agreement, p.since, p.until, p.tlp, p.owner, p.feed, p.peer, p.note, p.created,
    p.changed, (SELECT count(*) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id),
    (SELECT count(*) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id AND c.due < :now),
    coalesce((SELECT min(c.due) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id), 0),
    coalesce((SELECT max(c.tried) FROM partner_channel c WHERE c.org = p.org AND c.partner = p.id), 0)
FROM partner p
WHERE p.org = :org AND (p.name > :name OR (p.name = :name AND p.id > :id)) AND (:kind = -1 OR p.kind = :kind)
  AND (:active = -1 OR p.active = :active)
  AND (:country = '' OR p.country = :country OR (:country = 'foreign' AND p.country <> :home))
  AND (:words = '' OR lower(p.name || ' ' || p.agreement || ' ' || p.note) LIKE :words ESCAPE '!')
  AND (:late = 0 OR (p.active = 1 AND EXISTS (SELECT 1 FROM partner_channel c
    WHERE c.org = p.org AND c.partner = p.id AND c.due < :now)))
ORDER BY p.name, p.id LIMIT :most;

-- name: partner_channel_list
SELECT channel, kind, value, days, due, tried, answered FROM partner_channel WHERE org = :org AND partner = :partner ORDER BY channel;

-- name: partner_channel_next
SELECT coalesce(max(channel), 0) + 1 FROM partner_channel WHERE org = :org AND partner = :partner;

-- name: partner_channel_put
INSERT INTO partner_channel (org, partner, channel, kind, value, days, due, tried, answered)
VALUES (:org, :partner, :channel, :kind, :value, :days, :due, :tried, :answered)
ON CONFLICT (org, partner, channel) DO UPDATE SET kind = excluded.kind, value = excluded.value, days = excluded.days,
    due = excluded.due, tried = excluded.tried, answered = excluded.answered;

-- name: partner_channel_remove
DELETE FROM partner_channel WHERE org = :org AND partner = :partner AND channel = :channel;

-- name: partner_try_add
INSERT INTO partner_try (org, partner, seq, at, account, kind, value, answered, note)
SELECT :org, :partner, coalesce(max(seq), 0) + 1, CAST(:at AS BIGINT), :account, CAST(:kind AS BIGINT), :value,
    CAST(:answered AS BIGINT), :note
FROM partner_try WHERE org = :org AND partner = :partner;

-- name: partner_try_list
SELECT at, account, kind, value, answered, note FROM partner_try WHERE org = :org AND partner = :partner ORDER BY seq DESC LIMIT :most;

-- name: partner_channel_late
-- Channels that were to be tried by now and of which nothing was told yet.
SELECT p.id, p.name, c.channel, c.value, c.due FROM partner_channel c JOIN partner p ON p.org = c.org AND p.id = c.partner
WHERE c.org = :org AND c.due > :since AND c.due < :now AND p.active = 1
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = c.org
    AND n.occasion = 'partner/' || c.partner || '/' || CAST(c.channel AS TEXT) || '/' || CAST(c.due AS TEXT))
ORDER BY c.due LIMIT :most;

-- name: partner_agreement_ending
-- Agreements whose last day is near or was lately, and of which nothing was told yet.
SELECT p.id, p.name, p.until, p.agreement FROM partner p
WHERE p.org = :org AND p.active = 1 AND p.until > :since AND p.until < :soon
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org = p.org
    AND n.occasion = 'partner/' || p.id || '/agreement/' || CAST(p.until AS TEXT))
ORDER BY p.until LIMIT :most;

-- name: partner_activity_next
SELECT coalesce(max(seq), 0) + 1 FROM partner_activity WHERE org = :org AND partner = :partner;

-- name: partner_activity_add
INSERT INTO partner_activity (org, partner, seq, day, kind, direction, title, people, outcome, account, at, withdrawn)
VALUES (:org, :partner, :seq, :day, :kind, :direction, :title, :people, :outcome, :account, :at, 0);

-- name: partner_activity_withdraw
UPDATE partner_activity SET withdrawn = :at WHERE org = :org AND partner = :partner AND seq = :seq AND withdrawn = 0;

-- name: partner_activity_list
SELECT seq, day, kind, direction, title, people, outcome, account, at, withdrawn FROM partner_activity
WHERE org = :org AND partner = :partner ORDER BY day DESC, seq DESC LIMIT :most;
