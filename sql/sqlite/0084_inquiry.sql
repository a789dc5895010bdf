-- Inquiries (cert/inquiry.h): what somebody asks of the centre, and what was done with it.
CREATE TABLE inquiry (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,       -- of the node, in the order they were asked
    tenant TEXT NOT NULL,          -- whose people see it; '' = who entered it
    account TEXT NOT NULL,         -- who entered it
    behalf INTEGER NOT NULL,       -- for somebody else
    state INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    tlp INTEGER NOT NULL,
    way INTEGER NOT NULL,
    came INTEGER NOT NULL,
    name TEXT NOT NULL,            -- who asks
    organisation TEXT NOT NULL,
    contact TEXT NOT NULL,         -- how he is reached
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    incident TEXT NOT NULL,        -- it is about, or was made into; '' = none
    draft TEXT NOT NULL,           -- of the report that is being made of it; '' = none
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    due INTEGER NOT NULL,          -- 0 = none
    referred INTEGER NOT NULL,     -- referrals whose advice has not come
    advice_due INTEGER NOT NULL,   -- the first of theirs; 0 = none
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    answered INTEGER NOT NULL,     -- first; 0: not yet
    closed INTEGER NOT NULL,       -- 0: it is open
    said INTEGER NOT NULL,         -- entries that who asked sees
    entries INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
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
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    who TEXT NOT NULL,             -- organisation of the account; '' = of the node, and no staff
    act INTEGER NOT NULL,
    state INTEGER NOT NULL,        -- from then on
    kind INTEGER NOT NULL,         -- of the inquiry; of a referral: to whom
    body TEXT NOT NULL,
    name TEXT NOT NULL,            -- whom it was referred to, who took it, the incident
    due INTEGER NOT NULL,
    of_seq INTEGER NOT NULL,       -- advice: the referral that it answers
    PRIMARY KEY (org, inquiry, seq)
) STRICT;
