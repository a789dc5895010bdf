/* The zone and its primary, over bytes. */
#include "shield/zone.h"

#include "base/crypto.h"
#include "lf_test.h"
#include "shield/never_block.h"
#include "shield/zone_message.h"

#define NOW (1800000000 * LF_SECOND)
static const char config[] =
    "{\"zone\":\"rpz.test\",\"keys\":[{\"name\":\"k\",\"algorithm\":\"hmac-sha256\","
    "\"secret\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"}],"
    "\"secondaries\":[{\"address\":\"127.0.0.1\",\"port\":5300,\"tsig\":null},"
    "{\"address\":\"127.0.0.2\",\"port\":5300,\"tsig\":\"k\"}],\"allow\":[\"10.0.0.0/9\"]}";

static struct lf_zone_server *server(void)
{
    struct lf_zone_server *s = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_zone_server_create(lf_view_of(config), 7, &s, &e), &e);
    return s;
}

static enum lf_code to_server(void *ctx, bool full, lf_view payload, struct lf_err *e)
{
    return lf_zone_server_apply(ctx, full, payload, e);
}

static void send_names(struct lf_zone_server *s, bool full, uint32_t from, uint32_t to,
                       const char *const *names)
{
    struct lf_zone_packer p;
    struct lf_err e = { 0 };

    lf_zone_pack_begin(&p, full, LF_V("rpz.test"), from, to, to_server, s);
    for (; *names; names++) /* "-name" removes */
        CHECK_OK(lf_zone_pack(&p, **names == '-' ? LF_ZONE_DEL : LF_ZONE_ADD,
                              lf_view_of(*names + (**names == '-')), &e),
                 &e);
    CHECK_OK(lf_zone_pack_end(&p, &e), &e);
}

static void ask(struct lf_buf *b, uint16_t type, int64_t have)
{
    struct lf_dns_header h = { .id = 77, .qd = 1, .ns = have >= 0 };
    struct lf_dns_name n;

    lf_buf_init(b, 4096);
    CHECK(lf_dns_name_parse(LF_V("rpz.test"), &n, NULL) == LF_OK);
    lf_dns_put_header(b, &h);
    lf_dns_put_name(b, &n);
    lf_buf_u16(b, type);
    lf_buf_u16(b, LF_DNS_IN);
    if (have < 0)
        return;
    lf_dns_put_name_at(b, NULL, 0, 12);
    lf_dns_put_rr(b, LF_DNS_SOA, 0, 24);
    lf_dns_put_name_at(b, NULL, 0, 12);
    lf_dns_put_name_at(b, NULL, 0, 12);
    lf_buf_u32(b, (uint32_t)have);
    for (int i = 0; i < 4; i++)
        lf_buf_u32(b, 0);
}

/* Reads all records of an answer as text, "SOA:n", names of CNAMEs. */
static unsigned rcode_of(struct lf_zone_server *s, const char *address, bool tcp, lf_view q, char *text,
                         size_t size)
{
    struct lf_zone_transfer *t = NULL;
    struct lf_zone_peer from;
    struct lf_buf out;
    size_t len = 0;
    unsigned rcode = 99;

    lf_buf_init(&out, 65535);
    CHECK(lf_zone_peer_parse(lf_view_of(address), 5300, &from));
    lf_zone_answer(s, &from, tcp, q, NOW, &out, tcp ? &t : NULL);
    do {
        lf_view m = lf_buf_view(&out);
        struct lf_dns_header h;
        struct lf_dns_rr rr;
        struct lf_dns_name n;
        size_t at = 12;

        if (lf_dns_header_read(m, &h, NULL) != LF_OK)
            break;
        rcode = h.flags & 15;
        CHECK(lf_dns_name_take(m, &at, &n, NULL) == LF_OK);
        at += 4;
        for (unsigned i = 0; i < h.an; i++) {
            char name[LF_DNS_NAME_TEXT];

            CHECK(lf_dns_rr_take(m, &at, &rr, NULL) == LF_OK);
            if (rr.type == LF_DNS_SOA) {
                const uint8_t *p = (const uint8_t *)rr.rdata.ptr + rr.rdata.len - 17;
                len += (size_t)snprintf(text + len, size - len, "SOA:%u ", *p);
            } else if (rr.type == LF_DNS_CNAME) {
                len += (size_t)snprintf(text + len, size - len, "%s ", lf_dns_name_text(&rr.name, name).ptr);
            }
        }
        lf_buf_reset(&out);
    } while (t && lf_zone_transfer_next(t, NOW, &out));
    lf_zone_transfer_destroy(t);
    lf_buf_clear(&out);
    return rcode;
}

static void before_the_first_zone_it_answers_servfail(void)
{
    struct lf_zone_server *s = server();
    char text[200] = "";
    struct lf_buf q;

    ask(&q, LF_DNS_SOA, -1);
    CHECK(rcode_of(s, "127.0.0.1", false, lf_buf_view(&q), text, sizeof text) == LF_DNS_SERVFAIL);
    CHECK(rcode_of(s, "192.0.2.1", false, lf_buf_view(&q), text, sizeof text) == LF_DNS_REFUSED);
    lf_buf_clear(&q);
    lf_zone_server_destroy(s);
}

