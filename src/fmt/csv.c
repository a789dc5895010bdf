#include "fmt/csv.h"

#include <string.h>

/* A sign, digits, a point, digits: all that a number of ours is. */
static bool number(lf_view v)
{
    size_t points = 0, digits = 0;

    for (size_t i = v.len && (v.ptr[0] == '-' || v.ptr[0] == '+'); i < v.len; i++)
        if (v.ptr[i] >= '0' && v.ptr[i] <= '9')
            digits++;
        else if (v.ptr[i] != '.' || points++)
            return false;
    return digits > 0;
}

/* Some programs look behind blanks for a formula. */
static bool formula(lf_view v)
{
    lf_view said = lf_view_trim(v);

    return v.len && (memchr("=+-@\t\r", v.ptr[0], 6) || (said.len && memchr("=+-@", said.ptr[0], 4))) &&
           !number(said);
}

lf_view lf_csv_said(lf_view cell)
{
    lf_view rest = cell.len && cell.ptr[0] == '\'' ? lf_view_from(cell, 1) : cell;

    return formula(rest) ? rest : cell;
}

void lf_csv_put(struct lf_buf *b, lf_view v, bool last)
{
    bool quoted = v.len && (v.ptr[0] == ' ' || v.ptr[v.len - 1] == ' '); /* readers drop bare blanks */

    for (size_t i = 0; i < v.len; i++)
        quoted = quoted || v.ptr[i] == '"' || v.ptr[i] == ',' || v.ptr[i] == '\n' || v.ptr[i] == '\r';
    if (quoted)
        lf_buf_byte(b, '"');
    if (formula(v))
        lf_buf_byte(b, '\'');
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '"')
            lf_buf_byte(b, '"');
        lf_buf_byte(b, v.ptr[i]);
    }
    if (quoted)
        lf_buf_byte(b, '"');
    if (last)
        LF_PUT(b, "\r\n");
    else
        lf_buf_byte(b, ',');
}

lf_view lf_csv_clean(struct lf_arena *a, lf_view v)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4 * v.len + 1);
    for (size_t i = 0, n; i < v.len; i += n) {
        unsigned char c = (unsigned char)v.ptr[i];
        bool whole;

        n = lf_utf8_len((char)c);
        whole = n <= v.len - i && lf_view_is_utf8((lf_view){ v.ptr + i, n });
        if (!whole)
            n = 1;
        if (!whole || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f ||
            (c == 0xc2 && (unsigned char)v.ptr[i + 1] < 0xa0))
            for (size_t k = 0; k < n; k++)
                lf_buf_put(&b, lf_arena_printf(a, "\\x%02x", (unsigned char)v.ptr[i + k]));
        else
            lf_buf_put(&b, (lf_view){ v.ptr + i, n });
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code lf_csv_begin(struct lf_csv *c, lf_view text, struct lf_err *e)
{
    if (!lf_view_is_utf8(text))
        return lf_err_set(e, LF_BAD_INPUT, "the CSV file is not UTF-8; save it so");
    *c = (struct lf_csv){ .next = 1, .delimiter = ',' };
    c->left = lf_view_starts(text, LF_V("\xef\xbb\xbf")) ? lf_view_from(text, 3) : text;
    return LF_OK;
}

enum lf_code lf_csv_row(struct lf_csv *c, struct lf_arena *a, lf_view field[LF_CSV_FIELDS], size_t *n,
                        bool *more, struct lf_err *e)
{
    bool quoted = false, was_quoted = false;
    struct lf_buf b;

    *n = 0;
    *more = c->left.len > 0;
    c->line = c->next;
    if (!*more)
        return LF_OK;
    lf_buf_init(&b, c->left.len + 1);
    for (;;) {
        bool end = c->left.len == 0;
        char ch = end ? '\n' : c->left.ptr[0];

        if (!end)
            c->left = lf_view_from(c->left, 1);
        c->next += ch == '\n';
        if (quoted && end)
            break;
        if (quoted && ch == '"' && c->left.len && c->left.ptr[0] == '"') {
            lf_buf_byte(&b, '"');
            c->left = lf_view_from(c->left, 1);
        } else if (ch == '"' && (quoted || (b.len == 0 && !was_quoted))) {
            was_quoted = true;
            quoted = !quoted;
        } else if (!quoted && (ch == c->delimiter || ch == '\n')) {
            lf_view v = lf_buf_view(&b);

            if (*n == LF_CSV_FIELDS)
                break;
            if (!was_quoted)
                v = lf_view_trim(v);
            field[(*n)++] = lf_arena_copy(a, v);
            lf_buf_reset(&b);
            was_quoted = false;
            if (ch == '\n') {
                lf_buf_clear(&b);
                return LF_OK;
            }
        } else if (quoted || ch != '\r' || (c->left.len && c->left.ptr[0] != '\n')) {
            lf_buf_byte(&b, ch);
        }
    }
    lf_buf_clear(&b);
    return lf_err_set(e, LF_BAD_INPUT, "line %zu: %s", c->line,
                      quoted ? "a quotation mark opens and never closes" : "more than 64 fields");
}
