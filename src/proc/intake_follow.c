/* Followed files and standard input.
 *
 *   ABSENT --appears--> OPEN --renamed, or another file under its name--> drained to
 *     ^                  |        its end, then the new one from its start
 *     '----- removed ----'
 *
 * A file is known by device and inode, so a rename keeps it; one that became
 * shorter than what was read (copytruncate) is read from its start.  After a
 * restart the remembered inode is looked for beside the path (rotation happened
 * meanwhile) before the new file is begun.
 *
 * inotify only makes it prompt; a look each quarter second is what it stands on. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc/intake_priv.h"

enum {
    FILES = 64,
    CHUNK = 128 << 10,
    ROUND_BYTES = 4 << 20, /* of one file before the others get their turn */
    PATH_SIZE = 4096,
};
#define LOOK (250 * LF_MSEC)

struct file {
    struct intake_follow *f;
    const char *path; /* NULL: standard input */
    lf_view source;
    enum lf_format format;
    int fd;
    dev_t dev;
    ino_t ino;
    uint64_t offset;    /* behind the last whole line that was taken */
    struct lf_buf part; /* read behind it */
    bool skipping;      /* a line over the limit: its end is awaited */
    bool ended, complained;
};

struct intake_follow {
    struct intake *in;
    struct file file[FILES + 1];
    size_t n, first;        /* each round begins with another */
    struct lf_watch notify; /* inotify */
    struct lf_watch input;
    struct lf_timer look;
    bool paused, changed;
};

/* Takes whole lines off what was read; true when anything was taken. */
static bool take_lines(struct file *t, bool all)
{
    struct intake *in = t->f->in;
    struct intake_sender *s = intake_sender(in, t->source);
    lf_view rest = lf_buf_view(&t->part);
    size_t had = rest.len;

    while (rest.len) {
        size_t end = lf_view_find_byte(rest, '\n');
        lf_view line;
        bool cut = end == SIZE_MAX;

        if (cut && !all && rest.len < LF_RECORD_MOST)
            break;
        line = lf_view_first(rest, cut ? rest.len : end);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        /* What follows a piece that was cut at the limit belongs to it: not taken
         * as lines of its own. */
        if (line.len && !t->skipping) {
            if (!intake_take(in, t->source, t->format, line))
                break;
            s->received++;
        }
        t->skipping = cut && !all;
        rest = lf_view_from(rest, cut ? rest.len : end + 1);
    }
    had -= rest.len;
    lf_buf_consume(&t->part, had);
    t->offset += had;
    t->f->changed = t->f->changed || had;
    return had != 0;
}

/* Reads what there is; false when there is no more now. */
static bool read_some(struct file *t)
{
    char *to = lf_buf_space(&t->part, CHUNK);
    ssize_t n;

    if (!to) { /* the journal takes nothing: wait */
        t->part.over = false;
        return take_lines(t, false);
    }
    do
        n = read(t->fd, to, CHUNK);
    while (n < 0 && errno == EINTR);
    t->part.len -= CHUNK - (size_t)(n > 0 ? n : 0);
    if (n == 0 && !t->path)
        t->ended = true;
    if (n <= 0)
        return false;
    (void)take_lines(t, false);
    return true;
}

static void close_file(struct file *t)
{
    /* A last line without its end is a line still. */
    (void)take_lines(t, true);
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
    t->offset = 0;
    t->skipping = false;
    lf_buf_reset(&t->part);
    t->f->changed = true;
}

static bool open_at(struct file *t, const char *path, uint64_t offset)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        if (errno != ENOENT && !t->complained)
            lf_log(&t->f->in->w->log, LF_LOG_WARN, "LF3030", "follow=\"%s\" error=\"%s\"", path,
                   strerror(errno));
        t->complained = errno != ENOENT;
        return false;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (!t->complained)
            lf_log(&t->f->in->w->log, LF_LOG_WARN, "LF3030", "follow=\"%s\" error=\"not a regular file\"",
                   path);
        t->complained = true;
        close(fd);
        return false;
    }
    if (offset > (uint64_t)st.st_size)
        offset = 0;
    if (lseek(fd, (off_t)offset, SEEK_SET) < 0) {
        close(fd);
        return false;
    }
    t->complained = false;
    t->fd = fd;
    t->dev = st.st_dev;
    t->ino = st.st_ino;
    t->offset = offset;
    t->f->changed = true;
    return true;
}

