/* Lines of web servers and web proxies. */
#include "engine/line_priv.h"

lf_view lf_percent_decoded(struct lf_arena *a, lf_view text, int times)
{
    for (int t = 0; t < times; t++) {
        char *out;
        size_t o = 0;

        if (text.len == 0 ||
            (!memchr(text.ptr, '%', text.len) && (t > 0 || !memchr(text.ptr, '+', text.len))))
            break;
        out = lf_arena_alloc(a, text.len + 1, 1);
        for (size_t i = 0; i < text.len; i++) {
            int hi = i + 2 < text.len && text.ptr[i] == '%' ? line_hex(text.ptr[i + 1]) : -1;
            int lo = hi >= 0 ? line_hex(text.ptr[i + 2]) : -1;

            if (lo >= 0) {
                out[o++] = (char)(hi << 4 | lo);
                i += 2;
            } else {
                out[o++] = text.ptr[i] == '+' && t == 0 ? ' ' : text.ptr[i];
            }
        }
        text = (lf_view){ out, o };
    }
    return line_clean(a, text);
}

/* A field in quotes off *in; servers write \" and \xHH for what would break it. */
static bool take_quoted(struct lf_arena *a, lf_view *in, lf_view *out)
{
    char *text;
    size_t o = 0, i = 1;

    if (in->len < 2 || in->ptr[0] != '"')
        return false;
    while (i < in->len && in->ptr[i] != '"' && in->ptr[i] != '\\')
        i++;
    if (i < in->len && in->ptr[i] == '"') {
        *out = (lf_view){ in->ptr + 1, i - 1 };
        *in = lf_view_from(*in, i + 1);
        return true;
    }
    text = lf_arena_alloc(a, in->len, 1);
    for (i = 1; i < in->len && in->ptr[i] != '"'; i++) {
        char c = in->ptr[i];

        if (c == '\\' && i + 1 < in->len) {
            bool coded = in->ptr[i + 1] == 'x' && i + 3 < in->len;
            int high = coded ? line_hex(in->ptr[i + 2]) : -1, low = coded ? line_hex(in->ptr[i + 3]) : -1;

            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 3;
            } else if (in->ptr[i + 1] == '"' || in->ptr[i + 1] == '\\') {
                c = in->ptr[++i];
            }
        }
        text[o++] = c;
    }
    if (i >= in->len)
        return false;
    *in = lf_view_from(*in, i + 1);
    *out = (lf_view){ text, o };
    return true;
}

/* What was asked for: "/path?query", "http://host/path?query", "host:443". */
static void target_of(struct made *m, lf_view method, lf_view target)
{
    lf_view path = target, rest, query;
    size_t q;

    if (method.len > 0)
        line_put(m, "http.request.method", method);
    line_put(m, "url.original", target);
    if (lf_view_eq_nocase(method, LF_V("CONNECT"))) {
        lf_view host = target, port;
        size_t colon = lf_view_find_byte(target, ':');

        if (colon != SIZE_MAX && target.ptr[0] != '[') {
            host = lf_view_first(target, colon);
            port = lf_view_from(target, colon + 1);
            line_put_number(m, "url.port", port);
        }
        line_put(m, "url.domain", host);
        return;
    }
    if (line_after(target, "://", &rest) && lf_view_find_byte(target, '/') > lf_view_find_byte(target, ':')) {
        size_t slash = 0, at;
        lf_view host, scheme = lf_view_first(target, lf_view_find_byte(target, ':'));

        while (slash < rest.len && rest.ptr[slash] != '/' && rest.ptr[slash] != '?' && rest.ptr[slash] != '#')
            slash++;
        host = lf_view_first(rest, slash);
        path = lf_view_from(rest, slash);
        at = lf_view_find_byte(host, '@');
        if (at != SIZE_MAX)
            host = lf_view_from(host, at + 1);
        if (scheme.len < 16)
            line_put(m, "url.scheme", scheme);
        at = host.len > 0 && host.ptr[0] != '[' ? lf_view_find_byte(host, ':') : SIZE_MAX;
        line_put(m, "url.domain", lf_view_first(host, at == SIZE_MAX ? host.len : at));
        if (at != SIZE_MAX)
            line_put_number(m, "url.port", lf_view_from(host, at + 1));
    }
    q = lf_view_find_byte(path, '?');
    line_put(m, "url.path", lf_view_first(path, q == SIZE_MAX ? path.len : q));
    line_put(m, "url.path.decoded",
             lf_percent_decoded(m->a, lf_view_first(path, q == SIZE_MAX ? path.len : q), 2));
    if (q != SIZE_MAX) {
        query = lf_view_from(path, q + 1);
        line_put(m, "url.query", query);
        line_put(m, "url.query.decoded", lf_percent_decoded(m->a, query, 2));
    }
}

