#include "model/confidence.h"

static const int days[LF_OBS_KINDS] = {
    [LF_OBS_DOMAIN] = 180,  [LF_OBS_IPV4] = 60,     [LF_OBS_IPV6] = 60,   [LF_OBS_URL] = 90,
    [LF_OBS_SHA256] = 1825, [LF_OBS_NET4] = 120,    [LF_OBS_NET6] = 120,  [LF_OBS_MD5] = 1825,
    [LF_OBS_SHA1] = 1825,   [LF_OBS_SHA512] = 1825, [LF_OBS_EMAIL] = 180, [LF_OBS_JA3] = 365,
    [LF_OBS_JA4] = 365,     [LF_OBS_PATTERN] = 365,
};

/* 5 x log2(1 + n), rounded down. */
static const int seen_by[] = { 0, 5, 7, 10, 11, 12, 14, 15, 15, 16, 17, 17, 18, 19, 19, 20 };

lf_time lf_confidence_life(enum lf_observable_kind kind)
{
    return (unsigned)kind < LF_OBS_KINDS ? days[kind] * LF_DAY : LF_DAY;
}

int lf_confidence_digit(char digit)
{
    return digit >= '1' && digit <= '5' ? 110 - 20 * (digit - '0') : -1;
}

int lf_confidence_letter(char letter)
{
    static const int adds[] = { 10, 5, 0, -10, -25 };

    return letter >= 'A' && letter <= 'E' ? adds[letter - 'A'] : 0;
}

struct lf_confidence_now lf_confidence_now(const struct lf_confidence *c, lf_time now)
{
    double life = (double)lf_confidence_life(c->kind), t = (double)(now - c->since), sum;
    struct lf_confidence_now out = { .age = 100 };

    if (c->nodes > 0)
        out.seen = seen_by[c->nodes > 15 ? 15 : c->nodes];
    out.judged = (int)(c->right > 3 ? 15 : 5 * c->right) - (int)(c->wrong > 20 ? 300 : 15 * c->wrong);
    if (t > 0)
        out.age = t >= life ? 0 : (int)(100.0 * (1.0 - (t / life) * (t / life)) + 0.5);
    if (c->valid_until && now >= c->valid_until)
        out.age = 0;
    sum = (double)(c->base + c->graded + out.seen + out.judged) * out.age / 100.0;
    out.confidence = sum < 0 ? 0 : sum > 100 ? 100 : (int)sum;
    return out;
}

enum lf_level lf_confidence_level(int confidence)
{
    return confidence >= 85 ? LF_LEVEL_HIGH : confidence >= 50 ? LF_LEVEL_MEDIUM : LF_LEVEL_LOW;
}

lf_time lf_confidence_falls(const struct lf_confidence *c, int least)
{
    lf_time sure = 0, less = lf_confidence_life(c->kind) / LF_SECOND; /* in seconds after since */

    if (lf_confidence_now(c, c->since).confidence < least)
        return c->since;
    while (less - sure > 1) {
        lf_time half = sure + (less - sure) / 2;

        if (lf_confidence_now(c, c->since + half * LF_SECOND).confidence < least)
            less = half;
        else
            sure = half;
    }
    return c->since + less * LF_SECOND;
}
