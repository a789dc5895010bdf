/* A form's definition, a sector's additions and values from anywhere: taken whole or refused with a
 * sentence; what passes the check has texts and answers. */
#include "engine/form.h"
#include "engine/level.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void values(struct lf_arena *a, const struct lf_form *f, lf_view in)
{
    const struct lf_json *v, *answers;
    struct lf_form_said t[16];
    struct lf_err e = { 0 };
    struct lf_buf b;
    int level = 0;

    if (lf_json_parse(a, in, NULL, &v, NULL) != LF_OK)
        return;
    for (unsigned s = 0; s < 1u << LF_STAGES; s++)
        (void)lf_form_troubles(f, s, v, 0, t, 16);
    if (lf_form_check(f, 1, v, LF_TIME_MAX, &e) != LF_OK)
        LF_ASSERT(e.text[0]);
    for (size_t i = 0; i < f->nfields; i++)
        (void)lf_form_text(a, &f->fields[i], lf_json_get(v, f->fields[i].id), true);
    answers = lf_form_answers(a, v, LF_V("x"));
    lf_buf_init(&b, 1 << 20);
    if (answers && lf_level_judge(a, answers, &b, &level, &e) == LF_OK)
        LF_ASSERT(level >= 0 && level <= 4);
    lf_buf_clear(&b);
}

/* A definition, a line of its own "--", additions, another one, values. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, part[3] = { { 0 } };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_form f;

    for (size_t i = 0; i < 3; i++) {
        size_t cut = lf_view_find(in, LF_V("\n--\n"));

        part[i] = lf_view_first(in, cut);
        in = cut == SIZE_MAX ? LF_V("") : lf_view_from(in, cut + 4);
    }
    if (lf_form_load(&a, part[0], &f, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        size_t before = f.nfields;

        if (lf_form_extend(&a, &f, part[1], &e) != LF_OK)
            LF_ASSERT(e.text[0] && f.nfields == before);
        values(&a, &f, part[2]);
    }
    lf_arena_clear(&a);
    return 0;
}
