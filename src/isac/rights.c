#include "isac/rights.h"

#include "base/crypto.h"
#include "fmt/stix.h"
#include "ident/node.h"
#include "isac/peer.h"
#include "model/redact.h"
#include "store/query_rights.h"

/* ---- facts: what the key of a row stands for ----
 *
 * Six lines: whose ("o" ours, "c" a child's, "p" the parent's; "b" behind it: broken), the author
 * where the meaning of a marking hangs on it, the object's markings, those of each atom (";"
 * between), the identity that is not to be told, and the mask of a copy or "-". */

struct facts {
    enum lf_from from;
    bool broken;
    lf_view author;
    struct lf_marking_set whole;
    size_t natoms;
    struct lf_marking_set atoms[LF_MARKING_ATOMS];
    int copy; /* the mask of a copy; -1: the object itself */
};

static void put_set(struct lf_buf *b, const struct lf_marking_set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            lf_buf_byte(b, ' ');
        lf_buf_put(b, s->refs[i]);
    }
}

static lf_view write_facts(struct lf_arena *a, const struct facts *f)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 65536);
    lf_buf_byte(&b, "ocp"[f->from]);
    if (f->broken)
        lf_buf_byte(&b, 'b');
    lf_buf_byte(&b, '\n');
    lf_buf_put(&b, f->author);
    lf_buf_byte(&b, '\n');
    put_set(&b, &f->whole);
    lf_buf_byte(&b, '\n');
    for (size_t i = 0; i < f->natoms; i++) {
        if (i)
            lf_buf_byte(&b, ';');
        put_set(&b, &f->atoms[i]);
    }
    if (f->copy < 0)
        LF_PUT(&b, "\n-");
    else
        lf_buf_printf(&b, "\n%d", f->copy);
    LF_ASSERT(!b.over); /* 128 markings of 55 bytes */
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static struct lf_marking_set read_set(struct lf_arena *a, lf_view in)
{
    struct lf_marking_set s = { 0 };
    lf_view *refs = LF_NEW(a, lf_view, LF_MARKING_REFS * 2), one;

    while (in.len && s.n < (size_t)LF_MARKING_REFS * 2 && lf_view_split(&in, ' ', &one))
        refs[s.n++] = one;
    s.refs = refs;
    return s;
}

static void read_facts(struct lf_arena *a, lf_view in, struct facts *f)
{
    lf_view line[5] = { { NULL, 0 } }, one;
    uint64_t mask = 0;

    for (size_t i = 0; i < 5; i++)
        (void)lf_view_split(&in, '\n', &line[i]);
    *f = (struct facts){ .copy = -1, .author = line[1] };
    f->from = line[0].len && line[0].ptr[0] == 'c'   ? LF_FROM_CHILD
              : line[0].len && line[0].ptr[0] == 'p' ? LF_FROM_PARENT
                                                     : LF_FROM_OWN;
    f->broken = line[0].len != 1;
    f->whole = read_set(a, line[2]);
    while (line[3].len && f->natoms < LF_MARKING_ATOMS && lf_view_split(&line[3], ';', &one))
        f->atoms[f->natoms++] = read_set(a, one);
    if (lf_view_u64(line[4], &mask))
        f->copy = (int)mask;
}

static bool builtin(const struct lf_marking_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (lf_tlp_of(s->refs[i]) == LF_TLP_NONE)
            return false;
    return true;
}

/* The node whose peer sent it, or ours. */
static enum lf_code whose(struct lf_task *t, lf_view origin, struct facts *f, lf_view *node, struct lf_err *e)
{
    struct lf_task as = *t;
    struct lf_peer peer;
    enum lf_code rc;

    *node = LF_V("");
    f->from = LF_FROM_OWN;
    if (!origin.len)
        return LF_OK;
    as.scope.org = t->self->org; /* links are the node's */
    rc = lf_peer_get(&as, origin, &peer, e);
    if (rc == LF_NOT_FOUND) {
        f->broken = true; /* it came from nobody we know */
        return LF_OK;
    }
    LF_TRY(rc);
    f->from = peer.kind == LF_PEER_CHILD ? LF_FROM_CHILD : LF_FROM_PARENT;
    *node = peer.node;
    return LF_OK;
}

static enum lf_code facts_of(struct lf_task *t, lf_view origin, lf_view author, const struct lf_marking *m,
                             struct facts *f, lf_view *node, struct lf_err *e)
{
    bool own = builtin(&m->whole);

