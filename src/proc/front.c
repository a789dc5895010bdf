/* Front: HTTP and TLS end here.  What goes on is a checked message.
 *
 * Handed over: listening sockets "http", "peer", "local" (each
 * may be missing), keys "tls.cert" and "tls.key" (PEM), and as settings a JSON
 * object {"owner_uid":N}: beside root, who may use the local door.
 *
 * libmicrohttpd speaks HTTP inside our own loop: each daemon's epoll descriptor is
 * one of our watches.  A connection's life:
 *
 *   accepted --headers--> READING --body whole--> SUSPENDED --answer--> ANSWERING
 *      ^                                                                   |
 *      '------------------------- IDLE <-----------------------------------'
 *
 * An answer that comes in pieces (http/message.h, `more`) goes between SUSPENDED and ANSWERING until the
 * last.
 *
 * libmicrohttpd's own time-out starts again with each byte, so a trickled header
 * would hold a connection for ever: sweep() ends whatever stays too long in one
 * state.  It does not look at suspended connections either, so sweep() asks the
 * kernel which of their clients have left. */
#include <gnutls/gnutls.h>
#include <malloc.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/map.h"
#include "bus/channel.h"
#include "fmt/json.h"
#include "proc/front_priv.h"
#include "sys/tls.h"
#include "web/web.h"

static void serve(struct door *d);

void front_set_state(struct conn *c, enum state s)
{
    c->state = s;
    c->since = lf_tick(&c->door->f->w->env);
}

/* The connection waits no longer for another worker. */
static void leave_slot(struct conn *c)
{
    struct front *f = c->door->f;
    uint32_t slot = (uint32_t)c->id % REQUESTS_MOST;

    f->slots[slot] = NULL;
    f->free_slots[REQUESTS_MOST - f->nsuspended--] = (uint16_t)slot;
    c->client->waiting--;
    c->id = 0;
}

static void resume(struct conn *c)
{
    leave_slot(c);
    front_set_state(c, ST_ANSWERING);
    MHD_resume_connection(c->mhd);
}

/* The worker that should answer went away, or the client did. */
static void fail_waiting(struct conn *c)
{
    c->answered = false;
    resume(c);
}

/* ---- requests ---- */

static bool has_word(const char *text, const char *const *words)
{
    for (; text && *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

/* Whether a log shipper speaks: what it says goes to the intake. */
static bool is_log_path(struct conn *c, const char *method, lf_view path)
{
    static const char *const shippers[] = { "beat", "elastic", "logstash", "fluent", "vector", NULL };
    static const char *const accepts[] = { "vnd.elasticsearch", NULL };

    if (c->door->kind != LF_DOOR_PUBLIC)
        return false;
    if (lf_view_starts(path, LF_V("/services/collector")) || lf_view_starts(path, LF_V("/_")))
        return true;
    if (lf_view_ends(path, LF_V("/_bulk")))
        return true;
    if (strcmp(method, "POST") == 0 && lf_view_is(path, "/api/v1/events"))
        return true;
    return lf_view_is(path, "/") &&
           (has_word(MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "User-Agent"), shippers) ||
            has_word(MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "Accept"), accepts));
}

static enum MHD_Result take_header(void *ctx, enum MHD_ValueKind kind, const char *key, size_t key_len,
                                   const char *value, size_t value_len)
{
    struct lf_http_request *rq = ctx;

    (void)kind;
    if (rq->nheaders == LF_HTTP_HEADERS) {
        rq->has_pin = true; /* told apart by the caller: one too many */
        return MHD_NO;
    }
    rq->headers[rq->nheaders++] =
        (struct lf_http_header){ { key, key_len }, { value ? value : "", value ? value_len : 0 } };
    return MHD_YES;
}

/* The pin of the certificate the client proved to have the key of.  Whose it is,
 * the core knows: no authority is asked. */
static void take_pin(struct conn *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const gnutls_datum_t *certs;
    unsigned n = 0;

    c->pin_asked = true;
    if (!info || !info->tls_session)
        return;
    certs = gnutls_certificate_get_peers(info->tls_session, &n);
    if (certs && n > 0)
        c->has_pin = lf_tls_pin_der((lf_view){ (const char *)certs[0].data, certs[0].size }, c->pin, NULL) ==
                     LF_OK;
}

