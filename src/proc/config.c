#include "proc/config.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <sys/stat.h>

enum kind { TEXT, INT, BOOL, PATH, PATHS, ADDRESS, CHOICE };

static const struct option {
    const char *section, *name;
    enum kind kind;
    const char *def;
    int64_t least, most;
    const char *unit, *sentence;
} options[LF_OPT_COUNT] = {
#define LF_OPTION(id, section, name, kind, def, least, most, unit, sentence)                                 \
    { section, name, kind, def, least, most, unit, sentence },
#include "proc/config.def"
#undef LF_OPTION
};

enum { FILE_MOST = 1 << 20, VALUES_MOST = 4096 };

struct value {
    enum lf_option option;
    lf_view instance, value;
};

struct lf_config {
    struct lf_arena a;
    struct value values[VALUES_MOST];
    size_t n;
    const char *name, *base;
    struct lf_err *e;
    enum lf_code rc;
    /* While reading: Debian's libinih hands neither line numbers to the handler
     * nor takes lines over 199 bytes (it cuts them in two silently), so the
     * reader counts lines and refuses long ones. */
    lf_view rest;
    int line;
};

static bool many(const struct option *o)
{
    return o->section[strlen(o->section) - 1] == '*';
}

/* "follow web" -> "follow*", "web"; "node" -> "node", "". */
static bool section_is(const struct option *o, lf_view section, lf_view *instance)
{
    size_t n = strlen(o->section);

    *instance = (lf_view){ "", 0 };
    if (!many(o))
        return lf_view_is(section, o->section);
    if (!lf_view_starts(section, (lf_view){ o->section, n - 1 }))
        return false;
    section = lf_view_from(section, n - 1);
    if (!section.ptr || !section.len || section.ptr[0] != ' ')
        return false;
    *instance = lf_view_trim(section);
    return instance->len > 0;
}

/* Edit distance, bounded by the short names compared. */
static unsigned distance(lf_view a, lf_view b)
{
    unsigned row[65];

    if (a.len > 64 || b.len > 64)
        return 99;
    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned was = row[j];
            unsigned best = corner + (a.ptr[i - 1] != b.ptr[j - 1]);

            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            corner = was;
        }
    }
    return row[b.len];
}

static enum lf_code unknown(struct lf_config *c, int line, lf_view section, lf_view name)
{
    const struct option *near = NULL;
    unsigned best = 99;

    for (size_t i = 0; i < LF_OPT_COUNT; i++) {
        lf_view instance;
        bool here = section_is(&options[i], section, &instance);
        unsigned d = distance(name, lf_view_of(options[i].name)) + (here ? 0 : 3);

        if (d < best) {
            best = d;
            near = &options[i];
        }
    }
    if (near && best <= 5)
        return lf_err_set(c->e, LF_BAD_INPUT,
                          "%s:%d: no setting \"%.*s\" in [%.*s]; did you mean %s in [%s]?", c->name, line,
                          LF_FMT(name), LF_FMT(section), near->name, near->section);
    return lf_err_set(c->e, LF_BAD_INPUT,
                      "%s:%d: no setting \"%.*s\" in [%.*s]; `lianfang config sample` lists them all",
                      c->name, line, LF_FMT(name), LF_FMT(section));
}

void lf_address_split(lf_view address, lf_view *host, unsigned *port)
{
    size_t colon = address.len;
    uint64_t n = 0;

    while (colon > 0 && address.ptr[colon - 1] != ':')
        colon--;
    *host = colon ? lf_view_first(address, colon - 1) : address;
    if (colon && lf_view_u64(lf_view_from(address, colon), &n) && n <= 65535)
        *port = (unsigned)n;
    else
        *port = 0;
    if (host->len >= 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']')
        *host = (lf_view){ host->ptr + 1, host->len - 2 };
}

static bool address_ok(lf_view v)
{
    size_t colon = v.len;
    uint64_t n;

    while (colon > 0 && v.ptr[colon - 1] != ':')
        colon--;
    return colon > 1 && lf_view_u64(lf_view_from(v, colon), &n) && n <= 65535;
}

