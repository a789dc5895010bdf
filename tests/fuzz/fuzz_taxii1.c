/* A legacy centre's message (TAXII 1.1), or a national package (STIX 1.2) when the first byte is 'P': what is
 * made is STIX 2.1 by the strict check, and what is written of that is read again. */
#include "fmt/stix_check.h"
#include "fmt/taxii1.h"
#include "isac/format_national.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OBJECTS_MOST = 2048 };

struct sink {
    struct lf_arena a;
    const struct lf_json *o[OBJECTS_MOST];
    size_t n;
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
    struct lf_arena scratch = { 0 };
    const struct lf_json *o;

    LF_ASSERT(lf_json_parse(&s->a, lf_arena_copy(&s->a, json), &(struct lf_json_limits){ .unique = true }, &o,
                            e) == LF_OK);
    (void)lf_stix_check(&scratch, o, fault, NULL);
    lf_arena_clear(&scratch);
    if (s->n < OBJECTS_MOST)
        s->o[s->n++] = o;
    return LF_OK;
}

static void lost(void *ctx, const struct lf_loss *l)
{
    (void)ctx;
    LF_ASSERT(l->where.ptr && l->why[0] && lf_view_is_utf8(l->value));
}

static void package(struct sink *s, const struct lf_xml *root, bool strict)
{
    const struct lf_exchange to = { s, made, lost };
    const struct lf_format_use use = { .now = (lf_time)1790000000 * LF_SECOND, .source = LF_VIEW("fuzz") };
    struct national_item item;
    const struct lf_xml *again;
    struct lf_err e = { 0 };
    struct lf_buf b;

    s->n = 0;
    if (national_read(root, strict, &use, &to, &item, &e) != LF_OK) {
        LF_ASSERT(e.text[0] && item.code[0]);
        return;
    }
    lf_buf_init(&b, 64 << 20);
    for (size_t i = s->n; i-- > 0;)
        if (lf_view_is(lf_json_str(s->o[i], "type"), "report")) {
            LF_ASSERT(national_write(&s->a, &b, s->o[i], s->o, s->n, &to, &e) == LF_OK);
            LF_ASSERT(lf_xml_parse(&s->a, lf_buf_view(&b), NULL, &again, &e) == LF_OK);
            s->n = 0;
            LF_ASSERT(national_read(again, true, &use, &to, &item, &e) == LF_OK || item.code[0]);
            break;
        }
    lf_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sink s;
    const struct lf_xml *root;
    struct lf_err e = { 0 };
    struct lf_taxii1 m;
    lf_view all = { (const char *)data + 1, size ? size - 1 : 0 };

    if (size < 2 || size > 1 << 17)
        return 0;
    if (data[0] == 'P') {
        if (lf_xml_parse(&s.a, all, NULL, &root, &e) == LF_OK) {
            (void)national_is(root);
            package(&s, root, false);
            package(&s, root, true);
        }
    } else if (lf_taxii1_read(&s.a, all, NULL, &m, &e) == LF_OK) {
        LF_ASSERT(m.id.len && (!m.has_begin || m.begin >= 0));
        for (size_t i = 0; i < m.nblocks; i++)
            if (m.blocks[i].content)
                package(&s, m.blocks[i].content, true);
    } else {
        LF_ASSERT(e.text[0]);
    }
    lf_arena_clear(&s.a);
    return 0;
}
