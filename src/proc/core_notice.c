/* Whom people's work wakes: injects of exercises, a drill's mail, rosters, notices and whom they call next.
 */
#include "cert/duty.h"
#include "cert/handover.h"
#include "cert/inject.h"
#include "cert/lure.h"
#include "cert/notice.h"
#include "cert/overdue.h"
#include "cert/publication.h"
#include "cert/referral_letter.h"
#include "cert/team.h"
#include "isac/news.h"
#include "isac/partner.h"
#include "proc/core_priv.h"

/* Injects that are due are told.  Apart from the calls: an exercise that cannot go on holds up no real one.
 */
static enum lf_code run_injects(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)arg;
    c->inject_due = 0;
    return lf_inject_turn(t, &c->inject_due, e);
}

static enum lf_code run_lures(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)arg;
    return lf_lure_turn(t, &c->mail, c->url, e);
}

/* Rosters and handovers tell whom they must; looked at each minute, as their times are the wall clock's. */
enum lf_code lf_core_duty(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    lf_time next = 0, now = lf_now(t->env);

    (void)arg;
    LF_TRY(lf_duty_turn(t, e));
    LF_TRY(lf_handover_turn(t, &next, e));
    LF_TRY(lf_overdue_turn(t, e));
    LF_TRY(lf_publication_turn(t, &c->publication, e));
    LF_TRY(lf_web_minute(c->web, t, e));
    LF_TRY(lf_partner_turn(t, e));
    LF_TRY(lf_news_turn(t, e));
    c->duty_at = lf_tick(t->env) + LF_MINUTE;
    if (next && next < now + LF_MINUTE)
        c->duty_at -= LF_MINUTE - (next > now ? next - now : 0);
    return LF_OK;
}

/* What was raised is called, and where nobody answered the next is.  The times are the wall clock's and in
 * the store; it is looked at each minute at least, because that clock may step.
 */
static enum lf_code run_notices(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    lf_time next = 0, now = lf_now(t->env);
    bool more;

    (void)arg;
    LF_TRY(lf_referral_letter_turn(t, e));
    LF_TRY(lf_team_turn(t, &more, e));
    LF_TRY(lf_notice_turn(t, &c->mail, c->url, &next, e));
    if (more)
        next = now;
    if (c->inject_due && (!next || c->inject_due < next))
        next = c->inject_due;
    c->notice_at = lf_tick(t->env) + LF_MINUTE;
    if (next && next < now + LF_MINUTE)
        c->notice_at -= LF_MINUTE - (next > now ? next - now : 0);
    return LF_OK;
}

void lf_core_notices(struct lf_core *c)
{
    (void)lf_core_quietly(c, run_injects, "LF2052");
    (void)lf_core_quietly(c, run_lures, "LF2052");
    (void)lf_core_quietly(c, run_notices, "LF2051");
}
