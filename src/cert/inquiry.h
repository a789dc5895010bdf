/* Inquiry (諮詢): what somebody asks of the centre, until it is answered and closed.
 *
 *   asked ──taken──▶ taken ◀──advice came── referred ◀──referred for technical advice── any that is open
 *     └──────┬─────────┴──────────────────────┘
 *         answered ──asked again──▶ taken, or asked where nobody has it
 *            │
 *   any ──closed──▶ closed ──opened again, with the reason──▶ taken or asked
 *
 * A person of the node or of a tenant asks for himself; staff enters what came by telephone, mail or letter
 * for who asked so.  An inquiry may name an incident, or be made into the report of one: its draft is the
 * inquiry's until it is sent, and then the incident is.
 *
 * Staff are ANALYST, REVIEWER and ADMIN of the node's organisation: they see all and do all; its READER sees
 * all.  A tenant's people see what their organisation asked, other people of the node what they asked
 * themselves; neither is told who works at it, notes, or whom the centre asked in turn.  What is TLP:RED is
 * for who may have such (cert/incident.h) and who entered it.  Who sees none of it gets LF_NOT_FOUND.
 *
 * Whatever is done is an entry of its history.  Entries are never changed, inquiries never removed.  They are
 * rows of this node and go to no other (docs/adr/0064-inquiries-stay-here.md). */
#ifndef LF_CERT_INQUIRY_H
#define LF_CERT_INQUIRY_H

#include "model/marking.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_inquiry_state {
    LF_INQUIRY_ASKED,
    LF_INQUIRY_TAKEN,
    LF_INQUIRY_REFERRED,
    LF_INQUIRY_ANSWERED,
    LF_INQUIRY_CLOSED
};
enum lf_inquiry_kind {
    LF_INQUIRY_CONSULT, /* consultation */
    LF_INQUIRY_ADVICE,  /* technical advice is asked for */
    LF_INQUIRY_REPORT,  /* what may become an incident */
    LF_INQUIRY_OTHER
};
enum lf_inquiry_way {
    LF_INQUIRY_CONSOLE,
    LF_INQUIRY_TELEPHONE,
    LF_INQUIRY_MAIL,
    LF_INQUIRY_FAX,
    LF_INQUIRY_LETTER,
    LF_INQUIRY_VISIT,
    LF_INQUIRY_BY_OTHER
};
/* Whom technical advice is asked of. */
enum lf_inquiry_to {
    LF_INQUIRY_TO_UNIT, /* of the contact network: id, name or OID */
    LF_INQUIRY_TO_OPERATOR,
    LF_INQUIRY_TO_PARTNER,
    LF_INQUIRY_TO_SUPPORT
};
enum lf_inquiry_act {
    LF_INQUIRY_ASK,
    LF_INQUIRY_TAKE,     /* owner (empty: oneself), due */
    LF_INQUIRY_REFER,    /* to, whom, text (the reason), due */
    LF_INQUIRY_ADVISE,   /* text: what came back; of: the referral, may be left out where one alone is open */
    LF_INQUIRY_ANSWER,   /* text */
    LF_INQUIRY_AGAIN,    /* text: who asked asks again, or adds something */
    LF_INQUIRY_NOTE,     /* text: among staff */
    LF_INQUIRY_CLOSE,    /* text: may be empty */
    LF_INQUIRY_REOPEN,   /* text: the reason */
    LF_INQUIRY_INCIDENT, /* incident */
    LF_INQUIRY_CHANGE,   /* kind, tlp */
    LF_INQUIRY_DRAFT     /* a draft of a report is made of it, the account's own */
};
enum {
    LF_INQUIRY_STATES = 5,
    LF_INQUIRY_KINDS = 4,
    LF_INQUIRY_WAYS = 7,
    LF_INQUIRY_TOS = 4,
    LF_INQUIRY_ACTS = 12,
    LF_INQUIRY_LINE = 200,    /* bytes of the subject, name, organisation and way to reach */
    LF_INQUIRY_TEXT = 8000,   /* bytes */
    LF_INQUIRIES_OPEN = 500,  /* of one organisation */
    LF_INQUIRY_ENTRIES = 500, /* of a history */
    LF_INQUIRY_WORDS = 4,
    LF_INQUIRY_WORD = 100 /* bytes */
};
const char *lf_inquiry_state_name(enum lf_inquiry_state s); /* "asked", "taken" … */
const char *lf_inquiry_kind_name(enum lf_inquiry_kind k);   /* "consultation", "advice", "report", "other" */
const char *lf_inquiry_way_name(enum lf_inquiry_way w);     /* "console", "telephone" … */
const char *lf_inquiry_to_name(enum lf_inquiry_to to);      /* "unit", "operator", "partner", "support" */
const char *lf_inquiry_act_name(enum lf_inquiry_act a);     /* "ask", "take" … */
bool lf_inquiry_state_parse(lf_view name, int *out);
bool lf_inquiry_kind_parse(lf_view name, int *out);
bool lf_inquiry_way_parse(lf_view name, int *out);
bool lf_inquiry_to_parse(lf_view name, int *out);
bool lf_inquiry_act_parse(lf_view name, int *out);

