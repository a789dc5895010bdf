/* Alert: findings that belong together, for a person to look at.
 *
 * A finding joins the open alert of the same rule, host and first observable
 * whose last finding is at most an hour away (usually); else it raises a new one.
 *
 *            raise                acknowledge              close
 *   (none) ---------> new ------------------> acknowledged -------> closed
 *                      |______________________close___________________^
 *
 * A closed alert is never reopened: what comes later raises another (or joins the one
 * that people merged it into).  A finding
 * is kept once, by (position, rule): replay after a crash counts nothing twice.
 * What this centre decided about a rule (soc/tuning.h) changes the hour, the level
 * and whether anything is raised at all.
 *
 * What an indicator found is for those who may have the indicator: for others the alert is withheld, has no
 * evidence, and no filter finds it by what it does not show. */
#ifndef LF_SOC_ALERT_H
#define LF_SOC_ALERT_H

#include "model/finding.h"
#include "model/page.h"
#include "soc/tuning.h"
#include "store/task.h"

enum lf_alert_state { LF_ALERT_NEW, LF_ALERT_ACKNOWLEDGED, LF_ALERT_CLOSED };
const char *lf_alert_state_name(enum lf_alert_state s);
bool lf_alert_state_parse(lf_view text, enum lf_alert_state *out);

/* What an alert turned out to be, said when it is closed. */
enum lf_verdict {
    LF_VERDICT_NONE,   /* nothing was said */
    LF_VERDICT_TRUE,   /* an attack, or what the rule was made for */
    LF_VERDICT_FALSE,  /* the rule is wrong here */
    LF_VERDICT_BENIGN, /* the rule is right and nothing bad happened: a test, an administrator */
    LF_VERDICTS
};
const char *lf_verdict_name(enum lf_verdict v); /* "", "true_positive", "false_positive", "benign" */
bool lf_verdict_parse(lf_view text, enum lf_verdict *out);

struct lf_alert {
    lf_view id;      /* UUID */
    uint64_t number; /* grows by one with each alert of the organisation's node; lists go by it */
    lf_view rule, title;
    enum lf_level level, rule_level; /* as it is here, and as the rule has it */
    unsigned grounds;                /* of the difference: enum lf_grounds */
    lf_view host;                    /* may be empty */
    bool has_observable;             /* the first one of the finding that raised it */
    enum lf_observable_kind observable_kind;
    lf_view observable;
    int64_t count;       /* findings */
    lf_time first, last; /* happened */
    lf_time raised;      /* when the node knew */
    enum lf_alert_state state;
    lf_view handled_by; /* account that acknowledged or closed it, may be empty */
    lf_view note;       /* said at closing, may be empty */
    bool corroborated;  /* a second sender saw the same observable */
    lf_view owner;      /* name of the account whose it is, may be empty (soc/alert_work.h) */
    enum lf_verdict verdict;
    lf_view merged_into; /* id of the alert that its evidence went to, may be empty */
    lf_view asset;       /* name of the asset concerned (soc/asset.h), may be empty */
    lf_time handled_at;  /* 0: never acknowledged or closed */
    /* It names an indicator whose markings keep it from the asker (soc/withheld.h): rule, title, observable
     * and note are empty, and first, last and raised are hours, so that no search of the archive finds the
     * event. */
    bool withheld;
};

/* Kept evidence of an alert. */
struct lf_alert_event {
    uint64_t position;
    lf_view rule;
    lf_time happened, recorded;
    lf_view sender;
    lf_view event;                       /* JSON */
    lf_view observables;                 /* JSON array of {"type","value"} */
    lf_view second_sender, second_event; /* ptr NULL when none */
    lf_time second_happened;
};

/* `known`: others' intelligence knows an observable of the finding.  out->id is
 * empty when the finding raises nothing and joins nothing: it was counted with its
 * rule's tuning.  `*is_new`: it raised an alert.  `*newly_corroborated`: with this finding the
 * alert has second evidence for the first time (also when it is new).  A finding
 * that was kept already changes nothing (but its second evidence, when that is
 * new).  Sets LF_FX_ALERT when something changed.  By LF_ROLE_SYSTEM only. */
enum lf_code lf_alert_raise(struct lf_task *t, const struct lf_finding *f, bool known, struct lf_alert *out,
                            bool *is_new, bool *newly_corroborated, struct lf_err *e) LF_MUST;

enum { LF_ALERT_WORDS = 4, LF_ALERT_WORD = 200 /* bytes */ };

/* All zero: every alert. */
struct lf_alert_filter {
    bool open_only;      /* not closed */
    enum lf_level least; /* LF_LEVEL_INFO = all */
    bool has_state;
    enum lf_alert_state state;
    lf_view rule;     /* its id; empty: any, as with those that follow */
    lf_view host;     /* letters' case does not count; * stands for any text */
    lf_view owner;    /* an account's name */
    bool nobodys;     /* without an owner */
    lf_time from, to; /* some of its findings happened in from <= t < to; to 0: open */
    /* Each word is found in title, rule, host, observable, owner, asset or note; ASCII letters'
     * case does not count.  `titles`: titles that say it in another language, "|one|two|". */
    struct lf_alert_word {
        lf_view text, titles;
    } words[LF_ALERT_WORDS];
    size_t nwords;
};

/* A bound of the filter as people write it (engine/query.h, lf_query_time): a day, a time, by
 * years of the Republic too, or -24h; `ends`: of a day its end. */
enum lf_code lf_alert_when(const struct lf_task *t, lf_view text, bool ends, lf_time *out,
                           struct lf_err *e) LF_MUST;
/* Newest first, as many as asked for while there are any; *next is empty at the end.
 * LF_BAD_INPUT: a word or host that is no text of at most LF_ALERT_WORD bytes. */
enum lf_code lf_alert_list(struct lf_task *t, const struct lf_alert_filter *filter,
                           const struct lf_page *page, struct lf_alert **out, size_t *n, lf_view *next,
                           struct lf_err *e) LF_MUST;
enum lf_code lf_alert_get(struct lf_task *t, lf_view id, struct lf_alert *out, struct lf_err *e) LF_MUST;
/* Its evidence, oldest first, at most page->limit; *next is empty at the end. */
enum lf_code lf_alert_events(struct lf_task *t, lf_view id, const struct lf_page *page,
                             struct lf_alert_event **out, size_t *n, lf_view *next, struct lf_err *e) LF_MUST;
/* Analysts and administrators; in the audit chain.  LF_CONFLICT when the state
 * does not allow it. */
enum lf_code lf_alert_acknowledge(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_alert_close(struct lf_task *t, lf_view id, lf_view note, struct lf_err *e) LF_MUST;
/* Owner, comments, verdict, merging: soc/alert_work.h. */

/* Open alerts (not closed) and those still new, for the console's head and metrics. */
enum lf_code lf_alert_counts(struct lf_task *t, int64_t *open, int64_t *fresh, struct lf_err *e) LF_MUST;

/* The journal position up to which findings are kept: the intake resumes there.
 * It only grows; 0 when nothing was ever kept. */
enum lf_code lf_alert_checkpoint(struct lf_task *t, uint64_t position, struct lf_err *e) LF_MUST;
enum lf_code lf_alert_checkpoint_get(struct lf_task *t, uint64_t *position, struct lf_err *e) LF_MUST;

/* As the API gives it: one JSON object (without evidence). */
struct lf_json_w;
void lf_alert_json(struct lf_json_w *w, const struct lf_alert *alert);

#endif
