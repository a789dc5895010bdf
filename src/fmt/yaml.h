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

#endif
