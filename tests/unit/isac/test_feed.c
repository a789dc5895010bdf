/* Feeds: addresses as servers lead to them, and indexes of many documents (isac/feed_priv.h). */
#include "lf_test.h"

#include "fmt/uri.h"
#include "isac/feed_priv.h"

static void an_address_is_taken_apart_or_refused(void)
{
    static const struct {
        const char *url, *origin, *path, *query;
    } rows[] = {
        { "https://x.example", "https://x.example", "/", "" },
        { "HTTPS://X.Example:8443/a/B?q=1#part", "https://x.example:8443", "/a/B", "q=1" },
        { "http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80", "/a", "" },
        { "https://x.example?q", "https://x.example", "/", "q" },
        { "https://user@x.example/", "", "", "" },
        { "https://good.example\\@evil.example/", "", "", "" },
        { "https://x.example /", "", "", "" },
        { "https:///a", "", "", "" },
        { "ftp://x.example/", "", "", "" },
        { "file:///etc/passwd", "", "", "" },
        { "//x.example/", "", "", "" },
        { "", "", "", "" },
    };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view path = LF_V(""), query = LF_V(""),
                origin = lf_uri_origin(&a, lf_view_of(rows[i].url), &path, &query);

        CHECK_VIEW(origin, lf_view_of(rows[i].origin));
        if (origin.len) {
            CHECK_VIEW(path, lf_view_of(rows[i].path));
            CHECK_VIEW(query, lf_view_of(rows[i].query));
        }
    }
    lf_arena_clear(&a);
}

static void where_a_server_leads_is_resolved_against_where_one_was(void)
{
    static const lf_view base = LF_VIEW("https://x.example:8443/a/b/c.json?q=1");
    static const struct {
        const char *ref, *want;
    } rows[] = {
        { "d.json", "https://x.example:8443/a/b/d.json" },
        { "2026/d.json", "https://x.example:8443/a/b/2026/d.json" },
        { "/d", "https://x.example:8443/d" },
        { "?z", "https://x.example:8443/a/b/c.json?z" },
        { "//y.example/d", "https://y.example/d" },
        { "http://y.example/d", "http://y.example/d" },
    };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_VIEW(feed_resolve(&a, base, lf_view_of(rows[i].ref)), lf_view_of(rows[i].want));
    lf_arena_clear(&a);
}

static void clear(struct feed_slot *s)
{
    lf_arena_clear(&s->a);
    lf_arena_clear(&s->doc);
    lf_buf_clear(&s->notes);
    *s = (struct feed_slot){ 0 };
    lf_buf_init(&s->notes, 65536);
}