/* False: more is there than one round takes. */
static bool look(struct file *t)
{
    size_t total = 0;
    struct stat now, own;

    for (;;) {
        if (t->fd < 0) {
            if (!t->path || !open_at(t, t->path, 0))
                return true;
        }
        if (t->path && fstat(t->fd, &own) == 0 && (uint64_t)own.st_size < t->offset + t->part.len) {
            /* copytruncate: it begins anew. */
            lf_buf_reset(&t->part);
            t->offset = 0;
            t->skipping = false;
            t->f->changed = true;
            if (lseek(t->fd, 0, SEEK_SET) < 0)
                return true;
        }
        while (!intake_busy(t->f->in) && total < ROUND_BYTES && read_some(t))
            total += CHUNK;
        if (total >= ROUND_BYTES || intake_busy(t->f->in))
            return false;
        if (!t->path) {
            if (t->ended)
                close_file(t);
            return true;
        }
        /* At its end: is it still what the path names? */
        if (stat(t->path, &now) != 0 || (now.st_dev == t->dev && now.st_ino == t->ino))
            return true;
        /* What the old one got between our last read and the new one's birth. */
        while (read_some(t))
            ;
        close_file(t);
    }
}

/* ---- state ---- */

static void save(struct intake_follow *f)
{
    struct lf_json_w w;
    struct lf_buf b;

    if (!f->changed)
        return;
    f->changed = false;
    lf_buf_init(&b, LF_JOURNAL_STATE);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < f->n; i++) {
        const struct file *t = &f->file[i];
        if (!t->path || t->fd < 0)
            continue;
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "path", t->path);
        lf_json_put_int(&w, "dev", (int64_t)t->dev);
        lf_json_put_int(&w, "ino", (int64_t)t->ino);
        lf_json_put_int(&w, "offset", (int64_t)t->offset);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    if (!b.over)
        lf_journal_set_state(f->in->j, lf_buf_view(&b));
    lf_buf_clear(&b);
}

/* The file with this inode beside `path`, where rotation puts it. */
static bool find_rotated(struct file *t, dev_t dev, ino_t ino, char out[PATH_SIZE])
{
    const char *slash = strrchr(t->path, '/');
    char dir[PATH_SIZE];
    struct dirent *entry;
    bool found = false;
    DIR *d;

    if (!slash)
        return false;
    snprintf(dir, sizeof dir, "%.*s", slash == t->path ? 1 : (int)(slash - t->path), t->path);
    d = opendir(dir);
    if (!d)
        return false;
    while (!found && (entry = readdir(d)) != NULL) {
        struct stat st;
        found = entry->d_ino == ino && fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                st.st_dev == dev && S_ISREG(st.st_mode) &&
                snprintf(out, PATH_SIZE, "%s/%s", dir, entry->d_name) < PATH_SIZE;
    }
    closedir(d);
    return found;
}

static void restore(struct file *t, const struct lf_json *state)
{
    for (size_t i = 0; state && i < lf_json_count(state); i++) {
        const struct lf_json *s = lf_json_item(state, i);
        char rotated[PATH_SIZE];
        int64_t dev, ino, offset;
        struct stat st;

        if (!lf_view_is(lf_json_str(s, "path"), t->path) || !lf_json_int(s, "dev", &dev) ||
            !lf_json_int(s, "ino", &ino) || !lf_json_int(s, "offset", &offset) || offset < 0)
            continue;
        if (stat(t->path, &st) == 0 && st.st_dev == (dev_t)dev && st.st_ino == (ino_t)ino)
            (void)open_at(t, t->path, (uint64_t)offset);
        else if (find_rotated(t, (dev_t)dev, (ino_t)ino, rotated))
            (void)open_at(t, rotated, (uint64_t)offset);
        return;
    }
}

/* ---- life ---- */

/* Lines and the offset behind them go into one frame: no file is begun when the
 * journal might commit before its offset is told. */
static void look_at_all(struct intake_follow *f)
{
    bool more = false;

    for (size_t i = 0; i < f->n && !f->paused; i++) {
        if (lf_journal_pending(f->in->j) > INTAKE_COMMIT_AT / 2) {
            more = true;
            break;
        }
        more = !look(&f->file[(f->first + i) % f->n]) || more;
        save(f);
    }
    f->first = f->n ? (f->first + 1) % f->n : 0;
    if (f->n)
        lf_timer_in(f->in->w->loop, &f->look, more ? 1000 : LOOK);
}

static void on_look(void *ctx)
{
    look_at_all(ctx);
}

