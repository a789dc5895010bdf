/* What the files of people and call-out share. */
#ifndef LF_CERT_PEOPLE_PRIV_H
#define LF_CERT_PEOPLE_PRIV_H

#include "cert/contact.h"
#include "cert/duty.h"
#include "cert/unit.h"
#include "model/role.h"

/* May the contact network be changed?  `tenant`: whose unit it is, empty: nobody's of this node. */
enum lf_code people_need(const struct lf_task *t, lf_view tenant, struct lf_err *e) LF_MUST;
/* … be read? */
enum lf_code people_read(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* May what the centre itself writes down (shift log, handover, manning) be read? */
enum lf_code people_of_node(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* One line of at most LF_UNIT_NAME bytes. */
enum lf_code people_text(lf_view v, const char *what, bool needed, struct lf_err *e) LF_MUST;
/* By id of a unit, of a tenant or of a peer; empty: this node's own. */
enum lf_code people_unit_about(struct lf_task *t, lf_view about, struct lf_unit *out,
                               struct lf_err *e) LF_MUST;
/* "%words%" for LIKE … ESCAPE '\\', at most LF_UNIT_NAME bytes of them; of none: empty. */
lf_view people_pattern(struct lf_arena *a, lf_view words);
/* Of a unit and part in order; the first of every other unit. */
enum lf_code people_of_part(struct lf_task *t, lf_view unit, enum lf_contact_part part, size_t *n,
                            struct lf_contact **out, struct lf_err *e) LF_MUST;
enum lf_code people_members(struct lf_task *t, lf_view own, size_t *n, struct lf_contact **out,
                            struct lf_err *e) LF_MUST;
enum lf_code people_contact(struct lf_task *t, lf_view id, struct lf_contact *out, struct lf_err *e) LF_MUST;
/* The contacts that are this account; none: empty. */
enum lf_code people_of_account(struct lf_task *t, lf_view account, size_t *n, const lf_view **ids,
                               struct lf_err *e) LF_MUST;
/* Whom a name of the matrix means now, about a unit ("" when it is in no network; of a person its contact),
 * in the order of calling: at a post first who is on duty. */
enum lf_code people_who(struct lf_task *t, enum lf_who who, int place, lf_view unit, size_t *n,
                        struct lf_contact **out, struct lf_err *e) LF_MUST;

/* cert/duty.c: who is on duty at a post at that moment, in the order of calling; none: empty. */
enum lf_code people_on_duty(struct lf_task *t, enum lf_who who, int place, lf_time at, size_t *n,
                            struct lf_contact **out, struct lf_err *e) LF_MUST;

/* LF_NOT_FOUND: there is no such post. */
enum lf_code people_post(enum lf_who who, int place, struct lf_err *e) LF_MUST;

/* cert/duty.c: the name of the account that asks, as the contact network has it, if he has a shift of the
 * post between these times; else empty. */
enum lf_code people_has_shift(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                              lf_view *name, struct lf_err *e) LF_MUST;
/* cert/duty.c: would this cover or swap do now?  And: it stands in the roster. */
enum lf_code people_cover_ok(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                             struct lf_err *e) LF_MUST;
enum lf_code people_cover(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                          struct lf_err *e) LF_MUST;
/* The posts that have shifts which are not over before `from`. */
struct people_post {
    enum lf_who who;
    int place;
};
enum lf_code people_posts(struct lf_task *t, lf_time from, size_t *n, const struct people_post **out,
                          struct lf_err *e) LF_MUST;

/* cert/duty_turn.c: tells those who stand for the post (if none, the convener), each in his language, under
 * "KEY/<contact>"; when there is none at all the notice says that it reached nobody. */
struct people_tell {
    enum lf_notice_kind kind;
    enum lf_who who;
    int place;
    lf_view key, path;
    lf_time from, until; /* until 0: a moment */
    lf_view name;        /* whom it is about; empty: nobody */
};
enum lf_code people_tell_owners(struct lf_task *t, const struct people_tell *what, struct lf_err *e) LF_MUST;

/* The guests of a meeting that begins soon are told so, once. */
enum lf_code meeting_remind(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* A cover or swap that nobody answered is over: both are told. */
enum lf_code duty_ask_lapse(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

#endif
