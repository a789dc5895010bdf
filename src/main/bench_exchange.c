/* MISP in: an export of 250,000 attributes in one event or in two thousand, made into STIX 2.1 objects. */
#include "base/crypto.h"
#include "fmt/misp.h"
#include "main/bench.h"

enum { ATTRIBUTES = 250000 };

static uint64_t next(uint64_t *s)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 20;
}

static void attribute(struct lf_buf *b, uint64_t *s)
{
    static const char *const types[] = { "ip-dst", "domain",   "url",          "sha256",
                                         "md5",    "hostname", "filename|md5", "ip-dst|port" };
    uint64_t a = next(s), v = next(s), kind = a % 8;

    lf_buf_printf(
        b,
        "{\"id\":\"%llu\",\"event_id\":\"17\",\"object_id\":\"0\",\"object_relation\":null,\"category\":"
        "\"Network "
        "activity\",\"type\":\"%s\",\"to_ids\":%s,\"uuid\":\"%08llx-%04llx-4%03llx-8%03llx-%012llx\","
        "\"timestamp\":\"17%08llu\",\"distribution\":\"5\",\"sharing_group_id\":\"0\",\"comment\":\"%s\","
        "\"deleted\":false,\"disable_correlation\":false,\"first_seen\":null,\"last_seen\":null,\"value\":\"",
        (unsigned long long)(a & 0xffffff), types[kind], a % 5 ? "true" : "false",
        (unsigned long long)(next(s) & 0xffffffff), (unsigned long long)(v & 0xffff),
        (unsigned long long)(next(s) & 0xfff), (unsigned long long)(a & 0xfff),
        (unsigned long long)(next(s) & 0xffffffffffff), (unsigned long long)(v % 100000000),
        a % 3 ? "" : "seen in a campaign");
    if (kind == 0 || kind == 7)
        lf_buf_printf(b, "%u.%u.%u.%u%s", (unsigned)(1 + v % 223), (unsigned)(v >> 8 & 255),
                      (unsigned)(v >> 16 & 255), (unsigned)(v >> 24 & 255), kind ? "|443" : "");
    else if (kind == 1 || kind == 5)
        lf_buf_printf(b, "h%llx.evil.example", (unsigned long long)v);
    else if (kind == 2)
        lf_buf_printf(b, "https://h%llx.example/%llx", (unsigned long long)(v & 0xffffff),
                      (unsigned long long)v);
    else if (kind == 3)
        lf_buf_printf(b, "%016llx%016llx%016llx%016llx", (unsigned long long)v, (unsigned long long)next(s),
                      (unsigned long long)next(s), (unsigned long long)next(s));
    else
        lf_buf_printf(b, "%s%016llx%016llx", kind == 6 ? "a.exe|" : "", (unsigned long long)v,
                      (unsigned long long)next(s));
    LF_PUT(b, "\",\"Galaxy\":[],\"ShadowAttribute\":[]}");
}

static void make(struct lf_buf *b, unsigned events)
{
    uint64_t s = 20261121;

    LF_PUT(b, "{\"response\":[");
    for (unsigned i = 0; i < events; i++) {
        lf_buf_printf(b,
                      "%s{\"Event\":{\"id\":\"17\",\"date\":\"2026-03-01\",\"info\":\"event "
                      "%u\",\"published\":true,\"uuid\":"
                      "\"5a1b2c3d-0000-4aaa-8bbb-%012x\",\"timestamp\":\"1800000000\",\"distribution\":\"3\","
                      "\"Orgc\":{\"name\":"
                      "\"ORG\"},\"Tag\":[{\"name\":\"tlp:green\"}],\"Attribute\":[",
                      i ? "," : "", i, i);
        for (unsigned k = 0; k < ATTRIBUTES / events; k++) {
            if (k)
                lf_buf_byte(b, ',');
            attribute(b, &s);
        }
        LF_PUT(b, "]}}");
    }
    LF_PUT(b, "]}");
}

void lf_bench_misp_make(struct lf_buf *out)
{
    make(out, 2000);
}

void lf_bench_misp_make_one(struct lf_buf *out)
{
    make(out, 1);
}

static enum lf_code count(void *ctx, lf_view json, struct lf_err *e)
{
    struct lf_bench_result *r = ctx;

    (void)e;
    r->events++;
    r->bytes += json.len;
    return LF_OK;
}

static void pass(void *ctx, const struct lf_loss *loss)
{
    (void)ctx;
    (void)loss;
}

int lf_bench_misp(lf_view in, struct lf_bench_result *out)
{
    const struct lf_exchange to = { out, count, pass };
    struct lf_err e = { 0 };
    double began;

    *out = (struct lf_bench_result){ 0 };
    lf_crypto_init();
    began = lf_bench_cpu();
    if (lf_misp_read(in, &to, &e) != LF_OK)
        LF_BUG("%s", e.text);
    out->cpu_s = lf_bench_cpu() - began;
    out->bytes = in.len;
    return 0;
}
