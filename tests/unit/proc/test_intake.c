/* The intake worker in one process: its messages are caught, its sockets and
 * files are real. */
#include "proc/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/gzip.h"
#include "fmt/json.h"
#include "lf_test.h"
#include "model/device.h"
#include "model/finding.h"
#include "model/rule_entry.h"
#include "proc/worker.h"
#include "store/archive.h"
#include "sys/file.h"
#include "sys/net.h"
#include "sys/tls.h"

/* ---- the worker's surroundings ---- */

static struct lf_worker w;
static struct lf_arena scratch;
static char dir[200];
static int sock_tcp = -1, sock_tls = -1, sock_udp = -1;
static struct lf_addr at_tcp, at_tls, at_udp;
static lf_view key_pem, cert_pem;
static bool core_full;

static struct {
    struct lf_http_response rs;
    bool there;
} answer;
static struct {
    uint64_t position;
    char sender[100];
} found[1000];
static size_t nfound, nresumed;
static struct lf_device_report told; /* of 127.0.0.1 */
static size_t ntold;

enum lf_code lf_worker_send(struct lf_worker *self, enum lf_worker_id to, unsigned type, lf_view payload,
                            struct lf_err *e)
{
    struct lf_err local;

    (void)self;
    (void)e;
    if (to == LF_WORKER_FRONT && type == LF_MSG_LOG_ANSWER) {
        lf_view kept = lf_arena_copy(&scratch, payload);
        CHECK_OK(lf_http_unpack_response(kept, &answer.rs, &local), &local);
        answer.there = true;
    } else if (to == LF_WORKER_CORE && type == LF_MSG_FINDING) {
        struct lf_finding f;
        CHECK_OK(lf_finding_unpack(payload, &f, &local), &local);
        found[nfound].position = f.position;
        snprintf(found[nfound].sender, sizeof found[0].sender, "%.*s", LF_FMT(f.sender));
        nfound++;
    } else if (to == LF_WORKER_CORE && type == LF_MSG_SENDERS) {
        while (payload.len) {
            struct lf_device_report r;
            CHECK_OK(lf_device_unpack(&payload, &r, &local), &local);
            if (lf_view_is(r.name, "127.0.0.1")) {
                told = r;
                told.name = lf_arena_copy(&scratch, r.name);
                ntold++;
            }
        }
    } else if (to == LF_WORKER_CORE && type == LF_MSG_RULES) {
        struct lf_rule_entry r;

        for (payload = lf_view_from(payload, 4); payload.len;)
            if (!lf_rule_entry_take(&payload, &r)) {
                CHECK(0, "an entry of the list of rules is none");
                break;
            }
    } else if (to == LF_WORKER_CORE && type == LF_MSG_LEARNABLE) {
        CHECK(payload.len >= 4, "%zu bytes", payload.len);
    } else if (to == LF_WORKER_CORE && type == LF_MSG_RESUMED) {
        nresumed++;
        CHECK(payload.len == 8, "%zu bytes", payload.len);
    } else {
        CHECK(0, "message %u to %d", type, (int)to);
    }
    return LF_OK;
}

bool lf_worker_up(const struct lf_worker *self, enum lf_worker_id id)
{
    (void)self;
    (void)id;
    return true;
}

bool lf_worker_full(const struct lf_worker *self, enum lf_worker_id to)
{
    (void)self;
    return to == LF_WORKER_CORE && core_full;
}

int lf_worker_socket(const struct lf_worker *self, const char *name)
{
    (void)self;
    if (strcmp(name, "syslog.tcp") == 0)
        return sock_tcp;
    if (strcmp(name, "syslog.tls") == 0)
        return sock_tls;
    return strcmp(name, "syslog.udp") == 0 ? sock_udp : -1;
}

lf_view lf_worker_key(const struct lf_worker *self, const char *name)
{
    (void)self;
    return strcmp(name, "tls.key") == 0 ? key_pem : cert_pem;
}

static void round_end(void *ctx)
{
    (void)ctx;
    lf_intake_worker.round_end(&w);
}

static void put_file(const char *name, const char *text, bool append)
{
    char path[400];
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s: %s", path, strerror(errno));
    close(fd);
}

