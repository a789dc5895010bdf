#include "sys/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/view.h"

/* What name resolution and the system's certificate authorities need. */
static const char *const net_files[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ssl",
    "/usr/lib/ssl",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/run/systemd/resolve", /* where /etc/resolv.conf often points */
    "/run/resolvconf",
    "/run/NetworkManager",
    NULL,
};

/* The cages, one row a worker; the parent's paths come on top. */
static const struct lf_cage_row rows[] = {
    { "front", LF_CAGE_ACCEPT, NULL },
    { "core", LF_CAGE_FILES | LF_CAGE_THREADS, NULL },
    { "intake", LF_CAGE_FILES | LF_CAGE_ACCEPT | LF_CAGE_WATCH | LF_CAGE_THREADS, NULL },
    { "search", LF_CAGE_LOOK, NULL },
    { "relay", LF_CAGE_FILES | LF_CAGE_CONNECT | LF_CAGE_THREADS, net_files },
    { "dns", LF_CAGE_ACCEPT, NULL },
};

const struct lf_cage_row *lf_cage_row(const char *worker)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].worker, worker) == 0)
            return &rows[i];
    }
    return NULL;
}

/* Landlock.  Debian 12's header knows the first version only, so the numbers of
 * the kernel's interface stand here (linux/landlock.h, ABI 1 to 6). */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_REMOVE_DIR = 1 << 4,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_DIR = 1 << 7,
    FS_MAKE_REG = 1 << 8,
    FS_ALL_1 = (1 << 13) - 1,
    FS_REFER = 1 << 13,     /* ABI 2 */
    FS_TRUNCATE = 1 << 14,  /* ABI 3 */
    FS_IOCTL_DEV = 1 << 15, /* ABI 5 */
    NET_BIND = 1 << 0,      /* ABI 4 */
    NET_CONNECT = 1 << 1,
    SCOPE_ABSTRACT = 1 << 0, /* ABI 6 */
    SCOPE_SIGNAL = 1 << 1,
    RULE_PATH = 1,
    GET_VERSION = 1,
    FILE_RIGHTS = FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE,
};

struct ruleset {
    uint64_t fs, net, scoped;
};

struct path_rule {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

static enum lf_code allow_path(int ruleset, const struct ruleset *set, const char *path, unsigned rights,
                               struct lf_err *e)
{
    struct path_rule rule = { 0 };
    struct stat st;
    enum lf_code rc = LF_OK;

    rule.fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
            return LF_OK; /* what cannot be reached needs no permission */
        return lf_err_set(e, LF_IO, "cage: open %s: %s", path, strerror(errno));
    }
    rule.allowed = FS_READ_FILE | FS_READ_DIR;
    if (rights & LF_CAGE_WRITE)
        rule.allowed |= FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG |
                        FS_REFER | FS_TRUNCATE;
    if (fstat(rule.fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed &= FILE_RIGHTS;
    rule.allowed &= set->fs;
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) != 0)
        rc = lf_err_set(e, LF_IO, "cage: landlock rule for %s: %s", path, strerror(errno));
    close(rule.fd);
    return rc;
}

static enum lf_code landlock(const struct lf_cage_row *row, const struct lf_cage_path *paths, size_t npaths,
                             bool connect, struct lf_cage_status *status, struct lf_err *e)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, GET_VERSION);
    struct ruleset set = { .fs = FS_ALL_1 };
    const char *const *fixed = row->read ? row->read : connect ? net_files : NULL;
    size_t size = sizeof set.fs;
    enum lf_code rc = LF_OK;
    int fd;

    status->landlock = 0;
    status->network = false;
    if (abi < 1)
        return LF_OK; /* not in this kernel, or switched off: told in the status */
    if (abi >= 2)
        set.fs |= FS_REFER;
    if (abi >= 3)
        set.fs |= FS_TRUNCATE;
    if (abi >= 5)
        set.fs |= FS_IOCTL_DEV;
    if (abi >= 4) {
        set.net = connect ? NET_BIND : NET_BIND | NET_CONNECT;
        size = offsetof(struct ruleset, scoped);
    }
    if (abi >= 6) {
        set.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
        size = sizeof set;
    }
    fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (fd < 0)
        return lf_err_set(e, LF_IO, "cage: landlock ruleset: %s", strerror(errno));
    for (size_t i = 0; rc == LF_OK && fixed && fixed[i]; i++)
        rc = allow_path(fd, &set, fixed[i], LF_CAGE_READ, e);
    for (size_t i = 0; rc == LF_OK && i < npaths; i++)
        rc = allow_path(fd, &set, paths[i].path, paths[i].rights, e);
    if (rc == LF_OK && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
        rc = lf_err_set(e, LF_IO, "cage: landlock: %s", strerror(errno));
    close(fd);
    if (rc == LF_OK) {
        status->landlock = (int)abi;
        status->network = abi >= 4;
    }
    return rc;
}

