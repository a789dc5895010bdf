#include "fmt/multipart.h"

#include "base/buf.h"
#include "lf_test.h"

static struct lf_arena arena;
static const lf_view kind = LF_VIEW("multipart/form-data; boundary=\"x-1\"");

#define PLAIN "--x-1\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n"
#define FILE_                                                                                                \
    "--x-1\r\nContent-Disposition: form-data; name=\"file\"; "                                               \
    "filename=\"C:\\a\\\xe5\xa0\xb1%22\xe5\x91\x8a.txt\"\r\n"                                                \
    "content-type: text/plain\r\n\r\nline\r\n--x-\r\n\r\nmore\r\n"

static void fields_and_files_are_parted(void)
{
    lf_view body = LF_V(PLAIN FILE_ "--x-1--\r\n");
    struct lf_err e = { 0 };
    struct lf_multipart m;

    CHECK_OK(lf_multipart_read(&arena, kind, body, &m, &e), &e);
    CHECK(m.n == 2, "two parts");
    CHECK_VIEW(lf_multipart_get(&m, "csrf")->body, LF_V("abc"));
    CHECK(!lf_multipart_get(&m, "csrf")->file.ptr && !lf_multipart_get(&m, "none"), "no file, and no other");
    CHECK_VIEW(lf_multipart_get(&m, "file")->file, LF_V("\xe5\xa0\xb1\"\xe5\x91\x8a.txt"));
    CHECK_VIEW(lf_multipart_get(&m, "file")->type, LF_V("text/plain"));
    CHECK_VIEW(lf_multipart_get(&m, "file")->body, LF_V("line\r\n--x-\r\n\r\nmore"));
}

static void empty_parts_are_there(void)
{
    lf_view body =
        LF_V("--x-1\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x-1\r\nContent-Disposition: "
             "form-data; name=\"f\"; filename=\"\"\r\n\r\n--x-1--");
    struct lf_err e = { 0 };
    struct lf_multipart m;

    CHECK_OK(lf_multipart_read(&arena, kind, body, &m, &e), &e);
    CHECK(m.n == 2 && !m.parts[0].body.len && !m.parts[1].body.len, "empty");
    CHECK(m.parts[1].file.ptr && !m.parts[1].file.len, "a file input that nothing was chosen in");
}

static void a_cut_body_is_never_taken(void)
{
    lf_view whole = LF_VIEW(PLAIN FILE_ "--x-1--");

    for (size_t n = 0; n < whole.len; n++) {
        struct lf_err e = { 0 };
        struct lf_multipart m = { .n = 77 };

        CHECK(lf_multipart_read(&arena, kind, lf_view_first(whole, n), &m, &e) == LF_BAD_INPUT && m.n == 77,
              "taken at %zu", n);
    }
}

static void what_is_no_form_is_refused(void)
{
    static const struct {
        const char *name;
        lf_view type, body;
        enum lf_code want;
    } rows[] = {
        { "no boundary", LF_VIEW("multipart/form-data"), LF_VIEW(PLAIN "--x-1--"), LF_BAD_INPUT },
        { "an empty boundary", LF_VIEW("multipart/form-data; boundary="), LF_VIEW("----"), LF_BAD_INPUT },
        { "another type", LF_VIEW("multipart/mixed; boundary=x-1"), LF_VIEW(PLAIN "--x-1--"), LF_BAD_INPUT },
        { "no name", LF_VIEW("multipart/form-data; boundary=x-1"),
          LF_VIEW("--x-1\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x-1--"), LF_BAD_INPUT },
        { "no colon", LF_VIEW("multipart/form-data; boundary=x-1"),
          LF_VIEW("--x-1\r\nwhat\r\n\r\nv\r\n--x-1--"), LF_BAD_INPUT },
    };
    struct lf_multipart m;
    struct lf_buf b;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_err e = { 0 };

        CHECK(lf_multipart_read(&arena, rows[i].type, rows[i].body, &m, &e) == rows[i].want, "%s",
              rows[i].name);
    }
    lf_buf_init(&b, 1 << 20);
    for (int i = 0; i <= LF_MULTIPART_PARTS; i++)
        LF_PUT(&b, PLAIN);
    LF_PUT(&b, "--x-1--");
    CHECK(lf_multipart_read(&arena, kind, lf_buf_view(&b), &m, &(struct lf_err){ 0 }) == LF_TOO_BIG, "many");
    lf_buf_clear(&b);
    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "--x-1\r\nA: ");
    for (int i = 0; i < LF_MULTIPART_HEAD; i++)
        lf_buf_byte(&b, 'a');
    LF_PUT(&b, "\r\n\r\nv\r\n--x-1--");
    CHECK(lf_multipart_read(&arena, kind, lf_buf_view(&b), &m, &(struct lf_err){ 0 }) == LF_TOO_BIG, "long");
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(fields_and_files_are_parted);
    RUN(empty_parts_are_there);
    RUN(a_cut_body_is_never_taken);
    RUN(what_is_no_form_is_refused);
    DONE();
}
