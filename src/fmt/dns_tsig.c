/* TSIG (RFC 8945): what is digested, in which order, is section 4.3. */
#include <sodium.h>

#include "fmt/dns.h"

static const struct {
    const char *name;
    uint8_t wire[13];
    size_t mac;
} algorithms[] = {
    [LF_DNS_HMAC_SHA256] = { "hmac-sha256", "\013hmac-sha256", 32 },
    [LF_DNS_HMAC_SHA512] = { "hmac-sha512", "\013hmac-sha512", 64 },
};

const char *lf_dns_algorithm_name(enum lf_dns_algorithm a)
{
    return algorithms[a].name;
}

enum lf_code lf_dns_key_make(lf_view name, lf_view algorithm, lf_view secret, struct lf_dns_key *out,
                             struct lf_err *e)
{
    struct lf_dns_key k = { .secret_len = secret.len };

    LF_TRY(lf_dns_name_parse(name, &k.name, e));
    if (lf_view_is(algorithm, "hmac-sha256"))
        k.algorithm = LF_DNS_HMAC_SHA256;
    else if (lf_view_is(algorithm, "hmac-sha512"))
        k.algorithm = LF_DNS_HMAC_SHA512;
    else
        return lf_err_set(e, LF_BAD_INPUT, "TSIG key %.*s: the algorithm is hmac-sha256 or hmac-sha512",
                          LF_FMT(name));
    if (secret.len < 16 || secret.len > sizeof k.secret)
        return lf_err_set(e, LF_BAD_INPUT, "TSIG key %.*s: the secret has 16 to %zu octets, not %zu",
                          LF_FMT(name), sizeof k.secret, secret.len);
    memcpy(k.secret, secret.ptr, secret.len);
    *out = k;
    return LF_OK;
}

/* Either HMAC behind one face. */
struct mac {
    enum lf_dns_algorithm algorithm;
    union {
        crypto_auth_hmacsha256_state s256;
        crypto_auth_hmacsha512_state s512;
    } u;
};

static void mac_init(struct mac *m, const struct lf_dns_key *k)
{
    m->algorithm = k->algorithm;
    if (m->algorithm == LF_DNS_HMAC_SHA256)
        crypto_auth_hmacsha256_init(&m->u.s256, k->secret, k->secret_len);
    else
        crypto_auth_hmacsha512_init(&m->u.s512, k->secret, k->secret_len);
}

static void mac_put(struct mac *m, const void *p, size_t n)
{
    if (n == 0)
        return;
    if (m->algorithm == LF_DNS_HMAC_SHA256)
        crypto_auth_hmacsha256_update(&m->u.s256, p, n);
    else
        crypto_auth_hmacsha512_update(&m->u.s512, p, n);
}

static void mac_u16(struct mac *m, uint16_t v)
{
    uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

    mac_put(m, b, 2);
}

static void mac_end(struct mac *m, uint8_t out[LF_DNS_MAC_MAX])
{
    if (m->algorithm == LF_DNS_HMAC_SHA256)
        crypto_auth_hmacsha256_final(&m->u.s256, out);
    else
        crypto_auth_hmacsha512_final(&m->u.s512, out);
}

/* The message without its TSIG record: header as it was before the record was
 * added (original id, one record fewer), then the rest up to the record. */
static void digest(const struct lf_dns_key *key, const struct lf_dns_chain *chain, lf_view body,
                   const uint8_t header[LF_DNS_HEADER], const struct lf_dns_tsig *t,
                   uint8_t out[LF_DNS_MAC_MAX])
{
    struct mac m;

    mac_init(&m, key);
    if (chain->mac_len) {
        mac_u16(&m, (uint16_t)chain->mac_len);
        mac_put(&m, chain->mac, chain->mac_len);
    }
    mac_put(&m, header, LF_DNS_HEADER);
    mac_put(&m, body.ptr + LF_DNS_HEADER, body.len - LF_DNS_HEADER);
    if (!chain->later) {
        mac_put(&m, key->name.wire, key->name.len);
        mac_u16(&m, LF_DNS_CLASS_ANY);
        mac_u16(&m, 0); /* TTL, 32 bits */
        mac_u16(&m, 0);
        mac_put(&m, algorithms[key->algorithm].wire, sizeof algorithms[0].wire);
    }
    mac_u16(&m, (uint16_t)(t->time >> 32));
    mac_u16(&m, (uint16_t)(t->time >> 16));
    mac_u16(&m, (uint16_t)t->time);
    mac_u16(&m, t->fudge);
    if (!chain->later) {
        mac_u16(&m, t->error);
        mac_u16(&m, (uint16_t)t->other.len);
        mac_put(&m, t->other.ptr, t->other.len);
    }
    mac_end(&m, out);
}

static enum lf_code bad(uint16_t *error, uint16_t what, struct lf_err *e, const char *why)
{
    if (error)
        *error = what;
    return lf_err_set(e, LF_UNAUTHENTIC, "TSIG: %s", why);
}