static void start(void)
{
    struct lf_err e;

    w = (struct lf_worker){ .spec = &lf_intake_worker, .id = LF_WORKER_INTAKE };
    w.log = (struct lf_log){ .fd = getenv("LF_TEST_LOG") ? 2 : -1 };
    lf_env_real(&w.env, &w.log);
    w.boot = lf_arena_printf(&w.arena,
                             "{\"data\":\"%s/events\",\"keep_mb\":16,\"rules\":[\"%s/rules\"],\"follow\":["
                             "{\"path\":\"%s/log/app.log\",\"source\":\"app\",\"format\":\"auto\"}]}",
                             dir, dir, dir);
    CHECK_OK(lf_loop_create(&w.loop, &e), &e);
    lf_loop_on_round_end(w.loop, round_end, NULL);
    CHECK_OK(lf_intake_worker.start(&w, &e), &e);
}

static void stop(void)
{
    lf_intake_worker.stop(&w);
    lf_loop_destroy(w.loop);
    lf_arena_clear(&w.arena);
}

static void rounds(lf_time most, bool (*until)(void))
{
    lf_time end = lf_tick(&w.env) + most;
    struct lf_err e;

    do
        CHECK_OK(lf_loop_once(w.loop, 20 * LF_MSEC, &e), &e);
    while (lf_tick(&w.env) < end && !until());
}

static bool answered(void)
{
    return answer.there;
}

static void say_u64(unsigned type, uint64_t n)
{
    char raw[16] = { 0 }; /* CHECKPOINT's second number: no sighting was counted yet */

    for (int i = 0; i < 8; i++)
        raw[i] = (char)(n >> (56 - 8 * i));
    lf_intake_worker.message(&w, LF_WORKER_CORE, type, (lf_view){ raw, type == LF_MSG_CHECKPOINT ? 16 : 8 });
}

static void give_tokens(void)
{
    uint8_t hash[LF_SHA256];
    struct lf_buf b;

    lf_buf_init(&b, 1000);
    lf_sha256(LF_V("lfp_web"), hash);
    lf_intake_pack_sender(&b, LF_V("web"), hash);
    lf_sha256(LF_V("lfp_dns"), hash);
    lf_intake_pack_sender(&b, LF_V("dns"), hash);
    lf_intake_worker.message(&w, LF_WORKER_CORE, LF_MSG_TOKENS, lf_buf_view(&b));
    lf_buf_clear(&b);
}

static int ask(const char *method, const char *path, const char *auth, lf_view body, bool gzip)
{
    struct lf_http_request rq = { .id = 7,
                                  .method = lf_view_of(method),
                                  .path = lf_view_of(path),
                                  .body = body,
                                  .remote = LF_VIEW("127.0.0.1") };
    struct lf_buf b, packed;

    lf_buf_init(&b, 1 << 20);
    lf_buf_init(&packed, 1 << 20);
    if (auth)
        rq.headers[rq.nheaders++] = (struct lf_http_header){ LF_V("authorization"), lf_view_of(auth) };
    if (gzip) {
        lf_gzip_deflate(body, &packed);
        rq.body = lf_buf_view(&packed);
        rq.headers[rq.nheaders++] = (struct lf_http_header){ LF_V("Content-Encoding"), LF_V("gzip") };
    }
    answer.there = false;
    lf_http_pack_request(&b, &rq);
    lf_intake_worker.message(&w, LF_WORKER_FRONT, LF_MSG_LOG_BODY, lf_buf_view(&b));
    rounds(2 * LF_SECOND, answered);
    CHECK(answer.there, "%s %s was not answered", method, path);
    lf_buf_clear(&b);
    lf_buf_clear(&packed);
    return answer.rs.status;
}

static const struct lf_json *said(void)
{
    const struct lf_json *v = NULL;
    struct lf_err e;

    CHECK_OK(lf_json_parse(&scratch, answer.rs.body, NULL, &v, &e), &e);
    return v;
}

static lf_view header(const char *name)
{
    for (size_t i = 0; i < answer.rs.nheaders; i++)
        if (lf_view_eq_nocase(answer.rs.headers[i].name, lf_view_of(name)))
            return answer.rs.headers[i].value;
    return (lf_view){ NULL, 0 };
}

