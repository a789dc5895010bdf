/* Syslog from the network: UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425), and RELP over
 * TCP and TLS (intake_relp.h).
 *
 * TCP, TLS and RELP senders are made to wait by not being read: an unfinished frame, or one
 * that cannot be taken now, stays in the connection's own buffer.  Datagrams cannot wait:
 * what has no room is counted. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/syslog.h"
#include "proc/intake_priv.h"
#include "proc/intake_relp.h"
#include "sys/file.h"
#include "sys/net.h"

enum {
    CONNECTIONS = 2000,
    READ_CHUNK = 128 << 10,
    ROUND_BYTES = 1 << 20, /* of one connection before the others get their turn */
    FRAME = INTAKE_RELP_DATA + 64 > LF_SYSLOG_LINE + 16 ? INTAKE_RELP_DATA + 64 : LF_SYSLOG_LINE + 16,
    ROOM = FRAME + READ_CHUNK,
    DATAGRAMS = 64,
    DATAGRAM = 65536,
    ROUND_DATAGRAMS = 16384,
    ADDRESSES = 1024, /* cached: address to sender; a power of two */
};
#define HANDSHAKE_LIMIT (10 * LF_SECOND)
#define OPEN_LIMIT (30 * LF_SECOND) /* a RELP session begins with a frame */
#define CLOSE_LIMIT (10 * LF_SECOND)

struct conn {
    struct conn *next, *prev;
    struct conn *next_waiting; /* of those that wait for the commit */
    bool waits;
    struct intake_net *net;
    struct lf_watch watch;
    struct lf_timer limit; /* of the handshake; of the first frame and the last answer (RELP) */
    int fd;
    gnutls_session_t tls; /* NULL on plain TCP */
    bool shaking;
    bool blocked; /* `in` holds whole frames that could not be taken yet */
    bool sending; /* a TLS record was begun and is to be gone on with */
    struct lf_buf in, out;
    struct intake_sender *sender;
    struct intake_relp *relp; /* NULL: syslog */
    char name[LF_ADDR_TEXT];
};

struct listener {
    struct intake_net *net;
    struct lf_watch watch;
    struct lf_timer later; /* descriptors ran out */
    bool tls, relp;
};

enum { TCP, TLS, RELP, RELP_TLS, LISTENERS };

/* Whose datagrams come from an address: writing it as text for each costs more than
 * taking it. */
struct address {
    struct in6_addr host;
    sa_family_t family;
    unsigned generation;
    struct intake_sender *sender;
};

struct intake_net {
    struct intake *in;
    struct listener listen[LISTENERS];
    struct lf_watch udp;
    gnutls_certificate_credentials_t cred;
    struct conn *conns, *waiting;
    size_t nconns;
    uint64_t refused, lost_step, handshakes_failed, relp_answered;
    bool paused;
    bool some_blocked; /* since the last commit a frame could not be taken */
    char *room;        /* ROOM: what one connection gave, unfinished frame first */

    /* UDP.  The kernel says how many datagrams found no room in the socket (SK_MEMINFO_DROPS,
     * the counter that SO_RXQ_OVFL shows, but also when no datagram follows); whose they were it
     * does not say: if one sender alone was heard since the last reading they are counted as
     * its own, else as the socket's. */
    char *udp_room; /* DATAGRAMS × DATAGRAM */
    uint64_t udp_kernel_drops, udp_noted;
    uint32_t udp_seen;
    int udp_size; /* bytes of the socket's buffer, as the kernel reckons */
    struct intake_sender *udp_only;
    unsigned udp_only_generation;
    bool udp_many;
    struct address address[ADDRESSES];
};

/* ---- UDP ---- */

#define UDP_SELF "(udp)"

