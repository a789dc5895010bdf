/* Text file: what a file of the node's own says, and its name for who must mend it. */
#ifndef LF_MODEL_TEXT_FILE_H
#define LF_MODEL_TEXT_FILE_H

#include "base/view.h"

struct lf_text_file {
    lf_view name, text;
};

#endif
