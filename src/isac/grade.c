#include "isac/grade.h"

#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/object_search.h"
#include "model/role.h"
#include "store/query_grade.h"
#include "store/query_present.h"

bool lf_grade_parse(lf_view text, char *letter, char *digit)
{
    char l = '\0', d = '\0';

    text = lf_view_trim(text);
    if (text.len &&
        ((text.ptr[0] >= 'A' && text.ptr[0] <= 'F') || (text.ptr[0] >= 'a' && text.ptr[0] <= 'f'))) {
        l = (char)(text.ptr[0] & ~0x20);
        text = lf_view_from(text, 1);
    }
    if (text.len && text.ptr[0] >= '1' && text.ptr[0] <= '6') {
        d = text.ptr[0];
        text = lf_view_from(text, 1);
    }
    if (text.len || (!l && !d))
        return false;
    *letter = l;
    *digit = d;
    return true;
}

static enum lf_code may(struct lf_task *t, lf_view id, lf_view *type, struct lf_err *e)
{
    const struct lf_object_version *v;
    bool more;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    if (!lf_stix_id_ok(id, type))
        return lf_err_set(e, LF_NOT_FOUND, "no object of this id is there for you");
    if (!lf_view_is(*type, "identity")) /* who made something need not have said who it is */
        LF_TRY(lf_object_versions(t, id, 0, 0, &n, &v, &more, e));
    return LF_OK;
}

/* What hangs on it is looked at again: one indicator, or all, as any may be of this source. */
static enum lf_code follow(struct lf_task *t, lf_view id, lf_view type, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    if (lf_view_is(type, "identity"))
        return lf_db_exec(t->db, &s, &lf_q_indicator_look_all, LF_NO_ARGS, e);
    return lf_db_exec(t->db, &s, &lf_q_indicator_look_now, LF_ARGS(LF_TEXT(id)), e);
}

enum lf_code lf_grade_set(struct lf_task *t, lf_view id, lf_view text, lf_view note, struct lf_err *e)
{
    char letter, digit, l[2] = "", d[2] = "";
    lf_view type;
    int64_t n;

    LF_TRY(may(t, id, &type, e));
    if (!lf_grade_parse(text, &letter, &digit))
        return lf_err_set(e, LF_BAD_INPUT, "a grade is a letter A to F, a digit 1 to 6, or both, as \"B2\"");
    if (lf_view_is(type, "identity") && digit)
        return lf_err_set(e, LF_BAD_INPUT, "a source has a letter A to F; the digit is of what it said");
    if (note.len > LF_GRADE_NOTE || !lf_view_is_utf8(note))
        return lf_err_set(e, LF_BAD_INPUT, "note: at most %d bytes of UTF-8", LF_GRADE_NOTE);
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_grade_count, LF_NO_ARGS, &n, e));
    if (n >= LF_GRADES)
        return lf_err_set(e, LF_TOO_MANY, "%d sources and objects are graded, and no more may be", LF_GRADES);
    l[0] = letter;
    d[0] = digit;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_grade_set,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(lf_view_of(l)), LF_TEXT(lf_view_of(d)), LF_TEXT(note),
                              LF_TEXT(t->scope.account), LF_INT(lf_now(t->env))),
                      e));
    LF_TRY(follow(t, id, type, e));
    return lf_audit_add(t, LF_V("grade.set"), id, lf_arena_printf(t->a, "{\"grade\":\"%s%s\"}", l, d), e);
}

enum lf_code lf_grade_forget(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_grade g;
    lf_view type;

    LF_TRY(may(t, id, &type, e));
    LF_TRY(lf_grade_get(t, id, &g, e));
    if (!g.id.len)
        return lf_err_set(e, LF_NOT_FOUND, "nobody graded it");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_grade_forget, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(follow(t, id, type, e));
    return lf_audit_add(t, LF_V("grade.forget"), id, LF_V(""), e);
}

struct got {
    struct lf_arena *a;
    struct lf_grade g;
};

static char first(lf_view v)
{
    return v.len ? v.ptr[0] : '\0';
}

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct got *g = ctx;

    (void)e;
    g->g = (struct lf_grade){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                              .letter = first(lf_row_text(r, 1)),
                              .digit = first(lf_row_text(r, 2)),
                              .note = lf_arena_copy(g->a, lf_row_text(r, 3)),
                              .account = lf_arena_copy(g->a, lf_row_text(r, 4)),
                              .at = lf_row_int(r, 5) };
    return LF_OK;
}

enum lf_code lf_grade_get(struct lf_task *t, lf_view id, struct lf_grade *out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct got g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &s, &lf_q_grade_get, LF_ARGS(LF_TEXT(id)), take, &g, NULL, e));
    *out = g.g;
    return LF_OK;
}

enum lf_code lf_grade_of(struct lf_task *t, lf_view id, lf_view created_by, struct lf_grade *out,
                         struct lf_err *e)
{
    struct lf_grade source = { 0 };

    LF_TRY(lf_grade_get(t, id, out, e));
    if (created_by.len && !out->letter)
        LF_TRY(lf_grade_get(t, created_by, &source, e));
    if (!out->letter)
        out->letter = source.letter;
    return LF_OK;
}

enum lf_code lf_grade_find(struct lf_task *t, char letter, char digit, size_t *n, const lf_view **out,
                           struct lf_err *e)
{
    const char l[2] = { letter, '\0' }, d[2] = { digit, '\0' };
    struct lf_scope s = lf_node_rows(t);

    return lf_db_texts(t->db, &s, &lf_q_grade_find,
                       LF_ARGS(LF_TEXT(lf_view_of(l)), LF_TEXT(lf_view_of(d)), LF_INT(LF_GRADE_FOUND)), t->a,
                       LF_GRADE_FOUND, n, out, e);
}
