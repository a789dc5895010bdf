#include "proc/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/crypto.h"
#include "bus/channel.h"
#include "fmt/json.h"
#include "proc/boot.h"
#include "sys/spawn.h"

enum { SOCKETS = 32, KEYS = 16 };

struct neighbour {
    struct lf_worker *w;
    enum lf_worker_id id;
    struct lf_channel *c;
};

struct lf_worker_priv {
    struct lf_channel *control;
    struct neighbour near[LF_WORKER_COUNT];
    struct lf_boot boot;
    bool booted, started, failed;
    int status;
    size_t nsockets, nkeys;
    struct {
        const char *name;
        int fd;
    } sockets[SOCKETS];
    struct {
        lf_view name, secret;
    } keys[KEYS];
    struct lf_timer health;
    lf_time began;
};

static const struct lf_worker_spec *const specs[LF_WORKER_COUNT] = {
    [LF_WORKER_CORE] = &lf_core_worker,     [LF_WORKER_RELAY] = &lf_relay_worker,
    [LF_WORKER_DNS] = &lf_dns_worker,       [LF_WORKER_INTAKE] = &lf_intake_worker,
    [LF_WORKER_SEARCH] = &lf_search_worker, [LF_WORKER_FRONT] = &lf_front_worker,
};

static void finish(struct lf_worker *w, int status)
{
    w->priv->status = status;
    lf_loop_stop(w->loop);
}

/* Tells the parent; a control channel that takes no more means the parent is
 * gone, and then so are we. */
static void tell_parent(struct lf_worker *w, enum lf_msg type, lf_view payload)
{
    if (lf_channel_send(w->priv->control, type, payload, NULL) != LF_OK)
        finish(w, 1);
}

void lf_worker_fail(struct lf_worker *w, const struct lf_err *why)
{
    if (w->priv->failed)
        return;
    w->priv->failed = true;
    tell_parent(w, LF_MSG_FAILED, lf_view_of(why->text));
    lf_channel_flush(w->priv->control);
    finish(w, 1);
}

/* Neighbours. */

static bool near_accept(void *ctx, unsigned type, size_t size)
{
    struct neighbour *n = ctx;

    return lf_messages_ok(n->id, n->w->id, type, size);
}

static void near_frame(void *ctx, unsigned type, lf_view payload, int fd)
{
    struct neighbour *n = ctx;

    if (fd >= 0)
        close(fd);
    if (n->w->priv->started)
        n->w->spec->message(n->w, n->id, type, payload);
}

static void near_lost(struct neighbour *n)
{
    lf_channel_destroy(n->c);
    n->c = NULL;
    if (n->w->priv->started && n->w->spec->neighbour)
        n->w->spec->neighbour(n->w, n->id, false);
}

static void near_closed(void *ctx, const char *why)
{
    struct neighbour *n = ctx;
    bool offended = lf_channel_offended(n->c);

    lf_log(&n->w->log, offended ? LF_LOG_ERROR : LF_LOG_DEBUG, offended ? "LF1011" : "LF1010",
           "neighbour=%s why=\"%s\"", lf_worker_name(n->id), why);
    if (offended)
        tell_parent(n->w, LF_MSG_OFFENCE, (lf_view){ (char[]){ (char)n->id }, 1 });
    near_lost(n);
}

static void near_drained(void *ctx)
{
    struct neighbour *n = ctx;

    if (n->w->priv->started && n->w->spec->drained)
        n->w->spec->drained(n->w, n->id);
}

static void take_neighbour(struct lf_worker *w, enum lf_worker_id id, int fd)
{
    struct neighbour *n = &w->priv->near[id];
    struct lf_channel_hooks hooks = {
        .accept = near_accept, .frame = near_frame, .closed = near_closed, .drained = near_drained, .ctx = n
    };
    struct lf_err e;

    if (n->c)
        near_lost(n);
    n->w = w;
    n->id = id;
    if (lf_channel_create(w->loop, fd, false, &hooks, &n->c, &e) != LF_OK) {
        lf_worker_fail(w, &e);
        return;
    }
    if (!w->priv->started)
        lf_channel_pause(n->c, true); /* nothing is handled before start() */
    else if (w->spec->neighbour)
        w->spec->neighbour(w, id, true);
}

bool lf_worker_up(const struct lf_worker *w, enum lf_worker_id id)
{
    return id < LF_WORKER_COUNT && w->priv->near[id].c;
}

bool lf_worker_full(const struct lf_worker *w, enum lf_worker_id to)
{
    return lf_worker_up(w, to) && lf_channel_full(w->priv->near[to].c);
}

void lf_worker_pause(struct lf_worker *w, enum lf_worker_id from, bool paused)
{
    if (lf_worker_up(w, from))
        lf_channel_pause(w->priv->near[from].c, paused);
}

