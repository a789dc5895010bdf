-- name: weakness_add
INSERT INTO weakness (
    org, id, number, exercise, exercise_name, began, unit, unit_name, kind, severity, state, title, detail, method,
    measure, owner, due, reason, outcome, checked, checked_in, checked_name, recurred, account, created, changed,
    entries)
SELECT :org, :id, coalesce((SELECT max(x.number) FROM weakness x WHERE x.org = :org), 0) + 1, :exercise, :exercise_name,
    CAST(:began AS BIGINT), :unit, :unit_name, :kind, :severity, 0, :title, :detail, :method, :measure, :owner,
    CAST(:due AS BIGINT), '', 0, 0, '', '', 0, :account, CAST(:now AS BIGINT), CAST(:now AS BIGINT), 1;

-- name: weakness_set
UPDATE weakness SET kind = :kind, severity = :severity, state = :state, title = :title, detail = :detail, method = :method,
    measure = :measure, owner = :owner, due = :due, reason = :reason, outcome = :outcome, checked = :checked,
    checked_in = :checked_in, checked_name = :checked_name, recurred = :recurred, changed = :now, entries = :entries
WHERE org = :org AND id = :id;

-- name: weakness_get
-- An organisation's own, and those of the node that were found at it.
SELECT w.org, w.id, w.number, w.exercise, w.exercise_name, w.began, w.unit, w.unit_name, w.kind, w.severity, w.state,
w.title, w.detail, w.method, w.measure, w.owner, w.due, w.reason, w.outcome, w.checked, w.checked_in, w.checked_name,
w.recurred, w.account, w.created, w.changed, w.entries
FROM weakness w WHERE w.id = :id
  AND (w.org = :org OR (w.org = :node AND EXISTS (SELECT 1 FROM unit u WHERE u.org = w.org AND u.id = w.unit AND u.tenant = :org)));

-- name: weakness_list
-- The same, newest first.  -1, '' and '*' (owner): any; unit '-': the organisation itself.  late: open and past its
-- date.  earlier: found by then in another exercise.
SELECT w.org, w.id, w.number, w.exercise, w.exercise_name, w.began, w.unit, w.unit_name, w.kind, w.severity, w.state,
w.title, w.detail, w.method, w.measure, w.owner, w.due, w.reason, w.outcome, w.checked, w.checked_in, w.checked_name,
w.recurred, w.account, w.created, w.changed, w.entries
FROM weakness w
WHERE (w.org = :org OR (w.org = :node AND EXISTS (SELECT 1 FROM unit u WHERE u.org = w.org AND u.id = w.unit AND u.tenant = :org)))
  AND (:state = -1 OR w.state = :state) AND (:kind = -1 OR w.kind = :kind) AND (:severity = -1 OR w.severity = :severity)
  AND (:outcome = -1 OR w.outcome = :outcome) AND (:owner = '*' OR (w.owner = :owner AND w.org = :org))
  AND (:late = 0 OR (w.state = 0 AND w.due > 0 AND w.due < :now)) AND (:exercise = '' OR w.exercise = :exercise)
  AND (:unit = '' OR w.unit = :unit OR w.unit_name = :unit OR (:unit = '-' AND w.unit = ''))
  AND (:earlier = '' OR (w.exercise <> :earlier AND w.created < :until))
  AND (:word1 = '' OR lower(w.title || ' ' || w.detail || ' ' || w.method || ' ' || w.measure || ' ' || w.unit_name || ' ' || w.exercise_name)
      LIKE :word1 ESCAPE '!')
  AND (:word2 = '' OR lower(w.title || ' ' || w.detail || ' ' || w.method || ' ' || w.measure || ' ' || w.unit_name || ' ' || w.exercise_name)
      LIKE :word2 ESCAPE '!')
  AND (:word3 = '' OR lower(w.title || ' ' || w.detail || ' ' || w.method || ' ' || w.measure || ' ' || w.unit_name || ' ' || w.exercise_name)
      LIKE :word3 ESCAPE '!')
  AND (:word4 = '' OR lower(w.title || ' ' || w.detail || ' ' || w.method || ' ' || w.measure || ' ' || w.unit_name || ' ' || w.exercise_name)
      LIKE :word4 ESCAPE '!')
  AND (w.created, w.id) < (CAST(:created AS BIGINT), :last)
ORDER BY w.created DESC, w.id DESC LIMIT :most;

-- name: weakness_pattern
-- By kind: how many, in how many exercises, at how many organisations, and how they stand.
SELECT w.kind, count(*), count(DISTINCT w.exercise), count(DISTINCT w.unit), count(CASE WHEN w.state = 0 THEN 1 END),
    count(CASE WHEN w.state = 0 AND w.due > 0 AND w.due < :now THEN 1 END), count(CASE WHEN w.state = 1 THEN 1 END),
    count(CASE WHEN w.state = 1 AND w.outcome = 1 THEN 1 END), count(CASE WHEN w.state = 2 THEN 1 END),
    count(CASE WHEN w.recurred > 0 THEN 1 END)
FROM weakness w
WHERE (w.org = :org OR (w.org = :node AND EXISTS (SELECT 1 FROM unit u WHERE u.org = w.org AND u.id = w.unit AND u.tenant = :org)))
GROUP BY w.kind ORDER BY 2 DESC, 1;

-- name: weakness_count_of
SELECT count(*) FROM weakness WHERE org = :org AND exercise = :exercise;

-- name: weakness_entry_add
INSERT INTO weakness_entry (org, weakness, seq, at, account, who, kind, severity, state, title, detail, method, measure, owner,
    due, outcome, exercise_name, note)
VALUES (:org, :weakness, :seq, :at, :account, :who, :kind, :severity, :state, :title, :detail, :method, :measure, :owner,
    :due, :outcome, :exercise_name, :note);

-- name: weakness_entry_list
SELECT at, account, who, kind, severity, state, title, detail, method, measure, owner, due, outcome, exercise_name, note
FROM weakness_entry WHERE org = :org AND weakness = :weakness ORDER BY seq LIMIT :most;
