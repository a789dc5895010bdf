#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

struct lf_arena_block {
    struct lf_arena_block *next;
    size_t size; /* bytes after this header */
    max_align_t data[];
};

void lf_arena_init(struct lf_arena *a, size_t block_size)
{
    *a = (struct lf_arena){ .block_size = block_size };
}

static struct lf_arena_block *block_create(size_t size)
{
    struct lf_arena_block *b = malloc(sizeof *b + size);

    if (!b)
        LF_BUG("out of memory for %zu bytes", size);
    b->next = NULL;
    b->size = size;
    ASAN_POISON_MEMORY_REGION(b->data, size);
    return b;
}

static void enter(struct lf_arena *a, struct lf_arena_block *b)
{
    a->now = b;
    a->at = (char *)b->data;
    a->end = a->at + b->size;
}

void *lf_arena_alloc(struct lf_arena *a, size_t size, size_t align)
{
    for (;;) {
        uintptr_t p = ((uintptr_t)a->at + align - 1) & ~(uintptr_t)(align - 1);

        if (a->at && p <= (uintptr_t)a->end && (uintptr_t)a->end - p >= size) {
            a->at = (char *)p + size;
            ASAN_UNPOISON_MEMORY_REGION((void *)p, size);
            return (void *)p;
        }
        if (size > SIZE_MAX / 2)
            LF_BUG("allocation of %zu bytes: a limit was not checked", size);

        size_t usual = a->block_size ? a->block_size : 65536;
        struct lf_arena_block *b = block_create(size + align > usual ? size + align : usual);

        /* Inserted behind the present one, so reset can walk on to it again. */
        if (a->now) {
            b->next = a->now->next;
            a->now->next = b;
        } else {
            a->first = b;
        }
        enter(a, b);
    }
}

void *lf_arena_zalloc(struct lf_arena *a, size_t size, size_t align)
{
    void *p = lf_arena_alloc(a, size, align);

    if (size)
        memset(p, 0, size);
    return p;
}

size_t lf_arena_mul(size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        LF_BUG("allocation of %zu x %zu overflows", n, size);
    return bytes;
}

void *lf_arena_grow(struct lf_arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    void *p;

    if (n < *cap)
        return old;
    *cap = *cap ? lf_arena_mul(*cap, 2) : 16;
    p = lf_arena_zalloc(a, lf_arena_mul(*cap, size), _Alignof(max_align_t));
    if (n > 0)
        memcpy(p, old, n * size);
    return p;
}

static void free_blocks(struct lf_arena_block *b)
{
    while (b) {
        struct lf_arena_block *next = b->next;
        ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
        free(b);
        b = next;
    }
}

void lf_arena_reset(struct lf_arena *a)
{
    if (!a->first)
        return;
    free_blocks(a->first->next);
    a->first->next = NULL;
    ASAN_POISON_MEMORY_REGION(a->first->data, a->first->size);
    enter(a, a->first);
}

void lf_arena_clear(struct lf_arena *a)
{
    if (!a)
        return;
    free_blocks(a->first);
    *a = (struct lf_arena){ .block_size = a->block_size };
}

size_t lf_arena_bytes(const struct lf_arena *a)
{
    size_t n = 0;

    for (const struct lf_arena_block *b = a->first; b; b = b->next)
        n += sizeof *b + b->size;
    return n;
}

lf_view lf_arena_copy(struct lf_arena *a, lf_view v)
{
    char *p;

    if (!v.len)
        return (lf_view){ "", 0 };
    p = lf_arena_alloc(a, v.len, 1);
    memcpy(p, v.ptr, v.len);
    return (lf_view){ p, v.len };
}

char *lf_arena_cstr(struct lf_arena *a, lf_view v)
{
    char *p = lf_arena_alloc(a, v.len + 1, 1);

    if (v.len)
        memcpy(p, v.ptr, v.len);
    p[v.len] = '\0';
    return p;
}

lf_view lf_arena_vprintf(struct lf_arena *a, const char *fmt, va_list ap)
{
    va_list again;
    char *p;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    LF_ASSERT(n >= 0);
    p = lf_arena_alloc(a, (size_t)n + 1, 1);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    return (lf_view){ p, (size_t)n };
}

lf_view lf_arena_printf(struct lf_arena *a, const char *fmt, ...)
{
    lf_view v;
    va_list ap;

    va_start(ap, fmt);
    v = lf_arena_vprintf(a, fmt, ap);
    va_end(ap);
    return v;
}
