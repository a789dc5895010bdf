/* Format: every format that intelligence is read from and written in, by name.
 *
 * Readers make STIX 2.1 objects, writers take them; both tell what they cannot say (fmt/exchange.h).  Pure:
 * bytes and values in, bytes and values out. */
#ifndef LF_ISAC_FORMAT_H
#define LF_ISAC_FORMAT_H

#include "fmt/exchange.h"
#include "fmt/json.h"

/* What is to be known beside the text. */
struct lf_format_use {
    lf_time now;     /* of formats that state no time */
    lf_view source;  /* name of the file or feed, for people */
    lf_view mapping; /* CSV: text of the mapping file; empty: the header says */
    lf_view tlp;     /* marking of what has none of its own: "amber"; empty: none */
};

struct lf_format {
    const char *name, *about; /* "misp", "MISP core format (JSON)" */
    /* Whether a text looks like it; NULL: nothing tells. */
    bool (*is)(lf_view text);
    enum lf_code (*read)(lf_view text, const struct lf_format_use *use, const struct lf_exchange *to,
                         struct lf_err *e);
    /* The last version of each object, in their order; `a` is scratch. */
    enum lf_code (*write)(struct lf_arena *a, const struct lf_json *const *objects, size_t n,
                          const struct lf_format_use *use, const struct lf_exchange *to, struct lf_err *e);
};

/* By name; "auto" with a text is the one it looks like.  LF_BAD_INPUT names those there are. */
enum lf_code lf_format_find(lf_view name, lf_view text, bool write, const struct lf_format **out,
                            struct lf_err *e) LF_MUST;
/* All of them; NULL at the end. */
const struct lf_format *lf_format_at(size_t i);

#endif
