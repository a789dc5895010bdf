/* lianfang bench members [--children N]: a core with thousands of children, in this process.
 *
 * The core is the real one on a real database; what the front and the relay would hand it is handed to it
 * here, as `lianfang simulate` does.  N children are invited and enrol, each then waits in its two polls, an
 * indicator is published and reaches all, and one child after the other hands something in while all others
 * wait.  Times are processor time of this process, in which the children are next to nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt/json.h"
#include "http/message.h"
#include "isac/peer.h"
#include "main/bench.h"
#include "proc/core.h"
#include "sys/file.h"

enum { RUNS = 5, INVITATION = 2048, MESSAGE = 1 << 20, REPORTS = 200 };
#define TAXII_TYPE "application/taxii+json;version=2.1"

enum { POLL_MEMBERS, POLL_INBOX, POLLS };

struct child {
    uint8_t pin[LF_HTTP_PIN];
    char invitation[INVITATION];
    bool waits[POLLS];
    char after[POLLS][40], collection[POLLS][40], up[40];
    bool enrolled;
};

struct bench {
    struct lf_arena a;
    struct lf_env env;
    struct lf_core *core;
    struct child *child;
    size_t n, answers, told, refused;
    char indicator[64]; /* the one that is being published */
    uint64_t asked;     /* requests made */
    bool again;         /* who is told asks again */
};

/* A request's number says whose it is and what: kind, then child. */
enum kind { ASK_INVITE = 1, ASK_ENROL, ASK_PUBLISH, ASK_REPORT, ASK_LOOK, ASK_MEMBERS, ASK_INBOX };

static uint64_t number(struct bench *b, enum kind kind, size_t child)
{
    return (uint64_t)kind << 56 | (uint64_t)child << 32 | (++b->asked & 0xffffffff);
}

static void ask(struct bench *b, struct lf_http_request *q)
{
    struct lf_buf packed;

    q->remote = LF_V("127.0.0.1");
    lf_buf_init(&packed, MESSAGE);
    lf_http_pack_request(&packed, q);
    lf_core_message(b->core, LF_WORKER_FRONT, LF_MSG_HTTP_REQUEST, lf_buf_view(&packed));
    lf_buf_clear(&packed);
}

static void header(struct lf_http_request *q, const char *name, lf_view value)
{
    q->headers[q->nheaders++] = (struct lf_http_header){ lf_view_of(name), value };
}

static struct lf_http_request of_child(struct bench *b, size_t i, enum kind kind)
{
    struct lf_http_request q = { .id = number(b, kind, i), .door = LF_DOOR_PEER, .has_pin = true };

    memcpy(q.peer_pin, b->child[i].pin, sizeof q.peer_pin);
    header(&q, LF_PROTOCOL_HEADER, lf_protocol_text());
    header(&q, "Accept", LF_V(TAXII_TYPE));
    return q;
}

static void poll(struct bench *b, size_t i, int which)
{
    struct lf_http_request q = of_child(b, i, which == POLL_MEMBERS ? ASK_MEMBERS : ASK_INBOX);
    const struct child *c = &b->child[i];
    char path[120], query[120];

    (void)snprintf(path, sizeof path, LF_API_ROOT "collections/%s/objects/", c->collection[which]);
    (void)snprintf(query, sizeof query, "%s%s%slimit=100", c->after[which][0] ? "added_after=" : "",
                   c->after[which], c->after[which][0] ? "&" : "");
    q.method = LF_V("GET");
    q.path = lf_view_of(path);
    q.query = lf_view_of(query);
    header(&q, "Prefer", LF_V("wait=25"));
    b->child[i].waits[which] = true;
    ask(b, &q);
}

static void keep(char *to, size_t size, lf_view v)
{
    (void)snprintf(to, size, "%.*s", LF_FMT(v));
}

