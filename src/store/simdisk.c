#include "store/simdisk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "sys/sim.h"

enum {
    SECTOR = 512,     /* what is written whole, lost or torn */
    CHUNK = 16 << 10, /* what is allocated at once; a multiple of SECTOR */
    NAME_MAX_LEN = 255,
    SPARE_UNDO = 1 << 20, /* bytes of undo memory kept over a sync */
};
static const int64_t file_max = (int64_t)1 << 30;

/* What a piece of one sector was before an unsynced write. */
struct undo {
    int64_t off, size; /* the file's size before that write */
    size_t at;         /* its old bytes in undo_bytes */
    uint32_t len;      /* 0: only the size changed */
};

enum place { HERE, GHOST, GONE };

/*          xDelete               directory synced, name taken again,
 *   HERE ──────────────> GHOST ──────────────────────────────────────> GONE
 *    ^                     │        or a crash that kept the deletion     (freed at its
 *    └──── crash ──────────┘                                               last close)  */
struct file {
    struct file *next;
    char name[NAME_MAX_LEN + 1]; /* "": a temporary file, never found by name */
    enum place place;
    bool synced;        /* the name has reached the disk */
    unsigned open;      /* handles */
    uint64_t main_life; /* the life in which it was opened as a main database; 0: it is not */
    int64_t size;
    char **chunks; /* NULL: zeros; every byte past size is zero */
    size_t nchunks;
    struct undo *undo;
    size_t nundo, undo_cap;
    char *undo_bytes;
    size_t undo_len, undo_bytes_cap;
};

struct lf_simdisk {
    sqlite3_vfs vfs;
    char vfs_name[48];
    const struct lf_env *env;
    struct lf_sim *chance;
    struct file *files;
    uint64_t used, limit, operations;
    uint64_t strike; /* operations left until the crash; 0 = none is planned */
    uint64_t life;   /* from 1; one more after each crash: older handles are dead */
    bool crashed;
};

struct handle {
    sqlite3_file base;
    struct lf_simdisk *d;
    struct file *f;
    uint64_t life;
    bool main, temporary;
    bool sync_dir; /* its first sync syncs the directory too, as the Unix VFS does for journals */
};

static const char vfs_prefix[] = "lf-simdisk-";

static void *grown(void *p, size_t *cap, size_t need, size_t each)
{
    size_t n = *cap ? *cap : 64;

    if (need <= *cap)
        return p;
    while (n < need)
        n *= 2;
    p = realloc(p, lf_arena_mul(n, each));
    if (!p)
        LF_BUG("out of memory for the simulated disk");
    *cap = n;
    return p;
}

/* Files */

static void set_size(struct lf_simdisk *d, struct file *f, int64_t size)
{
    d->used += (uint64_t)size - (uint64_t)f->size; /* unsigned: wraps back when it shrinks */
    f->size = size;
}

/* The chunk that holds `off`, made when it is not there yet. */
static char *chunk_of(struct file *f, int64_t off)
{
    size_t i = (size_t)off / CHUNK;

    if (i >= f->nchunks) {
        size_t had = f->nchunks;

        f->chunks = grown(f->chunks, &f->nchunks, i + 1, sizeof *f->chunks);
        memset(f->chunks + had, 0, (f->nchunks - had) * sizeof *f->chunks);
    }
    if (!f->chunks[i]) {
        f->chunks[i] = calloc(1, CHUNK);
        if (!f->chunks[i])
            LF_BUG("out of memory for the simulated disk");
    }
    return f->chunks[i];
}

static void copy_out(const struct file *f, int64_t off, char *to, size_t n)
{
    while (n) {
        size_t i = (size_t)off / CHUNK, in = (size_t)off % CHUNK, k = n < CHUNK - in ? n : CHUNK - in;

        if (i < f->nchunks && f->chunks[i])
            memcpy(to, f->chunks[i] + in, k);
        else
            memset(to, 0, k);
        off += (int64_t)k;
        to += k;
        n -= k;
    }
}

static void copy_in(struct file *f, int64_t off, const char *from, size_t n)
{
    while (n) {
        size_t in = (size_t)off % CHUNK, k = n < CHUNK - in ? n : CHUNK - in;

        memcpy(chunk_of(f, off) + in, from, k);
        off += (int64_t)k;
        from += k;
        n -= k;
    }
}

