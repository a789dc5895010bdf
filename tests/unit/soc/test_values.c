/* What a list of values rules out: a record or block in which the lookout finds one is never passed over. */
#include <stdlib.h>
#include <string.h>

#include "engine/lookout.h"
#include "engine/query.h"
#include "lf_normaliser.h"
#include "lf_test.h"
#include "store/token.h"

#define DNS                                                                                                  \
    "11/21/2026 5:00:00 AM 0C94 PACKET  00000000028BBC70 UDP Rcv 10.0.0.5 9b14   Q [0001   D   NOERROR] A  "
#define AUDIT "type=PROCTITLE msg=audit(1795237200.243:24287): proctitle="
#define SOCKADDR "type=SOCKADDR msg=audit(1795237200.243:24287): saddr="

static const struct {
    const char *value, *record;
} rows[] = {
    { "evil.example", "{\"QueryName\":\"www.Evil.example\"}" },
    { "evil.example", "{\"QueryName\":\"evil\\u002eexample\"}" },
    { "evil.example", DNS "(3)www(4)evil(7)example(0)" },
    { "www.evil.example", DNS "(3)WWW(4)evil(7)example(0)" },
    { "9.113.0.203.in-addr.arpa", DNS "(1)9(3)113(1)0(3)203(7)in-addr(4)arpa(0)" },
    { "http://evil.example/a", AUDIT "687474703A2F2F6576696C2E6578616D706C652F61" },
    { "203.0.113.9", "{\"source\":{\"ip\":\"203.0.113.9\"}}" },
    { "203.0.113.9", SOCKADDR "02000050CB0071090000000000000000" },
    { "2001:db8::7", "{\"source\":{\"ip\":\"2001:db8::7\"}}" },
    { "2001:db8::7", "{\"source\":{\"ip\":\"2001:0DB8:0000:0000:0000:0000:0000:0007\"}}" },
    { "2001:db8::7", "{\"source\":{\"ip\":\"2001:db8:0:0:0:0:0:7\"}}" },
    { "2001:db8::7", SOCKADDR "0A0000500000000020010DB800000000000000000000000700000000" },
    { "fe80:1::1", "{\"source\":{\"ip\":\"fe80:0001::1\"}}" },
    { "http://bad.example:8080/a?b", "{\"url\":{\"full\":\"http:\\/\\/BAD.example:8080\\/a?b\"}}" },
    { "http://203.0.113.9/a", "{\"url\":{\"full\":\"http://203.0.113.9/a\"}}" },
    { "me@mail.example", "{\"email\":{\"from\":{\"address\":\"Me\\u0040mail.example\"}}}" },
    { "cead3f77f6cda6ec00f57d76c9a69faa",
      "{\"file\":{\"hash\":{\"md5\":\"CEAD3F77F6CDA6EC00F57D76C9A69FAA\"}}}" },
    { "t13d1516h2_8daaf6152771_02713d6af862",
      "{\"tls\":{\"client\":{\"ja4\":\"t13d1516h2_8daaf6152771_02713d6af862\"}}}" },
};

static size_t seen(void *ctx, size_t place)
{
    *(bool *)ctx = true;
    return place;
}

/* As a block's filter says it, without its errors. */
static bool has(void *ctx, lf_view text)
{
    struct lf_token_set *s = ctx;
    uint32_t token[64];
    size_t n = lf_token_query(text, token, 64), found = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s->size; k++)
            if (s->slot[k] == token[i]) {
                found++;
                break;
            }
    return found == n;
}

static bool hit(struct lf_arena *a, struct lf_observable *o, const struct lf_record *r)
{
    static const uint64_t seed[4] = { 1, 2, 3, 4 };
    struct lf_lookout *w = lf_lookout_create(seed);
    struct lf_lookout_hit *hits;
    struct lf_event ev;
    struct lf_err e = { 0 };
    size_t n;

    CHECK_OK(lf_ioc_add(lf_lookout_set(w), o->kind, o->value,
                        &(struct lf_ioc){ .flags = o->kind == LF_OBS_DOMAIN ? LF_IOC_SUBDOMAINS : 0 }, &e),
             &e);
    test_normalise(a, r, &ev);
    n = lf_lookout_event(w, a, &ev, 0, &hits);
    lf_lookout_destroy(w);
    return n > 0;
}

/* One row's value among others, so that all of them are asked in one pass. */
static void ask(size_t i, bool alone)
{
    struct lf_arena a = { 0 };
    size_t len = strlen(rows[i].record);
    char *text = lf_arena_alloc(&a, len + LF_TOKEN_PAD, 1);
    struct lf_observable o[300];
    struct lf_record r;
    struct lf_query_tree *q;
    struct lf_token_bag b = { 0 };
    struct lf_token_set s = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf scratch;
    bool found = false;
    size_t n = 1;

    memset(text, 0, len + LF_TOKEN_PAD);
    memcpy(text, rows[i].record, len);
    r = (struct lf_record){ .bytes = { text, len }, .sender = LF_VIEW("10.9.9.9"), .position = 7 };
    CHECK(lf_observable_guess(lf_view_of(rows[i].value), &o[0].kind) &&
              lf_observable_text(&a, o[0].kind, lf_view_of(rows[i].value), &o[0].value),
          "%s", rows[i].value);
    for (; !alone && n < 300; n++)
        o[n] = (struct lf_observable){ LF_OBS_IPV4, lf_arena_printf(&a, "198.18.%zu.%zu", n / 250, n % 250) };
    CHECK(hit(&a, &o[0], &r), "row %zu: the lookout finds nothing, which proves nothing", i);
    CHECK(lf_query_values(&a, o, n, &q), "row %zu: nothing is certain of it", i);
    CHECK_OK(lf_query_compile(q, &e), &e);
    CHECK(!lf_query_wants_all(q), "row %zu: all is read", i);
    lf_query_scan(q, r.bytes, seen, &found);
    CHECK(found, "row %zu: %s is passed over", i, rows[i].record);
    lf_buf_init(&scratch, 1 << 20);
    CHECK(lf_token_record(&b, r.bytes, &scratch), "row %zu", i);
    lf_token_set_put(&s, b.hash, b.n);
    CHECK(lf_query_possible(q, has, &s), "row %zu: a block with %s is passed over", i, rows[i].record);
    lf_token_set_reset(&s);
    CHECK(!lf_query_possible(q, has, &s), "row %zu: an empty block is read", i);
    lf_token_set_clear(&s);
    lf_token_bag_clear(&b);
    lf_buf_clear(&scratch);
    lf_query_clear(q);
    lf_arena_clear(&a);
}

static void no_way_to_write_a_value_is_passed_over(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask(i, true);
        ask(i, false);
    }
}

static void where_nothing_is_certain_all_is_read(void)
{
    static const struct lf_observable none[] = { { LF_OBS_NET4, LF_VIEW("198.51.100.0/24") },
                                                 { LF_OBS_IPV6, LF_VIEW("::1") },
                                                 { LF_OBS_IPV6, LF_VIEW("fe80::1") },
                                                 { LF_OBS_PATTERN, LF_VIEW("[a:b = 'c']") } };
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK(!lf_query_values(&a, &none[i], 1, &q), "%zu", i);
    CHECK(!lf_query_values(&a, none, 0, &q), "of nothing");
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(no_way_to_write_a_value_is_passed_over);
    RUN(where_nothing_is_certain_all_is_read);
    DONE();
}
