-- People and call-out: organisations of the contact network and their contacts (cert/unit.h, cert/contact.h), and
-- notices with whom they called (cert/notice.h).
ALTER TABLE mail ADD COLUMN way INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN until INTEGER NOT NULL DEFAULT 0;

CREATE TABLE unit (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    oid TEXT NOT NULL,
    attribute INTEGER NOT NULL,
    grade INTEGER NOT NULL,
    superior TEXT NOT NULL,
    tenant TEXT NOT NULL,
    peer TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX unit_name ON unit (org, name);
CREATE UNIQUE INDEX unit_oid ON unit (org, oid) WHERE oid <> '';
CREATE INDEX unit_tenant ON unit (org, tenant) WHERE tenant <> '';
CREATE INDEX unit_peer ON unit (org, peer) WHERE peer <> '';

CREATE TABLE contact (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    unit TEXT NOT NULL,
    part INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    telephone TEXT NOT NULL,
    fax TEXT NOT NULL,
    mobile TEXT NOT NULL,
    email TEXT NOT NULL,
    webhook TEXT NOT NULL,
    account TEXT NOT NULL,
    english INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX contact_unit ON contact (org, unit, part, seat);
CREATE INDEX contact_account ON contact (org, account) WHERE account <> '';

-- Who stands for a post, in the order of calling.
CREATE TABLE post (
    org TEXT NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (org, who, place, seat)
) STRICT;
CREATE INDEX post_contact ON post (org, contact);

CREATE TABLE notice (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    occasion TEXT NOT NULL,
    kind INTEGER NOT NULL,
    subject TEXT NOT NULL,
    about TEXT NOT NULL,
    level INTEGER NOT NULL,
    letter TEXT NOT NULL,
    exercise INTEGER NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    path TEXT NOT NULL,
    due INTEGER NOT NULL,
    made INTEGER NOT NULL,
    state INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX notice_occasion ON notice (org, occasion);
CREATE INDEX notice_made ON notice (org, made, id);
CREATE INDEX notice_raised ON notice (org, made) WHERE state = 0;
CREATE INDEX notice_subject ON notice (org, subject, made);

CREATE TABLE notice_call (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    notice TEXT NOT NULL,
    chain TEXT NOT NULL,
    step INTEGER NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    contact TEXT NOT NULL,
    name TEXT NOT NULL,
    ways INTEGER NOT NULL,
    tail TEXT NOT NULL,
    ack INTEGER NOT NULL,
    state INTEGER NOT NULL,
    made INTEGER NOT NULL,
    next INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    ended_by TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX notice_call_notice ON notice_call (org, notice, chain, step);
CREATE INDEX notice_call_next ON notice_call (org, next) WHERE next > 0;
CREATE INDEX notice_call_contact ON notice_call (org, contact, made);

CREATE TABLE notice_delivery (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    notice TEXT NOT NULL,
    call TEXT NOT NULL,
    way INTEGER NOT NULL,
    address TEXT NOT NULL,
    handed INTEGER NOT NULL,
    state INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    told TEXT NOT NULL,
    made INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX notice_delivery_call ON notice_delivery (org, call, way);
CREATE INDEX notice_delivery_unhanded ON notice_delivery (org, made, id) WHERE state = 0 AND handed = 0;
CREATE INDEX notice_delivery_waiting ON notice_delivery (org, id) WHERE state = 0 AND handed = 1;
