/* Followed files and standard input.
 *
 *   ABSENT --appears--> OPEN --renamed, or another file under its name--> drained to
 *     ^                  |        its end, then the new one from its start
 *     '----- removed ----'
 *
 * A file is known by device, inode and birth, so a rename keeps it; one that
 * became shorter than what was read (copytruncate) is read from its start.  After
 * a restart the remembered file is looked for beside the path (rotation happened
 * meanwhile) before the new one is begun.
 *
 * A log may be turned over several times between two looks (a paused intake, a
 * restart, a burst).  So the one after the file at hand is not what the path
 * names but the eldest beside it that is younger than the file at hand and bears
 * the path's name with what rotation adds to it; the path's own comes last.
 *
 * inotify only makes it prompt; a look each quarter second is what it stands on. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "proc/intake_priv.h"

enum {
    FILES = 64,
    CHUNK = 128 << 10,
    ROUND_BYTES = 4 << 20, /* of one file before the others get their turn */
    PATH_SIZE = 4096,
    READ_MOST = 32, /* files remembered as read, for births in the same tick */
};
#define LOOK (250 * LF_MSEC)

/* A file whatever its name is.  Times in nanoseconds: a birth tells files apart
 * that had the same inode one after another. */
struct inode {
    dev_t dev;
    ino_t ino;
    int64_t birth; /* 0: the file system keeps none */
    int64_t changed;
};

