/* Shapes: the names of a record's members in their order.
 *
 * Records of one kind have the same names event after event, so what is found out about each name is
 * kept with the shape and met again, by whoever looks at the event, without a look into a table for each
 * name: the "hidden classes" of Chambers, Ungar and Lee (OOPSLA 1989) without the object system. */
#ifndef LF_ENGINE_SHAPE_H
#define LF_ENGINE_SHAPE_H

#include "fmt/json.h"

enum {
    LF_SHAPES = 256,       /* places; a shape has one by its names */
    LF_SHAPE_MEMBERS = 96, /* a record with more has none */
    LF_SHAPE_TEXT = 1536,  /* bytes of its names together */
    LF_SHAPE_STRIKES = 2,  /* others in its place, one after another, before it makes room */
};

/* What an event says of its shape. */
struct lf_shape {
    uint64_t id[2];  /* a hash of the names that nobody can make two of */
    uint16_t number; /* below LF_SHAPES: a place for what is kept of it, with its id */
    uint16_t n;      /* members; 0: no shape is known */
};
static inline bool lf_shape_is(const struct lf_shape *s, const uint64_t id[2])
{
    return s->id[0] == id[0] && s->id[1] == id[1];
}

/* At most LF_SHAPES shapes of 2 KB each, made when first met. */
struct lf_shapes;
struct lf_shapes *lf_shapes_create(void);
void lf_shapes_destroy(struct lf_shapes *s);
/* That of the object; none for what is no object, too wide, or new where another was met of late. */
struct lf_shape lf_shapes_of(struct lf_shapes *s, const struct lf_json *object);

/* Names are short and nearly always the one that is looked for: compared without a call. */
static inline uint64_t lf_name_word(const char *p, size_t n)
{
    uint64_t w = 0;

    memcpy(&w, p, n);
    return w;
}

static inline bool lf_name_same(const char *x, const char *y, size_t n)
{
    if (n < 4)
        return n == 0 || (x[0] == y[0] && x[n / 2] == y[n / 2] && x[n - 1] == y[n - 1]);
    if (n < 8)
        return lf_name_word(x, 4) == lf_name_word(y, 4) &&
               lf_name_word(x + n - 4, 4) == lf_name_word(y + n - 4, 4);
    return lf_name_word(x, 8) == lf_name_word(y, 8) &&
           lf_name_word(x + n - 8, 8) == lf_name_word(y + n - 8, 8) &&
           (n <= 16 || memcmp(x + 8, y + 8, n - 16) == 0);
}

#endif
