-- name: shift_log_add
INSERT INTO shift_log (org, who, place, seq, id, at, recorded, account, name, incident, title, corrects, text)
SELECT :org, :who, :place, coalesce((SELECT max(x.seq) FROM shift_log x WHERE x.org = :org AND x.who = :who
    AND x.place = :place), 0) + 1, :id, :at, :recorded, :account, :name, :incident, :title, :corrects, :text;

-- name: shift_log_get
SELECT seq, id, at, recorded, account, name, incident,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = shift_log.incident AND i.tlp = 5) THEN '' ELSE title END, corrects, text, 0 FROM shift_log WHERE org = :org AND id = :id
    AND who = :who AND place = :place;

-- name: shift_log_has
SELECT count(*) FROM shift_log WHERE org = :org AND who = :who AND place = :place AND seq = :seq;

-- name: shift_log_list
-- By when it was, newest first; the last column is the newest entry that corrects it.
SELECT l.seq, l.id, l.at, l.recorded, l.account, l.name, l.incident,
    CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.id = l.incident AND i.tlp = 5) THEN '' ELSE l.title END, l.corrects, l.text,
    coalesce((SELECT max(c.seq) FROM shift_log c WHERE c.org = l.org AND c.who = l.who AND c.place = l.place
        AND c.corrects = l.seq AND c.corrects > 0), 0)
FROM shift_log l
WHERE l.org = :org AND l.who = :who AND l.place = :place AND l.at >= CAST(:from AS BIGINT)
    AND (l.at, l.seq) < (CAST(:at AS BIGINT), CAST(:seq AS BIGINT))
ORDER BY l.at DESC, l.seq DESC LIMIT :most;
