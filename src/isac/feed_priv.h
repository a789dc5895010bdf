/* What the feed's files share: a run under way. */
#ifndef LF_ISAC_FEED_PRIV_H
#define LF_ISAC_FEED_PRIV_H

#include "base/buf.h"
#include "fmt/stix.h"
#include "isac/feed.h"
#include "isac/format.h"

#define FEED_SLICE (25 * LF_MSEC)      /* of work: the core answers nobody meanwhile */
#define FEED_CALLS ((uint64_t)1 << 63) /* of calls' ids that are feeds' */

struct feed_part {
    lf_view name, url, stamp;
};

/* What is being asked for. */
enum feed_want {
    WANT_MAIN,
    WANT_INDEX,
    WANT_PART,
    WANT_HASH,      /* CSAF: the file beside an advisory that says what its bytes are */
    WANT_KEY,       /* CSAF: an OpenPGP key of the provider */
    WANT_SIGNATURE, /* CSAF: the one beside an advisory */
    WANT_MANIFEST,  /* TAXII: the ids of all that is there */
    WANT_SURE       /* … and once more of those that seem gone */
};
enum { FEED_SURE = 20, FEED_KEYS = 8, FEED_VULNERABLE = 500 };
enum feed_phase { FREE, ASKING, READING, TAKING, ENDING };

struct feed_slot {
    enum feed_phase phase;
    enum feed_want want;
    uint64_t call;
    lf_time began;     /* tick of the call */
    struct lf_arena a; /* of the run */
    struct lf_feed feed;
    int64_t run;
    lf_time ran; /* when it began */
    bool by_hand;
    lf_view url; /* of the call under way */
    unsigned hops;
    lf_view etag, modified, sha256; /* of the main document, kept when all is done */

    lf_view *indexes; /* yet to be asked for */
    size_t nindexes, index, capindexes;
    struct feed_part *parts;
    size_t nparts, part, capparts;
    struct feed_part *left; /* parts that were there and are not now */
    size_t nleft, at_left;
    bool adding;  /* of a push: the server does not have the event */
    bool missing; /* a document that the index names was not there */
    bool later;   /* there are more parts, or pages, than one run takes */
    size_t kept;  /* parts that the next run passes over */

    struct lf_arena doc; /* of the document in hand */
    lf_view *made;
    size_t nmade, taken, capmade, bytes;
    struct {
        lf_view id, cve;
    } * vulnerable; /* vulnerabilities of the document that were met, for a report behind them */
    size_t nvulnerable, capvulnerable;
    bool catalogue;               /* … is a list of those that are exploited */
    bool full;                    /* told that no more items of the feed may wait for the desk */
    struct feed_reading *reading; /* READING: the document is not wholly in `made` yet */
    bool as_before;               /* it is the one of the run before: nothing was made of it */
    lf_view doc_sha256;
    bool trusted; /* CSAF: the provider promises hashes and signatures (role csaf_trusted_provider) */
    bool signs;   /* CSAF: … or names keys: nothing is taken before a key was looked for */
    struct {
        lf_view url, fingerprint, text; /* text: of the key; empty: not had */
    } keys[FEED_KEYS];
    size_t nkeys, key;
    unsigned bare;               /* CSAF: advisories of this run without a signature */
    lf_view held;                /* CSAF: the advisory in doc that is yet to be proved */
    unsigned hash, unhashed;     /* kind of the last one that was there; advisories in a row without any */
    bool other_hash;             /* the other kind was asked for too */
    lf_view position, next_page; /* TAXII: after this document */
    bool more, restarted;        /* restarted: its own `next` was refused once in this run */
    unsigned pages;
    lf_view walked_to;       /* of the manifest */
    lf_view sure[FEED_SURE]; /* ids that are asked about */
    size_t nsure;
    lf_view service; /* TAXII: what discovery led to */
    lf_view lead;    /* … or, while that is empty, what it asks for next */

    int64_t fresh, other, same, refused, lost, ended;
    struct lf_buf notes;
    size_t nnotes;
};

struct lf_feeds {
    uint64_t last_call;
    size_t turn;                         /* whose is first */
    char at_work[64], ill[64], why[400]; /* ids: whose work it is, and whose could not be kept */
    struct feed_slot slot[LF_FEED_SLOTS];
};

/* feed.c */
struct lf_scope feed_scope(const struct lf_task *t);
/* LF_NOT_FOUND: it was removed. */
enum lf_code feed_load(struct lf_task *t, struct lf_arena *a, lf_view id, struct lf_feed *out,
                       struct lf_err *e) LF_MUST;
enum lf_code feed_due(struct lf_task *t, size_t most, struct lf_feed **out, size_t *n,
                      struct lf_err *e) LF_MUST;

