#include "engine/detect.h"

#include "base/crypto.h"
#include "engine/normalise.h"
#include "engine/observable.h"
#include "lf_normaliser.h"
#include "lf_test.h"

#define T0 ((lf_time)1795237200 * LF_SECOND) /* 2026-11-21T05:00:00Z */

static struct lf_event read_line(struct lf_arena *a, const char *line, enum lf_format f, const char *sender,
                                 lf_time recorded, uint64_t position)
{
    struct lf_record r = { lf_view_of(line), f, lf_view_of(sender), position, recorded };
    struct lf_event ev;

    test_normalise(a, &r, &ev);
    return ev;
}

static const char attack[] =
    "203.0.113.9 - - [21/Nov/2026:13:00:01 +0800] \"GET /ping?host=127.0.0.1%3Bnslookup%20"
    "c2-ab12.test HTTP/1.1\" 200 512 \"-\" \"curl/7.88\"";
static const char plain[] = "203.0.113.9 - - [21/Nov/2026:13:00:01 +0800] \"GET /search?q=dig+site+digging "
                            "HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"";
static const char unbound[] = "[1795237202] unbound[123:0] info: 127.0.0.1 C2-ab12.test. A IN";
static const char bind9[] =
    "21-Nov-2026 05:00:02.123 queries: info: client @0x7f00 127.0.0.1#4242 (c2-ab12.test): "
    "query: c2-ab12.test IN A +E(0)K (127.0.0.1)";

static struct lf_ruleset *ours(struct lf_arena *a, const char *name)
{
    const char *root = getenv("LF_ROOT");
    struct lf_rule_file f = { lf_view_of(name), { NULL, 0 } };
    struct lf_err e = { 0 };
    struct lf_ruleset *rs = NULL;
    char path[4096], *text = lf_arena_alloc(a, 65536, 1);
    FILE *in;

    snprintf(path, sizeof path, "%s/rules/%s", root ? root : ".", name);
    in = fopen(path, "rb");
    CHECK(in, "%s", path);
    if (!in)
        return NULL;
    f.text = (lf_view){ text, fread(text, 1, 65536, in) };
    fclose(in);
    CHECK_OK(lf_ruleset_build(&f, 1, &rs, &e), &e);
    CHECK(lf_ruleset_refused(rs) == 0, "%.*s", LF_FMT(lf_ruleset_rule(rs, 0)->refused));
    return rs;
}

static void an_access_line_has_the_names_of_sigma_and_ecs(void)
{
    struct lf_arena a = { 0 };
    struct lf_event ev = read_line(&a, attack, LF_FORMAT_AUTO, "web", T0 + LF_SECOND, 1);

    CHECK(!ev.raw && ev.nsources == 1, "understood");
    CHECK_VIEW(ev.sources[0].category, LF_V("webserver"));
    CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("cs-method"))), LF_V("GET"));
    CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("cs-uri-stem"))), LF_V("/ping"));
    CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("cs-uri-query"))),
               LF_V("host=127.0.0.1%3Bnslookup%20c2-ab12.test"));
    CHECK_VIEW(lf_json_str(ev.doc, "url.query.decoded"), LF_V("host=127.0.0.1;nslookup c2-ab12.test"));
    CHECK_VIEW(lf_json_str(ev.doc, "source.ip"), LF_V("203.0.113.9"));
    CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("c-useragent"))), LF_V("curl/7.88"));
    CHECK(ev.happened == T0 + LF_SECOND, "its own time");
    lf_arena_clear(&a);
}

static void query_lines_give_the_name_in_lower_case(void)
{
    static const char *const lines[] = {
        unbound, bind9, "<30>Nov 21 05:00:02 ns unbound: [123:0] info: 127.0.0.1 c2-ab12.test. A IN",
        "<30>Nov 21 05:00:02 ns named[77]: client @0x7f 127.0.0.1#5 (c2-ab12.test): query: c2-ab12.test IN A "
        "+ (::1)"
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct lf_arena a = { 0 };
        struct lf_event ev = read_line(&a, lines[i], LF_FORMAT_AUTO, "dns", T0 + 2 * LF_SECOND, 1);

        CHECK_VIEW(ev.query, LF_V("c2-ab12.test"));
        CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("record_type"))), LF_V("A"));
        CHECK(ev.nsources > 0 && lf_view_is(ev.sources[0].category, "dns"), "%s", lines[i]);
        CHECK(ev.happened >= T0 + 2 * LF_SECOND && ev.happened < T0 + 3 * LF_SECOND, "time of %s", lines[i]);
        lf_arena_clear(&a);
    }
}

static void what_is_not_understood_is_kept_whole(void)
{
    static const char *const lines[] = { "",
                                         "hello",
                                         "{\"a\":",
                                         "1.2.3.4 - - [x] \"",
                                         "\xff\xfe",
                                         "<999>x",
                                         "client : query: ",
                                         "unbound[",
                                         "[1] unbound[1:0] info: x y" };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct lf_arena a = { 0 };
        struct lf_event ev = read_line(&a, lines[i], LF_FORMAT_AUTO, "s", T0, 1);

        CHECK(ev.raw, "%s", lines[i]);
        CHECK(lf_view_is_utf8(lf_json_str(ev.doc, "message")), "text of %zu", i);
        lf_arena_clear(&a);
    }
}

