#include "fmt/json_priv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void lf_json_quote(struct lf_buf *b, lf_view text)
{
    const char *p = text.ptr ? text.ptr : "", *end = p + text.len;

    lf_buf_byte(b, '"');
    while (p < end) {
        const char *stop = plain_end(p, end);
        static const char digits[] = "0123456789abcdef";
        unsigned char c;
        size_t k;

        if (stop > p)
            lf_buf_put(b, (lf_view){ p, (size_t)(stop - p) });
        p = stop;
        if (p >= end)
            break;
        c = (unsigned char)*p;
        if (c >= 0x80) {
            const char *run = p;
            while (p < end && (unsigned char)*p >= 0x80 && (k = utf8_char(p, end)) != 0)
                p += k;
            if (p > run) {
                lf_buf_put(b, (lf_view){ run, (size_t)(p - run) });
            } else {
                LF_PUT(b, "\xef\xbf\xbd");
                p++;
            }
            continue;
        }
        switch (c) {
        case '"':
            LF_PUT(b, "\\\"");
            break;
        case '\\':
            LF_PUT(b, "\\\\");
            break;
        case '\b':
            LF_PUT(b, "\\b");
            break;
        case '\f':
            LF_PUT(b, "\\f");
            break;
        case '\n':
            LF_PUT(b, "\\n");
            break;
        case '\r':
            LF_PUT(b, "\\r");
            break;
        case '\t':
            LF_PUT(b, "\\t");
            break;
        default: {
            char u[6] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };
            lf_buf_put(b, (lf_view){ u, sizeof u });
        }
        }
        p++;
    }
    lf_buf_byte(b, '"');
}

void lf_json_write(struct lf_buf *b, const struct lf_json *v)
{
    switch (v->kind) {
    case LF_JSON_STRING:
        lf_json_quote(b, text_of(v));
        break;
    case LF_JSON_ARRAY:
        lf_buf_byte(b, '[');
        for (size_t i = 0; i < v->n; i++) {
            if (i)
                lf_buf_byte(b, ',');
            lf_json_write(b, &v->items[i]);
        }
        lf_buf_byte(b, ']');
        break;
    case LF_JSON_OBJECT:
        lf_buf_byte(b, '{');
        for (size_t i = 0; i < v->n; i++) {
            if (i)
                lf_buf_byte(b, ',');
            lf_json_quote(b, text_of(&v->items[2 * i]));
            lf_buf_byte(b, ':');
            lf_json_write(b, &v->items[2 * i + 1]);
        }
        lf_buf_byte(b, '}');
        break;
    default:
        lf_buf_put(b, text_of(v));
    }
}

/* UTF-16 code-unit order of UTF-8 text.  It differs from the order of the bytes
 * in one place: characters past U+FFFF are surrogates there (D800–DFFF) and so
 * come before U+E000–U+FFFF. */
static int cmp_utf16(const void *x, const void *y)
{
    lf_view a = text_of(*(const struct lf_json *const *)x);
    lf_view b = text_of(*(const struct lf_json *const *)y);
    size_t n = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < n; i++) {
        unsigned ca = (unsigned char)a.ptr[i], cb = (unsigned char)b.ptr[i];
        if (ca == cb)
            continue;
        if (ca >= 0xf0 && (cb == 0xee || cb == 0xef))
            return -1;
        if (cb >= 0xf0 && (ca == 0xee || ca == 0xef))
            return 1;
        return ca < cb ? -1 : 1;
    }
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

/* The fewest digits that read back as `d`, and the closest to it among those
 * (ECMA-262, Number::toString).  Writes them into `digits`, returns their number;
 * *exp10 is the exponent of the first.
 *
 * At a power of two the gap below is half the gap above, so the nearest decimal
 * may read back as the neighbour while the next one up does not: it is tried too. */
