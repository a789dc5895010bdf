-- News (isac/news.h): what feeds and people brought to the desk, from where, and what the desk did with it.
CREATE TABLE news (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    feed TEXT NOT NULL,            -- that brought it first; '' = a person did
    country TEXT NOT NULL,         -- of what a person entered; of a feed it is its partner's
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    cves TEXT NOT NULL,            -- blanks between
    tlp BIGINT NOT NULL,
    exploited BIGINT NOT NULL,
    published BIGINT NOT NULL,    -- by the first of its sources
    came BIGINT NOT NULL,
    author TEXT NOT NULL,          -- '' = a feed
    state BIGINT NOT NULL,
    watch BIGINT NOT NULL,        -- watched until; 0 = it is not
    relevance BIGINT NOT NULL,
    likelihood BIGINT NOT NULL,
    impact BIGINT NOT NULL,
    severity BIGINT NOT NULL,     -- 0 = not assessed
    sectors TEXT NOT NULL,
    judgement TEXT NOT NULL,
    assessor TEXT NOT NULL,
    assessed BIGINT NOT NULL,     -- 0 = not
    reason TEXT NOT NULL,          -- why it was dropped, or is watched
    advisory TEXT NOT NULL,        -- made of it; '' = none
    sources BIGINT NOT NULL,
    grown BIGINT NOT NULL,        -- when a further source came; 0 = none did
    touched BIGINT NOT NULL,      -- when a person did something; 0 = nobody has
    entries BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX news_came ON news (org, came, id);
CREATE INDEX news_untouched ON news (org, came) WHERE touched = 0;
CREATE INDEX news_untouched_feed ON news (org, feed, came) WHERE touched = 0;

CREATE TABLE news_source (
    org TEXT NOT NULL,
    news TEXT NOT NULL,
    seq BIGINT NOT NULL,
    feed TEXT NOT NULL,
    key TEXT NOT NULL,             -- of the item in its feed
    name TEXT NOT NULL,            -- of the feed then, or as a person wrote it
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    object TEXT NOT NULL,          -- the stored object it was; '' = none
    published BIGINT NOT NULL,
    at BIGINT NOT NULL,
    changed BIGINT NOT NULL,      -- when the source gave it anew; 0 = never
    PRIMARY KEY (org, news, seq)
);
CREATE UNIQUE INDEX news_source_key ON news_source (org, feed, key);

-- By which of its marks the same thing of another source is known again.
CREATE TABLE news_mark (
    org TEXT NOT NULL,
    mark TEXT NOT NULL,
    news TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, mark)
);
CREATE INDEX news_mark_news ON news_mark (org, news);

CREATE TABLE news_cve (
    org TEXT NOT NULL,
    cve TEXT NOT NULL,
    news TEXT NOT NULL,
    PRIMARY KEY (org, cve, news)
);
CREATE INDEX news_cve_news ON news_cve (org, news);

CREATE TABLE news_entry (
    org TEXT NOT NULL,
    news TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    act BIGINT NOT NULL,
    state BIGINT NOT NULL,        -- from then on
    body TEXT NOT NULL,
    detail TEXT NOT NULL,          -- JSON of what else was said; '' = nothing
    PRIMARY KEY (org, news, seq)
);

-- How many nobody looked at are no longer kept, by the month they came in.
CREATE TABLE news_past (
    org TEXT NOT NULL,
    month BIGINT NOT NULL,        -- 202611, of Taipei
    feed TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (org, month, feed)
);
