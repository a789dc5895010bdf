/* lianfang rules coverage: which techniques of MITRE ATT&CK the rules look for.
 *
 * A rule says so in its tags (attack.t1059.001).  A tag that names no technique of
 * the table the program carries is told, not counted: it is a slip, or the table
 * is older than the rule.  Looking for a technique is not finding it: the figure
 * says where rules are, not how good they are. */
#include "main/rules_coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/attack.h"
#include "fmt/uri.h"
#include "main/client.h"
#include "main/commands.h"
#include "proc/rules_dir.h"

static const char usage[] =
    "usage: lianfang rules coverage [--missing | --json | --navigator] [--rules DIR]… DIR…\n"
    "       lianfang rules coverage --node [--data DIR | -c FILE] [--json] [--missing | --technique T1059]\n"
    "  prints for each tactic of MITRE ATT&CK how many of its techniques some rule looks for, and each\n"
    "  technique with its rules\n"
    "  --missing    the techniques that no rule looks for\n"
    "  --node       of a running node: how many rules are live, in test, draft and retired; --technique: "
    "which\n"
    "  --navigator  a layer for the ATT&CK Navigator; the score is the number of rules\n"
    "exit: 0, or 2 bad usage or not readable\n";

struct technique {
    lf_view id, tactics, name;
    size_t rules, levels[LF_LEVEL_CRITICAL + 1];
};
struct tactic {
    lf_view name;
    size_t techniques, covered;
};
enum { TACTICS = 32, TOLD = 5, PATH = 512 };

struct table {
    struct lf_attack *attack;
    struct technique *t;
    size_t n;
    struct tactic tactics[TACTICS];
    size_t ntactics;
    size_t rules, tagged, unknown;
};

static struct tactic *tactic(struct table *t, lf_view name)
{
    for (size_t i = 0; i < t->ntactics; i++)
        if (lf_view_eq(t->tactics[i].name, name))
            return &t->tactics[i];
    LF_ASSERT(t->ntactics < TACTICS);
    t->tactics[t->ntactics].name = name;
    return &t->tactics[t->ntactics++];
}

static void read_table(struct table *t)
{
    const struct lf_technique *all;

    t->attack = lf_attack_create();
    t->n = lf_attack_techniques(t->attack, &all);
    t->t = calloc(t->n ? t->n : 1, sizeof *t->t);
    if (!t->t)
        LF_BUG("out of memory for ATT&CK's techniques");
    for (size_t i = 0; i < t->n; i++)
        t->t[i] = (struct technique){ .id = all[i].id, .tactics = all[i].tactics, .name = all[i].name };
}

static void count_rule(struct table *t, const struct lf_rule *rule)
{
    const struct lf_json *tags = lf_json_get(rule->doc, LF_V("tags"));
    struct technique *seen[64];
    size_t nseen = 0;
    bool any = false;

    for (size_t i = 0; i < lf_json_items(tags); i++) {
        lf_view tag = lf_json_text(lf_json_item(tags, i));
        struct technique *x;
        char id[LF_ATTACK_ID];
        bool twice = false;
        size_t at;

        if (!lf_attack_tag(tag, id))
            continue;
        at = lf_attack_find(t->attack, lf_view_of(id));
        if (at == SIZE_MAX) {
            if (t->unknown++ < TOLD)
                fprintf(stderr, "lianfang rules: %.*s: the tag \"%.*s\" names no technique known here\n",
                        LF_FMT(rule->file), LF_FMT(tag));
            continue;
        }
        x = &t->t[at];
        for (size_t k = 0; k < nseen; k++)
            twice = twice || seen[k] == x;
        if (twice || nseen == sizeof seen / sizeof *seen)
            continue;
        seen[nseen++] = x;
        x->rules++;
        x->levels[rule->level]++;
        any = true;
    }
    t->rules++;
    t->tagged += any;
}

static void count_tactics(struct table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        lf_view rest = t->t[i].tactics, name;

        while (lf_view_split(&rest, ' ', &name)) {
            struct tactic *x = tactic(t, name);
            x->techniques++;
            x->covered += t->t[i].rules > 0;
        }
    }
}

static void write_text(const struct table *t, bool missing, struct lf_buf *out)
{
    if (!missing) {
        lf_buf_printf(out, "%zu rules, %zu of them tagged with a technique\n\n", t->rules, t->tagged);
        for (size_t i = 0; i < t->ntactics; i++)
            lf_buf_printf(out, "%-24.*s %3zu of %3zu techniques\n", LF_FMT(t->tactics[i].name),
                          t->tactics[i].covered, t->tactics[i].techniques);
        lf_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct technique *x = &t->t[i];

        if (missing != (x->rules == 0))
            continue;
        lf_buf_printf(out, "%-10.*s ", LF_FMT(x->id));
        if (!missing)
            lf_buf_printf(out, "%4zu  ", x->rules);
        lf_buf_printf(out, "%.*s\n", LF_FMT(x->name));
    }
}

