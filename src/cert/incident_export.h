/* Incidents as files for other programs and people.
 *
 *   csv    a row each, spreadsheet-safe (fmt/csv.h); lf_old_cases_read() takes its columns back
 *   stix   a STIX 2.1 bundle: the incident, who recorded it, a note of each entry, what was observed; every
 *          object strictly authored (fmt/stix_check.h), ids the same each time
 *   iodef  IODEF 2.0 (RFC 7970)
 *
 * Each says its TLP (lf_incident_label): object_marking_refs, `restriction`, a column.  What two incidents
 * observed is one object in STIX, marked as the stricter of them, unless thousands of values lie between
 * them.
 *
 * One incident after the other, so that only one of them is held at a time; what stands in `out` between two
 * may be sent on and forgotten. */
#ifndef LF_CERT_INCIDENT_EXPORT_H
#define LF_CERT_INCIDENT_EXPORT_H

#include "cert/incident.h"

/* An incident as a row of a table, for CSV and for who makes another table of it. */
enum lf_incident_column {
    LF_COLUMN_ID,
    LF_COLUMN_NUMBER,
    LF_COLUMN_TITLE,
    LF_COLUMN_LEVEL,
    LF_COLUMN_CATEGORY,
    LF_COLUMN_REVIEW,
    LF_COLUMN_HANDLING,
    LF_COLUMN_AWARE,
    LF_COLUMN_REPORTED,
    LF_COLUMN_HAPPENED,
    LF_COLUMN_EXERCISE, /* 1 or 0 */
    LF_COLUMN_NODE,
    LF_COLUMN_DESCRIPTION,
    LF_COLUMN_IMPACT,
    LF_COLUMN_MEASURES,
    LF_COLUMN_OBSERVABLES,
    LF_COLUMN_EXERCISE_NAME,
    LF_COLUMN_SPEED,
    LF_COLUMN_RSIT,  /* "intrusions:system-compromise" */
    LF_COLUMN_TLP,   /* "amber": lf_incident_label() */
    LF_COLUMN_VITAL, /* "government,necessities:water" */
    LF_INCIDENT_COLUMNS
};
struct lf_incident_cell {
    enum { LF_CELL_NONE, LF_CELL_TEXT, LF_CELL_NUMBER, LF_CELL_TIME } kind;
    lf_view text;  /* fit for people's programs (lf_csv_clean) */
    int64_t value; /* the number, or the lf_time */
};
struct lf_form;
/* `form`: of this organisation's reports, which knows the types of RSIT. */
enum lf_code lf_incident_cells(struct lf_task *t, const struct lf_incident_full *x,
                               const struct lf_form *form, struct lf_incident_cell out[LF_INCIDENT_COLUMNS],
                               struct lf_err *e) LF_MUST;

struct lf_incident_format {
    const char *name, *type, *suffix; /* "stix", "application/stix+json;version=2.1", "json" */
};
/* LF_BAD_INPUT names those there are. */
enum lf_code lf_incident_format_find(lf_view name, const struct lf_incident_format **out,
                                     struct lf_err *e) LF_MUST;

/* A file being written to `out`; close it whatever came before.  The writer lives in the arena that `t` has
 * when it is opened; `form` stays the caller's; both until then. */
struct lf_incident_writer;
struct lf_incident_writer *lf_incident_writer_open(struct lf_task *t, const struct lf_incident_format *format,
                                                   const struct lf_form *form, struct lf_buf *out);
/* `x` is what `t` got for the asking account; nothing else is read. */
enum lf_code lf_incident_writer_put(struct lf_incident_writer *w, struct lf_task *t,
                                    const struct lf_incident_full *x, struct lf_err *e) LF_MUST;
enum lf_code lf_incident_writer_close(struct lf_incident_writer *w, struct lf_err *e) LF_MUST;

/* Those that a filter finds, one after the other, the newest first, over as many tasks as it takes: a page of
 * the list is held and one incident, however many they are.  Zero is before the first.  What becomes known
 * meanwhile is not among them; each is as it stands when its turn comes. */
struct lf_incident_walk {
    struct lf_arena a; /* of the page */
    const struct lf_incident *items;
    size_t n, at;
    lf_view after;
    bool last;
};
/* `filter` is the same each time.  *over: there is no further one.  `out` lives in the task's arena. */
enum lf_code lf_incident_walk_next(struct lf_incident_walk *w, struct lf_task *t,
                                   const struct lf_incident_filter *filter, struct lf_incident_full *out,
                                   bool *over, struct lf_err *e) LF_MUST;
void lf_incident_walk_clear(struct lf_incident_walk *w);

#endif