static struct client *client_of(struct front *f, lf_view remote)
{
    struct client **at = &f->clients[lf_siphash(f->client_key, remote) % CLIENTS];

    for (struct client *c = *at; c; c = c->next)
        if (lf_view_is(remote, c->remote))
            return c;
    struct client *c = calloc(1, sizeof *c);
    LF_ASSERT(c);
    (void)snprintf(c->remote, sizeof c->remote, "%.*s", LF_FMT(remote));
    c->next = *at;
    *at = c;
    return c;
}

static void client_leave(struct front *f, struct client *gone)
{
    struct client **at = &f->clients[lf_siphash(f->client_key, lf_view_of(gone->remote)) % CLIENTS];

    if (--gone->connections)
        return;
    while (*at != gone)
        at = &(*at)->next;
    *at = gone->next;
    free(gone);
}

/* Refused as `*status` says, or on its way, and its connection waits.  `more`: as in a request. */
static enum lf_code ask(struct conn *c, const char *method, uint64_t more, int *status, struct lf_err *e)
{
    struct front *f = c->door->f;
    lf_view url = { c->url ? c->url : "", c->url_len };
    size_t question = lf_view_find_byte(url, '?');
    struct lf_http_request rq = { .door = c->door->kind, .method = lf_view_of(method), .more = more },
                           checked;
    struct lf_buf b;
    size_t slot;
    enum lf_code rc;

    f->requests++;
    rc = lf_http_path(&f->arena, lf_view_first(url, question), &rq.path, e);
    *status = lf_code_http(rc);
    if (rc != LF_OK)
        return rc;
    if (question != SIZE_MAX)
        rq.query = lf_view_from(url, question + 1);
    rq.body = lf_buf_view(&c->body);
    rq.remote = lf_view_of(c->client->remote);
    (void)MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, take_header, &rq);
    *status = 431;
    if (rq.has_pin)
        return lf_err_set(e, LF_TOO_BIG, "the request has more than 64 header fields");
    if (c->door->kind == LF_DOOR_PEER) {
        if (!c->pin_asked)
            take_pin(c);
        *status = 403;
        if (!c->has_pin)
            return lf_err_set(e, LF_FORBIDDEN,
                              "this address is for nodes: connect with the client certificate of yours");
        rq.has_pin = true;
        memcpy(rq.peer_pin, c->pin, LF_HTTP_PIN);
    }
    *status = 429;
    if (f->nsuspended >= REQUESTS_MOST || c->client->waiting >= WAITING_PER_CLIENT)
        return lf_err_set(e, LF_TOO_MANY, "too many requests of yours are waiting for their answers");
    *status = 503;
    if (!lf_worker_up(f->w, c->target) || lf_worker_full(f->w, c->target)) {
        f->unavailable++;
        return lf_err_set(e, LF_AWAY,
                          "the part of the node that answers this is starting or busy; try again");
    }
    slot = f->free_slots[REQUESTS_MOST - f->nsuspended - 1];
    /* Low half: the slot; high half: which of its users, so that a late answer to
     * one that left is not given to the next. */
    rq.id = (uint64_t)++f->generation << 32 | slot;
    lf_buf_init(&b, LF_FRAME_MAX);
    lf_http_pack_request(&b, &rq);
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        rc = lf_http_unpack_request(lf_buf_view(&b), &checked, e);
    if (rc == LF_OK)
        rc = lf_worker_send(f->w, c->target,
                            c->target == LF_WORKER_CORE ? LF_MSG_HTTP_REQUEST : LF_MSG_LOG_BODY,
                            lf_buf_view(&b), e);
    lf_buf_clear(&b);
    f->body_bytes -= c->body.len;
    lf_buf_clear(&c->body);
    *status = rc == LF_FULL ? 503 : lf_code_http(rc);
    if (rc != LF_OK)
        return rc;
    c->id = rq.id;
    if (!more)
        c->pieces = rq.id;
    f->slots[slot] = c;
    f->nsuspended++;
    c->client->waiting++;
    front_set_state(c, ST_SUSPENDED);
    MHD_suspend_connection(c->mhd);
    return LF_OK;
}

