#include "fmt/syslog.h"

#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;

static const struct {
    const char *name;
    lf_view in;
    enum lf_code want;
    unsigned fac, sev;
} lines[] = {
    { "leading zero is taken", LF_VIEW("<034>x"), LF_OK, 4, 2 },
    { "highest value", LF_VIEW("<191>x"), LF_OK, 23, 7 },
    { "zero", LF_VIEW("<0>"), LF_OK, 0, 0 },
    { "facility past the end", LF_VIEW("<192>x"), LF_BAD_INPUT, 0, 0 },
    { "never closed", LF_VIEW("<34"), LF_BAD_INPUT, 0, 0 },
    { "four digits", LF_VIEW("<0034>"), LF_BAD_INPUT, 0, 0 },
    { "no digits", LF_VIEW("<>x"), LF_BAD_INPUT, 0, 0 },
    { "a sign", LF_VIEW("<-1>x"), LF_BAD_INPUT, 0, 0 },
};

static void pri_is_taken_only_when_it_names_a_facility(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct lf_syslog_pri pri = { 99, 99 };
        lf_view in = lines[i].in;

        CHECK(lf_syslog_take_pri(&in, &pri, &e) == lines[i].want, "%s", lines[i].name);
        if (lines[i].want == LF_OK)
            CHECK(pri.facility == lines[i].fac && pri.severity == lines[i].sev, "%s", lines[i].name);
        else
            CHECK(lf_view_eq(in, lines[i].in) && pri.facility == 99, "%s: touched", lines[i].name);
    }
}

static void a_cut_line_is_never_half_consumed(void)
{
    lf_view whole = LF_V("<165>1 2026-11-21T02:48:16Z host app - - - hi");

    for (size_t n = 0; n <= whole.len; n++) {
        struct lf_syslog_pri pri;
        lf_view cut = { whole.ptr, n }, in = cut;

        if (lf_syslog_take_pri(&in, &pri, &e) == LF_OK)
            CHECK(in.ptr + in.len == cut.ptr + cut.len, "lost the tail at %zu", n);
        else
            CHECK(lf_view_eq(in, cut), "moved at %zu", n);
    }
}

static lf_time when(const char *text)
{
    lf_time t = 0;

    CHECK_OK(lf_time_parse(lf_view_of(text), &t, &e), &e);
    return t;
}

