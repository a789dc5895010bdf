#include "cert/victim.h"

enum { SHORTEST = 3 /* bytes: one Chinese character */ };

static const char *const fields[] = { "agency",       "domain",        "url",
                                      "contact_name", "contact_phone", "contact_email" };

static char small_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool victim_begins(lf_view text, lf_view name)
{
    size_t i = 0;

    while (i < name.len && i < text.len) {
        lf_view a = lf_view_from(text, i), b = lf_view_from(name, i);

        if (small_letter(*a.ptr) == small_letter(*b.ptr))
            i++;
        else if ((lf_view_starts(a, LF_V("臺")) && lf_view_starts(b, LF_V("台"))) ||
                 (lf_view_starts(a, LF_V("台")) && lf_view_starts(b, LF_V("臺"))))
            i += 3;
        else
            return false;
    }
    return i == name.len;
}

static bool holds(lf_view text, lf_view name)
{
    for (size_t i = 0; i + name.len <= text.len; i++)
        if (victim_begins(lf_view_from(text, i), name))
            return true;
    return false;
}

lf_view victim_told(const struct lf_json *values, const lf_view *texts, size_t n, lf_view except)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_view v = lf_view_trim(lf_view_some(lf_json_str(values, fields[i])));

        if (v.len < SHORTEST || lf_view_eq(v, except))
            continue;
        for (size_t k = 0; k < n; k++)
            if (holds(texts[k], v))
                return v;
    }
    return LF_V("");
}
