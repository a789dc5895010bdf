/* lianfang scenario FILE…: whether scenarios of exercises are right, and what is in them. */
#include <stdio.h>

#include "cert/scenario.h"
#include "main/commands.h"
#include "main/input.h"

static bool check(const char *name)
{
    struct lf_arena a = { 0 };
    struct lf_scenario s;
    struct lf_err e = { 0 };
    struct lf_buf in;
    bool good;

    lf_buf_init(&in, LF_SCENARIO_BYTES);
    good = lf_input_read(name, &in, &e) == LF_OK && lf_scenario_read(&a, lf_buf_view(&in), &s, &e) == LF_OK;
    if (good) {
        int points = 0;

        for (size_t i = 0; i < s.ninjects; i++)
            points += s.injects[i].points;
        printf("%s: %.*s: %zu injects, %zu groups, %d points\n", name, LF_FMT(s.id), s.ninjects, s.ngroups,
               points);
    } else {
        fprintf(stderr, "lianfang scenario: %s: %s\n", name, e.text);
    }
    lf_buf_clear(&in);
    lf_arena_clear(&a);
    return good;
}

int lf_scenario_main(int argc, char **argv)
{
    int status = 0;

    if (argc > 1 && lf_view_is(lf_view_of(argv[1]), "--help")) {
        puts("usage: lianfang scenario FILE...   check scenarios of exercises (docs/manual/exercises.md)\n"
             "  FILE   a lianfang-scenario/1 document; - is standard input\n"
             "exit: 0 all are right, 2 one is not, and which line");
        return 0;
    }
    if (argc < 2) {
        fputs("lianfang scenario: say `lianfang scenario FILE...`\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        status = check(argv[i]) ? status : 2;
    return status;
}
