/* What the files of referrals share. */
#ifndef LF_CERT_REFERRAL_PRIV_H
#define LF_CERT_REFERRAL_PRIV_H

#include "cert/referral.h"
#include "model/observable.h"

/* An address, a URL or a name of a host, in the form it is kept in; false: it is none of them. */
bool referral_source(struct lf_arena *a, lf_view *source, enum lf_observable_kind *kind);

enum lf_code referral_may_see(struct lf_task *t, struct lf_err *e) LF_MUST;
enum lf_code referral_may_act(struct lf_task *t, struct lf_err *e) LF_MUST;

/* referral_duty.c: a referral of that kind was recorded: what asked for one is done. */
enum lf_code referral_duty_done(struct lf_task *t, lf_view incident, enum lf_referral_kind kind,
                                struct lf_err *e) LF_MUST;

#endif
