#include "main/rules_make.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "engine/rule_draft.h"
#include "main/records.h"
#include "sys/env.h"

static const char usage[] =
    "usage: lianfang rules make --from FILE [--from FILE]… [--against FILE]… [--title TITLE] [--json]\n"
    "  --from     events that should have been found, or an alert as `lianfang alert show --json` gives it\n"
    "  --against  ordinary events of the same kind: the rule is made so that it hits none of them, or few,\n"
    "             and the hits are told (up to 200,000 events)\n"
    "prints the rule; on standard error what it rests on. It is a draft: read it, test it (`lianfang rules\n"
    "test`), let it run in state \"test\" for some days, then make it live\n"
    "exit: 0; 1 it hits the background; 2 bad usage, files not readable, or samples without anything in "
    "common\n";

enum { FILES = 64 };

struct make {
    struct lf_rule_draft *d;
    struct lf_arena a;
    struct lf_err e;
    bool failed;
    struct lf_normaliser *normaliser;
};

static void on_sample(void *ctx, const struct lf_event *ev)
{
    struct make *m = ctx;
    const struct lf_json *evidence = lf_json_get(ev->doc, LF_V("evidence"));

    if (m->failed)
        return;
    if (lf_json_kind(evidence) != LF_JSON_ARRAY) {
        m->failed = lf_rule_draft_sample(m->d, ev, &m->e) != LF_OK;
        return;
    }
    for (size_t i = 0; i < lf_json_items(evidence) && !m->failed; i++) {
        const struct lf_json *doc = lf_json_get(lf_json_item(evidence, i), LF_V("event"));
        struct lf_record rec = { .position = i };
        struct lf_event one;

        if (lf_json_kind(doc) != LF_JSON_OBJECT)
            continue;
        lf_normalise_json(m->normaliser, &m->a, doc, &rec, &one);
        m->failed = lf_rule_draft_sample(m->d, &one, &m->e) != LF_OK;
    }
}

static void on_background(void *ctx, const struct lf_event *ev)
{
    lf_rule_draft_background(((struct make *)ctx)->d, ev);
}

static bool read_all(struct make *m, const char *const *files, size_t n,
                     void (*each)(void *, const struct lf_event *))
{
    for (size_t i = 0; i < n; i++) {
        struct lf_records r = { .command = "lianfang rules",
                                .a = &m->a,
                                .route = true,
                                .each = each,
                                .ctx = m,
                                .normaliser = m->normaliser };

        if (lf_records_read(&r, files[i], &m->e) != LF_OK)
            return false;
        if (m->failed) {
            (void)!lf_err_at(&m->e, "%s", files[i]);
            return false;
        }
    }
    return true;
}

static void say(const struct lf_rule_draft_result *res, bool json)
{
    struct lf_buf out;
    struct lf_json_w w;

    if (!json) {
        fwrite(res->yaml.ptr, 1, res->yaml.len, stdout);
        fprintf(stderr, "lianfang rules: %zu items from %zu samples; %llu of %llu background events hit\n",
                res->items, res->samples, (unsigned long long)res->hits, (unsigned long long)res->background);
        if (res->passed_over)
            fprintf(stderr, "lianfang rules: %llu background events past the first %d were not looked at\n",
                    (unsigned long long)res->passed_over, LF_DRAFT_BACKGROUND);
        return;
    }
    lf_buf_init(&out, 4 << 20);
    w = lf_json_w(&out);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "rule", res->yaml);
    lf_json_put_int(&w, "items", (int64_t)res->items);
    lf_json_put_int(&w, "samples", (int64_t)res->samples);
    lf_json_put_int(&w, "background", (int64_t)res->background);
    lf_json_put_int(&w, "hits", (int64_t)res->hits);
    lf_json_put_int(&w, "passed_over", (int64_t)res->passed_over);
    lf_json_close(&w);
    lf_buf_byte(&out, '\n');
    fwrite(out.ptr, 1, out.len, stdout);
    lf_buf_clear(&out);
}

int lf_rules_make(int argc, char **argv)
{
    const char *from[FILES], *against[FILES], *title = "Candidate";
    size_t nfrom = 0, nagainst = 0;
    struct lf_rule_draft_result res;
    struct make m = { 0 };
    struct lf_pipelines *ps;
    struct lf_log log = { .fd = -1 };
    struct lf_env env;
    bool json = false;
    int status = 2;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;

        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--from") == 0 && more && nfrom < FILES) {
            from[nfrom++] = argv[++i];
        } else if (strcmp(argv[i], "--against") == 0 && more && nagainst < FILES) {
            against[nagainst++] = argv[++i];
        } else if (strcmp(argv[i], "--title") == 0 && more) {
            title = argv[++i];
        } else {
            fprintf(stderr,
                    "lianfang rules: \"%s\" is no option here, or what it needs is missing; see --help\n",
                    argv[i]);
            return 2;
        }
    }
    if (nfrom == 0 || !title[0] || strlen(title) > 200 || strchr(title, '\n')) {
        fprintf(stderr, "lianfang rules: %s; see rules make --help\n",
                nfrom ? "--title is one line of 1 to 200 bytes" : "no samples: give --from FILE");
        return 2;
    }
    lf_env_real(&env, &log);
    lf_arena_init(&m.a, 1 << 20);
    if (lf_pipelines_build(NULL, 0, &ps, &m.e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", m.e.text);
        lf_arena_clear(&m.a);
        return 2;
    }
    m.normaliser = lf_normaliser_create(ps);
    lf_pipelines_drop(ps);
    m.d = lf_rule_draft_create(lf_view_of(title), lf_uuid_new(&env, &m.a));
    if (!read_all(&m, from, nfrom, on_sample) || lf_rule_draft_begin(m.d, &m.e) != LF_OK ||
        !read_all(&m, against, nagainst, on_background) || lf_rule_draft_finish(m.d, &res, &m.e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", m.e.text);
    } else {
        say(&res, json);
        status = res.hits > 0;
    }
    lf_rule_draft_destroy(m.d);
    lf_normaliser_destroy(m.normaliser);
    lf_arena_clear(&m.a);
    return status;
}