/* What the journal holds, opened beside the stopped worker: "sender:bytes" lines. */
static lf_view journal_text(void)
{
    struct lf_archive_record *r;
    struct lf_archive *j;
    char path[400];
    uint64_t from = 1;
    struct lf_err e;
    struct lf_buf b;
    lf_view v;
    size_t n;

    snprintf(path, sizeof path, "%s/events", dir);
    lf_buf_init(&b, 1 << 24);
    CHECK_OK(lf_archive_open(path, &(struct lf_archive_options){ .keep = 16 << 20 }, &j, &e), &e);
    for (;;) {
        CHECK_OK(lf_archive_read(j, &scratch, from, 1 << 20, &r, &n, &from, &e), &e);
        if (!n)
            break;
        for (size_t i = 0; i < n; i++)
            lf_buf_printf(&b, "%.*s:%.*s\n", LF_FMT(r[i].sender), LF_FMT(r[i].bytes));
    }
    lf_archive_close(j);
    v = lf_arena_copy(&scratch, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

static bool has(lf_view text, const char *part)
{
    return lf_view_find(text, lf_view_of(part)) != SIZE_MAX;
}

static void fresh(void)
{
    static const char *const subs[] = { "", "/rules", "/log", NULL };
    struct lf_err e;

    (void)!lf_file_remove_tree(dir, &e);
    for (size_t i = 0; subs[i]; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s%s", dir, subs[i]);
        CHECK_OK(lf_file_make_dir(path, &e), &e);
    }
    put_file("rules/evil.yml",
             "title: evil\nid: 11111111-2222-4333-8444-555555555555\nlevel: high\n"
             "logsource:\n  product: windows\n  service: security\n"
             "detection:\n  s:\n    CommandLine|contains: evilcmd\n  condition: s\n",
             false);
    put_file("rules/broken.yml", "title: [\n", false);
    nfound = 0;
    answer.there = false;
}

/* ---- the promises ---- */

static void shippers_get_the_answers_they_know(void)
{
    const struct lf_json *v;

    fresh();
    start();
    CHECK(ask("POST", "/_bulk", "Bearer lfp_web", LF_V("x"), false) == 503, "before the tokens came");
    give_tokens();
    CHECK(ask("GET", "/", NULL, LF_V(""), false) == 401, "no token");
    CHECK(header("WWW-Authenticate").ptr && lf_view_is(header("X-Elastic-Product"), "Elasticsearch"),
          "headers");
    CHECK(ask("GET", "/", "Bearer lfp_wrong", LF_V(""), false) == 401, "wrong token");
    CHECK(ask("GET", "/", "Basic YTpsZnBfd2Vi", LF_V(""), false) == 200, "Basic a:lfp_web");
    CHECK(lf_json_path(said(), "version.number"), "version");
    CHECK(ask("HEAD", "/", "ApiKey YTpsZnBfd2Vi", LF_V(""), false) == 200 && !answer.rs.body.len, "ApiKey");
    CHECK(ask("GET", "/_license", "Bearer lfp_web", LF_V(""), false) == 200, "license");
    CHECK(ask("PUT", "/_index_template/x", "Bearer lfp_web", LF_V("{}"), false) == 200, "template");

    CHECK(ask("POST", "/logs-x/_bulk", "Bearer lfp_web",
              LF_V("{\"create\":{}}\n{\"a\":1}\n{\"index\":{\"_index\":\"i\",\"_id\":\"q\"}}\n{\"b\":2}\n"
                   "{\"create\":{}}\n{bad\n{\"delete\":{\"_id\":\"q\"}}\n{\"update\":{\"_id\":\"q\"}}\n{"
                   "\"doc\":{}}\n"),
              false) == 200,
          "bulk");
    v = said();
    CHECK(lf_json_bool(v, "errors", false), "errors");
    v = lf_json_get(v, LF_V("items"));
    CHECK(v && lf_json_items(v) == 5, "items");
    static const int want[] = { 201, 201, 400, 405, 405 };
    for (size_t i = 0; v && i < 5; i++) {
        int64_t status = 0;
        CHECK(lf_json_int(lf_json_member(lf_json_item(v, i), 0), "status", &status) && status == want[i],
              "item %zu", i);
    }
    CHECK_VIEW(lf_json_str(lf_json_path(lf_json_item(v, 0), "create"), "_index"), LF_V("logs-x"));
    CHECK_VIEW(lf_json_str(lf_json_path(lf_json_item(v, 1), "index"), "_id"), LF_V("q"));
    CHECK(ask("POST", "/_bulk", "Bearer lfp_web", LF_V(""), false) == 400, "empty bulk");
    CHECK(ask("POST", "/_bulk", "Bearer lfp_web", LF_V("{\"a\":1}\n"), false) == 400, "no action");
    CHECK(ask("POST", "/_bulk", "Bearer lfp_web", LF_V("{\"create\":{}}\n{\"z\":1}\n"), true) == 200, "gzip");

    CHECK(ask("GET", "/services/collector/health", NULL, LF_V(""), false) == 200, "health");
    CHECK(ask("POST", "/services/collector/event", NULL, LF_V("{}"), false) == 401, "no token");
    CHECK(ask("POST", "/services/collector", "Splunk lfp_no", LF_V("{}"), false) == 403, "wrong token");
    CHECK(ask("POST", "/services/collector", "Splunk lfp_dns",
              LF_V("{\"event\":\"plain\"}{\"time\":1.5,\"host\":\"h\",\"event\":{\"k\":1}}"), true) == 200,
          "events");
    CHECK(ask("POST", "/services/collector", "Splunk lfp_dns", LF_V("{\"event\":\"ok\"}{\"time\":1}"),
              false) == 400,
          "no event");
    int64_t code = 0;
    CHECK(lf_json_int(said(), "code", &code) && code == 12, "code %lld", (long long)code);
    CHECK(ask("POST", "/services/collector/raw", "Splunk lfp_dns", LF_V("raw1\nraw2\n"), false) == 200,
          "raw");
    CHECK(ask("POST", "/services/collector", "Splunk lfp_dns", LF_V(" "), false) == 400, "no data");

    CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", LF_V("{\"j\":1}\n\nnot json\n"), false) == 200,
          "lines");
    int64_t n = 0;
    CHECK(lf_json_int(said(), "malformed", &n) && n == 1, "malformed");
    CHECK(lf_json_int(said(), "received", &n) && n == 2, "received");
    CHECK(ask("POST", "/api/v1/events", NULL, LF_V("{}"), false) == 401, "no token");
    CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", LF_V(""), false) == 400, "empty");
    stop();

    lf_view all = journal_text();
    static const char *const kept[] = {
        "web:{\"a\":1}\n", "web:{\"b\":2}\n",
        "web:{bad\n",      "web:{\"z\":1}\n",
        "dns:plain\n",     "dns:{\"k\":1,\"@timestamp\":\"1970-01-01T00:00:01.500000Z\",\"host\":{",
        "dns:ok\n",        "dns:raw1\n",
        "dns:raw2\n",      "web:{\"j\":1}\n",
        "web:not json\n"
    };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        CHECK(has(all, kept[i]), "%s is not in the journal:\n%.*s", kept[i], LF_FMT(all));
}