static void a_secondary_is_told_exactly_what_changed(void)
{
    struct lf_zone_server *s = server();
    char text[2000] = "";
    struct lf_buf q;

    send_names(s, true, 0, 5, (const char *const[]){ "a.example", "b.example", NULL });
    send_names(s, false, 5, 6,
               (const char *const[]){ "c.example", "-a.example", "x.example", "-x.example", NULL });
    ask(&q, LF_DNS_IXFR, 5);
    CHECK(rcode_of(s, "127.0.0.1", true, lf_buf_view(&q), text, sizeof text) == 0);
    CHECK_VIEW(lf_view_of(text), LF_V("SOA:6 SOA:5 a.example.rpz.test *.a.example.rpz.test SOA:6 "
                                      "c.example.rpz.test *.c.example.rpz.test SOA:6 "));
    lf_buf_clear(&q);
    ask(&q, LF_DNS_IXFR, 2); /* unknown: the whole zone */
    text[0] = 0;
    CHECK(rcode_of(s, "10.1.2.3", true, lf_buf_view(&q), text, sizeof text) == 0);
    CHECK_VIEW(lf_view_of(text), LF_V("SOA:6 b.example.rpz.test *.b.example.rpz.test "
                                      "c.example.rpz.test *.c.example.rpz.test SOA:6 "));
    lf_buf_clear(&q);
    ask(&q, LF_DNS_AXFR, -1);
    CHECK(rcode_of(s, "127.0.0.2", true, lf_buf_view(&q), text, sizeof text) == LF_DNS_REFUSED,
          "unsigned where a key is needed");
    CHECK(rcode_of(s, "10.128.0.1", true, lf_buf_view(&q), text, sizeof text) == LF_DNS_REFUSED,
          "a stranger");
    lf_buf_clear(&q);
    lf_zone_server_destroy(s);
}

static void a_signed_request_is_taken_and_a_changed_one_is_not(void)
{
    struct lf_zone_server *s = server();
    struct lf_dns_chain chain = { 0 };
    struct lf_dns_key key;
    char text[2000] = "";
    struct lf_buf q;

    CHECK(lf_dns_key_make(LF_V("k"), LF_V("hmac-sha256"), LF_V("0123456789abcdef0123456789abcdef"), &key,
                          NULL) == LF_OK);
    send_names(s, true, 0, 9, (const char *const[]){ "a.example", NULL });
    ask(&q, LF_DNS_AXFR, -1);
    lf_dns_tsig_sign(&q, 0, &key, &chain, (uint64_t)(NOW / LF_SECOND), 0);
    CHECK(rcode_of(s, "127.0.0.2", true, lf_buf_view(&q), text, sizeof text) == 0);
    CHECK_VIEW(lf_view_of(text), LF_V("SOA:9 a.example.rpz.test *.a.example.rpz.test SOA:9 "));
    q.ptr[2] ^= 1; /* RD: part of what was signed */
    CHECK(rcode_of(s, "127.0.0.2", true, lf_buf_view(&q), text, sizeof text) == LF_DNS_NOTAUTH);
    lf_buf_clear(&q);
    lf_zone_server_destroy(s);
}

static void no_cut_request_breaks_it(void)
{
    struct lf_zone_server *s = server();
    char text[2000];
    struct lf_buf q;

    send_names(s, true, 0, 9, (const char *const[]){ "a.example", NULL });
    ask(&q, LF_DNS_IXFR, 3);
    for (size_t n = 0; n < q.len; n++) {
        unsigned rc;
        char *cut = malloc(n + 1);
        memcpy(cut, q.ptr, n);
        struct lf_zone_peer from;
        struct lf_buf out;

        lf_buf_init(&out, 65535);
        (void)lf_zone_peer_parse(LF_V("127.0.0.1"), 1, &from);
        lf_zone_answer(s, &from, false, (lf_view){ cut, n }, NOW, &out, NULL);
        rc = out.len >= 4 ? (unsigned)out.ptr[3] & 15 : LF_DNS_FORMERR;
        CHECK(rc == LF_DNS_FORMERR, "cut at %zu gave %u", n, rc);
        lf_buf_clear(&out);
        free(cut);
    }
    (void)text;
    lf_buf_clear(&q);
    lf_zone_server_destroy(s);
}

static void what_everybody_needs_is_never_blocked(void)
{
    CHECK(lf_never_block(LF_V("gov.tw")) && lf_never_block(LF_V("www.gov.tw")) && lf_never_block(LF_V("tw")));
    CHECK(lf_never_block(LF_V("com.tw")) && !lf_never_block(LF_V("evil.com.tw")));
    CHECK(!lf_never_block(LF_V("xgov.tw")));
}

int main(void)
{
    lf_crypto_init();
    RUN(before_the_first_zone_it_answers_servfail);
    RUN(a_secondary_is_told_exactly_what_changed);
    RUN(a_signed_request_is_taken_and_a_changed_one_is_not);
    RUN(no_cut_request_breaks_it);
    RUN(what_everybody_needs_is_never_blocked);
    DONE();
}
