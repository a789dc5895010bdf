#include "fmt/relp.h"

#include "lf_test.h"

static const struct {
    const char *name;
    lf_view in;
    enum lf_code want;
    bool whole;
    uint32_t txnr;
    const char *command, *data;
} frames[] = {
    { "a message", LF_VIEW("2 syslog 5 hello\n"), LF_OK, true, 2, "syslog", "hello" },
    { "no data, and so no blank", LF_VIEW("3 close 0\n"), LF_OK, true, 3, "close", "" },
    { "no data and a blank all the same", LF_VIEW("3 close 0 \n"), LF_OK, true, 3, "close", "" },
    { "a hint of the server", LF_VIEW("0 serverclose 0\n"), LF_OK, true, 0, "serverclose", "" },
    { "the highest number", LF_VIEW("999999999 rsp 6 200 OK\n"), LF_OK, true, 999999999, "rsp", "200 OK" },
    { "line feeds in the data", LF_VIEW("1 open 5 a=1\nb\n"), LF_OK, true, 1, "open", "a=1\nb" },
    { "leading zeros", LF_VIEW("007 syslog 01 x\n"), LF_OK, true, 7, "syslog", "x" },
    { "ten digits", LF_VIEW("1000000000 syslog 1 x\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "no number", LF_VIEW("syslog 1 x\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "a sign", LF_VIEW("-1 syslog 1 x\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "no command", LF_VIEW("1  1 x\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "a command with a digit", LF_VIEW("1 sys1og 1 x\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "33 letters", LF_VIEW("1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "no length", LF_VIEW("1 syslog x\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "a length and nothing of it", LF_VIEW("1 syslog 3\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "too long", LF_VIEW("1 syslog 101 x"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "longer than it says", LF_VIEW("1 syslog 1 xy\n"), LF_BAD_INPUT, false, 0, NULL, NULL },
    { "nothing", LF_VIEW(""), LF_OK, false, 0, NULL, NULL },
};

static void frames_are_read_as_the_protocol_says(void)
{
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        lf_view in = frames[i].in;
        struct lf_relp_frame f = { 0 };
        bool whole = false;
        struct lf_err e;
        enum lf_code rc = lf_relp_take(&in, 100, &whole, &f, &e);

        CHECK(rc == frames[i].want && whole == frames[i].whole, "%s: %s", frames[i].name, lf_code_name(rc));
        if (!whole) {
            CHECK(lf_view_eq(in, frames[i].in), "%s: moved", frames[i].name);
            continue;
        }
        CHECK(f.txnr == frames[i].txnr && lf_view_is(f.command, frames[i].command) &&
                  lf_view_is(f.data, frames[i].data) && in.len == 0,
              "%s: %lu \"%.*s\" \"%.*s\"", frames[i].name, (unsigned long)f.txnr, LF_FMT(f.command),
              LF_FMT(f.data));
    }
}

static void a_cut_frame_waits_for_the_rest(void)
{
    lf_view all = LF_VIEW("12 syslog 11 hello\nworld\n13 close 0\n");

    for (size_t n = 0; n <= all.len; n++) {
        lf_view in = { all.ptr, n };
        struct lf_relp_frame f;
        size_t took = 0;
        struct lf_err e;
        bool whole = true;

        while (whole) {
            CHECK_OK(lf_relp_take(&in, 100, &whole, &f, &e), &e);
            took += whole;
        }
        CHECK(took == (n == all.len ? 2u : n >= 25 ? 1u : 0u), "%zu frames of %zu bytes", took, n);
    }
}

static void what_is_written_reads_back(void)
{
    struct lf_relp_frame f;
    struct lf_buf b;
    struct lf_err e;
    lf_view in;
    bool whole;

    lf_buf_init(&b, 1000);
    lf_relp_put_ok(&b, 7);
    lf_relp_put(&b, 8, "rsp", LF_V(""));
    in = lf_buf_view(&b);
    CHECK_VIEW(in, LF_V("7 rsp 6 200 OK\n8 rsp 0\n"));
    CHECK_OK(lf_relp_take(&in, 100, &whole, &f, &e), &e);
    CHECK(whole && f.txnr == 7, "the first");
    CHECK_OK(lf_relp_take(&in, 100, &whole, &f, &e), &e);
    CHECK(whole && f.txnr == 8 && f.data.len == 0, "the second");
    lf_buf_clear(&b);
    CHECK(lf_relp_next(1) == 2 && lf_relp_next(LF_RELP_TXNR) == 1, "the number that follows");
}

static void offers_are_lines_of_names_and_values(void)
{
    lf_view data =
        LF_V("relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\ncommands=syslog");

    CHECK_VIEW(lf_relp_offer(data, "relp_version"), LF_V("0"));
    CHECK_VIEW(lf_relp_offer(data, "commands"), LF_V("syslog"));
    CHECK(!lf_relp_offer(data, "command").ptr, "a name is a whole one");
    CHECK(lf_relp_lists(LF_V("a, syslog"), "syslog") && !lf_relp_lists(LF_V("asyslog"), "syslog"), "lists");
}

int main(void)
{
    RUN(frames_are_read_as_the_protocol_says);
    RUN(a_cut_frame_waits_for_the_rest);
    RUN(what_is_written_reads_back);
    RUN(offers_are_lines_of_names_and_values);
    DONE();
}
