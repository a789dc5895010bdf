#include "model/clearance.h"

#include "model/role.h"

enum { N = LF_RELEASE_NOTHING, A = LF_RELEASE_ANONYMOUS, W = LF_RELEASE_WHOLE };

/* Rows: TLP.  Columns: HANDLER, PERSON, PROGRAM, CHILD, PARENT, ANYONE.
 *
 * Own: we are the source and choose whom we tell; AMBER goes down to clients and up to the
 * node that we report to.  AMBER+STRICT and RED stay.
 * A child's: AMBER lets us tell our organisation and our clients; the others are told without
 * who reported, and so is the line above, to whom the child reported through us.
 * The parent's: AMBER is for us and those below; it has no way up. */
static const uint8_t table[LF_FROMS][LF_TLP_RED + 1][LF_READER_KINDS] = {
    [LF_FROM_OWN] = {
        [LF_TLP_NONE] = { W, W, W, W, W, N },
        [LF_TLP_CLEAR] = { W, W, W, W, W, W },
        [LF_TLP_GREEN] = { W, W, W, W, W, N },
        [LF_TLP_AMBER] = { W, W, W, W, W, N },
        [LF_TLP_STRICT] = { W, W, N, N, N, N },
        [LF_TLP_RED] = { W, N, N, N, N, N },
    },
    [LF_FROM_CHILD] = {
        [LF_TLP_NONE] = { W, W, W, W, W, N },
        [LF_TLP_CLEAR] = { W, W, W, W, W, W },
        [LF_TLP_GREEN] = { W, W, W, W, W, N },
        [LF_TLP_AMBER] = { W, W, A, A, A, N },
        [LF_TLP_STRICT] = { W, W, N, N, N, N },
        [LF_TLP_RED] = { W, N, N, N, N, N },
    },
    [LF_FROM_PARENT] = {
        [LF_TLP_NONE] = { W, W, W, W, W, N },
        [LF_TLP_CLEAR] = { W, W, W, W, W, W },
        [LF_TLP_GREEN] = { W, W, W, W, W, N },
        [LF_TLP_AMBER] = { W, W, W, W, N, N },
        [LF_TLP_STRICT] = { W, W, N, N, N, N },
        [LF_TLP_RED] = { W, N, N, N, N, N },
    },
};

enum lf_reader_kind lf_reader_of_roles(unsigned roles)
{
    if (roles & LF_ROLE_SYSTEM) /* the machine's own door is no person */
        return LF_READER_PERSON;
    if (roles & (LF_ROLE_ANALYST | LF_ROLE_REVIEWER))
        return LF_READER_HANDLER;
    if (roles & (LF_ROLE_ADMIN | LF_ROLE_REPORTER | LF_ROLE_READER))
        return LF_READER_PERSON;
    return roles & LF_ROLE_SHARE ? LF_READER_PROGRAM : LF_READER_ANYONE;
}

enum lf_release lf_clearance_label(const struct lf_label *l, enum lf_from from, enum lf_reader_kind reader,
                                   bool addressed)
{
    enum lf_tlp tlp = l->sealed ? LF_TLP_RED : l->tlp;

    if (l->barred)
        return LF_RELEASE_NOTHING;
    /* The source may tell one organisation by name what that one is to keep to itself.  RED is
     * for persons: no node is one. */
    if (tlp == LF_TLP_STRICT && addressed && from == LF_FROM_OWN &&
        (reader == LF_READER_CHILD || reader == LF_READER_PARENT))
        return LF_RELEASE_WHOLE;
    return (enum lf_release)table[from][tlp][reader];
}

struct lf_clearance lf_clearance(const struct lf_clearance_ask *ask)
{
    struct lf_clearance c = { .release = LF_RELEASE_WHOLE };

    if (ask->author) {
        c.mask = (1u << ask->natoms) - 1;
        return c;
    }
    c.release = lf_clearance_label(&ask->whole, ask->from, ask->reader, ask->addressed);
    for (size_t i = 0; i < ask->natoms && c.release != LF_RELEASE_NOTHING; i++) {
        const struct lf_label *l = &ask->atoms[i];
        bool mild = l->tlp == LF_TLP_NONE && !l->sealed && !l->barred; /* a statement restricts nobody */
        enum lf_release r = mild ? LF_RELEASE_WHOLE
                                 : lf_clearance_label(l, ask->from, ask->reader, ask->addressed);

        if (r != LF_RELEASE_NOTHING)
            c.mask |= 1u << i;
        if (r != LF_RELEASE_WHOLE)
            c.release = LF_RELEASE_ANONYMOUS;
    }
    return c;
}