static bool three_found(void)
{
    return nfound >= 3;
}

static bool never(void)
{
    return false;
}

#define EVIL LF_V("{\"Channel\":\"Security\",\"EventID\":4688,\"CommandLine\":\"x evilcmd y\"}\n")

static void unconfirmed_findings_come_again_and_confirmed_ones_do_not(void)
{
    uint64_t first, second, third;

    fresh();
    start();
    give_tokens();
    CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", EVIL, false) == 200, "first");
    rounds(100 * LF_MSEC, three_found);
    CHECK(nfound == 0, "found before the core said where to begin");
    say_u64(LF_MSG_CHECKPOINT, 0);
    CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", EVIL, false) == 200, "second");
    CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", LF_V("{\"Channel\":\"Security\"}\n"), false) == 200,
          "dull");
    CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", EVIL, false) == 200, "third");
    rounds(2 * LF_SECOND, three_found);
    CHECK(nfound == 3, "%zu found", nfound);
    if (nfound != 3) {
        stop();
        return;
    }
    first = found[0].position;
    second = found[1].position;
    third = found[2].position;
    CHECK(first < second && second + 2 == third && strcmp(found[0].sender, "web") == 0, "positions");

    /* The core dies after it confirmed the second. */
    say_u64(LF_MSG_FINDING_KEPT, second);
    lf_intake_worker.neighbour(&w, LF_WORKER_CORE, false);
    nfound = 0;
    lf_intake_worker.neighbour(&w, LF_WORKER_CORE, true);
    rounds(50 * LF_MSEC, never);
    nresumed = 0;
    say_u64(LF_MSG_CHECKPOINT, second);
    CHECK(nresumed == 1 && nfound == 0, "findings of before and after cannot be told apart");
    rounds(200 * LF_MSEC, never);
    CHECK(nfound >= 1 && found[nfound - 1].position == third, "%zu again", nfound);
    for (size_t i = 0; i < nfound; i++)
        CHECK(found[i].position >= second, "%llu again", (unsigned long long)found[i].position);

    /* We die too. */
    stop();
    nfound = 0;
    start();
    say_u64(LF_MSG_CHECKPOINT, second);
    rounds(200 * LF_MSEC, never);
    CHECK(nfound >= 1 && found[nfound - 1].position == third, "%zu after our restart", nfound);
    say_u64(LF_MSG_FINDING_KEPT, third);
    stop();
    nfound = 0;
    start();
    say_u64(LF_MSG_CHECKPOINT, third);
    rounds(200 * LF_MSEC, never);
    CHECK(nfound == 0, "%zu although confirmed", nfound);
    stop();
}