/* What the core says: only the answers matter here. */
static void said(void *ctx, enum lf_worker_id to, unsigned type, lf_view payload)
{
    struct bench *b = ctx;
    struct lf_http_response rs;
    const struct lf_json *v = NULL;
    struct lf_arena a = { 0 };
    struct child *c;
    enum kind kind;

    if (to != LF_WORKER_FRONT || type != LF_MSG_HTTP_RESPONSE ||
        lf_http_unpack_response(payload, &rs, NULL) != LF_OK)
        return;
    kind = (enum kind)(rs.id >> 56);
    c = &b->child[(rs.id >> 32 & 0xffffff) % b->n];
    b->answers++;
    if (rs.status / 100 != 2) {
        if (!b->refused++)
            fprintf(stderr, "lianfang bench members: answered %d: %.*s\n", rs.status,
                    LF_FMT(lf_view_first(rs.body, 300)));
        return;
    }
    if (kind == ASK_INVITE || kind == ASK_ENROL || kind == ASK_PUBLISH)
        if (lf_json_parse(&a, rs.body, NULL, &v, NULL) != LF_OK)
            v = NULL;
    if (kind == ASK_INVITE) {
        keep(c->invitation, sizeof c->invitation, lf_json_str(v, "token"));
    } else if (kind == ASK_ENROL) {
        keep(c->collection[POLL_MEMBERS], sizeof c->collection[0], lf_json_str(v, "members"));
        keep(c->collection[POLL_INBOX], sizeof c->collection[0], lf_json_str(v, "inbox"));
        keep(c->up, sizeof c->up, lf_json_str(v, "up"));
        c->enrolled = c->up[0] != '\0';
    } else if (kind == ASK_PUBLISH) {
        keep(b->indicator, sizeof b->indicator, lf_json_str(v, "id"));
    } else if (kind == ASK_MEMBERS || kind == ASK_INBOX) {
        int which = kind == ASK_MEMBERS ? POLL_MEMBERS : POLL_INBOX;
        lf_view last = lf_http_answer_get(&rs, "X-TAXII-Date-Added-Last");

        if (last.len)
            keep(c->after[which], sizeof c->after[which], last);
        c->waits[which] = false;
        b->told += kind == ASK_MEMBERS && !lf_view_is(rs.body, "{}");
    }
    lf_arena_clear(&a);
}

static long rss_kb(void)
{
    char line[200];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "re");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "RssAnon:", 8) == 0)
            kb = strtol(line + 8, NULL, 10);
    if (f)
        fclose(f);
    return kb;
}

static bool whole(const struct bench *b, const char *what, size_t have, size_t want)
{
    if (!b->refused && have == want)
        return true;
    fprintf(stderr, "lianfang bench members: %s: %zu of %zu, %zu refused\n", what, have, want, b->refused);
    return false;
}

/* What a child sends with its invitation: canonical JSON (RFC 8785), signed with the key in it. */
static lf_view enrolment(struct lf_arena *a, const char *invitation, size_t i)
{
    uint8_t seed[LF_SIGN_SEED] = { 0 }, key[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET], signature[LF_SIGNATURE];
    const struct lf_json *v;
    lf_view json, body;

    if (lf_unbase64(a, lf_view_from(lf_view_of(invitation), 4), &json, NULL) != LF_OK ||
        lf_json_parse(a, json, NULL, &v, NULL) != LF_OK)
        return LF_V("");
    memcpy(seed, &i, sizeof i);
    lf_sign_keys(seed, key, secret);
    body = lf_arena_printf(
        a,
        "{\"invitation\":\"%.*s\",\"key\":\"%.*s\",\"name\":\"child %zu\",\"node\":\"identity--"
        "00000000-0000-4000-8000-%012zx\",\"secret\":\"%.*s\",\"tier\":\"provider\"",
        LF_FMT(lf_json_str(v, "id")), LF_FMT(lf_base64url(a, key, sizeof key)), i, i + 1,
        LF_FMT(lf_json_str(v, "secret")));
    lf_sign(secret, lf_arena_printf(a, "%.*s}", LF_FMT(body)), signature);
    return lf_arena_printf(a, "%.*s,\"signature\":\"%.*s\"}", LF_FMT(body),
                           LF_FMT(lf_base64url(a, signature, sizeof signature)));
}