    *f = (struct facts){ .broken = m->broken, .author = LF_V(""), .whole = m->whole, .copy = -1 };
    f->natoms = m->natoms;
    for (size_t i = 0; i < m->natoms; i++) {
        f->atoms[i] = m->atoms[i];
        own &= builtin(&m->atoms[i]);
    }
    if (!own)
        f->author = author;
    return whose(t, origin, f, node, e);
}

static enum lf_code keep_facts(struct lf_task *t, const struct facts *f, int64_t *key, struct lf_err *e)
{
    uint8_t mac[LF_SHA256];
    lf_view text = write_facts(t->a, f);
    uint64_t n = 0;

    /* Under the node's key, so that nobody makes two sets of markings meet. */
    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key },
                   lf_arena_printf(t->a, "marking\n%.*s", LF_FMT(text)), mac);
    for (int i = 0; i < 8; i++)
        n = n << 8 | mac[i];
    *key = (int64_t)(n >> 1 | 1);
    return lf_db_exec(t->db, &t->scope, &lf_q_marking_key_add, LF_ARGS(LF_INT(*key), LF_TEXT(text)), e);
}

lf_view lf_rights_author(struct lf_task *t, lf_view origin)
{
    if (origin.len)
        return lf_arena_printf(t->a, "peer:%.*s", LF_FMT(origin));
    return t->scope.account;
}

/* What somebody says a marking means.  Analysts' and the node's own word counts for all objects;
 * anybody else's for their own. */
static enum lf_code learn(struct lf_task *t, lf_view author, const struct lf_json *object, struct lf_err *e)
{
    const unsigned trusted = LF_ROLE_SYSTEM | LF_ROLE_ANALYST | LF_ROLE_ADMIN | LF_ROLE_REVIEWER;
    bool ours = lf_view_eq(author, t->scope.account) && (t->scope.roles & trusted) &&
                !(t->scope.roles & LF_ROLE_PEER);
    lf_view id = lf_json_str(object, "id");
    struct lf_marking_def d;

    if (lf_tlp_of(id) != LF_TLP_NONE)
        return LF_OK;
    lf_marking_def_read(object, &d);
    return lf_db_exec(t->db, &t->scope, &lf_q_marking_def_add,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(author), LF_INT(ours), LF_INT(d.unknown), LF_INT(d.tlp),
                              LF_TEXT(d.group)),
                      e);
}

enum lf_code lf_rights_key(struct lf_task *t, lf_view origin, lf_view author, const struct lf_json *object,
                           int64_t *key, struct lf_err *e)
{
    struct lf_marking m;
    struct facts f;
    lf_view node;

    *key = 0;
    if (lf_view_is(lf_json_str(object, "type"), "marking-definition"))
        LF_TRY(learn(t, author, object, e));
    lf_marking_read(t->a, object, &m);
    if (lf_marking_none(&m))
        return LF_OK;
    LF_TRY(facts_of(t, origin, author, &m, &f, &node, e));
    return keep_facts(t, &f, key, e);
}

/* ---- copies ---- */

/* Parts that some reader has while it has not others: where all markings are TLP's, a reader who
 * has the stricter has the milder. */
static bool can_be(const struct facts *f, unsigned mask)
{
    enum lf_tlp tlp[LF_MARKING_ATOMS] = { LF_TLP_NONE };

    for (size_t i = 0; i < f->natoms; i++)
        for (size_t k = 0; k < f->atoms[i].n; k++) {
            enum lf_tlp one = lf_tlp_of(f->atoms[i].refs[k]);

            if (one == LF_TLP_NONE)
                return true;
            tlp[i] = one > tlp[i] ? one : tlp[i];
        }
    for (size_t i = 0; i < f->natoms; i++)
        for (size_t k = 0; k < f->natoms; k++)
            if ((mask & (1u << i)) && !(mask & (1u << k)) && tlp[k] <= tlp[i])
                return false;
    return true;
}

/* Whether AMBER of a child's is in it, or could be by a marking that we must look up. */
static bool maybe_anonymous(const struct facts *f)
{
    bool any = false;

    if (f->from != LF_FROM_CHILD)
        return false;
    for (size_t i = 0; i <= f->natoms; i++) {
        const struct lf_marking_set *s = i == f->natoms ? &f->whole : &f->atoms[i];

        for (size_t k = 0; k < s->n; k++) {
            enum lf_tlp one = lf_tlp_of(s->refs[k]);

            any |= one == LF_TLP_NONE || one == LF_TLP_AMBER;
        }
    }
    return any;
}

