-- name: analysis_insert
INSERT INTO analysis (org, id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published)
SELECT :org, :id, coalesce(max(seq), 0) + 1, 0, '', '', 0, '', '', '', 0, :now, :now, 0 FROM analysis WHERE org = :org;

-- name: analysis_update
UPDATE analysis SET state = :state, form = :form, shown = :shown, version = :version, author = :author, reviewer = :reviewer,
  note = :note, entries = :entries, changed = :changed, published = :published
WHERE org = :org AND id = :id;

-- name: analysis_get
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published
FROM analysis WHERE org = :org AND id = :id;

-- name: analysis_list
-- state -1: any; out = 1: only what is out.
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published
FROM analysis
WHERE org = :org AND seq < :before AND (:state = -1 OR state = :state) AND (:out = 0 OR shown <> '')
ORDER BY seq DESC LIMIT :limit;

-- name: analysis_facts_put
INSERT INTO analysis_facts (org, id, taken, facts) VALUES (:org, :id, :taken, :facts);

-- name: analysis_facts_get
SELECT facts FROM analysis_facts WHERE org = :org AND id = :id AND taken = :taken;

-- name: analysis_event_add
INSERT INTO analysis_event (org, id, seq, at, account, act, note, form)
VALUES (:org, :id, :seq, :at, :account, :act, :note, :form);

-- name: analysis_event_list
SELECT seq, at, account, act, note, form FROM analysis_event WHERE org = :org AND id = :id ORDER BY seq DESC LIMIT 200;

-- name: analysis_advice_put
INSERT INTO analysis_advice (org, id, advice, state, at, account, note)
VALUES (:org, :id, :advice, :state, :at, :account, :note)
ON CONFLICT (org, id, advice) DO UPDATE SET state = excluded.state, at = excluded.at, account = excluded.account, note = excluded.note;

-- name: analysis_advice_list
SELECT advice, state, at, account, note FROM analysis_advice WHERE org = :org AND id = :id;
