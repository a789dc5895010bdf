/* Scenarios as they are written: a JSON document, taken whole or refused with its line. */
#include "cert/document_priv.h"
#include "cert/scenario.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

extern const char scenario_hospital[], scenario_web[];
extern const size_t scenario_hospital_len, scenario_web_len;

lf_view lf_scenario_delivered(size_t i)
{
    return i ? (lf_view){ scenario_web, scenario_web_len }
             : (lf_view){ scenario_hospital, scenario_hospital_len };
}

static const char *const expects[LF_EXPECTS] = { "",     "report", "review", "control",
                                                 "task", "answer", "share",  "other" };

const char *lf_expect_name(enum lf_expect x)
{
    return expects[x];
}

struct reader {
    struct lf_arena *a;
    lf_view text;
    struct lf_scenario s;
    struct lf_err *e;
};

/* The line of the member, else of what it is a member of. */
static enum lf_code bad(struct reader *d, const struct lf_json *of, const char *member, lf_view mend)
{
    size_t line = lf_json_line(d->text, lf_json_get(of, lf_view_of(member)));

    if (!line)
        line = lf_json_line(d->text, of);
    return lf_err_set(d->e, LF_BAD_INPUT, "scenario: line %zu: \"%s\" %.*s", line ? line : 1, member,
                      LF_FMT(mend));
}

#define BAD(d, of, member, ...) bad(d, of, member, lf_arena_printf((d)->a, __VA_ARGS__))

static enum lf_code only(struct reader *d, const struct lf_json *v, const struct lf_json *in,
                         const char *list, const char *const *names, size_t n)
{
    lf_view odd;

    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return BAD(d, in, list, "has a part that is no object");
    odd = document_unknown(v, names, n);
    return odd.ptr ? BAD(d, v, lf_arena_cstr(d->a, lf_view_first(odd, 40)),
                         "means nothing here; take it out or mend its name")
                   : LF_OK;
}

static enum lf_code line_of(struct reader *d, const struct lf_json *v, const char *name, lf_view *out)
{
    *out = lf_json_str(v, name);
    return document_is_line(*out, LF_SCENARIO_TITLE)
               ? LF_OK
               : BAD(d, v, name, "is one line of 1 to %d bytes", LF_SCENARIO_TITLE);
}

static enum lf_code text_of(struct reader *d, const struct lf_json *v, const char *name, size_t most,
                            lf_view *out)
{
    *out = lf_json_str(v, name);
    return lf_view_is_text(*out, 1, most) ? LF_OK : BAD(d, v, name, "is text of 1 to %zu bytes", most);
}

static enum lf_code id_of(struct reader *d, const struct lf_json *v, lf_view *out)
{
    *out = lf_json_str(v, "id");
    return document_is_id(*out, LF_SCENARIO_ID)
               ? LF_OK
               : BAD(d, v, "id", "is 1 to %d of a-z 0-9 - _", LF_SCENARIO_ID);
}

bool lf_scenario_group(const struct lf_scenario *s, lf_view id, size_t *at)
{
    for (*at = 0; *at < s->ngroups; ++*at)
        if (lf_view_eq(s->groups[*at].id, id))
            return true;
    return false;
}

static enum lf_code groups_of(struct reader *d, const struct lf_json *doc)
{
    static const char *const names[] = { "id", "zh", "en" };
    const struct lf_json *list = lf_json_get(doc, LF_V("groups"));
    struct lf_scenario_group *g;
    size_t n = lf_json_items(list), same;

    if (!list)
        return LF_OK;
    if (lf_json_kind(list) != LF_JSON_ARRAY || n > LF_SCENARIO_GROUPS)
        return BAD(d, doc, "groups", "is a list of at most %d", LF_SCENARIO_GROUPS);
    d->s.groups = g = LF_NEW(d->a, struct lf_scenario_group, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = lf_json_item(list, i);

        LF_TRY(only(d, x, doc, "groups", names, COUNT(names)));
        LF_TRY(id_of(d, x, &g[i].id));
        LF_TRY(line_of(d, x, "zh", &g[i].zh));
        LF_TRY(line_of(d, x, "en", &g[i].en));
        if (lf_view_is(g[i].id, "all") || lf_scenario_group(&d->s, g[i].id, &same))
            return BAD(d, x, "id", "is \"all\" or that of a group above; give each its own");
        d->s.ngroups++;
    }
    return LF_OK;
}

