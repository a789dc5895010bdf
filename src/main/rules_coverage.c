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

#include "base/map.h"
#include "main/commands.h"
#include "proc/rules_dir.h"

extern const char attack_techniques[];
extern const size_t attack_techniques_len;

static const char usage[] =
    "usage: lianfang rules coverage [--missing | --json | --navigator] [--rules DIR]… DIR…\n"
    "  prints for each tactic of MITRE ATT&CK how many of its techniques some rule looks for, and each\n"
    "  technique with its rules\n"
    "  --missing    the techniques that no rule looks for\n"
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
enum { TECHNIQUES = 2048, TACTICS = 32, TOLD = 5 };

struct table {
    struct technique t[TECHNIQUES];
    size_t n;
    struct lf_map by_id;
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
    lf_view all = { attack_techniques, attack_techniques_len }, line;

    lf_map_init(&t->by_id, 1);
    while (lf_view_split(&all, '\n', &line)) {
        struct technique *x = &t->t[t->n];

        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        LF_ASSERT(t->n < TECHNIQUES);
        (void)lf_view_split(&line, '\t', &x->id);
        (void)lf_view_split(&line, '\t', &x->tactics);
        x->name = line;
        lf_map_set_ptr(&t->by_id, x->id, x);
        t->n++;
    }
}

static void count_rule(struct table *t, const struct lf_rule *rule)
{
    const struct lf_json *tags = lf_json_get(rule->doc, LF_V("tags"));
    struct technique *seen[64];
    size_t nseen = 0;
    bool any = false;

    for (size_t i = 0; i < lf_json_count(tags); i++) {
        lf_view tag = lf_json_text(lf_json_item(tags, i));
        struct technique *x;
        char id[16];
        bool twice = false;

        if (!lf_view_starts(tag, LF_V("attack.t")) || tag.len < 9 || tag.len - 7 >= sizeof id ||
            tag.ptr[8] < '0' || tag.ptr[8] > '9')
            continue;
        snprintf(id, sizeof id, "T%.*s", (int)(tag.len - 8), tag.ptr + 8);
        x = lf_map_get_ptr(&t->by_id, lf_view_of(id));
        if (!x) {
            if (t->unknown++ < TOLD)
                fprintf(stderr, "lianfang rules: %.*s: the tag \"%.*s\" names no technique known here\n",
                        LF_FMT(rule->file), LF_FMT(tag));
            continue;
        }
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

int lf_rules_coverage(int argc, char **argv)
{
    struct lf_rules_paths paths = { 0 };
    bool missing = false, json = false, layer = false;
    struct lf_ruleset *rs;
    struct table *t;
    struct lf_err e = { 0 };
    struct lf_buf out;
    int took;

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
    lf_map_clear(&t->by_id);
    free(t);
    lf_ruleset_drop(rs);
    return 0;
}