static enum lf_code check(struct lf_config *c, int line, const struct option *o, lf_view v)
{
    lf_view choices = lf_view_of(o->unit), one;
    int64_t n;

    switch (o->kind) {
    case TEXT:
    case PATH:
    case PATHS:
        if ((int64_t)v.len < o->least || (int64_t)v.len > o->most)
            return lf_err_set(c->e, LF_BAD_INPUT, "%s:%d: %s is %zu characters long; %lld to %lld are taken",
                              c->name, line, o->name, v.len, (long long)o->least, (long long)o->most);
        return LF_OK;
    case INT:
        if (!lf_view_i64(v, &n) || n < o->least || n > o->most)
            return lf_err_set(c->e, LF_BAD_INPUT, "%s:%d: %s = %.*s; give a number from %lld to %lld (%s)",
                              c->name, line, o->name, LF_FMT(v), (long long)o->least, (long long)o->most,
                              o->unit);
        return LF_OK;
    case BOOL:
        if (!lf_view_is(v, "yes") && !lf_view_is(v, "no"))
            return lf_err_set(c->e, LF_BAD_INPUT, "%s:%d: %s = %.*s; write yes or no", c->name, line, o->name,
                              LF_FMT(v));
        return LF_OK;
    case ADDRESS:
        if (!address_ok(v))
            return lf_err_set(c->e, LF_BAD_INPUT, "%s:%d: %s = %.*s; write host:port, like 127.0.0.1:8443",
                              c->name, line, o->name, LF_FMT(v));
        return LF_OK;
    case CHOICE:
        while (lf_view_split(&choices, '|', &one))
            if (lf_view_eq(one, v))
                return LF_OK;
        return lf_err_set(c->e, LF_BAD_INPUT, "%s:%d: %s = %.*s; one of %s is taken", c->name, line, o->name,
                          LF_FMT(v), o->unit);
    }
    return LF_OK;
}

static lf_view absolute(struct lf_config *c, lf_view path)
{
    if (!path.len || path.ptr[0] == '/')
        return path;
    if (lf_view_is(path, "."))
        return lf_view_of(c->base);
    return lf_arena_printf(&c->a, "%s/%.*s", c->base, LF_FMT(path));
}

/* Each of the paths that commas join. */
static lf_view absolutes(struct lf_config *c, lf_view paths)
{
    lf_view out = { "", 0 }, one;

    while (lf_view_split(&paths, ',', &one)) {
        one = absolute(c, lf_view_trim(one));
        if (one.len)
            out = lf_arena_printf(&c->a, "%.*s%s%.*s", LF_FMT(out), out.len ? "," : "", LF_FMT(one));
    }
    return out;
}

static int take(void *user, const char *section, const char *name, const char *value)
{
    struct lf_config *c = user;
    lf_view instance, v;
    int line = c->line;

    for (size_t i = 0; i < LF_OPT_COUNT; i++) {
        if (!section_is(&options[i], lf_view_of(section), &instance) || strcmp(options[i].name, name) != 0)
            continue;
        if (c->n == VALUES_MOST) {
            c->rc =
                lf_err_set(c->e, LF_TOO_BIG, "%s:%d: more than %d settings", c->name, line, (int)VALUES_MOST);
            return 0;
        }
        v = lf_arena_copy(&c->a, lf_view_trim(lf_view_of(value)));
        c->rc = check(c, line, &options[i], v);
        if (c->rc != LF_OK)
            return 0;
        if (options[i].kind == PATH)
            v = absolute(c, v);
        if (options[i].kind == PATHS)
            v = absolutes(c, v);
        c->values[c->n++] = (struct value){ (enum lf_option)i, lf_arena_copy(&c->a, instance), v };
        return 1;
    }
    c->rc = unknown(c, line, lf_view_of(section), lf_view_of(name));
    return 0;
}

