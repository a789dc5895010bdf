#include "isac/feedback.h"

#include "fmt/json.h"
#include "ident/node.h"
#include "isac/object.h"
#include "store/query_grade.h"
#include "store/query_present.h"

static int agrees_of(lf_view opinion)
{
    if (lf_view_is(opinion, "agree") || lf_view_is(opinion, "strongly-agree"))
        return 1;
    return lf_view_is(opinion, "disagree") || lf_view_is(opinion, "strongly-disagree") ? -1 : 0;
}

static enum lf_code say(struct lf_task *t, lf_view of, lf_view maker, const struct lf_stix *s, int agrees,
                        lf_time seen, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    int64_t n;

    if (!lf_view_starts(of, LF_V("indicator--")) || !lf_stix_id_ok(of, NULL))
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &scope, &lf_q_feedback_of_maker, LF_ARGS(LF_TEXT(of), LF_TEXT(maker)), &n, e));
    if (n >= LF_FEEDBACK_EACH)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_feedback_put,
                      LF_ARGS(LF_TEXT(of), LF_TEXT(maker), LF_TEXT(s->id), LF_INT(s->version_at),
                              LF_INT(agrees), LF_INT(seen)),
                      e));
    return lf_db_exec(t->db, &scope, &lf_q_indicator_look_now, LF_ARGS(LF_TEXT(of)), e);
}

enum lf_code lf_feedback_take(struct lf_task *t, lf_view origin, lf_view maker, const struct lf_stix *s,
                              struct lf_err *e)
{
    const struct lf_json *refs;
    lf_time seen = 0;
    int64_t count = 1;

    if (lf_view_is(s->type, "opinion")) {
        int agrees = s->revoked ? 0 : agrees_of(lf_json_str(s->tree, "opinion"));

        refs = lf_json_get(s->tree, LF_V("object_refs"));
        for (size_t i = 0;
             lf_json_kind(refs) == LF_JSON_ARRAY && i < lf_json_items(refs) && i < LF_FEEDBACK_REFS; i++)
            LF_TRY(say(t, lf_json_text(lf_json_item(refs, i)), maker, s, agrees, 0, e));
        return LF_OK;
    }
    if (!lf_view_is(s->type, "sighting") || origin.len)
        return LF_OK;
    (void)lf_json_int(s->tree, "count", &count);
    if (!lf_json_str(s->tree, "last_seen").len ||
        lf_stix_time(lf_json_str(s->tree, "last_seen"), &seen, NULL) != LF_OK)
        seen = s->version_at ? s->version_at : lf_now(t->env);
    if (s->revoked || count <= 0)
        seen = 0;
    return say(t, lf_json_str(s->tree, "sighting_of_ref"), maker, s, !s->revoked && count <= 0 ? -1 : 0, seen,
               e);
}

enum lf_code lf_feedback_gone(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    const lf_view *about;
    bool known;
    size_t n;

    if (!lf_view_starts(id, LF_V("opinion--")) && !lf_view_starts(id, LF_V("sighting--")))
        return LF_OK;
    LF_TRY(lf_object_anywhere(t, id, &known, e));
    if (known)
        return LF_OK;
    LF_TRY(lf_db_texts(t->db, &scope, &lf_q_feedback_about, LF_ARGS(LF_TEXT(id), LF_INT(LF_FEEDBACK_LOOK)),
                       t->a, LF_FEEDBACK_LOOK, &n, &about, e));
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_feedback_forget, LF_ARGS(LF_TEXT(id)), e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(lf_db_exec(t->db, &scope, &lf_q_indicator_look_now, LF_ARGS(LF_TEXT(about[i])), e));
    return LF_OK;
}

struct sum {
    lf_time now;
    struct lf_feedback *out;
    char maker[128];
    size_t len;
    int agrees;
    bool saw;
};

/* The voice that was heard out. */
static void count(struct sum *s)
{
    s->out->agree += s->agrees > 0;
    s->out->disagree += s->agrees < 0;
    s->out->saw += s->saw;
    s->agrees = 0;
    s->saw = false;
}

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct sum *s = ctx;
    lf_view maker = lf_view_first(lf_row_text(r, 0), sizeof s->maker);
    lf_time seen = lf_row_int(r, 2);

    (void)e;
    if (!lf_view_eq(maker, (lf_view){ s->maker, s->len })) {
        count(s);
        memcpy(s->maker, maker.ptr, maker.len);
        s->len = maker.len;
    }
    if (lf_row_int(r, 1) || !seen)
        s->agrees = (int)lf_row_int(r, 1);
    s->saw |= seen > 0;
    seen = seen > s->now ? s->now : seen;
    s->out->last = seen > s->out->last ? seen : s->out->last;
    return LF_OK;
}

enum lf_code lf_feedback_of(struct lf_task *t, lf_view indicator, struct lf_feedback *out, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct sum s = { .now = lf_now(t->env), .out = out };

    *out = (struct lf_feedback){ 0 };
    LF_TRY(lf_db_run(t->db, &scope, &lf_q_feedback_list,
                     LF_ARGS(LF_TEXT(indicator), LF_INT(LF_FEEDBACK_LOOK)), take, &s, NULL, e));
    count(&s);
    return LF_OK;
}
