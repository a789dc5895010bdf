#include "engine/observable.h"

#include "engine/normalise.h"
#include "lf_test.h"

static const struct {
    const char *name, *query, *first; /* first NULL: no domain at all */
    bool only;                        /* and no other domain */
} rows[] = {
    { "the injected name, not the one the page was asked for",
      "host=www.site.example;dig @127.0.0.1 c2.example", "c2.example", true },
    { "behind a pipe", "q=a.example|nslookup b.example", "b.example", true },
    { "behind $(", "q=a.example$(curl b.example)", "b.example", true },
    { "without a separator all count", "u=a.example&v=b.example", "a.example", false },
    { "a separator that carries no name is none", "host=a.example;x=1", "a.example", true },
    { "no name", "id=1;ls -la", NULL, true },
};

static void what_was_injected_comes_before_what_was_asked(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const lf_view keys[] = { LF_VIEW("url.query.decoded") };
        const struct lf_json *values[] = { lf_json_new_string(&a, lf_view_of(rows[i].query)) };
        struct lf_event ev = { .doc = lf_json_new_object(&a, 1, keys, values) };
        struct lf_observable out[16];
        size_t n = lf_observables_of(&a, &ev, out, 16), domains = 0;

        for (size_t k = 0; k < n; k++)
            domains += out[k].kind == LF_OBS_DOMAIN;
        CHECK((domains > 0) == (rows[i].first != NULL), "%s: %zu", rows[i].name, domains);
        if (rows[i].first && domains)
            CHECK_VIEW(out[0].value, lf_view_of(rows[i].first));
        CHECK(!rows[i].only || domains == (rows[i].first != NULL), "%s: %zu domains", rows[i].name, domains);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(what_was_injected_comes_before_what_was_asked);
    DONE();
}
