#include "bus/channel.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lf_test.h"

struct side {
    struct lf_channel *c;
    struct lf_buf got; /* payloads one after the other */
    size_t frames, drained;
    unsigned last_type;
    int fd;
    bool destroy_in_frame, echo;
    const char *why;
    size_t limit;
};

static bool may_come(void *ctx, unsigned type, size_t size)
{
    struct side *s = ctx;

    return type < 100 && size <= s->limit;
}

static void frame_came(void *ctx, unsigned type, lf_view payload, int fd)
{
    struct side *s = ctx;

    s->frames++;
    s->last_type = type;
    lf_buf_put(&s->got, payload);
    if (fd >= 0) {
        if (s->fd >= 0)
            close(s->fd);
        s->fd = fd;
    }
    if (s->echo) {
        struct lf_err e;
        CHECK_OK(lf_channel_send(s->c, type, payload, &e), &e);
    }
    if (s->destroy_in_frame) {
        lf_channel_destroy(s->c);
        s->c = NULL;
    }
}

static void it_closed(void *ctx, const char *why)
{
    struct side *s = ctx;

    CHECK(!s->why, "closed twice");
    s->why = why;
}

static void it_drained(void *ctx)
{
    ((struct side *)ctx)->drained++;
}

static void open_side(struct lf_loop *loop, struct side *s, int fd)
{
    struct lf_channel_hooks hooks = {
        .accept = may_come, .frame = frame_came, .closed = it_closed, .drained = it_drained, .ctx = s
    };
    struct lf_err e;

    s->fd = -1;
    s->limit = s->limit ? s->limit : LF_FRAME_MAX;
    lf_buf_init(&s->got, 512 << 20);
    CHECK_OK(lf_channel_create(loop, fd, true, &hooks, &s->c, &e), &e);
}

static struct lf_loop *join(struct side *a, struct side *b)
{
    struct lf_loop *loop = NULL;
    struct lf_err e;
    int ends[2] = { -1, -1 };

    CHECK_OK(lf_loop_create(&loop, &e), &e);
    CHECK_OK(lf_channel_pair(ends, &e), &e);
    open_side(loop, a, ends[0]);
    if (b)
        open_side(loop, b, ends[1]);
    else
        a->fd = ends[1]; /* the test speaks raw bytes there */
    return loop;
}

static void part(struct lf_loop *loop, struct side *a, struct side *b)
{
    lf_channel_destroy(a->c);
    lf_buf_clear(&a->got);
    if (b) {
        lf_channel_destroy(b->c);
        lf_buf_clear(&b->got);
    }
    lf_loop_destroy(loop);
}

static void rounds(struct lf_loop *loop, int n)
{
    struct lf_err e;

    for (int i = 0; i < n; i++)
        CHECK_OK(lf_loop_once(loop, 0, &e), &e);
}

static void messages_arrive_whole_and_in_order(void)
{
    struct side a = { 0 }, b = { 0 };
    struct lf_loop *loop = join(&a, &b);
    struct lf_err e;

    CHECK_OK(lf_channel_send(a.c, 1, LF_V("one "), &e), &e);
    CHECK_OK(lf_channel_send(a.c, 2, LF_V(""), &e), &e);
    CHECK_OK(lf_channel_send(a.c, 3, LF_V("three"), &e), &e);
    rounds(loop, 3);
    CHECK(b.frames == 3 && b.last_type == 3, "%zu frames", b.frames);
    CHECK_VIEW(lf_buf_view(&b.got), LF_V("one three"));
    part(loop, &a, &b);
}

static void a_frame_cut_at_every_byte_is_put_together(void)
{
    static const char bytes[] = "\0\0\0\5\0\7hello\0\0\0\0\0\x8\0\0\0\1\0\x9!";

    for (size_t cut = 0; cut <= sizeof bytes - 1; cut++) {
        struct side a = { 0 };
        struct lf_loop *loop = join(&a, NULL);
        int far = a.fd;

        a.fd = -1;
        CHECK(write(far, bytes, cut) == (ssize_t)cut, "write");
        rounds(loop, 2);
        CHECK(write(far, bytes + cut, sizeof bytes - 1 - cut) >= 0, "write");
        rounds(loop, 2);
        CHECK(a.frames == 3, "cut at %zu: %zu frames", cut, a.frames);
        CHECK_VIEW(lf_buf_view(&a.got), LF_V("hello!"));
        close(far);
        part(loop, &a, NULL);
    }
}

