-- The knowledge base: articles made of closed cases (cert/article.h).
CREATE TABLE article (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    form TEXT NOT NULL,         -- as it was last written
    shown TEXT NOT NULL,        -- what is out; '': nothing
    version INTEGER NOT NULL,   -- how often it came out
    incident TEXT NOT NULL,
    author TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    note TEXT NOT NULL,         -- why it was returned or withdrawn
    entries INTEGER NOT NULL,   -- of its history
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    published INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX article_seq ON article (org, seq);
CREATE INDEX article_incident ON article (org, incident);

CREATE TABLE article_event (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    act INTEGER NOT NULL,
    note TEXT NOT NULL,
    form TEXT NOT NULL,         -- as it was written then; '': another act
    PRIMARY KEY (org, id, seq)
) STRICT;

-- What an article that is out is found by: words, c: class, r: RSIT, a: technique, g: tag, o: observable.
CREATE TABLE article_term (
    org TEXT NOT NULL,
    term TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (org, term, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_term_seq ON article_term (org, seq);
