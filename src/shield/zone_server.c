/* The primary: requests in, answers out; NOTIFY until confirmed. */
#include <arpa/inet.h>
#include <stdio.h>

#include "base/crypto.h"
#include "fmt/json.h"
#include "shield/zone_message.h"
#include "shield/zone_priv.h"

enum {
    ORIGIN_AT = LF_DNS_HEADER, /* the question's name is the zone's: owner names point there */
    TTL = 60,
    EDNS_SIZE = 1232,
    MESSAGE_ROOM = 65535,
};
#define NOTIFY_FIRST_PAUSE (200 * LF_MSEC)
#define NOTIFY_LONGEST_PAUSE LF_MINUTE

struct entry { /* who may ask */
    uint8_t ip[16];
    unsigned bits;
    const struct lf_dns_key *key; /* NULL: need not sign */
};

struct notify {
    bool waiting;
    uint16_t id;
    lf_time due, pause; /* due 0 = at once */
    struct lf_dns_chain chain;
};

struct lf_zone_server {
    struct lf_dns_key keys[LF_ZONE_KEYS];
    size_t nkeys;
    struct entry allow[LF_ZONE_ALLOW + LF_ZONE_SECONDARIES];
    size_t nallow;
    struct {
        struct lf_zone_peer peer;
        const struct lf_dns_key *key;
    } secondary[LF_ZONE_SECONDARIES];
    size_t nsecondaries;
    struct lf_zone *zones[LF_ZONE_ZONES];
    size_t nzones;
    struct notify notify[LF_ZONE_ZONES][LF_ZONE_SECONDARIES];
};

bool lf_zone_peer_parse(lf_view address, uint16_t port, struct lf_zone_peer *out)
{
    struct lf_zone_peer p = { .port = port };
    char text[INET6_ADDRSTRLEN + 1];

    if (address.len >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", LF_FMT(address));
    p.ip[10] = p.ip[11] = 0xff;
    if (inet_pton(AF_INET, text, p.ip + 12) != 1 && inet_pton(AF_INET6, text, p.ip) != 1)
        return false;
    *out = p;
    return true;
}

static bool covered(const uint8_t ip[16], const struct entry *n)
{
    size_t whole = n->bits / 8;

    if (memcmp(ip, n->ip, whole) != 0)
        return false;
    return n->bits % 8 == 0 || ((ip[whole] ^ n->ip[whole]) >> (8 - n->bits % 8)) == 0;
}

/* -------------------------------------------------------------- settings */

static enum lf_code known(const struct lf_json *o, const char *where, const char *const *names,
                          struct lf_err *e)
{
    if (lf_json_kind(o) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: %s is not an object", where);
    for (size_t i = 0; i < lf_json_members(o); i++) {
        size_t k = 0;

        while (names[k] && !lf_view_is(lf_json_key(o, i), names[k]))
            k++;
        if (!names[k])
            return lf_err_set(e, LF_BAD_INPUT, "dns settings: %s has no setting \"%.*s\"", where,
                              LF_FMT(lf_json_key(o, i)));
    }
    return LF_OK;
}

static size_t items(const struct lf_json *o, const char *name)
{
    const struct lf_json *v = lf_json_get(o, lf_view_of(name));

    return v && lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_items(v) : 0;
}

static const struct lf_json *nth(const struct lf_json *o, const char *name, size_t i)
{
    return lf_json_item(lf_json_get(o, lf_view_of(name)), i);
}

static enum lf_code key_of(const struct lf_zone_server *s, lf_view name, const struct lf_dns_key **out,
                           struct lf_err *e)
{
    struct lf_dns_name n;

    *out = NULL;
    if (!name.ptr)
        return LF_OK;
    LF_TRY(lf_dns_name_parse(name, &n, e));
    for (size_t i = 0; i < s->nkeys; i++)
        if (lf_dns_name_eq(&s->keys[i].name, &n))
            *out = &s->keys[i];
    if (!*out)
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: there is no key \"%.*s\"", LF_FMT(name));
    return LF_OK;
}

static enum lf_code read_key(struct lf_arena *a, struct lf_zone_server *s, const struct lf_json *k,
                             struct lf_err *e)
{
    static const char *const names[] = { "name", "algorithm", "secret", NULL };
    lf_view secret;

    LF_TRY(known(k, "a key", names, e));
    if (s->nkeys == LF_ZONE_KEYS)
        return lf_err_set(e, LF_TOO_BIG, "dns settings: more than %d keys", LF_ZONE_KEYS);
    LF_TRY(lf_unbase64(a, lf_json_str(k, "secret"), &secret, e));
    LF_TRY(
        lf_dns_key_make(lf_json_str(k, "name"), lf_json_str(k, "algorithm"), secret, &s->keys[s->nkeys], e));
    s->nkeys++;
    return LF_OK;
}

static enum lf_code read_secondary(struct lf_zone_server *s, const struct lf_json *v, struct lf_err *e)
{
    static const char *const names[] = { "address", "port", "tsig", NULL };
    int64_t port = 53;

    LF_TRY(known(v, "a secondary", names, e));
    if (s->nsecondaries == LF_ZONE_SECONDARIES)
        return lf_err_set(e, LF_TOO_BIG, "dns settings: more than %d secondaries", LF_ZONE_SECONDARIES);
    if (lf_json_get(v, LF_V("port")) && (!lf_json_int(v, "port", &port) || port < 1 || port > 65535))
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: a secondary's port is 1 to 65535");
    if (!lf_zone_peer_parse(lf_json_str(v, "address"), (uint16_t)port, &s->secondary[s->nsecondaries].peer))
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: \"%.*s\" is not an address",
                          LF_FMT(lf_json_str(v, "address")));
    LF_TRY(key_of(s, lf_json_str(v, "tsig"), &s->secondary[s->nsecondaries].key, e));
    struct entry *n = &s->allow[s->nallow++];
    memcpy(n->ip, s->secondary[s->nsecondaries].peer.ip, 16);
    n->bits = 128;
    n->key = s->secondary[s->nsecondaries].key;
    s->nsecondaries++;
    return LF_OK;
}