static void our_rules_hit_what_they_are_for_and_nothing_plain(void)
{
    static const struct {
        const char *rule, *line;
        bool want;
    } rows[] = {
        { "web/command_injection_resolver_tool.yml", attack, true },
        { "web/command_injection_resolver_tool.yml", plain, false },
        { "linux/ssh_root_password_accepted.yml",
          "<38>Nov 21 05:00:00 h sshd[1]: Accepted password for root from 192.0.2.1 port 4 ssh2", true },
        { "linux/ssh_root_password_accepted.yml",
          "<38>Nov 21 05:00:00 h sshd[1]: Accepted publickey for root from 192.0.2.1 port 4 ssh2", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        struct lf_ruleset *rs = ours(&a, rows[i].rule);
        struct lf_event ev = read_line(&a, rows[i].line, LF_FORMAT_AUTO, "s", T0, 1);
        const struct lf_rule *const *hits;

        if (rs)
            CHECK((lf_ruleset_match(rs, &a, &ev, true, &hits) == 1) == rows[i].want, "%s", rows[i].line);
        lf_ruleset_drop(rs);
        lf_arena_clear(&a);
    }
}

/* The attack and the query in either order; says how many findings carry second
 * evidence and checks them. */
static size_t confirmed(bool query_first, const char *query_sender, lf_time apart)
{
    struct lf_arena a = { 0 };
    struct lf_ruleset *rs = ours(&a, "web/command_injection_resolver_tool.yml");
    struct lf_evidence *evidence = lf_evidence_create(NULL, 7);
    size_t found = 0;

    if (!rs)
        return 0;
    for (int i = 0; i < 2; i++) {
        bool is_query = (i == 0) == query_first;
        struct lf_event ev = is_query
                                 ? read_line(&a, unbound, LF_FORMAT_AUTO, query_sender, T0 + i * apart, 2)
                                 : read_line(&a, attack, LF_FORMAT_AUTO, "web", T0 + i * apart, 1);
        struct lf_finding *f;
        size_t n = lf_detect(rs, evidence, &a, &ev, &f);

        for (size_t k = 0; k < n; k++) {
            CHECK(f[k].position == 1 && f[k].nobservables > 0, "the attack's own");
            CHECK_VIEW(f[k].observables[0].value, LF_V("c2-ab12.test"));
            if (f[k].second_sender.ptr) {
                found++;
                CHECK_VIEW(f[k].second_sender, lf_view_of(query_sender));
                CHECK(lf_view_find(f[k].second_event, LF_V("c2-ab12.test")) != SIZE_MAX, "its event");
            }
        }
    }
    lf_evidence_destroy(evidence);
    lf_ruleset_drop(rs);
    lf_arena_clear(&a);
    return found;
}

static void second_evidence_is_found_in_either_order(void)
{
    CHECK(confirmed(true, "dns", LF_SECOND) == 1, "query first");
    CHECK(confirmed(false, "dns", LF_SECOND) == 1, "attack first");
}

static void one_sender_confirms_nothing_by_itself(void)
{
    CHECK(confirmed(true, "web", LF_SECOND) == 0, "query first");
    CHECK(confirmed(false, "web", LF_SECOND) == 0, "attack first");
}

static void evidence_past_the_window_does_not_count(void)
{
    CHECK(confirmed(true, "dns", 121 * LF_SECOND) == 0, "query first");
    CHECK(confirmed(false, "dns", 121 * LF_SECOND) == 0, "attack first");
}

static void memory_of_evidence_is_bounded_and_loss_is_counted(void)
{
    const struct lf_evidence_limits small = { .names = 4, .waiting = 2 };
    struct lf_evidence *ev = lf_evidence_create(&small, 1);
    struct lf_arena a = { 0 };

    for (int i = 0; i < 100; i++) {
        struct lf_finding *late;
        char line[128];
        struct lf_event e;

        snprintf(line, sizeof line, "[1795237200] unbound[1:0] info: 127.0.0.1 n%d.test. A IN", i % 7);
        e = read_line(&a, line, LF_FORMAT_AUTO, "dns", T0, (uint64_t)i);
        (void)lf_evidence_see(ev, &a, &e, &late);
    }
    CHECK(lf_evidence_dropped(ev) == 96, "%llu", (unsigned long long)lf_evidence_dropped(ev));
    lf_evidence_destroy(ev);
    lf_arena_clear(&a);
}

static void only_clean_host_names_are_taken(void)
{
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        { "a.b", false },         { "c2.test", true },  { "C2.Test.", true }, { "localhost", false },
        { "1.2.3.4", false },     { "a..test", false }, { "-a.test", false }, { "a-.test", false },
        { "a_b.test", false },    { "a.test-", false }, { "x.123", false },   { "xn--fiq228c.test", true },
        { "a.b\xc3\xa4", false },
    };
    struct lf_arena a = { 0 };
    lf_view out;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(lf_hostname_clean(&a, lf_view_of(rows[i].text), &out) == rows[i].want, "%s", rows[i].text);
    lf_arena_clear(&a);
}

