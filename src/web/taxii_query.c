/* What a TAXII request asks for: media types, filters, cursors, preferences. */
#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/uri.h"
#include "web/taxii_priv.h"

lf_view taxii_header(const struct taxii *x, const char *name)
{
    struct lf_buf b;
    lf_view all = { NULL, 0 };
    bool any = false;

    lf_buf_init(&b, 65536);
    for (size_t i = 0; i < x->in->nheaders; i++)
        if (lf_view_eq_nocase(x->in->headers[i].name, lf_view_of(name))) {
            if (any)
                lf_buf_byte(&b, ',');
            lf_buf_put(&b, x->in->headers[i].value);
            any = true;
        }
    if (any)
        all = lf_arena_copy(x->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return all;
}

/* The next piece up to `sep` that is not inside a quoted string (RFC 9110, 5.6). */
static bool piece(lf_view *in, char sep, lf_view *out)
{
    bool quoted = false;
    size_t i = 0;

    if (!in->ptr)
        return false;
    for (; i < in->len; i++) {
        char c = in->ptr[i];

        if (quoted && c == '\\' && i + 1 < in->len)
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == sep && !quoted)
            break;
    }
    *out = lf_view_trim(lf_view_first(*in, i));
    *in = i < in->len ? lf_view_from(*in, i + 1) : (lf_view){ NULL, 0 };
    return true;
}

static lf_view unquote(lf_view v)
{
    return v.len >= 2 && v.ptr[0] == '"' && v.ptr[v.len - 1] == '"' ? (lf_view){ v.ptr + 1, v.len - 2 } : v;
}

struct media {
    lf_view range;
    bool version_ok; /* none, or 2.1 */
    bool named;      /* it has a version */
    bool zero;       /* q=0 */
    bool broken;     /* q is no weight: the range says nothing */
};

/* "0", "1", "0.5", "1.000" (RFC 9110, 12.4.2); more digits than three are harmless. */
static bool weight(lf_view v, bool *zero)
{
    *zero = true;
    if (!v.len || (v.ptr[0] != '0' && v.ptr[0] != '1') || (v.len > 1 && v.ptr[1] != '.'))
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (i != 1 && (v.ptr[i] < '0' || v.ptr[i] > '9'))
            return false;
        if (i != 1 && v.ptr[i] != '0')
            *zero = false;
    }
    return true;
}

static struct media media_of(lf_view text)
{
    struct media m = { .version_ok = true };
    lf_view part;

    (void)piece(&text, ';', &m.range);
    while (piece(&text, ';', &part)) {
        size_t eq = lf_view_find_byte(part, '=');
        lf_view name = lf_view_trim(lf_view_first(part, eq));
        lf_view value = eq == SIZE_MAX ? LF_V("") : unquote(lf_view_trim(lf_view_from(part, eq + 1)));

        if (lf_view_eq_nocase(name, LF_V("version"))) {
            m.named = true;
            m.version_ok = lf_view_is(value, "2.1");
        } else if (lf_view_eq_nocase(name, LF_V("q")) && !weight(value, &m.zero)) {
            m.broken = true;
        }
    }
    return m;
}

bool taxii_accepts(lf_view accept)
{
    lf_view text;
    int best = 0;
    bool yes = false;

    if (!lf_view_trim(accept).len) /* nothing said is everything taken */
        return true;
    while (piece(&accept, ',', &text)) {
        struct media m = media_of(text);
        int rank = 0;

        if (lf_view_eq_nocase(m.range, LF_V("application/taxii+json")))
            rank = m.version_ok ? 3 + m.named : 0;
        else if (lf_view_eq_nocase(m.range, LF_V("application/*")))
            rank = 2;
        else if (lf_view_is(m.range, "*/*"))
            rank = 1;
        if (!rank || m.broken || rank < best)
            continue;
        /* The most exact range decides (RFC 9110, 12.5.1). */
        yes = rank > best ? !m.zero : yes || !m.zero;
        best = rank;
    }
    return yes;
}

bool taxii_type_ok(lf_view type)
{
    struct media m = media_of(type);

    return lf_view_eq_nocase(m.range, LF_V("application/taxii+json")) && m.version_ok;
}

static enum lf_code bad(struct lf_err *e, const char *name, lf_view value, const char *want)
{
    return lf_err_set(e, LF_BAD_INPUT, "%s=%.*s: %s", name, LF_FMT(lf_view_first(value, 100)), want);
}

static enum lf_code values(const char *name, lf_view value, lf_view *list, size_t *n, struct lf_err *e)
{
    lf_view all = value, one;

    if (*n)
        return bad(e, name, value, "the field is there twice; join its values with commas");
    while (lf_view_split(&all, ',', &one)) {
        one = lf_view_trim(one);
        if (!one.len)
            return bad(e, name, value, "an empty value");
        if (*n == LF_OBJECT_MATCHES)
            return lf_err_set(e, LF_BAD_INPUT, "%s: more than %d values", name, LF_OBJECT_MATCHES);
        list[(*n)++] = one;
    }
    return *n ? LF_OK : bad(e, name, value, "an empty value");
}