/* The whole request is here: off it goes. */
static enum MHD_Result submit(struct conn *c, const char *method)
{
    struct lf_err e = { 0 };
    int status;

    return ask(c, method, 0, &status, &e) == LF_OK ? MHD_YES : front_problem(c, status, e.text);
}

/* Of an answer in pieces.  When the client has all of one, the next is asked for: so no more than one is
 * held, however slow the client. */
ssize_t front_next_bytes(void *ctx, uint64_t pos, char *to, size_t most)
{
    struct conn *c = ctx;
    struct lf_http_response piece;
    struct lf_err e = { 0 };
    int status;
    size_t n;

    (void)pos;
    if (!c->left.ptr) { /* asked for */
        if (!c->answered ||
            lf_http_unpack_response((lf_view){ c->packed, c->npacked }, &piece, &e) != LF_OK ||
            piece.status != 200) {
            c->more = true; /* whoever makes it is told that nobody waits for it */
            return MHD_CONTENT_READER_END_WITH_ERROR;
        }
        c->left = piece.body;
        c->more = piece.more;
    }
    n = c->left.len < most ? c->left.len : most;
    if (n) {
        memcpy(to, c->left.ptr, n);
        c->left = lf_view_from(c->left, n);
        return (ssize_t)n;
    }
    if (!c->more)
        return MHD_CONTENT_READER_END_OF_STREAM;
    c->left = (lf_view){ 0 };
    c->answered = false;
    if (ask(c, "GET", c->pieces, &status, &e) != LF_OK)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    lf_arena_reset(&c->door->f->arena);
    return 0;
}

static size_t body_most(const struct conn *c, lf_view path)
{
    return c->target == LF_WORKER_INTAKE
               ? LOG_BODY_MOST
               : lf_web_body_most(c->door->kind, path,
                                  MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "Authorization") ||
                                      MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "Cookie"));
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *mhd, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **seen)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct conn *c = info ? info->socket_context : NULL;
    struct door *d = ctx;
    struct front *f = d->f;
    enum MHD_Result result;

    (void)url;
    if (!c)
        return MHD_NO;
    if (*seen != c) { /* the headers are complete */
        const char *length = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
        lf_view raw = { c->url ? c->url : "", c->url_len };
        uint64_t n = 0;

        *seen = c;
        c->answered = c->too_big = c->crowded = false;
        c->old = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
        front_set_state(c, ST_READING);
        c->target = is_log_path(c, method, lf_view_first(raw, lf_view_find_byte(raw, '?'))) ? LF_WORKER_INTAKE
                                                                                            : LF_WORKER_CORE;
        c->body_most = body_most(c, lf_view_first(raw, lf_view_find_byte(raw, '?')));
        if (c->refused)
            return front_problem(c, 403, "this socket is for root and the owner of the node");
        /* Most clients read nothing before they have sent all: told at once, they
         * would see a broken connection and never the 413.  So what is somewhat too
         * large is read and dropped first; not where the client asked beforehand. */
        if (length && lf_view_u64(lf_view_of(length), &n) && n > c->body_most) {
            if (n >= DROP_TIMES * c->body_most || MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Expect"))
                return front_too_big(c);
            c->too_big = true;
        }
        lf_buf_clear(&c->body);
        lf_buf_init(&c->body, c->body_most);
        return MHD_YES;
    }
    if (*size > 0) {
        if (c->too_big || c->crowded || c->body.len + *size > c->body_most) {
            c->too_big |= !c->crowded;
        } else if (f->body_bytes + *size > BODIES_MOST) {
            c->crowded = true; /* not this body's fault */
        } else {
            lf_buf_put(&c->body, (lf_view){ data, *size });
            f->body_bytes += *size;
        }
        *size = 0;
        return MHD_YES;
    }
    if (c->answered)
        return front_send(c);
    if (c->state == ST_ANSWERING)
        return front_problem(c, 503, "the part of the node that answers this stopped; try again");
    if (c->too_big)
        return front_too_big(c);
    if (c->crowded)
        return front_problem(c, 503, "too many bodies are under way; send it again later");
    result = submit(c, method);
    lf_arena_reset(&f->arena);
    return result;
}

