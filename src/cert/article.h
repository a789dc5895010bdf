/* Articles: the knowledge base 知識庫, made of closed cases.
 *
 * A person begins one from a closed incident; what the case says is filled in, without what names the victim
 * or its people as far as the report's own fields tell.  Another person (REVIEWER, not the one who wrote in
 * it last) puts it out; states as in model/written.h.  What is out stays out while a revision is written, and
 * every text that ever was in it stays in its history.
 *
 * Readers have what is out; drafts are for those who may write (ANALYST, REPORTER, REVIEWER).  An article is
 * of one organisation; `incident` is empty where the reader may not see the case, or it is no longer there.
 */
#ifndef LF_CERT_ARTICLE_H
#define LF_CERT_ARTICLE_H

#include "cert/incident.h"
#include "model/written.h"

enum lf_article_field {
    LF_ARTICLE_TITLE,
    LF_ARTICLE_CATEGORY, /* class, as the report form has it; may be empty */
    LF_ARTICLE_RSIT,
    LF_ARTICLE_LEVEL,      /* "1" to "4", or empty */
    LF_ARTICLE_TECHNIQUES, /* of ATT&CK, blanks between: "T1566.001 T1059" */
    LF_ARTICLE_TAGS,       /* blanks or commas between */
    LF_ARTICLE_HAPPENED,
    LF_ARTICLE_CAUSE,
    LF_ARTICLE_MEASURES,
    LF_ARTICLE_INDICATORS, /* a line each: "domain-name evil.example" */
    LF_ARTICLE_LESSONS,
    LF_ARTICLE_FIELDS
};
const char *lf_article_field_name(enum lf_article_field f); /* "title", "category", … */

enum { LF_ARTICLE_LINE = 300, LF_ARTICLE_TEXT = 8000, LF_ARTICLE_ALIKE = 5 };

struct lf_article_form {
    lf_view v[LF_ARTICLE_FIELDS];
};

struct lf_article {
    struct lf_written_row row;
    struct lf_article_form form;  /* as it was last written; for who may not write, what is out */
    struct lf_article_form shown; /* what is out; without a title: nothing is */
    lf_view incident;
};

struct lf_article_entry {
    struct lf_written_entry entry;
    struct lf_article_form form; /* without a title: the act wrote nothing */
};

struct lf_article_filter {
    int state;                        /* -1: any */
    lf_view words;                    /* all of them, the first four count; empty: any */
    lf_view category, technique, tag; /* empty: any; T1566 also finds T1566.001 */
    lf_view incident;                 /* made of it */
};

/* What the case says, for a form.  LF_CONFLICT: it is not closed. */
enum lf_code lf_article_prefill(struct lf_task *t, lf_view incident, bool english,
                                struct lf_article_form *out, struct lf_err *e) LF_MUST;
/* The same of any incident that is not marked TLP:RED, closed or not, for who warns others of it: without the
 * name `theirs` (of the node it came from; may be empty) besides. */
enum lf_code lf_incident_outline(struct lf_task *t, const struct lf_incident_full *x, lf_view theirs,
                                 bool english, struct lf_article_form *out, struct lf_err *e) LF_MUST;
enum lf_code lf_article_add(struct lf_task *t, lf_view incident, const struct lf_article_form *form,
                            lf_view *id, struct lf_err *e) LF_MUST;
/* `seen`: entries that its author had before him; LF_CONFLICT: there are more. */
enum lf_code lf_article_write(struct lf_task *t, lf_view id, int64_t seen, const struct lf_article_form *form,
                              struct lf_err *e) LF_MUST;
/* Any act but writing; returning and withdrawing want a note.  `seen` as above; 0: whatever there is. */
enum lf_code lf_article_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_written_act act,
                            lf_view note, struct lf_err *e) LF_MUST;

/* Newest first.  Words, class, technique and tag find what is out alone. */
enum lf_code lf_article_list(struct lf_task *t, const struct lf_article_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_article **out, lf_view *next,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_article_get(struct lf_task *t, lf_view id, struct lf_article *out, struct lf_err *e) LF_MUST;
/* Newest first, the last 200; for those who may write. */
enum lf_code lf_article_history(struct lf_task *t, lf_view id, size_t *n, const struct lf_article_entry **out,
                                struct lf_err *e) LF_MUST;

/* What is out and like this incident: by observables, techniques, type and class, the most alike first, at
 * most LF_ARTICLE_ALIKE. */
enum lf_code lf_article_alike(struct lf_task *t, const struct lf_incident_full *x, size_t *n,
                              const struct lf_article **out, struct lf_err *e) LF_MUST;
/* Closed cases of the same class, newest first, at most LF_ARTICLE_ALIKE. */
enum lf_code lf_incident_alike(struct lf_task *t, const struct lf_incident_full *x,
                               struct lf_incident_page *out, struct lf_err *e) LF_MUST;
/* Whether the account may write articles. */
bool lf_article_may_write(const struct lf_task *t);

#endif
