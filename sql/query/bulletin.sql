-- name: member_put
INSERT INTO member (org, id, name, sectors, level, mail, peer, changed)
VALUES (:org, :id, :name, :sectors, :level, :mail, :peer, :changed)
ON CONFLICT (org, id) DO UPDATE SET name = excluded.name, sectors = excluded.sectors, level = excluded.level,
    mail = excluded.mail, changed = excluded.changed;

-- name: member_list
SELECT id, name, sectors, level, mail, peer, changed FROM member WHERE org = :org ORDER BY name, id LIMIT :most;

-- name: member_remove
DELETE FROM member WHERE org = :org AND id = :id;

-- name: bulletin_put
INSERT INTO bulletin (org, id, origin, audience, peers, reply_by, issued)
VALUES (:org, :id, :origin, :audience, :peers, :reply_by, :issued)
ON CONFLICT (org, id) DO UPDATE SET audience = excluded.audience, peers = excluded.peers,
    reply_by = excluded.reply_by, issued = excluded.issued;

-- name: bulletin_get
SELECT id, origin, audience, peers, reply_by, issued FROM bulletin WHERE org = :org AND id = :id;

-- name: bulletin_peers
-- Whom an advisory goes to; no row: every member.
SELECT peers FROM bulletin WHERE org = :org AND id = :id AND origin = '' AND audience <> '';

-- name: bulletin_list
SELECT id, origin, audience, peers, reply_by, issued FROM bulletin
WHERE org = :org AND issued > 0 AND (issued < :at OR (issued = :at AND id < :before))
ORDER BY issued DESC, id DESC LIMIT :most;

-- name: bulletin_row_put
-- The same member again keeps what it has answered.
INSERT INTO bulletin_row (org, id, member, number, name, peer, below, mail, sent, read, verdict, incident, measures,
    done, answered, answerer, answers, version, reminded, reminders)
SELECT :org, :id, :member, coalesce((SELECT max(r.number) FROM bulletin_row r WHERE r.org = :org), 0) + 1, :name, :peer,
    :below, :mail, :sent, 0, -1, '', '', 0, 0, '', 0, 0, 0, 0
WHERE true
ON CONFLICT (org, id, member) DO UPDATE SET name = excluded.name, mail = excluded.mail;

-- name: bulletin_row_of
SELECT member, number, name, peer, below, mail, sent, read, verdict, incident, measures, done, answered, answerer,
    answers, version, reminded, reminders, 0 FROM bulletin_row
WHERE org = :org AND id = :id AND member = :member;

-- name: bulletin_row_by_number
SELECT id, member FROM bulletin_row WHERE org = :org AND number = :number;

-- name: bulletin_row_of_peer
SELECT member FROM bulletin_row WHERE org = :org AND id = :id AND peer = :peer AND below = 0;

-- name: bulletin_rows
-- How each stands as of :now (enum lf_bulletin_state); :due 0: nothing becomes overdue.
SELECT member, number, name, peer, below, mail, sent, read, verdict, incident, measures, done, answered, answerer,
    answers, version, reminded, reminders, state FROM (
        SELECT r.*, CASE WHEN done > 0 THEN 4 WHEN verdict >= 0 THEN 3 WHEN CAST(:due AS BIGINT) > 0 AND :now > :due THEN 2
            WHEN read > 0 THEN 1 ELSE 0 END AS state FROM bulletin_row r
        WHERE r.org = :org AND r.id = :id AND r.member <> 'self') x
WHERE (:state = -1 OR state = :state) AND (:verdict = -1 OR verdict = :verdict) AND number > :after
ORDER BY number LIMIT :most;

-- name: bulletin_count
SELECT CASE WHEN done > 0 THEN 4 WHEN verdict >= 0 THEN 3 WHEN CAST(:due AS BIGINT) > 0 AND :now > :due THEN 2
    WHEN read > 0 THEN 1 ELSE 0 END AS state, verdict, CASE WHEN :due > 0 AND answered > :due THEN 1 ELSE 0 END AS late,
    count(*) FROM bulletin_row WHERE org = :org AND id = :id AND member <> 'self' GROUP BY 1, 2, 3;

-- name: bulletin_row_read
UPDATE bulletin_row SET read = :at WHERE org = :org AND id = :id AND member = :member AND read = 0;

-- name: bulletin_row_answer
UPDATE bulletin_row SET verdict = :verdict, incident = :incident, measures = :measures, done = :done, answered = :at,
    answerer = :answerer, answers = answers + 1, version = :version, read = CASE WHEN read = 0 THEN :at ELSE read END
WHERE org = :org AND id = :id AND member = :member;

-- name: bulletin_row_remind
UPDATE bulletin_row SET reminded = :at, reminders = reminders + 1 WHERE org = :org AND id = :id AND member = :member;

-- name: bulletin_answer_add
INSERT INTO bulletin_answer (org, id, member, seq, at, answerer, verdict, incident, measures, done)
SELECT :org, :id, :member, coalesce(max(seq), 0) + 1, :at, :answerer, :verdict, :incident, :measures, :done
FROM bulletin_answer WHERE org = :org AND id = :id AND member = :member;

-- name: bulletin_answer_list
SELECT seq, at, answerer, verdict, incident, measures, done FROM bulletin_answer
WHERE org = :org AND id = :id AND member = :member ORDER BY seq LIMIT :most;
