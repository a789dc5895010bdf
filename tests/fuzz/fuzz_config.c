/* A settings file: taken or refused with file, line and a sentence; what is taken
 * can be shown. */
#include "proc/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_config *c = NULL;
    struct lf_err e = { 0 };
    struct lf_buf b;

    if (lf_config_parse((lf_view){ (const char *)data, size }, "f.ini", "/", &c, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
        return 0;
    }
    lf_buf_init(&b, 16 << 20);
    lf_config_show(c, &b);
    LF_ASSERT(!b.over && b.len > 0);
    lf_buf_clear(&b);
    lf_config_destroy(c);
    return 0;
}
