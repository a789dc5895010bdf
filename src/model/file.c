#include "model/file.h"

#include <string.h>

bool lf_file_name_ok(lf_view v)
{
    if (!v.len || v.len > LF_FILE_NAME || !lf_view_is_utf8(v) || lf_view_is(v, ".") || lf_view_is(v, ".."))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] < ' ' || v.ptr[i] == 0x7f || strchr("/\\\"", v.ptr[i]))
            return false;
    return true;
}

bool lf_file_type_ok(lf_view v)
{
    size_t slashes = 0;

    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if (c == '/' && i > 0 && i + 1 < v.len)
            slashes++;
        else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   (i > 0 && c && strchr("!#$&-^_.+", c))))
            return false;
    }
    return v.len <= LF_FILE_TYPE && slashes == 1;
}
