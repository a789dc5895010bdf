/* Peer: another node this one has a link with. */
#ifndef LF_MODEL_PEER_H
#define LF_MODEL_PEER_H

#include "base/crypto.h"
#include "base/time.h"
#include "base/view.h"

enum lf_peer_kind { LF_PEER_CHILD, LF_PEER_PARENT };
enum lf_peer_state {
    LF_PEER_JOINING, /* we hold its token and have not been answered yet */
    LF_PEER_ACTIVE,
    LF_PEER_SUSPENDED, /* refused until an administrator resumes it */
    LF_PEER_LEFT,      /* a parent that this node moved away from */
    LF_PEER_RETIRED    /* a child that is gone for good, unless it is invited again */
};

struct lf_peer {
    lf_view id; /* UUID, ours for it */
    enum lf_peer_kind kind;
    enum lf_peer_state state;
    lf_view node; /* "identity--<uuid>" */
    lf_view name, tier;
    lf_view url;                 /* parents: "https://host:port" of their peer door */
    uint8_t pin[LF_SHA256];      /* of its TLS key */
    uint8_t key[LF_SIGN_PUBLIC]; /* its signing key */
    lf_view api_root;            /* parents: path, "/taxii2/root/" */
    lf_view members, inbox, up;  /* collection ids: at the parent's, or for a child ours */
    lf_time created, seen;
    lf_view next_pin; /* hex: the TLS key it will use next, as it said itself; may be empty */
    int64_t version;  /* of the protocol it speaks; 0: not said yet */
    lf_time read_to;  /* a child: up to where it has read its inbox */
};

#endif
