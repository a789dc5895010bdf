-- name: handover_add
INSERT INTO handover (org, id, who, place, at, account, name, text, matters, due, told, confirmed, confirmed_by,
    confirmed_name, remark)
VALUES (:org, :id, :who, :place, :at, :account, :name, :text, :matters, :due, 0, 0, '', '', '');

-- name: handover_get
SELECT id, who, place, at, account, name, text, matters, due, told, confirmed, confirmed_by, confirmed_name, remark
FROM handover WHERE org = :org AND id = :id;

-- name: handover_list
SELECT id, who, place, at, account, name, text, matters, due, told, confirmed, confirmed_by, confirmed_name, remark
FROM handover WHERE org = :org AND who = :who AND place = :place AND (at, id) < (CAST(:at AS BIGINT), :id)
ORDER BY at DESC, id DESC LIMIT :most;

-- name: handover_confirm
UPDATE handover SET confirmed = :confirmed, confirmed_by = :by, confirmed_name = :name, remark = :remark
WHERE org = :org AND id = :id AND confirmed = 0;

-- name: handover_waiting
SELECT count(*) FROM handover WHERE org = :org AND who = :who AND place = :place AND confirmed = 0;

-- name: handover_late
SELECT id, who, place, at, account, name, text, matters, due, told, confirmed, confirmed_by, confirmed_name, remark
FROM handover WHERE org = :org AND confirmed = 0 AND told = 0 AND due <= :due ORDER BY due LIMIT :most;

-- name: handover_told
UPDATE handover SET told = :told WHERE org = :org AND id = :id;

-- name: handover_next
SELECT coalesce(min(due), 0) FROM handover WHERE org = :org AND confirmed = 0 AND told = 0;
