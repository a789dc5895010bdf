/* Mail from anybody: read within its limits or refused with a sentence; what is shown of fields is one line
 * of UTF-8, files have names without directories, and nothing is larger than what came. */
#include "fmt/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_line(lf_view v, size_t most)
{
    LF_ASSERT(v.len <= most && lf_view_is_utf8(v));
    for (size_t i = 0; i < v.len; i++)
        LF_ASSERT((unsigned char)v.ptr[i] >= ' ' && v.ptr[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_mime m;

    if (lf_mime_read(&a, (lf_view){ (const char *)data, size }, &m, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        is_line(m.from, 254);
        is_line(m.from_name, LF_MIME_LINE);
        is_line(m.subject, LF_MIME_LINE);
        is_line(m.id, LF_MIME_ID);
        LF_ASSERT(m.date >= 0 && m.date <= LF_TIME_MAX);
        LF_ASSERT(lf_arena_bytes(&a) <= (size_t)32 * size + ((size_t)16 << 20));
        LF_ASSERT(m.text.len <= LF_MIME_TEXT && lf_view_is_utf8(m.text));
        LF_ASSERT(m.nreferences <= LF_MIME_REFERENCES && m.nparts <= LF_MIME_PARTS);
        for (size_t i = 0; i < m.nreferences; i++)
            is_line(m.references[i], LF_MIME_ID);
        for (size_t i = 0; i < m.nparts; i++) {
            is_line(m.parts[i].name, LF_MIME_NAME);
            LF_ASSERT(m.parts[i].name.len && lf_view_find_byte(m.parts[i].name, '/') == SIZE_MAX);
            LF_ASSERT(m.parts[i].bytes.len <= size);
        }
    }
    lf_arena_clear(&a);
    return 0;
}
