/* Names of character sets as IANA's registry has them (RFC 2978): the preferred MIME name where a set has
 * one, else its name.  An alias ("latin1") is none. */
#ifndef LF_FMT_CHARSET_NAME_H
#define LF_FMT_CHARSET_NAME_H

#include "base/view.h"

/* In any letter case. */
bool lf_charset_name_ok(lf_view name);

#endif