static void count_kernel_drops(struct intake_net *n)
{
    uint32_t info[SK_MEMINFO_VARS] = { 0 }, fresh;
    socklen_t size = sizeof info;
    struct intake_sender *s;

    if (getsockopt(n->udp.fd, SOL_SOCKET, SO_MEMINFO, info, &size) != 0 ||
        size < (SK_MEMINFO_DROPS + 1) * sizeof info[0])
        return;
    fresh = info[SK_MEMINFO_DROPS] - n->udp_seen; /* it wraps */
    if (!fresh)
        return;
    n->udp_seen = info[SK_MEMINFO_DROPS];
    n->udp_kernel_drops += fresh;
    if (n->udp_only && !n->udp_many && n->udp_only_generation == n->in->sender_generation) {
        s = n->udp_only;
    } else {
        s = intake_sender(n->in, LF_V(UDP_SELF));
        s->via = LF_VIA_SELF;
    }
    intake_clock(n->in);
    intake_dropped(n->in, s, fresh);
}

static struct intake_sender *udp_sender(struct intake_net *n, const struct lf_addr *from, lf_view *name,
                                        char text[LF_ADDR_TEXT])
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&from->ss;
    const struct sockaddr_in *four = (const struct sockaddr_in *)&from->ss;
    struct address key = { .family = from->ss.ss_family }, *at;
    struct intake_sender *s;
    uint64_t h;

    if (key.family == AF_INET6)
        key.host = six->sin6_addr;
    else
        memcpy(&key.host, &four->sin_addr, sizeof four->sin_addr);
    h = (uint64_t)key.host.s6_addr32[0] * 0x9e3779b97f4a7c15u ^
        (uint64_t)key.host.s6_addr32[1] * 0xbf58476d1ce4e5b9u ^
        ((uint64_t)key.host.s6_addr32[2] << 32 | key.host.s6_addr32[3]) * 0x94d049bb133111ebu;
    at = &n->address[h >> 32 & (ADDRESSES - 1)];
    if (at->sender && at->generation == n->in->sender_generation && at->family == key.family &&
        memcmp(&at->host, &key.host, sizeof key.host) == 0) {
        *name = at->sender->name;
        return at->sender;
    }
    *name = lf_addr_host(from, text);
    s = intake_sender(n->in, *name);
    if (s != &n->in->others) {
        if (!s->refs)
            s->via = LF_VIA_UDP;
        key.sender = s;
        key.generation = n->in->sender_generation;
        *at = key;
    }
    return s;
}

static void take_datagram(struct intake_net *n, const struct lf_addr *from, lf_view v)
{
    struct intake_sender *s;
    char text[LF_ADDR_TEXT];
    lf_view name;

    s = udp_sender(n, from, &name, text);
    if (n->udp_only_generation != n->in->sender_generation)
        n->udp_only = NULL;
    if (!n->udp_only) {
        n->udp_only = s;
        n->udp_only_generation = n->in->sender_generation;
    } else if (n->udp_only != s) {
        n->udp_many = true;
    }
    while (v.len && (v.ptr[v.len - 1] == '\n' || v.ptr[v.len - 1] == '\r' || v.ptr[v.len - 1] == '\0'))
        v.len--;
    if (!v.len) { /* it says nothing: counted, not kept */
        s->received++;
        s->malformed++;
        s->last = n->in->now;
    } else if (!intake_take_from(n->in, s, name, LF_FORMAT_SYSLOG, v)) {
        intake_dropped(n->in, s, 1);
    }
}

static void on_udp(void *ctx)
{
    struct intake_net *n = ctx;
    size_t total = 0;
    int got;

    do {
        struct mmsghdr msg[DATAGRAMS];
        struct iovec iov[DATAGRAMS];
        struct lf_addr from[DATAGRAMS] = { 0 };

        for (size_t i = 0; i < DATAGRAMS; i++) {
            iov[i] = (struct iovec){ n->udp_room + i * DATAGRAM, DATAGRAM };
            msg[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &from[i].ss,
                                                    .msg_namelen = sizeof from[i].ss,
                                                    .msg_iov = &iov[i],
                                                    .msg_iovlen = 1 } };
        }
        got = recvmmsg(n->udp.fd, msg, DATAGRAMS, MSG_DONTWAIT, NULL);
        intake_clock(n->in);
        for (int i = 0; i < got; i++) {
            from[i].len = msg[i].msg_hdr.msg_namelen;
            take_datagram(n, &from[i], (lf_view){ n->udp_room + (size_t)i * DATAGRAM, msg[i].msg_len });
        }
        total += got > 0 ? (size_t)got : 0;
    } while (got == DATAGRAMS && total < ROUND_DATAGRAMS);
    if (got > 0)
        n->in->hot = true;
}

