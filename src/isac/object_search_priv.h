/* What object_search.c (pages of what is found), object_terms.c (what is asked, as terms) and
 * object_reader.c (objects by their ids) share. */
#ifndef LF_ISAC_OBJECT_SEARCH_PRIV_H
#define LF_ISAC_OBJECT_SEARCH_PRIV_H

#include "isac/index.h"
#include "isac/object_search.h"

/* A collection that the reader may read. */
struct object_room {
    const struct lf_collection *c;
    int64_t number;
    struct lf_rights *rights;
};

struct object_search {
    struct lf_task *t;
    const struct lf_object_query *q;
    struct lf_term_key key;
    struct object_room *rooms;
    size_t nrooms;
    struct lf_index_group g[LF_INDEX_GROUPS];
    size_t ng;
    bool nothing; /* something is asked that nothing has */
    size_t bytes; /* of texts that were looked at */
};

/* What may be read, by the collections' numbers.  LF_NOT_FOUND: not the one that is asked for. */
enum lf_code object_rooms_open(struct object_search *s, struct lf_err *e) LF_MUST;
const struct object_room *object_room_of(const struct object_search *s, int64_t number);
enum lf_code object_room_shows(struct object_search *s, const struct object_room *r, int64_t marking,
                               int64_t maker, bool *shown, struct lf_err *e) LF_MUST;

/* Another group, empty; a term into a group. */
struct lf_index_group *object_terms_group(struct object_search *s);
void object_terms_put(struct object_search *s, struct lf_index_group *g, int64_t term);
/* A group of one term. */
void object_terms_one(struct object_search *s, char letter, lf_view text);
/* The group of what the reader may have. */
enum lf_code object_terms_classes(struct object_search *s, struct lf_err *e) LF_MUST;
/* All that s->q asks for, and the classes. */
enum lf_code object_terms_asked(struct object_search *s, struct lf_err *e) LF_MUST;

/* What is new, into the index. */
enum lf_code object_catch_up(struct lf_task *t, bool *behind, struct lf_err *e) LF_MUST;
/* At most `limit` hits below a document; *at: where to go on, 0 when nothing can follow. */
enum lf_code object_gather(struct object_search *s, int64_t below, size_t limit, struct lf_object_hit *hits,
                           size_t *n, int64_t *at, struct lf_err *e) LF_MUST;

#endif
