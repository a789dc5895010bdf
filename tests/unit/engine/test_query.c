#include "engine/query.h"

#include "base/crypto.h"
#include "lf_normaliser.h"
#include "lf_test.h"

#define T0 ((lf_time)1795237200 * LF_SECOND) /* 2026-11-21T05:00:00Z */

static const char ssh[] = "<38>Nov 21 13:00:01 web-1 sshd[812]: Failed password for invalid user admin from "
                          "203.0.113.9 port 4022 ssh2";
static const char access_line[] =
    "203.0.113.9 - - [21/Nov/2026:13:00:01 +0800] \"GET /ping?host=127.0.0.1%3Bnslookup%20c2-ab12.test "
    "HTTP/1.1\" 200 512 \"-\" \"curl/7.88\"";
static const char windows[] =
    "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Sysmon\"}},"
    "\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"PC-7\"},"
    "\"EventData\":{\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"CommandLine\":\"cmd.exe /c "
    "whoami\",\"User\":\"CORP\\\\alice\"}}}";
static const char flat[] =
    "{\"user\":{\"name\":\"Ämilie\"},\"bytes\":1500,\"tags\":[\"red\",\"blue\"],"
    "\"src\":\"10.1.2.3\",\"v6\":\"2001:db8::7\",\"note\":\"使用者登入失敗\",\"empty\":\"\","
    "\"nil\":null,\"ok\":true,\"when\":\"2026-11-20T10:00:00Z\",\"a b\":\"x\"}";

static struct lf_query_tree *ready(struct lf_arena *a, const char *text)
{
    struct lf_err e = { 0 };
    struct lf_query_tree *q = NULL;

    if (lf_query_parse(a, lf_view_of(text), &q, &e) != LF_OK || lf_query_compile(q, &e) != LF_OK) {
        CHECK(false, "%s: %s", text, e.text);
        return NULL;
    }
    return q;
}

static size_t seen(void *ctx, size_t place)
{
    *(bool *)ctx = true;
    return place;
}

/* What the scan passes over must not match; so it is asked each time. */
static bool holds(const char *query, const char *line)
{
    struct lf_arena a = { 0 };
    struct lf_record r = {
        .bytes = lf_view_of(line), .sender = LF_VIEW("10.9.9.9"), .position = 7, .recorded = T0
    };
    struct lf_query_tree *q = ready(&a, query);
    struct lf_event ev;
    bool yes, candidate = false;

    test_normalise(&a, &r, &ev);
    yes = q && lf_query_matches(q, &a, &r, &ev);
    if (q && !lf_query_wants_all(q))
        lf_query_scan(q, r.bytes, seen, &candidate);
    else
        candidate = true;
    CHECK(!yes || candidate, "the scan passes over what matches: %s", query);
    lf_query_clear(q);
    lf_arena_clear(&a);
    return yes;
}

