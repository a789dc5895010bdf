/* Syslog from the network: UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425). */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fmt/syslog.h"
#include "proc/intake_priv.h"
#include "sys/net.h"

enum {
    CONNECTIONS = 2000,
    READ_CHUNK = 32768,
    ROUND_BYTES = 512 << 10, /* of one connection before the others get their turn */
    BUFFER = LF_SYSLOG_LINE + 2 * READ_CHUNK,
    DATAGRAMS = 32,
    DATAGRAM = 65536,
    ROUND_DATAGRAMS = 2048,
    UDP_BUFFER = 8 << 20,
};
#define HANDSHAKE_LIMIT (10 * LF_SECOND)

struct conn {
    struct conn *next, *prev;
    struct intake_net *net;
    struct lf_watch watch;
    struct lf_timer limit; /* of the handshake */
    int fd;
    gnutls_session_t tls; /* NULL on plain TCP */
    bool shaking;
    struct lf_buf in;
    char name[LF_ADDR_TEXT];
};

struct listener {
    struct intake_net *net;
    struct lf_watch watch;
    struct lf_timer later; /* descriptors ran out */
    bool tls;
};

struct intake_net {
    struct intake *in;
    struct listener tcp, tls;
    struct lf_watch udp;
    gnutls_certificate_credentials_t cred;
    struct conn *conns;
    size_t nconns;
    uint64_t refused, lost_step, handshakes_failed;
    uint64_t udp_kernel_drops; /* datagrams the kernel had no room for */
    uint32_t udp_seen;
    bool paused;
    char *udp_room; /* DATAGRAMS × DATAGRAM */
};

static void take(struct intake_net *n, const char *name, lf_view line)
{
    lf_view sender = lf_view_of(name);
    struct intake_sender *s = intake_sender(n->in, sender);

    if (intake_take(n->in, sender, LF_FORMAT_SYSLOG, line))
        s->received++;
    else
        s->dropped++;
}

/* ---- UDP ---- */

static void count_drops(struct intake_net *n, struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            uint32_t seen;
            memcpy(&seen, CMSG_DATA(c), sizeof seen);
            n->udp_kernel_drops += seen - n->udp_seen; /* it wraps */
            n->udp_seen = seen;
        }
}

static void on_udp(void *ctx)
{
    struct intake_net *n = ctx;
    size_t total = 0;

    while (total < ROUND_DATAGRAMS) {
        struct mmsghdr msg[DATAGRAMS];
        struct iovec iov[DATAGRAMS];
        struct lf_addr from[DATAGRAMS];
        union {
            struct cmsghdr align;
            char room[CMSG_SPACE(sizeof(uint32_t))];
        } control[DATAGRAMS];
        int got;

        for (size_t i = 0; i < DATAGRAMS; i++) {
            iov[i] = (struct iovec){ n->udp_room + i * DATAGRAM, DATAGRAM };
            from[i].len = sizeof from[i].ss;
            msg[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &from[i].ss,
                                                    .msg_namelen = from[i].len,
                                                    .msg_iov = &iov[i],
                                                    .msg_iovlen = 1,
                                                    .msg_control = &control[i],
                                                    .msg_controllen = sizeof control[i] } };
        }
        got = recvmmsg(n->udp.fd, msg, DATAGRAMS, MSG_DONTWAIT, NULL);
        if (got <= 0)
            return;
        for (int i = 0; i < got; i++) {
            lf_view v = { n->udp_room + (size_t)i * DATAGRAM, msg[i].msg_len };
            char name[LF_ADDR_TEXT];

            from[i].len = msg[i].msg_hdr.msg_namelen;
            lf_view host = lf_addr_host(&from[i], name);
            name[host.len < sizeof name ? host.len : sizeof name - 1] = '\0';
            count_drops(n, &msg[i].msg_hdr);
            while (v.len &&
                   (v.ptr[v.len - 1] == '\n' || v.ptr[v.len - 1] == '\r' || v.ptr[v.len - 1] == '\0'))
                v.len--;
            if (v.len)
                take(n, name, v);
        }
        total += (size_t)got;
        if (got < DATAGRAMS)
            return;
    }
}

/* ---- TCP and TLS ---- */

static void end(struct conn *c)
{
    struct intake_net *n = c->net;

    lf_watch_stop(&c->watch);
    lf_timer_stop(n->in->w->loop, &c->limit);
    /* A last line without its end is a line still. */
    if (c->in.len)
        take(n, c->name, lf_buf_view(&c->in));
    if (c->tls)
        gnutls_deinit(c->tls);
    close(c->fd);
    if (c->prev)
        c->prev->next = c->next;
    else
        n->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    n->nconns--;
    lf_buf_clear(&c->in);
    free(c);
}

