/* Vital functions: what must keep working in a country (必須維持正常運作之體系), of which an incident may
 * affect several: government, military, rescue, daily necessities (telecom, water, power, oil, gas, food),
 * finance and commerce.  A set of them is bits, 1 << place. */
#ifndef LF_MODEL_VITAL_H
#define LF_MODEL_VITAL_H

#include "base/arena.h"
#include "fmt/json.h"

enum { LF_VITALS = 11, LF_VITAL_LIST = 32 /* names of one list, at most: more are no list of them */ };

/* "government", "necessities:water", …: for places from 0; also the ids of the report form's choices. */
const char *lf_vital_name(size_t place);
/* The set that a name asks for: one of the above, "necessities" (any of them), "any"; 0: no such name. */
unsigned lf_vital_set(lf_view name);
/* Those of a JSON list of names; a name that is none, of a newer release, is passed over. */
unsigned lf_vital_of(const struct lf_json *list);
const struct lf_json *lf_vital_list(struct lf_arena *a, unsigned set);
/* "government,necessities:water"; empty for none. */
lf_view lf_vital_text(struct lf_arena *a, unsigned set);

#endif