enum lf_code lf_worker_send(struct lf_worker *w, enum lf_worker_id to, unsigned type, lf_view payload,
                            struct lf_err *e)
{
    if (to == LF_WORKER_PARENT) {
        if (!lf_messages_ok(w->id, to, type, payload.len))
            LF_BUG("%s may not send %s to the parent", w->spec->name, lf_messages_name(type));
        return lf_channel_send(w->priv->control, type, payload, e);
    }
    if (!lf_worker_up(w, to))
        return lf_err_set(e, LF_AWAY, "worker %s is not there now", lf_worker_name(to));
    /* Size is data, and may be too much; type and direction are code. */
    if (!lf_messages_ok(w->id, to, type, payload.len)) {
        if (payload.len > 0)
            return lf_err_set(e, LF_TOO_BIG, "message %s of %zu bytes to %s is not in the table",
                              lf_messages_name(type), payload.len, lf_worker_name(to));
        LF_BUG("%s may not send %s to %s", w->spec->name, lf_messages_name(type), lf_worker_name(to));
    }
    return lf_channel_send(w->priv->near[to].c, type, payload, e);
}

/* What was handed over. */

int lf_worker_socket(const struct lf_worker *w, const char *name)
{
    for (size_t i = 0; i < w->priv->nsockets; i++) {
        if (strcmp(w->priv->sockets[i].name, name) == 0)
            return w->priv->sockets[i].fd;
    }
    return -1;
}

lf_view lf_worker_key(const struct lf_worker *w, const char *name)
{
    for (size_t i = 0; i < w->priv->nkeys; i++) {
        if (lf_view_is(w->priv->keys[i].name, name))
            return w->priv->keys[i].secret;
    }
    return (lf_view){ NULL, 0 };
}

static void take_key(struct lf_worker *w, lf_view v)
{
    struct lf_worker_priv *p = w->priv;
    size_t n = (uint8_t)v.ptr[0];

    LF_ASSERT(v.len > n && p->nkeys < KEYS);
    v = lf_arena_copy(&w->arena, lf_view_from(v, 1));
    p->keys[p->nkeys].name = lf_view_first(v, n);
    p->keys[p->nkeys++].secret = lf_view_from(v, n);
}

/* Health: the core hears of each worker each second, of itself too. */

static void health(void *ctx)
{
    struct lf_worker *w = ctx;
    struct lf_worker_priv *p = w->priv;
    struct rusage use = { 0 };
    struct lf_json_w json;
    struct lf_buf b;

    lf_timer_in(w->loop, &p->health, LF_SECOND);
    lf_buf_init(&b, 60 << 10);
    json = lf_json_w(&b);
    getrusage(RUSAGE_SELF, &use);
    lf_json_open(&json, '{');
    lf_json_put_cstr(&json, "worker", w->spec->name);
    lf_json_put_int(&json, "pid", getpid());
    lf_json_put_int(&json, "up_s", (lf_loop_tick(w->loop) - p->began) / LF_SECOND);
    lf_json_put_int(&json, "cpu_ms",
                    use.ru_utime.tv_sec * 1000 + use.ru_utime.tv_usec / 1000 + use.ru_stime.tv_sec * 1000 +
                        use.ru_stime.tv_usec / 1000);
    lf_json_put_int(&json, "peak_rss_kb", use.ru_maxrss);
    lf_json_put_bool(&json, "seccomp", w->cage.seccomp);
    lf_json_put_int(&json, "landlock", w->cage.landlock);
    lf_json_put_bool(&json, "landlock_network", w->cage.network);
    if (w->spec->health)
        w->spec->health(w, &json);
    lf_json_close(&json);
    /* Lost when the core is away or busy: the next one comes in a second. */
    if (b.over)
        lf_log(&w->log, LF_LOG_WARN, "LF1012", "health=\"over its ceiling\"");
    else if (w->id == LF_WORKER_CORE)
        w->spec->message(w, LF_WORKER_CORE, LF_MSG_HEALTH, lf_buf_view(&b));
    else if (!lf_worker_full(w, LF_WORKER_CORE))
        (void)!lf_worker_send(w, LF_WORKER_CORE, LF_MSG_HEALTH, lf_buf_view(&b), NULL);
    lf_buf_clear(&b);
}

/* Control. */

static void round_end(void *ctx)
{
    struct lf_worker *w = ctx;

    if (w->priv->started && w->spec->round_end)
        w->spec->round_end(w);
}

static void start(struct lf_worker *w)
{
    struct lf_worker_priv *p = w->priv;
    struct lf_err e = { 0 };

    if (w->spec->start(w, &e) != LF_OK ||
        lf_cage_enter(w->spec->name, p->boot.paths, p->boot.npaths, p->boot.connect, &w->cage, &e) != LF_OK) {
        lf_worker_fail(w, &e);
        return;
    }
    if (!w->cage.landlock)
        lf_log(&w->log, LF_LOG_WARN, "LF1013", "landlock=none sandbox=\"seccomp only\"");
    p->started = true;
    p->began = lf_loop_tick(w->loop);
    tell_parent(w, LF_MSG_READY, (lf_view){ NULL, 0 });
    for (unsigned i = 0; i < LF_WORKER_COUNT; i++) {
        if (!p->near[i].c)
            continue;
        lf_channel_pause(p->near[i].c, false);
        if (w->spec->neighbour)
            w->spec->neighbour(w, (enum lf_worker_id)i, true);
    }
    p->health = (struct lf_timer){ .fire = health, .ctx = w };
    lf_timer_in(w->loop, &p->health, 0);
}