enum lf_code lf_dns_tsig_check(const struct lf_dns_key *key, lf_view msg, const struct lf_dns_tsig *tsig,
                               struct lf_dns_chain *chain, uint64_t now, uint16_t *error, struct lf_err *e)
{
    uint8_t mac[LF_DNS_MAC_MAX], header[LF_DNS_HEADER];
    size_t want = algorithms[key->algorithm].mac;
    uint16_t ar;

    if (!lf_dns_name_eq(&tsig->key, &key->name) || tsig->algorithm.len != sizeof algorithms[0].wire ||
        memcmp(tsig->algorithm.wire, algorithms[key->algorithm].wire, tsig->algorithm.len) != 0)
        return bad(error, LF_DNS_BADKEY, e, "another key or algorithm");
    /* Whole MACs only: none of the peers shortens them, and a short one is easier to guess. */
    if (tsig->mac.len != want)
        return bad(error, LF_DNS_BADSIG, e, "the MAC has not its full length");
    memcpy(header, msg.ptr, sizeof header);
    header[0] = (uint8_t)(tsig->original_id >> 8);
    header[1] = (uint8_t)tsig->original_id;
    ar = (uint16_t)((header[10] << 8 | header[11]) - 1);
    header[10] = (uint8_t)(ar >> 8);
    header[11] = (uint8_t)ar;
    digest(key, chain, lf_view_first(msg, tsig->at), header, tsig, mac);
    if (sodium_memcmp(mac, tsig->mac.ptr, want) != 0)
        return bad(error, LF_DNS_BADSIG, e, "the signature does not fit");
    /* Time after signature: only who knows the key learns our clock. */
    if ((now > tsig->time ? now - tsig->time : tsig->time - now) > tsig->fudge)
        return bad(error, LF_DNS_BADTIME, e, "signed too long ago, or the clocks differ");
    memcpy(chain->mac, mac, want);
    chain->mac_len = want;
    return LF_OK;
}

static void put_tsig(struct lf_buf *b, const struct lf_dns_name *name, const uint8_t *algorithm,
                     size_t algorithm_len, const struct lf_dns_tsig *t)
{
    lf_dns_put_name(b, name);
    lf_buf_u16(b, LF_DNS_TSIG);
    lf_buf_u16(b, LF_DNS_CLASS_ANY);
    lf_buf_u32(b, 0);
    lf_buf_u16(b, (uint16_t)(algorithm_len + 16 + t->mac.len + t->other.len));
    lf_buf_put(b, (lf_view){ (const char *)algorithm, algorithm_len });
    lf_buf_u16(b, (uint16_t)(t->time >> 32));
    lf_buf_u32(b, (uint32_t)t->time);
    lf_buf_u16(b, t->fudge);
    lf_buf_u16(b, (uint16_t)t->mac.len);
    lf_buf_put(b, t->mac);
    lf_buf_u16(b, t->original_id);
    lf_buf_u16(b, t->error);
    lf_buf_u16(b, (uint16_t)t->other.len);
    lf_buf_put(b, t->other);
}

static void count_record(struct lf_buf *b, size_t start)
{
    const uint8_t *p = (const uint8_t *)b->ptr + start + 10;

    if (!b->over)
        lf_dns_patch_u16(b, start + 10, (uint16_t)((p[0] << 8 | p[1]) + 1));
}

void lf_dns_tsig_sign(struct lf_buf *b, size_t start, const struct lf_dns_key *key,
                      struct lf_dns_chain *chain, uint64_t now, uint16_t error)
{
    struct lf_dns_tsig t = { .time = now, .fudge = LF_DNS_FUDGE, .error = error };
    uint8_t header[LF_DNS_HEADER], other[6];
    lf_view body;

    if (b->over || b->len - start < LF_DNS_HEADER)
        return;
    body = (lf_view){ b->ptr + start, b->len - start };
    memcpy(header, body.ptr, sizeof header);
    t.original_id = (uint16_t)(header[0] << 8 | header[1]);
    if (error == LF_DNS_BADTIME) { /* tell our time, so that the other can see how far off it is */
        for (int i = 0; i < 6; i++)
            other[i] = (uint8_t)(now >> (40 - 8 * i));
        t.other = (lf_view){ (const char *)other, sizeof other };
    }
    uint8_t mac[LF_DNS_MAC_MAX];
    digest(key, chain, body, header, &t, mac);
    chain->mac_len = algorithms[key->algorithm].mac;
    memcpy(chain->mac, mac, chain->mac_len);
    chain->later = true;
    t.mac = (lf_view){ (const char *)chain->mac, chain->mac_len };
    put_tsig(b, &key->name, algorithms[key->algorithm].wire, sizeof algorithms[0].wire, &t);
    count_record(b, start);
}

void lf_dns_tsig_put_error(struct lf_buf *b, size_t start, const struct lf_dns_tsig *of, uint16_t error)
{
    struct lf_dns_tsig t = {
        .time = of->time, .fudge = of->fudge, .original_id = of->original_id, .error = error
    };

    put_tsig(b, &of->key, of->algorithm.wire, of->algorithm.len, &t);
    count_record(b, start);
}
