#include "engine/hint.h"

#include "engine/grams.h"
#include "engine/prints.h"

enum { PART_LEAST = 3 }; /* bytes of a part; shorter ones are everywhere */

/* What may stand for a letter: an escape for one (\u0041 to \u007a), the long s and the Kelvin sign as
 * escapes and as they are. */
static const lf_view hiders[] = { LF_VIEW("\\u004"),   LF_VIEW("\\u005"),      LF_VIEW("\\u006"),
                                  LF_VIEW("\\u007"),   LF_VIEW("\\u017f"),     LF_VIEW("\\u212a"),
                                  LF_VIEW("\xc5\xbf"), LF_VIEW("\xe2\x84\xaa") };

struct lf_hint {
    lf_view texts[LF_PRINTS_MOST]; /* hiders, then parts */
    uint8_t at[LF_PRINTS_MOST];
    size_t n, nhiders;
    struct lf_prints *prints; /* NULL: they are too many */
    /* Of documents in which nothing hides; NULL: a part is too short. */
    struct lf_grams *grams;
};

/* Never written but as it is, or as \u00XX, and then the document is not bare (lf_json_bare). */
static bool plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && !strchr("\"\\/'<>&", c);
}

static bool letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static lf_view part_of(lf_view t)
{
    lf_view best = { t.ptr, 0 };

    for (size_t i = 0, from = 0; i <= t.len; i++)
        if (i == t.len || !plain((unsigned char)t.ptr[i])) {
            if (i - from > best.len)
                best = (lf_view){ t.ptr + from, i - from };
            from = i + 1;
        }
    return best;
}

static bool put(struct lf_hint *h, lf_view text, size_t at)
{
    if (h->n == LF_PRINTS_MOST)
        return false;
    h->at[h->n] = (uint8_t)at;
    h->texts[h->n++] = text;
    return true;
}

/* Hiders and parts; false: they are too many. */
static bool gather(struct lf_hint *h, struct lf_arena *a, const lf_view *parts, size_t n)
{
    bool used[128] = { false };

    for (size_t i = 0; i < sizeof hiders / sizeof *hiders; i++)
        (void)put(h, hiders[i], lf_prints_place(hiders[i]));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < parts[i].len; k++) {
            unsigned char c = (unsigned char)parts[i].ptr[k];

            /* By its digits: "\u00" is in many texts. */
            if (!letter(c) && !used[c] && !put(h, lf_arena_printf(a, "\\u00%02x", c), 2))
                return false;
            used[c] = true;
        }
    h->nhiders = h->n;
    for (size_t i = 0; i < n; i++)
        if (!put(h, parts[i], lf_prints_place(parts[i])))
            return false;
    return true;
}

struct lf_hint *lf_hint_create(struct lf_arena *a, const lf_view *literals, size_t n)
{
    struct lf_hint *h = LF_NEW(a, struct lf_hint, 1);
    lf_view *parts = LF_NEW(a, lf_view, n ? n : 1);
    size_t shortest = SIZE_MAX;

    for (size_t i = 0; i < n; i++) {
        parts[i] = part_of(literals[i]);
        if (parts[i].len < shortest)
            shortest = parts[i].len;
    }
    if (n == 0 || shortest < PART_LEAST)
        return NULL;
    if (gather(h, a, parts, n))
        h->prints = lf_prints_create(h->texts, h->n, h->at);
    if (shortest >= LF_GRAMS_LEAST)
        h->grams = lf_grams_create(parts, n);
    return h->prints || h->grams ? h : NULL;
}

void lf_hint_clear(struct lf_hint *h)
{
    if (!h)
        return;
    lf_prints_destroy(h->prints);
    lf_grams_destroy(h->grams);
}

struct look {
    const struct lf_hint *h;
    lf_view json;
    bool may;
};

/* Whether the backslash at `at` begins an escape, and is not itself what one stands for. */
static bool begins(lf_view json, size_t at)
{
    size_t before = 0;

    while (before < at && json.ptr[at - 1 - before] == '\\')
        before++;
    return before % 2 == 0;
}

static enum lf_prints_then found(void *ctx, unsigned number, size_t at)
{
    struct look *l = ctx;

    /* Places are found whatever the case: "\U" is no escape. */
    if (number < l->h->nhiders && l->json.ptr[at] == '\\' &&
        (l->json.ptr[at + 1] != 'u' || !begins(l->json, at)))
        return LF_PRINTS_MORE;
    l->may = true;
    return LF_PRINTS_STOP;
}

static bool part_found(void *ctx, unsigned number)
{
    bool *may = ctx;

    (void)number;
    *may = true;
    return false;
}

bool lf_hint_may_hold(const struct lf_hint *h, lf_view json, bool bare)
{
    uint64_t left = h->n == 64 ? UINT64_MAX : ((uint64_t)1 << h->n) - 1;
    struct look l = { .h = h, .json = json };

    if (bare && h->grams)
        return !lf_grams_scan(h->grams, json, part_found, &l.may) || l.may;
    if (!h->prints)
        return true;
    return !lf_prints_scan(h->prints, json, &left, found, &l) || l.may;
}
