/* Warning lists: values that must not be blocked or alerted on by mistake, in the format
 * of the MISP warninglists (one JSON object a list: name, type, list).
 *
 * Types cidr, string and hostname become sets of the same kind as indicators; substring
 * and regex lists are searched one by one, which only hits pay for.  An entry that is
 * no value is counted and passed over.  Immutable once made. */
#ifndef LF_ENGINE_WARNINGLIST_H
#define LF_ENGINE_WARNINGLIST_H

#include "engine/ioc.h"
#include "fmt/json.h"

enum { LF_WARNINGLISTS_MOST = 1000, LF_WARNINGLIST_BYTES = 64 << 20, LF_WARNINGLIST_REGEXES = 1000 };

struct lf_warninglists;
struct lf_warninglists *lf_warninglists_create(const uint64_t seed[4]);
void lf_warninglists_destroy(struct lf_warninglists *w);
/* One list.  LF_UNACCEPTED: no list, or a type not known; nothing of it is taken then. */
enum lf_code lf_warninglists_add(struct lf_warninglists *w, lf_view json, struct lf_err *e) LF_MUST;
size_t lf_warninglists_count(const struct lf_warninglists *w);
size_t lf_warninglists_entries(const struct lf_warninglists *w);
size_t lf_warninglists_passed(const struct lf_warninglists *w); /* entries that are no value */

/* The name of a list that has the value, or the empty view.  Names are asked with their
 * parents, addresses with their networks, URLs and mail addresses by their host too. */
lf_view lf_warninglists_has(const struct lf_warninglists *w, enum lf_observable_kind kind, lf_view value);

#endif
