/* A zone primary between a core and resolvers of which either may be hostile.
 * Input: pieces, each u8 what (0 full, 1 delta, 2 UDP, 3 TCP; bit 7: from an
 * address that needs a key), u16 length, bytes. */
#include "shield/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] = "{\"zone\":\"rpz.test\",\"keys\":[{\"name\":\"k\",\"algorithm\":\"hmac-sha256\","
                             "\"secret\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"}],"
                             "\"secondaries\":[{\"address\":\"127.0.0.1\",\"port\":5300,\"tsig\":null},"
                             "{\"address\":\"127.0.0.2\",\"port\":5300,\"tsig\":\"k\"}]}";

static void answer(struct lf_zone_server *s, bool keyed, bool tcp, lf_view msg)
{
    struct lf_zone_transfer *t = NULL;
    struct lf_zone_peer from;
    struct lf_buf out;
    size_t most = 1000;

    LF_ASSERT(lf_zone_peer_parse(keyed ? LF_V("127.0.0.2") : LF_V("127.0.0.1"), 5300, &from));
    lf_buf_init(&out, 1 << 20);
    lf_zone_answer(s, &from, tcp, msg, 1800000000 * LF_SECOND, &out, &t);
    LF_ASSERT(!out.over && (tcp || !t));
    for (lf_buf_reset(&out); t && lf_zone_transfer_next(t, 1800000000 * LF_SECOND, &out); lf_buf_reset(&out))
        LF_ASSERT(!out.over && out.len > LF_DNS_HEADER && most-- > 0);
    lf_zone_transfer_destroy(t);
    lf_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_zone_server *s;

    if (size > 8192)
        return 0;
    LF_ASSERT(lf_zone_server_create(lf_view_of(config), 7, &s, NULL) == LF_OK);
    while (size >= 3) {
        uint8_t what = data[0];
        size_t len = (size_t)data[1] << 8 | data[2];
        lf_view piece = { (const char *)data + 3, len < size - 3 ? len : size - 3 };

        data += 3 + piece.len;
        size -= 3 + piece.len;
        if ((what & 3) < 2) {
            struct lf_err e = { 0 };

            if (lf_zone_server_apply(s, (what & 3) == 0, piece, &e) != LF_OK)
                LF_ASSERT(e.text[0]);
        } else {
            answer(s, what & 0x80, (what & 3) == 3, piece);
        }
    }
    lf_zone_server_destroy(s);
    return 0;
}
