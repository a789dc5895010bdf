-- name: clock_set_clear
-- scope: node  the law is the same for every tenant
DELETE FROM clock_set;

-- name: clock_set_add
-- scope: node  as above
INSERT INTO clock_set (ruleset, regime, place, json) VALUES (:ruleset, :regime, :place, :json);

-- name: clock_set_of
-- scope: node  as above
SELECT json FROM clock_set WHERE regime = :regime ORDER BY place;