/* Whether the instant is among those before the last. */
static bool known_version(const struct lf_object_filter *f, lf_time at)
{
    for (size_t i = 0; i + 1 < f->nversion; i++)
        if (f->version[i] == at)
            return true;
    return false;
}

static enum lf_code versions(lf_view value, struct taxii_query *q, struct lf_err *e)
{
    lf_view list[LF_OBJECT_MATCHES];
    size_t n = 0;

    if (q->version_given)
        return bad(e, "match[version]", value, "the field is there twice; join its values with commas");
    LF_TRY(values("match[version]", value, list, &n, e));
    for (size_t i = 0; i < n; i++) {
        bool *word = lf_view_is(list[i], "all")     ? &q->f.v_all
                     : lf_view_is(list[i], "first") ? &q->f.v_first
                     : lf_view_is(list[i], "last")  ? &q->f.v_last
                                                    : NULL;
        bool twice = word && *word;

        if (word)
            *word = true;
        else if (lf_stix_time(list[i], &q->f.version[q->f.nversion], NULL) != LF_OK)
            return bad(e, "match[version]", value,
                       "values are all, first, last, or a time as STIX writes it");
        else
            twice = known_version(&q->f, q->f.version[q->f.nversion++]);
        if (twice)
            return bad(e, "match[version]", value, "a value is there twice");
    }
    if (q->f.v_all && n > 1)
        return bad(e, "match[version]", value, "\"all\" stands alone");
    q->version_given = true;
    return LF_OK;
}

static bool dotted(lf_view v)
{
    size_t dot = lf_view_find_byte(v, '.');
    uint64_t n;

    return dot != SIZE_MAX && lf_view_u64(lf_view_first(v, dot), &n) &&
           lf_view_u64(lf_view_from(v, dot + 1), &n);
}

static enum lf_code one_filter(lf_view name, lf_view value, struct taxii_query *q, struct lf_err *e)
{
    if (lf_view_is(name, "match[id]")) {
        LF_TRY(values("match[id]", value, q->f.id, &q->f.nid, e));
        for (size_t i = 0; i < q->f.nid; i++)
            if (lf_view_find(q->f.id[i], LF_V("--")) == SIZE_MAX)
                return bad(e, "match[id]", value, "an id is <type>--<UUID>");
        return LF_OK;
    }
    if (lf_view_is(name, "match[type]"))
        return values("match[type]", value, q->f.type, &q->f.ntype, e);
    if (lf_view_is(name, "match[version]"))
        return versions(value, q, e);
    if (lf_view_is(name, "match[spec_version]")) {
        LF_TRY(values("match[spec_version]", value, q->f.spec, &q->f.nspec, e));
        for (size_t i = 0; i < q->f.nspec; i++)
            if (!dotted(q->f.spec[i]))
                return bad(e, "match[spec_version]", value, "values are like 2.1");
        return LF_OK;
    }
    /* Answering as if it were not there would give more than was asked for. */
    if (lf_view_starts(name, LF_V("match[")))
        return bad(e, "match", name, "known fields are id, type, version and spec_version");
    return LF_OK;
}

/* ---- cursors ----
 *
 * A cursor is the date_added of the last object of its page, under a MAC that also
 * covers who asked for what, where.  Nothing is kept for it: any number of pages
 * may be open, a retried one is the same one, and rights are checked as for any
 * other request. */

enum { MAC = 16 };
#define INTEGER_MOST (((uint64_t)1 << 53) - 1) /* of TAXII */

static void put_view(struct lf_buf *b, lf_view v)
{
    lf_buf_u32(b, (uint32_t)v.len);
    lf_buf_put(b, v);
}

static void put_views(struct lf_buf *b, const lf_view *v, size_t n)
{
    lf_buf_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        put_view(b, v[i]);
}

/* limit is left out: a client may ask for smaller pages on the way. */
static void seal(struct taxii *x, const char *what, lf_time after, struct taxii_query *q)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    put_view(&b, lf_view_of(what));
    put_view(&b, x->t->scope.org);
    put_view(&b, x->t->scope.account);
    put_view(&b, x->c.id);
    put_view(&b, x->ids[1]);
    lf_buf_u64(&b, (uint64_t)after);
    put_views(&b, q->f.id, q->f.nid);
    put_views(&b, q->f.type, q->f.ntype);
    put_views(&b, q->f.spec, q->f.nspec);
    lf_buf_byte(&b, (char)(q->f.v_all | q->f.v_first << 1 | q->f.v_last << 2));
    for (size_t i = 0; i < q->f.nversion; i++)
        lf_buf_u64(&b, (uint64_t)q->f.version[i]);
    lf_sha256(lf_buf_view(&b), q->seal);
    lf_buf_clear(&b);
}

static void mac(struct taxii *x, const struct taxii_query *q, const uint8_t at[8], uint8_t out[LF_SHA256])
{
    uint8_t key[LF_SHA256], text[8 + LF_SHA256];

    lf_hmac_sha256((lf_view){ (const char *)x->t->self->redact_key, sizeof x->t->self->redact_key },
                   LF_V("taxii cursor"), key);
    memcpy(text, at, 8);
    memcpy(text + 8, q->seal, LF_SHA256);
    lf_hmac_sha256((lf_view){ (const char *)key, sizeof key }, (lf_view){ (const char *)text, sizeof text },
                   out);
    lf_wipe(key, sizeof key);
}

