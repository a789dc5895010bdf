/* Playbooks as they are written: a JSON document, taken whole or refused with its place. */
#include "cert/document_priv.h"
#include "cert/playbook_priv.h"

#define NOUN "playbook"
enum { CLASSES = 32 };

enum lf_code playbook_id(const char *noun, const struct lf_json *v, lf_view where, lf_view *out,
                         struct lf_err *e)
{
    *out = lf_json_str(v, "id");
    return document_is_id(*out, LF_PLAYBOOK_ID)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "%s: the id of %.*s is 1 to %d of a-z 0-9 - _", noun,
                            LF_FMT(where), LF_PLAYBOOK_ID);
}

enum lf_code playbook_words(const char *noun, const struct lf_json *v, lf_view where, size_t most,
                            lf_view *zh, lf_view *en, struct lf_err *e)
{
    *zh = lf_json_str(v, "zh");
    *en = lf_json_str(v, "en");
    if (document_is_line(*zh, most) && document_is_line(*en, most))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "%s: %.*s has \"zh\" and \"en\", each a line of at most %zu bytes",
                      noun, LF_FMT(where), most);
}

enum lf_code playbook_span(const char *noun, const char *name, const struct lf_json *v, lf_view where,
                           lf_time *out, struct lf_err *e)
{
    const struct lf_json *span = lf_json_get(v, lf_view_of(name));

    if (lf_json_kind(span) == LF_JSON_STRING &&
        document_span(lf_json_text(span), LF_MINUTE, LF_PLAYBOOK_DAYS * LF_DAY, out))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT,
                      "%s: \"%s\" of %.*s is minutes, hours or days, \"30m\", \"72h\" or \"30d\", at "
                      "most %d days",
                      noun, name, LF_FMT(where), LF_PLAYBOOK_DAYS);
}

/* Of a system's recovery all times run from when it went down: its steps have no "from". */
static enum lf_code due_of(const struct playbook_steps *of, const struct lf_json *v, lf_view where,
                           struct lf_playbook_step *s, struct lf_err *e)
{
    lf_view from = lf_view_some(lf_json_str(v, "from"));

    if (!lf_json_get(v, LF_V("due")) && !lf_json_get(v, LF_V("from")))
        return LF_OK;
    LF_TRY(playbook_span(of->noun, "due", v, where, &s->due, e));
    if (of->recovery)
        return LF_OK;
    s->from_applied = lf_view_is(from, "applied");
    return s->from_applied || lf_view_is(from, "aware")
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "%s: \"from\" of %.*s is aware or applied", of->noun,
                            LF_FMT(where));
}

/* Who does it, and the article that tells more: both may be left out. */
static enum lf_code more_of(const struct playbook_steps *of, const struct lf_json *v, lf_view where,
                            struct lf_playbook_step *s, struct lf_err *e)
{
    s->who = lf_view_some(lf_json_str(v, "who"));
    if (lf_json_get(v, LF_V("who")) && !document_is_line(s->who, LF_PLAYBOOK_WHO))
        return lf_err_set(e, LF_BAD_INPUT, "%s: \"who\" of %.*s is a line of at most %d bytes", of->noun,
                          LF_FMT(where), LF_PLAYBOOK_WHO);
    s->article = lf_view_some(lf_json_str(v, "article"));
    if (lf_json_get(v, LF_V("article")) && !lf_uuid_ok(s->article))
        return lf_err_set(e, LF_BAD_INPUT, "%s: \"article\" of %.*s is the id of an article", of->noun,
                          LF_FMT(where));
    return LF_OK;
}

static enum lf_code phase_of(const struct playbook_steps *of, const struct lf_json *v, lf_view where,
                             struct lf_playbook_step *s, struct lf_err *e)
{
    int phase = LF_PHASE_RECOVER;

    if ((!of->recovery || lf_json_get(v, LF_V("phase"))) &&
        !lf_task_phase_parse(lf_view_some(lf_json_str(v, "phase")), &phase))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "%s: the phase of %.*s is prepare, report, contain, investigate, recover or improve", of->noun,
            LF_FMT(where));
    s->phase = (enum lf_task_phase)phase;
    return LF_OK;
}

enum lf_code playbook_steps(struct lf_arena *a, const struct playbook_steps *of, const struct lf_json *v,
                            lf_view id, size_t *nout, const struct lf_playbook_step **out, struct lf_err *e)
{
    static const char *const names[] = { "id", "phase", "zh", "en", "due", "who", "article", "from" };
    const struct lf_json *list = lf_json_get(v, LF_V("steps"));
    size_t n = lf_json_items(list);
    struct lf_playbook_step *steps;

    if (lf_json_kind(list) != LF_JSON_ARRAY || !n || n > LF_PLAYBOOK_STEPS)
        return lf_err_set(e, LF_BAD_INPUT, "%s: %.*s has 1 to %d steps", of->noun, LF_FMT(id),
                          LF_PLAYBOOK_STEPS);
    steps = LF_NEW(a, struct lf_playbook_step, n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = lf_json_item(list, i);
        lf_view where = lf_arena_printf(a, "step %zu of %.*s", i + 1, LF_FMT(id));

        LF_TRY(document_only(of->noun, x, where, names, sizeof names / sizeof *names - (of->recovery ? 1 : 0),
                             e));
        LF_TRY(playbook_id(of->noun, x, where, &steps[i].id, e));
        LF_TRY(playbook_words(of->noun, x, where, of->words, &steps[i].zh, &steps[i].en, e));
        LF_TRY(due_of(of, x, where, &steps[i], e));
        LF_TRY(more_of(of, x, where, &steps[i], e));
        LF_TRY(phase_of(of, x, where, &steps[i], e));
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(steps[k].id, steps[i].id))
                return lf_err_set(e, LF_BAD_INPUT, "%s: %.*s has the id of step %zu", of->noun, LF_FMT(where),
                                  k + 1);
    }
    *nout = n;
    *out = steps;
    return LF_OK;
}

