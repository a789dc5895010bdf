/* Making STIX 2.1 objects out of foreign formats: what all readers share.
 *
 *   lf_make_init(&m, to);
 *   lf_make_open(&m, "indicator", id, created, modified);
 *   lf_json_put_str(&m.w, "pattern", …);            the properties of its type
 *   LF_TRY(lf_make_close(&m, e));                    … goes to `to`
 *   lf_arena_reset(&m.a);                            when a piece of the input is done
 *
 * Ids are made of what the input says (its own UUIDs, else its values), so that the same input gives
 * the same objects wherever and whenever it is read. */
#ifndef LF_FMT_STIX_MAKE_H
#define LF_FMT_STIX_MAKE_H

#include "base/map.h"
#include "fmt/exchange.h"
#include "fmt/json.h"

/* Of objects whose times nobody states (an organisation, a technique referred to): older than any that their
 * owners publish themselves, so that theirs is the later version in either order of arrival. */
#define LF_MAKE_UNDATED ((lf_time)1262304000 * LF_SECOND) /* 2010-01-01 */

struct lf_make {
    const struct lf_exchange *to;
    struct lf_arena a; /* of the piece at hand */
    struct lf_json_w w;
    struct lf_buf b;
    lf_view creator;  /* "identity--…" for created_by_ref; may be empty */
    lf_view markings; /* the list as JSON text, "[\"marking-definition--…\"]"; may be empty */
    struct lf_arena keep;
    struct lf_map once; /* ids that were made and are not made again */
    size_t made, lost;
};
void lf_make_init(struct lf_make *m, const struct lf_exchange *to);
void lf_make_clear(struct lf_make *m);
/* Which ids were made: they may be made again. */
void lf_make_forget(struct lf_make *m);

/* Whether an id can be made of it: a UUID of RFC 9562, which not everything that looks like one is. */
bool lf_make_uuid_ok(lf_view text);
/* A UUID of version 5 made of two texts. */
lf_view lf_make_uuid(struct lf_make *m, lf_view space, lf_view name);
/* type--uuid */
lf_view lf_make_id(struct lf_make *m, const char *type, lf_view uuid);
/* Whether this id was asked about for the first time. */
bool lf_make_first(struct lf_make *m, lf_view id);

/* Opens an SDO or SRO: type, spec_version, id, created_by_ref, created, modified, object_marking_refs. */
void lf_make_open(struct lf_make *m, const char *type, lf_view id, lf_time created, lf_time modified);
/* LF_OK; an object that is too large to be kept is told as lost (under its id) and not given. */
enum lf_code lf_make_close(struct lf_make *m, struct lf_err *e) LF_MUST;
/* A cyber-observable: `body` is the object's text without id, spec_version and markings, `{"type":…}`.  It
 * gets its deterministic id and is given once.  *id is empty when the strict check says that it is none: the
 * value is not what its type wants. */
enum lf_code lf_make_sco(struct lf_make *m, lf_view body, lf_view *id, struct lf_err *e) LF_MUST;
/* An organisation, once; *id is empty when it has no name. */
enum lf_code lf_make_identity(struct lf_make *m, lf_view uuid, lf_view name, const char *class, lf_view *id,
                              struct lf_err *e) LF_MUST;
/* A marking by statement, once. */
enum lf_code lf_make_statement(struct lf_make *m, lf_view uuid, lf_view statement, lf_view *id,
                               struct lf_err *e) LF_MUST;

/* "red", "amber+strict", "amber", "green", "clear" or "white" with or without "tlp:", in any case: the id of
 * the standard's marking (TLP 2.0; white is 1.0's), or NULL. */
const char *lf_make_tlp(lf_view name);
/* The id of TLP 1.0 of that name (clear is its white), or NULL. */
const char *lf_make_tlp1(lf_view name);
/* The name ("amber+strict") of a TLP marking's id, of either version; NULL when it is none. */
const char *lf_make_tlp_name(lf_view id);
/* The name of the first TLP among an object's markings; NULL when it has none. */
const char *lf_make_tlp_of(const struct lf_json *object);

/* Tells a loss, its place and value cut to what is told of them. */
void lf_loss_tell(const struct lf_exchange *to, lf_view where, lf_view value, const char *why);
/* … and counts it. */
void lf_make_lost(struct lf_make *m, lf_view where, lf_view value, const char *why);

/* Appends 'value' with quotes and escapes to a pattern. */
void lf_make_literal(struct lf_buf *b, lf_view value);
/* A time of the input in the three decimals of created and modified. */
void lf_make_time(struct lf_make *m, const char *key, lf_time at);

#endif
