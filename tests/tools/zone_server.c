/* A zone primary driven by standard input: the dns worker's service in the dns
 * worker's cage, without the node around it.
 *
 *   zone_server CONFIG-JSON [ADDRESS]     (shield/zone.h; 127.0.0.1:0)
 *
 * Commands, one a line; each is answered by "ok SERIAL COUNT" or "error TEXT":
 *   load N      the whole zone anew: n0.load.test … ; NOTIFY
 *   fill N      the same without NOTIFY, before secondaries are there
 *   add NAME    one change; NOTIFY at once
 *   del NAME    one change; NOTIFY at once
 *   count       "ok transfers queries refused notifies unconfirmed"
 * Ends with standard input. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/log.h"
#include "proc/dns.h"
#include "shield/zone.h"
#include "sys/cage.h"
#include "sys/net.h"

struct driver {
    struct lf_loop *loop;
    struct lf_zone_server *zones;
    struct lf_dns_service *service;
    struct lf_watch in;
    struct lf_buf line;
    uint32_t serial;
};

static enum lf_code fill(struct lf_zone *z, uint64_t n, struct lf_err *e)
{
    LF_TRY(lf_zone_begin_full(z, e));
    for (uint64_t i = 0; i < n; i++) {
        char name[64];
        int len = snprintf(name, sizeof name, "n%llu.load.test", (unsigned long long)i);

        LF_TRY(lf_zone_add(z, (lf_view){ name, (size_t)len }, e));
    }
    return LF_OK;
}

static enum lf_code command(struct driver *d, lf_view line, bool *notify, struct lf_err *e)
{
    struct lf_zone *z = lf_zone_server_nth(d->zones, 0);
    lf_view verb;
    uint64_t n = 0;
    bool add;

    lf_view_split(&line, ' ', &verb);
    if (lf_view_is(verb, "load") || lf_view_is(verb, "fill")) {
        if (!lf_view_u64(line, &n))
            return lf_err_set(e, LF_BAD_INPUT, "how many?");
        LF_TRY(fill(z, n, e));
        *notify = lf_view_is(verb, "load");
        return lf_zone_publish(z, ++d->serial, e);
    }
    add = lf_view_is(verb, "add");
    if (!add && !lf_view_is(verb, "del"))
        return lf_err_set(e, LF_BAD_INPUT, "no such command");
    *notify = true;
    LF_TRY(lf_zone_begin_change(z, e));
    LF_TRY(add ? lf_zone_add(z, line, e) : lf_zone_del(z, line, e));
    return lf_zone_publish(z, ++d->serial, e);
}

static void one(struct driver *d, lf_view line)
{
    struct lf_zone *z = lf_zone_server_nth(d->zones, 0);
    struct lf_dns_counts c;
    struct lf_err e = { 0 };
    bool notify = false;

    if (lf_view_is(line, "count")) {
        c = lf_dns_service_counts(d->service);
        printf("ok %llu %llu %llu %llu %zu\n", (unsigned long long)c.transfers, (unsigned long long)c.queries,
               (unsigned long long)c.refused, (unsigned long long)c.notifies,
               lf_zone_notify_waiting(d->zones));
    } else if (command(d, line, &notify, &e) != LF_OK) {
        printf("error %s\n", e.text);
    } else {
        if (notify) {
            lf_zone_server_changed(d->zones, z);
            lf_dns_service_notify(d->service);
        }
        printf("ok %u %zu\n", lf_zone_serial(z), lf_zone_count(z));
    }
    fflush(stdout);
}

static void readable(void *ctx)
{
    struct driver *d = ctx;
    char text[4096];
    ssize_t n = read(STDIN_FILENO, text, sizeof text);
    size_t end;

    if (n <= 0) {
        lf_watch_stop(&d->in);
        lf_loop_stop(d->loop);
        return;
    }
    lf_buf_put(&d->line, (lf_view){ text, (size_t)n });
    while ((end = lf_view_find_byte(lf_buf_view(&d->line), '\n')) != SIZE_MAX) {
        one(d, (lf_view){ d->line.ptr, end });
        lf_buf_consume(&d->line, end + 1);
    }
}

int main(int argc, char **argv)
{
    struct lf_log log = { .fd = -1 };
    struct driver d = { .serial = 1 };
    struct lf_cage_status cage;
    struct lf_env env;
    struct lf_addr bound;
    struct lf_err e = { 0 };
    char text[LF_ADDR_TEXT];
    enum lf_code rc;
    int udp, tcp;

    if (argc < 2) {
        fputs("usage: zone_server CONFIG-JSON [ADDRESS]\n", stderr);
        return 2;
    }
    lf_crypto_init();
    lf_env_real(&env, &log);
    lf_buf_init(&d.line, 1 << 20);
    rc = lf_zone_server_create(lf_view_of(argv[1]), 1, &d.zones, &e);
    if (rc == LF_OK)
        rc = lf_net_listen_both(lf_view_of(argc > 2 ? argv[2] : "127.0.0.1:0"), &udp, &tcp, &bound, &e);
    if (rc == LF_OK)
        rc = lf_loop_create(&d.loop, &e);
    if (rc == LF_OK)
        rc = lf_cage_enter("dns", NULL, 0, false, &cage, &e);
    if (rc == LF_OK)
        rc = lf_dns_service_create(d.loop, &env, udp, tcp, d.zones, &d.service, &e);
    d.in = (struct lf_watch){ .fd = STDIN_FILENO, .readable = readable, .ctx = &d };
    if (rc == LF_OK)
        rc = lf_watch_set(d.loop, &d.in, true, false, &e);
    if (rc == LF_OK) {
        printf("%.*s\n", LF_FMT(lf_addr_text(&bound, text)));
        fflush(stdout);
        rc = lf_loop_run(d.loop, &e);
    }
    if (rc != LF_OK)
        fprintf(stderr, "zone_server: %s\n", e.text);
    lf_dns_service_destroy(d.service);
    lf_zone_server_destroy(d.zones);
    lf_loop_destroy(d.loop);
    lf_buf_clear(&d.line);
    return rc == LF_OK ? 0 : 1;
}
