/* Instants, addresses and networks of STIX patterns. */
#include <arpa/inet.h>

#include "fmt/stix_pattern.h"

static bool digits(lf_view v, size_t at, size_t n, int *out)
{
    int x = 0;

    for (size_t i = at; i < at + n; i++) {
        if (i >= v.len || v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
        x = x * 10 + (v.ptr[i] - '0');
    }
    *out = x;
    return true;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar (H. Hinnant's
 * days_from_civil, public domain arithmetic). */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400, doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int days_in(int year, int month)
{
    static const int n[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return n[month - 1] + (month == 2 && leap);
}

bool lf_stix_moment_parse(lf_view v, struct lf_stix_moment *out)
{
    int year, month, day, hour, minute, second;
    int32_t nano = 0, unit = 100000000;
    size_t i = 19;

    if (v.len < 20 || !digits(v, 0, 4, &year) || !digits(v, 5, 2, &month) || !digits(v, 8, 2, &day) ||
        !digits(v, 11, 2, &hour) || !digits(v, 14, 2, &minute) || !digits(v, 17, 2, &second))
        return false;
    if (v.ptr[4] != '-' || v.ptr[7] != '-' || v.ptr[10] != 'T' || v.ptr[13] != ':' || v.ptr[16] != ':')
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    if (v.ptr[i] == '.') {
        if (i + 1 >= v.len || v.ptr[i + 1] < '0' || v.ptr[i + 1] > '9')
            return false;
        for (i++; i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9'; i++, unit /= 10)
            nano += (v.ptr[i] - '0') * unit;
    }
    if (i + 1 != v.len || v.ptr[i] != 'Z')
        return false;
    *out = (struct lf_stix_moment){ days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second,
                                    nano };
    return true;
}

int lf_stix_moment_cmp(const struct lf_stix_moment *a, const struct lf_stix_moment *b)
{
    if (a->second != b->second)
        return a->second < b->second ? -1 : 1;
    return a->nano < b->nano ? -1 : a->nano > b->nano;
}

bool lf_stix_net_parse(lf_view v, struct lf_stix_net *out)
{
    struct lf_stix_net net = { 0 };
    size_t slash = lf_view_find_byte(v, '/');
    lf_view host = slash == SIZE_MAX ? v : lf_view_first(v, slash);
    uint64_t bits;
    char text[INET6_ADDRSTRLEN + 1];

    if (host.len == 0 || host.len >= sizeof text || memchr(host.ptr, 0, host.len))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    net.v6 = memchr(text, ':', host.len) != NULL;
    if (inet_pton(net.v6 ? AF_INET6 : AF_INET, text, net.raw) != 1)
        return false;
    bits = net.v6 ? 128 : 32;
    if (slash != SIZE_MAX) {
        uint64_t given;

        if (v.len - slash > 4 || (v.len - slash > 2 && v.ptr[slash + 1] == '0') ||
            !lf_view_u64(lf_view_from(v, slash + 1), &given) || given > bits)
            return false;
        bits = given;
    }
    for (size_t i = bits; i < 128; i++)
        net.raw[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
    net.bits = (uint8_t)bits;
    *out = net;
    return true;
}

bool lf_stix_net_within(const struct lf_stix_net *inner, const struct lf_stix_net *outer)
{
    unsigned whole = outer->bits / 8, rest = outer->bits % 8;
    uint8_t mask = (uint8_t)(0xff00u >> rest);

    if (inner->v6 != outer->v6 || inner->bits < outer->bits || memcmp(inner->raw, outer->raw, whole) != 0)
        return false;
    return rest == 0 || (inner->raw[whole] & mask) == outer->raw[whole];
}
