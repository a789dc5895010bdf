/* Feed: intelligence of others that a clock fetches.
 *
 * A feed is an address, a format and a collection.  It is asked every `every` (a tenth earlier or later, so
 * that feeds do not meet), with If-None-Match and If-Modified-Since (RFC 9110, 13.1); when it fails it rests
 * 1 minute, 2, 4 … at most 6 hours, a random half of it, and as long as Retry-After says (at most a day).
 *
 *   due ──lf_feeds_next──▶ asking ──answer──▶ taking, 200 objects a task ──▶ done: `every` later
 *                            ▲  │ redirect, next page, next document │
 *                            └──┴────────────────────────────────────┘
 *                               └─ failed ──▶ resting
 *
 * What a run has in hand is in memory and may be lost at any time: an object is kept with where it came from
 * in one transaction, and the same object once more is nothing new.  The place in a TAXII collection moves
 * with the last objects of a page.
 *
 * An object a feed brings is this node's account "feed:<id>" speaking (isac/rights.h, isac/watch.h): it is
 * looked for and blocks nothing.  A feed makes no version of what another gave: that is refused and counted.
 * What a feed no longer has is, if it is set up so (`gone`), ended: what we made of its lines gets a last
 * version that expires now, what is a stranger's object leaves the collection.  A document that would end
 * more than half of ten or more ends nothing unless a person asked for the run.
 *
 * Addresses: only public ones (sys/net.h), also after a redirect and after the name was looked up.  With
 * `private` the feed's own host and port may be any.  Credentials are sent to that host and port alone, and
 * no redirect leads from https to http. */
#ifndef LF_ISAC_FEED_H
#define LF_ISAC_FEED_H

#include "http/call.h"
#include "store/task.h"

enum {
    LF_FEED_NAME = 100,
    LF_FEED_URL = 2000,
    LF_FEED_MOST = 200,       /* of an organisation */
    LF_FEED_SLOTS = 4,        /* at once */
    LF_FEED_OBJECTS = 200000, /* of one document */
    LF_FEED_PARTS = 50000,    /* documents of one feed */
    LF_FEED_HOPS = 5,         /* redirects */
    LF_FEED_NOTES = 20        /* refusals that are told */
};
#define LF_FEED_LEAST LF_MINUTE
#define LF_FEED_LONGEST (31 * LF_DAY)

enum lf_feed_auth { LF_FEED_OPEN, LF_FEED_BASIC, LF_FEED_BEARER, LF_FEED_KEY }; /* KEY: as MISP has it */

struct lf_feed {
    lf_view id, name, url;
    /* A name of isac/format.h, or "misp-feed" (its manifest.json), "misp-server" (its API), "taxii" (a
     * collection of TAXII 2.1), "taxii1" and "taxii1-push" (a centre of the national exchange),
     * "csaf-provider" (its metadata), "rss" (RSS or Atom: items for the desk, isac/news.h, and no objects).
     */
    lf_view format;
    lf_view mapping;    /* csv; taxii1: feed_taxii1.c */
    lf_view tlp;        /* of what we make and that has none of its own */
    lf_view grade;      /* "B2": the source A–F and its word 1–6; empty: nobody said */
    int64_t confidence; /* of indicators that say nothing of it; -1: as the grade says */
    lf_view collection;
    lf_time every; /* 0: only when a person asks */
    bool gone;     /* what left the feed is ended */
    enum lf_feed_auth auth;
    lf_view login, secret; /* secret: never shown, sealed in the store; empty on a change: as it was */
    bool locked;           /* its secret is sealed with a key that this node has not */
    lf_view pin; /* SHA-256 of the server's key in hexadecimal, instead of the system's authorities */
    bool private;
    int64_t most;     /* bytes of one document */
    int64_t patience; /* seconds for one answer */

    /* How it stands. */
    lf_view account; /* who set it up */
    lf_time created, changed, next;
    bool asked; /* by a person: the next run */
    lf_view etag, modified, sha256, position;
    int64_t run;
    lf_time ran, ok;
    int64_t failures;                                 /* in a row */
    lf_view trouble;                                  /* one sentence; empty: none */
    lf_view notes;                                    /* JSON list of what was refused or is worth a word */
    int64_t fresh, other, same, refused, lost, ended; /* objects of the last run that did something */
};

/* At the start: seals secrets that an older release kept as they were. */
enum lf_code lf_feed_seal(struct lf_task *t, struct lf_err *e) LF_MUST;

/* By LF_ROLE_ADMIN or LF_ROLE_ANALYST.  in->id empty: a new one. */
enum lf_code lf_feed_put(struct lf_task *t, const struct lf_feed *in, lf_view *id, struct lf_err *e) LF_MUST;
/* What it gave stays. */
enum lf_code lf_feed_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_feed_run(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* By id or name. */
enum lf_code lf_feed_get(struct lf_task *t, lf_view id, struct lf_feed *out, struct lf_err *e) LF_MUST;
enum lf_code lf_feed_list(struct lf_task *t, size_t *n, struct lf_feed **out, struct lf_err *e) LF_MUST;
/* Its last runs, the newest first. */
enum { LF_FEED_RUNS = 50 };
struct lf_feed_run {
    int64_t run;
    lf_time began, over;
    bool unchanged;  /* the server said so, or the document is the one before */
    lf_view trouble; /* empty: it went well */
    int64_t fresh, other, same, refused, lost, ended;
};
enum lf_code lf_feed_runs(struct lf_task *t, lf_view id, size_t *n, struct lf_feed_run **out,
                          struct lf_err *e) LF_MUST;
/* Names of formats that a feed may have; NULL at the end. */
const char *lf_feed_format(size_t i);
const char *lf_feed_auth_name(enum lf_feed_auth a);

/* Where an object that the asker may see in a feed's collection came from. */
struct lf_provenance {
    lf_view feed, name, url, grade;
    lf_view part;      /* of a feed of many documents */
    lf_time first, at; /* first given, and when it was fetched as it is now */
    lf_view sha256;    /* of that document */
    lf_time ended;     /* 0: it stands */
};
enum lf_code lf_feed_provenance(struct lf_task *t, lf_view object, size_t *n, struct lf_provenance **out,
                                struct lf_err *e) LF_MUST;

/* ---- the core's side ---- */

struct lf_feeds;
struct lf_feeds *lf_feeds_create(void);
void lf_feeds_destroy(struct lf_feeds *f);
/* A call's id that is a feed's. */
bool lf_feeds_owns(uint64_t call);
/* Takes a piece of what there is, and gives calls to start now, in t->a.  To be called in a task of its own,
 * after lf_feeds_result and at *again (tick; 0: nothing is due). */
enum lf_code lf_feeds_next(struct lf_feeds *f, struct lf_task *t, const struct lf_call **calls, size_t *n,
                           lf_time *again, struct lf_err *e) LF_MUST;
enum lf_code lf_feeds_result(struct lf_feeds *f, struct lf_task *t, const struct lf_call_result *r,
                             struct lf_err *e) LF_MUST;
/* Runs under way are forgotten: the relay was started again, or a commit failed. */
void lf_feeds_forget(struct lf_feeds *f);

#endif
