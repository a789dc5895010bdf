#include "web/text.h"

#include "base/buf.h"

static const struct {
    const char *key;
    lf_view text[2];
} table[] = {
#define LF_SAY(key, zh, en) { #key, { LF_VIEW(zh), LF_VIEW(en) } },
#include "web/text.def"
#undef LF_SAY
};

lf_view lf_text(enum lf_text key, enum lf_lang lang)
{
    return table[key].text[lang == LF_LANG_EN];
}

const char *lf_text_key(enum lf_text key)
{
    return table[key].key;
}

lf_view lf_text_fill(struct lf_arena *a, enum lf_text key, enum lf_lang lang,
                     const struct lf_text_value *values, size_t n)
{
    lf_view left = lf_text(key, lang), out;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    while (left.len) {
        size_t open = lf_view_find_byte(left, '{'), close;
        lf_view name;
        size_t i = 0;

        lf_buf_put(&b, lf_view_first(left, open));
        if (open == SIZE_MAX)
            break;
        left = lf_view_from(left, open);
        close = lf_view_find_byte(left, '}');
        if (close == SIZE_MAX) {
            lf_buf_put(&b, left);
            break;
        }
        name = lf_view_from(lf_view_first(left, close), 1);
        while (i < n && !lf_view_is(name, values[i].name))
            i++;
        lf_buf_put(&b, i < n ? values[i].value : lf_view_first(left, close + 1));
        left = lf_view_from(left, close + 1);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}
