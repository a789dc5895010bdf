/* `lianfang bench rpz`: what the zone primary costs, without sockets. */
#include <stdio.h>

#include "main/bench.h"
#include "shield/zone.h"

enum { CHANGES = 10000 };
#define NOW (1800000000 * LF_SECOND)

static const char config[] = "{\"zone\":\"rpz.test\",\"allow\":[\"127.0.0.0/8\"]}";

/* Random-looking names of 12 to 27 characters, never two alike. */
static void names(struct lf_buf *out, unsigned n)
{
    uint64_t x = 0x9e3779b97f4a7c15u;

    for (unsigned i = 0; i < n; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        lf_buf_printf(out, "%.*s%x%s\n", (int)(x >> 60), "wwwmailupdatecdn", i ^ 0x5a5a5a5au,
                      x & 0x8000 ? ".bad.example" : ".test");
    }
}

void lf_bench_rpz_names(struct lf_buf *out)
{
    names(out, 100000);
}

void lf_bench_rpz_names_1m(struct lf_buf *out)
{
    names(out, 1000000);
}

static int loaded(lf_view in, struct lf_zone_server **out, uint64_t *count)
{
    struct lf_err e = { 0 };
    struct lf_zone *z;
    enum lf_code rc = lf_zone_server_create(lf_view_of(config), 1, out, &e);
    lf_view line;

    *count = 0;
    if (rc == LF_OK) {
        z = lf_zone_server_nth(*out, 0);
        rc = lf_zone_begin_full(z, &e);
        while (rc == LF_OK && lf_view_split(&in, '\n', &line)) {
            if (!line.len)
                continue;
            rc = lf_zone_add(z, line, &e);
            ++*count;
        }
        if (rc == LF_OK)
            rc = lf_zone_publish(z, 1, &e);
        if (rc != LF_OK)
            lf_zone_server_destroy(*out);
    }
    if (rc != LF_OK)
        fprintf(stderr, "lianfang: bench rpz: name %llu: %s; give one name a line\n",
                (unsigned long long)*count, e.text);
    return rc == LF_OK ? 0 : 2;
}

int lf_bench_rpz_load(lf_view in, struct lf_bench_result *out)
{
    struct lf_zone_server *s;
    double began = lf_bench_cpu();
    int rc = loaded(in, &s, &out->events);

    if (rc)
        return rc;
    out->cpu_s = lf_bench_cpu() - began;
    out->bytes = lf_zone_bytes(lf_zone_server_nth(s, 0));
    lf_zone_server_destroy(s);
    return 0;
}

/* AXFR, or IXFR from a serial. */
static void question(struct lf_buf *b, uint16_t type, uint32_t have)
{
    struct lf_dns_header h = { .id = 1, .qd = 1, .ns = type == LF_DNS_IXFR };
    struct lf_dns_name n;

    lf_buf_reset(b);
    if (lf_dns_name_parse(LF_V("rpz.test"), &n, NULL) != LF_OK)
        return;
    lf_dns_put_header(b, &h);
    lf_dns_put_name(b, &n);
    lf_buf_u16(b, type);
    lf_buf_u16(b, LF_DNS_IN);
    if (type != LF_DNS_IXFR)
        return;
    lf_dns_put_name_at(b, NULL, 0, LF_DNS_HEADER);
    lf_dns_put_rr(b, LF_DNS_SOA, 0, 24);
    lf_dns_put_name_at(b, NULL, 0, LF_DNS_HEADER);
    lf_dns_put_name_at(b, NULL, 0, LF_DNS_HEADER);
    lf_buf_u32(b, have);
    for (int i = 0; i < 4; i++)
        lf_buf_u32(b, 0);
}

/* Octets of the whole answer. */
static uint64_t transfer(struct lf_zone_server *s, const struct lf_zone_peer *from, struct lf_buf *q,
                         struct lf_buf *out)
{
    struct lf_zone_transfer *t = NULL;
    uint64_t n;

    lf_buf_reset(out);
    lf_zone_answer(s, from, true, lf_buf_view(q), NOW, out, &t);
    n = out->len + 2;
    for (lf_buf_reset(out); t && lf_zone_transfer_next(t, NOW, out); lf_buf_reset(out))
        n += out->len + 2;
    lf_zone_transfer_destroy(t);
    return n;
}

static int transfers(lf_view in, bool changes, struct lf_bench_result *out)
{
    struct lf_zone_server *s;
    struct lf_zone_peer from;
    struct lf_buf q, answer;
    struct lf_err e = { 0 };
    int rc = loaded(in, &s, &out->events);
    double began;

    if (rc)
        return rc;
    lf_buf_init(&q, 4096);
    lf_buf_init(&answer, 65535);
    (void)lf_zone_peer_parse(LF_V("127.0.0.1"), 1, &from);
    out->bytes = 0;
    began = lf_bench_cpu();
    if (!changes) {
        question(&q, LF_DNS_AXFR, 0);
        out->bytes = transfer(s, &from, &q, &answer);
    }
    for (uint32_t i = 1; changes && i <= CHANGES; i++) {
        struct lf_zone *z = lf_zone_server_nth(s, 0);
        char name[32];
        int n = snprintf(name, sizeof name, "c2-%u.bad.test", i);

        if (lf_zone_begin_change(z, &e) != LF_OK ||
            lf_zone_add(z, (lf_view){ name, (size_t)n }, &e) != LF_OK ||
            lf_zone_publish(z, i + 1, &e) != LF_OK) {
            fprintf(stderr, "lianfang: bench rpz: %s\n", e.text);
            rc = 2;
            break;
        }
        question(&q, LF_DNS_IXFR, i);
        out->bytes += transfer(s, &from, &q, &answer);
        out->events = i;
    }
    out->cpu_s = lf_bench_cpu() - began;
    lf_buf_clear(&q);
    lf_buf_clear(&answer);
    lf_zone_server_destroy(s);
    return rc;
}

int lf_bench_rpz_axfr(lf_view in, struct lf_bench_result *out)
{
    return transfers(in, false, out);
}

int lf_bench_rpz_ixfr(lf_view in, struct lf_bench_result *out)
{
    return transfers(in, true, out);
}
