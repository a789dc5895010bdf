/* lianfang stix import FILE… | stix export [FILE]: between files and a node's collection.
 *
 * Both speak TAXII through the node's local door, so what comes in by a file is read, kept and
 * served exactly as what comes in over the network. */
#include "main/stix_node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "fmt/stix_check.h"
#include "fmt/uri.h"
#include "main/client.h"
#include "main/input.h"
#include "main/stix_convert.h"
#include "sys/env.h"

#define ROOT "/taxii2/root/collections/"
#define INPUT_MOST ((size_t)1 << 30)

enum {
    ENVELOPE_BYTES = 4 << 20,
    ENVELOPE_OBJECTS = 5000,
    REASONS_MOST = 100, /* of refusals and faults, told one by one */
};

struct job {
    struct lf_client client;
    const char *collection;
    lf_view address; /* of its objects */
    bool json, strict, last;
    const char *type;
    const char *file; /* the one at hand */
    struct lf_convert convert;
    struct lf_buf out;
    size_t objects, taken, refused, faults, advice, told;
};

/* ---- telling ---- */

static void flush(struct job *j)
{
    fwrite(j->out.ptr ? j->out.ptr : "", 1, j->out.len, stdout);
    lf_buf_reset(&j->out);
}

static void reason(struct job *j, const char *what, lf_view id, lf_view path, lf_view text)
{
    if (j->told++ >= REASONS_MOST)
        return;
    if (j->json) {
        struct lf_json_w w = lf_json_w(&j->out);

        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "file", j->file);
        lf_json_put_cstr(&w, "kind", what);
        lf_json_put_str(&w, "object", id);
        if (path.len)
            lf_json_put_str(&w, "path", path);
        lf_json_put_str(&w, "text", text);
        lf_json_close(&w);
        lf_buf_byte(&j->out, '\n');
        flush(j);
    } else {
        struct lf_buf line;

        lf_buf_init(&line, 1 << 20);
        lf_json_quote(&line, id); /* nothing of a file moves the cursor */
        lf_buf_byte(&line, ' ');
        lf_json_quote(&line, text);
        fprintf(stderr, "%s: %s: %.*s\n", j->file, what, (int)line.len, line.ptr);
        lf_buf_clear(&line);
    }
}

static void fault(void *ctx, const struct lf_stix_fault *f)
{
    struct job *j = ctx;

    if (f->advice)
        j->advice++;
    else if (j->strict) /* else `stix check` is who tells them */
        reason(j, "fault", f->id, f->path, f->text);
}

/* ---- import ---- */

/* Sends what is gathered; counts what became of it. */
static enum lf_code send_envelope(struct job *j, struct lf_buf *body, struct lf_err *e)
{
    const struct lf_json *status = NULL, *list;
    int64_t n = 0;
    enum lf_code rc;

    LF_PUT(body, "]}");
    rc = lf_buf_done(body, e);
    if (rc == LF_OK)
        rc = lf_client_taxii(&j->client, "POST",
                             lf_arena_printf(&j->client.a, "%.*s", LF_FMT(j->address)).ptr, lf_buf_view(body),
                             &status, e);
    if (rc == LF_OK) {
        (void)lf_json_int(status, "success_count", &n);
        j->taken += (size_t)n;
        list = lf_json_get(status, LF_V("failures"));
        for (size_t i = 0; i < lf_json_items(list); i++) {
            lf_view why = lf_json_str(lf_json_item(list, i), "message");

            j->refused++;
            reason(j, "refused", lf_json_str(lf_json_item(list, i), "id"), LF_V(""),
                   why.len ? why : LF_V("not acceptable"));
        }
    }
    lf_buf_reset(body);
    return rc;
}

/* An envelope of which nothing is acceptable has no status: each goes by itself then. */
static enum lf_code send_all(struct job *j, const struct lf_json *const *o, size_t n, struct lf_err *e)
{
    struct lf_buf body;
    enum lf_code rc;

    lf_arena_reset(&j->client.a);
    lf_buf_init(&body, (size_t)ENVELOPE_BYTES * 4);
    LF_PUT(&body, "{\"objects\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            lf_buf_byte(&body, ',');
        lf_json_write(&body, o[i]);
    }
    rc = send_envelope(j, &body, e);
    lf_buf_clear(&body);
    if (rc != LF_UNACCEPTED)
        return rc;
    if (n == 1) {
        j->refused++;
        reason(j, "refused", lf_json_str(o[0], "id"), LF_V(""), lf_view_of(e->text));
        return LF_OK;
    }
    for (size_t i = 0; i < n; i++)
        LF_TRY(send_all(j, &o[i], 1, e));
    return LF_OK;
}

