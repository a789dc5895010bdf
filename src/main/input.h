/* Input: the file that a subcommand was given, "-" for standard input. */
#ifndef LF_MAIN_INPUT_H
#define LF_MAIN_INPUT_H

#include "base/buf.h"

/* Appends all of it to `out`, whose ceiling is the limit. */
enum lf_code lf_input_read(const char *name, struct lf_buf *out, struct lf_err *e) LF_MUST;

#endif
