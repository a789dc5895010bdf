#include "engine/observable.h"

#include <arpa/inet.h>

#include "base/crypto.h"

enum { TEXT_MOST = 16384, VALUE_MOST = 2048, DEPTH_MOST = 16 };

static bool alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

bool lf_hostname_clean(struct lf_arena *a, lf_view t, lf_view *out)
{
    size_t label = 0, labels = 1;
    bool letter = false;
    char *low;

    if (t.len > 0 && t.ptr[t.len - 1] == '.')
        t.len--;
    if (t.len < 3 || t.len > 253)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i];

        if (c == '.') {
            if (label == 0 || t.ptr[i - 1] == '-')
                return false;
            label = 0;
            labels++;
            letter = false;
            continue;
        }
        if (!(alnum(c) || (c == '-' && label > 0)) || ++label > 63)
            return false;
        letter = letter || !(c >= '0' && c <= '9');
    }
    /* Of the last label: present, no hyphen at its end, not all digits. */
    if (labels < 2 || label < 2 || t.ptr[t.len - 1] == '-' || !letter)
        return false;
    low = lf_arena_alloc(a, t.len, 1);
    for (size_t i = 0; i < t.len; i++)
        low[i] = lower(t.ptr[i]);
    *out = (lf_view){ low, t.len };
    return true;
}

struct take {
    struct lf_arena *a;
    const struct lf_event *ev;
    struct lf_observable *out;
    size_t n, max;
    lf_view server; /* the event's own names: never observables */
};

static void add(struct take *t, enum lf_observable_kind kind, lf_view v)
{
    if (t->n == t->max || v.len == 0 || v.len > VALUE_MOST)
        return;
    for (size_t i = 0; i < t->n; i++)
        if (t->out[i].kind == kind && lf_view_eq(t->out[i].value, v))
            return;
    t->out[t->n++] = (struct lf_observable){ kind, v };
}

/* Names of files look like hosts; these last labels are no registered domain. */
static bool file_like(lf_view host)
{
    static const char *const ends[] = { ".php",  ".html", ".htm", ".asp", ".aspx",  ".jsp",  ".jpg",
                                        ".jpeg", ".png",  ".gif", ".css", ".js",    ".json", ".xml",
                                        ".txt",  ".exe",  ".dll", ".sys", ".bat",   ".ps1",  ".conf",
                                        ".cfg",  ".log",  ".cgi", ".tmp", ".bin",   ".tar",  ".yml",
                                        ".yaml", ".ini",  ".key", ".pem", ".passwd" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (lf_view_ends(host, lf_view_of(ends[i])))
            return true;
    return false;
}

static void add_domain(struct take *t, lf_view text)
{
    lf_view host;

    if (!lf_hostname_clean(t->a, text, &host) || file_like(host))
        return;
    if (lf_view_eq_nocase(host, t->ev->host) || lf_view_eq_nocase(host, t->server))
        return;
    add(t, LF_OBS_DOMAIN, host);
}

static void add_address(struct take *t, lf_view text)
{
    char name[64], canon[64];
    uint8_t raw[16];

    if (text.len < 2 || text.len >= sizeof name)
        return;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    if (inet_pton(AF_INET, name, raw) == 1 && inet_ntop(AF_INET, raw, canon, sizeof canon))
        add(t, LF_OBS_IPV4, lf_arena_copy(t->a, lf_view_of(canon)));
    else if (inet_pton(AF_INET6, name, raw) == 1 && inet_ntop(AF_INET6, raw, canon, sizeof canon))
        add(t, LF_OBS_IPV6, lf_arena_copy(t->a, lf_view_of(canon)));
}

static bool blank_or_quote(char c)
{
    return (unsigned char)c <= ' ' || strchr("\"'<>`|;\\^{}", c) != NULL;
}

/* Words of host characters are tried as domain, address or sum; http(s):// begins
 * a URL, whose host is tried by itself as the walk goes on. */
static void scan(struct take *t, lf_view text)
{
    text = lf_view_first(text, TEXT_MOST);
    for (size_t i = 0; i < text.len;) {
        size_t n = 0;
        lf_view w;

        if ((text.ptr[i] == 'h' || text.ptr[i] == 'H') && i + 10 < text.len) {
            lf_view left = lf_view_from(text, i);

            if (lf_view_eq_nocase(lf_view_first(left, 7), LF_V("http://")) ||
                lf_view_eq_nocase(lf_view_first(left, 8), LF_V("https://"))) {
                while (n < left.len && !blank_or_quote(left.ptr[n]))
                    n++;
                add(t, LF_OBS_URL, lf_view_first(left, n));
                i += 7 + (size_t)(left.ptr[4] != ':');
                continue;
            }
        }
        while (i + n < text.len && (alnum(text.ptr[i + n]) || text.ptr[i + n] == '.' ||
                                    text.ptr[i + n] == '-' || text.ptr[i + n] == '_'))
            n++;
        if (n == 0) {
            i++;
            continue;
        }
        w = (lf_view){ text.ptr + i, n };
        i += n;
        while (w.len > 0 && (w.ptr[0] == '-' || w.ptr[0] == '.'))
            w = lf_view_from(w, 1);
        while (w.len > 0 && (w.ptr[w.len - 1] == '-' || w.ptr[w.len - 1] == '.'))
            w.len--;
        if (w.len == 64) {
            uint8_t sum[32];

            if (lf_unhex(w, sum, sizeof sum, NULL) == LF_OK) {
                add(t, LF_OBS_SHA256, lf_hex(t->a, sum, sizeof sum));
                continue;
            }
        }
        add_domain(t, w);
        add_address(t, w);
    }
}

static bool is_one_of(lf_view key, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(key, names[i]))
            return true;
    return false;
}

