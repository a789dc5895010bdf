/* Recovery procedures as they are written, and the order they are done in. */
#include "cert/document_priv.h"
#include "cert/playbook_priv.h"
#include "cert/recovery.h"

#define NOUN "recovery"

static enum lf_code line_of(const struct lf_json *v, lf_view where, const char *name, size_t most, bool must,
                            lf_view *out, struct lf_err *e)
{
    *out = lf_view_some(lf_json_str(v, name));
    if (!must && !lf_json_get(v, lf_view_of(name)))
        return LF_OK;
    return document_is_line(*out, most)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "recovery: \"%s\" of %.*s is a line of at most %zu bytes", name,
                            LF_FMT(where), most);
}

static enum lf_code text_of(const struct lf_json *v, lf_view where, const char *name, lf_view *out,
                            struct lf_err *e)
{
    *out = lf_view_some(lf_json_str(v, name));
    if (!lf_json_get(v, lf_view_of(name)) || lf_view_is_text(*out, 1, LF_RECOVERY_TEXT))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "recovery: \"%s\" of %.*s is a text of at most %d bytes", name,
                      LF_FMT(where), LF_RECOVERY_TEXT);
}

static enum lf_code needs_of(struct lf_arena *a, const struct lf_json *v, struct lf_recovery *p,
                             struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(v, LF_V("needs"));
    size_t n = lf_json_items(list);
    lf_view *needs;

    if (!list)
        return LF_OK;
    if (lf_json_kind(list) != LF_JSON_ARRAY || n > LF_RECOVERY_NEEDS)
        return lf_err_set(e, LF_BAD_INPUT, "recovery: needs of %.*s is a list of at most %d ids",
                          LF_FMT(p->id), LF_RECOVERY_NEEDS);
    p->needs = needs = LF_NEW(a, lf_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = lf_json_item(list, i);

        if (lf_json_kind(x) != LF_JSON_STRING || !document_is_id(lf_json_text(x), LF_PLAYBOOK_ID))
            return lf_err_set(e, LF_BAD_INPUT,
                              "recovery: what %.*s needs is named by ids, 1 to %d of a-z 0-9 - _",
                              LF_FMT(p->id), LF_PLAYBOOK_ID);
        needs[i] = lf_json_text(x);
        for (size_t k = 0; k <= i; k++)
            if (lf_view_eq(needs[i], k < i ? needs[k] : p->id))
                return lf_err_set(e, LF_BAD_INPUT, "recovery: %.*s needs %.*s twice, or itself",
                                  LF_FMT(p->id), LF_FMT(needs[i]));
    }
    p->nneeds = n;
    return LF_OK;
}

static enum lf_code one_of(struct lf_arena *a, const struct lf_json *x, lf_view where, struct lf_recovery *p,
                           struct lf_err *e)
{
    static const char *const names[] = { "id",  "zh",    "en",    "asset",  "owner",      "rto",
                                         "rpo", "every", "needs", "backup", "workaround", "steps" };
    static const struct playbook_steps of = { .noun = NOUN, .words = LF_RECOVERY_STEP, .recovery = true };

    LF_TRY(document_only(NOUN, x, where, names, sizeof names / sizeof *names, e));
    LF_TRY(playbook_id(NOUN, x, where, &p->id, e));
    LF_TRY(playbook_words(NOUN, x, where, LF_RECOVERY_NAME, &p->zh, &p->en, e));
    LF_TRY(line_of(x, p->id, "asset", 255, false, &p->asset, e));
    LF_TRY(line_of(x, p->id, "owner", LF_PLAYBOOK_WHO, true, &p->owner, e));
    LF_TRY(playbook_span(NOUN, "rto", x, p->id, &p->rto, e));
    if (lf_json_get(x, LF_V("rpo")))
        LF_TRY(playbook_span(NOUN, "rpo", x, p->id, &p->rpo, e));
    p->every = LF_RECOVERY_EVERY;
    if (lf_json_get(x, LF_V("every")))
        LF_TRY(playbook_span(NOUN, "every", x, p->id, &p->every, e));
    if (p->every < LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT, "recovery: %.*s is rehearsed once a day at most", LF_FMT(p->id));
    LF_TRY(text_of(x, p->id, "backup", &p->backup, e));
    LF_TRY(text_of(x, p->id, "workaround", &p->workaround, e));
    LF_TRY(needs_of(a, x, p, e));
    return playbook_steps(a, &of, x, p->id, &p->nsteps, &p->steps, e);
}

