#include "web/tenant.h"

enum { READ, EDIT };

static const struct {
    lf_view noun;
    int how;
} doors[] = {
#define LF_TENANT(noun, how) { LF_VIEW(noun), how },
#include "web/tenant.def"
#undef LF_TENANT
};

bool tenant_may(lf_view path, bool writes)
{
    lf_view noun = lf_view_from(path, lf_view_starts(path, LF_V("/api/v1/")) ? 8 : 1);
    size_t i;

    for (i = 0; i < noun.len && noun.ptr[i] != '/' && noun.ptr[i] != '?'; i++)
        ;
    noun = lf_view_first(noun, i);
    for (i = 0; i < sizeof doors / sizeof *doors; i++)
        if (lf_view_eq(doors[i].noun, noun))
            return !writes || doors[i].how == EDIT;
    return false;
}
