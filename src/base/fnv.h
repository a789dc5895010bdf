/* FNV-1a (Fowler, Noll, Vo), 64 bits: whether a text is the one that was kept.  For what this node wrote
 * itself; names from outside that somebody may choose to collide go through lf_siphash (base/map.h). */
#ifndef LF_BASE_FNV_H
#define LF_BASE_FNV_H

#include "base/view.h"

#define LF_FNV UINT64_C(14695981039346656037) /* of nothing */

static inline uint64_t lf_fnv(uint64_t h, lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        h = (h ^ (uint8_t)v.ptr[i]) * UINT64_C(1099511628211);
    return h;
}
/* A text of several: its end counts too. */
static inline uint64_t lf_fnv_field(uint64_t h, lf_view v)
{
    return (lf_fnv(h, v) ^ 0xff) * UINT64_C(1099511628211);
}

#endif
