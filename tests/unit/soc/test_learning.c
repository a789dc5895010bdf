/* What is usual is a draft until a person accepts it, and says what would be new and gone. */
#include "soc/learning.h"

#include "lf_desk.h"

static struct lf_learning *l;

/* One file that can learn, one that cannot, and what is in force. */
static void material(const char *values)
{
    const struct lf_rule_file files[] = { { LF_VIEW("a.yml"), LF_VIEW("x|expand: '%known%'") },
                                          { LF_VIEW("b.yml"), LF_VIEW("x: y") } };
    struct lf_placeholders p = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, LF_LEARNING_MATERIAL);
    CHECK_OK(lf_placeholders_read_map(&p, LF_V("m"), lf_view_of(values), &e), &e);
    lf_learning_pack_material(&b, files, 2, &p);
    CHECK_OK(lf_learning_material(l, lf_buf_view(&b), &e), &e);
    for (size_t n = 0; n < b.len; n++) { /* cut anywhere: none, or fewer values; never read beyond */
        struct lf_learning *other = lf_learning_create();
        char *copy = malloc(n + 1);

        memcpy(copy, b.ptr, n);
        (void)!lf_learning_material(other, (lf_view){ copy, n }, &e);
        free(copy);
        lf_learning_destroy(other);
    }
    lf_placeholders_clear(&p);
    lf_buf_clear(&b);
}

static uint64_t ordered(void)
{
    struct lf_learning_order o = { 0 };
    struct lf_arena m = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, LF_LEARNING_MATERIAL + 1024);
    if (lf_learning_order_next(l, &b)) {
        CHECK_OK(lf_learning_unpack_order(&m, lf_buf_view(&b), &o, &e), &e);
        CHECK(o.nfiles <= 1, "only what can learn is sent: %zu", o.nfiles);
        if (!o.nfiles)
            o.number = 0; /* stop */
    }
    lf_buf_clear(&b);
    lf_arena_clear(&m);
    return o.number;
}

static enum lf_code learnt(uint64_t number, const char *error, const struct lf_learnt *v, size_t n)
{
    struct lf_learnt *list[8];
    struct lf_learning_result r = {
        .number = number, .events = 9, .done = true, .error = lf_view_of(error), .values = list, .n = n
    };
    enum lf_code rc;
    struct lf_buf b;

    for (size_t i = 0; i < n; i++)
        list[i] = (struct lf_learnt *)(uintptr_t)&v[i];
    lf_buf_init(&b, LF_LEARNING_RESULT);
    lf_learning_pack_result(&b, &r);
    rc = lf_learning_news(l, lf_buf_view(&b), &e);
    lf_buf_clear(&b);
    return rc;
}

static enum lf_learning_state state(void)
{
    struct lf_learning_view v;

    CHECK_OK(lf_learning_get(l, &t, &v, &e), &e);
    return v.state;
}

static void go(void)
{
    CHECK_OK(lf_learning_start(l, &t, LF_V("-1d"), LF_V(""), &e), &e);
    CHECK_VIEW(audited, LF_V("learn.start"));
}

static const struct lf_learnt three[] = { { LF_VIEW("known"), LF_VIEW("C:\\a*b"), 2 },
                                          { LF_VIEW("known"), LF_VIEW("it's"), 1 },
                                          { LF_VIEW("known"), LF_VIEW("same"), 7 } };