static void write_json(const struct table *t, struct lf_buf *out)
{
    struct lf_json_w w = lf_json_w(out);

    lf_json_open(&w, '{');
    lf_json_put_int(&w, "rules", (int64_t)t->rules);
    lf_json_put_int(&w, "tagged", (int64_t)t->tagged);
    lf_json_put_int(&w, "unknown_tags", (int64_t)t->unknown);
    lf_json_begin(&w, "tactics", '[');
    for (size_t i = 0; i < t->ntactics; i++) {
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "tactic", t->tactics[i].name);
        lf_json_put_int(&w, "techniques", (int64_t)t->tactics[i].techniques);
        lf_json_put_int(&w, "covered", (int64_t)t->tactics[i].covered);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_begin(&w, "techniques", '[');
    for (size_t i = 0; i < t->n; i++) {
        const struct technique *x = &t->t[i];

        lf_json_open(&w, '{');
        lf_json_put_str(&w, "technique", x->id);
        lf_json_put_str(&w, "name", x->name);
        lf_json_put_int(&w, "rules", (int64_t)x->rules);
        for (int l = LF_LEVEL_INFO; x->rules && l <= LF_LEVEL_CRITICAL; l++)
            if (x->levels[l])
                lf_json_put_int(&w, lf_level_name((enum lf_level)l), (int64_t)x->levels[l]);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    lf_buf_byte(out, '\n');
}

/* Layer file format 4.5 of the ATT&CK Navigator. */
static void write_layer(const struct table *t, struct lf_buf *out)
{
    struct lf_json_w w = lf_json_w(out);
    size_t most = 1;

    for (size_t i = 0; i < t->n; i++)
        most = t->t[i].rules > most ? t->t[i].rules : most;
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "name", "lianfang rules");
    lf_json_put_cstr(&w, "domain", "enterprise-attack");
    lf_json_begin(&w, "versions", '{');
    lf_json_put_cstr(&w, "layer", "4.5");
    lf_json_close(&w);
    lf_json_put_cstr(&w, "description", "Techniques that loaded rules look for; the score is their number");
    lf_json_begin(&w, "techniques", '[');
    for (size_t i = 0; i < t->n; i++) {
        if (!t->t[i].rules)
            continue;
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "techniqueID", t->t[i].id);
        lf_json_put_int(&w, "score", (int64_t)t->t[i].rules);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_begin(&w, "gradient", '{');
    lf_json_begin(&w, "colors", '[');
    lf_json_put_cstr(&w, NULL, "#dcecf0");
    lf_json_put_cstr(&w, NULL, "#0b5a70");
    lf_json_close(&w);
    lf_json_put_int(&w, "minValue", 1);
    lf_json_put_int(&w, "maxValue", (int64_t)most);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_buf_byte(out, '\n');
}

/* ---- of a running node, by what was decided about each rule ---- */

static const char *const states[] = { "live", "test", "draft", "retired" };

static void print_rules(const struct lf_json *answer)
{
    const struct lf_json *items = lf_json_get(answer, LF_V("items"));

    for (size_t i = 0; i < lf_json_items(items); i++) {
        const struct lf_json *x = lf_json_item(items, i);

        printf("%-8.*s %.*s  %.*s\n", LF_FMT(lf_json_str(x, "state")), LF_FMT(lf_json_str(x, "rule")),
               LF_FMT(lf_json_str(x, "title")));
    }
}

static void print_coverage(const struct lf_json *answer, bool missing)
{
    const struct lf_json *tactics = lf_json_get(answer, LF_V("tactics")),
                         *techniques = lf_json_get(answer, LF_V("techniques"));
    int64_t n[4] = { 0 };

    if (!missing) {
        printf("%-24s %10s %6s %6s %7s %6s\n", "tactic", "techniques", "live", "trial", "retired", "none");
        for (size_t i = 0; i < lf_json_items(tactics); i++) {
            const struct lf_json *x = lf_json_item(tactics, i);
            int64_t all = 0;

            (void)lf_json_int(x, "techniques", &all);
            (void)lf_json_int(x, "live", &n[0]);
            (void)lf_json_int(x, "trial", &n[1]);
            (void)lf_json_int(x, "retired", &n[2]);
            (void)lf_json_int(x, "none", &n[3]);
            printf("%-24.*s %10lld %6lld %6lld %7lld %6lld\n", LF_FMT(lf_json_str(x, "tactic")),
                   (long long)all, (long long)n[0], (long long)n[1], (long long)n[2], (long long)n[3]);
        }
        printf("\n%-10s %6s %6s %6s %7s\n", "technique", "live", "test", "draft", "retired");
    }
    for (size_t i = 0; i < lf_json_items(techniques); i++) {
        const struct lf_json *x = lf_json_item(techniques, i), *rules = lf_json_get(x, LF_V("rules"));

        printf("%-10.*s ", LF_FMT(lf_json_str(x, "technique")));
        for (int s = 0; s < 4 && !missing; s++) {
            (void)lf_json_int(rules, states[s], &n[s]);
            printf("%*lld ", s == 3 ? 7 : 6, (long long)n[s]);
        }
        printf("%.*s\n", LF_FMT(lf_json_str(x, "name")));
    }
}