static lf_view copy_id(struct lf_task *t, lf_view origin, lf_view id, unsigned mask)
{
    uint8_t mac[LF_SHA256];
    lf_view type;

    if (!lf_stix_id_ok(id, &type))
        return LF_V("");
    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key },
                   lf_arena_printf(t->a, "redacted\n%.*s\n%.*s\n%u", LF_FMT(origin), LF_FMT(id), mask), mac);
    return lf_arena_printf(t->a, "%.*s--%.*s", LF_FMT(type), LF_FMT(lf_uuid4(t->a, mac)));
}

enum lf_code lf_rights_copies(struct lf_task *t, lf_view origin, lf_view author, const struct lf_json *object,
                              size_t *n, struct lf_rights_copy out[LF_RIGHTS_COPIES], struct lf_err *e)
{
    struct lf_marking m;
    struct facts f;
    lf_view node;
    unsigned full;

    *n = 0;
    lf_marking_read(t->a, object, &m);
    if (lf_marking_none(&m))
        return LF_OK;
    LF_TRY(facts_of(t, origin, author, &m, &f, &node, e));
    full = (1u << f.natoms) - 1;
    if (f.broken || (!full && !maybe_anonymous(&f)))
        return LF_OK;
    for (unsigned mask = 0; mask <= full; mask++) {
        struct lf_rights_copy *c = &out[*n];
        struct lf_redaction how = { .creator = t->self->node, .mask = mask };

        if ((mask == full && !maybe_anonymous(&f)) || !can_be(&f, mask))
            continue;
        how.reporters[0] = lf_json_str(object, "created_by_ref");
        how.reporters[1] = node;
        how.id = copy_id(t, origin, lf_json_str(object, "id"), mask);
        c->id = how.id;
        c->json = lf_redact(t->a, object, &m, &how);
        if (!c->json.len)
            continue;
        f.copy = (int)mask;
        LF_TRY(keep_facts(t, &f, &c->key, e));
        ++*n;
    }
    return LF_OK;
}

/* ---- readers ---- */

enum { SLOTS = 1024 };
struct verdict {
    int64_t key;
    uint8_t release, mask;
    int8_t copy;
};
struct lf_rights {
    struct lf_task *t;
    enum lf_reader_kind kind;
    bool addressed;
    lf_view account;
    struct lf_peer peer;
    struct verdict *known; /* of SLOTS; a later key takes the place of one that falls on it */
};

enum lf_code lf_rights_of_peer(struct lf_task *t, lf_view peer, struct lf_rights **out, struct lf_err *e)
{
    struct lf_rights *r = LF_NEW(t->a, struct lf_rights, 1);
    struct lf_task as = *t;

    as.scope = lf_node_scope(t->self);
    LF_TRY(lf_peer_get(&as, peer, &r->peer, e));
    r->t = t;
    r->kind = r->peer.kind == LF_PEER_CHILD ? LF_READER_CHILD : LF_READER_PARENT;
    r->account = lf_arena_printf(t->a, "peer:%.*s", LF_FMT(peer));
    *out = r;
    return LF_OK;
}

enum lf_code lf_rights_open(struct lf_task *t, lf_view readers, struct lf_rights **out, struct lf_err *e)
{
    const lf_view prefix = LF_VIEW("peer:");
    struct lf_rights *r;

    if ((t->scope.roles & LF_ROLE_PEER) && lf_view_starts(t->scope.account, prefix)) {
        LF_TRY(lf_rights_of_peer(t, lf_view_from(t->scope.account, prefix.len), &r, e));
        r->addressed = lf_view_eq(readers, t->scope.account);
    } else {
        r = LF_NEW(t->a, struct lf_rights, 1);
        r->t = t;
        r->kind = t->scope.account.len ? lf_reader_of_roles(t->scope.roles) : LF_READER_ANYONE;
        r->account = t->scope.account;
    }
    *out = r;
    return LF_OK;
}

const struct lf_peer *lf_rights_peer(const struct lf_rights *r)
{
    return r->kind == LF_READER_CHILD || r->kind == LF_READER_PARENT ? &r->peer : NULL;
}

/* Whether a member's word, as it stands in a group, is about the reader. */
static bool is_member(const struct lf_rights *r, lf_view member)
{
    const lf_view tier = LF_VIEW("tier:");

    if (r->kind != LF_READER_CHILD && r->kind != LF_READER_PARENT)
        return r->kind != LF_READER_ANYONE && lf_view_is(member, "self");
    if (lf_view_starts(member, tier))
        return r->peer.tier.len && lf_view_eq(lf_view_from(member, tier.len), r->peer.tier);
    if (lf_view_is(member, "children"))
        return r->kind == LF_READER_CHILD;
    return r->peer.node.len && lf_view_eq(member, r->peer.node);
}

