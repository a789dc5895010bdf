/* Whom teams tell, some at a time: what is to be told stands in the table, and is told with the row's
 * change or not at all. */
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "cert/team_priv.h"
#include "ident/node.h"
#include "store/query_team.h"

enum { TURN = 64 };

struct todo {
    lf_view team, contact;
    enum team_todo what;
};
struct todos {
    struct lf_arena *a;
    struct todo v[TURN];
    size_t n;
};

static enum lf_code on_todo(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct todos *g = ctx;

    (void)e;
    if (g->n < TURN)
        g->v[g->n++] = (struct todo){ lf_arena_copy(g->a, lf_row_text(r, 0)),
                                      lf_arena_copy(g->a, lf_row_text(r, 1)),
                                      (enum team_todo)lf_row_int(r, 2) };
    return LF_OK;
}

static lf_view detail(struct lf_task *t, const struct lf_team *x)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1000);
    notice_put_local(&b, x->begins);
    lf_buf_printf(&b, " %.*s", LF_FMT(x->place));
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code tell(struct lf_task *t, const struct lf_team *x, const struct todo *w, struct lf_err *e)
{
    static const struct {
        const char *zh, *en;
    } said[] = { [TEAM_CALL] = { "%.*s", "%.*s" },
                 [TEAM_FULL] = { "人力已足，毋須前往：%.*s", "enough people come, you are not needed: %.*s" },
                 [TEAM_OFF] = { "取消徵調：%.*s", "called off: %.*s" },
                 [TEAM_RECOVER] = { "應變已結束，請協助復原：%.*s",
                                    "the response is over, please help to recover: %.*s" },
                 [TEAM_WANTED_NOW] = { "請前往，您已遞補：%.*s", "please come, you take a place: %.*s" } };
    struct lf_contact c;
    struct lf_notice_new n = { .kind = w->what == TEAM_CALL ? LF_NOTICE_TEAM : LF_NOTICE_TEAM_NEWS,
                               .subject = x->id,
                               .path = lf_arena_printf(t->a, "/teams/%.*s", LF_FMT(x->id)),
                               .about = w->contact,
                               .exercise = x->exercise,
                               .due = w->what == TEAM_CALL ? x->answer_by : 0,
                               .detail = detail(t, x) };
    enum lf_code rc = people_contact(t, w->contact, &c, e);

    if (rc != LF_OK) /* he left the network */
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    n.key = w->what == TEAM_CALL ? lf_arena_printf(t->a, "team/%.*s/%.*s", LF_FMT(x->id), LF_FMT(w->contact))
                                 : lf_arena_printf(t->a, "team/%.*s/%.*s/%d/%lld", LF_FMT(x->id),
                                                   LF_FMT(w->contact), (int)w->what, (long long)x->moves);
    n.title = lf_arena_printf(t->a, c.english ? said[w->what].en : said[w->what].zh, LF_FMT(x->title));
    return lf_notice_raise(t, &n, NULL, e);
}

enum lf_code lf_team_turn(struct lf_task *t, bool *more, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct todos *g = LF_NEW(t->a, struct todos, 1);
    struct lf_team x = { .id = LF_V("") };

    g->a = t->a;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_team_todo, LF_ARGS(LF_INT(TURN)), on_todo, g, NULL, e));
    for (size_t i = 0; i < g->n; i++) {
        if (!lf_view_eq(x.id, g->v[i].team))
            LF_TRY(team_load(t, g->v[i].team, &x, e));
        LF_TRY(tell(t, &x, &g->v[i], e));
        LF_TRY(
            lf_db_exec(t->db, &node, &lf_q_team_told, LF_ARGS(LF_TEXT(x.id), LF_TEXT(g->v[i].contact)), e));
    }
    *more = g->n == TURN;
    return LF_OK;
}
