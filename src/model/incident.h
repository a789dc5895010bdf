/* Incident event: one immutable, signed act upon an incident.
 *
 * An incident is nothing but the set of its events; engine/incident_fold.h says
 * what state they add up to.  Each event is a STIX 2.1 object of its own, type
 * `incident-event` (a new SDO through model/extension.h), made by the node that
 * recorded it and never changed afterwards:
 *
 *   { "type":"incident-event", "spec_version":"2.1", "id":"incident-event--…",
 *     "created_by_ref":"identity--…",   the node
 *     "created":…, "modified":…,        both the recording, in milliseconds
 *     "extensions":{…new-sdo…},
 *     "incident_ref":"incident--…",  "org":"…",  "tier":"provider|sector|nation",
 *     "sequence":1,                     of this node in this incident, from 1
 *     "parent_refs":["incident-event--…"],  newest events the node had seen (absent: none)
 *     "kind":"reported",  "by":"reporter",  "account":"…",
 *     "occurred_at":…,                  in the world; "recorded_at":… by the node
 *     "body":{…},                       as the kind wants
 *     "signer_key":"…", "signature":"…" }   Ed25519, URL-safe base64 without padding
 *
 * Signed are the RFC 8785 bytes of the whole object without "signature", so
 * properties that a later version adds are kept and covered too. */
#ifndef LF_MODEL_INCIDENT_H
#define LF_MODEL_INCIDENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/time.h"
#include "fmt/json.h"

enum {
    LF_INCIDENT_EVENT_BYTES = 65536, /* of one event's JSON */
    LF_INCIDENT_PARENTS = 64,        /* causal parents of one event */
    LF_INCIDENT_EVENTS = 2048,       /* events of one incident */
    LF_INCIDENT_RSIT = 64,           /* bytes of a type of the reference taxonomy */
};

struct lf_incident_event {
    lf_view id;       /* "incident-event--<uuid>" */
    lf_view incident; /* "incident--<uuid>" */
    lf_view node;     /* "identity--<uuid>" of the node that recorded it */
    lf_view org;      /* organisation the incident befell (UUID) */
    lf_view tier;     /* of the node: "provider", "sector", "nation" */
    int64_t sequence; /* per node and incident, from 1 */
    size_t nparents;
    const lf_view *parents; /* event ids */
    lf_view kind;           /* "aware", "reported", …; unknown kinds are kept */
    lf_view by;             /* "reporter", "reviewer", "national", "system", "supporter" */
    lf_view account;        /* who, as the node calls the account; may be empty */
    lf_time occurred, recorded;
    const struct lf_json *body; /* an object, or NULL for none */
    uint8_t key[LF_SIGN_PUBLIC];
    uint8_t signature[LF_SIGNATURE];
    lf_view json; /* the object's canonical text: what is stored and sent */
};

/* The text in ev->json is made from the fields and signed with `secret`; all fields are then as
 * lf_incident_event_read() gives them of it. */
enum lf_code lf_incident_event_sign(struct lf_arena *a, struct lf_incident_event *ev,
                                    const uint8_t pub[LF_SIGN_PUBLIC], const uint8_t secret[LF_SIGN_SECRET],
                                    struct lf_err *e) LF_MUST;

/* Reads an object from outside: limits, types and the form of each field are
 * checked, the signature is not.  ev->json is the canonical text of all that came,
 * known or not. */
enum lf_code lf_incident_event_read(struct lf_arena *a, lf_view stix, struct lf_incident_event *out,
                                    struct lf_err *e) LF_MUST;

/* The same of a text that this store kept: it is canonical, ev->json is a copy of it, and key and signature,
 * which were looked at when it came, are left 0. */
enum lf_code lf_incident_event_stored(struct lf_arena *a, lf_view json, struct lf_incident_event *out,
                                      struct lf_err *e) LF_MUST;

/* Whether the signature in it is that of the key in it.  Whether that key is the
 * node's is for the caller to know.  LF_UNAUTHENTIC when not. */
enum lf_code lf_incident_event_verify(struct lf_arena *a, const struct lf_incident_event *ev,
                                      struct lf_err *e) LF_MUST;

/* The exercise (演練) that an incident was made for, as the events that made it say, signed:
 *   "exercise":true, "exercise_of":{"id":UUID, "name":…, "speed":1…60, "reach":"sector"} */
struct lf_incident_exercise {
    lf_view id;    /* empty: none is named */
    lf_view name;  /* as people wrote it */
    int speed;     /* its clocks run so many times as fast; 1 when none is named */
    lf_view reach; /* the highest tier that takes part: nothing of it goes above */
};
enum { LF_EXERCISE_NAME = 200 /* bytes */, LF_EXERCISE_SPEED = 60 };
/* False: what the body says of it is not that. */
bool lf_incident_exercise_read(const struct lf_json *body, struct lf_incident_exercise *out);
/* The two members; nothing when none is named. */
void lf_incident_exercise_write(struct lf_json_w *w, const struct lf_incident_exercise *x);
/* How high a tier stands: 1 provider, 2 sector, 3 nation; 0 none of them. */
int lf_tier_height(lf_view tier);

/* What the body says: 1–4, or 0 for nothing. */
int lf_incident_event_level(const struct lf_incident_event *ev);

#endif
