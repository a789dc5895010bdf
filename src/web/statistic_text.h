/* Statistic text: what the page and the files of statistics call things alike (api_statistic.c). */
#ifndef LF_WEB_STATISTIC_TEXT_H
#define LF_WEB_STATISTIC_TEXT_H

#include "cert/statistic.h"
#include "web/text.h"

struct rq;
/* The time that is asked for (?time=), else this year. */
enum lf_code statistic_time(struct rq *r, struct lf_statistic_span *out) LF_MUST;
/* "民國115年", "2026-03 (ROC 115-03)". */
lf_view statistic_span_text(const struct rq *r, const struct lf_statistic_span *span);
lf_view statistic_days_text(const struct rq *r,
                            const struct lf_statistic_span *span); /* first and last day */
/* What rows of an axis are, and which other time the `i`th is. */
enum lf_text statistic_axis_text(enum lf_statistic_axis axis);
enum lf_text statistic_with_text(const struct lf_statistic *s, size_t i);
/* Classes get the words of the report form (page_statistic.c). */
enum lf_code statistic_say_classes(struct rq *r, struct lf_statistic *s) LF_MUST;
/* The rows of one axis. */
const struct lf_statistic_row *statistic_rows_of(const struct lf_statistic_row *rows, size_t n,
                                                 enum lf_statistic_axis axis, size_t *nof);
/* Charts and tables of numbers that open no list. */
struct lf_buf;
void put_statistic_rows(struct rq *r, struct lf_buf *b, const struct lf_statistic_row *rows, size_t n);
/* How long the `k`th of report, review and control took; of another time the mean alone. */
lf_view statistic_took_text(const struct rq *r, const struct lf_statistic_row *row, int k, bool other);
/* What a row is of, in words. */
lf_view statistic_label(const struct rq *r, const struct lf_statistic_row *row);

#endif
