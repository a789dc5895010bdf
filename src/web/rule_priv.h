/* What the API and the pages ask of the rules in force. */
#ifndef LF_WEB_RULE_PRIV_H
#define LF_WEB_RULE_PRIV_H

#include "soc/rulebook.h"
#include "web/web_priv.h"

struct coverage_ask {
    lf_view tactic, show; /* empty: all */
    struct lf_rulebook *book;
    struct lf_coverage all;
};
enum lf_code coverage_ask(struct rq *r, struct coverage_ask *out) LF_MUST;
bool coverage_shows(const struct coverage_ask *ask, const struct lf_technique_cover *c);
enum lf_code rulebook(struct rq *r, struct lf_rulebook **out) LF_MUST;
enum lf_code rule_ask(struct rq *r, struct lf_rule_ask *out) LF_MUST;

/* api_learning.c */
struct lf_learning;
enum lf_code learning(struct rq *r, struct lf_learning **out) LF_MUST;
enum lf_code learning_start(struct rq *r) LF_MUST;
enum lf_code learning_accept(struct rq *r) LF_MUST;
enum lf_code learning_drop(struct rq *r) LF_MUST;

#endif
