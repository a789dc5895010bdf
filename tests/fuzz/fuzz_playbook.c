/* A document of playbooks from anywhere: taken whole, each step with its words and a time within the year, or
 * refused with a sentence. */
#include "cert/playbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lf_playbook *list;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    size_t n;

    if (lf_playbook_read(&a, (lf_view){ (const char *)data, size }, &n, &list, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        LF_ASSERT(n && n <= LF_PLAYBOOKS);
        for (size_t i = 0; i < n; i++) {
            LF_ASSERT(list[i].nsteps && list[i].nsteps <= LF_PLAYBOOK_STEPS);
            for (size_t k = 0; k < list[i].nsteps; k++)
                LF_ASSERT(list[i].steps[k].zh.len && list[i].steps[k].en.len && list[i].steps[k].due >= 0 &&
                          list[i].steps[k].due <= 366 * LF_DAY);
            (void)lf_playbook_fits(&list[i], LF_V("web_defaced"), 4);
            if (list[i].nclasses)
                LF_ASSERT(lf_playbook_fits(&list[i], list[i].classes[0], list[i].levels & 2 ? 1 : 4) ||
                          (list[i].levels && !(list[i].levels & 18)));
        }
    }
    lf_arena_clear(&a);
    return 0;
}
