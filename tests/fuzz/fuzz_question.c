/* A question or answer that is read is within its limits and, written again, is read as the same; what
 * passes between the core and the search worker is packed again to the bytes it came from. */
#include <stdlib.h>

#include "model/question.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[LF_SIGN_SEED] = { 1 };

static void read_question(struct lf_arena *a, lf_view in)
{
    uint8_t pub[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET];
    struct lf_question_way w, back;
    struct lf_err e;
    lf_view json;

    if (lf_question_read(a, in, &w, &e) != LF_OK)
        return;
    lf_sign_keys(seed, pub, secret);
    if (lf_question_check(a, &w.question, &e) != LF_OK || w.npath < 1 || w.npath > LF_QUESTION_PATH)
        abort();
    (void)lf_question_signed(a, w.tree, pub);
    if (w.passed || lf_question_write(a, &w.question, secret, &json, &e) != LF_OK)
        return;
    if (lf_question_read(a, json, &back, &e) != LF_OK || !lf_question_signed(a, back.tree, pub) ||
        !lf_view_eq(back.question.name, w.question.name) || back.question.nvalues != w.question.nvalues ||
        !lf_view_eq(back.question.text, w.question.text))
        abort();
}

static void read_answer(struct lf_arena *a, lf_view in)
{
    uint8_t pub[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET];
    struct lf_answer x, back;
    struct lf_err e;
    lf_view json;

    if (lf_answer_read(a, in, &x, &e) != LF_OK)
        return;
    lf_sign_keys(seed, pub, secret);
    if (x.nmembers > LF_ANSWER_MEMBERS)
        abort();
    if (lf_answer_write(a, &x, secret, &json, &e) != LF_OK)
        return;
    if (lf_answer_read(a, json, &back, &e) != LF_OK || !lf_question_signed(a, back.tree, pub) ||
        back.own.state != x.own.state || back.own.seen.count != x.own.seen.count ||
        back.nmembers != x.nmembers)
        abort();
}

static void read_messages(struct lf_arena *a, lf_view in)
{
    struct lf_question_order o;
    struct lf_question_result r;
    struct lf_err e;
    struct lf_buf b;

    lf_buf_init(&b, 8 << 20);
    if (lf_question_order_unpack(a, in, &o, &e) == LF_OK) {
        lf_question_order_pack(&b, &o);
        if (!lf_view_eq(lf_buf_view(&b), in))
            abort();
    }
    lf_buf_reset(&b);
    if (lf_question_result_unpack(a, in, &r, &e) == LF_OK) {
        lf_question_result_pack(&b, &r);
        if (!lf_view_eq(lf_buf_view(&b), in))
            abort();
    }
    lf_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_arena a = { 0 };

    lf_crypto_init();
    read_question(&a, in);
    read_answer(&a, in);
    read_messages(&a, in);
    lf_arena_clear(&a);
    return 0;
}
