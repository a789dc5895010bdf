/* Rule draft: from events that should have been found to a candidate Sigma rule.
 *
 * What the samples have in common becomes selection items: a field with one value
 * in all of them, or with a common end (paths), or a common part.  Fields whose
 * values name one occasion and not the act (times, ids, process numbers, hashes,
 * hosts, people) are left out.  Of the items those are taken, most telling first,
 * that together hold for no event of the background, or for as few as can be: the
 * background is matched by the same engine as live traffic, so the number of its
 * hits is what the rule would have raised.
 *
 * The result is a draft for a person: status experimental, and nothing but what
 * the samples showed. */
#ifndef LF_ENGINE_RULE_DRAFT_H
#define LF_ENGINE_RULE_DRAFT_H

#include "engine/event.h"

enum {
    LF_DRAFT_SAMPLES = 1000,
    LF_DRAFT_BACKGROUND = 200000, /* events; what comes behind is not looked at, and counted */
    LF_DRAFT_ITEMS = 6,           /* of the rule at most */
    LF_DRAFT_VALUE = 300,         /* bytes of one item's text at most */
};

struct lf_rule_draft;

/* `title` is the rule's, `id` its UUID. */
struct lf_rule_draft *lf_rule_draft_create(lf_view title, lf_view id);
void lf_rule_draft_destroy(struct lf_rule_draft *d);

/* Copies what it needs.  LF_BAD_INPUT: no field of it can be used, or it is of
 * another log source than those before; LF_TOO_MANY: over the limit. */
enum lf_code lf_rule_draft_sample(struct lf_rule_draft *d, const struct lf_event *ev,
                                  struct lf_err *e) LF_MUST;
/* Items are made; then events of the background may be given.  LF_BAD_INPUT: the
 * samples have nothing in common. */
enum lf_code lf_rule_draft_begin(struct lf_rule_draft *d, struct lf_err *e) LF_MUST;
void lf_rule_draft_background(struct lf_rule_draft *d, const struct lf_event *ev);

struct lf_rule_draft_result {
    lf_view yaml; /* lives as long as the draft */
    size_t items, samples;
    uint64_t background, hits, passed_over;
};
enum lf_code lf_rule_draft_finish(struct lf_rule_draft *d, struct lf_rule_draft_result *out,
                                  struct lf_err *e) LF_MUST;

#endif
