/* Bench object: made-up STIX objects by number, the same on every run: of twenty seventeen are
 * indicators, one each malware, relationship and address. */
#ifndef LF_MAIN_BENCH_OBJECT_H
#define LF_MAIN_BENCH_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "base/view.h"

enum { LF_BENCH_OBJECT = 1024, LF_BENCH_OBJECT_ID = 128 }; /* bytes of one, of its id, at most */

const char *lf_bench_object_type(uint64_t i);
void lf_bench_object_id(uint64_t i, const char *type, char *out, size_t size);
/* Also when it was created; a second apart. */
lf_time lf_bench_object_modified(uint64_t i);
/* The object as JSON in `out`, of its own type or another. */
lf_view lf_bench_object(uint64_t i, const char *type, char out[LF_BENCH_OBJECT]);

#endif
