#include "proc/parent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/channel.h"
#include "fmt/json.h"
#include "proc/boot.h"
#include "sys/loop.h"
#include "sys/spawn.h"

/* A child's life:
 *
 *   NONE --start_child--> STARTING --READY--> READY --died--> WAITING --back-off--> STARTING
 *                            |                  |
 *                            +---stop_some------+--> STOPPING --reaped--> NONE
 *
 * One that dies before the whole node was ready once ends the node: a setting is
 * wrong, and trying again would hide the sentence that says so. */
enum state { NONE, STARTING, READY, STOPPING, WAITING };

enum { SOCKETS_MAX = 64, BOUND_MAX = 32, UID_BASE = 60900, TREE_DEPTH = 16, GROUPS = 8 };
static const lf_time backoff_first = 20 * LF_MSEC, backoff_last = 10 * LF_SECOND, steady = 10 * LF_SECOND;

struct node;

struct child {
    struct node *node;
    enum lf_worker_id id;
    enum state state;
    pid_t pid;  /* 0 once reaped */
    int status; /* then valid */
    struct lf_channel *control;
    lf_time began, backoff;
    struct lf_timer again;
    uint64_t restarts;
    char why[300]; /* its own last words */
};

struct handed {
    const struct lf_parent_socket *of;
    char name[64];
    int fd;
};

struct node {
    const struct lf_parent_options *o;
    const struct lf_log *log;
    struct lf_loop *loop;
    struct child children[LF_WORKER_COUNT];
    struct handed handed[SOCKETS_MAX];
    size_t nhanded;
    struct lf_parent_bound bound[BOUND_MAX];
    size_t nbound;
    lf_view boot[LF_WORKER_COUNT];
    bool was_ready, stopping, core_too;
    enum lf_code failed;
    struct lf_err why;
    struct lf_timer limit, health;
    struct lf_watch input;
    lf_time began;
};

static bool runs(const struct node *n, enum lf_worker_id id)
{
    return id != LF_WORKER_PARENT && (!n->o->only || (n->o->only & 1u << id));
}

static bool alive(const struct child *c)
{
    return c->state == STARTING || c->state == READY || c->state == STOPPING;
}

/* Sockets. */

static enum lf_code hand(struct node *n, const struct lf_parent_socket *s, const char *suffix, int fd,
                         struct lf_err *e)
{
    struct handed *h = &n->handed[n->nhanded];

    if (n->nhanded == SOCKETS_MAX) {
        close(fd);
        return lf_err_set(e, LF_TOO_MANY, "more than %d listening sockets", SOCKETS_MAX);
    }
    h->of = s;
    h->fd = fd;
    snprintf(h->name, sizeof h->name, "%s%s", s->name, suffix);
    n->nhanded++;
    return LF_OK;
}

static enum lf_code open_socket(struct node *n, const struct lf_parent_socket *s, struct lf_err *e)
{
    struct lf_parent_bound *b = &n->bound[n->nbound];
    enum lf_code rc;
    int fd = -1, tcp = -1;

    if (n->nbound == BOUND_MAX)
        return lf_err_set(e, LF_TOO_MANY, "more than %d listening addresses", BOUND_MAX);
    if (s->kind == LF_PARENT_BOTH)
        rc = lf_net_listen_both(s->address, &fd, &tcp, &b->address, e);
    else
        rc = lf_net_listen(s->kind == LF_PARENT_UDP ? LF_NET_UDP : LF_NET_TCP, s->address, &fd, &b->address,
                           e);
    if (rc == LF_CONFLICT)
        return lf_err_set(
            e, rc, "address %.*s is in use by another program: stop that one, or choose another with %s",
            LF_FMT(s->address), s->setting);
    if (rc != LF_OK)
        return lf_err_at(e, "%s", s->setting);
    b->name = s->name;
    n->nbound++;
    LF_TRY(hand(n, s, s->kind == LF_PARENT_BOTH ? ".udp" : "", fd, e));
    if (tcp >= 0)
        LF_TRY(hand(n, s, ".tcp", tcp, e));
    return LF_OK;
}

/* Who owns what.  As root each worker has a uid of its own; where that uid could
 * not reach what it needs (a node kept below /root), the worker keeps uid 0 but
 * without any capability, and the log says so. */