static void request_line(struct made *m, lf_view line)
{
    lf_view method, target;
    size_t sp = lf_view_find_byte(line, ' '), end = line.len;

    if (sp == SIZE_MAX) {
        line_put(m, "url.original", line);
        return;
    }
    method = lf_view_first(line, sp);
    /* The last blank ends the target: a broken client may send blanks in it. */
    while (end > sp + 1 && line.ptr[end - 1] != ' ')
        end--;
    if (end > sp + 1 && line_starts(lf_view_from(line, end), "HTTP/")) {
        target = (lf_view){ line.ptr + sp + 1, end - sp - 2 };
        line_put(m, "http.version", lf_view_from(line, end + 5));
    } else {
        target = lf_view_from(line, sp + 1);
    }
    target_of(m, method, target);
}

static void status_and_size(struct made *m, lf_view status, lf_view size)
{
    line_put_number(m, "http.response.status_code", status);
    line_put_number(m, "http.response.body.bytes", size);
}

/* Common and combined; with the virtual host in front as Apache's vhost_combined has it; with
 * squid's result and route behind as its combined format has them. */
bool line_access(struct made *m, lf_view in)
{
    lf_view vhost = { NULL, 0 }, client, ident, user, request, status, size, ref, agent, v;
    size_t close, from = m->n;
    bool proxy = false;
    lf_time t;

    if (!line_byte(in, '"') || !line_take_word(&in, &client) || !line_take_word(&in, &ident) ||
        !line_take_word(&in, &user) || in.len < 2)
        return false;
    if (in.ptr[0] != '[') {
        vhost = client;
        client = ident;
        ident = user;
        if (!line_take_word(&in, &user) || in.len < 2 || in.ptr[0] != '[')
            return false;
    }
    close = lf_view_find_byte(in, ']');
    if (close == SIZE_MAX || !lf_moment_parse((lf_view){ in.ptr + 1, close - 1 }, m->r->recorded, &t))
        return false;
    in = lf_view_from(in, close + 1);
    if (!line_starts(in, " \""))
        return false;
    in = lf_view_from(in, 1);
    if (!take_quoted(m->a, &in, &request) || !line_starts(in, " "))
        return false;
    in = lf_view_from(in, 1);
    if (!line_take_word(&in, &status) || status.len != 3)
        return false;
    m->n = from;
    m->ev->happened = t;
    line_put(m, "source.address", client);
    line_put_ip(m, "source.ip", client);
    if (vhost.ptr) {
        size_t colon = lf_view_find_byte(vhost, ':');

        line_put(m, "url.domain", lf_view_first(vhost, colon == SIZE_MAX ? vhost.len : colon));
    }
    if (!lf_view_is(user, "-"))
        line_put(m, "user.name", user);
    request_line(m, request);
    status_and_size(m, status, (lf_view){ NULL, 0 });
    if (line_take_word(&in, &size))
        line_put_number(m, "http.response.body.bytes", size);
    if (in.ptr && take_quoted(m->a, &in, &ref)) {
        if (!lf_view_is(ref, "-"))
            line_put(m, "http.request.referrer", ref);
        if (line_starts(in, " "))
            in = lf_view_from(in, 1);
        if (take_quoted(m->a, &in, &agent) && !lf_view_is(agent, "-"))
            line_put(m, "user_agent.original", agent);
    }
    in = in.ptr ? lf_view_trim(in) : in;
    if ((line_starts(in, "TCP_") || line_starts(in, "UDP_") || line_starts(in, "NONE")) &&
        line_has(in, ":")) {
        proxy = true;
        if (line_between(in, "", ":", &v))
            line_put(m, "squid.result", v);
    }
    m->format = proxy ? LF_V("proxy") : LF_V("access");
    return true;
}

