#include "main/rules_test.h"

#include <stdio.h>
#include <string.h>

#include "engine/correlation_batch.h"
#include "fmt/yaml.h"
#include "main/records.h"
#include "proc/pipelines_dir.h"
#include "proc/rules_dir.h"
#include "sys/file.h"

static const char usage[] =
    "usage: lianfang rules test [--rules DIR]… [--expand FILE]… [--no-route] [--json] DIR…\n"
    "Tests are looked for below each DIR:\n"
    "  NAME.test.yml, or `tests` in a rule    positive: events that must fire the rule, negative: events "
    "that must not;\n"
    "                                         positive_files and negative_files name files of events beside "
    "it\n"
    "  a file with `rule_metadata` (info.yml) SigmaHQ's regression data: an event file beside it, JSON too\n"
    "  --rules     where the rules are; without it they are looked for below each DIR too\n"
    "  --no-route  log sources are not looked at; otherwise an event whose source is recognised must be of\n"
    "              the rule's log source, and one that is not is taken to be\n"
    "exit: 0 all passed, 1 some failed, 2 bad usage, nothing to test, or not readable\n";

enum { RULES_A_TEST = 64 };

/* One expectation: these rules, each, of this event or file. */
struct expect {
    const struct lf_rule *rules[RULES_A_TEST];
    size_t nrules;
    bool positive;
    const char *file; /* the file the test is written in */
    const char *dir;  /* where files beside it are */
};

struct run {
    struct lf_ruleset *rs;
    struct lf_normaliser *normaliser;
    struct lf_arena kept, a;
    struct lf_buf out;
    const char *pipelines[64];
    size_t npipelines;
    bool route, json;
    bool *tested; /* by rule number */
    size_t passed, failed;
    /* The file at hand. */
    const struct expect *now;
    size_t matches[RULES_A_TEST];
    uint64_t first_match, records;
    lf_view sources; /* of its last record, for messages */
    struct lf_batch batch;
};

/* ---- answers ---- */

static void answer(struct run *r, const struct expect *x, const struct lf_rule *rule, lf_view what, bool ok,
                   lf_view why)
{
    struct lf_json_w w = lf_json_w(&r->out);

    r->tested[rule->number] = true;
    r->passed += ok;
    r->failed += !ok;
    if (r->json) {
        lf_json_open(&w, '{');
        lf_json_put_bool(&w, "passed", ok);
        lf_json_put_str(&w, "rule", rule->id);
        lf_json_put_str(&w, "title", rule->title);
        lf_json_put_cstr(&w, "file", x->file);
        lf_json_put_str(&w, "event", what);
        lf_json_put_cstr(&w, "expected", x->positive ? "match" : "no match");
        if (!ok)
            lf_json_put_str(&w, "reason", why);
        lf_json_close(&w);
        lf_buf_byte(&r->out, '\n');
    } else if (!ok) {
        lf_buf_printf(&r->out, "%s  %s: rule \"%.*s\" (%.*s), %.*s: %.*s\n",
                      x->positive ? "missed" : "hit   ", x->file, LF_FMT(rule->title), LF_FMT(rule->id),
                      LF_FMT(what), LF_FMT(why));
    }
}

/* A test that can not be run is a failed one. */
static void broken(struct run *r, const char *file, const char *why)
{
    struct lf_json_w w = lf_json_w(&r->out);

    r->failed++;
    if (!r->json) {
        lf_buf_printf(&r->out, "broken  %s: %s\n", file, why);
        return;
    }
    lf_json_open(&w, '{');
    lf_json_put_bool(&w, "passed", false);
    lf_json_put_cstr(&w, "file", file);
    lf_json_put_cstr(&w, "reason", why);
    lf_json_close(&w);
    lf_buf_byte(&r->out, '\n');
}