static void on_notify(void *ctx)
{
    struct intake_follow *f = ctx;
    char room[16384] __attribute__((aligned(__alignof__(struct inotify_event))));

    while (read(f->notify.fd, room, sizeof room) > 0)
        ;
    look_at_all(f);
}

static void on_input(void *ctx)
{
    struct intake_follow *f = ctx;

    look_at_all(f);
    for (size_t i = 0; i < f->n; i++)
        if (!f->file[i].path && f->file[i].fd < 0)
            lf_watch_stop(&f->input);
}

static void watch_dir(struct intake_follow *f, const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_SIZE];

    if (!slash || f->notify.fd < 0)
        return;
    snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    (void)inotify_add_watch(f->notify.fd, dir,
                            IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
}

enum lf_code intake_follow_create(struct intake *in, const struct lf_json *files, bool with_stdin,
                                  struct intake_follow **out, struct lf_err *e)
{
    struct intake_follow *f = calloc(1, sizeof *f);
    const struct lf_json *state = NULL;
    struct lf_arena a = { 0 };
    struct lf_err ignored;
    size_t count = files ? lf_json_count(files) : 0;

    if (!f)
        LF_BUG("out of memory for followed files");
    *out = f;
    f->in = in;
    f->notify =
        (struct lf_watch){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .readable = on_notify, .ctx = f };
    f->look = (struct lf_timer){ .fire = on_look, .ctx = f };
    if (count > FILES)
        return lf_err_set(e, LF_TOO_BIG, "%zu followed files, at most %d: join some", count, FILES);
    if (lf_journal_state(in->j).len &&
        lf_json_parse(&a, lf_journal_state(in->j), NULL, &state, &ignored) != LF_OK)
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3031", &ignored);
    for (size_t i = 0; i < count; i++) {
        const struct lf_json *one = lf_json_item(files, i);
        struct file *t = &f->file[f->n++];

        *t =
            (struct file){ .f = f, .fd = -1, .path = lf_arena_cstr(&in->w->arena, lf_json_str(one, "path")) };
        t->source = lf_arena_copy(&in->w->arena, lf_json_str(one, "source"));
        if (!lf_format_parse(lf_json_str(one, "format"), &t->format))
            t->format = LF_FORMAT_AUTO;
        lf_buf_init(&t->part, LF_RECORD_MOST + 2 * CHUNK);
        restore(t, state);
        watch_dir(f, t->path);
    }
    lf_arena_clear(&a);
    if (with_stdin) {
        int fd = lf_worker_socket(in->w, "stdin");

        if (fd < 0) {
            lf_log(&in->w->log, LF_LOG_WARN, "LF3032", "stdin=not_handed_over");
        } else {
            struct file *t = &f->file[f->n++];
            *t = (struct file){ .f = f, .fd = fd, .source = LF_V("stdin"), .format = LF_FORMAT_AUTO };
            lf_buf_init(&t->part, LF_RECORD_MOST + 2 * CHUNK);
            (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
            f->input = (struct lf_watch){ .fd = fd, .readable = on_input, .ctx = f };
            /* A regular file cannot be waited on: the look each quarter second reads it. */
            (void)!lf_watch_set(in->w->loop, &f->input, true, false, &ignored);
        }
    }
    if (f->notify.fd >= 0)
        LF_TRY(lf_watch_set(in->w->loop, &f->notify, true, false, e));
    if (f->n)
        lf_timer_in(in->w->loop, &f->look, 0);
    return LF_OK;
}

void intake_follow_destroy(struct intake_follow *f)
{
    if (!f)
        return;
    save(f);
    lf_watch_stop(&f->notify);
    lf_watch_stop(&f->input);
    lf_timer_stop(f->in->w->loop, &f->look);
    if (f->notify.fd >= 0)
        close(f->notify.fd);
    for (size_t i = 0; i < f->n; i++) {
        if (f->file[i].fd >= 0)
            close(f->file[i].fd);
        lf_buf_clear(&f->file[i].part);
    }
    free(f);
}

void intake_follow_pause(struct intake_follow *f, bool paused)
{
    struct lf_err e;

    f->paused = paused;
    if (f->input.ctx && f->input.fd >= 0)
        (void)!lf_watch_set(f->in->w->loop, &f->input, !paused, false, &e);
}

void intake_follow_health(const struct intake_follow *f, struct lf_json_w *json)
{
    size_t open_now = 0;

    for (size_t i = 0; i < f->n; i++)
        open_now += f->file[i].fd >= 0;
    lf_json_put_int(json, "followed", (int64_t)f->n);
    lf_json_put_int(json, "followed_open", (int64_t)open_now);
}
