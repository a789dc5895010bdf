/* The one program: picks the subcommand and hands over. */
#include <stdio.h>

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

int main(int argc, char **argv)
{
    lf_view name = lf_view_of(argc > 1 ? argv[1] : "");

    lf_crypto_init();
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
