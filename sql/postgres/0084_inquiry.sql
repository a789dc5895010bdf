-- Inquiries (cert/inquiry.h): what somebody asks of the centre, and what was done with it.
CREATE TABLE inquiry (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number BIGINT NOT NULL,       -- of the node, in the order they were asked
    tenant TEXT NOT NULL,          -- whose people see it; '' = who entered it
    account TEXT NOT NULL,         -- who entered it
    behalf BIGINT NOT NULL,       -- for somebody else
    state BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    tlp BIGINT NOT NULL,
    way BIGINT NOT NULL,
    came BIGINT NOT NULL,
    name TEXT NOT NULL,            -- who asks
    organisation TEXT NOT NULL,
    contact TEXT NOT NULL,         -- how he is reached
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    incident TEXT NOT NULL,        -- it is about, or was made into; '' = none
    draft TEXT NOT NULL,           -- of the report that is being made of it; '' = none
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    due BIGINT NOT NULL,          -- 0 = none
    referred BIGINT NOT NULL,     -- referrals whose advice has not come
    advice_due BIGINT NOT NULL,   -- the first of theirs; 0 = none
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    answered BIGINT NOT NULL,     -- first; 0: not yet
    closed BIGINT NOT NULL,       -- 0: it is open
    said BIGINT NOT NULL,         -- entries that who asked sees
    entries BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX inquiry_number ON inquiry (org, number);
CREATE INDEX inquiry_came ON inquiry (org, came, id);
CREATE INDEX inquiry_tenant ON inquiry (org, tenant, came, id);
CREATE INDEX inquiry_incident ON inquiry (org, incident) WHERE incident <> '';
CREATE INDEX inquiry_draft ON inquiry (org, draft) WHERE draft <> '';
CREATE INDEX inquiry_due ON inquiry (org, due) WHERE closed = 0 AND due > 0;
CREATE INDEX inquiry_advice ON inquiry (org, advice_due) WHERE closed = 0 AND advice_due > 0;

CREATE TABLE inquiry_entry (
    org TEXT NOT NULL,
    inquiry TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    who TEXT NOT NULL,             -- organisation of the account; '' = of the node, and no staff
    act BIGINT NOT NULL,
    state BIGINT NOT NULL,        -- from then on
    kind BIGINT NOT NULL,         -- of the inquiry; of a referral: to whom
    body TEXT NOT NULL,
    name TEXT NOT NULL,            -- whom it was referred to, who took it, the incident
    due BIGINT NOT NULL,
    of_seq BIGINT NOT NULL,       -- advice: the referral that it answers
    PRIMARY KEY (org, inquiry, seq)
);
