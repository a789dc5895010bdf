/* A stranger's file in any format but STIX itself (the first byte says which): what is made of it is STIX 2.1
 * by the strict check, and every format can be written of that. */
#include "base/crypto.h"
#include "fmt/stix_check.h"
#include "isac/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OBJECTS_MOST = 2048 };

struct sink {
    struct lf_arena a;
    const struct lf_json *o[OBJECTS_MOST];
    size_t n;
    bool passes_on;
};

/* What 2.0 had of others' properties is passed on, and told where it is not 2.1. */
static void fault(void *ctx, const struct lf_stix_fault *f)
{
    if (!f->advice && !*(const bool *)ctx)
        LF_BUG("%.*s %.*s: %.*s", LF_FMT(f->id), LF_FMT(f->path), LF_FMT(f->text));
}

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct sink *s = ctx;
    struct lf_arena scratch = { 0 };
    const struct lf_json *o;

    LF_ASSERT(lf_json_parse(&s->a, lf_arena_copy(&s->a, json), &(struct lf_json_limits){ .unique = true }, &o,
                            e) == LF_OK);
    (void)lf_stix_check(&scratch, o, fault, &s->passes_on);
    lf_arena_clear(&scratch);
    if (s->n < OBJECTS_MOST)
        s->o[s->n++] = o;
    return LF_OK;
}

static enum lf_code text(void *ctx, lf_view piece, struct lf_err *e)
{
    (void)ctx;
    (void)e;
    LF_ASSERT(piece.ptr || !piece.len);
    return LF_OK;
}

static void lost(void *ctx, const struct lf_loss *l)
{
    (void)ctx;
    LF_ASSERT(l->where.ptr && l->why[0] && lf_view_is_utf8(l->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "list", "csv", "kev", "csaf", "stix20", "openioc", "stix1" };
    static struct sink s;
    const struct lf_exchange in = { &s, made, lost }, out = { &s, text, lost };
    struct lf_format_use use = { .now = (lf_time)1790000000 * LF_SECOND, .source = LF_VIEW("fuzz") };
    const struct lf_format *f;
    struct lf_err e = { 0 };
    lf_view all = { (const char *)data, size };
    size_t cut;

    if (size < 2 || size > 1 << 16)
        return 0;
    if (lf_format_find(lf_view_of(names[(data[0] & 31) % (sizeof names / sizeof *names)]), all, false, &f,
                       &e) != LF_OK)
        return 0;
    all = lf_view_from(all, 1);
    cut = lf_view_find(all, LF_V("\n\n\n")); /* a mapping may stand before the table */
    if (f->name[0] == 'c' && f->name[2] == 'v' && cut != SIZE_MAX) {
        use.mapping = lf_view_first(all, cut);
        all = lf_view_from(all, cut + 3);
    }
    s.n = 0;
    s.passes_on = lf_view_is(lf_view_of(f->name), "stix20");
    if (f->read(all, &use, &in, &e) != LF_OK)
        LF_ASSERT(e.text[0]);
    for (size_t i = 0; (f = lf_format_at(i)); i++)
        if (f->write)
            LF_ASSERT(f->write(&s.a, s.o, s.n, &use, &out, &e) == LF_OK ||
                      lf_view_is(lf_view_of(f->name), "national")); /* it wants exactly one report */
    lf_arena_clear(&s.a);
    return 0;
}
