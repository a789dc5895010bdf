/* MISP's events as they lie in a collection: a report, or a grouping that is no object of MISP's, with all
 * that belongs to it (fmt/misp.h).
 *
 * What a reader may not have is not gathered (isac/rights.h), and so is in no event. */
#ifndef LF_ISAC_MISP_EVENT_H
#define LF_ISAC_MISP_EVENT_H

#include "base/map.h"
#include "fmt/json.h"
#include "isac/object.h"
#include "model/marking.h"

enum {
    LF_MISP_STIX = 24 << 20,  /* bytes gathered at once */
    LF_MISP_OBJECTS = 20000,  /* … and objects */
    LF_MISP_EVENTS = 20000,   /* looked at for a list */
    LF_MISP_ANSWER = 30 << 20 /* bytes of MISP's JSON */
};

/* Values live in the task's arena. */
struct lf_misp_events {
    struct lf_task *t;
    lf_view collection;
    struct lf_rights *rights;
    enum lf_tlp most; /* what is marked more strictly is not gathered; NONE: as the reader's rights say */
    const struct lf_json **objects;
    size_t n, cap, bytes;
    struct lf_map have; /* id → its place in objects, from 1 */
    struct lf_buf text;
};
void lf_misp_events_init(struct lf_misp_events *x, struct lf_task *t, lf_view collection,
                         struct lf_rights *rights);
void lf_misp_events_clear(struct lf_misp_events *x);
/* Forgets what was gathered. */
void lf_misp_events_reset(struct lf_misp_events *x);

bool lf_misp_event_is(const struct lf_json *object);
lf_view lf_misp_event_uuid(const struct lf_json *object);
lf_time lf_misp_event_modified(const struct lf_json *object);

/* The event of this UUID, gathered alone; *out NULL: there is none for the reader. */
enum lf_code lf_misp_event_find(struct lf_misp_events *x, lf_view uuid, const struct lf_json **out,
                                struct lf_err *e) LF_MUST;
/* When each of these was modified last; 0: there is none for the reader.  Nothing stays gathered. */
enum lf_code lf_misp_event_stamps(struct lf_misp_events *x, const lf_view *uuids, size_t n, lf_time *out,
                                  struct lf_err *e) LF_MUST;
/* Those that are there, modified since a time (0: all) or added after one (-1: all), not gathered.  *last:
 * the date_added of the last object that was looked at. */
enum lf_code lf_misp_event_list(struct lf_misp_events *x, lf_time since, lf_time after,
                                const struct lf_json ***out, size_t *n, lf_time *last,
                                struct lf_err *e) LF_MUST;
/* UUIDs of the events that have one of these objects, or one of these values.  Nothing stays gathered. */
enum lf_code lf_misp_event_having(struct lf_misp_events *x, const lf_view *objects, size_t n, lf_view **out,
                                  size_t *nout, struct lf_err *e) LF_MUST;
enum lf_code lf_misp_event_with(struct lf_misp_events *x, const lf_view *values, size_t n, lf_view **out,
                                size_t *nout, struct lf_err *e) LF_MUST;
/* When something in each of these events was seen last, of the newest LF_MISP_EVENTS sightings; 0: never. */
enum lf_code lf_misp_event_sighted(struct lf_misp_events *x, const struct lf_json *const *events, size_t n,
                                   lf_time *out, struct lf_err *e) LF_MUST;
/* One object, when it is there. */
enum lf_code lf_misp_event_take(struct lf_misp_events *x, lf_view id, struct lf_err *e) LF_MUST;
/* What belongs to all that was taken so far. */
enum lf_code lf_misp_events_gather(struct lf_misp_events *x, struct lf_err *e) LF_MUST;
/* All that was gathered, as a list of {"Event": …}; and one of it. */
enum lf_code lf_misp_events_write(struct lf_misp_events *x, const struct lf_json **list,
                                  struct lf_err *e) LF_MUST;
const struct lf_json *lf_misp_event_in(const struct lf_json *list, lf_view uuid);

#endif
