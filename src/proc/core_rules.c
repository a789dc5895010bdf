/* What a reload changes: settings, and the files of rules that the node has of its own. */
#include "cert/clock_rules.h"
#include "cert/playbook.h"
#include "engine/warninglist.h"
#include "proc/boot.h"
#include "proc/core_priv.h"

void lf_core_settings(struct lf_core *c, lf_view boot)
{
    struct lf_arena a = { 0 };
    const struct lf_json *v;
    int64_t n;

    if (boot.len && lf_json_parse(&a, boot, NULL, &v, NULL) == LF_OK) {
        if (lf_json_int(v, "quiet_after_s", &n) && n >= 0)
            c->devices.quiet_after = n * LF_SECOND;
        core_office(c, v);
    }
    lf_arena_clear(&a);
}

static enum lf_period period_of(lf_view name)
{
    static const char *const names[LF_PERIODS] = { "week", "month", "year" };
    enum lf_period kind = LF_PERIOD_WEEK;

    while (kind < LF_PERIODS && !lf_view_is(name, names[kind]))
        kind++;
    return kind;
}

void core_office(struct lf_core *c, const struct lf_json *settings)
{
    const struct lf_json *o = lf_json_get(settings, LF_V("office"));
    int64_t days;

    lf_arena_reset(&c->office_texts);
    c->office = (struct lf_office){ .name = lf_arena_copy(&c->office_texts, lf_json_str(o, "name")),
                                    .telephone = lf_arena_copy(&c->office_texts, lf_json_str(o, "telephone")),
                                    .fax = lf_arena_copy(&c->office_texts, lf_json_str(o, "fax")),
                                    .email = lf_arena_copy(&c->office_texts, lf_json_str(o, "email")),
                                    .address = lf_arena_copy(&c->office_texts, lf_json_str(o, "address")) };
    o = lf_json_get(settings, LF_V("open"));
    c->publication = (struct lf_publication_settings){
        .open = lf_json_bool(o, "data", false),
        .licence = lf_arena_copy(&c->office_texts, lf_view_some(lf_json_str(o, "licence"))),
        .kind = period_of(lf_json_str(o, "publish")),
        .after_days = lf_json_int(o, "after_days", &days) ? (int)days : 0,
    };
}

void lf_core_warning(struct lf_core *c, struct lf_warninglists *lists)
{
    lf_warninglists_destroy(c->warning);
    c->warning = lists;
}

struct clock_rules {
    const struct lf_text_file *files;
    size_t n;
    lf_view regime;
};

static enum lf_code run_clock_rules(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct clock_rules *x = arg;
    bool changed;

    (void)c;
    return lf_clock_rules_take(t, x->files, x->n, x->regime, &changed, e);
}

enum lf_code lf_core_clock_rules(struct lf_core *c, const struct lf_text_file *files, size_t n,
                                 lf_view regime, struct lf_err *e)
{
    struct clock_rules x = { files, n, regime };
    enum lf_code rc = lf_core_serve(c, run_clock_rules, &x, e);

    c->judging = true;
    lf_arena_reset(&c->arena);
    return rc;
}

struct playbooks {
    const struct lf_text_file *files;
    size_t n;
};

static enum lf_code run_playbooks(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct playbooks *x = arg;

    (void)c;
    return lf_playbook_take(t, x->files, x->n, e);
}

enum lf_code lf_core_playbooks(struct lf_core *c, const struct lf_text_file *files, size_t n,
                               struct lf_err *e)
{
    enum lf_code rc = lf_core_serve(c, run_playbooks, &(struct playbooks){ files, n }, e);

    lf_arena_reset(&c->arena);
    return rc;
}