lf_view taxii_next(struct taxii *x, const struct taxii_query *q, lf_time added)
{
    uint8_t raw[8 + LF_SHA256];

    for (int i = 0; i < 8; i++)
        raw[i] = (uint8_t)((uint64_t)added >> (56 - 8 * i));
    mac(x, q, raw, raw + 8);
    return lf_base64url(x->t->a, raw, 8 + MAC);
}

static enum lf_code resume(struct taxii *x, struct taxii_query *q, lf_view next)
{
    uint8_t want[LF_SHA256];
    lf_view raw;
    uint64_t at = 0;

    if (lf_unbase64(x->t->a, next, &raw, NULL) != LF_OK || raw.len != 8 + MAC)
        return bad(x->e, "next", next, "it was not given out here");
    mac(x, q, (const uint8_t *)raw.ptr, want);
    if (!lf_equal_secret(lf_view_from(raw, 8), (lf_view){ (const char *)want, MAC }))
        return lf_err_set(x->e, LF_BAD_INPUT,
                          "next: it belongs to another query; send the same filters as the first time");
    for (int i = 0; i < 8; i++)
        at = at << 8 | (uint8_t)raw.ptr[i];
    if ((lf_time)at > q->f.after)
        q->f.after = (lf_time)at;
    return LF_OK;
}

/* RFC 7240: "wait=25" among other preferences; the first one counts. */
static lf_time preferred_wait(lf_view prefer)
{
    lf_view text;

    while (piece(&prefer, ',', &text)) {
        lf_view first = text;
        size_t eq;
        uint64_t n;

        (void)piece(&text, ';', &first); /* parameters of the preference are passed over */
        eq = lf_view_find_byte(first, '=');
        if (eq == SIZE_MAX || !lf_view_eq_nocase(lf_view_trim(lf_view_first(first, eq)), LF_V("wait")))
            continue;
        if (!lf_view_u64(unquote(lf_view_trim(lf_view_from(first, eq + 1))), &n))
            return 0;
        return (lf_time)(n < LF_TAXII_WAIT_S ? n : LF_TAXII_WAIT_S) * LF_SECOND;
    }
    return 0;
}

enum lf_code taxii_query_read(struct taxii *x, const char *what, struct taxii_query *q)
{
    struct lf_err *e = x->e;
    lf_view rest = x->in->query, name, value, next = { NULL, 0 };
    bool has_after = false, has_limit = false;

    *q = (struct taxii_query){ .f = { .after = -1, .limit = LF_TAXII_PAGE } };
    while (lf_uri_field(&rest, &name, &value)) {
        uint64_t n;

        if (lf_uri_decode_form(x->t->a, name, &name, e) != LF_OK ||
            lf_uri_decode_form(x->t->a, value, &value, e) != LF_OK)
            return lf_err_set(e, LF_BAD_INPUT, "the query has an escape that is none, or is not UTF-8");
        if (lf_view_is(name, "added_after")) {
            if (has_after)
                return bad(e, "added_after", value, "the filter is there twice");
            if (lf_stix_time(value, &q->f.after, NULL) != LF_OK)
                return bad(e, "added_after", value, "write it as 2026-11-21T02:48:16.123456Z");
            has_after = true;
        } else if (lf_view_is(name, "limit")) {
            if (has_limit)
                return bad(e, "limit", value, "the filter is there twice");
            if (!lf_view_u64(value, &n) || n == 0 || n > INTEGER_MOST)
                return bad(e, "limit", value, "it is a whole number above 0");
            q->f.limit = n < LF_TAXII_PAGE ? (size_t)n : LF_TAXII_PAGE;
            has_limit = true;
        } else if (lf_view_is(name, "next")) {
            if (next.ptr)
                return bad(e, "next", value, "the filter is there twice");
            next = value;
        } else {
            LF_TRY(one_filter(name, value, q, e));
        }
    }
    if (!q->version_given) {
        /* The versions of one object are asked for to see all of them, and an
         * object that is deleted is deleted whole. */
        q->f.v_all = strcmp(what, "versions") == 0 || strcmp(what, "delete") == 0;
        q->f.v_last = !q->f.v_all;
    }
    q->f.newest_spec = q->f.nspec == 0 && strcmp(what, "delete") != 0;
    if (x->ids[1].ptr) { /* the address names the object */
        bool named = q->f.nid == 0;

        for (size_t i = 0; i < q->f.nid; i++)
            named |= lf_view_eq(q->f.id[i], x->ids[1]);
        q->f.nid = 1;
        q->f.id[0] = named ? x->ids[1] : LF_V("-");
    }
    /* Strangers do not wait: what holds a connection is for those who can be told to stop. */
    q->wait = x->t->scope.account.len ? preferred_wait(taxii_header(x, "prefer")) : 0;
    seal(x, what, q->f.after, q);
    return next.ptr ? resume(x, q, next) : LF_OK;
}
