#include "sys/fiber.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/err.h"

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif

/* The address sanitizer wants to know which stack is in use. */
#ifdef WATCHED
#include <sanitizer/common_interface_defs.h>
#define LEAVE(save, bottom, size) __sanitizer_start_switch_fiber(save, bottom, size)
#define ARRIVE(save, bottom, size) __sanitizer_finish_switch_fiber(save, bottom, size)
#else
#define LEAVE(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#define ARRIVE(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#endif

#define STACK ((size_t)8 << 20)

struct lf_fiber {
    ucontext_t here, there; /* there: who resumed it */
    void (*run)(void *ctx);
    void *ctx;
    char *stack; /* its lowest page is nobody's: what grows past the end stops the worker */
    bool begun, ended, ending;
    void *watch_here, *watch_there; /* the sanitizer's */
    const void *there_bottom;
    size_t there_size;
};

/* makecontext hands over integers only. */
static void enter(unsigned high, unsigned low)
{
    struct lf_fiber *f =
        (struct lf_fiber *)((uintptr_t)high << 32 | low); /* NOLINT(performance-no-int-to-ptr) */

    ARRIVE(NULL, &f->there_bottom, &f->there_size);
    f->begun = true;
    f->run(f->ctx);
    f->ended = true;
    LEAVE(NULL, f->there_bottom, f->there_size);
    (void)setcontext(&f->there);
    LF_BUG("setcontext: %s", strerror(errno));
}

struct lf_fiber *lf_fiber_create(void (*run)(void *ctx), void *ctx)
{
    struct lf_fiber *f = calloc(1, sizeof *f);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (!f)
        LF_BUG("out of memory for a fiber");
    *f = (struct lf_fiber){ .run = run, .ctx = ctx };
    f->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (f->stack == MAP_FAILED || mprotect(f->stack, page, PROT_NONE) != 0 || getcontext(&f->here) != 0)
        LF_BUG("no stack for a fiber: %s", strerror(errno));
    f->here.uc_stack.ss_sp = f->stack + page;
    f->here.uc_stack.ss_size = STACK - page;
    f->here.uc_link = NULL;
    makecontext(&f->here, (void (*)(void))enter, 2, (unsigned)((uintptr_t)f >> 32), (unsigned)(uintptr_t)f);
    return f;
}

bool lf_fiber_resume(struct lf_fiber *f)
{
    if (f->ended)
        return true;
    LEAVE(&f->watch_there, f->here.uc_stack.ss_sp, f->here.uc_stack.ss_size);
    if (swapcontext(&f->there, &f->here) != 0)
        LF_BUG("swapcontext: %s", strerror(errno));
    ARRIVE(f->watch_there, NULL, NULL);
    return f->ended;
}

bool lf_fiber_rest(struct lf_fiber *f)
{
    if (f->ending)
        return false;
    LEAVE(&f->watch_here, f->there_bottom, f->there_size);
    if (swapcontext(&f->here, &f->there) != 0)
        LF_BUG("swapcontext: %s", strerror(errno));
    ARRIVE(f->watch_here, &f->there_bottom, &f->there_size);
    return !f->ending;
}

void lf_fiber_destroy(struct lf_fiber *f)
{
    if (!f)
        return;
    f->ending = true;
    if (f->begun)
        LF_ASSERT(lf_fiber_resume(f));
    (void)munmap(f->stack, STACK);
    free(f);
}