/* 1286536309.586  921 192.168.0.68 TCP_MISS/200 507 POST http://… - DIRECT/174.129.41.128 text/html */
bool line_squid(struct made *m, lf_view in)
{
    lf_view w[WORDS_MOST], status;
    size_t n = in.len > 0 && in.ptr[0] >= '0' && in.ptr[0] <= '9' ? line_words(in, w) : 0, slash, from = m->n;
    uint64_t ms;
    lf_time t;

    if (n < 9 || lf_view_find_byte(w[0], '.') == SIZE_MAX || !lf_moment_parse(w[0], 0, &t) ||
        !lf_view_u64(w[1], &ms) || !line_is_address(w[2]))
        return false;
    slash = lf_view_find_byte(w[3], '/');
    if (slash == SIZE_MAX ||
        (!line_starts(w[3], "TCP_") && !line_starts(w[3], "UDP_") && !line_starts(w[3], "NONE")))
        return false;
    status = lf_view_from(w[3], slash + 1);
    m->n = from;
    m->ev->happened = t;
    line_put(m, "source.address", w[2]);
    line_put(m, "source.ip", w[2]);
    line_put(m, "squid.result", lf_view_first(w[3], slash));
    status_and_size(m, status, w[4]);
    target_of(m, w[5], w[6]);
    if (!lf_view_is(w[7], "-"))
        line_put(m, "user.name", w[7]);
    slash = lf_view_find_byte(w[8], '/');
    if (slash != SIZE_MAX) {
        line_put(m, "squid.hierarchy", lf_view_first(w[8], slash));
        line_put_ip(m, "destination.ip", lf_view_from(w[8], slash + 1));
    }
    if (n > 9 && !lf_view_is(w[9], "-"))
        line_put(m, "http.response.mime_type", w[9]);
    m->format = LF_V("proxy");
    return true;
}

/* nginx:  2026/11/21 05:00:00 [error] 12#0: *3 open() … failed, client: 192.0.2.1, server: x, request: "GET
 * …" apache: [Sun Dec 04 04:47:44 2005] [error] [client 192.0.2.1] …, 2.4 with [core:error] [pid 1:tid 2] */
bool line_web_error(struct made *m, lf_view in)
{
    lf_view when, level, rest, v, address, port;
    lf_time t;

    if (in.len > 30 && in.ptr[0] == '[' && line_between(in, "[", "]", &when) && when.len >= 20 &&
        when.len <= 40 && line_starts(lf_view_from(in, when.len + 2), " [")) {
        if (!lf_moment_parse(when, m->r->recorded, &t))
            return false;
        rest = lf_view_from(in, when.len + 3);
        if (!line_between(rest, "[", "]", &level) || level.len > 40)
            return false;
        m->ev->happened = t;
        if (line_has(level, ":"))
            (void)line_after(level, ":", &level);
        line_put(m, "log.level", level);
        if (line_between(in, "[client ", "]", &v) && line_endpoint(v, &address, &port)) {
            line_put(m, "source.ip", address);
            line_put_number(m, "source.port", port);
        }
        m->format = LF_V("apache_error");
        return true;
    }
    if (in.len < 24 || in.ptr[4] != '/' || in.ptr[19] != ' ' || in.ptr[20] != '[' ||
        !lf_moment_parse(lf_view_first(in, 19), m->r->recorded, &t) || !line_between(in, "[", "] ", &level) ||
        level.len > 10)
        return false;
    m->ev->happened = t;
    line_put(m, "log.level", level);
    if (line_between(in, ", client: ", ",", &v) || line_between(in, ", client: ", NULL, &v))
        line_put_ip(m, "source.ip", v);
    if (line_between(in, ", server: ", ",", &v))
        line_put(m, "url.domain", v);
    if (line_between(in, ", request: \"", "\"", &v))
        request_line(m, v);
    m->format = LF_V("nginx_error");
    return true;
}

