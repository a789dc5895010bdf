/* Hostile text written as XML is read back the same: as an element's text, as an attribute, and beside
 * others. The input is cut in three at its first two bytes of 0. */
#include "fmt/xml.h"
#include "fmt/xml_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether XML can say it. */
static bool sayable(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
}

/* What should be read: the text with U+FFFD for every byte that is no part of what XML can say. */
static lf_view expected(struct lf_arena *a, lf_view v)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 3 * v.len + 8);
    for (size_t i = 0; i < v.len;) {
        size_t n = lf_utf8_len(v.ptr[i]);
        lf_view one = lf_view_first(lf_view_from(v, i), n);

        if (n && one.len == n && lf_view_is_utf8(one) && sayable(lf_utf8_get(one.ptr, n))) {
            lf_buf_put(&b, one);
            i += n;
        } else {
            LF_PUT(&b, "\xef\xbf\xbd");
            i++;
        }
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void same(struct lf_arena *a, lf_view given, lf_view read, const char *what)
{
    if (!lf_view_eq(expected(a, given), read))
        LF_BUG("%s: \"%.*s\" was read as \"%.*s\"", what, LF_FMT(given), LF_FMT(read));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lf_arena a;
    lf_view rest = { (const char *)data, size }, part[3] = { LF_VIEW(""), LF_VIEW(""), LF_VIEW("") };
    const struct lf_xml *root, *leaf;
    struct lf_err e = { 0 };
    struct lf_xml_w w;
    struct lf_buf b;

    if (size > 1 << 16)
        return 0;
    for (size_t i = 0; i < 3; i++) {
        size_t end = i < 2 ? lf_view_find_byte(rest, '\0') : rest.len;

        part[i] = lf_view_first(rest, end);
        rest = end >= rest.len ? LF_V("") : lf_view_from(rest, end + 1);
    }
    lf_buf_init(&b, 16 << 20);
    w = lf_xml_w(&b);
    lf_xml_open(&w, "r");
    lf_xml_put(&w, "xmlns:n", LF_V("urn:n"));
    lf_xml_put(&w, "a", part[0]);
    lf_xml_put(&w, "n:b", part[1]);
    lf_xml_say(&w, part[2]);
    lf_xml_leaf(&w, "n:leaf", part[0]);
    lf_xml_open(&w, "empty");
    lf_xml_put(&w, "a", part[2]);
    lf_xml_close(&w);
    lf_xml_close(&w);
    LF_ASSERT(!w.depth && !b.over);
    if (lf_xml_parse(&a, lf_buf_view(&b), NULL, &root, &e) != LF_OK)
        LF_BUG("what was written is not read: %s", e.text);
    same(&a, part[0], lf_view_some(lf_xml_attr(root, "a")), "attribute");
    same(&a, part[1], lf_view_some(lf_xml_attr(root, "b")), "attribute with a prefix");
    same(&a, part[2], lf_view_some(root->text), "text beside elements");
    leaf = lf_xml_get(root, "leaf");
    LF_ASSERT(leaf && lf_view_is(leaf->space, "urn:n") && !leaf->first);
    same(&a, part[0], lf_view_some(leaf->text), "text alone");
    same(&a, part[2], lf_view_some(lf_xml_attr(lf_xml_get(root, "empty"), "a")),
         "attribute of an empty element");
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    return 0;
}