struct file {
    struct intake_follow *f;
    const char *path; /* NULL: standard input */
    lf_view source;
    enum lf_format format;
    enum lf_charset charset; /* as set */
    enum lf_charset reading; /* of the file at hand; AUTO: its first bytes were not looked at yet */
    int fd;
    struct inode at;              /* the file at hand, or the one read last */
    struct inode read[READ_MOST]; /* read to their ends, as a ring */
    size_t nread;
    int64_t since;      /* the age of the youngest read so far */
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

static bool wide(enum lf_charset c)
{
    return c == LF_CHARSET_UTF16LE || c == LF_CHARSET_UTF16BE;
}

/* A byte order mark at the file's front says UTF-16, also to who goes on in its middle.  True when that
 * is known: a file of one byte is waited for. */
static bool know_charset(struct file *t)
{
    char mark[2];
    ssize_t n = 2;

    if (t->reading != LF_CHARSET_AUTO)
        return true;
    if (t->charset != LF_CHARSET_AUTO) {
        t->reading = t->charset;
        return true;
    }
    if (t->path)
        n = pread(t->fd, mark, 2, 0);
    else if (t->offset == 0 && t->part.len >= 2)
        memcpy(mark, t->part.ptr, 2);
    else
        n = t->offset == 0 ? (ssize_t)t->part.len : 0;
    if (n == 1 && t->path)
        return false;
    t->reading = n == 2 && memcmp(mark, "\xff\xfe", 2) == 0   ? LF_CHARSET_UTF16LE
                 : n == 2 && memcmp(mark, "\xfe\xff", 2) == 0 ? LF_CHARSET_UTF16BE
                                                              : LF_CHARSET_UTF8;
    return true;
}

/* The line's end, and how many bytes it takes.  In UTF-16 it is a unit, and a byte like it may be half
 * of another. */
static size_t line_end(const struct file *t, lf_view rest, size_t *size)
{
    *size = wide(t->reading) ? 2 : 1;
    if (*size == 1)
        return lf_view_find_byte(rest, '\n');
    for (size_t at = 0; at + 1 < rest.len;) {
        size_t n = lf_view_find_byte(lf_view_from(rest, at), '\n');
        size_t zero;

        if (n == SIZE_MAX)
            return SIZE_MAX;
        n += at;
        zero = t->reading == LF_CHARSET_UTF16LE ? n + 1 : n - 1;
        if (n % 2 == (t->reading == LF_CHARSET_UTF16LE ? 0 : 1) && zero < rest.len && rest.ptr[zero] == '\0')
            return n - n % 2;
        at = n + 1;
    }
    return SIZE_MAX;
}

/* Without the CR at its end, and the mark at the file's front. */
static lf_view line_of(const struct file *t, lf_view line, bool front)
{
    static const char *const cr[] = { "\r\0", "\0\r" };
    static const char *const mark[] = { "\xff\xfe", "\xfe\xff" };
    size_t big = t->reading == LF_CHARSET_UTF16BE;

    if (!wide(t->reading)) {
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        return line;
    }
    if (front && line.len >= 2 && memcmp(line.ptr, mark[big], 2) == 0)
        line = lf_view_from(line, 2);
    if (line.len >= 2 && memcmp(line.ptr + line.len - 2, cr[big], 2) == 0)
        line.len -= 2;
    return line;
}

/* Takes whole lines off what was read; true when anything was taken. */
static bool take_lines(struct file *t, bool all)
{
    struct intake *in = t->f->in;
    struct intake_sender *s = intake_sender(in, t->source);
    lf_view rest = lf_buf_view(&t->part);
    size_t had = rest.len;

    if (rest.len == 0 || (!know_charset(t) && !all))
        return false;
    intake_clock(in);
    while (rest.len) {
        size_t size, end = line_end(t, rest, &size), most = rest.len;
        lf_view line;
        bool cut = end == SIZE_MAX;

        if (cut && !all && rest.len < LF_RECORD_MOST)
            break;
        if (cut && !all && size == 2) { /* never within a character: a unit, or a pair of surrogates */
            size_t high;

            most -= most % 2;
            high = most - (t->reading == LF_CHARSET_UTF16LE ? 1 : 2);
            if ((rest.ptr[high] & 0xfc) == 0xd8)
                most -= 2;
        }
        line = line_of(t, lf_view_first(rest, cut ? most : end), t->offset == 0 && rest.len == had);
        /* What follows a piece that was cut at the limit belongs to it: not taken
         * as lines of its own. */
        if (line.len && !t->skipping) {
            if (!intake_take_as(
                    in, s, t->source, t->format,
                    wide(t->reading) || t->charset != LF_CHARSET_AUTO ? t->reading : LF_CHARSET_AUTO, line))
                break;
            s->via = LF_VIA_FILE;
        }
        t->skipping = cut && !all;
        rest = lf_view_from(rest, cut ? most : end + size);
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
    if (t->fd >= 0) {
        close(t->fd);
        t->read[t->nread++ % READ_MOST] = t->at;
    }
    t->fd = -1;
    t->offset = 0;
    t->skipping = false;
    lf_buf_reset(&t->part);
    t->f->changed = true;
}

/* ---- which file is next ---- */

static bool same(const struct inode *x, const struct inode *y)
{
    return x->dev == y->dev && x->ino == y->ino && x->birth == y->birth;
}

static int64_t nanoseconds(const struct statx_timestamp *t)
{
    return t->tv_sec * 1000000000 + t->tv_nsec;
}

/* What files of one log are ordered by: rotated ones are no longer written to, so
 * without births the last change says the same. */
static int64_t age(const struct inode *i)
{
    return i->birth ? i->birth : i->changed;
}

/* False: not there, or no regular file (errno 0).  `dir` and `name` as openat. */
static bool inode_of(int dir, const char *name, int flags, struct inode *out, uint64_t *size)
{
    struct statx st;

    if (statx(dir, name, flags, STATX_TYPE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_BTIME, &st) != 0)
        return false;
    if (!S_ISREG(st.stx_mode)) {
        errno = 0;
        return false;
    }
    out->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
    out->ino = st.stx_ino;
    out->birth = st.stx_mask & STATX_BTIME ? nanoseconds(&st.stx_btime) : 0;
    out->changed = nanoseconds(&st.stx_mtime);
    if (size)
        *size = st.stx_size;
    return true;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* NULL when it cannot be read now, or the path has no directory. */
static DIR *dir_of(const char *path)
{
    char dir[PATH_SIZE];
    size_t len = (size_t)(base_name(path) - path);

    if (len == 0 || len >= sizeof dir)
        return NULL;
    memcpy(dir, path, len);
    dir[len] = '\0';
    return opendir(dir);
}

/* What rotation puts into a name: numbers, dates, "old" and "bak".  Compressed
 * copies end otherwise, and what they hold was read before it was compressed. */
static bool turned(lf_view added)
{
    if (added.len < 2 || (added.ptr[0] != '.' && added.ptr[0] != '-' && added.ptr[0] != '_'))
        return false;
    if (lf_view_is(added, ".old") || lf_view_is(added, ".bak"))
        return true;
    for (size_t i = 0; i < added.len; i++)
        if (!strchr("0123456789.-_:TZ+", added.ptr[i]))
            return false;
    return true;
}

/* "app.log.1", "app.log-20261121", "app-20261121.log" for "app.log". */
static bool is_rotated_name(lf_view base, lf_view name)
{
    size_t dot = base.len;

    if (lf_view_starts(name, base))
        return turned(lf_view_from(name, base.len));
    while (dot > 0 && base.ptr[dot - 1] != '.')
        dot--;
    return dot > 1 && name.len > base.len && lf_view_starts(name, lf_view_first(base, dot - 1)) &&
           lf_view_ends(name, lf_view_from(base, dot - 1)) &&
           turned((lf_view){ name.ptr + dot - 1, name.len - base.len });
}

static bool was_read(const struct file *t, const struct inode *i)
{
    for (size_t k = 0; k < t->nread && k < READ_MOST; k++)
        if (same(&t->read[k], i))
            return true;
    return same(&t->at, i);
}

/* Opens `name`, if it is a file still, and the one meant (NULL: any).  -1 and
 * errno otherwise; 0 there: no regular file, or another one. */
static int open_file(int dir, const char *name, const struct inode *meant, struct inode *out, uint64_t *size)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -1;
    if (!inode_of(fd, "", AT_EMPTY_PATH, out, size) || (meant && !same(meant, out))) {
        int why = meant ? 0 : errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* The file that `which` names, or without it the eldest rotated one that is
 * younger than the file read last and older than `before` (NULL: any). */
static int open_rotated(const struct file *t, const struct inode *which, const struct inode *before,
                        struct inode *out, uint64_t *size)
{
    lf_view base = lf_view_of(base_name(t->path));
    DIR *d = dir_of(t->path);
    char best[NAME_MAX + 1];
    struct inode i, found = { 0 };
    struct dirent *entry;
    int fd = -1;

    best[0] = '\0';
    errno = ENOENT;
    if (!d)
        return -1;
    while ((entry = readdir(d)) != NULL) {
        if (which ? entry->d_ino != which->ino : !is_rotated_name(base, lf_view_of(entry->d_name)))
            continue;
        if (!inode_of(dirfd(d), entry->d_name, AT_SYMLINK_NOFOLLOW, &i, NULL))
            continue;
        if (which ? !same(which, &i)
                  : age(&i) < t->since || was_read(t, &i) ||
                        (before && (same(before, &i) || age(&i) > age(before))))
            continue;
        if (best[0] && age(&i) >= age(&found))
            continue;
        found = i;
        snprintf(best, sizeof best, "%s", entry->d_name);
    }
    if (best[0])
        fd = open_file(dirfd(d), best, &found, out, size);
    closedir(d);
    return fd;
}

static bool begin(struct file *t, int fd, const struct inode *i, uint64_t size, uint64_t offset)
{
    if (offset > size)
        offset = 0;
    if (lseek(fd, (off_t)offset, SEEK_SET) < 0) {
        close(fd);
        return false;
    }
    if (t->complained)
        intake_sender_fault(t->f->in, t->source, LF_VIA_FILE, LF_FAULT_UNREADABLE, false, NULL);
    t->complained = false;
    t->fd = fd;
    t->reading = LF_CHARSET_AUTO;
    t->at = *i;
    t->since = age(i) > t->since ? age(i) : t->since;
    t->offset = offset;
    t->f->changed = true;
    return true;
}

/* Opens what comes after the file read last: the path's own when nothing was
 * turned over in between, or nothing was read yet. */
static bool open_next(struct file *t)
{
    struct inode own, rotated;
    uint64_t size = 0, rotated_size = 0;
    int fd = open_file(AT_FDCWD, t->path, NULL, &own, &size), why = errno, other;

    if (fd < 0 && why != ENOENT) {
        if (!t->complained) {
            const char *text = why ? strerror(why) : "not a regular file";

            lf_log(&t->f->in->w->log, LF_LOG_WARN, "LF3030", "follow=\"%s\" error=\"%s\"", t->path, text);
            intake_sender_fault(t->f->in, t->source, LF_VIA_FILE, LF_FAULT_UNREADABLE, true, text);
        }
        t->complained = true;
        return false;
    }
    /* Looked for after the path was opened: whatever is turned over from here on is
     * the file at hand, or younger. */
    other = t->at.ino ? open_rotated(t, NULL, fd < 0 ? NULL : &own, &rotated, &rotated_size) : -1;
    if (other >= 0) {
        if (fd >= 0)
            close(fd);
        return begin(t, other, &rotated, rotated_size, 0);
    }
    return fd >= 0 && begin(t, fd, &own, size, 0);
}

/* False: more is there than one round takes. */
static bool look(struct file *t)
{
    size_t total = 0;
    struct inode now, own;
    uint64_t size;

    for (;;) {
        if (t->fd < 0) {
            if (!t->path || !open_next(t))
                return true;
        }
        if (t->path && inode_of(t->fd, "", AT_EMPTY_PATH, &own, &size) && size < t->offset + t->part.len) {
            /* copytruncate: it begins anew. */
            lf_buf_reset(&t->part);
            t->offset = 0;
            t->skipping = false;
            t->reading = LF_CHARSET_AUTO;
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
        if (!inode_of(AT_FDCWD, t->path, 0, &now, NULL) || same(&now, &t->at))
            return true;
        /* What the old one got between our last read and the new one's birth. */
        while (read_some(t))
            ;
        if (inode_of(t->fd, "", AT_EMPTY_PATH, &own, &size) && !own.birth && own.changed > t->since)
            t->since = own.changed;
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
    lf_buf_init(&b, LF_ARCHIVE_STATE);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < f->n; i++) {
        const struct file *t = &f->file[i];
        char birth[24], since[24];

        if (!t->path || !t->at.ino)
            continue;
        /* Nanoseconds since 1970 are more than a JSON number holds. */
        snprintf(birth, sizeof birth, "%" PRId64, t->at.birth);
        snprintf(since, sizeof since, "%" PRId64, t->since);
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "path", t->path);
        lf_json_put_int(&w, "dev", (int64_t)t->at.dev);
        lf_json_put_int(&w, "ino", (int64_t)t->at.ino);
        lf_json_put_cstr(&w, "birth", birth);
        lf_json_put_cstr(&w, "since", since);
        lf_json_put_int(&w, "offset", (int64_t)t->offset);
        lf_json_put_bool(&w, "ended", t->fd < 0);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    if (!b.over)
        lf_archive_set_state(f->in->j, lf_buf_view(&b));
    lf_buf_clear(&b);
}

static void restore(struct file *t, const struct lf_json *state)
{
    for (size_t i = 0; state && i < lf_json_items(state); i++) {
        const struct lf_json *s = lf_json_item(state, i);
        struct inode was, own;
        int64_t dev, ino, offset;
        uint64_t size = 0;
        int fd;

        if (!lf_view_is(lf_json_str(s, "path"), t->path) || !lf_json_int(s, "dev", &dev) ||
            !lf_json_int(s, "ino", &ino) || !lf_json_int(s, "offset", &offset) || offset < 0 ||
            !lf_view_i64(lf_json_str(s, "birth"), &was.birth) ||
            !lf_view_i64(lf_json_str(s, "since"), &t->since))
            continue;
        was.changed = 0;
        was.dev = (dev_t)dev;
        was.ino = (ino_t)ino;
        t->at = was;
        if (lf_json_bool(s, "ended", false))
            return;
        fd = open_file(AT_FDCWD, t->path, &was, &own, &size);
        if (fd < 0)
            fd = open_rotated(t, &was, NULL, &own, &size);
        if (fd >= 0)
            (void)begin(t, fd, &own, size, (uint64_t)offset);
        else /* what is younger is looked for all the same */
            lf_log(&t->f->in->w->log, LF_LOG_WARN, "LF3033", "follow=\"%s\" read_to=%" PRId64, t->path,
                   offset);
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
        if (lf_archive_pending(f->in->j) > INTAKE_COMMIT_AT / 2) {
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
    size_t count = files ? lf_json_items(files) : 0;

    if (!f)
        LF_BUG("out of memory for followed files");
    *out = f;
    f->in = in;
    f->notify =
        (struct lf_watch){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .readable = on_notify, .ctx = f };
    f->look = (struct lf_timer){ .fire = on_look, .ctx = f };
    if (count > FILES)
        return lf_err_set(e, LF_TOO_BIG, "%zu followed files, at most %d: join some", count, FILES);
    if (lf_archive_state(in->j).len &&
        lf_json_parse(&a, lf_archive_state(in->j), NULL, &state, &ignored) != LF_OK)
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3031", &ignored);
    for (size_t i = 0; i < count; i++) {
        const struct lf_json *one = lf_json_item(files, i);
        struct file *t = &f->file[f->n++];

        *t =
            (struct file){ .f = f, .fd = -1, .path = lf_arena_cstr(&in->w->arena, lf_json_str(one, "path")) };
        t->source = lf_arena_copy(&in->w->arena, lf_json_str(one, "source"));
        if (!lf_format_parse(lf_json_str(one, "format"), &t->format))
            t->format = LF_FORMAT_AUTO;
        if (!lf_charset_parse(lf_json_str(one, "charset"), &t->charset))
            t->charset = LF_CHARSET_AUTO;
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
