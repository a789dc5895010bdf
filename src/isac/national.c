#include "isac/national.h"

#include "fmt/taxii1.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "isac/format_national.h"
#include "isac/watch.h"
#include "model/role.h"
#include "store/query_national.h"

enum { OBJECTS = 4000, REFERS = 2000 };

static const struct lf_json_limits deep = { .bytes = UINT32_MAX, .depth = 512 };

/* ---- members ---- */

static enum lf_code may(const struct lf_task *t, struct lf_err *e)
{
    return t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM)
               ? LF_OK
               : lf_err_set(e, LF_FORBIDDEN, "members of the national exchange are an administrator's");
}

struct gather {
    struct lf_arena *a;
    struct lf_national_member *v;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = (struct lf_national_member){
        .account = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .code = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .pin = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .addresses = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 3))),
        .inbox = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .outbox = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .read_to = lf_row_int(r, 6),
        .met = lf_row_int(r, 7),
        .taken = lf_row_int(r, 8),
        .refused = lf_row_int(r, 9),
        .given = lf_row_int(r, 10),
        .created = lf_row_int(r, 11),
    };
    return LF_OK;
}

/* An address or network as bytes of its network and how many of its bits count. */
static bool network(lf_view text, char raw[LF_OBSERVABLE_BYTES], size_t *bits, size_t *size)
{
    enum lf_observable_kind kind;
    size_t n;

    if (!lf_observable_guess(text, &kind) ||
        (kind != LF_OBS_IPV4 && kind != LF_OBS_IPV6 && kind != LF_OBS_NET4 && kind != LF_OBS_NET6) ||
        !lf_observable_bytes(kind, text, raw, &n))
        return false;
    *size = kind == LF_OBS_IPV4 || kind == LF_OBS_NET4 ? 4 : 16;
    *bits = kind == LF_OBS_NET4 || kind == LF_OBS_NET6 ? (unsigned char)raw[*size] : *size * 8;
    return true;
}

static bool within(lf_view remote, lf_view list)
{
    char from[LF_OBSERVABLE_BYTES], net[LF_OBSERVABLE_BYTES];
    size_t from_bits, from_size, bits, size;
    lf_view one;

    if (!network(remote, from, &from_bits, &from_size))
        return false;
    while (lf_view_split(&list, ' ', &one)) {
        bool same = one.len && network(one, net, &bits, &size) && size == from_size;

        for (size_t i = 0; same && i < bits; i++)
            same = !(((unsigned char)from[i / 8] ^ (unsigned char)net[i / 8]) >> (7 - i % 8) & 1);
        if (same)
            return true;
    }
    return false;
}

static enum lf_code check(const struct lf_national_member *m, struct lf_err *e)
{
    uint8_t pin[LF_SHA256];
    char raw[LF_OBSERVABLE_BYTES];
    lf_view rest = m->addresses, one;
    size_t bits, size;

    if (!lf_view_is_text(m->code, 1, LF_NATIONAL_CODE))
        return lf_err_set(e, LF_BAD_INPUT, "national: a member's code is text of 1 to %d bytes",
                          LF_NATIONAL_CODE);
    if (m->pin.len != 2 * sizeof pin || lf_unhex(m->pin, pin, sizeof pin, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT,
                          "national: the pin is 64 hexadecimal digits: the SHA-256 of the key (SPKI) of the "
                          "member's certificate");
    if (m->addresses.len > LF_NATIONAL_ADDRESSES)
        return lf_err_set(e, LF_BAD_INPUT, "national: more than %d bytes of addresses",
                          LF_NATIONAL_ADDRESSES);
    while (rest.len && lf_view_split(&rest, ' ', &one))
        if (one.len && !network(one, raw, &bits, &size))
            return lf_err_set(e, LF_BAD_INPUT, "national: \"%.*s\" is no address and no network",
                              LF_FMT(lf_view_first(one, 80)));
    return LF_OK;
}

static enum lf_code audit(struct lf_task *t, const char *act, const struct lf_national_member *m,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "code", m->code);
    lf_json_put_str(&n.w, "pin", m->pin);
    lf_json_put_str(&n.w, "addresses", lf_view_some(m->addresses));
    lf_json_put_str(&n.w, "inbox", lf_view_some(m->inbox));
    lf_json_put_str(&n.w, "outbox", lf_view_some(m->outbox));
    return lf_audit_close(&n, t, lf_view_of(act), m->account, e);
}