/* libinih's "fgets": the next line with its newline. */
static char *next_line(char *out, int room, void *stream)
{
    struct lf_config *c = stream;
    size_t n;

    if (!c->rest.len || c->rc != LF_OK)
        return NULL;
    c->line++;
    n = lf_view_find_byte(c->rest, '\n');
    n = n == SIZE_MAX ? c->rest.len : n + 1;
    if (n > (size_t)room - 1) {
        c->rc = lf_err_set(c->e, LF_BAD_INPUT,
                           "%s:%d: a line of more than %d bytes; split the list in several settings", c->name,
                           c->line, room - 1);
        return NULL;
    }
    memcpy(out, c->rest.ptr, n);
    out[n] = '\0';
    c->rest = lf_view_from(c->rest, n);
    return out;
}

enum lf_code lf_config_parse(lf_view text, const char *name, const char *base, struct lf_config **out,
                             struct lf_err *e)
{
    struct lf_config *c;
    int line;

    if (text.len > FILE_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%s: a settings file of more than %d bytes", name, (int)FILE_MOST);
    if (memchr(text.ptr ? text.ptr : "", '\0', text.len))
        return lf_err_set(e, LF_BAD_INPUT, "%s: holds a NUL byte; it is a text file", name);
    c = calloc(1, sizeof *c);
    if (!c)
        LF_BUG("out of memory");
    c->name = lf_arena_cstr(&c->a, lf_view_of(name));
    c->base = lf_arena_cstr(&c->a, lf_view_of(base));
    c->e = e;
    c->rest = text;
    line = ini_parse_stream(next_line, c, take, c);
    if (c->rc == LF_OK && line > 0)
        c->rc = lf_err_set(e, LF_BAD_INPUT, "%s:%d: neither [section], name = value nor comment", name, line);
    if (c->rc != LF_OK) {
        enum lf_code rc = c->rc;
        lf_config_destroy(c);
        return rc;
    }
    c->e = NULL;
    *out = c;
    return LF_OK;
}

enum lf_code lf_config_read(const char *path, const char *base, struct lf_config **out, struct lf_err *e)
{
    struct lf_buf text;
    enum lf_code rc = LF_OK;
    char dir[PATH_MAX], real[PATH_MAX];
    char *slash;
    FILE *f;

    if (!path)
        return lf_config_parse((lf_view){ "", 0 }, "(defaults)", base, out, e);
    f = fopen(path, "re");
    if (!f)
        return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "settings file %s: %s", path,
                          strerror(errno));
    lf_buf_init(&text, FILE_MOST);
    for (;;) {
        char piece[4096];
        size_t n = fread(piece, 1, sizeof piece, f);

        if (!n)
            break;
        lf_buf_put(&text, (lf_view){ piece, n });
    }
    if (ferror(f))
        rc = lf_err_set(e, LF_IO, "settings file %s: %s", path, strerror(errno));
    fclose(f);
    if (rc == LF_OK && text.over)
        rc = lf_err_set(e, LF_TOO_BIG, "%s: a settings file of more than %d bytes", path, (int)FILE_MOST);
    if (rc == LF_OK) {
        if (!realpath(path, real))
            snprintf(real, sizeof real, "./%s", path);
        snprintf(dir, sizeof dir, "%s", real);
        slash = strrchr(dir, '/');
        if (slash && slash != dir)
            *slash = '\0';
        rc = lf_config_parse(lf_buf_view(&text), path, dir, out, e);
    }
    lf_buf_clear(&text);
    return rc;
}

void lf_config_destroy(struct lf_config *c)
{
    if (!c)
        return;
    lf_arena_clear(&c->a);
    free(c);
}

lf_view lf_config_get_in(const struct lf_config *c, enum lf_option o, lf_view instance)
{
    /* The last one wins, as people who append a line expect. */
    for (size_t i = c->n; i-- > 0;)
        if (c->values[i].option == o && lf_view_eq(c->values[i].instance, instance))
            return c->values[i].value;
    if (options[o].kind == PATH && options[o].def[0]) {
        struct lf_config *w = (struct lf_config *)(uintptr_t)c; /* only its arena grows */
        return absolute(w, lf_view_of(options[o].def));
    }
    return lf_view_of(options[o].def);
}

lf_view lf_config_get(const struct lf_config *c, enum lf_option o)
{
    return lf_config_get_in(c, o, (lf_view){ "", 0 });
}

