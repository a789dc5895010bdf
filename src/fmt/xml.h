/* XML 1.0 with namespaces, as much of it as documents of intelligence need: elements, attributes, text,
 * CDATA, comments, processing instructions.
 *
 * A document type is refused, and with it every entity but XML's own five and character references: nothing
 * is expanded, nothing is fetched.  Size, depth and number of parts are limited before anything is allocated.
 * Strict otherwise: UTF-8 (UTF-16 by its byte order mark), tags that match, attributes once, references that
 * are known, one root and nothing behind it. */
#ifndef LF_FMT_XML_H
#define LF_FMT_XML_H

#include "base/arena.h"
#include "base/err.h"

enum {
    LF_XML_BYTES = 64 << 20,
    LF_XML_DEPTH = 128,
    LF_XML_PARTS = 2000000, /* elements and attributes of a document */
    LF_XML_ATTRIBUTES = 256 /* of one element */
};

struct lf_rest;
struct lf_xml_attribute {
    lf_view name;  /* without its prefix */
    lf_view space; /* namespace; empty without a prefix */
    lf_view value; /* references undone */
};
struct lf_xml {
    lf_view name;  /* without its prefix */
    lf_view space; /* namespace; empty: none */
    lf_view text;  /* its own text, without that of its elements; references undone, blanks kept */
    size_t nattributes;
    const struct lf_xml_attribute *attributes;
    const struct lf_xml *first, *next; /* first of its elements; the next beside it */
    const struct lf_xml *parent;
    size_t line;
};

/* The tree lives in `a`, and points into `in`.  LF_BAD_INPUT says what and on which line.  `rest`: between
 * parts of a long text; may be NULL. */
enum lf_code lf_xml_parse(struct lf_arena *a, lf_view in, const struct lf_rest *rest,
                          const struct lf_xml **root, struct lf_err *e) LF_MUST;

/* By local name, whatever the namespace.  The first of that name; NULL also of NULL. */
const struct lf_xml *lf_xml_get(const struct lf_xml *x, const char *name);
/* The next beside it of that name. */
const struct lf_xml *lf_xml_more(const struct lf_xml *x, const char *name);
/* Names parted by '/'. */
const struct lf_xml *lf_xml_at(const struct lf_xml *x, const char *path);
/* Trimmed text of what that path leads to; ptr NULL when it leads nowhere. */
lf_view lf_xml_text(const struct lf_xml *x, const char *path);
/* An attribute by its local name; ptr NULL. */
lf_view lf_xml_attr(const struct lf_xml *x, const char *name);
/* The next element in document order below `top` (which is the first when at is NULL); NULL at the end. */
const struct lf_xml *lf_xml_walk(const struct lf_xml *top, const struct lf_xml *at);

#endif
