/* The JSON API's part on exchange: files of other formats into a collection, a collection as a file.
 *
 * What comes in is posted as TAXII's POST does, by the same rights and rules of versions; what goes out is
 * what the asking account may see (isac/rights.h). */
#include "fmt/stix.h"
#include "ident/audit.h"
#include "isac/format.h"
#include "isac/object.h"
#include "isac/watch.h"
#include "web/api_priv.h"

enum {
    OBJECTS_MOST = 20000,
    LOSSES_MOST = 1000,
    ANSWER_MOST = 64 << 20,
    EXPORT_BYTES = 24 << 20, /* of STIX: the core answers others too */
    EXPORT_PAGE = 1000
};

struct exchange {
    struct rq *r;
    lf_view *made;
    size_t n, cap, bytes;
    struct lf_buf losses; /* members of the list */
    size_t nlost;
    struct lf_buf text; /* what was written */
};

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct exchange *x = ctx;

    if (x->n == OBJECTS_MOST)
        return lf_err_set(e, LF_TOO_BIG,
                          "more than %d objects at once: use lianfang stix import, or parts of the file",
                          OBJECTS_MOST);
    x->bytes += json.len; /* one line, or a mapping, may make large objects of small rows */
    if (x->bytes > ANSWER_MOST)
        return lf_err_set(
            e, LF_TOO_BIG,
            "it makes more than 64 MiB of objects: use lianfang stix import, or parts of the file");
    x->made = lf_arena_grow(x->r->t->a, x->made, x->n, &x->cap, sizeof *x->made);
    x->made[x->n++] = lf_arena_copy(x->r->t->a, json);
    return LF_OK;
}

static enum lf_code written(void *ctx, lf_view piece, struct lf_err *e)
{
    struct exchange *x = ctx;

    lf_buf_put(&x->text, piece);
    return x->text.over
               ? lf_err_set(e, LF_TOO_BIG, "the file would be larger than 64 MiB: use lianfang stix export")
               : LF_OK;
}

static void lost(void *ctx, const struct lf_loss *loss)
{
    struct exchange *x = ctx;
    struct lf_json_w w = lf_json_w(&x->losses);

    if (x->nlost++ >= LOSSES_MOST)
        return;
    if (x->losses.len)
        lf_buf_byte(&x->losses, ',');
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "where", loss->where);
    lf_json_put_str(&w, "value", loss->value);
    lf_json_put_cstr(&w, "text", loss->why);
    lf_json_close(&w);
}

static void put_losses(struct out *o, const struct exchange *x)
{
    lf_json_put_int(&o->w, "lost", (int64_t)x->nlost);
    lf_json_put_raw(
        &o->w, "losses",
        lf_arena_printf(x->r->t->a, "[%s]",
                        lf_arena_cstr(x->r->t->a, lf_buf_view(&x->losses)))); /* the first thousand */
}

static void close_exchange(struct exchange *x)
{
    lf_buf_clear(&x->losses);
    lf_buf_clear(&x->text);
}

static enum lf_code collection_of(struct rq *r, lf_view name, bool write, struct lf_collection *c)
{
    LF_TRY(lf_collection_get(r->t, name.len ? name : LF_V("library"), c, r->e));
    if (write ? !c->can_write : !c->can_read)
        return lf_err_set(r->e, LF_FORBIDDEN, "you may not %s this collection", write ? "write to" : "read");
    return LF_OK;
}

/* ---- in ---- */

/* Read before the first is posted: they are posted by type. */
struct made {
    struct lf_stix s;
    lf_view why; /* it is none, if given */
};

static const size_t *read_all(struct exchange *x, struct made **out)
{
    struct lf_arena *a = x->r->t->a;
    struct made *v = LF_NEW(a, struct made, x->n + 1);
    lf_view *types = LF_NEW(a, lf_view, x->n + 1);

    for (size_t i = 0; i < x->n; i++) {
        struct lf_err why = { 0 };

        if (lf_stix_read(a, x->made[i], &v[i].s, &why) != LF_OK)
            v[i].why = lf_arena_copy(a, lf_view_of(why.text));
        types[i] = v[i].s.type;
    }
    *out = v;
    return lf_object_order(a, types, x->n);
}

static enum lf_code post_all(struct exchange *x, const struct lf_collection *c, struct out *o, size_t *taken,
                             size_t *refused)
{
    struct lf_task *t = x->r->t;
    struct lf_object_batch *batch = NULL;
    struct made *made;
    const size_t *order = read_all(x, &made);

    lf_json_begin(&o->w, "refused", '[');
    for (size_t i = 0; i < x->n; i++) {
        const struct made *m = &made[order[i]];
        struct lf_err why = { 0 };
        bool fresh = false;
        enum lf_code rc = m->why.len ? lf_err_set(&why, LF_UNACCEPTED, "%.*s", LF_FMT(m->why)) : LF_OK;

        if (rc == LF_OK && !batch)
            rc = lf_object_batch_open(t, c->id, x->n, &batch, &why);
        if (batch)
            lf_object_batch_place(batch, order[i]);
        if (rc == LF_OK)
            rc = lf_object_batch_post(t, batch, &m->s, x->made[order[i]], &fresh, &why);
        if (rc == LF_OK && fresh)
            rc = lf_watch_post(t, &m->s, lf_object_batch_seq(batch), lf_object_batch_met(batch), &why);
        if (rc == LF_OK) {
            (*taken)++;
            continue;
        }
        if (rc != LF_UNACCEPTED) { /* nothing of the file stays */
            *x->r->e = why;
            return rc;
        }
        if ((*refused)++ < LOSSES_MOST) {
            lf_json_open(&o->w, '{');
            lf_json_put_cstr(&o->w, "message", why.text);
            lf_json_close(&o->w);
        }
    }
    lf_json_close(&o->w);
    return LF_OK;
}