enum lf_code lf_national_put(struct lf_task *t, const struct lf_national_member *in, struct lf_err *e)
{
    struct lf_national_member m = *in;
    struct lf_collection inbox, outbox;
    struct lf_account a;
    enum lf_code rc;
    int64_t others;
    char *pin;

    LF_TRY(may(t, e));
    LF_TRY(lf_account_named(t, in->account, &a, e));
    if (!lf_view_eq(a.org, t->scope.org))
        return lf_err_set(e, LF_NOT_FOUND, "no account \"%.*s\"", LF_FMT(lf_view_first(in->account, 80)));
    if (!(a.roles & LF_ROLE_SHARE))
        return lf_err_set(e, LF_UNACCEPTED, "national: the account needs the role share");
    m.account = a.id;
    LF_TRY(check(&m, e));
    pin = lf_arena_cstr(t->a, m.pin);
    for (size_t i = 0; pin[i]; i++)
        if (pin[i] >= 'A' && pin[i] <= 'F')
            pin[i] = (char)(pin[i] | 0x20);
    LF_TRY(lf_collection_find(t, in->inbox.len ? in->inbox : LF_V("library"), &inbox, e));
    LF_TRY(lf_collection_find(t, in->outbox.len ? in->outbox : LF_V("members"), &outbox, e));
    m.inbox = inbox.id;
    m.outbox = outbox.id;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_national_count, LF_ARGS(LF_TEXT(a.id)), &others, e));
    if (others >= LF_NATIONAL_MOST)
        return lf_err_set(e, LF_TOO_MANY, "there are %d members, and no more may be", LF_NATIONAL_MOST);
    rc = lf_db_exec(t->db, &t->scope, &lf_q_national_put,
                    LF_ARGS(LF_TEXT(a.id), LF_TEXT(m.code), LF_TEXT(lf_view_of(pin)),
                            LF_TEXT(lf_view_some(m.addresses)), LF_TEXT(m.inbox), LF_TEXT(m.outbox),
                            LF_INT(lf_now(t->env))),
                    e);
    if (rc == LF_CONFLICT)
        return lf_err_set(e, LF_CONFLICT, "another member has this code");
    LF_TRY(rc);
    return audit(t, "national.member", &m, e);
}

