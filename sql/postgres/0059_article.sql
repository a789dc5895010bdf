-- The knowledge base: articles made of closed cases (cert/article.h).
CREATE TABLE article (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    state BIGINT NOT NULL,
    form TEXT COLLATE "C" NOT NULL,         -- as it was last written
    shown TEXT COLLATE "C" NOT NULL,        -- what is out; '': nothing
    version BIGINT NOT NULL,   -- how often it came out
    incident TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,         -- why it was returned or withdrawn
    entries BIGINT NOT NULL,   -- of its history
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX article_seq ON article (org, seq);
CREATE INDEX article_incident ON article (org, incident);

CREATE TABLE article_event (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    act BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,         -- as it was written then; '': another act
    PRIMARY KEY (org, id, seq)
);

-- What an article that is out is found by: words, c: class, r: RSIT, a: technique, g: tag, o: observable.
CREATE TABLE article_term (
    org TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (org, term, seq)
);
CREATE INDEX article_term_seq ON article_term (org, seq);