struct lf_inquiry {
    lf_view id;
    int64_t number;
    enum lf_inquiry_state state;
    enum lf_inquiry_kind kind;
    enum lf_tlp tlp; /* NONE: nothing was said, which is handled as AMBER */
    enum lf_inquiry_way way;
    lf_time came;
    lf_view subject, text;
    lf_view name, organisation, contact; /* who asks, and how he is reached */
    bool behalf;                         /* staff entered it */
    lf_view account;                     /* who entered it; empty: not said to who is no staff */
    lf_view incident;                    /* empty: none, or one that the reader may not see */
    bool reported;                       /* there is one, whether it is shown or not */
    lf_view draft;                       /* a report is being made of it; staff's alone */
    lf_view owner;                       /* staff's alone; empty: nobody */
    lf_time due;                         /* by when it is to be answered; 0: none */
    int64_t referred;                    /* referrals that wait for advice; staff's alone, as the next */
    lf_time advice_due;                  /* the first of theirs; 0: none */
    lf_time created, changed, answered, closed;
    int64_t entries; /* of the history that the reader sees */
    bool overdue;
    bool guest; /* the reader is no staff */
};
struct lf_inquiry_entry {
    int64_t seq;
    lf_time at;
    lf_view account; /* empty: not said */
    bool centre;     /* by staff */
    enum lf_inquiry_act act;
    enum lf_inquiry_state state; /* from then on */
    lf_view text;
    lf_view name; /* of a referral: to whom; who took it; the incident */
    int kind;     /* REFER: enum lf_inquiry_to; CHANGE: of the inquiry */
    lf_time due;
    int64_t of; /* ADVISE: the referral's seq */
    bool waits; /* REFER: its advice has not come */
};

/* subject, text, kind, tlp, incident and contact of `in` count; with `behalf`, by staff alone, name,
 * organisation (of the contact network's a tenant's people see it), way and came (0: now) too.  By ADMIN,
 * ANALYST, REPORTER or REVIEWER; audited, and staff is told. */
enum lf_code lf_inquiry_ask(struct lf_task *t, const struct lf_inquiry *in, lf_view *id,
                            struct lf_err *e) LF_MUST;

struct lf_inquiry_do {
    enum lf_inquiry_act act;
    lf_view text, owner, whom, incident;
    enum lf_inquiry_to to;
    lf_time due; /* 0: none */
    bool set_due;
    int64_t of;    /* 0: the one that is open */
    int kind, tlp; /* -1: as it is */
    int64_t base;  /* entries of the history that who acts has seen; 0: whatever they are */
};
/* LF_CONFLICT: somebody acted since `base`, or it is closed.  LF_FORBIDDEN: staff's alone.  Who asked asks
 * again, closes, and names an incident.  `draft` (may be NULL) is what DRAFT made. */
enum lf_code lf_inquiry_act(struct lf_task *t, lf_view id, const struct lf_inquiry_do *x, lf_view *draft,
                            struct lf_err *e) LF_MUST;
/* That draft was sent, and is this incident: so is the inquiry it was made of, if there is one. */
enum lf_code lf_inquiry_sent(struct lf_task *t, lf_view draft, lf_view incident, struct lf_err *e) LF_MUST;

enum lf_code lf_inquiry_get(struct lf_task *t, lf_view id, struct lf_inquiry *out, size_t *n,
                            const struct lf_inquiry_entry **entries, struct lf_err *e) LF_MUST;

struct lf_inquiry_filter {
    int state, kind; /* -1: any */
    bool open;       /* not closed */
    bool late;
    bool by; /* only the owner's; empty: those that are nobody's; nothing of it counts for who is no staff */
    lf_view owner;
    lf_view incident;
    lf_view words;    /* all of them, parts of words too, ASCII without case; "#12" is its number */
    lf_time from, to; /* when it came; 0: any */
};
struct lf_inquiry_filter lf_inquiry_any(void);
/* Newest first. */
enum lf_code lf_inquiry_list(struct lf_task *t, const struct lf_inquiry_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_inquiry **out, lf_view *next,
                             struct lf_err *e) LF_MUST;

struct lf_inquiry_counts {
    int64_t state[LF_INQUIRY_STATES];
    int64_t open, overdue, nobodys, mine; /* the last three are open */
};
enum lf_code lf_inquiry_count(struct lf_task *t, lf_view me, struct lf_inquiry_counts *out,
                              struct lf_err *e) LF_MUST;
/* Is the account of this task staff: may it act as such? */
bool lf_inquiry_staff(const struct lf_task *t);

#endif