static int shortest(double d, char digits[18], int *exp10)
{
    char text[40], cand[40];

    for (int n = 1; n <= 17; n++) {
        snprintf(text, sizeof text, "%.*e", n - 1, d);
        bool hit = strtod(text, NULL) == d;
        if (!hit) {
            int last = n == 1 ? 0 : n;
            memcpy(cand, text, sizeof cand);
            if (cand[last] != '9') {
                cand[last]++;
                hit = strtod(cand, NULL) == d;
                if (hit)
                    memcpy(text, cand, sizeof text);
            }
        }
        if (hit) {
            int k = 0;
            const char *p = text;
            for (; *p && *p != 'e'; p++)
                if (*p != '.')
                    digits[k++] = *p;
            *exp10 = (int)strtol(p + 1, NULL, 10);
            while (k > 1 && digits[k - 1] == '0')
                k--;
            return k;
        }
    }
    LF_BUG("seventeen digits do not read back");
}

static void put_zeros(struct lf_buf *b, int n)
{
    while (n-- > 0)
        lf_buf_byte(b, '0');
}

static enum lf_code canon_number(struct lf_buf *b, lf_view text, struct lf_err *e)
{
    char copy[64], digits[18] = "", *big = NULL;
    int64_t i;
    int k, n, exp10;
    double d;

    if (text.len < 16 && lf_view_i64(text, &i)) {
        lf_buf_printf(b, "%lld", (long long)i);
        return LF_OK;
    }
    if (text.len >= sizeof copy) {
        big = malloc(text.len + 1);
        if (!big)
            LF_BUG("out of memory for %zu bytes", text.len);
    }
    memcpy(big ? big : copy, text.ptr, text.len);
    (big ? big : copy)[text.len] = '\0';
    d = strtod(big ? big : copy, NULL);
    free(big);
    if (!isfinite(d))
        return lf_err_set(e, LF_UNACCEPTED, "json: the number %.*s is beyond a double",
                          LF_FMT(lf_view_first(text, 64)));
    if (d == 0) {
        lf_buf_byte(b, '0');
        return LF_OK;
    }
    if (d < 0) {
        lf_buf_byte(b, '-');
        d = -d;
    }
    k = shortest(d, digits, &exp10);
    n = exp10 + 1;
    if (k <= n && n <= 21) {
        lf_buf_put(b, (lf_view){ digits, (size_t)k });
        put_zeros(b, n - k);
    } else if (0 < n && n <= 21) {
        lf_buf_put(b, (lf_view){ digits, (size_t)n });
        lf_buf_byte(b, '.');
        lf_buf_put(b, (lf_view){ digits + n, (size_t)(k - n) });
    } else if (-6 < n && n <= 0) {
        LF_PUT(b, "0.");
        put_zeros(b, -n);
        lf_buf_put(b, (lf_view){ digits, (size_t)k });
    } else {
        lf_buf_byte(b, digits[0]);
        if (k > 1) {
            lf_buf_byte(b, '.');
            lf_buf_put(b, (lf_view){ digits + 1, (size_t)(k - 1) });
        }
        lf_buf_printf(b, "e%c%d", n > 0 ? '+' : '-', n > 0 ? n - 1 : 1 - n);
    }
    return LF_OK;
}

static enum lf_code canon(struct lf_buf *b, const struct lf_json *v, struct lf_err *e)
{
    const struct lf_json **sorted;
    enum lf_code rc = LF_OK;

    switch (v->kind) {
    case LF_JSON_STRING:
        lf_json_quote(b, text_of(v));
        return LF_OK;
    case LF_JSON_NUMBER:
        return canon_number(b, text_of(v), e);
    case LF_JSON_ARRAY:
        lf_buf_byte(b, '[');
        for (size_t i = 0; i < v->n; i++) {
            if (i)
                lf_buf_byte(b, ',');
            LF_TRY(canon(b, &v->items[i], e));
        }
        lf_buf_byte(b, ']');
        return LF_OK;
    case LF_JSON_OBJECT:
        break;
    default:
        lf_buf_put(b, text_of(v));
        return LF_OK;
    }

