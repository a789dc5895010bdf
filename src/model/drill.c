#include "model/drill.h"

#include "fmt/stix.h"
#include "model/incident.h"
#include "model/question_priv.h"

/* ---- reading ---- */

static enum lf_code text_of(const struct lf_json *tree, const char *key, size_t least, size_t most,
                            lf_view *out, struct lf_err *e)
{
    *out = lf_view_some(lf_json_str(tree, key));
    if (!lf_view_is_text(*out, least, most))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: \"%s\" is text of %zu to %zu bytes", key, least, most);
    return LF_OK;
}

static enum lf_code node_of(const struct lf_json *tree, const char *key, lf_view *out, struct lf_err *e)
{
    *out = lf_json_str(tree, key);
    if (!lf_question_node_ok(*out))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: \"%s\" is a node, identity--<uuid>", key);
    return LF_OK;
}

static enum lf_code tier_of(const struct lf_json *tree, const char *key, lf_view *out, struct lf_err *e)
{
    *out = lf_json_str(tree, key);
    if (!lf_view_is(*out, "provider") && !lf_view_is(*out, "sector") && !lf_view_is(*out, "nation"))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: \"%s\" is provider, sector or nation", key);
    return LF_OK;
}

/* 0 where there is none, if that may be. */
static enum lf_code time_of(const struct lf_json *tree, const char *key, bool needed, lf_time *out,
                            struct lf_err *e)
{
    lf_view text = lf_json_str(tree, key);

    *out = 0;
    if (!lf_json_get(tree, lf_view_of(key)) && !needed)
        return LF_OK;
    if (lf_stix_time(text, out, &(struct lf_err){ 0 }) != LF_OK || *out <= 0 || *out > LF_TIME_MAX)
        return lf_err_set(e, LF_UNACCEPTED, "exercise: \"%s\" is a time as 2026-11-21T00:00:00Z", key);
    return LF_OK;
}

static enum lf_code number_of(const struct lf_json *tree, const char *key, int least, int most, int *out,
                              struct lf_err *e)
{
    int64_t n;

    if (!lf_json_int(tree, key, &n) || n < least || n > most)
        return lf_err_set(e, LF_UNACCEPTED, "exercise: \"%s\" is a whole number from %d to %d", key, least,
                          most);
    *out = (int)n;
    return LF_OK;
}

static enum lf_code head_of(struct lf_arena *a, lf_view json, const char *type, struct lf_drill_head *out,
                            struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_DRILL_BYTES, .depth = 8, .unique = true };
    struct lf_err why = { 0 };
    struct lf_stix s;

    if (lf_json_parse(a, json, &limits, &out->tree, &why) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "exercise: %s", why.text);
    LF_TRY(lf_stix_of(out->tree, &s, e));
    out->id = s.id;
    out->exercise = lf_json_str(out->tree, "exercise");
    if (!lf_view_is(s.type, type) || !lf_uuid_ok(out->exercise))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: it is of the type %s, and \"exercise\" is a UUID",
                          type);
    LF_TRY(node_of(out->tree, "created_by_ref", &out->by, e));
    LF_TRY(time_of(out->tree, "created", true, &out->created, e));
    return time_of(out->tree, "modified", true, &out->modified, e);
}

static enum lf_code path_of(struct lf_arena *a, struct lf_drill *d, struct lf_err *e)
{
    const lf_view *path;

    LF_TRY(lf_question_get_list(a, lf_json_get(d->head.tree, LF_V("path")), "path", LF_DRILL_PATH, &path,
                                &d->npath, e));
    if (!d->npath || !lf_view_eq(path[0], d->conductor) || !lf_view_eq(path[d->npath - 1], d->head.by))
        return lf_err_set(e, LF_UNACCEPTED,
                          "exercise: \"path\" goes from who conducts it to who passed it on");
    for (size_t i = 0; i < d->npath; i++) {
        if (!lf_question_node_ok(path[i]))
            return lf_err_set(e, LF_UNACCEPTED, "exercise: \"path\" names nodes as identity--<uuid>");
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(path[i], path[k]))
                return lf_err_set(e, LF_UNACCEPTED, "exercise: \"path\" goes in a circle");
        d->path[i] = path[i];
    }
    return LF_OK;
}

enum lf_code lf_drill_read(struct lf_arena *a, lf_view json, struct lf_drill *out, struct lf_err *e)
{
    struct lf_drill d = { 0 };
    const struct lf_json *v;