static enum lf_code to_of(struct reader *d, const struct lf_json *v, struct lf_scenario_inject *x)
{
    const struct lf_json *list = lf_json_get(v, LF_V("to"));
    size_t n = lf_json_items(list);
    lf_view *to = LF_NEW(d->a, lf_view, n + 1);

    if (lf_json_kind(list) != LF_JSON_ARRAY || !n || n > LF_SCENARIO_TO)
        return BAD(d, v, "to", "is a list of 1 to %d: \"all\", groups, or names or OIDs of organisations",
                   LF_SCENARIO_TO);
    for (size_t i = 0; i < n; i++) {
        to[i] = lf_json_text(lf_json_item(list, i));
        if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING ||
            !document_is_line(to[i], LF_SCENARIO_TITLE))
            return BAD(d, v, "to", "has only \"all\", groups, and names or OIDs of organisations");
    }
    x->to = to;
    x->nto = n;
    return LF_OK;
}

static const struct lf_scenario_inject *inject_of(const struct lf_scenario *s, lf_view id)
{
    for (size_t i = 0; i < s->ninjects; i++)
        if (lf_view_eq(s->injects[i].id, id))
            return &s->injects[i];
    return NULL;
}

/* Only of review, control and task: which report, and which task. */
static enum lf_code about_of(struct reader *d, const struct lf_json *v, struct lf_scenario_inject *x)
{
    bool of_report = x->expect >= LF_EXPECT_REVIEW && x->expect <= LF_EXPECT_TASK;
    const struct lf_scenario_inject *other;

    if (!of_report && lf_json_get(v, LF_V("of")))
        return BAD(d, v, "of", "goes with review, control or task");
    if ((x->expect == LF_EXPECT_TASK) != (lf_json_get(v, LF_V("task")) != NULL))
        return BAD(d, v, "task",
                   "goes with \"expect\": \"task\", and names the step of a playbook, \"web/keep\"");
    if (of_report) {
        x->of = lf_json_str(v, "of");
        other = inject_of(&d->s, x->of);
        if (!other || other->expect != LF_EXPECT_REPORT)
            return BAD(d, v, "of", "is the id of an inject above that expects a report");
    }
    if (x->expect == LF_EXPECT_TASK)
        LF_TRY(line_of(d, v, "task", &x->task));
    return LF_OK;
}

static enum lf_code expect_of(struct reader *d, const struct lf_json *v, struct lf_scenario_inject *x)
{
    lf_view said = lf_json_str(v, "expect");
    int64_t points = 0;
    size_t at = 0;

    if (!lf_json_get(v, LF_V("expect"))) {
        static const char *const with[] = { "within", "points", "of", "task" };

        for (size_t i = 0; i < COUNT(with); i++)
            if (lf_json_get(v, lf_view_of(with[i])))
                return BAD(d, v, with[i], "goes with \"expect\"; say what is expected");
        return LF_OK;
    }
    if (!said.len || !lf_view_among(said, expects, LF_EXPECTS, &at))
        return BAD(d, v, "expect", "is report, review, control, task, answer, share or other");
    x->expect = (enum lf_expect)at;
    if (!document_span(lf_view_some(lf_json_str(v, "within")), LF_MINUTE, LF_SCENARIO_DAYS * LF_DAY,
                       &x->within))
        return BAD(d, v, "within", "is minutes, hours or days, \"30m\", \"8h\" or \"3d\", at most %d days",
                   LF_SCENARIO_DAYS);
    if (!lf_json_int(v, "points", &points) || points < 1 || points > LF_SCENARIO_POINTS)
        return BAD(d, v, "points", "is a whole number from 1 to %d", LF_SCENARIO_POINTS);
    x->points = (int)points;
    return about_of(d, v, x);
}

