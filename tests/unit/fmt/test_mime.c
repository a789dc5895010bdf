#include "fmt/mime.h"

#include "base/buf.h"
#include "lf_test.h"

static struct lf_arena arena;

static struct lf_mime read_ok(const char *text)
{
    struct lf_err e = { 0 };
    struct lf_mime m = { 0 };

    CHECK_OK(lf_mime_read(&arena, lf_view_of(text), &m, &e), &e);
    return m;
}

static void refused(lf_view text, enum lf_code code, const char *says)
{
    struct lf_err e = { 0 };
    struct lf_mime m;

    CHECK(lf_mime_read(&arena, text, &m, &e) == code && strstr(e.text, says), "%s: %s", says, e.text);
}

static void senders_are_read_in_every_usual_form(void)
{
    static const struct {
        const char *field, *address, *name;
    } rows[] = {
        { "a@b.example", "a@b.example", "" },
        { "Ann Lee <a@b.example>", "a@b.example", "Ann Lee" },
        { "\"Lee, Ann\" <a@b.example>", "a@b.example", "Lee, Ann" },
        { "\"A \\\"x\\\" L\" <a@b.example>, c@d.example", "a@b.example", "A \"x\" L" },
        { "a@b.example (Ann (of B) Lee)", "a@b.example", "Ann (of B) Lee" },
        { "desk: Ann <a@b.example>, c@d.example;", "a@b.example", "Ann" },
        { "=?UTF-8?B?546L5bCP5piO?= <a@b.example>", "a@b.example", "\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e" },
        { "\xe7\x8e\x8b <a@b.example>", "a@b.example", "\xe7\x8e\x8b" },
        { "\"x@bank.example\" <evil@b.example>", "evil@b.example", "x@bank.example" },
        { "nobody", "", "" },
        { "<>", "", "" },
        { "a\xe2\x80\xae@b.example", "", "" }, /* what is shown of it would be another */
        { "a b@c <d e@f>", "", "a b@c" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_mime m = read_ok(lf_arena_printf(&arena, "From: %s\r\n\r\nx", rows[i].field).ptr);

        CHECK_VIEW(m.from, lf_view_of(rows[i].address));
        CHECK_VIEW(m.from_name, lf_view_of(rows[i].name));
    }
}

static void subjects_are_one_line_of_text(void)
{
    static const struct {
        const char *field, *shown;
    } rows[] = {
        { "plain words", "plain words" },
        { "folded\r\n\tover lines", "folded over lines" },
        { "=?utf-8?Q?caf=C3=A9_x?=", "caf\xc3\xa9 x" },
        { "=?iso-8859-1?Q?caf=E9?= now", "caf\xc3\xa9 now" },
        { "=?windows-1252?Q?=80_5?=", "\xe2\x82\xac 5" },
        { "=?big5?B?uOqmdw==?=", "\xe8\xb3\x87\xe5\xae\x89" },
        { "=?utf-8?B?6LOH?=\r\n =?utf-8?B?5a6J?=",
          "\xe8\xb3\x87\xe5\xae\x89" }, /* blanks between words are none */
        { "=?utf-8?B?6LM=?= =?utf-8?B?h+WuiQ==?=", "\xe8\xb3\x87\xe5\xae\x89" }, /* a character cut in two */
        { "=?utf-8*zh-TW?B?6LOH?= a", "\xe8\xb3\x87 a" },
        { "=?utf-8?X?abc?= left", "=?utf-8?X?abc?= left" },
        { "=?utf-8?Q?cut", "=?utf-8?Q?cut" },
        { "=?utf-8?B?YQBiDQpjOiBk?=", "a b c: d" }, /* nothing of it makes a line of its own */
        { "a\xe2\x80\xae"
          "fdp.exe",
          "afdp.exe" }, /* nothing turns its direction */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_VIEW(read_ok(lf_arena_printf(&arena, "Subject: %s\nFrom: a@b\n\n", rows[i].field).ptr).subject,
                   lf_view_of(rows[i].shown));
}

static void what_it_answers_is_known_nearest_first(void)
{
    struct lf_mime m =
        read_ok("From: a@b\nMessage-ID: <own@b>\nIn-Reply-To: <near@x>\nReferences: <old@x>\n"
                " <mid@x> <bad id@x> <near@x>\nDate: Mon, 23 Nov 2026 08:00:01 +0800 (CST)\n\n");

    CHECK_VIEW(m.id, LF_V("own@b"));
    CHECK(m.nreferences == 4, "the one with a blank is none");
    CHECK_VIEW(m.references[0], LF_V("near@x"));
    CHECK_VIEW(m.references[1], LF_V("near@x"));
    CHECK_VIEW(m.references[3], LF_V("old@x"));
    CHECK(m.date == 1795392001 * LF_SECOND && !m.automatic, "its date, by the zone it names");
    CHECK(read_ok("From: a@b\nDate: 31 Feb 2026 08:00 GMT\n\n").date == 0, "no such day");
    CHECK(read_ok("From: a@b\nDate: 3 Jan 99 08:00 GMT\n\n").date == 915350400 * LF_SECOND,
          "two digits of a year");
    CHECK(read_ok("From: a@b\nDate: 1 Jan 1970 00:00 +0800\n\n").date == 0, "before the first time we write");
    CHECK(read_ok("From: a@b\nDate: 31 Dec 2199 23:59 -0100\n\n").date == 0, "behind the last");
    CHECK(read_ok("From: a@b\nAuto-Submitted: auto-replied; x=y\n\n").automatic, "a program's");
    CHECK(!read_ok("From: a@b\nAuto-Submitted: no\n\n").automatic, "a person's");
    CHECK(read_ok("From: a@b\nPrecedence: Bulk\n\n").automatic, "a list's");
    CHECK(read_ok("From: a@b\nList-Id: <x.example>\n\n").automatic, "a list's by its name");
    CHECK(read_ok("From: a@b\nContent-Type: Multipart/Report; boundary=x\n\n--x\n\n--x--\n").automatic,
          "a report of a mail server");
    CHECK(read_ok("Return-Path: <>\nFrom: a@b\n\n").automatic, "a bounce");
    CHECK(!read_ok("Return-Path: <a@b>\nFrom: a@b\n\n").automatic, "a person's address");
    CHECK(read_ok("From: Mail <MAILER-DAEMON@x>\n\n").automatic, "a mail server's own");
    CHECK(!read_ok("From: mailer@daemon\n\n").automatic, "somebody's");
    CHECK(read_ok("From: a@b\nX-Auto-Response-Suppress: All\n\n").automatic, "wants no answer");
}

#define MIXED                                                                                                \
    "From: a@b\nContent-Type: multipart/mixed; boundary=\"=_o\"\n\npreamble\n"                               \
    "--=_o\nContent-Type: multipart/alternative; boundary=in\n\n"                                            \
    "--in\nContent-Type: text/plain; charset=big5\nContent-Transfer-Encoding: base64\n\nuOqm\r\ndw==\n"      \
    "--in\nContent-Type: text/html\n\n<p>not <b>this</b>\n--in--\nepilogue\n"                                \
    "--=_o\nContent-Type: text/plain; name=\"../log.txt\"\nContent-Transfer-Encoding: quoted-printable\n\n"  \
    "a=3Db=\nc\n"                                                                                            \
    "--=_o\nContent-Type: application/pdf\nContent-Disposition: attachment; "                                \
    "filename*0*=utf-8''%E8%B3%87;\n filename*1=\"  b.pdf\"\n\n%PDF\n"                                       \
    "--=_o\nContent-Type: message/rfc822\n\nFrom: x@y\nSubject: in\n\nhi\n--=_o--\nafter"

static void text_and_files_are_parted(void)
{
    struct lf_mime m = read_ok(MIXED);

    CHECK_VIEW(m.text, LF_V("\xe8\xb3\x87\xe5\xae\x89"));
    CHECK(m.nparts == 3 && !m.text_cut, "three files: %zu", m.nparts);
    CHECK_VIEW(m.parts[0].name, LF_V("log.txt"));
    CHECK_VIEW(m.parts[0].bytes, LF_V("a=bc"));
    CHECK_VIEW(m.parts[1].name, LF_V("\xe8\xb3\x87 b.pdf"));
    CHECK_VIEW(m.parts[1].type, LF_V("application/pdf"));
    CHECK_VIEW(m.parts[1].bytes, LF_V("%PDF"));
    CHECK_VIEW(m.parts[2].name, LF_V("message.eml"));
    CHECK_VIEW(m.parts[2].bytes, LF_V("From: x@y\nSubject: in\n\nhi"));
    /* The same with the line ends of the wire. */
    lf_view crlf =
        LF_V("From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n\r\n--b  "
             "\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n");
    struct lf_err e = { 0 };
    CHECK_OK(lf_mime_read(&arena, crlf, &m, &e), &e);
    CHECK_VIEW(m.text, LF_V("one\ntwo"));
}

static void html_alone_is_read_as_text(void)
{
    struct lf_mime m =
        read_ok("From: a@b\nContent-Type: text/html; charset=utf-8\n\n<html><head><title>no</title>"
                "<style>p{}</style></head><body><p>Dear &lt;you&gt; &amp; all,<br>line&#32;two</p>"
                "<script>alert('<b>')</script ><!-- <p>no --><div>three &#x8cc7; &unknown;</div>"
                "<p>4 < 5");

    CHECK_VIEW(m.text, LF_V("Dear <you> & all,\nline two\nthree \xe8\xb3\x87 &unknown;\n4"));
}

static void broken_mail_is_what_could_be_read_of_it(void)
{
    struct lf_mime m =
        read_ok("From a@b Mon Nov 23 08:00:00 2026\nFrom: a@b\nSubject: s\nno field here\nmore\n");

    CHECK_VIEW(m.subject, LF_V("s"));
    CHECK_VIEW(m.text, LF_V("no field here\nmore"));
    m = read_ok("From: a@b\nSubject: first\nSubject: second\n\nx");
    CHECK_VIEW(m.subject, LF_V("first"));
    m = read_ok("From: a@b\nContent-Type: multipart/mixed\n\n--x\n\ntext");
    CHECK_VIEW(m.text, LF_V("--x\n\ntext"));
    m = read_ok("From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\ncut off");
    CHECK_VIEW(m.text, LF_V("cut off"));
    m = read_ok("From: a@b\nContent-Type: \x01/y\n\nz");
    CHECK_VIEW(m.parts[0].type, LF_V("application/octet-stream"));
    m = read_ok(
        "From: a@b\nContent-Type: application/x; name=\"..\"\nContent-Transfer-Encoding: base64\n\n*a-b=c");
    CHECK_VIEW(m.parts[0].name, LF_V("part-1"));
}

static void what_is_read_takes_no_more_than_some_times_what_came(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_mime m;
    struct lf_buf b;

    lf_buf_init(&b, 16 << 20);
    LF_PUT(&b, "From: a@b\nContent-Type: text/plain");
    for (int i = 0; i < 64; i++)
        lf_buf_printf(&b, "; p%d=\"x\"", i);
    LF_PUT(&b, "; z=\"");
    for (int i = 0; i < LF_MIME_HEAD / 2; i++)
        lf_buf_byte(&b, 'z');
    LF_PUT(&b, "\"\n\nx");
    CHECK_OK(lf_mime_read(&a, lf_buf_view(&b), &m, &e), &e);
    CHECK(lf_arena_bytes(&a) < 4 * b.len, "%zu bytes for %zu", lf_arena_bytes(&a), b.len);
    lf_arena_clear(&a);
    lf_buf_clear(&b);
}

static void too_much_is_refused_with_one_sentence(void)
{
    struct lf_buf b;
    lf_view long_field;

    refused(LF_V(""), LF_BAD_INPUT, "no From field");
    refused(LF_V("{\"json\":1}"), LF_BAD_INPUT, "no From field");
    lf_buf_init(&b, 16 << 20);
    lf_buf_put(&b, LF_V("From: a@b\n"));
    for (int i = 0; i < LF_MIME_FIELDS; i++)
        lf_buf_put(&b, LF_V("X: y\n"));
    refused(lf_buf_view(&b), LF_TOO_BIG, "fields");
    lf_buf_reset(&b);
    lf_buf_put(&b, LF_V("From: a@b\nX: "));
    for (int i = 0; i < LF_MIME_HEAD / 8; i++)
        lf_buf_put(&b, LF_V("\n folded"));
    long_field = lf_buf_view(&b);
    refused(long_field, LF_TOO_BIG, "fields");
    lf_buf_reset(&b);
    lf_buf_put(&b, LF_V("From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n"));
    for (int i = 0; i < LF_MIME_PARTS; i++)
        lf_buf_put(&b, LF_V("--b\n\nx\n"));
    refused(lf_buf_view(&b), LF_TOO_BIG, "200 parts");
    lf_buf_reset(&b);
    lf_buf_put(&b, LF_V("From: a@b\n"));
    for (int i = 0; i < 20; i++)
        lf_buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    refused(lf_buf_view(&b), LF_TOO_BIG, "within each other");
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(senders_are_read_in_every_usual_form);
    RUN(subjects_are_one_line_of_text);
    RUN(what_it_answers_is_known_nearest_first);
    RUN(text_and_files_are_parted);
    RUN(html_alone_is_read_as_text);
    RUN(broken_mail_is_what_could_be_read_of_it);
    RUN(what_is_read_takes_no_more_than_some_times_what_came);
    RUN(too_much_is_refused_with_one_sentence);
    lf_arena_clear(&arena);
    DONE();
}
