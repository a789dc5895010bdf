#include "isac/seed.h"

#include "isac/object.h"
#include "model/indicator.h"

static enum lf_code ensure(struct lf_task *t, const char *alias, lf_view title, const char *readers,
                           const char *writers, lf_view *id, struct lf_err *e)
{
    struct lf_collection c;
    enum lf_code rc = lf_collection_find(t, lf_view_of(alias), &c, e);

    if (rc == LF_OK)
        *id = c.id;
    return rc != LF_NOT_FOUND ? rc
                              : lf_collection_create(t, lf_view_of(alias), title, lf_view_of(readers),
                                                     lf_view_of(writers), id, e);
}

enum lf_code lf_isac_seed(struct lf_task *t, struct lf_err *e)
{
    lf_view members = { 0 }, up = { 0 }, library = { 0 }, json = lf_extension_write(t->a);
    struct lf_stix s;
    bool fresh;

    LF_TRY(
        ensure(t, "members", LF_V("聯防情資 / Intelligence for members"), "children share", "", &members, e));
    LF_TRY(ensure(t, "up", LF_V("成員送來 / From members"), "", "children", &up, e));
    /* What the people of this node gather: it goes to nobody by itself. */
    LF_TRY(ensure(t, "library", LF_V("情資庫 / Library"), "share", "share", &library, e));
    LF_TRY(lf_stix_read(t->a, json, &s, e));
    return lf_object_add(t, members, LF_V(""), &s, json, &fresh, e);
}

enum lf_code lf_isac_seed_throwaway(struct lf_task *t, lf_view ids[4], struct lf_err *e)
{
    LF_TRY(ensure(t, "rw", LF_V("readable and writable"), "share", "share", &ids[0], e));
    LF_TRY(ensure(t, "ro", LF_V("read only"), "share", "", &ids[1], e));
    LF_TRY(ensure(t, "wo", LF_V("write only"), "", "share", &ids[2], e));
    return ensure(t, "none", LF_V("no access"), "", "", &ids[3], e);
}
