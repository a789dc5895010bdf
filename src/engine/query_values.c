/* A query for values that are looked for by others: which texts a record must hold. */
#include <arpa/inet.h>

#include <stdio.h>

#include "base/crypto.h"
#include "engine/query_priv.h"

/* Every record of Linux's audit has these words; what it holds in hexadecimal digits no filter knows. */
#define AUDIT LF_V("msg=audit")

struct texts {
    struct lf_arena *a;
    struct lf_q_text *v;
    size_t n, cap;
};

static void add(struct texts *x, lf_view scan, lf_view whole)
{
    x->v = lf_arena_grow(x->a, x->v, x->n, &x->cap, sizeof *x->v);
    x->v[x->n++] = (struct lf_q_text){ .scan = scan, .whole = whole };
}

/* As it stands, and as auditd writes what a person chose.  There it is found in small letters only. */
static void add_text(struct texts *x, lf_view text)
{
    add(x, text, text);
    add(x, lf_hex(x->a, text.ptr, text.len), AUDIT);
}

/* www.example.com in the log of Windows' DNS server: (3)www(7)example(3)com(0) */
static void add_name(struct texts *x, lf_view name)
{
    lf_view rest = name, label, counted;
    bool digits = false;
    struct lf_buf b;

    add_text(x, name);
    lf_buf_init(&b, 4096);
    while (lf_view_split(&rest, '.', &label)) {
        lf_buf_printf(&b, "(%zu)%.*s", label.len, LF_FMT(label));
        digits = digits || (label.len && label.ptr[0] >= '0' && label.ptr[0] <= '9');
    }
    counted = lf_arena_copy(x->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    /* The same words, but where a name looks like an address, as of in-addr.arpa. */
    add(x, counted, digits ? counted : name);
}

/* Ways to write a group of sixteen bits: with as many zeros in front as there is room for, or without. */
static size_t spell(unsigned group, char out[4][16])
{
    size_t n = 0;

    for (unsigned digits = 1; digits <= 4; digits++)
        if (group < 1u << 4 * digits)
            snprintf(out[n++], sizeof out[0], "%0*x", (int)digits, group);
    return n;
}

/* Groups that are not zero stand in every form of an address: the two neighbours with the fewest ways to be
 * written.  False: there are none (::1), and fe80::1 says too little. */
static bool add_ipv6(struct texts *x, lf_view value)
{
    char one[4][16], two[4][16];
    size_t best = SIZE_MAX, least = SIZE_MAX;
    unsigned group[8];
    uint8_t raw[16];

    if (inet_pton(AF_INET6, lf_arena_cstr(x->a, value), raw) != 1)
        return false;
    for (size_t i = 0; i < 8; i++)
        group[i] = (unsigned)raw[2 * i] << 8 | raw[2 * i + 1];
    for (size_t i = 0; i < 5; i++) { /* the last two groups may be written as an IPv4 address */
        size_t ways = group[i] && group[i + 1] ? spell(group[i], one) * spell(group[i + 1], two) : SIZE_MAX;

        if (ways < least) {
            least = ways;
            best = i;
        }
    }
    if (best == SIZE_MAX)
        return false;
    spell(group[best], one);
    for (size_t i = 0, n = spell(group[best], one); i < n; i++)
        for (size_t k = 0, m = spell(group[best + 1], two); k < m; k++)
            add_text(x, lf_arena_printf(x->a, "%s:%s", one[i], two[k]));
    add(x, lf_hex(x->a, raw, sizeof raw), AUDIT); /* SOCKADDR */
    return true;
}

static bool add_value(struct texts *x, enum lf_observable_kind kind, lf_view value)
{
    uint8_t raw[4];

    switch (kind) {
    case LF_OBS_DOMAIN:
        add_name(x, value);
        return true;
    case LF_OBS_IPV4:
        if (inet_pton(AF_INET, lf_arena_cstr(x->a, value), raw) != 1)
            return false;
        add_text(x, value);
        add(x, lf_hex(x->a, raw, sizeof raw), AUDIT);
        return true;
    case LF_OBS_IPV6:
        return add_ipv6(x, value);
    case LF_OBS_URL: {
        /* Of its path little is certain: slashes and signs are written in many ways. */
        lf_view host = lf_url_host(value), text;
        enum lf_observable_kind of;

        return lf_observable_guess(host, &of) &&
               (of == LF_OBS_DOMAIN || of == LF_OBS_IPV4 || of == LF_OBS_IPV6) &&
               lf_observable_text(x->a, of, host, &text) && add_value(x, of, text);
    }
    case LF_OBS_EMAIL: {
        size_t at = lf_view_find_byte(value, '@');
        lf_view domain = at == SIZE_MAX ? LF_V("") : lf_view_from(value, at + 1);

        if (!domain.len)
            return false;
        add_text(x, domain);
        return true;
    }
    case LF_OBS_MD5:
    case LF_OBS_SHA1:
    case LF_OBS_SHA256:
    case LF_OBS_SHA512:
    case LF_OBS_JA3:
    case LF_OBS_JA4:
        add(x, value, value);
        return true;
    default: /* networks, patterns */
        return false;
    }
}

bool lf_query_values(struct lf_arena *a, const struct lf_observable *values, size_t n,
                     struct lf_query_tree **out)
{
    struct texts x = { .a = a };
    struct lf_query_tree *q;
    struct lf_err e;

    if (!n || lf_query_parse(a, LF_V("*"), &q, &e) != LF_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!add_value(&x, values[i].kind, lf_arena_copy(a, values[i].value)))
            return false;
    q->texts = x.v;
    q->ntexts = x.n;
    *out = q;
    return true;
}

bool lf_q_texts_possible(const struct lf_query_tree *q, bool (*has)(void *ctx, lf_view text), void *ctx)
{
    lf_view last = { NULL, 0 };

    if (has(ctx, AUDIT))
        return true;
    for (size_t i = 0; i < q->ntexts; i++) {
        lf_view whole = q->texts[i].whole;

        /* Two ways to write a name have the same words. */
        if (lf_view_is(whole, "msg=audit") || (last.ptr == whole.ptr && last.len == whole.len))
            continue;
        if (has(ctx, whole))
            return true;
        last = whole;
    }
    return false;
}
