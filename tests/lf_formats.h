/* What tests of formats share: objects that were made, held to the strict check, and losses. */
#ifndef LF_FORMATS_H
#define LF_FORMATS_H

#include "base/crypto.h"
#include "fmt/stix_check.h"
#include "isac/format.h"
#include "lf_test.h"

enum { MADE_MOST = 512 };

struct made {
    struct lf_arena a;
    const struct lf_json *o[MADE_MOST];
    size_t n, faults, nlost;
    struct {
        lf_view where, value, why;
    } lost[MADE_MOST];
    struct lf_buf text;
};

static inline void formats_fault(void *ctx, const struct lf_stix_fault *f)
{
    struct made *m = ctx;

    if (f->advice)
        return;
    m->faults++;
    printf("# %.*s %.*s: %.*s\n", LF_FMT(f->id), LF_FMT(f->path), LF_FMT(f->text));
}

static inline enum lf_code formats_made(void *ctx, lf_view json, struct lf_err *e)
{
    struct made *m = ctx;

    CHECK(m->n < MADE_MOST, "room");
    LF_TRY(lf_json_parse(&m->a, lf_arena_copy(&m->a, json), &(struct lf_json_limits){ .unique = true },
                         &m->o[m->n], e));
    if (lf_stix_check(&m->a, m->o[m->n++], formats_fault, m))
        printf("# %.*s\n", LF_FMT(json));
    return LF_OK;
}

static inline enum lf_code formats_text(void *ctx, lf_view piece, struct lf_err *e)
{
    (void)e;
    lf_buf_put(&((struct made *)ctx)->text, piece);
    return LF_OK;
}

static inline void formats_lost(void *ctx, const struct lf_loss *l)
{
    struct made *m = ctx;

    if (m->nlost == MADE_MOST)
        return;
    m->lost[m->nlost].where = lf_arena_copy(&m->a, l->where);
    m->lost[m->nlost].value = lf_arena_copy(&m->a, l->value);
    m->lost[m->nlost++].why = lf_arena_copy(&m->a, lf_view_of(l->why));
}

static inline enum lf_code formats_read(struct made *m, const char *format, lf_view text,
                                        const struct lf_format_use *use, struct lf_err *e)
{
    const struct lf_exchange to = { m, formats_made, formats_lost };
    const struct lf_format *f;

    LF_TRY(lf_format_find(lf_view_of(format), text, false, &f, e));
    return f->read(text, use, &to, e);
}

/* Into m->text. */
static inline enum lf_code formats_write(struct made *m, const char *format, const struct made *of,
                                         const struct lf_format_use *use, struct lf_err *e)
{
    const struct lf_exchange to = { m, formats_text, formats_lost };
    const struct lf_format *f;

    lf_buf_init(&m->text, 1 << 24);
    LF_TRY(lf_format_find(lf_view_of(format), LF_V(""), true, &f, e));
    return f->write(&m->a, of->o, of->n, use, &to, e);
}

static inline void formats_clear(struct made *m)
{
    lf_buf_clear(&m->text);
    lf_arena_clear(&m->a);
}

static inline const struct lf_json *formats_find(const struct made *m, const char *key, const char *value)
{
    for (size_t i = 0; i < m->n; i++)
        if (lf_view_is(lf_json_str(m->o[i], key), value))
            return m->o[i];
    return NULL;
}

static inline bool formats_lost_at(const struct made *m, const char *where)
{
    for (size_t i = 0; i < m->nlost; i++)
        if (lf_view_is(m->lost[i].where, where))
            return true;
    return false;
}

#endif