enum lf_code lf_recovery_read(struct lf_arena *a, lf_view json, size_t *n, const struct lf_recovery **out,
                              struct lf_err *e)
{
    static const char *const whole[] = { "format", "recoveries" };
    const struct lf_json_limits limits = { .bytes = LF_RECOVERY_BYTES, .depth = 8, .unique = true };
    const struct lf_json *v, *list;
    struct lf_recovery *p;
    size_t have;

    LF_TRY(lf_json_parse(a, json, &limits, &v, e));
    LF_TRY(document_only(NOUN, v, LF_V("the document"), whole, sizeof whole / sizeof *whole, e));
    if (!lf_view_is(lf_view_some(lf_json_str(v, "format")), "lianfang-recovery/1"))
        return lf_err_set(e, LF_BAD_INPUT, "recovery: \"format\" is \"lianfang-recovery/1\"");
    list = lf_json_get(v, LF_V("recoveries"));
    have = lf_json_items(list);
    if (lf_json_kind(list) != LF_JSON_ARRAY || !have || have > LF_RECOVERIES)
        return lf_err_set(e, LF_BAD_INPUT, "recovery: a document has 1 to %d recoveries", LF_RECOVERIES);
    p = LF_NEW(a, struct lf_recovery, have);
    for (size_t i = 0; i < have; i++) {
        lf_view where = lf_arena_printf(a, "recovery %zu", i + 1);

        LF_TRY(one_of(a, lf_json_item(list, i), where, &p[i], e));
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(p[k].id, p[i].id))
                return lf_err_set(e, LF_BAD_INPUT, "recovery: %.*s has the id of recovery %zu", LF_FMT(where),
                                  k + 1);
    }
    *n = have;
    *out = p;
    return LF_OK;
}

static size_t place_of(const struct lf_recovery *list, size_t n, lf_view id)
{
    size_t i = 0;

    while (i < n && !lf_view_eq(list[i].id, id))
        i++;
    return i;
}

/* Depth first, with the way as its own stack: what hostile needs can make deep is not the machine's.  One
 * that was put out is not gone into again, so that each is visited once; a way too long is found all the
 * same, as `deep` keeps how long the longest way below one is. */
enum lf_code lf_recovery_order(const struct lf_recovery *list, size_t n, lf_view id, size_t *nout,
                               size_t *order, struct lf_err *e)
{
    struct {
        size_t at, next;
    } way[LF_RECOVERY_DEPTH];
    size_t deep[LF_RECOVERIES + 1] = { 0 }, depth = 1, out = 0;

    way[0].at = place_of(list, n, id);
    way[0].next = 0;
    if (n > LF_RECOVERIES + 1 || way[0].at == n)
        return lf_err_set(e, LF_CONFLICT, "recovery: none with the id %.*s is in force",
                          LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
    while (depth) {
        const struct lf_recovery *p = &list[way[depth - 1].at];
        size_t need, below = 0;

        if (way[depth - 1].next == p->nneeds) {
            for (size_t i = 0; i < p->nneeds; i++) {
                size_t d = deep[place_of(list, n, p->needs[i])];

                below = d > below ? d : below;
            }
            deep[way[depth - 1].at] = below + 1;
            order[out++] = way[--depth].at;
            continue;
        }
        need = place_of(list, n, p->needs[way[depth - 1].next++]);
        if (need == n)
            return lf_err_set(e, LF_CONFLICT,
                              "recovery: %.*s needs %.*s, which is not in force; put that in force first",
                              LF_FMT(p->id), LF_FMT(p->needs[way[depth - 1].next - 1]));
        for (size_t i = 0; i < depth; i++)
            if (way[i].at == need)
                return lf_err_set(e, LF_CONFLICT, "recovery: %.*s would need itself, by way of %.*s",
                                  LF_FMT(list[need].id), LF_FMT(p->id));
        if (depth + (deep[need] ? deep[need] : 1) > LF_RECOVERY_DEPTH)
            return lf_err_set(e, LF_CONFLICT, "recovery: the way of what %.*s needs is longer than %d",
                              LF_FMT(id), LF_RECOVERY_DEPTH);
        if (deep[need])
            continue;
        way[depth].at = need;
        way[depth++].next = 0;
    }
    *nout = out;
    return LF_OK;
}
