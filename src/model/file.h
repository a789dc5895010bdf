/* What a file that comes with a record says of itself, before anything believes it. */
#ifndef LF_MODEL_FILE_H
#define LF_MODEL_FILE_H

#include "base/view.h"

enum { LF_FILE_NAME = 200, LF_FILE_TYPE = 100 /* bytes */ };

/* A name and no path: UTF-8 of 1 to LF_FILE_NAME bytes, without control characters, quotes and slashes. */
bool lf_file_name_ok(lf_view v);
/* A media type as RFC 6838 has it, without parameters: "application/pdf". */
bool lf_file_type_ok(lf_view v);

#endif
