/* Playbooks as they are written: a JSON document, taken whole or refused with its place. */
#include "cert/document_priv.h"
#include "cert/playbook.h"

enum { TITLE = LF_TASK_TITLE, CLASSES = 32, LONGEST_DAYS = 366 };

/* Only these members; `where` says whose they are. */
static enum lf_code only(const struct lf_json *v, lf_view where, const char *const *names, size_t n,
                         struct lf_err *e)
{
    lf_view odd;

    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "playbook: %.*s is no object", LF_FMT(where));
    odd = document_unknown(v, names, n);
    if (odd.ptr)
        return lf_err_set(e, LF_BAD_INPUT, "playbook: %.*s has a member \"%.*s\" that means nothing here",
                          LF_FMT(where), LF_FMT(lf_view_first(odd, 40)));
    return LF_OK;
}

static enum lf_code id_of(const struct lf_json *v, lf_view where, lf_view *out, struct lf_err *e)
{
    *out = lf_json_str(v, "id");
    return document_is_id(*out, LF_PLAYBOOK_ID)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "playbook: the id of %.*s is 1 to %d of a-z 0-9 - _",
                            LF_FMT(where), LF_PLAYBOOK_ID);
}

/* Both languages, each on one line. */
static enum lf_code words_of(const struct lf_json *v, lf_view where, lf_view *zh, lf_view *en,
                             struct lf_err *e)
{
    *zh = lf_json_str(v, "zh");
    *en = lf_json_str(v, "en");
    if (document_is_line(*zh, TITLE) && document_is_line(*en, TITLE))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT,
                      "playbook: %.*s has \"zh\" and \"en\", each a line of at most %d bytes", LF_FMT(where),
                      TITLE);
}

static enum lf_code due_of(const struct lf_json *v, lf_view where, struct lf_playbook_step *s,
                           struct lf_err *e)
{
    const struct lf_json *due = lf_json_get(v, LF_V("due"));
    lf_view from = lf_view_some(lf_json_str(v, "from"));

    if (!due && !lf_json_get(v, LF_V("from")))
        return LF_OK;
    if (lf_json_kind(due) != LF_JSON_STRING ||
        !document_span(lf_json_text(due), LF_MINUTE, LONGEST_DAYS * LF_DAY, &s->due))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "playbook: \"due\" of %.*s is minutes, hours or days, \"30m\", \"72h\" or \"30d\", at "
            "most %d days",
            LF_FMT(where), LONGEST_DAYS);
    s->from_applied = lf_view_is(from, "applied");
    return s->from_applied || lf_view_is(from, "aware")
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "playbook: \"from\" of %.*s is aware or applied", LF_FMT(where));
}

static enum lf_code steps_of(struct lf_arena *a, const struct lf_json *v, struct lf_playbook *p,
                             struct lf_err *e)
{
    static const char *const names[] = { "id", "phase", "zh", "en", "due", "from", "article" };
    const struct lf_json *list = lf_json_get(v, LF_V("steps"));
    size_t n = lf_json_items(list);
    struct lf_playbook_step *steps;

    if (lf_json_kind(list) != LF_JSON_ARRAY || !n || n > LF_PLAYBOOK_STEPS)
        return lf_err_set(e, LF_BAD_INPUT, "playbook: %.*s has 1 to %d steps", LF_FMT(p->id),
                          LF_PLAYBOOK_STEPS);
    p->steps = steps = LF_NEW(a, struct lf_playbook_step, n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = lf_json_item(list, i);
        lf_view where = lf_arena_printf(a, "step %zu of %.*s", i + 1, LF_FMT(p->id));
        struct lf_playbook_step *s = &steps[i];
        int phase;

        LF_TRY(only(x, where, names, sizeof names / sizeof *names, e));
        LF_TRY(id_of(x, where, &s->id, e));
        LF_TRY(words_of(x, where, &s->zh, &s->en, e));
        LF_TRY(due_of(x, where, s, e));
        s->article = lf_view_some(lf_json_str(x, "article"));
        if (lf_json_get(x, LF_V("article")) && !lf_uuid_ok(s->article))
            return lf_err_set(e, LF_BAD_INPUT, "playbook: \"article\" of %.*s is the id of an article",
                              LF_FMT(where));
        if (!lf_task_phase_parse(lf_view_some(lf_json_str(x, "phase")), &phase))
            return lf_err_set(
                e, LF_BAD_INPUT,
                "playbook: the phase of %.*s is prepare, report, contain, investigate, recover or "
                "improve",
                LF_FMT(where));
        s->phase = (enum lf_task_phase)phase;
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(steps[k].id, s->id))
                return lf_err_set(e, LF_BAD_INPUT, "playbook: %.*s has the id of step %zu", LF_FMT(where),
                                  k + 1);
    }
    p->nsteps = n;
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
    const struct lf_json_limits limits = { .bytes = LF_PLAYBOOK_BYTES, .depth = 8, .unique = true };
    const struct lf_json *v, *list;
    struct lf_playbook *p;
    size_t have;

    LF_TRY(lf_json_parse(a, json, &limits, &v, e));
    LF_TRY(only(v, LF_V("the document"), whole, sizeof whole / sizeof *whole, e));
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

        LF_TRY(only(x, where, names, sizeof names / sizeof *names, e));
        LF_TRY(id_of(x, where, &p[i].id, e));
        LF_TRY(words_of(x, where, &p[i].zh, &p[i].en, e));
        LF_TRY(scope_of(a, x, &p[i], e));
        LF_TRY(steps_of(a, x, &p[i], e));
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
