/* Patterns written back, and what can be said of one without data. */
#include "base/buf.h"
#include "base/crypto.h"
#include "fmt/stix_pattern.h"

static void put_quoted(struct lf_buf *b, lf_view v)
{
    lf_buf_byte(b, '\'');
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '\'' || v.ptr[i] == '\\')
            lf_buf_byte(b, '\\');
        lf_buf_byte(b, v.ptr[i]);
    }
    lf_buf_byte(b, '\'');
}

/* Plain where the grammar lets it be; a word in capitals might be a keyword. */
static void put_key(struct lf_buf *b, lf_view k)
{
    bool lower = false;

    for (size_t i = 0; i < k.len; i++) {
        char c = k.ptr[i];

        lower = lower || (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i && c >= '0' && c <= '9'))) {
            put_quoted(b, k);
            return;
        }
    }
    if (lower && !lf_view_is(k, "true") && !lf_view_is(k, "false"))
        lf_buf_put(b, k);
    else
        put_quoted(b, k);
}

static void put_path(struct lf_buf *b, const struct lf_stix_path *p)
{
    lf_buf_put(b, p->type);
    for (size_t i = 0; i < p->n; i++) {
        const struct lf_stix_step *s = &p->steps[i];

        if (s->kind == LF_STIX_ANY) {
            LF_PUT(b, "[*]");
        } else if (s->kind == LF_STIX_INDEX) {
            lf_buf_printf(b, "[%u]", s->index);
        } else {
            lf_buf_byte(b, i ? '.' : ':');
            put_key(b, s->key);
        }
    }
}

static void put_literal(struct lf_buf *b, struct lf_arena *a, const struct lf_stix_literal *l)
{
    switch (l->kind) {
    case LF_STIX_STRING:
        put_quoted(b, l->text);
        break;
    case LF_STIX_NUMBER:
        lf_buf_put(b, l->text);
        break;
    case LF_STIX_BOOL:
        lf_buf_put(b, l->truth ? LF_V("true") : LF_V("false"));
        break;
    case LF_STIX_BYTES:
        lf_buf_put(b, l->hex ? LF_V("h'") : LF_V("b'"));
        lf_buf_put(b, l->hex ? lf_hex(a, l->text.ptr, l->text.len) : lf_base64(a, l->text.ptr, l->text.len));
        lf_buf_byte(b, '\'');
        break;
    case LF_STIX_TIME:
        LF_PUT(b, "t'");
        lf_buf_put(b, l->text);
        lf_buf_byte(b, '\'');
        break;
    }
}

static void put_compare(struct lf_buf *b, struct lf_arena *a, const struct lf_stix_compare *c)
{
    static const char *const ops[] = { " = ",  " != ",   " < ",       " <= ",       " > ",          " >= ",
                                       " IN ", " LIKE ", " MATCHES ", " ISSUBSET ", " ISSUPERSET ", "" };

    if (c->kind != LF_STIX_TEST) {
        for (size_t i = 0; i < c->nkids; i++) {
            bool wrap = c->kids[i]->kind == c->kind ||
                        (c->kind == LF_STIX_ALL && c->kids[i]->kind == LF_STIX_EITHER);

            if (i)
                lf_buf_put(b, c->kind == LF_STIX_ALL ? LF_V(" AND ") : LF_V(" OR "));
            if (wrap)
                lf_buf_byte(b, '(');
            put_compare(b, a, c->kids[i]);
            if (wrap)
                lf_buf_byte(b, ')');
        }
        return;
    }
    if (c->op == LF_STIX_EXISTS) {
        lf_buf_put(b, c->negated ? LF_V("NOT EXISTS ") : LF_V("EXISTS "));
        put_path(b, &c->path);
        return;
    }
    put_path(b, &c->path);
    if (c->negated)
        LF_PUT(b, " NOT");
    lf_buf_put(b, lf_view_of(ops[c->op]));
    if (c->op != LF_STIX_IN) {
        put_literal(b, a, &c->values[0]);
        return;
    }
    lf_buf_byte(b, '(');
    for (size_t i = 0; i < c->nvalues; i++) {
        if (i)
            LF_PUT(b, ", ");
        put_literal(b, a, &c->values[i]);
    }
    lf_buf_byte(b, ')');
}

/* AND binds closest, then OR, then FOLLOWEDBY; a bracket and what is qualified bind
 * closer than all. */
static int binds(const struct lf_stix_observe *o)
{
    switch (o->kind) {
    case LF_STIX_FOLLOWEDBY:
        return 0;
    case LF_STIX_OR:
        return 1;
    case LF_STIX_AND:
        return 2;
    default:
        return 3;
    }
}

