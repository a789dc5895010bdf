/* Rule entry: what a rule in force is called and looks for, on its way from the worker that has
 * the rules to where people ask about them.
 *
 * RULES (intake → core) is how many rules there are (u32), then entries one after another, of one
 * generation; fewer where they do not all fit.  take() treats its input as hostile and stops at the first
 * thing that is none. */
#ifndef LF_MODEL_RULE_ENTRY_H
#define LF_MODEL_RULE_ENTRY_H

#include "base/buf.h"
#include "model/finding.h"

enum {
    LF_RULE_ENTRY_ID = 200,
    LF_RULE_ENTRY_TITLE = 512,
    LF_RULE_ENTRY_FILE = 512,
    LF_RULE_ENTRY_TECHNIQUES = 512,
    LF_RULE_LIST = 16 << 20, /* bytes of a whole list at most */
};

struct lf_rule_entry {
    lf_view id, title, file;
    lf_view techniques; /* of MITRE ATT&CK, by its tags, with blanks between: "T1059 T1071.001" */
    enum lf_level level;
    bool correlation, quiet; /* quiet: it only serves a correlation */
};
/* What is too long is cut.  False: it does not fit any more, and nothing was written. */
bool lf_rule_entry_pack(struct lf_buf *b, const struct lf_rule_entry *e);
bool lf_rule_entry_take(lf_view *in, struct lf_rule_entry *out);

#endif
