/* Matrix: who is told of what, by which way, and who is next when nobody answers.
 *
 * A notification matrix is data (rules/notice/tw-2026.json, or the node's own): rows that say of which
 * notices they speak (kind, level, letter, tier of this node), whom they reach and how.
 *
 *   { "matrix": "tw-2026", "rows": [
 *     { "about": ["reported"], "levels": [3], "tiers": ["sector"], "who": "desk",
 *       "by": ["sms", "mail", "inbox"], "ack_minutes": 15, "then": ["deputy", "national"] } ] }
 *
 * "levels", "letters" and "tiers" left out: any.  With "ack_minutes" the people of a post are called one
 * after the other until somebody answers, then those of "then"; without, all of them are told at once.
 *
 * Pure.  An unknown member or word is refused: a mistyped row must not silently reach nobody. */
#ifndef LF_ENGINE_MATRIX_H
#define LF_ENGINE_MATRIX_H

#include "base/time.h"
#include "fmt/json.h"

enum lf_notice_kind {
    LF_NOTICE_REPORTED,      /* an incident was reported */
    LF_NOTICE_REVIEWED,      /* … reviewed */
    LF_NOTICE_RETURNED,      /* … returned to be mended */
    LF_NOTICE_LEVEL,         /* its level changed */
    LF_NOTICE_CLOSED,        /* released from control */
    LF_NOTICE_CLOCK_50,      /* half of a clock's limit has passed */
    LF_NOTICE_CLOCK_80,      /* 80 % of it */
    LF_NOTICE_CLOCK_100,     /* it was missed */
    LF_NOTICE_ALERT,         /* an alert (警訊) to members */
    LF_NOTICE_REMINDER,      /* an answer is wanted or overdue */
    LF_NOTICE_INFORM,        /* letter B and below: each deputy convener is informed */
    LF_NOTICE_CONVENE,       /* letter A: the response centre is convened at once */
    LF_NOTICE_SUPPORT,       /* help is asked for */
    LF_NOTICE_SHIFT,         /* a shift begins soon */
    LF_NOTICE_SECOND_FACTOR, /* somebody asks his superior to be let in without the second factor */
    LF_NOTICE_TEST,          /* a person tries whether it arrives */
    LF_NOTICE_INJECT,        /* what an exercise tells those who take part */
    LF_NOTICE_SHIFT_EMPTY,   /* a shift is without anybody */
    LF_NOTICE_HANDOVER,      /* a handover between shifts was not confirmed in time */
    LF_NOTICE_MEETING,       /* one is invited to a meeting, or it changed, or is called off */
    LF_NOTICE_SWAP,          /* a cover or swap of shifts is asked for, or was answered */
    LF_NOTICE_MAIL,          /* mail came in */
    LF_NOTICE_TASK,          /* one was given a task */
    LF_NOTICE_EXERCISE,      /* one takes part in an exercise: it is planned, begins, has ended */
    LF_NOTICE_EXERCISE_LATE, /* its result report is overdue */
    LF_NOTICE_OVERDUE,       /* an answer to a referral or a request for support did not come in time */
    LF_NOTICE_MEETING_SOON,  /* a meeting begins within a day */
    LF_NOTICE_MEETING_DUE,   /* a group has not met in this quarter */
    LF_NOTICE_GROUP_CALLED,  /* a group is called to man the centre (about: its post's name) */
    LF_NOTICE_GROUP_MEETS,   /* … to an emergency meeting */
    LF_NOTICE_WEAKNESS,      /* a weakness that an exercise found was not mended by its date */
    LF_NOTICE_TEAM,          /* one is called to a response team */
    LF_NOTICE_TEAM_NEWS,     /* … and is not needed, or it is called off, or goes on to recover */
    LF_NOTICE_INQUIRY,       /* somebody asks the centre, or asks again (cert/inquiry.h) */
    LF_NOTICE_INQUIRY_NEWS,  /* … and it was answered, or is one's own to answer */
    LF_NOTICE_INQUIRY_LATE,  /* … and neither the answer nor advice came by its date */
    LF_NOTICE_REFERRAL,      /* the answers of a report ask for prosecutors or police to be told */
    LF_NOTICE_REFERRAL_LATE, /* … and nobody has, or has decided that none need be */
    LF_NOTICE_PARTNER,       /* a channel to a partner was to be tried by now */
    LF_NOTICE_RECOVERY,      /* a recovery procedure was to be rehearsed by now */
    LF_NOTICE_STATEMENT,     /* a statement to the public waits to be released (cert/statement.h) */
    LF_NOTICE_STATEMENT_OUT, /* … and it was released, or corrected */
    LF_NOTICE_STATEMENT_OFF, /* … and it was withdrawn */
    LF_NOTICE_SEMINAR,       /* one's organisation is invited to a seminar or briefing, or it changed */
    LF_NOTICE_SEMINAR_OFF,   /* … and it is called off */
    LF_NOTICE_KINDS
};
/* "reported", "clock_80" … */
const char *lf_notice_kind_name(enum lf_notice_kind k);
bool lf_notice_kind_parse(lf_view name, enum lf_notice_kind *out);