/* Zeros from `size` on, giving whole chunks back. */
static void clear_past(struct file *f, int64_t size)
{
    size_t i = (size_t)size / CHUNK, in = (size_t)size % CHUNK;

    if (in && i < f->nchunks && f->chunks[i])
        memset(f->chunks[i] + in, 0, CHUNK - in);
    for (i += in != 0; i < f->nchunks; i++) {
        free(f->chunks[i]);
        f->chunks[i] = NULL;
    }
}

static struct undo *undo_add(struct file *f, int64_t off, size_t len)
{
    struct undo *u;

    f->undo = grown(f->undo, &f->undo_cap, f->nundo + 1, sizeof *f->undo);
    f->undo_bytes = grown(f->undo_bytes, &f->undo_bytes_cap, f->undo_len + len, 1);
    u = &f->undo[f->nundo++];
    *u = (struct undo){ .off = off, .size = f->size, .at = f->undo_len, .len = (uint32_t)len };
    copy_out(f, off, f->undo_bytes + u->at, len);
    f->undo_len += len;
    return u;
}

/* Keeps what [off, end) was, sector by sector. */
static void undo_note(struct file *f, int64_t off, int64_t end)
{
    if (off >= end)
        undo_add(f, off, 0);
    while (off < end) {
        int64_t next = off / SECTOR * SECTOR + SECTOR;

        undo_add(f, off, (size_t)((next < end ? next : end) - off));
        off = next;
    }
}

static void undo_forget(struct file *f)
{
    f->nundo = f->undo_len = 0;
    if (f->undo_bytes_cap > SPARE_UNDO) {
        free(f->undo_bytes);
        free(f->undo);
        f->undo_bytes = NULL;
        f->undo = NULL;
        f->undo_bytes_cap = f->undo_cap = 0;
    }
}

static void file_free(struct lf_simdisk *d, struct file *f)
{
    struct file **at = &d->files;

    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    set_size(d, f, 0);
    clear_past(f, 0);
    free(f->chunks);
    free(f->undo);
    free(f->undo_bytes);
    free(f);
}

static void file_gone(struct lf_simdisk *d, struct file *f)
{
    f->place = GONE;
    if (!f->open)
        file_free(d, f);
}

static void directory_synced(struct lf_simdisk *d)
{
    struct file *next;

    for (struct file *f = d->files; f; f = next) {
        next = f->next;
        if (f->place == GHOST)
            file_gone(d, f);
        else
            f->synced = true;
    }
}

static struct file *file_find(struct lf_simdisk *d, const char *name, enum place place)
{
    for (struct file *f = d->files; f; f = f->next)
        if (f->place == place && strcmp(f->name, name) == 0 && *name)
            return f;
    return NULL;
}

/* Crashes */

static void drop_unsynced(struct lf_simdisk *d, struct file *f)
{
    size_t cut, sectors = 0;
    uint64_t how;
    uint8_t *settled;
    int64_t size;

    if (!f->nundo)
        return;
    cut = lf_sim_below(d->chance, f->nundo + 1);
    how = lf_sim_below(d->chance, 4); /* 0: all is lost, 1: all was written, else sector by sector */
    size = how == 1 || cut == f->nundo ? f->size : f->undo[how == 0 ? 0 : cut].size;
    if (how == 0)
        size = f->undo[0].size;
    for (size_t i = 0; i < f->nundo; i++)
        if ((size_t)f->undo[i].off / SECTOR >= sectors)
            sectors = (size_t)f->undo[i].off / SECTOR + 1;
    settled = calloc(sectors, 1);
    if (!settled)
        LF_BUG("out of memory for the simulated disk");
    /* From the newest back: a sector goes through its states until one stays. */
    for (size_t i = f->nundo; how != 1 && i-- > 0;) {
        const struct undo *u = &f->undo[i];
        uint64_t fate = how == 0 ? 1 : lf_sim_below(d->chance, 3);
        size_t kept = 0;

        if (settled[(size_t)u->off / SECTOR] || !u->len)
            continue;
        settled[(size_t)u->off / SECTOR] = fate != 1;
        if (fate == 0)
            continue;
        if (fate == 2)
            kept = lf_sim_below(d->chance, u->len);
        copy_in(f, u->off + (int64_t)kept, f->undo_bytes + u->at + kept, u->len - kept);
    }
    free(settled);
    set_size(d, f, size);
    clear_past(f, size);
    undo_forget(f);
}