/* Whom nobody answers any more. */
static void tell_gone(struct front *f, const struct conn *c)
{
    struct lf_err e;
    struct lf_buf b;

    if (c->target != LF_WORKER_CORE)
        return;
    lf_buf_init(&b, 8);
    lf_buf_u64(&b, c->pieces);
    /* When the core is away it has forgotten the request anyway. */
    if (lf_worker_send(f->w, LF_WORKER_CORE, LF_MSG_HTTP_GONE, lf_buf_view(&b), &e) != LF_OK)
        f->unavailable++;
    lf_buf_clear(&b);
}

static void on_completed(void *ctx, struct MHD_Connection *mhd, void **seen,
                         enum MHD_RequestTerminationCode t)
{
    struct conn *c = *seen;
    struct front *f;

    (void)ctx;
    (void)mhd;
    (void)t;
    if (!c)
        return;
    f = c->door->f;
    *seen = NULL;
    if (c->more)
        tell_gone(f, c);
    c->more = false;
    c->left = (lf_view){ 0 };
    f->body_bytes -= c->body.len;
    lf_buf_clear(&c->body);
    free(c->packed);
    c->packed = NULL;
    c->answered = false;
    front_set_state(c, ST_IDLE);
}

static void *on_url(void *ctx, const char *url, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct conn *c = info ? info->socket_context : NULL;

    (void)ctx;
    if (c) {
        lf_view target = lf_http_origin_form(lf_view_of(url));

        free(c->url);
        c->url = strndup(target.ptr, target.len);
        c->url_len = c->url ? target.len : 0;
    }
    return NULL;
}

static bool may_use_local(const struct front *f, int fd)
{
    struct ucred who;
    socklen_t len = sizeof who;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
        return false;
    return who.uid == 0 || who.uid == f->owner_uid;
}

static void on_connection(void *ctx, struct MHD_Connection *mhd, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    struct door *d = ctx;
    struct front *f = d->f;
    struct conn *c = *slot;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        char text[LF_ADDR_TEXT];
        lf_view host = { "", 0 };

        c = calloc(1, sizeof *c);
        LF_ASSERT(c && info);
        c->door = d;
        c->mhd = mhd;
        c->fd = info->connect_fd;
        front_set_state(c, ST_HEADER);
        c->next = d->conns;
        if (d->conns)
            d->conns->prev = c;
        d->conns = c;
        f->nconns++;
        f->accepted++;
        *slot = c;
        if (d->kind == LF_DOOR_LOCAL) {
            c->refused = !may_use_local(f, c->fd);
        } else {
            struct lf_addr from = { .len = sizeof from.ss };

            lf_net_no_delay(c->fd);
            if (getpeername(c->fd, (struct sockaddr *)&from.ss, &from.len) == 0)
                host = lf_addr_host(&from, text);
        }
        c->client = client_of(f, host);
        c->client->connections++;
        if (d->kind == LF_DOOR_PEER) {
            info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
            if (info && info->tls_session)
                gnutls_certificate_server_set_request(info->tls_session, GNUTLS_CERT_REQUEST);
        }
        return;
    }
    if (!c)
        return;
    if (c->prev)
        c->prev->next = c->next;
    else
        d->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    if (c->id)
        leave_slot(c);
    client_leave(f, c->client);
    f->nconns--;
    f->body_bytes -= c->body.len;
    lf_buf_clear(&c->body);
    free(c->packed);
    free(c->url);
    free(c);
    *slot = NULL;
}

/* ---- the loop ---- */

static void serve(struct door *d)
{
    MHD_UNSIGNED_LONG_LONG ms;

    (void)MHD_run(d->daemon);
    if (MHD_get_timeout(d->daemon, &ms) == MHD_YES)
        lf_timer_in(d->f->w->loop, &d->timer, ms > 1000 ? LF_SECOND : (lf_time)ms * LF_MSEC);
    else
        lf_timer_stop(d->f->w->loop, &d->timer);
}

static void on_ready(void *ctx)
{
    serve(ctx);
}

