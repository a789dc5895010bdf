/* What the readers of lines share. */
#include <arpa/inet.h>

#include "engine/line_priv.h"
#include "fmt/charset.h"

lf_view line_clean(struct lf_arena *a, lf_view v)
{
    return lf_view_is_utf8(v) ? v : lf_charset_utf8(a, v, LF_CHARSET_UTF8);
}

void line_put_json(struct made *m, lf_view key, const struct lf_json *v)
{
    if (m->n == MEMBERS_MOST || key.len == 0)
        return;
    m->keys[m->n] = key;
    m->values[m->n++] = v;
}

/* Cut out of text that was looked at already, at whole characters. */
static bool of_valid(const struct made *m, lf_view v)
{
    uintptr_t at = (uintptr_t)v.ptr, from = (uintptr_t)m->valid.ptr, to = from + m->valid.len;

    return m->valid.len > 0 && v.len > 0 && at >= from && at < to && v.len <= to - at &&
           ((unsigned char)v.ptr[0] & 0xc0) != 0x80 &&
           (at + v.len == to || ((unsigned char)v.ptr[v.len] & 0xc0) != 0x80);
}

static lf_view clean(struct made *m, lf_view v)
{
    return of_valid(m, v) ? v : line_clean(m->a, v);
}

void line_put_text(struct made *m, lf_view key, lf_view v)
{
    line_put_json(m, key, lf_json_new_string(m->a, clean(m, v)));
}

void line_put_key(struct made *m, lf_view key, lf_view v)
{
    if (key.len > 0 && key.len <= 200)
        line_put_json(m, clean(m, key), lf_json_new_string(m->a, clean(m, v)));
}

void line_put_number(struct made *m, const char *key, lf_view v)
{
    uint64_t n;

    if (!lf_view_u64(v, &n))
        return;
    if (v.len > 1 && v.ptr[0] == '0') /* 007 is no number of JSON */
        v = lf_arena_printf(m->a, "%llu", (unsigned long long)n);
    line_put_json(m, lf_view_of(key), lf_json_new_number(m->a, v));
}

bool line_is_address(lf_view v)
{
    char text[64];
    uint8_t raw[16];

    if (v.len < 2 || v.len >= sizeof text || memchr(v.ptr, 0, v.len))
        return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    return inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
}

void line_put_ip(struct made *m, const char *key, lf_view v)
{
    if (line_is_address(v))
        line_put(m, key, v);
}

size_t line_words(lf_view in, lf_view out[WORDS_MOST])
{
    size_t n = 0;
    lf_view w;

    while (n < WORDS_MOST && lf_view_split(&in, ' ', &w))
        if (w.len > 0)
            out[n++] = w;
    return n;
}

bool line_take_word(lf_view *in, lf_view *out)
{
    return lf_view_split(in, ' ', out) && out->len > 0;
}

int line_hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool line_after(lf_view in, const char *mark, lf_view *out)
{
    size_t at = lf_view_find(in, lf_view_of(mark));

    if (at == SIZE_MAX)
        return false;
    *out = lf_view_from(in, at + strlen(mark));
    return true;
}

bool line_between(lf_view in, const char *before, const char *after, lf_view *out)
{
    lf_view v;
    size_t end;

    if (!line_after(in, before, &v))
        return false;
    end = after ? lf_view_find(v, lf_view_of(after)) : v.len;
    if (end == SIZE_MAX)
        return false;
    *out = lf_view_first(v, end);
    return true;
}

bool line_endpoint(lf_view v, lf_view *address, lf_view *port)
{
    size_t i = v.len;

    *port = (lf_view){ "", 0 };
    if (line_is_address(v)) {
        *address = v;
        return true;
    }
    if (v.len > 0 && v.ptr[v.len - 1] == ')')
        i = --v.len;
    while (i > 0 && v.ptr[i - 1] >= '0' && v.ptr[i - 1] <= '9')
        i--;
    if (i == v.len || i < 2 || !strchr("/(:#", v.ptr[i - 1]))
        return false;
    *port = lf_view_from(v, i);
    v.len = i - 1;
    if (v.len > 2 && v.ptr[0] == '[' && v.ptr[v.len - 1] == ']')
        v = (lf_view){ v.ptr + 1, v.len - 2 };
    *address = v;
    return line_is_address(v);
}