/* seccomp.  Groups of calls by what they are for. */

#define CALL(name) SCMP_SYS(name)

/* On what the worker holds already, and on itself. */
static const int base_calls[] = {
    CALL(read),
    CALL(write),
    CALL(readv),
    CALL(writev),
    CALL(pread64),
    CALL(pwrite64),
    CALL(preadv),
    CALL(pwritev),
    CALL(close),
    CALL(close_range),
    CALL(lseek),
    CALL(fstat),
    CALL(newfstatat),
    CALL(fcntl),
    CALL(dup),
    CALL(dup2),
    CALL(dup3),
    CALL(pipe2),
    CALL(fsync),
    CALL(fdatasync),
    CALL(ftruncate),
    CALL(recvmsg),
    CALL(recvmmsg),
    CALL(recvfrom),
    CALL(sendmsg),
    CALL(sendmmsg),
    CALL(sendto),
    CALL(shutdown),
    CALL(getsockopt),
    CALL(setsockopt),
    CALL(getsockname),
    CALL(getpeername),
    CALL(sendfile),
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(epoll_pwait2),
    CALL(poll),
    CALL(ppoll),
    CALL(select),
    CALL(pselect6),
    CALL(eventfd2),
    CALL(timerfd_create),
    CALL(timerfd_settime),
    CALL(timerfd_gettime),
    CALL(signalfd4),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(mincore),
    CALL(msync),
    CALL(mlock),
    CALL(munlock),
    CALL(brk),
    CALL(memfd_create),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(rt_sigpending),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(clock_gettime),
    CALL(clock_getres),
    CALL(clock_nanosleep),
    CALL(nanosleep),
    CALL(gettimeofday),
    CALL(time),
    CALL(getpid),
    CALL(gettid),
    CALL(getppid),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(getrandom),
    CALL(getrusage),
    CALL(times),
    CALL(sysinfo),
    CALL(uname),
    CALL(getcpu),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL(futex),
    CALL(set_robust_list),
    CALL(set_tid_address),
    CALL(rseq),
    CALL(membarrier),
    CALL(exit),
    CALL(exit_group),
};

static const int file_calls[] = {
    CALL(open),       CALL(openat),    CALL(creat),           CALL(stat),
    CALL(lstat),      CALL(statx),     CALL(access),          CALL(faccessat),
    CALL(faccessat2), CALL(readlink),  CALL(readlinkat),      CALL(unlink),
    CALL(unlinkat),   CALL(rename),    CALL(renameat),        CALL(renameat2),
    CALL(mkdir),      CALL(mkdirat),   CALL(rmdir),           CALL(truncate),
    CALL(fallocate),  CALL(fadvise64), CALL(sync_file_range), CALL(copy_file_range),
    CALL(getdents64), CALL(chmod),     CALL(fchmod),          CALL(fchmodat),
    CALL(fchown),     CALL(flock),     CALL(getcwd),          CALL(statfs),
    CALL(fstatfs),    CALL(utimensat), CALL(umask),
};

static const int look_calls[] = {
    CALL(stat),       CALL(lstat),    CALL(statx),      CALL(access),     CALL(faccessat),
    CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getdents64), CALL(fadvise64),
};

static const int accept_calls[] = { CALL(accept), CALL(accept4) };
static const int connect_calls[] = { CALL(connect) };
static const int watch_calls[] = { CALL(inotify_init1), CALL(inotify_add_watch), CALL(inotify_rm_watch) };

/* No library of ours calls these in a worker: whoever does has taken it over, and
 * gets no second try. */
static const int killing_calls[] = {
    CALL(execve),
    CALL(execveat),
    CALL(ptrace),
    CALL(process_vm_readv),
    CALL(process_vm_writev),
    CALL(pidfd_getfd),
    CALL(mount),
    CALL(umount2),
    CALL(pivot_root),
    CALL(chroot),
    CALL(unshare),
    CALL(setns),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(kexec_load),
    CALL(bpf),
    CALL(perf_event_open),
    CALL(userfaultfd),
    CALL(keyctl),
    CALL(add_key),
    CALL(request_key),
    CALL(reboot),
    CALL(swapon),
    CALL(swapoff),
    CALL(open_by_handle_at),
    CALL(io_uring_setup),
    CALL(setuid),
    CALL(setresuid),
};

struct group {
    unsigned when; /* 0 = always */
    const int *calls;
    size_t n;
};

#define GROUP(bit, list)                                                                                     \
    {                                                                                                        \
        bit, list, sizeof(list) / sizeof *(list)                                                             \
    }