/* ---- TCP and TLS ---- */

static bool take(struct conn *c, lf_view line)
{
    return intake_take_from(c->net->in, c->sender, lf_view_of(c->name), LF_FORMAT_SYSLOG, line) != 0;
}

static void end(struct conn *c)
{
    struct intake_net *n = c->net;

    lf_watch_stop(&c->watch);
    lf_timer_stop(n->in->w->loop, &c->limit);
    /* A last line without its end is a line still.  What RELP has not answered its sender keeps. */
    if (c->in.len && !c->relp && !take(c, lf_buf_view(&c->in)))
        intake_dropped(n->in, c->sender, 1);
    if (c->waits)
        for (struct conn **at = &n->waiting; *at; at = &(*at)->next_waiting)
            if (*at == c) {
                *at = c->next_waiting;
                break;
            }
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
    c->sender->refs--;
    lf_buf_clear(&c->in);
    lf_buf_clear(&c->out);
    free(c->relp);
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

static void lost_step(struct conn *c, const struct lf_err *e)
{
    char from[LF_ADDR_TEXT];

    c->net->lost_step++;
    lf_log(&c->net->in->w->log, LF_LOG_WARN, "LF3020", "from=%s error=\"%s\"",
           lf_log_text(lf_view_of(c->name), from, sizeof from), e->text);
}

/* Takes whole frames off *rest; false when the connection is to end. */
static bool take_lines(struct conn *c, lf_view *rest)
{
    lf_view before, frame;
    struct lf_err e;
    bool whole;

    for (;;) {
        before = *rest;
        if (lf_syslog_frame(rest, LF_SYSLOG_LINE, &whole, &frame, &e) != LF_OK) {
            lost_step(c, &e);
            return false; /* what is left is kept as it came */
        }
        if (!whole)
            return true;
        if (frame.len && !take(c, frame)) {
            *rest = before; /* it waits here, and its sender there */
            c->blocked = true;
            c->net->some_blocked = true;
            return true;
        }
    }
}

/* ---- RELP ---- */

static bool take_message(void *ctx, lf_view message)
{
    struct conn *c = ctx;

    while (message.len && (message.ptr[message.len - 1] == '\n' || message.ptr[message.len - 1] == '\r'))
        message.len--;
    if (message.len)
        return take(c, message);
    c->sender->received++;
    c->sender->malformed++;
    return true;
}

static void take_relp(struct conn *c, lf_view *rest)
{
    struct lf_err e = { 0 };

    c->blocked = !intake_relp_frames(c->relp, rest, take_message, c, &c->out, &e);
    c->net->some_blocked = c->net->some_blocked || c->blocked;
    if (c->relp->broken) {
        lost_step(c, &e);
        c->relp->broken = false;
    }
    if (c->relp->waiting && !c->waits) {
        c->waits = true;
        c->next_waiting = c->net->waiting;
        c->net->waiting = c;
    }
    if (c->relp->state != INTAKE_RELP_NEW)
        lf_timer_stop(c->net->in->w->loop, &c->limit);
    if (c->relp->state == INTAKE_RELP_OVER)
        *rest = (lf_view){ "", 0 };
}

/* Writes what it can; false when the connection broke. */
static bool send_out(struct conn *c)
{
    while (c->out.len) {
        ssize_t k;

        if (c->tls) {
            k = c->sending ? gnutls_record_send(c->tls, NULL, 0)
                           : gnutls_record_send(c->tls, c->out.ptr, c->out.len < 16384 ? c->out.len : 16384);
            c->sending = k == GNUTLS_E_AGAIN || k == GNUTLS_E_INTERRUPTED;
            if (k == GNUTLS_E_INTERRUPTED)
                continue;
            if (k == GNUTLS_E_AGAIN)
                return true;
        } else {
            k = send(c->fd, c->out.ptr, c->out.len, MSG_NOSIGNAL);
            if (k < 0 && errno == EINTR)
                continue;
            if (k < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                return true;
        }
        if (k <= 0)
            return false;
        lf_buf_consume(&c->out, (size_t)k);
    }
    return true;
}

/* ---- both ---- */

static void watch(struct conn *c);

/* After frames were taken, answers made or room found: true while it lives. */
static bool go_on(struct conn *c)
{
    bool over = c->relp && c->relp->state == INTAKE_RELP_OVER;

    if (c->relp && !send_out(c)) {
        end(c);
        return false;
    }
    if (over && !c->out.len && !c->waits) {
        end(c);
        return false;
    }
    if (over && !c->limit.slot) /* it does not read its last answers */
        lf_timer_in(c->net->in->w->loop, &c->limit, CLOSE_LIMIT);
    watch(c);
    return true;
}

/* Whole frames of what there is; what is left goes to `in`.  False: it is to end. */
static bool take_frames(struct conn *c, lf_view have)
{
    bool good = true;

    c->blocked = false;
    if (c->relp)
        take_relp(c, &have);
    else
        good = take_lines(c, &have);
    lf_buf_reset(&c->in);
    if (have.len)
        lf_buf_put(&c->in, have);
    else
        lf_buf_clear(&c->in);
    LF_ASSERT(!c->in.over);
    return good;
}

static bool may_read(const struct conn *c)
{
    return !c->net->paused && !c->blocked &&
           !(c->relp && (c->relp->state == INTAKE_RELP_OVER || !intake_relp_room(c->relp, &c->out)));
}

static void shake(struct conn *c);

static void on_readable(void *ctx)
{
    struct conn *c = ctx;
    struct intake_net *n = c->net;
    size_t total = 0;

    if (c->shaking) {
        shake(c);
        return;
    }
    intake_clock(n->in);
    while (total < ROUND_BYTES && may_read(c)) {
        size_t kept = c->in.len;
        ssize_t k;

        LF_ASSERT(kept <= FRAME); /* frames leave at most an unfinished one behind */
        k = receive(c, n->room + kept, READ_CHUNK);
        if (k == -1)
            break;
        if (kept)
            memcpy(n->room, c->in.ptr, kept);
        if (k <= 0 || !take_frames(c, (lf_view){ n->room, kept + (size_t)k })) {
            end(c);
            return;
        }
        total += (size_t)k;
    }
    (void)go_on(c);
}

/* What could not be taken, or was not answered, may be now. */
static void try_again(struct conn *c)
{
    lf_view have;

    if (c->shaking) {
        watch(c);
        return;
    }
    if (c->in.len && c->blocked && !c->net->paused) {
        intake_clock(c->net->in);
        memcpy(c->net->room, c->in.ptr, c->in.len);
        have = (lf_view){ c->net->room, c->in.len };
        if (!take_frames(c, have)) {
            end(c);
            return;
        }
    }
    (void)go_on(c);
}

static void watch(struct conn *c)
{
    bool out = c->shaking ? gnutls_record_get_direction(c->tls) == 1 : c->out.len > 0;
    bool in = c->shaking ? !out : may_read(c);
    struct lf_err e;

    if (lf_watch_set(c->net->in->w->loop, &c->watch, in, out, &e) != LF_OK)
        lf_log_err(&c->net->in->w->log, LF_LOG_WARN, "LF3021", &e);
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
        uint64_t n = ++c->net->handshakes_failed;

        if ((n & (n - 1)) == 0) /* the 1st, 2nd, 4th …: a sender that is set wrongly tries for ever */
            lf_log(&c->net->in->w->log, LF_LOG_WARN, "LF3023", "from=%s failed=%llu error=\"%s\"", c->name,
                   (unsigned long long)n, gnutls_strerror(rc));
        end(c);
        return;
    }
    c->shaking = false;
    lf_timer_stop(c->net->in->w->loop, &c->limit);
    if (c->relp)
        lf_timer_in(c->net->in->w->loop, &c->limit, OPEN_LIMIT);
    watch(c);
}

static void on_writable(void *ctx)
{
    struct conn *c = ctx;

    if (c->shaking)
        shake(c);
    else
        try_again(c);
}

static void on_limit(void *ctx)
{
    struct conn *c = ctx;

    if (c->shaking)
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
    c->sender = intake_sender(n->in, lf_view_of(c->name));
    c->sender->refs++;
    if (c->sender != &n->in->others)
        c->sender->via = l->relp ? LF_VIA_RELP : l->tls ? LF_VIA_TLS : LF_VIA_TCP;
    lf_buf_init(&c->in, FRAME + READ_CHUNK);
    lf_buf_init(&c->out, INTAKE_RELP_ANSWERS + (INTAKE_RELP_WINDOW + 16) * 32);
    if (l->relp) {
        c->relp = calloc(1, sizeof *c->relp);
        if (!c->relp)
            LF_BUG("out of memory for a session");
    }
    c->watch = (struct lf_watch){ .fd = fd, .readable = on_readable, .writable = on_writable, .ctx = c };
    c->limit = (struct lf_timer){ .fire = on_limit, .ctx = c };
    c->next = n->conns;
    if (n->conns)
        n->conns->prev = c;
    n->conns = c;
    n->nconns++;
    if (!l->tls) {
        if (c->relp)
            lf_timer_in(n->in->w->loop, &c->limit, OPEN_LIMIT);
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

/* How many drops of this very socket an earlier life of ours has counted. */
static void udp_restore(struct intake_net *n)
{
    const struct lf_json *v;
    struct lf_arena a = { 0 };
    int64_t ino = 0, drops = 0;
    char path[4096];
    struct stat st;
    struct lf_err e;
    lf_view text;

    snprintf(path, sizeof path, "%s/udp.json", n->in->data);
    if (fstat(n->udp.fd, &st) == 0 && lf_file_read(&a, path, 4096, &text, &e) == LF_OK &&
        lf_json_parse(&a, text, NULL, &v, &e) == LF_OK && lf_json_int(v, "socket", &ino) &&
        lf_json_int(v, "drops", &drops) && (ino_t)ino == st.st_ino)
        n->udp_seen = (uint32_t)drops;
    lf_arena_clear(&a);
}

static void udp_save(struct intake_net *n)
{
    char path[4096], text[100];
    struct stat st;
    struct lf_err e;
    int k;

    if (n->udp_noted == n->udp_kernel_drops || fstat(n->udp.fd, &st) != 0)
        return;
    n->udp_noted = n->udp_kernel_drops;
    snprintf(path, sizeof path, "%s/udp.json", n->in->data);
    k = snprintf(text, sizeof text, "{\"socket\":%llu,\"drops\":%lu}\n", (unsigned long long)st.st_ino,
                 (unsigned long)n->udp_seen);
    if (lf_file_write(path, (lf_view){ text, (size_t)k }, 0600, &e) != LF_OK)
        lf_log_err(&n->in->w->log, LF_LOG_WARN, "LF3005", &e);
}

static enum lf_code udp_begin(struct intake_net *n, struct lf_err *e)
{
    int size = 0;
    socklen_t len = sizeof size;

    n->udp_room = malloc((size_t)DATAGRAMS * DATAGRAM);
    if (!n->udp_room)
        LF_BUG("out of memory for datagrams");
    /* The kernel says twice what it was asked for. */
    if (getsockopt(n->udp.fd, SOL_SOCKET, SO_RCVBUF, &size, &len) == 0)
        n->udp_size = size / 2;
    if (n->udp_size < LF_NET_UDP_ROOM)
        lf_log(&n->in->w->log, LF_LOG_WARN, "LF3022", "udp_buffer=%d wanted=%d", n->udp_size,
               LF_NET_UDP_ROOM);
    udp_restore(n);
    count_kernel_drops(n);
    return lf_watch_set(n->in->w->loop, &n->udp, true, false, e);
}

enum lf_code intake_net_create(struct intake *in, struct intake_net **out, struct lf_err *e)
{
    static const struct {
        const char *name;
        bool tls, relp;
    } kinds[LISTENERS] = { [TCP] = { "syslog.tcp", false, false },
                           [TLS] = { "syslog.tls", true, false },
                           [RELP] = { "relp", false, true },
                           [RELP_TLS] = { "relp.tls", true, true } };
    struct intake_net *n = calloc(1, sizeof *n);
    bool tls = false;

    if (!n)
        LF_BUG("out of memory for sockets");
    *out = n; /* destroyed by the intake whatever happens below */
    n->in = in;
    n->room = malloc(ROOM);
    if (!n->room)
        LF_BUG("out of memory for a reading buffer");
    for (size_t i = 0; i < LISTENERS; i++) {
        struct listener *l = &n->listen[i];

        l->net = n;
        l->tls = kinds[i].tls;
        l->relp = kinds[i].relp;
        l->watch = (struct lf_watch){ .fd = lf_worker_socket(in->w, kinds[i].name),
                                      .readable = on_accept,
                                      .ctx = l };
        l->later = (struct lf_timer){ .fire = on_later, .ctx = l };
        tls = tls || (l->tls && l->watch.fd >= 0);
    }
    n->udp = (struct lf_watch){ .fd = lf_worker_socket(in->w, "syslog.udp"), .readable = on_udp, .ctx = n };
    if (tls)
        LF_TRY(credentials(n, e));
    for (size_t i = 0; i < LISTENERS; i++)
        listen_on(&n->listen[i]);
    if (n->udp.fd >= 0)
        LF_TRY(udp_begin(n, e));
    return LF_OK;
}

void intake_net_destroy(struct intake_net *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < LISTENERS; i++) {
        lf_watch_stop(&n->listen[i].watch);
        lf_timer_stop(n->in->w->loop, &n->listen[i].later);
    }
    if (n->udp.fd >= 0)
        udp_save(n);
    lf_watch_stop(&n->udp);
    for (struct conn *c = n->conns, *next; c; c = next) {
        next = c->next;
        end(c);
    }
    if (n->cred)
        gnutls_certificate_free_credentials(n->cred);
    free(n->udp_room);
    free(n->room);
    free(n);
}

/* UDP has no way to make a sender wait: it goes on, and what cannot be taken is
 * counted. */
void intake_net_pause(struct intake_net *n, bool paused)
{
    n->paused = paused;
    for (size_t i = 0; i < LISTENERS; i++)
        listen_on(&n->listen[i]);
    for (struct conn *c = n->conns, *next; c; c = next) {
        next = c->next;
        try_again(c);
    }
}

void intake_net_kept(struct intake_net *n)
{
    struct conn *list = n->waiting, *next;

    n->waiting = NULL;
    for (struct conn *c = list; c; c = next) {
        next = c->next_waiting;
        c->waits = false;
        n->relp_answered += c->relp->waiting;
        intake_relp_kept(c->relp, &c->out);
        try_again(c);
    }
    if (!n->some_blocked || n->paused)
        return;
    n->some_blocked = false;
    for (struct conn *c = n->conns; c; c = next) {
        next = c->next;
        if (c->blocked)
            try_again(c);
    }
}

void intake_net_second(struct intake_net *n)
{
    if (n->udp.fd < 0)
        return;
    count_kernel_drops(n);
    udp_save(n);
    n->udp_only = NULL;
    n->udp_many = false;
}

void intake_net_health(const struct intake_net *n, struct lf_json_w *json)
{
    lf_json_put_int(json, "connections", (int64_t)n->nconns);
    lf_json_put_int(json, "connections_refused", (int64_t)n->refused);
    lf_json_put_int(json, "connections_lost_step", (int64_t)n->lost_step);
    lf_json_put_int(json, "handshakes_failed", (int64_t)n->handshakes_failed);
    lf_json_put_int(json, "relp_answered", (int64_t)n->relp_answered);
    lf_json_put_int(json, "udp_kernel_drops", (int64_t)n->udp_kernel_drops);
    lf_json_put_int(json, "udp_buffer", n->udp_size);
    lf_json_put_bool(json, "paused", n->paused);
}