static void rfc_5424_gives_all_its_parts(void)
{
    struct lf_syslog s;

    CHECK_OK(lf_syslog_parse(&a,
                             LF_V("<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 12 ID47 "
                                  "[exampleSDID@32473 iut=\"3\" eventSource=\"App\\\"li\\]ca\\\\t\\ion\"][x "
                                  "y=\"\"] \xef\xbb\xbf"
                                  "An event"),
                             0, &s, &e),
             &e);
    CHECK(s.version == 1 && s.pri.facility == 20 && s.pri.severity == 5, "pri");
    CHECK(s.has_time && s.time == when("2003-10-11T22:14:15.003Z"), "time");
    CHECK_VIEW(s.host, LF_V("mymachine.example.com"));
    CHECK_VIEW(s.app, LF_V("evntslog"));
    CHECK_VIEW(s.pid, LF_V("12"));
    CHECK_VIEW(s.msgid, LF_V("ID47"));
    CHECK(s.nparams == 3, "%zu", s.nparams);
    CHECK_VIEW(s.params[0].id, LF_V("exampleSDID@32473"));
    CHECK_VIEW(s.params[0].value, LF_V("3"));
    CHECK_VIEW(s.params[1].name, LF_V("eventSource"));
    CHECK_VIEW(s.params[1].value, LF_V("App\"li]ca\\t\\ion"));
    CHECK_VIEW(s.params[2].value, LF_V(""));
    CHECK_VIEW(s.message, LF_V("An event"));

    CHECK_OK(lf_syslog_parse(&a, LF_V("<0>1 - - - - - -"), 0, &s, &e), &e);
    CHECK(!s.has_time && !s.host.len && !s.message.len, "nil values");
    CHECK_CODE(lf_syslog_parse(&a, LF_V("<0>1 yesterday h a - - - x"), 0, &s, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_syslog_parse(&a, LF_V("<0>1 - h a - - [a b=\"c] x"), 0, &s, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_syslog_parse(&a, LF_V("<0>1 - h a - - [a]x"), 0, &s, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_syslog_parse(&a, LF_V("<0>1 - h a -"), 0, &s, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_syslog_parse(&a, LF_V("hello"), 0, &s, &e), LF_BAD_INPUT);
}

static void rfc_3164_is_read_as_devices_send_it(void)
{
    struct lf_syslog s;
    lf_time now = when("2026-11-21T03:00:00Z");

    CHECK_OK(
        lf_syslog_parse(&a, LF_V("<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed"), now, &s, &e),
        &e);
    CHECK(s.version == 0 && s.time == when("2026-10-11T22:14:15Z"), "time");
    CHECK_VIEW(s.host, LF_V("mymachine"));
    CHECK_VIEW(s.app, LF_V("su"));
    CHECK_VIEW(s.pid, LF_V("230"));
    CHECK_VIEW(s.message, LF_V("'su root' failed"));

    CHECK_OK(
        lf_syslog_parse(&a, LF_V("<13>Jan  5 01:02:03 web nginx: x"), when("2026-12-30T00:00:00Z"), &s, &e),
        &e);
    CHECK(s.time == when("2027-01-05T01:02:03Z"), "the year that comes");
    CHECK_OK(
        lf_syslog_parse(&a, LF_V("<13>Dec 31 23:59:59 web nginx: x"), when("2027-01-01T00:00:01Z"), &s, &e),
        &e);
    CHECK(s.time == when("2026-12-31T23:59:59Z"), "the year that went");

    CHECK_OK(lf_syslog_parse(&a, LF_V("<13>2026-11-21T02:48:16.5+08:00 web app: x"), now, &s, &e), &e);
    CHECK(s.time == when("2026-11-20T18:48:16.5Z"), "RFC 3339 in 3164");
    CHECK_VIEW(s.app, LF_V("app"));

    CHECK_OK(lf_syslog_parse(&a, LF_V("<13>Nov 21 02:48:16 app[1]: x"), now, &s, &e), &e);
    CHECK(!s.host.len, "no host was sent");
    CHECK_VIEW(s.app, LF_V("app"));

    CHECK_OK(lf_syslog_parse(&a, LF_V("<13>any text at all"), now, &s, &e), &e);
    CHECK(!s.has_time && !s.host.len && !s.app.len, "plain");
    CHECK_VIEW(s.message, LF_V("any text at all"));
    CHECK_OK(lf_syslog_parse(&a, LF_V("<13>Feb 30 02:48:16 h a: x"), now, &s, &e), &e);
    CHECK(!s.has_time, "a day that does not exist");
}

/* A log is of what was: a date half a year ahead is one of last year. */
static void a_date_without_a_year_is_not_ahead(void)
{
    static const struct {
        const char *line, *now, *want;
    } dates[] = {
        { "<13>May 12 10:00:00 h a: x", "2026-11-24T00:00:00Z", "2026-05-12T10:00:00Z" },
        { "<13>Feb  5 17:32:18 h a: x", "2026-11-24T00:00:00Z", "2026-02-05T17:32:18Z" },
        { "<13>Dec  3 00:00:00 h a: x", "2026-11-24T00:00:00Z", "2025-12-03T00:00:00Z" },
        { "<13>Nov 30 00:00:00 h a: x", "2026-11-24T00:00:00Z", "2026-11-30T00:00:00Z" },
        { "<13>Feb 29 10:00:00 h a: x", "2025-01-24T00:00:00Z", "2024-02-29T10:00:00Z" },
        { "<13>Feb 29 10:00:00 h a: x", "1970-01-01T00:00:00Z", "1970-03-01T10:00:00Z" },
        { "<13>Nov 30 10:00:00 h a: x", "1970-01-01T00:00:00Z", "1970-11-30T10:00:00Z" },
        { "<13>Jan  1 00:00:01 h a: x", "2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z" },
    };
    struct lf_syslog s;

    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        CHECK_OK(lf_syslog_parse(&a, lf_view_of(dates[i].line), when(dates[i].now), &s, &e), &e);
        CHECK(s.has_time && s.time == when(dates[i].want), "%s at %s", dates[i].line, dates[i].now);
    }
}

static void other_forms_of_3164_give_time_and_host_too(void)
{
    lf_time now = when("2026-11-21T03:00:00Z");
    struct lf_syslog s;

    CHECK_OK(lf_syslog_parse(&a, LF_V("<14>Nov  2 03:04:05.678 host1 sshd[12]: x"), now, &s, &e), &e);
    CHECK(s.has_time && s.time == when("2026-11-02T03:04:05.678Z"), "parts of a second");
    CHECK_VIEW(s.host, LF_V("host1"));
    CHECK_VIEW(s.app, LF_V("sshd"));
    CHECK_OK(lf_syslog_parse(&a, LF_V("<166>Jan 02 2025 03:04:05 fw1 : %ASA-6-302013: Built"), now, &s, &e),
             &e);
    CHECK(s.has_time && s.time == when("2025-01-02T03:04:05Z"), "a year behind the day");
    CHECK_VIEW(s.host, LF_V("fw1"));
    CHECK_VIEW(s.message, LF_V("%ASA-6-302013: Built"));
    CHECK_OK(lf_syslog_parse(&a, LF_V("<166>Jan 02 2025 03:04:05: %ASA-6-302013: Built"), now, &s, &e), &e);
    CHECK(s.has_time && s.time == when("2025-01-02T03:04:05Z") && !s.host.len, "and no host");
    CHECK_OK(lf_syslog_parse(&a, LF_V("<166>Feb 29 2025 03:04:05 h a: x"), now, &s, &e), &e);
    CHECK(!s.has_time, "a day that the year does not have");
    CHECK_OK(lf_syslog_parse(&a, LF_V("<14>Nov  2 03:04:05 2001:db8::1 app: x"), now, &s, &e), &e);
    CHECK_VIEW(s.host, LF_V("2001:db8::1"));
    CHECK_VIEW(s.app, LF_V("app"));
    CHECK_OK(lf_syslog_parse(&a, LF_V("<14>Nov  2 03:04:05 ad: x"), now, &s, &e), &e);
    CHECK_VIEW(s.app, LF_V("ad"));
    CHECK_OK(lf_syslog_parse(&a, LF_V("<189>45: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: x"), now, &s, &e), &e);
    CHECK(!s.app.len, "a count of messages is no program");
    CHECK_VIEW(s.message, LF_V("*Mar  1 18:46:11.123: %SYS-5-CONFIG_I: x"));
    for (size_t n = 4; n < 36; n++) { /* what is cut is read as far as it is there */
        lf_view whole = LF_V("<14>Jan 02 2025 03:04:05.678 h : x");
        char *cut = malloc(n);
        memcpy(cut, whole.ptr, n < whole.len ? n : whole.len);
        CHECK_OK(lf_syslog_parse(&a, (lf_view){ cut, n < whole.len ? n : whole.len }, now, &s, &e), &e);
        free(cut);
    }
}

static void frames_come_out_whole_however_the_stream_is_cut(void)
{
    static const lf_view stream = LF_VIEW("8 <34>abc\n<13>one\r\n\n<13>two\0"
                                          "5 <1>\nx2026-11-21 x\n");
    static const char *const want[] = { "<34>abc", "<13>one", "<13>two", "<1>\nx", "2026-11-21 x" };
    lf_view in = stream, frame;
    bool whole;

    for (size_t i = 0; i < 5; i++) {
        CHECK_OK(lf_syslog_frame(&in, 100, &whole, &frame, &e), &e);
        CHECK(whole, "%zu", i);
        CHECK_VIEW(frame, lf_view_of(want[i]));
    }
    CHECK_OK(lf_syslog_frame(&in, 100, &whole, &frame, &e), &e);
    CHECK(!whole && !in.len, "end");
    for (size_t cut = 0; cut < stream.len; cut++) {
        lf_view first = lf_view_first(stream, cut);
        size_t n = 0;
        for (;;) {
            CHECK_OK(lf_syslog_frame(&first, 100, &whole, &frame, &e), &e);
            if (!whole)
                break;
            CHECK_VIEW(frame, lf_view_of(want[n]));
            n++;
        }
        /* What is left and what comes later give the rest. */
        first.len = (size_t)(stream.ptr + stream.len - first.ptr);
        for (; n < 5; n++) {
            CHECK_OK(lf_syslog_frame(&first, 100, &whole, &frame, &e), &e);
            CHECK_VIEW(frame, lf_view_of(want[n]));
        }
    }
}

static void frames_have_limits(void)
{
    lf_view in = LF_V("101 <1>"), frame;
    bool whole;

    CHECK_CODE(lf_syslog_frame(&in, 100, &whole, &frame, &e), LF_BAD_INPUT);
    in = LF_V("99999999999 <1>");
    CHECK_CODE(lf_syslog_frame(&in, 100, &whole, &frame, &e), LF_BAD_INPUT);
    in = LF_V("abcdefghijklmno\n");
    CHECK_OK(lf_syslog_frame(&in, 10, &whole, &frame, &e), &e);
    CHECK_VIEW(frame, LF_V("abcdefghij"));
    CHECK_OK(lf_syslog_frame(&in, 10, &whole, &frame, &e), &e);
    CHECK_VIEW(frame, LF_V("klmno"));
}

int main(void)
{
    RUN(pri_is_taken_only_when_it_names_a_facility);
    RUN(a_cut_line_is_never_half_consumed);
    RUN(rfc_5424_gives_all_its_parts);
    RUN(rfc_3164_is_read_as_devices_send_it);
    RUN(a_date_without_a_year_is_not_ahead);
    RUN(other_forms_of_3164_give_time_and_host_too);
    RUN(frames_come_out_whole_however_the_stream_is_cut);
    RUN(frames_have_limits);
    lf_arena_clear(&a);
    DONE();
}
