#include "engine/stix_live.h"

#include "base/buf.h"
#include "engine/normalise.h"
#include "engine/stix_event.h"
#include "lf_normaliser.h"
#include "lf_test.h"

static const lf_time zero = 1795219200 * LF_SECOND; /* 2026-11-21 */

static void event(struct lf_arena *a, const char *text, uint64_t position, lf_time at, struct lf_event *ev)
{
    struct lf_record r = { .bytes = lf_view_of(text),
                           .format = LF_FORMAT_AUTO,
                           .sender = LF_V("x"),
                           .position = position,
                           .recorded = zero + LF_DAY };

    test_normalise(a, &r, ev);
    ev->happened = zero + at;
    ev->recorded = zero + LF_DAY;
}

static enum lf_code add(struct lf_stix_live *s, const char *id, const char *text, struct lf_err *e)
{
    return lf_stix_live_add(
        s, &(struct lf_stix_watch){ .id = lf_view_of(id), .text = lf_view_of(text), .confidence = 90 }, e);
}

/* Records as senders write them, and patterns that hold for them (or, with "!", do not). */
static const struct {
    const char *record;
    const char *const patterns[12];
} rows[] = {
    { "{\"Channel\":\"Microsoft-Windows-Sysmon/"
      "Operational\",\"EventID\":1,\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\","
      "\"CommandLine\":\"cmd /c "
      "whoami\",\"ProcessId\":\"4711\",\"User\":\"CORP\\\\alice\",\"CurrentDirectory\":\"C:\\\\w\\\\\","
      "\"ParentImage\":\"C:\\\\o\\\\WINWORD.EXE\",\"ParentProcessId\":12,\"IntegrityLevel\":\"High\","
      "\"Product\":\"Windows\","
      "\"Hashes\":\"MD5=CEAD3F77F6CDA6EC00F57D76C9A69FAA,IMPHASH=00000000000000000000000000000001\"}",
      { "[process:name = 'cmd.exe' AND process:pid = 4711 AND process:cwd = 'C:\\\\w\\\\']",
        "[process:image_ref.name = 'cmd.exe' AND process:image_ref.hashes.MD5 = "
        "'CEAD3F77f6cda6ec00f57d76c9a69faa']",
        "[process:image_ref.parent_directory_ref.path = 'C:\\\\Windows\\\\System32']",
        "[process:parent_ref.image_ref.name = 'WINWORD.EXE' AND process:parent_ref.pid = 12]",
        "[process:child_refs[*].command_line MATCHES 'who(ami)?$' AND process:name = 'WINWORD.EXE']",
        "[process:creator_user_ref.account_login = 'alice'] ",
        "[process:extensions.'windows-process-ext'.integrity_level = 'high']",
        "[file:name = 'cmd.exe' AND file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a69faa']",
        "[file:extensions.'windows-pebinary-ext'.imphash = '00000000000000000000000000000001']",
        "[software:name = 'Windows']", "![process:name = 'cmd.exe' AND process:pid = 12]",
        "![file:name = 'WINWORD.EXE' AND file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a69faa']" } },
    { "{\"Channel\":\"Security\",\"EventID\":4688,\"NewProcessName\":\"C:\\\\a\\\\x.exe\",\"NewProcessId\":"
      "\"0x1f\","
      "\"SubjectUserName\":\"bob\"}",
      { "[process:name = 'x.exe' AND process:pid = 31]", "[user-account:user_id = 'bob']" } },
    { "{\"Channel\":\"Microsoft-Windows-Sysmon/"
      "Operational\",\"EventID\":3,\"Image\":\"C:\\\\a.exe\",\"Protocol\":\"TCP\","
      "\"SourceIp\":\"10.0.0.1\",\"SourcePort\":\"50000\",\"DestinationIp\":\"::ffff:198.51.100.7\","
      "\"DestinationPort\":443}",
      { "[network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 443]",
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:protocols[*] = 'tcp']",
        "[network-traffic:src_ref.value ISSUBSET '10.0.0.0/8' AND network-traffic:src_port > 49151]",
        "[ipv4-addr:value = '10.0.0.1']", "[process:opened_connection_refs[*].dst_port = 443]",
        "![network-traffic:dst_ref.value = '10.0.0.1']", "![ipv4-addr:value = '10.0.0.2']" } },
    { "{\"_path\":\"conn\",\"ts\":1,\"id.orig_h\":\"2001:DB8::0001\",\"id.orig_p\":1,\"id.resp_h\":\"2001:"
      "db8::2\",\"id.resp_p\":53,"
      "\"proto\":\"udp\",\"service\":\"dns\",\"orig_bytes\":77}",
      { "[ipv6-addr:value = '2001:db8:0::1']", "[network-traffic:dst_ref.value ISSUBSET '2001:db8::/32']",
        "[network-traffic:protocols[*] = 'dns' AND network-traffic:protocols[0] = 'udp']",
        "[network-traffic:src_byte_count >= 77]" } },
    { "{\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":22,\"QueryName\":\"Evil.Example\","
      "\"QueryResults\":\"type:  5 cdn.evil.example;::ffff:203.0.113.9;\"}",
      { "[domain-name:value = 'evil.EXAMPLE']", "[domain-name:resolves_to_refs[*].value = '203.0.113.9']",
        "[domain-name:value = 'cdn.evil.example']", "[ipv4-addr:value = '203.0.113.9']",
        "![domain-name:value = 'example']" } },
    { "{\"Channel\":\"Microsoft-Windows-Sysmon/"
      "Operational\",\"EventID\":13,\"TargetObject\":\"HKLM\\\\Software\\\\Run\\\\upd\","
      "\"Details\":\"C:\\\\x.exe\"}",
      { "[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\Run' AND "
        "windows-registry-key:values[*].name = "
        "'upd']",
        "[windows-registry-key:values[0].data LIKE '%.exe']",
        "[windows-registry-key:key LIKE 'HKEY_LOCAL_MACHINE\\\\%Run']",
        "![windows-registry-key:key LIKE '%upd']" } },
    { "{\"Channel\":\"Microsoft-Windows-Sysmon/"
      "Operational\",\"EventID\":12,\"TargetObject\":\"HKU\\\\S-1\\\\Run\"}",
      { "[windows-registry-key:key = 'HKEY_USERS\\\\S-1\\\\Run']" } },
    { "{\"Channel\":\"Microsoft-Windows-Sysmon/"
      "Operational\",\"EventID\":7,\"Image\":\"C:\\\\a.exe\",\"ImageLoaded\":\"C:\\\\l.dll\","
      "\"Hashes\":\"SHA256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
      { "[file:name = 'l.dll' AND file:hashes.'SHA-256' LIKE 'aaaa%']", "[directory:path = 'C:\\\\']",
        "![file:name = 'a.exe' AND EXISTS file:hashes]" } },
    { "192.0.2.9 - - [21/Nov/2026:10:00:00 +0000] \"GET /a?b=1 HTTP/1.1\" 200 5 \"http://r.example/x\" "
      "\"sqlmap/1.0\"",
      { "[network-traffic:extensions.'http-request-ext'.request_value LIKE '/a%' AND "
        "network-traffic:extensions.'http-request-ext'.request_method = 'get']",
        "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' MATCHES '^sqlmap']",
        "[ipv4-addr:value = '192.0.2.9']", "[url:value = 'http://r.example/x']" } },
    { "{\"url.full\":\"http://Bad.Example:8080/"
      "x\",\"source.mac\":\"00-1A-2B-3C-4D-5E\",\"source.ip\":\"10.9.9.9\"}",
      { "[url:value = 'http://Bad.Example:8080/x']", "[domain-name:value = 'bad.example']",
        "[mac-addr:value = '00:1a:2b:3c:4d:5e']",
        "[ipv4-addr:resolves_to_refs[0].value = '00:1A:2B:3C:4D:5E']" } },
    { "{\"email.from.address\":\"\\\"M\\\" "
      "<me@mail.example>\",\"email.to.address\":[\"a@x.example\",\"b@x.example\"],"
      "\"email.subject\":\"Invoice\"}",
      { "[email-addr:value = 'me@mail.example']", "[email-message:from_ref.value = 'me@mail.example']",
        "[email-message:to_refs[*].value = 'b@x.example' AND email-message:subject = 'Invoice']" } },
    { "{\"event_type\":\"tls\",\"src_ip\":\"10.0.0.1\",\"timestamp\":\"x\",\"tls\":{\"sni\":\"s.example\","
      "\"subject\":\"CN=x\","
      "\"issuerdn\":\"CN=ca\",\"ja3\":{\"hash\":\"e7d705a3286e19ea42f587b344ee6865\"}}}",
      { "[x509-certificate:subject = 'CN=x' AND x509-certificate:issuer = 'CN=ca']",
        "[network-traffic:extensions.'tls-ext'.ja3 = 'E7D705A3286E19EA42F587B344EE6865']",
        "[domain-name:value = 's.example']", "[network-traffic:dst_ref.value = 's.example']" } },
    { "{\"mutex\":{\"name\":\"Global\\\\x\"}}",
      { "[mutex:name = 'Global\\\\x']", "[EXISTS mutex:name]", "![NOT EXISTS mutex:name]" } },
};