static void detection_waits_while_the_core_is_full(void)
{
    fresh();
    start();
    give_tokens();
    say_u64(LF_MSG_CHECKPOINT, 0);
    core_full = true;
    for (int i = 0; i < 3; i++)
        CHECK(ask("POST", "/api/v1/events", "Bearer lfp_web", EVIL, false) == 200, "taken all the same");
    CHECK(nfound == 0, "sent to a full core");
    core_full = false;
    rounds(2 * LF_SECOND, three_found);
    CHECK(nfound == 3, "%zu", nfound);
    stop();
}

static void each_line_of_a_followed_file_is_taken_once(void)
{
    char from[300], to[300];
    lf_view all;

    fresh();
    put_file("log/app.log", "one\ntw", false);
    start();
    rounds(400 * LF_MSEC, never);
    put_file("log/app.log", "o\nthree\r\n", true);
    rounds(400 * LF_MSEC, never);
    /* rename and create */
    put_file("log/app.log", "four\n", true);
    snprintf(from, sizeof from, "%s/log/app.log", dir);
    snprintf(to, sizeof to, "%s/log/app.log.1", dir);
    CHECK(rename(from, to) == 0, "rename");
    put_file("log/app.log.1", "five", true);
    put_file("log/app.log", "six\n", false);
    rounds(600 * LF_MSEC, never);
    /* our restart, with a rotation meanwhile */
    stop();
    put_file("log/app.log", "seven\n", true);
    CHECK(rename(from, to) == 0, "rename");
    put_file("log/app.log", "eight\n", false);
    start();
    rounds(600 * LF_MSEC, never);
    /* copytruncate */
    put_file("log/app.log", "nine\n", false);
    rounds(600 * LF_MSEC, never);
    put_file("log/app.log", "", false);
    rounds(400 * LF_MSEC, never);
    put_file("log/app.log", "ten is a longer line\n", true);
    rounds(600 * LF_MSEC, never);
    stop();
    all = journal_text();
    CHECK_VIEW(all, LF_V("app:one\napp:two\napp:three\napp:four\napp:five\napp:six\napp:seven\napp:eight\n"
                         "app:nine\napp:ten is a longer line\n"));
}

static int dial(enum lf_net_kind kind, const struct lf_addr *at)
{
    struct lf_err e;
    int fd = -1;

    CHECK_OK(lf_net_connect(kind, at, &fd, &e), &e);
    for (int i = 0; i < 50; i++)
        if (lf_net_connected(fd, &e) == LF_OK)
            break;
    return fd;
}

static void listen_all(void)
{
    struct lf_err e;
    struct lf_tls_ask q = { .name = LF_VIEW("test"), .until = 4000000000 * LF_SECOND };

    CHECK_OK(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &sock_tcp, &at_tcp, &e), &e);
    CHECK_OK(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &sock_tls, &at_tls, &e), &e);
    CHECK_OK(lf_net_listen(LF_NET_UDP, LF_V("127.0.0.1:0"), &sock_udp, &at_udp, &e), &e);
    CHECK_OK(lf_tls_make(&scratch, &q, &key_pem, &cert_pem, &e), &e);
}

static bool told_of(void)
{
    return ntold > 0 && told.received >= 4;
}