    LF_TRY(head_of(a, json, "exercise", &d.head, e));
    v = d.head.tree;
    LF_TRY(node_of(v, "for", &d.member, e));
    LF_TRY(node_of(v, "conductor", &d.conductor, e));
    LF_TRY(text_of(v, "conductor_name", 1, LF_DRILL_NAME, &d.conductor_name, e));
    LF_TRY(tier_of(v, "conductor_tier", &d.conductor_tier, e));
    LF_TRY(path_of(a, &d, e));
    LF_TRY(text_of(v, "name", 1, LF_DRILL_NAME, &d.name, e));
    LF_TRY(text_of(v, "aim", 0, LF_DRILL_AIM, &d.aim, e));
    LF_TRY(text_of(v, "kind", 1, 40, &d.kind, e));
    LF_TRY(text_of(v, "state", 1, 20, &d.state, e));
    LF_TRY(tier_of(v, "reach", &d.reach, e));
    if (!lf_view_eq(d.reach, d.conductor_tier))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: it reaches up to who conducts it, and no higher");
    LF_TRY(number_of(v, "speed", 1, LF_EXERCISE_SPEED, &d.speed, e));
    d.whole = lf_json_bool(v, "whole", false);
    d.dropped = lf_json_bool(v, "dropped", false);
    if (d.dropped && !lf_view_is(d.state, "cancelled"))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: who is dropped has it cancelled");
    LF_TRY(time_of(v, "begins", true, &d.begins, e));
    LF_TRY(time_of(v, "ends", true, &d.ends, e));
    LF_TRY(time_of(v, "began", false, &d.began, e));
    LF_TRY(time_of(v, "ended", false, &d.ended, e));
    LF_TRY(time_of(v, "report_due", false, &d.report_due, e));
    *out = d;
    return LF_OK;
}

enum lf_code lf_drill_inject_read(struct lf_arena *a, lf_view json, struct lf_drill_inject *out,
                                  struct lf_err *e)
{
    struct lf_drill_inject d = { 0 };
    const struct lf_json *v;

    LF_TRY(head_of(a, json, "exercise-inject", &d.head, e));
    v = d.head.tree;
    LF_TRY(node_of(v, "for", &d.member, e));
    LF_TRY(text_of(v, "inject", 1, 40, &d.inject, e));
    LF_TRY(text_of(v, "zh", 1, LF_DRILL_NAME, &d.zh, e));
    LF_TRY(text_of(v, "en", 1, LF_DRILL_NAME, &d.en, e));
    LF_TRY(text_of(v, "tell_zh", 1, LF_DRILL_TELL, &d.tell_zh, e));
    LF_TRY(text_of(v, "tell_en", 1, LF_DRILL_TELL, &d.tell_en, e));
    LF_TRY(text_of(v, "expect", 0, 20, &d.expect, e));
    LF_TRY(text_of(v, "task", 0, LF_DRILL_STEP, &d.task, e));
    LF_TRY(number_of(v, "points", 0, 100, &d.points, e));
    d.english = lf_json_bool(v, "english", false);
    d.whole = lf_json_bool(v, "whole", false);
    LF_TRY(time_of(v, "told", true, &d.told, e));
    LF_TRY(time_of(v, "until", false, &d.until, e));
    *out = d;
    return LF_OK;
}

static enum lf_code done_of(struct lf_arena *a, struct lf_drill_answer *d, struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(d->head.tree, LF_V("done"));
    struct lf_drill_done *done;

    if (list && (lf_json_kind(list) != LF_JSON_ARRAY || lf_json_items(list) > LF_DRILL_DONE))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: \"done\" is a list of at most %d", LF_DRILL_DONE);
    d->ndone = lf_json_items(list);
    d->done = done = LF_NEW(a, struct lf_drill_done, d->ndone + 1);
    for (size_t i = 0; i < d->ndone; i++) {
        const struct lf_json *v = lf_json_item(list, i);

        LF_TRY(text_of(v, "incident", 0, LF_STIX_ID, &done[i].incident, e));
        LF_TRY(text_of(v, "step", 1, LF_DRILL_STEP, &done[i].step, e));
        LF_TRY(time_of(v, "ended", true, &done[i].ended, e));
    }
    return LF_OK;
}

enum lf_code lf_drill_answer_read(struct lf_arena *a, lf_view json, struct lf_drill_answer *out,
                                  struct lf_err *e)
{
    struct lf_drill_answer d = { 0 };
    const struct lf_json *v;

    LF_TRY(head_of(a, json, "exercise-answer", &d.head, e));
    v = d.head.tree;
    LF_TRY(node_of(v, "node", &d.node, e));
    LF_TRY(text_of(v, "name", 1, LF_DRILL_NAME, &d.name, e));
    LF_TRY(tier_of(v, "tier", &d.tier, e));
    LF_TRY(text_of(v, "answer", 1, 20, &d.answer, e));
    LF_TRY(time_of(v, "answered", false, &d.answered, e));
    LF_TRY(text_of(v, "why", 0, LF_DRILL_WHY, &d.why, e));
    LF_TRY(time_of(v, "reported", false, &d.reported, e));
    LF_TRY(text_of(v, "report", 0, LF_DRILL_REPORT, &d.report, e));
    LF_TRY(done_of(a, &d, e));
    *out = d;
    return LF_OK;
}