/* Children from..to are invited and enrol; processor seconds. */
static double enrol(struct bench *b, size_t from, size_t to)
{
    double began;

    for (size_t i = from; i < to; i++) {
        struct lf_http_request q = { .id = number(b, ASK_INVITE, i), .door = LF_DOOR_LOCAL };

        q.method = LF_V("POST");
        q.path = LF_V("/api/v1/peers/invitations");
        ask(b, &q);
    }
    lf_core_round(b->core);
    began = lf_bench_cpu();
    for (size_t i = from; i < to; i++) {
        struct lf_http_request q = of_child(b, i, ASK_ENROL);
        struct lf_arena a = { 0 };

        q.method = LF_V("POST");
        q.path = LF_V("/federation/enrol");
        q.body = enrolment(&a, b->child[i].invitation, i);
        header(&q, "Content-Type", LF_V("application/json"));
        ask(b, &q);
        lf_arena_clear(&a);
    }
    lf_core_round(b->core);
    return lf_bench_cpu() - began;
}

/* Polls of those that have none waiting. */
static void wait_all(struct bench *b)
{
    for (size_t i = 0; i < b->n; i++)
        for (int k = 0; k < POLLS; k++)
            if (!b->child[i].waits[k])
                poll(b, i, k);
    lf_core_round(b->core);
}

static void publish(struct bench *b, int run)
{
    struct lf_http_request q = { .id = number(b, ASK_PUBLISH, 0), .door = LF_DOOR_LOCAL };
    char body[120];

    (void)snprintf(body, sizeof body, "{\"value\":\"news-%d.example.net\",\"release\":true}", run);
    q.method = LF_V("POST");
    q.path = LF_V("/api/v1/indicators");
    q.body = lf_view_of(body);
    header(&q, "Content-Type", LF_V("application/json"));
    ask(b, &q);
}

/* A child hands an object in, as its outbox would: committed and answered before the next. */
static void report(struct bench *b, size_t i, uint64_t turn)
{
    struct lf_http_request q = of_child(b, i, ASK_REPORT);
    char path[120], body[1024], at[LF_TIME_TEXT];

    (void)lf_time_milli(lf_now(&b->env), at);
    (void)snprintf(path, sizeof path, LF_API_ROOT "collections/%s/objects/", b->child[i].up);
    (void)snprintf(body, sizeof body,
                   "{\"objects\":[{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--"
                   "00000000-0000-4000-9000-%012llx\",\"created\":\"%s\",\"modified\":\"%s\",\"name\":\"n\","
                   "\"pattern\":\"[domain-name:value = 'r%llu.example.org']\",\"pattern_type\":\"stix\","
                   "\"valid_from\":\"%s\"}]}",
                   (unsigned long long)turn, at, at, (unsigned long long)turn, at);
    q.method = LF_V("POST");
    q.path = lf_view_of(path);
    q.body = lf_view_of(body);
    header(&q, "Content-Type", LF_V(TAXII_TYPE));
    ask(b, &q);
    lf_core_round(b->core);
}

