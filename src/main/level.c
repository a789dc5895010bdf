/* lianfang level ANSWERS [--json]: the level 1–4 and the letter, with grounds. */
#include <stdio.h>

#include "engine/level.h"
#include "main/commands.h"
#include "main/input.h"

enum { MOST = 4 << 20 };

int lf_level_main(int argc, char **argv)
{
    const char *name = NULL;
    struct lf_arena a = { 0 };
    const struct lf_json *answers;
    struct lf_buf in, out;
    struct lf_err e = { 0 };
    int level = 0, status = 2;

    for (int i = 1; i < argc; i++) {
        if (lf_view_is(lf_view_of(argv[i]), "--help")) {
            puts("usage: lianfang level ANSWERS [--json]\n"
                 "Judges an incident's level from answers about confidentiality, integrity and\n"
                 "availability. ANSWERS is a JSON file, - standard input. Exit 0: level 1-4; 1: level 0.");
            return 0;
        }
        if (lf_view_is(lf_view_of(argv[i]), "--json"))
            continue;
        if (name || (argv[i][0] == '-' && argv[i][1])) {
            fprintf(stderr, "lianfang level: \"%s\" is not understood; give one file of answers\n", argv[i]);
            return 2;
        }
        name = argv[i];
    }
    if (!name) {
        fputs("lianfang level: give a file of answers, or - for standard input\n", stderr);
        return 2;
    }
    lf_buf_init(&in, MOST);
    lf_buf_init(&out, MOST * 2);
    if (lf_input_read(name, &in, &e) == LF_OK &&
        lf_json_parse(&a, lf_buf_view(&in), &(struct lf_json_limits){ .unique = true }, &answers, &e) ==
            LF_OK &&
        lf_level_judge(&a, answers, &out, &level, &e) == LF_OK) {
        printf("%.*s\n", (int)out.len, out.ptr);
        status = level >= 1 ? 0 : 1;
    } else {
        fprintf(stderr, "lianfang level: %s: %s\n", name, e.text);
    }
    lf_buf_clear(&in);
    lf_buf_clear(&out);
    lf_arena_clear(&a);
    return status;
}
