-- name: incident_by_alert
SELECT id FROM incident WHERE org = :org AND alert = :alert AND alert <> '';

-- name: incident_anywhere
-- scope: node  an event from a peer names the incident, not the tenant it lies with
SELECT id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, rising, events, created, updated, category, text_mark, tlp, author, rsit, rsit_of, vital
FROM incident WHERE id = :id;

-- name: incident_get
SELECT id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, rising, events, created, updated, category, text_mark, tlp, author, rsit, rsit_of, vital
FROM incident WHERE org = :org AND id = :id;

-- name: incident_list
SELECT id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, rising, events, created, updated, category, text_mark, tlp, author, rsit, rsit_of, vital
FROM incident
WHERE org = :org AND (created, id) < (:created, :id)
  AND (:review = '' OR review = :review) AND (:handling = '' OR handling = :handling)
  AND (:level = 0 OR level = :level) AND (:category = '' OR category = :category)
  AND (:rsit = '' OR rsit = :rsit OR substr(rsit, 1, length(:rsit) + 1) = :rsit || ':')
  AND (CAST(:vital AS BIGINT) = 0 OR (vital & CAST(:vital AS BIGINT)) <> 0)
  AND aware_at >= :from AND aware_at < :to
  AND (:stage = 0 OR EXISTS (SELECT 1 FROM deadline k WHERE k.incident = incident.id AND k.stage = :stage AND k.due >= :due_from AND k.due < :due_to AND (:clock = '' OR k.clock = :clock)))
  AND (:active = 0 OR (exercise = 0 AND handling NOT IN ('closed', 'follow_up_done') AND review <> 'not_incident'))
  AND (tlp <= :tlp OR author = :reader)
ORDER BY created DESC, id DESC LIMIT :limit;

-- name: incident_reported
SELECT id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, rising, events, created, updated, category, text_mark, tlp, author, rsit, rsit_of, vital
FROM incident
WHERE org = :org AND (created, id) < (:created, :id) AND reported_at > 0 AND (:waiting = 0 OR review = 'reported')
  AND (tlp <= :tlp OR author = :reader)
ORDER BY created DESC, id DESC LIMIT :limit;

-- name: incident_waiting_count
SELECT count(*) FROM (SELECT 1 AS one FROM incident
  WHERE org = :org AND reported_at > 0 AND review = 'reported' AND (tlp <= :tlp OR author = :reader) LIMIT 1000) AS few;

-- name: incident_of_exercise
SELECT id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, rising, events, created, updated, category, text_mark, tlp, author, rsit, rsit_of, vital
FROM incident
WHERE org = :org AND drill = :drill AND drill <> '' AND (created, id) < (:created, :id)
  AND (:any_peer = 1 OR peer = :peer)
  -- what a number of its sheet counts (exercise_sheet)
  AND (:stands = 0 OR EXISTS (SELECT 1 FROM deadline k WHERE k.org = incident.org AND k.incident = incident.id AND k.clock = :clock AND
    CASE WHEN k.stage = 1 AND k.due >= :now THEN 3 WHEN k.stage >= 1 THEN 2 WHEN k.due > 0 AND k.ended > 0 AND k.dropped = 0 THEN 1 ELSE 0 END = :stands))
  AND (tlp <= :tlp OR author = :reader)
ORDER BY created DESC, id DESC LIMIT :limit;

-- name: incident_clock_few
SELECT COUNT(*) FROM (
  SELECT 1 AS one FROM deadline WHERE org = :org AND exercise IN (0, 1) AND stage = :stage AND level IN (0, 1, 2, 3, 4) AND due >= :due_from AND due < :due_to AND :clock = ''
  UNION ALL SELECT 1 FROM deadline WHERE org = :org AND exercise IN (0, 1) AND stage = :stage AND level IN (0, 1, 2, 3, 4) AND due >= :due_from AND due < :due_to AND :clock <> '' AND clock = :clock
  LIMIT 2000) AS few;

