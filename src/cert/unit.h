/* Unit: an organisation (機關、構) of the contact network, whether it has an account here or not.
 *
 * It may be a tenant of this node, or have a node of its own (a peer); most are neither and are only
 * called.  Attribute and grade are those of 2001 (001 part 2). */
#ifndef LF_CERT_UNIT_H
#define LF_CERT_UNIT_H

#include "cert/contact.h"
#include "model/page.h"
#include "store/task.h"

enum lf_unit_attribute {
    LF_UNIT_NONE,
    LF_UNIT_DEFENCE,
    LF_UNIT_ADMINISTRATION,
    LF_UNIT_ACADEMIA,
    LF_UNIT_ENTERPRISE_1, /* water, power, oil, gas */
    LF_UNIT_ENTERPRISE_2, /* transport, telecommunication, network, air traffic control */
    LF_UNIT_ENTERPRISE_3, /* finance, securities, customs */
    LF_UNIT_ENTERPRISE_4, /* medical */
    LF_UNIT_ATTRIBUTES
};
const char *lf_unit_attribute_name(enum lf_unit_attribute a); /* "", "defence", … "enterprise-4" */
bool lf_unit_attribute_parse(lf_view name, enum lf_unit_attribute *out);

enum { LF_UNIT_NAME = 200, LF_UNITS_MOST = 50000 };

struct lf_unit {
    lf_view id;
    lf_view name; /* in full (單位全銜), unique */
    lf_view oid;  /* "2.16.886.101.20003.…"; empty: none */
    enum lf_unit_attribute attribute;
    char grade;       /* 'A' 重要核心, 'B' 核心, 'C' 重要, 'D' 一般; 0: none */
    lf_view superior; /* id of another unit; empty: none */
    lf_view tenant;   /* organisation of this node */
    lf_view peer;     /* a child of this node */
    lf_time created, changed;
    unsigned lacks; /* of a list: bits of enum lf_contact_part; each organisation needs LF_UNIT_NEEDS */
};
struct lf_unit_page {
    size_t n;
    const struct lf_unit *items;
    lf_view next;
};

/* By an administrator or a reviewer.  id empty: a new one. */
enum lf_code lf_unit_put(struct lf_task *t, const struct lf_unit *u, lf_view *id, struct lf_err *e) LF_MUST;
/* With its contacts. */
enum lf_code lf_unit_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_unit_get(struct lf_task *t, lf_view id, struct lf_unit *out, struct lf_err *e) LF_MUST;
/* By OID, or by name where there is none with that OID. */
enum lf_code lf_unit_find(struct lf_task *t, lf_view oid, lf_view name, struct lf_unit *out,
                          struct lf_err *e) LF_MUST;
/* The named roles: a reporting contact, the CISO, and of the handling team both functions. */
#define LF_UNIT_NEEDS                                                                                        \
    (1U << LF_PART_CONTACT | 1U << LF_PART_CISO | 1U << LF_PART_PREVENTION | 1U << LF_PART_CRISIS)
/* By name; words: part of name or OID, empty: all; lacks: those alone that have nobody for one of these of
 * LF_UNIT_NEEDS, 0: all. */
enum lf_code lf_unit_list(struct lf_task *t, lf_view words, unsigned lacks, const struct lf_page *page,
                          struct lf_unit_page *out, struct lf_err *e) LF_MUST;
unsigned lf_unit_lacks(const struct lf_contact *v, size_t n);

#endif