/* How large an object is written, about: the text of a value and its quotes. */
static size_t weight(const struct lf_json *v)
{
    size_t n = lf_json_text(v).len + 4;

    for (size_t i = 0; i < lf_json_size(v); i++)
        n += lf_json_kind(v) == LF_JSON_OBJECT ? lf_json_key(v, i).len + 4 + weight(lf_json_member(v, i))
                                               : weight(lf_json_item(v, i));
    return n;
}

static enum lf_code send_list(struct job *j, const struct lf_json *const *o, size_t n, struct lf_err *e)
{
    size_t from = 0, bytes = 0;

    for (size_t i = 0; i < n; i++) {
        size_t w = weight(o[i]);

        if (i > from && (bytes + w > ENVELOPE_BYTES || i - from == ENVELOPE_OBJECTS)) {
            LF_TRY(send_all(j, o + from, i - from, e));
            from = i;
            bytes = 0;
        }
        bytes += w;
    }
    return n > from ? send_all(j, o + from, n - from, e) : LF_OK;
}

static enum lf_code import_tree(struct job *j, struct lf_arena *a, const struct lf_json *doc,
                                struct lf_err *e)
{
    const struct lf_json *list = doc;
    const struct lf_json **o;
    struct lf_arena scratch = { 0 };
    size_t n = 1;

    if (lf_view_is(lf_json_str(doc, "type"), "bundle"))
        list = lf_json_get(doc, LF_V("objects"));
    if (list != doc && list && lf_json_kind(list) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "the bundle's \"objects\" is no list");
    if (list == doc && lf_json_kind(doc) != LF_JSON_ARRAY && lf_json_kind(doc) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "a bundle, an object or a list of objects is wanted");
    if (list != doc || lf_json_kind(doc) == LF_JSON_ARRAY)
        n = lf_json_items(list);
    o = LF_NEW(a, const struct lf_json *, n + 1);
    for (size_t i = 0; i < n; i++) {
        o[i] = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_item(list, i) : doc;
        j->faults += lf_stix_check(&scratch, o[i], fault, j);
        lf_arena_reset(&scratch);
    }
    lf_arena_clear(&scratch);
    j->objects = n;
    if (j->strict && j->faults)
        return lf_err_set(e, LF_UNACCEPTED, "nothing was imported: %zu fault%s, and --strict was said",
                          j->faults, j->faults == 1 ? "" : "s");
    return send_list(j, o, n, e);
}

/* ---- import of other formats ---- */

/* What was made of the input and not yet sent. */
struct batch {
    struct job *j;
    struct lf_arena a, scratch;
    const struct lf_json *o[ENVELOPE_OBJECTS];
    size_t n, bytes;
};

static enum lf_code send_batch(struct batch *b, struct lf_err *e)
{
    enum lf_code rc = b->n ? send_list(b->j, b->o, b->n, e) : LF_OK;

    b->n = b->bytes = 0;
    lf_arena_reset(&b->a);
    return rc;
}

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512 };
    struct batch *b = ctx;
    struct job *j = b->j;

    j->objects++;
    if (j->convert.dry) {
        lf_buf_put(&j->out, json);
        lf_buf_byte(&j->out, '\n');
        if (j->out.len > 1 << 16)
            flush(j);
        return LF_OK;
    }
    LF_TRY(lf_json_parse(&b->a, lf_arena_copy(&b->a, json), &limits, &b->o[b->n], e));
    j->faults += lf_stix_check(&b->scratch, b->o[b->n++], fault, j);
    lf_arena_reset(&b->scratch);
    b->bytes += json.len;
    return b->n == ENVELOPE_OBJECTS || b->bytes > ENVELOPE_BYTES ? send_batch(b, e) : LF_OK;
}

static void lost(void *ctx, const struct lf_loss *loss)
{
    lf_convert_lost(&((struct batch *)ctx)->j->convert, loss);
}

/* Objects are sent as they are made, so that memory is that of the input. */
static enum lf_code import_foreign(struct job *j, lf_view text, struct lf_err *e)
{
    struct batch *b = calloc(1, sizeof *b);
    const struct lf_exchange to = { b, made, lost };
    const struct lf_format *format;
    struct lf_format_use use;
    enum lf_code rc;

