/* Whether a mail is sealed, and what is left without: nothing larger than came, and what is put together is a
 * mail again that can be read or refused. */
#include "fmt/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view message = { (const char *)data, size }, whole;
    struct lf_mime_sealed s;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_mime m;

    if (lf_mime_seal_find(&a, message, &s, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        LF_ASSERT(s.content.len <= 2 * size + 2 && s.seal.len <= size + 2);
        LF_ASSERT(s.seal_kind == LF_MIME_SIGNED || !s.content.ptr);
        for (size_t i = 1; i < s.content.len; i++) /* every line ends as signatures have it */
            LF_ASSERT(s.content.ptr[i] != '\n' || s.content.ptr[i - 1] == '\r');
        if (lf_mime_unsealed(&a, message, s.content.ptr ? s.content : message, &whole, &e) == LF_OK) {
            LF_ASSERT(whole.len <= size + (s.content.ptr ? s.content.len : size) + 4);
            if (lf_mime_read(&a, whole, &m, &e) == LF_OK)
                LF_ASSERT(m.subject.len <= LF_MIME_LINE);
        }
    }
    lf_arena_clear(&a);
    return 0;
}