static enum lf_code import(struct exchange *x, const struct lf_collection *c, const struct lf_format *format,
                           bool dry)
{
    struct rq *r = x->r;
    size_t taken = 0, refused = 0;
    struct out o;
    enum lf_code rc = LF_OK;

    begin_most(&o, ANSWER_MOST);
    lf_json_put_cstr(&o.w, "format", format->name);
    lf_json_put_int(&o.w, "objects", (int64_t)x->n);
    if (dry) {
        lf_json_begin(&o.w, "made", '[');
        for (size_t i = 0; i < x->n; i++)
            lf_json_put_raw(&o.w, NULL, x->made[i]);
        lf_json_close(&o.w);
    } else {
        rc = post_all(x, c, &o, &taken, &refused);
        if (rc == LF_OK)
            rc = lf_audit_add(
                r->t, LF_V("exchange.import"), c->id,
                lf_arena_printf(r->t->a, "{\"format\":\"%s\",\"taken\":%zu,\"refused\":%zu,\"lost\":%zu}",
                                format->name, taken, refused, x->nlost),
                r->e);
        lf_json_put_int(&o.w, "taken", (int64_t)taken);
    }
    if (rc != LF_OK) {
        lf_buf_clear(&o.b);
        return rc;
    }
    put_losses(&o, x);
    return end(r, &o, 200);
}

enum lf_code api_exchange_import(struct rq *r)
{
    struct exchange x = { .r = r };
    const struct lf_exchange to = { &x, made, lost };
    struct lf_format_use use = { .now = lf_now(r->t->env),
                                 .source = field(r, "source"),
                                 .mapping = field(r, "mapping"),
                                 .tlp = field(r, "tlp") };
    const struct lf_format *format;
    struct lf_collection c;
    lf_view text, name;
    enum lf_code rc;

    LF_TRY(need(r, "text", &text));
    LF_TRY(need(r, "format", &name));
    LF_TRY(collection_of(r, field(r, "collection"), true, &c));
    LF_TRY(lf_format_find(name, text, false, &format, r->e));
    if (!use.source.len)
        use.source = LF_V("api");
    lf_buf_init(&x.losses, 8 << 20);
    rc = format->read(text, &use, &to, r->e);
    if (rc == LF_OK)
        rc = import(&x, &c, format, lf_json_bool(r->json, "dry_run", false));
    close_exchange(&x);
    return rc;
}

/* ---- out ---- */

/* The last version of each that the account may see. */
static enum lf_code gather(struct exchange *x, const struct lf_collection *c, const struct lf_json ***out,
                           size_t *n)
{
    struct lf_task *t = x->r->t;
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    size_t cap = 0;
    bool more = true;

    *f = (struct lf_object_filter){ .after = -1, .limit = EXPORT_PAGE, .bodies = true, .v_last = true };
    LF_TRY(lf_rights_open(t, c->readers, &f->rights, x->r->e));
    *out = NULL;
    *n = 0;
    while (more) {
        const struct lf_object *o;
        size_t k;

        LF_TRY(lf_object_list(t, c->id, f, &k, &o, &more, x->r->e));
        for (size_t i = 0; i < k; i++) {
            x->bytes += o[i].json.len;
            if (x->bytes > EXPORT_BYTES)
                return lf_err_set(x->r->e, LF_TOO_BIG,
                                  "the collection is too large for one answer: use lianfang stix export");
            *out =
                (const struct lf_json **)lf_arena_grow(t->a, (void *)(uintptr_t)*out, *n, &cap, sizeof **out);
            LF_TRY(lf_json_parse(t->a, o[i].json, &(struct lf_json_limits){ .depth = 512 }, &(*out)[*n],
                                 x->r->e));
            (*n)++;
        }
        if (!k)
            break;
        f->after = o[k - 1].added;
    }
    return LF_OK;
}

enum lf_code api_exchange_export(struct rq *r)
{
    struct exchange x = { .r = r };
    const struct lf_exchange to = { &x, written, lost };
    const struct lf_format_use use = { .now = lf_now(r->t->env), .source = LF_VIEW("api") };
    const struct lf_format *format;
    const struct lf_json **objects;
    lf_view name = query(r, "format");
    struct lf_collection c;
    enum lf_code rc;
    struct out o;
    size_t n;

