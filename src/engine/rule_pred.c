/* What one predicate says of the event at hand.  Numbers in brackets are the
 * paragraphs of docs/sigma-choices.md. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/caseless.h"
#include "engine/fold.h"
#include "engine/rule_priv.h"

enum { PAIRS_BYTES = 1 << 26 }; /* of two lists that are compared other than for equality; C11 */

bool lf_value_is_ascii(struct lf_value *v)
{
    if (v->ascii == LF_ASCII_UNKNOWN)
        v->ascii = lf_is_ascii(v->text) ? LF_ASCII : LF_NOT_ASCII;
    return v->ascii == LF_ASCII;
}

lf_view lf_value_folded(struct lf_at *m, struct lf_value *v)
{
    if (v->folded.ptr)
        return v->folded;
    if (v->text.len == 0) {
        v->folded = (lf_view){ "", 0 };
    } else if (lf_value_is_ascii(v)) {
        char *to = lf_arena_alloc(m->a, v->text.len, 1);

        lf_caseless_fold(to, v->text.ptr, v->text.len);
        v->folded = (lf_view){ to, v->text.len };
    } else {
        v->folded = lf_fold(m->a, v->text);
    }
    return v->folded;
}

/* A text that is only ASCII is compared where it stands. */
static bool text_holds(struct lf_at *m, const struct lf_pred *p, struct lf_value *v)
{
    const struct lf_pattern *pat = &p->pattern;

    if (p->regex) {
        lf_view t = p->cased ? v->text : lf_value_folded(m, v);

        return lf_regex_holds(p->regex, m->a, t, lf_value_is_ascii(v), &m->rs->scratch);
    }
    if (pat->shape == LF_SHAPE_CONTAINS)
        return lf_text_contains(m->a, !p->cased && !lf_value_is_ascii(v) ? lf_value_folded(m, v) : v->text,
                                pat->text, !p->cased);
    if (p->cased)
        return lf_pattern_match(pat, v->text);
    if (v->folded.ptr || !lf_value_is_ascii(v))
        return lf_pattern_match(pat, lf_value_folded(m, v));
    switch (pat->shape) {
    case LF_SHAPE_EQUAL:
        return lf_caseless_eq(v->text, pat->text);
    case LF_SHAPE_STARTS:
        return lf_caseless_starts(v->text, pat->text);
    case LF_SHAPE_ENDS:
        return lf_caseless_ends(v->text, pat->text);
    case LF_SHAPE_CONTAINS:
    case LF_SHAPE_GLOB:
        break;
    }
    return lf_pattern_match(pat, lf_value_folded(m, v));
}

static bool net_holds(const struct lf_pred *p, lf_view t)
{
    uint8_t addr[16];
    char name[64];
    unsigned whole = p->bits / 8, rest = p->bits % 8;

    if (t.len == 0 || t.len >= sizeof name || memchr(t.ptr, 0, t.len))
        return false;
    memcpy(name, t.ptr, t.len);
    name[t.len] = '\0';
    if (inet_pton(p->family, name, addr) != 1 || memcmp(addr, p->net, whole) != 0)
        return false;
    return rest == 0 || (addr[whole] & (0xff00u >> rest) & 0xffu) == p->net[whole];
}

static bool compares(enum lf_compare how, int c)
{
    return how == LF_EQ    ? c == 0
           : how == LF_LT  ? c < 0
           : how == LF_LTE ? c <= 0
           : how == LF_GT  ? c > 0
                           : c >= 0;
}

static bool compare_holds(const struct lf_pred *p, const struct lf_value *v)
{
    bool number = lf_json_kind(v->json) == LF_JSON_NUMBER;
    struct lf_decimal d;

    if (!number && lf_json_kind(v->json) != LF_JSON_STRING)
        return false;
    if (!lf_decimal_parse(v->text, number, &d))
        return false;
    return compares(p->compare, lf_decimal_cmp(&d, &p->decimal));
}

/* [C14] */
static bool part_holds(const struct lf_pred *p, const struct lf_value *v)
{
    int part = lf_json_kind(v->json) == LF_JSON_STRING ? lf_time_part(v->text, p->part) : -1, n;
    struct lf_decimal d;
    char digits[16];

    if (part < 0)
        return false;
    n = snprintf(digits, sizeof digits, "%d", part);
    return lf_decimal_parse((lf_view){ digits, (size_t)n }, false, &d) &&
           compares(p->compare, lf_decimal_cmp(&d, &p->decimal));
}

