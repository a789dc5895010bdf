-- name: article_insert
INSERT INTO article (org, id, seq, state, form, shown, version, incident, author, reviewer, note, entries, created, changed, published)
SELECT :org, :id, coalesce(max(seq), 0) + 1, 0, :form, '', 0, :incident, :author, '', '', 0, :now, :now, 0 FROM article WHERE org = :org;

-- name: article_update
UPDATE article SET state = :state, form = :form, shown = :shown, version = :version, author = :author, reviewer = :reviewer,
  note = :note, entries = :entries, changed = :changed, published = :published
WHERE org = :org AND id = :id;

-- name: article_get
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident
FROM article WHERE org = :org AND id = :id;

-- name: article_by_seq
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident
FROM article WHERE org = :org AND seq = :seq;

-- name: article_list
-- state -1: any; out = 1: only what is out.  An empty term is none.
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident
FROM article a
WHERE org = :org AND seq < :before AND (:state = -1 OR state = :state) AND (:out = 0 OR shown <> '')
  AND (:incident = '' OR incident = :incident)
  AND (:one = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :one AND x.seq = a.seq))
  AND (:two = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :two AND x.seq = a.seq))
  AND (:three = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :three AND x.seq = a.seq))
  AND (:four = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :four AND x.seq = a.seq))
  AND (:class = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :class AND x.seq = a.seq))
  AND (:technique = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :technique AND x.seq = a.seq))
  AND (:tag = '' OR EXISTS (SELECT 1 FROM article_term x WHERE x.org = a.org AND x.term = :tag AND x.seq = a.seq))
ORDER BY seq DESC LIMIT :limit;

-- name: article_term_clear
DELETE FROM article_term WHERE org = :org AND seq = :seq;

-- name: article_term_add
INSERT INTO article_term (org, term, seq) VALUES (:org, :term, :seq) ON CONFLICT (org, term, seq) DO NOTHING;

-- name: article_of_term
SELECT seq FROM article_term WHERE org = :org AND term = :term ORDER BY seq DESC LIMIT :limit;

-- name: article_event_add
INSERT INTO article_event (org, id, seq, at, account, act, note, form)
VALUES (:org, :id, :seq, :at, :account, :act, :note, :form);

-- name: article_event_list
SELECT seq, at, account, act, note, form FROM article_event WHERE org = :org AND id = :id ORDER BY seq DESC LIMIT 200;
