#include "proc/dns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fmt/json.h"
#include "proc/worker.h"
#include "shield/zone.h"
#include "sys/net.h"

enum {
    CONNECTIONS = 256,
    CONNECTIONS_EACH = 8,
    UDP_ROUND = 64,        /* datagrams served before others have their turn */
    IN_MOST = 4096,        /* a request over TCP; ours have a few hundred octets */
    OUT_HIGH = 256 * 1024, /* no further message of a transfer above this */
    OUT_MOST = OUT_HIGH + 2 * 65536 + 16,
};
#define IDLE (10 * LF_SECOND)
#define TRANSFER_LONGEST (120 * LF_SECOND)

/* One TCP connection: wait for a request → answer → (messages of a transfer) →
 * wait again.  One request at a time; what was pipelined waits in `in`. */
struct conn {
    struct lf_dns_service *s;
    struct conn *next, **link;
    struct lf_zone_peer peer;
    struct lf_watch watch;
    struct lf_timer timer;
    struct lf_buf in, out;
    struct lf_zone_transfer *transfer;
    lf_time began; /* of the transfer */
};

struct lf_dns_service {
    struct lf_loop *loop;
    const struct lf_env *env;
    struct lf_zone_server *zones;
    struct lf_watch udp, tcp;
    struct lf_timer notify;
    struct conn *conns;
    struct lf_buf out;
    struct lf_dns_counts counts;
};

static bool peer_of(const struct sockaddr_storage *ss, struct lf_zone_peer *out)
{
    *out = (struct lf_zone_peer){ 0 };
    if (ss->ss_family == AF_INET) {
        const struct sockaddr_in *a = (const struct sockaddr_in *)ss;

        out->ip[10] = out->ip[11] = 0xff;
        memcpy(out->ip + 12, &a->sin_addr, 4);
        out->port = ntohs(a->sin_port);
        return true;
    }
    if (ss->ss_family == AF_INET6) {
        const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)ss;

        memcpy(out->ip, &a->sin6_addr, 16);
        out->port = ntohs(a->sin6_port);
        return true;
    }
    return false;
}

static void notify_due(void *ctx)
{
    struct lf_dns_service *s = ctx;
    struct lf_zone_peer to;
    struct sockaddr_storage own = { 0 };
    socklen_t own_len = sizeof own;
    lf_time due;
    uint16_t id;

    if (getsockname(s->udp.fd, (struct sockaddr *)&own, &own_len) != 0)
        return;
    for (;;) {
        lf_random(s->env, &id, sizeof id);
        lf_buf_reset(&s->out);
        if (!lf_zone_notify_next(s->zones, lf_tick(s->env), lf_now(s->env), id, &s->out, &to))
            break;
        /* Not sent (a full socket, no route) is the same as lost: it comes again. */
        if (own.ss_family == AF_INET) {
            struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(to.port) };

            memcpy(&a.sin_addr, to.ip + 12, 4);
            (void)!sendto(s->udp.fd, s->out.ptr, s->out.len, 0, (struct sockaddr *)&a, sizeof a);
        } else {
            struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(to.port) };

            memcpy(&a.sin6_addr, to.ip, 16);
            (void)!sendto(s->udp.fd, s->out.ptr, s->out.len, 0, (struct sockaddr *)&a, sizeof a);
        }
        s->counts.notifies++;
    }
    due = lf_zone_notify_due(s->zones);
    if (due < 0)
        lf_timer_stop(s->loop, &s->notify);
    else
        lf_timer_set(s->loop, &s->notify, due);
}

void lf_dns_service_notify(struct lf_dns_service *s)
{
    notify_due(s);
}

static void count(struct lf_dns_service *s, lf_view answer)
{
    s->counts.queries++;
    if (answer.len > 3 && ((uint8_t)answer.ptr[3] & 15) != 0)
        s->counts.refused++;
}

static void udp_readable(void *ctx)
{
    struct lf_dns_service *s = ctx;
    char in[4096];

    for (int i = 0; i < UDP_ROUND; i++) {
        struct sockaddr_storage from = { 0 };
        socklen_t len = sizeof from;
        struct lf_zone_peer peer;
        ssize_t n = recvfrom(s->udp.fd, in, sizeof in, 0, (struct sockaddr *)&from, &len);

        if (n < 0)
            return; /* nothing more, or an ICMP error of an earlier send */
        if (!peer_of(&from, &peer))
            continue;
        lf_buf_reset(&s->out);
        lf_zone_answer(s->zones, &peer, false, (lf_view){ in, (size_t)n }, lf_now(s->env), &s->out, NULL);
        if (!s->out.len)
            continue;
        count(s, lf_buf_view(&s->out));
        (void)!sendto(s->udp.fd, s->out.ptr, s->out.len, 0, (struct sockaddr *)&from, len);
    }
}