static void an_event_is_the_objects_its_fields_say(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < 12 && rows[i].patterns[k]; k++) {
            const char *text = rows[i].patterns[k];
            bool want = text[0] != '!', got;
            struct lf_stix_live *s = lf_stix_live_create(NULL, 1);
            struct lf_arena a = { 0 };
            struct lf_err e = { 0 };
            struct lf_stix_hit *hits;
            struct lf_event ev;

            CHECK_OK(add(s, "p", want ? text : text + 1, &e), &e);
            event(&a, rows[i].record, 7, 0, &ev);
            got = lf_stix_live_event(s, &a, &ev, 0, &hits) == 1;
            CHECK(got == want, "%s on %.80s", text, rows[i].record);
            if (got)
                CHECK(hits[0].nevents == 1 && hits[0].events[0].position == 7, "the event");
            lf_stix_live_destroy(s);
            lf_arena_clear(&a);
        }
}

struct world {
    struct lf_stix_live *s;
    struct lf_arena a;
    uint64_t position;
};

/* Hits of one event at `at` seconds. */
static size_t see(struct world *w, const char *text, double at)
{
    struct lf_stix_hit *hits;
    struct lf_event ev;

    event(&w->a, text, ++w->position, (lf_time)(at * (double)LF_SECOND), &ev);
    return lf_stix_live_event(w->s, &w->a, &ev, 0, &hits);
}