/* ---- W3C extended (IIS and proxies) ---- */

static const char iis_fields[] = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
                                 "cs(User-Agent) cs(Referer) sc-status "
                                 "sc-substatus sc-win32-status time-taken";

/* cs(User-Agent) is cs-user-agent to Sigma. */
static lf_view w3c_name(struct lf_arena *a, lf_view f)
{
    static const struct {
        const char *from, *to;
    } names[] = { { "cs(User-Agent)", "cs-user-agent" },
                  { "cs(Referer)", "cs-referer" },
                  { "cs(Cookie)", "cs-cookie" },
                  { "cs(Host)", "cs-host" },
                  { "sc(Content-Type)", "cs-content-type" } };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_eq_nocase(f, lf_view_of(names[i].from)))
            return lf_view_of(names[i].to);
    return lf_arena_copy(a, f);
}

/* IIS writes '+' for a blank in headers. */
static lf_view blanks(struct lf_arena *a, lf_view v)
{
    char *out;

    if (lf_view_find_byte(v, '+') == SIZE_MAX)
        return v;
    out = lf_arena_alloc(a, v.len, 1);
    for (size_t i = 0; i < v.len; i++)
        out[i] = v.ptr[i];
    for (size_t i = 0; i < v.len; i++)
        if (out[i] == '+')
            out[i] = ' ';
    return (lf_view){ out, v.len };
}

/* Columns that only proxies write. */
static bool w3c_of_proxy(lf_view fields)
{
    lf_view f;

    while (lf_view_split(&fields, ' ', &f))
        if (line_starts(f, "r-") || line_starts(f, "x-virus") || lf_view_is(f, "cs-uri-scheme") ||
            lf_view_is(f, "s-hierarchy") || lf_view_is(f, "cs-categories"))
            return true;
    return false;
}

/* The next value.  Proxies put what may hold blanks in quotes; IIS does not, and a client's own quote
 * must not move its columns. */
static bool w3c_value(lf_view *rest, bool quotes, lf_view *out)
{
    size_t end;

    while (rest->len > 0 && rest->ptr[0] == ' ')
        *rest = lf_view_from(*rest, 1);
    if (rest->len == 0)
        return false;
    if (quotes && rest->ptr[0] == '"') {
        for (end = 1; end < rest->len && rest->ptr[end] != '"';)
            end++;
        *out = (lf_view){ rest->ptr + 1, end - 1 };
        *rest = lf_view_from(*rest, end + 1);
        return true;
    }
    end = lf_view_find_byte(*rest, ' ');
    *out = lf_view_first(*rest, end);
    *rest = lf_view_from(*rest, end);
    return true;
}

/* scheme, host, port, path and query of a proxy's log, which have a column each. */
static void w3c_url(struct made *m, const lf_view part[5])
{
    lf_view scheme = part[0], host = part[1], port = part[2], path = part[3], query = part[4];
    bool usual = !port.len || (lf_view_is(scheme, "http") && lf_view_is(port, "80")) ||
                 (lf_view_is(scheme, "https") && lf_view_is(port, "443"));

    if (!scheme.len || !host.len)
        return;
    line_put(m, "url.original",
             lf_arena_printf(m->a, "%.*s://%.*s%s%.*s%.*s%.*s", LF_FMT(scheme), LF_FMT(host),
                             usual ? "" : ":", LF_FMT((usual ? (lf_view){ "", 0 } : port)), LF_FMT(path),
                             LF_FMT(query)));
}

