-- name: alert_kept
SELECT alert, CASE WHEN second_sender IS NULL THEN 0 ELSE 1 END FROM alert_event
WHERE org = :org AND position = :position AND rule = :rule;

-- name: alert_open
-- "+ 0" keeps the planner from walking all open alerts by their number.
SELECT id FROM alert
WHERE org = :org AND rule = :rule AND host = :host AND observable = :observable AND state < 2
    AND last >= :not_before AND first <= :not_after
ORDER BY number + 0 DESC LIMIT 1;

-- name: alert_closed_since
SELECT count(*) FROM (SELECT 1 AS one FROM alert
WHERE org = :org AND rule = :rule AND host = :host AND observable = :observable AND state = 2
    AND handled_at > :since LIMIT 1) AS closed;

-- name: alert_raised_since
SELECT count(*) FROM (SELECT 1 AS one FROM alert
WHERE org = :org AND rule = :rule AND raised > :since LIMIT :most) AS raised_since;

-- name: alert_newest_open
SELECT id FROM alert WHERE org = :org AND rule = :rule AND state < 2 ORDER BY raised DESC, number DESC LIMIT 1;

-- name: alert_next_number
SELECT coalesce(max(number), 0) + 1 FROM alert WHERE org = :org;

-- name: alert_add
INSERT INTO alert (org, id, number, rule, title, level, host, observable_kind, observable, count, first, last,
    raised, state, handled_by, note, corroborated, rule_level, grounds, asset)
VALUES (:org, :id, :number, :rule, :title, :level, :host, :kind, :observable, 0, :happened, :happened,
    :raised, 0, '', '', 0, :rule_level, :grounds, :asset);

-- name: alert_count_finding
UPDATE alert SET count = count + 1,
    first = CASE WHEN first < :happened THEN first ELSE :happened END,
    last = CASE WHEN last > :happened THEN last ELSE :happened END,
    grounds = CASE WHEN level >= :level THEN grounds ELSE :grounds END,
    asset = CASE WHEN level >= :level AND asset <> '' THEN asset ELSE :asset END,
    level = CASE WHEN level > :level THEN level ELSE :level END
WHERE org = :org AND id = :id;

-- name: alert_corroborate
UPDATE alert SET corroborated = 1, observable_kind = :kind, observable = :observable
WHERE org = :org AND id = :id AND corroborated = 0;

-- name: alert_event_add
INSERT INTO alert_event (org, position, rule, alert, happened, recorded, sender, event, observables,
    second_sender, second_event, second_happened, origin, level, grounds, asset)
VALUES (:org, :position, :rule, :alert, :happened, :recorded, :sender, :event, :observables,
    :second_sender, :second_event, :second_happened, :origin, :level, :grounds, :asset);

-- name: alert_event_second
UPDATE alert_event SET second_sender = :second_sender, second_event = :second_event,
    second_happened = :second_happened, observables = :observables
WHERE org = :org AND position = :position AND rule = :rule AND second_sender IS NULL;

-- name: alert_get
SELECT id, number, rule, title, level, host, observable_kind, observable, count, first, last, raised, state,
    handled_by, note, corroborated, rule_level, grounds, owner, verdict, merged_into, asset, handled_at
FROM alert WHERE org = :org AND id = :id;

-- name: alert_list
-- A word is looked for in what the row says; :titlesN are titles that say it in another
-- language, each between bars.  What an indicator found is shown to some by the hour alone, and found so.
SELECT id, number, rule, title, level, host, observable_kind, observable, count, first, last, raised, state,
    handled_by, note, corroborated, rule_level, grounds, owner, verdict, merged_into, asset, handled_at
FROM (SELECT alert.*, lower(title || ' ' || rule || ' ' || host || ' ' || observable || ' ' || owner || ' ' || asset
        || ' ' || note) AS said FROM alert) AS a
WHERE org = :org AND number < :before AND level >= :least
    AND state >= :state_least AND state <= :state_most AND last >= :from
    AND first - CASE WHEN substr(rule, 1, 10) = 'indicator-' THEN 3600000000 ELSE 0 END < :to
    AND (:rule = '' OR rule = :rule) AND (:owner = '*' OR owner = :owner)
    AND (:host = '' OR lower(host) LIKE :host ESCAPE '!')
    AND (:word1 = '' OR said LIKE :word1 ESCAPE '!'
        OR (:titles1 <> '' AND replace(:titles1, '|' || title || '|', '') <> :titles1))
    AND (:word2 = '' OR said LIKE :word2 ESCAPE '!'
        OR (:titles2 <> '' AND replace(:titles2, '|' || title || '|', '') <> :titles2))
    AND (:word3 = '' OR said LIKE :word3 ESCAPE '!'
        OR (:titles3 <> '' AND replace(:titles3, '|' || title || '|', '') <> :titles3))
    AND (:word4 = '' OR said LIKE :word4 ESCAPE '!'
        OR (:titles4 <> '' AND replace(:titles4, '|' || title || '|', '') <> :titles4))
ORDER BY number DESC LIMIT :most;

