#include "isac/term.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/map.h"
#include "fmt/stix.h"

enum { DEPTH = 64 };

const char *const lf_term_names[] = { "name", "aliases", "x_mitre_aliases", "display_name", NULL };

void lf_term_key(const struct lf_task *t, struct lf_term_key *out)
{
    const lf_view secret = { (const char *)t->self->redact_key, sizeof t->self->redact_key };
    uint8_t md[LF_SHA256];

    lf_hmac_sha256(secret, LF_V("stix terms"), md);
    memcpy(out->k, md, sizeof out->k);
    lf_wipe(md, sizeof md);
}

/* The letter stands in the key, so that the text need not be copied behind it. */
int64_t lf_term(const struct lf_term_key *k, char letter, lf_view text)
{
    const uint64_t key[2] = { k->k[0] + (unsigned char)letter * 0x9e3779b97f4a7c15u, k->k[1] };

    return (int64_t)lf_siphash(key, text);
}

int64_t lf_term_folded(const struct lf_term_key *k, char letter, lf_view text)
{
    char low[LF_TERM_VALUE];
    size_t n = text.len < sizeof low ? text.len : sizeof low;

    for (size_t i = 0; i < n; i++) {
        char c = text.ptr[i];

        low[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    return lf_term(k, letter, (lf_view){ low, n });
}

/* ---- words ---- */

enum kind { BETWEEN, LETTER, IDEOGRAPH };

static enum kind kind_of(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' ? LETTER : BETWEEN;
    if ((c >= 0x3040 && c <= 0x30ff) || (c >= 0x3105 && c <= 0x312f) || (c >= 0x3400 && c <= 0x9fff) ||
        (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff))
        return IDEOGRAPH;
    if (c < 0xc0 || (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f) || c == 0xd7 || c == 0xf7 ||
        (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) ||
        (c >= 0xff3b && c <= 0xff40) || (c >= 0xff5b && c <= 0xff65))
        return BETWEEN;
    return LETTER;
}

bool lf_term_ideographs(lf_view text)
{
    for (size_t i = 0; i < text.len;) {
        size_t n = lf_utf8_len(text.ptr[i]);

        if (kind_of(lf_utf8_get(text.ptr + i, n)) == IDEOGRAPH)
            return true;
        i += n;
    }
    return false;
}

/* Calls for each word of valid UTF-8.  Of two ideographs side by side: each, and the two. */
static void each_word(lf_view text, void (*one)(void *ctx, lf_view word), void *ctx)
{
    size_t begin = 0, before = SIZE_MAX;
    enum kind last = BETWEEN;

    for (size_t i = 0; i <= text.len;) {
        size_t n = i < text.len ? lf_utf8_len(text.ptr[i]) : 1;
        enum kind k = i < text.len ? kind_of(lf_utf8_get(text.ptr + i, n)) : BETWEEN;

        if (last == LETTER && k != LETTER)
            one(ctx, (lf_view){ text.ptr + begin, i - begin });
        if (k == LETTER && last != LETTER)
            begin = i;
        if (k == IDEOGRAPH) {
            one(ctx, (lf_view){ text.ptr + i, n });
            if (before != SIZE_MAX)
                one(ctx, (lf_view){ text.ptr + before, i + n - before });
        }
        before = k == IDEOGRAPH ? i : SIZE_MAX;
        last = k;
        i += n;
    }
}

/* ---- objects ---- */

struct walk {
    const struct lf_term_key *k;
    struct lf_terms *out;
    char letter;
};

static void add(struct walk *w, int64_t term)
{
    if (w->out->n < LF_TERMS_MOST)
        w->out->v[w->out->n++] = term;
}

static void add_word(void *ctx, lf_view word)
{
    struct walk *w = ctx;

    add(w, lf_term_folded(w->k, w->letter, word));
}

static void words(struct walk *w, char letter, lf_view text)
{
    w->letter = letter;
    each_word(text, add_word, w);
}

static void value(struct walk *w, lf_view text)
{
    text = lf_view_trim(text);
    if (!text.len || text.len > LF_TERM_VALUE)
        return;
    add(w, lf_term_folded(w->k, 'v', text));
    if (lf_view_ends(text, LF_V("/32")) || lf_view_ends(text, LF_V("/128")))
        add(w, lf_term_folded(w->k, 'v',
                              lf_view_first(text, text.len - (text.ptr[text.len - 3] == '/' ? 3 : 4))));
}

/* The literals between single quotes; \' and \\ are escaped there. */
static void literals(struct walk *w, lf_view pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        char text[LF_TERM_VALUE];
        size_t n = 0;

        if (pattern.ptr[i] != '\'')
            continue;
        for (i++; i < pattern.len && pattern.ptr[i] != '\''; i++) {
            if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
                i++;
            if (n < sizeof text)
                text[n] = pattern.ptr[i];
            n++;
        }
        if (n <= sizeof text)
            value(w, (lf_view){ text, n });
    }
}

static bool one_of(lf_view key, const char *const *names)
{
    for (; *names; names++)
        if (lf_view_is(key, *names))
            return true;
    return false;
}

static void text_of(struct walk *w, lf_view key, lf_view text, bool top)
{
    static const char *const listed[] = {
        "id",        "type",      "spec_version",    "lang",           "pattern_type",
        "created",   "modified",  "valid_from",      "valid_until",    "first_seen",
        "last_seen", "published", "pattern_version", "extension_type", NULL
    };

    if (!text.len || (one_of(key, listed) && (top || lf_view_is(key, "type"))))
        return;
    if (lf_view_ends(key, LF_V("_ref")) || lf_view_ends(key, LF_V("_refs"))) {
        add(w, lf_term(w->k, 'r', text));
        if (top && lf_view_is(key, "created_by_ref"))
            add(w, lf_term(w->k, 'b', text));
        if ((top && lf_view_is(key, "object_marking_refs")) || lf_view_is(key, "marking_ref"))
            add(w, lf_term(w->k, 'm', text));
        return;
    }
    if (lf_view_is(key, "external_id")) {
        add(w, lf_term_folded(w->k, 'x', lf_view_first(text, LF_TERM_VALUE)));
        if (lf_view_find_byte(text, '.') != SIZE_MAX)
            add(w, lf_term_folded(w->k, 'x', lf_view_first(text, lf_view_find_byte(text, '.'))));
    }
    if (lf_view_is(key, "pattern"))
        literals(w, text);
    else
        value(w, text);
    words(w, 'w', text);
    if (top && one_of(key, lf_term_names))
        words(w, 'n', text);
}

static void walk(struct walk *w, lf_view key, const struct lf_json *v, bool top, int depth)
{
    size_t n = lf_json_size(v);

    if (depth > DEPTH || w->out->n >= LF_TERMS_MOST)
        return;
    switch (lf_json_kind(v)) {
    case LF_JSON_STRING:
        text_of(w, key, lf_json_text(v), top);
        break;
    case LF_JSON_NUMBER: /* a port, an autonomous system */
        value(w, lf_json_text(v));
        break;
    case LF_JSON_ARRAY:
        for (size_t i = 0; i < n; i++)
            walk(w, key, lf_json_item(v, i), top && lf_json_kind(lf_json_item(v, i)) == LF_JSON_STRING,
                 depth + 1);
        break;
    case LF_JSON_OBJECT:
        for (size_t i = 0; i < n; i++)
            walk(w, lf_json_key(v, i), lf_json_member(v, i), depth == 0, depth + 1);
        break;
    default:
        break;
    }
}

static int by_value(const void *a, const void *b)
{
    int64_t x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static size_t distinct(int64_t *v, size_t n)
{
    size_t kept = 0;

    if (n)
        qsort(v, n, sizeof *v, by_value);
    for (size_t i = 0; i < n; i++)
        if (!kept || v[i] != v[kept - 1])
            v[kept++] = v[i];
    return kept;
}

void lf_terms_of(const struct lf_term_key *k, const struct lf_json *object, lf_time at, struct lf_terms *out)
{
    struct walk w = { .k = k, .out = out };
    char day[LF_TIME_TEXT];
    lf_view text;

    out->n = 0;
    add(&w, lf_term(k, 't', lf_json_str(object, "type")));
    add(&w, lf_term(k, 'i', lf_json_str(object, "id")));
    text = lf_stix_micro(at, day);
    add(&w, lf_term(k, 'd', lf_view_first(text, 10)));
    add(&w, lf_term(k, 'D', lf_view_first(text, 7)));
    add(&w, lf_term(k, 'y', lf_view_first(text, 4)));
    if (!lf_json_get(object, LF_V("object_marking_refs")) && !lf_json_get(object, LF_V("granular_markings")))
        add(&w, lf_term(k, 'm', LF_V("")));
    walk(&w, LF_V(""), object, false, 0);
}

size_t lf_terms_of_words(const struct lf_term_key *k, char letter, lf_view text, int64_t *out, size_t most)
{
    int64_t all[LF_TERMS_MOST] = { 0 };
    struct lf_terms terms = { .v = all };
    struct walk w = { .k = k, .out = &terms };

    words(&w, letter, lf_view_first(text, LF_TERM_VALUE));
    terms.n = distinct(all, terms.n);
    if (terms.n > most)
        terms.n = most;
    memcpy(out, all, terms.n * sizeof *out);
    return terms.n;
}
