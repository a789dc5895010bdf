/* EVTX: Windows event log files -> JSON, record by record.
 *
 * A file is a 4 KiB header and chunks of 64 KiB; each chunk stands alone (names,
 * templates, records), so a damaged one costs only itself.  A record is binary
 * XML: a template and the values put into it.  The layout is Microsoft's, as
 * [MS-EVEN6] section 2.2.12 ff. writes BinXml and as public descriptions of the
 * file format have it; a file that was copied while in use ("dirty") is read too.
 *
 * The JSON has the shape other readers of such files give and Sigma's nested
 * Windows form is read from (docs/sigma-choices.md, 4):
 *   {"Event":{"System":{"Provider":{"#attributes":{"Name":…}},"EventID":4688,…},
 *             "EventData":{"CommandLine":…}}}
 * Data elements with a Name are members of that name; nameless ones are the list
 * "Data"; elements that come more than once are lists.  Integers are numbers,
 * booleans words, everything else the text Windows shows ("0x3e7", "S-1-5-18",
 * "{6a910b9d-…}", times with seven digits of a second). */
#ifndef LF_FMT_EVTX_H
#define LF_FMT_EVTX_H

#include <stdint.h>

#include "base/time.h"
#include "fmt/json.h"

enum {
    LF_EVTX_HEADER = 4096,
    LF_EVTX_CHUNK = 65536,
    LF_EVTX_NODES = 8192,   /* elements, attributes and texts of one record */
    LF_EVTX_TEXT = 1 << 20, /* bytes of all its texts; one value may be put in many places */
    LF_EVTX_DEPTH = 24,     /* of elements and of templates in templates */
};

/* A walk over one file; `in` must live as long as the documents. */
struct lf_evtx {
    lf_view in;
    size_t chunk; /* offset of the chunk at hand; the file's end when done */
    size_t at;    /* of the next record, from the chunk's start; 0: chunk not begun */
    bool dirty;   /* the header says it was not closed: wrong checksums are no news */
};

struct lf_evtx_record {
    uint64_t id;
    lf_time written;
    const struct lf_json *doc;
};

/* Does it begin as such a file? */
bool lf_evtx_is(lf_view in);
enum lf_code lf_evtx_open(struct lf_evtx *x, lf_view in, struct lf_err *e) LF_MUST;
/* The next record, its document in `a`.  LF_NOT_FOUND: the end.  LF_BAD_INPUT: a
 * record or chunk is damaged, the sentence says which and where; the walk stands
 * behind it, call again. */
enum lf_code lf_evtx_next(struct lf_evtx *x, struct lf_arena *a, struct lf_evtx_record *out,
                          struct lf_err *e) LF_MUST;

#endif
