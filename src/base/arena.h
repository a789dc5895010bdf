/* Arena: memory of one task or one generation, freed all at once.
 *
 * Nothing is freed alone.  Allocation never returns NULL: running out of memory
 * below the stated limits ends the worker and the parent starts another, so
 * sizes from outside are compared with a limit BEFORE they reach here.
 * lf_arena_reset() keeps the first block, so a task loop stops allocating once
 * it is warm.  Not thread-safe: an arena belongs to one thread at a time. */
#ifndef LF_BASE_ARENA_H
#define LF_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"
#include "base/view.h"

struct lf_arena_block;

struct lf_arena {
    struct lf_arena_block *first, *now;
    char *at, *end;
    size_t block_size; /* bytes of an ordinary block; 0 = 64 KiB */
};

/* Zero is a valid empty arena; init only sets another block size. */
void lf_arena_init(struct lf_arena *a, size_t block_size);
void lf_arena_reset(struct lf_arena *a);
void lf_arena_clear(struct lf_arena *a);
/* Bytes taken from the system, for the stated memory bounds. */
size_t lf_arena_bytes(const struct lf_arena *a);

/* `align` is a power of two.  Zeroed by lf_arena_zalloc only. */
void *lf_arena_alloc(struct lf_arena *a, size_t size, size_t align);
void *lf_arena_zalloc(struct lf_arena *a, size_t size, size_t align);

/* n zeroed objects of a type. */
#define LF_NEW(a, type, n) ((type *)lf_arena_zalloc((a), lf_arena_mul((n), sizeof(type)), _Alignof(type)))

/* Multiplies, stopping the worker on overflow: a bug, the limit was not checked. */
size_t lf_arena_mul(size_t n, size_t size);

/* Room for one more in an array of n objects kept in an arena: when n has reached
 * *cap, a zeroed array of twice the size with the n copied; else `old`. */
void *lf_arena_grow(struct lf_arena *a, void *old, size_t n, size_t *cap, size_t size);

lf_view lf_arena_copy(struct lf_arena *a, lf_view v);
/* A NUL-terminated copy, for the C library's sake. */
char *lf_arena_cstr(struct lf_arena *a, lf_view v);
lf_view lf_arena_printf(struct lf_arena *a, const char *fmt, ...) LF_PRINTF(2, 3);
lf_view lf_arena_vprintf(struct lf_arena *a, const char *fmt, va_list ap) LF_PRINTF(2, 0);

#endif