bool line_w3c(struct made *m, lf_view in)
{
    lf_view fields = { iis_fields, sizeof iis_fields - 1 }, f, v, date = { NULL, 0 }, clock = { NULL, 0 },
            rest = in;
    static const char *const url_columns[] = { "cs-uri-scheme", "cs-host", "cs-uri-port", "cs-uri-path",
                                               "cs-uri-query" };
    lf_view stem = { NULL, 0 }, query = { NULL, 0 }, url[5] = { { NULL, 0 } };
    size_t from = m->n, columns = 0, values = 0;
    bool proxy = false;

    if (line_starts(in, "#")) {
        if (!line_starts(in, "#Fields:") && !line_starts(in, "#Software:") && !line_starts(in, "#Version:") &&
            !line_starts(in, "#Date:") && !line_starts(in, "#Start-Date:"))
            return false;
        if (line_starts(in, "#Fields:") && m->stream) {
            f = lf_view_trim(lf_view_from(in, 8));
            if (f.len <= sizeof m->stream->fields) {
                memcpy(m->stream->fields, f.ptr, f.len);
                m->stream->fields_len = f.len;
            }
        }
        m->format = LF_V("w3c_header");
        return true;
    }
    if (in.len < 20 || in.ptr[4] != '-' || in.ptr[7] != '-' || in.ptr[10] != ' ' || in.ptr[13] != ':' ||
        in.ptr[16] != ':')
        return false;
    if (m->stream && m->stream->fields_len > 0)
        fields = lf_arena_copy(m->a, (lf_view){ m->stream->fields, m->stream->fields_len });
    else if (!line_has(in, " GET ") && !line_has(in, " POST ") && !line_has(in, " HEAD ") &&
             !line_has(in, " PUT ") && !line_has(in, " OPTIONS ") && !line_has(in, " DELETE ") &&
             !line_has(in, " PROPFIND "))
        return false;
    for (v = fields; lf_view_split(&v, ' ', &f);)
        columns += f.len > 0;
    proxy = w3c_of_proxy(fields);
    for (v = in; w3c_value(&v, proxy, &f);)
        values++;
    if (columns != values) /* another server's fields, or none of these */
        return false;
    while (lf_view_split(&fields, ' ', &f)) {
        if (f.len == 0)
            continue;
        if (!w3c_value(&rest, proxy, &v))
            v = (lf_view){ "-", 1 };
        if (lf_view_is(f, "date"))
            date = v;
        if (lf_view_is(f, "time"))
            clock = v;
        if (lf_view_is(v, "-"))
            continue;
        f = w3c_name(m->a, f);
        for (size_t i = 0; i < sizeof url / sizeof *url; i++)
            if (lf_view_is(f, url_columns[i]))
                url[i] = v;
        if (lf_view_is(f, "cs-uri-stem"))
            stem = v;
        if (lf_view_is(f, "cs-uri-query"))
            query = v;
        if (lf_view_is(f, "cs-user-agent"))
            v = blanks(m->a, v);
        if (line_starts(f, "sc-") || lf_view_is(f, "s-port") || lf_view_is(f, "time-taken") ||
            lf_view_is(f, "cs-bytes")) {
            uint64_t n;

            if (lf_view_u64(v, &n)) {
                line_put_number(m, lf_arena_cstr(m->a, f), v);
                continue;
            }
        }
        line_put_key(m, f, v);
    }
    if (date.ptr && clock.ptr) {
        lf_time t;

        if (lf_moment_parse(lf_arena_printf(m->a, "%.*s %.*sZ", LF_FMT(date), LF_FMT(clock)), 0, &t))
            m->ev->happened = t; /* W3C times are UTC */
    }
    if (stem.ptr) {
        line_put(m, "url.original",
                 query.ptr ? lf_arena_printf(m->a, "%.*s?%.*s", LF_FMT(stem), LF_FMT(query)) : stem);
        line_put(m, "url.path.decoded", lf_percent_decoded(m->a, stem, 2));
    }
    if (proxy && !stem.ptr)
        w3c_url(m, url);
    if (query.ptr)
        line_put(m, "url.query.decoded", lf_percent_decoded(m->a, query, 2));
    if (m->n == from)
        return false;
    m->format = proxy ? LF_V("w3c_proxy") : LF_V("w3c");
    return true;
}