/* feed_read.c: a document into s->made, or an index into s->parts, a slice of it; s->reading is NULL when
 * there is no more to read. */
enum lf_code feed_read(struct lf_task *t, struct feed_slot *s, lf_view body, struct lf_err *e) LF_MUST;
enum lf_code feed_read_on(struct lf_task *t, struct feed_slot *s, struct lf_err *e) LF_MUST;
/* In its midst too. */
void feed_read_end(struct feed_slot *s);

/* feed_take.c: objects into the collection. */
void feed_note(struct feed_slot *s, lf_view what, lf_view why);
/* A piece of it into the store; done: nothing of it is left. */
enum lf_code feed_take(struct lf_task *t, struct feed_slot *s, bool *done, struct lf_err *e) LF_MUST;
/* A piece of what a part no longer has. */
enum lf_code feed_end(struct lf_task *t, struct feed_slot *s, lf_view part, bool *done,
                      struct lf_err *e) LF_MUST;

/* Whether what a part no longer has may be ended, by what people want and by how much it is; false too when
 * there is nothing. */
enum lf_code feed_may_end(struct lf_task *t, struct feed_slot *s, lf_view part, bool *may,
                          struct lf_err *e) LF_MUST;
/* Ids of what the run has not met, the oldest first. */
enum lf_code feed_unmet(struct lf_task *t, const struct feed_slot *s, lf_view part, size_t most, lf_view *ids,
                        size_t *n, struct lf_err *e) LF_MUST;
enum lf_code feed_end_one(struct lf_task *t, struct feed_slot *s, lf_view id, struct lf_err *e) LF_MUST;

/* feed_manifest.c: what a TAXII server deleted.  Nothing in TAXII tells of it.  Once a day, and when a person
 * runs the feed, the manifest is walked through; what it does not name is asked for once more by its ids, as
 * a page may shift while others write, and ended when the server does not know it. */
bool feed_walks(const struct feed_slot *s);
enum lf_code feed_walk_due(struct lf_task *t, const struct feed_slot *s, bool *due, struct lf_err *e) LF_MUST;
enum lf_code feed_walk_done(struct lf_task *t, const struct feed_slot *s, struct lf_err *e) LF_MUST;
lf_view feed_manifest_url(struct feed_slot *s);
/* s->sure: what is to be asked about next; none: all is known. */
enum lf_code feed_missing(struct lf_task *t, struct feed_slot *s, struct lf_err *e) LF_MUST;
/* Those of s->sure that the answer in s->made does not name. */
enum lf_code feed_missing_end(struct lf_task *t, struct feed_slot *s, struct lf_err *e) LF_MUST;

/* The feed speaking as its account. */
struct lf_task feed_task(const struct lf_task *t, const struct feed_slot *s);

/* feed_secret.c: how the secret of that feed is kept, and what it is again (f->secret, f->locked). */
lf_view feed_secret_seal(struct lf_task *t, lf_view id, lf_view secret);
void feed_secret_open(const struct lf_task *t, struct lf_arena *a, struct lf_feed *f);

/* feed_call.c */
/* Whether a main document as it was says that nothing is new. */
bool feed_tells_of_news(const struct feed_slot *s);
/* From now on this is being asked for. */
void feed_ask(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view url);
/* TAXII 2.1: the collection's address, with a slash at its end. */
lf_view feed_collection_url(struct feed_slot *s);
/* What is asked first. */
lf_view feed_main_url(struct feed_slot *s);
enum lf_code feed_call(struct lf_task *t, struct feed_slot *s, struct lf_call *c, struct lf_err *e) LF_MUST;
/* How long the server wants to be left alone; at most a day. */
lf_time feed_retry_after(struct lf_task *t, const struct lf_http_response *p);

/* feed_hash.c: CSAF 2.0, 7.1.18: beside ADVISORY.json lies ADVISORY.json.sha512 or .sha256. */
lf_view feed_hash_url(struct feed_slot *s);
enum feed_hash { HASH_RIGHT, HASH_WRONG, HASH_NONE /* it says no hash */ };
enum feed_hash feed_hash_check(const struct feed_slot *s, lf_view said);

/* feed_proof.c: hashes, and OpenPGP signatures (CSAF 2.0, 7.1.19 and 7.1.20: ADVISORY.json.asc, by a key that
 * the provider's metadata names).  The mapping says whether these are wanted: `signature = off`, `there` (the
 * usual: where the metadata names keys, and one that is broken refuses the advisory), `required`;
 * `fingerprint = …`: of the one key that counts.  A provider that has no hash of three advisories in a row is
 * not asked for more in this run; a trusted one, which promises hashes and signatures, is held to both. */
