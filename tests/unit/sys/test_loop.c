#include "sys/loop.h"

#include <unistd.h>

#include "lf_test.h"

static struct lf_loop *make_loop(void)
{
    struct lf_loop *loop = NULL;
    struct lf_err e;

    CHECK_OK(lf_loop_create(&loop, &e), &e);
    return loop;
}

struct note {
    char *text; /* one letter a call */
    size_t n;
    char letter;
    struct lf_loop *loop;
    struct lf_timer *again;
    struct lf_watch *stop;
};

static void take_note(void *ctx)
{
    struct note *n = ctx;

    n->text[strlen(n->text)] = n->letter;
    n->n++;
    if (n->again)
        lf_timer_in(n->loop, n->again, 0);
    if (n->stop)
        lf_watch_stop(n->stop);
}

static void timers_fire_once_and_in_order_of_their_time(void)
{
    struct lf_loop *loop = make_loop();
    char text[16] = "";
    struct note notes[4];
    struct lf_timer timers[4];
    static const lf_time delay[4] = { 4000, 1000, 3000, 2000 };
    lf_time base =
        lf_loop_tick(loop); /* one for all: between two calls a busy machine may lose milliseconds */
    struct lf_err e;

    for (int i = 0; i < 4; i++) {
        notes[i] = (struct note){ .text = text, .letter = (char)('a' + i) };
        timers[i] = (struct lf_timer){ .fire = take_note, .ctx = &notes[i] };
        lf_timer_set(loop, &timers[i], base + delay[i]);
    }
    lf_timer_stop(loop, &timers[2]);
    lf_timer_stop(loop, &timers[2]);
    for (int i = 0; i < 50 && strlen(text) < 3; i++)
        CHECK_OK(lf_loop_once(loop, 10 * LF_MSEC, &e), &e);
    CHECK(strcmp(text, "bda") == 0, "got %s", text);
    CHECK(lf_loop_once(loop, 1000, &e) == LF_OK && strlen(text) == 3, "fired again");
    lf_loop_destroy(loop);
}

static void a_thousand_timers_moved_about_still_fire_in_order(void)
{
    enum { N = 1000 };
    static struct lf_timer timers[N];
    static struct note notes[N];
    struct lf_loop *loop = make_loop();
    static char text[N + 1];
    lf_time base = lf_loop_tick(loop) - LF_SECOND;
    uint32_t seed = 7;
    struct lf_err e;

    memset(text, 0, sizeof text);
    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < N; i++) {
            seed = seed * 1664525 + 1013904223;
            if (pass == 0) {
                notes[i] = (struct note){ .text = text, .letter = 'x' };
                timers[i] = (struct lf_timer){ .fire = take_note, .ctx = &notes[i] };
            }
            if (pass == 1 && seed % 3 == 0)
                lf_timer_stop(loop, &timers[i]);
            else
                lf_timer_set(loop, &timers[i], base + (lf_time)(seed >> 8) % 26 * 100);
        }
    }
    for (int i = 0; i < N; i++)
        notes[i].letter = (char)('a' + (timers[i].at - base) / 100);
    CHECK_OK(lf_loop_once(loop, 0, &e), &e);
    CHECK(strlen(text) == N, "fired %zu", strlen(text));
    for (int i = 1; i < N; i++)
        CHECK(text[i - 1] <= text[i], "out of order at %d", i);
    lf_loop_destroy(loop);
}

static void a_timer_that_sets_itself_to_now_does_not_starve_descriptors(void)
{
    struct lf_loop *loop = make_loop();
    char text[64] = "";
    int p[2];
    struct lf_timer timer = { 0 };
    struct note spin = { .text = text, .letter = 't', .loop = loop, .again = &timer };
    struct note seen = { .text = text, .letter = 'r' };
    struct lf_watch w = { .readable = take_note, .ctx = &seen };
    struct lf_err e;

    CHECK(pipe(p) == 0, "pipe");
    w.fd = p[0];
    timer = (struct lf_timer){ .fire = take_note, .ctx = &spin };
    lf_timer_in(loop, &timer, 0);
    CHECK_OK(lf_watch_set(loop, &w, true, false, &e), &e);
    CHECK(write(p[1], "x", 1) == 1, "write");
    for (int i = 0; i < 4; i++)
        CHECK_OK(lf_loop_once(loop, -1, &e), &e);
    CHECK(seen.n >= 3 && spin.n >= 3, "read %zu, timer %zu", seen.n, spin.n);
    lf_watch_stop(&w);
    lf_timer_stop(loop, &timer);
    close(p[0]);
    close(p[1]);
    lf_loop_destroy(loop);
}