/* Whatever an index says: documents with their places and times, or a sentence. */
static void indexes_name_documents_or_are_refused(void)
{
    static const struct {
        const char *format, *url, *body;
        int parts, indexes; /* parts -1: refused */
    } rows[] = {
        { "misp-feed", "https://x.example/f/",
          "{\"5a1b2c3d-0000-4aaa-8bbb-000000000001\":{\"timestamp\":\"7\"},\"x\":{}}", 1, 0 },
        { "misp-feed", "https://x.example/f/", "{}", 0, 0 },
        { "misp-feed", "https://x.example/f/", "[]", -1, 0 },
        { "misp-feed", "https://x.example/f/", "<html>", -1, 0 },
        { "misp-feed", "https://x.example/f/", "{\"../../../etc/passwd\":{}}", 0, 0 },
        { "misp-server", "https://x.example",
          "[{\"uuid\":\"5a1b2c3d-0000-4aaa-8bbb-000000000001\",\"timestamp\":7},7,{\"Event\":{\"uuid\":"
          "\"5a1b2c3d-0000-4aaa-8bbb-000000000002\"}}]",
          2, 0 },
        { "misp-server", "https://x.example", "{\"message\":\"no\"}", -1, 0 },
        { "csaf-provider", "https://x.example/p.json",
          "{\"distributions\":[{\"directory_url\":\"https://x.example/c/"
          "\"},{\"rolie\":{\"feeds\":[{\"url\":\"https://x.example/r.json\"},7]}},7]}",
          0, 2 },
        { "csaf-provider", "https://x.example/p.json", "{\"distributions\":7}", -1, 0 },
        { "csaf-provider", "https://x.example/c/changes.csv",
          "\"2026/a.json\",\"2026-01-01T00:00:00Z\"\r\n\"2026/a.json.asc\",\"x\"\r\nnonsense\r\n", 1, 0 },
        { "csaf-provider", "https://x.example/r.json",
          "{\"feed\":{\"entry\":[{\"updated\":\"t\",\"content\":{\"src\":\"https://x.example/"
          "a.json\"}},{\"link\":[{\"rel\":\"self\",\"href\":\"b.json\"}]}]}}",
          2, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct feed_slot s = { 0 };
        struct lf_err e = { 0 };
        enum lf_code rc;

        clear(&s);
        s.feed.format = lf_view_of(rows[i].format);
        s.feed.url = s.url = lf_view_of(rows[i].url);
        rc = feed_index(&s, lf_view_of(rows[i].body), NULL, &e);
        CHECK((rc == LF_OK) == (rows[i].parts >= 0), "row %zu: %s", i, e.text);
        if (rc == LF_OK)
            CHECK(s.nparts == (size_t)rows[i].parts && s.nindexes == (size_t)rows[i].indexes,
                  "row %zu: %zu parts, %zu indexes", i, s.nparts, s.nindexes);
        for (size_t k = 0; k < s.nparts; k++)
            CHECK(lf_view_starts(s.parts[k].url, LF_V("https://x.example/")), "row %zu: %.*s", i,
                  LF_FMT(s.parts[k].url));
        clear(&s);
        lf_buf_clear(&s.notes);
    }
}

struct whole {
    const struct feed_slot *s;
    size_t n, lost;
};

static enum lf_code same_as_whole(void *ctx, lf_view json, struct lf_err *e)
{
    struct whole *w = ctx;

    (void)e;
    if (w->n < w->s->nmade)
        CHECK_VIEW(w->s->made[w->n], json);
    w->n++;
    return LF_OK;
}

static void count_lost(void *ctx, const struct lf_loss *loss)
{
    (void)loss;
    ((struct whole *)ctx)->lost++;
}

/* A clock that goes on by a millisecond each time it is looked at. */
static lf_time ticking(void *ctx)
{
    lf_time *at = ctx;

    return *at += LF_MSEC;
}

/* The core answers others between two slices. */
static void what_is_read_in_slices_makes_what_it_makes_at_once(void)
{
    enum { LINES = 6000, TEXT = 4 << 20 };
    static const char *const names[] = { "list", "csv", "stix", "stix20" };
    const struct lf_format_use use = { .source = LF_V("l") };
    lf_time at = 0;
    struct lf_env env = { .tick = ticking, .ctx = &at };
    struct lf_task t = { .env = &env };
    struct feed_slot s = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, TEXT);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct whole w = { .s = &s };
        const struct lf_exchange to = { &w, same_as_whole, count_lost, NULL };
        const struct lf_format *format;
        struct lf_err e = { 0 };
        unsigned slices = 1;

        lf_buf_reset(&b);
        if (k > 1)
            lf_buf_printf(&b, "{\"type\":\"bundle\",\"objects\":[{\"type\":\"tool\"}");
        for (unsigned i = 0; i < LINES;
             i++) { /* every value twice, far from each other; and some that are none */
            if (k > 1)
                lf_buf_printf(&b,
                              ",{\"type\":\"tool\",\"id\":\"tool--%08x-0000-4000-8000-000000000000\","
                              "\"created\":\"2026-11-01T00:00:00.000Z\",\"name\":\"n\"}",
                              i % (LINES / 2));
            else
                lf_buf_printf(&b, "%s%u.example%s%s%0100u\r\n", i % 50 ? "h" : "no value ", i % (LINES / 2),
                              i % 50 ? "" : " ?", k ? "," : " # ", i);
        }
        lf_buf_put(&b, k > 1 ? LF_V("]}") : LF_V(""));
        CHECK(!b.over, "%s", names[k]);
        clear(&s);
        s.feed = (struct lf_feed){ .format = lf_view_of(names[k]),
                                   .name = LF_V("l"),
                                   .mapping = k == 1 ? LF_V("header = no\nvalue = 1\n") : LF_V("") };
        s.nmade = s.capmade = s.bytes = 0;
        s.made = NULL;
        s.lost = 0;
        CHECK_OK(feed_read(&t, &s, lf_buf_view(&b), &e), &e);
        for (; s.reading; slices++)
            CHECK_OK(feed_read_on(&t, &s, &e), &e);
        CHECK(slices > LINES / 50, "%s: %u slices", names[k], slices);
        CHECK_OK(lf_format_find(lf_view_of(names[k]), LF_V(""), false, &format, &e), &e);
        CHECK_OK(format->read(lf_buf_view(&b),
                              &(struct lf_format_use){ .source = use.source, .mapping = s.feed.mapping }, &to,
                              &e),
                 &e);
        CHECK(w.n == s.nmade && w.n > LINES / 3, "%s: %zu at once, %zu in slices", names[k], w.n, s.nmade);
        CHECK((int64_t)w.lost == s.lost && (k == 2 || w.lost > 0), "%s: %zu lost at once, %lld in slices",
              names[k], w.lost, (long long)s.lost);
        /* … and one that is given up in its midst lets go of what it had. */
        CHECK_OK(feed_read(&t, &s, lf_buf_view(&b), &e), &e);
        CHECK(s.reading != NULL, "%s", names[k]);
        feed_read_end(&s);
        CHECK(!s.reading, "%s", names[k]);
    }
    lf_buf_clear(&b);
    clear(&s);
    lf_buf_clear(&s.notes);
}

int main(void)
{
    RUN(an_address_is_taken_apart_or_refused);
    RUN(where_a_server_leads_is_resolved_against_where_one_was);
    RUN(indexes_name_documents_or_are_refused);
    RUN(what_is_read_in_slices_makes_what_it_makes_at_once);
    DONE();
}
