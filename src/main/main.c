/* The one program: picks the subcommand and hands over. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/view.h"
#include "main/commands.h"

static int version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("lianfang " LF_VERSION);
    return 0;
}

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the subcommand */
    const char *help;                  /* NULL: not for people */
} commands[] = {
#define LF_COMMAND(name, fn, help) { name, fn, help },
#include "main/commands.def"
#undef LF_COMMAND
    { "version", version, "which release this is" },
};

static int help(FILE *to)
{
    fputs("lianfang 聯防: a cyber joint-defence node\n\nusage: lianfang COMMAND [--help] …\n\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].help)
            fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fputs("\nExit 0: done; 1: a negative answer; 2: bad usage or bad input.\n", to);
    return to == stderr ? 2 : 0;
}

/* A closed standard descriptor would be the number of the next file that is opened,
 * and what is said would go into it.  What stands in for it here answers reads (of 0)
 * and writes with an error, as a closed one does. */
static void hold_descriptors(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
            return;
}

static int run(int argc, char **argv)
{
    lf_view name = lf_view_of(argc > 1 ? argv[1] : "");

    if (!name.len)
        return help(stderr);
    if (lf_view_is(name, "--help") || lf_view_is(name, "help"))
        return help(stdout);
    if (lf_view_is(name, "--version"))
        return version(argc, argv);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (lf_view_is(name, commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "lianfang: no command \"%.*s\"; `lianfang --help` lists them\n", LF_FMT(name));
    return 2;
}

int main(int argc, char **argv)
{
    int status;

    hold_descriptors();
    lf_crypto_init();
    status = run(argc, argv);
    /* A disk that is full must not make an answer shorter without a word. */
    bool lost = ferror(stdout);
    if (fflush(stdout) != 0 || lost) {
        fprintf(stderr, "lianfang: standard output: %s; what was printed is not complete\n",
                lost ? "writing failed" : strerror(errno));
        return 2;
    }
    return status;
}
