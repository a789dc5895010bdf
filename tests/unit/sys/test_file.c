#include "sys/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lf_test.h"

static char dir[] = "/tmp/lf_file_XXXXXX";

static const char *at(const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", dir, name);
    return out;
}

static void a_file_is_read_back_as_written(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e;
    char path[128];
    struct stat st;
    lf_view got = { 0 };

    CHECK_OK(lf_file_write(at("a", path), LF_V("one\0two"), 0600, &e), &e);
    CHECK_OK(lf_file_read(&a, path, 7, &got, &e), &e);
    CHECK_VIEW(got, LF_V("one\0two"));
    CHECK(got.ptr[7] == 0, "no NUL after it");
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "mode");
    CHECK_CODE(lf_file_read(&a, path, 6, &got, &e), LF_TOO_BIG);
    CHECK_CODE(lf_file_read(&a, at("none", path), 6, &got, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_file_read(&a, dir, 1 << 20, &got, &e), LF_TOO_BIG);
    lf_arena_clear(&a);
}

static void a_symbolic_link_is_refused(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e;
    char target[128], link[128];
    lf_view got;

    CHECK_OK(lf_file_write(at("target", target), LF_V("x"), 0600, &e), &e);
    CHECK(symlink(target, at("link", link)) == 0, "symlink");
    CHECK_CODE(lf_file_read(&a, link, 10, &got, &e), LF_FORBIDDEN);
    lf_arena_clear(&a);
}

static void a_writer_killed_at_any_moment_leaves_old_or_new_whole(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e;
    char path[128];
    static char content[2][200000];

    memset(content[0], 'a', sizeof content[0]);
    memset(content[1], 'b', sizeof content[1]);
    at("crash", path);
    CHECK_OK(lf_file_write(path, (lf_view){ content[0], sizeof content[0] }, 0600, &e), &e);
    for (int round = 0; round < 12; round++) {
        lf_view got = { 0 };
        pid_t child = fork();

        if (child == 0) {
            for (int i = 0;; i++)
                (void)!lf_file_write(path, (lf_view){ content[i % 2], sizeof content[0] }, 0600, NULL);
        }
        usleep((useconds_t)(500 + round * 700));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        CHECK_OK(lf_file_read(&a, path, 1 << 20, &got, &e), &e);
        CHECK(got.len == sizeof content[0] &&
                  (memcmp(got.ptr, content[0], got.len) == 0 || memcmp(got.ptr, content[1], got.len) == 0),
              "torn in round %d", round);
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
}

static void an_append_that_does_not_fit_leaves_nothing_behind(void)
{
    struct rlimit was, small;
    struct lf_err e;
    char path[128], big[4096] = "";
    int fd = open(at("journal", path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    CHECK_OK(lf_file_append(fd, LF_V("first\n"), &e), &e);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small = was;
    small.rlim_cur = 1000;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0, "setrlimit");
    CHECK_CODE(lf_file_append(fd, (lf_view){ big, sizeof big }, &e), LF_FULL);
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK(lseek(fd, 0, SEEK_END) == 6, "%ld bytes", (long)lseek(fd, 0, SEEK_END));
    CHECK_OK(lf_file_append(fd, LF_V("second\n"), &e), &e);
    close(fd);
}

static void a_directory_is_made_private_and_removed_with_all_in_it(void)
{
    struct lf_err e;
    struct stat st;
    char path[128], inner[128];

    CHECK_OK(lf_file_make_dir(at("private", path), &e), &e);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0700, "mode %o", (unsigned)st.st_mode);
    CHECK_OK(lf_file_make_dir(path, &e), &e);
    CHECK_OK(lf_file_make_dir(at("private/deep", inner), &e), &e);
    CHECK_OK(lf_file_write(at("private/deep/file", inner), LF_V("x"), 0644, &e), &e);
    CHECK(symlink("/etc", at("private/link", inner)) == 0, "symlink");
    CHECK_OK(lf_file_remove_tree(path, &e), &e);
    CHECK(!lf_file_exists(path) && lf_file_exists("/etc/passwd"), "removed too little or too much");
    CHECK_OK(lf_file_write(at("plain", path), LF_V("x"), 0644, &e), &e);
    CHECK_CODE(lf_file_make_dir(path, &e), LF_CONFLICT);
}

int main(void)
{
    struct lf_err e;

    if (!mkdtemp(dir))
        return 1;
    RUN(a_file_is_read_back_as_written);
    RUN(a_symbolic_link_is_refused);
    RUN(a_writer_killed_at_any_moment_leaves_old_or_new_whole);
    RUN(an_append_that_does_not_fit_leaves_nothing_behind);
    RUN(a_directory_is_made_private_and_removed_with_all_in_it);
    if (lf_file_remove_tree(dir, &e) != LF_OK)
        printf("# %s\n", e.text);
    DONE();
}