    if (!b)
        LF_BUG("out of memory");
    b->j = j;
    lf_convert_use(&j->convert, &use);
    rc = lf_format_find(lf_view_of(j->convert.format ? j->convert.format : "stix"), text, false, &format, e);
    if (rc == LF_OK)
        rc = format->read(text, &use, &to, e);
    if (rc == LF_OK)
        rc = send_batch(b, e);
    lf_arena_clear(&b->a);
    lf_arena_clear(&b->scratch);
    free(b);
    return rc;
}

static enum lf_code import_file(struct job *j, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = INPUT_MOST, .depth = 512 };
    const struct lf_json *doc = NULL;
    struct lf_arena a = { 0 };
    struct lf_buf in;
    enum lf_code rc;

    j->objects = j->taken = j->refused = j->faults = j->advice = j->told = j->convert.nlosses = 0;
    j->convert.file = j->file;
    lf_buf_init(&in, INPUT_MOST);
    rc = lf_input_read(j->file, &in, e);
    if (rc == LF_OK && (j->convert.format || j->convert.dry)) {
        rc = import_foreign(j, lf_buf_view(&in), e);
        if (rc != LF_OK)
            (void)lf_err_at(e, "%s", j->file);
    } else if (rc == LF_OK) {
        rc = lf_json_parse(&a, lf_buf_view(&in), &limits, &doc, e);
        if (rc == LF_OK)
            rc = import_tree(j, &a, doc, e);
        if (rc != LF_OK)
            (void)lf_err_at(e, "%s", j->file);
    }
    lf_buf_clear(&in);
    lf_arena_clear(&a);
    if (j->told > REASONS_MOST)
        fprintf(stderr, "%s: %zu more faults and refusals are not told one by one\n", j->file,
                j->told - REASONS_MOST);
    if (rc != LF_OK && !j->taken && !j->refused)
        return rc;
    if (j->json) {
        struct lf_json_w w = lf_json_w(&j->out);

        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "file", j->file);
        lf_json_put_int(&w, "objects", (int64_t)j->objects);
        lf_json_put_int(&w, "taken", (int64_t)j->taken);
        lf_json_put_int(&w, "refused", (int64_t)j->refused);
        lf_json_put_int(&w, "faults", (int64_t)j->faults);
        lf_json_put_int(&w, "advice", (int64_t)j->advice);
        if (j->convert.format)
            lf_json_put_int(&w, "lost", (int64_t)j->convert.nlosses);
        lf_json_close(&w);
        lf_buf_byte(&j->out, '\n');
    } else if (j->convert.dry) {
        fprintf(stderr, "%s: %zu objects would be made, %zu losses\n", j->file, j->objects,
                j->convert.nlosses);
    } else {
        lf_buf_printf(&j->out,
                      "%s: %zu objects, %zu taken, %zu refused; %zu faults by the letter of STIX 2.1\n",
                      j->file, j->objects, j->taken, j->refused, j->faults);
        if (j->convert.format)
            lf_buf_printf(&j->out, "%s: %zu losses\n", j->file, j->convert.nlosses);
    }
    flush(j);
    return rc;
}

/* ---- export ---- */

static enum lf_code export_pages(struct job *j, FILE *to, struct lf_err *e)
{
    struct lf_buf query, text;
    enum lf_code rc = LF_OK;
    bool more = true, any = false;
    lf_view next = { NULL, 0 };

    lf_buf_init(&query, 65536);
    lf_buf_init(&text, (size_t)64 << 20);
    while (more && rc == LF_OK) {
        const struct lf_json *page = NULL, *list;

        lf_buf_reset(&query);
        lf_buf_printf(&query, "%.*s?limit=1000&match%%5Bversion%%5D=%s", LF_FMT(j->address),
                      j->last ? "last" : "all");
        if (j->type) {
            LF_PUT(&query, "&match%5Btype%5D=");
            lf_uri_encode(&query, lf_view_of(j->type));
        }
        if (next.ptr) {
            LF_PUT(&query, "&next=");
            lf_uri_encode(&query, next);
        }
        lf_buf_byte(&query, '\0');
        lf_arena_reset(&j->client.a);
        rc = lf_client_taxii(&j->client, "GET", query.ptr, LF_V(""), &page, e);
        if (rc != LF_OK)
            break;
        list = lf_json_get(page, LF_V("objects"));
        lf_buf_reset(&text);
        for (size_t i = 0; i < lf_json_items(list); i++, j->objects++) {
            lf_buf_put(&text, any ? LF_V(",\n") : LF_V(",\"objects\":[\n"));
            any = true;
            lf_json_write(&text, lf_json_item(list, i));
        }
        rc = lf_buf_done(&text, e);
        if (rc == LF_OK && fwrite(text.ptr ? text.ptr : "", 1, text.len, to) != text.len)
            rc = lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
        next = lf_json_str(page, "next");
        more = lf_json_bool(page, "more", false) && next.ptr;
    }
    lf_buf_clear(&query);
    lf_buf_clear(&text);
    /* A bundle has no empty list: without an object it has none at all. */
    if (rc == LF_OK && (fputs(any ? "\n]}\n" : "}\n", to) == EOF || fflush(to) != 0))
        rc = lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
    return rc;
}