static void put_observe(struct lf_buf *b, struct lf_arena *a, const struct lf_stix_observe *o)
{
    static const char *const words[] = { "", " AND ", " OR ", " FOLLOWEDBY " };

    if (o->kind == LF_STIX_ONE) {
        lf_buf_byte(b, '[');
        put_compare(b, a, o->test);
        lf_buf_byte(b, ']');
        return;
    }
    for (size_t i = 0; i < o->nkids; i++) {
        const struct lf_stix_observe *k = o->kids[i];
        bool qualified = binds(o) == 3;
        /* A qualified group that is qualified again keeps its parentheses: without
         * them two qualifiers of a kind could stand side by side. */
        bool wrap = qualified ? binds(k) < 3 || (k->grouped && k->kind != LF_STIX_ONE) : binds(k) <= binds(o);

        if (i)
            lf_buf_put(b, lf_view_of(words[o->kind]));
        if (wrap)
            lf_buf_byte(b, '(');
        put_observe(b, a, k);
        if (wrap)
            lf_buf_byte(b, ')');
    }
    if (o->kind == LF_STIX_WITHIN)
        lf_buf_printf(b, " WITHIN %.*s SECONDS", LF_FMT(o->within_text));
    else if (o->kind == LF_STIX_REPEATS)
        lf_buf_printf(b, " REPEATS %u TIMES", o->repeats);
    else if (o->kind == LF_STIX_STARTSTOP)
        lf_buf_printf(b, " START t'%.*s' STOP t'%.*s'", LF_FMT(o->start_text), LF_FMT(o->stop_text));
}

lf_view lf_stix_pattern_print(struct lf_arena *a, const struct lf_stix_pattern *p)
{
    struct lf_buf b;
    lf_view out;

    /* Escapes double at most, an operator gains two blanks, a path step two quotes. */
    lf_buf_init(&b, (size_t)LF_STIX_PATTERN_MOST * 8);
    put_observe(&b, a, p->root);
    LF_ASSERT(!b.over);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- soundness ---- */

static size_t hash_digits(lf_view name)
{
    static const struct {
        const char *name;
        size_t digits;
    } known[] = { { "MD5", 32 },      { "SHA-1", 40 },      { "SHA-224", 56 },   { "SHA-256", 64 },
                  { "SHA-384", 96 },  { "SHA-512", 128 },   { "SHA3-224", 56 },  { "SHA3-256", 64 },
                  { "SHA3-384", 96 }, { "SHA3-512", 128 },  { "SHA1", 40 },      { "SHA256", 64 },
                  { "SHA512", 128 },  { "RIPEMD-160", 40 }, { "WHIRLPOOL", 128 } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lf_view_eq_nocase(name, lf_view_of(known[i].name)))
            return known[i].digits;
    return 0;
}

static bool hexadecimal(lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

static bool sound_compare(const struct lf_stix_compare *c, struct lf_err *e)
{
    size_t n = c->path.n, want;

    for (size_t i = 0; i < c->nkids; i++)
        if (!sound_compare(c->kids[i], e))
            return false;
    if (c->kind != LF_STIX_TEST || n < 2 || (c->op != LF_STIX_EQ && c->op != LF_STIX_IN) ||
        c->path.steps[n - 1].kind != LF_STIX_KEY || !lf_view_is(c->path.steps[n - 2].key, "hashes"))
        return true;
    want = hash_digits(c->path.steps[n - 1].key);
    for (size_t i = 0; want && i < c->nvalues; i++)
        if (c->values[i].kind == LF_STIX_STRING &&
            (c->values[i].text.len != want || !hexadecimal(c->values[i].text))) {
            (void)lf_err_set(e, LF_UNACCEPTED,
                             "column %u: '%.*s' is no %.*s sum, which has %zu hexadecimal digits", c->column,
                             LF_FMT(lf_view_first(c->values[i].text, 140)), LF_FMT(c->path.steps[n - 1].key),
                             want);
            return false;
        }
    return true;
}

static bool sound(const struct lf_stix_observe *o, struct lf_err *e)
{
    if (o->kind == LF_STIX_ONE)
        return sound_compare(o->test, e);
    for (size_t i = 0; i < o->nkids; i++)
        if (!sound(o->kids[i], e))
            return false;
    return true;
}

bool lf_stix_pattern_sound(const struct lf_stix_pattern *p, struct lf_err *e)
{
    return sound(p->root, e);
}
