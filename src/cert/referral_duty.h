/* Referral duty (應通報檢調單位): the answers of an incident's report ask that prosecutors or police be told.
 *
 * A rule set (rules/referral/tw-2026.json) says which answers ask for what, and within which time:
 *
 *   { "format": "lianfang-referral-rules/1", "id": "tw-2026", "rules": [
 *     { "id": "life", "kinds": ["prosecutor", "police"], "due": "1h", "zh": "…", "en": "…",
 *       "levels": [3, 4], "when": [{ "field": "harm", "is": ["life"] }] } ] }
 *
 * A rule speaks when the level is one of "levels" (left out: any) and one of "when" is so (left out: nothing
 * is asked): the form's field has, or holds, one of the values.  Without "due" it suggests, and nothing is
 * overdue.
 *
 *   open ──due passes──▶ overdue
 *     └───────┴──a referral of one of the kinds is recorded (cert/referral.h)──▶ done
 *     └───────┴──somebody decides, with grounds, that none is needed──▶ waived
 *     └───────┴──the answers no longer say so, or it is no incident──▶ lapsed ──they do again──▶ open
 *
 * It is settled in the transaction that keeps an event, and how it stands is reckoned when it is asked: no
 * timer is lost by a restart.  It arises at the node, and for the tenant, whose report it is: the tiers above
 * see the answers and have no duty of their own.  Who must know is told as it arises and when it is overdue
 * (notices `referral` and `referral_late`). */
#ifndef LF_CERT_REFERRAL_DUTY_H
#define LF_CERT_REFERRAL_DUTY_H

#include "cert/referral.h"

struct lf_json;

/* The numbers are in sql/query/referral_duty.sql. */
enum lf_referral_duty_state {
    LF_REFERRAL_DUTY_OPEN,
    LF_REFERRAL_DUTY_OVERDUE,
    LF_REFERRAL_DUTY_DONE,
    LF_REFERRAL_DUTY_WAIVED,
    LF_REFERRAL_DUTY_LAPSED,
    LF_REFERRAL_DUTY_SUGGESTED
};
enum {
    LF_REFERRAL_DUTY_STATES = 6,
    LF_REFERRAL_DUTY_STANDING = -2, /* open or overdue */
    LF_REFERRAL_DUTY_GROUNDS = 2000,
    LF_REFERRAL_RULES = 64,
    LF_REFERRAL_RULES_BYTES = 64 << 10,
    LF_REFERRAL_RULE_WHEN = 16,
    LF_REFERRAL_RULE_VALUES = 32
};
const char *lf_referral_duty_state_name(enum lf_referral_duty_state s); /* "open" … */
/* Also "standing". */
bool lf_referral_duty_state_parse(lf_view name, int *s);

struct lf_referral_duty {
    lf_view id, incident, rule;
    int64_t number;
    enum lf_referral_duty_state state;
    unsigned kinds; /* bits of enum lf_referral_kind: a referral of one of them is enough */
    lf_view zh, en; /* what the rule says */
    bool exercise;
    lf_time since, due;            /* due 0: it is a suggestion */
    lf_time done, lapsed, decided; /* 0: not */
    lf_view account, grounds;      /* who decided that none is needed, and why */
};

/* incident empty: of all; state -1: any, or LF_REFERRAL_DUTY_STANDING.  Newest first. */
enum lf_code lf_referral_duty_list(struct lf_task *t, lf_view incident, int state, const struct lf_page *page,
                                   size_t *n, const struct lf_referral_duty **out, lf_view *next,
                                   struct lf_err *e) LF_MUST;
/* None is needed, and why.  REPORTER, REVIEWER or ANALYST, of an incident they may see; audited. LF_CONFLICT:
 * it is done, decided or lapsed already. */
enum lf_code lf_referral_duty_waive(struct lf_task *t, lf_view id, lf_view grounds, struct lf_err *e) LF_MUST;

/* ---- rule sets ---- */

struct lf_referral_rule {
    lf_view id, zh, en;
    unsigned kinds, levels; /* bits; levels 0: any, else 1 << level */
    lf_time due;            /* 0: none */
    size_t nwhen;
    struct {
        lf_view field;
        size_t n;
        const lf_view *is;
    } when[LF_REFERRAL_RULE_WHEN];
};
/* Pure.  Taken whole, or refused with its place: a mistyped rule must not silently ask for nothing. */
enum lf_code lf_referral_rules_read(struct lf_arena *a, lf_view json, size_t *n,
                                    const struct lf_referral_rule **out, struct lf_err *e) LF_MUST;
/* Whether a field's answer (may be NULL) is, or holds, one of the values. */
bool lf_referral_rule_holds(const struct lf_referral_rule *r, size_t when, const struct lf_json *answer);

#endif