static const struct group groups[] = {
    GROUP(0, base_calls),
    GROUP(LF_CAGE_FILES, file_calls),
    GROUP(LF_CAGE_ACCEPT, accept_calls),
    GROUP(LF_CAGE_CONNECT, connect_calls),
    GROUP(LF_CAGE_WATCH, watch_calls),
    GROUP(LF_CAGE_LOOK, look_calls),
};

/* A rule looks at one argument: (argument & mask) == value. */
static int allow_if(scmp_filter_ctx ctx, int call, unsigned arg, uint64_t mask, uint64_t value)
{
    return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, value));
}

static int careful_calls(scmp_filter_ctx ctx, unsigned calls)
{
    static const uint32_t ioctls[] = { FIONBIO, FIONREAD, 0x5401 /* TCGETS: is it a terminal? */ };
    static const int prctls[] = { PR_SET_NAME, PR_GET_NAME, 0x53564d41 /* PR_SET_VMA: names for memory */ };
    static const int families[] = { AF_INET, AF_INET6, AF_UNIX };
    const uint32_t all = UINT32_MAX;
    int bad = 0;

    /* No new code: memory is never made executable again. */
    bad |= allow_if(ctx, CALL(mmap), 2, PROT_EXEC, 0);
    bad |= allow_if(ctx, CALL(mprotect), 2, PROT_EXEC, 0);
    /* abort(): to itself only. */
    bad |= allow_if(ctx, CALL(tgkill), 0, all, (uint32_t)getpid());
    /* Its own limits, to look at. */
    bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, CALL(prlimit64), 2, SCMP_CMP(0, SCMP_CMP_EQ, 0),
                            SCMP_CMP(2, SCMP_CMP_EQ, 0));
    for (size_t i = 0; i < sizeof ioctls / sizeof *ioctls; i++)
        bad |= allow_if(ctx, CALL(ioctl), 1, all, ioctls[i]);
    for (size_t i = 0; i < sizeof prctls / sizeof *prctls; i++)
        bad |= allow_if(ctx, CALL(prctl), 0, all, (uint32_t)prctls[i]);
    if (calls & LF_CAGE_CONNECT) {
        for (size_t i = 0; i < sizeof families / sizeof *families; i++)
            bad |= allow_if(ctx, CALL(socket), 0, all, (uint32_t)families[i]);
        bad |= allow_if(ctx, CALL(socketpair), 0, all, AF_UNIX);
    }
    if (calls & LF_CAGE_LOOK) {
        const uint64_t changing = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

        bad |= allow_if(ctx, CALL(open), 1, changing, O_RDONLY);
        bad |= allow_if(ctx, CALL(openat), 2, changing, O_RDONLY);
    }
    if (calls & LF_CAGE_THREADS)
        bad |= allow_if(ctx, CALL(clone), 0, CLONE_THREAD, CLONE_THREAD);
    return bad;
}

static enum lf_code seccomp(unsigned calls, struct lf_err *e)
{
    /* clone3 hides its flags in memory that a filter cannot read; told that the
     * kernel has none, the C library falls back to clone. */
    static const int absent[] = { CALL(clone3), CALL(openat2) };
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    enum lf_code rc = LF_OK;
    int bad = 0, err;

    if (!ctx)
        return lf_err_set(e, LF_IO, "cage: seccomp_init failed");
    bad |= seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
    bad |= seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    (void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list: each call pays for it */
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        if (groups[g].when && !(calls & groups[g].when))
            continue;
        for (size_t i = 0; i < groups[g].n; i++)
            bad |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, groups[g].calls[i], 0);
    }
    bad |= careful_calls(ctx, calls);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        bad |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), absent[i], 0);
    for (size_t i = 0; i < sizeof killing_calls / sizeof *killing_calls; i++)
        bad |= seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, killing_calls[i], 0);
    if (bad) {
        rc = lf_err_set(e, LF_IO, "cage: a seccomp rule was not taken");
        goto out;
    }
    err = seccomp_load(ctx);
    if (err != 0)
        rc = lf_err_set(e, LF_IO, "cage: seccomp: %s", strerror(-err));
out:
    seccomp_release(ctx);
    return rc;
}

enum lf_code lf_cage_enter(const char *worker, const struct lf_cage_path *paths, size_t npaths, bool connect,
                           struct lf_cage_status *status, struct lf_err *e)
{
    const struct lf_cage_row *row = lf_cage_row(worker);
    struct lf_cage_status got = { 0 };
    unsigned calls;

    if (!row)
        return lf_err_set(e, LF_NOT_FOUND, "cage: no row for worker %s", worker);
    calls = row->calls | (connect ? (unsigned)LF_CAGE_CONNECT : 0u);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return lf_err_set(e, LF_IO, "cage: no_new_privs: %s", strerror(errno));
    LF_TRY(landlock(row, paths, npaths, calls & LF_CAGE_CONNECT, &got, e));
    LF_TRY(seccomp(calls, e));
    got.seccomp = true;
    *status = got;
    return LF_OK;
}