static enum lf_code read_allow(struct lf_zone_server *s, const struct lf_json *v, struct lf_err *e)
{
    static const char *const names[] = { "net", "tsig", NULL };
    struct entry *n = &s->allow[s->nallow];
    struct lf_zone_peer p;
    lf_view net, host, key = { 0 };
    uint64_t bits;

    if (lf_json_kind(v) == LF_JSON_STRING) {
        net = lf_json_text(v);
    } else {
        LF_TRY(known(v, "an allow entry", names, e));
        net = lf_json_str(v, "net");
        key = lf_json_str(v, "tsig");
    }
    if (s->nallow >= LF_ZONE_ALLOW + s->nsecondaries)
        return lf_err_set(e, LF_TOO_BIG, "dns settings: more than %d allow entries", LF_ZONE_ALLOW);
    lf_view rest = net;
    if (!lf_view_split(&rest, '/', &host) || !lf_zone_peer_parse(host, 0, &p))
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: \"%.*s\" is not a network", LF_FMT(net));
    bool four = lf_view_find_byte(host, ':') == SIZE_MAX;
    if (!rest.ptr)
        bits = 128;
    else if (!lf_view_u64(rest, &bits) || bits > (four ? 32 : 128))
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: \"%.*s\" has a wrong prefix length", LF_FMT(net));
    else if (four)
        bits += 96;
    LF_TRY(key_of(s, key, &n->key, e));
    memcpy(n->ip, p.ip, 16);
    n->bits = (unsigned)bits;
    s->nallow++;
    return LF_OK;
}

static enum lf_code add_zone(struct lf_zone_server *s, lf_view name, uint64_t seed, struct lf_err *e)
{
    struct lf_zone_limits limits = { .seed = seed };

    if (s->nzones == LF_ZONE_ZONES)
        return lf_err_set(e, LF_TOO_BIG, "dns settings: more than %d zones", LF_ZONE_ZONES);
    LF_TRY(lf_zone_create(name, &limits, &s->zones[s->nzones], e));
    s->nzones++;
    return LF_OK;
}

static enum lf_code configure(struct lf_arena *a, struct lf_zone_server *s, lf_view config, uint64_t seed,
                              struct lf_err *e)
{
    static const char *const names[] = { "zone", "zones", "secondaries", "keys", "allow", NULL };
    const struct lf_json *c;

