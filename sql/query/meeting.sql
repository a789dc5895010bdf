-- name: meeting_add
INSERT INTO meeting (org, id, incident, incident_title, exercise, title, place, link, zone, begins, ends, at, until,
    convener, convener_name, state, sequence, made, made_by, changed)
VALUES (:org, :id, :incident, :incident_title, :exercise, :title, :place, :link, :zone, :begins, :ends, :at, :until,
    :convener, :convener_name, 0, 0, :now, :by, :now);

-- name: meeting_get
SELECT id, incident, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = meeting.incident AND i.tlp = 5) THEN '' ELSE incident_title END, exercise, title, place, link, zone, begins, ends, at, until, convener, convener_name, state,
    sequence, changed, made_by
FROM meeting WHERE org = :org AND id = :id;

-- name: meeting_list
SELECT id, incident, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = meeting.incident AND i.tlp = 5) THEN '' ELSE incident_title END, exercise, title, place, link, zone, begins, ends, at, until, convener, convener_name, state,
    sequence, changed, made_by
FROM meeting WHERE org = :org AND (at, id) < (CAST(:at AS BIGINT), :id) ORDER BY at DESC, id DESC LIMIT :most;

-- name: meeting_of
SELECT id, incident, CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = meeting.incident AND i.tlp = 5) THEN '' ELSE incident_title END, exercise, title, place, link, zone, begins, ends, at, until, convener, convener_name, state,
    sequence, changed, made_by
FROM meeting WHERE org = :org AND incident = :incident AND (at, id) < (CAST(:at AS BIGINT), :id)
ORDER BY at DESC, id DESC LIMIT :most;

-- name: meeting_set
UPDATE meeting SET title = :title, place = :place, link = :link, zone = :zone, begins = :begins, ends = :ends, at = :at,
    until = :until, convener = :convener, convener_name = :convener_name, sequence = sequence + 1, changed = :now
WHERE org = :org AND id = :id AND state = 0;

-- name: meeting_end
UPDATE meeting SET state = :state, sequence = sequence + CAST(:raise AS BIGINT), changed = :now
WHERE org = :org AND id = :id AND state = 0;

-- name: meeting_raise
UPDATE meeting SET sequence = sequence + 1, changed = :now WHERE org = :org AND id = :id AND state = 0;

-- name: meeting_guest_add
INSERT INTO meeting_guest (org, meeting, contact, name, post, attendance, stand_in)
VALUES (:org, :meeting, :contact, :name, :post, 0, '') ON CONFLICT DO NOTHING;

-- name: meeting_guest_list
SELECT contact, name, post, attendance, stand_in FROM meeting_guest
WHERE org = :org AND meeting = :meeting ORDER BY post, name, contact LIMIT :most;

-- name: meeting_guest_remove
DELETE FROM meeting_guest WHERE org = :org AND meeting = :meeting AND contact = :contact;

-- name: meeting_guest_set
UPDATE meeting_guest SET attendance = :attendance, stand_in = :stand_in
WHERE org = :org AND meeting = :meeting AND contact = :contact;

-- name: meeting_item_add
INSERT INTO meeting_item (org, meeting, seq, title, minutes) VALUES (:org, :meeting, :seq, :title, '');

-- name: meeting_item_list
SELECT seq, title, minutes FROM meeting_item WHERE org = :org AND meeting = :meeting ORDER BY seq LIMIT :most;

-- name: meeting_item_count
SELECT count(*) FROM meeting_item WHERE org = :org AND meeting = :meeting;

-- name: meeting_item_minutes
UPDATE meeting_item SET minutes = :minutes WHERE org = :org AND meeting = :meeting AND seq = CAST(:seq AS BIGINT);

-- name: meeting_decision_add
INSERT INTO meeting_decision (org, meeting, seq, item, decision, owner, due, task, made, made_by)
VALUES (:org, :meeting, :seq, :item, :decision, :owner, :due, :task, :now, :by);

-- name: meeting_decision_list
SELECT seq, item, decision, owner, due, task FROM meeting_decision
WHERE org = :org AND meeting = :meeting ORDER BY seq LIMIT :most;

-- name: meeting_decision_count
SELECT count(*) FROM meeting_decision WHERE org = :org AND meeting = :meeting;
