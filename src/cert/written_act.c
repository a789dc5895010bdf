#include "cert/written_act.h"

#include "ident/ident.h"
#include "model/role.h"

enum { WRITERS = LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM };

bool written_writer(const struct lf_task *t)
{
    return (t->scope.roles & WRITERS) != 0;
}

enum lf_code written_need_writer(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, WRITERS, e);
}

struct lf_written_row written_row(struct lf_arena *a, const struct lf_row *r)
{
    return (struct lf_written_row){ .id = lf_arena_copy(a, lf_row_text(r, 0)),
                                    .seq = lf_row_int(r, 1),
                                    .state = (enum lf_written)lf_row_int(r, 2),
                                    .version = lf_row_int(r, 5),
                                    .author = lf_arena_copy(a, lf_row_text(r, 6)),
                                    .reviewer = lf_arena_copy(a, lf_row_text(r, 7)),
                                    .note = lf_arena_copy(a, lf_row_text(r, 8)),
                                    .entries = lf_row_int(r, 9),
                                    .created = lf_row_int(r, 10),
                                    .changed = lf_row_int(r, 11),
                                    .published = lf_row_int(r, 12) };
}

struct lf_written_entry written_entry(struct lf_arena *a, const struct lf_row *r)
{
    return (struct lf_written_entry){ .seq = lf_row_int(r, 0),
                                      .at = lf_row_int(r, 1),
                                      .account = lf_arena_copy(a, lf_row_text(r, 2)),
                                      .act = (enum lf_written_act)lf_row_int(r, 3),
                                      .note = lf_arena_copy(a, lf_row_text(r, 4)) };
}

static enum lf_code may(struct lf_task *t, const struct written_act *a, const struct lf_written_row *x,
                        struct lf_err *e)
{
    /* A draft is given up by who writes; what is out is taken back by a reviewer. */
    if (a->act == LF_WRITTEN_RETURN || a->act == LF_WRITTEN_PUBLISH ||
        (a->act == LF_WRITTEN_WITHDRAW && a->out))
        LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    return a->act == LF_WRITTEN_PUBLISH && lf_view_eq(x->author, t->scope.account)
               ? lf_err_set(e, LF_FORBIDDEN,
                            "%s: who wrote in it last does not publish it; another reviewer does", a->noun)
               : LF_OK;
}

enum lf_code written_do(struct lf_task *t, const struct written_act *a, struct lf_written_row *x,
                        struct lf_err *e)
{
    bool why = a->act == LF_WRITTEN_RETURN || a->act == LF_WRITTEN_WITHDRAW;
    lf_view note = lf_view_trim(lf_view_some(a->note));
    enum lf_written was = x->state;

    if (!a->decided)
        LF_TRY(written_need_writer(t, e));
    if (!lf_written_next(was, a->act, &x->state))
        return lf_err_set(e, LF_CONFLICT, "%s: it is %s; %s is not for that state", a->noun,
                          lf_written_name(was), lf_written_act_name(a->act));
    if (a->seen && a->seen != x->entries)
        return lf_err_set(e, LF_CONFLICT,
                          a->act == LF_WRITTEN_WRITE
                              ? "%s: somebody changed it meanwhile; see how it stands now, then send again"
                              : "%s: somebody changed it meanwhile; read it as it stands now, then decide",
                          a->noun);
    if (why && !lf_view_is_text(note, 1, LF_WRITTEN_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "%s: say why, in 1 to %d bytes", a->noun, LF_WRITTEN_NOTE);
    if (!a->decided)
        LF_TRY(may(t, a, x, e));
    x->note = why ? note : LF_V("");
    if (a->act == LF_WRITTEN_WRITE)
        x->author = t->scope.account;
    else if (a->act != LF_WRITTEN_SUBMIT)
        x->reviewer = t->scope.account;
    if (a->act == LF_WRITTEN_PUBLISH) {
        x->version++;
        x->published = lf_now(t->env);
    }
    return LF_OK;
}