static void conn_close(struct conn *c)
{
    int fd = c->watch.fd;

    lf_watch_stop(&c->watch);
    lf_timer_stop(c->s->loop, &c->timer);
    lf_zone_transfer_destroy(c->transfer);
    lf_buf_clear(&c->in);
    lf_buf_clear(&c->out);
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    c->s->counts.connections--;
    close(fd);
    free(c);
}

static void conn_silent(void *ctx)
{
    conn_close(ctx);
}

/* A message is preceded by its length (RFC 1035, 4.2.2), written afterwards. */
static void frame(struct conn *c, size_t at)
{
    size_t n = c->out.len - at - 2;

    if (n == 0)
        c->out.len = at;
    else
        lf_dns_patch_u16(&c->out, at, (uint16_t)n);
}

static void answer(struct conn *c)
{
    while (!c->transfer && c->in.len >= 2 && c->out.len < OUT_HIGH) {
        size_t n = (size_t)((uint8_t)c->in.ptr[0] << 8 | (uint8_t)c->in.ptr[1]), at = c->out.len;

        if (c->in.len < 2 + n)
            break;
        lf_buf_u16(&c->out, 0);
        lf_zone_answer(c->s->zones, &c->peer, true, (lf_view){ c->in.ptr + 2, n }, lf_now(c->s->env), &c->out,
                       &c->transfer);
        frame(c, at);
        if (c->out.len > at)
            count(c->s, lf_view_from(lf_buf_view(&c->out), at + 2));
        lf_buf_consume(&c->in, 2 + n);
        if (c->transfer) {
            c->began = lf_loop_tick(c->s->loop);
            c->s->counts.transfers++;
        }
    }
    while (c->transfer && c->out.len < OUT_HIGH) {
        size_t at = c->out.len;

        lf_buf_u16(&c->out, 0);
        if (!lf_zone_transfer_next(c->transfer, lf_now(c->s->env), &c->out)) {
            c->out.len = at;
            lf_zone_transfer_destroy(c->transfer);
            c->transfer = NULL;
            break;
        }
        frame(c, at);
    }
}

