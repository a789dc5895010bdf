/* One test of a pattern on one object: the path walked, the values compared. */
#include <stdlib.h>

#include "base/crypto.h"
#include "engine/decimal.h"
#include "engine/pcre.h"
#include "engine/regex.h"
#include "engine/stix_priv.h"
#include "fmt/nfc.h"

enum { SLOW_WORK = 5000000 }; /* steps of one expression on one text */

/* ---- expressions ---- */

bool stix_octets(struct lf_arena *a, lf_view text, lf_view *out)
{
    char *raw = lf_arena_alloc(a, text.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < text.len;) {
        size_t len = lf_utf8_len(text.ptr[i]);
        uint32_t u = lf_utf8_get(text.ptr + i, len);

        if (u > 255)
            return false;
        raw[n++] = (char)u;
        i += len;
    }
    raw[n] = '\0';
    *out = (lf_view){ raw, n };
    return true;
}

/* LF_UNACCEPTED: only PCRE serves it, *slow. */
static enum lf_code compile_one(struct lf_stix_matcher *m, const struct lf_stix_compare *c, lf_view text,
                                bool octets, hs_database_t **out, const struct lf_pcre **slow,
                                struct lf_err *e)
{
    unsigned flags = HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL | (octets ? 0 : HS_FLAG_UTF8);
    hs_compile_error_t *err = NULL;
    struct lf_err why;

