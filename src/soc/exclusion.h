/* Exclusion: a rule that is to raise no alert at one host, because people found it wrong there.
 *
 *   verdicts that agree    --> proposed --> in force --> ended (by a person, or past `until`)
 *                                  \------> not wanted ----^   (a later such verdict proposes anew)
 *
 * Verdicts are weighed by people: what the most people judged wrong comes first.  Where somebody
 * judged the rule right at that host it is disputed, and not proposed: it is listed apart with
 * who said what, for people to settle.
 *
 * Nothing is in force that no analyst confirmed, with a reason; each decision is in the audit
 * chain.  What an exclusion keeps back is counted with it, never dropped unseen.  It lies beside
 * the rule, as a tuning does (soc/tuning.h), and holds for all observables. */
#ifndef LF_SOC_EXCLUSION_H
#define LF_SOC_EXCLUSION_H

#include "model/finding.h"
#include "model/page.h"
#include "store/task.h"

#define LF_EXCLUSION_LOOK (90 * LF_DAY) /* verdicts older than this propose nothing */
enum { LF_EXCLUSION_PROPOSALS = 100, LF_EXCLUSION_VERDICTS = 10 };

struct lf_exclusion {
    lf_view rule, host; /* host as findings name it; empty: findings that name none */
    bool in_force;
    lf_time until; /* 0: for good */
    lf_view note, account;
    lf_time changed;
    int64_t kept_back;
    lf_time kept_back_last;
};

struct lf_exclusion_proposal {
    lf_view rule, host, title;
    int64_t verdicts; /* alerts judged false positives, of LF_EXCLUSION_LOOK */
    int64_t people;   /* who judged so */
    int64_t against;  /* alerts judged true */
    lf_time last;
};

/* One of the verdicts behind it. */
struct lf_exclusion_verdict {
    lf_view alert;
    int64_t number;
    bool wrong; /* a false positive; else true */
    lf_view account;
    lf_time at;
};

/* Analysts and administrators.  `until` in the past, or no note: LF_BAD_INPUT. */
enum lf_code lf_exclusion_set(struct lf_task *t, lf_view rule, lf_view host, lf_time until, lf_view note,
                              struct lf_err *e) LF_MUST;
/* Ends one, or says that a proposed one is not wanted; the note may be empty. */
enum lf_code lf_exclusion_end(struct lf_task *t, lf_view rule, lf_view host, lf_view note,
                              struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND: nothing was decided. */
enum lf_code lf_exclusion_get(struct lf_task *t, lf_view rule, lf_view host, struct lf_exclusion *out,
                              struct lf_err *e) LF_MUST;
/* Those that were ended too; by rule and host; *next is empty at the end. */
enum lf_code lf_exclusion_list(struct lf_task *t, const struct lf_page *page, struct lf_exclusion **out,
                               size_t *n, lf_view *next, struct lf_err *e) LF_MUST;
/* At most LF_EXCLUSION_PROPOSALS, those of the most people first: all agree, or `disputed`. */
enum lf_code lf_exclusion_proposals(struct lf_task *t, bool disputed, struct lf_exclusion_proposal **out,
                                    size_t *n, struct lf_err *e) LF_MUST;
/* The newest verdicts about a rule at a host, at most LF_EXCLUSION_VERDICTS. */
enum lf_code lf_exclusion_verdicts(struct lf_task *t, lf_view rule, lf_view host,
                                   struct lf_exclusion_verdict **out, size_t *n, struct lf_err *e) LF_MUST;
/* Whether one holds for the finding; then it was counted. */
enum lf_code lf_exclusion_keeps_back(struct lf_task *t, const struct lf_finding *f, bool *kept,
                                     struct lf_err *e) LF_MUST;

struct lf_json_w;
void lf_exclusion_json(struct lf_json_w *w, const struct lf_exclusion *x);

#endif