/* ---- export in other formats ---- */

struct gathered {
    struct job *j;
    struct lf_arena a;
    const struct lf_json **o;
    size_t n, cap;
    FILE *to;
};

static enum lf_code write_piece(void *ctx, lf_view piece, struct lf_err *e)
{
    struct gathered *g = ctx;

    return fwrite(piece.ptr, 1, piece.len, g->to) == piece.len
               ? LF_OK
               : lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
}

static void lost_out(void *ctx, const struct lf_loss *loss)
{
    lf_convert_lost(&((struct gathered *)ctx)->j->convert, loss);
}

/* `text` is the bundle that export_pages wrote. */
static enum lf_code export_foreign(struct job *j, lf_view text, FILE *to, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512 };
    struct gathered g = { .j = j, .to = to };
    const struct lf_exchange out = { &g, write_piece, lost_out };
    const struct lf_format *format;
    const struct lf_json *doc, *list;
    struct lf_format_use use;
    enum lf_code rc;

    j->convert.file = j->collection;
    lf_convert_use(&j->convert, &use);
    rc = lf_format_find(lf_view_of(j->convert.format), LF_V(""), true, &format, e);
    if (rc == LF_OK)
        rc = lf_json_parse(&g.a, text, &limits, &doc, e);
    if (rc == LF_OK) {
        list = lf_json_get(doc, LF_V("objects"));
        g.o = LF_NEW(&g.a, const struct lf_json *, lf_json_items(list) + 1);
        for (size_t i = 0; i < lf_json_items(list); i++)
            g.o[g.n++] = lf_json_item(list, i);
        rc = format->write(&g.a, g.o, g.n, &use, &out, e);
    }
    if (rc == LF_OK && fflush(to) != 0)
        rc = lf_err_set(e, LF_IO, "writing: %s", strerror(errno));
    lf_arena_clear(&g.a);
    return rc;
}

static enum lf_code export_all(struct job *j, FILE *to, struct lf_err *e)
{
    struct lf_env env = { 0 };
    bool foreign = j->convert.format && strcmp(j->convert.format, "stix") != 0;
    char *text = NULL;
    size_t n = 0;
    FILE *into = foreign ? open_memstream(&text, &n) : to;
    enum lf_code rc;

    if (!into)
        return lf_err_set(e, LF_IO, "memory for the export: %s", strerror(errno));
    j->last = j->last || foreign;
    lf_env_real(&env, NULL);
    fprintf(into, "{\"type\":\"bundle\",\"id\":\"bundle--%.*s\"", LF_FMT(lf_uuid_new(&env, &j->client.a)));
    rc = export_pages(j, into, e);
    if (foreign) {
        fclose(into);
        if (rc == LF_OK)
            rc = export_foreign(j, (lf_view){ text, n }, to, e);
        free(text);
    }
    return rc;
}

static enum lf_code export_to(struct job *j, const char *name, struct lf_err *e)
{
    bool std = strcmp(name, "-") == 0;
    const struct lf_format *format;
    FILE *to;
    enum lf_code rc;

    if (j->convert.format)
        LF_TRY(lf_format_find(lf_view_of(j->convert.format), LF_V(""), true, &format, e));

    /* First what may fail without leaving a file behind. */
    LF_TRY(lf_client_taxii(&j->client, "GET",
                           lf_arena_printf(&j->client.a, "%.*s?limit=1", LF_FMT(j->address)).ptr, LF_V(""),
                           &(const struct lf_json *){ NULL }, e));
    to = std ? stdout : fopen(name, "wbe");
    if (!to)
        return lf_err_set(e, LF_IO, "%s: %s", name, strerror(errno));
    rc = export_all(j, to, e);
    if (!std && fclose(to) != 0 && rc == LF_OK)
        rc = lf_err_set(e, LF_IO, "%s: %s", name, strerror(errno));
    if (rc != LF_OK)
        (void)lf_err_at(e, "%s", name);
    else if (!std)
        fprintf(stderr, "%s: %zu objects\n", name, j->objects);
    return rc;
}

