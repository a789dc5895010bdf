/* A stranger's MISP export: whatever it says, what is made of it is STIX 2.1 by the strict check, under ids
 * that are there once, and MISP can be written of it. */
#include "fmt/misp.h"

#include "base/crypto.h"
#include "fmt/stix_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OBJECTS_MOST = 4096 };

struct sink {
    struct lf_arena a;
    const struct lf_json *o[OBJECTS_MOST];
    size_t n;
    struct lf_buf text;
};

static void fault(void *ctx, const struct lf_stix_fault *f)
{
    (void)ctx;
    if (!f->advice)
        LF_BUG("%.*s %.*s: %.*s", LF_FMT(f->id), LF_FMT(f->path), LF_FMT(f->text));
}

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct sink *s = ctx;
    const struct lf_json_limits limits = { .unique = true };
    struct lf_arena scratch = { 0 };
    const struct lf_json *o;

    LF_ASSERT(lf_json_parse(&s->a, lf_arena_copy(&s->a, json), &limits, &o, e) == LF_OK);
    (void)lf_stix_check(&scratch, o, fault, NULL);
    lf_arena_clear(&scratch);
    if (s->n < OBJECTS_MOST)
        s->o[s->n++] = o;
    return LF_OK;
}

static enum lf_code text(void *ctx, lf_view piece, struct lf_err *e)
{
    (void)e;
    lf_buf_put(&((struct sink *)ctx)->text, piece);
    return LF_OK;
}

static void lost(void *ctx, const struct lf_loss *l)
{
    (void)ctx;
    LF_ASSERT(l->where.len && l->why[0] && lf_view_is_utf8(l->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sink s;
    const struct lf_exchange in = { &s, made, lost }, out = { &s, text, lost };
    const struct lf_json *doc;
    struct lf_err e = { 0 };

    if (size > 1 << 16)
        return 0;
    s.n = 0;
    lf_buf_init(&s.text, 64 << 20);
    if (lf_misp_read((lf_view){ (const char *)data, size }, &in, &e) != LF_OK)
        LF_ASSERT(e.text[0]);
    LF_ASSERT(lf_misp_write(&s.a, s.o, s.n, &out, &e) == LF_OK);
    LF_ASSERT(lf_json_parse(&s.a, lf_buf_view(&s.text), &(struct lf_json_limits){ .bytes = 64 << 20 }, &doc,
                            &e) == LF_OK);
    lf_buf_clear(&s.text);
    lf_arena_clear(&s.a);
    return 0;
}
