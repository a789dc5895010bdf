#include "engine/decimal.h"

enum { EXPONENT_MOST = 1000000000 };

static lf_view digits(lf_view *in)
{
    size_t n = 0;

    while (n < in->len && in->ptr[n] >= '0' && in->ptr[n] <= '9')
        n++;
    lf_view v = { in->ptr, n };

    *in = lf_view_from(*in, n);
    return v;
}

bool lf_decimal_parse(lf_view in, bool exponent, struct lf_decimal *out)
{
    struct lf_decimal d = { 0 };

    if (in.len > 0 && in.ptr[0] == '-') {
        d.negative = true;
        in = lf_view_from(in, 1);
    }
    d.whole = digits(&in);
    if (d.whole.len == 0)
        return false;
    if (in.len > 0 && in.ptr[0] == '.') {
        in = lf_view_from(in, 1);
        d.part = digits(&in);
        if (d.part.len == 0)
            return false;
    }
    if (exponent && in.len > 0 && (in.ptr[0] == 'e' || in.ptr[0] == 'E')) {
        bool minus = in.len > 1 && in.ptr[1] == '-';
        bool sign = minus || (in.len > 1 && in.ptr[1] == '+');
        lf_view n;

        in = lf_view_from(in, 1 + (size_t)sign);
        n = digits(&in);
        if (n.len == 0)
            return false;
        for (size_t i = 0; i < n.len && d.exponent < EXPONENT_MOST; i++)
            d.exponent = d.exponent * 10 + (n.ptr[i] - '0');
        if (minus)
            d.exponent = -d.exponent;
    }
    if (in.len > 0)
        return false;
    *out = d;
    return true;
}

static char digit(const struct lf_decimal *d, size_t i)
{
    if (i < d->whole.len)
        return d->whole.ptr[i];
    i -= d->whole.len;
    return i < d->part.len ? d->part.ptr[i] : '0';
}

/* Index of the first digit that is not 0, or SIZE_MAX for zero. */
static size_t first(const struct lf_decimal *d)
{
    for (size_t i = 0; i < d->whole.len + d->part.len; i++)
        if (digit(d, i) != '0')
            return i;
    return SIZE_MAX;
}

int lf_decimal_cmp(const struct lf_decimal *a, const struct lf_decimal *b)
{
    size_t fa = first(a), fb = first(b), na, nb;
    int64_t ma, mb;
    int sign;

    if (fa == SIZE_MAX || fb == SIZE_MAX) {
        int sa = fa == SIZE_MAX ? 0 : a->negative ? -1 : 1, sb = fb == SIZE_MAX ? 0 : b->negative ? -1 : 1;

        return sa < sb ? -1 : sa > sb;
    }
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    sign = a->negative ? -1 : 1;
    ma = (int64_t)a->whole.len - (int64_t)fa + a->exponent;
    mb = (int64_t)b->whole.len - (int64_t)fb + b->exponent;
    if (ma != mb)
        return ma < mb ? -sign : sign;
    na = a->whole.len + a->part.len - fa;
    nb = b->whole.len + b->part.len - fb;
    for (size_t i = 0; i < na || i < nb; i++) {
        char x = digit(a, fa + i), y = digit(b, fb + i);

        if (x != y)
            return x < y ? -sign : sign;
    }
    return 0;
}
