/* Search: objects that are stored, by what they say; for every door that shows people objects.
 *
 * What is found is what isac/rights.h lets the asking scope have of the collections it may read, and as
 * if there were nothing else: of each object the last version it has, the newest to arrive first, each
 * once although it lies in several collections (then it is told of the one with the lowest number).
 * Nothing is counted: a page says only whether more may follow.
 *
 * A page's work is bounded whatever the store holds: what is new is taken into the index
 * (isac/index.h) for at most LF_SEARCH_TAKE calls (some 12,000 objects: what one request can hand in),
 * LF_SEARCH_SEGMENTS segments are asked, and LF_SEARCH_LOOKS documents (LF_SEARCH_BYTES of text) looked at
 * that are the reader's.  A page may so be short, or empty, and have a `next`. */
#ifndef LF_ISAC_OBJECT_SEARCH_H
#define LF_ISAC_OBJECT_SEARCH_H

#include "isac/object.h"
#include "model/page.h"

enum {
    LF_SEARCH_TAKE = 24,
    LF_SEARCH_SEGMENTS = 64,
    LF_SEARCH_LOOKS = 4000,
    LF_SEARCH_BYTES = 4 << 20, /* and one object more, of 1 MiB at most */
    LF_SEARCH_TEXT = 512,      /* bytes of one thing that is asked for */
};

/* All that is given must hold; an empty view asks for nothing. */
struct lf_object_query {
    lf_view value; /* a value of it, or a literal of its pattern, whole; "evil[.]com" and hxxp too */
    lf_view name;  /* words of its name or aliases */
    lf_view words; /* words anywhere in its texts */
    lf_view type;
    lf_view source;  /* created_by_ref; or words of the name of an identity; or "self" */
    lf_view marking; /* marking-definition; "amber", "tlp:amber" …; or "none" */
    lf_view
        technique; /* ATT&CK id: objects with it and those that refer to such a one; T1059 has T1059.001 */
    lf_view ref;   /* an id that it refers to */
    lf_view grade; /* "B2", "B" or "2": its own, its creator's or its feed's (isac/grade.h) */
    lf_view collection; /* id or alias; LF_NOT_FOUND when it may not be read */
    lf_time from, to;   /* from <= version < to; 0 is open.  What has no version: when it came */
};

struct lf_object_hit {
    struct lf_object o; /* with its text */
    lf_view collection, alias;
    int64_t doc;
};

/* `after` is `next` of the page before; *next is empty when nothing can follow.  LF_BAD_INPUT: what is asked
 * cannot be (too long, no type, a `next` of nobody).  *behind (may be NULL): so much was stored just now that
 * what came last may be missing; ask again. */
enum lf_code lf_object_search(struct lf_task *t, const struct lf_object_query *q, const struct lf_page *page,
                              size_t *n, const struct lf_object_hit **out, lf_view *next, bool *behind,
                              struct lf_err *e) LF_MUST;

/* What was stored since, into the index, some hundred objects, and ids to where they stay (isac/entry.h); for
 * the core, beside its other work. */
enum lf_code lf_object_search_turn(struct lf_task *t, bool *more, struct lf_err *e) LF_MUST;

/* The versions of an object that the reader has, the last first, in all collections it may read (a version by
 * one origin once): at most LF_OBJECT_VERSIONS of those before `before` (0: the last ones; *more: there are
 * earlier ones), the first `texts` of them with their text.  LF_NOT_FOUND: none, whether hidden or not there.
 */
enum { LF_OBJECT_VERSIONS = 100 };
struct lf_object_version {
    struct lf_object o;
    lf_view collection, alias;
    /* Who brought it, for people of this node: a peer's id (empty: ours) and the account; of a copy nothing.
     */
    lf_view origin, author;
};
enum lf_code lf_object_versions(struct lf_task *t, lf_view id, lf_time before, size_t texts, size_t *n,
                                const struct lf_object_version **out, bool *more, struct lf_err *e) LF_MUST;

/* Whether anything of this id is in any collection, whoever may read it. */
enum lf_code lf_object_stored(struct lf_task *t, lf_view id, bool *stored, struct lf_err *e) LF_MUST;

/* For who asks for many objects, one after the other: what may be read is asked once. */
struct lf_object_reader;
enum lf_code lf_object_reader_open(struct lf_task *t, struct lf_object_reader **out,
                                   struct lf_err *e) LF_MUST;
/* The last version of all that the reader has; *found false: hidden or not there. */
enum lf_code lf_object_last(struct lf_object_reader *r, lf_view id, struct lf_object_hit *out, bool *found,
                            struct lf_err *e) LF_MUST;
/* What refers to it, the newest to arrive first; *more: there may be others. */
enum lf_code lf_object_referrers(struct lf_object_reader *r, lf_view id, size_t most, size_t *n,
                                 const struct lf_object_hit **out, bool *more, struct lf_err *e) LF_MUST;

/* Ids of objects of one collection that refer to any of these and are of one of the types (NULL at their
 * end), as `rights` lets them be seen; at most `most`, the newest to arrive first.  *behind: what came last
 * may be missing.  For who has the collection's right already. */
enum lf_code lf_object_referring(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                                 const lf_view *ids, size_t nids, const char *const *types, size_t most,
                                 lf_view **out, size_t *n, bool *behind, struct lf_err *e) LF_MUST;
/* … that have one of these values. */
enum lf_code lf_object_valued(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                              const lf_view *values, size_t nvalues, size_t most, lf_view **out, size_t *n,
                              bool *behind, struct lf_err *e) LF_MUST;

#endif
