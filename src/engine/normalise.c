#include "engine/normalise.h"

#include <arpa/inet.h>

#include "fmt/syslog.h"

enum { MEMBERS_MOST = 48, WORDS_MOST = 16 };

static const char *const formats[] = {
    "auto", "json", "syslog", "nginx", "apache", "unbound", "bind", "text"
};

bool lf_format_parse(lf_view text, enum lf_format *out)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (lf_view_is(text, formats[i])) {
            *out = (enum lf_format)i;
            return true;
        }
    return false;
}

const char *lf_format_name(enum lf_format f)
{
    return (size_t)f < sizeof formats / sizeof *formats ? formats[f] : "?";
}

/* ---- small helpers ---- */

/* Members of a document being made. */
struct made {
    struct lf_arena *a;
    struct lf_event *ev;
    const struct lf_record *r;
    lf_view keys[MEMBERS_MOST];
    const struct lf_json *values[MEMBERS_MOST];
    size_t n;
};

static size_t utf8_at(lf_view v, size_t i)
{
    size_t most = v.len - i < 4 ? v.len - i : 4;

    for (size_t n = 1; n <= most; n++)
        if (lf_view_is_utf8((lf_view){ v.ptr + i, n }))
            return n;
    return 0;
}

/* Text as it came, with U+FFFD for what is not UTF-8. */
static lf_view clean(struct lf_arena *a, lf_view v)
{
    char *out;
    size_t o = 0;

    if (lf_view_is_utf8(v))
        return v;
    out = lf_arena_alloc(a, lf_arena_mul(v.len, 3) + 1, 1);
    for (size_t i = 0; i < v.len;) {
        size_t n = utf8_at(v, i);

        memcpy(out + o, n ? v.ptr + i : "\xef\xbf\xbd", n ? n : 3);
        o += n ? n : 3;
        i += n ? n : 1;
    }
    return (lf_view){ out, o };
}

static void put(struct made *m, const char *key, lf_view v)
{
    if (m->n == MEMBERS_MOST)
        return;
    m->keys[m->n] = lf_view_of(key);
    m->values[m->n++] = lf_json_new_string(m->a, clean(m->a, v));
}

static void put_number(struct made *m, const char *key, lf_view v)
{
    uint64_t n;

    if (m->n == MEMBERS_MOST || !lf_view_u64(v, &n))
        return;
    m->keys[m->n] = lf_view_of(key);
    m->values[m->n++] = lf_json_new_number(m->a, lf_arena_printf(m->a, "%llu", (unsigned long long)n));
}

static bool is_address(lf_view v)
{
    char text[64];
    uint8_t raw[16];

    if (v.len == 0 || v.len >= sizeof text || memchr(v.ptr, 0, v.len))
        return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    return inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

lf_view lf_percent_decoded(struct lf_arena *a, lf_view text, int times)
{
    for (int t = 0; t < times; t++) {
        char *out = lf_arena_alloc(a, text.len + 1, 1);
        size_t o = 0;

        for (size_t i = 0; i < text.len; i++) {
            int hi = i + 2 < text.len && text.ptr[i] == '%' ? hex(text.ptr[i + 1]) : -1;
            int lo = hi >= 0 ? hex(text.ptr[i + 2]) : -1;

            if (lo >= 0) {
                out[o++] = (char)(hi << 4 | lo);
                i += 2;
            } else {
                out[o++] = text.ptr[i] == '+' && t == 0 ? ' ' : text.ptr[i];
            }
        }
        text = (lf_view){ out, o };
    }
    return clean(a, text);
}

/* The time of a record without a zone: a clock that is off by whole quarters of an
 * hour, within what zones differ by, is another zone's. */
static lf_time zoneless(lf_time t, lf_time recorded)
{
    lf_time diff = recorded - t, step = 15 * LF_MINUTE, zones;

    if (recorded == 0 || diff > 15 * LF_HOUR || diff < -15 * LF_HOUR)
        return t;
    zones = (diff >= 0 ? diff + step / 2 : diff - step / 2) / step;
    return t + zones * step;
}

static int month_of(lf_view m)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; m.len == 3 && i < 12; i++)
        if (memcmp(names + i * 3, m.ptr, 3) == 0)
            return i + 1;
    return 0;
}