enum lf_who {
    LF_WHO_AGENCY,   /* the contacts of the agency that it is about */
    LF_WHO_TEAM,     /* its cyber-security handling team, all of it */
    LF_WHO_CISO,     /* its CISO */
    LF_WHO_MEMBERS,  /* the first contact of every other organisation */
    LF_WHO_DESK,     /* posts of this node, from here on: the duty desk */
    LF_WHO_NATIONAL, /* the national duty desk */
    LF_WHO_CONVENER,
    LF_WHO_DEPUTY, /* deputy conveners, places 1 to 3 */
    LF_WHO_GROUP,  /* the eight groups, places 1 to 8 */
    LF_WHO_POLICE, /* prosecutor and police */
    LF_WHO_DISASTER,
    LF_WHO_MEDIA,      /* the officer who may speak in public */
    LF_WHO_PERSON,     /* no post, from here on: the one contact that it is about */
    LF_WHO_PREVENTION, /* of the agency's handling team those for prevention */
    LF_WHO_CRISIS,     /* … for the handling of crises */
    LF_WHO_COUNT
};
const char *lf_who_name(enum lf_who w);
bool lf_who_parse(lf_view name, enum lf_who *out);
static inline bool lf_who_is_post(enum lf_who w)
{
    return w >= LF_WHO_DESK && w < LF_WHO_PERSON;
}
/* How many places a post has; 1 for most. */
int lf_who_places(enum lf_who w);

enum lf_way { LF_WAY_MAIL, LF_WAY_WEBHOOK, LF_WAY_SMS, LF_WAY_INBOX, LF_WAY_COUNT };
const char *lf_way_name(enum lf_way w);

enum { LF_MATRIX_ROWS = 200, LF_MATRIX_BYTES = 65536, LF_MATRIX_THEN = 4, LF_MATRIX_ACK_MOST = 1440 };

struct lf_matrix_row {
    uint64_t about;   /* bits of enum lf_notice_kind */
    uint64_t levels;  /* bits 0 to 4; 0 of them: not stated */
    uint64_t letters; /* bits 0 (A) to 3 (D), and 4: none */
    uint64_t tiers;   /* bits: provider, sector, nation */
    enum lf_who who;
    uint64_t by; /* bits of enum lf_way */
    lf_time ack; /* 0: no answer is waited for */
    enum lf_who then[LF_MATRIX_THEN];
    size_t nthen;
};

struct lf_matrix {
    lf_view name;
    size_t nrows;
    struct lf_matrix_row *rows;
};

enum lf_code lf_matrix_parse(struct lf_arena *a, lf_view json, struct lf_matrix *out,
                             struct lf_err *e) LF_MUST;

/* Does the row speak of it?  letter: 'A' to 'D', 0: none; tier as of a node. */
bool lf_matrix_speaks(const struct lf_matrix_row *r, enum lf_notice_kind kind, int level, char letter,
                      lf_view tier);

#endif
