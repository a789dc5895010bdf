#include "cert/publication.h"

#include "cert/incident_priv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_publication.h"

enum { BODY = 1 << 20, BACK = 60 /* periods that are caught up */, VERSIONS = 1000 };
enum { PUBLISHERS = LF_ROLE_ADMIN | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM };

static const char rule_zh[] =
    "少於 5 件的數字不公布；為使其無法由總數或其他公布的檔案推算，並隱去同表中次小者，至少兩格且合計 5 "
    "件以上；細類在其大類內隱去，有體系隱去時一併隱去未影響者；更正後若須隱去的格不同，該表全部隱去。演練不計"
    "。";
static const char rule_en[] =
    "Numbers below 5 are withheld, and with them the next smallest of the same table, at least two cells of "
    "at "
    "least 5 together, so that neither a total nor another published file tells them; types are withheld "
    "within their class, and with a vital function the number of those that affect none; a table of which a "
    "correction would withhold other cells is withheld whole. Exercises are not counted.";

/* ---- rows ---- */

struct rows {
    struct lf_task *t;
    struct lf_publication *v;
    size_t n, cap, most;
};

/* period, version, at, by, reason, withdrawn, records, body, first */
static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct rows *x = ctx;
    struct lf_publication p = { .period = lf_arena_copy(x->t->a, lf_row_text(r, 0)),
                                .version = lf_row_int(r, 1),
                                .at = lf_row_int(r, 2),
                                .by = lf_arena_copy(x->t->a, lf_row_text(r, 3)),
                                .reason = lf_arena_copy(x->t->a, lf_row_text(r, 4)),
                                .withdrawn = lf_row_int(r, 5) != 0,
                                .records = lf_row_int(r, 6),
                                .body = lf_arena_copy(x->t->a, lf_row_text(r, 7)),
                                .first = lf_row_int(r, 8) };

    if (x->n == x->most)
        return LF_OK;
    LF_TRY(lf_statistic_span_parse(p.period, &p.span, e));
    x->v = lf_arena_grow(x->t->a, x->v, x->n, &x->cap, sizeof *x->v);
    x->v[x->n++] = p;
    return LF_OK;
}

enum lf_code lf_publication_list(struct lf_task *t, size_t *n, const struct lf_publication **out,
                                 struct lf_err *e)
{
    struct rows x = { .t = t, .most = LF_PUBLICATIONS };
    struct lf_scope node = lf_node_rows(t);

    LF_TRY(lf_db_run(t->db, &node, &lf_q_publication_list, LF_ARGS(LF_INT(LF_PUBLICATIONS)), on_row, &x, NULL,
                     e));
    *n = x.n;
    *out = x.v;
    return LF_OK;
}

enum lf_code lf_publication_get(struct lf_task *t, lf_view period, size_t *n,
                                const struct lf_publication **out, struct lf_err *e)
{
    struct rows x = { .t = t, .most = VERSIONS };
    struct lf_scope node = lf_node_rows(t);

    LF_TRY(lf_db_run(t->db, &node, &lf_q_publication_get, LF_ARGS(LF_TEXT(period), LF_INT(VERSIONS)), on_row,
                     &x, NULL, e));
    if (!x.n)
        return lf_err_set(e, LF_NOT_FOUND, "nothing of this period was published");
    *n = x.n;
    *out = x.v;
    return LF_OK;
}

/* ---- what is frozen ---- */

/* The cell of the version before: whether it was withheld.  One that it had not was 0, and shown. */
static bool was_hidden(const struct lf_json *items, const char *by, lf_view key)
{
    for (size_t i = 0; i < lf_json_items(items); i++) {
        const struct lf_json *x = lf_json_item(items, i);

        if (lf_view_is(lf_json_str(x, "by"), by) && lf_view_eq(lf_view_some(lf_json_str(x, "key")), key))
            return lf_json_kind(lf_json_get(x, LF_V("cases"))) == LF_JSON_NULL;
    }
    return false;
}

/* Whether a cell that the version before withheld is not among these rows. */
static bool hidden_is_gone(struct lf_task *t, const struct lf_json *items, const struct lf_statistic *s,
                           enum lf_statistic_axis axis)
{
    for (size_t i = 0; i < lf_json_items(items); i++) {
        const struct lf_json *x = lf_json_item(items, i);
        bool found = false;

        if (!lf_view_is(lf_json_str(x, "by"), lf_statistic_axis_name(axis)) ||
            lf_json_kind(lf_json_get(x, LF_V("cases"))) != LF_JSON_NULL)
            continue;
        for (size_t k = 0; k < s->n && !found; k++)
            found = s->rows[k].axis == axis &&
                    lf_view_eq(lf_statistic_row_key(t->a, &s->rows[k]), lf_view_some(lf_json_str(x, "key")));
        if (!found)
            return true;
    }
    return false;
}

