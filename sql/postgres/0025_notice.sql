-- People and call-out: organisations of the contact network and their contacts (cert/unit.h, cert/contact.h), and
-- notices with whom they called (cert/notice.h).
ALTER TABLE mail ADD COLUMN way BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN until BIGINT NOT NULL DEFAULT 0;

CREATE TABLE unit (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    oid TEXT COLLATE "C" NOT NULL,
    attribute BIGINT NOT NULL,
    grade BIGINT NOT NULL,
    superior TEXT COLLATE "C" NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX unit_name ON unit (org, name);
CREATE UNIQUE INDEX unit_oid ON unit (org, oid) WHERE oid <> '';
CREATE INDEX unit_tenant ON unit (org, tenant) WHERE tenant <> '';
CREATE INDEX unit_peer ON unit (org, peer) WHERE peer <> '';

CREATE TABLE contact (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    part BIGINT NOT NULL,
    seat BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    telephone TEXT COLLATE "C" NOT NULL,
    fax TEXT COLLATE "C" NOT NULL,
    mobile TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    webhook TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    english BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX contact_unit ON contact (org, unit, part, seat);
CREATE INDEX contact_account ON contact (org, account) WHERE account <> '';

-- Who stands for a post, in the order of calling.
CREATE TABLE post (
    org TEXT COLLATE "C" NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    seat BIGINT NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, who, place, seat)
);
CREATE INDEX post_contact ON post (org, contact);

CREATE TABLE notice (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    occasion TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL,
    level BIGINT NOT NULL,
    letter TEXT COLLATE "C" NOT NULL,
    exercise BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    made BIGINT NOT NULL,
    state BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX notice_occasion ON notice (org, occasion);
CREATE INDEX notice_made ON notice (org, made, id);
CREATE INDEX notice_raised ON notice (org, made) WHERE state = 0;
CREATE INDEX notice_subject ON notice (org, subject, made);

CREATE TABLE notice_call (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    notice TEXT COLLATE "C" NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,
    step BIGINT NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    ways BIGINT NOT NULL,
    tail TEXT COLLATE "C" NOT NULL,
    ack BIGINT NOT NULL,
    state BIGINT NOT NULL,
    made BIGINT NOT NULL,
    next BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    ended_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX notice_call_notice ON notice_call (org, notice, chain, step);
CREATE INDEX notice_call_next ON notice_call (org, next) WHERE next > 0;
CREATE INDEX notice_call_contact ON notice_call (org, contact, made);

CREATE TABLE notice_delivery (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    notice TEXT COLLATE "C" NOT NULL,
    call TEXT COLLATE "C" NOT NULL,
    way BIGINT NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    handed BIGINT NOT NULL,
    state BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    told TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX notice_delivery_call ON notice_delivery (org, call, way);
CREATE INDEX notice_delivery_unhanded ON notice_delivery (org, made, id) WHERE state = 0 AND handed = 0;
CREATE INDEX notice_delivery_waiting ON notice_delivery (org, id) WHERE state = 0 AND handed = 1;