enum lf_code feed_proof_check(const struct lf_feed *f, struct lf_err *e) LF_MUST;
void feed_keys_named(struct feed_slot *s, const struct lf_json *metadata);
/* The next key, or when there is none the first advisory. */
enum lf_code feed_keys_next(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                            struct lf_err *e) LF_MUST;
enum lf_code feed_prove(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                        struct lf_err *e) LF_MUST;
/* What came; body: empty when nothing lies there. */
enum lf_code feed_proof_came(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                             struct lf_err *e) LF_MUST;
bool feed_proving(const struct feed_slot *s);

/* feed_fetch.c, for these: a document that is not taken, one that is read, and the next one. */
enum lf_code feed_skip(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view why, bool known,
                       struct lf_err *e) LF_MUST;
enum lf_code feed_read_document(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                                struct lf_err *e) LF_MUST;
enum lf_code feed_next_part(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                            struct lf_err *e) LF_MUST;

/* feed_push.c */
bool feed_pushes(lf_view format);
/* s->parts: the events that may go, each with its time; s->position: behind them. */
enum lf_code feed_push_list(struct lf_task *t, struct feed_slot *s, struct lf_err *e) LF_MUST;
/* The question which of them the server wants, and what it said. */
lf_view feed_push_question(struct lf_task *t, const struct feed_slot *s);
enum lf_code feed_push_wanted(struct lf_task *t, struct feed_slot *s, lf_view body, struct lf_err *e) LF_MUST;
/* The event whose turn it is. */
enum lf_code feed_push_body(struct lf_task *t, struct feed_slot *s, lf_view *body, struct lf_err *e) LF_MUST;

/* feed_taxii1.c */
/* "name = value" of the mapping. */
lf_view feed_setting(const struct lf_feed *f, const char *name, const char *otherwise);
bool feed_taxii1(lf_view format);
/* Whether its services are asked for first (WANT_INDEX). */
bool feed_taxii1_discovers(const struct feed_slot *s);
/* s->parts: the reports that may go; s->position: behind them. */
enum lf_code feed_taxii1_list(struct lf_task *t, struct feed_slot *s, struct lf_err *e) LF_MUST;
/* What is asked, by s->want. */
enum lf_code feed_taxii1_body(struct lf_task *t, struct feed_slot *s, lf_view *body,
                              struct lf_err *e) LF_MUST;
enum lf_code feed_taxii1_service(struct feed_slot *s, lf_view body, lf_view *address,
                                 struct lf_err *e) LF_MUST;
enum lf_code feed_taxii1_read(struct feed_slot *s, lf_view body, const struct lf_format_use *use,
                              const struct lf_exchange *to, struct lf_err *e) LF_MUST;
enum feed_taxii1_fate { TAXII1_TAKEN, TAXII1_KNOWN, TAXII1_REFUSED, TAXII1_LATER };
/* e->text: what the centre said. */
enum lf_code feed_taxii1_pushed(struct feed_slot *s, lf_view body, enum feed_taxii1_fate *fate,
                                struct lf_err *e) LF_MUST;

/* feed_news.c: what comes to the desk (isac/news.h), as the feed's account. */
bool feed_rss(lf_view format);
/* Items as JSON into s->made, and one of them to the desk. */
enum lf_code feed_rss_read(struct feed_slot *s, lf_view body, const struct lf_exchange *to,
                           struct lf_err *e) LF_MUST;
enum lf_code feed_rss_take(struct lf_task *own, struct feed_slot *s, lf_view json, struct lf_err *e) LF_MUST;
/* Each object of a document, so that a report finds the ids of what it names. */
void feed_vulnerability(struct feed_slot *s, const struct lf_stix *o);
/* One that is new or changed: a report, an exploited vulnerability; others are nothing to the desk. */
enum lf_code feed_news(struct lf_task *own, struct feed_slot *s, const struct lf_stix *o,
                       struct lf_err *e) LF_MUST;

/* feed_parts.c: indexes of feeds of many documents. */
/* The feed's address without a file's name at its end. */
lf_view feed_folder(struct feed_slot *s);
/* Whether the format has an index and parts. */
bool feed_has_parts(lf_view format);
/* TAXII 2.1: the collection is named in the mapping, and looked for from the server's address on. */
bool feed_taxii_discovers(const struct feed_slot *s);
/* Whether what is being asked for leads to documents and is none. */
bool feed_is_index(const struct feed_slot *s);
/* What an index at s->url names is added to s->parts, or to s->indexes; an answer on the way to a collection
 * gives s->service, or s->lead.  `rest` may be NULL. */
enum lf_code feed_index(struct feed_slot *s, lf_view body, const struct lf_rest *rest,
                        struct lf_err *e) LF_MUST;
lf_view feed_resolve(struct lf_arena *a, lf_view base, lf_view ref); /* RFC 3986, 5.2 for http */

#endif
