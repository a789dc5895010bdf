/* What an event is as STIX observed data: the objects that patterns ask.
 *
 * A table (stix_event.c) says which fields of an event, by their ECS names and those of
 * Sigma's taxonomy, are which property of which object: the process and its image, its
 * parent, the file or library or registry key it touched, the traffic with both ends, names
 * asked for and answered, URL, mail, accounts, certificate, software.  Fields are found under
 * any name the event's pipeline knows (engine/pipeline.h).  docs/manual/patterns.md shows the
 * table, and a test that it is this one.
 *
 * Values are brought to the form STIX writes them in: addresses canonical, an IPv4-mapped
 * IPv6 address as IPv4, names and sums lower case, hives of the registry in full, a path as
 * name and directory. */
#ifndef LF_ENGINE_STIX_EVENT_H
#define LF_ENGINE_STIX_EVENT_H

#include "engine/event.h"

/* Looks at events; one thread at a time. */
struct lf_stix_eye;
struct lf_stix_eye *lf_stix_eye_create(void);
void lf_stix_eye_destroy(struct lf_stix_eye *eye);

/* {"process":{"type":"process",…},"image":{"type":"file",…},…} as the `objects` of STIX 2.0's
 * observed-data, whose references name its members; NULL: the event has none.  In `a`, texts
 * may be the event's. */
const struct lf_json *lf_stix_eye_objects(struct lf_stix_eye *eye, struct lf_arena *a,
                                          const struct lf_event *ev);

/* The table, a line a row: object, property, fields. */
void lf_stix_eye_table(struct lf_buf *out);

#endif