enum lf_code lf_national_list(struct lf_task *t, size_t *n, const struct lf_national_member **out,
                              struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(may(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_national_list, LF_ARGS(LF_INT(LF_NATIONAL_MOST)), on_row, &g,
                     NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

enum lf_code lf_national_remove(struct lf_task *t, lf_view account, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    struct lf_account a;

    LF_TRY(may(t, e));
    LF_TRY(lf_account_named(t, account, &a, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_national_get, LF_ARGS(LF_TEXT(a.id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "this account is no member of the national exchange");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_national_delete, LF_ARGS(LF_TEXT(a.id)), e));
    return audit(t, "national.remove", &g.v[0], e);
}

enum lf_code lf_national_enter(struct lf_task *t, const uint8_t pin[LF_SHA256], lf_view remote,
                               struct lf_national_member *out, const char **code, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    *code = "";
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_national_get, LF_ARGS(LF_TEXT(t->scope.account)), on_row, &g,
                     NULL, e));
    if (!g.n) {
        *code = LF_NATIONAL_SAYS_ACCOUNT;
        return lf_err_set(e, LF_FORBIDDEN, "this account is no member of the national exchange");
    }
    if (!lf_view_eq(g.v[0].pin, lf_hex(t->a, pin, LF_SHA256))) {
        *code = LF_NATIONAL_SAYS_CERTIFICATE;
        return lf_err_set(e, LF_FORBIDDEN, "the client certificate is not the one of this account");
    }
    if (g.v[0].addresses.len && !within(remote, g.v[0].addresses)) {
        *code = LF_NATIONAL_SAYS_ADDRESS;
        return lf_err_set(e, LF_FORBIDDEN, "this account may not come from this address");
    }
    if (!(t->scope.roles & LF_ROLE_SHARE)) {
        *code = LF_NATIONAL_SAYS_PERMISSION;
        return lf_err_set(e, LF_FORBIDDEN, "the account has lost the role share");
    }
    *out = g.v[0];
    return LF_OK;
}

enum lf_code lf_national_did(struct lf_task *t, const struct lf_national_member *m, int64_t taken,
                             int64_t refused, int64_t given, lf_time read_to, struct lf_err *e)
{
    LF_TRY(lf_db_exec(
        t->db, &t->scope, &lf_q_national_met,
        LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(taken), LF_INT(refused), LF_INT(given), LF_TEXT(m->account)),
        e));
    if (read_to < 0)
        return LF_OK;
    return lf_db_exec(t->db, &t->scope, &lf_q_national_read, LF_ARGS(LF_INT(read_to), LF_TEXT(m->account)),
                      e);
}

/* ---- in ---- */

struct taking {
    struct lf_task *t;
    lf_view *v;
    size_t n, cap;
};

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct taking *k = ctx;

    if (k->n == OBJECTS)
        return lf_err_set(e, LF_TOO_BIG, "the package makes more than %d objects", OBJECTS);
    k->v = lf_arena_grow(k->t->a, k->v, k->n, &k->cap, sizeof *k->v);
    k->v[k->n++] = lf_arena_copy(k->t->a, json);
    return LF_OK;
}

static void lost(void *ctx, const struct lf_loss *loss)
{
    (void)ctx; /* the mapping lists what has no place */
    (void)loss;
}

static void say(struct lf_national_said *out, const char *code, const char *why)
{
    out->code = code;
    out->why = lf_view_of(why);
}

/* Whether an item like this may be taken: not the same again, and no answer to what nobody has. */
static enum lf_code asked(struct lf_task *t, const struct lf_national_member *m,
                          const struct national_item *i, struct lf_national_said *out, struct lf_err *e)
{
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    const struct lf_object *o;
    bool more, here, there;
    size_t n;

    *f = (struct lf_object_filter){
        .after = -1, .limit = 1, .nid = 1, .id = { lf_view_of(i->report) }, .v_last = true
    };
    LF_TRY(lf_object_list(t, m->inbox, f, &n, &o, &more, e));
    if (n && o[0].version_at >= i->modified) {
        say(out, LF_NATIONAL_SAYS_AGAIN, "this item was sent before");
        return LF_OK;
    }
    if (i->kind != LF_ADVISORY_FBI)
        return LF_OK;
    if (!i->reply_to[0]) {
        say(out, LF_NATIONAL_SAYS_EMPTY, "a reply names the incident it answers (Related_Incident)");
        return LF_OK;
    }
    LF_TRY(lf_object_known(t, NULL, m->outbox, lf_view_of(i->reply_to), &there, e));
    LF_TRY(lf_object_known(t, NULL, m->inbox, lf_view_of(i->reply_to), &here, e));
    if (!there && !here)
        say(out, LF_NATIONAL_SAYS_REPLY, "what this answers is not known here");
    return LF_OK;
}

