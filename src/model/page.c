#include "model/page.h"

#include "base/arena.h"

lf_view lf_page_pair(struct lf_arena *a, lf_view first, lf_view second)
{
    return lf_arena_printf(a, "%zu:%.*s%.*s", first.len, LF_FMT(first), LF_FMT(second));
}

bool lf_page_pair_of(lf_view after, lf_view *first, lf_view *second)
{
    lf_view rest = after, digits;
    uint64_t n;

    *first = *second = LF_V("");
    if (!after.len)
        return true;
    if (!lf_view_split(&rest, ':', &digits) || !lf_view_u64(digits, &n) || n > rest.len)
        return false;
    *first = lf_view_first(rest, (size_t)n);
    *second = lf_view_some(lf_view_from(rest, (size_t)n));
    return lf_view_is_utf8(*first) && lf_view_is_utf8(*second);
}