static lf_view source_text(struct lf_arena *a, const struct lf_logsource *s)
{
    return lf_arena_printf(a, "%.*s/%.*s/%.*s", (int)(s->product.len ? s->product.len : 1),
                           s->product.len ? s->product.ptr : "-",
                           (int)(s->category.len ? s->category.len : 1),
                           s->category.len ? s->category.ptr : "-",
                           (int)(s->service.len ? s->service.len : 1), s->service.len ? s->service.ptr : "-");
}

static lf_view why_missed(struct run *r, const struct lf_rule *rule)
{
    if (rule->refused.ptr)
        return lf_arena_printf(&r->kept, "the rule is refused: %.*s", LF_FMT(rule->refused));
    if (r->sources.len > 0 && rule->kind == LF_RULE_DETECTION)
        return lf_arena_printf(
            &r->kept, "did not fire; the event is of %.*s, the rule of %.*s (product/category/service)",
            LF_FMT(r->sources), LF_FMT(source_text(&r->kept, &rule->source)));
    return LF_V("did not fire");
}

/* ---- events ---- */

/* Which of the rules in question fire, counted; correlations when the file is through. */
static void look(void *ctx, const struct lf_event *ev)
{
    struct run *r = ctx;
    bool routed = r->route && ev->nsources > 0;
    const struct lf_rule *const *hits;
    size_t n = lf_ruleset_match(r->rs, &r->a, ev, routed, &hits);

    r->records++;
    r->sources = (lf_view){ "", 0 };
    for (size_t i = 0; routed && i < ev->nsources; i++)
        r->sources = lf_arena_printf(&r->kept, "%.*s%s%.*s", LF_FMT(r->sources), i ? ", " : "",
                                     LF_FMT(source_text(&r->kept, &ev->sources[i])));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < r->now->nrules; k++)
            if (hits[i] == r->now->rules[k] && r->matches[k]++ == 0)
                r->first_match = ev->position;
    lf_batch_keep(&r->batch, &r->a, ev, hits, n, 0, ev->position);
}

/* What waited for another record of its event, or (LF_TIME_MAX) for one that never came. */
static void look_at_held(struct run *r, lf_time before)
{
    struct lf_event ev;

    while (lf_normalise_held(r->normaliser, &r->a, before, &ev))
        look(r, &ev);
}

static void fires(void *ctx, const struct lf_rule *rule, size_t file, uint64_t ordinal)
{
    struct run *r = ctx;

    (void)file;
    for (size_t k = 0; k < r->now->nrules; k++)
        if (rule == r->now->rules[k] && r->matches[k]++ == 0)
            r->first_match = ordinal;
}

static void begin(struct run *r, const struct expect *x)
{
    r->now = x;
    memset(r->matches, 0, sizeof r->matches);
    r->records = r->first_match = 0;
    r->sources = (lf_view){ "", 0 };
    lf_batch_init(&r->batch, r->rs);
}

static void end(struct run *r)
{
    look_at_held(r, LF_TIME_MAX);
    lf_batch_run(&r->batch, fires, r);
    lf_batch_clear(&r->batch);
    lf_arena_reset(&r->a);
}

static bool one_event(struct run *r, const struct lf_json *v, uint64_t ordinal)
{
    struct lf_event ev = { .doc = v, .position = ordinal };
    struct lf_record rec = { .position = ordinal, .bytes = lf_json_text(v) };

    if (lf_json_kind(v) == LF_JSON_STRING)
        lf_normalise(r->normaliser, &r->a, &rec, &ev);
    else if (lf_json_kind(v) != LF_JSON_OBJECT)
        return false;
    else if (r->route)
        lf_normalise_json(r->normaliser, &r->a, v, &rec, &ev);
    if (!ev.held)
        look(r, &ev);
    look_at_held(r, 0);
    return true;
}

