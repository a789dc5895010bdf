#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum lf_code code_of(int err)
{
    switch (err) {
    case ENOENT:
        return LF_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return LF_FORBIDDEN;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return LF_FULL;
    default:
        return LF_IO;
    }
}

static enum lf_code failed(const char *what, const char *path, struct lf_err *e)
{
    int err = errno;

    return lf_err_set(e, code_of(err), "%s %s: %s", what, path, strerror(err));
}

enum lf_code lf_file_read(struct lf_arena *a, const char *path, size_t max, lf_view *out, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    struct stat st;
    size_t have = 0, size;
    char *bytes;
    /* O_NONBLOCK: opening a FIFO somebody left there must not hang. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0) {
        if (errno == ELOOP)
            return lf_err_set(e, LF_FORBIDDEN, "open %s: it is a symbolic link; give the file itself", path);
        return failed("open", path, e);
    }
    if (fstat(fd, &st) != 0) {
        rc = failed("stat", path, e);
        goto out;
    }
    if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size > max) {
        rc = lf_err_set(e, LF_TOO_BIG, "%s: not a regular file of at most %zu bytes", path, max);
        goto out;
    }
    size = (size_t)st.st_size;
    bytes = lf_arena_alloc(a, size + 1, 1);
    while (have < size) {
        ssize_t n = read(fd, bytes + have, size - have);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            rc = failed("read", path, e);
            goto out;
        }
        if (n == 0)
            break; /* it shrank while we read; the caller sees a short file */
        have += (size_t)n;
    }
    bytes[have] = 0;
    *out = (lf_view){ bytes, have };
out:
    close(fd);
    return rc;
}

static bool write_all(int fd, lf_view v)
{
    while (v.len) {
        ssize_t n = write(fd, v.ptr, v.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        v = lf_view_from(v, (size_t)n);
    }
    return true;
}

enum lf_code lf_file_sync_dir(const char *path, struct lf_err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum lf_code rc = LF_OK;

    if (fd < 0)
        return failed("open directory", path, e);
    if (fsync(fd) != 0)
        rc = failed("fsync directory", path, e);
    close(fd);
    return rc;
}

enum { PATH_SIZE = 4096 };

static enum lf_code sync_parent(const char *path, struct lf_err *e)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_SIZE];

    if (!slash)
        return lf_file_sync_dir(".", e);
    snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return lf_file_sync_dir(dir, e);
}

enum lf_code lf_file_write(const char *path, lf_view content, mode_t mode, struct lf_err *e)
{
    char temp[PATH_SIZE];
    enum lf_code rc;
    int fd, n = snprintf(temp, sizeof temp, "%s.new.%ld", path, (long)getpid());

    if (n < 0 || (size_t)n >= sizeof temp)
        return lf_err_set(e, LF_TOO_BIG, "path %.100s… is too long", path);
    (void)unlink(temp); /* left by a crash of an earlier process with our number */
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return failed("create", temp, e);
    if (fchmod(fd, mode) != 0 || !write_all(fd, content) || fsync(fd) != 0) {
        rc = failed("write", temp, e);
        close(fd);
        goto fail;
    }
    if (close(fd) != 0) {
        rc = failed("close", temp, e);
        goto fail;
    }
    if (rename(temp, path) != 0) {
        rc = failed("rename into", path, e);
        goto fail;
    }
    return sync_parent(path, e);
fail:
    (void)unlink(temp);
    return rc;
}

enum lf_code lf_file_append(int fd, lf_view content, struct lf_err *e)
{
    off_t before = lseek(fd, 0, SEEK_END);

    if (before < 0)
        return lf_err_set(e, LF_IO, "append: %s", strerror(errno));
    if (!write_all(fd, content) || fdatasync(fd) != 0) {
        int err = errno;

        if (ftruncate(fd, before) != 0)
            return lf_err_set(e, LF_IO, "append: %s; and what was written could not be cut off: %s",
                              strerror(err), strerror(errno));
        return lf_err_set(e, code_of(err), "append: %s", strerror(err));
    }
    return LF_OK;
}

enum lf_code lf_file_make_dir(const char *path, struct lf_err *e)
{
    struct stat st;

    if (mkdir(path, 0700) == 0)
        return sync_parent(path, e);
    if (errno != EEXIST)
        return failed("make directory", path, e);
    if (stat(path, &st) != 0)
        return failed("stat", path, e);
    if (!S_ISDIR(st.st_mode))
        return lf_err_set(e, LF_CONFLICT, "%s is there and is no directory: move it away", path);
    /* As root the directory may belong to a worker's own uid. */
    if (st.st_uid != geteuid() && geteuid() != 0)
        return lf_err_set(e, LF_FORBIDDEN, "%s belongs to uid %u, not to us (%u): choose another", path,
                          (unsigned)st.st_uid, (unsigned)geteuid());
    if ((st.st_mode & 0066) && chmod(path, (st.st_mode & 07777) & ~(mode_t)0066) != 0)
        return failed("make private", path, e);
    return LF_OK;
}

static enum lf_code remove_at(int at, const char *name, unsigned depth, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    struct dirent *entry;
    DIR *dir;
    int fd;

    if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
        return LF_OK;
    if (errno != EISDIR && errno != EPERM)
        return failed("remove", name, e);
    if (depth == 0)
        return lf_err_set(e, LF_TOO_BIG, "remove %s: nested too deep", name);
    fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return failed("open directory", name, e);
    dir = fdopendir(fd);
    if (!dir) {
        rc = failed("open directory", name, e);
        close(fd);
        return rc;
    }
    while (rc == LF_OK && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = remove_at(fd, entry->d_name, depth - 1, e);
    }
    closedir(dir);
    if (rc == LF_OK && unlinkat(at, name, AT_REMOVEDIR) != 0)
        rc = failed("remove directory", name, e);
    return rc;
}

enum lf_code lf_file_remove_tree(const char *path, struct lf_err *e)
{
    return remove_at(AT_FDCWD, path, 32, e);
}

bool lf_file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

enum lf_code lf_file_map(const char *path, size_t max, lf_view *out, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    struct stat st;
    void *at;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "open %s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > max) {
        close(fd);
        return lf_err_set(e, LF_TOO_BIG, "%s: not a regular file of 1 to %zu bytes", path, max);
    }
    at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
        rc = lf_err_set(e, LF_IO, "map %s: %s", path, strerror(errno));
    else
        *out = (lf_view){ at, (size_t)st.st_size };
    close(fd);
    return rc;
}

void lf_file_rest(lf_view v)
{
    if (v.len)
        (void)madvise((void *)(uintptr_t)v.ptr, v.len, MADV_DONTNEED); /* only a wish */
}

void lf_file_unmap(lf_view v)
{
    if (v.len)
        (void)munmap((void *)(uintptr_t)v.ptr, v.len);
}
