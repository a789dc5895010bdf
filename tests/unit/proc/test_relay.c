/* The real relay worker in its cage, calling a TLS server of ours on loopback.
 * The core is made for the test: a datagram tells it what to call, and it answers
 * with what came back. */
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "http/call.h"
#include "lf_test.h"
#include "proc/parent.h"
#include "proc/worker.h"
#include "sys/tls.h"

/* What the test asks for. */
struct order {
    uint64_t id;
    char base[64], path[64];
    bool has_pin, client_cert;
    uint8_t pin[LF_TLS_PIN];
    uint32_t timeout_ms;
};

struct outcome {
    uint64_t id;
    int code, status;
    char text[300]; /* body, or why */
};

struct core {
    struct lf_worker *w;
    struct lf_watch orders;
    struct sockaddr_storage from;
    socklen_t len;
};

static void order_came(void *ctx)
{
    struct core *c = ctx;
    struct order o;
    struct lf_call call = { 0 };
    struct lf_buf b;
    struct lf_err e;

    c->len = sizeof c->from;
    if (recvfrom(c->orders.fd, &o, sizeof o, 0, (struct sockaddr *)&c->from, &c->len) != (ssize_t)sizeof o)
        return;
    call.id = o.id;
    call.base = lf_view_of(o.base);
    call.has_pin = o.has_pin;
    call.client_cert = o.client_cert;
    call.timeout_ms = o.timeout_ms;
    memcpy(call.pin, o.pin, sizeof call.pin);
    call.request.method = LF_V("POST");
    call.request.path = lf_view_of(o.path);
    call.request.body = LF_V("the body");
    lf_buf_init(&b, 1 << 20);
    lf_call_pack(&b, &call);
    if (lf_worker_send(c->w, LF_WORKER_RELAY, LF_MSG_CALL, lf_buf_view(&b), &e) != LF_OK)
        abort();
    lf_buf_clear(&b);
}

static enum lf_code core_start(struct lf_worker *w, struct lf_err *e)
{
    struct core *c = calloc(1, sizeof *c);

    c->w = w;
    c->orders = (struct lf_watch){ .fd = lf_worker_socket(w, "orders"), .readable = order_came, .ctx = c };
    w->state = c;
    return lf_watch_set(w->loop, &c->orders, true, false, e);
}

static void core_message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct core *c = w->state;
    static struct lf_call_result r;
    struct outcome out = { 0 };
    lf_view text;
    struct lf_err e;

    if (type != LF_MSG_CALL_RESULT || from != LF_WORKER_RELAY)
        return;
    if (lf_call_result_unpack(payload, &r, &e) != LF_OK)
        abort();
    out.id = r.id;
    out.code = (int)r.code;
    out.status = r.response.status;
    text = r.code == LF_OK ? r.response.body : r.why;
    snprintf(out.text, sizeof out.text, "%.*s", LF_FMT(text));
    if (sendto(c->orders.fd, &out, sizeof out, 0, (struct sockaddr *)&c->from, c->len) < 0)
        abort();
}

static const struct lf_worker_spec core = { .name = "core", .start = core_start, .message = core_message };

/* The server: one process a connection, answers until the client leaves.  The
 * answer says the pid (so that a used-again connection shows), whether a client
 * certificate came, and the request's body.  /slow waits, /big is over the limit. */

static int any_certificate(int ok, X509_STORE_CTX *ctx)
{
    (void)ok;
    (void)ctx;
    return 1;
}

static void serve_connection(SSL_CTX *ctx, int fd)
{
    SSL *ssl = SSL_new(ctx);
    char in[4096];
    int n;

    fcntl(fd, F_SETFL, 0);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) != 1)
        _exit(0);
    while ((n = SSL_read(ssl, in, sizeof in - 1)) > 0) {
        char body[256], out[512];
        X509 *peer = SSL_get1_peer_certificate(ssl);
        int have = n;

        while (have < (int)sizeof in - 1 && (in[have] = 0, !strstr(in, "the body"))) {
            n = SSL_read(ssl, in + have, (int)sizeof in - 1 - have);
            if (n <= 0)
                _exit(0);
            have += n;
        }
        if (strncmp(in, "POST /slow", 10) == 0)
            usleep(400000);
        if (strncmp(in, "POST /big", 9) == 0) {
            n = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
            SSL_write(ssl, out, n);
            continue;
        }
        snprintf(body, sizeof body, "%ld %s %.*s", (long)getpid(), peer ? "cert" : "none",
                 (int)strcspn(in + 5, " "), in + 5);
        X509_free(peer);
        n = snprintf(out, sizeof out,
                     "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nLocation: /other\r\nOdd\x01Name: x\r\nX: a\x02"
                     "b\r\n\r\n%s",
                     strncmp(in, "POST /moved", 11) == 0 ? 302 : 200, strlen(body), body);
        SSL_write(ssl, out, n);
    }
    _exit(0);
}

struct server {
    pid_t pid;
    int port;
    uint8_t pin[LF_TLS_PIN];
};