static void sweep_door(struct front *f, struct door *d, lf_time now)
{
    static const lf_time limit[] = { [ST_HEADER] = HEADER_LIMIT,
                                     [ST_READING] = BODY_LIMIT,
                                     [ST_ANSWERING] = ANSWER_LIMIT,
                                     [ST_IDLE] = IDLE_LIMIT };

    for (struct conn *c = d->conns, *next; c; c = next) {
        next = c->next;
        if (c->state == ST_SUSPENDED) {
            struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

            if (poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR))) {
                f->departed++;
                tell_gone(f, c);
                (void)shutdown(c->fd, SHUT_RDWR);
                fail_waiting(c);
            }
        } else if (now - c->since > limit[c->state]) {
            f->cut++;
            (void)shutdown(c->fd, SHUT_RDWR);
            c->since = now;
        }
    }
}

/* Handshakes and answers of a thousand clients at once leave holes between what is kept of each; when it is
 * quiet again their pages go back, which is 2 KB of 30 for each client that then waits. */
static void give_back(struct front *f)
{
    uint64_t all = f->requests + f->accepted, lately = all - f->swept;

    f->swept = all;
    if (lately >= QUIET || all - f->trimmed < BURST)
        return;
    f->trimmed = all;
    (void)malloc_trim(0);
}

static void on_sweep(void *ctx)
{
    struct front *f = ctx;
    lf_time now = lf_tick(&f->w->env);

    for (size_t i = 0; i < DOORS; i++)
        if (f->doors[i].daemon) {
            sweep_door(f, &f->doors[i], now);
            serve(&f->doors[i]);
        }
    give_back(f);
    lf_timer_in(f->w->loop, &f->sweep, LF_SECOND);
}

/* ---- start ---- */

static enum lf_code open_door(struct front *f, enum lf_http_door kind, const char *socket, struct lf_err *e)
{
    struct door *d = &f->doors[kind];
    int fd = lf_worker_socket(f->w, socket);
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    struct MHD_OptionItem tls[4] = { 0 };
    const union MHD_DaemonInfo *info;
    size_t n = 0;

    if (fd < 0)
        return LF_OK;
    *d = (struct door){ .f = f, .kind = kind };
    if (kind != LF_DOOR_LOCAL) {
        lf_view cert = lf_worker_key(f->w, "tls.cert"), key = lf_worker_key(f->w, "tls.key");

        if (!cert.ptr || !key.ptr)
            return lf_err_set(e, LF_BAD_INPUT, "front: no TLS certificate and key were handed over");
        flags |= MHD_USE_TLS;
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, lf_arena_cstr(&f->w->arena, key) };
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, lf_arena_cstr(&f->w->arena, cert) };
        tls[n++] = (struct MHD_OptionItem){
            MHD_OPTION_HTTPS_PRIORITIES, 0,
            lf_arena_cstr(&f->w->arena, LF_V("SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
                                             ":-RSA:-AES-256-CBC:-AES-128-CBC:%SERVER_PRECEDENCE"))
        };
    }
    tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    d->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, d, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)(kind == LF_DOOR_PEER ? CONNECTIONS_PEER : CONNECTIONS), MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_PER_CLIENT, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)(kind == LF_DOOR_PEER ? POOL_PEER : POOL), MHD_OPTION_CONNECTION_TIMEOUT, 120u,
        MHD_OPTION_URI_LOG_CALLBACK, on_url, d, MHD_OPTION_NOTIFY_COMPLETED, on_completed, d,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, d, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (!d->daemon)
        return lf_err_set(e, LF_IO,
                          "front: the %s address cannot be served; are the TLS certificate and key a pair?",
                          socket);
    info = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    LF_ASSERT(info);
    d->watch = (struct lf_watch){ .fd = info->epoll_fd, .readable = on_ready, .ctx = d };
    d->timer = (struct lf_timer){ .fire = on_ready, .ctx = d };
    return lf_watch_set(f->w->loop, &d->watch, true, false, e);
}

/* A connection is a descriptor.  Where the system allows fewer, the last clients wait in the listen queue. */
static void raise_descriptors(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= DESCRIPTORS)
        return;
    r.rlim_cur = r.rlim_max < DESCRIPTORS ? r.rlim_max : DESCRIPTORS;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}

static enum lf_code front_start(struct lf_worker *w, struct lf_err *e)
{
    struct front *f = calloc(1, sizeof *f);
    const struct lf_json *boot;
    int64_t uid;

