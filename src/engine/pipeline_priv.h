/* What a compiled pipeline is made of; for engine/pipeline*.c alone. */
#ifndef LF_ENGINE_PIPELINE_PRIV_H
#define LF_ENGINE_PIPELINE_PRIV_H

#include "base/map.h"
#include "engine/pipeline.h"

enum { VALUE_SHOWN = 128 }; /* values longer than this have no case of their own */

enum change_kind {
    CHANGE_HEX,    /* 0x1a4 -> 420 */
    CHANGE_MAP,    /* whole value, case-insensitive */
    CHANGE_PREFIX, /* the front of a value, case-insensitive */
    CHANGE_JOIN,   /* items of a list, a blank between */
    /* Of an HTTP request's line ("GET /a?b HTTP/1.1") or target ("/a?b", "http://h/a?b"): */
    CHANGE_METHOD,
    CHANGE_TARGET,
    CHANGE_PATH,
    CHANGE_QUERY
};
struct change_pair {
    lf_view from, to;
};
struct lf_change {
    enum change_kind kind;
    struct change_pair *pairs;
    size_t n;
};

/* Where a value of the record stands, found through the picked members. */
enum place_kind { PLACE_FIELD, PLACE_FORMAT, PLACE_PROGRAM };
struct place {
    enum place_kind kind;
    unsigned flat; /* pick of the whole path */
    unsigned head; /* pick of what is before its first dot; == flat: there is no dot */
    lf_view rest;  /* what is behind it */
};
struct places {
    struct place *at;
    size_t n;
};

enum cond_kind { COND_HAS, COND_LACKS, COND_IS };
struct cond {
    enum cond_kind kind;
    struct places places; /* the first that is there; HAS: any of them is */
    lf_view *values;      /* IS: lower case; a final * stands for any rest */
    size_t n;
};

struct group {
    lf_view name;
    struct lf_alias *others;
    size_t n;
};
struct names { /* one `names` map */
    struct group *groups;
    size_t n;
};
enum { NAMES_MOST = 24, WITHIN_MOST = 12 };
struct lf_aliases {
    unsigned number;
    const struct names *parts[NAMES_MOST]; /* nearest first */
    size_t nparts;
    lf_view within[WITHIN_MOST];
    size_t nwithin;
};

/* A field that the source writes in pieces: `of` in their order, `between` them; or (keys) the list of
 * those of the names that the record has as members. */
struct making {
    lf_view name, between;
    bool keys;
    struct lf_alias *of;
    size_t n;
};
struct makings {
    struct making *at;
    size_t n;
};

struct node {
    struct cond *conds; /* of a pipeline's first node */
    size_t nconds;
    const struct lf_pipeline *end;
    struct places time, host, query, text, program;
    struct makings make;
    struct places on;    /* n == 0: no switch */
    struct lf_map cases; /* lower case value -> struct node * */
    const struct node *otherwise;
};

enum { FIRST_MARKED = 64 };

struct lf_pipelines {
    int refs;
    struct lf_arena a;
    const struct node **first; /* of each pipeline, in the order they are tried */
    size_t nfirst;
    /* Most pipelines cannot hold for most records, and which can is told by the members there are:
     * bit i speaks of first[i], as far as there are bits.  `always`: a record cannot rule it out so;
     * of_pick[k]: one condition of it asks for pick k; of_format: it holds for this format alone. */
    uint64_t always, *of_pick;
    struct {
        lf_view format;
        uint64_t marks;
    } * of_format;
    size_t nformats;
    const struct lf_pipeline **ends;
    size_t nends, ends_cap;
    size_t naliases;
    lf_view *picks;
    size_t npicks, picks_cap;
    struct lf_map pick_of;
    struct node **nodes; /* for clearing their maps */
    size_t nnodes, nodes_cap;
    const struct lf_json_picker *picker;
    lf_view lists[32]; /* names that lists of events have in envelopes */
    size_t nlists;
};

/* The embedded files (made by tools/embed.py from pipelines/). */
struct lf_embedded {
    const char *name, *text;
    size_t len;
};
extern const struct lf_embedded lf_pipeline_files[];
extern const size_t lf_pipeline_files_count;

#endif
