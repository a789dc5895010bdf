#include "fmt/stix.h"
#include "isac/format_xml.h"

struct test *test_new(struct lf_arena *a, bool all)
{
    struct test *t = LF_NEW(a, struct test, 1);

    t->kind = all ? TEST_AND : TEST_OR;
    return t;
}

void test_add(struct lf_arena *a, struct test *to, struct test *kid)
{
    to->kids = (struct test **)lf_arena_grow(a, (void *)to->kids, to->n, &to->cap, sizeof *to->kids);
    to->kids[to->n++] = kid;
}

struct test *test_one(struct lf_arena *a, const char *path, const char *op, lf_view value, bool number)
{
    struct test *t = LF_NEW(a, struct test, 1);
    struct lf_buf b;

    lf_buf_init(&b, LF_STIX_PATTERN_MOST);
    lf_buf_printf(&b, "%s %s ", path, op);
    if (number)
        lf_buf_put(&b, value);
    else
        lf_make_literal(&b, value);
    t->kind = b.over || !value.len ? TEST_NONE : TEST_ONE;
    t->text = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return t;
}

struct test *test_address(struct lf_arena *a, lf_view value)
{
    struct lf_stix_net net;

    if (!lf_stix_net_parse(value, &net))
        return NULL;
    return test_one(a, net.v6 ? "ipv6-addr:value" : "ipv4-addr:value",
                    lf_view_find_byte(value, '/') == SIZE_MAX ? "=" : "ISSUBSET", value, false);
}

struct test *test_like(struct lf_arena *a, const char *path, lf_view value, bool before, bool behind)
{
    struct lf_buf b;
    struct test *t;

    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '%' || value.ptr[i] == '_') { /* LIKE has no escape: said by an expression */
            lf_buf_init(&b, 4 * value.len + 16);
            if (!before)
                lf_buf_byte(&b, '^');
            for (size_t k = 0; k < value.len; k++) {
                if (strchr("\\^$.|?*+()[]{}", value.ptr[k]) && value.ptr[k])
                    lf_buf_byte(&b, '\\');
                lf_buf_byte(&b, value.ptr[k]);
            }
            if (!behind)
                lf_buf_byte(&b, '$');
            t = test_one(a, path, "MATCHES", lf_buf_view(&b), false);
            lf_buf_clear(&b);
            return t;
        }
    return test_one(a, path, "LIKE",
                    lf_arena_printf(a, "%s%.*s%s", before ? "%" : "", LF_FMT(value), behind ? "%" : ""),
                    false);
}

/* ---- printing ---- */

static lf_view type_of(const struct test *t)
{
    size_t colon = lf_view_find_byte(t->text, ':');

    return t->kind == TEST_ONE && colon != SIZE_MAX ? lf_view_first(t->text, colon) : (lf_view){ "", 0 };
}

/* Without what cannot be said: of OR the rest stands, of AND nothing does (it would ask for less than was
 * meant). */
static bool sayable(const struct test *t)
{
    if (t->kind == TEST_NONE)
        return false;
    if (t->kind == TEST_ONE)
        return true;
    for (size_t i = 0; i < t->n; i++)
        if (sayable(t->kids[i]) != (t->kind == TEST_AND))
            return t->kind == TEST_OR;
    return t->kind == TEST_AND && t->n > 0;
}

static void print(struct lf_buf *b, const struct test *t);

/* Tests of one object type in one pair of brackets; else each in its own. */
static void joined(struct lf_buf *b, const struct test *t)
{
    const char *word = t->kind == TEST_AND ? " AND " : " OR ";
    bool any = false;

    for (size_t i = 0; i < t->n; i++) {
        const struct test *k = t->kids[i];
        bool first = true, again = false;

        if (!sayable(k))
            continue;
        for (size_t j = 0; j < i && k->kind == TEST_ONE; j++)
            again = again || (t->kids[j]->kind == TEST_ONE && lf_view_eq(type_of(t->kids[j]), type_of(k)));
        if (again)
            continue; /* it stands in the brackets of the first of its type */
        if (any)
            lf_buf_put(b, lf_view_of(word));
        any = true;
        if (k->kind != TEST_ONE) {
            lf_buf_byte(b, '(');
            print(b, k);
            lf_buf_byte(b, ')');
            continue;
        }
        lf_buf_byte(b, '[');
        for (size_t j = i; j < t->n; j++)
            if (t->kids[j]->kind == TEST_ONE && lf_view_eq(type_of(t->kids[j]), type_of(k))) {
                if (!first)
                    lf_buf_put(b, lf_view_of(word));
                first = false;
                lf_buf_put(b, t->kids[j]->text);
            }
        lf_buf_byte(b, ']');
    }
}

static void print(struct lf_buf *b, const struct test *t)
{
    if (t->kind == TEST_ONE) {
        lf_buf_byte(b, '[');
        lf_buf_put(b, t->text);
        lf_buf_byte(b, ']');
    } else {
        joined(b, t);
    }
}

bool test_print(struct lf_arena *a, const struct test *t, lf_view *out)
{
    struct lf_stix_pattern p;
    struct lf_buf b;
    bool ok;

    if (!t || !sayable(t))
        return false;
    lf_buf_init(&b, LF_STIX_PATTERN_MOST);
    print(&b, t);
    *out = lf_arena_copy(a, lf_buf_view(&b));
    ok = !b.over && lf_stix_pattern_parse(a, *out, &p, NULL) == LF_OK && lf_stix_pattern_sound(&p, NULL);
    if (ok)
        *out = lf_stix_pattern_print(a, &p);
    lf_buf_clear(&b);
    return ok;
}

const struct lf_xml *xml_unknown(const struct lf_xml *parent, const struct lf_xml *at, const char *names)
{
    const struct lf_xml *k = at ? at->next : parent ? parent->first : NULL;

    for (; k; k = k->next) {
        lf_view rest = lf_view_of(names), one;
        bool found = false;

        while (lf_view_split(&rest, ' ', &one))
            found = found || lf_view_eq(one, k->name);
        if (!found)
            return k;
    }
    return NULL;
}

/* ---- a report ---- */

enum lf_code xml_report(struct format_in *f, lf_view key, lf_view name, lf_view description, lf_time created,
                        lf_time modified, lf_view refs)
{
    struct lf_json_w *w = &f->m.w;
    char text[LF_TIME_TEXT];
    struct lf_buf b;

    if (!refs.len)
        return LF_OK;
    lf_make_open(&f->m, "report", lf_make_id(&f->m, "report", lf_make_uuid(&f->m, f->source, key)), created,
                 modified);
    lf_json_put_str(w, "name", name.len ? name : LF_V("(no title)"));
    if (description.len)
        lf_json_put_str(w, "description", description);
    lf_json_put_str(w, "published", lf_time_micro(created, text));
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES * 2);
    lf_buf_byte(&b, '[');
    lf_buf_put(&b, refs);
    lf_buf_byte(&b, ']');
    lf_json_put_raw(w, "object_refs", lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_make_close(&f->m, f->e);
}