    LF_TRY(lf_json_parse(a, config, &(struct lf_json_limits){ .bytes = 1 << 20, .depth = 8, .unique = true },
                         &c, e));
    LF_TRY(known(c, "the whole", names, e));
    if (lf_json_str(c, "zone").ptr)
        LF_TRY(add_zone(s, lf_json_str(c, "zone"), seed, e));
    for (size_t i = 0; i < items(c, "zones"); i++)
        LF_TRY(add_zone(s, lf_json_text(nth(c, "zones", i)), seed, e));
    if (!s->nzones)
        return lf_err_set(e, LF_BAD_INPUT, "dns settings: no zone is named");
    for (size_t i = 0; i < items(c, "keys"); i++)
        LF_TRY(read_key(a, s, nth(c, "keys", i), e));
    for (size_t i = 0; i < items(c, "secondaries"); i++)
        LF_TRY(read_secondary(s, nth(c, "secondaries", i), e));
    for (size_t i = 0; i < items(c, "allow"); i++)
        LF_TRY(read_allow(s, nth(c, "allow", i), e));
    return LF_OK;
}

enum lf_code lf_zone_server_create(lf_view config, uint64_t seed, struct lf_zone_server **out,
                                   struct lf_err *e)
{
    struct lf_zone_server *s = calloc(1, sizeof *s);
    struct lf_arena a = { 0 };
    enum lf_code rc;

    if (!s)
        LF_BUG("out of memory");
    rc = configure(&a, s, config, seed, e);
    lf_arena_clear(&a);
    if (rc != LF_OK)
        lf_zone_server_destroy(s);
    else
        *out = s;
    return rc;
}

void lf_zone_server_destroy(struct lf_zone_server *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->nzones; i++)
        lf_zone_destroy(s->zones[i]);
    lf_wipe(s->keys, sizeof s->keys);
    free(s);
}

struct lf_zone *lf_zone_server_zone(struct lf_zone_server *s, lf_view origin)
{
    struct lf_dns_name n;

    if (lf_dns_name_parse(origin, &n, NULL) == LF_OK)
        for (size_t i = 0; i < s->nzones; i++)
            if (lf_dns_name_eq(&s->zones[i]->origin, &n))
                return s->zones[i];
    return NULL;
}

size_t lf_zone_server_count(const struct lf_zone_server *s)
{
    return s->nzones;
}

struct lf_zone *lf_zone_server_nth(struct lf_zone_server *s, size_t i)
{
    return s->zones[i];
}

/* -------------------------------------------------- messages of the core */

static enum lf_code take(struct lf_zone *z, bool full, struct lf_zone_message *m, struct lf_err *e)
{
    enum lf_zone_op op;
    lf_view name;

    if (m->first) {
        z->taking = false;
        if (full) {
            LF_TRY(lf_zone_begin_full(z, e));
        } else {
            if (!lf_zone_published(z) || m->from != z->serial)
                return lf_err_set(e, LF_CONFLICT, "zone: a delta from serial %u, but %u is served", m->from,
                                  z->serial);
            LF_TRY(lf_zone_begin_change(z, e));
        }
        z->taking = true;
        z->taking_full = full;
        z->taking_from = m->from;
        z->taking_to = m->to;
    } else if (!z->taking || z->taking_full != full || z->taking_from != m->from || z->taking_to != m->to) {
        return lf_err_set(e, LF_CONFLICT, "zone: a part that does not follow the one before");
    }
    while (lf_zone_message_next(m, &op, &name)) {
        enum lf_code rc = op == LF_ZONE_ADD ? lf_zone_add(z, name, e) : lf_zone_del(z, name, e);

        /* A name too long to stand under the zone's own cannot be served; the
         * rest of the zone must be. */
        if (rc != LF_OK && !(rc == LF_TOO_BIG && lf_zone_count(z) < z->limits.names) && rc != LF_BAD_INPUT) {
            z->taking = false;
            return rc;
        }
    }
    if (!m->last)
        return LF_OK;
    z->taking = false;
    return lf_zone_publish(z, m->to, e);
}

enum lf_code lf_zone_server_apply(struct lf_zone_server *s, bool full, lf_view payload, struct lf_err *e)
{
    struct lf_zone_message m;
    struct lf_zone *z;
    bool last;

    LF_TRY(lf_zone_message_read(payload, &m, e));
    z = lf_zone_server_zone(s, m.zone);
    if (!z)
        return lf_err_set(e, LF_NOT_FOUND, "zone %.*s: not served here", LF_FMT(m.zone));
    last = m.last;
    LF_TRY(take(z, full, &m, e));
    if (last)
        lf_zone_server_changed(s, z);
    return LF_OK;
}

/* ---------------------------------------------------------------- records */

