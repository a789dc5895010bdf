/* Analysis reports, for page, API and paper: what the form or body says; the report is r->id. */
#ifndef LF_WEB_ANALYSIS_H
#define LF_WEB_ANALYSIS_H

#include "cert/analysis.h"
#include "web/web_priv.h"

enum lf_code analysis_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code analysis_refresh(struct rq *r) LF_MUST;
enum lf_code analysis_act(struct rq *r, enum lf_written_act act) LF_MUST;
enum lf_code analysis_follow(struct rq *r) LF_MUST;
/* A draft of an advisory of type ANA from what is out. */
enum lf_code analysis_advise(struct rq *r, lf_view *advisory) LF_MUST;
/* A day "2026-12-31" of Taipei: its first moment. */
enum lf_code analysis_day(struct rq *r, lf_view text, lf_time *out) LF_MUST;

/* A choice of the report form in words; what is none stays as it is (page_analysis.c). */
enum lf_code analysis_choice(struct rq *r, const char *field, lf_view choice, lf_view *out) LF_MUST;
/* "Known from: 2026-01-01; level: 3": what the set is chosen by. */
lf_view analysis_filter_words(struct rq *r, lf_view filter);
/* Numbers of the cases a repeat is in, "2026-000001, 2026-000002". */
lf_view analysis_repeat_cases(struct rq *r, const struct lf_analysis_facts *f,
                              const struct lf_analysis_repeat *x);
enum lf_text analysis_kind_text(enum lf_analysis_kind k);
enum lf_text analysis_advice_text(const struct lf_analysis_advice *a);
/* What is out, or for who may write what was written last, as a PDF (paper.c). */
enum lf_code paper_analysis(struct rq *r, const struct lf_analysis *x) LF_MUST;

#endif