    LF_ASSERT(f);
    f->w = w;
    w->state = f;
    f->owner_uid = geteuid();
    lf_random(&w->env, f->client_key, sizeof f->client_key);
    for (size_t i = 0; i < REQUESTS_MOST; i++)
        f->free_slots[i] = (uint16_t)i;
    raise_descriptors();
    if (w->boot.len) {
        LF_TRY(lf_json_parse(&w->arena, w->boot, NULL, &boot, e));
        if (lf_json_int(boot, "owner_uid", &uid) && uid >= 0)
            f->owner_uid = (uint64_t)uid;
    }
    LF_TRY(open_door(f, LF_DOOR_PUBLIC, "http", e));
    LF_TRY(open_door(f, LF_DOOR_PEER, "peer", e));
    LF_TRY(open_door(f, LF_DOOR_LOCAL, "local", e));
    f->sweep = (struct lf_timer){ .fire = on_sweep, .ctx = f };
    lf_timer_in(w->loop, &f->sweep, LF_SECOND);
    return LF_OK;
}

static void front_message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct front *f = w->state;
    struct lf_http_response rs;
    struct lf_err e = { 0 };
    struct conn *c;
    char *copy;

    if (type != LF_MSG_HTTP_RESPONSE && type != LF_MSG_LOG_ANSWER)
        return;
    if (lf_http_unpack_response(payload, &rs, &e) != LF_OK) {
        lf_log_err(&w->log, LF_LOG_ERROR, "LF4001", &e);
        return;
    }
    c = (uint32_t)rs.id < REQUESTS_MOST ? f->slots[(uint32_t)rs.id] : NULL;
    if (!c || c->id != rs.id || c->target != from)
        return; /* its client left */
    copy = malloc(payload.len ? payload.len : 1);
    LF_ASSERT(copy);
    memcpy(copy, payload.ptr, payload.len);
    free(c->packed);
    c->packed = copy;
    c->npacked = payload.len;
    c->answered = true;
    resume(c);
}

/* Answers that came in this round leave in it. */
static void front_round_end(struct lf_worker *w)
{
    struct front *f = w->state;

    for (size_t i = 0; i < DOORS; i++)
        if (f->doors[i].daemon)
            serve(&f->doors[i]);
}

static void front_neighbour(struct lf_worker *w, enum lf_worker_id id, bool up)
{
    struct front *f = w->state;

    if (up || !f)
        return;
    for (size_t i = 0; i < REQUESTS_MOST; i++)
        if (f->slots[i] && f->slots[i]->target == id)
            fail_waiting(f->slots[i]);
}

static void front_stop(struct lf_worker *w)
{
    struct front *f = w->state;

    if (!f)
        return;
    lf_timer_stop(w->loop, &f->sweep);
    for (size_t i = 0; i < REQUESTS_MOST; i++)
        if (f->slots[i])
            fail_waiting(f->slots[i]);
    for (size_t i = 0; i < DOORS; i++) {
        struct door *d = &f->doors[i];

        if (!d->daemon)
            continue;
        (void)MHD_run(d->daemon);
        lf_timer_stop(w->loop, &d->timer);
        lf_watch_stop(&d->watch);
        MHD_stop_daemon(d->daemon);
        d->daemon = NULL;
    }
    lf_arena_clear(&f->arena);
    free(f);
    w->state = NULL;
}

static void front_health(struct lf_worker *w, struct lf_json_w *json)
{
    const struct front *f = w->state;

    lf_json_put_int(json, "connections", (int64_t)f->nconns);
    lf_json_put_int(json, "waiting", (int64_t)f->nsuspended);
    lf_json_put_int(json, "requests", (int64_t)f->requests);
    lf_json_put_int(json, "refused", (int64_t)f->refused);
    lf_json_put_int(json, "unavailable", (int64_t)f->unavailable);
    lf_json_put_int(json, "departed", (int64_t)f->departed);
    lf_json_put_int(json, "cut", (int64_t)f->cut);
}

const struct lf_worker_spec lf_front_worker = {
    .name = "front",
    .start = front_start,
    .message = front_message,
    .round_end = front_round_end,
    .stop = front_stop,
    .neighbour = front_neighbour,
    .health = front_health,
};
