/* A disk in memory that loses its power and runs full: the simulated form of
 * sys/disk.h, for tests.
 *
 * What was not synced may be there after a crash or not: of a file's new bytes any
 * length, each 512-byte sector of them as written or zero; of a directory's changes
 * any selection.  Everything answers LF_IO from the crash on until lf_disk_sim_revive();
 * files open before stay dead. */
#ifndef LF_DISK_SIM_H
#define LF_DISK_SIM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/disk.h"

enum { SIM_FILES = 400, SIM_OPS = 4000, SIM_NAME = 200 };

struct sim_node {
    char *now, *durable;
    size_t len, durable_len;
};
struct sim_name {
    char name[SIM_NAME]; /* empty: free */
    int node;
};
struct sim_op {
    enum { SIM_MAKE, SIM_RENAME, SIM_REMOVE } kind;
    char from[SIM_NAME], to[SIM_NAME];
    int node;
};
struct lf_disk_sim {
    struct lf_disk disk;
    uint64_t seed;
    struct sim_node node[SIM_FILES * 50];
    int nodes;
    struct sim_name now[SIM_FILES], durable[SIM_FILES];
    struct sim_op op[SIM_OPS];
    int ops;
    struct {
        int node; /* -1: closed */
        unsigned life;
    } file[SIM_FILES * 50];
    int files;
    unsigned life;
    uint64_t crash_at, done, limit;
    bool crashed;
};

static inline uint64_t sim_draw(struct lf_disk_sim *d, uint64_t n)
{
    d->seed += 0x9e3779b97f4a7c15u;
    uint64_t x = d->seed;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return n ? (x ^ x >> 31) % n : 0;
}

