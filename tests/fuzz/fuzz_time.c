/* Times and decimals as text: what is read is written to something that reads
 * back alike, and comparing is an order. */
#include "base/time.h"
#include "engine/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, x = in, y = { "", 0 };
    struct lf_decimal a, b;
    char text[LF_TIME_TEXT];
    lf_time t, back;

    if (lf_time_parse(in, &t, NULL) == LF_OK) {
        LF_ASSERT(t >= 0 && t <= LF_TIME_MAX);
        LF_ASSERT(lf_time_parse(lf_time_micro(t, text), &back, NULL) == LF_OK && back == t);
    }
    if (lf_view_split(&in, '\n', &x))
        y = in;
    if (lf_decimal_parse(x, true, &a) && lf_decimal_parse(y, true, &b)) {
        LF_ASSERT(lf_decimal_cmp(&a, &a) == 0 && lf_decimal_cmp(&b, &b) == 0);
        LF_ASSERT((lf_decimal_cmp(&a, &b) < 0) == (lf_decimal_cmp(&b, &a) > 0));
        LF_ASSERT((lf_decimal_cmp(&a, &b) == 0) == (lf_decimal_cmp(&b, &a) == 0));
    }
    return 0;
}