static void a_draft_says_what_is_new_and_gone_and_only_a_person_puts_it_in_force(void)
{
    struct lf_placeholders read = { 0 };
    struct lf_learning_view v;
    const lf_view *values;
    struct lf_buf b;

    if (!start())
        SKIP("no database");
    l = lf_learning_create();
    CHECK_CODE(lf_learning_start(l, &t, LF_V("-1d"), LF_V(""), &e), LF_UNACCEPTED);
    material("known: [same, old]\nother: [kept]\n");
    go();
    CHECK_CODE(lf_learning_start(l, &t, LF_V("-1d"), LF_V(""), &e), LF_CONFLICT);
    CHECK_OK(learnt(77, "", three, 3), &e);
    CHECK(state() == LF_LEARNING_RUNNING, "news of another");
    CHECK_OK(learnt(ordered(), "", three, 3), &e);
    CHECK_OK(lf_learning_get(l, &t, &v, &e), &e);
    CHECK(v.state == LF_LEARNING_DRAFT && v.n == 4 && v.nnew == 2 && v.ngone == 1, "%zu: %zu new, %zu gone",
          v.n, v.nnew, v.ngone);
    CHECK_VIEW(v.values[0].text, LF_V("C:\\\\a\\*b"));
    CHECK_VIEW(v.values[2].text, LF_V("old"));
    CHECK(!v.values[2].seen && !v.values[3].is_new, "old is gone, same is the same");
    lf_buf_init(&b, 1 << 20);
    CHECK(!lf_learning_accepted_next(l, &b), "a draft is in force by itself");
    CHECK_CODE(lf_learning_accept(l, &t, false, LF_V(""), &e), LF_BAD_INPUT);
    CHECK_OK(lf_learning_accept(l, &t, false, LF_V("all was well"), &e), &e);
    CHECK_VIEW(audited, LF_V("learn.accept"));
    CHECK(lf_learning_accepted_next(l, &b) && !lf_learning_accepted_next(l, &b), "once");
    CHECK_OK(lf_placeholders_read_map(&read, LF_V("x"), lf_buf_view(&b), &e), &e);
    CHECK(lf_placeholders_get(&read, LF_V("known"), &values) == 3, "three of known");
    CHECK_VIEW(values[0], LF_V("C:\\\\a\\*b"));
    CHECK_VIEW(values[1], LF_V("it's"));
    CHECK(lf_placeholders_get(&read, LF_V("other"), &values) == 0,
          "a list of which nothing was learnt stays as it is");
    lf_placeholders_clear(&read);
    /* Again, and what is gone stays. */
    go();
    CHECK_OK(learnt(ordered(), "", three, 3), &e);
    CHECK_OK(lf_learning_accept(l, &t, true, LF_V("to be sure"), &e), &e);
    lf_buf_reset(&b);
    CHECK(lf_learning_accepted_next(l, &b), "accepted");
    CHECK_OK(lf_placeholders_read_map(&read, LF_V("x"), lf_buf_view(&b), &e), &e);
    CHECK(lf_placeholders_get(&read, LF_V("known"), &values) == 4, "four with the one that is gone");
    lf_placeholders_clear(&read);
    lf_buf_clear(&b);
    lf_learning_destroy(l);
    stop();
}

static void what_a_worker_says_is_not_trusted(void)
{
    const struct lf_learnt bad[] = { { LF_VIEW("known"), LF_VIEW("a\nb: c"), 1 },
                                     { LF_VIEW("a: b\nc"), LF_VIEW("x"), 1 },
                                     { LF_VIEW("known"), LF_VIEW("x"), 0 },
                                     { LF_VIEW("known"), LF_VIEW("\xff"), 1 } };
    uint64_t number;

    if (!start())
        SKIP("no database");
    l = lf_learning_create();
    material("known: [same]\n");
    go();
    number = ordered();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_CODE(learnt(number, "", &bad[i], 1), LF_BAD_INPUT);
    CHECK(state() == LF_LEARNING_RUNNING, "and changes nothing");
    CHECK_OK(learnt(number, "the archive is away", NULL, 0), &e);
    CHECK(state() == LF_LEARNING_FAILED, "failed");
    CHECK_CODE(lf_learning_accept(l, &t, false, LF_V("x"), &e), LF_CONFLICT);
    lf_learning_destroy(l);
    stop();
}

static void a_round_taken_back_and_a_worker_that_ends_leave_no_half_state(void)
{
    if (!start())
        SKIP("no database");
    l = lf_learning_create();
    material("known: [same]\n");
    go();
    lf_learning_undo(l);
    CHECK(state() == LF_LEARNING_NONE && !ordered(), "the start is undone");
    go();
    CHECK(ordered() > 0, "asked");
    lf_learning_undo(l);
    CHECK(state() == LF_LEARNING_RUNNING, "what was committed is not");
    lf_learning_worker(l, false);
    lf_learning_worker(l, true);
    CHECK(ordered() > 0, "asked again of its next life");
    lf_learning_worker(l, false);
    lf_learning_worker(l, true);
    CHECK(!ordered() && state() == LF_LEARNING_FAILED, "and not for ever");
    CHECK_OK(lf_learning_drop(l, &t, &e), &e);
    CHECK_VIEW(audited, LF_V("learn.drop"));
    t.scope.roles = LF_ROLE_READER;
    CHECK_CODE(lf_learning_start(l, &t, LF_V("-1d"), LF_V(""), &e), LF_FORBIDDEN);
    CHECK_CODE(lf_learning_drop(l, &t, &e), LF_FORBIDDEN);
    lf_learning_destroy(l);
    stop();
}

int main(void)
{
    RUN(a_draft_says_what_is_new_and_gone_and_only_a_person_puts_it_in_force);
    RUN(what_a_worker_says_is_not_trusted);
    RUN(a_round_taken_back_and_a_worker_that_ends_leave_no_half_state);
    DONE();
}
