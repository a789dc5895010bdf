-- Statements of isac: news and what the desk does with it (isac/news.h).

-- name: news_add
INSERT INTO news (org, id, feed, country, title, summary, cves, tlp, exploited, published, came, author, state, watch, relevance,
    likelihood, impact, severity, sectors, judgement, assessor, assessed, reason, advisory, sources, grown, touched, entries)
VALUES (:org, :id, :feed, :country, :title, :summary, :cves, :tlp, :exploited, :published, :came, :author, 0, 0, 0,
    0, 0, 0, '', '', '', 0, '', '', 1, 0, :touched, 0);

-- name: news_grow
-- A further source: published is the first of theirs.
UPDATE news SET cves = :cves, exploited = CASE WHEN :exploited = 1 THEN 1 ELSE exploited END,
    published = CASE WHEN published > :published THEN :published ELSE published END, sources = sources + 1, grown = :now
WHERE org = :org AND id = :id;

-- name: news_set
UPDATE news SET state = :state, watch = :watch, relevance = :relevance, likelihood = :likelihood, impact = :impact,
    severity = :severity, sectors = :sectors, judgement = :judgement, assessor = :assessor, assessed = :assessed,
    reason = :reason, advisory = :advisory, touched = :touched, entries = :entries
WHERE org = :org AND id = :id;

-- name: news_get
-- With what became of it.  Of what :reader may have: :tlp is the strictest.
SELECT n.id, n.feed, n.country, n.title, n.summary, n.cves, n.tlp, n.exploited, n.published, n.came, n.author, n.state, n.watch,
    n.relevance, n.likelihood, n.impact, n.severity, n.sectors, n.judgement, n.assessor, n.assessed, n.reason, n.advisory,
    n.sources, n.grown, n.touched, n.entries, coalesce(a.state, -1), coalesce(a.published, 0)
FROM news n LEFT JOIN advisory a ON a.org = n.org AND a.origin = '' AND a.id = n.advisory AND n.advisory <> ''
WHERE n.org = :org AND n.id = :id AND (n.tlp <= :tlp OR n.author = :reader);

-- name: news_list
-- The same, newest first.  state -1: any, 5: a warning is out, 6: waits for the desk; feed '*', cve '', severity 0 and country '': any;
-- did 1: assessed, 2: a warning is out; first: the feed that brought it first alone.
SELECT n.id, n.feed, n.country, n.title, n.summary, n.cves, n.tlp, n.exploited, n.published, n.came, n.author, n.state, n.watch,
    n.relevance, n.likelihood, n.impact, n.severity, n.sectors, n.judgement, n.assessor, n.assessed, n.reason, n.advisory,
    n.sources, n.grown, n.touched, n.entries, coalesce(a.state, -1), coalesce(a.published, 0)
FROM news n LEFT JOIN advisory a ON a.org = n.org AND a.origin = '' AND a.id = n.advisory AND n.advisory <> ''
WHERE n.org = :org AND (n.tlp <= :tlp OR n.author = :reader) AND n.came >= :from AND n.came < :to
  AND (:state = -1 OR (:state = 5 AND a.published > 0) OR (:state = 4 AND n.state = 4 AND coalesce(a.published, 0) = 0)
    OR (:state < 4 AND n.state = :state) OR (:state = 6 AND (n.state < 2 OR (n.state = 2 AND n.watch < CAST(:now AS BIGINT)))))
  AND (CAST(:late AS BIGINT) = 0 OR (n.state = 0 AND n.came < :late) OR (n.state = 2 AND n.watch < :now))
  AND (:grown = 0 OR (n.touched > 0 AND n.grown > n.touched)) AND (:exploited = 0 OR n.exploited = 1)
  AND (:did = 0 OR (:did = 1 AND n.assessed > 0) OR (:did = 2 AND a.published > 0))
  AND (:severity = 0 OR n.severity >= :severity)
  AND (:feed = '*' OR n.feed = :feed OR (:first = 0
    AND EXISTS (SELECT 1 FROM news_source s WHERE s.org = n.org AND s.news = n.id AND s.feed = :feed)))
  AND (:cve = '' OR EXISTS (SELECT 1 FROM news_cve c WHERE c.org = n.org AND c.cve = :cve AND c.news = n.id))
  AND (:country = ''
    OR (n.feed = '' AND (n.country = :country OR (:country = 'foreign' AND n.country <> '' AND n.country <> :home)))
    OR (n.feed <> '' AND n.feed IN (SELECT p.feed FROM partner p WHERE p.org = :org AND p.feed <> '' GROUP BY p.feed
      HAVING min(p.country) = :country OR (:country = 'foreign' AND min(p.country) <> :home))))
  AND (:words = '' OR lower(n.title || ' ' || n.summary || ' ' || n.judgement || ' ' || n.cves) LIKE :words ESCAPE '!')
  AND (n.came, n.id) < (CAST(:before AS BIGINT), :last)
