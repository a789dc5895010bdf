#include "proc/pipelines_dir.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "sys/file.h"

enum { FILES_MOST = 1000 };

struct list {
    struct lf_arena a;
    struct lf_pipeline_file *files;
    size_t n, cap;
    struct lf_err *e;
};

static enum lf_code add(struct list *l, const char *path)
{
    lf_view text;

    if (l->n == FILES_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "%s: more than %d pipeline files", path, FILES_MOST);
    LF_TRY(lf_file_read(&l->a, path, LF_PIPELINE_FILE_MOST, &text, l->e));
    l->files = lf_arena_grow(&l->a, l->files, l->n, &l->cap, sizeof *l->files);
    l->files[l->n++] = (struct lf_pipeline_file){ lf_arena_copy(&l->a, lf_view_of(path)), text };
    return LF_OK;
}

static int wanted(const struct dirent *d)
{
    lf_view name = lf_view_of(d->d_name);

    return d->d_name[0] != '.' && (lf_view_ends(name, LF_V(".yml")) || lf_view_ends(name, LF_V(".yaml")));
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
    return strcmp((*x)->d_name, (*y)->d_name); /* bytes, whatever the locale */
}

static enum lf_code add_dir(struct list *l, const char *dir)
{
    enum lf_code rc = LF_OK;
    struct dirent **names;
    int n = scandir(dir, &names, wanted, by_name);

    if (n < 0)
        return lf_err_set(l->e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "pipelines: %s: %s", dir,
                          strerror(errno));
    for (int i = 0; i < n; i++) {
        if (rc == LF_OK)
            rc = add(l, lf_arena_printf(&l->a, "%s/%s%c", dir, names[i]->d_name, 0).ptr);
        free(names[i]);
    }
    free(names);
    return rc;
}

enum lf_code lf_pipelines_dir_load(const char *const *paths, size_t n, struct lf_pipelines **out,
                                   struct lf_err *e)
{
    struct list l = { .e = e };
    enum lf_code rc = LF_OK;

    for (size_t i = 0; i < n && rc == LF_OK; i++) {
        struct stat st;

        if (stat(paths[i], &st) != 0)
            rc = lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "pipelines: %s: %s", paths[i],
                            strerror(errno));
        else
            rc = S_ISDIR(st.st_mode) ? add_dir(&l, paths[i]) : add(&l, paths[i]);
    }
    if (rc == LF_OK)
        rc = lf_pipelines_build(l.files, l.n, out, e);
    lf_arena_clear(&l.a);
    return rc;
}
