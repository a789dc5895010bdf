-- name: publication_put
INSERT INTO publication (org, period, version, kind, begin_at, end_at, at, account, reason, withdrawn, records, body)
VALUES (:org, :period, :version, :kind, :begin, :end, :at, :account, :reason, :withdrawn, :records, :body);

-- name: publication_list
SELECT p.period, p.version, p.at, p.account, p.reason, p.withdrawn, p.records, '',
  (SELECT f.at FROM publication f WHERE f.org = p.org AND f.period = p.period AND f.version = 1)
FROM publication p
WHERE p.org = :org AND NOT EXISTS (SELECT 1 FROM publication n WHERE n.org = p.org AND n.period = p.period AND n.version > p.version)
ORDER BY p.begin_at DESC, p.kind, p.period LIMIT :limit;

-- name: publication_get
SELECT p.period, p.version, p.at, p.account, p.reason, p.withdrawn, p.records,
  CASE WHEN EXISTS (SELECT 1 FROM publication n WHERE n.org = p.org AND n.period = p.period AND n.version > p.version) THEN '' ELSE p.body END,
  (SELECT f.at FROM publication f WHERE f.org = p.org AND f.period = p.period AND f.version = 1)
FROM publication p WHERE p.org = :org AND p.period = :period ORDER BY p.version DESC LIMIT :limit;

-- name: publication_body
SELECT body FROM publication WHERE org = :org AND period = :period AND version = :version;

-- name: publication_overlap
SELECT period FROM publication WHERE org = :org AND begin_at < :end AND end_at > :begin AND kind <> :kind ORDER BY begin_at LIMIT 1;

-- name: publication_last
SELECT COALESCE(MAX(end_at), 0) FROM publication WHERE org = :org AND kind = :kind;

-- name: publication_count
INSERT INTO publication_use (org, day, period, page, csv, json)
VALUES (:org, :day, :period, :page, :csv, :json)
ON CONFLICT (org, day, period) DO UPDATE SET page = publication_use.page + excluded.page, csv = publication_use.csv + excluded.csv,
  json = publication_use.json + excluded.json;

-- name: publication_counts_all
SELECT day, period, page, csv, json FROM publication_use WHERE org = :org AND day = -1 ORDER BY period LIMIT :limit;

-- name: publication_counts_day
SELECT day, period, page, csv, json FROM publication_use WHERE org = :org AND day >= :from ORDER BY day DESC, period LIMIT :limit;
