/* Analysis reports (分析報告): what a set of incidents teaches, and what is recommended because of it.
 *
 * A person chooses the set by the filters of the list of incidents; the node finds out what is in it: the
 * statistics' numbers, each incident with its cause and measures as they were reported, what was late, what
 * repeats.  The person writes findings, evaluation and recommendations, each of which has an owner and a
 * date; another (REVIEWER, not the one who wrote in it last) puts it out; states as in model/written.h.
 *
 *   recommendation:  open ──done──▶ done ──verify──▶ verified      (of what is out)
 *                      ▲              └──reopen──┐
 *                      └────────────────────────┘
 *
 * No exercise is in a set, nor an incident that is marked TLP:RED, whoever asks; one that is marked so later
 * is left out whenever the report is read, but its part in the numbers stays.  Readers have what is out;
 * drafts are for those who may write (ANALYST, REPORTER, REVIEWER).  A report is of one organisation. */
#ifndef LF_CERT_ANALYSIS_H
#define LF_CERT_ANALYSIS_H

#include "cert/statistic.h"
#include "model/written.h"

enum {
    LF_ANALYSIS_CASES = 300, /* of a set */
    LF_ANALYSIS_ADVICE = 30, /* recommendations */
    LF_ANALYSIS_REPEATS = 50,
    LF_ANALYSIS_LINE = 300,
    LF_ANALYSIS_FILTER = 1000,
    LF_ANALYSIS_TEXT = 12000,
    LF_ANALYSIS_NOTE = 2000
};

/* The numbers are kept in databases. */
enum lf_advice_state { LF_ADVICE_OPEN, LF_ADVICE_DONE, LF_ADVICE_VERIFIED, LF_ADVICE_STATES };
const char *lf_advice_state_name(enum lf_advice_state s); /* "open", "done", "verified" */

struct lf_analysis_advice {
    int64_t id; /* 0: a new one; stays the same while it is changed */
    lf_view what, owner;
    lf_time due; /* first moment of that day in Taipei */
    enum lf_advice_state state;
    bool overdue;          /* open, and the day is over */
    lf_time at;            /* when its state was said, 0: never */
    lf_view account, note; /* by whom, and what he said */
};

struct lf_analysis_form {
    lf_view title, filter; /* filter: as the query of the list of incidents, "from=2026-01-01&level=3" */
    lf_view findings, evaluation; /* both may be empty before review */
    int64_t taken;                /* which of the facts */
    size_t nadvice;
    struct lf_analysis_advice *advice;
};

struct lf_analysis_case {
    lf_view id, number, category;
    lf_view cause;          /* a choice of the report form; empty: none given */
    lf_view said, measures; /* what was typed of the cause, and of measures, the beginning of each */
    lf_view title;          /* as it is now */
    int level;              /* 0: none stated */
    lf_time aware;
    bool late;
};
enum lf_analysis_kind { LF_REPEATS_CAUSE, LF_REPEATS_AGENCY, LF_REPEATS_OBSERVABLE, LF_REPEATS_KINDS };
const char *lf_analysis_kind_name(enum lf_analysis_kind k); /* "cause", "agency", "observable" */
/* What two incidents of it have at least, the most frequent first. */
struct lf_analysis_repeat {
    enum lf_analysis_kind kind;
    lf_view value;
    size_t n;
    const size_t *cases; /* places in `cases` */
};
struct lf_analysis_facts {
    lf_time at; /* when the node looked */
    size_t nrows, ncases, nrepeats;
    struct lf_statistic_row *rows; /* by axis, as lf_statistic_of gave them */
    struct lf_analysis_case *cases;
    struct lf_analysis_repeat *repeats;
    size_t hidden; /* of its incidents, which the reader does not see now */
};

struct lf_analysis {
    struct lf_written_row row;
    struct lf_analysis_form form;  /* as it was last written; for who may not write, what is out */
    struct lf_analysis_form shown; /* what is out; without a title: nothing is */
    size_t overdue;                /* recommendations of what is out */
};

struct lf_analysis_entry {
    struct lf_written_entry entry;
    struct lf_analysis_form form; /* without a title: the act wrote nothing */
};

/* A new draft of the set.  `filter` is `f` as text; what words cannot go with in a list (sector) goes here.
 * LF_TOO_BIG: more than LF_ANALYSIS_CASES; LF_CONFLICT: none at all. */
enum lf_code lf_analysis_add(struct lf_task *t, lf_view title, lf_view filter,
                             const struct lf_incident_filter *f, lf_view *id, struct lf_err *e) LF_MUST;
/* `seen`: entries that its author had before him; LF_CONFLICT: there are more.  filter and taken stay. */
enum lf_code lf_analysis_write(struct lf_task *t, lf_view id, int64_t seen,
                               const struct lf_analysis_form *form, struct lf_err *e) LF_MUST;
/* The set is looked at anew, with `f` read from its own filter: a change like any other. */
enum lf_code lf_analysis_refresh(struct lf_task *t, lf_view id, int64_t seen,
                                 const struct lf_incident_filter *f, struct lf_err *e) LF_MUST;
/* Any act but writing; returning and withdrawing want a note.  `seen` as above; 0: whatever there is. */
enum lf_code lf_analysis_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_written_act act,
                             lf_view note, struct lf_err *e) LF_MUST;
/* A recommendation of what is out: done (who may write, with a note), verified (another REVIEWER), or open
 * again (REVIEWER, with a note). */
enum lf_code lf_analysis_follow(struct lf_task *t, lf_view id, int64_t advice, enum lf_advice_state to,
                                lf_view note, struct lf_err *e) LF_MUST;

/* Newest first; state -1: any. */
enum lf_code lf_analysis_list(struct lf_task *t, int state, const struct lf_page *page, size_t *n,
                              const struct lf_analysis **out, lf_view *next, struct lf_err *e) LF_MUST;
enum lf_code lf_analysis_get(struct lf_task *t, lf_view id, struct lf_analysis *out,
                             struct lf_err *e) LF_MUST;
/* What the form is about, without what the scope may not see. */
enum lf_code lf_analysis_facts(struct lf_task *t, const struct lf_analysis *x,
                               const struct lf_analysis_form *form, struct lf_analysis_facts *out,
                               struct lf_err *e) LF_MUST;
/* Newest first, the last 200; for those who may write. */
enum lf_code lf_analysis_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_analysis_entry **out, struct lf_err *e) LF_MUST;
bool lf_analysis_may_write(const struct lf_task *t);

/* Each of the texts with ○○ where it names an agency, a person or an address that the reports of the set name
 * (as in a draft of cert/article.h); *tlp: the strictest of what they are marked, at least AMBER. */
enum lf_code lf_analysis_blur(struct lf_task *t, const struct lf_analysis_facts *facts, lf_view *texts,
                              size_t n, enum lf_tlp *tlp, struct lf_err *e) LF_MUST;

#endif
