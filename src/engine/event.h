/* Event: one record of a log as the engine sees it: a JSON document under the
 * names rules use, the log sources it belongs to, where it came from and when.
 *
 * Made by engine/normalise.h; views and the tree belong to the task's arena (and
 * to the bytes they were read from). */
#ifndef LF_ENGINE_EVENT_H
#define LF_ENGINE_EVENT_H

#include "base/arena.h"
#include "base/time.h"
#include "engine/shape.h"

/* As in a Sigma rule: lower case; a part that is not known has length 0. */
struct lf_logsource {
    lf_view category, product, service;
};

/* One record may answer to several names: a line of sshd is linux/auth and
 * linux/sshd; Windows 4688 is windows/security and process_creation. */
enum { LF_EVENT_SOURCES = 8 };

struct lf_pipeline;

struct lf_event {
    const struct lf_json *doc; /* never NULL; an object for everything but `detect`'s bare values */
    lf_view json;              /* the bytes that all of `doc` was parsed from; len 0: there are none such */
    lf_view line; /* bytes in which every value of `doc` stands as it is; len 0: there are none such */
    struct lf_shape shape; /* of `doc` */
    struct lf_logsource sources[LF_EVENT_SOURCES];
    size_t nsources;
    const struct lf_pipeline *pipeline; /* engine/pipeline.h: names of the fields; NULL: none held */
    lf_view sender;    /* authenticated or configured source; decides what "another sender" means */
    uint64_t position; /* in the journal */
    lf_time happened;  /* the record's own time, or `recorded` when it has none or one we cannot read */
    lf_time recorded;  /* when it came in */
    lf_view host;      /* the machine concerned, if known */
    lf_view query;     /* name asked for, when this is a DNS query: lower case, no final dot */
    bool raw;          /* not understood: kept whole in `message` */
    bool held;         /* it comes again, whole: lf_normalise_held() */
};

/* A rule's log source holds for the event when each part it gives equals that
 * part of one of the event's sources.  A rule with no part holds for none. */
bool lf_logsource_holds(const struct lf_logsource *rule, const struct lf_event *ev);

/* Adds a source; silently does nothing once LF_EVENT_SOURCES are there. */
void lf_event_add_source(struct lf_event *ev, lf_view category, lf_view product, lf_view service);

#endif
