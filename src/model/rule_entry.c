#include "model/rule_entry.h"

#include "base/unpack.h"

/* At most so many bytes of text, at a whole character. */
static void put(struct lf_buf *b, lf_view v, size_t most)
{
    v = lf_view_first(v, most);
    while (v.len > 0 && !lf_view_is_utf8(v))
        v.len--;
    if (v.len && memchr(v.ptr, 0, v.len))
        v.len = 0;
    lf_buf_u16(b, (uint16_t)v.len);
    lf_buf_put(b, v);
}

bool lf_rule_entry_pack(struct lf_buf *b, const struct lf_rule_entry *e)
{
    enum {
        MOST = LF_RULE_ENTRY_ID + LF_RULE_ENTRY_TITLE + LF_RULE_ENTRY_FILE + LF_RULE_ENTRY_TECHNIQUES + 16
    };

    if (b->len + MOST > LF_RULE_LIST || b->over)
        return false;
    put(b, e->id, LF_RULE_ENTRY_ID);
    put(b, e->title, LF_RULE_ENTRY_TITLE);
    put(b, e->file, LF_RULE_ENTRY_FILE);
    put(b, e->techniques, LF_RULE_ENTRY_TECHNIQUES);
    lf_buf_byte(b, (char)e->level);
    lf_buf_byte(b, (char)((e->correlation ? 1 : 0) | (e->quiet ? 2 : 0)));
    return true;
}

bool lf_rule_entry_take(lf_view *bytes, struct lf_rule_entry *out)
{
    struct lf_unpack in = lf_unpack_begin(*bytes);
    struct lf_rule_entry e = { .id = lf_unpack_text(&in, 2, 1, LF_RULE_ENTRY_ID, NULL) };
    uint64_t level, flags;

    e.title = lf_unpack_text(&in, 2, 0, LF_RULE_ENTRY_TITLE, NULL);
    e.file = lf_unpack_text(&in, 2, 0, LF_RULE_ENTRY_FILE, NULL);
    e.techniques = lf_unpack_text(&in, 2, 0, LF_RULE_ENTRY_TECHNIQUES, NULL);
    level = lf_unpack_uint(&in, 1);
    flags = lf_unpack_uint(&in, 1);
    if (in.bad || level > LF_LEVEL_CRITICAL || flags > 3)
        return false;
    e.level = (enum lf_level)level;
    e.correlation = flags & 1;
    e.quiet = flags & 2;
    *bytes = in.left;
    *out = e;
    return true;
}
