/* YAML (1.2, core schema) read into the tree of fmt/json.h.
 *
 * Plain scalars: null/~/nothing, true/false and decimal, 0o17, 0x17 and floating
 * numbers are what they look like; everything else (yes, on, 2026-11-21, 12:30) is
 * a string.  010 is the number 10.  Numbers come out as JSON writes them.  .inf
 * and .nan, which JSON cannot say, are refused.
 *
 * Refused too: a key twice in a map, keys that are no scalars, tags other than
 * the core schema's, aliases to what is not finished.  "<<" is an ordinary key.
 * An alias counts with all it stands for, so a small file cannot unfold into a
 * huge tree.  Everything is copied into the arena: the input may go away. */
#ifndef LF_FMT_YAML_H
#define LF_FMT_YAML_H

#include "fmt/json.h"

struct lf_yaml_limits {
    size_t bytes;   /* of input; 0 = 1 MiB */
    unsigned depth; /* of nesting; 0 = 32, at most 256 */
    size_t nodes;   /* with aliases unfolded; 0 = 200,000 */
};

/* Exactly one document.  The error says what and on which line. */
enum lf_code lf_yaml_parse(struct lf_arena *a, lf_view in, const struct lf_yaml_limits *limits,
                           const struct lf_json **out, struct lf_err *e) LF_MUST;
/* All documents of a stream, as an array. */
enum lf_code lf_yaml_parse_all(struct lf_arena *a, lf_view in, const struct lf_yaml_limits *limits,
                               const struct lf_json **out, struct lf_err *e) LF_MUST;

/* On which line each value below the root stands: a member on its key's, an item on
 * its own. */
struct lf_yaml_marks {
    struct lf_yaml_mark {
        const struct lf_json *value;
        size_t line; /* from 1 */
    } * at;
    size_t n, cap;
};
/* 0 when it is none of them.  Looks through all: for messages, not for work. */
size_t lf_yaml_line(const struct lf_yaml_marks *marks, const struct lf_json *value);

struct lf_yaml_doc {
    const struct lf_json *root; /* NULL = refused */
    size_t line;                /* where it begins */
    lf_view refused;            /* why; ptr NULL = read */
    enum lf_code code;          /* of that */
};
/* All documents, each read or refused by itself: what is wrong inside one (a key
 * twice, too deep) leaves the others.  Fails where the text as a whole is no YAML. */
enum lf_code lf_yaml_parse_each(struct lf_arena *a, lf_view in, const struct lf_yaml_limits *limits,
                                struct lf_yaml_doc **out, size_t *n, struct lf_yaml_marks *marks,
                                struct lf_err *e) LF_MUST;

#endif
