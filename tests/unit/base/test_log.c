#include "base/log.h"

#include <unistd.h>

#include "lf_test.h"

static void a_log_line_cannot_be_forged_by_its_content(void)
{
    char out[64];

    lf_log_text(LF_V("x\"\nlevel=bug \x1b[2J"), out, sizeof out);
    CHECK(strcmp(out, "\"x\\\"\\x0alevel=bug \\x1b[2J\"") == 0, "%s", out);
    lf_log_text((lf_view){ "\n\n\n\n\n\n\n\n\n\n", 10 }, out, 12);
    CHECK(strlen(out) < 12 && out[strlen(out) - 1] == '"', "%s", out);
}

static void each_line_is_written_whole_and_the_level_is_kept(void)
{
    int fds[2];
    char got[4096];
    ssize_t n;

    if (pipe(fds) != 0)
        SKIP("no pipe");
    struct lf_log log = { .fd = fds[1], .least = LF_LOG_INFO, .worker = "core" };
    lf_log(&log, LF_LOG_DEBUG, "LF0002", "not=shown");
    lf_log(&log, LF_LOG_WARN, "LF0003", "a=%d", 1);
    close(fds[1]);
    n = read(fds[0], got, sizeof got - 1);
    got[n < 0 ? 0 : n] = '\0';
    close(fds[0]);
    CHECK(strcmp(got, "level=warn worker=core code=LF0003 a=1\n") == 0, "%s", got);
}

int main(void)
{
    RUN(a_log_line_cannot_be_forged_by_its_content);
    RUN(each_line_is_written_whole_and_the_level_is_kept);
    DONE();
}
