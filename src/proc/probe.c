#include "proc/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/messages.h"
#include "sys/cage.h"
#include "sys/file.h"
#include "sys/net.h"

/* Each attempt runs twice, each time in a child of its own: without the cage, to
 * prove that it would succeed here at all (else it says nothing), and inside. */

struct scene {
    char tree[64];           /* the worker's own, writable */
    char own[80], alien[80]; /* files inside it and beside it */
    int listener;
    struct lf_addr tcp;
    pid_t other; /* a process that is not ours to touch */
    int secret;  /* what the other must not be able to read of us */
};

typedef bool attempt_fn(const struct scene *s); /* true: it was possible */

static bool can_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool read_passwd(const struct scene *s)
{
    (void)s;
    return can_open("/etc/passwd", O_RDONLY);
}

static bool read_alien(const struct scene *s)
{
    return can_open(s->alien, O_RDONLY);
}

static bool write_alien(const struct scene *s)
{
    return can_open(s->alien, O_WRONLY | O_CREAT);
}

static bool remove_alien(const struct scene *s)
{
    return unlink(s->alien) == 0;
}

static bool read_other_memory_file(const struct scene *s)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/environ", (long)s->other);
    return can_open(path, O_RDONLY);
}

static bool write_own(const struct scene *s)
{
    return can_open(s->own, O_RDWR | O_CREAT) && unlink(s->own) == 0;
}

static bool read_own(const struct scene *s)
{
    return can_open(s->tree, O_RDONLY);
}

static bool read_hosts(const struct scene *s)
{
    (void)s;
    return can_open("/etc/hosts", O_RDONLY);
}

static bool exec_it(const struct scene *s)
{
    (void)s;
    /* Succeeding, it exits with 1, which is what "possible" looks like. */
    execl("/bin/false", "false", (char *)NULL);
    return false;
}

static bool fork_it(const struct scene *s)
{
    pid_t pid = fork();

    (void)s;
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool connect_tcp(const struct scene *s)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, (const struct sockaddr *)&s->tcp.ss, s->tcp.len) == 0;
}

static bool send_udp(const struct scene *s)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && sendto(fd, "x", 1, 0, (const struct sockaddr *)&s->tcp.ss, s->tcp.len) == 1;
}

static bool listen_tcp(const struct scene *s)
{
    struct sockaddr_in in = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)s;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return fd >= 0 && bind(fd, (const struct sockaddr *)&in, sizeof in) == 0 && listen(fd, 1) == 0;
}

static bool netlink(const struct scene *s)
{
    (void)s;
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0) >= 0;
}

static bool trace_other(const struct scene *s)
{
    return ptrace(PTRACE_SEIZE, s->other, NULL, NULL) == 0;
}

static bool read_other(const struct scene *s)
{
    char byte;
    struct iovec to = { &byte, 1 }, from = { (void *)(uintptr_t)&s->secret, 1 };

    /* Forked from the same image: the same address is mapped there. */
    return process_vm_readv(s->other, &to, 1, &from, 1, 0) == 1;
}

static bool signal_other(const struct scene *s)
{
    return kill(s->other, 0) == 0;
}

static bool map_code(const struct scene *s)
{
    (void)s;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool make_code(const struct scene *s)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)s;
    return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool new_namespace(const struct scene *s)
{
    (void)s;
    return unshare(CLONE_NEWUSER) == 0;
}

static bool hostname(const struct scene *s)
{
    (void)s;
    /* A length past the end changes nothing even where naming is allowed: the
     * right is asked for first (EPERM), the length looked at next (EINVAL). */
    return syscall(SYS_sethostname, "x", 4096) != 0 && errno == EINVAL;
}

static bool change_dir_owner(const struct scene *s)
{
    return chown(s->tree, getuid(), getgid()) == 0;
}

static bool accept_it(const struct scene *s)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    return fd >= 0 || errno == EAGAIN;
}

static bool make_directory_link(const struct scene *s)
{
    return symlink("/etc", s->own) == 0;
}

#define BIT(w) (1u << LF_WORKER_##w)
enum { NOBODY = 0 };

