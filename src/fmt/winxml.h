/* Windows events as XML text (what wevtutil and agents that send the rendered event write, and Sysmon for
 * Linux to syslog) -> JSON of the same shape as from EVTX (fmt/evtx.h):
 *   {"Event":{"System":{"Provider":{"#attributes":{"Name":…}},"EventID":"4688",…},"EventData":{…}}}
 * Values are texts as they stand, entities and character references undone.
 *
 * The part of XML 1.0 that such records use: elements, attributes, text, CDATA, comments, processing
 * instructions.  A document type is refused, so nothing is ever expanded but the five entities of XML and
 * character references. */
#ifndef LF_FMT_WINXML_H
#define LF_FMT_WINXML_H

#include "fmt/json.h"

enum {
    LF_WINXML_BYTES = 1 << 20,
    LF_WINXML_NODES = 4096, /* elements and attributes of one event */
    LF_WINXML_DEPTH = 24,
};

/* Does it begin as such an event (an XML declaration may stand before it)? */
bool lf_winxml_is(lf_view in);
/* Takes one event off the front of *in, in `a`; text may point into *in.  On failure *in stays. */
enum lf_code lf_winxml_take(struct lf_arena *a, lf_view *in, const struct lf_json **out,
                            struct lf_err *e) LF_MUST;

#endif
