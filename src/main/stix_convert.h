/* What the commands that read and write foreign formats share: options, losses, dry runs. */
#ifndef LF_MAIN_STIX_CONVERT_H
#define LF_MAIN_STIX_CONVERT_H

#include <stdio.h>

#include "isac/format.h"

struct lf_convert {
    const char *format; /* NULL: STIX 2.1 */
    const char *map;    /* file */
    const char *tlp;
    const char *losses; /* file for all of them; NULL: the first on standard error */
    bool dry, json;
    /* at work */
    const char *file;
    FILE *to;
    size_t nlosses, nmade;
    struct lf_buf mapping;
};
/* Takes an option of these; *i is moved past its value.  False: it is none. */
bool lf_convert_option(struct lf_convert *c, int argc, char **argv, int *i);
enum lf_code lf_convert_begin(struct lf_convert *c, struct lf_err *e) LF_MUST;
void lf_convert_end(struct lf_convert *c);
void lf_convert_use(const struct lf_convert *c, struct lf_format_use *use);
/* Tells one loss; ctx is the struct lf_convert. */
void lf_convert_lost(void *ctx, const struct lf_loss *loss);

int lf_stix_convert_main(int argc, char **argv);

#endif