-- name: incident_by_clock
-- incident_list walks from the newest until the page is full, which of few is a walk over all: where a clock
-- leaves at most some thousands (the question before), they are looked up and sorted.
SELECT id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, rising, events, created, updated, category, text_mark, tlp, author, rsit, rsit_of, vital
FROM incident
WHERE org = :org AND (created, id) < (:created, :id)
  AND (:review = '' OR review = :review) AND (:handling = '' OR handling = :handling)
  AND (:level = 0 OR level = :level) AND (:category = '' OR category = :category)
  AND (:rsit = '' OR rsit = :rsit OR substr(rsit, 1, length(:rsit) + 1) = :rsit || ':')
  AND (CAST(:vital AS BIGINT) = 0 OR (vital & CAST(:vital AS BIGINT)) <> 0)
  AND aware_at >= :from AND aware_at < :to
  AND id IN (
    SELECT k.incident FROM deadline k WHERE k.org = :org AND k.exercise IN (0, 1) AND k.stage = :stage AND k.level IN (0, 1, 2, 3, 4) AND k.due >= :due_from AND k.due < :due_to AND :clock = ''
    UNION ALL SELECT k.incident FROM deadline k WHERE k.org = :org AND k.exercise IN (0, 1) AND k.stage = :stage AND k.level IN (0, 1, 2, 3, 4) AND k.due >= :due_from AND k.due < :due_to AND :clock <> '' AND k.clock = :clock)
  AND (:active = 0 OR (exercise = 0 AND handling NOT IN ('closed', 'follow_up_done') AND review <> 'not_incident'))
  AND (tlp <= :tlp OR author = :reader)
ORDER BY created DESC, id DESC LIMIT :limit;

-- name: incident_words
-- (What stands in CASE counts as one: of more conditions SQLite thinks that hardly a row is left, sorts instead of walking
-- in order, and reads every incident of a common word.)
SELECT i.id, i.org, i.node, i.peer, i.title, i.alert, i.review, i.handling, i.level, i.exercise, i.aware_at, i.reported_at, i.received_at, i.c1_start, i.c1_due, i.c1_ended, i.c1_dropped, i.rising, i.events, i.created, i.updated, i.category, i.text_mark, i.tlp, i.author, i.rsit, i.rsit_of, i.vital
FROM incident_term t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.term = :term AND (t.created, t.incident) < (:created, :id)
  AND CASE WHEN (:review = '' OR i.review = :review) AND (:handling = '' OR i.handling = :handling)
    AND (:level = 0 OR i.level = :level) AND (:category = '' OR i.category = :category)
    AND (:rsit = '' OR i.rsit = :rsit OR substr(i.rsit, 1, length(:rsit) + 1) = :rsit || ':')
    AND (CAST(:vital AS BIGINT) = 0 OR (i.vital & CAST(:vital AS BIGINT)) <> 0)
    AND i.aware_at >= :from AND i.aware_at < :to THEN 1 ELSE 0 END = 1
  AND (:stage = 0 OR EXISTS (SELECT 1 FROM deadline k WHERE k.incident = i.id AND k.stage = :stage AND k.due >= :due_from AND k.due < :due_to AND (:clock = '' OR k.clock = :clock)))
  AND (:active = 0 OR (i.exercise = 0 AND i.handling NOT IN ('closed', 'follow_up_done') AND i.review <> 'not_incident'))
  AND (:second = '' OR EXISTS (SELECT 1 FROM incident_term x WHERE x.org = t.org AND x.term = :second AND x.created = t.created AND x.incident = t.incident))
  AND (:third = '' OR EXISTS (SELECT 1 FROM incident_term x WHERE x.org = t.org AND x.term = :third AND x.created = t.created AND x.incident = t.incident))
  AND (:fourth = '' OR EXISTS (SELECT 1 FROM incident_term x WHERE x.org = t.org AND x.term = :fourth AND x.created = t.created AND x.incident = t.incident))
  AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY t.created DESC, t.incident DESC LIMIT :limit;

-- name: incident_term_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM incident_term WHERE org = :org AND term = :term LIMIT 2000) AS few;

-- name: incident_terms
SELECT terms FROM incident WHERE org = :org AND id = :id;

-- name: incident_term_drop
DELETE FROM incident_term WHERE org = :org AND term = :term AND created = :created AND incident = :incident;

-- name: incident_term_add
INSERT INTO incident_term (org, term, created, incident) VALUES (:org, :term, :created, :incident)
ON CONFLICT (org, term, created, incident) DO NOTHING;

-- name: incident_insert
INSERT INTO incident (id, org, node, peer, title, alert, review, handling, level, exercise, aware_at, reported_at, received_at, c1_start, c1_due, c1_ended, c1_dropped, c1_met, rising, events, created, updated, category, text_mark, author)
VALUES (:id, :org, :node, :peer, '', '', 'draft', 'responding', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, :now, :now, '', 0, :author);

