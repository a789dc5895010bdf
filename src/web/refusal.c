#include "web/refusal.h"

#include "base/buf.h"

enum { PLACES = 10 };

static const struct {
    lf_view english, chinese;
} rows[] = {
#define LF_REFUSAL(english, chinese) { LF_VIEW(english), LF_VIEW(chinese) },
#include "web/refusal.def"
#undef LF_REFUSAL
};
enum { ROWS = sizeof rows / sizeof *rows };

bool lf_refusal_row(size_t i, lf_view *english, lf_view *chinese)
{
    if (i >= ROWS)
        return false;
    *english = rows[i].english;
    *chinese = rows[i].chinese;
    return true;
}

/* {n} at the front: its number, else -1. */
static int place(lf_view v)
{
    return v.len >= 3 && v.ptr[0] == '{' && v.ptr[2] == '}' && v.ptr[1] >= '0' && v.ptr[1] <= '9'
               ? v.ptr[1] - '0'
               : -1;
}

/* The text up to the next place, and that place's number; -1: there is none. */
static lf_view piece(lf_view *pattern, int *n)
{
    lf_view v = *pattern;

    for (size_t i = 0; i < v.len; i++) {
        *n = place(lf_view_from(v, i));
        if (*n >= 0) {
            *pattern = lf_view_from(v, i + 3);
            return lf_view_first(v, i);
        }
    }
    *n = -1;
    *pattern = lf_view_first(v, 0);
    return v;
}

/* Places take as little as lets the piece behind them fit; the last takes what is left before the end. */
static bool fits(lf_view pattern, lf_view text, lf_view *values)
{
    int n;
    lf_view at = piece(&pattern, &n);

    if (!lf_view_starts(text, at))
        return false;
    text = lf_view_from(text, at.len);
    while (n >= 0) {
        int next;
        lf_view behind = piece(&pattern, &next);
        size_t end = lf_view_find(text, behind);

        if (next < 0) { /* the last piece is the end */
            if (text.len < behind.len || !lf_view_eq(lf_view_from(text, text.len - behind.len), behind))
                return false;
            values[n] = lf_view_first(text, text.len - behind.len);
            return true;
        }
        if (end == SIZE_MAX)
            return false;
        values[n] = lf_view_first(text, end);
        text = lf_view_from(text, end + behind.len);
        n = next;
    }
    return text.len == 0;
}

static lf_view row_text(struct lf_arena *a, lf_view english)
{
    for (size_t i = 0; i < ROWS; i++) {
        lf_view values[PLACES] = { { NULL, 0 } }, left = rows[i].chinese, out;
        struct lf_buf b;
        int n;

        if (!fits(rows[i].english, english, values))
            continue;
        lf_buf_init(&b, 64 << 10);
        do {
            lf_buf_put(&b, piece(&left, &n));
            if (n >= 0)
                lf_buf_put(&b, values[n]);
        } while (n >= 0);
        out = lf_arena_copy(a, lf_buf_view(&b));
        lf_buf_clear(&b);
        return out;
    }
    return (lf_view){ NULL, 0 };
}

/* A file's line that will not do: "line 3: why". */
static lf_view line_text(struct lf_arena *a, lf_view english)
{
    lf_view rest, why;
    uint64_t line;
    size_t end;

    if (!lf_view_starts(english, LF_V("line ")))
        return (lf_view){ NULL, 0 };
    rest = lf_view_from(english, 5);
    end = lf_view_find(rest, LF_V(": "));
    if (end == SIZE_MAX || !lf_view_u64(lf_view_first(rest, end), &line))
        return (lf_view){ NULL, 0 };
    why = row_text(a, lf_view_from(rest, end + 2));
    return why.ptr ? lf_arena_printf(a, "第 %llu 行：%.*s", (unsigned long long)line, LF_FMT(why)) : why;
}

lf_view lf_refusal_text(struct lf_arena *a, lf_view english)
{
    lf_view whole = row_text(a, english);

    return whole.ptr ? whole : line_text(a, english);
}