-- name: alert_list_open
-- The same by the index of open alerts.
SELECT id, number, rule, title, level, host, observable_kind, observable, count, first, last, raised, state,
    handled_by, note, corroborated, rule_level, grounds, owner, verdict, merged_into, asset, handled_at
FROM (SELECT alert.*, lower(title || ' ' || rule || ' ' || host || ' ' || observable || ' ' || owner || ' ' || asset
        || ' ' || note) AS said FROM alert) AS a
WHERE org = :org AND number < :before AND level >= :least AND state < 2
    AND state >= :state_least AND state <= :state_most AND last >= :from
    AND first - CASE WHEN substr(rule, 1, 10) = 'indicator-' THEN 3600000000 ELSE 0 END < :to
    AND (:rule = '' OR rule = :rule) AND (:owner = '*' OR owner = :owner)
    AND (:host = '' OR lower(host) LIKE :host ESCAPE '!')
    AND (:word1 = '' OR said LIKE :word1 ESCAPE '!'
        OR (:titles1 <> '' AND replace(:titles1, '|' || title || '|', '') <> :titles1))
    AND (:word2 = '' OR said LIKE :word2 ESCAPE '!'
        OR (:titles2 <> '' AND replace(:titles2, '|' || title || '|', '') <> :titles2))
    AND (:word3 = '' OR said LIKE :word3 ESCAPE '!'
        OR (:titles3 <> '' AND replace(:titles3, '|' || title || '|', '') <> :titles3))
    AND (:word4 = '' OR said LIKE :word4 ESCAPE '!'
        OR (:titles4 <> '' AND replace(:titles4, '|' || title || '|', '') <> :titles4))
ORDER BY number DESC LIMIT :most;

-- name: alert_events
SELECT position, rule, happened, recorded, sender, event, observables, second_sender, second_event,
    second_happened
FROM alert_event WHERE org = :org AND alert = :alert AND position >= :after
    AND (position > :after OR rule > :after_rule) AND rule <> :without
ORDER BY position, rule LIMIT :most;

-- name: alert_set_state
UPDATE alert SET state = :state, handled_by = :account, note = :note, handled_at = :now, verdict = :verdict
WHERE org = :org AND id = :id AND state < :state;

-- name: alert_set_owner
UPDATE alert SET owner = :owner WHERE org = :org AND id = :id AND owner <> :owner;

-- name: alert_set_verdict
UPDATE alert SET verdict = :verdict, handled_by = :account
WHERE org = :org AND id = :id AND state = 2 AND verdict <> :verdict;

-- name: alert_joined
-- The open alert into which people merged one of this key, and that one.  It may know the hour alone.
SELECT b.id, a.id FROM alert AS a JOIN alert AS b ON b.org = a.org AND b.id = a.merged_into
WHERE a.org = :org AND a.rule = :rule AND a.host = :host AND a.observable = :observable
    AND a.merged_into <> '' AND b.state < 2 AND b.last >= :not_before - 3600000000 AND b.first <= :not_after
ORDER BY b.number + 0 DESC LIMIT 1;

-- name: alert_merge_events
UPDATE alert_event SET alert = :into, origin = CASE WHEN origin = '' THEN alert ELSE origin END
WHERE org = :org AND alert = :id;

-- name: alert_unmerge_events
UPDATE alert_event SET alert = :id, origin = '' WHERE org = :org AND alert = :into AND origin = :id;

-- name: alert_recount
-- An alert as its findings make it; of those of an indicator that is not its rule as alert_merge_into says.
UPDATE alert SET
    count = (SELECT count(*) FROM alert_event AS v WHERE v.org = :org AND v.alert = :id),
    first = coalesce((SELECT min(CASE WHEN substr(v.rule, 1, 10) = 'indicator-' AND v.rule <> alert.rule THEN v.happened - v.happened % 3600000000 ELSE v.happened END)
        FROM alert_event AS v WHERE v.org = :org AND v.alert = :id), first),
    last = coalesce((SELECT max(CASE WHEN substr(v.rule, 1, 10) = 'indicator-' AND v.rule <> alert.rule THEN v.happened - v.happened % 3600000000 ELSE v.happened END)
        FROM alert_event AS v WHERE v.org = :org AND v.alert = :id), last),
    level = coalesce((SELECT v.level FROM alert_event AS v WHERE v.org = :org AND v.alert = :id AND NOT (substr(v.rule, 1, 10) = 'indicator-' AND v.rule <> alert.rule)
        ORDER BY v.level DESC, v.position LIMIT 1), level),
    grounds = coalesce((SELECT v.grounds FROM alert_event AS v WHERE v.org = :org AND v.alert = :id AND NOT (substr(v.rule, 1, 10) = 'indicator-' AND v.rule <> alert.rule)
        ORDER BY v.level DESC, v.position LIMIT 1), grounds),
    asset = coalesce((SELECT v.asset FROM alert_event AS v WHERE v.org = :org AND v.alert = :id AND NOT (substr(v.rule, 1, 10) = 'indicator-' AND v.rule <> alert.rule)
        ORDER BY CASE WHEN v.asset = '' THEN 1 ELSE 0 END, v.level DESC, v.position LIMIT 1), asset),
    corroborated = (SELECT CASE WHEN count(v.second_sender) > 0 THEN 1 ELSE 0 END FROM alert_event AS v
        WHERE v.org = :org AND v.alert = :id)
