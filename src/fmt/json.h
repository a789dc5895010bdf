/* JSON (RFC 8259): a one-pass arena parser, accessors, and writers.
 *
 * Strict: UTF-8 as RFC 3629, no NaN, no comments, no trailing commas, duplicate
 * keys refused when asked, lone surrogate escapes refused unless `halves`.  Numbers are kept as
 * their source text (lf_json_text), so nothing is lost on the way through.
 *
 * The tree belongs to the arena; strings without escapes are views into the
 * input, so the input must live as long as the tree.  Depth and size are limited
 * by struct lf_json_limits, checked before anything is allocated. */
#ifndef LF_FMT_JSON_H
#define LF_FMT_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

enum lf_json_kind {
    LF_JSON_NULL,
    LF_JSON_FALSE,
    LF_JSON_TRUE,
    LF_JSON_NUMBER,
    LF_JSON_STRING,
    LF_JSON_ARRAY,
    LF_JSON_OBJECT
};

struct lf_json;
struct lf_rest;

struct lf_json_limits {
    size_t bytes;   /* of input; 0 = 16 MiB */
    unsigned depth; /* of nesting; 0 = 64, at most 512 */
    bool unique;    /* refuse an object with the same key twice */
    bool halves;    /* half a surrogate pair (names of files on Windows have them) is U+FFFD; else refused */
    bool goes_on;   /* more input will come: a value that `in` ends within is LF_NOT_FOUND */
    const struct lf_rest *rest; /* between parts of a long text; what it returns ends the work */
};

/* The whole of `in` must be one value (blanks around it allowed).  The error
 * says what is wrong and at which byte. */
enum lf_code lf_json_parse(struct lf_arena *a, lf_view in, const struct lf_json_limits *limits,
                           const struct lf_json **out, struct lf_err *e) LF_MUST;
/* One value from the front of *in, which is moved past it; for streams of values. */
enum lf_code lf_json_take(struct lf_arena *a, lf_view *in, const struct lf_json_limits *limits,
                          const struct lf_json **out, struct lf_err *e) LF_MUST;

/* The layout is the parser's business; it stands here so that the readers below,
 * which run for each member of each event, cost no call.  Nobody else looks inside.
 *
 * A value in 16 bytes.  An object's members are 2n nodes, key before value, so a
 * key is a string node and both kinds of container are one contiguous run. */
struct lf_json {
    union {
        const char *text;
        const struct lf_json *items;
    };
    uint32_t n; /* bytes of text, items, or members */
    uint8_t kind;
    bool plain, bare; /* of a whole document as it was read: see lf_json_plain, lf_json_bare */
};

static_assert(sizeof(struct lf_json) == 16 || sizeof(void *) != 8, "a node is 16 bytes");

/* Reading an absent value (NULL, as lf_json_get gives it) is allowed everywhere: it
 * has kind null, no text and no items, so a path is walked without a test a step. */
static inline enum lf_json_kind lf_json_kind(const struct lf_json *v)
{
    return v ? (enum lf_json_kind)v->kind : LF_JSON_NULL;
}
/* Of what lf_json_parse or lf_json_take gave: its bytes are all ASCII and no character is
 * written as \uXXXX but the four that writers for web pages hide: ' < > &. */
static inline bool lf_json_plain(const struct lf_json *v)
{
    return v && v->plain;
}
/* Of the same: each letter, digit and sign of ASCII in it stands as it is, but the four, the quote, the
 * slashes and what those escape; and neither U+017F nor U+212A, which fold to a letter of ASCII, is anywhere.
 * So bytes of ASCII that are not in the document are in none of its texts once they are folded either.  What
 * is plain is bare. */
static inline bool lf_json_bare(const struct lf_json *v)
{
    return v && v->bare;
}
/* String content (unescaped) or number source text; "true"/"false"/"null" words
 * for those; empty for arrays and objects. */
static inline lf_view lf_json_text(const struct lf_json *v)
{
    if (!v || v->kind == LF_JSON_ARRAY || v->kind == LF_JSON_OBJECT)
        return (lf_view){ "", 0 };
    return (lf_view){ v->text, v->n };
}
/* How many there are: 0 for every other kind, so that a loop over what somebody else wrote needs no test of
 * its kind.  An object has no items, an array no members. */
static inline size_t lf_json_items(const struct lf_json *v)
{
    return v && v->kind == LF_JSON_ARRAY ? v->n : 0;
}
static inline size_t lf_json_members(const struct lf_json *v)
{
    return v && v->kind == LF_JSON_OBJECT ? v->n : 0;
}
/* Items of an array, or members of an object. */
static inline size_t lf_json_size(const struct lf_json *v)
{
    return lf_json_items(v) + lf_json_members(v);
}
static inline const struct lf_json *lf_json_item(const struct lf_json *array, size_t i)
{
    LF_ASSERT(array->kind == LF_JSON_ARRAY && i < array->n);
    return &array->items[i];
}
static inline lf_view lf_json_key(const struct lf_json *object, size_t i)
{
    LF_ASSERT(object->kind == LF_JSON_OBJECT && i < object->n);
    return (lf_view){ object->items[2 * i].text, object->items[2 * i].n };
}
static inline const struct lf_json *lf_json_member(const struct lf_json *object, size_t i)
{
    LF_ASSERT(object->kind == LF_JSON_OBJECT && i < object->n);
    return &object->items[2 * i + 1];
}
/* The first member of that name, or NULL; also NULL when v is NULL or no object. */
const struct lf_json *lf_json_get(const struct lf_json *v, lf_view key);
/* By Sigma's rule of field names: the exact key, else for each dot from the left the object before it
 * and the rest in it; of a list of objects the first that has it. */
