/* Calls that have hurt every C network program, made compile errors.  Included
 * by the compiler's command line (see meson.build) before any source line.
 *
 * Redeclared with the "error" attribute, not poisoned: libraries' headers may
 * use these words for their own parameters. */
#ifndef LF_BASE_BANNED_H
#define LF_BASE_BANNED_H

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LF_BANNED(why) __attribute__((error("banned: " why)))

#ifndef __clang__ /* clang wants the attribute on the first declaration, which is the C library's */

#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok

/* Unbounded copies. */
LF_BANNED("use lf_view or lf_buf") char *strcpy(char *restrict, const char *restrict);
LF_BANNED("use lf_buf") char *strcat(char *restrict, const char *restrict);
LF_BANNED("use snprintf or lf_buf_printf") int sprintf(char *restrict, const char *restrict, ...);
LF_BANNED("use vsnprintf") int vsprintf(char *restrict, const char *restrict, va_list);
LF_BANNED("use lf_view_split") char *strtok(char *restrict, const char *restrict);
/* Parsers that cannot report an error. */
LF_BANNED("use lf_view_u64 or lf_view_i64") int atoi(const char *);
LF_BANNED("use lf_view_i64") long atol(const char *);
LF_BANNED("use lf_view_i64") long long atoll(const char *);
/* Results in hidden static state, or bent by the machine's time zone. */
LF_BANNED("use lf_civil_of") struct tm *localtime(const time_t *);
LF_BANNED("use lf_civil_of") struct tm *gmtime(const time_t *);
LF_BANNED("use lf_time_micro") char *asctime(const struct tm *);
LF_BANNED("use lf_time_micro") char *ctime(const time_t *);
LF_BANNED("use lf_random") int rand(void);
LF_BANNED("use lf_random") void srand(unsigned);

#endif /* __clang__ */

#endif
