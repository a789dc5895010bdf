#include "proc/rules_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/file.h"

enum { DEPTH_MOST = 32, FILES_MOST = 100000 };

struct walk {
    struct lf_arena *a;
    struct lf_rule_file *files;
    size_t n, cap;
    struct lf_err *e;
};

static enum lf_code add(struct walk *w, const char *path)
{
    lf_view text = { "", 0 };
    struct lf_err why = { 0 };

    if (w->n == FILES_MOST)
        return lf_err_set(w->e, LF_TOO_BIG, "%s: more than %d rule files", path, FILES_MOST);
    w->files = lf_arena_grow(w->a, w->files, w->n, &w->cap, sizeof *w->files);
    /* What can not be read is shown among the refused with the reason. */
    if (lf_file_read(w->a, path, LF_RULE_FILE_MOST, &text, &why) != LF_OK)
        text = lf_arena_printf(w->a, LF_RULE_NO_TEXT "%s", why.text);
    w->files[w->n++] = (struct lf_rule_file){ lf_arena_copy(w->a, lf_view_of(path)), text };
    return LF_OK;
}

static enum lf_code add_standard_input(struct walk *w)
{
    enum lf_code rc = LF_OK;
    struct lf_buf b;

    lf_buf_init(&b, LF_RULE_FILE_MOST);
    for (ssize_t n = 1; rc == LF_OK && n != 0;) {
        char part[4096];

        do
            n = read(STDIN_FILENO, part, sizeof part);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            rc = lf_err_set(w->e, LF_IO, "rules: standard input: %s", strerror(errno));
        else
            lf_buf_put(&b, (lf_view){ part, (size_t)n });
        if (b.over)
            rc = lf_err_set(w->e, LF_TOO_BIG, "rules: standard input: more than %zu bytes",
                            (size_t)LF_RULE_FILE_MOST);
    }
    if (rc == LF_OK) {
        w->files = lf_arena_grow(w->a, w->files, w->n, &w->cap, sizeof *w->files);
        w->files[w->n++] = (struct lf_rule_file){ LF_V("-"), lf_arena_copy(w->a, lf_buf_view(&b)) };
    }
    lf_buf_clear(&b);
    return rc;
}

static int usable(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
    return strcmp((*x)->d_name, (*y)->d_name); /* bytes, whatever the locale */
}

static enum lf_code walk(struct walk *w, const char *dir, unsigned depth)
{
    enum lf_code rc = LF_OK;
    struct dirent **list;
    int n;

    if (depth > DEPTH_MOST)
        return lf_err_set(w->e, LF_TOO_BIG, "%s: directories are nested deeper than %d", dir, DEPTH_MOST);
    n = scandir(dir, &list, usable, by_name);
    if (n < 0)
        return lf_err_set(w->e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "rules: %s: %s", dir,
                          strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *path = lf_arena_printf(w->a, "%s/%s%c", dir, list[i]->d_name, 0).ptr;
        lf_view name = lf_view_of(list[i]->d_name);
        struct stat st;

        if (rc == LF_OK && lstat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                rc = walk(w, path, depth + 1);
            else if (S_ISREG(st.st_mode) &&
                     (lf_view_ends(name, LF_V(".yml")) || lf_view_ends(name, LF_V(".yaml"))))
                rc = add(w, path);
        }
        free(list[i]);
    }
    free(list);
    return rc;
}

enum lf_code lf_rules_dir_files(struct lf_arena *a, const char *const *paths, size_t n,
                                struct lf_rule_file **out, size_t *count, struct lf_err *e)
{
    struct walk w = { .a = a, .e = e };

    for (size_t i = 0; i < n; i++) {
        struct stat st;

        if (strcmp(paths[i], "-") == 0) {
            LF_TRY(add_standard_input(&w));
            continue;
        }
        if (stat(paths[i], &st) != 0)
            return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "rules: %s: %s", paths[i],
                              strerror(errno));
        LF_TRY(S_ISDIR(st.st_mode) ? walk(&w, paths[i], 0) : add(&w, paths[i]));
    }
    *out = w.files;
    *count = w.n;
    return LF_OK;
}