static lf_view node_key, node_cert;

static struct server start_server(struct lf_arena *a)
{
    struct server s = { 0 };
    struct lf_tls_ask ask = { .name = LF_V("server"),
                              .from = 1700000000 * LF_SECOND,
                              .until = 2100000000 * LF_SECOND };
    struct lf_addr bound;
    struct lf_err e;
    lf_view key, cert;
    int fd = -1;

    CHECK_OK(lf_tls_make(a, &ask, &key, &cert, &e), &e);
    CHECK_OK(lf_tls_pin_pem(cert, s.pin, &e), &e);
    CHECK_OK(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &fd, &bound, &e), &e);
    s.port = (int)lf_addr_port(&bound);
    s.pid = fork();
    if (s.pid == 0) {
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
        BIO *k = BIO_new_mem_buf(key.ptr, (int)key.len), *c = BIO_new_mem_buf(cert.ptr, (int)cert.len);

        signal(SIGCHLD, SIG_IGN);
        signal(SIGPIPE, SIG_IGN);
        if (SSL_CTX_use_PrivateKey(ctx, PEM_read_bio_PrivateKey(k, NULL, NULL, NULL)) != 1 ||
            SSL_CTX_use_certificate(ctx, PEM_read_bio_X509(c, NULL, NULL, NULL)) != 1)
            abort();
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, any_certificate);
        fcntl(fd, F_SETFL, 0);
        for (;;) {
            int client = accept(fd, NULL, NULL);

            if (client >= 0 && fork() == 0)
                serve_connection(ctx, client);
            close(client);
        }
    }
    close(fd);
    return s;
}

/* The node. */

static int orders_port;

static void ready(void *ctx, const struct lf_parent_bound *bound, size_t n)
{
    int port = n ? (int)lf_addr_port(&bound[0].address) : -1;

    if (write(*(int *)ctx, &port, sizeof port) < 0)
        abort();
}

static pid_t start_node(void)
{
    static const struct lf_log loud = { .fd = 2, .least = LF_LOG_WARN, .worker = "parent" };
    int told[2];
    pid_t pid;

    CHECK(pipe2(told, O_CLOEXEC) == 0, "pipe");
    pid = fork();
    if (pid == 0) {
        struct lf_parent_socket socket = { LF_WORKER_CORE, "orders", LF_PARENT_UDP, LF_V("127.0.0.1:0"),
                                           "[x] y" };
        struct lf_parent_key keys[2] = { { LF_WORKER_RELAY, "tls.cert", node_cert },
                                         { LF_WORKER_RELAY, "tls.key", node_key } };
        struct lf_parent_options o = { .log = &loud,
                                       .only = 1u << LF_WORKER_CORE | 1u << LF_WORKER_RELAY,
                                       .sockets = &socket,
                                       .nsockets = 1,
                                       .keys = keys,
                                       .nkeys = 2,
                                       .ctx = &told[1],
                                       .on_ready = ready };
        struct lf_err e;

        if (lf_parent_run(&o, &e) != LF_OK) {
            printf("# node: %s\n", e.text);
            fflush(stdout);
            _exit(1);
        }
        _exit(0);
    }
    close(told[1]);
    CHECK(read(told[0], &orders_port, sizeof orders_port) == (ssize_t)sizeof orders_port, "never ready");
    close(told[0]);
    return pid;
}

static int talk(void)
{
    struct lf_addr to;
    struct lf_err e;
    char where[32];
    int fd = -1;

    snprintf(where, sizeof where, "127.0.0.1:%d", orders_port);
    CHECK_OK(lf_addr_parse(lf_view_of(where), &to, &e), &e);
    CHECK_OK(lf_net_connect(LF_NET_UDP, &to, &fd, &e), &e);
    return fd;
}

static void order(int fd, const struct server *s, uint64_t id, const char *path, const uint8_t *pin,
                  bool cert, uint32_t ms)
{
    struct order o;

    memset(&o, 0, sizeof o);
    o.id = id;
    o.has_pin = pin != NULL;
    o.client_cert = cert;
    o.timeout_ms = ms;
    snprintf(o.base, sizeof o.base, "https://127.0.0.1:%d", s->port);
    snprintf(o.path, sizeof o.path, "%s", path);
    if (pin)
        memcpy(o.pin, pin, sizeof o.pin);
    CHECK(send(fd, &o, sizeof o, 0) == (ssize_t)sizeof o, "send");
}

static struct outcome result(int fd)
{
    struct outcome r = { .code = -1 };
    struct pollfd p = { .fd = fd, .events = POLLIN };

    CHECK(poll(&p, 1, 5000) == 1 && recv(fd, &r, sizeof r, 0) == (ssize_t)sizeof r, "no result");
    return r;
}

static struct server server;

