/* Protocol: which version of the conversation between nodes this program speaks.
 *
 * Said in each request and answer of a link as Lianfang-Protocol.  Two nodes go by the older of
 * their versions; what that one lacks is not done, and `lacks` says so in a sentence.
 *
 *   1   keys were for ever; says nothing.  It cannot follow a node that replaces its keys
 *   2   statements of keys, questions, sightings of what is known
 *   3   heads of the audit trail are countersigned by the node above (isac/chain.h)
 *
 * A program speaks its version and the one before.  Version 1 has no feature that 2 takes away, so
 * it is still let in.  protocol.c is compiled a second time for `lianfang-before`, the program that
 * speaks version 2 and nothing later, which the tests run beside this one. */
#ifndef LF_ISAC_PROTOCOL_H
#define LF_ISAC_PROTOCOL_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/peer.h"

enum { LF_PROTOCOL_KEYS = 2, LF_PROTOCOL_CHAIN = 3 };
#define LF_PROTOCOL_HEADER "Lianfang-Protocol"

/* What this program speaks, and the text of its header. */
int lf_protocol(void);
lf_view lf_protocol_text(void);
/* The version that the link with a peer goes by; 0: it has not said yet. */
int lf_protocol_with(const struct lf_peer *p);
/* Whether both ends of a link have it. */
bool lf_protocol_has(const struct lf_peer *p, int version);
/* What is not done on this link because one end is older; empty: nothing. */
lf_view lf_protocol_lacks(struct lf_arena *a, const struct lf_peer *p);

#endif
