/* lianfang config check|show|sample [-c FILE] */
#include "proc/config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "main/commands.h"

static const char usage[] = "usage: lianfang config check [-c FILE]    is the file right?\n"
                            "       lianfang config show [-c FILE]     the values in force\n"
                            "       lianfang config sample             a commented file with every setting\n";

int lf_config_main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *file = NULL;
    struct lf_config *c = NULL;
    struct lf_err e = { 0 };
    struct lf_buf out;

    if (argc > 1 && (strcmp(what, "--help") == 0 || strcmp(argv[argc - 1], "--help") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
            file = argv[++i];
        } else {
            fprintf(stderr, "lianfang config: \"%s\" is not an option here; -c FILE is\n", argv[i]);
            return 2;
        }
    }
    lf_buf_init(&out, 1 << 20);
    if (strcmp(what, "sample") == 0) {
        lf_config_sample(&out);
    } else if (strcmp(what, "check") == 0 || strcmp(what, "show") == 0) {
        if (lf_config_read(file, ".", &c, &e) != LF_OK) {
            fprintf(stderr, "lianfang config: %s\n", e.text);
            return 2;
        }
        if (what[0] == 's')
            lf_config_show(c, &out);
        lf_config_destroy(c);
    } else {
        fprintf(stderr, "lianfang config: \"%s\" is none of check, show and sample; see --help\n", what);
        lf_buf_clear(&out);
        return 2;
    }
    fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout);
    lf_buf_clear(&out);
    return 0;
}