/* Tables that would withhold other cells than before are withheld whole: the cells that one version shows
 * would tell those that the other withholds.  Classes and types are one table here. */
static void withhold_changed(struct lf_task *t, const struct lf_json *before, const struct lf_statistic *s,
                             bool *hidden)
{
    const struct lf_json *items = lf_json_get(before, LF_V("items"));
    bool changed[LF_AXES] = { false };

    for (enum lf_statistic_axis axis = LF_AXIS_ALL; axis < LF_AXES; axis++)
        changed[axis] = hidden_is_gone(t, items, s, axis);
    for (size_t i = 0; i < s->n; i++) {
        const struct lf_statistic_row *row = &s->rows[i];

        if (was_hidden(items, lf_statistic_axis_name(row->axis), lf_statistic_row_key(t->a, row)) !=
            hidden[i])
            changed[row->axis] = true;
    }
    changed[LF_AXIS_RSIT] = changed[LF_AXIS_TYPE] = changed[LF_AXIS_RSIT] || changed[LF_AXIS_TYPE];
    for (size_t i = 0; i < s->n; i++)
        hidden[i] = hidden[i] || changed[s->rows[i].axis];
}

static enum lf_code freeze(struct lf_task *t, const struct lf_statistic_span *span,
                           const struct lf_publication *before, struct lf_publication *out, struct lf_err *e)
{
    const struct lf_json *old = NULL;
    struct lf_statistic s;
    struct lf_json_w w;
    struct lf_buf b;
    bool *hidden;
    enum lf_code rc;

    LF_TRY(lf_statistic_read(t, span, &s, e));
    hidden = LF_NEW(t->a, bool, s.n + 1);
    lf_statistic_withhold_rows(t->a, s.rows, s.n, hidden);
    if (before) {
        LF_TRY(lf_json_parse(t->a, before->body, NULL, &old, e));
        withhold_changed(t, old, &s, hidden);
    }
    lf_buf_init(&b, BODY);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "rule_zh", rule_zh);
    lf_json_put_cstr(&w, "rule_en", rule_en);
    lf_json_begin(&w, "items", '[');
    for (size_t i = 0; i < s.n; i++) {
        if (!lf_statistic_open(&s.rows[i]))
            continue;
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "by", lf_statistic_axis_name(s.rows[i].axis));
        lf_json_put_str(&w, "key", lf_statistic_row_key(t->a, &s.rows[i]));
        if (hidden[i])
            lf_json_put_null(&w, "cases");
        else
            lf_json_put_int(&w, "cases", s.rows[i].cases);
        lf_json_close(&w);
        out->records++;
    }
    lf_json_close(&w);
    lf_json_close(&w);
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        out->body = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

/* ---- publishing ---- */

static enum lf_code need_publisher(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, PUBLISHERS, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "publication: only the node's own people publish");
    return LF_OK;
}

static enum lf_code check_reason(lf_view reason, struct lf_err *e)
{
    if (reason.len > LF_PUBLICATION_REASON || !lf_view_is_utf8(reason))
        return lf_err_set(e, LF_BAD_INPUT, "publication: a reason is text of at most %d bytes",
                          LF_PUBLICATION_REASON);
    return LF_OK;
}

static enum lf_code check_overlap(struct lf_task *t, const struct lf_statistic_span *span, lf_view period,
                                  struct lf_err *e)
{
    lf_view other;
    enum lf_code rc =
        lf_db_text(t->db, &t->scope, &lf_q_publication_overlap,
                   LF_ARGS(LF_INT(span->end), LF_INT(span->begin), LF_INT(lf_statistic_span_kind(span))),
                   t->a, &other, e);

    if (rc != LF_OK)
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    return lf_err_set(
        e, LF_CONFLICT,
        "publication: %.*s overlaps %.*s, which was published: together they could tell numbers "
        "that each withholds, so of the same days only one kind (week, month or year) is "
        "published",
        LF_FMT(period), LF_FMT(other));
}

static enum lf_code keep(struct lf_task *t, const struct lf_publication *p, const char *act, struct lf_err *e)
{
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_publication_put,
                   LF_ARGS(LF_TEXT(p->period), LF_INT(p->version), LF_INT(lf_statistic_span_kind(&p->span)),
                           LF_INT(p->span.begin), LF_INT(p->span.end), LF_INT(p->at), text_arg(p->by),
                           text_arg(p->reason), LF_INT(p->withdrawn), LF_INT(p->records), text_arg(p->body)),
                   e));
    return lf_audit_add(t, lf_view_of(act), p->period, LF_V("{}"), e);
}