/* An event, a line of a log, or a list of them in a row for a correlation. */
static void written_event(struct run *r, const struct expect *x, const struct lf_json *v, size_t number)
{
    lf_view what = lf_arena_printf(&r->kept, "%s %zu", x->positive ? "positive" : "negative", number);
    bool list = lf_json_kind(v) == LF_JSON_ARRAY, ok = true;

    begin(r, x);
    for (size_t i = 0; list && i < lf_json_items(v); i++)
        ok = one_event(r, lf_json_item(v, i), i) && ok;
    if (!list)
        ok = one_event(r, v, 0);
    end(r);
    if (!ok || r->records == 0) {
        broken(r, x->file,
               lf_arena_printf(&r->kept,
                               "%.*s is no event: a map, a line of a log, or a list of them is wanted%c",
                               LF_FMT(what), 0)
                   .ptr);
        return;
    }
    for (size_t k = 0; k < x->nrules; k++)
        if (x->positive)
            answer(r, x, x->rules[k], what, r->matches[k] > 0, why_missed(r, x->rules[k]));
        else
            answer(r, x, x->rules[k], what, r->matches[k] == 0 && !x->rules[k]->refused.ptr,
                   x->rules[k]->refused.ptr ? why_missed(r, x->rules[k]) : LF_V("fired all the same"));
}

/* Of a file every record must fire the rule (or none may); with `want` the number of
 * matches must be just that, where a number is given, else one or more will do. */
enum { EACH = -2, SOME = -1 };
static void event_file(struct run *r, const struct expect *x, const char *path, int64_t want)
{
    struct lf_records records = { .normaliser = r->normaliser,
                                  .command = "lianfang rules",
                                  .a = &r->a,
                                  .route = r->route,
                                  .each = look,
                                  .ctx = r };
    struct lf_err e = { 0 };
    enum lf_code rc;

    begin(r, x);
    rc = lf_records_read(&records, path, &e);
    end(r);
    if (rc != LF_OK || r->records == 0) {
        broken(r, x->file,
               lf_arena_printf(&r->kept, "%s%c", rc != LF_OK ? e.text : "there is no record in the file", 0)
                   .ptr);
        return;
    }
    for (size_t k = 0; k < x->nrules; k++) {
        const struct lf_rule *rule = x->rules[k];
        uint64_t got = r->matches[k];
        bool ok = want >= 0                                           ? got == (uint64_t)want
                  : want == SOME || rule->kind == LF_RULE_CORRELATION ? got > 0
                  : x->positive                                       ? got == r->records
                                                                      : got == 0;
        lf_view why = got == 0 ? why_missed(r, rule)
                               : lf_arena_printf(&r->kept, "fired on %llu of %llu records, first on %llu",
                                                 (unsigned long long)got, (unsigned long long)r->records,
                                                 (unsigned long long)r->first_match);

        if (!x->positive && want < 0)
            ok = got == 0 && !rule->refused.ptr;
        answer(r, x, rule, lf_view_of(path), ok, why);
    }
}

/* ---- tests of ours ---- */

static const char *beside(struct run *r, const struct expect *x, lf_view name)
{
    return lf_arena_printf(&r->kept, "%s/%.*s%c", x->dir, LF_FMT(name), 0).ptr;
}

static void expectations(struct run *r, struct expect *x, const struct lf_json *tests)
{
    static const char *const keys[2][2] = { { "negative", "negative_files" },
                                            { "positive", "positive_files" } };
    size_t before = r->passed + r->failed;

    for (size_t i = 0; i < lf_json_members(tests); i++) {
        lf_view k = lf_json_key(tests, i);

        if (!lf_view_is(k, "rules") && !lf_view_is(k, "positive") && !lf_view_is(k, "negative") &&
            !lf_view_is(k, "positive_files") && !lf_view_is(k, "negative_files"))
            broken(r, x->file,
                   lf_arena_printf(&r->kept,
                                   "\"%.*s\" is not known: rules, positive, negative, positive_files and "
                                   "negative_files are%c",
                                   LF_FMT(k), 0)
                       .ptr);
    }
    for (int p = 1; p >= 0; p--) {
        const struct lf_json *events = lf_json_get(tests, lf_view_of(keys[p][0]));
        const struct lf_json *files = lf_json_get(tests, lf_view_of(keys[p][1]));

        x->positive = p;
        if ((events && lf_json_kind(events) != LF_JSON_ARRAY) ||
            (files && lf_json_kind(files) != LF_JSON_ARRAY))
            broken(r, x->file, "positive, negative, positive_files and negative_files are lists");
        for (size_t i = 0; i < lf_json_items(events) && lf_json_kind(events) == LF_JSON_ARRAY; i++)
            written_event(r, x, lf_json_item(events, i), i + 1);
        for (size_t i = 0; i < lf_json_items(files) && lf_json_kind(files) == LF_JSON_ARRAY; i++)
            event_file(r, x, beside(r, x, lf_json_text(lf_json_item(files, i))), EACH);
    }
    if (r->passed + r->failed == before)
        broken(r, x->file, "there is no test in it");
}