static void put_soa(struct lf_buf *b, uint32_t serial)
{
    static const uint8_t host[] = "\012hostmaster";

    lf_dns_put_name_at(b, NULL, 0, ORIGIN_AT);
    lf_dns_put_rr(b, LF_DNS_SOA, TTL, 2 + 13 + 20);
    lf_dns_put_name_at(b, NULL, 0, ORIGIN_AT);
    lf_dns_put_name_at(b, host, sizeof host - 1, ORIGIN_AT);
    lf_buf_u32(b, serial);
    lf_buf_u32(b, 60);     /* refresh: should every NOTIFY be lost */
    lf_buf_u32(b, 10);     /* retry */
    lf_buf_u32(b, 604800); /* expire: a week without us keeps the blocks */
    lf_buf_u32(b, 5);      /* of a name that is not (yet) there */
}

static void put_ns(struct lf_buf *b)
{
    static const uint8_t host[] = "\011localhost";

    lf_dns_put_name_at(b, NULL, 0, ORIGIN_AT);
    lf_dns_put_rr(b, LF_DNS_NS, TTL, sizeof host);
    lf_buf_put(b, (lf_view){ (const char *)host, sizeof host }); /* with the final NUL: the root */
}

static void put_cname(struct lf_buf *b)
{
    lf_dns_put_rr(b, LF_DNS_CNAME, TTL, 1);
    lf_buf_byte(b, 0);
}

/* `name CNAME .` and `*.name CNAME .`; the second points to the first's owner
 * where a pointer reaches. */
static void put_name(struct lf_buf *b, size_t start, const uint8_t *wire, size_t len)
{
    size_t at = b->len - start;

    lf_dns_put_name_at(b, wire, len, ORIGIN_AT);
    put_cname(b);
    LF_PUT(b, "\001*");
    if (at < 0x4000)
        lf_dns_put_name_at(b, NULL, 0, (uint16_t)at);
    else
        lf_dns_put_name_at(b, wire, len, ORIGIN_AT);
    put_cname(b);
}

/* -------------------------------------------------------------- transfers */

struct lf_zone_transfer {
    uint16_t id, flags;
    uint8_t question[LF_DNS_NAME_MAX + 4];
    size_t question_len;
    const struct lf_dns_key *key;
    struct lf_dns_chain chain;
    uint32_t serial;
    enum { T_HEAD, T_NS, T_NAMES, T_FROM, T_DELS, T_TO, T_ADDS, T_TAIL, T_END } phase;
    struct lf_zone_names *names; /* AXFR */
    size_t at, end;
    struct lf_zone_change *change; /* IXFR */
};

void lf_zone_transfer_destroy(struct lf_zone_transfer *t)
{
    if (!t)
        return;
    lf_zone_names_release(t->names);
    lf_zone_change_release(t->change);
    free(t);
}

/* The next record or pair of records; returns how many. */
static uint16_t step(struct lf_zone_transfer *t, struct lf_buf *b, size_t start)
{
    switch (t->phase) {
    case T_HEAD:
        put_soa(b, t->serial);
        t->phase = t->names ? T_NS : T_FROM;
        return 1;
    case T_NS:
        put_ns(b);
        t->phase = T_NAMES;
        return 1;
    case T_NAMES:
        while (t->at < t->end) {
            const uint8_t *r = t->names->mem + t->at;
            uint32_t died;

            t->at += LF_ZONE_RECORD + r[0];
            memcpy(&died, r + 2, sizeof died);
            /* What died after we began was there then. */
            if (r[1] && !lf_dns_serial_before(t->serial, died))
                continue;
            put_name(b, start, r + LF_ZONE_RECORD, r[0]);
            return 2;
        }
        t->phase = T_TAIL;
        return 0;
    case T_FROM:
        put_soa(b, t->change->from);
        t->at = 0;
        t->phase = T_DELS;
        return 1;
    case T_TO:
        put_soa(b, t->change->to);
        t->phase = T_ADDS;
        return 1;
    case T_DELS:
    case T_ADDS: {
        const struct lf_zone_change *c = t->change;

        if (t->at < (t->phase == T_DELS ? c->dels : c->len)) {
            put_name(b, start, c->bytes + t->at + 1, c->bytes[t->at]);
            t->at += 1u + c->bytes[t->at];
            return 2;
        }
        if (t->phase == T_DELS) {
            t->phase = T_TO;
        } else if (c->to == t->serial || !c->next) {
            t->phase = T_TAIL;
        } else {
            struct lf_zone_change *next = c->next;

            next->refs++;
            lf_zone_change_release(t->change);
            t->change = next;
            t->phase = T_FROM;
        }
        return 0;
    }
    case T_TAIL:
        put_soa(b, t->serial);
        t->phase = T_END;
        return 1;
    case T_END:
        break;
    }
    return 0;
}