static const char a_text[] = "{\"process.name\":\"a\"}", b_text[] = "{\"process.name\":\"b\"}";

static void windows_orders_and_counts_are_those_of_the_standard(void)
{
    static const struct {
        const char *pattern, *events; /* letters, a blank is a second */
        const char *hits;             /* which of them are hits */
    } cases[] = {
        { "([process:name = 'a'] FOLLOWEDBY [process:name = 'b']) WITHIN 2 SECONDS", "a b", ".x" },
        { "([process:name = 'a'] FOLLOWEDBY [process:name = 'b']) WITHIN 2 SECONDS", "a  b", ".." },
        { "([process:name = 'a'] FOLLOWEDBY [process:name = 'b']) WITHIN 2 SECONDS", "b a", ".." },
        { "([process:name = 'a'] FOLLOWEDBY [process:name = 'b']) WITHIN 2 SECONDS", "aab bb", "..xx." },
        { "[process:name = 'a'] AND [process:name = 'a']", "a   a a", ".x." },
        { "[process:name = 'a'] REPEATS 3 TIMES WITHIN 3 SECONDS", "a a a a a a", "..x..x" },
        { "[process:name = 'a'] REPEATS 3 TIMES WITHIN 2 SECONDS", "a a a a", "...." },
        { "([process:name = 'a'] OR [process:name = 'b']) REPEATS 2 TIMES", "ab b a", ".x.x" },
        { "([process:name = 'a'] AND [process:name = 'b']) REPEATS 2 TIMES", "a a b b", "...x" },
        { "[process:name = 'a'] START t'2026-11-21T00:00:01Z' STOP t'2026-11-21T00:00:03Z'", "a a a a",
          ".xx." },
        { "[process:name = 'a'] FOLLOWEDBY [process:name = 'a' OR process:name = 'b']", "ab a b", ".x.x" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w = { .s = lf_stix_live_create(NULL, 1) };
        struct lf_err e = { 0 };
        const char *want = cases[i].hits;
        unsigned at = 0;

        CHECK_OK(add(w.s, "p", cases[i].pattern, &e), &e);
        for (const char *c = cases[i].events; *c; c++)
            if (*c == ' ') {
                at++;
            } else {
                size_t n = see(&w, *c == 'a' ? a_text : b_text, at);

                CHECK(n == (*want == 'x'), "%s: %s: event %td", cases[i].pattern, cases[i].events,
                      want - cases[i].hits);
                want++;
            }
        lf_stix_live_destroy(w.s);
        lf_arena_clear(&w.a);
    }
}

static void an_event_that_comes_late_takes_its_place(void)
{
    struct world w = { .s = lf_stix_live_create(NULL, 1) };
    struct lf_stix_live_stats stats;
    struct lf_err e = { 0 };

    CHECK_OK(add(w.s, "p", "([process:name = 'a'] FOLLOWEDBY [process:name = 'b']) WITHIN 5 SECONDS", &e),
             &e);
    CHECK(see(&w, b_text, 1000) == 0, "no a yet");
    CHECK(see(&w, a_text, 996) == 1, "the late a was before it");
    CHECK(see(&w, b_text, 2000) == 0, "b");
    CHECK(see(&w, a_text, 2000 - 606) == 0, "behind window and lateness");
    lf_stix_live_stats(w.s, &stats);
    CHECK(stats.late == 1, "%llu late", (unsigned long long)stats.late);
    CHECK(see(&w, a_text, 3 * 86400) == 0, "ahead of its arrival");
    lf_stix_live_stats(w.s, &stats);
    CHECK(stats.ahead == 1, "%llu ahead", (unsigned long long)stats.ahead);
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

static void several_events_of_one_record_are_several(void)
{
    struct world w = { .s = lf_stix_live_create(NULL, 1) };
    struct lf_stix_hit *hits;
    struct lf_event ev;
    struct lf_err e = { 0 };

    CHECK_OK(add(w.s, "p", "[process:name = 'a'] REPEATS 3 TIMES", &e), &e);
    event(&w.a, a_text, 9, 0, &ev);
    lf_stix_live_record(w.s, 9);
    CHECK(lf_stix_live_event(w.s, &w.a, &ev, 0, &hits) == 0 &&
              lf_stix_live_event(w.s, &w.a, &ev, 0, &hits) == 0,
          "two");
    for (int i = 0; i < 3; i++) { /* the core was full: the record comes again */
        lf_stix_live_record(w.s, 9);
        CHECK(lf_stix_live_event(w.s, &w.a, &ev, 0, &hits) == 0 &&
                  lf_stix_live_event(w.s, &w.a, &ev, 0, &hits) == 0,
              "two still");
    }
    CHECK(lf_stix_live_event(w.s, &w.a, &ev, 0, &hits) == 1 && hits[0].nevents == 3, "the third");
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

static void memory_is_bounded_and_what_goes_is_counted(void)
{
    const struct lf_stix_live_limits limits = { .bytes = 16384, .entries = 400 };
    struct world w = { .s = lf_stix_live_create(&limits, 1) };
    struct lf_stix_live_stats stats;
    struct lf_err e = { 0 };

    CHECK_OK(add(w.s, "p", "[process:name = 'a'] FOLLOWEDBY [process:name = 'c']", &e), &e);
    for (unsigned i = 0; i < 1000; i++) {
        CHECK(see(&w, a_text, i) == 0, "no match");
        lf_arena_reset(&w.a);
    }
    lf_stix_live_stats(w.s, &stats);
    CHECK(stats.observations <= 400 && stats.cut >= 600 && stats.evicted == 0,
          "%zu kept, %llu cut, %llu evicted", stats.observations, (unsigned long long)stats.cut,
          (unsigned long long)stats.evicted);
    CHECK_OK(add(w.s, "q", "[process:name = 'b'] FOLLOWEDBY [process:name = 'c']", &e), &e);
    for (unsigned i = 0; i < 1000; i++) {
        CHECK(see(&w, b_text, i) == 0, "no match");
        lf_arena_reset(&w.a);
    }
    lf_stix_live_stats(w.s, &stats);
    CHECK(stats.bytes <= 16384 + 12288 && stats.evicted > 0, "%zu bytes, %llu evicted", stats.bytes,
          (unsigned long long)stats.evicted);
    CHECK(see(&w, "{\"process.name\":\"c\"}", 5000) == 2, "the newest are still there");
    CHECK_CODE(add(w.s, "r", "[process:name = 'a'] REPEATS 500 TIMES", &e), LF_UNACCEPTED);
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

/* Without order and window one observation is as good as another: a kind is kept as often as
 * a match can use it. */
static void what_cannot_matter_is_not_kept(void)
{
    struct world w = { .s = lf_stix_live_create(NULL, 1) };
    struct lf_stix_live_stats stats;
    struct lf_err e = { 0 };

    CHECK_OK(add(w.s, "p", "[process:name = 'a'] AND [process:name = 'b']", &e), &e);
    for (unsigned i = 0; i < 1000; i++)
        CHECK(see(&w, a_text, i) == 0, "no match");
    lf_stix_live_stats(w.s, &stats);
    CHECK(stats.observations <= 2 && stats.cut == 0, "%zu kept", stats.observations);
    CHECK(see(&w, b_text, 1) == 1, "a match");
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

static void patterns_come_and_go(void)
{
    struct world w = { .s = lf_stix_live_create(NULL, 1) };
    struct lf_stix_hit *hits;
    struct lf_event ev;
    struct lf_err e = { 0 };
    char id[32];

    for (unsigned i = 0; i < 200; i++) { /* more than one generation holds */
        snprintf(id, sizeof id, "p%u", i);
        CHECK_OK(add(w.s, id, i % 2 ? "[process:name = 'a']" : "[process:name = 'b']", &e), &e);
        if (i % 50 == 0)
            CHECK(see(&w, a_text, i) == i / 2, "%u patterns", i);
    }
    CHECK(see(&w, a_text, 0) == 100, "half of them");
    CHECK(lf_stix_live_remove(w.s, LF_V("p1")) && !lf_stix_live_remove(w.s, LF_V("p1")), "removed once");
    CHECK(see(&w, a_text, 0) == 99, "one less");
    CHECK_OK(add(w.s, "p3", "[process:name = 'b']", &e), &e);
    CHECK(see(&w, a_text, 0) == 98 && see(&w, b_text, 0) == 101, "replaced");
    lf_stix_live_anew(w.s);
    CHECK_OK(add(w.s, "p5", "[process:name = 'a']", &e), &e);
    lf_stix_live_whole(w.s);
    CHECK(lf_stix_live_count(w.s) == 1 && see(&w, a_text, 0) == 1, "what was not told again is gone");
    CHECK_OK(lf_stix_live_add(w.s,
                              &(struct lf_stix_watch){
                                  .id = LF_V("p5"), .text = LF_V("[process:name = 'a']"), .expires = 50 },
                              &e),
             &e);
    event(&w.a, a_text, ++w.position, 0, &ev);
    CHECK(lf_stix_live_event(w.s, &w.a, &ev, 50, &hits) == 0, "expired");
    CHECK(lf_stix_live_event(w.s, &w.a, &ev, 49, &hits) == 1, "not yet");
    CHECK_CODE(add(w.s, "x", "[process:name", &e), LF_BAD_INPUT);
    CHECK_CODE(add(w.s, "x", "[file:ctime = 'x'] AND [process:name = 'a']", &e), LF_UNACCEPTED);
    CHECK_OK(add(w.s, "x", "[file:ctime = 'x'] OR [process:name = 'a']", &e), &e);
    CHECK(lf_stix_live_count(w.s) == 2, "what is refused is not there");
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

static void a_finding_names_its_events_and_sightings_are_counted(void)
{
    struct world w = { .s = lf_stix_live_create(NULL, 1) };
    struct lf_finding *found;
    struct lf_stix_sighting *sighted;
    struct lf_event ev;
    struct lf_err e = { 0 };

    CHECK_OK(add(w.s, "indicator--1", "[process:name = 'a'] FOLLOWEDBY [process:name = 'b']", &e), &e);
    for (unsigned i = 0; i < 4; i++) {
        event(&w.a, i % 2 ? b_text : a_text, 10 + i, i * LF_SECOND, &ev);
        CHECK(lf_stix_live_findings(w.s, &w.a, &ev, 0, true, &found) == (i == 1), "event %u", i);
        if (i == 1) {
            CHECK(lf_view_eq(found[0].rule, LF_V("indicator--1")) && found[0].level == LF_LEVEL_HIGH,
                  "the rule");
            CHECK(lf_view_find(found[0].event, LF_V("\"events\":[10,11]")) != SIZE_MAX &&
                      lf_view_find(found[0].event, LF_V("FOLLOWEDBY")) != SIZE_MAX,
                  "%.*s", LF_FMT(found[0].event));
        }
    }
    CHECK(lf_stix_live_sightings(w.s, &w.a, &sighted) == 1 && sighted[0].count == 2 &&
              sighted[0].position == 13 && sighted[0].first == zero &&
              sighted[0].last == zero + 3 * LF_SECOND,
          "two sightings");
    CHECK(lf_stix_live_sightings(w.s, &w.a, &sighted) == 0, "taken");
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

static void a_damaged_state_is_refused_whole(void)
{
    struct world w = { .s = lf_stix_live_create(NULL, 1) };
    struct lf_err e = { 0 };
    struct lf_buf b;

    CHECK_OK(add(w.s, "p", "[process:name = 'a'] FOLLOWEDBY [process:name = 'b']", &e), &e);
    CHECK(see(&w, a_text, 1) == 0, "no match");
    lf_buf_init(&b, 1 << 20);
    lf_stix_live_save(w.s, &b);
    for (size_t i = 0; i < b.len; i++) {
        struct lf_stix_live *s = lf_stix_live_create(NULL, 1);

        b.ptr[i] ^= 1;
        CHECK_CODE(lf_stix_live_load(s, lf_buf_view(&b), &e), LF_BAD_INPUT);
        CHECK(lf_stix_live_count(s) == 0, "something was loaded");
        b.ptr[i] ^= 1;
        lf_stix_live_destroy(s);
        if (i > 100)
            i += 13;
    }
    lf_buf_clear(&b);
    lf_stix_live_destroy(w.s);
    lf_arena_clear(&w.a);
}

/* The page is what people write patterns by. */
static void the_manual_shows_the_whole_table(void)
{
    const char *root = getenv("LF_ROOT");
    char path[4096];
    struct lf_buf table, page;
    lf_view left, line;
    size_t rows_seen = 0;
    FILE *f;

    if (!root)
        SKIP("LF_ROOT is not set");
    snprintf(path, sizeof path, "%s/docs/manual/patterns.md", root);
    f = fopen(path, "re");
    CHECK(f != NULL, "%s", path);
    if (!f)
        return;
    lf_buf_init(&page, 1 << 20);
    for (int c; (c = fgetc(f)) != EOF;)
        lf_buf_byte(&page, (char)c);
    fclose(f);
    lf_buf_init(&table, 1 << 20);
    lf_stix_eye_table(&table);
    left = lf_buf_view(&table);
    while (lf_view_split(&left, '\n', &line)) {
        struct lf_buf want;
        lf_view role, property;

        if (!line.len || !lf_view_split(&line, '\t', &role) || !lf_view_split(&line, '\t', &property))
            continue;
        lf_buf_init(&want, 4096);
        lf_buf_printf(&want, "| %.*s | `", LF_FMT(role));
        for (size_t i = 0; i < property.len; i++)
            lf_buf_byte(&want, property.ptr[i] == '|' ? '/' : property.ptr[i]);
        LF_PUT(&want, "` | ");
        if (lf_view_starts(line, LF_V("-> "))) {
            lf_buf_printf(&want, "\xe2\x86\x92 %.*s", LF_FMT(lf_view_from(line, 3)));
        } else {
            LF_PUT(&want, "`");
            for (size_t i = 0; i < line.len; i++)
                if (line.ptr[i] == ',')
                    LF_PUT(&want, "`, `");
                else if (line.ptr[i] != ' ')
                    lf_buf_byte(&want, line.ptr[i]);
            LF_PUT(&want, "`");
        }
        LF_PUT(&want, " |\n");
        CHECK(lf_view_find(lf_buf_view(&page), lf_buf_view(&want)) != SIZE_MAX,
              "docs/manual/patterns.md lacks %.*s", LF_FMT(lf_buf_view(&want)));
        lf_buf_clear(&want);
        rows_seen++;
    }
    CHECK(rows_seen > 100, "%zu rows", rows_seen);
    lf_buf_clear(&table);
    lf_buf_clear(&page);
}

int main(void)
{
    RUN(the_manual_shows_the_whole_table);
    RUN(an_event_is_the_objects_its_fields_say);
    RUN(windows_orders_and_counts_are_those_of_the_standard);
    RUN(an_event_that_comes_late_takes_its_place);
    RUN(several_events_of_one_record_are_several);
    RUN(memory_is_bounded_and_what_goes_is_counted);
    RUN(what_cannot_matter_is_not_kept);
    RUN(patterns_come_and_go);
    RUN(a_finding_names_its_events_and_sightings_are_counted);
    RUN(a_damaged_state_is_refused_whole);
    DONE();
}