static const struct {
    const char *query, *line;
    bool want;
} cases[] = {
    /* words and phrases */
    { "failed", ssh, true },
    { "FAILED password", ssh, true },
    { "fail", ssh, false },
    { "fail*", ssh, true },
    { "*ail*", ssh, true },
    { "\"failed password\"", ssh, true },
    { "\"password failed\"", ssh, false },
    { "adm?n", ssh, true },
    { "adm?", ssh, false },
    { "203.0.113.9", ssh, true },
    { "03.0.113.9", ssh, false },
    { "*", ssh, true },
    { "10:20:30", ssh, false },
    { "13:00:01", ssh, true },
    { "登入", flat, true },
    { "登出", flat, false },
    { "ämilie", flat, true },
    { "whoami", windows, true },
    { "\"C:\\Windows\\System32\\cmd.exe\"", windows, true },
    /* boolean */
    { "failed AND admin", ssh, true },
    { "failed AND root", ssh, false },
    { "root OR admin", ssh, true },
    { "failed NOT root", ssh, true },
    { "failed -admin", ssh, false },
    { "failed !(root OR admin)", ssh, false },
    { "root OR failed admin", ssh, true },
    { "(root OR failed) nothere", ssh, false },
    { "NOT nothere", ssh, true },
    { "failed\xe3\x80\x80"
      "admin",
      ssh, true },
    /* fields: Sigma's, ECS's and own names */
    { "user.name:admin", ssh, true },
    { "source.ip:203.0.113.9", ssh, true },
    { "event.outcome:failure", ssh, true },
    { "user.name:adm", ssh, false },
    { "user.name:adm*", ssh, true },
    { "user.name=admin", ssh, true },
    { "user.name=adm*", ssh, true },
    { "user.name:(root OR admin)", ssh, true },
    { "user.name:(root admin)", ssh, false },
    { "user.name!=root", ssh, true },
    { "nofield!=root", ssh, false },
    { "NOT nofield:root", ssh, true },
    { "cs-method:GET sc-status:200", access_line, true },
    { "url.query.decoded:\"nslookup c2-ab12.test\"", access_line, true },
    { "cs-uri-query:*nslookup*", access_line, true },
    { "cs-uri-stem=/ping", access_line, true },
    { "cs-uri-stem:\"/ping\"", access_line, true },
    { "Image:*\\cmd.exe", windows, true },
    { "Image=*\\cmd.exe", windows, true },
    { "Image=*\\cmd", windows, false },
    { "Image:C:\\Windows\\System32\\cmd.exe", windows, true },
    { "EventID:1 Computer:PC-7", windows, true },
    { "Provider_Name:Sysmon", windows, true },
    { "CommandLine:cmd.exe*whoami", windows, true },
    { "user.name:ÄMILIE", flat, true },
    { "tags:blue", flat, true },
    { "tags:(red blue)", flat, true },
    { "tags=redblue", flat, false },
    { "ok:true", flat, true },
    { "\"a b\":x", flat, true },
    { "empty=\"\"", flat, true },
    { "bytes=\"\"", flat, false },
    { "empty:*", flat, true },
    { "nil:*", flat, false },
    { "none:*", flat, false },
    { "note:登入失敗", flat, true },
    { "_sender:10.9.9.9", flat, true },
    { "_position:7", flat, true },
    { "_source:sshd", ssh, true },
    /* expressions */
    { "user.name:/^adm.n$/", ssh, true },
    { "user.name:/^dmin/", ssh, false },
    { "/port \\d{4} ssh/", ssh, true },
    { "/PORT/", ssh, false },
    { "/(?i)PORT/", ssh, true },
    { "user.name:/root|adm[ia]n/", ssh, true },
    /* ranges */
    { "bytes:[1000 TO 2000]", flat, true },
    { "bytes:{1500 TO 2000]", flat, false },
    { "bytes:[1500 TO 2000}", flat, true },
    { "bytes:[* TO 1499]", flat, false },
    { "bytes:>=1500", flat, true },
    { "bytes>1500", flat, false },
    { "bytes<=1.5e3", flat, true },
    { "bytes:>abc", flat, false },
    { "src:[10.1.2.0 TO 10.1.2.255]", flat, true },
    { "src:>10.1.2.3", flat, false },
    { "when:>=2026-11-20", flat, true },
    { "when:[2026-11-20 TO 2026-11-20]", flat, true }, /* a day alone is the whole day, Taipei's */
    { "when:<=2026-11-20", flat, true },
    { "when:<2026-11-20", flat, false },
    { "when:>2026-11-20", flat, false },
    { "when:>2026-11-19", flat, true },
    { "when:>=2026-11-21", "{\"when\":\"2026-11-20T16:00:00Z\"}", true },
    { "when:<=2026-11-20", "{\"when\":\"2026-11-20T16:00:00Z\"}", false },
    { "C:\\Windows", "{\"s\":\"in C:\\\\Windows\\\\x.exe\"}", true }, /* a drive is no field */
    { "c:\\wind", "{\"s\":\"in C:\\\\Windows\\\\x.exe\"}", false },
    { "when:[2026-11-20T10:00:01Z TO *]", flat, false },
    { "user.name:[a TO z]", flat, false },
    { "tags:[a TO z]", flat, true },
    /* networks */
    { "src:10.0.0.0/8", flat, true },
    { "src:10.1.2.0/23", flat, true },
    { "src:10.1.3.0/24", flat, false },
    { "v6:2001:db8::/32", flat, true },
    { "v6:2001:db9::/32", flat, false },
    { "10.0.0.0/8", flat, true },
    { "source.ip:0.0.0.0/0", ssh, true },
};

