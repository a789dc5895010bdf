#include "engine/pattern.h"

#include "engine/fold.h"

size_t lf_pieces_read(struct lf_arena *a, lf_view value, struct lf_piece **out)
{
    struct lf_piece *p = LF_NEW(a, struct lf_piece, value.len + 1);
    char *text = lf_arena_alloc(a, value.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (c == '*' || c == '?') {
            p[n++].kind = c == '*' ? LF_PIECE_ANY : LF_PIECE_ONE;
            continue;
        }
        if (c == '\\' && i + 1 < value.len) {
            char next = value.ptr[i + 1];

            if (next == '*' || next == '?' || next == '\\') {
                c = next;
                i++;
            }
        }
        *text = c;
        if (n > 0 && p[n - 1].kind == LF_PIECE_TEXT) {
            p[n - 1].text.len++;
        } else {
            p[n++] = (struct lf_piece){ LF_PIECE_TEXT, { text, 1 } };
        }
        text++;
    }
    *out = p;
    return n;
}

void lf_pattern_make(struct lf_arena *a, struct lf_piece *p, size_t n, struct lf_pattern *out)
{
    size_t m = 0;
    bool front, back;

    for (size_t i = 0; i < n; i++) {
        struct lf_piece *last = m > 0 ? &p[m - 1] : NULL;

        if (p[i].kind == LF_PIECE_TEXT && p[i].text.len == 0)
            continue;
        if (last && last->kind == LF_PIECE_ANY && p[i].kind == LF_PIECE_ANY)
            continue;
        if (last && last->kind == LF_PIECE_TEXT && p[i].kind == LF_PIECE_TEXT) {
            last->text = lf_arena_printf(a, "%.*s%.*s", (int)last->text.len, last->text.ptr,
                                         (int)p[i].text.len, p[i].text.ptr);
            continue;
        }
        p[m++] = p[i];
    }
    *out = (struct lf_pattern){ .shape = LF_SHAPE_GLOB, .pieces = p, .npieces = m };
    front = m > 0 && p[0].kind == LF_PIECE_ANY;
    back = m > 1 && p[m - 1].kind == LF_PIECE_ANY;
    if (m == 0) {
        out->shape = LF_SHAPE_EQUAL;
        out->text = (lf_view){ "", 0 };
    } else if (m == 1 && front) {
        out->shape = LF_SHAPE_CONTAINS; /* '*': any text, the empty one too */
        out->text = (lf_view){ "", 0 };
    } else if (m - (size_t)front - (size_t)back == 1 && p[front].kind == LF_PIECE_TEXT) {
        out->shape = front && back ? LF_SHAPE_CONTAINS
                     : front       ? LF_SHAPE_ENDS
                     : back        ? LF_SHAPE_STARTS
                                   : LF_SHAPE_EQUAL;
        out->text = p[front].text;
    }
}

/* Bytes of a dash at the front: - / and U+2013 U+2014 U+2015; 0 = none. */
static size_t dash(lf_view t)
{
    if (t.len > 0 && (t.ptr[0] == '-' || t.ptr[0] == '/'))
        return 1;
    if (t.len >= 3 && t.ptr[0] == '\xe2' && t.ptr[1] == '\x80' && t.ptr[2] >= '\x93' && t.ptr[2] <= '\x95')
        return 3;
    return 0;
}

/* Bytes that one piece (not '*') takes from the front of t, or SIZE_MAX. */
static size_t one(const struct lf_piece *p, lf_view t)
{
    size_t n;

    switch (p->kind) {
    case LF_PIECE_TEXT:
        return lf_view_starts(t, p->text) ? p->text.len : SIZE_MAX;
    case LF_PIECE_ONE:
        if (t.len == 0)
            return SIZE_MAX;
        n = lf_utf8_len(t.ptr[0]);
        return n < t.len ? n : t.len;
    case LF_PIECE_DASH:
        n = dash(t);
        return n > 0 ? n : SIZE_MAX;
    case LF_PIECE_ANY:
        break;
    }
    return SIZE_MAX;
}

