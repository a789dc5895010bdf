/* lianfang stix check FILE…: is it STIX 2.1?  Import and export are in stix_node.c. */
#include <stdio.h>
#include <string.h>

#include "fmt/stix_check.h"
#include "main/commands.h"
#include "main/input.h"
#include "main/plain.h"
#include "main/stix_convert.h"
#include "main/stix_node.h"

static const char usage[] =
    "usage: lianfang stix check [--json] FILE…   is it STIX 2.1, as strictly as its text demands?\n"
    "       lianfang stix import [--data DIR | -c FILE] [--collection NAME] [--format FORMAT] [--map FILE]\n"
    "                [--tlp NAME] [--dry-run] [--losses FILE] [--strict] [--json] FILE…\n"
    "       lianfang stix export [--data DIR | -c FILE] [--collection NAME] [--type TYPE] [--last]\n"
    "                [--format FORMAT] [--losses FILE] [FILE]\n"
    "       lianfang stix convert [--from FORMAT] [--to FORMAT] [--map FILE] [--tlp NAME] [--losses FILE]\n"
    "                FILE [OUTPUT]                 from one format to another, with no node\n"
    "       lianfang stix formats                  which formats there are\n"
    "  FILE    a bundle, one object, or a list of objects; - is standard input or output\n"
    "  check, --json   a line a fault: {\"file\":…,\"object\":ID,\"path\":…,\"advice\":false,\"text\":…}, "
    "and at the end\n"
    "          {\"file\":…,\"objects\":N,\"faults\":N,\"advice\":N}\n"
    "  import and export ask a running node, by its data directory or its settings file (default: data), "
    "for\n"
    "          a collection by name or id (default: library); what is not understood is kept as it came\n"
    "  --format, --from, --to   another format than STIX 2.1; auto: what the file looks like\n"
    "  --dry-run  import: print the objects that would be made, a line each, and ask no node\n"
    "  --losses FILE  all that cannot be said in the other format, a line each: "
    "{\"file\":…,\"kind\":\"lost\",\n"
    "          \"where\":…,\"value\":…,\"text\":…}; without it the first 100 on standard error\n"
    "  --map FILE  how the columns of a CSV file are meant\n"
    "  --tlp NAME  marks what has no marking of its own: clear, green, amber, amber+strict, red\n"
    "  --strict  import nothing when check finds a fault; without it faults are told and taken\n"
    "  --type, --last  export objects of one type only, the last version of each only\n"
    "exit, check: 0 it is (advice may have been given), 1 something must be mended, 2 bad usage, or no JSON\n"
    "exit, import: 0 all was taken, 1 some was refused, 2 bad usage, not of that format, no node\n"
    "exit, export: 0 written, 2 bad usage, no node, no such collection\n"
    "exit, convert: 0 written (there may be losses), 2 bad usage, not of that format\n";

#define INPUT_MOST ((size_t)1 << 30)

struct report {
    const char *file;
    struct lf_buf out;
    bool json;
    size_t advice;
};

static void flush(struct report *r)
{
    fwrite(r->out.ptr ? r->out.ptr : "", 1, r->out.len, stdout);
    lf_buf_reset(&r->out);
}

static void tell(void *ctx, const struct lf_stix_fault *f)
{
    struct report *r = ctx;

    r->advice += f->advice;
    if (r->json) {
        struct lf_json_w w = lf_json_w(&r->out);

        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "file", r->file);
        lf_json_put_str(&w, "object", f->id);
        lf_json_put_str(&w, "path", f->path);
        lf_json_put_bool(&w, "advice", f->advice);
        lf_json_put_str(&w, "text", f->text);
        lf_json_close(&w);
    } else {
        lf_buf_printf(&r->out, "%s: %s: ", r->file, f->advice ? "advice" : "fault");
        lf_plain_put(&r->out, f->id);
        if (f->path.len)
            lf_buf_byte(&r->out, ' ');
        lf_plain_put(&r->out, f->path);
        LF_PUT(&r->out, ": ");
        lf_plain_put(&r->out, f->text);
    }
    lf_buf_byte(&r->out, '\n');
    if (r->out.len > 1 << 16)
        flush(r);
}

