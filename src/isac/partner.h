/* Partner (合作單位): an organisation at home or abroad with which this node exchanges, and the channels to
 * it.
 *
 * A channel that nobody uses is found dead on the day it is needed; so each has a date by which it is to be
 * tried again.  A try that was answered moves the date on by the channel's days; one that was not moves it by
 * a week at most.  What is past its date is shown, and told through the matrix once for each date:
 *
 *   ok ──its date passes──▶ due ──tried, answered──▶ ok (days later)
 *                            └───tried, no answer──▶ ok, silent (a week later at most)
 *
 * A partner is this node's: a tenant of it sees none.  Those of the node's people who see incidents read;
 * ANALYST, REVIEWER and ADMIN write.  None is removed: a partnership that is over is made inactive, and
 * nothing of it is due any more.  Audited. */
#ifndef LF_ISAC_PARTNER_H
#define LF_ISAC_PARTNER_H

#include "model/marking.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_partner_kind {
    LF_PARTNER_CERT,
    LF_PARTNER_ISAC,
    LF_PARTNER_UNIVERSITY,
    LF_PARTNER_INSTITUTE,
    LF_PARTNER_COMMUNITY,
    LF_PARTNER_VENDOR,
    LF_PARTNER_GOVERNMENT,
    LF_PARTNER_OTHER,
    LF_PARTNER_KINDS
};
enum lf_channel_kind {
    LF_CHANNEL_MAIL,
    LF_CHANNEL_TELEPHONE,
    LF_CHANNEL_PGP, /* a fingerprint: the key is asked for and compared */
    LF_CHANNEL_WEB, /* a portal or platform, by its address */
    LF_CHANNEL_OTHER,
    LF_CHANNEL_KINDS
};
enum {
    LF_PARTNERS = 2000,
    LF_PARTNER_NAME = 200, /* bytes */
    LF_PARTNER_TEXT = 4000,
    LF_PARTNER_CHANNELS = 20, /* of one */
    LF_PARTNER_TRIES = 50,    /* the last, that are read */
    LF_CHANNEL_VALUE = 300,
    LF_CHANNEL_DAYS = 180, /* between tries, unless said otherwise */
    LF_CHANNEL_LONGEST = 730
};
#define LF_PARTNER_HOME "TW"                              /* what is not from here is foreign */
const char *lf_partner_kind_name(enum lf_partner_kind k); /* "cert" … */
const char *lf_channel_kind_name(enum lf_channel_kind k); /* "mail" … */
bool lf_partner_kind_parse(lf_view name, enum lf_partner_kind *out);
bool lf_channel_kind_parse(lf_view name, enum lf_channel_kind *out);

struct lf_partner {
    lf_view id, name;
    lf_view country; /* ISO 3166-1, two capital letters */
    enum lf_partner_kind kind;
    bool active;
    lf_view agreement;    /* what is agreed; may be empty */
    lf_time since, until; /* of it, first moments of days in Taipei; 0: not said, or no end */
    enum lf_tlp tlp;      /* the strictest that may go there; NONE: nothing is agreed */
    lf_view owner;        /* an account's name; empty: nobody */
    lf_view feed, peer;   /* ids of this node's feed or peer that is theirs; empty: none */
    lf_view note;
    lf_time created, changed;
    size_t channels, late; /* late: to be tried by now */
    lf_time due, tried;    /* the soonest, and the last; 0: none */
    bool over;             /* the agreement's last day is past */
};

/* in->id empty: a new one.  LF_CONFLICT: another has the name. */
enum lf_code lf_partner_put(struct lf_task *t, const struct lf_partner *in, lf_view *id,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_partner_get(struct lf_task *t, lf_view id, struct lf_partner *out, struct lf_err *e) LF_MUST;

struct lf_partner_filter {
    int kind, active; /* -1: any */
    lf_view country;  /* two letters, "foreign", or empty: any */
    lf_view words;    /* part of name, agreement or note; ASCII without case */
    bool late;        /* with a channel to be tried by now */
};
/* By name. */
enum lf_code lf_partner_list(struct lf_task *t, const struct lf_partner_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_partner **out, lf_view *next,
                             struct lf_err *e) LF_MUST;

struct lf_channel {
    int64_t channel; /* of its partner, from 1 */
    enum lf_channel_kind kind;
    lf_view value; /* an address, a number, 40 or 64 hexadecimal digits, an https address */
    int64_t days;
    lf_time due, tried; /* tried 0: never */
    bool answered;      /* that time */
    bool late;
};
/* By number. */
enum lf_code lf_channel_list(struct lf_task *t, lf_view partner, size_t *n, const struct lf_channel **out,
                             struct lf_err *e) LF_MUST;
/* kind, value, days and due count; days 0: LF_CHANNEL_DAYS; due 0: within a week, as nobody has tried it. */
enum lf_code lf_channel_add(struct lf_task *t, lf_view partner, const struct lf_channel *in, int64_t *channel,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_channel_remove(struct lf_task *t, lf_view partner, int64_t channel, struct lf_err *e) LF_MUST;
/* Somebody tried it just now. */
enum lf_code lf_channel_try(struct lf_task *t, lf_view partner, int64_t channel, bool answered, lf_view note,
                            struct lf_err *e) LF_MUST;

struct lf_channel_try {
    lf_time at;
    lf_view account; /* id of who tried */
    enum lf_channel_kind kind;
    lf_view value; /* as the channel was then */
    bool answered;
    lf_view note;
};
/* The newest first, at most LF_PARTNER_TRIES. */
enum lf_code lf_channel_tries(struct lf_task *t, lf_view partner, size_t *n,
                              const struct lf_channel_try **out, struct lf_err *e) LF_MUST;

/* Channels that were to be tried are told, and agreements that end within 30 days; as the node, each minute.
 */
enum lf_code lf_partner_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
