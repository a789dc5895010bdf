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

-- name: rule_hit_add
INSERT INTO rule_hit (org, rule, position, happened, recorded, host, sender, event)
VALUES (:org, :rule, :position, :happened, :recorded, :host, :sender, :event)
ON CONFLICT (org, rule, position) DO NOTHING;

-- name: rule_hit_trim
DELETE FROM rule_hit WHERE org = :org AND rule = :rule AND position <= (
    SELECT position FROM rule_hit WHERE org = :org AND rule = :rule ORDER BY position DESC LIMIT 1 OFFSET :kept);

-- name: rule_hit_list
SELECT position, happened, recorded, host, sender, event FROM rule_hit
WHERE org = :org AND rule = :rule AND position < :before ORDER BY position DESC LIMIT :most;

-- name: rule_hit_clear
DELETE FROM rule_hit WHERE org = :org AND rule = :rule;

-- name: rule_hit_day_add
INSERT INTO rule_hit_day (org, rule, day, hits) VALUES (:org, :rule, :day, 1)
ON CONFLICT (org, rule, day) DO UPDATE SET hits = rule_hit_day.hits + 1;

-- name: rule_hit_day_trim
DELETE FROM rule_hit_day WHERE org = :org AND rule = :rule AND day <= (
    SELECT day FROM rule_hit_day WHERE org = :org AND rule = :rule ORDER BY day DESC LIMIT 1 OFFSET :kept);

-- name: rule_hit_day_list
SELECT day, hits FROM rule_hit_day WHERE org = :org AND rule = :rule ORDER BY day DESC LIMIT :most;

-- name: rule_hit_day_count
SELECT count(*) FROM rule_hit_day WHERE org = :org AND rule = :rule;

-- name: rule_hit_day_clear
DELETE FROM rule_hit_day WHERE org = :org AND rule = :rule;