static bool control_accept(void *ctx, unsigned type, size_t size)
{
    struct lf_worker *w = ctx;

    return lf_messages_ok(LF_WORKER_PARENT, w->id, type, size);
}

static void control_boot(struct lf_worker *w, lf_view payload)
{
    struct lf_err e;

    if (lf_boot_unpack(&w->arena, lf_arena_copy(&w->arena, payload), &w->priv->boot, &e) != LF_OK) {
        lf_worker_fail(w, &e);
        return;
    }
    w->boot = w->priv->boot.settings;
    w->log.least = w->priv->boot.least;
    w->priv->booted = true;
}

static void control_frame(void *ctx, unsigned type, lf_view payload, int fd)
{
    struct lf_worker *w = ctx;
    struct lf_worker_priv *p = w->priv;

    switch ((enum lf_msg)type) {
    case LF_MSG_BOOT:
        control_boot(w, payload);
        break;
    case LF_MSG_KEY:
        take_key(w, payload);
        break;
    case LF_MSG_SOCKET:
        LF_ASSERT(fd >= 0 && p->nsockets < SOCKETS);
        p->sockets[p->nsockets].name = lf_arena_cstr(&w->arena, payload);
        p->sockets[p->nsockets++].fd = fd;
        fd = -1;
        break;
    case LF_MSG_CHANNEL:
        LF_ASSERT(fd >= 0 && (uint8_t)payload.ptr[0] < LF_WORKER_COUNT);
        take_neighbour(w, (enum lf_worker_id)(uint8_t)payload.ptr[0], fd);
        fd = -1;
        break;
    case LF_MSG_START:
        LF_ASSERT(p->booted && !p->started);
        start(w);
        break;
    case LF_MSG_RELOAD:
        if (p->started && w->spec->reload)
            w->spec->reload(w, payload);
        break;
    case LF_MSG_STOP:
        if (p->started && w->spec->stop)
            w->spec->stop(w);
        p->started = false; /* its state is gone: no hook of it may be called again */
        lf_timer_stop(w->loop, &p->health);
        finish(w, 0);
        break;
    default: /* HEALTH of the parent, to the core */
        if (p->started)
            w->spec->message(w, LF_WORKER_PARENT, type, payload);
        break;
    }
    if (fd >= 0)
        close(fd);
}

static void control_closed(void *ctx, const char *why)
{
    (void)why;
    finish(ctx, 1); /* without a parent nobody would start us again or stop us */
}

int lf_worker_main(const char *name)
{
    enum lf_worker_id id;

    if (!lf_worker_parse(lf_view_of(name), &id) || !specs[id]) {
        fprintf(stderr, "lianfang worker: no worker \"%s\"; workers are started by `lianfang serve`\n", name);
        return 2;
    }
    return lf_worker_serve(id, specs[id]);
}

int lf_worker_serve(enum lf_worker_id id, const struct lf_worker_spec *spec)
{
    struct lf_worker_priv priv = { 0 };
    struct lf_worker w = { .spec = spec, .id = id, .priv = &priv };
    struct lf_channel_hooks hooks = {
        .accept = control_accept, .frame = control_frame, .closed = control_closed, .ctx = &w
    };
    struct lf_err e;

    w.log = (struct lf_log){ .fd = 2, .least = LF_LOG_INFO, .worker = w.spec->name };
    lf_env_real(&w.env, &w.log);
    w.log.now = w.env.now;
    lf_crypto_init();
    signal(SIGPIPE, SIG_IGN);
    if (lf_loop_create(&w.loop, &e) != LF_OK ||
        lf_channel_create(w.loop, LF_SPAWN_CONTROL, true, &hooks, &priv.control, &e) != LF_OK) {
        fprintf(stderr, "lianfang worker %s: %s; workers are started by `lianfang serve`\n", spec->name,
                e.text);
        return 2;
    }
    lf_loop_on_round_end(w.loop, round_end, &w);
    if (lf_loop_run(w.loop, &e) != LF_OK) {
        lf_log_err(&w.log, LF_LOG_ERROR, "LF1014", &e);
        priv.status = 1;
    }
    /* Last answers leave; the kernel frees the rest.  _exit, because what runs at
     * exit (leak checkers, libraries' own) may ask for more than the cage gives. */
    for (unsigned i = 0; i < LF_WORKER_COUNT; i++) {
        if (priv.near[i].c)
            lf_channel_flush(priv.near[i].c);
    }
    _exit(priv.status);
}
