-- name: tuning_get
SELECT rule, state, level, group_span, suppress_span, per_hour, expires, note, account, changed, kept_back, kept_back_last
FROM tuning WHERE org = :org AND rule = :rule;

-- name: tuning_put
INSERT INTO tuning (org, rule, state, level, group_span, suppress_span, per_hour, expires, note, account,
    changed, kept_back, kept_back_last, kept_back_position)
VALUES (:org, :rule, :state, :level, :group_span, :suppress_span, :per_hour, :expires, :note, :account,
    :changed, 0, 0, 0)
ON CONFLICT (org, rule) DO UPDATE SET state = excluded.state, level = excluded.level,
    group_span = excluded.group_span, suppress_span = excluded.suppress_span, per_hour = excluded.per_hour,
    expires = excluded.expires, note = excluded.note, account = excluded.account, changed = excluded.changed,
    kept_back = 0, kept_back_last = 0;

-- name: tuning_clear
DELETE FROM tuning WHERE org = :org AND rule = :rule;

-- name: tuning_list
SELECT rule, state, level, group_span, suppress_span, per_hour, expires, note, account, changed, kept_back, kept_back_last
FROM tuning WHERE org = :org AND rule > :after ORDER BY rule LIMIT :most;

-- name: tuning_keep_back
INSERT INTO tuning (org, rule, state, level, group_span, suppress_span, per_hour, expires, note, account,
    changed, kept_back, kept_back_last, kept_back_position)
VALUES (:org, :rule, 0, NULL, :group_span, 0, :per_hour, 0, '', '', 0, 1, :happened, :position)
ON CONFLICT (org, rule) DO UPDATE SET kept_back = tuning.kept_back + 1,
    kept_back_last = excluded.kept_back_last, kept_back_position = excluded.kept_back_position
WHERE excluded.kept_back_position > tuning.kept_back_position;

-- name: host_weight_get
SELECT weight FROM host_weight WHERE org = :org AND host = :host;

-- name: host_weight_put
INSERT INTO host_weight (org, host, weight) VALUES (:org, :host, :weight)
ON CONFLICT (org, host) DO UPDATE SET weight = excluded.weight;

-- name: host_weight_clear
DELETE FROM host_weight WHERE org = :org AND host = :host;

-- name: host_weight_list
SELECT host, weight FROM host_weight WHERE org = :org AND host > :after ORDER BY host LIMIT :most;
