/* What the files of referrals share. */
#ifndef LF_CERT_REFERRAL_PRIV_H
#define LF_CERT_REFERRAL_PRIV_H

#include "cert/referral.h"
#include "model/observable.h"

/* An address, a URL or a name of a host, in the form it is kept in; false: it is none of them. */
bool referral_source(struct lf_arena *a, lf_view *source, enum lf_observable_kind *kind);

#endif
