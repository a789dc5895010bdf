/* Statistic text: what the page and the files of statistics call things alike (api_statistic.c). */
#ifndef LF_WEB_STATISTIC_TEXT_H
#define LF_WEB_STATISTIC_TEXT_H

#include "cert/statistic.h"

struct rq;
/* The time that is asked for (?time=), else this year. */
enum lf_code statistic_time(struct rq *r, struct lf_statistic_span *out) LF_MUST;
/* "民國115年", "2026-03 (ROC 115-03)"; and as it is asked for: "2026", "2026-03". */
lf_view statistic_span_text(const struct rq *r, const struct lf_statistic_span *span);
lf_view statistic_span_key(const struct rq *r, const struct lf_statistic_span *span);
/* What a row is of, in words. */
lf_view statistic_label(const struct rq *r, const struct lf_statistic_row *row);

#endif