struct reach {
    gid_t groups[GROUPS];
    size_t ngroups;
};

static bool may(const struct stat *st, uid_t uid, unsigned bits, struct reach *r)
{
    if (st->st_uid == uid)
        return (st->st_mode >> 6 & bits) == bits;
    if ((st->st_mode & bits) == bits)
        return true;
    if ((st->st_mode >> 3 & bits) != bits || st->st_gid == 0)
        return false;
    for (size_t i = 0; i < r->ngroups; i++) {
        if (r->groups[i] == st->st_gid)
            return true;
    }
    if (r->ngroups == GROUPS)
        return false;
    r->groups[r->ngroups++] = st->st_gid;
    return true;
}

static bool reachable(const char *path, uid_t uid, struct reach *r)
{
    char part[4096];
    struct stat st;

    for (size_t i = 1; path[i]; i++) {
        if (path[i] != '/' || i >= sizeof part)
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (stat(part, &st) == 0 && !may(&st, uid, 1, r))
            return false;
    }
    if (stat(path, &st) != 0)
        return true; /* absent: nothing to reach */
    return may(&st, uid, S_ISDIR(st.st_mode) ? 5 : 4, r);
}

static bool is_tree_of_other(const struct node *n, const char *path, const struct lf_parent_path *mine)
{
    for (size_t i = 0; i < n->o->npaths; i++) {
        const struct lf_parent_path *p = &n->o->paths[i];

        if (p != mine && (p->rights & LF_CAGE_WRITE) && p->worker != mine->worker &&
            strcmp(p->path, path) == 0)
            return true;
    }
    return false;
}

/* Gives a tree to `uid`, but only what root or one of our workers owned: a link
 * somebody planted, or a stranger's file, is left alone. */
static void give(const struct node *n, const struct lf_parent_path *mine, const char *path, uid_t base,
                 uid_t uid, unsigned depth)
{
    struct stat st;
    struct dirent *entry;
    DIR *dir;

    if (lstat(path, &st) != 0 || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) || depth == 0 ||
        is_tree_of_other(n, path, mine))
        return;
    if (st.st_uid != uid && (st.st_uid == 0 || (st.st_uid > base && st.st_uid < base + LF_WORKER_COUNT)) &&
        lchown(path, uid, uid) != 0)
        lf_log(n->log, LF_LOG_WARN, "LF1020", "path=\"%s\" uid=%u why=\"%s\"", path, (unsigned)uid,
               strerror(errno));
    if (!S_ISDIR(st.st_mode) || !(dir = opendir(path)))
        return;
    while ((entry = readdir(dir))) {
        char inner[4096];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) < (int)sizeof inner)
            give(n, mine, inner, base, uid, depth - 1);
    }
    closedir(dir);
}

static void settle_owner(struct node *n, enum lf_worker_id id, struct lf_spawn *s)
{
    const struct lf_parent_options *o = n->o;
    /* The search worker reads the intake's files, which nobody else may: the same uid,
     * another cage (seccomp keeps them from each other). */
    uid_t base = o->uid_base ? o->uid_base : UID_BASE,
          uid = base + (uid_t)(id == LF_WORKER_SEARCH ? LF_WORKER_INTAKE : id);
    const struct lf_parent_path *blocked = NULL;
    struct reach r = { .ngroups = 0 };
    struct stat st;

    if (geteuid() != 0)
        return;
    if (o->keep_uid)
        uid = 0;
    else if (o->data && stat(o->data, &st) == 0 && st.st_uid == 0 && (st.st_mode & 07777) == 0700 &&
             chmod(o->data, 0711) != 0)
        lf_log(n->log, LF_LOG_WARN, "LF1020", "path=\"%s\" why=\"%s\"", o->data, strerror(errno));
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < o->npaths; i++) {
            if (o->paths[i].worker == id && (o->paths[i].rights & LF_CAGE_WRITE))
                give(n, &o->paths[i], o->paths[i].path, base, uid, TREE_DEPTH);
        }
        for (size_t i = 0; uid && i < o->npaths && !blocked; i++) {
            if (o->paths[i].worker == id && !reachable(o->paths[i].path, uid, &r))
                blocked = &o->paths[i];
        }
        if (!blocked || !uid)
            break;
        lf_log(n->log, LF_LOG_WARN, "LF1021",
               "worker=%s uid=0 path=\"%s\" why=\"uid %u cannot reach it; keeps uid 0 without capabilities\"",
               lf_worker_name(id), blocked->path, (unsigned)uid);
        uid = 0; /* and give the trees back to it */
    }
    s->uid = uid;
    s->gid = uid;
    s->ngroups = uid ? r.ngroups : 0;
    memcpy(s->groups, r.groups, sizeof s->groups);
}