    if (!v->n) {
        LF_PUT(b, "{}");
        return LF_OK;
    }
    sorted = malloc(v->n * sizeof(*sorted));
    if (!sorted)
        LF_BUG("out of memory for %u keys", v->n);
    for (size_t i = 0; i < v->n; i++)
        sorted[i] = &v->items[2 * i];
    qsort(sorted, v->n, sizeof(*sorted), cmp_utf16);
    lf_buf_byte(b, '{');
    for (size_t i = 0; i < v->n; i++) {
        if (i) {
            if (lf_view_eq(text_of(sorted[i - 1]), text_of(sorted[i]))) {
                rc = lf_err_set(e, LF_UNACCEPTED, "json: the key \"%.*s\" stands twice in an object",
                                LF_FMT(lf_view_first(text_of(sorted[i]), 64)));
                break;
            }
            lf_buf_byte(b, ',');
        }
        lf_json_quote(b, text_of(sorted[i]));
        lf_buf_byte(b, ':');
        rc = canon(b, sorted[i] + 1, e);
        if (rc != LF_OK)
            break;
    }
    free(sorted);
    LF_TRY(rc);
    lf_buf_byte(b, '}');
    return LF_OK;
}

enum lf_code lf_json_canon(struct lf_buf *b, const struct lf_json *v, struct lf_err *e)
{
    LF_TRY(canon(b, v, e));
    return lf_buf_done(b, e);
}

/* ---- streaming writer ---- */

static void before(struct lf_json_w *w, const char *key)
{
    if (w->depth) {
        uint64_t bit = (uint64_t)1 << (w->depth - 1);

        LF_ASSERT(!!(w->obj & bit) == !!key);
        if (w->has & bit)
            lf_buf_byte(w->b, ',');
        w->has |= bit;
    } else {
        LF_ASSERT(!key);
    }
    if (key) {
        lf_json_quote(w->b, lf_view_of(key));
        lf_buf_byte(w->b, ':');
    }
}

void lf_json_begin(struct lf_json_w *w, const char *key, char bracket)
{
    uint64_t bit;

    LF_ASSERT((bracket == '{' || bracket == '[') && w->depth < 64);
    before(w, key);
    bit = (uint64_t)1 << w->depth++;
    w->has &= ~bit;
    w->obj = bracket == '{' ? w->obj | bit : w->obj & ~bit;
    lf_buf_byte(w->b, bracket);
}

void lf_json_open(struct lf_json_w *w, char bracket)
{
    lf_json_begin(w, NULL, bracket);
}

void lf_json_close(struct lf_json_w *w)
{
    LF_ASSERT(w->depth > 0);
    w->depth--;
    lf_buf_byte(w->b, w->obj >> w->depth & 1 ? '}' : ']');
}

void lf_json_put_str(struct lf_json_w *w, const char *key, lf_view v)
{
    before(w, key);
    lf_json_quote(w->b, v);
}

void lf_json_put_time(struct lf_json_w *w, const char *key, lf_time at)
{
    char text[LF_TIME_TEXT];

    if (at)
        lf_json_put_str(w, key, lf_time_milli(at, text));
}

void lf_json_put_cstr(struct lf_json_w *w, const char *key, const char *v)
{
    lf_json_put_str(w, key, lf_view_of(v));
}

void lf_json_put_int(struct lf_json_w *w, const char *key, int64_t v)
{
    before(w, key);
    lf_buf_printf(w->b, "%lld", (long long)v);
}

void lf_json_put_bool(struct lf_json_w *w, const char *key, bool v)
{
    before(w, key);
    lf_buf_put(w->b, v ? LF_V("true") : LF_V("false"));
}

void lf_json_put_null(struct lf_json_w *w, const char *key)
{
    before(w, key);
    LF_PUT(w->b, "null");
}

void lf_json_put_raw(struct lf_json_w *w, const char *key, lf_view json)
{
    before(w, key);
    lf_buf_put(w->b, json);
}

void lf_json_put(struct lf_json_w *w, const char *key, const struct lf_json *v)
{
    before(w, key);
    lf_json_write(w->b, v);
}