/* Answers and writes what it can; false: the connection is gone. */
static bool conn_go(struct conn *c)
{
    struct lf_err e = { 0 };

    for (;;) {
        answer(c);
        if (!c->out.len)
            break;
        ssize_t n = send(c->watch.fd, c->out.ptr, c->out.len, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            break;
        if (n <= 0 || c->out.over) {
            conn_close(c);
            return false;
        }
        lf_buf_consume(&c->out, (size_t)n);
        lf_timer_in(c->s->loop, &c->timer, IDLE);
    }
    if ((c->transfer && lf_loop_tick(c->s->loop) - c->began > TRANSFER_LONGEST) ||
        lf_watch_set(c->s->loop, &c->watch, c->in.len<IN_MOST, c->out.len> 0, &e) != LF_OK) {
        conn_close(c);
        return false;
    }
    return true;
}

static void conn_readable(void *ctx)
{
    struct conn *c = ctx;
    size_t room = IN_MOST - c->in.len;
    char in[IN_MOST];

    ssize_t n = recv(c->watch.fd, in, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n <= 0) {
        conn_close(c);
        return;
    }
    lf_buf_put(&c->in, (lf_view){ in, (size_t)n });
    /* A request that cannot fit is nobody's honest one. */
    if (c->in.len >= 2 && ((uint8_t)c->in.ptr[0] << 8 | (uint8_t)c->in.ptr[1]) > IN_MOST - 2) {
        conn_close(c);
        return;
    }
    if (!c->transfer && c->in.len == (size_t)n)
        lf_timer_in(c->s->loop, &c->timer, IDLE); /* not for each byte of a trickled request */
    (void)conn_go(c);
}

static void conn_writable(void *ctx)
{
    (void)conn_go(ctx);
}

static bool loopback(const uint8_t ip[16])
{
    static const uint8_t four[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127 };
    static const uint8_t six[16] = { [15] = 1 };

    return memcmp(ip, four, sizeof four) == 0 || memcmp(ip, six, sizeof six) == 0;
}

static void tcp_readable(void *ctx)
{
    struct lf_dns_service *s = ctx;
    struct lf_err e = { 0 };

    for (int i = 0; i < 16; i++) {
        struct lf_addr from;
        struct lf_zone_peer peer;
        size_t each = 0;
        struct conn *c;
        int fd;

        if (lf_net_accept(s->tcp.fd, &fd, &from, &e) != LF_OK || fd < 0)
            return;
        if (!peer_of(&from.ss, &peer)) {
            close(fd);
            continue;
        }
        for (c = s->conns; c; c = c->next)
            each += memcmp(c->peer.ip, peer.ip, 16) == 0;
        if (s->counts.connections >= CONNECTIONS || (each >= CONNECTIONS_EACH && !loopback(peer.ip))) {
            close(fd);
            continue;
        }
        c = calloc(1, sizeof *c);
        if (!c)
            LF_BUG("out of memory");
        c->s = s;
        c->peer = peer;
        c->watch =
            (struct lf_watch){ .fd = fd, .readable = conn_readable, .writable = conn_writable, .ctx = c };
        c->timer = (struct lf_timer){ .fire = conn_silent, .ctx = c };
        lf_buf_init(&c->in, IN_MOST);
        lf_buf_init(&c->out, OUT_MOST);
        c->next = s->conns;
        c->link = &s->conns;
        if (c->next)
            c->next->link = &c->next;
        s->conns = c;
        s->counts.connections++;
        lf_net_no_delay(fd);
        lf_timer_in(s->loop, &c->timer, IDLE);
        if (lf_watch_set(s->loop, &c->watch, true, false, &e) != LF_OK)
            conn_close(c);
    }
}

enum lf_code lf_dns_service_create(struct lf_loop *loop, const struct lf_env *env, int udp, int tcp,
                                   struct lf_zone_server *zones, struct lf_dns_service **out,
                                   struct lf_err *e)
{
    struct lf_dns_service *s = calloc(1, sizeof *s);
    enum lf_code rc;

    if (!s)
        LF_BUG("out of memory");
    s->loop = loop;
    s->env = env;
    s->zones = zones;
    s->udp = (struct lf_watch){ .fd = udp, .readable = udp_readable, .ctx = s };
    s->tcp = (struct lf_watch){ .fd = tcp, .readable = tcp_readable, .ctx = s };
    s->notify = (struct lf_timer){ .fire = notify_due, .ctx = s };
    lf_buf_init(&s->out, 65535);
    rc = lf_watch_set(loop, &s->udp, true, false, e);
    if (rc == LF_OK)
        rc = lf_watch_set(loop, &s->tcp, true, false, e);
    if (rc != LF_OK)
        lf_dns_service_destroy(s);
    else
        *out = s;
    return rc;
}

void lf_dns_service_destroy(struct lf_dns_service *s)
{
    if (!s)
        return;
    for (struct conn *c = s->conns, *next; c; c = next) {
        next = c->next;
        conn_close(c);
    }
    lf_watch_stop(&s->udp);
    lf_watch_stop(&s->tcp);
    lf_timer_stop(s->loop, &s->notify);
    lf_buf_clear(&s->out);
    free(s);
}

struct lf_dns_counts lf_dns_service_counts(const struct lf_dns_service *s)
{
    return s->counts;
}

/* -------------------------------------------------------------- the worker */

struct dns {
    struct lf_zone_server *zones;
    struct lf_dns_service *service;
};

static enum lf_code start(struct lf_worker *w, struct lf_err *e)
{
    struct dns *d = LF_NEW(&w->arena, struct dns, 1);
    int udp = lf_worker_socket(w, "dns.udp"), tcp = lf_worker_socket(w, "dns.tcp");
    uint64_t seed;

    if (udp < 0 || tcp < 0)
        return lf_err_set(e, LF_BAD_INPUT, "dns: was not handed its sockets");
    lf_random(&w->env, &seed, sizeof seed);
    LF_TRY(lf_zone_server_create(w->boot, seed, &d->zones, e));
    w->state = d;
    return lf_dns_service_create(w->loop, &w->env, udp, tcp, d->zones, &d->service, e);
}

static void message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct dns *d = w->state;
    struct lf_err e = { 0 };
    enum lf_code rc;

    (void)from;
    if (type != LF_MSG_ZONE_FULL && type != LF_MSG_ZONE_DELTA)
        return;
    rc = lf_zone_server_apply(d->zones, type == LF_MSG_ZONE_FULL, payload, &e);
    if (rc == LF_OK) {
        lf_dns_service_notify(d->service);
        return;
    }
    lf_log_err(&w->log, LF_LOG_ERROR, "LF4101", &e);
    /* Out of step with the core: start anew, and be sent the whole zone. */
    if (rc == LF_CONFLICT)
        lf_worker_fail(w, &e);
}

static void health(struct lf_worker *w, struct lf_json_w *json)
{
    struct dns *d = w->state;
    struct lf_dns_counts c = lf_dns_service_counts(d->service);
    struct lf_zone *z = lf_zone_server_nth(d->zones, 0);

    lf_json_put_int(json, "queries", (int64_t)c.queries);
    lf_json_put_int(json, "transfers", (int64_t)c.transfers);
    lf_json_put_int(json, "refused", (int64_t)c.refused);
    lf_json_put_int(json, "notifies", (int64_t)c.notifies);
    lf_json_put_int(json, "connections", (int64_t)c.connections);
    lf_json_put_int(json, "names", (int64_t)lf_zone_count(z));
    lf_json_put_int(json, "serial", (int64_t)lf_zone_serial(z));
    lf_json_put_int(json, "unconfirmed", (int64_t)lf_zone_notify_waiting(d->zones));
}

static void stop(struct lf_worker *w)
{
    struct dns *d = w->state;

    if (!d)
        return;
    lf_dns_service_destroy(d->service);
    lf_zone_server_destroy(d->zones);
    w->state = NULL;
}

const struct lf_worker_spec lf_dns_worker = {
    .name = "dns", .start = start, .message = message, .stop = stop, .health = health
};