static inline struct sim_name *sim_find(struct sim_name *list, const char *name)
{
    for (int i = 0; i < SIM_FILES; i++)
        if (list[i].name[0] && strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

static inline void sim_put(struct sim_name *list, const char *name, int node)
{
    struct sim_name *n = sim_find(list, name);

    for (int i = 0; !n && i < SIM_FILES; i++)
        if (!list[i].name[0])
            n = &list[i];
    LF_ASSERT(n);
    snprintf(n->name, sizeof n->name, "%s", name);
    n->node = node;
}

static inline void sim_apply(struct sim_name *list, const struct sim_op *o)
{
    struct sim_name *n;

    if (o->kind != SIM_MAKE && (n = sim_find(list, o->from)) != NULL)
        n->name[0] = 0;
    if (o->kind != SIM_REMOVE)
        sim_put(list, o->to, o->node);
}

/* Power goes now. */
static inline void lf_disk_sim_crash(struct lf_disk_sim *d)
{
    for (int i = 0; i < d->ops; i++)
        if (sim_draw(d, 2))
            sim_apply(d->durable, &d->op[i]);
    d->ops = 0;
    memcpy(d->now, d->durable, sizeof d->now);
    for (int i = 0; i < d->nodes; i++) {
        struct sim_node *n = &d->node[i];
        bool grew = n->len >= n->durable_len &&
                    (!n->durable_len || memcmp(n->now, n->durable, n->durable_len) == 0);

        if (grew && n->len > n->durable_len) {
            n->len = n->durable_len + (size_t)sim_draw(d, n->len - n->durable_len + 1);
            for (size_t at = n->durable_len; at < n->len;) {
                size_t end = (at / 512 + 1) * 512;
                if (end > n->len)
                    end = n->len;
                if (!sim_draw(d, 4))
                    memset(n->now + at, 0, end - at);
                at = end;
            }
        } else if (!grew && sim_draw(d, 2)) { /* it was cut: that may be lost */
            n->now = realloc(n->now, n->durable_len + 1);
            if (n->durable_len)
                memcpy(n->now, n->durable, n->durable_len);
            n->len = n->durable_len;
        }
        n->durable = realloc(n->durable, n->len + 1);
        if (n->len)
            memcpy(n->durable, n->now, n->len);
        n->durable_len = n->len;
    }
    d->crashed = true;
    d->life++;
}

static inline void lf_disk_sim_revive(struct lf_disk_sim *d)
{
    d->crashed = false;
    d->crash_at = 0;
}

/* True: this change is the one at which power goes. */
static inline bool sim_change(struct lf_disk_sim *d)
{
    d->done++;
    return d->crash_at && --d->crash_at == 0;
}

#define SIM_ALIVE(d, e)                                                                                      \
    if ((d)->crashed)                                                                                        \
    return lf_err_set(e, LF_IO, "no power")

static inline enum lf_code sim_log(struct lf_disk_sim *d, struct sim_op o, struct lf_err *e)
{
    bool now = sim_change(d);

    LF_ASSERT(d->ops < SIM_OPS);
    d->op[d->ops++] = o;
    sim_apply(d->now, &o);
    if (now) {
        lf_disk_sim_crash(d);
        return lf_err_set(e, LF_IO, "power went");
    }
    return LF_OK;
}

static inline enum lf_code sim_list(void *ctx, const char *dir,
                                    void (*each)(void *to, lf_view name, uint64_t size), void *to,
                                    struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    size_t n = strlen(dir);

    SIM_ALIVE(d, e);
    for (int i = 0; i < SIM_FILES; i++)
        if (strncmp(d->now[i].name, dir, n) == 0 && d->now[i].name[n] == '/')
            each(to, lf_view_of(d->now[i].name + n + 1), d->node[d->now[i].node].len);
    return LF_OK;
}

static inline enum lf_code sim_make_dir(void *ctx, const char *dir, struct lf_err *e)
{
    (void)dir;
    SIM_ALIVE((struct lf_disk_sim *)ctx, e);
    return LF_OK;
}

static inline enum lf_code sim_open(void *ctx, const char *path, enum lf_disk_mode mode, int *file,
                                    struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    struct sim_name *n = sim_find(d->now, path);
    int node, slot = 0;

    SIM_ALIVE(d, e);
    if (mode == LF_DISK_NEW) {
        struct sim_op o = { .kind = SIM_MAKE };

        if (n)
            return lf_err_set(e, LF_IO, "%s is there", path);
        LF_ASSERT(d->nodes < SIM_FILES * 50);
        node = d->nodes++;
        d->node[node] = (struct sim_node){ 0 };
        snprintf(o.to, sizeof o.to, "%s", path);
        o.node = node;
        LF_TRY(sim_log(d, o, e));
    } else {
        if (!n)
            return lf_err_set(e, LF_NOT_FOUND, "%s is not there", path);
        node = n->node;
    }
    while (slot < d->files && d->file[slot].node >= 0)
        slot++;
    LF_ASSERT(slot < SIM_FILES * 50);
    if (slot == d->files)
        d->files++;
    d->file[slot].node = node;
    d->file[slot].life = d->life;
    *file = slot;
    return LF_OK;
}

static inline void sim_close(void *ctx, int file)
{
    ((struct lf_disk_sim *)ctx)->file[file].node = -1;
}

static inline struct sim_node *sim_node_of(struct lf_disk_sim *d, int file)
{
    if (d->crashed || d->file[file].life != d->life || d->file[file].node < 0)
        return NULL;
    return &d->node[d->file[file].node];
}

static inline enum lf_code sim_size(void *ctx, int file, uint64_t *out, struct lf_err *e)
{
    struct sim_node *n = sim_node_of(ctx, file);

    if (!n)
        return lf_err_set(e, LF_IO, "no power");
    *out = n->len;
    return LF_OK;
}

static inline bool sim_read(void *ctx, int file, char *to, size_t k, uint64_t at)
{
    struct sim_node *n = sim_node_of(ctx, file);

    if (!n || at > n->len || n->len - at < k)
        return false;
    if (k)
        memcpy(to, n->now + at, k);
    return true;
}

static inline uint64_t lf_disk_sim_used(const struct lf_disk_sim *d)
{
    uint64_t sum = 0;

    for (int i = 0; i < SIM_FILES; i++)
        if (d->now[i].name[0])
            sum += d->node[d->now[i].node].len;
    return sum;
}

static inline enum lf_code sim_append(void *ctx, int file, lf_view v, struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    struct sim_node *n = sim_node_of(d, file);
    bool now, full = false;

    if (!n)
        return lf_err_set(e, LF_IO, "no power");
    now = sim_change(d);
    if (d->limit && lf_disk_sim_used(d) + v.len > d->limit) {
        full = true;
        v.len = (size_t)sim_draw(d, v.len); /* some of it fits */
    }
    n->now = realloc(n->now, n->len + v.len + 1);
    if (v.len)
        memcpy(n->now + n->len, v.ptr, v.len);
    n->len += v.len;
    if (now) {
        lf_disk_sim_crash(d);
        return lf_err_set(e, LF_IO, "power went");
    }
    return full ? lf_err_set(e, LF_FULL, "no room") : LF_OK;
}

static inline enum lf_code sim_cut(void *ctx, int file, uint64_t size, struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    struct sim_node *n = sim_node_of(d, file);

    if (!n)
        return lf_err_set(e, LF_IO, "no power");
    LF_ASSERT(size <= n->len);
    n->len = (size_t)size;
    if (sim_change(d)) {
        lf_disk_sim_crash(d);
        return lf_err_set(e, LF_IO, "power went");
    }
    return LF_OK;
}

static inline enum lf_code sim_sync(void *ctx, int file, struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    struct sim_node *n = sim_node_of(d, file);

    if (!n)
        return lf_err_set(e, LF_IO, "no power");
    if (sim_change(d)) {
        lf_disk_sim_crash(d);
        return lf_err_set(e, LF_IO, "power went");
    }
    n->durable = realloc(n->durable, n->len + 1);
    if (n->len)
        memcpy(n->durable, n->now, n->len);
    n->durable_len = n->len;
    return LF_OK;
}

static inline void sim_hint(void *ctx, int file, uint64_t from, uint64_t n)
{
    (void)ctx;
    (void)file;
    (void)from;
    (void)n;
}

static inline enum lf_code sim_rename(void *ctx, const char *from, const char *to, struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    struct sim_name *n = sim_find(d->now, from);
    struct sim_op o = { .kind = SIM_RENAME };

    SIM_ALIVE(d, e);
    if (!n)
        return lf_err_set(e, LF_NOT_FOUND, "%s is not there", from);
    snprintf(o.from, sizeof o.from, "%s", from);
    snprintf(o.to, sizeof o.to, "%s", to);
    o.node = n->node;
    return sim_log(d, o, e);
}

static inline enum lf_code sim_remove(void *ctx, const char *path, struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;
    struct sim_name *n = sim_find(d->now, path);
    struct sim_op o = { .kind = SIM_REMOVE };

    SIM_ALIVE(d, e);
    if (!n)
        return lf_err_set(e, LF_NOT_FOUND, "%s is not there", path);
    snprintf(o.from, sizeof o.from, "%s", path);
    return sim_log(d, o, e);
}

static inline enum lf_code sim_sync_dir(void *ctx, const char *dir, struct lf_err *e)
{
    struct lf_disk_sim *d = ctx;

    (void)dir;
    SIM_ALIVE(d, e);
    if (sim_change(d)) {
        lf_disk_sim_crash(d);
        return lf_err_set(e, LF_IO, "power went");
    }
    memcpy(d->durable, d->now, sizeof d->durable);
    d->ops = 0;
    return LF_OK;
}

static inline struct lf_disk_sim *lf_disk_sim_create(uint64_t seed)
{
    struct lf_disk_sim *d = calloc(1, sizeof *d);

    if (!d)
        LF_BUG("out of memory for a disk");
    d->seed = seed;
    d->disk = (struct lf_disk){ .ctx = d,
                                .list = sim_list,
                                .make_dir = sim_make_dir,
                                .open = sim_open,
                                .close = sim_close,
                                .size = sim_size,
                                .read = sim_read,
                                .append = sim_append,
                                .cut = sim_cut,
                                .sync = sim_sync,
                                .hint = sim_hint,
                                .rename = sim_rename,
                                .remove = sim_remove,
                                .sync_dir = sim_sync_dir };
    return d;
}

static inline void lf_disk_sim_destroy(struct lf_disk_sim *d)
{
    for (int i = 0; i < d->nodes; i++) {
        free(d->node[i].now);
        free(d->node[i].durable);
    }
    free(d);
}

#endif
