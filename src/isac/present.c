#include "isac/present.h"

#include "fmt/json.h"
#include "ident/node.h"
#include "isac/entry.h"
#include "isac/feedback.h"
#include "isac/grade.h"
#include "isac/sighting.h"
#include "isac/watch.h"
#include "store/query_intelligence.h"
#include "store/query_present.h"

struct judged {
    int64_t right, wrong;
};

static enum lf_code take_judged(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct judged *j = ctx;

    (void)e;
    j->right = lf_row_int(r, 0);
    j->wrong = lf_row_int(r, 1);
    return LF_OK;
}

/* What its author says, else its state. */
static int base_of(struct lf_task *t, const struct lf_indicator_row *i)
{
    const struct lf_json *tree;
    int64_t n;

    if (i->json.len && lf_json_parse(t->a, i->json, NULL, &tree, NULL) == LF_OK &&
        lf_json_int(tree, "confidence", &n) && n >= 0 && n <= 100)
        return (int)n;
    return lf_indicator_confidence(!lf_view_is(i->state, "active"));
}

/* created_by_ref of what the node has of it. */
static lf_view creator_of(struct lf_task *t, lf_view json)
{
    const struct lf_json *tree;

    return json.len && lf_json_parse(t->a, json, NULL, &tree, NULL) == LF_OK
               ? lf_json_str(tree, "created_by_ref")
               : LF_V("");
}

static enum lf_code creator_of_watched(struct lf_task *t, int64_t seq, lf_view *by, struct lf_err *e)
{
    struct lf_entry v = { .seq = seq };
    size_t n = seq > 0;

    if (n)
        LF_TRY(lf_entry_fetch(t, &v, &n, true, SIZE_MAX, e));
    *by = n ? creator_of(t, v.json) : LF_V("");
    return LF_OK;
}

static enum lf_code grade(struct lf_task *t, lf_view id, lf_view by, struct lf_present *p, struct lf_err *e)
{
    struct lf_grade g;

    LF_TRY(lf_grade_of(t, id, by, &g, e));
    p->of.graded = lf_confidence_letter(g.letter);
    if (lf_confidence_digit(g.digit) >= 0)
        p->of.base = lf_confidence_digit(g.digit);
    return LF_OK;
}

/* With what was seen and judged; `of` has kind, base, since and valid_until. */
static enum lf_code reckon(struct lf_task *t, lf_view id, lf_view by, struct lf_present *p, struct lf_err *e)
{
    enum { DISAGREE = 3 };
    struct lf_feedback said;
    struct lf_scope s = lf_node_rows(t);
    struct lf_sighting_row own = { 0 };
    struct lf_sighting_sum sum = { 0 };
    struct judged j = { 0 };
    lf_time now = lf_now(t->env), last = 0;

    LF_TRY(lf_sighting_get(t, id, &own, e));
    LF_TRY(lf_sighting_sum(t, id, &sum, e));
    LF_TRY(lf_db_run(t->db, &s, &lf_q_judged_get, LF_ARGS(LF_TEXT(id)), take_judged, &j, NULL, e));
    LF_TRY(grade(t, id, by, p, e));
    LF_TRY(lf_feedback_of(t, id, &said, e));
    p->of.nodes = sum.members + (own.count > 0) + said.saw;
    p->of.right = j.right + said.agree;
    p->of.wrong = j.wrong + (said.disagree > DISAGREE ? DISAGREE : said.disagree);
    last = said.last;
    if (own.count && own.last > last)
        last = own.last;
    if (sum.members && sum.last > last)
        last = sum.last;
    p->of.since = last > p->of.since ? last : p->of.since;
    p->now = lf_confidence_now(&p->of, now);
    return LF_OK;
}

enum lf_code lf_present_of(struct lf_task *t, const struct lf_indicator_row *row, struct lf_present *out,
                           struct lf_err *e)
{
    struct lf_watch_row w;
    bool watched = !row->origin.len && !row->json.len && lf_watch_get(t, row->id, &w, NULL) == LF_OK;
    lf_view by;

    *out = (struct lf_present){ .of = { .kind = row->kind,
                                        .base = watched ? (int)w.confidence : base_of(t, row),
                                        .since = row->since,
                                        .valid_until = row->valid_until } };
    if (watched)
        LF_TRY(creator_of_watched(t, w.seq, &by, e));
    else
        by = creator_of(t, row->json);
    return reckon(t, row->id, by, out, e);
}

struct found {
    struct lf_task *t;
    struct lf_present p;
    lf_view by;
    bool any;
};

static enum lf_code take_found(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct found *f = ctx;
    struct lf_indicator_row row = { .state = lf_row_text(r, 4), .json = lf_row_text(r, 12) };
    struct lf_confidence c = { .kind = (enum lf_observable_kind)lf_row_int(r, 2),
                               .base = base_of(f->t, &row),
                               .since = lf_row_int(r, 15),
                               .valid_until = lf_row_int(r, 11) };
    lf_time now = lf_now(f->t->env);

    (void)e;
    if (!lf_view_is(row.state, "provisional") && !lf_view_is(row.state, "active"))
        return LF_OK;
    if (!f->any || lf_confidence_now(&c, now).confidence > lf_confidence_now(&f->p.of, now).confidence) {
        f->p.of = c;
        f->by = lf_arena_copy(f->t->a, creator_of(f->t, row.json)); /* the row goes */
    }
    f->any = true;
    return LF_OK;
}

enum lf_code lf_present_find(struct lf_task *t, lf_view id, struct lf_present *out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct found f = { .t = t };
    struct lf_watch_row w;

    LF_TRY(lf_db_run(t->db, &s, &lf_q_indicator_of_id, LF_ARGS(LF_TEXT(id)), take_found, &f, NULL, e));
    if (!f.any) {
        LF_TRY(lf_watch_get(t, id, &w, e));
        f.p.of = (struct lf_confidence){
            .kind = w.kind, .base = (int)w.confidence, .since = w.since, .valid_until = w.valid_until
        };
        LF_TRY(creator_of_watched(t, w.seq, &f.by, e));
    }
    *out = f.p;
    return reckon(t, id, f.by, out, e);
}

enum lf_code lf_present_judged(struct lf_task *t, lf_view id, int64_t right, int64_t wrong, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    LF_TRY(lf_db_exec(t->db, &s, &lf_q_judged_put, LF_ARGS(LF_TEXT(id), LF_INT(right), LF_INT(wrong)), e));
    return lf_db_exec(t->db, &s, &lf_q_indicator_look_now, LF_ARGS(LF_TEXT(id)), e);
}

enum lf_code lf_present_seen(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_indicator_look_held, LF_ARGS(LF_TEXT(id)), e);
}