static bool add_rule(struct run *r, struct expect *x, lf_view ref, lf_view file)
{
    struct lf_err e = { 0 };

    if (x->nrules < RULES_A_TEST && lf_ruleset_named(r->rs, ref, file, &x->rules[x->nrules], &e) == LF_OK) {
        x->nrules++;
        return true;
    }
    broken(r, x->file, x->nrules < RULES_A_TEST ? e.text : "more than 64 rules");
    return false;
}

/* The rules of the file beside it, or those that `rules` names. */
static void beside_tests(struct run *r, const struct lf_rule_file *f, const struct lf_json *tests,
                         const char *dir)
{
    size_t cut = lf_view_ends(f->name, LF_V(".test.yml")) ? 9 : 10;
    struct expect x = { .file = lf_arena_printf(&r->kept, "%.*s%c", LF_FMT(f->name), 0).ptr, .dir = dir };
    lf_view stem = lf_view_first(f->name, f->name.len - cut);
    const struct lf_json *refs = lf_json_get(tests, LF_V("rules"));
    bool list = lf_json_kind(refs) == LF_JSON_ARRAY;
    lf_view of = { "", 0 };

    if (lf_json_kind(tests) != LF_JSON_OBJECT) {
        broken(r, x.file, "a map of positive and negative events is wanted");
        return;
    }
    for (size_t i = 0; i < lf_ruleset_count(r->rs); i++) {
        const struct lf_rule *rule = lf_ruleset_rule(r->rs, i);

        if (!lf_view_starts(rule->file, stem) || (!lf_view_is(lf_view_from(rule->file, stem.len), ".yml") &&
                                                  !lf_view_is(lf_view_from(rule->file, stem.len), ".yaml")))
            continue;
        of = rule->file;
        if (!refs && rule->kind != LF_RULE_FILTER && !rule->quiet && x.nrules < RULES_A_TEST)
            x.rules[x.nrules++] = rule;
    }
    for (size_t i = 0; refs && i < (list ? lf_json_items(refs) : 1); i++)
        if (!add_rule(r, &x, lf_json_text(list ? lf_json_item(refs, i) : refs), of))
            return;
    if (x.nrules == 0)
        broken(r, x.file, "no rule of its name stands beside it; name some with `rules`");
    else
        expectations(r, &x, tests);
}

static void own_tests(struct run *r, const struct lf_rule_file *f, size_t line, const struct lf_json *tests,
                      const char *dir)
{
    struct expect x = { .file = lf_arena_printf(&r->kept, "%.*s%c", LF_FMT(f->name), 0).ptr, .dir = dir };

    for (size_t i = 0; i < lf_ruleset_count(r->rs) && x.nrules == 0; i++) {
        const struct lf_rule *rule = lf_ruleset_rule(r->rs, i);

        if (lf_view_eq(rule->file, f->name) && rule->line == line)
            x.rules[x.nrules++] = rule;
    }
    if (x.nrules == 0)
        broken(r, x.file, "the rule is not among those loaded with --rules");
    else if (lf_json_kind(tests) != LF_JSON_OBJECT)
        broken(r, x.file, "tests: a map of positive and negative events is wanted");
    else
        expectations(r, &x, tests);
}

