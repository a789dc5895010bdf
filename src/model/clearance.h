/* Clearance: the one function that decides who may have an object, and what of it.
 *
 * Every door asks it: TAXII, the JSON API, the console, files, links up and down.  It is pure
 * and a table; docs/adr/0027 is the same table in words.
 *
 * Readers, nearest first.  Our organisation is the people with an account of this node.  A
 * program's account (role `share` and no other) may be anybody's program: it counts as a
 * client.  Clients are the nodes below.  The node above is whom one reports to.
 *
 * What is decided for a label is WHOLE, ANONYMOUS (a copy that does not say who reported) or
 * NOTHING.  The label of the object must let it pass, then each granular one its part. */
#ifndef LF_MODEL_CLEARANCE_H
#define LF_MODEL_CLEARANCE_H

#include "model/marking.h"

enum lf_reader_kind {                    /* lf_reader_of_roles() */
                      LF_READER_HANDLER, /* a person who handles intelligence: analyst, reviewer */
                      LF_READER_PERSON,  /* another person of the organisation; the machine's own console */
                      LF_READER_PROGRAM, /* an account that only shares */
                      LF_READER_CHILD,
                      LF_READER_PARENT,
                      LF_READER_ANYONE, /* not signed in */
                      LF_READER_KINDS
};

/* Whose object it is. */
enum lf_from { LF_FROM_OWN, LF_FROM_CHILD, LF_FROM_PARENT, LF_FROMS };

/* A set of markings, resolved for one reader. */
struct lf_label {
    enum lf_tlp tlp; /* the strictest */
    bool sealed;     /* one of them is unknown or broken */
    bool barred;     /* one of them names a group that the reader is not in */
};

enum lf_release { LF_RELEASE_NOTHING, LF_RELEASE_ANONYMOUS, LF_RELEASE_WHOLE };

struct lf_clearance_ask {
    enum lf_reader_kind reader;
    enum lf_from from;
    bool author;    /* the reader itself wrote it */
    bool addressed; /* it lies where this reader alone is named to read: somebody chose it */
    struct lf_label whole;
    size_t natoms;
    struct lf_label atoms[LF_MARKING_ATOMS];
};
struct lf_clearance {
    enum lf_release release; /* ANONYMOUS: a redacted copy */
    unsigned mask;           /* bit per atom: parts the copy keeps */
};

/* What an account's roles make it. */
enum lf_reader_kind lf_reader_of_roles(unsigned roles);

/* Of one label. */
enum lf_release lf_clearance_label(const struct lf_label *l, enum lf_from from, enum lf_reader_kind reader,
                                   bool addressed);
struct lf_clearance lf_clearance(const struct lf_clearance_ask *ask);

#endif