static void one_that_is_too_long_or_unknown_ends_the_conversation(void)
{
    static const struct {
        const char *name;
        lf_view bytes;
    } bad[] = {
        { "over the ceiling", LF_VIEW("\xff\xff\xff\xff\0\1") },
        { "over this side's limit", LF_VIEW("\0\0\x10\1\0\1") },
        { "unknown type", LF_VIEW("\0\0\0\0\0\xc8") },
        { "descriptor promised, none sent", LF_VIEW("\0\0\0\0\x80\1") },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct side a = { .limit = 4096 };
        struct lf_loop *loop = join(&a, NULL);
        int far = a.fd;

        a.fd = -1;
        CHECK(write(far, bad[i].bytes.ptr, bad[i].bytes.len) == (ssize_t)bad[i].bytes.len, "write");
        rounds(loop, 2);
        CHECK(a.why && a.frames == 0, "%s was taken", bad[i].name);
        CHECK_CODE(lf_channel_send(a.c, 1, LF_V("x"), NULL), LF_AWAY);
        close(far);
        part(loop, &a, NULL);
    }
}

static void a_slow_reader_is_felt_and_nothing_is_lost(void)
{
    enum { CHUNK = 64 << 10, N = 400 };
    struct side a = { 0 }, b = { 0 };
    struct lf_loop *loop = join(&a, &b);
    static char chunk[CHUNK];
    size_t sent = 0, bytes = 0;
    struct lf_err e;

    lf_channel_pause(b.c, true);
    while (!lf_channel_full(a.c) && sent < N) {
        memset(chunk, (int)('a' + sent % 26), sizeof chunk);
        CHECK_OK(lf_channel_send(a.c, 1, (lf_view){ chunk, sizeof chunk }, &e), &e);
        sent++;
        rounds(loop, 1);
    }
    CHECK(lf_channel_full(a.c) && sent >= LF_CHANNEL_HIGH / CHUNK && sent < N, "full after %zu", sent);
    CHECK(b.frames == 0, "paused and still read");
    lf_channel_pause(b.c, false);
    for (int i = 0; i < 10000 && b.frames < sent; i++)
        rounds(loop, 1);
    CHECK(b.frames == sent && b.got.len == sent * CHUNK, "%zu of %zu", b.frames, sent);
    for (size_t i = 0; i < sent && b.got.len == sent * CHUNK; i++)
        bytes += b.got.ptr[i * CHUNK] == (char)('a' + i % 26) &&
                 b.got.ptr[i * CHUNK + CHUNK - 1] == (char)('a' + i % 26);
    CHECK(bytes == sent, "content differs");
    CHECK(a.drained == 1 && !lf_channel_full(a.c), "drained %zu times", a.drained);
    part(loop, &a, &b);
}

static void past_the_hard_limit_a_message_is_refused_whole(void)
{
    struct side a = { 0 }, b = { 0 };
    struct lf_loop *loop = join(&a, &b);
    lf_view big = { calloc(1, 32 << 20), 32 << 20 };
    size_t taken = 0, before;

    lf_channel_pause(b.c, true);
    while (taken < 10 && lf_channel_send(a.c, 1, big, NULL) == LF_OK)
        taken++;
    before = lf_channel_queued(a.c);
    CHECK(taken == 3, "took %zu", taken);
    CHECK_CODE(lf_channel_send(a.c, 1, big, NULL), LF_FULL);
    CHECK(lf_channel_queued(a.c) == before, "queued something");
    CHECK_CODE(lf_channel_send(a.c, 1, (lf_view){ big.ptr, (size_t)LF_FRAME_MAX + 1 }, NULL), LF_TOO_BIG);
    free((void *)(uintptr_t)big.ptr);
    part(loop, &a, &b);
}

