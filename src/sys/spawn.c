#include "sys/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* All that follows runs in the child between fork and exec.  Each step that fails
 * ends the child: a worker with one wall missing is not started. */

static bool descriptors(int control)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), high;

    if (null < 0)
        return false;
    high = fcntl(control, F_DUPFD, LF_SPAWN_CONTROL + 10);
    return high >= 0 && dup2(null, 0) == 0 && dup2(2, 1) == 1 &&
           dup2(high, LF_SPAWN_CONTROL) == LF_SPAWN_CONTROL && close_range(LF_SPAWN_CONTROL + 1, ~0u, 0) == 0;
}

static bool no_capabilities(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct none[2] = { 0 };

    /* uid 0 must not bring them back at exec. */
    if (prctl(PR_SET_SECUREBITS,
              SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                  SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
              0, 0, 0) != 0 &&
        errno != EPERM) /* a container may have taken the right to say so */
        return false;
    for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EPERM)
            return false;
    }
    return syscall(SYS_capset, &head, none) == 0;
}

static bool identity(const struct lf_spawn *s)
{
    if (geteuid() != 0)
        return true;
    if (setgroups(s->ngroups, s->groups) != 0)
        return false;
    if (s->uid && (setresgid(s->gid, s->gid, s->gid) != 0 || setresuid(s->uid, s->uid, s->uid) != 0))
        return false;
    return s->uid ? setuid(0) != 0 : no_capabilities();
}

__attribute__((noreturn)) static void become(const struct lf_spawn *s, pid_t parent)
{
    static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2 };
    /* 1 and not 0: with a core_pattern that pipes, 0 is not looked at while 1
     * switches dumping off (core(5)); keys must not land in a crash collector. */
    struct rlimit core = { 1, 1 };
    char name[32], *argv[] = { (char[]){ "lianfang" }, (char[]){ "worker" }, name, NULL };
    sigset_t none;

    snprintf(name, sizeof name, "%s", s->name);
    /* The parent tells a worker to stop; a terminal or service manager that
     * signals the whole group must not do so behind its back. */
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!descriptors(s->control) || setrlimit(RLIMIT_CORE, &core) != 0 || !identity(s) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(125);
    /* After the change of uid, which clears it; and the parent may have died
     * before it was set. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent)
        _exit(125);
    execv("/proc/self/exe", argv);
    _exit(126);
}

enum lf_code lf_spawn(const struct lf_spawn *s, pid_t *pid, struct lf_err *e)
{
    pid_t parent = getpid(), child = fork();

    if (child < 0)
        return lf_err_set(e, LF_IO, "start worker %s: fork: %s", s->name, strerror(errno));
    if (child == 0)
        become(s, parent);
    *pid = child;
    return LF_OK;
}
