/* The words that an incident is found by: those of its title and description, and its report's number. */
#include "cert/incident_priv.h"

enum { TERM_BYTES = 48 };

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || c == '@';
}

static size_t character(lf_view v, size_t at)
{
    unsigned char c = (unsigned char)v.ptr[at];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    return at + n <= v.len ? n : v.len - at;
}

static void add(lf_view *terms, size_t *n, size_t most, lf_view term)
{
    for (size_t i = 0; i < *n; i++)
        if (lf_view_eq(terms[i], term))
            return;
    if (*n < most)
        terms[(*n)++] = term;
}

static lf_view folded(struct lf_arena *a, lf_view v)
{
    lf_view out = lf_arena_copy(a, lf_view_first(v, TERM_BYTES));
    char *p = LF_NEW(a, char, out.len + 1);

    for (size_t i = 0; i < out.len; i++)
        p[i] = out.ptr[i] >= 'A' && out.ptr[i] <= 'Z' ? (char)(out.ptr[i] + 32) : out.ptr[i];
    return (lf_view){ p, out.len };
}

/* Latin words as a whole and, where they have dots or hyphens, in their parts; of other writing,
 * which has no blanks, each two characters that stand together. */
size_t incident_terms(struct lf_arena *a, lf_view text, bool parts, lf_view *terms, size_t most)
{
    size_t n = 0, at = 0;

    while (at < text.len && n < most) {
        size_t from = at, one, two;

        while (at < text.len && is_word(text.ptr[at]))
            at++;
        if (at > from) {
            lf_view word = { text.ptr + from, at - from };

            while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == '-'))
                word.len--;
            while (word.len && (word.ptr[0] == '.' || word.ptr[0] == '-'))
                word = lf_view_from(word, 1);
            if (word.len)
                add(terms, &n, most, folded(a, word));
            for (size_t i = 0, p = 0; parts && i <= word.len; i++)
                if (i == word.len || word.ptr[i] == '.' || word.ptr[i] == '-' || word.ptr[i] == '@') {
                    if (i > p && i - p < word.len)
                        add(terms, &n, most, folded(a, (lf_view){ word.ptr + p, i - p }));
                    p = i + 1;
                }
            continue;
        }
        one = character(text, at);
        if (one == 1) {
            at++;
            continue;
        }
        two = at + one < text.len ? character(text, at + one) : 0;
        if (two > 1)
            add(terms, &n, most, (lf_view){ text.ptr + at, one + two });
        if (parts)
            add(terms, &n, most, (lf_view){ text.ptr + at, one });
        /* A character by itself is asked for only when nothing stands beside it. */
        else if (two <= 1 && (at == 0 || (unsigned char)text.ptr[at - 1] < 0x80))
            add(terms, &n, most, (lf_view){ text.ptr + at, one });
        at += one;
    }
    return n;
}