WHERE org = :org AND id = :id;

-- name: alert_reopen
-- What was merged is as far again as people had brought it (1: acknowledged).
UPDATE alert SET merged_into = '', note = '', verdict = 0,
    state = CASE WHEN EXISTS (SELECT 1 FROM alert_work AS w WHERE w.org = :org AND w.alert = :id AND w.act = 1)
        THEN 1 ELSE 0 END,
    handled_by = coalesce((SELECT w.account FROM alert_work AS w WHERE w.org = :org AND w.alert = :id AND w.act = 1
        ORDER BY w.seq LIMIT 1), ''),
    handled_at = coalesce((SELECT w.at FROM alert_work AS w WHERE w.org = :org AND w.alert = :id AND w.act = 1
        ORDER BY w.seq LIMIT 1), 0)
WHERE org = :org AND id = :id AND merged_into <> '';

-- name: alert_merge_from
UPDATE alert SET merged_into = :into WHERE org || '' = :org AND id IN (
    SELECT CAST(:id AS TEXT) UNION ALL SELECT x.id FROM alert x WHERE x.org = :org AND x.merged_into = :id AND x.merged_into <> '');

-- name: alert_merge_into
-- An alert of another rule has of an indicator's the number of hits, the hour and that two
-- saw it, and nothing else: all who
-- see alerts see this one by its own rule.
UPDATE alert SET count = alert.count + f.count,
    first = CASE WHEN alert.first < f.first_said THEN alert.first ELSE f.first_said END,
    last = CASE WHEN alert.last > f.last_said THEN alert.last ELSE f.last_said END,
    grounds = CASE WHEN f.apart = 1 OR alert.level >= f.level THEN alert.grounds ELSE f.grounds END,
    asset = CASE WHEN f.apart = 1 OR alert.level >= f.level THEN alert.asset ELSE f.asset END,
    level = CASE WHEN f.apart = 1 OR alert.level > f.level THEN alert.level ELSE f.level END,
    corroborated = CASE WHEN alert.corroborated > f.corroborated THEN alert.corroborated ELSE f.corroborated END
FROM (SELECT x.org, x.id, x.count, x.level, x.grounds, x.asset, x.corroborated,
        CASE WHEN x.said = 1 THEN x.first - x.first % 3600000000 ELSE x.first END AS first_said,
        CASE WHEN x.said = 1 THEN x.last - x.last % 3600000000 ELSE x.last END AS last_said, x.said AS apart
    FROM (SELECT a.*, CASE WHEN substr(a.rule, 1, 10) = 'indicator-' AND a.rule <> b.rule THEN 1 ELSE 0 END AS said
        FROM alert AS a JOIN alert AS b ON b.org = a.org AND b.id = :into WHERE a.org = :org AND a.id = :id) AS x) AS f
WHERE alert.org = :org AND alert.id = :into AND f.org = alert.org;

-- name: alert_merged
SELECT id, number, rule, title, level, host, observable_kind, observable, count, first, last, raised, state,
    handled_by, note, corroborated, rule_level, grounds, owner, verdict, merged_into, asset, handled_at
FROM alert WHERE org = :org AND merged_into = :into AND merged_into <> '' ORDER BY +number DESC LIMIT :most;

-- name: alert_of_event
-- Alerts that have an event of this journal position as evidence.
SELECT DISTINCT a.id, a.number, a.title, e.rule, a.rule AS own FROM alert_event AS e JOIN alert AS a ON a.org = e.org AND a.id = e.alert
WHERE e.org = :org AND e.position = :position AND a.id <> :without ORDER BY a.number DESC LIMIT 64;

-- name: alert_rule_verdicts
SELECT verdict, count(*) FROM alert WHERE org = :org AND rule = :rule AND state = 2 AND merged_into = ''
GROUP BY verdict;

-- name: alert_work_next
SELECT coalesce(max(seq), 0) + 1 FROM alert_work WHERE org = :org AND alert = :alert;

-- name: alert_work_add
INSERT INTO alert_work (org, alert, seq, at, account, act, note)
VALUES (:org, :alert, :seq, :at, :account, :act, :note);

-- name: alert_work_list
SELECT seq, at, account, act, note FROM alert_work
WHERE org = :org AND alert = :alert AND seq > :after ORDER BY seq LIMIT :most;

-- name: alert_counts
SELECT count(*), coalesce(sum(CASE WHEN state = 0 THEN 1 ELSE 0 END), 0)
FROM alert WHERE org = :org AND state < 2;

-- name: alert_checkpoint_set
INSERT INTO alert_checkpoint (one, position) VALUES (1, :position)
ON CONFLICT (one) DO UPDATE SET position = excluded.position
WHERE excluded.position > alert_checkpoint.position;

-- name: alert_checkpoint_get
SELECT position FROM alert_checkpoint WHERE one = 1;