static enum lf_code injects_of(struct reader *d, const struct lf_json *doc)
{
    static const char *const names[] = { "id",      "at",     "to",     "zh",     "en", "tell_zh",
                                         "tell_en", "expect", "within", "points", "of", "task" };
    const struct lf_json *list = lf_json_get(doc, LF_V("injects"));
    size_t n = lf_json_items(list);
    struct lf_scenario_inject *all;

    if (lf_json_kind(list) != LF_JSON_ARRAY || !n || n > LF_SCENARIO_INJECTS)
        return BAD(d, doc, "injects", "is a list of 1 to %d", LF_SCENARIO_INJECTS);
    d->s.injects = all = LF_NEW(d->a, struct lf_scenario_inject, n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *v = lf_json_item(list, i);
        struct lf_scenario_inject *x = &all[i];

        LF_TRY(only(d, v, doc, "injects", names, COUNT(names)));
        LF_TRY(id_of(d, v, &x->id));
        if (inject_of(&d->s, x->id))
            return BAD(d, v, "id", "is that of an inject above; give each its own");
        if (!document_span(lf_view_some(lf_json_str(v, "at")), 0, LF_SCENARIO_DAYS * LF_DAY, &x->at))
            return BAD(
                d, v, "at",
                "is minutes, hours or days after the start, \"0m\", \"90m\" or \"2d\", at most %d days",
                LF_SCENARIO_DAYS);
        if (i && x->at < all[i - 1].at)
            return BAD(d, v, "at", "is before that of the inject above; put them in order");
        LF_TRY(to_of(d, v, x));
        LF_TRY(line_of(d, v, "zh", &x->zh));
        LF_TRY(line_of(d, v, "en", &x->en));
        LF_TRY(text_of(d, v, "tell_zh", LF_SCENARIO_TELL, &x->tell_zh));
        LF_TRY(text_of(d, v, "tell_en", LF_SCENARIO_TELL, &x->tell_en));
        LF_TRY(expect_of(d, v, x));
        d->s.ninjects++;
    }
    return LF_OK;
}

enum lf_code lf_scenario_read(struct lf_arena *a, lf_view json, struct lf_scenario *out, struct lf_err *e)
{
    static const char *const names[] = { "format",   "id",       "kind",   "zh",     "en",
                                         "about_zh", "about_en", "groups", "injects" };
    const struct lf_json_limits limits = { .bytes = LF_SCENARIO_BYTES, .depth = 6, .unique = true };
    struct reader d = { .a = a, .text = json, .e = e };
    const struct lf_json *v;

    if (lf_json_parse(a, json, &limits, &v, e) != LF_OK)
        return lf_err_at(e, "scenario");
    LF_TRY(only(&d, v, v, "format", names, COUNT(names)));
    if (!lf_view_is(lf_view_some(lf_json_str(v, "format")), "lianfang-scenario/1"))
        return BAD(&d, v, "format", "is \"lianfang-scenario/1\"");
    LF_TRY(id_of(&d, v, &d.s.id));
    if (!lf_exercise_kind_parse(lf_view_some(lf_json_str(v, "kind")), &d.s.kind))
        return BAD(&d, v, "kind",
                   "is reporting, cross-sector, attack-defence, public-service, "
                   "social-engineering or telecom");
    LF_TRY(line_of(&d, v, "zh", &d.s.zh));
    LF_TRY(line_of(&d, v, "en", &d.s.en));
    LF_TRY(text_of(&d, v, "about_zh", LF_SCENARIO_ABOUT, &d.s.about_zh));
    LF_TRY(text_of(&d, v, "about_en", LF_SCENARIO_ABOUT, &d.s.about_en));
    LF_TRY(groups_of(&d, v));
    LF_TRY(injects_of(&d, v));
    *out = d.s;
    return LF_OK;
}
