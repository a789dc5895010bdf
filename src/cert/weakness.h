/* Weakness (弱點): what an exercise showed to be weak, until it is mended.
 *
 *   open ──mended──▶ mended ──a later exercise confirms it──▶ mended, confirmed
 *    ▲ │                │ └──it shows up again──▶ open, recurred
 *    │ └──accepted──▶ accepted                 (a reviewer or an administrator, with the reason)
 *    └────reopened, with the reason────┘
 *
 * One is recorded while its exercise runs or after it has ended, with the result report or by itself, by the
 * organisation that conducts it or takes part.  It is a row of that organisation at this node and goes to no
 * other (docs/adr/0058-weaknesses-stay-here.md); a tenant sees its own, and those that the node's
 * organisation recorded as found at it, of which it may say that they are mended and add notes.  Like
 * everything of an exercise it counts in no statistic.
 *
 * Whatever is done to one is an entry of its history: who, when, and how it stood from then on.  Entries are
 * never changed, weaknesses never removed. */
#ifndef LF_CERT_WEAKNESS_H
#define LF_CERT_WEAKNESS_H

#include "cert/exercise.h"

/* The numbers are kept in databases. */
enum lf_weakness_kind {
    LF_WEAKNESS_PATCHING, /* a known hole that was not closed */
    LF_WEAKNESS_CONFIGURATION,
    LF_WEAKNESS_ACCESS,      /* accounts, passwords, rights */
    LF_WEAKNESS_APPLICATION, /* the program itself, as an injection */
    LF_WEAKNESS_NETWORK,     /* what should be apart is not */
    LF_WEAKNESS_MONITORING,  /* it was not seen, or not recorded */
    LF_WEAKNESS_REPORTING,
    LF_WEAKNESS_RESPONSE,
    LF_WEAKNESS_RECOVERY,
    LF_WEAKNESS_AWARENESS, /* of people */
    LF_WEAKNESS_SUPPLIER,
    LF_WEAKNESS_OTHER
};
enum lf_weakness_state { LF_WEAKNESS_OPEN, LF_WEAKNESS_MENDED, LF_WEAKNESS_ACCEPTED };
enum lf_weakness_outcome { LF_WEAKNESS_UNCHECKED, LF_WEAKNESS_CONFIRMED, LF_WEAKNESS_RECURRED };
enum {
    LF_WEAKNESS_KINDS = 12,
    LF_WEAKNESS_SEVERITIES = 4, /* low, medium, high, critical */
    LF_WEAKNESS_STATES = 3,
    LF_WEAKNESS_OUTCOMES = 3,
    LF_WEAKNESS_MEDIUM = 1,
    LF_WEAKNESS_TITLE = 200,   /* bytes */
    LF_WEAKNESS_TEXT = 4000,   /* bytes of each of the longer texts */
    LF_WEAKNESSES = 500,       /* of an organisation in one exercise */
    LF_WEAKNESS_ENTRIES = 500, /* of a history */
    LF_WEAKNESS_WORDS = 4,
    LF_WEAKNESS_WORD = 100 /* bytes */
};
const char *lf_weakness_kind_name(enum lf_weakness_kind k);       /* "patching" … */
const char *lf_weakness_severity_name(int s);                     /* "low" … "critical" */
const char *lf_weakness_state_name(enum lf_weakness_state s);     /* "open", "mended", "accepted" */
const char *lf_weakness_outcome_name(enum lf_weakness_outcome o); /* "unchecked", "confirmed", "recurred" */
bool lf_weakness_kind_parse(lf_view name, int *out);
bool lf_weakness_severity_parse(lf_view name, int *out);
bool lf_weakness_state_parse(lf_view name, int *out);
bool lf_weakness_outcome_parse(lf_view name, int *out);

