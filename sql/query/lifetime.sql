-- Statements of isac: how long objects of a type are kept (isac/lifetime.h).

-- name: lifetime_list
SELECT type, days, old_days FROM object_lifetime WHERE org = :org ORDER BY type;
-- name: lifetime_set
INSERT INTO object_lifetime (org, type, days, old_days) VALUES (:org, :type, :days, :old_days)
ON CONFLICT (org, type) DO UPDATE SET days = excluded.days, old_days = excluded.old_days;
-- name: lifetime_forget
DELETE FROM object_lifetime WHERE org = :org AND type = :type;
