/* Event journals that a disk, or someone with it, has changed: opened as far as
 * they are whole, read back without a crash, and writable afterwards. */
#include "store/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const char *dir)
{
    struct lf_journal_record *r;
    struct lf_journal_stats st;
    struct lf_arena a = { 0 };
    struct lf_journal *j;
    struct lf_err e = { 0 };
    uint64_t at = 0, next;
    size_t n = 0, turns = 0;

    if (lf_journal_open(dir, 1 << 20, &j, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
        return;
    }
    lf_journal_stats(j, &st);
    do {
        enum lf_code rc = lf_journal_read(j, &a, at, 1 << 20, &r, &n, &next, &e);

        for (size_t i = 0; rc == LF_OK && i < n; i++)
            LF_ASSERT(r[i].position >= at && r[i].position < st.next);
        if (rc == LF_OK && n > 0)
            LF_ASSERT(next > at);
        n = rc == LF_OK ? n : next > at ? 1 : 0;
        at = next;
        lf_arena_reset(&a);
    } while (n > 0 && ++turns < 1000);
    at = lf_journal_add(j, LF_SECOND, 1, LF_V("s"), LF_V("new"));
    LF_ASSERT(at == st.next && lf_journal_commit(j, &e) == LF_OK);
    LF_ASSERT(lf_journal_read(j, &a, at, 1 << 20, &r, &n, &next, &e) == LF_OK && n == 1);
    lf_arena_clear(&a);
    lf_journal_close(j);
}

static void empty(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;

    while (d && (entry = readdir(d)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    (void)rmdir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char dir[] = "/dev/shm/lianfang-fuzz-XXXXXX", path[80];
    int fd;

    if (!mkdtemp(dir))
        LF_BUG("no directory");
    snprintf(path, sizeof path, "%s/%020d.events", dir, 1);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        LF_BUG("no file");
    close(fd);
    use(dir);
    empty(dir);
    return 0;
}
