/* Lines of resolvers and DNS servers. */
#include "engine/line_priv.h"

static bool query_of(struct made *m, lf_view client, lf_view name, lf_view class, lf_view type,
                     const char *format)
{
    char *low;

    if (!line_is_address(client) || name.len == 0 || name.len > 1024 || type.len == 0 || type.len > 16 ||
        class.len > 8)
        return false;
    low = lf_arena_alloc(m->a, name.len, 1);
    for (size_t i = 0; i < name.len; i++)
        low[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
    if (name.len > 1 && low[name.len - 1] == '.')
        name.len--;
    line_put(m, "dns.question.name", (lf_view){ low, name.len });
    line_put(m, "dns.question.type", type);
    if (class.len > 0)
        line_put(m, "dns.question.class", class);
    line_put(m, "source.ip", client);
    m->format = lf_view_of(format);
    return true;
}

/* "info: 127.0.0.1 name. A IN", "query: …"; a reply goes on behind IN. */
bool line_unbound_body(struct made *m, lf_view in)
{
    lf_view w[WORDS_MOST];
    size_t n, i = 0;
    bool reply = false;

    if (line_starts(in, "[")) { /* [123:0] */
        size_t close = lf_view_find_byte(in, ']');

        if (close == SIZE_MAX || close > 24)
            return false;
        in = lf_view_from(in, close + 1);
    }
    n = line_words(in, w);
    while (i < n && (lf_view_is(w[i], "info:") || lf_view_is(w[i], "query:") || lf_view_is(w[i], "reply:"))) {
        reply = reply || lf_view_is(w[i], "reply:");
        i++;
    }
    if (i == 0 || n < i + 4 || (!lf_view_is(w[i + 3], "IN") && !lf_view_is(w[i + 3], "CH")))
        return false;
    if (!query_of(m, w[i], w[i + 1], w[i + 3], w[i + 2], "unbound"))
        return false;
    if (n > i + 4)
        line_put(m, "dns.response_code", w[i + 4]);
    return true;
}

bool line_unbound(struct made *m, lf_view in)
{
    static const lf_view mark = LF_VIEW("unbound[");
    size_t at = line_byte(lf_view_first(in, 64), '[') ? lf_view_find(lf_view_first(in, 64), mark) : SIZE_MAX,
           close;
    lf_view head, body;
    lf_time t;

    if (at == SIZE_MAX || at > 40)
        return false;
    head = lf_view_trim(lf_view_first(in, at));
    body = lf_view_from(in, at + mark.len);
    close = lf_view_find_byte(lf_view_first(body, 26), ']');
    if (close == SIZE_MAX || close > 24)
        return false;
    body = lf_view_trim(lf_view_from(body, close + 1));
    if (!line_unbound_body(m, body))
        return false;
    if (head.len > 2 && head.ptr[0] == '[' && head.ptr[head.len - 1] == ']')
        head = (lf_view){ head.ptr + 1, head.len - 2 };
    if (lf_moment_parse(head, m->r->recorded, &t))
        m->ev->happened = t;
    return true;
}

/* [21-Nov-2026 05:00:00.123 queries: info: ]client @0x… 127.0.0.1#5 (n): query: n IN A +E(0)K (127.0.0.1) */
bool line_bind(struct made *m, lf_view in)
{
    size_t at = line_byte(in, '#') ? lf_view_find(lf_view_first(in, 80), LF_V("client ")) : SIZE_MAX, mark;
    lf_view head, w[WORDS_MOST], client, port = { "", 0 };
    size_t n, hash;
    lf_time t;

    if (at == SIZE_MAX || at > 64)
        return false;
    head = lf_view_first(in, at);
    in = lf_view_from(in, at + 7);
    mark = lf_view_find(in, LF_V(": query: "));
    if (mark == SIZE_MAX)
        return false;
    n = line_words(lf_view_first(in, mark), w);
    if (n < 1)
        return false;
    client = line_starts(w[0], "@") && n > 1 ? w[1] : w[0];
    hash = lf_view_find_byte(client, '#');
    if (hash == SIZE_MAX)
        return false;
    port = lf_view_from(client, hash + 1);
    client = lf_view_first(client, hash);
    n = line_words(lf_view_from(in, mark + 9), w);
    if (n < 3 || !query_of(m, client, w[0], w[1], w[2], "bind"))
        return false;
    line_put_number(m, "source.port", port);
    n = line_words(head, w);
    if (n >= 2 &&
        (lf_moment_parse(w[0], m->r->recorded, &t) ||
         lf_moment_parse(lf_arena_printf(m->a, "%.*s %.*s", LF_FMT(w[0]), LF_FMT(w[1])), m->r->recorded, &t)))
        m->ev->happened = t;
    return true;
}

/* query[A] example.com from 192.168.1.5; with log-queries=extra "17 192.168.1.5/5353 " in front */
bool line_dnsmasq_body(struct made *m, lf_view in)
{
    lf_view w[WORDS_MOST], type, address, port;
    size_t n = line_words(in, w), i = 0;

    while (i < n && i < 3 && !line_starts(w[i], "query["))
        i++;
    if (i + 3 >= n || !line_between(w[i], "query[", "]", &type) || !lf_view_is(w[i + 2], "from") ||
        !line_endpoint(w[i + 3], &address, &port))
        return false;
    return query_of(m, address, w[i + 1], (lf_view){ "", 0 }, type, "dnsmasq");
}

/* (3)www(7)example(3)com(0) */
static bool counted_name(struct lf_arena *a, lf_view in, lf_view *out)
{
    char *text = lf_arena_alloc(a, in.len + 1, 1);
    size_t o = 0;

    while (in.len > 0) {
        lf_view count;
        uint64_t n;

        if (!line_between(in, "(", ")", &count) || in.ptr[0] != '(' || !lf_view_u64(count, &n))
            return false;
        in = lf_view_from(in, count.len + 2);
        if (n == 0)
            break;
        if (n > 63 || n > in.len)
            return false;
        if (o > 0)
            text[o++] = '.';
        memcpy(text + o, in.ptr, (size_t)n);
        o += (size_t)n;
        in = lf_view_from(in, (size_t)n);
    }
    *out = o ? (lf_view){ text, o } : LF_V(".");
    return true;
}

/* 6/11/2015 9:03:28 AM 0C94 PACKET  00000000028BBC70 UDP Rcv 10.1.1.10  9b14   Q [0001   D   NOERROR] A
 * (3)www(0) */
bool line_windows_dns(struct made *m, lf_view in)
{
    lf_view w[WORDS_MOST], name, rest, type, code;
    size_t n, p = 0, close;
    bool reply;

    if (!line_byte(in, ']') || !line_has(lf_view_first(in, 80), " PACKET "))
        return false;
    n = line_words(in, w);
    while (p < n && !lf_view_is(w[p], "PACKET"))
        p++;
    if (p + 6 >= n || (!lf_view_is(w[p + 2], "UDP") && !lf_view_is(w[p + 2], "TCP")) ||
        (!lf_view_is(w[p + 3], "Rcv") && !lf_view_is(w[p + 3], "Snd")))
        return false;
    close = lf_view_find_byte(in, ']');
    if (close == SIZE_MAX)
        return false;
    reply = lf_view_is(w[p + 6], "R");
    if (!line_between(in, "[", "]", &code))
        return false;
    rest = lf_view_trim(lf_view_from(in, close + 1));
    if (!line_take_word(&rest, &type) || !counted_name(m->a, lf_view_trim(rest), &name))
        return false;
    if (!query_of(m, w[p + 4], name, (lf_view){ "", 0 }, type, reply ? "windows_dns_reply" : "windows_dns"))
        return false;
    line_put(m, "network.transport", lf_view_is(w[p + 2], "UDP") ? LF_V("udp") : LF_V("tcp"));
    n = line_words(code, w);
    if (n > 0)
        line_put(m, "dns.response_code", w[n - 1]);
    return true;
}
