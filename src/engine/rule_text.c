/* What modifiers make of a text: placeholders filled in, dashes of any kind,
 * UTF-16, base64.  One written value becomes alternatives, of which any may match. */
#include "base/crypto.h"
#include "engine/rule_load.h"

static struct lf_alternative *add(struct lf_arena *a, struct lf_alternatives *v, size_t room)
{
    struct lf_alternative *x;

    v->at = lf_arena_grow(a, v->at, v->n, &v->cap, sizeof *v->at);
    x = &v->at[v->n++];
    x->pieces = LF_NEW(a, struct lf_piece, room ? room : 1);
    x->n = 0;
    return x;
}

static enum lf_code too_many(const struct lf_load *l, const struct lf_chain *c)
{
    return lf_err_set(l->e, LF_TOO_BIG,
                      "%.*s: one value turns into more than %d; give its placeholders fewer values, or write "
                      "fewer dashes before an encoding",
                      LF_FMT(c->key), LF_ALTERNATIVES_MOST);
}

/* ---- placeholders [C15] ---- */

static enum lf_code values_of(const struct lf_load *l, const struct lf_chain *c, lf_view name,
                              const lf_view **values, size_t *n)
{
    *n = lf_placeholders_get(l->values, name, values);
    return *n > 0 ? LF_OK
                  : lf_err_set(l->e, LF_UNACCEPTED,
                               "%.*s: the placeholder %%%.*s%% has no values here; give them with --expand, "
                               "or on a node with `expand` under [rules]",
                               LF_FMT(c->key), LF_FMT(name));
}

/* How many texts `text` turns into when its placeholders are filled in. */
static enum lf_code count_filled(const struct lf_load *l, const struct lf_chain *c, lf_view text, size_t *out)
{
    enum lf_slice kind;
    lf_view part;

    *out = 1;
    while (lf_placeholder_take(&text, &kind, &part)) {
        const lf_view *values;
        size_t n;

        if (kind != LF_SLICE_NAME)
            continue;
        LF_TRY(values_of(l, c, part, &values, &n));
        if (n > LF_ALTERNATIVES_MOST / *out)
            return too_many(l, c);
        *out *= n;
    }
    return LF_OK;
}

/* Every dash of the value stands for any of the five [C7]. */
static void windash(struct lf_arena *a, struct lf_alternative *v);

static void append(struct lf_arena *a, struct lf_alternative *to, const struct lf_alternative *more)
{
    struct lf_piece *p = LF_NEW(a, struct lf_piece, to->n + more->n + 1);

    if (to->n > 0)
        memcpy(p, to->pieces, to->n * sizeof *p);
    if (more->n > 0)
        memcpy(p + to->n, more->pieces, more->n * sizeof *p);
    to->pieces = p;
    to->n += more->n;
}

static struct lf_alternative pieces_of(struct lf_arena *a, lf_view text)
{
    struct lf_alternative x;

    x.n = lf_pieces_read(a, text, &x.pieces);
    return x;
}

/* Each text between placeholders and each value of one is read as a Sigma text by
 * itself, so that no backslash of one escapes a wildcard of the other. */
static enum lf_code fill(struct lf_load *l, const struct lf_chain *c, lf_view text, bool dash_first,
                         struct lf_alternatives *out)
{
    struct lf_arena *a = &l->rs->a;
    enum lf_slice kind;
    lf_view part;
    size_t count;

    LF_TRY(count_filled(l, c, text, &count));
    (void)add(a, out, 0);
    while (lf_placeholder_take(&text, &kind, &part)) {
        const lf_view *values = &part;
        struct lf_alternatives more = { 0 };
        struct lf_alternative x;
        size_t n = 1;

        if (kind == LF_SLICE_NAME)
            LF_TRY(values_of(l, c, part, &values, &n));
        for (size_t k = 0; k < n; k++) {
            x = pieces_of(a, values[k]);
            if (kind == LF_SLICE_TEXT && dash_first)
                windash(a, &x);
            for (size_t i = 0; i < out->n; i++) {
                struct lf_alternative *y = add(a, &more, 0);

                *y = out->at[i];
                append(a, y, &x);
            }
        }
        *out = more;
    }
    return LF_OK;
}