static void a_query_finds_what_the_manual_says(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(holds(cases[i].query, cases[i].line) == cases[i].want, "%s", cases[i].query);
}

static void json_escapes_hide_nothing_from_the_scan(void)
{
    static const char escaped[] =
        "{\"cmd\":\"\\u0065vil.exe\",\"u\":\"\\u4f7f\\u7528\",\"p\":\"a\\/b\\\\c\",\"n\":\"x\\nfoo\"}";

    CHECK(holds("evil.exe", escaped), "an escaped letter");
    CHECK(holds("cmd:evil*", escaped), "in a field");
    CHECK(holds("使用", escaped), "escaped Chinese");
    CHECK(holds("u:使用", escaped), "in a field");
    CHECK(holds("p=a/b\\\\c", escaped), "slash and backslash");
    CHECK(holds("foo", escaped), "behind an escaped line end");
}

static const struct {
    const char *query;
    const char *column; /* "column N" */
} bad[] = {
    { "", "empty" },
    { "a AND", "column 6" },
    { "AND a", "column 1" },
    { "(a", "column 1" },
    { "a)", "column 2" },
    { "\"a", "column 1" },
    { "a \"b", "column 3" },
    { "f:", "column 3" },
    { "f:/abc", "column 3" },
    { "/etc/passwd", "column 1" },
    { "f:[1 2]", "column 6" },
    { "f:[1 TO 2", "column 3" },
    { "f:[ TO 2]", "TO is missing" },
    { ">5", "column 1" },
    { "f:\"\"", "column 3" },
    { "使用 |", "column 5" },
    { "a | bogus", "column 5" },
    { "a | count by", "column 13" },
    { "a | head 0", "column 10" },
    { "a | head x", "column 10" },
    { "a | count | top x", "column 13" },
    { "a | sort x | count", "column 14" },
    { "a | count by x | sort y", "no column \"y\"" },
    { "a | timechart span=1y", "column 20" },
    { "a | sum", "column 8" },
    { "a | sum(x", "a )" },
    { "a || b", "column 4" },
    { "f:[10.0.0.1 TO ::1]", "IPv4 and an IPv6" },
    { "a | sort x | sort y", "sorted once" },
};

static void what_is_wrong_is_said_with_its_column(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lf_arena a = { 0 };
        struct lf_query_tree *q;
        struct lf_err e = { 0 };

        CHECK(lf_query_parse(&a, lf_view_of(bad[i].query), &q, &e) == LF_BAD_INPUT, "%s", bad[i].query);
        CHECK(strstr(e.text, bad[i].column), "%s: %s", bad[i].query, e.text);
        lf_arena_clear(&a);
    }
}

static void a_broken_expression_is_refused_when_it_is_made_ready(void)
{
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;
    struct lf_err e = { 0 };

    CHECK_OK(lf_query_parse(&a, LF_V("x f:/a(b/"), &q, &e), &e);
    CHECK_CODE(lf_query_compile(q, &e), LF_BAD_INPUT);
    CHECK(strstr(e.text, "column 5"), "%s", e.text);
    lf_query_clear(q);
    lf_arena_clear(&a);
}