void lf_simdisk_crash(struct lf_simdisk *d)
{
    struct file *next;

    if (d->crashed)
        return;
    d->crashed = true;
    d->strike = 0;
    d->life++;
    for (struct file *f = d->files; f; f = next) {
        next = f->next;
        drop_unsynced(d, f);
        if (f->place == GHOST && f->synced && lf_sim_one_in(d->chance, 2))
            f->place = HERE;
        else if (f->place == GHOST || (f->place == HERE && !f->synced && lf_sim_one_in(d->chance, 2)))
            file_gone(d, f);
        else
            f->synced = true; /* what is found after a crash is on the disk */
    }
}

void lf_simdisk_crash_at(struct lf_simdisk *d, uint64_t n)
{
    d->strike = n;
}

bool lf_simdisk_crashed(const struct lf_simdisk *d)
{
    return d->crashed;
}

void lf_simdisk_revive(struct lf_simdisk *d)
{
    d->crashed = false;
}

/* Counts an operation; true when the power goes in its midst. */
static bool strikes(struct lf_simdisk *d)
{
    d->operations++;
    return d->strike && --d->strike == 0;
}

static bool dead(const struct handle *h)
{
    return h->d->crashed || h->life != h->d->life;
}

/* SQLite's file */

static struct handle *of(sqlite3_file *file)
{
    return (struct handle *)file;
}