/* ---- the commands ---- */

static int failed(const struct lf_err *e)
{
    fprintf(stderr, "lianfang stix: %s\n", e->text);
    return 2;
}

/* Takes this command's options off; those of the client go to the front, words behind them. */
static bool options(struct job *j, bool import, int *argc, char **argv)
{
    char **front = calloc((size_t)*argc + 1, sizeof *front),
         **words = calloc((size_t)*argc + 1, sizeof *words);
    int nfront = 0, nwords = 0;
    bool ok = front && words;

    for (int i = 1; i < *argc && ok; i++) {
        char *arg = argv[i];
        bool with = i + 1 < *argc;

        if (strcmp(arg, "--collection") == 0 && with) {
            j->collection = argv[++i];
        } else if (import && strcmp(arg, "--strict") == 0) {
            j->strict = true;
        } else if (!import && strcmp(arg, "--last") == 0) {
            j->last = true;
        } else if (!import && strcmp(arg, "--type") == 0 && with) {
            j->type = argv[++i];
        } else if ((strcmp(arg, "--data") == 0 || strcmp(arg, "-c") == 0) && with) {
            front[nfront++] = arg;
            front[nfront++] = argv[++i];
        } else if (strcmp(arg, "--json") == 0) {
            front[nfront++] = arg;
        } else if (lf_convert_option(&j->convert, *argc, argv, &i)) {
            continue;
        } else if (arg[0] == '-' && arg[1]) {
            fprintf(stderr,
                    "lianfang stix: \"%s\" is no option of this, or its value is missing; see stix --help\n",
                    arg);
            ok = false;
        } else {
            words[nwords++] = arg;
        }
    }
    *argc = 1;
    for (int i = 0; i < nfront && ok; i++)
        argv[(*argc)++] = front[i];
    for (int i = 0; i < nwords && ok; i++)
        argv[(*argc)++] = words[i];
    free(front);
    free(words);
    return ok;
}

int lf_stix_node_main(bool import, int argc, char **argv)
{
    struct job j = { .collection = "library" };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf address;
    int status = 0;

    if (!options(&j, import, &argc, argv))
        return 2;
    lf_crypto_init();
    if (import && j.convert.dry) { /* needs no node */
        for (; argc > 1 && (strcmp(argv[1], "--data") == 0 || strcmp(argv[1], "-c") == 0); argc -= 2)
            argv += 2;
        for (; argc > 1 && strcmp(argv[1], "--json") == 0; argc--)
            argv++, j.json = true;
    } else if (!lf_client_begin(&j.client, &argc, &argv, &j.json)) {
        return 2;
    }
    if (lf_convert_begin(&j.convert, &e) != LF_OK)
        return failed(&e);
    if (import ? argc < 2 : argc > 2) {
        fputs(import ? "lianfang stix: say what to import: lianfang stix import FILE…\n"
                     : "lianfang stix: an export goes to one file, or to standard output\n",
              stderr);
        lf_client_close(&j.client);
        return 2;
    }
    lf_buf_init(&address, 4096);
    LF_PUT(&address, ROOT);
    lf_uri_encode(&address, lf_view_of(j.collection));
    LF_PUT(&address, "/objects/");
    j.address = lf_arena_copy(&a, lf_buf_view(&address));
    lf_buf_clear(&address);
    lf_buf_init(&j.out, 1 << 22);
    if (!import) {
        if (export_to(&j, argc > 1 ? argv[1] : "-", &e) != LF_OK)
            status = failed(&e);
    }
    for (int i = 1; import && i < argc; i++) {
        j.file = argv[i];
        if (import_file(&j, &e) != LF_OK)
            status = e.code == LF_UNACCEPTED && status != 2
                         ? (fprintf(stderr, "lianfang stix: %s\n", e.text), 1)
                         : failed(&e);
        else if (j.refused && !status)
            status = 1;
    }
    lf_convert_end(&j.convert);
    lf_buf_clear(&j.out);
    lf_client_close(&j.client);
    lf_arena_clear(&a);
    return status;
}
