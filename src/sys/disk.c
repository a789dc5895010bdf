#include "sys/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/file.h"

static enum lf_code failed(const char *what, const char *path, struct lf_err *e)
{
    int err = errno;
    enum lf_code rc = err == ENOENT                                    ? LF_NOT_FOUND
                      : err == ENOSPC || err == EDQUOT || err == EFBIG ? LF_FULL
                      : err == EACCES || err == EPERM || err == EROFS  ? LF_FORBIDDEN
                                                                       : LF_IO;

    return lf_err_set(e, rc, "%s%s%s: %s", what, path ? " " : "", path ? path : "", strerror(err));
}

static enum lf_code disk_list(void *ctx, const char *dir, void (*each)(void *to, lf_view name, uint64_t size),
                              void *to, struct lf_err *e)
{
    DIR *d = opendir(dir);
    struct dirent *entry;

    (void)ctx;
    if (!d)
        return failed("open directory", dir, e);
    while ((entry = readdir(d)) != NULL) {
        struct stat st;

        if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            st.st_size >= 0)
            each(to, lf_view_of(entry->d_name), (uint64_t)st.st_size);
    }
    closedir(d);
    return LF_OK;
}

static enum lf_code disk_make_dir(void *ctx, const char *dir, struct lf_err *e)
{
    (void)ctx;
    return lf_file_exists(dir) ? LF_OK : lf_file_make_dir(dir, e);
}

static enum lf_code disk_open(void *ctx, const char *path, enum lf_disk_mode mode, int *file,
                              struct lf_err *e)
{
    /* O_NONBLOCK: opening a FIFO somebody left there must not hang. */
    int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, fd;

    (void)ctx;
    flags |= mode == LF_DISK_READ ? O_RDONLY : mode == LF_DISK_WRITE ? O_RDWR : O_RDWR | O_CREAT | O_EXCL;
    fd = open(path, flags, 0600);
    if (fd < 0)
        return failed(mode == LF_DISK_NEW ? "create" : "open", path, e);
    *file = fd;
    return LF_OK;
}

static void disk_close(void *ctx, int file)
{
    (void)ctx;
    close(file);
}

static enum lf_code disk_size(void *ctx, int file, uint64_t *out, struct lf_err *e)
{
    struct stat st;

    (void)ctx;
    if (fstat(file, &st) != 0)
        return failed("stat", NULL, e);
    if (!S_ISREG(st.st_mode) || st.st_size < 0)
        return lf_err_set(e, LF_BAD_INPUT, "not a regular file");
    *out = (uint64_t)st.st_size;
    return LF_OK;
}

static bool disk_read(void *ctx, int file, char *to, size_t n, uint64_t at)
{
    (void)ctx;
    if (at > INT64_MAX)
        return false;
    while (n) {
        ssize_t k = pread(file, to, n, (off_t)at);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        to += k;
        n -= (size_t)k;
        at += (uint64_t)k;
    }
    return true;
}

static enum lf_code disk_append(void *ctx, int file, lf_view bytes, struct lf_err *e)
{
    (void)ctx;
    if (lseek(file, 0, SEEK_END) < 0)
        return failed("seek", NULL, e);
    while (bytes.len) {
        ssize_t n = write(file, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed("write", NULL, e);
        bytes = lf_view_from(bytes, (size_t)n);
    }
    return LF_OK;
}

static enum lf_code disk_cut(void *ctx, int file, uint64_t size, struct lf_err *e)
{
    (void)ctx;
    return ftruncate(file, (off_t)size) == 0 ? LF_OK : failed("cut", NULL, e);
}

static enum lf_code disk_sync(void *ctx, int file, struct lf_err *e)
{
    (void)ctx;
    return fdatasync(file) == 0 ? LF_OK : failed("sync", NULL, e);
}

static void disk_hint(void *ctx, int file, uint64_t from, uint64_t n)
{
    (void)ctx;
    (void)!sync_file_range(file, (off_t)from, (off_t)n, SYNC_FILE_RANGE_WRITE);
}

static enum lf_code disk_rename(void *ctx, const char *from, const char *to, struct lf_err *e)
{
    (void)ctx;
    return rename(from, to) == 0 ? LF_OK : failed("rename", from, e);
}

static enum lf_code disk_remove(void *ctx, const char *path, struct lf_err *e)
{
    (void)ctx;
    return unlink(path) == 0 ? LF_OK : failed("remove", path, e);
}

static enum lf_code disk_sync_dir(void *ctx, const char *dir, struct lf_err *e)
{
    (void)ctx;
    return lf_file_sync_dir(dir, e);
}

const struct lf_disk lf_disk_real = {
    .list = disk_list,
    .make_dir = disk_make_dir,
    .open = disk_open,
    .close = disk_close,
    .size = disk_size,
    .read = disk_read,
    .append = disk_append,
    .cut = disk_cut,
    .sync = disk_sync,
    .hint = disk_hint,
    .rename = disk_rename,
    .remove = disk_remove,
    .sync_dir = disk_sync_dir,
};