/* Fields that hold only the sender's side, texts read elsewhere decoded, or what
 * is spelt out of several others. */
static bool passed_over(lf_view key)
{
    static const char *const names[] = {
        "message",
        "cs-request",
        "cs-uri",
        "c-uri",
        "url.original",
        "cs-uri-stem",
        "url.path",
        "cs-uri-query",
        "c-uri-query",
        "url.query",
        "host.name",
        "cs-host",
        "user_agent.original",
        "c-useragent",
        "cs-user-agent",
        "cs-referer",
        "cs-referrer",
        "http.request.referrer",
        "process.name",
        "Provider_Name",
        "Channel",
        "Computer",
        "Hostname",
        "@timestamp",
        "UtcTime",
        "SystemTime",
        "FileVersion",
        "cs-version",
        "url.query.decoded",
        "url.path.decoded",
        "http.version",
        "observer.vendor",
        "observer.product",
    };

    return is_one_of(key, names, sizeof names / sizeof *names);
}

static void walk(struct take *t, const struct lf_json *v, unsigned depth)
{
    if (depth > DEPTH_MOST || t->n == t->max)
        return;
    switch (lf_json_kind(v)) {
    case LF_JSON_OBJECT:
        for (size_t i = 0; i < lf_json_members(v); i++)
            if (!passed_over(lf_json_key(v, i)) && !lf_view_starts(lf_json_key(v, i), LF_V("xmlns")))
                walk(t, lf_json_member(v, i), depth + 1);
        break;
    case LF_JSON_ARRAY:
        for (size_t i = 0; i < lf_json_items(v); i++)
            walk(t, lf_json_item(v, i), depth + 1);
        break;
    case LF_JSON_STRING: {
        lf_view text = lf_json_text(v);

        add_address(t, text); /* an IPv6 address is no word of host characters */
        scan(t, text);
        break;
    }
    default:
        break;
    }
}

/* What stands behind the first shell separator of a decoded query; all of it when
 * there is none.  Before it stands what the page was meant to be asked: a name
 * there is the site's own business, and resolves at every visit. */
static lf_view injected(lf_view query)
{
    for (size_t i = 0; i < query.len; i++) {
        char c = query.ptr[i];

        if (c == ';' || c == '|' || c == '`' || c == '\n' || c == '\r' ||
            (c == '$' && i + 1 < query.len && query.ptr[i + 1] == '(') ||
            (c == '&' && i + 1 < query.len && query.ptr[i + 1] == '&'))
            return lf_view_from(query, i + 1);
    }
    return query;
}

size_t lf_observables_of(struct lf_arena *a, const struct lf_event *ev, struct lf_observable *out, size_t max)
{
    /* Gathered apart, so that the order does not decide what is dropped. */
    static const enum lf_observable_kind order[] = { LF_OBS_DOMAIN, LF_OBS_URL, LF_OBS_SHA256, LF_OBS_IPV4,
                                                     LF_OBS_IPV6 };
    struct lf_observable all[64];
    struct take t = { .a = a, .ev = ev, .out = all, .max = sizeof all / sizeof *all };
    static const char *const first[] = { "query", "QueryName", "dns.question.name" };
    lf_view query = lf_json_str(ev->doc, "url.query.decoded");
    size_t n = 0;

    t.server = lf_json_str(ev->doc, "cs-host");
    /* Whose site it is in a web server's log is whose server it was in a proxy's. */
    for (size_t i = 0; i < ev->nsources && !t.server.ptr; i++)
        if (lf_view_is(ev->sources[i].category, "webserver"))
            t.server = lf_json_str(ev->doc, "url.domain");
    for (size_t i = 0; i < ev->nsources; i++)
        if (lf_view_is(ev->sources[i].category, "proxy"))
            t.server = (lf_view){ NULL, 0 };
    scan(&t, injected(query));
    if (!t.n) /* the separator was no separator, or carried no name */
        scan(&t, query);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        scan(&t, lf_json_str(ev->doc, first[i]));
    walk(&t, ev->doc, 0);
    /* A raw line has only its text. */
    if (ev->raw || t.n == 0)
        scan(&t, lf_json_str(ev->doc, "message"));
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < t.n && n < max; i++)
            if (t.out[i].kind == order[k])
                out[n++] = t.out[i];
    return n;
}