static uint64_t seconds(lf_time now)
{
    return now < 0 ? 0 : (uint64_t)(now / LF_SECOND);
}

bool lf_zone_transfer_next(struct lf_zone_transfer *t, lf_time now, struct lf_buf *out)
{
    size_t start = out->len;
    struct lf_dns_header h = { .id = t->id, .flags = t->flags, .qd = 1 };

    if (t->phase == T_END)
        return false;
    lf_dns_put_header(out, &h);
    lf_buf_put(out, (lf_view){ (const char *)t->question, t->question_len });
    while (t->phase != T_END && out->len - start < LF_ZONE_MESSAGE)
        h.an = (uint16_t)(h.an + step(t, out, start));
    lf_dns_patch_u16(out, start + 6, h.an);
    if (t->key)
        lf_dns_tsig_sign(out, start, t->key, &t->chain, seconds(now), 0);
    return true;
}

/* ---------------------------------------------------------------- answers */

struct asked {
    struct lf_zone_server *s;
    const struct lf_zone_peer *from;
    bool tcp;
    lf_time now;
    struct lf_dns_message m;
    const struct lf_dns_key *key;
    struct lf_dns_chain chain;
    struct lf_buf *out;
};

static void end_answer(struct asked *q, size_t start)
{
    if (q->m.edns) {
        uint16_t one = 1;

        lf_dns_put_opt(q->out, EDNS_SIZE);
        lf_dns_patch_u16(q->out, start + 10, one);
    }
    if (q->key)
        lf_dns_tsig_sign(q->out, start, q->key, &q->chain, seconds(q->now), 0);
}

static size_t begin_answer(struct asked *q, unsigned rcode, bool authority)
{
    struct lf_dns_header h = { .id = q->m.header.id, .qd = 1 };
    size_t start = q->out->len;

    h.flags = (uint16_t)(LF_DNS_QR | (q->m.header.flags & (0x7800 | LF_DNS_RD)) |
                         (authority ? LF_DNS_AA : 0) | rcode);
    lf_dns_put_header(q->out, &h);
    lf_buf_put(q->out, q->m.question);
    return start;
}

static void refuse(struct asked *q, unsigned rcode)
{
    end_answer(q, begin_answer(q, rcode, false));
}

/* Who asks, and do we know them?  False: answered already. */
static bool admitted(struct asked *q, lf_view msg)
{
    struct lf_zone_server *s = q->s;
    bool any = false, satisfied = false;
    const struct lf_dns_key *key = NULL;
    uint16_t error = LF_DNS_BADKEY;

    for (size_t i = 0; i < s->nallow; i++)
        any |= covered(q->from->ip, &s->allow[i]);
    if (!any) {
        refuse(q, LF_DNS_REFUSED);
        return false;
    }
    if (q->m.signed_) {
        for (size_t i = 0; i < s->nkeys; i++)
            if (lf_dns_name_eq(&s->keys[i].name, &q->m.tsig.key))
                key = &s->keys[i];
        if (!key ||
            lf_dns_tsig_check(key, msg, &q->m.tsig, &q->chain, seconds(q->now), &error, NULL) != LF_OK) {
            size_t start = begin_answer(q, LF_DNS_NOTAUTH, false);

            if (key && error == LF_DNS_BADTIME) {
                struct lf_dns_chain c = { .mac_len = q->m.tsig.mac.len };

                memcpy(c.mac, q->m.tsig.mac.ptr, c.mac_len); /* its length was checked before its time */
                lf_dns_tsig_sign(q->out, start, key, &c, seconds(q->now), error);
            } else {
                lf_dns_tsig_put_error(q->out, start, &q->m.tsig, error);
            }
            return false;
        }
        q->key = key;
    }
    for (size_t i = 0; i < s->nallow; i++)
        satisfied |= covered(q->from->ip, &s->allow[i]) && (!s->allow[i].key || s->allow[i].key == key);
    if (!satisfied)
        refuse(q, LF_DNS_REFUSED);
    return satisfied;
}

