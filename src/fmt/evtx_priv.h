/* Between fmt/evtx.c and evtx_xml.c alone. */
#ifndef LF_FMT_EVTX_PRIV_H
#define LF_FMT_EVTX_PRIV_H

#include "fmt/evtx.h"

static inline uint16_t lf_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t lf_le32(const uint8_t *p)
{
    return (uint32_t)lf_le16(p) | (uint32_t)lf_le16(p + 2) << 16;
}
static inline uint64_t lf_le64(const uint8_t *p)
{
    return (uint64_t)lf_le32(p) | (uint64_t)lf_le32(p + 4) << 32;
}

/* The binary XML at [from, to) of a chunk -> {"Event":{…}}. */
enum lf_code lf_evtx_xml(struct lf_arena *a, const uint8_t *chunk, size_t size, size_t from, size_t to,
                         const struct lf_json **out, struct lf_err *e) LF_MUST;
/* A FILETIME (100 ns since 1601) as our time; 0 when it is before 1970. */
lf_time lf_evtx_time(uint64_t filetime);

#endif