/* Talking to children. */

static void kill_child(struct child *c)
{
    if (alive(c) && c->pid > 0)
        kill(c->pid, SIGKILL);
}

static void say(struct child *c, enum lf_msg type, lf_view payload, int fd)
{
    struct lf_err e;
    enum lf_code rc = !c->control ? LF_AWAY
                      : fd < 0    ? lf_channel_send(c->control, type, payload, &e)
                                  : lf_channel_send_fd(c->control, type, payload, fd, &e);

    /* One that no longer reads what its parent says is of no use. */
    if (rc != LF_OK && rc != LF_AWAY) {
        lf_log_err(c->node->log, LF_LOG_ERROR, "LF1022", &e);
        kill_child(c);
    }
}

static void stop_node(struct node *n);
static void child_died(struct child *c);

static void all_ready(struct node *n)
{
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        if (runs(n, (enum lf_worker_id)i) && n->children[i].state != READY)
            return;
    }
    if (n->was_ready || n->stopping)
        return;
    n->was_ready = true;
    lf_log(n->log, LF_LOG_INFO, "LF1023", "node=ready ms=%d",
           (int)((lf_loop_tick(n->loop) - n->began) / LF_MSEC));
    if (n->o->on_ready)
        n->o->on_ready(n->o->ctx, n->bound, n->nbound);
}

static bool control_accept(void *ctx, unsigned type, size_t size)
{
    struct child *c = ctx;

    return lf_messages_ok(c->id, LF_WORKER_PARENT, type, size);
}

static void control_frame(void *ctx, unsigned type, lf_view payload, int fd)
{
    struct child *c = ctx;
    struct node *n = c->node;
    unsigned other;

    if (fd >= 0)
        close(fd); /* nobody hands the parent anything */
    switch ((enum lf_msg)type) {
    case LF_MSG_READY:
        if (c->state == STARTING)
            c->state = READY;
        all_ready(n);
        break;
    case LF_MSG_FAILED:
        snprintf(c->why, sizeof c->why, "%.*s", (int)(payload.len < 290 ? payload.len : 290), payload.ptr);
        break;
    case LF_MSG_OFFENCE:
        /* Worker ids are in the order of trust: of the two, the one more exposed
         * is started anew, so that no exposed worker can talk the core down. */
        other = (uint8_t)payload.ptr[0];
        if (other > LF_WORKER_PARENT && other < LF_WORKER_COUNT &&
            lf_messages_neighbours(c->id, (enum lf_worker_id)other)) {
            struct child *worse = other > c->id ? &n->children[other] : c;

            lf_log(n->log, LF_LOG_ERROR, "LF1024", "told_by=%s about=%s restarts=%s", lf_worker_name(c->id),
                   lf_worker_name((enum lf_worker_id)other), lf_worker_name(worse->id));
            kill_child(worse);
        }
        break;
    case LF_MSG_STOP_NODE:
        stop_node(n);
        break;
    default:
        break;
    }
}

static void control_closed(void *ctx, const char *why)
{
    struct child *c = ctx;

    (void)why;
    lf_channel_destroy(c->control);
    c->control = NULL;
    /* Closed by one that lives: it broke the rules, or is ending by itself. */
    if (c->pid == 0)
        child_died(c);
    else if (c->state != STOPPING)
        kill_child(c);
}

/* Starting. */

static void join(struct child *a, struct child *b)
{
    struct lf_err e;
    int ends[2];

    if (lf_channel_pair(ends, &e) != LF_OK) {
        lf_log_err(a->node->log, LF_LOG_ERROR, "LF1025", &e);
        return;
    }
    say(a, LF_MSG_CHANNEL, (lf_view){ (char[]){ (char)b->id }, 1 }, ends[0]);
    say(b, LF_MSG_CHANNEL, (lf_view){ (char[]){ (char)a->id }, 1 }, ends[1]);
    close(ends[0]);
    close(ends[1]);
}

