/* What this node answers by itself, and what of it it tells: signed by a reviewer. */
#include "ident/audit.h"
#include "ident/ident.h"
#include "isac/question_priv.h"
#include "isac/signed.h"
#include "model/role.h"
#include "store/query_question.h"

enum { ASKERS = 100, JSON_MOST = 16384, DAYS_MOST = 3660, FLOOR_MOST = 1000000 };

static const char *const discloses[LF_DISCLOSES] = { "count", "times", "values" };

/* Without a policy everything waits for a person, and no value is told of. */
static const struct lf_question_policy usual = {
    .id = { "", 0 },
    .json = { "", 0 },
    .signed_by = { "", 0 },
    .kinds = (1u << LF_QUESTION_KINDS) - 1,
    .automatic = 0,
    .most_bytes = LF_QUESTION_USUAL_BYTES,
    .most_seconds = LF_QUESTION_USUAL_SECONDS,
    .most_days = 366,
    .disclose = LF_DISCLOSE_TIMES,
    .floor = 0,
    .named = true,
};

static enum lf_code read_kinds(const struct lf_json *v, const char *key, unsigned *out, struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(v, lf_view_of(key));
    enum lf_question_kind k;

    if (!list)
        return LF_OK;
    *out = 0;
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        if (!lf_question_kind_parse(lf_json_text(lf_json_item(list, i)), &k))
            return lf_err_set(e, LF_BAD_INPUT, "policy: \"%s\" holds stix, sigma and indicators", key);
        *out |= 1u << k;
    }
    return lf_json_kind(list) == LF_JSON_ARRAY
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "policy: \"%s\" is a list like [\"stix\"]", key);
}

static enum lf_code read_number(const struct lf_json *v, const char *key, int64_t least, int64_t most,
                                int64_t *out, struct lf_err *e)
{
    if (!lf_json_get(v, lf_view_of(key)))
        return LF_OK;
    if (!lf_json_int(v, key, out) || *out < least || *out > most)
        return lf_err_set(e, LF_BAD_INPUT, "policy: \"%s\" is a whole number, %lld to %lld", key,
                          (long long)least, (long long)most);
    return LF_OK;
}

static enum lf_code read_askers(struct lf_arena *a, const struct lf_json *list, struct lf_question_policy *p,
                                struct lf_err *e)
{
    lf_view *v;

    if (list && (lf_json_kind(list) != LF_JSON_ARRAY || lf_json_items(list) > ASKERS))
        return lf_err_set(e, LF_BAD_INPUT, "policy: \"askers\" is a list of at most %d", ASKERS);
    p->naskers = lf_json_items(list);
    p->askers = v = LF_NEW(a, lf_view, p->naskers + 1);
    for (size_t i = 0; i < p->naskers; i++) {
        v[i] = lf_json_text(lf_json_item(list, i));
        if (!lf_view_is(v[i], "tier:nation") && !lf_view_is(v[i], "tier:sector") &&
            !lf_view_starts(v[i], LF_V("identity--")))
            return lf_err_set(e, LF_BAD_INPUT,
                              "policy: \"askers\" holds tier:nation, tier:sector or a node's identity--…");
    }
    return LF_OK;
}

static enum lf_code read_policy(struct lf_arena *a, lf_view json, struct lf_question_policy *p,
                                struct lf_err *e)
{
    static const char *const known[] = { "askers",    "kinds",    "automatic", "most_bytes", "most_seconds",
                                         "most_days", "disclose", "floor",     "named" };
    const struct lf_json *v;
    lf_view word;
    int d = 0;

