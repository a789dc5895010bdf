/* Decimal: numbers of any size compared exactly by their text, because what a
 * rule and an event say is text and a double would round it. */
#ifndef LF_ENGINE_DECIMAL_H
#define LF_ENGINE_DECIMAL_H

#include "base/view.h"

struct lf_decimal {
    bool negative;
    lf_view whole, part; /* digits before and after the point, as written */
    int64_t exponent;
};

/* -12.5e3; the exponent only when allowed.  No blanks, no plus, no hexadecimal. */
bool lf_decimal_parse(lf_view text, bool exponent, struct lf_decimal *out);
int lf_decimal_cmp(const struct lf_decimal *a, const struct lf_decimal *b);

#endif