/* An operator's program looks: processor seconds. */
static double look(struct bench *b, const char *path)
{
    struct lf_http_request q = { .id = number(b, ASK_LOOK, 0), .door = LF_DOOR_LOCAL };
    double began = lf_bench_cpu();

    q.method = LF_V("GET");
    q.path = lf_view_of(path);
    ask(b, &q);
    lf_core_round(b->core);
    return lf_bench_cpu() - began;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static int run(struct bench *b)
{
    const size_t part = b->n > 10 ? b->n / 10 : 1;
    double first = 0, last = 0, all = 0, told[RUNS], reports, metrics, list, page;
    size_t enrolled = 0;
    long before = rss_kb(), idle, waiting;

    for (size_t i = 0; i < b->n; i += part) {
        size_t to = i + part < b->n ? i + part : b->n;

        last = enrol(b, i, to) / (double)(to - i);
        if (!i)
            first = last;
        all += last * (double)(to - i);
    }
    for (size_t i = 0; i < b->n; i++)
        enrolled += b->child[i].enrolled;
    if (!whole(b, "enrolled", enrolled, b->n))
        return 1;
    idle = rss_kb();
    wait_all(b); /* a new child is given what was there before it */
    b->answers = 0;
    wait_all(b);
    if (!whole(b, "answered though nothing was there", b->answers, 0))
        return 1;
    waiting = rss_kb();
    for (int r = 0; r < RUNS; r++) {
        double began;

        b->told = 0;
        began = lf_bench_cpu();
        publish(b, r);
        lf_core_round(b->core);
        told[r] = lf_bench_cpu() - began;
        if (!whole(b, "told of what was published", b->told, b->n))
            return 1;
        wait_all(b);
    }
    b->answers = 0;
    reports = lf_bench_cpu();
    for (uint64_t i = 0; i < REPORTS; i++)
        report(b, (size_t)(lf_bench_scatter(i) % b->n), i);
    reports = lf_bench_cpu() - reports;
    if (!whole(b, "reports answered", b->answers, REPORTS))
        return 1;
    metrics = look(b, "/metrics");
    list = look(b, "/api/v1/peers");
    page = look(b, "/peers");
    if (!whole(b, "looks answered", b->answers, REPORTS + 3))
        return 1;
    qsort(told, RUNS, sizeof *told, by_double);
    printf(
        "{\"bench\":\"members\",\"children\":%zu,\"enrol_first_us\":%.0f,\"enrol_last_us\":%.0f,\"enrol_s\":"
        "%.2f,\"kb_per_child\":%.1f,\"kb_per_waiting_child\":%.1f,\"all_told_s\":%.3f,\"report_us\":%.0f,"
        "\"metrics_ms\":%.1f,\"list_ms\":%.1f,\"page_ms\":%.1f}\n",
        b->n, first * 1e6, last * 1e6, all, (double)(idle - before) / (double)b->n,
        (double)(waiting - before) / (double)b->n, told[RUNS / 2], reports * 1e6 / REPORTS, metrics * 1e3,
        list * 1e3, page * 1e3);
    return 0;
}

int lf_bench_members(int argc, char **argv)
{
    static const char usage[] =
        "usage: lianfang bench members [--children N]\n"
        "  --children N   1 to 8000 (7000)\n"
        "a core with so many children: enrolment of the first and last tenth, memory per child (enrolled; "
        "with\n"
        "both polls waiting), processor time until all waiting children were given a published indicator\n"
        "(median of 5), and of one report committed while all others wait\n"
        "exit: 0 measured, 1 something was not as it must be, 2 bad usage\n";
    struct bench b = { .n = 7000 };
    struct lf_core_options o = { .housekeeping = LF_HOUR, .send = said, .ctx = &b };
    char dir[] = "/tmp/lianfang-members-XXXXXX", boot[400];
    struct lf_log log = { .fd = 2, .least = LF_LOG_WARN, .worker = "bench" };
    struct lf_err e = { 0 };
    uint64_t n;
    int rc = 2;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return fputs(usage, stdout) == EOF ? 1 : 0;
        if (strcmp(argv[i], "--children") == 0 && i + 1 < argc && lf_view_u64(lf_view_of(argv[i + 1]), &n) &&
            n && n <= 8000) {
            b.n = (size_t)n;
            i++;
        } else {
            fprintf(stderr,
                    "lianfang bench members: \"%s\" is no option, or its value is missing or none\n%s",
                    argv[i], usage);
            return 2;
        }
    }
    lf_crypto_init();
    if (!mkdtemp(dir)) {
        fprintf(stderr, "lianfang bench members: no directory can be made in /tmp\n");
        return 2;
    }
    lf_env_real(&b.env, &log);
    b.child = calloc(b.n, sizeof *b.child);
    LF_ASSERT(b.child);
    for (size_t i = 0; i < b.n; i++)
        lf_sha256((lf_view){ (const char *)&i, sizeof i }, b.child[i].pin);
    (void)snprintf(boot, sizeof boot,
                   "{\"database\":\"%s/node.db\",\"name\":\"sector\",\"tier\":\"sector\",\"zone\":"
                   "\"rpz.lianfang\",\"peer_url\":\"https://127.0.0.1:8444\",\"peer_pin\":\"%064d\"}",
                   dir, 0);
    o.env = &b.env;
    o.boot = lf_view_of(boot);
    if (lf_core_create(&o, &b.core, &e) == LF_OK) {
        lf_core_neighbour(b.core, LF_WORKER_FRONT, true);
        rc = run(&b);
        lf_core_destroy(b.core);
    } else {
        fprintf(stderr, "lianfang bench members: %s\n", e.text);
    }
    if (lf_file_remove_tree(dir, &e) != LF_OK)
        fprintf(stderr, "lianfang bench members: %s\n", e.text);
    free(b.child);
    lf_arena_clear(&b.a);
    return rc;
}
