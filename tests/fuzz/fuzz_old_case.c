/* Old cases of other systems from anywhere: read whole or refused with a sentence; what is read has what an
 * incident needs, within its limits. */
#include "cert/old_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read(struct lf_arena *a, const struct lf_old_file *file)
{
    const lf_time now = (lf_time)1795000000 * LF_SECOND;
    struct lf_old_cases x = { 0 };
    struct lf_err e = { 0 };

    if (lf_old_cases_read(a, file, now, &x, &e) != LF_OK) {
        LF_ASSERT(e.text[0] && !x.n);
        return;
    }
    LF_ASSERT(x.n <= (file->large ? LF_OLD_CASES_LARGE : LF_OLD_CASES) && (file->large || !x.nrefused));
    for (size_t i = 0; i < x.nrefused && i < LF_OLD_LOSSES; i++)
        LF_ASSERT(x.refused[i].where.len && x.refused[i].why.len);
    for (size_t i = 0; i < x.n; i++) {
        const struct lf_old_case *c = &x.items[i];
        size_t text = 0;

        LF_ASSERT(c->where.len && c->id.len && c->title.len && c->aware && c->aware <= now && c->level >= 0 &&
                  c->level <= 4);
        LF_ASSERT(c->nnotes <= LF_OLD_NOTES && lf_view_is_utf8(c->title) && lf_view_is_utf8(c->description));
        for (size_t k = 0; k < c->nnotes; k++)
            text += c->notes[k].text.len;
        LF_ASSERT(text <= LF_OLD_TEXT);
    }
}

/* The format's name, a line with a mapping, the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, format, mapping;
    struct lf_arena a = { 0 };

    if (!lf_view_split(&in, '\n', &format) || !lf_view_split(&in, '\n', &mapping))
        return 0;
    for (int large = 0; large < 2; large++)
        read(&a, &(struct lf_old_file){ .format = format, .text = in, .mapping = mapping, .large = large });
    lf_arena_clear(&a);
    return 0;
}
