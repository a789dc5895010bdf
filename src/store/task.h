/* Task: one request or message being served by the core.
 *
 * Handed first to every service call.  All changes of a task lie in one
 * savepoint of the core's transaction: either all of it is kept or none.  What
 * must happen after the commit (wake waiting polls, send zones, call peers) is
 * noted in `effects`; the core then looks in the store for what is new, so an
 * effect lost in a crash is found again at start. */
#ifndef LF_STORE_TASK_H
#define LF_STORE_TASK_H

#include "store/db.h"

enum lf_effect {
    LF_FX_COLLECTION = 1u << 0, /* objects were added to a TAXII collection: wake waiting polls */
    LF_FX_OUTBOX = 1u << 1,     /* something is to be pushed to the parent */
    LF_FX_ZONE = 1u << 2,       /* the block list changed: send the dns worker what is new */
    LF_FX_TOKENS = 1u << 3,     /* log senders' tokens changed: send the intake worker all of them */
    LF_FX_PEERS = 1u << 4,      /* a peer was added, changed or left: refresh links */
    LF_FX_ALERT = 1u << 5,      /* an alert was raised or changed */
    LF_FX_INCIDENT = 1u << 6,   /* an incident event was recorded */
    LF_FX_SEARCH = 1u << 7,     /* a search was started or cancelled: tell the search worker */
    LF_FX_ARRIVAL = 1u << 8,    /* a member handed something in: the second line looks at it */
    LF_FX_KEYS = 1u << 9,       /* the node has another signing key: read its identity again */
    LF_FX_HOLDS = 1u << 10,     /* legal holds changed: send the intake worker all of them */
    LF_FX_FEEDS = 1u << 11,     /* a feed was set up or is to run now */
    LF_FX_QUESTION = 1u << 12,  /* a question came, ended or was decided: look which is to be run */
    LF_FX_MAIL = 1u << 13,      /* mail waits, or a digest is due */
    LF_FX_NOTICE = 1u << 14,    /* a notice was raised: whom it reaches is to be worked out */
    LF_FX_CASES = 1u << 16,     /* a file of old cases is to be taken in, or was stopped */
    LF_FX_ROSTER = 1u << 15,    /* a roster or handover changed: look whom it tells, and when */
};

/* The node itself: made at first start, the same for its life (but keys rotate). */
struct lf_identity {
    lf_view node; /* "identity--<uuid>": STIX identity of this node */
    lf_view org;  /* organisation id (UUID) of the node's own organisation */
    lf_view name; /* as people call it */
    lf_view tier; /* "provider", "sector" or "nation" */
    uint8_t sign_public[LF_SIGN_PUBLIC];
    uint8_t sign_secret[LF_SIGN_SECRET];
    uint8_t redact_key[32]; /* keyed ids of derived objects; never leaves the node */
};

/* Which collections LF_FX_COLLECTION is about, by marks that several may share: a poll that waits
 * for one of thousands is asked again when that one changed, and hardly ever for another. */
enum { LF_CHANGED_MARKS = 1024 };
struct lf_changed {
    bool all; /* who may read what changed: any of them may have news */
    uint64_t bits[LF_CHANGED_MARKS / 64];
};
/* 1 to LF_CHANGED_MARKS, of a collection's id. */
unsigned lf_changed_mark(lf_view collection);
void lf_changed_add(struct lf_changed *c, lf_view collection); /* NULL: nobody asks */
bool lf_changed_has(const struct lf_changed *c, unsigned mark);

struct lf_warninglists; /* engine/warninglist.h; a room below cannot know more of it */
struct lf_ids;          /* isac/ids.h */

struct lf_task {
    struct lf_arena *a;
    const struct lf_env *env;
    struct lf_db *db;
    const struct lf_identity *self;
    struct lf_scope scope;
    unsigned effects;
    const struct lf_warninglists *warning; /* lists of what must not go out; NULL: none */
    /* What the intake is to look for from the commit on, as packed lf_indicator_entry; NULL: it
     * is told the whole list when it comes. */
    struct lf_buf *news;
    struct lf_ids *ids; /* which ids no object has; NULL: the store is asked each time */
    const uint8_t
        *secrets; /* the key of secrets that are kept (LF_SECRET_KEY); NULL: they stay as they are */
    struct lf_changed *changed; /* shared with tasks made from this one; NULL: nobody asks */
    /* Whether the markings of an indicator keep it from the scope: isac decides (lf_indicator_hidden), and
     * rooms below it, which keep what it found, ask here.  Who serves readers sets it; NULL: the node's own
     * work, which alone has everything. */
    enum lf_code (*hides)(struct lf_task *t, lf_view indicator, bool *hidden, struct lf_err *e);
};

#endif