-- name: incident_update
UPDATE incident SET title = :title, alert = :alert, review = :review, handling = :handling, level = :level,
  exercise = :exercise, drill = :drill, reach = :reach, aware_at = :aware_at, reported_at = :reported_at, received_at = :received_at, c1_start = :c1_start,
  c1_due = :c1_due, c1_ended = :c1_ended, c1_dropped = :c1_dropped, c1_met = :c1_met, rising = :rising, events = :events, category = :category, text_mark = :text_mark,
  terms = CASE WHEN CAST(:anew AS BIGINT) = 1 THEN :terms ELSE terms END, judged = :judged, tlp = :tlp, rsit = :rsit, rsit_of = :rsit_of, vital = :vital, updated = :updated
WHERE org = :org AND id = :id;

-- name: incident_event_insert
INSERT INTO incident_event (id, org, incident, node, sequence, kind, recorded, received, json)
VALUES (:id, :org, :incident, :node, :sequence, :kind, :recorded, :received, :json);

-- name: incident_event_all
SELECT json, received FROM incident_event WHERE org = :org AND incident = :incident LIMIT 2049;

-- name: incident_event_json
SELECT v.json FROM incident_event v JOIN incident i ON i.org = v.org AND i.id = v.incident
WHERE v.org = :org AND v.id = :id AND (i.tlp <= :tlp OR i.author = :reader);

-- name: incident_event_known
-- scope: node  the same event must not be kept twice, whoever brings it
SELECT json FROM incident_event WHERE id = :id;

-- name: incident_receipt
SELECT json FROM incident_event WHERE org = :org AND incident = :incident AND kind = 'received_by_reviewer'
ORDER BY recorded, id LIMIT 1;

-- name: incident_node_get
SELECT key, tier, via FROM incident_node WHERE node = :node;

-- name: incident_node_insert
INSERT INTO incident_node (node, key, tier, via, first) VALUES (:node, :key, :tier, :via, :now);

-- name: incident_node_key
UPDATE incident_node SET key = :key, via = :via WHERE node = :node;
-- name: incident_key_add
INSERT INTO incident_key (node, key, until) VALUES (:node, :key, :until)
ON CONFLICT (node, key) DO UPDATE SET until = excluded.until;
-- name: incident_key_count
SELECT count(*) FROM incident_key WHERE node = :node AND key = :key AND until > :now;
-- name: incident_outgoing_again
UPDATE incident_outgoing SET acked = 0 WHERE dest = :dest;
-- name: incident_outgoing_add
INSERT INTO incident_outgoing (seq, dest, event, acked)
SELECT COALESCE(MAX(seq), 0) + 1, :dest, :event, 0 FROM incident_outgoing WHERE TRUE
ON CONFLICT (dest, event) DO NOTHING;

-- name: incident_outgoing_list
-- scope: node  the link carries the incidents of every tenant of the node
-- An exercise goes up only to the node above that it came from and while this node takes part, whatever the parent is by now.
SELECT o.seq, o.event, i.json FROM incident_outgoing o JOIN incident_event i ON i.id = o.event
JOIN incident n ON n.id = i.incident
WHERE o.dest = :dest AND o.acked = 0 AND (o.dest <> 'up' OR n.exercise = 0 OR EXISTS (
    SELECT 1 FROM exercise x JOIN peer p ON p.id = x.origin AND p.kind = 1 AND p.state <> 3
    WHERE x.id = n.drill AND x.answer <> 2))
ORDER BY o.seq LIMIT :limit;

-- name: incident_outgoing_next
-- scope: node  as above; children's ids are hexadecimal digits, before 'up'
SELECT dest FROM incident_outgoing WHERE acked = 0 AND dest > :after AND dest < 'up' ORDER BY dest LIMIT 1;

-- name: incident_outgoing_reviewed
-- scope: node  as above
SELECT DISTINCT i.incident FROM incident_outgoing o JOIN incident_event i ON i.id = o.event
WHERE o.dest = :dest AND o.acked = 0 AND o.seq <= :seq AND i.kind = 'reviewed';

-- name: incident_outgoing_ack
UPDATE incident_outgoing SET acked = :now WHERE dest = :dest AND acked = 0 AND seq <= :seq;

-- name: incident_rehome
-- scope: node — a node below a peer has moved, with all its incidents, whichever tenant they lie with
UPDATE incident SET peer = :via WHERE node = :node AND peer = :old;
