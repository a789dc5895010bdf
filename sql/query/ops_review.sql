-- name: ops_review_add
INSERT INTO ops_review (org, id, title, since, until, summary, state, made, made_by, closed, closed_by)
VALUES (:org, :id, :title, :since, :until, :summary, 0, :now, :by, 0, '');

-- name: ops_review_set
UPDATE ops_review SET title = :title, summary = :summary WHERE org = :org AND id = :id;

-- name: ops_review_close
UPDATE ops_review SET state = 1, closed = :now, closed_by = :by WHERE org = :org AND id = :id;

-- name: ops_review_get
SELECT r.id, r.title, r.since, r.until, r.summary, r.state, r.made, r.made_by, r.closed, r.closed_by,
    (SELECT count(*) FROM improvement i WHERE i.org = r.org AND i.review = r.id),
    (SELECT count(*) FROM improvement i WHERE i.org = r.org AND i.review = r.id AND i.state = 0),
    (SELECT count(*) FROM improvement i WHERE i.org = r.org AND i.review = r.id AND i.state = 0 AND i.due > 0
        AND i.due < CAST(:now AS BIGINT))
FROM ops_review r WHERE r.org = :org AND r.id = :id;

-- name: ops_review_list
-- The latest period first.
SELECT r.id, r.title, r.since, r.until, r.summary, r.state, r.made, r.made_by, r.closed, r.closed_by,
    (SELECT count(*) FROM improvement i WHERE i.org = r.org AND i.review = r.id),
    (SELECT count(*) FROM improvement i WHERE i.org = r.org AND i.review = r.id AND i.state = 0),
    (SELECT count(*) FROM improvement i WHERE i.org = r.org AND i.review = r.id AND i.state = 0 AND i.due > 0
        AND i.due < CAST(:now AS BIGINT))
FROM ops_review r WHERE r.org = :org AND (r.until, r.id) < (CAST(:before AS BIGINT), :last)
ORDER BY r.until DESC, r.id DESC LIMIT :most;

-- name: improvement_add
INSERT INTO improvement (org, id, review, area, finding, source, ref, measure, owner, due, state, reason, ended, made)
VALUES (:org, :id, :review, :area, :finding, :source, :ref, :measure, :owner, :due, 0, '', 0, :now);

-- name: improvement_set
UPDATE improvement SET measure = :measure, owner = :owner, due = :due, state = :state, reason = :reason, ended = :ended
WHERE org = :org AND id = :id;

-- name: improvement_get
SELECT i.id, i.review, r.title, i.area, i.finding, i.source, i.ref, i.measure, i.owner, i.due, i.state, i.reason, i.ended,
    i.made
FROM improvement i JOIN ops_review r ON r.org = i.org AND r.id = i.review WHERE i.org = :org AND i.id = :id;

-- name: improvement_list
-- Newest first.  -1 and '': any.  late: open and past its date.  earlier: of other reviews whose period was over by then.
SELECT i.id, i.review, r.title, i.area, i.finding, i.source, i.ref, i.measure, i.owner, i.due, i.state, i.reason, i.ended,
    i.made
FROM improvement i JOIN ops_review r ON r.org = i.org AND r.id = i.review
WHERE i.org = :org AND (:state = -1 OR i.state = :state) AND (:area = -1 OR i.area = :area)
  AND (:late = 0 OR (i.state = 0 AND i.due > 0 AND i.due < CAST(:now AS BIGINT)))
  AND (:review = '' OR i.review = :review)
  AND (:earlier = '' OR (i.review <> :earlier AND r.until <= CAST(:until AS BIGINT)))
  AND (i.made, i.id) < (CAST(:before AS BIGINT), :last)
ORDER BY i.made DESC, i.id DESC LIMIT :most;