/* Bytes into `to`; 0 the end, -1 nothing now, -2 broken. */
static ssize_t receive(struct conn *c, char *to, size_t size)
{
    ssize_t k;

    if (c->tls) {
        do
            k = gnutls_record_recv(c->tls, to, size);
        while (k == GNUTLS_E_INTERRUPTED);
        if (k == GNUTLS_E_AGAIN)
            return -1;
        if (k == GNUTLS_E_PREMATURE_TERMINATION)
            return 0; /* many senders close without saying so */
        return k < 0 ? -2 : k;
    }
    do
        k = read(c->fd, to, size);
    while (k < 0 && errno == EINTR);
    if (k < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : -2;
    return k;
}

/* All whole frames in the buffer; false when the connection is to end. */
static bool take_frames(struct conn *c)
{
    lf_view rest = lf_buf_view(&c->in), frame;
    struct lf_err e;
    bool whole;

    for (;;) {
        if (lf_syslog_frame(&rest, LF_SYSLOG_LINE, &whole, &frame, &e) != LF_OK) {
            char from[LF_ADDR_TEXT];
            c->net->lost_step++;
            lf_log(&c->net->in->w->log, LF_LOG_WARN, "LF3020", "from=%s error=\"%s\"",
                   lf_log_text(lf_view_of(c->name), from, sizeof from), e.text);
            /* Kept as it came. */
            lf_buf_consume(&c->in, c->in.len - rest.len);
            return false;
        }
        if (!whole)
            break;
        if (frame.len)
            take(c->net, c->name, frame);
    }
    lf_buf_consume(&c->in, c->in.len - rest.len);
    return true;
}

static void shake(struct conn *c);

static void on_readable(void *ctx)
{
    struct conn *c = ctx;
    size_t total = 0;

    if (c->shaking) {
        shake(c);
        return;
    }
    while (total < ROUND_BYTES && !c->net->paused) {
        char *to = lf_buf_space(&c->in, READ_CHUNK);
        ssize_t k;

        LF_ASSERT(to); /* frames leave at most a line and a chunk behind */
        k = receive(c, to, READ_CHUNK);
        c->in.len -= READ_CHUNK - (size_t)(k > 0 ? k : 0);
        if (k == -1)
            return;
        if (k <= 0 || !take_frames(c)) {
            end(c);
            return;
        }
        total += (size_t)k;
    }
}

static void watch(struct conn *c)
{
    bool out = c->shaking && gnutls_record_get_direction(c->tls) == 1;
    struct lf_err e;

    if (lf_watch_set(c->net->in->w->loop, &c->watch, !out && !c->net->paused, out, &e) != LF_OK)
        end(c);
}

static void shake(struct conn *c)
{
    int rc;

    do
        rc = gnutls_handshake(c->tls);
    while (rc == GNUTLS_E_INTERRUPTED || (rc < 0 && rc != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(rc)));
    if (rc == GNUTLS_E_AGAIN) {
        watch(c);
        return;
    }
    if (rc < 0) {
        c->net->handshakes_failed++;
        end(c);
        return;
    }
    c->shaking = false;
    lf_timer_stop(c->net->in->w->loop, &c->limit);
    watch(c);
}

static void on_writable(void *ctx)
{
    struct conn *c = ctx;

    if (c->shaking)
        shake(c);
}

static void on_limit(void *ctx)
{
    struct conn *c = ctx;

    c->net->handshakes_failed++;
    end(c);
}

static void begin(struct listener *l, int fd, const struct lf_addr *from)
{
    struct intake_net *n = l->net;
    struct conn *c;

    if (n->nconns >= CONNECTIONS) {
        n->refused++;
        close(fd);
        return;
    }
    c = calloc(1, sizeof *c);
    if (!c)
        LF_BUG("out of memory for a connection");
    c->net = n;
    c->fd = fd;
    lf_view host = lf_addr_host(from, c->name);
    if (host.ptr != c->name)
        snprintf(c->name, sizeof c->name, "%.*s", LF_FMT(host));
    else
        c->name[host.len < sizeof c->name ? host.len : sizeof c->name - 1] = '\0';
    lf_buf_init(&c->in, BUFFER);
    c->watch = (struct lf_watch){ .fd = fd, .readable = on_readable, .writable = on_writable, .ctx = c };
    c->limit = (struct lf_timer){ .fire = on_limit, .ctx = c };
    c->next = n->conns;
    if (n->conns)
        n->conns->prev = c;
    n->conns = c;
    n->nconns++;
    if (!l->tls) {
        watch(c);
        return;
    }
    if (gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK) != 0 ||
        gnutls_set_default_priority(c->tls) != 0 ||
        gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, n->cred) != 0)
        LF_BUG("out of memory for a TLS session");
    gnutls_transport_set_int(c->tls, fd);
    c->shaking = true;
    lf_timer_in(n->in->w->loop, &c->limit, HANDSHAKE_LIMIT);
    watch(c);
}

static void listen_on(struct listener *l)
{
    struct lf_err e;

    if (l->watch.fd >= 0 && lf_watch_set(l->net->in->w->loop, &l->watch, !l->net->paused, false, &e) != LF_OK)
        lf_log_err(&l->net->in->w->log, LF_LOG_ERROR, "LF3021", &e);
}

