/* Zone messages: how the core tells the dns worker what a zone holds.
 *
 *   u8 length + zone's name, u32 from, u32 to (serial), u8 flags, entries
 *   entry: u8 operation, u8 length + domain text
 *
 * ZONE_FULL replaces the zone (`from` is 0, only additions), ZONE_DELTA leads from
 * one serial to another.  Both come in one or more messages of at most
 * LF_ZONE_PAYLOAD bytes, the first and last flagged; the change shows when the
 * last has come.  Reading takes hostile bytes. */
#ifndef LF_SHIELD_ZONE_MESSAGE_H
#define LF_SHIELD_ZONE_MESSAGE_H

#include "base/buf.h"
#include "base/err.h"

enum { LF_ZONE_PAYLOAD = 60000, LF_ZONE_PAYLOAD_LEAST = 11 };
enum { LF_ZONE_FIRST = 1, LF_ZONE_LAST = 2 };
enum lf_zone_op { LF_ZONE_ADD = 1, LF_ZONE_DEL = 2 };

/* Packing.  `send` is called for each finished payload. */
typedef enum lf_code (*lf_zone_send_fn)(void *ctx, bool full, lf_view payload, struct lf_err *e);
struct lf_zone_packer {
    struct lf_buf b;
    lf_view zone;
    uint32_t from, to;
    bool full, first;
    lf_zone_send_fn send;
    void *ctx;
};
void lf_zone_pack_begin(struct lf_zone_packer *p, bool full, lf_view zone, uint32_t from, uint32_t to,
                        lf_zone_send_fn send, void *ctx);
enum lf_code lf_zone_pack(struct lf_zone_packer *p, enum lf_zone_op op, lf_view domain,
                          struct lf_err *e) LF_MUST;
/* Sends what is left, flagged last, and frees the packer's memory. */
enum lf_code lf_zone_pack_end(struct lf_zone_packer *p, struct lf_err *e) LF_MUST;
/* Gives up without sending; safe after end too. */
void lf_zone_pack_clear(struct lf_zone_packer *p);

/* Reading: the header first, the whole checked before any entry is given. */
struct lf_zone_message {
    lf_view zone;
    uint32_t from, to;
    bool first, last;
    lf_view entries;
    size_t count;
};
enum lf_code lf_zone_message_read(lf_view payload, struct lf_zone_message *out, struct lf_err *e) LF_MUST;
/* Takes one entry off m->entries; false at the end. */
bool lf_zone_message_next(struct lf_zone_message *m, enum lf_zone_op *op, lf_view *domain);

#endif