static struct lf_zone_transfer *transfer_begin(struct asked *q, const struct lf_zone *z)
{
    struct lf_zone_transfer *t = calloc(1, sizeof *t);
    struct lf_zone_change *c =
        q->m.qtype == LF_DNS_IXFR ? (struct lf_zone_change *)(uintptr_t)lf_zone_since(z, q->m.serial) : NULL;

    if (!t)
        LF_BUG("out of memory");
    t->id = q->m.header.id;
    t->flags = (uint16_t)(LF_DNS_QR | LF_DNS_AA | (q->m.header.flags & LF_DNS_RD));
    memcpy(t->question, q->m.question.ptr, q->m.question.len);
    t->question_len = q->m.question.len;
    t->key = q->key;
    t->chain = q->chain;
    t->serial = z->serial;
    if (c) {
        c->refs++;
        t->change = c;
    } else {
        t->names = z->names;
        t->names->refs++;
        t->at = 2;
        t->end = t->names->len;
    }
    return t;
}

static void answer_name(struct asked *q, const struct lf_zone *z, size_t own)
{
    const uint8_t *wire = q->m.qname.wire;
    bool there = own == 0, wild = own > 2 && wire[0] == 1 && wire[1] == '*';
    size_t start;

    if (own)
        there = lf_zone_names_has(z->names, wild ? wire + 2 : wire, wild ? own - 2 : own);
    start = begin_answer(q, there ? LF_DNS_NOERROR : LF_DNS_NXDOMAIN, true);
    if (there && own) {
        lf_dns_put_name_at(q->out, NULL, 0, ORIGIN_AT);
        put_cname(q->out);
        lf_dns_patch_u16(q->out, start + 6, 1);
    }
    end_answer(q, start);
}

static void answer_query(struct asked *q, struct lf_zone_transfer **more)
{
    struct lf_zone *z = NULL;
    size_t own = 0, start;
    bool xfr = q->m.qtype == LF_DNS_AXFR || q->m.qtype == LF_DNS_IXFR;

    for (size_t i = 0; i < q->s->nzones; i++) {
        size_t o;

        if (lf_dns_name_under(&q->m.qname, &q->s->zones[i]->origin, &o) && (!z || o < own)) {
            z = q->s->zones[i];
            own = o;
        }
    }
    if (!z || q->m.qclass != LF_DNS_IN || (xfr && own)) {
        refuse(q, xfr ? LF_DNS_NOTAUTH : LF_DNS_REFUSED);
        return;
    }
    if (!lf_zone_published(z)) {
        refuse(q, LF_DNS_SERVFAIL);
        return;
    }
    if ((q->m.qtype == LF_DNS_AXFR && !q->tcp) || (q->m.qtype == LF_DNS_IXFR && !q->m.has_soa)) {
        refuse(q, LF_DNS_FORMERR);
        return;
    }
    /* IXFR for who is up to date, or over UDP (where the SOA says: come by TCP), is the SOA alone. */
    bool alone = q->m.qtype == LF_DNS_IXFR && (!q->tcp || !lf_dns_serial_before(q->m.serial, z->serial));
    if (xfr && !alone) {
        *more = transfer_begin(q, z);
        (void)lf_zone_transfer_next(*more, q->now, q->out);
        return;
    }
    if (own || !(alone || q->m.qtype == LF_DNS_SOA || q->m.qtype == LF_DNS_NS || q->m.qtype == LF_DNS_ANY)) {
        answer_name(q, z, own);
        return;
    }
    start = begin_answer(q, LF_DNS_NOERROR, true);
    if (q->m.qtype == LF_DNS_NS)
        put_ns(q->out);
    else
        put_soa(q->out, z->serial);
    lf_dns_patch_u16(q->out, start + 6, 1);
    end_answer(q, start);
}

/* A secondary's answer to our NOTIFY. */
static void confirmed(struct asked *q, lf_view msg)
{
    struct lf_zone_server *s = q->s;

    if (lf_dns_opcode(q->m.header.flags) != LF_DNS_NOTIFY || (q->m.header.flags & 15) != LF_DNS_NOERROR)
        return;
    for (size_t z = 0; z < s->nzones; z++)
        for (size_t i = 0; i < s->nsecondaries; i++) {
            struct notify *n = &s->notify[z][i];
            struct lf_dns_chain chain = n->chain;

            if (!n->waiting || n->due == 0 || n->id != q->m.header.id ||
                memcmp(s->secondary[i].peer.ip, q->from->ip, 16) != 0 ||
                s->secondary[i].peer.port != q->from->port ||
                !lf_dns_name_eq(&q->m.qname, &s->zones[z]->origin))
                continue;
            if (s->secondary[i].key &&
                (!q->m.signed_ || lf_dns_tsig_check(s->secondary[i].key, msg, &q->m.tsig, &chain,
                                                    seconds(q->now), NULL, NULL) != LF_OK))
                continue;
            n->waiting = false;
        }
}

