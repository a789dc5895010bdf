#include "cert/document_priv.h"

bool document_is_id(lf_view v, size_t most)
{
    if (!v.len || v.len > most)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9') ||
              v.ptr[i] == '-' || v.ptr[i] == '_'))
            return false;
    return true;
}

bool document_is_line(lf_view v, size_t most)
{
    return lf_view_is_text(v, 1, most) && lf_view_find_byte(v, '\n') == SIZE_MAX;
}

enum lf_code document_text(const char *noun, const char *what, lf_view v, size_t least, size_t most,
                           struct lf_err *e)
{
    if ((!v.len && !least) || lf_view_is_text(v, least ? least : 1, most))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "%s: %s has %zu to %zu bytes", noun, what, least, most);
}

bool document_span(lf_view v, lf_time least, lf_time most, lf_time *out)
{
    uint64_t n;
    lf_time unit;

    if (v.len < 2 || !lf_view_u64(lf_view_first(v, v.len - 1), &n))
        return false;
    unit = v.ptr[v.len - 1] == 'm'   ? LF_MINUTE
           : v.ptr[v.len - 1] == 'h' ? LF_HOUR
           : v.ptr[v.len - 1] == 'd' ? LF_DAY
                                     : 0;
    if (!unit || n > (uint64_t)(most / unit) || (lf_time)n * unit < least)
        return false;
    *out = (lf_time)n * unit;
    return true;
}

lf_view document_unknown(const struct lf_json *object, const char *const *names, size_t n)
{
    size_t at;

    for (size_t i = 0; i < lf_json_members(object); i++)
        if (!lf_view_among(lf_json_key(object, i), names, n, &at))
            return lf_json_key(object, i);
    return (lf_view){ 0 };
}

enum lf_code document_only(const char *noun, const struct lf_json *v, lf_view where, const char *const *names,
                           size_t n, struct lf_err *e)
{
    lf_view odd;

    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "%s: %.*s is no object", noun, LF_FMT(where));
    odd = document_unknown(v, names, n);
    return !odd.ptr ? LF_OK
                    : lf_err_set(e, LF_BAD_INPUT, "%s: %.*s has a member \"%.*s\" that means nothing here",
                                 noun, LF_FMT(where), LF_FMT(lf_view_first(odd, 40)));
}
