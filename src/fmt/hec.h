/* Splunk's HTTP Event Collector, the body of /services/collector/event: JSON objects one
 * behind the other, with or without blanks between, each an envelope
 *
 *   {"time":1795229296.123,"host":"h","source":"s","sourcetype":"t","index":"i",
 *    "fields":{"name":"value"},"event":{…} or "text"}
 *
 * An event that is an object becomes a record of its own members, with the envelope's time (as
 * @timestamp), host (host.name) and indexed fields where it has none of that name itself, and
 * source, sourcetype and index under `splunk`.  A text with nothing beside it is a record as it
 * is; with more it becomes a record of these and the text as `message`, as shippers of lines
 * write it; but one that is no UTF-8 stays as it is.  A bare number, true and false are texts. */
#ifndef LF_FMT_HEC_H
#define LF_FMT_HEC_H

#include "base/arena.h"

struct lf_json;

enum lf_hec_kind {
    LF_HEC_TEXT,     /* the record is text in any format */
    LF_HEC_JSON,     /* the record is JSON */
    LF_HEC_NO_EVENT, /* the envelope has no event, or null */
    LF_HEC_BLANK,    /* the event is an empty text */
    LF_HEC_TOO_BIG,  /* the record would be over `most` */
    LF_HEC_BROKEN    /* from here on nothing can be told apart */
};

struct lf_hec_item {
    enum lf_hec_kind kind;
    lf_view record; /* of TEXT and JSON; in the arena or the body */
    lf_view source; /* its bytes in the body; of BROKEN: all that is left */
};

/* The next envelope off *in; false at the end. */
bool lf_hec_take(struct lf_arena *a, lf_view *in, size_t most, struct lf_hec_item *out);
/* A line of the raw endpoint; `envelope` is an object of what its address says of all lines (NULL:
 * nothing).  TEXT, JSON, BLANK or TOO_BIG. */
void lf_hec_line(struct lf_arena *a, const struct lf_json *envelope, lf_view line, size_t most,
                 struct lf_hec_item *out);

#endif