static void hand_over(struct child *c)
{
    struct node *n = c->node;
    const struct lf_parent_options *o = n->o;
    struct lf_boot boot = { .least = n->log ? n->log->least : LF_LOG_INFO,
                            .connect = c->id == LF_WORKER_CORE && o->core_connects,
                            .settings = n->boot[c->id] };
    struct lf_buf b;

    for (size_t i = 0; i < o->npaths && boot.npaths < LF_BOOT_PATHS; i++) {
        if (o->paths[i].worker == c->id)
            boot.paths[boot.npaths++] = (struct lf_cage_path){ o->paths[i].path, o->paths[i].rights };
    }
    lf_buf_init(&b, LF_BOOT_MAX + (256 << 10));
    lf_boot_pack(&b, &boot);
    say(c, LF_MSG_BOOT, lf_buf_view(&b), -1);
    for (size_t i = 0; i < o->nkeys; i++) {
        lf_view name = lf_view_of(o->keys[i].name);

        if (o->keys[i].worker != c->id)
            continue;
        lf_buf_reset(&b);
        lf_buf_byte(&b, (char)name.len);
        lf_buf_put(&b, name);
        lf_buf_put(&b, o->keys[i].secret);
        say(c, LF_MSG_KEY, lf_buf_view(&b), -1);
    }
    lf_buf_clear(&b);
    for (size_t i = 0; i < n->nhanded; i++) {
        if (n->handed[i].of->worker == c->id)
            say(c, LF_MSG_SOCKET, lf_view_of(n->handed[i].name), n->handed[i].fd);
    }
    if (o->stdin_to_intake && c->id == LF_WORKER_INTAKE)
        say(c, LF_MSG_SOCKET, LF_V("stdin"), 0);
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        struct child *other = &n->children[i];

        if (lf_messages_neighbours(c->id, (enum lf_worker_id)i) &&
            (other->state == STARTING || other->state == READY))
            join(c, other);
    }
    say(c, LF_MSG_START, (lf_view){ NULL, 0 }, -1);
}

static enum lf_code start_child(struct child *c, struct lf_err *e)
{
    struct node *n = c->node;
    struct lf_channel_hooks hooks = {
        .accept = control_accept, .frame = control_frame, .closed = control_closed, .ctx = c
    };
    struct lf_spawn s = { .name = lf_worker_name(c->id) };
    int ends[2];
    enum lf_code rc;

    settle_owner(n, c->id, &s);
    LF_TRY(lf_channel_pair(ends, e));
    s.control = ends[1];
    rc = lf_spawn(&s, &c->pid, e);
    close(ends[1]);
    if (rc != LF_OK) {
        close(ends[0]);
        return rc;
    }
    c->state = STARTING;
    c->began = lf_loop_tick(n->loop);
    c->status = 0;
    c->why[0] = 0;
    rc = lf_channel_create(n->loop, ends[0], true, &hooks, &c->control, e);
    if (rc != LF_OK) {
        kill_child(c);
        return rc;
    }
    hand_over(c);
    return LF_OK;
}

static void start_again(void *ctx)
{
    struct child *c = ctx;
    struct lf_err e;

    c->restarts++;
    c->state = NONE;
    if (start_child(c, &e) != LF_OK) {
        lf_log_err(c->node->log, LF_LOG_ERROR, "LF1026", &e);
        if (c->state == NONE) {
            c->state = WAITING;
            lf_timer_in(c->node->loop, &c->again, backoff_last);
        }
    }
}

/* Ending. */

static void fail_node(struct node *n, const char *worker, const char *why)
{
    if (n->failed == LF_OK)
        n->failed = lf_err_set(&n->why, LF_AWAY, "worker %s: %s", worker, why);
    stop_node(n);
}

static void over_limit(void *ctx)
{
    struct node *n = ctx;

    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        if (n->children[i].state != STOPPING)
            continue;
        lf_log(n->log, LF_LOG_WARN, "LF1027", "worker=%s why=\"did not stop in time; killed\"",
               lf_worker_name((enum lf_worker_id)i));
        kill_child(&n->children[i]);
    }
}

