-- name: team_add
INSERT INTO team (org, id, incident, exercise, title, needs, place, begins, answer_by, who, seat, rest, state, moves, note,
    made, made_by, changed)
VALUES (:org, :id, :incident, :exercise, :title, :needs, :place, :begins, :answer_by, :who, :seat, :rest, 0, 0, '', :now,
    :by, :now);

-- name: team_open_count
SELECT count(*) FROM team WHERE org = :org AND state < 3;

-- name: team_get
SELECT id, incident, exercise, title, needs, place, begins, answer_by, who, seat, rest, state, moves, note, made, made_by,
    changed FROM team WHERE org = :org AND id = :id;

-- name: team_list
SELECT id, incident, exercise, title, needs, place, begins, answer_by, who, seat, rest, state, moves, note, made, made_by,
    changed FROM team
WHERE org = :org AND (made, id) < (:made, :id) AND (:incident = '' OR incident = :incident)
ORDER BY made DESC, id DESC LIMIT :most;

-- name: team_state
UPDATE team SET state = :state, moves = moves + 1, note = :note, changed = :now WHERE org = :org AND id = :id;

-- name: team_queue
-- Whoever has one of the skills, is available, rested, and on no team; nobody twice.
INSERT INTO team_call (org, team, contact, name, unit, skills, skill, state, todo, eta, said, said_by, manning, released, handback)
SELECT r.org, :team, r.contact, c.name, u.name, r.skills, -1, 0, 1, 0, 0, '', '', 0, ''
FROM responder r JOIN contact c ON c.org = r.org AND c.id = r.contact JOIN unit u ON u.org = c.org AND u.id = c.unit
WHERE r.org = :org AND r.available = 1 AND r.rest <= CAST(:now AS BIGINT) AND (r.skills & CAST(:skills AS BIGINT)) <> 0
  AND NOT EXISTS (SELECT 1 FROM team_call k WHERE k.org = r.org AND k.contact = r.contact AND k.state = 1)
ON CONFLICT DO NOTHING;

-- name: team_unqueue
-- Those that were not called yet are not called any more.
DELETE FROM team_call WHERE org = :org AND team = :team AND state = 0 AND todo = 1;

-- name: team_tell
UPDATE team_call SET todo = :todo WHERE org = :org AND team = :team AND todo <> 1 AND (state = :state OR state = :other);

-- name: team_todo
SELECT team, contact, todo FROM team_call WHERE org = :org AND todo > 0 ORDER BY team, contact LIMIT :most;

-- name: team_told
UPDATE team_call SET todo = 0 WHERE org = :org AND team = :team AND contact = :contact;

-- name: team_call_get
SELECT k.contact, k.name, k.unit, k.skills, k.skill, k.state, k.eta, k.said, k.said_by, k.manning, k.released, k.handback,
    k.todo, coalesce(m.arrived, 0), coalesce(m.gone, 0),
    (SELECT count(*) FROM team_task x JOIN incident_task i ON i.org = x.org AND i.id = x.task AND i.ended = 0 WHERE x.org = k.org AND x.team = k.team AND x.contact = k.contact)
FROM team_call k LEFT JOIN manning m ON m.org = k.org AND m.id = k.manning
WHERE k.org = :org AND k.team = :team AND k.contact = :contact;

-- name: team_call_list
SELECT k.contact, k.name, k.unit, k.skills, k.skill, k.state, k.eta, k.said, k.said_by, k.manning, k.released, k.handback,
    k.todo, coalesce(m.arrived, 0), coalesce(m.gone, 0),
    (SELECT count(*) FROM team_task x JOIN incident_task i ON i.org = x.org AND i.id = x.task AND i.ended = 0 WHERE x.org = k.org AND x.team = k.team AND x.contact = k.contact)
FROM team_call k LEFT JOIN manning m ON m.org = k.org AND m.id = k.manning
WHERE k.org = :org AND k.team = :team AND (k.name > :name OR (k.name = :name AND k.contact > :id))
  AND (CAST(:state AS BIGINT) < 0 OR k.state = CAST(:state AS BIGINT))
ORDER BY k.name, k.contact LIMIT :most;

-- name: team_call_counts
SELECT state, skill, count(*), CAST(sum(CASE WHEN todo = 1 THEN 1 ELSE 0 END) AS BIGINT) FROM team_call
WHERE org = :org AND team = :team GROUP BY state, skill;

-- name: team_call_of_state
SELECT contact, skills, skill FROM team_call WHERE org = :org AND team = :team AND state = :state ORDER BY said, contact LIMIT :most;

-- name: team_call_says
UPDATE team_call SET state = :state, skill = :skill, eta = :eta, said = :now, said_by = :by
WHERE org = :org AND team = :team AND contact = :contact;

-- name: team_call_skill
UPDATE team_call SET skill = :skill WHERE org = :org AND team = :team AND contact = :contact;

-- name: team_call_promote
UPDATE team_call SET state = 1, skill = :skill, todo = :todo WHERE org = :org AND team = :team AND contact = :contact;

-- name: team_call_arrive
UPDATE team_call SET manning = :manning WHERE org = :org AND team = :team AND contact = :contact;

-- name: team_call_release
UPDATE team_call SET state = 4, todo = 0, released = :now, handback = :handback WHERE org = :org AND team = :team AND contact = :contact;

-- name: team_release_all
UPDATE team_call SET state = 4, released = :now WHERE org = :org AND team = :team AND state = 1;

-- name: team_there
SELECT count(*) FROM team_call k JOIN manning m ON m.org = k.org AND m.id = k.manning AND m.gone = 0
WHERE k.org = :org AND k.team = :team AND k.state = 1;

-- name: team_rest
UPDATE responder SET rest = :until WHERE org = :org AND contact = :contact AND rest < :until;

-- name: team_task_add
INSERT INTO team_task (org, team, contact, task) VALUES (:org, :team, :contact, :task);

-- name: team_of_contact
-- Is this account that contact?
SELECT count(*) FROM contact WHERE org = :org AND id = :contact AND account = :account AND account <> '';