/* A line is looked through once where it holds all its values; a value it does not hold as it is counts too.
 */
static void a_word_is_found_in_a_line_wherever_it_stands(void)
{
#define HEAD "<38>Nov 21 05:00:00 gate sshd[7]: "
    static const struct {
        const char *line, *word;
        bool found;
    } rows[] = {
        { HEAD "Accepted password for root from 192.0.2.1 port 22 ssh2", "PASSWORD FOR ROOT", true },
        { HEAD "Accepted password for root from 192.0.2.1 port 22 ssh2", "gate", true },
        { HEAD "Accepted password for root from 192.0.2.1 port 22 ssh2", "38", true },
        { HEAD "Accepted password for root from 192.0.2.1 port 22 ssh2", "nowhere", false },
        { HEAD "Accepted password for root from 192.0.2.1 port 22 ssh2", "success", true },
        { HEAD "Failed password for root from 192.0.2.1 port 22 ssh2", "failure", true },
        { HEAD "Failed password for root from 192.0.2.1 port 22 ssh2", "success", false },
        { "<038>Nov 21 05:00:00 gate sshd[007]: hm", "sshd[007]", false }, /* in the header, in no value */
        { HEAD "the word is \xe2\x84\xaaing", "king", true },
        { HEAD "the word is ma\xc5\xbfter", "master", true },
        { HEAD "\xe4\xb8\xad king of \xe6\x96\x87", "KING", true },
        { HEAD "{\"deep\":\"k\\u0069ng\"}", "king", true },
        { HEAD "@cee:{\"list\":[1,{\"a\":\"k\\u0069ng\"}]}", "king", true },
        { "<38>1 2026-11-21T05:00:00Z gate app 7 - [x@1 a=\"ki\\\"ng\"] hm", "ki\\\"ng", true },
        { "Nov 21 05:00:00 gate sshd[7]: no king, and no PRI", "king", true },
        { "Nov 21 05:00:00 gate sshd[7]: the line starts without one", "<13>", false },
        { "nothing of syslog, a king", "king", true },
        { "203.0.113.9 - - [21/Nov/2026:13:00:01 +0800] \"GET /a?q=%6bing HTTP/1.1\" 200 1 \"-\" \"-\"",
          "%6bing", true },
    };
#undef HEAD

    for (unsigned many = 0; many < 3; many++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct lf_arena a = { 0 };
            struct lf_event ev = read_line(&a, rows[i].line, LF_FORMAT_SYSLOG, "gate", T0, 1);
            struct lf_rule_file f = { 0 };
            const struct lf_rule *const *hits;
            struct lf_ruleset *rs = NULL;
            struct lf_err e = { 0 };
            struct lf_buf b;
            size_t n = 0;

            lf_buf_init(&b, 1 << 16);
            lf_buf_printf(&b, "title: t\nlogsource: { product: %s }\ndetection:\n  k:\n    - \"%s\"\n",
                          ev.nsources > 0 && ev.sources[0].product.len > 0 ? "linux" : "any", rows[i].word);
            /* One text, a few and many are each looked for in a way of their own. */
            for (unsigned k = 0; k < many * 40; k++)
                lf_buf_printf(&b, "    - filler-of-number-%u\n", k);
            LF_PUT(&b, "  condition: k\n");
            f = (struct lf_rule_file){ LF_V("t.yml"), lf_buf_view(&b) };
            CHECK_OK(lf_ruleset_build(&f, 1, &rs, &e), &e);
            if (rs) {
                n = lf_ruleset_match(rs, &a, &ev, ev.nsources > 0 && ev.sources[0].product.len > 0, &hits);
                CHECK(lf_ruleset_refused(rs) == 0, "%s: refused", rows[i].word);
            }
            CHECK((n == 1) == rows[i].found, "%s in %s (%u fillers): %zu", rows[i].word, rows[i].line,
                  many * 40, n);
            lf_ruleset_drop(rs);
            lf_buf_clear(&b);
            lf_arena_clear(&a);
        }
}

int main(void)
{
    lf_crypto_init();
    RUN(an_access_line_has_the_names_of_sigma_and_ecs);
    RUN(query_lines_give_the_name_in_lower_case);
    RUN(what_is_not_understood_is_kept_whole);
    RUN(our_rules_hit_what_they_are_for_and_nothing_plain);
    RUN(second_evidence_is_found_in_either_order);
    RUN(one_sender_confirms_nothing_by_itself);
    RUN(evidence_past_the_window_does_not_count);
    RUN(memory_of_evidence_is_bounded_and_loss_is_counted);
    RUN(only_clean_host_names_are_taken);
    RUN(a_word_is_found_in_a_line_wherever_it_stands);
    DONE();
}
