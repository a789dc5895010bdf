#include "engine/shape.h"

#include <stdlib.h>

#include "base/crypto.h"

struct kept {
    struct lf_shape shape;
    uint16_t strikes;
    uint16_t len[LF_SHAPE_MEMBERS];
    char text[LF_SHAPE_TEXT]; /* the names, one behind another */
};
struct lf_shapes {
    struct kept *at[LF_SHAPES];
};

struct lf_shapes *lf_shapes_create(void)
{
    struct lf_shapes *s = calloc(1, sizeof *s);

    if (!s)
        LF_BUG("no memory for shapes");
    return s;
}

void lf_shapes_destroy(struct lf_shapes *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < LF_SHAPES; i++)
        free(s->at[i]);
    free(s);
}

/* By how many members there are and what some of them are called. */
static size_t place(const struct lf_json *o)
{
    const size_t some[] = { 0, o->n / 4, o->n / 2, o->n - o->n / 4 - 1, o->n - 1 };
    uint64_t h = o->n;

    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        const struct lf_json *key = &o->items[2 * some[i]];

        h = h * 0x9e3779b97f4a7c15u + key->n;
        if (key->n > 0)
            h += (uint64_t)(unsigned char)key->text[0] << 32 | (uint64_t)(unsigned char)key->text[key->n - 1]
                                                                   << 40;
        h ^= h >> 29;
    }
    return (size_t)((h * 0x9e3779b97f4a7c15u) >> 40) % LF_SHAPES;
}

static bool same(const struct kept *s, const struct lf_json *o)
{
    const char *p = s->text;

    if (s->shape.n != o->n)
        return false;
    for (size_t i = 0; i < o->n; i++) {
        const struct lf_json *key = &o->items[2 * i];

        if (key->n != s->len[i] || !lf_name_same(key->text, p, key->n))
            return false;
        p += key->n;
    }
    return true;
}

/* By the names and where each ends, which lie one behind another. */
static void identify(struct kept *s, size_t len)
{
    uint8_t sum[LF_SHA256];

    static_assert(offsetof(struct kept, text) == offsetof(struct kept, len) + sizeof s->len,
                  "nothing between lengths and names");
    memset(s->len + s->shape.n, 0, sizeof s->len - s->shape.n * sizeof *s->len);
    lf_sha256((lf_view){ (const char *)s->len, sizeof s->len + len }, sum);
    memcpy(s->shape.id, sum, sizeof s->shape.id);
}

/* Of nothing when the names are too long. */
static void name(struct kept *s, const struct lf_json *o)
{
    size_t n = 0;

    s->shape.n = s->strikes = 0;
    for (size_t i = 0; i < o->n; i++) {
        const struct lf_json *key = &o->items[2 * i];

        if (key->n > LF_SHAPE_TEXT - n)
            return;
        if (key->n > 0)
            memcpy(s->text + n, key->text, key->n);
        s->len[i] = (uint16_t)key->n;
        n += key->n;
    }
    s->shape.n = (uint16_t)o->n;
    identify(s, n);
}

struct lf_shape lf_shapes_of(struct lf_shapes *s, const struct lf_json *o)
{
    const struct lf_shape none = { 0 };
    struct kept *at;
    size_t i;

    if (lf_json_kind(o) != LF_JSON_OBJECT || o->n == 0 || o->n > LF_SHAPE_MEMBERS)
        return none;
    i = place(o);
    at = s->at[i];
    if (at && same(at, o)) {
        at->strikes = 0;
        return at->shape;
    }
    if (at && at->shape.n > 0 && ++at->strikes < LF_SHAPE_STRIKES)
        return none;
    if (!at && !(at = s->at[i] = malloc(sizeof *at)))
        LF_BUG("no memory for a shape");
    at->shape.number = (uint16_t)i;
    name(at, o);
    return at->shape;
}
