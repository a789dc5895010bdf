/* Rulebook: the rules in force, as the worker that has them tells (model/rule_entry.h), each with
 * what this centre decided about it (soc/tuning.h), and which techniques of MITRE ATT&CK they
 * look for.
 *
 * In memory only: it comes whole with each generation of rules and after each start.  A rule that
 * looks for a technique need not find it: coverage says where rules are, not how good they are. */
#ifndef LF_SOC_RULEBOOK_H
#define LF_SOC_RULEBOOK_H

#include "engine/attack.h"
#include "model/rule_entry.h"
#include "soc/tuning.h"

enum { LF_RULE_STATES = 4 }; /* enum lf_rule_state */

struct lf_rulebook;
struct lf_rulebook *lf_rulebook_create(void);
void lf_rulebook_destroy(struct lf_rulebook *b);
/* The list anew.  LF_BAD_INPUT: it is none; the former stays. */
enum lf_code lf_rulebook_take(struct lf_rulebook *b, lf_view packed, struct lf_err *e) LF_MUST;

struct lf_rule_row {
    struct lf_rule_entry rule; /* views live until the next list */
    enum lf_rule_state state;
};
struct lf_rule_ask {
    lf_view technique; /* "T1059"; empty: any */
    bool has_state;
    enum lf_rule_state state;
    lf_view words; /* in title, id or file, whatever the case; empty: any */
};
/* By title; *next is empty at the end. */
enum lf_code lf_rulebook_list(struct lf_rulebook *b, struct lf_task *t, const struct lf_rule_ask *ask,
                              const struct lf_page *page, struct lf_rule_row **out, size_t *n, lf_view *next,
                              struct lf_err *e) LF_MUST;

struct lf_technique_cover {
    const struct lf_technique *technique;
    size_t rules[LF_RULE_STATES]; /* by state */
};
struct lf_tactic_cover {
    lf_view tactic;
    size_t techniques;
    size_t live, trial, retired, none; /* with a live rule; else with one in test or draft; else with a
                                          retired one; without any */
};
struct lf_coverage {
    size_t rules[LF_RULE_STATES], tagged;  /* tagged: with a known technique, of any state */
    size_t unlisted;                       /* rules in force that the list had no room for */
    struct lf_technique_cover *techniques; /* all that are known, by id */
    size_t ntechniques;
    struct lf_tactic_cover *tactics;
    size_t ntactics;
};
/* In t->a. */
enum lf_code lf_rulebook_coverage(struct lf_rulebook *b, struct lf_task *t, struct lf_coverage *out,
                                  struct lf_err *e) LF_MUST;
/* What of the four a technique is: "live", "trial", "retired" or "none". */
const char *lf_cover_name(const struct lf_technique_cover *c);
bool lf_technique_of(const struct lf_technique *t, lf_view tactic);

#endif
