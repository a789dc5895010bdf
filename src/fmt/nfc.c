#include "fmt/nfc.h"

#include "fmt/nfc_table.h"

enum {
    SBASE = 0xac00,
    LBASE = 0x1100,
    VBASE = 0x1161,
    TBASE = 0x11a7,
    LCOUNT = 19,
    VCOUNT = 21,
    TCOUNT = 28
};

/* Sorted by the first member: its place, or SIZE_MAX. */
#define FIND(table, key, out)                                                                                \
    do {                                                                                                     \
        size_t lo = 0, hi = sizeof(table) / sizeof *(table);                                                 \
        *(out) = SIZE_MAX;                                                                                   \
        while (lo < hi) {                                                                                    \
            size_t mid = (lo + hi) / 2;                                                                      \
            if ((table)[mid].c == (key)) {                                                                   \
                *(out) = mid;                                                                                \
                break;                                                                                       \
            }                                                                                                \
            if ((table)[mid].c < (key))                                                                      \
                lo = mid + 1;                                                                                \
            else                                                                                             \
                hi = mid;                                                                                    \
        }                                                                                                    \
    } while (0)

static unsigned class_of(uint32_t c)
{
    size_t at;

    if (c < 0x300)
        return 0;
    FIND(nfc_ccc, c, &at);
    return at == SIZE_MAX ? 0 : nfc_ccc[at].ccc;
}

/* The one character that a and b make, or 0. */
static uint32_t composed(uint32_t a, uint32_t b)
{
    size_t lo = 0, hi = sizeof nfc_pair / sizeof *nfc_pair;

    if (a >= LBASE && a < LBASE + LCOUNT && b >= VBASE && b < VBASE + VCOUNT)
        return SBASE + ((a - LBASE) * VCOUNT + (b - VBASE)) * TCOUNT;
    if (a >= SBASE && a < SBASE + LCOUNT * VCOUNT * TCOUNT && (a - SBASE) % TCOUNT == 0 && b > TBASE &&
        b < TBASE + TCOUNT)
        return a + (b - TBASE);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (nfc_pair[mid].a == a && nfc_pair[mid].b == b)
            return nfc_pair[mid].c;
        if (nfc_pair[mid].a < a || (nfc_pair[mid].a == a && nfc_pair[mid].b < b))
            lo = mid + 1;
        else
            hi = mid;
    }
    return 0;
}

struct point {
    uint32_t c;
    uint8_t ccc;
};

/* Marks of one letter in the order of their classes, those of one class as they came: by
 * counting, so that a letter with very many costs no more each. */
static void sort(struct lf_arena *a, struct point *p, size_t n)
{
    size_t count[257] = { 0 };
    struct point *out;
    bool sorted = true;

    for (size_t i = 1; i < n; i++)
        sorted = sorted && p[i - 1].ccc <= p[i].ccc;
    if (sorted)
        return;
    out = lf_arena_alloc(a, n * sizeof *out, _Alignof(struct point));
    for (size_t i = 0; i < n; i++)
        count[p[i].ccc + 1]++;
    for (size_t i = 1; i < 257; i++)
        count[i] += count[i - 1];
    for (size_t i = 0; i < n; i++)
        out[count[p[i].ccc]++] = p[i];
    memcpy(p, out, n * sizeof *p);
}

static size_t split(uint32_t c, struct point out[8])
{
    size_t at;

    if (c >= SBASE && c < SBASE + LCOUNT * VCOUNT * TCOUNT) {
        uint32_t s = c - SBASE;

        out[0].c = LBASE + s / (VCOUNT * TCOUNT);
        out[1].c = VBASE + s % (VCOUNT * TCOUNT) / TCOUNT;
        out[2].c = TBASE + s % TCOUNT;
        return s % TCOUNT ? 3 : 2;
    }
    FIND(nfc_split, c, &at);
    if (at == SIZE_MAX) {
        out[0].c = c;
        return 1;
    }
    for (size_t i = 0; i < nfc_split[at].n; i++)
        out[i].c = nfc_flat[nfc_split[at].at + i];
    return nfc_split[at].n;
}

lf_view lf_nfc(struct lf_arena *a, lf_view v)
{
    struct point *p;
    size_t n = 0, m = 0, len = 0, starter = SIZE_MAX;
    unsigned last = 0;
    bool high = false;
    char *out;

    /* Below U+0300 nothing joins and nothing splits that would not join again. */
    for (size_t i = 0; i < v.len && !high; i++)
        high = (unsigned char)v.ptr[i] >= 0xcc;
    if (!high)
        return v;
    /* No character splits into more than 4, none of one byte splits, and it is at least two. */
    p = lf_arena_alloc(a, lf_arena_mul(v.len * 2 + 8, sizeof *p), _Alignof(struct point));
    for (size_t i = 0; i < v.len;) {
        size_t bytes = lf_utf8_len(v.ptr[i]);
        struct point part[8];
        size_t k = split(lf_utf8_get(v.ptr + i, bytes), part);

        for (size_t j = 0; j < k; j++)
            p[n++] = (struct point){ part[j].c, (uint8_t)class_of(part[j].c) };
        i += bytes;
    }
    for (size_t i = 0; i < n;) {
        size_t from = i;

        while (i < n && p[i].ccc)
            i++;
        if (i - from > 1)
            sort(a, p + from, i - from);
        while (i < n && !p[i].ccc)
            i++;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t c = 0;

        /* What stands between does not block it: a mark of lower class, or nothing. */
        if (starter != SIZE_MAX && (last < p[i].ccc || (last == 0 && starter + 1 == m)))
            c = composed(p[starter].c, p[i].c);
        if (c) {
            p[starter].c = c;
            continue;
        }
        if (!p[i].ccc)
            starter = m;
        last = p[i].ccc;
        p[m++] = p[i];
    }
    out = lf_arena_alloc(a, m * 4 + 1, 1);
    for (size_t i = 0; i < m; i++)
        len += lf_utf8_put(out + len, p[i].c);
    return (lf_view){ out, len };
}
