#include "store/task.h"

#include "base/map.h"

unsigned lf_changed_mark(lf_view collection)
{
    /* Nobody gains by choosing ids that share a mark: ids are made here, and shared marks cost a look. */
    static const uint64_t key[2] = { 1, 2 };

    return 1 + (unsigned)(lf_siphash(key, collection) % LF_CHANGED_MARKS);
}

void lf_changed_add(struct lf_changed *c, lf_view collection)
{
    unsigned at;

    if (!c)
        return;
    at = lf_changed_mark(collection) - 1;
    c->bits[at / 64] |= (uint64_t)1 << (at % 64);
}

bool lf_changed_has(const struct lf_changed *c, unsigned mark)
{
    unsigned at = (mark - 1) % LF_CHANGED_MARKS;

    return c->all || (c->bits[at / 64] >> (at % 64) & 1);
}