/* The technique's rules page by page, or one answer. */
static enum lf_code ask_node(struct lf_client *c, const char *technique, bool missing, bool json,
                             struct lf_err *e)
{
    lf_view after = LF_V("");
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, 64 << 20);
    do {
        const struct lf_json *answer;
        char path[PATH + 8192];
        struct lf_buf place;

        lf_buf_init(&place, 8192);
        lf_uri_encode(&place, after);
        if (technique)
            snprintf(path, sizeof path, "/api/v1/rules?limit=1000&technique=%s&after=%.*s", technique,
                     LF_FMT(lf_buf_view(&place)));
        else
            snprintf(path, sizeof path, "/api/v1/coverage?show=%s", missing ? "none" : "covered");
        lf_buf_clear(&place);
        rc = lf_client_call(c, "GET", path, LF_V(""), &answer, e);
        if (rc != LF_OK)
            break;
        after = technique ? lf_json_str(answer, "next") : LF_V("");
        if (json) {
            lf_buf_reset(&b);
            lf_json_write(&b, answer);
            printf("%.*s\n", LF_FMT(lf_buf_view(&b)));
        } else if (technique) {
            print_rules(answer);
        } else {
            print_coverage(answer, missing);
        }
    } while (after.len);
    lf_buf_clear(&b);
    return rc;
}

static int of_node(int argc, char **argv)
{
    const char *technique = NULL;
    bool json, missing = false;
    struct lf_client c;
    struct lf_err e = { 0 };
    int status = 0;

    if (!lf_client_begin(&c, &argc, &argv, &json))
        return 2;
    for (int i = 1; i < argc && !status; i++) {
        if (strcmp(argv[i], "--missing") == 0) {
            missing = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--technique") == 0 && i + 1 < argc &&
                   strlen(argv[i + 1]) < LF_ATTACK_ID &&
                   strspn(argv[i + 1], "Tt0123456789.") == strlen(argv[i + 1])) {
            technique = argv[++i];
        } else {
            fprintf(stderr, "lianfang rules: \"%s\" is no option here; see rules coverage --help\n", argv[i]);
            status = 2;
        }
    }
    if (!status && ask_node(&c, technique, missing, json, &e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", e.text);
        status = 2;
    }
    lf_client_close(&c);
    return status;
}

int lf_rules_coverage(int argc, char **argv)
{
    struct lf_rules_paths paths = { 0 };
    bool missing = false, json = false, layer = false;
    struct lf_ruleset *rs;
    struct table *t;
    struct lf_err e = { 0 };
    struct lf_buf out;
    int took;

    if (argc > 1 && strcmp(argv[1], "--node") == 0)
        return of_node(argc - 1, argv + 1);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--missing") == 0) {
            missing = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--navigator") == 0) {
            layer = true;
        } else if ((took = lf_rules_paths_take(&paths, argc - i, argv + i)) > 0) {
            i += took - 1;
        } else if (!lf_rules_paths_dir(&paths, argv[i])) {
            fprintf(stderr,
                    "lianfang rules: \"%s\" is no option here, or there are more than %zu directories\n",
                    argv[i], sizeof paths.rules / sizeof *paths.rules);
            return 2;
        }
    }
    if (paths.nrules == 0 || missing + json + layer > 1) {
        fprintf(stderr, "lianfang rules: %s; see rules coverage --help\n",
                paths.nrules ? "--missing, --json and --navigator are three ways: give one of them"
                             : "no rules to look at: name a directory");
        return 2;
    }
    if (lf_rules_paths_load(&paths, &rs, &e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", e.text);
        return 2;
    }
    t = calloc(1, sizeof *t);
    if (!t)
        LF_BUG("out of memory for ATT&CK's techniques");
    read_table(t);
    for (size_t i = 0; i < lf_ruleset_count(rs); i++) {
        const struct lf_rule *rule = lf_ruleset_rule(rs, i);

        if (!rule->refused.ptr && rule->kind != LF_RULE_FILTER)
            count_rule(t, rule);
    }
    if (t->unknown > TOLD)
        fprintf(stderr, "lianfang rules: and %zu more such tags\n", t->unknown - TOLD);
    count_tactics(t);
    lf_buf_init(&out, 16 << 20);
    if (json)
        write_json(t, &out);
    else if (layer)
        write_layer(t, &out);
    else
        write_text(t, missing, &out);
    fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout);
    lf_buf_clear(&out);
    lf_attack_destroy(t->attack);
    free(t->t);
    free(t);
    lf_ruleset_drop(rs);
    return 0;
}