/* ---- writing ---- */

static void begin(struct lf_json_w *w, struct lf_buf *b, const char *type, const struct lf_drill_head *h)
{
    lf_buf_init(b, LF_DRILL_BYTES);
    *w = lf_json_w(b);
    lf_question_begin(w, type, h->id, h->by, h->created, h->modified);
    lf_json_put_str(w, "exercise", h->exercise);
}

static enum lf_code end(struct lf_arena *a, struct lf_json_w *w, struct lf_buf *b,
                        const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    enum lf_code rc;

    lf_question_end(w);
    rc = lf_question_sign(a, b, secret, json, e);
    lf_buf_clear(b);
    return rc;
}

static void put_some(struct lf_json_w *w, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(w, key, v);
}

static void put_time(struct lf_json_w *w, const char *key, lf_time at)
{
    if (at)
        lf_question_put_time(w, key, at);
}

enum lf_code lf_drill_write(struct lf_arena *a, const struct lf_drill *d,
                            const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    struct lf_json_w w;
    struct lf_buf b;

    begin(&w, &b, "exercise", &d->head);
    lf_json_put_str(&w, "for", d->member);
    lf_json_put_str(&w, "conductor", d->conductor);
    lf_json_put_str(&w, "conductor_name", d->conductor_name);
    lf_json_put_str(&w, "conductor_tier", d->conductor_tier);
    lf_json_begin(&w, "path", '[');
    for (size_t i = 0; i < d->npath; i++)
        lf_json_put_str(&w, NULL, d->path[i]);
    lf_json_close(&w);
    lf_json_put_str(&w, "name", d->name);
    put_some(&w, "aim", d->aim);
    lf_json_put_str(&w, "kind", d->kind);
    lf_json_put_str(&w, "state", d->state);
    lf_json_put_str(&w, "reach", d->reach);
    lf_json_put_int(&w, "speed", d->speed);
    lf_json_put_bool(&w, "whole", d->whole);
    if (d->dropped)
        lf_json_put_bool(&w, "dropped", true);
    put_time(&w, "begins", d->begins);
    put_time(&w, "ends", d->ends);
    put_time(&w, "began", d->began);
    put_time(&w, "ended", d->ended);
    put_time(&w, "report_due", d->report_due);
    return end(a, &w, &b, secret, json, e);
}

enum lf_code lf_drill_inject_write(struct lf_arena *a, const struct lf_drill_inject *d,
                                   const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    struct lf_json_w w;
    struct lf_buf b;

    begin(&w, &b, "exercise-inject", &d->head);
    lf_json_put_str(&w, "for", d->member);
    lf_json_put_str(&w, "inject", d->inject);
    lf_json_put_str(&w, "zh", d->zh);
    lf_json_put_str(&w, "en", d->en);
    lf_json_put_str(&w, "tell_zh", d->tell_zh);
    lf_json_put_str(&w, "tell_en", d->tell_en);
    lf_json_put_bool(&w, "english", d->english);
    lf_json_put_bool(&w, "whole", d->whole);
    put_some(&w, "expect", d->expect);
    put_some(&w, "task", d->task);
    lf_json_put_int(&w, "points", d->points);
    put_time(&w, "told", d->told);
    put_time(&w, "until", d->until);
    return end(a, &w, &b, secret, json, e);
}

enum lf_code lf_drill_answer_write(struct lf_arena *a, const struct lf_drill_answer *d,
                                   const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    struct lf_json_w w;
    struct lf_buf b;

    begin(&w, &b, "exercise-answer", &d->head);
    lf_json_put_str(&w, "node", d->node);
    lf_json_put_str(&w, "name", d->name);
    lf_json_put_str(&w, "tier", d->tier);
    lf_json_put_str(&w, "answer", d->answer);
    put_time(&w, "answered", d->answered);
    put_some(&w, "why", d->why);
    put_time(&w, "reported", d->reported);
    put_some(&w, "report", d->report);
    lf_json_begin(&w, "done", '[');
    for (size_t i = 0; i < d->ndone; i++) {
        lf_json_open(&w, '{');
        put_some(&w, "incident", d->done[i].incident);
        lf_json_put_str(&w, "step", d->done[i].step);
        put_time(&w, "ended", d->done[i].ended);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    return end(a, &w, &b, secret, json, e);
}
