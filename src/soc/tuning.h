/* Tuning: what this centre has decided about a rule, apart from the rule.
 *
 * Rules come from elsewhere and are replaced whole by their next release; what
 * people here learnt about one lies in the database under its id, so no update
 * undoes it.  Without a tuning (or past its `until`) the usual holds.
 *
 *   draft ──▶ test ──▶ live ──▶ retired      any order, by an analyst; audited
 *
 * Only a live rule raises alerts.  What a rule that is not live, a suppression or
 * the rate limit kept back is counted and shown, never dropped unseen.
 *
 * Severity: the rule's level (or the tuning's), up or down by the weight of the asset
 * concerned (soc/asset.h: weight less three), one up when the intelligence of others knows an observable
 * of the finding; never below informational or above critical. */
#ifndef LF_SOC_TUNING_H
#define LF_SOC_TUNING_H

#include "model/finding.h"
#include "model/page.h"
#include "store/task.h"

enum lf_rule_state { LF_RULE_LIVE, LF_RULE_DRAFT, LF_RULE_TEST, LF_RULE_RETIRED };
const char *lf_rule_state_name(enum lf_rule_state s);
bool lf_rule_state_parse(lf_view text, enum lf_rule_state *out);

#define LF_TUNING_GROUP LF_HOUR /* usual: findings this near join one alert */
#define LF_TUNING_SPAN_MOST (90 * LF_DAY)
enum {
    LF_TUNING_PER_HOUR = 1000000, /* usual, and the most: new alerts of one rule in an hour */
    LF_TUNING_NOTE = 2000,        /* bytes */
};

struct lf_tuning {
    lf_view rule;
    enum lf_rule_state state;
    bool has_level;
    enum lf_level level;
    lf_time group;    /* 0: every finding is an alert of its own */
    lf_time suppress; /* after an alert was closed its like raises none for so long */
    int64_t per_hour; /* new alerts in an hour; beyond, findings join the rule's newest */
    lf_time until;    /* 0 = for good */
    lf_view note, account;
    lf_time changed;
    int64_t kept_back; /* findings that raised nothing since the last change */
    lf_time kept_back_last;
};

/* What holds for the rule now; the usual when nothing was decided. */
enum lf_code lf_tuning_get(struct lf_task *t, lf_view rule, struct lf_tuning *out, struct lf_err *e) LF_MUST;
/* Analysts and administrators; a note is asked for: who reads it later was not there. */
enum lf_code lf_tuning_set(struct lf_task *t, const struct lf_tuning *in, struct lf_err *e) LF_MUST;
/* Back to the usual.  LF_NOT_FOUND when nothing was decided. */
enum lf_code lf_tuning_clear(struct lf_task *t, lf_view rule, struct lf_err *e) LF_MUST;
/* By rule id; *next is empty at the end. */
enum lf_code lf_tuning_list(struct lf_task *t, const struct lf_page *page, struct lf_tuning **out, size_t *n,
                            lf_view *next, struct lf_err *e) LF_MUST;
/* A finding of this journal position raised nothing; counted once a position, and kept
 * for looking at when the rule is in draft or test. */
enum lf_code lf_tuning_keep_back(struct lf_task *t, const struct lf_tuning *tuning,
                                 const struct lf_finding *f, struct lf_err *e) LF_MUST;

/* The newest findings of a rule in draft or test, for looking at: LF_RULE_HITS of each
 * rule, newest first; they go when it becomes live or retired. */
enum { LF_RULE_HITS = 50 };
struct lf_rule_hit {
    uint64_t position;
    lf_time happened, recorded;
    lf_view host, sender, event; /* event: JSON */
};
enum lf_code lf_rule_hits(struct lf_task *t, lf_view rule, const struct lf_page *page,
                          struct lf_rule_hit **out, size_t *n, lf_view *next, struct lf_err *e) LF_MUST;

/* How often a rule in draft or test hit, by day (of Taipei) on which it happened, newest first: what
 * it would have raised before grouping.  Days without a hit are left out. */
enum { LF_RULE_DAYS = 31 };
struct lf_rule_day {
    lf_time begin;
    int64_t hits;
};
enum lf_code lf_rule_days(struct lf_task *t, lf_view rule, struct lf_rule_day out[LF_RULE_DAYS], size_t *n,
                          struct lf_err *e) LF_MUST;

/* What made a severity other than the rule's own; bits.  `asset`: its weight less the usual. */
enum lf_grounds {
    LF_GROUND_TUNING = 1,
    LF_GROUND_HOST_UP = 2,
    LF_GROUND_HOST_DOWN = 4,
    LF_GROUND_INTELLIGENCE = 8
};
enum lf_level lf_severity(enum lf_level rule, const struct lf_tuning *tuning, int asset, bool known,
                          unsigned *grounds);

struct lf_json_w;
void lf_tuning_json(struct lf_json_w *w, const struct lf_tuning *t);

#endif