static const struct {
    const char *what;
    attempt_fn *fn;
    unsigned may; /* the workers for which it must be possible */
} attempts[] = {
    { "reading /etc/passwd", read_passwd, NOBODY },
    { "reading a file beside its own tree", read_alien, NOBODY },
    { "writing a file beside its own tree", write_alien, NOBODY },
    { "removing a file beside its own tree", remove_alien, NOBODY },
    { "reading another process's environment", read_other_memory_file, NOBODY },
    { "starting another program", exec_it, NOBODY },
    { "forking", fork_it, NOBODY },
    { "connecting by TCP", connect_tcp, BIT(RELAY) },
    { "sending by a UDP socket of its own", send_udp, BIT(RELAY) },
    { "listening on a port of its own", listen_tcp, NOBODY },
    { "opening a netlink socket", netlink, NOBODY },
    { "tracing another process", trace_other, NOBODY },
    { "reading another process's memory", read_other, NOBODY },
    { "signalling another process", signal_other, NOBODY },
    { "mapping writable code", map_code, NOBODY },
    { "making memory executable", make_code, NOBODY },
    { "entering a namespace of its own", new_namespace, NOBODY },
    { "naming the machine", hostname, NOBODY },
    { "giving files away", change_dir_owner, NOBODY },
    { "planting a symbolic link", make_directory_link, NOBODY },
    { "reading in its own tree", read_own, BIT(CORE) | BIT(INTAKE) | BIT(RELAY) | BIT(SEARCH) },
    { "writing in its own tree", write_own, BIT(CORE) | BIT(INTAKE) | BIT(RELAY) },
    { "reading what name resolution needs", read_hosts, BIT(RELAY) },
    { "accepting a client on a handed socket", accept_it, BIT(FRONT) | BIT(INTAKE) | BIT(DNS) },
};

enum outcome { REFUSED, POSSIBLE, KILLED, BROKEN };

static enum outcome try_it(const char *worker, const struct scene *s, attempt_fn *fn, bool caged)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        struct lf_cage_path path = { s->tree, LF_CAGE_READ | LF_CAGE_WRITE };
        struct lf_cage_status got;
        struct lf_err e;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (caged && lf_cage_enter(worker, &path, 1, false, &got, &e) != LF_OK) {
            fprintf(stderr, "%s\n", e.text);
            _exit(3);
        }
        _exit(fn(s) ? POSSIBLE : REFUSED);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return BROKEN;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : BROKEN;
    return WEXITSTATUS(status) == REFUSED || WEXITSTATUS(status) == POSSIBLE
               ? (enum outcome)WEXITSTATUS(status)
               : BROKEN;
}

/* 0 as it should be, 1 not. */
static int report(const char *worker, const struct scene *s, size_t i, bool may)
{
    bool here = lf_file_write(s->alien, LF_V("x"), 0600, NULL) == LF_OK &&
                try_it(worker, s, attempts[i].fn, false) == POSSIBLE;
    enum outcome o;

    if (lf_file_exists(s->own))
        unlink(s->own);
    if (lf_file_write(s->alien, LF_V("x"), 0600, NULL) != LF_OK)
        return 1;
    o = try_it(worker, s, attempts[i].fn, true);
    if (o == BROKEN || (o == POSSIBLE) != may) {
        printf("not ok - %s: %s is %s\n", worker, attempts[i].what,
               o == BROKEN     ? "broken"
               : o == POSSIBLE ? "possible"
                               : "refused");
        return 1;
    }
    printf("ok - %s: %s is %s%s\n", worker, attempts[i].what,
           o == POSSIBLE ? "possible"
           : o == KILLED ? "fatal"
                         : "refused",
           here ? "" : " # SKIP not possible without the cage either");
    return 0;
}

static int run(const char *worker, enum lf_worker_id id, struct scene *s)
{
    int bad = 0;

    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        bad |= report(worker, s, i, attempts[i].may & 1u << id);
    return bad;
}

static enum lf_code set_scene(struct scene *s, struct lf_err *e)
{
    snprintf(s->tree, sizeof s->tree, "/tmp/lianfang-probe-XXXXXX");
    if (!mkdtemp(s->tree))
        return lf_err_set(e, LF_IO, "make %s: %s", s->tree, strerror(errno));
    snprintf(s->own, sizeof s->own, "%s/own", s->tree);
    snprintf(s->alien, sizeof s->alien, "%s.alien", s->tree);
    LF_TRY(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &s->listener, &s->tcp, e));
    s->other = fork();
    if (s->other == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* so that only the cage is in the way */
        for (;;)
            pause();
    }
    return LF_OK;
}

int lf_probe_main(int argc, char **argv)
{
    const char *worker = argc > 1 ? argv[argc - 1] : "";
    struct scene s = { .listener = -1 };
    enum lf_worker_id id;
    struct lf_err e;
    int bad = 1;

    if (!lf_worker_parse(lf_view_of(worker), &id) || !lf_cage_row(worker)) {
        fprintf(stderr, "lianfang worker-probe: no worker \"%s\"\n", worker);
        return 2;
    }
    if (set_scene(&s, &e) == LF_OK)
        bad = run(worker, id, &s);
    else
        fprintf(stderr, "lianfang worker-probe: %s\n", e.text);
    if (s.other > 0) {
        kill(s.other, SIGKILL);
        waitpid(s.other, NULL, 0);
    }
    close(s.listener);
    (void)unlink(s.alien);
    if (lf_file_remove_tree(s.tree, &e) != LF_OK)
        fprintf(stderr, "lianfang worker-probe: %s\n", e.text);
    return bad;
}