ORDER BY n.came DESC, n.id DESC LIMIT :most;

-- name: news_known
-- An item that this feed gave before.
SELECT news, seq, title, link FROM news_source WHERE org = :org AND feed = :feed AND key = :key;

-- name: news_same
SELECT m.news FROM news_mark m WHERE m.org = :org AND m.mark = :mark AND m.at >= :since;

-- name: news_mark_put
INSERT INTO news_mark (org, mark, news, at) VALUES (:org, :mark, :news, :at)
ON CONFLICT (org, mark) DO UPDATE SET news = excluded.news, at = excluded.at;

-- name: news_source_add
INSERT INTO news_source (org, news, seq, feed, key, name, title, link, object, published, at, changed)
SELECT :org, :news, coalesce(max(seq), 0) + 1, :feed, :key, :name, :title, :link, :object, CAST(:published AS BIGINT),
    CAST(:at AS BIGINT), 0
FROM news_source WHERE org = :org AND news = :news;

-- name: news_source_change
UPDATE news_source SET title = :title, link = :link, changed = :now WHERE org = :org AND news = :news AND seq = :seq;

-- name: news_source_list
SELECT s.feed, s.name, s.title, s.link, s.object, s.published, s.at, s.changed,
    coalesce((SELECT min(p.country) FROM partner p WHERE p.org = s.org AND p.feed = s.feed AND s.feed <> ''), '')
FROM news_source s WHERE s.org = :org AND s.news = :news ORDER BY s.seq LIMIT :most;

-- name: news_cve_add
INSERT INTO news_cve (org, cve, news) VALUES (:org, :cve, :news) ON CONFLICT (org, cve, news) DO NOTHING;

-- name: news_entry_add
INSERT INTO news_entry (org, news, seq, at, account, act, state, body, detail)
VALUES (:org, :news, :seq, :at, :account, :act, :state, :body, :detail);

-- name: news_entry_list
SELECT seq, at, account, act, state, body, detail FROM news_entry WHERE org = :org AND news = :news ORDER BY seq LIMIT :most;

-- name: news_waiting
-- Of one feed, that nobody has looked at; counted as far as :most.
SELECT count(*) FROM (SELECT 1 FROM news WHERE org = :org AND feed = :feed AND touched = 0 LIMIT :most) x;

-- name: news_old
SELECT id, feed, came FROM news WHERE org = :org AND touched = 0 AND came < :before ORDER BY came LIMIT :most;

-- name: news_forget
DELETE FROM news WHERE org = :org AND id = :id;

-- name: news_forget_sources
DELETE FROM news_source WHERE org = :org AND news = :id;

-- name: news_forget_marks
DELETE FROM news_mark WHERE org = :org AND news = :id;

-- name: news_forget_cves
DELETE FROM news_cve WHERE org = :org AND news = :id;

-- name: news_past_add
INSERT INTO news_past (org, month, feed, n) VALUES (:org, :month, :feed, 1)
ON CONFLICT (org, month, feed) DO UPDATE SET n = news_past.n + 1;

-- name: news_past_list
SELECT p.month, p.feed, p.n, coalesce(f.name, '') FROM news_past p LEFT JOIN feed f ON f.org = p.org AND f.id = p.feed
WHERE p.org = :org AND p.month >= :from AND p.month <= :to;

-- name: news_counted
-- What counts are made of.
SELECT n.came, n.feed, n.assessed, n.state, n.published, coalesce(a.published, 0), coalesce(f.name, ''),
    CASE WHEN n.feed = '' THEN n.country ELSE '' END
FROM news n LEFT JOIN advisory a ON a.org = n.org AND a.origin = '' AND a.id = n.advisory AND n.advisory <> ''
  LEFT JOIN feed f ON f.org = n.org AND f.id = n.feed
WHERE n.org = :org AND (n.tlp <= :tlp OR n.author = :reader) AND n.came >= :from AND n.came < :to
ORDER BY n.came, n.id;

-- name: news_feed_country
SELECT feed, min(country) FROM partner WHERE org = :org AND feed <> '' GROUP BY feed;