const struct lf_json *lf_json_at(const struct lf_json *v, lf_view name);
/* Dotted path of object members: "process.pid". */
const struct lf_json *lf_json_path(const struct lf_json *v, const char *path);
/* Text of a string member, or the empty view with ptr NULL. */
lf_view lf_json_str(const struct lf_json *v, const char *key);
/* An integer member without fraction or exponent within ±2^53-1. */
bool lf_json_int(const struct lf_json *v, const char *key, int64_t *out);
/* A boolean member; `otherwise` when absent or not a boolean. */
bool lf_json_bool(const struct lf_json *v, const char *key, bool otherwise);

/* Picking: many members of one object in one walk over it, each key looked at once.
 * A picker is made once from a list of names (borrowed; at most LF_JSON_PICKS) and
 * never changes.  out[i] becomes the first member with the name names[i], or NULL;
 * all NULL when v is no object.  Gives tags[i] of all that are there or-ed together; tags, or out where
 * only they are wanted, may be NULL. */
enum { LF_JSON_PICKS = 1024 };
struct lf_json_picker;
const struct lf_json_picker *lf_json_picker_new(struct lf_arena *a, const lf_view *names, size_t n);
uint64_t lf_json_pick(const struct lf_json *v, const struct lf_json_picker *p, const uint64_t *tags,
                      const struct lf_json **out);

/* Building trees (normalisers).  Keys and texts are borrowed. */
const struct lf_json *lf_json_new_string(struct lf_arena *a, lf_view text);
const struct lf_json *lf_json_new_number(struct lf_arena *a, lf_view text);
const struct lf_json *lf_json_new_word(struct lf_arena *a, enum lf_json_kind kind);
const struct lf_json *lf_json_new_object(struct lf_arena *a, size_t n, const lf_view *keys,
                                         const struct lf_json *const *values);
const struct lf_json *lf_json_new_array(struct lf_arena *a, size_t n, const struct lf_json *const *values);

/* Writing.  The tree as compact text, members in their order. */
void lf_json_write(struct lf_buf *b, const struct lf_json *v);
/* RFC 8785 (JCS): keys sorted by UTF-16 units, numbers as ECMAScript prints them. */
enum lf_code lf_json_canon(struct lf_buf *b, const struct lf_json *v, struct lf_err *e) LF_MUST;
/* A quoted, escaped string.  Bytes that are not UTF-8 become U+FFFD. */
void lf_json_quote(struct lf_buf *b, lf_view text);

/* Streaming writer: commas and nesting looked after.
 *   struct lf_json_w w = lf_json_w(&buf);
 *   lf_json_open(&w, '{'); lf_json_put_str(&w, "id", id); lf_json_close(&w);
 * `key` is NULL inside arrays. */
struct lf_json_w {
    struct lf_buf *b;
    uint64_t has; /* bit per open level: something was written there */
    uint64_t obj; /* bit per open level: an object */
    unsigned depth;
};
static inline struct lf_json_w lf_json_w(struct lf_buf *b)
{
    return (struct lf_json_w){ .b = b };
}
void lf_json_begin(struct lf_json_w *w, const char *key, char bracket); /* '{' or '[' under a key */
void lf_json_open(struct lf_json_w *w, char bracket);                   /* without a key */
void lf_json_close(struct lf_json_w *w);
void lf_json_put_str(struct lf_json_w *w, const char *key, lf_view v);
/* "2026-11-23T01:02:03.456Z"; nothing at all for 0, which is no time. */
void lf_json_put_time(struct lf_json_w *w, const char *key, lf_time at);
void lf_json_put_cstr(struct lf_json_w *w, const char *key, const char *v);
void lf_json_put_int(struct lf_json_w *w, const char *key, int64_t v);
void lf_json_put_bool(struct lf_json_w *w, const char *key, bool v);
void lf_json_put_null(struct lf_json_w *w, const char *key);
/* Already serialised JSON, or a tree. */
void lf_json_put_raw(struct lf_json_w *w, const char *key, lf_view json);
void lf_json_put(struct lf_json_w *w, const char *key, const struct lf_json *v);

/* The line, from 1, of `text` on which a value read from it stands (of a list or object: its first part); 0:
 * not known, because it was written with escapes or is an empty list. */
size_t lf_json_line(lf_view text, const struct lf_json *v);

#endif
