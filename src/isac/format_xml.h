/* What the two formats of XML share: trees of tests that become STIX patterns. */
#ifndef LF_ISAC_FORMAT_XML_H
#define LF_ISAC_FORMAT_XML_H

#include "fmt/xml.h"
#include "isac/format_priv.h"

/* A test of one object, or several joined.  kind NONE: it cannot be said, and neither can what needs it. */
struct test {
    enum { TEST_NONE, TEST_ONE, TEST_AND, TEST_OR } kind;
    lf_view text; /* ONE: "file:hashes.MD5 = '…'" */
    size_t n, cap;
    struct test **kids;
};
enum { TESTS_MOST = 2000 };

struct test *test_new(struct lf_arena *a, bool all);
void test_add(struct lf_arena *a, struct test *to, struct test *kid);
/* path op 'value'.  `number`: the value is one. */
struct test *test_one(struct lf_arena *a, const char *path, const char *op, lf_view value, bool number);
/* An address: its family's type, a network by ISSUBSET; NULL when it is neither. */
struct test *test_address(struct lf_arena *a, lf_view value);
/* LIKE with % around it where asked; wildcards within the value cannot be said. */
struct test *test_like(struct lf_arena *a, const char *path, lf_view value, bool before, bool behind);
/* The pattern; false: there is none, or it is no pattern that STIX has. */
bool test_print(struct lf_arena *a, const struct test *t, lf_view *out);

/* The next of its elements, after `at` (NULL: the first), whose name is not in the list; NULL at the end. */
const struct lf_xml *xml_unknown(const struct lf_xml *parent, const struct lf_xml *at, const char *names);

/* A report on what was gathered (quoted ids joined by commas). */
enum lf_code xml_report(struct format_in *f, lf_view key, lf_view name, lf_view description, lf_time created,
                        lf_time modified, lf_view refs) LF_MUST;

#endif