/* The core is told last: what the others send while they stop is still kept. */
static void stop_some(struct node *n)
{
    bool left = false;

    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        struct child *c = &n->children[i];

        if (c->state == WAITING) {
            lf_timer_stop(n->loop, &c->again);
            c->state = NONE;
        }
        if ((i != LF_WORKER_CORE || n->core_too) && (c->state == STARTING || c->state == READY)) {
            c->state = STOPPING;
            say(c, LF_MSG_STOP, (lf_view){ NULL, 0 }, -1);
        }
        left |= i != LF_WORKER_CORE && c->state != NONE;
    }
    if (!left && !n->core_too) {
        n->core_too = true;
        stop_some(n);
        return;
    }
    if (!left && n->children[LF_WORKER_CORE].state == NONE)
        lf_loop_stop(n->loop);
}

static void stop_node(struct node *n)
{
    if (n->stopping)
        return;
    n->stopping = true;
    lf_log(n->log, LF_LOG_INFO, "LF1028", "node=stopping");
    lf_timer_in(n->loop, &n->limit, n->o->stop_limit ? n->o->stop_limit : 10 * LF_SECOND);
    stop_some(n);
}

static void child_died(struct child *c)
{
    struct node *n = c->node;
    bool was_stopping = c->state == STOPPING || n->stopping;
    char how[400];

    if (WIFSIGNALED(c->status))
        snprintf(how, sizeof how, "ended by signal %d (%s)", WTERMSIG(c->status),
                 strsignal(WTERMSIG(c->status)));
    else if (c->why[0])
        snprintf(how, sizeof how, "%s", c->why);
    else
        snprintf(how, sizeof how, "ended with status %d", WEXITSTATUS(c->status));
    c->state = NONE;
    if (was_stopping) {
        stop_some(n);
        return;
    }
    if (!n->was_ready) {
        fail_node(n, lf_worker_name(c->id), how);
        return;
    }
    c->backoff = lf_loop_tick(n->loop) - c->began > steady || !c->backoff ? backoff_first : 2 * c->backoff;
    if (c->backoff > backoff_last)
        c->backoff = backoff_last;
    lf_log(n->log, LF_LOG_ERROR, "LF1029", "worker=%s restarts=%llu again_ms=%d how=\"%s\"",
           lf_worker_name(c->id), (unsigned long long)c->restarts + 1, (int)(c->backoff / LF_MSEC), how);
    c->state = WAITING;
    lf_timer_in(n->loop, &c->again, c->backoff);
}

static void reap(struct node *n)
{
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        struct child *c = &n->children[i];

        if (!alive(c) || c->pid == 0 || waitpid(c->pid, &c->status, WNOHANG) != c->pid)
            continue;
        c->pid = 0;
        /* Its last words may still wait in the channel: dead is one whose channel
         * was read to its end. */
        if (!c->control)
            child_died(c);
    }
}

static void reload(struct node *n)
{
    lf_view boot[LF_WORKER_COUNT] = { { NULL, 0 } };
    struct lf_err e;

    if (n->o->reload && n->o->reload(n->o->ctx, boot, &e) != LF_OK) {
        lf_log_err(n->log, LF_LOG_ERROR, "LF1030", &e);
        return;
    }
    lf_log(n->log, LF_LOG_INFO, "LF1031", "node=reloading");
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        if (boot[i].ptr)
            n->boot[i] = boot[i];
        if (n->children[i].state == STARTING || n->children[i].state == READY)
            say(&n->children[i], LF_MSG_RELOAD, boot[i], -1);
    }
}

static void got_signal(void *ctx, int signal)
{
    struct node *n = ctx;

    if (signal == SIGCHLD)
        reap(n);
    else if (signal == SIGHUP)
        reload(n);
    else
        stop_node(n);
}

static void input_readable(void *ctx)
{
    struct node *n = ctx;
    char skip[512];
    ssize_t got = read(0, skip, sizeof skip);

    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    lf_watch_stop(&n->input);
    stop_node(n);
}

/* The core alone shows node health: how often its neighbours were started again
 * is known here only. */