static enum lf_code post(struct lf_task *t, const struct lf_national_member *m, const struct taking *k,
                         lf_view report, struct lf_national_said *out, struct lf_err *e)
{
    struct lf_object_batch *batch;

    LF_TRY(lf_object_batch_open(t, m->inbox, k->n, &batch, e));
    for (size_t i = 0; i < k->n; i++) {
        struct lf_err why = { 0 };
        struct lf_stix s;
        bool fresh = false;
        enum lf_code rc = lf_stix_read(t->a, k->v[i], &s, &why);

        if (rc == LF_OK)
            rc = lf_object_batch_post(t, batch, &s, k->v[i], &fresh, &why);
        if (rc == LF_OK && fresh)
            rc = lf_watch_post(t, &s, lf_object_batch_seq(batch), lf_object_batch_met(batch), &why);
        if (rc == LF_UNACCEPTED || rc == LF_BAD_INPUT) {
            if (lf_view_eq(s.id, report))
                say(out, LF_NATIONAL_SAYS_FORMAT, lf_arena_cstr(t->a, lf_view_of(why.text)));
            continue; /* an organisation of this name that another account made stays as it is */
        }
        if (rc != LF_OK) {
            *e = why;
            return rc;
        }
    }
    return LF_OK;
}

enum lf_code lf_national_take(struct lf_task *t, const struct lf_national_member *m,
                              const struct lf_xml *package, struct lf_national_said *out, struct lf_err *e)
{
    struct taking k = { .t = t };
    const struct lf_exchange to = { &k, made, lost };
    const struct lf_format_use use = { .now = lf_now(t->env), .source = m->code };
    struct lf_collection c;
    struct national_item item;
    struct lf_err why = { 0 };
    enum lf_code rc;

    *out = (struct lf_national_said){ .code = LF_NATIONAL_SAYS_TAKEN, .id = LF_V(""), .why = LF_V("") };
    LF_TRY(lf_collection_find(t, m->inbox, &c, e));
    if (!c.can_write) {
        say(out, LF_NATIONAL_SAYS_PERMISSION, "this account may not send");
        return LF_OK;
    }
    rc = national_read(package, true, &use, &to, &item, &why);
    if (rc != LF_OK && (rc == LF_IO || rc == LF_FULL || rc == LF_AWAY)) {
        *e = why;
        return rc;
    }
    if (rc != LF_OK) {
        say(out, rc == LF_TOO_BIG ? LF_NATIONAL_SAYS_SIZE : item.code,
            lf_arena_cstr(t->a, lf_view_of(why.text)));
        return LF_OK;
    }
    out->id = lf_arena_copy(t->a, lf_view_of(item.report));
    LF_TRY(asked(t, m, &item, out, e));
    if (strcmp(out->code, LF_NATIONAL_SAYS_TAKEN) != 0)
        return LF_OK;
    return post(t, m, &k, out->id, out, e);
}

/* ---- out ---- */

static enum lf_code refer(struct lf_task *t, const struct lf_collection *c, struct lf_rights *rights,
                          const struct lf_json *const *from, size_t nfrom, const struct lf_json ***out,
                          size_t *n, size_t *cap, struct lf_err *e)
{
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    const struct lf_object *o;
    lf_view *ids = LF_NEW(t->a, lf_view, REFERS);
    size_t k, nids = 0;

    for (size_t i = 0; i < nfrom; i++) {
        const struct lf_json *refs = lf_json_get(from[i], LF_V("object_refs"));
        static const char *const single[] = { "created_by_ref", "src_ref", "dst_ref", "content_ref" };

        for (size_t j = 0; j < 4 && nids < REFERS; j++)
            if (lf_json_str(from[i], single[j]).len)
                ids[nids++] = lf_json_str(from[i], single[j]);
        for (size_t j = 0; lf_json_kind(refs) == LF_JSON_ARRAY && j < lf_json_items(refs) && nids < REFERS;
             j++)
            ids[nids++] = lf_json_text(lf_json_item(refs, j));
    }
    for (size_t i = 0; i < nids;) {
        bool more = true;

        *f = (struct lf_object_filter){
            .after = -1, .limit = LF_OBJECT_MATCHES, .bodies = true, .v_last = true, .rights = rights
        };
        for (; i < nids && f->nid < LF_OBJECT_MATCHES; i++)
            if (lf_stix_id_ok(ids[i], NULL))
                f->id[f->nid++] = ids[i];
        while (more && f->nid) {
            LF_TRY(lf_object_list(t, c->id, f, &k, &o, &more, e));
            for (size_t j = 0; j < k; j++) {
                *out = (const struct lf_json **)lf_arena_grow(t->a, (void *)(uintptr_t)*out, *n, cap,
                                                              sizeof **out);
                LF_TRY(lf_json_parse(t->a, o[j].json, &deep, &(*out)[(*n)++], e));
            }
            if (!k)
                break;
            f->after = o[k - 1].added;
        }
    }
    return LF_OK;
}