/* Through the one strict reader, so that no day is taken that does not exist. */
static bool time_of(lf_view day, lf_view month, lf_view year, lf_view clock, const char *zone, lf_time *out)
{
    char text[80];
    int mon = month_of(month);

    if (mon == 0 || day.len > 2 || year.len != 4 || clock.len < 8 || clock.len > 24)
        return false;
    snprintf(text, sizeof text, "%.*s-%02d-%s%.*sT%.*s%s", LF_FMT(year), mon, day.len == 1 ? "0" : "",
             LF_FMT(day), LF_FMT(clock), zone);
    return lf_time_parse(lf_view_of(text), out, NULL) == LF_OK;
}

static size_t words(lf_view in, lf_view out[WORDS_MOST])
{
    size_t n = 0;
    lf_view w;

    while (n < WORDS_MOST && lf_view_split(&in, ' ', &w))
        if (w.len > 0)
            out[n++] = w;
    return n;
}

/* ---- web servers' access lines ---- */

/* A field in quotes off *in; servers write \" and \xHH for what would break it. */
static bool take_quoted(struct lf_arena *a, lf_view *in, lf_view *out)
{
    char *text;
    size_t o = 0, i = 1;

    if (in->len < 2 || in->ptr[0] != '"')
        return false;
    text = lf_arena_alloc(a, in->len, 1);
    for (; i < in->len && in->ptr[i] != '"'; i++) {
        char c = in->ptr[i];

        if (c == '\\' && i + 1 < in->len) {
            bool coded = in->ptr[i + 1] == 'x' && i + 3 < in->len;
            int high = coded ? hex(in->ptr[i + 2]) : -1, low = coded ? hex(in->ptr[i + 3]) : -1;

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

static bool take_word(lf_view *in, lf_view *out)
{
    return lf_view_split(in, ' ', out) && out->len > 0;
}

static bool access_time(lf_view t, lf_time *out)
{
    /* 10/Oct/2026:13:55:36 +0800 */
    lf_view day, month, year, clock, zone;
    char z[8];

    if (!lf_view_split(&t, '/', &day) || !lf_view_split(&t, '/', &month) || !lf_view_split(&t, ':', &year) ||
        !lf_view_split(&t, ' ', &clock))
        return false;
    zone = t;
    if (!zone.ptr || zone.len != 5)
        return false;
    snprintf(z, sizeof z, "%.3s:%.2s", zone.ptr, zone.ptr + 3);
    return time_of(day, month, year, clock, z, out);
}

static void request_line(struct made *m, lf_view line)
{
    lf_view method, target, path, query = { NULL, 0 }, whole = line;
    size_t sp = lf_view_find_byte(line, ' '), end = line.len, q;

    put(m, "cs-request", whole);
    if (sp == SIZE_MAX)
        return;
    method = lf_view_first(line, sp);
    /* The last blank ends the target: a broken client may send blanks in it. */
    while (end > sp + 1 && line.ptr[end - 1] != ' ')
        end--;
    if (end > sp + 1 && lf_view_starts(lf_view_from(line, end), LF_V("HTTP/"))) {
        target = (lf_view){ line.ptr + sp + 1, end - sp - 2 };
        put(m, "cs-version", lf_view_from(line, end));
    } else {
        target = lf_view_from(line, sp + 1);
    }
    q = lf_view_find_byte(target, '?');
    path = lf_view_first(target, q == SIZE_MAX ? target.len : q);
    put(m, "cs-method", method);
    put(m, "http.request.method", method);
    put(m, "cs-uri", target);
    put(m, "c-uri", target);
    put(m, "url.original", target);
    put(m, "cs-uri-stem", path);
    put(m, "url.path", path);
    put(m, "url.path.decoded", lf_percent_decoded(m->a, path, 2));
    if (q != SIZE_MAX) {
        query = lf_view_from(target, q + 1);
        put(m, "cs-uri-query", query);
        put(m, "c-uri-query", query);
        put(m, "url.query", query);
        put(m, "url.query.decoded", lf_percent_decoded(m->a, query, 2));
    }
}

static bool access_line(struct made *m, lf_view in, lf_view product)
{
    lf_view client, ident, user, request, status, size, ref, agent;
    size_t close;
    lf_time t;

    if (!take_word(&in, &client) || !take_word(&in, &ident) || !take_word(&in, &user) || in.len < 2 ||
        in.ptr[0] != '[')
        return false;
    close = lf_view_find_byte(in, ']');
    if (close == SIZE_MAX || !access_time((lf_view){ in.ptr + 1, close - 1 }, &t))
        return false;
    in = lf_view_from(in, close + 1);
    if (!lf_view_starts(in, LF_V(" \"")))
        return false;
    in = lf_view_from(in, 1);
    if (!take_quoted(m->a, &in, &request) || !lf_view_starts(in, LF_V(" ")))
        return false;
    in = lf_view_from(in, 1);
    if (!take_word(&in, &status) || status.len != 3)
        return false;
    lf_event_add_source(m->ev, LF_V("webserver"), product, (lf_view){ "", 0 });
    m->ev->happened = t;
    put(m, "c-ip", client);
    if (is_address(client))
        put(m, "source.ip", client);
    put(m, "client.address", client);
    if (!lf_view_is(user, "-")) {
        put(m, "cs-username", user);
        put(m, "user.name", user);
    }
    request_line(m, request);
    put_number(m, "sc-status", status);
    put_number(m, "http.response.status_code", status);
    if (take_word(&in, &size)) {
        put_number(m, "sc-bytes", size);
        put_number(m, "http.response.body.bytes", size);
    }
    if (in.ptr && take_quoted(m->a, &in, &ref)) {
        if (!lf_view_is(ref, "-")) {
            put(m, "cs-referer", ref);
            put(m, "cs-referrer", ref);
            put(m, "http.request.referrer", ref);
        }
        if (lf_view_starts(in, LF_V(" ")))
            in = lf_view_from(in, 1);
        if (take_quoted(m->a, &in, &agent) && !lf_view_is(agent, "-")) {
            put(m, "c-useragent", agent);
            put(m, "cs-user-agent", agent);
            put(m, "user_agent.original", agent);
        }
    }
    return true;
}

/* ---- resolvers' query lines ---- */

static bool query_event(struct made *m, lf_view client, lf_view name, lf_view class, lf_view type,
                        lf_view product)
{
    char *low;

    if (!is_address(client) || name.len == 0 || name.len > 1024 || type.len == 0 || type.len > 16 ||
        class.len > 8)
        return false;
    low = lf_arena_alloc(m->a, name.len, 1);
    for (size_t i = 0; i < name.len; i++)
        low[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
    if (name.len > 1 && low[name.len - 1] == '.')
        name.len--;
    name.ptr = low;
    lf_event_add_source(m->ev, LF_V("dns"), product, (lf_view){ "", 0 });
    lf_event_add_source(m->ev, LF_V("dns_query"), product, (lf_view){ "", 0 });
    m->ev->query = clean(m->a, name);
    put(m, "query", name);
    put(m, "QueryName", name);
    put(m, "record_type", type);
    put(m, "src_ip", client);
    put(m, "dns.question.name", name);
    put(m, "dns.question.type", type);
    put(m, "dns.question.class", class);
    put(m, "source.ip", client);
    return true;
}

/* "info: 127.0.0.1 name. A IN", "query: …"; a reply goes on behind IN. */
static bool unbound_body(struct made *m, lf_view in)
{
    lf_view w[WORDS_MOST];
    size_t n, i = 0;

    if (lf_view_starts(in, LF_V("["))) { /* [123:0] */
        size_t close = lf_view_find_byte(in, ']');

        if (close == SIZE_MAX || close > 24)
            return false;
        in = lf_view_from(in, close + 1);
    }
    n = words(in, w);
    while (i < n && (lf_view_is(w[i], "info:") || lf_view_is(w[i], "query:") || lf_view_is(w[i], "reply:")))
        i++;
    if (i == 0 || n < i + 4 || (!lf_view_is(w[i + 3], "IN") && !lf_view_is(w[i + 3], "CH")))
        return false;
    return query_event(m, w[i], w[i + 1], w[i + 3], w[i + 2], LF_V("unbound"));
}

static bool unbound_line(struct made *m, lf_view in)
{
    static const lf_view mark = LF_VIEW("unbound[");
    size_t at = lf_view_find(in, mark), close;
    lf_view head, body, w[WORDS_MOST];
    uint64_t secs;
    lf_time t = 0;

    if (at == SIZE_MAX || at > 40)
        return false;
    head = lf_view_trim(lf_view_first(in, at));
    body = lf_view_from(in, at + mark.len);
    close = lf_view_find_byte(body, ']');
    if (close == SIZE_MAX || close > 24)
        return false;
    body = lf_view_trim(lf_view_from(body, close + 1));
    if (head.len > 2 && head.ptr[0] == '[' && head.ptr[head.len - 1] == ']' &&
        lf_view_u64((lf_view){ head.ptr + 1, head.len - 2 }, &secs) &&
        secs < (uint64_t)(LF_TIME_MAX / LF_SECOND)) {
        t = (lf_time)secs * LF_SECOND;
    } else if (lf_time_parse(head, &t, NULL) != LF_OK && words(head, w) == 3 && m->r->recorded > 0) {
        /* "Nov 21 05:00:00": this year's */
        char year[8];

        snprintf(year, sizeof year, "%04d", lf_civil_of(m->r->recorded).year);
        if (time_of(w[1], w[0], lf_view_of(year), w[2], "Z", &t))
            t = zoneless(t, m->r->recorded);
    }
    if (!unbound_body(m, body))
        return false;
    if (t > 0)
        m->ev->happened = t;
    return true;
}

/* [21-Nov-2026 05:00:00.123 queries: info: ]client @0x… 127.0.0.1#5 (n): query: n IN A +E(0)K (127.0.0.1) */
static bool bind_line(struct made *m, lf_view in)
{
    size_t at = lf_view_find(in, LF_V("client ")), mark;
    lf_view head, w[WORDS_MOST], client;
    size_t n, hash;
    lf_time t;

    if (at == SIZE_MAX || at > 64)
        return false;
    head = lf_view_first(in, at);
    in = lf_view_from(in, at + 7);
    mark = lf_view_find(in, LF_V(": query: "));
    if (mark == SIZE_MAX)
        return false;
    n = words(lf_view_first(in, mark), w);
    if (n < 1)
        return false;
    client = lf_view_starts(w[0], LF_V("@")) && n > 1 ? w[1] : w[0];
    hash = lf_view_find_byte(client, '#');
    if (hash == SIZE_MAX)
        return false;
    client = lf_view_first(client, hash);
    n = words(lf_view_from(in, mark + 9), w);
    if (n < 3 || !query_event(m, client, w[0], w[1], w[2], LF_V("bind")))
        return false;
    n = words(head, w);
    if (n >= 2 && lf_time_parse(w[0], &t, NULL) == LF_OK) {
        m->ev->happened = t;
    } else if (n >= 2) {
        lf_view date = w[0], day, month;

        if (lf_view_split(&date, '-', &day) && lf_view_split(&date, '-', &month) && date.ptr &&
            time_of(day, month, date, w[1], "Z", &t))
            m->ev->happened = zoneless(t, m->r->recorded);
    }
    return true;
}

/* ---- auth programs ---- */

static bool auth_body(struct made *m, lf_view app, lf_view msg)
{
    static const char *const programs[] = { "sshd",   "sshd-session",   "sudo",    "su",
                                            "login",  "systemd-logind", "CRON",    "polkitd",
                                            "passwd", "useradd",        "usermod", "groupadd" };
    lf_view w[WORDS_MOST], service = app;
    size_t n;
    bool known = false;

    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        known = known || lf_view_is(app, programs[i]);
    if (!known)
        return false;
    if (lf_view_is(app, "sshd-session"))
        service = LF_V("sshd");
    if (lf_view_is(app, "CRON"))
        service = LF_V("cron");
    lf_event_add_source(m->ev, (lf_view){ "", 0 }, LF_V("linux"), LF_V("auth"));
    lf_event_add_source(m->ev, (lf_view){ "", 0 }, LF_V("linux"), service);
    n = words(msg, w);
    if (lf_view_is(service, "sshd") && n > 5 &&
        (lf_view_is(w[0], "Failed") || lf_view_is(w[0], "Accepted"))) {
        size_t user = lf_view_is(w[3], "invalid") ? 5 : 3;

        put(m, "event.outcome", lf_view_is(w[0], "Failed") ? LF_V("failure") : LF_V("success"));
        put(m, "ssh.method", w[1]);
        /* A user's name may hold blanks and "from": only the plain form is read. */
        if (n > user + 2 && lf_view_is(w[user + 1], "from") && is_address(w[user + 2])) {
            put(m, "user.name", w[user]);
            put(m, "source.ip", w[user + 2]);
        }
    }
    return true;
}

/* ---- text of any kind ---- */

static bool text_line(struct made *m, lf_view in, enum lf_format hint)
{
    switch (hint) {
    case LF_FORMAT_NGINX:
        return access_line(m, in, LF_V("nginx"));
    case LF_FORMAT_APACHE:
        return access_line(m, in, LF_V("apache"));
    case LF_FORMAT_UNBOUND:
        return unbound_line(m, in) || unbound_body(m, in);
    case LF_FORMAT_BIND:
        return bind_line(m, in);
    case LF_FORMAT_AUTO:
    case LF_FORMAT_SYSLOG:
        return access_line(m, in, (lf_view){ "", 0 }) || unbound_line(m, in) || bind_line(m, in);
    case LF_FORMAT_JSON:
    case LF_FORMAT_TEXT:
        break;
    }
    return false;
}

static bool syslog_line(struct made *m, lf_view in, enum lf_format hint)
{
    struct lf_syslog s;
    lf_view app;
    bool known;

    if (in.len == 0 || in.ptr[0] != '<' || lf_syslog_parse(m->a, in, m->r->recorded, &s, NULL) != LF_OK)
        return false;
    if (s.has_time)
        m->ev->happened = s.version == 0 ? zoneless(s.time, m->r->recorded) : s.time;
    put(m, "message", s.message);
    if (s.host.len > 0) {
        m->ev->host = clean(m->a, s.host);
        put(m, "host.name", s.host);
    }
    app = s.app;
    if (app.len > 0)
        put(m, "process.name", app);
    if (s.pid.len > 0)
        put_number(m, "process.pid", s.pid);
    put_number(m, "log.syslog.priority", lf_arena_printf(m->a, "%u", s.pri.facility * 8 + s.pri.severity));
    for (size_t i = 0; i < s.nparams && i < 8; i++)
        put(m, lf_arena_cstr(m->a, clean(m->a, s.params[i].name)), s.params[i].value);
    if (hint == LF_FORMAT_NGINX || hint == LF_FORMAT_APACHE || hint == LF_FORMAT_UNBOUND ||
        hint == LF_FORMAT_BIND)
        known = text_line(m, s.message, hint);
    else if (lf_view_starts(app, LF_V("nginx")))
        known = access_line(m, s.message, LF_V("nginx"));
    else if (lf_view_starts(app, LF_V("apache")) || lf_view_starts(app, LF_V("httpd")))
        known = access_line(m, s.message, LF_V("apache"));
    else if (lf_view_is(app, "unbound"))
        known = unbound_body(m, s.message);
    else if (lf_view_is(app, "named"))
        known = bind_line(m, s.message);
    else
        known = auth_body(m, app, s.message) || text_line(m, s.message, LF_FORMAT_AUTO);
    if (!known)
        lf_event_add_source(m->ev, (lf_view){ "", 0 }, LF_V("linux"), LF_V("syslog"));
    return true;
}

static void finish(struct made *m)
{
    m->ev->doc = lf_json_new_object(m->a, m->n, m->keys, m->values);
}

static void start(struct made *m, struct lf_arena *a, const struct lf_record *r, struct lf_event *out)
{
    *out = (struct lf_event){
        .sender = r->sender, .position = r->position, .recorded = r->recorded, .happened = r->recorded
    };
    *m = (struct made){ .a = a, .ev = out, .r = r };
}

void lf_normalise(struct lf_arena *a, const struct lf_record *r, struct lf_event *out)
{
    struct made m;
    lf_view in = r->bytes, look;

    start(&m, a, r, out);
    if (in.len > LF_RECORD_MOST) {
        put(&m, "message", lf_view_first(in, LF_RECORD_MOST));
        out->raw = true;
        finish(&m);
        return;
    }
    look = lf_view_trim(in);
    if ((r->format == LF_FORMAT_AUTO || r->format == LF_FORMAT_JSON) && look.len > 0 && look.ptr[0] == '{') {
        const struct lf_json *doc;

        if (lf_json_parse(a, look, NULL, &doc, NULL) == LF_OK) {
            lf_normalise_json(a, doc, r, out);
            return;
        }
    }
    if (r->format != LF_FORMAT_JSON && r->format != LF_FORMAT_TEXT) {
        if (syslog_line(&m, look, r->format)) {
            finish(&m);
            return;
        }
        start(&m, a, r, out);
        put(&m, "message", look);
        if (text_line(&m, look, r->format)) {
            finish(&m);
            return;
        }
    }
    start(&m, a, r, out);
    put(&m, "message", in);
    out->raw = true;
    finish(&m);
}

/* ---- JSON that shippers send ---- */

static lf_view text_at(const struct lf_json *doc, const char *flat, const char *path)
{
    const struct lf_json *v = lf_json_get(doc, lf_view_of(flat));

    if (!v && path)
        v = lf_json_path(doc, path);
    if (!v || lf_json_kind(v) == LF_JSON_OBJECT || lf_json_kind(v) == LF_JSON_ARRAY ||
        lf_json_kind(v) == LF_JSON_NULL)
        return (lf_view){ NULL, 0 };
    return lf_json_text(v);
}

static void windows_sources(struct lf_event *ev, lf_view channel, lf_view id)
{
    static const struct {
        const char *id, *category;
    } sysmon[] = {
        { "1", "process_creation" },     { "2", "file_change" },         { "3", "network_connection" },
        { "5", "process_termination" },  { "6", "driver_load" },         { "7", "image_load" },
        { "8", "create_remote_thread" }, { "9", "raw_access_thread" },   { "10", "process_access" },
        { "11", "file_event" },          { "12", "registry_event" },     { "13", "registry_set" },
        { "14", "registry_rename" },     { "15", "create_stream_hash" }, { "17", "pipe_created" },
        { "18", "pipe_created" },        { "19", "wmi_event" },          { "20", "wmi_event" },
        { "21", "wmi_event" },           { "22", "dns_query" },          { "23", "file_delete" },
        { "25", "process_tampering" },   { "26", "file_delete" },        { "29", "file_executable_detected" },
    };
    static const struct {
        const char *channel, *service;
    } services[] = {
        { "Security", "security" },
        { "System", "system" },
        { "Application", "application" },
        { "Microsoft-Windows-Sysmon/Operational", "sysmon" },
        { "Microsoft-Windows-PowerShell/Operational", "powershell" },
        { "Windows PowerShell", "powershell-classic" },
        { "Microsoft-Windows-Windows Defender/Operational", "windefend" },
        { "Microsoft-Windows-TaskScheduler/Operational", "taskscheduler" },
        { "Microsoft-Windows-WMI-Activity/Operational", "wmi" },
        { "Microsoft-Windows-DNS-Client/Operational", "dns-client" },
        { "Microsoft-Windows-Bits-Client/Operational", "bits-client" },
        { "Microsoft-Windows-NTLM/Operational", "ntlm" },
        { "Microsoft-Windows-CodeIntegrity/Operational", "codeintegrity-operational" },
        { "Microsoft-Windows-AppXDeploymentServer/Operational", "appxdeployment-server" },
        { "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", "firewall-as" },
        { "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
          "terminalservices-localsessionmanager" },
        { "DNS Server", "dns-server" },
        { "MSExchange Management", "msexchange-management" },
    };
    const lf_view none = { "", 0 }, windows = LF_VIEW("windows");
    lf_view service = none;

    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (lf_view_eq_nocase(channel, lf_view_of(services[i].channel)))
            service = lf_view_of(services[i].service);
    if (lf_view_is(service, "sysmon"))
        for (size_t i = 0; i < sizeof sysmon / sizeof *sysmon; i++)
            if (lf_view_is(id, sysmon[i].id)) {
                lf_view c = lf_view_of(sysmon[i].category);

                lf_event_add_source(ev, c, windows, service);
                /* SigmaHQ files 12–14 under registry_event also. */
                if (lf_view_starts(c, LF_V("registry_")) && !lf_view_is(c, "registry_event"))
                    lf_event_add_source(ev, LF_V("registry_event"), windows, service);
                if (lf_view_is(id, "12")) {
                    lf_event_add_source(ev, LF_V("registry_add"), windows, service);
                    lf_event_add_source(ev, LF_V("registry_delete"), windows, service);
                }
                return;
            }
    if (lf_view_is(service, "powershell") && (lf_view_is(id, "4104") || lf_view_is(id, "4103")))
        lf_event_add_source(ev, lf_view_is(id, "4104") ? LF_V("ps_script") : LF_V("ps_module"), windows,
                            service);
    else if (lf_view_is(service, "powershell-classic") && lf_view_is(id, "400"))
        lf_event_add_source(ev, LF_V("ps_classic_start"), windows, service);
    else if (lf_view_is(service, "security") && lf_view_is(id, "4688"))
        lf_event_add_source(ev, LF_V("process_creation"), windows, service);
    else
        lf_event_add_source(ev, none, windows, service);
}

static void put_json(struct made *m, lf_view key, const struct lf_json *v)
{
    if (m->n == MEMBERS_MOST)
        return;
    m->keys[m->n] = key;
    m->values[m->n++] = v;
}

/* The document and, behind its own members, what was made: the first of a name
 * counts, so nothing the sender wrote is replaced. */
static void join(struct made *m, const struct lf_json *doc)
{
    size_t n = lf_json_count(doc);
    lf_view *keys;
    const struct lf_json **values;

    m->ev->doc = doc;
    if (m->n == 0 || lf_json_kind(doc) != LF_JSON_OBJECT)
        return;
    keys = LF_NEW(m->a, lf_view, n + m->n);
    values = LF_NEW(m->a, const struct lf_json *, n + m->n);
    for (size_t i = 0; i < n; i++) {
        keys[i] = lf_json_key(doc, i);
        values[i] = lf_json_member(doc, i);
    }
    for (size_t i = 0; i < m->n; i++)
        if (!lf_json_get(doc, m->keys[i])) {
            keys[n] = m->keys[i];
            values[n++] = m->values[i];
        }
    m->ev->doc = lf_json_new_object(m->a, n, keys, values);
}

static void json_time(struct lf_event *ev, const struct lf_json *doc, const struct lf_json *sys)
{
    const struct lf_json *created = lf_json_get(lf_json_get(sys, LF_V("TimeCreated")), LF_V("#attributes"));
    lf_view t[] = { text_at(doc, "@timestamp", NULL), text_at(created, "SystemTime", NULL),
                    text_at(doc, "timestamp", NULL), text_at(doc, "time", NULL) };
    lf_time at;

    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (t[i].len > 0 && lf_time_parse(t[i], &at, NULL) == LF_OK) {
            ev->happened = at;
            return;
        }
}

void lf_normalise_json(struct lf_arena *a, const struct lf_json *doc, const struct lf_record *r,
                       struct lf_event *out)
{
    struct made m;
    const struct lf_json *event = lf_json_get(doc, LF_V("Event")), *sys, *winlog;
    lf_view channel, id, v;

    start(&m, a, r, out);
    sys = lf_json_get(event ? event : doc, LF_V("System"));
    winlog = lf_json_get(doc, LF_V("winlog"));
    json_time(out, doc, sys);
    channel = text_at(sys ? sys : doc, "Channel", NULL);
    id = text_at(sys ? sys : doc, "EventID", NULL);
    if (sys && !id.len)
        id = text_at(lf_json_get(sys, LF_V("EventID")), "#text", NULL);
    out->host = text_at(sys ? sys : doc, "Computer", NULL);
    if (winlog) {
        const struct lf_json *data = lf_json_get(winlog, LF_V("event_data"));

        channel = text_at(winlog, "channel", NULL);
        id = text_at(winlog, "event_id", NULL);
        put(&m, "Channel", channel);
        put_number(&m, "EventID", id);
        v = text_at(winlog, "provider_name", NULL);
        if (v.len > 0)
            put(&m, "Provider_Name", v);
        v = text_at(winlog, "computer_name", NULL);
        if (v.len > 0) {
            put(&m, "Computer", v);
            out->host = v;
        }
        for (size_t i = 0; data && lf_json_kind(data) == LF_JSON_OBJECT && i < lf_json_count(data); i++)
            put_json(&m, lf_json_key(data, i), lf_json_member(data, i));
    }
    if (channel.len > 0)
        windows_sources(out, channel, id);
    if (out->host.len == 0)
        out->host = text_at(doc, "host.name", "host.name");
    if (out->host.len == 0)
        out->host = text_at(doc, "Hostname", "agent.hostname");
    /* Suricata's EVE and Zeek's dns log speak of queries in their own words. */
    v = text_at(doc, "event_type", NULL);
    if (out->nsources == 0 && lf_view_is(v, "dns")) {
        const struct lf_json *dns = lf_json_get(doc, LF_V("dns"));

        if (!lf_view_is(text_at(dns, "type", NULL), "answer"))
            (void)query_event(&m, text_at(doc, "src_ip", NULL), text_at(dns, "rrname", NULL), LF_V("IN"),
                              text_at(dns, "rrtype", NULL), LF_V("suricata"));
    } else if (out->nsources == 0 && text_at(doc, "_path", NULL).len > 0) {
        lf_event_add_source(out, (lf_view){ "", 0 }, LF_V("zeek"), text_at(doc, "_path", NULL));
        if (lf_view_is(text_at(doc, "_path", NULL), "dns"))
            (void)query_event(&m, text_at(doc, "id.orig_h", NULL), text_at(doc, "query", NULL), LF_V("IN"),
                              text_at(doc, "qtype_name", NULL), LF_V("zeek"));
    }
    /* Shippers put the line of a text log into "message". */
    v = text_at(doc, "message", NULL);
    if (out->nsources == 0 && v.len > 0 && v.len <= LF_RECORD_MOST) {
        lf_time when = out->happened;

        if (!text_line(&m, lf_view_trim(v), r->format == LF_FORMAT_JSON ? LF_FORMAT_AUTO : r->format))
            m.n = 0;
        if (out->nsources == 0) {
            lf_view app = text_at(doc, "process.name", "process.name");

            if (app.len > 0)
                (void)auth_body(&m, app, v);
            out->happened = when;
        }
    }
    join(&m, doc);
}
