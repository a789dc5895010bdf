/* Responder: a person of the contact network who can be called to a response team (千人資安應變小組), with
 * what he can do.
 *
 * The roster is kept by an administrator or a reviewer, one by one or as CSV, whole or not at all; it is for
 * this node's own people.  Nobody is called who is not available, rests, or is on a team already. */
#ifndef LF_CERT_RESPONDER_H
#define LF_CERT_RESPONDER_H

#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_skill {
    LF_SKILL_FORENSICS,
    LF_SKILL_MALWARE,
    LF_SKILL_NETWORK,
    LF_SKILL_SYSTEM, /* and recovery */
    LF_SKILL_OT,
    LF_SKILL_CLOUD,
    LF_SKILL_INTELLIGENCE,
    LF_SKILL_LAW,
    LF_SKILL_COMMUNICATION,
    LF_SKILL_COMMAND,
    LF_SKILLS
};
const char *lf_skill_name(enum lf_skill s); /* "forensics", … */
/* By its name, or in Chinese as on the console. */
bool lf_skill_parse(lf_view name, enum lf_skill *out);
/* Words separated by commas, semicolons or 、 as bits; "law,ot".  LF_BAD_INPUT: one is no skill, or none. */
enum lf_code lf_skills_parse(lf_view words, unsigned *out, struct lf_err *e) LF_MUST;
lf_view lf_skills_said(struct lf_arena *a, unsigned skills); /* "law,ot" */

enum { LF_RESPONDERS = 5000, LF_RESPONDER_CSV = 2 << 20, LF_RESPONDER_NOTE = 200 };

struct lf_responder {
    lf_view contact, name, unit; /* contact: id; name and unit as the network has them */
    unsigned skills;
    bool available;
    lf_time rest; /* not called before; 0: at any time */
    lf_view note;
    lf_view team; /* the team he is on; empty: none */
};

/* contact, skills, available, rest and note of `r`; who is there already is changed. */
enum lf_code lf_responder_put(struct lf_task *t, const struct lf_responder *r, struct lf_err *e) LF_MUST;
enum lf_code lf_responder_remove(struct lf_task *t, lf_view contact, struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND: he is not on the roster. */
enum lf_code lf_responder_get(struct lf_task *t, lf_view contact, struct lf_responder *out,
                              struct lf_err *e) LF_MUST;

struct lf_responder_filter {
    lf_view words;   /* part of the name or the organisation's; empty: all */
    unsigned skills; /* one of these; 0: any */
    bool free;       /* only who could be called now */
};
struct lf_responder_page {
    size_t n;
    const struct lf_responder *items;
    lf_view next;
};
/* By name. */
enum lf_code lf_responder_list(struct lf_task *t, const struct lf_responder_filter *f,
                               const struct lf_page *page, struct lf_responder_page *out,
                               struct lf_err *e) LF_MUST;
/* CSV, a row a person: columns unit, name, skills, available (yes or no), note.  The person is a contact of
 * that organisation already.  LF_BAD_INPUT says which line will not do: the caller takes all back. */
enum lf_code lf_responder_import(struct lf_task *t, lf_view csv, size_t *rows, struct lf_err *e) LF_MUST;

#endif
