/* Contact: a person of an organisation's contact network (通報聯絡網), and who stands for which post.
 *
 * The fields are those of the form of 2001 (002, table 2); within an organisation and a part contacts have
 * an order of calling.  A post (the duty desk, the convener …) is filled by contacts, again in order. */
#ifndef LF_CERT_CONTACT_H
#define LF_CERT_CONTACT_H

#include "engine/matrix.h"
#include "store/task.h"

enum lf_contact_part {
    LF_PART_CONTACT,
    LF_PART_TEAM, /* in the cyber-security handling team (資通安全處理小組) */
    LF_PART_CISO,
    LF_PART_PREVENTION, /* its functions (002 十二、十三): 安全預防 */
    LF_PART_CRISIS,     /* 危機處理 */
    LF_PART_COUNT
};
/* "contact", "team", "ciso", "prevention", "crisis" */
const char *lf_contact_part_name(enum lf_contact_part p);
bool lf_contact_part_parse(lf_view name, enum lf_contact_part *out);

enum { LF_CONTACTS_MOST = 50, LF_CONTACT_FIELD = 200 };

struct lf_contact {
    lf_view id, unit;
    enum lf_contact_part part;
    int64_t seat; /* order of calling, from 1 */
    lf_view name, title, telephone, fax, mobile, email;
    lf_view webhook; /* takes notices as JSON: https://, and http:// where private ones are let (settings) */
    lf_view account; /* of this node, whose inbox gets them; empty: none */
    bool english;    /* else zh-TW */
};

/* id empty: a new one, last of its part when seat is 0.  By an administrator, a reviewer, or who reports for
 * the tenant whose unit it is.  *id: its id. */
enum lf_code lf_contact_put(struct lf_task *t, const struct lf_contact *c, lf_view *id,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_contact_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_contact_get(struct lf_task *t, lf_view id, struct lf_contact *out, struct lf_err *e) LF_MUST;
/* Of a unit, by part and order. */
enum lf_code lf_contact_list(struct lf_task *t, lf_view unit, size_t *n, struct lf_contact **out,
                             struct lf_err *e) LF_MUST;

/* By id, or by name (within a unit, given by OID or name, unless that is empty).  LF_BAD_INPUT says who is
 * not there, or is there several times. */
enum lf_code lf_contact_find(struct lf_task *t, lf_view word, lf_view unit, lf_view *id,
                             struct lf_err *e) LF_MUST;

/* The contact network from CSV: a row a contact (or a unit alone), columns unit, oid, attribute, grade,
 * superior, name, title, telephone, fax, mobile, email, part, seat, language, also by their names on the form
 * of 2001. Who is there already (unit by OID or name, contact by name) is brought up to the file.
 * LF_BAD_INPUT says which line will not do: the caller takes all back.  *rows: lines that were taken. */
enum lf_code lf_contact_import(struct lf_task *t, lf_view csv, size_t *rows, struct lf_err *e) LF_MUST;

/* Who stands for a post's place (from 1), in order; none: empty.  Whoever is on duty by its roster
 * (cert/duty.h) is called before them. */
enum lf_code lf_post_get(struct lf_task *t, enum lf_who who, int place, size_t *n, struct lf_contact **out,
                         struct lf_err *e) LF_MUST;
/* All of them anew, by an administrator or a reviewer. */
enum lf_code lf_post_set(struct lf_task *t, enum lf_who who, int place, const lf_view *contacts, size_t n,
                         struct lf_err *e) LF_MUST;

#endif