static enum lf_code scope_of(struct lf_arena *a, const struct lf_json *v, struct lf_playbook *p,
                             struct lf_err *e)
{
    const struct lf_json *classes = lf_json_get(v, LF_V("classes")), *levels = lf_json_get(v, LF_V("levels"));
    lf_view *list;

    if (classes && (lf_json_kind(classes) != LF_JSON_ARRAY || !lf_json_items(classes) ||
                    lf_json_items(classes) > CLASSES))
        return lf_err_set(e, LF_BAD_INPUT, "playbook: classes of %.*s is a list of 1 to %d", LF_FMT(p->id),
                          CLASSES);
    if (levels && (lf_json_kind(levels) != LF_JSON_ARRAY || !lf_json_items(levels)))
        return lf_err_set(e, LF_BAD_INPUT, "playbook: levels of %.*s is a list of 1 to 4", LF_FMT(p->id));
    p->nclasses = lf_json_items(classes);
    p->classes = list = LF_NEW(a, lf_view, p->nclasses + 1);
    for (size_t i = 0; i < p->nclasses; i++) {
        const struct lf_json *x = lf_json_item(classes, i);

        list[i] = lf_json_text(x);
        if (lf_json_kind(x) != LF_JSON_STRING || !document_is_id(list[i], LF_PLAYBOOK_ID))
            return lf_err_set(e, LF_BAD_INPUT, "playbook: a class of %.*s is 1 to %d of a-z 0-9 - _",
                              LF_FMT(p->id), LF_PLAYBOOK_ID);
    }
    for (size_t i = 0; i < lf_json_items(levels); i++) {
        lf_view x = lf_json_text(lf_json_item(levels, i));

        if (lf_json_kind(lf_json_item(levels, i)) != LF_JSON_NUMBER || x.len != 1 || x.ptr[0] < '1' ||
            x.ptr[0] > '4')
            return lf_err_set(e, LF_BAD_INPUT, "playbook: a level of %.*s is 1, 2, 3 or 4", LF_FMT(p->id));
        p->levels |= 1u << (x.ptr[0] - '0');
    }
    return LF_OK;
}

enum lf_code lf_playbook_read(struct lf_arena *a, lf_view json, size_t *n, const struct lf_playbook **out,
                              struct lf_err *e)
{
    static const char *const whole[] = { "format", "playbooks" };
    static const char *const names[] = { "id", "zh", "en", "classes", "levels", "steps" };
    static const struct playbook_steps of = { .noun = NOUN, .words = LF_TASK_TITLE };
    const struct lf_json_limits limits = { .bytes = LF_PLAYBOOK_BYTES, .depth = 8, .unique = true };
    const struct lf_json *v, *list;
    struct lf_playbook *p;
    size_t have;

    LF_TRY(lf_json_parse(a, json, &limits, &v, e));
    LF_TRY(document_only(NOUN, v, LF_V("the document"), whole, sizeof whole / sizeof *whole, e));
    if (!lf_view_is(lf_view_some(lf_json_str(v, "format")), "lianfang-playbook/1"))
        return lf_err_set(e, LF_BAD_INPUT, "playbook: \"format\" is \"lianfang-playbook/1\"");
    list = lf_json_get(v, LF_V("playbooks"));
    have = lf_json_items(list);
    if (lf_json_kind(list) != LF_JSON_ARRAY || !have || have > LF_PLAYBOOKS)
        return lf_err_set(e, LF_BAD_INPUT, "playbook: a document has 1 to %d playbooks", LF_PLAYBOOKS);
    p = LF_NEW(a, struct lf_playbook, have);
    for (size_t i = 0; i < have; i++) {
        const struct lf_json *x = lf_json_item(list, i);
        lf_view where = lf_arena_printf(a, "playbook %zu", i + 1);

        LF_TRY(document_only(NOUN, x, where, names, sizeof names / sizeof *names, e));
        LF_TRY(playbook_id(NOUN, x, where, &p[i].id, e));
        LF_TRY(playbook_words(NOUN, x, where, LF_TASK_TITLE, &p[i].zh, &p[i].en, e));
        LF_TRY(scope_of(a, x, &p[i], e));
        LF_TRY(playbook_steps(a, &of, x, p[i].id, &p[i].nsteps, &p[i].steps, e));
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(p[k].id, p[i].id))
                return lf_err_set(e, LF_BAD_INPUT, "playbook: %.*s has the id of playbook %zu", LF_FMT(where),
                                  k + 1);
    }
    *n = have;
    *out = p;
    return LF_OK;
}

bool lf_playbook_fits(const struct lf_playbook *p, lf_view category, int level)
{
    bool of_class = p->nclasses == 0;

    for (size_t i = 0; i < p->nclasses; i++)
        of_class = of_class || lf_view_eq(category, p->classes[i]) ||
                   (lf_view_starts(category, p->classes[i]) && category.ptr[p->classes[i].len] == '_');
    return of_class && (!p->levels || (level > 0 && (p->levels & (1u << level))));
}
