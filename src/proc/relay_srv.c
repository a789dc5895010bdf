#include "proc/relay_srv.h"

#include <errno.h>
#include <unistd.h>

#include "sys/file.h"

enum { TRIES = 2, DATAGRAM = 4096, CONF = 64 << 10 };
#define PATIENCE (2 * LF_SECOND)

/* ---- resolvers ---- */

static void add(struct relay_resolvers *out, lf_view address)
{
    if (out->n < RELAY_RESOLVERS && lf_addr_parse(address, &out->at[out->n], NULL) == LF_OK)
        out->n++;
}

void relay_resolvers_find(lf_view setting, struct relay_resolvers *out)
{
    struct lf_arena a = { 0 };
    lf_view text = { "", 0 }, line, word;

    out->n = 0;
    if (setting.len)
        add(out, setting);
    else if (lf_file_read(&a, "/etc/resolv.conf", CONF, &text, NULL) == LF_OK)
        while (lf_view_split(&text, '\n', &line)) {
            line = lf_view_trim(line);
            if (!lf_view_starts(line, LF_V("nameserver")))
                continue;
            word = lf_view_trim(lf_view_from(line, strlen("nameserver")));
            add(out, lf_arena_printf(&a, lf_view_find_byte(word, ':') == SIZE_MAX ? "%.*s:53" : "[%.*s]:53",
                                     LF_FMT(word)));
        }
    lf_arena_clear(&a);
}

/* ---- a question ---- */

static void hang_up(struct relay_srv *q)
{
    lf_timer_stop(q->w->loop, &q->timer);
    if (q->watch.loop) {
        int fd = q->watch.fd;

        lf_watch_stop(&q->watch);
        close(fd);
    }
}

void relay_srv_stop(struct relay_srv *q)
{
    hang_up(q);
}

static void ended(struct relay_srv *q, const struct lf_err *why)
{
    hang_up(q);
    q->done(q->ctx, why);
}

static void next(struct relay_srv *q);

static void silent(void *ctx)
{
    next(ctx);
}

static void readable(void *ctx)
{
    struct relay_srv *q = ctx;
    struct lf_err why = { 0 };
    char bytes[DATAGRAM];
    ssize_t n = recv(q->watch.fd, bytes, sizeof bytes, 0);
    enum lf_code rc;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) { /* nobody is there */
        next(q);
        return;
    }
    rc = lf_dns_srv_read((lf_view){ bytes, (size_t)n }, q->id, &q->name, q->found, &q->nfound, &why);
    if (rc == LF_OK) {
        uint32_t random[LF_DNS_SRVS];

        lf_random(&q->w->env, random, sizeof random);
        lf_dns_srv_order(q->found, q->nfound, random);
        ended(q, &(struct lf_err){ .code = LF_OK });
    } else if (rc == LF_AWAY || rc == LF_TOO_BIG) {
        next(q);
    } /* else it is not the answer: a forged one must not end the waiting */
}

static enum lf_code send_to(struct relay_srv *q, const struct lf_addr *to, struct lf_err *e)
{
    struct lf_buf b;
    enum lf_code rc;
    int fd;

    LF_TRY(lf_net_connect(LF_NET_UDP, to, &fd, e));
    q->watch = (struct lf_watch){ .fd = fd, .readable = readable, .ctx = q };
    rc = lf_watch_set(q->w->loop, &q->watch, true, false, e);
    if (rc != LF_OK) {
        close(fd);
        return rc;
    }
    lf_random(&q->w->env, &q->id, sizeof q->id);
    lf_buf_init(&b, DATAGRAM);
    lf_dns_put_question(&b, q->id, &q->name, LF_DNS_SRV);
    if (send(fd, b.ptr, b.len, MSG_NOSIGNAL) != (ssize_t)b.len)
        rc = lf_err_set(e, LF_AWAY, "the resolver is not reached: %s", strerror(errno));
    lf_buf_clear(&b);
    return rc;
}

static void next(struct relay_srv *q)
{
    struct lf_err why = { 0 };

    for (hang_up(q); q->tries < TRIES * q->resolvers.n; hang_up(q)) {
        if (send_to(q, &q->resolvers.at[q->tries++ % q->resolvers.n], &why) == LF_OK) {
            q->timer = (struct lf_timer){ .fire = silent, .ctx = q };
            lf_timer_in(q->w->loop, &q->timer, PATIENCE);
            return;
        }
    }
    (void)lf_err_set(&why, LF_AWAY, "no resolver said where the domain's server is (SRV)");
    ended(q, &why);
}

static void begin(void *ctx)
{
    next(ctx);
}

void relay_srv_ask(struct relay_srv *q)
{
    q->tries = 0;
    q->nfound = 0;
    q->watch = (struct lf_watch){ .fd = -1 };
    q->timer = (struct lf_timer){ .fire = begin, .ctx = q };
    lf_timer_in(q->w->loop, &q->timer, 0);
}