void lf_zone_answer(struct lf_zone_server *s, const struct lf_zone_peer *from, bool tcp, lf_view msg,
                    lf_time now, struct lf_buf *out, struct lf_zone_transfer **more)
{
    struct asked q = { .s = s, .from = from, .tcp = tcp, .now = now, .out = out };
    struct lf_zone_transfer *transfer = NULL;

    if (lf_dns_message_read(msg, &q.m, NULL) != LF_OK) {
        struct lf_dns_header h;

        if (lf_dns_header_read(msg, &h, NULL) != LF_OK || h.flags & LF_DNS_QR)
            return;
        h = (struct lf_dns_header){ .id = h.id };
        h.flags = LF_DNS_QR | LF_DNS_FORMERR;
        lf_dns_put_header(out, &h);
        return;
    }
    if (q.m.header.flags & LF_DNS_QR) {
        confirmed(&q, msg);
        return;
    }
    if (!admitted(&q, msg))
        return;
    if (lf_dns_opcode(q.m.header.flags) != LF_DNS_QUERY) {
        refuse(&q, LF_DNS_NOTIMP);
        return;
    }
    answer_query(&q, &transfer);
    if (more)
        *more = transfer;
    else
        lf_zone_transfer_destroy(transfer);
}

/* ----------------------------------------------------------------- NOTIFY */

void lf_zone_server_changed(struct lf_zone_server *s, const struct lf_zone *z)
{
    for (size_t k = 0; k < s->nzones; k++)
        if (s->zones[k] == z)
            for (size_t i = 0; i < s->nsecondaries; i++)
                s->notify[k][i] = (struct notify){ .waiting = true };
}

bool lf_zone_notify_next(struct lf_zone_server *s, lf_time tick, lf_time now, uint16_t id, struct lf_buf *out,
                         struct lf_zone_peer *to)
{
    for (size_t z = 0; z < s->nzones; z++)
        for (size_t i = 0; i < s->nsecondaries; i++) {
            struct notify *n = &s->notify[z][i];
            struct lf_dns_header h = { .id = id, .qd = 1, .an = 1 };
            size_t start = out->len;

            if (!n->waiting || n->due > tick)
                continue;
            h.flags = LF_DNS_NOTIFY << 11 | LF_DNS_AA;
            lf_dns_put_header(out, &h);
            lf_dns_put_name(out, &s->zones[z]->origin);
            lf_buf_u16(out, LF_DNS_SOA);
            lf_buf_u16(out, LF_DNS_IN);
            put_soa(out, s->zones[z]->serial);
            n->chain = (struct lf_dns_chain){ 0 };
            if (s->secondary[i].key) {
                lf_dns_tsig_sign(out, start, s->secondary[i].key, &n->chain, seconds(now), 0);
                n->chain.later = false; /* its answer is the first of its conversation */
            }
            n->id = id;
            n->pause = n->pause ? n->pause * 2 : NOTIFY_FIRST_PAUSE;
            if (n->pause > NOTIFY_LONGEST_PAUSE)
                n->pause = NOTIFY_LONGEST_PAUSE;
            n->due = (tick > 0 ? tick : 0) + n->pause;
            *to = s->secondary[i].peer;
            return true;
        }
    return false;
}

lf_time lf_zone_notify_due(const struct lf_zone_server *s)
{
    lf_time due = -1;

    for (size_t z = 0; z < s->nzones; z++)
        for (size_t i = 0; i < s->nsecondaries; i++)
            if (s->notify[z][i].waiting && (due < 0 || s->notify[z][i].due < due))
                due = s->notify[z][i].due;
    return due;
}

size_t lf_zone_notify_waiting(const struct lf_zone_server *s)
{
    size_t count = 0;

    for (size_t z = 0; z < s->nzones; z++)
        for (size_t i = 0; i < s->nsecondaries; i++)
            count += s->notify[z][i].waiting;
    return count;
}
