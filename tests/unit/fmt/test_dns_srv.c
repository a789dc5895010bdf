/* SRV records as resolvers answer with them: order, targets, hostile answers. */
#include "fmt/dns.h"
#include "lf_test.h"

#define QUESTION                                                                                             \
    "\x07_taxii2\x04_tcp\x07"                                                                                \
    "example\0\0\x21\0\1"
#define HEAD(flags, an) "\x12\x34" flags "\0\1\0" an "\0\0\0\0" QUESTION
#define SRV(len, priority, weight, port, target)                                                             \
    "\xc0\x0c\0\x21\0\1\0\0\0\x3c\0" len "\0" priority "\0" weight "\x01" port target
#define MSG(bytes)                                                                                           \
    {                                                                                                        \
        (bytes), sizeof(bytes) - 1                                                                           \
    }

static struct lf_dns_name name(const char *text)
{
    struct lf_dns_name n;
    struct lf_err e = { 0 };

    CHECK_OK(lf_dns_name_parse(lf_view_of(text), &n, &e), &e);
    return n;
}

static const struct {
    const char *what;
    lf_view msg;
    enum lf_code want;
    size_t n;
} answers[] = {
    { "two servers",
      MSG(HEAD("\x81\x80", "\2") SRV("\x0c", "\0", "\5", "\xbb", "\3hub\xc0\x19")
              SRV("\x0c", "\1", "\0", "\xbc", "\3two\xc0\x19")),
      LF_OK, 2 },
    { "none of this name", MSG(HEAD("\x81\x83", "\0")), LF_OK, 0 },
    { "none of this type", MSG(HEAD("\x81\x80", "\0")), LF_OK, 0 },
    { "the resolver failed", MSG(HEAD("\x81\x82", "\0")), LF_AWAY, 0 },
    { "it refuses", MSG(HEAD("\x81\x85", "\0")), LF_AWAY, 0 },
    { "cut to fit", MSG(HEAD("\x83\x80", "\0")), LF_TOO_BIG, 0 },
    { "no answer but a question", MSG(HEAD("\x01\0", "\0")), LF_NOT_FOUND, 0 },
    { "another number", MSG("\x12\x35\x81\x80\0\1\0\0\0\0\0\0" QUESTION), LF_NOT_FOUND, 0 },
    { "a target past the record",
      MSG(HEAD("\x81\x80", "\1") SRV("\x09", "\0", "\5", "\xbb", "\3hub\xc0\x19")), LF_BAD_INPUT, 0 },
    { "no target", MSG(HEAD("\x81\x80", "\1") SRV("\6", "\0", "\5", "\xbb", "")), LF_BAD_INPUT, 0 },
    { "a record of another owner",
      MSG(HEAD("\x81\x80", "\1") "\3two\xc0\x0c\0\x21\0\1\0\0\0\x3c\0\x0c\0\0\0\5\x01\xbb\3hub\xc0\x19"),
      LF_OK, 0 },
};

static void an_answer_counts_only_for_its_question(void)
{
    struct lf_dns_name asked = name("_taxii2._tcp.example"), hub = name("hub.example");

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct lf_dns_srv srv[LF_DNS_SRVS];
        struct lf_err e = { 0 };
        size_t n = 99;
        enum lf_code rc = lf_dns_srv_read(answers[i].msg, 0x1234, &asked, srv, &n, &e);

        CHECK(rc == answers[i].want, "%s: %d %s", answers[i].what, rc, e.text);
        CHECK(n == (rc == LF_OK ? answers[i].n : 99), "%s: %zu", answers[i].what, n);
        if (rc == LF_OK && n == 2)
            CHECK(srv[0].port == 443 && srv[0].weight == 5 && srv[1].priority == 1 &&
                      lf_dns_name_eq(&srv[0].target, &hub),
                  "%s", answers[i].what);
    }
}

static void a_cut_answer_is_refused(void)
{
    struct lf_dns_name asked = name("_taxii2._tcp.example");

    for (size_t len = 0; len < answers[0].msg.len; len++) {
        struct lf_dns_srv srv[LF_DNS_SRVS];
        size_t n;

        CHECK(lf_dns_srv_read(lf_view_first(answers[0].msg, len), 0x1234, &asked, srv, &n, NULL) != LF_OK,
              "%zu octets were taken", len);
    }
}

static void a_question_is_one_that_servers_read(void)
{
    struct lf_dns_name asked = name("_taxii2._tcp.example");
    struct lf_dns_message m;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 512);
    lf_dns_put_question(&b, 7, &asked, LF_DNS_SRV);
    CHECK_OK(lf_dns_message_read(lf_buf_view(&b), &m, &e), &e);
    CHECK(m.header.id == 7 && m.qtype == LF_DNS_SRV && m.edns && lf_dns_name_eq(&m.qname, &asked),
          "as asked");
    lf_buf_clear(&b);
}

static void priorities_are_kept_and_weights_share(void)
{
    unsigned first[3] = { 0 };
    uint32_t seed = 1;

    for (int round = 0; round < 4000; round++) {
        struct lf_dns_srv v[4] = { { .priority = 9, .port = 4 },
                                   { .priority = 1, .weight = 30, .port = 1 },
                                   { .priority = 1, .weight = 10, .port = 2 },
                                   { .priority = 1, .weight = 0, .port = 3 } };
        uint32_t random[LF_DNS_SRVS];

        for (size_t i = 0; i < LF_DNS_SRVS; i++)
            random[i] = (seed = seed * 1664525u + 1013904223u) >> 4;
        lf_dns_srv_order(v, 4, random);
        CHECK(v[3].port == 4, "the last priority is the last");
        CHECK(v[0].port + v[1].port + v[2].port == 6, "each is there once");
        first[v[0].port - 1]++;
    }
    CHECK(first[0] > 2700 && first[0] < 3300 && first[1] > 700 && first[2] < 60, "%u %u %u", first[0],
          first[1], first[2]);
}

int main(void)
{
    RUN(an_answer_counts_only_for_its_question);
    RUN(a_cut_answer_is_refused);
    RUN(a_question_is_one_that_servers_read);
    RUN(priorities_are_kept_and_weights_share);
    DONE();
}
