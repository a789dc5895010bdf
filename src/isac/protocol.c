#include "isac/protocol.h"

#ifndef LF_PROTOCOL_SPOKEN
#define LF_PROTOCOL_SPOKEN 3
#endif
#define TEXT_OF(n) #n
#define TEXT(n) TEXT_OF(n)

int lf_protocol(void)
{
    return LF_PROTOCOL_SPOKEN;
}

lf_view lf_protocol_text(void)
{
    return LF_V(TEXT(LF_PROTOCOL_SPOKEN));
}

int lf_protocol_with(const struct lf_peer *p)
{
    return p->version < lf_protocol() ? (int)p->version : lf_protocol();
}

bool lf_protocol_has(const struct lf_peer *p, int version)
{
    return lf_protocol_with(p) >= version;
}

lf_view lf_protocol_lacks(struct lf_arena *a, const struct lf_peer *p)
{
    static const char *const lacks[] = {
        [1] = "keys cannot be replaced, and heads of the audit trail are not countersigned",
        [2] = "heads of the audit trail are not countersigned",
    };
    int both = lf_protocol_with(p);

    if (both < 1 || both >= lf_protocol()) /* what came later than this program it cannot name */
        return LF_V("");
    return lf_arena_printf(a, "this link goes by version %d of the protocol (here %d, there %d): %s", both,
                           lf_protocol(), (int)p->version, lacks[both]);
}