static int file_close(sqlite3_file *file)
{
    struct handle *h = of(file);
    struct file *f = h->f;

    f->open--;
    if (h->main && f->main_life == h->life)
        f->main_life = 0;
    if (h->temporary)
        f->place = GONE;
    if (f->place == GONE && !f->open)
        file_free(h->d, f);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *out, int n, sqlite3_int64 off)
{
    struct handle *h = of(file);

    if (dead(h))
        return SQLITE_IOERR_READ;
    copy_out(h->f, off, out, (size_t)n); /* zeros past the end, as SQLite wants them */
    return off + n > h->f->size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 off)
{
    struct handle *h = of(file);
    struct lf_simdisk *d = h->d;
    struct file *f = h->f;
    int64_t end = off + n;
    bool strike, fits;

    if (dead(h))
        return SQLITE_IOERR_WRITE;
    strike = strikes(d);
    fits = end <= f->size ||
           (end <= file_max && (!d->limit || d->used + (uint64_t)(end - f->size) <= d->limit));
    if (fits) {
        undo_note(f, off, end);
        copy_in(f, off, from, (size_t)n);
        if (end > f->size)
            set_size(d, f, end);
    }
    if (strike) {
        lf_simdisk_crash(d);
        return SQLITE_IOERR_WRITE;
    }
    return fits ? SQLITE_OK : SQLITE_FULL;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct handle *h = of(file);
    struct lf_simdisk *d = h->d;
    bool strike;

    if (dead(h))
        return SQLITE_IOERR_TRUNCATE;
    strike = strikes(d);
    if (size < h->f->size) { /* SQLite never grows a file by truncation */
        undo_note(h->f, size, h->f->size);
        clear_past(h->f, size);
        set_size(d, h->f, size);
    }
    if (strike)
        lf_simdisk_crash(d);
    return strike ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct handle *h = of(file);
    bool strike;

    (void)flags;
    if (dead(h))
        return SQLITE_IOERR_FSYNC;
    strike = strikes(h->d);
    /* A sync that was cut may have done its work: nobody heard the answer. */
    if (!strike || lf_sim_one_in(h->d->chance, 2)) {
        undo_forget(h->f);
        h->f->synced = true;
        if (h->sync_dir)
            directory_synced(h->d);
        h->sync_dir = false;
    }
    if (strike)
        lf_simdisk_crash(h->d);
    return strike ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
    if (dead(of(file)))
        return SQLITE_IOERR_FSTAT;
    *out = of(file)->f->size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int how)
{
    (void)how;
    return dead(of(file)) ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int how)
{
    (void)file;
    (void)how;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *out)
{
    (void)file;
    *out = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

/* As the Unix VFS answers on Linux, so that the same code paths run here. */
static int file_sector(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

static int file_traits(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

/* SQLite's file system */

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct lf_simdisk *d = vfs->pAppData;
    struct handle *h = of(file);
    struct file *f, *ghost;
    bool main = flags & SQLITE_OPEN_MAIN_DB;

    h->base.pMethods = NULL;
    if (d->crashed || (name && strlen(name) > NAME_MAX_LEN))
        return SQLITE_CANTOPEN;
    f = name ? file_find(d, name, HERE) : NULL;
    if (f ? (flags & SQLITE_OPEN_EXCLUSIVE) != 0 : name && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (f && main && f->main_life == d->life)
        return SQLITE_BUSY;
    if (!f) {
        f = calloc(1, sizeof *f);
        if (!f)
            LF_BUG("out of memory for the simulated disk");
        ghost = name ? file_find(d, name, GHOST) : NULL;
        if (ghost)
            file_gone(d, ghost);
        if (name)
            memcpy(f->name, name, strlen(name));
        f->next = d->files;
        d->files = f;
    }
    if (main) {
        f->main_life = d->life;
        (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(lf_sim_bits(d->chance) & 0x7fffffff) | 1,
                                   NULL);
    }
    f->open++;
    *h = (struct handle){ .base.pMethods = &methods,
                          .d = d,
                          .f = f,
                          .life = d->life,
                          .main = main,
                          .sync_dir = (flags & SQLITE_OPEN_CREATE) &&
                                      (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)),
                          .temporary = !name || (flags & SQLITE_OPEN_DELETEONCLOSE) };
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
    struct lf_simdisk *d = vfs->pAppData;
    struct file *f;
    bool strike;

    if (d->crashed)
        return SQLITE_IOERR_DELETE;
    f = file_find(d, name, HERE);
    if (!f)
        return SQLITE_IOERR_DELETE_NOENT;
    strike = strikes(d);
    f->place = GHOST;
    if (strike) {
        lf_simdisk_crash(d);
        return SQLITE_IOERR_DELETE;
    }
    if (sync_dir)
        directory_synced(d);
    return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    struct lf_simdisk *d = vfs->pAppData;
    const struct file *f;

    if (d->crashed)
        return SQLITE_IOERR_ACCESS;
    f = file_find(d, name, HERE);
    /* As the Unix VFS: an empty journal is as good as none. */
    *out = f && (flags != SQLITE_ACCESS_EXISTS || f->size > 0);
    return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    if (strlen(name) >= (size_t)n)
        return SQLITE_CANTOPEN;
    memcpy(out, name, strlen(name) + 1);
    return SQLITE_OK;
}

static int disk_random(sqlite3_vfs *vfs, int n, char *out)
{
    struct lf_simdisk *d = vfs->pAppData;

    for (int i = 0; i < n; i++)
        out[i] = (char)lf_sim_bits(d->chance);
    return n;
}

static int disk_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us; /* nobody else runs meanwhile */
}

/* Milliseconds of the Julian day; 1970-01-01T00:00Z is day 2440587.5. */
static int disk_now64(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    const struct lf_simdisk *d = vfs->pAppData;

    *out = 210866760000000 + (d->env ? lf_now(d->env) / LF_MSEC : 0);
    return SQLITE_OK;
}

static int disk_now(sqlite3_vfs *vfs, double *out)
{
    sqlite3_int64 ms;

    disk_now64(vfs, &ms);
    *out = (double)ms / 86400000.0;
    return SQLITE_OK;
}

static int disk_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    if (n > 0 && out)
        *out = 0;
    return 0; /* no errno: the result code says it all */
}

struct lf_simdisk *lf_simdisk_create(uint64_t seed, const struct lf_env *env)
{
    struct lf_simdisk *d = calloc(1, sizeof *d);

