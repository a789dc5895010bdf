#include "cert/convening.h"

#include "cert/document_priv.h"
#include "cert/duty.h"
#include "cert/incident_priv.h"
#include "cert/notice_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_notice.h"

static const char *const whats[] = { "manning", "meeting" };

const char *lf_convening_for_name(enum lf_convening_for f)
{
    return whats[f];
}

bool lf_convening_for_parse(lf_view name, enum lf_convening_for *out)
{
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        if (lf_view_is(name, whats[i])) {
            *out = (enum lf_convening_for)i;
            return true;
        }
    return false;
}

/* Whether the account is a contact who stands for the post. */
static enum lf_code stands_for(struct lf_task *t, enum lf_who who, bool *yes, struct lf_err *e)
{
    const lf_view *mine;
    size_t nmine;

    LF_TRY(people_of_account(t, t->scope.account, &nmine, &mine, e));
    for (int place = 1; nmine && !*yes && place <= lf_who_places(who); place++) {
        struct lf_contact *c;
        size_t n;

        LF_TRY(lf_post_get(t, who, place, &n, &c, e));
        for (size_t i = 0; i < n * nmine; i++)
            *yes |= lf_view_eq(c[i / nmine].id, mine[i % nmine]);
    }
    return LF_OK;
}

enum lf_code lf_convening_may(struct lf_task *t, struct lf_err *e)
{
    bool yes = t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM);

    LF_TRY(people_of_node(t, e));
    if (!yes)
        LF_TRY(stands_for(t, LF_WHO_CONVENER, &yes, e));
    if (!yes)
        LF_TRY(stands_for(t, LF_WHO_DEPUTY, &yes, e));
    return yes ? LF_OK
               : lf_err_set(
                     e, LF_FORBIDDEN,
                     "groups are called by the convener, a deputy convener, a reviewer or an administrator");
}

static enum lf_code call_group(struct lf_task *t, const struct lf_convening *c,
                               const struct lf_incident_full *x, int place, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view post = lf_post_name(t->a, LF_WHO_GROUP, place);
    struct lf_notice_new n = { .kind = c->what == LF_CONVENING_MANNING ? LF_NOTICE_GROUP_CALLED
                                                                       : LF_NOTICE_GROUP_MEETS,
                               .subject = x->row.id,
                               .about = post,
                               .title = incident_title_told(x->row.tlp, x->row.title),
                               .detail = c->why,
                               .path = lf_arena_printf(t->a, "/manning?incident=%.*s", LF_FMT(x->row.id)),
                               .level = x->row.level,
                               .exercise = x->state.exercise ? x->state.exercise_of.speed : 0 };
    int64_t before, open;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_notice_about_count, LF_ARGS(LF_TEXT(x->row.id), LF_TEXT(post)),
                     &before, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_notice_about_open, LF_ARGS(LF_TEXT(x->row.id), LF_TEXT(post)), &open,
                     e));
    if (open)
        return lf_err_set(e, LF_CONFLICT, "%.*s is being called for this incident and has not answered yet",
                          LF_FMT(post));
    n.key = lf_arena_printf(t->a, "%.*s/%.*s/%lld", LF_FMT(x->row.id), LF_FMT(post), (long long)before + 1);
    return lf_notice_raise(t, &n, NULL, e);
}

enum lf_code lf_convene(struct lf_task *t, const struct lf_convening *c, struct lf_err *e)
{
    lf_view why = lf_view_some(lf_view_trim(c->why)), named = LF_V("");
    struct lf_convening told = *c;
    struct lf_incident_full x;
    struct lf_audit_note note;

    LF_TRY(lf_convening_may(t, e));
    LF_TRY(document_text("convening", "why", why, 1, LF_CONVENING_WHY, e));
    if (!c->groups || c->groups >> LF_GROUPS)
        return lf_err_set(e, LF_BAD_INPUT,
                          "convening: say which groups: group-1 to group-8, or groups for all");
    LF_TRY(lf_incident_get(t, lf_view_some(lf_view_trim(c->incident)), &x, e));
    told.why = why;
    for (int place = 1; place <= LF_GROUPS; place++) {
        if (!(c->groups >> (place - 1) & 1))
            continue;
        LF_TRY(call_group(t, &told, &x, place, e));
        named = lf_arena_printf(t->a, "%.*s%sgroup-%d", LF_FMT(named), named.len ? "," : "", place);
    }
    lf_audit_open(&note);
    lf_json_put_str(&note.w, "groups", named);
    lf_json_put_str(&note.w, "for", lf_view_of(whats[c->what]));
    return lf_audit_close(&note, t, LF_V("convene"), x.row.id, e);
}

enum lf_code lf_convening_usual(struct lf_task *t, lf_view incident, int *place, struct lf_err *e)
{
    struct incident_kept kept;
    struct lf_unit u;
    enum lf_code rc;

    *place = 0;
    LF_TRY(people_of_node(t, e));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    rc = people_unit_about(t, kept.row.peer.len ? kept.row.peer : kept.row.org, &u, e);
    if (rc == LF_NOT_FOUND)
        return LF_OK;
    LF_TRY(rc);
    /* Attributes have the order of the groups; the first of these reports for all. */
    *place = u.attribute ? (int)u.attribute + 1 : 0;
    return LF_OK;
}