/* ---- SigmaHQ's regression data ---- */

/* Its paths begin at the root of SigmaHQ's tree; the file itself is beside. */
static void regression_test(struct run *r, const struct expect *x, const struct lf_json *test)
{
    lf_view path = lf_json_str(test, "path"), name = path;
    const char *file, *json;
    int64_t want = SOME;

    (void)lf_json_int(test, "match_count", &want);
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/')
            name = lf_view_from(path, i + 1);
    if (name.len == 0) {
        broken(r, x->file, "a test without a path");
        return;
    }
    file = beside(r, x, name);
    json =
        lf_view_ends(name, LF_V(".evtx"))
            ? beside(r, x, lf_arena_printf(&r->kept, "%.*s.json", LF_FMT(lf_view_first(name, name.len - 5))))
            : NULL;
    event_file(r, x, file, want);
    if (json && lf_file_exists(json))
        event_file(r, x, json, want);
}

static void regression_tests(struct run *r, const struct lf_rule_file *f, const struct lf_json *doc,
                             const char *dir)
{
    struct expect x = { .file = lf_arena_printf(&r->kept, "%.*s%c", LF_FMT(f->name), 0).ptr,
                        .dir = dir,
                        .positive = true };
    const struct lf_json *rules = lf_json_get(doc, LF_V("rule_metadata")),
                         *tests = lf_json_get(doc, LF_V("regression_tests_info"));

    if (!tests)
        return; /* commented out: what it describes can not be run yet */
    for (size_t i = 0; i < lf_json_items(rules) && lf_json_kind(rules) == LF_JSON_ARRAY; i++)
        if (!add_rule(r, &x, lf_json_str(lf_json_item(rules, i), "id"), f->name))
            return;
    if (x.nrules == 0 || lf_json_kind(tests) != LF_JSON_ARRAY)
        broken(r, x.file, "rule_metadata names no rule, or regression_tests_info is no list");
    for (size_t i = 0; x.nrules > 0 && i < lf_json_items(tests) && lf_json_kind(tests) == LF_JSON_ARRAY; i++)
        regression_test(r, &x, lf_json_item(tests, i));
}

/* ---- files ---- */

static void tests_of_file(struct run *r, const struct lf_rule_file *f)
{
    const struct lf_yaml_limits limits = { .bytes = LF_RULE_FILE_MOST };
    bool apart = lf_view_ends(f->name, LF_V(".test.yml")) || lf_view_ends(f->name, LF_V(".test.yaml"));
    struct lf_yaml_doc *docs = NULL;
    struct lf_arena tmp = { 0 };
    struct lf_err e = { 0 };
    size_t n = 0, dir_len = f->name.len;
    const char *dir;

    if (!apart && lf_view_find(f->text, LF_V("tests")) == SIZE_MAX)
        return;
    if (lf_view_starts(f->text, LF_V(LF_RULE_NO_TEXT))) {
        if (apart)
            broken(r, lf_arena_cstr(&r->kept, f->name),
                   lf_arena_cstr(&r->kept, lf_view_from(f->text, sizeof LF_RULE_NO_TEXT - 1)));
        return;
    }
    while (dir_len > 0 && f->name.ptr[dir_len - 1] != '/')
        dir_len--;
    dir = dir_len > 1 ? lf_arena_cstr(&r->kept, lf_view_first(f->name, dir_len - 1)) : dir_len ? "/" : ".";
    if (lf_yaml_parse_each(&tmp, f->text, &limits, &docs, &n, NULL, &e) != LF_OK && apart)
        broken(r, lf_arena_cstr(&r->kept, f->name), e.text);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *doc = docs[i].root, *tests = doc ? lf_json_get(doc, LF_V("tests")) : NULL;

        if (apart && !doc)
            broken(r, lf_arena_cstr(&r->kept, f->name), lf_arena_cstr(&r->kept, docs[i].refused));
        else if (apart && lf_json_kind(doc) != LF_JSON_NULL)
            beside_tests(r, f, doc, dir);
        else if (doc && lf_json_get(doc, LF_V("rule_metadata")))
            regression_tests(r, f, doc, dir);
        else if (tests)
            own_tests(r, f, docs[i].line, tests, dir);
    }
    lf_arena_clear(&tmp);
}

