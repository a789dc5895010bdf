/* API root: the collections of this node as one kind of client knows them (TAXII 2.1, 3.1 and 4.1).
 *
 * A collection stands in the roots that the words of its readers and writers lead to (isac/object.h):
 * "children" and a node below in members, a node above in parent, "share" in peers, "public" in public; all
 * stand in the root that links use.  A root grants nothing: within each of them an account or node has what
 * it may read anyway, and nobody is told of a root that has nothing for him.  docs/adr/0038. */
#ifndef LF_ISAC_API_ROOT_H
#define LF_ISAC_API_ROOT_H

#include "isac/object.h"

enum lf_api_root {
    LF_ROOT_ALL,
    LF_ROOT_MEMBERS,
    LF_ROOT_PARENT,
    LF_ROOT_PEERS,
    LF_ROOT_PUBLIC,
    LF_API_ROOTS
};

/* "/taxii2/root/" and so on. */
const char *lf_api_root_path(enum lf_api_root root);
/* What it is for, in a sentence of English: TAXII knows no languages. */
const char *lf_api_root_about(enum lf_api_root root);
/* The root whose address the path begins with, and what comes behind it; false: none. */
bool lf_api_root_of(lf_view path, enum lf_api_root *root, lf_view *rest);
/* Whether the collection stands in it. */
enum lf_code lf_api_root_has(struct lf_task *t, enum lf_api_root root, const struct lf_collection *c,
                             bool *has, struct lf_err *e) LF_MUST;
/* Those of the root that t->scope may read or write, in a stable order; at most `most`, SIZE_MAX for all. */
enum lf_code lf_api_root_list(struct lf_task *t, enum lf_api_root root, size_t most, size_t *n,
                              const struct lf_collection **out, struct lf_err *e) LF_MUST;

#endif
