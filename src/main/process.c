#include "main/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool find(const char *name, char *out, size_t size)
{
    lf_view path = lf_view_of(getenv("PATH")), dir;
    static const char *const more[] = { "/usr/sbin", "/sbin", "/usr/local/sbin" };

    if (strchr(name, '/')) {
        snprintf(out, size, "%s", name);
        return access(out, X_OK) == 0;
    }
    while (lf_view_split(&path, ':', &dir)) {
        snprintf(out, size, "%.*s/%s", LF_FMT(dir), name);
        if (access(out, X_OK) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        snprintf(out, size, "%s/%s", more[i], name);
        if (access(out, X_OK) == 0)
            return true;
    }
    return false;
}

enum lf_code lf_process_start(struct lf_process *p, const char *name, const char *const *argv,
                              const char *log, unsigned flags, struct lf_err *e)
{
    char path[512];
    int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err;
    pid_t parent = getpid(), pid;

    *p = (struct lf_process){ .in = -1, .out = -1, .name = name };
    if (!find(argv[0], path, sizeof path))
        return lf_err_set(e, LF_NOT_FOUND, "%s is not on this machine; `make demo` installs what it needs",
                          argv[0]);
    err = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (err < 0)
        return lf_err_set(e, LF_IO, "open %s: %s", log, strerror(errno));
    if (pipe2(in, O_CLOEXEC) != 0 || ((flags & LF_PROCESS_TALK) && pipe2(out, O_CLOEXEC) != 0))
        LF_BUG("pipe: %s", strerror(errno));
    pid = fork();
    if (pid < 0)
        LF_BUG("fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(127);
        setpgid(0, 0); /* with what it starts itself, so that all of it can be ended */
        dup2(in[0], 0);
        dup2(out[1] >= 0 ? out[1] : err, 1);
        dup2(err, 2);
        execv(path, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(in[0]);
    close(err);
    if (out[1] >= 0)
        close(out[1]);
    p->pid = pid;
    p->in = in[1];
    p->out = out[0];
    return LF_OK;
}

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool lf_process_alive(struct lf_process *p)
{
    if (!p->pid)
        return false;
    if (waitpid(p->pid, NULL, WNOHANG) == p->pid) {
        p->pid = 0;
        return false;
    }
    return true;
}

static void close_ends(struct lf_process *p)
{
    if (p->in >= 0)
        close(p->in);
    if (p->out >= 0)
        close(p->out);
    p->in = p->out = -1;
}

void lf_process_stop_all(struct lf_process *p, size_t n, int limit)
{
    int64_t until = now_ms() + limit;

    for (size_t i = 0; i < n; i++) {
        if (!p[i].pid)
            continue;
        close_ends(&p[i]);
        kill(p[i].pid, SIGTERM);
    }
    for (size_t i = 0; i < n; i++) {
        pid_t group = p[i].pid;

        while (lf_process_alive(&p[i]) && now_ms() < until)
            poll(NULL, 0, 5);
        if (group)
            kill(-group, SIGKILL); /* what it started and left behind */
        if (p[i].pid) {
            kill(p[i].pid, SIGKILL);
            waitpid(p[i].pid, NULL, 0);
            p[i].pid = 0;
        }
    }
}

void lf_process_stop(struct lf_process *p, int limit)
{
    lf_process_stop_all(p, 1, limit);
}

enum lf_code lf_process_line(struct lf_process *p, struct lf_arena *a, int limit, lf_view *line,
                             struct lf_err *e)
{
    struct lf_buf b;
    int64_t until = now_ms() + limit;
    enum lf_code rc = LF_OK;

    lf_buf_init(&b, 1 << 20);
    for (;;) {
        struct pollfd fd = { p->out, POLLIN, 0 };
        int64_t left = until - now_ms();
        char c;
        ssize_t n;

        if (left <= 0 || poll(&fd, 1, (int)left) == 0) {
            rc = lf_err_set(e, LF_AWAY, "%s said nothing within %d ms", p->name, limit);
            break;
        }
        n = read(p->out, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            rc = lf_err_set(e, LF_AWAY, "%s ended before it was ready", p->name);
            break;
        }
        if (c == '\n')
            break;
        lf_buf_byte(&b, c);
    }
    if (rc == LF_OK)
        *line = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}