static void size_and_depth_are_bounded(void)
{
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;
    struct lf_err e = { 0 };
    char text[LF_QUERY_TEXT + 2];

    memset(text, '(', sizeof text);
    CHECK_CODE(lf_query_parse(&a, (lf_view){ text, 8000 }, &q, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_query_parse(&a, (lf_view){ text, LF_QUERY_TEXT + 1 }, &q, &e), LF_BAD_INPUT);
    for (size_t i = 0; i < 8000; i++)
        text[i] = "a "[i % 2];
    CHECK_CODE(lf_query_parse(&a, (lf_view){ text, 8000 }, &q, &e), LF_BAD_INPUT);
    CHECK(strstr(e.text, "256"), "%s", e.text);
    for (size_t i = 0; i < 8000; i++)
        text[i] = '-';
    text[8000] = 'a';
    CHECK_CODE(lf_query_parse(&a, (lf_view){ text, 8001 }, &q, &e), LF_BAD_INPUT);
    lf_arena_clear(&a);
}

/* ---- the pipes ---- */

static struct lf_query_run *fed(struct lf_arena *a, const char *query, size_t n,
                                const char *(*line)(struct lf_arena *, size_t), struct lf_query_tree **qout)
{
    struct lf_query_tree *q = ready(a, query);
    struct lf_query_run *r;

    *qout = q;
    if (!q)
        return NULL;
    r = lf_query_run_create(q, 0, 42);
    for (size_t i = 0; i < n; i++) {
        struct lf_arena m = { 0 };
        struct lf_record rec = {
            .bytes = lf_view_of(line(&m, i)), .sender = LF_VIEW("s"), .position = i + 1, .recorded = T0
        };
        struct lf_query_hit hit;
        struct lf_event ev;

        test_normalise(&m, &rec, &ev);
        if (lf_query_matches(q, &m, &rec, &ev))
            (void)lf_query_take(r, &m, &rec, &ev, &hit);
        lf_arena_clear(&m);
    }
    return r;
}

static const char *users(struct lf_arena *a, size_t i)
{
    static const char *const name[] = { "root", "admin", "root", "eve", "root", "admin" };

    return lf_arena_printf(a,
                           "{\"u\":\"%s\",\"n\":%zu,\"f\":%zu.5,\"@timestamp\":\"2026-11-21T0%zu:30:00Z\"%s}",
                           name[i % 6], i, i, i % 4, i == 3 ? ",\"h\":[\"x\",\"y\"]" : "")
        .ptr;
}

static lf_view table_text(struct lf_arena *a, const char *query, size_t n,
                          const char *(*line)(struct lf_arena *, size_t))
{
    struct lf_query_tree *q;
    struct lf_query_run *r = fed(a, query, n, line, &q);
    struct lf_query_table t;
    struct lf_buf b;
    lf_view out;

    if (!r)
        return LF_V("");
    lf_query_table(r, a, &t);
    lf_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < t.nrows; i++)
        lf_query_row_json(&b, &t, i);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    lf_query_run_destroy(r);
    lf_query_clear(q);
    return out;
}