enum lf_code lf_national_block(struct lf_task *t, const struct lf_collection *c, struct lf_rights *rights,
                               const struct lf_object *o, struct lf_buf *b, bool *is, struct lf_err *e)
{
    const struct lf_exchange to = { NULL, NULL, lost };
    const struct lf_json **all = NULL, *tree;
    enum lf_advisory_kind kind;
    char label[LF_TIME_TEXT];
    size_t n = 0, cap = 0, first;
    struct lf_xml_w w;
    struct lf_buf package;
    enum lf_code rc;

    *is = false;
    if (lf_json_parse(t->a, o->json, &deep, &tree, NULL) != LF_OK || lf_json_bool(tree, "revoked", false) ||
        !national_kind(tree, &kind))
        return LF_OK;
    *is = true;
    if (!b)
        return LF_OK;
    LF_TRY(refer(t, c, rights, &tree, 1, &all, &n, &cap, e));
    first = n;
    LF_TRY(refer(t, c, rights, all, first, &all, &n, &cap, e)); /* ends of traffic, contents of files */
    lf_buf_init(&package, 16 << 20);
    rc = national_write(t->a, &package, tree, all, n, &to, e);
    if (rc == LF_OK) {
        w = lf_xml_w(b);
        lf_xml_open(&w, "t:Content_Block");
        lf_xml_open(&w, "t:Content_Binding");
        lf_xml_put(&w, "binding_id", LF_V(LF_TAXII1_STIX12));
        lf_xml_close(&w);
        lf_xml_open(&w, "t:Content");
        lf_xml_raw(&w, lf_buf_view(&package));
        lf_xml_close(&w);
        lf_xml_leaf(&w, "t:Timestamp_Label", lf_time_micro(o->added, label));
        lf_xml_close(&w);
    }
    *is = rc == LF_OK;
    lf_buf_clear(&package);
    return rc == LF_TOO_BIG ? LF_OK : rc; /* what is too large for the format is passed over */
}

enum lf_code lf_national_page(struct lf_task *t, const struct lf_collection *c, lf_time after, lf_time end,
                              struct lf_buf *b, size_t *n, lf_time *last, bool *more, struct lf_err *e)
{
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    struct lf_rights *rights;
    const struct lf_object *o;
    size_t k, looked = 0;

    *n = 0;
    *last = after;
    *more = true;
    LF_TRY(lf_rights_open(t, c->readers, &rights, e));
    *f = (struct lf_object_filter){ .after = after,
                                    .limit = 4 * (size_t)LF_NATIONAL_PAGE,
                                    .bodies = true,
                                    .bytes = LF_NATIONAL_PAGE_BYTES,
                                    .v_last = true,
                                    .ntype = 1,
                                    .type = { LF_V("report") },
                                    .rights = rights };
    while (*more) {
        LF_TRY(lf_object_list(t, c->id, f, &k, &o, more, e));
        for (size_t i = 0; i < k; i++) {
            bool is;

            if (o[i].added > end) {
                *more = false;
                return LF_OK;
            }
            LF_TRY(lf_national_block(t, c, rights, &o[i], b, &is, e));
            *n += is;
            looked++;
            *last = o[i].added;
            if ((b && (*n >= LF_NATIONAL_PAGE || b->len >= LF_NATIONAL_PAGE_BYTES)) ||
                looked >= 20 * LF_NATIONAL_PAGE) {
                *more = *more || (i + 1 < k && o[i + 1].added <= end);
                return LF_OK;
            }
        }
        if (!k)
            *more = false;
        else
            f->after = o[k - 1].added;
    }
    return LF_OK;
}
