#include "proc/json_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/file.h"

static int wanted(const struct dirent *d)
{
    return d->d_name[0] != '.' && lf_view_ends(lf_view_of(d->d_name), LF_V(".json"));
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
    return strcmp((*x)->d_name, (*y)->d_name); /* bytes, whatever the locale */
}

enum lf_code lf_json_dir_files(struct lf_arena *a, const char *what, size_t most, const char *const *dirs,
                               size_t n, struct lf_text_file **out, size_t *count, struct lf_err *e)
{
    struct lf_text_file *files = LF_NEW(a, struct lf_text_file, most);
    enum lf_code rc = LF_OK;
    size_t found = 0;

    for (size_t i = 0; i < n && rc == LF_OK; i++) {
        struct dirent **names;
        int entries = scandir(dirs[i], &names, wanted, by_name);

        if (entries < 0)
            return lf_err_set(e, LF_IO, "%s: %s: %s", what, dirs[i], strerror(errno));
        for (int k = 0; k < entries; k++) {
            if (rc == LF_OK && found == most)
                rc = lf_err_set(e, LF_TOO_BIG, "%s: %s: more than %zu files", what, dirs[i], most);
            if (rc == LF_OK) {
                files[found].name = lf_arena_printf(a, "%s/%s%c", dirs[i], names[k]->d_name, 0);
                files[found].name.len--;
                rc = lf_file_read(a, files[found].name.ptr, LF_JSON_FILE_MOST, &files[found].text, e);
                found++;
            }
            free(names[k]);
        }
        free(names);
    }
    *out = files;
    *count = found;
    return rc;
}
