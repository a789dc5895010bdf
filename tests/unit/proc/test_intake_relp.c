#include "proc/intake_relp.h"

#include "lf_test.h"

struct session {
    struct intake_relp r;
    struct lf_buf out;
    size_t taken, most;
    char last[64];
    lf_view left;
    struct lf_err e;
};

static bool take(void *ctx, lf_view message)
{
    struct session *s = ctx;

    if (s->taken == s->most)
        return false;
    s->taken++;
    snprintf(s->last, sizeof s->last, "%.*s", LF_FMT(message));
    return true;
}

static void begin(struct session *s)
{
    memset(s, 0, sizeof *s);
    s->most = SIZE_MAX;
    lf_buf_init(&s->out, 1 << 20);
}

/* What it answers at once to these bytes. */
static lf_view say(struct session *s, const char *bytes)
{
    lf_buf_reset(&s->out);
    s->left = lf_view_of(bytes);
    (void)intake_relp_frames(&s->r, &s->left, take, s, &s->out, &s->e);
    return lf_buf_view(&s->out);
}

static lf_view kept(struct session *s)
{
    lf_buf_reset(&s->out);
    intake_relp_kept(&s->r, &s->out);
    return lf_buf_view(&s->out);
}

#define OPEN "1 open 30 relp_version=0\ncommands=syslog\n"

static void a_message_is_answered_after_the_commit_only(void)
{
    struct session s;

    begin(&s);
    CHECK(lf_view_starts(say(&s, "1 open 30 relp_version=0\ncommands=syslog\n"), LF_V("1 rsp ")), "open");
    CHECK(lf_view_find(lf_buf_view(&s.out), LF_V("200 OK\nrelp_version=0\n")) != SIZE_MAX, "%.*s",
          LF_FMT(lf_buf_view(&s.out)));
    CHECK_VIEW(say(&s, "2 syslog 5 hello\n3 syslog 5 world\n"), LF_V(""));
    CHECK(s.taken == 2 && s.left.len == 0 && !strcmp(s.last, "world"), "%zu taken", s.taken);
    CHECK_VIEW(kept(&s), LF_V("2 rsp 6 200 OK\n3 rsp 6 200 OK\n"));
    CHECK_VIEW(kept(&s), LF_V(""));
    CHECK_VIEW(say(&s, "4 close 0\n"), LF_V("4 rsp 0\n0 serverclose 0\n"));
    CHECK(s.r.state == INTAKE_RELP_OVER && !s.r.broken, "over");
    lf_buf_clear(&s.out);
}

static void the_end_waits_for_the_answers_before_it(void)
{
    struct session s;

    begin(&s);
    (void)say(&s, OPEN);
    CHECK_VIEW(say(&s, "2 syslog 1 a\n3 close 0\n"), LF_V(""));
    CHECK_VIEW(kept(&s), LF_V("2 rsp 6 200 OK\n3 rsp 0\n0 serverclose 0\n"));
    lf_buf_clear(&s.out);
}

static void what_cannot_be_taken_stays_and_is_taken_later(void)
{
    struct session s;

    begin(&s);
    (void)say(&s, OPEN);
    s.most = 1;
    CHECK_VIEW(say(&s, "2 syslog 1 a\n3 syslog 1 b\n"), LF_V(""));
    CHECK_VIEW(s.left, LF_V("3 syslog 1 b\n"));
    CHECK_VIEW(kept(&s), LF_V("2 rsp 6 200 OK\n"));
    s.most = 2;
    CHECK(intake_relp_frames(&s.r, &s.left, take, &s, &s.out, &s.e) && !s.left.len && s.taken == 2, "later");
    CHECK_VIEW(kept(&s), LF_V("3 rsp 6 200 OK\n"));
    lf_buf_clear(&s.out);
}

static void numbers_begin_anew_behind_the_highest(void)
{
    struct session s;

    begin(&s);
    (void)say(&s, OPEN);
    s.r.last = LF_RELP_TXNR - 1;
    CHECK_VIEW(say(&s, "999999999 syslog 1 a\n1 syslog 1 b\n2 syslog 1 c\n"), LF_V(""));
    CHECK_VIEW(kept(&s), LF_V("999999999 rsp 6 200 OK\n1 rsp 6 200 OK\n2 rsp 6 200 OK\n"));
    lf_buf_clear(&s.out);
}

static const struct {
    const char *name, *bytes;
    const char *answer; /* begins with */
} wrong[] = {
    { "a message before open", "1 syslog 1 a\n", "1 rsp " },
    { "open without a version", "1 open 15 commands=syslog\n", "1 rsp " },
    { "open that wants something else", "1 open 27 relp_version=0\ncommands=foo\n", "1 rsp " },
    { "a first number that is not 1", "2 open 30 relp_version=0\ncommands=syslog\n", "2 rsp " },
    { "a gap", OPEN "3 syslog 1 a\n", "1 rsp " },
    { "a number twice", OPEN "1 syslog 1 a\n", "1 rsp " },
    { "a command that is not known", OPEN "2 starttls 0\n", "1 rsp " },
    { "no frame", "GET / HTTP/1.1\r\n", "0 serverclose 0\n" },
};

static void what_is_out_of_step_ends_the_session(void)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct session s;
        lf_view said;

        begin(&s);
        said = say(&s, wrong[i].bytes);
        CHECK(s.r.state == INTAKE_RELP_OVER && s.r.broken && s.e.text[0], "%s goes on", wrong[i].name);
        CHECK(lf_view_starts(said, lf_view_of(wrong[i].answer)) &&
                  lf_view_ends(said, LF_V("0 serverclose 0\n")),
              "%s: %.*s", wrong[i].name, LF_FMT(said));
        CHECK(s.taken == 0 && lf_view_find(said, LF_V("200 OK\n0")) == SIZE_MAX, "%s was taken",
              wrong[i].name);
        lf_buf_clear(&s.out);
    }
}

static void the_window_is_bounded(void)
{
    struct session s;
    char one[64];

    begin(&s);
    (void)say(&s, OPEN);
    for (unsigned i = 0; i < INTAKE_RELP_WINDOW + 10; i++) {
        snprintf(one, sizeof one, "%u syslog 1 x\n", i + 2);
        (void)say(&s, one);
    }
    CHECK(s.taken == INTAKE_RELP_WINDOW && s.r.state == INTAKE_RELP_OPEN, "%zu taken", s.taken);
    CHECK(!intake_relp_room(&s.r, &s.out), "no room");
    (void)kept(&s);
    CHECK(s.r.waiting == 0, "answered");
    lf_buf_clear(&s.out);
}

int main(void)
{
    RUN(a_message_is_answered_after_the_commit_only);
    RUN(the_end_waits_for_the_answers_before_it);
    RUN(what_cannot_be_taken_stays_and_is_taken_later);
    RUN(numbers_begin_anew_behind_the_highest);
    RUN(what_is_out_of_step_ends_the_session);
    RUN(the_window_is_bounded);
    DONE();
}