static void a_descriptor_arrives_with_its_own_message(void)
{
    struct side a = { 0 }, b = { 0 };
    struct lf_loop *loop = join(&a, &b);
    struct lf_err e;
    int p[2];

    CHECK(pipe(p) == 0, "pipe");
    CHECK_OK(lf_channel_send(a.c, 1, LF_V("before"), &e), &e);
    CHECK_OK(lf_channel_send_fd(a.c, 2, LF_V("with"), p[0], &e), &e);
    CHECK_OK(lf_channel_send_fd(a.c, 3, LF_V("and"), p[1], &e), &e);
    close(p[0]);
    rounds(loop, 2);
    for (int i = 0; i < 5 && b.frames < 3; i++)
        rounds(loop, 1);
    CHECK(b.frames == 3 && b.last_type == 3 && b.fd >= 0, "%zu frames", b.frames);
    /* b.fd is the pipe's writing end now; the reading end went by unkept. */
    CHECK(fcntl(b.fd, F_GETFD) == FD_CLOEXEC, "would leak into a child");
    close(p[1]);
    close(b.fd);
    part(loop, &a, &b);
}

static void what_was_said_before_the_end_is_still_heard(void)
{
    struct side a = { 0 }, b = { 0 };
    struct lf_loop *loop = join(&a, &b);
    struct lf_err e;

    CHECK_OK(lf_channel_send(a.c, 1, LF_V("last words"), &e), &e);
    lf_channel_flush(a.c);
    lf_channel_destroy(a.c);
    a.c = NULL;
    CHECK_OK(lf_channel_send(b.c, 1, LF_V("to nobody"), &e), &e);
    lf_channel_flush(b.c);
    rounds(loop, 3);
    CHECK_VIEW(lf_buf_view(&b.got), LF_V("last words"));
    CHECK(b.why, "the end was not told");
    part(loop, &a, &b);
}

static void a_channel_may_be_destroyed_by_its_own_message(void)
{
    struct side a = { 0 }, b = { .destroy_in_frame = true };
    struct lf_loop *loop = join(&a, &b);
    struct lf_err e;

    CHECK_OK(lf_channel_send(a.c, 1, LF_V("x"), &e), &e);
    CHECK_OK(lf_channel_send(a.c, 1, LF_V("y"), &e), &e);
    rounds(loop, 3);
    CHECK(b.frames == 1 && !b.c, "%zu frames", b.frames);
    part(loop, &a, &b);
}

static void a_message_there_and_back_takes_tens_of_microseconds(void)
{
    enum { N = 2000 };
    struct side a = { 0 }, b = { .echo = true };
    struct lf_loop *loop = join(&a, &b);
    struct lf_err e;
    lf_time start = lf_loop_tick(loop), each;

    for (int i = 0; i < N; i++) {
        CHECK_OK(lf_channel_send(a.c, 1, LF_V("ping"), &e), &e);
        while (a.frames < (size_t)i + 1)
            CHECK_OK(lf_loop_once(loop, -1, &e), &e);
    }
    each = (lf_loop_tick(loop) - start) / N;
    printf("# %d us there and back in one process\n", (int)each);
    /* A loose bound: the machine may be busy, and this is a debug build. */
    CHECK(each < 1000, "%d us", (int)each);
    part(loop, &a, &b);
}

int main(void)
{
    RUN(messages_arrive_whole_and_in_order);
    RUN(a_frame_cut_at_every_byte_is_put_together);
    RUN(one_that_is_too_long_or_unknown_ends_the_conversation);
    RUN(a_slow_reader_is_felt_and_nothing_is_lost);
    RUN(past_the_hard_limit_a_message_is_refused_whole);
    RUN(a_descriptor_arrives_with_its_own_message);
    RUN(what_was_said_before_the_end_is_still_heard);
    RUN(a_channel_may_be_destroyed_by_its_own_message);
    RUN(a_message_there_and_back_takes_tens_of_microseconds);
    DONE();
}