bool lf_config_given(const struct lf_config *c, enum lf_option o)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->values[i].option == o)
            return true;
    return false;
}

const char **lf_config_paths(struct lf_arena *a, const struct lf_config *c, enum lf_option o, size_t *n)
{
    const char **paths = LF_NEW(a, const char *, LF_CONFIG_PATHS);
    lf_view set = lf_config_get(c, o), path;
    size_t count = 0;

    while (count < LF_CONFIG_PATHS && lf_view_split(&set, ',', &path)) {
        path = lf_view_trim(path);
        if (path.len)
            paths[count++] = lf_arena_cstr(a, path);
    }
    *n = count;
    return paths;
}

int64_t lf_config_int(const struct lf_config *c, enum lf_option o)
{
    int64_t n = 0;

    LF_ASSERT(options[o].kind == INT && lf_view_i64(lf_config_get(c, o), &n));
    return n;
}

bool lf_config_bool(const struct lf_config *c, enum lf_option o)
{
    LF_ASSERT(options[o].kind == BOOL);
    return lf_view_is(lf_config_get(c, o), "yes");
}

bool lf_config_instance(const struct lf_config *c, enum lf_option o, size_t at, lf_view *name)
{
    size_t seen = 0;

    for (size_t i = 0; i < c->n; i++) {
        bool again = false;

        if (strcmp(options[c->values[i].option].section, options[o].section) != 0)
            continue;
        for (size_t j = 0; j < i && !again; j++)
            again = strcmp(options[c->values[j].option].section, options[o].section) == 0 &&
                    lf_view_eq(c->values[j].instance, c->values[i].instance);
        if (!again && seen++ == at) {
            *name = c->values[i].instance;
            return true;
        }
    }
    return false;
}

static void heading(struct lf_buf *out, size_t i)
{
    if (i == 0 || strcmp(options[i].section, options[i - 1].section) != 0) {
        size_t n = strlen(options[i].section);

        lf_buf_printf(out, "%s[%.*s%s]\n", i ? "\n" : "", (int)(many(&options[i]) ? n - 1 : n),
                      options[i].section, many(&options[i]) ? " NAME" : "");
    }
}

void lf_config_sample(struct lf_buf *out)
{
    LF_PUT(out, "; Settings of a lianfang node.  Lines that begin with ; are comments;\n"
                "; what is commented out is the value in force without it.\n\n");
    for (size_t i = 0; i < LF_OPT_COUNT; i++) {
        const struct option *o = &options[i];

        heading(out, i);
        lf_buf_printf(out, "; %s", o->sentence);
        if (o->kind == INT)
            lf_buf_printf(out, " (%lld to %lld %s)", (long long)o->least, (long long)o->most, o->unit);
        if (o->kind == CHOICE)
            lf_buf_printf(out, " (%s)", o->unit);
        lf_buf_printf(out, ".\n; %s = %s\n", o->name, o->def);
    }
}

void lf_config_show(const struct lf_config *c, struct lf_buf *out)
{
    for (size_t i = 0; i < LF_OPT_COUNT; i++) {
        const struct option *o = &options[i];
        lf_view instance;

        if (!many(o)) {
            lf_view v = lf_config_get(c, (enum lf_option)i);

            heading(out, i);
            if (i == LF_OPT_MAIL_SECRET && v.len)
                v = LF_V("(hidden)");
            lf_buf_printf(out, "%s = %.*s\n", o->name, LF_FMT(v));
            continue;
        }
        for (size_t k = 0; lf_config_instance(c, (enum lf_option)i, k, &instance); k++) {
            lf_view v = lf_config_get_in(c, (enum lf_option)i, instance);

            lf_buf_printf(out, "\n[%.*s %.*s]\n", (int)(strlen(o->section) - 1), o->section,
                          LF_FMT(instance));
            if (i == LF_OPT_TSIG_SECRET)
                lf_buf_printf(out, "%s = (hidden)\n", o->name);
            else
                lf_buf_printf(out, "%s = %.*s\n", o->name, LF_FMT(v));
        }
    }
}