    if (!d)
        LF_BUG("out of memory for the simulated disk");
    d->env = env;
    d->chance = lf_sim_create(seed, 0);
    d->life = 1;
    snprintf(d->vfs_name, sizeof d->vfs_name, "%s%p", vfs_prefix, (void *)d);
    d->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(struct handle),
        .mxPathname = NAME_MAX_LEN + 1,
        .zName = d->vfs_name,
        .pAppData = d,
        .xOpen = disk_open,
        .xDelete = disk_delete,
        .xAccess = disk_access,
        .xFullPathname = disk_path,
        .xRandomness = disk_random,
        .xSleep = disk_sleep,
        .xCurrentTime = disk_now,
        .xGetLastError = disk_error,
        .xCurrentTimeInt64 = disk_now64,
    };
    if (sqlite3_vfs_register(&d->vfs, 0) != SQLITE_OK)
        LF_BUG("SQLite took no VFS");
    return d;
}

void lf_simdisk_destroy(struct lf_simdisk *d)
{
    bool last = true;

    if (!d)
        return;
    sqlite3_vfs_unregister(&d->vfs);
    for (const sqlite3_vfs *v = sqlite3_vfs_find(NULL); v; v = v->pNext)
        last = last && strncmp(v->zName, vfs_prefix, sizeof vfs_prefix - 1) != 0;
    if (last)
        (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, NULL);
    while (d->files) {
        if (d->files->open)
            LF_BUG("simulated disk destroyed while %s is open", d->files->name);
        file_free(d, d->files);
    }
    lf_sim_destroy(d->chance);
    free(d);
}

void lf_simdisk_copy(struct lf_simdisk *d, const struct lf_simdisk *from)
{
    LF_ASSERT(!d->files);
    for (const struct file *f = from->files; f; f = f->next) {
        struct file *to;

        if (f->place != HERE || !f->name[0])
            continue;
        to = calloc(1, sizeof *to);
        if (!to)
            LF_BUG("out of memory for the simulated disk");
        memcpy(to->name, f->name, sizeof to->name);
        to->synced = true;
        to->next = d->files;
        d->files = to;
        for (size_t i = 0; i < f->nchunks; i++)
            if (f->chunks[i])
                memcpy(chunk_of(to, (int64_t)(i * CHUNK)), f->chunks[i], CHUNK);
        set_size(d, to, f->size);
    }
}

const char *lf_simdisk_vfs(const struct lf_simdisk *d)
{
    return d->vfs_name;
}

void lf_simdisk_limit(struct lf_simdisk *d, uint64_t bytes)
{
    d->limit = bytes;
}

uint64_t lf_simdisk_used(const struct lf_simdisk *d)
{
    return d->used;
}

uint64_t lf_simdisk_operations(const struct lf_simdisk *d)
{
    return d->operations;
}

/* FNV-1a over eight bytes at a time. */
static uint64_t digest(uint64_t h, const void *p, size_t n)
{
    const char *at = p;

    for (; n; at += n < 8 ? n : 8, n -= n < 8 ? n : 8) {
        uint64_t word = 0;

        memcpy(&word, at, n < 8 ? n : 8);
        h = (h ^ word) * 0x100000001b3u;
        h ^= h >> 29;
    }
    return h;
}

uint64_t lf_simdisk_digest(const struct lf_simdisk *d)
{
    uint64_t h = 0xcbf29ce484222325u;
    char bytes[4096];

    for (const struct file *f = d->files; f; f = f->next) {
        if (f->place != HERE)
            continue;
        h = digest(h, f->name, strlen(f->name));
        h = digest(h, &f->size, sizeof f->size);
        for (int64_t off = 0; off < f->size; off += (int64_t)sizeof bytes) {
            size_t n = f->size - off < (int64_t)sizeof bytes ? (size_t)(f->size - off) : sizeof bytes;

            copy_out(f, off, bytes, n);
            h = digest(h, bytes, n);
        }
    }
    return h;
}

void lf_simdisk_each(const struct lf_simdisk *d, void (*fn)(void *ctx, const char *name, lf_view bytes),
                     void *ctx)
{
    for (const struct file *f = d->files; f; f = f->next) {
        char *bytes;

        if (f->place != HERE || !f->size)
            continue;
        bytes = malloc((size_t)f->size);
        if (!bytes)
            LF_BUG("out of memory for a file of the simulated disk");
        copy_out(f, 0, bytes, (size_t)f->size);
        fn(ctx, f->name, (lf_view){ bytes, (size_t)f->size });
        free(bytes);
    }
}
