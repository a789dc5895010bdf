/* Transfer: what a link would carry, as a signed file, for networks that are cut off on purpose.
 *
 * Lines of JSON: a head, an object a line, and the signature of the node that made it over all bytes before
 * that line.
 *
 *   {"lianfang":"transfer","version":1,"from":NODE,"to":NODE,"number":7,"made":TIME,
 *    "after":{"inbox":TIME,"members":TIME},"last":{…},"have":{…},
 *    "receipt":{"number":3,"sha256":HEX,"refused":[{"id","message"}]},"objects":2,"more":false}
 *   {"in":"up"|"inbox"|"members","added":TIME,"object":{…}}
 *   …
 *   {"signature":BASE64URL}
 *
 * Up: all that the parent has not said it took, the oldest first; it leaves the outbox when a file of the
 * parent's has the receipt.  Down: what lies behind the place that the child said it has ("have"), with the
 * rights of that child, as if it polled.  So a file that was lost needs nobody: the next one has it all.
 *
 * Taking one is idempotent.  It is refused as a whole, in one sentence, when it is for another node, of one
 * that is no active peer, not signed with its key, older than one that was taken, or when something is
 * missing between what is here and where it begins.  Single objects that a service refuses are named in the
 * receipt and go no further, as on a link.  A node that replaced its key says so in the file.
 *
 * A receipt counts for the very file that it names, by number and sum: after a restore from a backup this
 * node may have made another of that number, and then nothing of it leaves the outbox.  Its next file has a
 * number above all that the other has taken, whichever life they were made in.
 *
 * Both nodes have enrolled with each other before (isac/peer.h).  Files and a link may be used in turn. */
#ifndef LF_ISAC_TRANSFER_H
#define LF_ISAC_TRANSFER_H

#include "fmt/json.h"
#include "isac/peer.h"

enum {
    LF_TRANSFER_BYTES = 8 << 20, /* of a file */
    LF_TRANSFER_OBJECTS = 2000,  /* in it; what is left is in the next */
    LF_TRANSFER_REFUSED = 1000   /* named in a receipt */
};

enum lf_transfer_part { LF_TRANSFER_UP, LF_TRANSFER_INBOX, LF_TRANSFER_MEMBERS, LF_TRANSFER_PARTS };

struct lf_transfer {
    lf_view from, to;
    int64_t number;
    lf_time made;
    /* INBOX and MEMBERS; -1: from the beginning. */
    lf_time after[LF_TRANSFER_PARTS], last[LF_TRANSFER_PARTS], have[LF_TRANSFER_PARTS];
    int64_t receipt; /* of the file of that number; 0: none */
    lf_view receipt_sha;
    const struct lf_json *refused; /* list, or NULL */
    bool more;
    struct lf_transfer_object {
        enum lf_transfer_part in;
        lf_time added;
        const struct lf_json *object;
    } * objects;
    size_t nobjects;
    lf_view signed_bytes;
    uint8_t signature[LF_SIGNATURE];
};

/* Pure.  LF_BAD_INPUT, LF_TOO_BIG: with the line. */
enum lf_code lf_transfer_read(struct lf_arena *a, lf_view text, struct lf_transfer *out,
                              struct lf_err *e) LF_MUST;

struct lf_transfer_made {
    lf_view text;
    lf_view sha; /* of what is signed, as a receipt names it */
    int64_t number;
    size_t objects;
    bool more; /* there is more than one file holds: another when this one was taken */
};
/* Needs ADMIN.  `peer`: "parent", or id, node or name of a child.  `since`: of what is here for a child, what
 * came later; -1: from the place it said it has. */
enum lf_code lf_transfer_export(struct lf_task *t, lf_view peer, lf_time since, struct lf_transfer_made *out,
                                struct lf_err *e) LF_MUST;

struct lf_transfer_taken {
    lf_view from; /* its name */
    int64_t number;
    size_t objects, taken;
    bool already;                 /* this file was taken before: nothing changed */
    lf_view refused;              /* JSON list of {"id","message"} */
    const struct lf_json *theirs; /* what they refused of ours; NULL or a list */
};
/* Needs ADMIN. */
enum lf_code lf_transfer_import(struct lf_task *t, lf_view text, struct lf_transfer_taken *out,
                                struct lf_err *e) LF_MUST;

#endif