static void summary(struct run *r)
{
    size_t without = 0;

    for (size_t i = 0; i < lf_ruleset_count(r->rs); i++)
        without += !r->tested[i] && lf_ruleset_rule(r->rs, i)->kind != LF_RULE_FILTER;
    if (r->json)
        lf_buf_printf(&r->out, "{\"passed\":%zu,\"failed\":%zu,\"rules_without_tests\":%zu}\n", r->passed,
                      r->failed, without);
    else
        lf_buf_printf(&r->out, "%zu passed, %zu failed, %zu rules without tests\n", r->passed, r->failed,
                      without);
    fwrite(r->out.ptr ? r->out.ptr : "", 1, r->out.len, stdout);
}

static int run_tests(struct run *r, const struct lf_rules_paths *paths, const char *const *dirs, size_t n)
{
    struct lf_rule_file *files;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    size_t count;
    struct lf_pipelines *ps;
    int status = 2;

    if (lf_pipelines_dir_load(r->pipelines, r->npipelines, &ps, &e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", e.text);
        return 2;
    }
    r->normaliser = lf_normaliser_create(ps);
    lf_pipelines_drop(ps);
    if (lf_rules_dir_files(&a, dirs, n, &files, &count, &e) != LF_OK ||
        lf_rules_paths_load(paths, &r->rs, &e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", e.text);
        lf_normaliser_destroy(r->normaliser);
        lf_arena_clear(&a);
        return 2;
    }
    lf_buf_init(&r->out, 1u << 30);
    r->tested = LF_NEW(&r->kept, bool, lf_ruleset_count(r->rs) + 1);
    for (size_t i = 0; i < count; i++)
        tests_of_file(r, &files[i]);
    if (r->passed + r->failed == 0)
        fprintf(stderr,
                "lianfang rules: there is nothing to test below %s; see `lianfang rules test --help`\n",
                dirs[0]);
    else
        status = r->failed > 0;
    if (status != 2)
        summary(r);
    lf_buf_clear(&r->out);
    lf_ruleset_drop(r->rs);
    lf_normaliser_destroy(r->normaliser);
    lf_arena_clear(&r->a);
    lf_arena_clear(&r->kept);
    lf_arena_clear(&a);
    return status;
}

int lf_rules_test(int argc, char **argv)
{
    struct lf_rules_paths paths = { 0 };
    const char *dirs[64];
    struct run r = { .route = true };
    size_t n = 0;
    int took;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--json") == 0) {
            r.json = true;
        } else if (strcmp(argv[i], "--no-route") == 0) {
            r.route = false;
        } else if ((took = lf_rules_paths_take(&paths, argc - i, argv + i)) > 0) {
            i += took - 1;
        } else if (strcmp(argv[i], "--pipeline") == 0 && i + 1 < argc && r.npipelines < 64) {
            r.pipelines[r.npipelines++] = argv[++i];
        } else if (argv[i][0] == '-' || n == sizeof dirs / sizeof *dirs) {
            fprintf(stderr,
                    "lianfang rules: \"%s\" is no option here, or what it needs is missing; see --help\n",
                    argv[i]);
            return 2;
        } else {
            dirs[n++] = argv[i];
        }
    }
    if (n == 0) {
        fputs("lianfang rules: no tests to run: name a directory; see rules test --help\n", stderr);
        return 2;
    }
    if (paths.nrules == 0) {
        memcpy(paths.rules, dirs, n * sizeof *dirs);
        paths.nrules = n;
    }
    return run_tests(&r, &paths, dirs, n);
}
