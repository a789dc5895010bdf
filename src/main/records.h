/* Records: the events of a file, one after another, as commands take them.
 *
 * A file holds JSON values in a row, or one array of them, or lines of a log, or is
 * a Windows event log (EVTX).  What cannot be read counts as a record and is told on
 * standard error, so that the ordinals after it stay those of the file. */
#ifndef LF_MAIN_RECORDS_H
#define LF_MAIN_RECORDS_H

#include "engine/normalise.h"

struct lf_records {
    const char *command;              /* before messages: "lianfang detect" */
    struct lf_arena *a;               /* of one record; emptied after each */
    bool route;                       /* false: JSON only, as it is written */
    struct lf_normaliser *normaliser; /* NULL: one of its own, with the delivered pipelines */
    enum lf_format format;
    enum lf_charset charset; /* UTF-16 files are made UTF-8 whole, others line by line */
    /* Called for each record that could be read; ev->position is its ordinal, from 0. */
    void (*each)(void *ctx, const struct lf_event *ev);
    void *ctx;
    /* What was seen in the file read last. */
    uint64_t records, bad;
    lf_view file;
};

/* "-" is standard input.  Fails when the file cannot be read. */
enum lf_code lf_records_read(struct lf_records *r, const char *path, struct lf_err *e) LF_MUST;

#endif
