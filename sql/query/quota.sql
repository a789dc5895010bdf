-- Statements of isac: what members may ask for and hand in a day (isac/quota.h).

-- name: quota_used
SELECT requests, objects, bytes FROM member_use WHERE org = :org AND member = :member AND day = :day;
-- name: quota_limit
-- The member's own comes last.
SELECT requests, objects, bytes FROM member_quota WHERE org = :org AND member IN ('default', :member)
ORDER BY CASE WHEN member = 'default' THEN 0 ELSE 1 END;
-- name: quota_add
INSERT INTO member_use (org, day, member, requests, objects, bytes)
VALUES (:org, :day, :member, :requests, :objects, :bytes)
ON CONFLICT (org, day, member) DO UPDATE SET requests = member_use.requests + excluded.requests,
    objects = member_use.objects + excluded.objects, bytes = member_use.bytes + excluded.bytes;
-- name: quota_set
INSERT INTO member_quota (org, member, requests, objects, bytes)
VALUES (:org, :member, :requests, :objects, :bytes)
ON CONFLICT (org, member) DO UPDATE SET requests = excluded.requests, objects = excluded.objects,
    bytes = excluded.bytes;
-- name: quota_forget
DELETE FROM member_quota WHERE org = :org AND member = :member;
-- name: quota_expire
DELETE FROM member_use WHERE org = :org AND day < :before;
-- name: quota_list
SELECT m.member, CASE WHEN q.member IS NULL THEN 0 ELSE 1 END, COALESCE(q.requests, 0), COALESCE(q.objects, 0),
       COALESCE(q.bytes, 0), COALESCE(u.requests, 0), COALESCE(u.objects, 0), COALESCE(u.bytes, 0)
FROM (SELECT member FROM member_quota WHERE org = :org AND member <> 'default'
      UNION SELECT member FROM member_use WHERE org = :org AND day = :day) AS m
LEFT JOIN member_quota AS q ON q.org = :org AND q.member = m.member
LEFT JOIN member_use AS u ON u.org = :org AND u.member = m.member AND u.day = :day
ORDER BY m.member LIMIT :most;