static enum lf_code check_file(struct report *r, size_t *faults, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = INPUT_MOST, .depth = 512, .unique = true };
    struct lf_arena a = { 0 }, scratch = { 0 };
    const struct lf_json *doc = NULL, *list;
    enum lf_code rc;
    struct lf_buf in;
    size_t musts = 0, n = 1;

    lf_buf_init(&in, INPUT_MOST);
    rc = lf_input_read(r->file, &in, e);
    if (rc == LF_OK && lf_json_parse(&a, lf_buf_view(&in), &limits, &doc, e) != LF_OK)
        rc = lf_err_at(e, "%s", r->file);
    r->advice = 0;
    if (rc == LF_OK && lf_json_kind(doc) == LF_JSON_ARRAY) {
        n = lf_json_items(doc);
        for (size_t i = 0; i < n; i++) {
            musts += lf_stix_check(&scratch, lf_json_item(doc, i), tell, r);
            lf_arena_reset(&scratch);
        }
    } else if (rc == LF_OK) {
        list = lf_json_get(doc, LF_V("objects"));
        n = lf_view_is(lf_json_str(doc, "type"), "bundle") ? lf_json_items(list) : 1;
        musts = lf_stix_check(&scratch, doc, tell, r);
    }
    if (rc == LF_OK && r->json) {
        struct lf_json_w w = lf_json_w(&r->out);

        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "file", r->file);
        lf_json_put_int(&w, "objects", (int64_t)n);
        lf_json_put_int(&w, "faults", (int64_t)musts);
        lf_json_put_int(&w, "advice", (int64_t)r->advice);
        lf_json_close(&w);
        lf_buf_byte(&r->out, '\n');
    } else if (rc == LF_OK) {
        lf_buf_printf(&r->out, "%s: %zu object%s, %zu fault%s, %zu piece%s of advice\n", r->file, n,
                      n == 1 ? "" : "s", musts, musts == 1 ? "" : "s", r->advice, r->advice == 1 ? "" : "s");
    }
    flush(r);
    lf_buf_clear(&in);
    lf_arena_clear(&scratch);
    lf_arena_clear(&a);
    *faults += musts;
    return rc;
}

static int formats(void)
{
    const struct lf_format *f;

    for (size_t i = 0; (f = lf_format_at(i)); i++)
        printf("%-10s %-3s %-3s  %s\n", f->name, f->read ? "in" : "", f->write ? "out" : "", f->about);
    return 0;
}

int lf_stix_main(int argc, char **argv)
{
    struct report r = { 0 };
    struct lf_err e = { 0 };
    size_t faults = 0, files = 0;
    int status = 0;

    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
    if (argc > 1 && (strcmp(argv[1], "import") == 0 || strcmp(argv[1], "export") == 0))
        return lf_stix_node_main(argv[1][0] == 'i', argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "convert") == 0)
        return lf_stix_convert_main(argc - 1, argv + 1);
    if (argc == 2 && strcmp(argv[1], "formats") == 0)
        return formats();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            r.json = true;
        else if (argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr, "lianfang stix: \"%s\" is no option of stix check; see stix --help\n", argv[i]);
            return 2;
        } else if (i > 1) {
            files++;
        }
    }
    if (argc < 2 || strcmp(argv[1], "check") != 0 || files == 0) {
        fputs("lianfang stix: say `stix check FILE…`, `stix import FILE…`, `stix export` or `stix convert "
              "FILE`; see --help\n",
              stderr);
        return 2;
    }
    lf_buf_init(&r.out, 1 << 22);
    for (int i = 2; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1])
            continue;
        r.file = argv[i];
        if (check_file(&r, &faults, &e) != LF_OK) {
            fprintf(stderr, "lianfang stix: %s\n", e.text);
            status = 2;
        }
    }
    lf_buf_clear(&r.out);
    return status ? status : faults ? 1 : 0;
}