    if (hs_compile(text.len ? lf_arena_cstr(&m->a, text) : "(?:)", flags, lf_regex_mode(), NULL, out, &err) !=
        HS_SUCCESS) {
        bool pcre = lf_pcre_create(&m->a, text, octets, slow, &why) == LF_OK;
        enum lf_code rc = lf_err_set(e, pcre ? LF_UNACCEPTED : LF_BAD_INPUT, "column %u: MATCHES '%.*s': %s",
                                     c->column, LF_FMT(lf_view_first(text, 120)),
                                     !pcre ? why.text
                                     : err ? err->message
                                           : "not understood");

        hs_free_compile_error(err);
        *out = NULL;
        return rc;
    }
    if (hs_alloc_scratch(*out, m->scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of an expression");
    return LF_OK;
}

static enum lf_code compile(struct lf_stix_matcher *m, const struct lf_stix_compare *c, struct lf_err *e)
{
    bool live = m->scratch != &m->own; /* what streams in is asked of Vectorscan alone */
    lf_view text, raw;
    struct stix_regex *x;
    enum lf_code rc;

    for (size_t i = 0; i < c->nkids; i++)
        LF_TRY(compile(m, c->kids[i], e));
    if (c->kind != LF_STIX_TEST || (c->op != LF_STIX_MATCHES && c->op != LF_STIX_LIKE))
        return LF_OK;
    x = &m->regex[c->number];
    text = lf_nfc(&m->a, c->values[0].text);
    if (c->op == LF_STIX_LIKE) {
        x->like = text;
        return LF_OK;
    }
    if (text.len > LF_STIX_REGEX_MOST || (text.len && memchr(text.ptr, 0, text.len)))
        return lf_err_set(e, LF_UNACCEPTED,
                          "column %u: the expression is longer than %d bytes or holds a NUL", c->column,
                          LF_STIX_REGEX_MOST);
    rc = compile_one(m, c, text, false, &x->text, &x->slow_text, e);
    if (rc != LF_OK && (rc != LF_UNACCEPTED || live))
        return rc;
    /* Binary properties are searched octet by octet. */
    if (stix_octets(&m->a, text, &raw) && !memchr(raw.ptr, 0, raw.len))
        (void)!compile_one(m, c, raw, true, &x->bytes, &x->slow_bytes, NULL);
    if (live)
        x->slow_bytes = NULL;
    m->slow = m->slow || x->slow_text || x->slow_bytes;
    return LF_OK;
}

static enum lf_code compile_all(struct lf_stix_matcher *m, const struct lf_stix_observe *o, struct lf_err *e)
{
    if (o->kind == LF_STIX_ONE)
        return compile(m, o->test, e);
    for (size_t i = 0; i < o->nkids; i++)
        LF_TRY(compile_all(m, o->kids[i], e));
    return LF_OK;
}

enum lf_code lf_stix_matcher_create(const struct lf_stix_pattern *p, struct lf_stix_matcher **out,
                                    struct lf_err *e)
{
    return stix_matcher_create(p, NULL, out, e);
}

enum lf_code stix_matcher_create(const struct lf_stix_pattern *p, hs_scratch_t **scratch,
                                 struct lf_stix_matcher **out, struct lf_err *e)
{
    struct lf_stix_matcher *m = calloc(1, sizeof *m);
    enum lf_code rc;

    if (!m)
        LF_BUG("out of memory for a pattern");
    m->pattern = *p;
    m->scratch = scratch ? scratch : &m->own;
    m->regex = LF_NEW(&m->a, struct stix_regex, p->ntests + 1u);
    rc = compile_all(m, p->root, e);
    if (rc != LF_OK) {
        lf_stix_matcher_destroy(m);
        return rc;
    }
    *out = m;
    return LF_OK;
}

void lf_stix_matcher_destroy(struct lf_stix_matcher *m)
{
    if (!m)
        return;
    for (unsigned i = 0; i < m->pattern.ntests; i++) {
        hs_free_database(m->regex[i].text);
        hs_free_database(m->regex[i].bytes);
    }
    hs_free_scratch(m->own);
    lf_arena_clear(&m->a);
    free(m);
}

bool lf_stix_matcher_slow(const struct lf_stix_matcher *m)
{
    return m->slow;
}

/* ---- LIKE ---- */

/* SQL's wildcards over units: code points, or octets.  Goes back to the last % only, so
 * the time is at most text times pattern. */
static bool like(lf_view p, lf_view t, bool octets)
{
    size_t i = 0, j = 0, back_i = SIZE_MAX, back_j = 0;

    while (j < t.len) {
        size_t unit = octets ? 1 : lf_utf8_len(t.ptr[j]);

        if (i < p.len && p.ptr[i] == '%') {
            back_i = ++i;
            back_j = j;
        } else if (i < p.len && p.ptr[i] == '_') {
            i++;
            j += unit;
        } else if (i < p.len && p.ptr[i] == t.ptr[j]) {
            i++;
            j++;
        } else if (back_i != SIZE_MAX) {
            back_j += octets ? 1 : lf_utf8_len(t.ptr[back_j]);
            i = back_i;
            j = back_j;
        } else {
            return false;
        }
    }
    while (i < p.len && p.ptr[i] == '%')
        i++;
    return i == p.len;
}

/* ---- values ---- */

struct at {
    const struct lf_stix_matcher *m;
    const struct stix_observed *o;
    const struct lf_stix_compare *c;
    struct lf_arena *a;
    struct stix_work *w;
    struct stix_been *been; /* BEEN of them */
    bool fresh;             /* nothing of this test is in them yet */
};

/* An object that a reference led to, and from which step on it was found to have nothing: references back and
 * forth would else be followed as often as there are ways, which is two to the power of the steps. */
enum { BEEN = 256 };
struct stix_been {
    const struct lf_json *v;
    size_t step;
};

/* A value as the test sees it. */
struct value {
    enum { V_TEXT, V_BYTES, V_NUMBER, V_BOOL, V_OTHER } kind;
    lf_view text;
    bool truth;
};

static struct value value_of(struct at *at, const struct lf_json *v, lf_view key)
{
    struct value x = { .kind = V_OTHER, .text = lf_json_text(v) };

    switch (lf_json_kind(v)) {
    case LF_JSON_STRING:
        x.kind = V_TEXT;
        if (lf_view_ends(key, LF_V("_hex"))) {
            char *raw = lf_arena_alloc(at->a, x.text.len / 2 + 1, 1);

            x.kind = x.text.len % 2 == 0 &&
                             (x.text.len == 0 || lf_unhex(x.text, raw, x.text.len / 2, NULL) == LF_OK)
                         ? V_BYTES
                         : V_OTHER;
            x.text = (lf_view){ raw, x.text.len / 2 };
        } else if (lf_view_ends(key, LF_V("_bin"))) {
            lf_view raw = { "", 0 };

            x.kind = x.text.len == 0 || lf_unbase64(at->a, x.text, &raw, NULL) == LF_OK ? V_BYTES : V_OTHER;
            x.text = raw;
        }
        break;
    case LF_JSON_NUMBER:
        x.kind = V_NUMBER;
        break;
    case LF_JSON_TRUE:
    case LF_JSON_FALSE:
        x.kind = V_BOOL;
        x.truth = lf_json_kind(v) == LF_JSON_TRUE;
        break;
    default:
        break;
    }
    return x;
}

/* False: they do not compare. */
static bool order(struct at *at, const struct value *x, const struct lf_stix_literal *l, int *out)
{
    lf_view mine = x->text, theirs = l->text;

    switch (l->kind) {
    case LF_STIX_NUMBER: {
        struct lf_decimal p, q;

        if (x->kind != V_NUMBER || !lf_decimal_parse(mine, true, &p) || !lf_decimal_parse(theirs, false, &q))
            return false;
        *out = lf_decimal_cmp(&p, &q);
        return true;
    }
    case LF_STIX_BOOL:
        *out = x->truth != l->truth;
        return x->kind == V_BOOL;
    case LF_STIX_TIME: {
        struct lf_stix_moment t;

        if (x->kind != V_TEXT || !lf_stix_moment_parse(mine, &t))
            return false;
        *out = lf_stix_moment_cmp(&t, &l->at);
        return true;
    }
    case LF_STIX_STRING:
        if (x->kind == V_BYTES && !stix_octets(at->a, theirs, &theirs))
            return false;
        if (x->kind != V_BYTES && x->kind != V_TEXT)
            return false;
        break;
    case LF_STIX_BYTES:
        if (x->kind == V_TEXT && !stix_octets(at->a, mine, &mine))
            return false;
        if (x->kind != V_BYTES && x->kind != V_TEXT)
            return false;
        break;
    }
    *out = lf_view_cmp(mine, theirs);
    return true;
}

static bool search(struct at *at, const hs_database_t *db, const struct lf_pcre *slow, lf_view t)
{
    if (slow) {
        int64_t steps = at->w->left < SLOW_WORK ? at->w->left : SLOW_WORK, given = steps;
        bool yes = lf_pcre_holds(slow, t, &steps);

        at->w->left = steps < 0 ? -1 : at->w->left - (given - steps);
        return yes;
    }
    return db && lf_regex_scan(db, t, *at->m->scratch);
}

static bool holds(struct at *at, const struct value *x)
{
    const struct lf_stix_compare *c = at->c;
    const struct stix_regex *r;
    struct lf_stix_net net;
    lf_view like_text;
    int by;

    at->w->left -= 1 + (int64_t)(x->text.len / 64);
    switch (c->op) {
    case LF_STIX_EQ:
        return order(at, x, &c->values[0], &by) && by == 0;
    case LF_STIX_NE:
        return !(order(at, x, &c->values[0], &by) && by == 0);
    case LF_STIX_LT:
        return order(at, x, &c->values[0], &by) && by < 0;
    case LF_STIX_LE:
        return order(at, x, &c->values[0], &by) && by <= 0;
    case LF_STIX_GT:
        return order(at, x, &c->values[0], &by) && by > 0;
    case LF_STIX_GE:
        return order(at, x, &c->values[0], &by) && by >= 0;
    case LF_STIX_IN:
        for (size_t i = 0; i < c->nvalues; i++) {
            at->w->left--;
            if (order(at, x, &c->values[i], &by) && by == 0)
                return true;
        }
        return false;
    case LF_STIX_LIKE:
        r = &at->m->regex[c->number];
        if (x->kind == V_BYTES)
            return stix_octets(at->a, r->like, &like_text) && like(like_text, x->text, true);
        return x->kind == V_TEXT && like(r->like, lf_nfc(at->a, x->text), false);
    case LF_STIX_MATCHES:
        r = &at->m->regex[c->number];
        return (x->kind == V_TEXT && search(at, r->text, r->slow_text, lf_nfc(at->a, x->text))) ||
               (x->kind == V_BYTES && search(at, r->bytes, r->slow_bytes, x->text));
    case LF_STIX_ISSUBSET:
        return x->kind == V_TEXT && lf_stix_net_parse(x->text, &net) && lf_stix_net_within(&net, &c->net);
    case LF_STIX_ISSUPERSET:
        return x->kind == V_TEXT && lf_stix_net_parse(x->text, &net) && lf_stix_net_within(&c->net, &net);
    case LF_STIX_EXISTS:
        return true;
    }
    return false;
}

/* ---- paths ---- */

static struct stix_been *place(struct at *at, const struct lf_json *v, size_t step)
{
    if (at->fresh)
        memset(at->been, 0, BEEN * sizeof *at->been);
    at->fresh = false;
    return &at->been[((uintptr_t)v / sizeof *v + step * 31) % BEEN];
}

static bool walk(struct at *at, const struct lf_json *v, size_t i, lf_view key);

/* The member of what a reference leads to. */
static bool walk_there(struct at *at, const struct lf_json *v, size_t i)
{
    const struct lf_json *member = lf_json_get(v, at->c->path.steps[i].key);
    struct stix_been *b;

    if (!member)
        return false;
    b = place(at, v, i);
    if (b->v == v && b->step == i)
        return false;
    if (walk(at, member, i + 1, at->c->path.steps[i].key))
        return true;
    *place(at, v, i) = (struct stix_been){ v, i };
    return false;
}

/* Walks the path from step i on and tests what is at its end; any one will do. */
static bool walk(struct at *at, const struct lf_json *v, size_t i, lf_view key)
{
    const struct lf_stix_path *p = &at->c->path;
    const struct lf_stix_step *s;

    if (--at->w->left < 0)
        return false;
    if (i == p->n) {
        struct value x;

        if (at->c->op == LF_STIX_EXISTS)
            return true;
        x = value_of(at, v, key);
        return holds(at, &x) != at->c->negated;
    }
    s = &p->steps[i];
    if (s->kind == LF_STIX_KEY) {
        if (lf_json_kind(v) == LF_JSON_STRING &&
            (lf_view_ends(key, LF_V("_ref")) || lf_view_ends(key, LF_V("_refs")))) {
            at->w->left -= 7; /* a look-up takes its time, and objects may refer to each other */
            return walk_there(at, stix_refer(at->o, lf_json_text(v)), i);
        }
        v = lf_json_get(v, s->key);
        return v && walk(at, v, i + 1, s->key);
    }
    if (s->kind == LF_STIX_INDEX)
        return lf_json_kind(v) == LF_JSON_ARRAY && s->index < lf_json_items(v) &&
               walk(at, lf_json_item(v, s->index), i + 1, key);
    for (size_t k = 0; k < lf_json_size(v); k++)
        if (lf_json_kind(v) == LF_JSON_OBJECT ? walk(at, lf_json_member(v, k), i + 1, lf_json_key(v, k))
                                              : walk(at, lf_json_item(v, k), i + 1, key))
            return true;
    return false;
}

static bool object_holds(struct at *at, const struct lf_json *root, const struct lf_stix_compare *c)
{
    if (c->kind == LF_STIX_TEST) {
        bool found;

        if (!lf_view_eq(lf_json_str(root, "type"), c->path.type))
            return false;
        at->c = c;
        at->fresh = true;
        found = walk(at, root, 0, (lf_view){ "", 0 });
        return c->op == LF_STIX_EXISTS ? found != c->negated : found;
    }
    for (size_t i = 0; i < c->nkids; i++)
        if (object_holds(at, root, c->kids[i]) != (c->kind == LF_STIX_ALL))
            return c->kind != LF_STIX_ALL;
    return c->kind == LF_STIX_ALL;
}

bool stix_compare_holds(const struct lf_stix_matcher *m, const struct stix_observed *o,
                        const struct lf_stix_compare *c, struct lf_arena *a, struct stix_work *w)
{
    struct stix_been been[BEEN];
    struct at at = { .m = m, .o = o, .a = a, .w = w, .been = been };

    for (size_t i = 0; i < o->nroots && w->left >= 0; i++)
        if (object_holds(&at, o->roots[i], c))
            return true;
    return false;
}