static void tables_count_sum_and_sort(void)
{
    static const struct {
        const char *query, *want;
    } rows[] = {
        { "* | count", "{\"count\":6}" },
        { "nothing | count", "{\"count\":0}" },
        { "| count by u",
          "{\"u\":\"root\",\"count\":3}{\"u\":\"admin\",\"count\":2}{\"u\":\"eve\",\"count\":1}" },
        { "* | top 1 u", "{\"u\":\"root\",\"count\":3}" },
        { "* | rare 1 u", "{\"u\":\"eve\",\"count\":1}" },
        { "* | count by u | sort u",
          "{\"u\":\"admin\",\"count\":2}{\"u\":\"eve\",\"count\":1}{\"u\":\"root\",\"count\":3}" },
        { "* | count by u | sort -u | head 1 | fields count", "{\"count\":3}" },
        { "* | sum n", "{\"sum(n)\":15}" },
        { "* | sum(f)", "{\"sum(f)\":18}" },
        { "* | avg n by u | sort u",
          "{\"u\":\"admin\",\"avg(n)\":3}{\"u\":\"eve\",\"avg(n)\":3}{\"u\":\"root\",\"avg(n)\":2}" },
        { "* | min n, max n, dc u", "{\"min(n)\":0,\"max(n)\":5,\"dc(u)\":3}" },
        { "* | stats count, max(n) as top by u | sort top | head 1",
          "{\"u\":\"eve\",\"count\":1,\"top\":3}" },
        { "* | avg nofield", "{\"avg(nofield)\":null}" },
        { "* | count by h", "{\"h\":\"x\",\"count\":1}{\"h\":\"y\",\"count\":1}" },
        { "* | timechart",
          "{\"_time\":\"2026-11-21T00:00:00Z\",\"count\":2}{\"_time\":\"2026-11-21T01:00:00Z\",\"count\":2}"
          "{\"_time\":\"2026-11-21T02:00:00Z\",\"count\":1}{\"_time\":\"2026-11-21T03:00:00Z\",\"count\":"
          "1}" },
        { "n:(0 OR 3) | timechart span=1h count",
          "{\"_time\":\"2026-11-21T00:00:00Z\",\"count\":1}{\"_time\":\"2026-11-21T01:00:00Z\",\"count\":0}"
          "{\"_time\":\"2026-11-21T02:00:00Z\",\"count\":0}{\"_time\":\"2026-11-21T03:00:00Z\",\"count\":"
          "1}" },
        { "* | timechart span=1d count by u | head 1",
          "{\"_time\":\"2026-11-20T16:00:00Z\",\"u\":\"root\",\"count\":3}" },
        { "* | head 3 | count", "{\"count\":3}" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        lf_view got = table_text(&a, rows[i].query, 6, users);

        CHECK(lf_view_is(got, rows[i].want), "%s: %.*s", rows[i].query, LF_FMT(got));
        lf_arena_clear(&a);
    }
}

static const char *many(struct lf_arena *a, size_t i)
{
    return lf_arena_printf(a, "{\"k\":\"v%zu\"}", i).ptr;
}

static void groups_past_the_limit_are_told(void)
{
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;
    struct lf_query_run *r = fed(&a, "* | count by k", LF_QUERY_GROUPS + 25, many, &q);
    struct lf_query_table t;

    lf_query_table(r, &a, &t);
    CHECK(t.nrows == LF_QUERY_GROUPS && t.others == 25, "%zu rows, %llu others", t.nrows,
          (unsigned long long)t.others);
    CHECK(lf_view_find(lf_query_table_note(&a, &t), LF_V("25 events")) != SIZE_MAX, "said");
    lf_query_run_destroy(r);
    lf_query_clear(q);
    lf_arena_clear(&a);
}

static void events_without_the_field_are_told(void)
{
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;
    struct lf_query_run *r = fed(&a, "* | count by h", 6, users, &q);
    struct lf_query_table t;

    lf_query_table(r, &a, &t);
    CHECK(t.without == 5, "%llu", (unsigned long long)t.without);
    lf_query_run_destroy(r);
    lf_query_clear(q);
    lf_arena_clear(&a);
}

static void a_sort_of_events_gives_each_once_in_order(void)
{
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;
    struct lf_query_run *r = fed(&a, "* | sort -n | head 4 | fields n, u", 6, users, &q);
    struct lf_query_hit hit;
    uint64_t dropped = 0;
    size_t n = 0;

    while (lf_query_next(r, &hit, &dropped)) {
        static const char *const want[] = { "{\"n\":5,\"u\":\"admin\"}", "{\"n\":4,\"u\":\"root\"}",
                                            "{\"n\":3,\"u\":\"eve\"}", "{\"n\":2,\"u\":\"root\"}" };

        CHECK(n < 4 && lf_view_is(hit.event, want[n]), "%.*s", LF_FMT(hit.event));
        n++;
    }
    CHECK(n == 4 && dropped == 0, "%zu", n);
    lf_query_run_destroy(r);
    lf_query_clear(q);
    lf_arena_clear(&a);
}

static void a_sort_with_a_head_is_exact_beyond_what_it_holds(void)
{
    struct lf_arena a = { 0 };
    struct lf_query_tree *q;
    struct lf_query_run *r = fed(&a, "* | sort k | head 2 | fields k", 3 * LF_QUERY_KEPT, many, &q);
    struct lf_query_hit hit;
    uint64_t dropped = 1;

    CHECK(lf_query_next(r, &hit, &dropped) && lf_view_is(hit.event, "{\"k\":\"v0\"}") && dropped == 0,
          "first");
    CHECK(lf_query_next(r, &hit, &dropped) && lf_view_is(hit.event, "{\"k\":\"v1\"}"), "second");
    CHECK(!lf_query_next(r, &hit, &dropped), "no third");
    lf_query_run_destroy(r);
    lf_query_clear(q);
    lf_arena_clear(&a);
}

static bool asked(void *ctx, lf_view text)
{
    struct lf_buf *b = ctx;

    lf_buf_printf(b, "[%.*s]", LF_FMT(text));
    return true;
}

static void only_whole_words_are_asked_of_a_filter(void)
{
    static const struct {
        const char *query, *want;
    } rows[] = {
        { "evil.example", "[evil.example]" },
        { "evil.exa*", "[evil.]" },
        { "*evil.example", "[.example]" },
        { "f:*il*", "" },
        { "a?c def", "[def]" },
        { "f:登入*", "[登入]" },
        { "Ämilie foo", "[foo]" },
        { "f:1234567", "" },
        { "NOT foo", "" },
        { "event.kind:foo", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        struct lf_query_tree *q = ready(&a, rows[i].query);
        struct lf_buf b;

        lf_buf_init(&b, 1000);
        CHECK(q && lf_query_possible(q, asked, &b), "%s", rows[i].query);
        CHECK(lf_view_is(lf_buf_view(&b), rows[i].want), "%s: %.*s", rows[i].query, LF_FMT(lf_buf_view(&b)));
        lf_buf_clear(&b);
        lf_query_clear(q);
        lf_arena_clear(&a);
    }
}

static void times_are_read_as_people_write_them(void)
{
    static const struct {
        const char *text;
        bool ends;
        const char *want; /* NULL: refused */
    } rows[] = {
        { "2026-11-20", false, "2026-11-19T16:00:00Z" },
        { "2026-11-20", true, "2026-11-20T16:00:00Z" },
        { "2026/11/20", false, "2026-11-19T16:00:00Z" },
        { "115-11-20", false, "2026-11-19T16:00:00Z" },
        { "115/11/20 08:30", false, "2026-11-20T00:30:00Z" },
        { "民國115年11月20日", false, "2026-11-19T16:00:00Z" },
        { "民國 115年1月2日 00:00:01", false, "2026-01-01T16:00:01Z" },
        { "2026-11-20T08:00:00+08:00", false, "2026-11-20T00:00:00Z" },
        { "2026-11-20T08:00:00Z", true, "2026-11-20T08:00:00Z" },
        { "2026-11-20 08:00", false, "2026-11-20T00:00:00Z" },
        { "2026-11-20T08:00Z", false, "2026-11-20T08:00:00Z" },
        { "now", false, "2026-11-21T05:00:00Z" },
        { "-24h", false, "2026-11-20T05:00:00Z" },
        { "-2w", false, "2026-11-07T05:00:00Z" },
        { "-90m", true, "2026-11-21T03:30:00Z" },
        { "2026-02-30", false, NULL },
        { "2026-13-01", false, NULL },
        { "-24x", false, NULL },
        { "yesterday", false, NULL },
        { "", false, NULL },
        { "2026-11-20 25:00", false, NULL },
        { "2026-11", false, NULL },
        { "20261120", false, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_err e = { 0 };
        char iso[LF_TIME_TEXT];
        lf_time t = 0;
        enum lf_code rc = lf_query_time(lf_view_of(rows[i].text), T0, rows[i].ends, &t, &e);

        CHECK((rc == LF_OK) == (rows[i].want != NULL), "%s: %s", rows[i].text, e.text);
        if (rc == LF_OK && rows[i].want)
            CHECK(lf_view_is(lf_time_whole(t, iso), rows[i].want), "%s: %s", rows[i].text, iso);
    }
}

int main(void)
{
    lf_crypto_init();
    RUN(a_query_finds_what_the_manual_says);
    RUN(json_escapes_hide_nothing_from_the_scan);
    RUN(what_is_wrong_is_said_with_its_column);
    RUN(a_broken_expression_is_refused_when_it_is_made_ready);
    RUN(size_and_depth_are_bounded);
    RUN(tables_count_sum_and_sort);
    RUN(groups_past_the_limit_are_told);
    RUN(events_without_the_field_are_told);
    RUN(a_sort_of_events_gives_each_once_in_order);
    RUN(a_sort_with_a_head_is_exact_beyond_what_it_holds);
    RUN(only_whole_words_are_asked_of_a_filter);
    RUN(times_are_read_as_people_write_them);
    DONE();
}
