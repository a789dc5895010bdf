-- name: inquiry_add
INSERT INTO inquiry (
    org, id, number, tenant, account, behalf, state, kind, tlp, way, came, name, organisation, contact, subject, body,
    incident, draft, owner, due, referred, advice_due, created, changed, answered, closed, said, entries)
SELECT :org, :id, coalesce((SELECT max(x.number) FROM inquiry x WHERE x.org = :org), 0) + 1, :tenant, :account,
    CAST(:behalf AS BIGINT), 0, CAST(:kind AS BIGINT), CAST(:tlp AS BIGINT), CAST(:way AS BIGINT), CAST(:came AS BIGINT), :name,
    :organisation, :contact, :subject, :body, :incident, '', '', 0, 0, 0, CAST(:now AS BIGINT), CAST(:now AS BIGINT), 0, 0, 1, 1;

-- name: inquiry_set
UPDATE inquiry SET state = :state, kind = :kind, tlp = :tlp, incident = :incident, draft = :draft, owner = :owner, due = :due,
    referred = :referred, advice_due = :advice_due, changed = :now, answered = :answered, closed = :closed, said = :said,
    entries = :entries
WHERE org = :org AND id = :id;

-- name: inquiry_get
-- tenant '*': staff, who have all of them; '': who entered it; else those of that organisation.
SELECT i.tenant, i.id, i.number, i.account, i.behalf, i.state, i.kind, i.tlp, i.way, i.came, i.name, i.organisation, i.contact,
i.subject, i.body, i.incident, i.draft, i.owner, i.due, i.referred, i.advice_due, i.created, i.changed, i.answered, i.closed,
i.said, i.entries
FROM inquiry i WHERE i.org = :org AND i.id = :id
  AND (:tenant = '*' OR (i.tenant = :tenant AND (:tenant <> '' OR i.account = :reader)))
  AND (i.tlp <= :tlp OR i.account = :reader);

-- name: inquiry_list
-- The same, newest first.  -1, '' and '*' (owner): any; open: not closed.  late: neither answered nor closed and past its date,
-- or for staff that of a referral.
SELECT i.tenant, i.id, i.number, i.account, i.behalf, i.state, i.kind, i.tlp, i.way, i.came, i.name, i.organisation, i.contact,
i.subject, i.body, i.incident, i.draft, i.owner, i.due, i.referred, i.advice_due, i.created, i.changed, i.answered, i.closed,
i.said, i.entries
FROM inquiry i
WHERE i.org = :org AND (:tenant = '*' OR (i.tenant = :tenant AND (:tenant <> '' OR i.account = :reader)))
  AND (i.tlp <= :tlp OR i.account = :reader)
  AND (:state = -1 OR i.state = :state) AND (:open = 0 OR i.closed = 0) AND (:kind = -1 OR i.kind = :kind)
  AND (:owner = '*' OR i.owner = :owner) AND (:incident = '' OR i.incident = :incident)
  AND (:late = 0 OR (i.state < 3 AND ((i.due > 0 AND i.due < :now)
      OR (:tenant = '*' AND i.advice_due > 0 AND i.advice_due < :now))))
  AND i.came >= :from AND i.came < :to
  AND (:word1 = '' OR lower('#' || CAST(i.number AS TEXT) || ' ' || i.subject || ' ' || i.body || ' ' || i.name || ' ' || i.organisation)
      LIKE :word1 ESCAPE '!')
  AND (:word2 = '' OR lower('#' || CAST(i.number AS TEXT) || ' ' || i.subject || ' ' || i.body || ' ' || i.name || ' ' || i.organisation)
      LIKE :word2 ESCAPE '!')
  AND (:word3 = '' OR lower('#' || CAST(i.number AS TEXT) || ' ' || i.subject || ' ' || i.body || ' ' || i.name || ' ' || i.organisation)
      LIKE :word3 ESCAPE '!')
  AND (:word4 = '' OR lower('#' || CAST(i.number AS TEXT) || ' ' || i.subject || ' ' || i.body || ' ' || i.name || ' ' || i.organisation)
      LIKE :word4 ESCAPE '!')
  AND (i.came, i.id) < (CAST(:came AS BIGINT), :last)
ORDER BY i.came DESC, i.id DESC LIMIT :most;

-- name: inquiry_count
-- The same by state: how many, and of those that are open how many are late, nobody's and :me's.
SELECT i.state, count(*),
    count(CASE WHEN i.state < 3 AND ((i.due > 0 AND i.due < :now)
        OR (:tenant = '*' AND i.advice_due > 0 AND i.advice_due < :now)) THEN 1 END),
    count(CASE WHEN i.closed = 0 AND i.owner = '' THEN 1 END), count(CASE WHEN i.closed = 0 AND i.owner = :me THEN 1 END)
FROM inquiry i
WHERE i.org = :org AND (:tenant = '*' OR (i.tenant = :tenant AND (:tenant <> '' OR i.account = :reader)))
  AND (i.tlp <= :tlp OR i.account = :reader)
GROUP BY i.state ORDER BY 1;

-- name: inquiry_open_of
-- How many an organisation, or one who is of none, has asked that are open.
SELECT count(*) FROM inquiry WHERE org = :org AND tenant = :tenant AND (:tenant <> '' OR account = :account) AND closed = 0;

-- name: inquiry_of_draft
SELECT id FROM inquiry WHERE org = :org AND draft = :draft AND draft <> '';

-- name: inquiry_entry_add
INSERT INTO inquiry_entry (org, inquiry, seq, at, account, who, act, state, kind, body, name, due, of_seq)
VALUES (:org, :inquiry, :seq, :at, :account, :who, :act, :state, :kind, :body, :name, :due, :of_seq);

-- name: inquiry_entry_list
SELECT seq, at, account, CASE WHEN who = org THEN 1 ELSE 0 END, act, state, kind, body, name, due, of_seq
FROM inquiry_entry WHERE org = :org AND inquiry = :inquiry ORDER BY seq LIMIT :most;
