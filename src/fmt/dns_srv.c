/* SRV records: where a service of a domain is (RFC 2782). */
#include "fmt/dns.h"

enum { FIXED = 6 /* octets of priority, weight and port */, ROOM = 1232 /* what fits any path */ };

void lf_dns_put_question(struct lf_buf *b, uint16_t id, const struct lf_dns_name *name, uint16_t type)
{
    lf_dns_put_header(b, &(struct lf_dns_header){ .id = id, .flags = LF_DNS_RD, .qd = 1, .ar = 1 });
    lf_dns_put_name(b, name);
    lf_buf_u16(b, type);
    lf_buf_u16(b, LF_DNS_IN);
    lf_dns_put_opt(b, ROOM);
}

static uint16_t u16(const char *p)
{
    return (uint16_t)((uint8_t)p[0] << 8 | (uint8_t)p[1]);
}

static enum lf_code srv_take(lf_view msg, const struct lf_dns_rr *rr, struct lf_dns_srv *out,
                             struct lf_err *e)
{
    struct lf_dns_srv s;
    size_t at = rr->rdata_at + FIXED;

    if (rr->rdata.len <= FIXED)
        return lf_err_set(e, LF_BAD_INPUT, "dns: an SRV record is cut off");
    s.priority = u16(rr->rdata.ptr);
    s.weight = u16(rr->rdata.ptr + 2);
    s.port = u16(rr->rdata.ptr + 4);
    LF_TRY(lf_dns_name_take(msg, &at, &s.target, e));
    if (at != rr->rdata_at + rr->rdata.len)
        return lf_err_set(e, LF_BAD_INPUT, "dns: an SRV record's target has a wrong length");
    *out = s;
    return LF_OK;
}

enum lf_code lf_dns_srv_read(lf_view msg, uint16_t id, const struct lf_dns_name *name,
                             struct lf_dns_srv out[LF_DNS_SRVS], size_t *n, struct lf_err *e)
{
    struct lf_dns_message m;
    struct lf_dns_name owner = *name;
    size_t at, count = 0;
    unsigned rcode;

    LF_TRY(lf_dns_message_read(msg, &m, e));
    if (!(m.header.flags & LF_DNS_QR) || m.header.id != id || m.qtype != LF_DNS_SRV ||
        m.qclass != LF_DNS_IN || !lf_dns_name_eq(&m.qname, name))
        return lf_err_set(e, LF_NOT_FOUND, "dns: this answers another question");
    rcode = m.header.flags & 15u;
    if (rcode != LF_DNS_NOERROR && rcode != LF_DNS_NXDOMAIN)
        return lf_err_set(e, LF_AWAY, "dns: the resolver answered with error %u", rcode);
    if (m.header.flags & LF_DNS_TC)
        return lf_err_set(e, LF_TOO_BIG, "dns: the answer is larger than %d octets", ROOM);
    at = LF_DNS_HEADER + m.question.len;
    for (unsigned i = 0; i < m.header.an; i++) {
        struct lf_dns_rr rr;

        LF_TRY(lf_dns_rr_take(msg, &at, &rr, e));
        if (rr.class != LF_DNS_IN || !lf_dns_name_eq(&rr.name, &owner))
            continue;
        if (rr.type == LF_DNS_CNAME) {
            size_t to = rr.rdata_at;

            LF_TRY(lf_dns_name_take(msg, &to, &owner, e));
        } else if (rr.type == LF_DNS_SRV && count < LF_DNS_SRVS) {
            LF_TRY(srv_take(msg, &rr, &out[count], e));
            count++;
        }
    }
    *n = count;
    return LF_OK;
}

static void swap(struct lf_dns_srv *a, struct lf_dns_srv *b)
{
    struct lf_dns_srv t = *a;

    *a = *b;
    *b = t;
}

void lf_dns_srv_order(struct lf_dns_srv *v, size_t n, const uint32_t random[LF_DNS_SRVS])
{
    for (size_t i = 0; i < n; i++) {
        uint64_t sum = 0, at;
        size_t take = i;

        for (size_t k = i + 1; k < n; k++)
            if (v[k].priority < v[take].priority)
                take = k;
        swap(&v[i], &v[take]);
        /* Of those of this priority one by its weight, those of weight 0 hardly ever. */
        for (size_t k = i; k < n; k++)
            sum += v[k].priority == v[i].priority ? (uint64_t)v[k].weight * 256 + 1 : 0;
        at = sum ? random[i] % sum : 0; /* it is at least 1: v[i] counts */
        for (size_t k = i; k < n; k++) {
            uint64_t own = v[k].priority == v[i].priority ? (uint64_t)v[k].weight * 256 + 1 : 0;

            if (at < own) {
                swap(&v[i], &v[k]);
                break;
            }
            at -= own;
        }
    }
}