enum lf_code lf_rules_dir_load_with(const char *const *paths, size_t n, const struct lf_placeholders *values,
                                    struct lf_ruleset **out, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct lf_rule_file *files;
    size_t count;
    enum lf_code rc = lf_rules_dir_files(&a, paths, n, &files, &count, e);

    if (rc == LF_OK)
        rc = lf_ruleset_build_with(files, count, values, out, e);
    lf_arena_clear(&a);
    return rc;
}

enum lf_code lf_rules_dir_load(const char *const *paths, size_t n, struct lf_ruleset **out, struct lf_err *e)
{
    return lf_rules_dir_load_with(paths, n, NULL, out, e);
}

/* ---- placeholders ---- */

static enum lf_code values_of_file(struct lf_placeholders *out, const char *path, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    lf_view file = lf_view_of(path), name, text;
    const char *slash = strrchr(path, '/');
    enum lf_code rc = lf_file_read(&a, path, LF_PLACEHOLDER_FILE_MOST, &text, e);

    if (rc == LF_OK && lf_view_ends(file, LF_V(".txt"))) {
        name = lf_view_of(slash ? slash + 1 : path);
        name.len -= 4;
        rc = lf_placeholders_read_list(out, file, name, text, e);
    } else if (rc == LF_OK) {
        rc = lf_placeholders_read_map(out, file, text, e);
    }
    lf_arena_clear(&a);
    return rc;
}

static bool holds_values(lf_view name)
{
    return lf_view_ends(name, LF_V(".txt")) || lf_view_ends(name, LF_V(".yml")) ||
           lf_view_ends(name, LF_V(".yaml")) || lf_view_ends(name, LF_V(".json"));
}

static enum lf_code values_of_dir(struct lf_placeholders *out, const char *dir, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    struct dirent **list;
    int n = scandir(dir, &list, usable, by_name);
    struct lf_arena a = { 0 };

    if (n < 0)
        return lf_err_set(e, LF_IO, "placeholders: %s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (rc == LF_OK && holds_values(lf_view_of(list[i]->d_name)))
            rc = values_of_file(out, lf_arena_printf(&a, "%s/%s%c", dir, list[i]->d_name, 0).ptr, e);
        free(list[i]);
    }
    free(list);
    lf_arena_clear(&a);
    return rc;
}

enum lf_code lf_placeholders_load(const char *const *paths, size_t n, struct lf_placeholders *out,
                                  struct lf_err *e)
{
    for (size_t i = 0; i < n; i++) {
        struct stat st;

        if (stat(paths[i], &st) != 0)
            return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "placeholders: %s: %s", paths[i],
                              strerror(errno));
        LF_TRY(S_ISDIR(st.st_mode) ? values_of_dir(out, paths[i], e) : values_of_file(out, paths[i], e));
    }
    return LF_OK;
}

/* ---- a command line ---- */

int lf_rules_paths_take(struct lf_rules_paths *p, int argc, char *const *argv)
{
    if (argc < 2)
        return 0;
    if (strcmp(argv[0], "--rules") == 0 && p->nrules < sizeof p->rules / sizeof *p->rules) {
        p->rules[p->nrules++] = argv[1];
        return 2;
    }
    if (strcmp(argv[0], "--expand") == 0 && p->nexpand < sizeof p->expand / sizeof *p->expand) {
        p->expand[p->nexpand++] = argv[1];
        return 2;
    }
    return 0;
}

bool lf_rules_paths_dir(struct lf_rules_paths *p, const char *arg)
{
    if ((arg[0] == '-' && arg[1]) || p->nrules == sizeof p->rules / sizeof *p->rules)
        return false;
    p->rules[p->nrules++] = arg;
    return true;
}

enum lf_code lf_rules_paths_load(const struct lf_rules_paths *p, struct lf_ruleset **out, struct lf_err *e)
{
    struct lf_placeholders values = { 0 };
    enum lf_code rc = lf_placeholders_load(p->expand, p->nexpand, &values, e);

    if (rc == LF_OK)
        rc = lf_rules_dir_load_with(p->rules, p->nrules, &values, out, e);
    lf_placeholders_clear(&values);
    return rc;
}