enum lf_code lf_text_filled(struct lf_load *l, const struct lf_chain *c, lf_view text, lf_view **out,
                            size_t *n)
{
    struct lf_arena *a = &l->rs->a;
    enum lf_slice kind;
    lf_view part, *now = LF_NEW(a, lf_view, 1);
    size_t count = 1;

    *now = lf_arena_copy(a, text);
    if (LF_HAS(c, LF_MOD_EXPAND)) {
        size_t all;

        LF_TRY(count_filled(l, c, text, &all));
        *now = (lf_view){ "", 0 };
        while (lf_placeholder_take(&text, &kind, &part)) {
            const lf_view *values = &part;
            size_t many = 1;
            lf_view *next;

            if (kind == LF_SLICE_NAME)
                LF_TRY(values_of(l, c, part, &values, &many));
            next = LF_NEW(a, lf_view, count * many);
            for (size_t k = 0; k < many; k++)
                for (size_t i = 0; i < count; i++) {
                    size_t len = now[i].len + values[k].len;
                    char *joined = lf_arena_alloc(a, len + 1, 1);

                    if (len > LF_VALUE_MOST)
                        return lf_err_set(l->e, LF_TOO_BIG,
                                          "%.*s: filled in, a value is longer than %d bytes", LF_FMT(c->key),
                                          LF_VALUE_MOST);
                    memcpy(joined, now[i].len ? now[i].ptr : "", now[i].len);
                    memcpy(joined + now[i].len, values[k].len ? values[k].ptr : "", values[k].len);
                    next[k * count + i] = (lf_view){ joined, len };
                }
            now = next;
            count *= many;
        }
    }
    *out = now;
    *n = count;
    return LF_OK;
}

/* ---- dashes [C7] ---- */

static const char *const dashes[] = { "-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95" };
enum { DASHES = 5 };

/* Bytes of a dash of any of the five kinds at the front of t, 0 = none. */
static size_t dash(lf_view t)
{
    if (t.len > 0 && (t.ptr[0] == '-' || t.ptr[0] == '/'))
        return 1;
    return t.len >= 3 && memcmp(t.ptr, "\xe2\x80", 2) == 0 && t.ptr[2] >= '\x93' && t.ptr[2] <= '\x95' ? 3
                                                                                                       : 0;
}

static void windash(struct lf_arena *a, struct lf_alternative *v)
{
    size_t most = v->n, m = 0;
    struct lf_piece *out;

    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; v->pieces[i].kind == LF_PIECE_TEXT && k < v->pieces[i].text.len; k++)
            if (dash(lf_view_from(v->pieces[i].text, k)) > 0)
                most += 2;
    out = LF_NEW(a, struct lf_piece, most ? most : 1);
    for (size_t i = 0; i < v->n; i++) {
        lf_view t = v->pieces[i].text;
        size_t from = 0, k = 0;

        if (v->pieces[i].kind != LF_PIECE_TEXT) {
            out[m++] = v->pieces[i];
            continue;
        }
        while (k < t.len) {
            size_t len = dash(lf_view_from(t, k));

            if (len == 0) {
                k++;
                continue;
            }
            if (k > from)
                out[m++] = (struct lf_piece){ LF_PIECE_TEXT, { t.ptr + from, k - from } };
            out[m++].kind = LF_PIECE_DASH;
            from = k += len;
        }
        if (k > from)
            out[m++] = (struct lf_piece){ LF_PIECE_TEXT, { t.ptr + from, k - from } };
    }
    v->pieces = out;
    v->n = m;
}

/* ---- encodings [C6] ---- */

/* An encoding needs the bytes: dashes that stand for any of five are written out,
 * and a wildcard has none. */
static enum lf_code plain_texts(const struct lf_load *l, const struct lf_chain *c, lf_view written,
                                const struct lf_alternatives *in, struct lf_alternatives *out)
{
    struct lf_arena *a = &l->rs->a;

    for (size_t i = 0; i < in->n; i++) {
        const struct lf_alternative *v = &in->at[i];
        size_t many = 1;

        for (size_t k = 0; k < v->n; k++) {
            if (v->pieces[k].kind == LF_PIECE_ONE || v->pieces[k].kind == LF_PIECE_ANY)
                return lf_err_set(
                    l->e, LF_BAD_INPUT,
                    "%.*s: a wildcard in \"%.*s\" can not be encoded; write contains, startswith "
                    "or endswith after the encoding instead",
                    LF_FMT(c->key), LF_FMT(lf_view_first(written, 120)));
            if (v->pieces[k].kind == LF_PIECE_DASH && (many *= DASHES) > LF_ALTERNATIVES_MOST)
                return too_many(l, c);
        }
        if (v->n == 0)
            return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: an empty value can not be encoded", LF_FMT(c->key));
        if (out->n + many > LF_ALTERNATIVES_MOST)
            return too_many(l, c);
        for (size_t which = 0; which < many; which++) {
            struct lf_alternative *x = add(a, out, 1);
            size_t left = which, len = 0;
            char *text;

            for (size_t k = 0; k < v->n; k++)
                len += v->pieces[k].kind == LF_PIECE_DASH ? 3 : v->pieces[k].text.len;
            text = lf_arena_alloc(a, len + 1, 1);
            len = 0;
            for (size_t k = 0; k < v->n; k++) {
                lf_view t = v->pieces[k].text;

                if (v->pieces[k].kind == LF_PIECE_DASH) {
                    t = lf_view_of(dashes[left % DASHES]);
                    left /= DASHES;
                }
                memcpy(text + len, t.ptr, t.len);
                len += t.len;
            }
            x->pieces[0] = (struct lf_piece){ LF_PIECE_TEXT, { text, len } };
            x->n = 1;
        }
    }
    return LF_OK;
}

