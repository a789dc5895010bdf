/* lianfang stix convert: from one format to another, with no node. */
#include "main/stix_convert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/crypto.h"
#include "main/input.h"

#define INPUT_MOST ((size_t)4 << 30)

enum { TOLD_MOST = 100, MAPPING_MOST = 1 << 20 };

bool lf_convert_option(struct lf_convert *c, int argc, char **argv, int *i)
{
    static const char *const names[] = { "--format", "--map", "--tlp", "--losses" };
    const char **to[] = { &c->format, &c->map, &c->tlp, &c->losses };

    if (strcmp(argv[*i], "--dry-run") == 0) {
        c->dry = true;
        return true;
    }
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(argv[*i], names[k]) == 0 && *i + 1 < argc) {
            *to[k] = argv[++*i];
            return true;
        }
    return false;
}

enum lf_code lf_convert_begin(struct lf_convert *c, struct lf_err *e)
{
    lf_buf_init(&c->mapping, MAPPING_MOST);
    if (c->map)
        LF_TRY(lf_input_read(c->map, &c->mapping, e));
    if (c->losses && !c->to) {
        c->to = strcmp(c->losses, "-") == 0 ? stdout : fopen(c->losses, "wbe");
        if (!c->to)
            return lf_err_set(e, LF_IO, "%s: %s", c->losses, strerror(errno));
    }
    return LF_OK;
}

void lf_convert_end(struct lf_convert *c)
{
    if (c->to && c->to != stdout)
        fclose(c->to);
    c->to = NULL;
    if (!c->losses && c->nlosses > TOLD_MOST)
        fprintf(stderr, "%s: %zu more losses are not told one by one; --losses FILE has them all\n", c->file,
                c->nlosses - TOLD_MOST);
    lf_buf_clear(&c->mapping);
}

void lf_convert_use(const struct lf_convert *c, struct lf_format_use *use)
{
    struct timespec now;
    struct stat st;

    /* A list states no time: that of its file is the same whenever it is read. */
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (strcmp(c->file, "-") != 0 && stat(c->file, &st) == 0 && st.st_mtim.tv_sec > 0)
        now = st.st_mtim;
    *use = (struct lf_format_use){
        .now = (lf_time)now.tv_sec * LF_SECOND,
        .source = lf_view_of(c->file),
        .mapping = lf_buf_view(&c->mapping),
        .tlp = c->tlp ? lf_view_of(c->tlp) : LF_V(""),
    };
}

void lf_convert_lost(void *ctx, const struct lf_loss *loss)
{
    struct lf_convert *c = ctx;
    struct lf_buf b;
    struct lf_json_w w;

    if (c->nlosses++ >= TOLD_MOST && !c->to)
        return;
    lf_buf_init(&b, 1 << 16);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "file", c->file);
    lf_json_put_cstr(&w, "kind", "lost");
    lf_json_put_str(&w, "where", loss->where);
    lf_json_put_str(&w, "value", loss->value);
    lf_json_put_cstr(&w, "text", loss->why);
    lf_json_close(&w);
    lf_buf_byte(&b, '\n');
    fwrite(b.ptr, 1, b.len, c->to ? c->to : stderr);
    lf_buf_clear(&b);
}

/* ---- the command ---- */

struct work {
    struct lf_convert c;
    FILE *out;
    struct lf_arena a;
    const struct lf_json **o;
    size_t n, cap;
};

static enum lf_code write_piece(void *ctx, lf_view piece, struct lf_err *e)
{
    struct work *w = ctx;

    return fwrite(piece.ptr, 1, piece.len, w->out) == piece.len
               ? LF_OK
               : lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
}

/* STIX out needs no more than the piece at hand. */
static enum lf_code write_object(void *ctx, lf_view json, struct lf_err *e)
{
    struct work *w = ctx;

    if (fputs(w->c.nmade++ ? ",\n" : ",\"objects\":[\n", w->out) == EOF)
        return lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
    return write_piece(ctx, json, e);
}