    if (!name.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "say which format: ?format=misp");
    LF_TRY(collection_of(r, query(r, "collection"), false, &c));
    LF_TRY(lf_format_find(name, LF_V(""), true, &format, r->e));
    LF_TRY(gather(&x, &c, &objects, &n));
    lf_buf_init(&x.losses, 8 << 20);
    lf_buf_init(&x.text, ANSWER_MOST);
    rc = format->write(r->t->a, objects, n, &use, &to, r->e);
    if (rc == LF_OK) {
        begin_most(&o, 2 * (size_t)ANSWER_MOST);
        lf_json_put_cstr(&o.w, "format", format->name);
        lf_json_put_int(&o.w, "objects", (int64_t)n);
        lf_json_put_str(&o.w, "text", lf_buf_view(&x.text));
        put_losses(&o, &x);
        rc = end(r, &o, 200);
    }
    close_exchange(&x);
    return rc;
}

enum lf_code api_exchange_formats(struct rq *r)
{
    const struct lf_format *f;
    struct out o;

    begin_list(&o, JSON_MOST);
    for (size_t i = 0; (f = lf_format_at(i)); i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "name", f->name);
        lf_json_put_cstr(&o.w, "about", f->about);
        lf_json_put_bool(&o.w, "in", f->read != NULL);
        lf_json_put_bool(&o.w, "out", f->write != NULL);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

/* ---- for the console ---- */

static enum lf_code take_in(struct exchange *x, const struct lf_collection *c, const struct lf_format *format,
                            struct exchange_said *out)
{
    struct rq *r = x->r;
    struct out o;
    enum lf_code rc;

    begin_most(&o, ANSWER_MOST);
    rc = post_all(x, c, &o, &out->taken, &out->refused);
    if (rc == LF_OK)
        rc = lf_audit_add(r->t, LF_V("exchange.import"), c->id,
                          lf_arena_printf(r->t->a,
                                          "{\"format\":\"%s\",\"taken\":%zu,\"refused\":%zu,\"lost\":%zu}",
                                          format->name, out->taken, out->refused, x->nlost),
                          r->e);
    lf_json_close(&o.w);
    if (rc == LF_OK)
        rc = lf_json_parse(r->t->a, lf_arena_copy(r->t->a, lf_buf_view(&o.b)), NULL, &out->refusals, r->e);
    lf_buf_clear(&o.b);
    if (rc == LF_OK)
        out->refusals = lf_json_get(out->refusals, LF_V("refused"));
    return rc;
}

static enum lf_code say_losses(struct exchange *x, const struct lf_format *format, size_t objects,
                               struct exchange_said *out)
{
    lf_view list = lf_arena_printf(x->r->t->a, "[%.*s]", LF_FMT(lf_buf_view(&x->losses)));

    out->format = format->name;
    out->objects = objects;
    out->lost = x->nlost;
    return lf_json_parse(x->r->t->a, list, NULL, &out->losses, x->r->e);
}

enum lf_code exchange_in(struct rq *r, lf_view text, lf_view source, bool dry, struct exchange_said *out)
{
    struct exchange x = { .r = r };
    const struct lf_exchange to = { &x, made, lost };
    struct lf_format_use use = {
        .now = lf_now(r->t->env), .source = source, .mapping = field(r, "mapping"), .tlp = field(r, "tlp")
    };
    const struct lf_format *format;
    struct lf_collection c;
    lf_view name;
    enum lf_code rc;

    LF_TRY(need(r, "format", &name));
    LF_TRY(collection_of(r, field(r, "collection"), true, &c));
    LF_TRY(lf_format_find(name, text, false, &format, r->e));
    lf_buf_init(&x.losses, 8 << 20);
    *out = (struct exchange_said){ 0 };
    rc = format->read(text, &use, &to, r->e);
    if (rc == LF_OK && !dry)
        rc = take_in(&x, &c, format, out);
    if (rc == LF_OK)
        rc = say_losses(&x, format, x.n, out);
    close_exchange(&x);
    return rc;
}

enum lf_code exchange_out(struct rq *r, struct exchange_said *out)
{
    struct exchange x = { .r = r };
    const struct lf_exchange to = { &x, written, lost };
    const struct lf_format_use use = { .now = lf_now(r->t->env), .source = LF_VIEW("api") };
    const struct lf_format *format;
    const struct lf_json **objects;
    struct lf_collection c;
    enum lf_code rc;
    size_t n;

    LF_TRY(collection_of(r, query(r, "collection"), false, &c));
    LF_TRY(lf_format_find(lf_view_some(query(r, "format")), LF_V(""), true, &format, r->e));
    LF_TRY(gather(&x, &c, &objects, &n));
    lf_buf_init(&x.losses, 8 << 20);
    lf_buf_init(&x.text, ANSWER_MOST);
    *out = (struct exchange_said){ 0 };
    rc = format->write(r->t->a, objects, n, &use, &to, r->e);
    if (rc == LF_OK)
        rc = lf_buf_done(&x.text, r->e);
    if (rc == LF_OK)
        rc = say_losses(&x, format, n, out);
    if (rc == LF_OK) {
        out->text = lf_arena_copy(r->t->a, lf_buf_view(&x.text));
        out->alias = c.alias;
    }
    close_exchange(&x);
    return rc;
}
