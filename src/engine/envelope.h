/* Envelopes: one JSON document that holds many events -> the events.
 *
 * Cloud services hand out their logs in one document: CloudTrail's {"Records":[…]}, Azure's
 * {"records":[…]}, Kubernetes' EventList, pages of an API, or a bare array.  Which documents are such
 * is said by pipelines (`events`, docs/manual/pipelines.md); a bare array of objects always is.
 *
 * Each event is the bytes that stand in the document, unchanged, so that it is kept, dated, numbered and
 * found like any other record.  What else the envelope holds (who sent it, its page) is left as the
 * document without its events; with the events and that, nothing of the original is lost but the commas
 * and blanks between events. */
#ifndef LF_ENGINE_ENVELOPE_H
#define LF_ENGINE_ENVELOPE_H

#include "engine/pipeline.h"

enum {
    LF_ENVELOPE_BYTES = 16 << 20, /* of a document; a larger one is one record */
    LF_ENVELOPE_EVENTS = 100000,  /* in it; as above */
    LF_ENVELOPE_LOOK = 2048,      /* the list begins within these */
};

struct lf_envelope {
    const lf_view *events; /* views into the document */
    size_t n;
    lf_view rest; /* the document without its events, in the arena; empty: it held nothing else */
};

/* False: the bytes are no envelope but an event, or no JSON.  Costs a look at the first bytes for
 * what is none. */
bool lf_envelope_open(const struct lf_pipelines *ps, struct lf_arena *a, lf_view bytes,
                      struct lf_envelope *out);

#endif
