/* A zone primary between a core and resolvers of which either may be hostile.
 * Input: pieces, each u8 what (0 full, 1 delta, 2 UDP, 3 TCP; bit 7: from an
 * address that needs a key; bit 6: and signed with it, so that what lies behind the
 * key is reached; bit 5: its transfer stays open while what follows is done; bit 4:
 * instead a round of NOTIFY), u16 length, bytes. */
#include "shield/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] = "{\"zone\":\"rpz.test\",\"keys\":[{\"name\":\"k\",\"algorithm\":\"hmac-sha256\","
                             "\"secret\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"}],"
                             "\"secondaries\":[{\"address\":\"127.0.0.1\",\"port\":5300,\"tsig\":null},"
                             "{\"address\":\"127.0.0.2\",\"port\":5300,\"tsig\":\"k\"}]}";

#define NOW (1800000000 * LF_SECOND)

static void drain(struct lf_zone_transfer *t)
{
    struct lf_buf out;
    size_t most = 1000;

    lf_buf_init(&out, 1 << 20);
    for (; t && lf_zone_transfer_next(t, NOW, &out); lf_buf_reset(&out))
        LF_ASSERT(!out.over && out.len > LF_DNS_HEADER && out.len <= 65535 && most-- > 0);
    lf_zone_transfer_destroy(t);
    lf_buf_clear(&out);
}

static void sign(struct lf_buf *b)
{
    struct lf_dns_chain chain = { 0 };
    struct lf_dns_message m;
    struct lf_dns_key key;

    LF_ASSERT(lf_dns_key_make(LF_V("k"), LF_V("hmac-sha256"), LF_V("0123456789abcdef0123456789abcdef"), &key,
                              NULL) == LF_OK);
    if (lf_dns_message_read(lf_buf_view(b), &m, NULL) == LF_OK && !m.signed_)
        lf_dns_tsig_sign(b, 0, &key, &chain, 1800000000, 0);
}

static void answer(struct lf_zone_server *s, uint8_t what, lf_view msg, struct lf_zone_transfer **open)
{
    bool tcp = (what & 3) == 3;
    struct lf_zone_transfer *t = NULL;
    struct lf_zone_peer from;
    struct lf_buf out, in;

    LF_ASSERT(lf_zone_peer_parse(what & 0x80 ? LF_V("127.0.0.2") : LF_V("127.0.0.1"), 5300, &from));
    lf_buf_init(&in, 1 << 20);
    lf_buf_init(&out, 1 << 20);
    lf_buf_put(&in, msg);
    if (what & 0x40)
        sign(&in);
    lf_zone_answer(s, &from, tcp, lf_buf_view(&in), NOW, &out, tcp ? &t : NULL);
    LF_ASSERT(!out.over && out.len <= 65535 && (tcp || !t));
    lf_buf_clear(&in);
    lf_buf_clear(&out);
    if (what & 0x20) {
        drain(*open);
        *open = t;
    } else {
        drain(t);
    }
}

static void notify(struct lf_zone_server *s)
{
    struct lf_zone_peer to;
    struct lf_buf out;
    int most = 3;

    lf_buf_init(&out, 4096);
    while (lf_zone_notify_next(s, 1, NOW, 0x4d4d, &out, &to))
        LF_ASSERT(most-- > 0 && to.port == 5300);
    lf_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_zone_transfer *open = NULL;
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
        if (what & 0x10) {
            notify(s);
        } else if ((what & 3) < 2) {
            struct lf_err e = { 0 };

            if (lf_zone_server_apply(s, (what & 3) == 0, piece, &e) != LF_OK)
                LF_ASSERT(e.text[0]);
        } else {
            answer(s, what, piece, &open);
        }
    }
    drain(open);
    lf_zone_server_destroy(s);
    return 0;
}
