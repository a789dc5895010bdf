/* A stranger's feed of news: whatever it says, what is shown of it is text within its limits. */
#include "fmt/rss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(lf_view v, size_t most, bool line)
{
    LF_ASSERT(v.len <= most && lf_view_is_utf8(v));
    for (size_t i = 0; i < v.len; i++)
        LF_ASSERT((unsigned char)v.ptr[i] >= ' ' || (!line && (v.ptr[i] == '\n' || v.ptr[i] == '\t')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view text = { (const char *)data, size };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_rss r;

    if (lf_rss_parse(&a, text, NULL, &r, &e) == LF_OK) {
        check(r.title, LF_RSS_TITLE, true);
        LF_ASSERT(r.n <= LF_RSS_ITEMS);
        for (size_t i = 0; i < r.n; i++) {
            const struct lf_rss_item *x = &r.items[i];

            LF_ASSERT(x->id.len && x->title.len && x->ncves <= LF_RSS_CVES);
            check(x->id, LF_RSS_ID, true);
            check(x->title, LF_RSS_TITLE, true);
            check(x->summary, LF_RSS_SUMMARY, false);
            check(x->link, LF_RSS_LINK, true);
            LF_ASSERT(x->published >= 0 && x->published <= LF_TIME_MAX);
        }
    } else {
        LF_ASSERT(e.text[0]);
    }
    lf_arena_clear(&a);
    return 0;
}
