#include "sys/tls.h"

#include "base/crypto.h"
#include "lf_test.h"

/* A throwaway certificate made by the openssl command, and its pin as
 * `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256`
 * prints it. */
#include "test_tls_data.h"

static const lf_view dns_names[] = { LF_VIEW("node.test"), LF_VIEW("localhost") };
static const lf_view ips[] = { LF_VIEW("127.0.0.1"), LF_VIEW("::1") };

static void a_made_certificate_belongs_to_its_key_and_ends_when_asked(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e;
    struct lf_tls_ask ask = { .name = LF_V("node"),
                              .dns = dns_names,
                              .ndns = 2,
                              .ip = ips,
                              .nip = 2,
                              .from = 1700000000 * LF_SECOND,
                              .until = 1800000000 * LF_SECOND };
    lf_view key[2], cert[2];
    uint8_t pin[2][LF_TLS_PIN];
    lf_time until = 0;

    for (int i = 0; i < 2; i++) {
        CHECK_OK(lf_tls_make(&a, &ask, &key[i], &cert[i], &e), &e);
        CHECK_OK(lf_tls_match(key[i], cert[i], &e), &e);
        CHECK_OK(lf_tls_pin_pem(cert[i], pin[i], &e), &e);
    }
    CHECK(memcmp(pin[0], pin[1], LF_TLS_PIN) != 0, "two keys, one pin");
    CHECK_CODE(lf_tls_match(key[0], cert[1], &e), LF_BAD_INPUT);
    CHECK_OK(lf_tls_until(cert[0], &until, &e), &e);
    CHECK(until == ask.until, "%lld", (long long)until);
    ask.ip = dns_names;
    CHECK(lf_tls_make(&a, &ask, &key[0], &cert[0], &e) != LF_OK, "a name passed for an address");
    lf_arena_clear(&a);
}

static void the_pin_is_the_one_other_tools_compute(void)
{
    struct lf_err e;
    uint8_t pin[LF_TLS_PIN], want[LF_TLS_PIN];

    CHECK_OK(lf_unhex(LF_V(KNOWN_PIN), want, sizeof want, &e), &e);
    CHECK_OK(lf_tls_pin_pem(LF_V(KNOWN_CERT), pin, &e), &e);
    CHECK(memcmp(pin, want, sizeof pin) == 0, "another pin");
}

static void what_is_no_certificate_is_refused(void)
{
    uint8_t pin[LF_TLS_PIN];
    struct lf_err e;

    CHECK_CODE(lf_tls_pin_pem(LF_V(""), pin, &e), LF_BAD_INPUT);
    CHECK_CODE(
        lf_tls_pin_pem(LF_V("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), pin, &e),
        LF_BAD_INPUT);
    CHECK_CODE(lf_tls_pin_der(LF_V("0\x82\xff\xff"), pin, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_tls_pin_der((lf_view){ NULL, 0 }, pin, &e), LF_BAD_INPUT);
}

int main(void)
{
    lf_crypto_init();
    RUN(a_made_certificate_belongs_to_its_key_and_ends_when_asked);
    RUN(the_pin_is_the_one_other_tools_compute);
    RUN(what_is_no_certificate_is_refused);
    DONE();
}
