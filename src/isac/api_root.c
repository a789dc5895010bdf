#include "isac/api_root.h"

#include "ident/node.h"
#include "isac/peer.h"

static const struct {
    const char *path, *about;
} roots[LF_API_ROOTS] = {
    [LF_ROOT_ALL] = { LF_API_ROOT, "all that you may read or write on this node" },
    [LF_ROOT_MEMBERS] = { "/taxii2/members/", "what this node and the nodes below it share" },
    [LF_ROOT_PARENT] = { "/taxii2/parent/", "what this node and the node above it share" },
    [LF_ROOT_PEERS] = { "/taxii2/peers/", "what this node shares with accounts of its people and partners" },
    [LF_ROOT_PUBLIC] = { "/taxii2/public/", "what anyone may read without an account: TLP:CLEAR alone" },
};

const char *lf_api_root_path(enum lf_api_root root)
{
    return roots[root].path;
}

const char *lf_api_root_about(enum lf_api_root root)
{
    return roots[root].about;
}

bool lf_api_root_of(lf_view path, enum lf_api_root *root, lf_view *rest)
{
    for (size_t i = 0; i < LF_API_ROOTS; i++) {
        lf_view begin = lf_view_of(roots[i].path);

        if (lf_view_starts(path, begin)) {
            *root = (enum lf_api_root)i;
            *rest = lf_view_from(path, begin.len);
            return true;
        }
    }
    return false;
}

/* Of a word that names a node: which root that one belongs to.  One that is gone belongs to none. */
static enum lf_code of_peer(struct lf_task *t, lf_view id, enum lf_api_root *root, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_peer peer;
    enum lf_code rc = lf_peer_get(&own, id, &peer, e);

    *root = LF_ROOT_ALL;
    if (rc == LF_NOT_FOUND)
        return LF_OK;
    LF_TRY(rc);
    *root = peer.kind == LF_PEER_CHILD ? LF_ROOT_MEMBERS : LF_ROOT_PARENT;
    return LF_OK;
}

static enum lf_code leads_to(struct lf_task *t, lf_view words, enum lf_api_root root, bool *has,
                             struct lf_err *e)
{
    const lf_view prefix = LF_VIEW("peer:");
    lf_view word;

    while (!*has && lf_view_split(&words, ' ', &word)) {
        enum lf_api_root leads = LF_ROOT_ALL;

        if (lf_view_is(word, "share"))
            leads = LF_ROOT_PEERS;
        else if (lf_view_is(word, "children"))
            leads = LF_ROOT_MEMBERS;
        else if (lf_view_is(word, "public"))
            leads = LF_ROOT_PUBLIC;
        else if (lf_view_starts(word, prefix) && (root == LF_ROOT_MEMBERS || root == LF_ROOT_PARENT))
            LF_TRY(of_peer(t, lf_view_from(word, prefix.len), &leads, e));
        *has = leads == root;
    }
    return LF_OK;
}

enum lf_code lf_api_root_has(struct lf_task *t, enum lf_api_root root, const struct lf_collection *c,
                             bool *has, struct lf_err *e)
{
    *has = root == LF_ROOT_ALL;
    LF_TRY(leads_to(t, c->readers, root, has, e));
    return leads_to(t, c->writers, root, has, e);
}

enum lf_code lf_api_root_list(struct lf_task *t, enum lf_api_root root, size_t most, size_t *n,
                              const struct lf_collection **out, struct lf_err *e)
{
    const struct lf_collection *all;
    struct lf_collection *kept;
    size_t nall;

    *n = 0;
    LF_TRY(lf_collection_list(t, &nall, &all, e));
    kept = LF_NEW(t->a, struct lf_collection, nall ? nall : 1);
    for (size_t i = 0; i < nall && *n < most; i++) {
        bool has;

        LF_TRY(lf_api_root_has(t, root, &all[i], &has, e));
        if (has)
            kept[(*n)++] = all[i];
    }
    *out = kept;
    return LF_OK;
}