struct members {
    const struct lf_rights *r;
    bool in;
};

static enum lf_code take_member(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct members *m = ctx;

    (void)e;
    m->in |= is_member(m->r, lf_row_text(row, 0));
    return LF_OK;
}

struct meaning {
    struct lf_arena *a;
    struct {
        bool unknown;
        enum lf_tlp tlp;
        lf_view group;
        bool foreign; /* a peer's group: that peer told us, so our people are in it */
    } * d;
    size_t n, cap;
};

static enum lf_code take_meaning(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct meaning *m = ctx;
    int64_t tlp = lf_row_int(row, 1);

    (void)e;
    m->d = lf_arena_grow(m->a, m->d, m->n, &m->cap, sizeof *m->d);
    m->d[m->n].unknown = lf_row_int(row, 0) != 0 || tlp < LF_TLP_NONE || tlp > LF_TLP_RED;
    m->d[m->n].tlp = m->d[m->n].unknown ? LF_TLP_RED : (enum lf_tlp)tlp;
    m->d[m->n].group = lf_arena_copy(m->a, lf_row_text(row, 2));
    m->d[m->n].foreign = lf_view_starts(lf_row_text(row, 3), LF_V("peer:"));
    m->n++;
    return LF_OK;
}

/* All that is said of a marking holds, the strictest first. */
static enum lf_code resolve(const struct lf_rights *r, lf_view ref, lf_view author, struct lf_label *l,
                            struct lf_err *e)
{
    struct meaning m = { .a = r->t->a };
    enum lf_tlp tlp = lf_tlp_of(ref);

    if (tlp != LF_TLP_NONE) {
        l->tlp = tlp > l->tlp ? tlp : l->tlp;
        return LF_OK;
    }
    LF_TRY(lf_db_run(r->t->db, &r->t->scope, &lf_q_marking_def_get, LF_ARGS(LF_TEXT(ref), LF_TEXT(author)),
                     take_meaning, &m, NULL, e));
    l->sealed |= !m.n;
    for (size_t i = 0; i < m.n; i++) {
        struct members in = { .r = r };

        l->sealed |= m.d[i].unknown;
        l->tlp = m.d[i].tlp > l->tlp ? m.d[i].tlp : l->tlp;
        if (!m.d[i].group.len)
            continue;
        if (m.d[i].foreign)
            in.in = r->kind == LF_READER_HANDLER || r->kind == LF_READER_PERSON;
        else
            LF_TRY(lf_db_run(r->t->db, &r->t->scope, &lf_q_group_members, LF_ARGS(LF_TEXT(m.d[i].group)),
                             take_member, &in, NULL, e));
        l->barred |= !in.in;
    }
    return LF_OK;
}

static enum lf_code label(const struct lf_rights *r, const struct lf_marking_set *s, lf_view author,
                          struct lf_label *l, struct lf_err *e)
{
    for (size_t i = 0; i < s->n; i++)
        LF_TRY(resolve(r, s->refs[i], author, l, e));
    return LF_OK;
}

static enum lf_code decide(const struct lf_rights *r, const struct facts *f, bool author,
                           struct lf_clearance *out, struct lf_err *e)
{
    struct lf_clearance_ask ask = {
        .reader = r->kind, .from = f->from, .author = author, .addressed = r->addressed, .natoms = f->natoms
    };

    ask.whole.sealed = f->broken;
    LF_TRY(label(r, &f->whole, f->author, &ask.whole, e));
    for (size_t i = 0; i < f->natoms; i++)
        LF_TRY(label(r, &f->atoms[i], f->author, &ask.atoms[i], e));
    *out = lf_clearance(&ask);
    return LF_OK;
}

bool lf_rights_known(struct lf_rights *r, int64_t key, lf_view author, bool *shown)
{
    const struct verdict *v;
    bool wrote;

    if (!key) {
        *shown = r->kind != LF_READER_ANYONE;
        return true;
    }
    v = r->known ? &r->known[(uint64_t)key % SLOTS] : NULL;
    if (!v || v->key != key)
        return false;
    wrote = author.len && lf_view_eq(author, r->account);
    *shown = v->copy < 0 ? wrote || v->release == LF_RELEASE_WHOLE
                         : !wrote && v->release == LF_RELEASE_ANONYMOUS && v->mask == (unsigned)v->copy;
    return true;
}

enum lf_code lf_rights_shows(struct lf_rights *r, int64_t key, lf_view author, bool *shown, struct lf_err *e)
{
    struct lf_clearance c = { .release = LF_RELEASE_NOTHING };
    struct verdict *v;
    struct facts f = { .copy = -1 };
    lf_view text;
    enum lf_code rc;

