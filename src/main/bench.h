/* Benchmarks of one program: rows of `lianfang bench` that live in other files. */
#ifndef LF_MAIN_BENCH_H
#define LF_MAIN_BENCH_H

#include <stdint.h>

#include "base/buf.h"
#include "base/view.h"

struct lf_bench_result {
    uint64_t events, bytes;
    double cpu_s;
};
/* Processor time of this process in seconds. */
double lf_bench_cpu(void);
/* Seconds by the clock on the wall, from some moment on. */
double lf_bench_wall(void);
/* Numbers in a row become numbers all over (splitmix64's mixing). */
uint64_t lf_bench_scatter(uint64_t x);

/* The zone primary (bench_rpz.c).  Input: one name a line. */
void lf_bench_rpz_names(struct lf_buf *out);    /* 100,000 */
void lf_bench_rpz_names_1m(struct lf_buf *out); /* 1,000,000 */
int lf_bench_rpz_load(lf_view in, struct lf_bench_result *out);
int lf_bench_rpz_axfr(lf_view in, struct lf_bench_result *out);
int lf_bench_rpz_ixfr(lf_view in, struct lf_bench_result *out);

/* Correlations (bench_correlate.c).  Input: one JSON event a line. */
void lf_bench_correlate_make(struct lf_buf *out);
void lf_bench_correlate_make_late(struct lf_buf *out);
void lf_bench_correlate_make_flood(struct lf_buf *out);
int lf_bench_correlate(lf_view in, struct lf_bench_result *out);

/* MISP in (bench_exchange.c).  Input: an export of 250,000 attributes. */
void lf_bench_misp_make(struct lf_buf *out);     /* in 2,000 events */
void lf_bench_misp_make_one(struct lf_buf *out); /* in one */
int lf_bench_misp(lf_view in, struct lf_bench_result *out);

/* Detection (bench_detect.c), which has options of its own; argv[0] is "detect". */
int lf_bench_detect(int argc, char **argv);
/* The event archive (bench_archive.c), with options of its own; argv[0] is "archive". */
int lf_bench_archive_main(int argc, char **argv);
/* Searches of stored objects (bench_objects.c), with options of its own. */
int lf_bench_objects(int argc, char **argv);

/* Incidents (bench_incidents.c), likewise. */
int lf_bench_incidents(int argc, char **argv);
/* A day of a node, and its memory by the hour (bench_day.c). */
int lf_bench_day(int argc, char **argv);
/* Sets of indicators (bench_ioc.c), with options of its own; argv[0] is "ioc". */
int lf_bench_ioc_main(int argc, char **argv);
/* A core with thousands of children (bench_members.c), with options of its own. */
int lf_bench_members(int argc, char **argv);
/* Reports of incidents to a node (bench_reports.c), with options of its own. */
int lf_bench_reports(int argc, char **argv);
/* Questions to the archive (bench_search.c), with options of its own. */
int lf_bench_search(int argc, char **argv);
/* A node's TAXII server (bench_taxii.c), with options of its own. */
int lf_bench_taxii(int argc, char **argv);
/* That many made STIX patterns (bench_pattern.c). */
struct lf_stix_live;
struct lf_stix_live *lf_bench_patterns(uint64_t n);
/* Puts that many made values into a set, for other benchmarks to run beside. */
struct lf_ioc_set;
void lf_bench_ioc_fill(struct lf_ioc_set *s, uint64_t entries);

#endif