static void a_watch_stopped_by_another_callback_is_not_called(void)
{
    struct lf_loop *loop = make_loop();
    char text[8] = "";
    int p[2][2];
    struct note notes[2];
    struct lf_watch w[2];
    struct lf_err e;

    for (int i = 0; i < 2; i++) {
        CHECK(pipe(p[i]) == 0 && write(p[i][1], "x", 1) == 1, "pipe");
        notes[i] = (struct note){ .text = text, .letter = (char)('a' + i), .stop = &w[1 - i] };
        w[i] = (struct lf_watch){ .fd = p[i][0], .readable = take_note, .ctx = &notes[i] };
        CHECK_OK(lf_watch_set(loop, &w[i], true, false, &e), &e);
    }
    CHECK_OK(lf_loop_once(loop, -1, &e), &e);
    CHECK(strlen(text) == 1, "both ran: %s", text);
    for (int i = 0; i < 2; i++) {
        lf_watch_stop(&w[i]);
        close(p[i][0]);
        close(p[i][1]);
    }
    lf_loop_destroy(loop);
}

static void the_round_ends_with_the_hook_and_then_what_was_deferred(void)
{
    struct lf_loop *loop = make_loop();
    char text[8] = "";
    struct note t = { .text = text, .letter = 't' }, h = { .text = text, .letter = 'h' },
                d = { .text = text, .letter = 'd' };
    struct lf_timer timer = { .fire = take_note, .ctx = &t };
    struct lf_defer late = { .run = take_note, .ctx = &d }, never = { .run = take_note, .ctx = &d };
    struct lf_err e;

    lf_loop_on_round_end(loop, take_note, &h);
    lf_timer_in(loop, &timer, 0);
    lf_loop_defer(loop, &never);
    lf_loop_defer(loop, &late);
    lf_loop_defer(loop, &late);
    lf_loop_undefer(loop, &never);
    CHECK_OK(lf_loop_once(loop, -1, &e), &e);
    CHECK(strcmp(text, "thd") == 0, "got %s", text);
    lf_loop_destroy(loop);
}

static void signal_came(void *ctx, int signal)
{
    *(int *)ctx = signal;
}

static void a_signal_arrives_as_a_call(void)
{
    struct lf_loop *loop = make_loop();
    int got = 0, wanted[] = { SIGUSR1, SIGHUP };
    struct lf_err e;

    CHECK_OK(lf_loop_signals(loop, wanted, 2, signal_came, &got, &e), &e);
    CHECK(raise(SIGHUP) == 0, "raise");
    CHECK_OK(lf_loop_once(loop, LF_SECOND, &e), &e);
    CHECK(got == SIGHUP, "got %d", got);
    lf_loop_destroy(loop);
}

static void a_hang_up_on_a_paused_watch_does_not_spin(void)
{
    struct lf_loop *loop = make_loop();
    char text[8] = "";
    int p[2];
    struct note n = { .text = text, .letter = 'r' };
    struct lf_watch w = { .readable = take_note, .ctx = &n };
    struct lf_err e;

    CHECK(pipe(p) == 0, "pipe");
    w.fd = p[0];
    CHECK_OK(lf_watch_set(loop, &w, true, false, &e), &e);
    CHECK_OK(lf_watch_set(loop, &w, false, false, &e), &e);
    close(p[1]);
    CHECK_OK(lf_loop_once(loop, 0, &e), &e);
    CHECK(w.loop == NULL && n.n == 0, "still watched");
    CHECK_OK(lf_watch_set(loop, &w, true, false, &e), &e);
    CHECK_OK(lf_loop_once(loop, 0, &e), &e);
    CHECK(n.n == 1, "the end was lost");
    lf_watch_stop(&w);
    close(p[0]);
    lf_loop_destroy(loop);
}

int main(void)
{
    RUN(timers_fire_once_and_in_order_of_their_time);
    RUN(a_thousand_timers_moved_about_still_fire_in_order);
    RUN(a_timer_that_sets_itself_to_now_does_not_starve_descriptors);
    RUN(a_watch_stopped_by_another_callback_is_not_called);
    RUN(the_round_ends_with_the_hook_and_then_what_was_deferred);
    RUN(a_signal_arrives_as_a_call);
    RUN(a_hang_up_on_a_paused_watch_does_not_spin);
    DONE();
}
