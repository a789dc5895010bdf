#include "proc/boot.h"

void lf_boot_pack(struct lf_buf *b, const struct lf_boot *boot)
{
    lf_buf_byte(b, (char)boot->least);
    lf_buf_byte(b, (char)boot->connect);
    lf_buf_u16(b, (uint16_t)boot->npaths);
    for (size_t i = 0; i < boot->npaths; i++) {
        lf_view path = lf_view_of(boot->paths[i].path);

        lf_buf_byte(b, (char)boot->paths[i].rights);
        lf_buf_u16(b, (uint16_t)path.len);
        lf_buf_put(b, path);
    }
    lf_buf_put(b, boot->settings);
}

static unsigned u16_at(const char *p)
{
    return (unsigned)(uint8_t)p[0] << 8 | (uint8_t)p[1];
}

enum lf_code lf_boot_unpack(struct lf_arena *a, lf_view in, struct lf_boot *out, struct lf_err *e)
{
    struct lf_boot boot = { 0 };

    if (in.len < 4 || in.ptr[0] < 0 || in.ptr[0] > LF_LOG_ERROR || u16_at(in.ptr + 2) > LF_BOOT_PATHS)
        return lf_err_set(e, LF_BAD_INPUT, "boot: not readable");
    boot.least = (enum lf_log_level)in.ptr[0];
    boot.connect = in.ptr[1] != 0;
    boot.npaths = u16_at(in.ptr + 2);
    in = lf_view_from(in, 4);
    for (size_t i = 0; i < boot.npaths; i++) {
        size_t len;

        if (in.len < 3 || in.len - 3 < (len = u16_at(in.ptr + 1)))
            return lf_err_set(e, LF_BAD_INPUT, "boot: path %zu is cut", i);
        boot.paths[i].rights = (uint8_t)in.ptr[0];
        boot.paths[i].path = lf_arena_cstr(a, (lf_view){ in.ptr + 3, len });
        in = lf_view_from(in, 3 + len);
    }
    boot.settings = in;
    *out = boot;
    return LF_OK;
}

const char **lf_boot_texts(struct lf_arena *a, const struct lf_json *settings, const char *name, size_t *n)
{
    const struct lf_json *list = lf_json_get(settings, lf_view_of(name));
    const char **out = LF_NEW(a, const char *, lf_json_items(list) + 1);

    *n = lf_json_items(list);
    for (size_t i = 0; i < *n; i++)
        out[i] = lf_arena_cstr(a, lf_json_text(lf_json_item(list, i)));
    return out;
}