/* [C11] Any pair of values of the two fields. */
static lf_view compared(struct lf_at *m, const struct lf_pred *p, struct lf_value *v)
{
    return p->cased ? v->text : lf_value_folded(m, v);
}

static bool pair_holds(struct lf_at *m, const struct lf_pred *p, struct lf_value *v, struct lf_value *w)
{
    lf_view x, y;

    if (lf_json_kind(v->json) == LF_JSON_NULL || lf_json_kind(w->json) == LF_JSON_NULL)
        return false;
    x = compared(m, p, v);
    y = compared(m, p, w);
    return p->wrap == 0               ? lf_view_eq(x, y)
           : p->wrap == LF_WRAP_BACK  ? lf_view_starts(x, y)
           : p->wrap == LF_WRAP_FRONT ? lf_view_ends(x, y)
                                      : lf_text_contains(m->a, x, y, false);
}

static int by_text(const void *x, const void *y)
{
    return lf_view_cmp(*(const lf_view *)x, *(const lf_view *)y);
}

static size_t sorted_texts(struct lf_at *m, const struct lf_pred *p, struct lf_slot *s, lf_view **out)
{
    size_t n = 0;

    *out = LF_NEW(m->a, lf_view, s->n ? s->n : 1);
    for (size_t i = 0; i < s->n; i++)
        if (lf_json_kind(s->values[i].json) != LF_JSON_NULL)
            (*out)[n++] = compared(m, p, &s->values[i]);
    if (n > 1)
        qsort(*out, n, sizeof **out, by_text);
    return n;
}

static bool fields_hold(struct lf_at *m, const struct lf_pred *p, struct lf_slot *s)
{
    struct lf_slot *other = lf_slot_of(m, p->other);
    size_t left = PAIRS_BYTES;

    /* Two long lists are no reason to compare each with each. */
    if (p->wrap == 0 && s->n > 16 && other->n > 16) {
        lf_view *x, *y;
        size_t nx = sorted_texts(m, p, s, &x), ny = sorted_texts(m, p, other, &y);

        for (size_t i = 0, k = 0; i < nx && k < ny;) {
            int c = lf_view_cmp(x[i], y[k]);

            if (c == 0)
                return true;
            i += c < 0;
            k += c > 0;
        }
        return false;
    }
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < other->n; k++) {
            size_t bytes = s->values[i].text.len + other->values[k].text.len + 16;

            if (left < bytes)
                return false;
            left -= bytes;
            if (pair_holds(m, p, &s->values[i], &other->values[k]))
                return true;
        }
    return false;
}

static bool value_holds(struct lf_at *m, const struct lf_pred *p, struct lf_value *v)
{
    enum lf_json_kind kind = lf_json_kind(v->json);
    struct lf_decimal d;

    switch (p->ask) {
    case LF_ASK_TEXT:
        return text_holds(m, p, v);
    case LF_ASK_NUMBER:
        if (kind == LF_JSON_NUMBER)
            return lf_decimal_parse(v->text, true, &d) && lf_decimal_cmp(&d, &p->decimal) == 0;
        return kind == LF_JSON_STRING && lf_view_eq(v->text, p->text);
    case LF_ASK_BOOL:
        if (kind == LF_JSON_STRING)
            return lf_view_eq(lf_value_folded(m, v), p->want ? LF_V("true") : LF_V("false"));
        return kind == (p->want ? LF_JSON_TRUE : LF_JSON_FALSE);
    case LF_ASK_REGEX:
        return lf_regex_holds(p->regex, m->a, v->text, lf_value_is_ascii(v), &m->rs->scratch);
    case LF_ASK_NET:
        return net_holds(p, v->text);
    case LF_ASK_COMPARE:
        return compare_holds(p, v);
    case LF_ASK_PART:
        return part_holds(p, v);
    case LF_ASK_FIELD:
    case LF_ASK_NULL:
    case LF_ASK_EXISTS:
        break;
    }
    return false;
}

bool lf_pred_holds(struct lf_at *m, const struct lf_pred *p)
{
    struct lf_slot *s = lf_slot_of(m, p->field);

    if (p->ask == LF_ASK_EXISTS)
        return s->present == p->want;
    if (p->ask == LF_ASK_NULL && !s->present)
        return true;
    if (p->ask == LF_ASK_FIELD)
        return fields_hold(m, p, s);
    for (size_t i = 0; i < s->n; i++) {
        bool null = lf_json_kind(s->values[i].json) == LF_JSON_NULL;

        if (p->ask == LF_ASK_NULL ? null : !null && value_holds(m, p, &s->values[i]))
            return true;
    }
    return false;
}