static void what_a_sender_sent_is_told_to_the_core_once(void)
{
    size_t before;
    int udp;

    fresh();
    listen_all();
    start();
    ntold = 0;
    udp = dial(LF_NET_UDP, &at_udp);
    for (int i = 0; i < 3; i++)
        CHECK(send(udp, "<13>app: by udp\n", 16, 0) == 16, "udp");
    CHECK(send(udp, "\n", 1, 0) == 1, "a datagram that says nothing");
    rounds(5 * LF_SECOND, told_of);
    CHECK(told.received == 4 && told.malformed == 1 && told.dropped == 0 && told.via == LF_VIA_UDP,
          "%llu received, %llu malformed", (unsigned long long)told.received,
          (unsigned long long)told.malformed);
    CHECK(told.first > 0 && told.last >= told.first && told.fault == LF_FAULT_NONE, "times");
    before = ntold;
    rounds(1200 * LF_MSEC, never);
    CHECK(ntold == before, "nothing new, %zu reports", ntold - before);
    /* A core that is new may have missed it. */
    say_u64(LF_MSG_CHECKPOINT, 0);
    rounds(1200 * LF_MSEC, never);
    CHECK(ntold == before + 1 && told.received == 4, "told again");
    close(udp);
    stop();
    close(sock_tcp);
    close(sock_tls);
    close(sock_udp);
    sock_tcp = sock_tls = sock_udp = -1;
}

static void syslog_comes_in_over_udp_tcp_and_tls(void)
{
    gnutls_certificate_credentials_t cred;
    gnutls_session_t s;
    int tcp, udp, tls, rc = GNUTLS_E_AGAIN;
    lf_view all;

    fresh();
    listen_all();
    start();
    udp = dial(LF_NET_UDP, &at_udp);
    CHECK(send(udp, "<13>by udp\n", 11, 0) == 11, "udp");
    tcp = dial(LF_NET_TCP, &at_tcp);
    CHECK(send(tcp, "<13>line one\n11 <13>counted<13>li", 33, 0) == 33, "tcp");
    rounds(200 * LF_MSEC, never);
    CHECK(send(tcp, "ne two\n<13>no end", 17, 0) == 17, "tcp");
    close(tcp);
    rounds(200 * LF_MSEC, never);

    tls = dial(LF_NET_TCP, &at_tls);
    gnutls_certificate_allocate_credentials(&cred);
    gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
    gnutls_set_default_priority(s);
    gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_int(s, tls);
    for (int i = 0; i < 200 && rc != 0; i++) {
        rc = gnutls_handshake(s);
        rounds(10 * LF_MSEC, never);
    }
    CHECK(rc == 0, "handshake: %s", gnutls_strerror(rc));
    CHECK(gnutls_record_send(s, "14 <13>over tls x", 17) == 17, "send");
    rounds(200 * LF_MSEC, never);
    gnutls_deinit(s);
    gnutls_certificate_free_credentials(cred);
    close(tls);
    close(udp);
    /* one that loses its step */
    tcp = dial(LF_NET_TCP, &at_tcp);
    CHECK(send(tcp, "999999 x", 8, 0) == 8, "tcp");
    rounds(200 * LF_MSEC, never);
    close(tcp);
    stop();
    close(sock_tcp);
    close(sock_tls);
    close(sock_udp);
    sock_tcp = sock_tls = sock_udp = -1;
    all = journal_text();
    static const char *const kept[] = { "127.0.0.1:<13>by udp\n",  "127.0.0.1:<13>line one\n",
                                        "127.0.0.1:<13>counted\n", "127.0.0.1:<13>line two\n",
                                        "127.0.0.1:<13>no end\n",  "127.0.0.1:<13>over tls x\n",
                                        "127.0.0.1:999999 x\n" };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        CHECK(has(all, kept[i]), "%s is not in the journal:\n%.*s", kept[i], LF_FMT(all));
}

int main(void)
{
    struct lf_err e;

    lf_crypto_init();
    snprintf(dir, sizeof dir, "%s/lf_intake_%ld", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (long)getpid());
    RUN(shippers_get_the_answers_they_know);
    RUN(unconfirmed_findings_come_again_and_confirmed_ones_do_not);
    RUN(detection_waits_while_the_core_is_full);
    RUN(each_line_of_a_followed_file_is_taken_once);
    RUN(what_a_sender_sent_is_told_to_the_core_once);
    RUN(syslog_comes_in_over_udp_tcp_and_tls);
    (void)!lf_file_remove_tree(dir, &e);
    lf_arena_clear(&scratch);
    DONE();
}