    *p = usual;
    LF_TRY(lf_json_parse(a, json, &(struct lf_json_limits){ .bytes = JSON_MOST, .depth = 4, .unique = true },
                         &v, e));
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "policy: send a JSON object");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        size_t k = 0;

        while (k < sizeof known / sizeof *known && !lf_view_is(lf_json_key(v, i), known[k]))
            k++;
        if (k == sizeof known / sizeof *known)
            return lf_err_set(e, LF_BAD_INPUT, "policy: there is no \"%.*s\"",
                              LF_FMT(lf_view_first(lf_json_key(v, i), 100)));
    }
    LF_TRY(read_askers(a, lf_json_get(v, LF_V("askers")), p, e));
    LF_TRY(read_kinds(v, "kinds", &p->kinds, e));
    LF_TRY(read_kinds(v, "automatic", &p->automatic, e));
    LF_TRY(read_number(v, "most_bytes", 1, (int64_t)1 << 50, &p->most_bytes, e));
    LF_TRY(read_number(v, "most_seconds", 1, LF_QUESTION_SECONDS, &p->most_seconds, e));
    LF_TRY(read_number(v, "most_days", 1, DAYS_MOST, &p->most_days, e));
    LF_TRY(read_number(v, "floor", 0, FLOOR_MOST, &p->floor, e));
    word = lf_json_str(v, "disclose");
    while (word.ptr && d < LF_DISCLOSES && !lf_view_is(word, discloses[d]))
        d++;
    if (d == LF_DISCLOSES)
        return lf_err_set(e, LF_BAD_INPUT, "policy: \"disclose\" is count, times or values");
    if (word.ptr)
        p->disclose = (enum lf_question_disclose)d;
    p->named = lf_json_bool(v, "named", true);
    if (p->automatic & ~p->kinds)
        return lf_err_set(e, LF_BAD_INPUT, "policy: what is answered by itself is among \"kinds\"");
    p->json = json;
    return LF_OK;
}

void lf_question_policy_json(struct lf_json_w *w, const struct lf_question_policy *p)
{
    static const char *const keys[] = { "kinds", "automatic" };

    lf_json_begin(w, "askers", '[');
    for (size_t i = 0; i < p->naskers; i++)
        lf_json_put_str(w, NULL, p->askers[i]);
    lf_json_close(w);
    for (int i = 0; i < 2; i++) {
        lf_json_begin(w, keys[i], '[');
        for (int k = 0; k < LF_QUESTION_KINDS; k++)
            if ((i ? p->automatic : p->kinds) & 1u << k)
                lf_json_put_cstr(w, NULL, lf_question_kind_name((enum lf_question_kind)k));
        lf_json_close(w);
    }
    lf_json_put_int(w, "most_bytes", p->most_bytes);
    lf_json_put_int(w, "most_seconds", p->most_seconds);
    lf_json_put_int(w, "most_days", p->most_days);
    lf_json_put_cstr(w, "disclose", discloses[p->disclose]);
    lf_json_put_int(w, "floor", p->floor);
    lf_json_put_bool(w, "named", p->named);
}

static const char kind[] = "lianfang-question-policy/1";

enum lf_code lf_question_policy_sign(struct lf_task *t, lf_view json, lf_view *id, struct lf_err *e)
{
    struct lf_question_policy p;

    LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    LF_TRY(read_policy(t->a, json, &p, e));
    LF_TRY(lf_signed_add(t, &lf_q_question_policy_add, kind, json, id, e));
    return lf_audit_add(t, LF_V("question.policy"), *id, json, e);
}

enum lf_code lf_question_policy_get(struct lf_task *t, struct lf_question_policy *out, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question_policy p;
    struct lf_signed last;
    bool holds;

    *out = usual;
    LF_TRY(lf_signed_last(t, &own.scope, &lf_q_question_policy_last, kind, &last, &holds, e));
    if (!last.id.len)
        return LF_OK;
    /* A row that was altered in the database is no policy: a person is asked each time. */
    if (!holds || read_policy(t->a, last.json, &p, NULL) != LF_OK) {
        lf_log(t->env->log, LF_LOG_ERROR, "LF2311",
               "policy=%.*s text=\"its signature does not hold; each question waits for a person\"",
               LF_FMT(last.id));
        return LF_OK;
    }
    p.id = last.id;
    p.signed_by = last.by;
    p.signed_at = last.at;
    *out = p;
    return LF_OK;
}

static struct lf_answer_seen told(const struct lf_question_policy *p, const struct lf_answer_seen *s)
{
    struct lf_answer_seen x = *s;

    if (p->disclose == LF_DISCLOSE_COUNT)
        x.first = x.last = 0;
    if (x.count > 0 && x.count < p->floor)
        x = (struct lf_answer_seen){ .told = true, .fewer = true, .count = p->floor };
    return x;
}

void lf_question_disclose(struct lf_arena *a, const struct lf_question_policy *p,
                          const struct lf_answer_part *whole, struct lf_answer_part *out)
{
    struct lf_answer_value *values = LF_NEW(a, struct lf_answer_value, whole->nvalues + 1);

    *out = *whole;
    out->named = p->named;
    out->seen = told(p, &whole->seen);
    out->nvalues = p->disclose == LF_DISCLOSE_VALUES ? whole->nvalues : 0;
    for (size_t i = 0; i < out->nvalues; i++) {
        values[i].value = whole->values[i].value;
        values[i].seen = told(p, &whole->values[i].seen);
    }
    out->values = values;
}