struct lf_weakness {
    lf_view id;
    int64_t number;
    lf_view exercise, exercise_name;
    lf_time began;           /* that exercise did */
    lf_view unit, unit_name; /* where it was found; empty: at the organisation itself */
    enum lf_weakness_kind kind;
    int severity;
    enum lf_weakness_state state;
    lf_view title, detail;
    lf_view method;                   /* how the attack made use of it 入侵手法; may be empty */
    lf_view measure;                  /* what is to be done, or was; may be empty */
    lf_view owner;                    /* an account's name; empty: nobody, or not said to a guest */
    lf_time due;                      /* 0: none */
    lf_view reason;                   /* why it is accepted */
    enum lf_weakness_outcome outcome; /* of the last check */
    lf_time checked;                  /* 0: never */
    lf_view checked_in, checked_name; /* the later exercise */
    int64_t recurred;                 /* in how many checks */
    lf_view account;                  /* who recorded it; empty: not said to a guest */
    lf_time created, changed;
    int64_t entries;
    bool overdue; /* open and past its date, as of now */
    bool guest;   /* the node's, found at this tenant */
};
/* How it stood from `at` on. */
struct lf_weakness_entry {
    lf_time at;
    lf_view account; /* empty: of the organisation that keeps it, not said to a guest */
    bool foreign;    /* by who it was found at */
    enum lf_weakness_kind kind;
    int severity;
    enum lf_weakness_state state;
    lf_view title, detail, method, measure, owner;
    lf_time due;
    enum lf_weakness_outcome outcome; /* of the check that this was; UNCHECKED: it was none */
    lf_view exercise_name;            /* in which it was checked */
    lf_view note;
};

/* exercise, unit (id, name or OID; empty: this organisation itself), kind, severity, title, detail, method,
 * measure, owner and due of `in` count.  By an ANALYST, REVIEWER or ADMIN, a tenant's REPORTER too, as all
 * acts here; audited.  LF_CONFLICT: the exercise has not begun, or was cancelled. */
enum lf_code lf_weakness_add(struct lf_task *t, const struct lf_weakness *in, lf_view *id,
                             struct lf_err *e) LF_MUST;

struct lf_weakness_change {
    lf_view title, detail, method, measure, owner; /* ptr NULL: as it is */
    int kind, severity, state;                     /* -1: as it is */
    bool set_due;
    lf_time due;  /* 0: none */
    lf_view note; /* needed where it is accepted (the reason), and where it is opened again */
    int64_t base; /* entries of the history that whoever changes it has seen; 0: whatever they are */
};
/* LF_CONFLICT: somebody changed it since `base`.  LF_FORBIDDEN: of a guest's more than mended and a note; or
 * accepting without REVIEWER or ADMIN. */
enum lf_code lf_weakness_change(struct lf_task *t, lf_view id, const struct lf_weakness_change *c,
                                struct lf_err *e) LF_MUST;

struct lf_weakness_check {
    lf_view exercise; /* another one, that began later */
    enum lf_weakness_outcome outcome;
    lf_view note;
    bool set_due;
    lf_time due; /* of one that recurred; 0: none */
    int64_t base;
};
/* It was looked at again in a later exercise: confirmed, then it is mended; or recurred, then it is open. */
enum lf_code lf_weakness_check(struct lf_task *t, lf_view id, const struct lf_weakness_check *c,
                               struct lf_err *e) LF_MUST;

enum lf_code lf_weakness_get(struct lf_task *t, lf_view id, struct lf_weakness *out, size_t *n,
                             const struct lf_weakness_entry **entries, struct lf_err *e) LF_MUST;

struct lf_weakness_filter {
    int state, kind, severity, outcome; /* -1: any */
    bool late;                          /* open and past its date */
    bool by;                            /* only the owner's; empty: those that are nobody's */
    lf_view owner;
    lf_view exercise; /* found in it; empty: any */
    lf_view unit;     /* id or name; "-": the organisation itself; empty: any */
    lf_view earlier;  /* found before the end of this exercise, in another one */
    lf_view words;    /* all of them, parts of words too, ASCII without case */
};
/* What list is asked when nothing is. */
struct lf_weakness_filter lf_weakness_any(void);
/* Newest first. */
enum lf_code lf_weakness_list(struct lf_task *t, const struct lf_weakness_filter *f,
                              const struct lf_page *page, size_t *n, const struct lf_weakness **out,
                              lf_view *next, struct lf_err *e) LF_MUST;

/* What was found over all exercises, by kind, the most frequent first; at most LF_WEAKNESS_KINDS. */
struct lf_weakness_pattern {
    enum lf_weakness_kind kind;
    int64_t all, exercises, units;
    int64_t open, overdue, mended, confirmed, accepted; /* overdue are open, confirmed are mended */
    int64_t recurred;                                   /* at least once, however they stand */
};
enum lf_code lf_weakness_patterns(struct lf_task *t, size_t *n, const struct lf_weakness_pattern **out,
                                  struct lf_err *e) LF_MUST;

#endif
