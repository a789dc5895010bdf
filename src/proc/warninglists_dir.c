#include "proc/warninglists_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sys/file.h"

enum { PATH = 4096 };

static enum lf_code load(const char *dir, unsigned depth, struct lf_warninglists *to, struct lf_err *e)
{
    struct dirent *entry;
    enum lf_code rc = LF_OK;
    DIR *d = opendir(dir);

    if (!d)
        return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "warning lists: %s: %s", dir,
                          strerror(errno));
    while (rc == LF_OK && (entry = readdir(d)) != NULL) {
        char path[PATH];
        struct stat st;

        if (entry->d_name[0] == '.' ||
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) >= (int)sizeof path ||
            stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < LF_WARNINGLISTS_DEPTH) {
            rc = load(path, depth + 1, to, e);
        } else if (S_ISREG(st.st_mode) && strcmp(entry->d_name, "list.json") == 0) {
            struct lf_arena a = { 0 };
            lf_view text;

            rc = lf_file_read(&a, path, LF_WARNINGLIST_BYTES, &text, e);
            if (rc == LF_OK && lf_warninglists_add(to, text, e) != LF_OK)
                rc = lf_err_at(e, "%s", path);
            lf_arena_clear(&a);
        }
    }
    closedir(d);
    return rc;
}

enum lf_code lf_warninglists_dir_load(const char *dir, struct lf_warninglists *to, struct lf_err *e)
{
    return load(dir, 0, to, e);
}

enum lf_code lf_warninglists_dirs_load(const struct lf_env *env, const char *const *dirs, size_t n,
                                       struct lf_warninglists **out, struct lf_err *e)
{
    struct lf_warninglists *lists = NULL;
    enum lf_code rc = LF_OK;
    uint64_t seed[4];

    if (n) {
        lf_random(env, seed, sizeof seed);
        lists = lf_warninglists_create(seed);
    }
    for (size_t i = 0; i < n && rc == LF_OK; i++)
        rc = lf_warninglists_dir_load(dirs[i], lists, e);
    if (rc == LF_OK)
        *out = lists;
    else
        lf_warninglists_destroy(lists);
    return rc;
}
