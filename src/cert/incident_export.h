/* Incidents as files for other programs and people.
 *
 *   csv    a row each, spreadsheet-safe (fmt/csv.h); lf_old_cases_read() takes its columns back
 *   stix   a STIX 2.1 bundle: the incident, who recorded it, a note of each entry, what was observed; every
 *          object strictly authored (fmt/stix_check.h), ids the same each time
 *   iodef  IODEF 2.0 (RFC 7970)
 *
 * One incident after the other, so that only one of them is held at a time. */
#ifndef LF_CERT_INCIDENT_EXPORT_H
#define LF_CERT_INCIDENT_EXPORT_H

#include "cert/incident.h"

enum { LF_INCIDENT_EXPORT = 500 /* incidents in one file */ };

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
    LF_COLUMN_RSIT, /* "intrusions:system-compromise" */
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

/* A file being written to `out`; close it whatever came before.  `form` stays the caller's, and until then.
 */
struct lf_incident_writer;
struct lf_incident_writer *lf_incident_writer_open(struct lf_task *t, const struct lf_incident_format *format,
                                                   const struct lf_form *form, struct lf_buf *out);
/* `x` is what `t` got for the asking account; nothing else is read. */
enum lf_code lf_incident_writer_put(struct lf_incident_writer *w, struct lf_task *t,
                                    const struct lf_incident_full *x, struct lf_err *e) LF_MUST;
enum lf_code lf_incident_writer_close(struct lf_incident_writer *w, struct lf_err *e) LF_MUST;

/* Each that the filter finds, with a task whose arena is that incident's alone.  LF_TOO_BIG: they are more
 * than LF_INCIDENT_EXPORT; nothing is cut off without a word. */
typedef enum lf_code (*lf_incident_fn)(void *ctx, struct lf_task *t, const struct lf_incident_full *x,
                                       struct lf_err *e);
enum lf_code lf_incident_each(struct lf_task *t, const struct lf_incident_filter *filter, lf_incident_fn each,
                              void *ctx, struct lf_err *e) LF_MUST;

#endif