static void on_accept(void *ctx)
{
    struct listener *l = ctx;

    for (int i = 0; i < 64; i++) {
        struct lf_addr from;
        struct lf_err e;
        int fd;

        if (lf_net_accept(l->watch.fd, &fd, &from, &e) != LF_OK) {
            lf_log_err(&l->net->in->w->log, LF_LOG_WARN, "LF3021", &e);
            lf_watch_stop(&l->watch);
            lf_timer_in(l->net->in->w->loop, &l->later, LF_SECOND);
            return;
        }
        if (fd < 0)
            return;
        begin(l, fd, &from);
    }
}

static void on_later(void *ctx)
{
    listen_on(ctx);
}

/* ---- life ---- */

static enum lf_code credentials(struct intake_net *n, struct lf_err *e)
{
    lf_view key = lf_worker_key(n->in->w, "tls.key"), cert = lf_worker_key(n->in->w, "tls.cert");
    gnutls_datum_t k = { (unsigned char *)(uintptr_t)key.ptr, (unsigned)key.len };
    gnutls_datum_t c = { (unsigned char *)(uintptr_t)cert.ptr, (unsigned)cert.len };
    int rc;

    if (!key.ptr || !cert.ptr)
        return lf_err_set(e, LF_NOT_FOUND, "syslog over TLS has a socket but no key and certificate");
    if (gnutls_certificate_allocate_credentials(&n->cred) != 0)
        LF_BUG("out of memory for TLS");
    rc = gnutls_certificate_set_x509_key_mem(n->cred, &c, &k, GNUTLS_X509_FMT_PEM);
    if (rc < 0)
        return lf_err_set(e, LF_BAD_INPUT, "syslog over TLS: key and certificate: %s", gnutls_strerror(rc));
    return LF_OK;
}

enum lf_code intake_net_create(struct intake *in, struct intake_net **out, struct lf_err *e)
{
    struct intake_net *n = calloc(1, sizeof *n);
    int on = 1, size = UDP_BUFFER;

    if (!n)
        LF_BUG("out of memory for sockets");
    *out = n; /* destroyed by the intake whatever happens below */
    n->in = in;
    n->tcp =
        (struct listener){ .net = n,
                           .watch = { .fd = lf_worker_socket(in->w, "syslog.tcp"), .readable = on_accept } };
    n->tls = (struct listener){
        .net = n, .tls = true, .watch = { .fd = lf_worker_socket(in->w, "syslog.tls"), .readable = on_accept }
    };
    n->tcp.watch.ctx = &n->tcp;
    n->tls.watch.ctx = &n->tls;
    n->tcp.later = (struct lf_timer){ .fire = on_later, .ctx = &n->tcp };
    n->tls.later = (struct lf_timer){ .fire = on_later, .ctx = &n->tls };
    n->udp = (struct lf_watch){ .fd = lf_worker_socket(in->w, "syslog.udp"), .readable = on_udp, .ctx = n };
    if (n->tls.watch.fd >= 0)
        LF_TRY(credentials(n, e));
    listen_on(&n->tcp);
    listen_on(&n->tls);
    if (n->udp.fd >= 0) {
        n->udp_room = malloc((size_t)DATAGRAMS * DATAGRAM);
        if (!n->udp_room)
            LF_BUG("out of memory for datagrams");
        (void)setsockopt(n->udp.fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
        (void)setsockopt(n->udp.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        LF_TRY(lf_watch_set(in->w->loop, &n->udp, true, false, e));
    }
    return LF_OK;
}

void intake_net_destroy(struct intake_net *n)
{
    if (!n)
        return;
    lf_watch_stop(&n->tcp.watch);
    lf_watch_stop(&n->tls.watch);
    lf_watch_stop(&n->udp);
    lf_timer_stop(n->in->w->loop, &n->tcp.later);
    lf_timer_stop(n->in->w->loop, &n->tls.later);
    for (struct conn *c = n->conns, *next; c; c = next) {
        next = c->next;
        end(c);
    }
    if (n->cred)
        gnutls_certificate_free_credentials(n->cred);
    free(n->udp_room);
    free(n);
}

/* UDP has no way to make a sender wait: it goes on, and what cannot be taken is
 * counted. */
void intake_net_pause(struct intake_net *n, bool paused)
{
    n->paused = paused;
    listen_on(&n->tcp);
    listen_on(&n->tls);
    for (struct conn *c = n->conns, *next; c; c = next) {
        next = c->next;
        watch(c);
    }
}

void intake_net_health(const struct intake_net *n, struct lf_json_w *json)
{
    lf_json_put_int(json, "connections", (int64_t)n->nconns);
    lf_json_put_int(json, "connections_refused", (int64_t)n->refused);
    lf_json_put_int(json, "connections_lost_step", (int64_t)n->lost_step);
    lf_json_put_int(json, "handshakes_failed", (int64_t)n->handshakes_failed);
    lf_json_put_int(json, "udp_kernel_drops", (int64_t)n->udp_kernel_drops);
    lf_json_put_bool(json, "paused", n->paused);
}
