/* Text: every sentence people read, in Taiwan's Chinese and in English.
 *
 * One table, text.def.  Sentences are whole, never glued; what changes in them is
 * a named placeholder, {name}, the same names in both languages (a test checks). */
#ifndef LF_WEB_TEXT_H
#define LF_WEB_TEXT_H

#include "base/arena.h"
#include "base/view.h"

enum lf_lang { LF_LANG_ZH, LF_LANG_EN };

enum lf_text {
#define LF_SAY(key, zh, en) LF_T_##key,
#include "web/text.def"
#undef LF_SAY
    LF_TEXT_COUNT
};

lf_view lf_text(enum lf_text key, enum lf_lang lang);
/* The key's name, for tests. */
const char *lf_text_key(enum lf_text key);
struct lf_text_value {
    const char *name;
    lf_view value;
};
/* With its placeholders filled; an unknown one stays as it is. */
lf_view lf_text_fill(struct lf_arena *a, enum lf_text key, enum lf_lang lang,
                     const struct lf_text_value *values, size_t n);

#endif