static void tell_health(void *ctx)
{
    struct node *n = ctx;
    struct lf_json_w json;
    struct lf_buf b;

    lf_timer_in(n->loop, &n->health, LF_SECOND);
    if (n->children[LF_WORKER_CORE].state != READY)
        return;
    lf_buf_init(&b, 16 << 10);
    json = lf_json_w(&b);
    lf_json_open(&json, '{');
    lf_json_put_cstr(&json, "worker", "parent");
    lf_json_put_int(&json, "pid", getpid());
    lf_json_put_int(&json, "up_s", (lf_loop_tick(n->loop) - n->began) / LF_SECOND);
    lf_json_begin(&json, "restarts", '{');
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        if (runs(n, (enum lf_worker_id)i))
            lf_json_put_int(&json, lf_worker_name((enum lf_worker_id)i), (int64_t)n->children[i].restarts);
    }
    lf_json_close(&json);
    lf_json_close(&json);
    say(&n->children[LF_WORKER_CORE], LF_MSG_HEALTH, lf_buf_view(&b), -1);
    lf_buf_clear(&b);
}

static enum lf_code watch_input(struct node *n, struct lf_err *e)
{
    if (!n->o->stop_when_stdin_closes)
        return LF_OK;
    n->input = (struct lf_watch){ .fd = 0, .readable = input_readable, .ctx = n };
    if (lf_watch_set(n->loop, &n->input, true, false, e) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT,
                          "standard input is no pipe or terminal, so its end cannot be waited for: "
                          "start with a pipe as standard input");
    return LF_OK;
}

static enum lf_code run(struct node *n, struct lf_err *e)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
    const struct lf_parent_options *o = n->o;

    LF_TRY(lf_loop_create(&n->loop, e));
    LF_TRY(lf_loop_signals(n->loop, signals, sizeof signals / sizeof *signals, got_signal, n, e));
    n->began = lf_loop_tick(n->loop);
    for (size_t i = 0; i < o->nsockets; i++) {
        if (runs(n, o->sockets[i].worker))
            LF_TRY(open_socket(n, &o->sockets[i], e));
    }
    if (o->settings)
        LF_TRY(o->settings(o->ctx, n->bound, n->nbound, n->boot, e));
    LF_TRY(watch_input(n, e));
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        struct child *c = &n->children[i];

        c->node = n;
        c->id = (enum lf_worker_id)i;
        c->again = (struct lf_timer){ .fire = start_again, .ctx = c };
    }
    n->limit = (struct lf_timer){ .fire = over_limit, .ctx = n };
    n->health = (struct lf_timer){ .fire = tell_health, .ctx = n };
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        if (runs(n, (enum lf_worker_id)i))
            LF_TRY(start_child(&n->children[i], e));
    }
    lf_timer_in(n->loop, &n->health, LF_SECOND);
    LF_TRY(lf_loop_run(n->loop, e));
    if (n->failed != LF_OK) {
        if (e)
            *e = n->why;
        return n->failed;
    }
    return LF_OK;
}

enum lf_code lf_parent_run(const struct lf_parent_options *o, struct lf_err *e)
{
    struct node *n = calloc(1, sizeof *n);
    enum lf_code rc;

    LF_ASSERT(n);
    n->o = o;
    n->log = o->log;
    rc = run(n, e);
    /* Whatever went wrong: nothing is left running. */
    for (unsigned i = 1; i < LF_WORKER_COUNT; i++) {
        if (alive(&n->children[i]) && n->children[i].pid > 0) {
            kill_child(&n->children[i]);
            waitpid(n->children[i].pid, NULL, 0);
        }
        lf_channel_destroy(n->children[i].control);
    }
    for (size_t i = 0; i < n->nhanded; i++) {
        char path[LF_ADDR_TEXT];

        close(n->handed[i].fd);
        if (lf_view_starts(n->handed[i].of->address, LF_V("unix:")) &&
            snprintf(path, sizeof path, "%.*s", LF_FMT(lf_view_from(n->handed[i].of->address, 5))) > 0)
            unlink(path);
    }
    if (n->loop) {
        lf_watch_stop(&n->input);
        lf_loop_destroy(n->loop);
    }
    free(n);
    return rc;
}