/* The newest version with numbers; NULL: there is none. */
static const struct lf_publication *last_body(struct lf_task *t, const struct lf_publication *all, size_t n,
                                              struct lf_publication *out, struct lf_err *e, enum lf_code *rc)
{
    struct lf_scope node = lf_node_rows(t);
    size_t i = 0;

    while (i < n && all[i].withdrawn)
        i++;
    if (i == n)
        return NULL;
    *out = all[i];
    *rc = lf_db_text(t->db, &node, &lf_q_publication_body,
                     LF_ARGS(LF_TEXT(out->period), LF_INT(out->version)), t->a, &out->body, e);
    return *rc == LF_OK ? out : NULL;
}

enum lf_code lf_publication_add(struct lf_task *t, const struct lf_statistic_span *span, lf_view reason,
                                struct lf_publication *out, struct lf_err *e)
{
    struct lf_publication p = { .period = lf_statistic_span_key(t->a, span),
                                .span = *span,
                                .version = 1,
                                .at = lf_now(t->env),
                                .by = t->scope.account,
                                .reason = lf_view_trim(reason) },
                          kept;
    const struct lf_publication *all = NULL, *before;
    size_t n = 0;
    enum lf_code rc;

    LF_TRY(need_publisher(t, e));
    LF_TRY(check_reason(p.reason, e));
    if (span->end > p.at)
        return lf_err_set(e, LF_CONFLICT, "publication: %.*s has not ended yet", LF_FMT(p.period));
    LF_TRY(check_overlap(t, span, p.period, e));
    rc = lf_publication_get(t, p.period, &n, &all, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    if (n && !p.reason.len)
        return lf_err_set(e, LF_CONFLICT,
                          "publication: %.*s is published already; a new version needs its reason",
                          LF_FMT(p.period));
    rc = LF_OK;
    before = last_body(t, all, n, &kept, e, &rc);
    LF_TRY(rc);
    LF_TRY(freeze(t, span, before, &p, e));
    if (n && !all[0].withdrawn && lf_view_eq(before->body, p.body))
        return lf_err_set(e, LF_CONFLICT, "publication: the numbers of %.*s are those that are published",
                          LF_FMT(p.period));
    p.version = n ? all[0].version + 1 : 1;
    p.first = n ? all[0].first : p.at;
    LF_TRY(keep(t, &p, "publication.add", e));
    *out = p;
    return LF_OK;
}

enum lf_code lf_publication_withdraw(struct lf_task *t, lf_view period, lf_view reason, struct lf_err *e)
{
    const struct lf_publication *all;
    struct lf_publication p;
    size_t n;

    LF_TRY(need_publisher(t, e));
    LF_TRY(check_reason(lf_view_trim(reason), e));
    LF_TRY(lf_publication_get(t, period, &n, &all, e));
    if (!lf_view_trim(reason).len)
        return lf_err_set(e, LF_BAD_INPUT, "publication: say why it is withdrawn; everyone reads it");
    if (all[0].withdrawn)
        return lf_err_set(e, LF_CONFLICT, "publication: %.*s is withdrawn already", LF_FMT(period));
    p = all[0];
    p.version++;
    p.at = lf_now(t->env);
    p.by = t->scope.account;
    p.reason = lf_view_trim(reason);
    p.withdrawn = true;
    p.records = 0;
    p.body = LF_V("");
    return keep(t, &p, "publication.withdraw", e);
}

/* ---- by itself ---- */

static enum lf_code publish_due(struct lf_task *t, const struct lf_publication_settings *s, struct lf_err *e)
{
    struct lf_statistic_span due[BACK],
        at = lf_statistic_span_at(s->kind, lf_now(t->env) - s->after_days * LF_DAY);
    int64_t last;
    size_t n = 0;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_publication_last, LF_ARGS(LF_INT(s->kind)), &last, e));
    while (n < BACK && lf_statistic_span_before(&at, &due[n]) && (due[n].begin >= last && (last || !n)))
        at = due[n++];
    while (n--) {
        struct lf_publication p;
        struct lf_err own = { 0 };
        enum lf_code rc = lf_publication_add(t, &due[n], LF_V(""), &p, &own);

        if (rc == LF_CONFLICT) /* one of another kind lies over it: a person's word goes before this */
            continue;
        if (rc != LF_OK)
            *e = own;
        return rc;
    }
    return LF_OK;
}

enum lf_code lf_publication_turn(struct lf_task *t, const struct lf_publication_settings *s, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    enum lf_code rc;

    if (s->kind == LF_PERIODS)
        return LF_OK;
    rc = publish_due(&own, s, e);
    t->effects |= own.effects;
    return rc;
}