static enum lf_code gather(void *ctx, lf_view json, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512 };
    struct work *w = ctx;

    w->o =
        (const struct lf_json **)lf_arena_grow(&w->a, (void *)(uintptr_t)w->o, w->n, &w->cap, sizeof *w->o);
    w->c.nmade++;
    return lf_json_parse(&w->a, lf_arena_copy(&w->a, json), &limits, &w->o[w->n++], e);
}

static void lost(void *ctx, const struct lf_loss *loss)
{
    lf_convert_lost(&((struct work *)ctx)->c, loss);
}

static enum lf_code convert(struct work *w, const char *from, const char *to, struct lf_err *e)
{
    struct lf_exchange reading = { w, gather, lost }, writing = { w, write_piece, lost };
    const struct lf_format *in = NULL, *out = NULL;
    struct lf_format_use use;
    bool stream;
    struct lf_buf text;
    enum lf_code rc;

    LF_TRY(lf_format_find(lf_view_of(to), LF_V(""), true, &out, e));
    stream = strcmp(out->name, "stix") == 0;
    if (stream)
        reading.made = write_object;
    lf_convert_use(&w->c, &use);
    lf_buf_init(&text, INPUT_MOST);
    rc = lf_input_read(w->c.file, &text, e);
    if (rc == LF_OK)
        rc = lf_format_find(lf_view_of(from), lf_buf_view(&text), false, &in, e);
    if (rc == LF_OK && stream)
        fputs("{\"type\":\"bundle\",\"id\":\"bundle--9f2c7c1a-6f0e-4a53-9d0b-7f6d1c3b5e21\"", w->out);
    if (rc == LF_OK)
        rc = in->read(lf_buf_view(&text), &use, &reading, e);
    lf_buf_clear(&text);
    if (rc == LF_OK && stream && fputs(w->c.nmade ? "\n]}\n" : "}\n", w->out) == EOF)
        rc = lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
    if (rc == LF_OK && !stream)
        rc = out->write(&w->a, w->o, w->n, &use, &writing, e);
    if (rc == LF_OK && fflush(w->out) != 0)
        rc = lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
    return rc == LF_OK ? LF_OK : lf_err_at(e, "%s", w->c.file);
}

int lf_stix_convert_main(int argc, char **argv)
{
    struct work w = { .out = stdout };
    const char *from = "auto", *to = "stix", *files[2] = { NULL, NULL };
    struct lf_err e = { 0 };
    enum lf_code rc;
    size_t n = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--from") == 0 && i + 1 < argc)
            from = argv[++i];
        else if (strcmp(argv[i], "--to") == 0 && i + 1 < argc)
            to = argv[++i];
        else if (lf_convert_option(&w.c, argc, argv, &i))
            continue;
        else if ((argv[i][0] == '-' && argv[i][1]) || n == 2) {
            fprintf(stderr,
                    "lianfang stix: \"%s\" is no option of stix convert, or its value is missing; see stix "
                    "--help\n",
                    argv[i]);
            return 2;
        } else
            files[n++] = argv[i];
    }
    if (!n) {
        fputs("lianfang stix: say what to convert: lianfang stix convert [--from FORMAT] [--to FORMAT] FILE "
              "[OUTPUT]\n",
              stderr);
        return 2;
    }
    lf_crypto_init();
    w.c.file = files[0];
    rc = lf_convert_begin(&w.c, &e);
    if (rc == LF_OK && files[1] && strcmp(files[1], "-") != 0) {
        w.out = fopen(files[1], "wbe");
        if (!w.out)
            rc = lf_err_set(&e, LF_IO, "%s: %s", files[1], strerror(errno));
    }
    if (rc == LF_OK)
        rc = convert(&w, from, to, &e);
    if (w.out && w.out != stdout && fclose(w.out) != 0 && rc == LF_OK)
        rc = lf_err_set(&e, LF_IO, "%s: %s", files[1], strerror(errno));
    lf_convert_end(&w.c);
    if (rc == LF_OK)
        fprintf(stderr, "%s: %zu STIX objects, %zu losses\n", w.c.file, w.c.nmade, w.c.nlosses);
    else
        fprintf(stderr, "lianfang stix: %s\n", e.text);
    lf_arena_clear(&w.a);
    return rc == LF_OK ? 0 : 2;
}
