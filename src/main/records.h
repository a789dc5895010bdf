/* Records: the events of a file, one after another, as commands take them.
 *
 * A file holds JSON values in a row, or arrays of them, or lines of a log, or is a
 * Windows event log (EVTX).  What cannot be read counts as a record and is told on
 * standard error, so that the ordinals after it stay those of the file.
 *
 * It is read as it comes, line by line, and a value over several lines when its last
 * one is there: a pipe's events are looked at before it ends, and a large file takes
 * no more memory than its largest value.  EVTX and UTF-16 are read whole. */
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
    void (*pause)(void *ctx); /* before it may wait for more input; NULL: nothing to do */
    void *ctx;
    /* What was seen in the file read last. */
    uint64_t records, bad;
    lf_view file;
};

/* "-" is standard input.  Fails when the file cannot be read. */
enum lf_code lf_records_read(struct lf_records *r, const char *path, struct lf_err *e) LF_MUST;

#endif