static bool glob(const struct lf_piece *p, size_t n, lf_view text)
{
    size_t i = 0, at = 0;                /* piece, byte */
    size_t star = SIZE_MAX, star_at = 0; /* the last '*' and where its run ends for now */

    for (;;) {
        size_t took;

        if (i == n && at == text.len)
            return true;
        if (i < n && p[i].kind == LF_PIECE_ANY) {
            star = i++;
            star_at = at;
            continue;
        }
        took = i < n ? one(&p[i], lf_view_from(text, at)) : SIZE_MAX;
        if (took != SIZE_MAX) {
            at += took;
            i++;
            continue;
        }
        if (star == SIZE_MAX || star_at >= text.len)
            return false;
        /* The '*' takes one more character; a literal after it may be sought at once. */
        star_at += lf_utf8_len(text.ptr[star_at]);
        if (star_at > text.len)
            return false;
        if (star + 1 < n && p[star + 1].kind == LF_PIECE_TEXT) {
            size_t found = lf_view_find(lf_view_from(text, star_at), p[star + 1].text);

            if (found == SIZE_MAX)
                return false;
            star_at += found;
        }
        at = star_at;
        i = star + 1;
    }
}

bool lf_pattern_match(const struct lf_pattern *p, lf_view t)
{
    switch (p->shape) {
    case LF_SHAPE_EQUAL:
        return lf_view_eq(t, p->text);
    case LF_SHAPE_STARTS:
        return lf_view_starts(t, p->text);
    case LF_SHAPE_ENDS:
        return lf_view_ends(t, p->text);
    case LF_SHAPE_CONTAINS:
        return lf_view_find(t, p->text) != SIZE_MAX;
    case LF_SHAPE_GLOB:
        break;
    }
    return glob(p->pieces, p->npieces, t);
}

enum { ROW_MOST = 12, ROW_BYTES = 64 }; /* pieces and bytes of a row that is no trouble */

bool lf_pattern_steep(const struct lf_pattern *p)
{
    size_t row = 0, bytes = 0;
    bool star = false;

    if (p->shape != LF_SHAPE_GLOB)
        return false;
    for (size_t i = 0; i < p->npieces; i++) {
        if (p->pieces[i].kind == LF_PIECE_ANY) {
            star = true;
            row = bytes = 0;
            continue;
        }
        row++;
        bytes += p->pieces[i].kind == LF_PIECE_TEXT ? p->pieces[i].text.len : 1;
        if (star && (row > ROW_MOST || bytes > ROW_BYTES))
            return true;
    }
    return false;
}

lf_view lf_pattern_regex(struct lf_arena *a, const struct lf_pattern *p)
{
    static const char dashes[] = "[\\-/\xe2\x80\x93\xe2\x80\x94\xe2\x80\x95]";
    size_t most = 16, n = 0;
    char *out;

    for (size_t i = 0; i < p->npieces; i++)
        most += p->pieces[i].kind == LF_PIECE_TEXT ? p->pieces[i].text.len * 4 : sizeof dashes;
    out = lf_arena_alloc(a, most, 1);
    memcpy(out, "\\A", 2);
    n = 2;
    for (size_t i = 0; i < p->npieces; i++) {
        lf_view t = p->pieces[i].text;

        switch (p->pieces[i].kind) {
        case LF_PIECE_ANY:
            out[n++] = '.';
            out[n++] = '*';
            break;
        case LF_PIECE_ONE:
            out[n++] = '.';
            break;
        case LF_PIECE_DASH:
            memcpy(out + n, dashes, sizeof dashes - 1);
            n += sizeof dashes - 1;
            break;
        case LF_PIECE_TEXT:
            for (size_t k = 0; k < t.len; k++) {
                static const char digits[] = "0123456789abcdef";
                unsigned char c = (unsigned char)t.ptr[k];

                if (c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                    out[n++] = (char)c;
                    continue;
                }
                out[n++] = '\\';
                out[n++] = 'x';
                out[n++] = digits[c >> 4];
                out[n++] = digits[c & 15];
            }
            break;
        }
    }
    memcpy(out + n, "\\z", 2);
    return (lf_view){ out, n + 2 };
}
