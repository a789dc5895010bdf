/* DNS messages of strangers: never a crash, names read are names written, and a
 * signature is only ever right when it is ours. */
#include "fmt/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name(lf_view text)
{
    char out[LF_DNS_NAME_TEXT];
    struct lf_dns_name n, again;

    if (lf_dns_name_parse(text, &n, NULL) != LF_OK)
        return;
    LF_ASSERT(lf_dns_name_parse(lf_dns_name_text(&n, out), &again, NULL) == LF_OK);
    LF_ASSERT(lf_dns_name_eq(&n, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_dns_message m;
    struct lf_dns_header h;
    struct lf_dns_rr rr;
    struct lf_dns_key key;
    char out[LF_DNS_NAME_TEXT];

    name(in);
    if (lf_dns_message_read(in, &m, NULL) == LF_OK) {
        name(lf_dns_name_text(&m.qname, out));
        if (m.signed_) {
            struct lf_dns_chain chain = { .mac_len = 0 };
            uint16_t error = 0;

            LF_ASSERT(m.tsig.at <= size && m.tsig.mac.len <= size);
            LF_ASSERT(lf_dns_key_make(LF_V("k"), LF_V("hmac-sha256"), LF_V("0123456789abcdef"), &key, NULL) ==
                      LF_OK);
            if (lf_dns_tsig_check(&key, in, &m.tsig, &chain, m.tsig.time, &error, NULL) != LF_OK)
                LF_ASSERT(error != 0);
        }
    }
    if (lf_dns_message_read(in, &m, NULL) == LF_OK) {
        const uint32_t random[LF_DNS_SRVS] = { 7, 1u << 31, 3 };
        struct lf_dns_srv srv[LF_DNS_SRVS];
        size_t n;

        if (lf_dns_srv_read(in, m.header.id, &m.qname, srv, &n, NULL) == LF_OK) {
            LF_ASSERT(n <= LF_DNS_SRVS);
            lf_dns_srv_order(srv, n, random);
            for (size_t i = 0; i + 1 < n; i++)
                LF_ASSERT(srv[i].priority <= srv[i + 1].priority);
        }
    }
    if (lf_dns_header_read(in, &h, NULL) == LF_OK)
        for (size_t at = LF_DNS_HEADER; at < size;) {
            size_t from = at;

            if (lf_dns_rr_take(in, &at, &rr, NULL) != LF_OK)
                break;
            LF_ASSERT(at > from && at <= size && rr.rdata.len <= size);
        }
    return 0;
}
