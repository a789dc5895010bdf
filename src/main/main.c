/* The one program: picks the subcommand and hands over. */
#include <stdio.h>

#include "base/view.h"

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("lianfang: say what to do; `lianfang --help` lists the commands\n", stderr);
        return 2;
    }
    if (lf_view_is(lf_view_of(argv[1]), "--version")) {
        puts("lianfang " LF_VERSION);
        return 0;
    }
    fprintf(stderr, "lianfang: no command \"%s\"; `lianfang --help` lists them\n", argv[1]);
    return 2;
}