    if (lf_rights_known(r, key, author, shown))
        return LF_OK;
    rc = lf_db_text(r->t->db, &r->t->scope, &lf_q_marking_key_get, LF_ARGS(LF_INT(key)), r->t->a, &text, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    if (rc == LF_OK) { /* a key that nobody knows is decided as nothing */
        read_facts(r->t->a, text, &f);
        LF_TRY(decide(r, &f, false, &c, e));
    }
    if (!r->known)
        r->known = LF_NEW(r->t->a, struct verdict, SLOTS);
    v = &r->known[(uint64_t)key % SLOTS];
    *v = (struct verdict){
        .key = key, .release = (uint8_t)c.release, .mask = (uint8_t)c.mask, .copy = (int8_t)f.copy
    };
    (void)lf_rights_known(r, key, author, shown);
    return LF_OK;
}

enum lf_code lf_rights_object(struct lf_rights *r, lf_view origin, lf_view author,
                              const struct lf_json *object, struct lf_clearance *out, struct lf_err *e)
{
    struct lf_marking m;
    struct facts f;
    lf_view node;

    lf_marking_read(r->t->a, object, &m);
    LF_TRY(facts_of(r->t, origin, author, &m, &f, &node, e));
    if (lf_marking_none(&m) && f.broken) /* nothing is marked: where it came from is no matter */
        f.broken = false;
    return decide(r, &f, author.len && lf_view_eq(author, r->account), out, e);
}

struct lf_rights *lf_rights_of_people(struct lf_task *t)
{
    struct lf_rights *r = LF_NEW(t->a, struct lf_rights, 1);

    r->t = t;
    r->kind = LF_READER_PERSON;
    r->account = LF_V("");
    return r;
}

enum lf_code lf_rights_strictest(struct lf_task *t, lf_view origin, lf_view author,
                                 const struct lf_json *object, enum lf_tlp *tlp, bool *closed,
                                 struct lf_err *e)
{
    /* Nobody is in a group that is nobody: any group bars. */
    struct lf_rights nobody = { .t = t, .kind = LF_READER_ANYONE, .account = LF_V("") };
    struct lf_label all = { .tlp = LF_TLP_NONE };
    struct lf_marking m;
    struct facts f;
    lf_view node;

    lf_marking_read(t->a, object, &m);
    LF_TRY(facts_of(t, origin, author, &m, &f, &node, e));
    LF_TRY(label(&nobody, &f.whole, f.author, &all, e));
    for (size_t i = 0; i < f.natoms; i++)
        LF_TRY(label(&nobody, &f.atoms[i], f.author, &all, e));
    *tlp = all.tlp;
    *closed = all.sealed || all.barred || (f.broken && !lf_marking_none(&m));
    return LF_OK;
}

enum lf_code lf_rights_text(struct lf_rights *r, lf_view origin, lf_view json, lf_view *out, bool *shown,
                            struct lf_err *e)
{
    lf_view author = origin.len ? lf_rights_author(r->t, origin) : LF_V("system");
    struct lf_redaction how = { .creator = r->t->self->node };
    struct lf_clearance c;
    struct lf_marking m;
    struct lf_stix s;
    struct facts f;

    *out = json;
    *shown = true;
    if (!json.len)
        return LF_OK;
    *shown = false;
    if (lf_stix_read(r->t->a, json, &s, NULL) != LF_OK) /* not to be read, so not to be shown */
        return LF_OK;
    LF_TRY(lf_rights_object(r, origin, author, s.tree, &c, e));
    if (c.release == LF_RELEASE_ANONYMOUS) {
        lf_marking_read(r->t->a, s.tree, &m);
        LF_TRY(facts_of(r->t, origin, author, &m, &f, &how.reporters[1], e));
        how.reporters[0] = s.created_by;
        how.mask = c.mask;
        how.id = copy_id(r->t, origin, s.id, c.mask);
        *out = lf_redact(r->t->a, s.tree, &m, &how);
    }
    *shown = c.release != LF_RELEASE_NOTHING && out->len;
    return LF_OK;
}

enum lf_code lf_rights_tlp(struct lf_rights *r, lf_view origin, enum lf_tlp tlp, bool *shown,
                           struct lf_err *e)
{
    struct facts f = { .copy = -1 };
    lf_view node;

    LF_TRY(whose(r->t, origin, &f, &node, e));
    *shown = !f.broken && lf_clearance_label(&(struct lf_label){ .tlp = tlp }, f.from, r->kind,
                                             r->addressed) == LF_RELEASE_WHOLE;
    return LF_OK;
}