static void a_pinned_server_is_called_and_its_connection_used_again(void)
{
    int fd = talk();
    struct outcome first, again;
    struct timespec a, b;

    order(fd, &server, 1, "/a b", server.pin, true, 5000);
    first = result(fd);
    CHECK(first.code == LF_OK && first.status == 200 && first.id == 1, "%d: %s", first.code, first.text);
    CHECK(strstr(first.text, " cert /a%20b"), "%s", first.text);
    clock_gettime(CLOCK_MONOTONIC, &a);
    order(fd, &server, 2, "/a b", server.pin, true, 5000);
    again = result(fd);
    clock_gettime(CLOCK_MONOTONIC, &b);
    CHECK(strcmp(first.text, again.text) == 0, "%s then %s", first.text, again.text);
    printf("# %ld us for a call on an open connection\n",
           (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000);
    close(fd);
}

static void another_key_than_the_pinned_one_is_refused(void)
{
    int fd = talk();
    uint8_t wrong[LF_TLS_PIN];
    struct outcome r;

    memcpy(wrong, server.pin, sizeof wrong);
    wrong[31] ^= 1;
    order(fd, &server, 3, "/x", wrong, true, 5000);
    r = result(fd);
    CHECK(r.code == LF_UNAUTHENTIC && strstr(r.text, "pinned"), "%d: %s", r.code, r.text);
    close(fd);
}

static void without_a_pin_a_certificate_nobody_vouches_for_is_refused(void)
{
    int fd = talk();
    struct outcome r;

    order(fd, &server, 4, "/x", NULL, false, 5000);
    r = result(fd);
    CHECK(r.code == LF_UNAUTHENTIC, "%d: %s", r.code, r.text);
    close(fd);
}

static void many_wait_side_by_side(void)
{
    enum { N = 20 };
    int fd = talk();
    struct timespec a, b;
    long ms;

    clock_gettime(CLOCK_MONOTONIC, &a);
    for (uint64_t i = 0; i < N; i++)
        order(fd, &server, 100 + i, "/slow", server.pin, true, 5000);
    for (int i = 0; i < N; i++) {
        struct outcome r = result(fd);

        CHECK(r.code == LF_OK, "%d: %s", r.code, r.text);
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
    CHECK(ms < N * 400 / 2, "%ld ms: one after the other", ms);
    close(fd);
}

static void limits_hold_and_redirections_are_not_followed(void)
{
    int fd = talk();
    struct outcome r;
    struct server nobody = server;

    order(fd, &server, 5, "/slow", server.pin, true, 50);
    r = result(fd);
    CHECK(r.code == LF_AWAY, "time: %d %s", r.code, r.text);
    order(fd, &server, 6, "/big", server.pin, true, 5000);
    r = result(fd);
    CHECK(r.code == LF_TOO_BIG, "size: %d %s", r.code, r.text);
    order(fd, &server, 7, "/moved", server.pin, true, 5000);
    r = result(fd);
    CHECK(r.code == LF_OK && r.status == 302, "moved: %d %d %s", r.code, r.status, r.text);
    nobody.port = 1;
    order(fd, &nobody, 8, "/x", server.pin, true, 5000);
    r = result(fd);
    CHECK(r.code == LF_AWAY, "nobody there: %d %s", r.code, r.text);
    close(fd);
}

static void a_name_is_looked_up_inside_the_cage(void)
{
    int fd = talk();
    struct order o;
    struct outcome r;

    memset(&o, 0, sizeof o);
    o.id = 9;
    o.has_pin = o.client_cert = true;
    o.timeout_ms = 5000;
    snprintf(o.base, sizeof o.base, "https://localhost:%d", server.port);
    snprintf(o.path, sizeof o.path, "/x");
    memcpy(o.pin, server.pin, sizeof o.pin);
    CHECK(send(fd, &o, sizeof o, 0) == (ssize_t)sizeof o, "send");
    r = result(fd);
    CHECK(r.code == LF_OK, "%d: %s", r.code, r.text);
    close(fd);
}

int main(int argc, char **argv)
{
    struct lf_arena a = { 0 };
    struct lf_tls_ask ask = { .name = LF_V("node"),
                              .from = 1700000000 * LF_SECOND,
                              .until = 2100000000 * LF_SECOND };
    struct lf_err e;
    pid_t node;
    int status = 0;

    if (argc == 3 && strcmp(argv[1], "worker") == 0)
        return strcmp(argv[2], "core") == 0 ? lf_worker_serve(LF_WORKER_CORE, &core)
                                            : lf_worker_serve(LF_WORKER_RELAY, &lf_relay_worker);
    lf_crypto_init();
    if (lf_tls_make(&a, &ask, &node_key, &node_cert, &e) != LF_OK)
        return 1;
    server = start_server(&a);
    node = start_node();
    RUN(a_pinned_server_is_called_and_its_connection_used_again);
    RUN(another_key_than_the_pinned_one_is_refused);
    RUN(without_a_pin_a_certificate_nobody_vouches_for_is_refused);
    RUN(many_wait_side_by_side);
    RUN(limits_hold_and_redirections_are_not_followed);
    RUN(a_name_is_looked_up_inside_the_cage);
    kill(node, SIGTERM);
    waitpid(node, &status, 0);
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    lf_arena_clear(&a);
    DONE();
}
