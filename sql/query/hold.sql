-- name: hold_put
INSERT INTO legal_hold (org, id, name, reason, span_from, span_to, sender, account, made, lifted, lifted_by, lifted_why)
VALUES (:org, :id, :name, :reason, :span_from, :span_to, :sender, :account, :made, 0, '', '');

-- name: hold_lift
UPDATE legal_hold SET lifted = :lifted, lifted_by = :lifted_by, lifted_why = :lifted_why
WHERE org = :org AND id = :id AND lifted = 0;

-- name: hold_in_force
SELECT id, name, reason, span_from, span_to, sender, account, made, lifted, lifted_by, lifted_why FROM legal_hold
WHERE org = :org AND lifted = 0 ORDER BY made, id LIMIT :most;

-- name: hold_list
SELECT id, name, reason, span_from, span_to, sender, account, made, lifted, lifted_by, lifted_why FROM legal_hold
WHERE org = :org AND (made < :made OR (made = :made AND id < :id)) ORDER BY made DESC, id DESC LIMIT :most;