static lf_view utf16(struct lf_arena *a, lf_view t, enum lf_mod how)
{
    char *out = lf_arena_alloc(a, t.len * 2 + 4, 1);
    size_t o = 0;

    if (how == LF_MOD_UTF16) {
        out[o++] = '\xff';
        out[o++] = '\xfe';
    }
    for (size_t i = 0; i < t.len;) {
        size_t n = lf_utf8_len(t.ptr[i]);
        uint32_t c = lf_utf8_get(t.ptr + i, n); /* YAML lets nothing but UTF-8 through */
        uint16_t unit[2];
        size_t units = 1;

        i += n;
        unit[0] = (uint16_t)c;
        if (c > 0xffff) {
            c -= 0x10000;
            unit[0] = (uint16_t)(0xd800 | c >> 10);
            unit[1] = (uint16_t)(0xdc00 | (c & 0x3ff));
            units = 2;
        }
        for (size_t k = 0; k < units; k++) {
            char hi = (char)(unit[k] >> 8), lo = (char)(unit[k] & 0xff);

            out[o++] = how == LF_MOD_UTF16BE ? hi : lo;
            out[o++] = how == LF_MOD_UTF16BE ? lo : hi;
        }
    }
    return (lf_view){ out, o };
}

/* The parts of the three encodings of `t` that do not depend on its neighbours. */
static void offsets(struct lf_arena *a, lf_view t, struct lf_alternatives *out)
{
    static const size_t skip[] = { 0, 2, 3 }, cut[] = { 0, 3, 2 };

    for (size_t i = 0; i < 3; i++) {
        char *raw = lf_arena_alloc(a, t.len + 3, 1);
        struct lf_alternative *x;
        lf_view b;
        size_t less;

        memset(raw, ' ', i);
        memcpy(raw + i, t.ptr, t.len);
        b = lf_base64(a, raw, t.len + i);
        less = skip[i] + cut[(t.len + i) % 3];
        if (b.len <= less)
            continue;
        x = add(a, out, 1);
        x->pieces[0] = (struct lf_piece){ LF_PIECE_TEXT, { b.ptr + skip[i], b.len - less } };
        x->n = 1;
    }
}

static enum lf_code encode(struct lf_load *l, const struct lf_chain *c, enum lf_mod m, lf_view written,
                           struct lf_alternatives *v)
{
    struct lf_arena *a = &l->rs->a;
    struct lf_alternatives in = { 0 }, out = { 0 };

    LF_TRY(plain_texts(l, c, written, v, &in));
    for (size_t i = 0; i < in.n; i++) {
        lf_view *t = &in.at[i].pieces[0].text;
        size_t before = out.n;

        if (m == LF_MOD_BASE64OFFSET) {
            offsets(a, *t, &out);
            if (out.n == before)
                return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: \"%.*s\" is too short to be found encoded",
                                  LF_FMT(c->key), LF_FMT(written));
            if (out.n > LF_ALTERNATIVES_MOST)
                return too_many(l, c);
            continue;
        }
        *t = m == LF_MOD_BASE64 ? lf_base64(a, t->ptr, t->len) : utf16(a, *t, m);
    }
    *v = m == LF_MOD_BASE64OFFSET ? out : in;
    return LF_OK;
}

/* ---- all of them ---- */

enum lf_code lf_text_alternatives(struct lf_load *l, const struct lf_chain *c, lf_view text,
                                  struct lf_alternatives *out)
{
    struct lf_arena *a = &l->rs->a;
    struct lf_alternatives v = { 0 };
    bool bytes = false, dash_first = false;

    for (size_t i = 0; i < c->n && c->list[i] != LF_MOD_EXPAND; i++)
        dash_first = dash_first || c->list[i] == LF_MOD_WINDASH;
    if (LF_HAS(c, LF_MOD_EXPAND)) {
        LF_TRY(fill(l, c, text, dash_first, &v));
    } else {
        struct lf_alternative *x = add(a, &v, 0);

        *x = pieces_of(a, text);
        dash_first = false;
    }
    for (size_t i = 0; i < c->n; i++) {
        enum lf_mod m = c->list[i];

        if (m == LF_MOD_WINDASH && !dash_first) {
            for (size_t k = 0; k < v.n; k++)
                windash(a, &v.at[k]);
        } else if (LF_BIT(m) & (LF_SET_UTF16 | LF_SET_BASE64)) {
            LF_TRY(encode(l, c, m, text, &v));
            bytes = LF_BIT(m) & LF_SET_UTF16;
        }
    }
    for (size_t k = 0; bytes && k < v.n; k++)
        if (!lf_view_is_utf8(v.at[k].pieces[0].text))
            return lf_err_set(l->e, LF_BAD_INPUT,
                              "%.*s: \"%.*s\" in UTF-16 is no text; write base64 or base64offset after it",
                              LF_FMT(c->key), LF_FMT(lf_view_first(text, 120)));
    *out = v;
    return LF_OK;
}
