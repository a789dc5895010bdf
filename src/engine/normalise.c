#include "engine/normalise.h"

#include "base/map.h"
#include "engine/line_priv.h"
#include "engine/shape.h"
#include "fmt/syslog.h"
#include "fmt/winxml.h"

static const char *const formats[] = { "auto", "json", "syslog", "nginx", "apache", "unbound",
                                       "bind", "text", "w3c",    "squid", "audit" };
static_assert(sizeof formats / sizeof *formats == LF_FORMATS, "each format has its name");

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

/* ---- the normaliser ---- */

struct sender {
    char *name;
    size_t len;
    uint64_t used;
    struct lf_stream stream;
};

struct lf_normaliser {
    struct lf_pipelines *ps;
    struct lf_shapes *shapes;
    struct sender *senders[LF_NORMALISER_SENDERS];
    size_t nsenders;
    struct lf_map by_name;
    uint64_t now;
    bool held;                    /* an event may be waiting */
    struct lf_audit_event *given; /* the one given last, until another record comes */
};

struct lf_normaliser *lf_normaliser_create(const struct lf_pipelines *ps)
{
    struct lf_normaliser *n = calloc(1, sizeof *n);

    if (!n)
        LF_BUG("no memory");
    n->ps = lf_pipelines_keep(ps);
    n->shapes = lf_shapes_create();
    lf_map_init(&n->by_name, 0x6c66);
    return n;
}

void lf_normaliser_use(struct lf_normaliser *n, const struct lf_pipelines *ps)
{
    struct lf_pipelines *old = n->ps;

    n->ps = lf_pipelines_keep(ps);
    lf_pipelines_drop(old);
}

const struct lf_pipelines *lf_normaliser_pipelines(const struct lf_normaliser *n)
{
    return n->ps;
}

void lf_normaliser_destroy(struct lf_normaliser *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n->nsenders; i++) {
        line_audit_clear(n->senders[i]->stream.audit);
        free(n->senders[i]->name);
        free(n->senders[i]);
    }
    lf_map_clear(&n->by_name);
    lf_pipelines_drop(n->ps);
    lf_shapes_destroy(n->shapes);
    free(n);
}

/* Only for lines whose format looks back, so most senders never have one. */
static struct lf_stream *stream_of(struct lf_normaliser *n, lf_view sender)
{
    struct sender *s = lf_map_get_ptr(&n->by_name, sender);
    size_t at = n->nsenders;

    n->now++;
    if (s) {
        s->used = n->now;
        return &s->stream;
    }
    s = calloc(1, sizeof *s);
    if (!s)
        LF_BUG("no memory");
    s->name = malloc(sender.len + 1);
    if (!s->name)
        LF_BUG("no memory");
    memcpy(s->name, sender.ptr ? sender.ptr : "", sender.len);
    s->len = sender.len;
    s->used = n->now;
    if (n->nsenders == LF_NORMALISER_SENDERS) {
        struct sender *old;

        at = 0;
        for (size_t i = 1; i < n->nsenders; i++)
            if (n->senders[i]->used < n->senders[at]->used)
                at = i;
        old = n->senders[at];
        (void)lf_map_del(&n->by_name, (lf_view){ old->name, old->len });
        line_audit_clear(old->stream.audit);
        free(old->name);
        free(old);
    } else {
        n->nsenders++;
    }
    n->senders[at] = s;
    lf_map_set_ptr(&n->by_name, (lf_view){ s->name, s->len }, s);
    return &s->stream;
}

/* ---- text ---- */

static bool has_type(lf_view in)
{
    return line_byte(in, '=') && line_has(in, "type=");
}

/* Does the line look like one of those that need what earlier lines said? */
static bool looks_back(lf_view in)
{
    return in.len > 20 && (in.ptr[0] == '#' || has_type(lf_view_first(in, 80)) ||
                           (in.ptr[4] == '-' && in.ptr[7] == '-' && in.ptr[10] == ' ' && in.ptr[13] == ':'));
}

/* Writers whose lines look like others' are told first. */
static bool text_auto(struct made *m, lf_view in)
{
    if (in.len < 8)
        return false;
    return line_audit(m, in) || line_access(m, in) || line_unbound(m, in) || line_bind(m, in) ||
           line_cef(m, in) || line_paloalto(m, in) || line_squid(m, in) || line_w3c(m, in) ||
           line_windows_dns(m, in) || line_web_error(m, in) || line_cisco(m, in) || line_huawei(m, in) ||
           line_netfilter(m, in) || line_daemon(m, in) || line_key_values(m, in);
}

static bool text_line(struct made *m, lf_view in, enum lf_format hint)
{
    size_t from = m->n;
    bool known = false;

    switch (hint) {
    case LF_FORMAT_NGINX:
    case LF_FORMAT_APACHE:
        known = line_access(m, in) || line_web_error(m, in);
        if (known && m->program.len == 0)
            m->program = lf_view_of(lf_format_name(hint));
        break;
    case LF_FORMAT_UNBOUND:
        known = line_unbound(m, in) || line_unbound_body(m, in);
        break;
    case LF_FORMAT_BIND:
        known = line_bind(m, in);
        break;
    case LF_FORMAT_W3C:
        known = line_w3c(m, in);
        break;
    case LF_FORMAT_SQUID:
        known = line_squid(m, in) || line_access(m, in);
        break;
    case LF_FORMAT_AUDIT:
        known = line_audit(m, in);
        break;
    case LF_FORMAT_AUTO:
    case LF_FORMAT_SYSLOG:
        known = text_auto(m, in);
        break;
    case LF_FORMAT_JSON:
    case LF_FORMAT_TEXT:
        break;
    }
    if (!known)
        m->n = from;
    return known;
}

/* The message of a program known by name. */
static bool program_line(struct made *m, lf_view app, lf_view msg, enum lf_format hint)
{
    size_t from = m->n;
    bool known;

    m->program = app;
    if (hint != LF_FORMAT_AUTO && hint != LF_FORMAT_SYSLOG)
        known = text_line(m, msg, hint);
    else if (line_starts(app, "nginx") || line_starts(app, "apache") || line_starts(app, "httpd"))
        known = line_access(m, msg) || line_web_error(m, msg);
    else if (lf_view_is(app, "unbound"))
        known = line_unbound_body(m, msg);
    else if (lf_view_is(app, "named"))
        known = line_bind(m, msg);
    else if (line_starts(app, "dnsmasq"))
        known = line_dnsmasq_body(m, msg);
    else if (lf_view_is(app, "kernel"))
        known = line_netfilter(m, msg) || line_audit(m, msg);
    else
        known = line_auth(m, app, msg) || text_auto(m, msg);
    if (!known)
        m->n = from;
    return known;
}

/* A line of syslog as files have it, without <PRI>. */
static bool no_pri(lf_view in)
{
    if (in.len < 20)
        return false;
    if (in.ptr[3] == ' ' && in.ptr[6] == ' ' && in.ptr[9] == ':' && in.ptr[12] == ':' && in.ptr[15] == ' ')
        return in.ptr[0] >= 'A' && in.ptr[0] <= 'Z'; /* Nov 21 05:00:00 host … */
    return in.ptr[4] == '-' && in.ptr[7] == '-' && in.ptr[10] == 'T' && in.ptr[13] == ':' &&
           in.ptr[16] == ':';
}

static bool json_body(struct made *m, lf_view text);

/* A Windows event as XML: its tree stands where that of one from EVTX does. */
static bool xml_body(struct made *m, lf_view text)
{
    const struct lf_json *doc;

    if (!lf_winxml_is(text))
        return false;
    text = line_clean(m->a, text);
    if (lf_winxml_take(m->a, &text, &doc, NULL) != LF_OK)
        return false;
    line_put_json(m, lf_json_key(doc, 0), lf_json_member(doc, 0));
    return true;
}

static bool syslog_line(struct made *m, lf_view in, enum lf_format hint)
{
    struct lf_syslog s;
    bool bare = false, event;
    lf_view msg;

    if (in.len == 0)
        return false;
    if (in.ptr[0] != '<') {
        char *with;

        if (!no_pri(in))
            return false;
        /* The one reader of syslog wants a PRI; what it says is not put down. */
        with = lf_arena_alloc(m->a, in.len + 4, 1);
        memcpy(with, "<13>", 4);
        memcpy(with + 4, in.ptr, in.len);
        in = (lf_view){ with, in.len + 4 };
        bare = true;
        if (m->valid.ptr)
            m->valid = in;
    }
    if (lf_syslog_parse(m->a, in, m->r->recorded, &s, NULL) != LF_OK || (bare && !s.has_time))
        return false;
    if (bare && s.app.len == 0 && s.host.len == 0)
        return false;
    if (s.has_time)
        m->ev->happened = s.version == 0 ? lf_moment_zoneless(s.time, m->r->recorded) : s.time;
    msg = s.message;
    event = hint != LF_FORMAT_TEXT && xml_body(m, msg);
    if (!event)
        line_put(m, "message", msg);
    if (s.host.len > 0) {
        m->ev->host = line_clean(m->a, s.host);
        line_put(m, "host.name", s.host);
    }
    if (s.app.len > 0)
        line_put(m, "process.name", s.app);
    if (s.pid.len > 0)
        line_put_number(m, "process.pid", s.pid);
    if (!bare) {
        unsigned pri = s.pri.facility * 8 + s.pri.severity;
        size_t n = pri >= 100 ? 3 : pri >= 10 ? 2 : 1;
        char *text = lf_arena_alloc(m->a, n, 1);

        for (size_t i = n; i-- > 0; pri /= 10)
            text[i] = (char)('0' + pri % 10);
        line_put_json(m, LF_V("log.syslog.priority"), lf_json_new_number(m->a, (lf_view){ text, n }));
    }
    for (size_t i = 0; i < s.nparams && i < 32; i++)
        line_put_key(m, s.params[i].name, s.params[i].value);
    m->format = event ? LF_V("windows_xml") : LF_V("syslog");
    if (event)
        return true;
    if (msg.len > 1 && (msg.ptr[0] == '{' || line_starts(msg, "@cee:")) && hint != LF_FORMAT_TEXT &&
        json_body(m, msg)) {
        m->program = s.app;
        return true;
    }
    if (!program_line(m, s.app, msg, hint)) {
        /* A device's whole line, whose front only looks like a header. */
        if (hint == LF_FORMAT_AUTO || hint == LF_FORMAT_SYSLOG) {
            lf_view whole = lf_view_from(in, lf_view_find_byte(in, '>') + 1);
            size_t from = m->n;

            if (!line_cisco(m, whole) && !line_cef(m, whole) && !line_key_values(m, whole))
                m->n = from;
        }
    }
    return true;
}

static lf_view sender_of(const struct lf_record *r)
{
    return r->sender.ptr ? r->sender : (lf_view){ "", 0 };
}

static void start(struct made *m, struct lf_arena *a, const struct lf_record *r, bool whole,
                  struct lf_event *out)
{
    *out = (struct lf_event){
        .sender = r->sender, .position = r->position, .recorded = r->recorded, .happened = r->recorded
    };
    m->a = a;
    m->ev = out;
    m->r = r;
    m->stream = NULL;
    m->valid = (lf_view){ NULL, 0 };
    m->whole = whole;
    m->format = m->program = (lf_view){ "", 0 };
    m->n = 0;
}

/* The line the values were cut out of, and behind it those that were not: few, and short. */
static lf_view line_of(struct made *m)
{
    lf_view line = m->valid.len > 0 ? m->valid : m->r->bytes, others[16];
    uintptr_t from = (uintptr_t)line.ptr;
    size_t n = 0, len = line.len;
    char *out;

    for (size_t i = 0; i < m->n; i++) {
        enum lf_json_kind kind = lf_json_kind(m->values[i]);
        lf_view v = lf_json_text(m->values[i]);

        if (kind != LF_JSON_STRING && kind != LF_JSON_NUMBER)
            return (lf_view){ "", 0 };
        if (v.len == 0)
            continue;
        if (v.len <= line.len && (uintptr_t)v.ptr >= from && (uintptr_t)v.ptr - from <= line.len - v.len)
            continue;
        if (n == sizeof others / sizeof *others)
            return (lf_view){ "", 0 };
        len += 1 + v.len;
        others[n++] = v;
    }
    if (n == 0)
        return line;
    out = lf_arena_alloc(m->a, len, 1);
    memcpy(out, line.ptr, line.len);
    len = line.len;
    for (size_t i = 0; i < n; i++) {
        out[len++] = '\n';
        if (others[i].len > 0)
            memcpy(out + len, others[i].ptr, others[i].len);
        len += others[i].len;
    }
    return (lf_view){ out, len };
}

static void finish(struct made *m, struct lf_normaliser *n)
{
    const struct lf_json *doc = lf_json_new_object(m->a, m->n, m->keys, m->values);
    lf_view host = m->ev->host;
    lf_time happened = m->ev->happened;

    m->ev->doc = doc;
    lf_pipelines_choose(n->ps, m->a, m->ev, m->format, m->program);
    if (m->ev->doc == doc) /* no pipeline put a field in */
        m->ev->line = line_of(m);
    /* The reader of the line knows its time and host best. */
    if (happened != m->r->recorded)
        m->ev->happened = happened;
    if (host.len > 0)
        m->ev->host = host;
}

/* Some senders write JSON lines to the port of syslog, without a header. */
static bool may_be_json(enum lf_format f)
{
    return f == LF_FORMAT_AUTO || f == LF_FORMAT_JSON || f == LF_FORMAT_SYSLOG;
}

static void json_event(struct lf_normaliser *n, struct lf_arena *a, const struct lf_json *doc,
                       const struct lf_record *r, bool whole, struct lf_event *out);

static void event_of(struct lf_normaliser *n, struct lf_arena *a, const struct lf_record *r, bool whole,
                     struct lf_event *out)
{
    struct made m;
    lf_view in = r->bytes, look;

    lf_record_fetch(in);
    start(&m, a, r, whole, out);
    if (in.len > LF_RECORD_MOST) {
        line_put(&m, "message", lf_charset_utf8(a, lf_view_first(in, LF_RECORD_MOST), r->charset));
        out->raw = true;
        finish(&m, n);
        return;
    }
    /* JSON is UTF-8 by its own rules and its reader looks; only what it refuses is looked at here. */
    look = lf_view_trim(in);
    if (may_be_json(r->format) && look.len > 0 && look.ptr[0] == '{') {
        const struct lf_json *doc;

        if (lf_json_parse(a, look, LF_RECORD_JSON, &doc, NULL) == LF_OK) {
            json_event(n, a, doc, r, whole, out);
            if (out->doc == doc)
                out->json = look;
            return;
        }
    }
    if (!lf_view_is_utf8(in) || (in.len > 0 && memchr(in.ptr, 0, in.len)) ||
        line_starts(in, "\xef\xbb\xbf")) {
        lf_view was = in;

        in = lf_charset_utf8(a, in, r->charset);
        look = lf_view_trim(in);
        if (!lf_view_eq(was, in) && may_be_json(r->format) && look.len > 0 && look.ptr[0] == '{') {
            const struct lf_json *doc;

            if (lf_json_parse(a, look, LF_RECORD_JSON, &doc, NULL) == LF_OK) {
                json_event(n, a, doc, r, whole, out);
                return;
            }
        }
    }
    if (r->format != LF_FORMAT_JSON && r->format != LF_FORMAT_TEXT) {
        bool back = looks_back(look);

        m.valid = in; /* it was looked at above, or made so */
        if (xml_body(&m, look)) {
            m.format = LF_V("windows_xml");
            finish(&m, n);
            return;
        }
        if (back)
            m.stream = stream_of(n, sender_of(r));
        if (syslog_line(&m, look, r->format)) {
            finish(&m, n);
            return;
        }
        start(&m, a, r, whole, out);
        m.valid = in;
        if (back)
            m.stream = stream_of(n, sender_of(r));
        line_put(&m, "message", look);
        if (text_line(&m, look, r->format)) {
            finish(&m, n);
            return;
        }
    }
    start(&m, a, r, whole, out);
    line_put(&m, "message", in);
    out->raw = true;
    finish(&m, n);
}

void lf_normalise(struct lf_normaliser *n, struct lf_arena *a, const struct lf_record *r,
                  struct lf_event *out)
{
    n->given = NULL;
    event_of(n, a, r, false, out);
    n->held = n->held || out->held;
    out->shape = lf_shapes_of(n->shapes, out->doc);
}

/* ---- events that wait ---- */

static struct lf_audit_event *next_held(struct lf_normaliser *n, lf_time before, struct sender **from)
{
    bool any = false;

    for (size_t i = 0; i < n->nsenders; i++) {
        struct lf_audit *audit = n->senders[i]->stream.audit;

        for (size_t k = 0; audit && k < AUDIT_OPEN; k++) {
            struct lf_audit_event *e = &audit->at[k];

            if (!e->waiting)
                continue;
            any = true;
            if (e->ready || (before && e->recorded < before)) {
                *from = n->senders[i];
                return e;
            }
        }
    }
    n->held = any;
    return NULL;
}

bool lf_normalise_held(struct lf_normaliser *n, struct lf_arena *a, lf_time before, struct lf_event *out)
{
    struct lf_audit_event *e;
    struct lf_record r;
    struct sender *from = NULL;

    if (!n->held || !(e = next_held(n, before, &from)))
        return false;
    r = (struct lf_record){ .bytes = lf_arena_copy(a, (lf_view){ e->line, e->line_len }),
                            .format = e->format,
                            .sender = lf_arena_copy(a, (lf_view){ from->name, from->len }),
                            .position = e->position,
                            .recorded = e->recorded,
                            .charset = e->charset };
    e->waiting = e->ready = false;
    n->given = e;
    event_of(n, a, &r, true, out);
    return true;
}

void lf_normalise_hold_again(struct lf_normaliser *n)
{
    if (!n->given || n->given->waiting)
        return;
    n->given->waiting = n->given->ready = n->held = true;
}

/* ---- JSON that shippers send ---- */

/* JSON behind a syslog header: its members stand beside the header's. */
static bool json_body(struct made *m, lf_view text)
{
    const struct lf_json *doc;

    if (line_starts(text, "@cee:"))
        text = lf_view_trim(lf_view_from(text, 5));
    if (lf_json_parse(m->a, text, LF_RECORD_JSON, &doc, NULL) != LF_OK || lf_json_kind(doc) != LF_JSON_OBJECT)
        return false;
    for (size_t i = 0; i < lf_json_members(doc); i++)
        line_put_json(m, lf_json_key(doc, i), lf_json_member(doc, i));
    return true;
}

/* The document and, behind its own members, what was made: the first of a name
 * counts, so nothing the sender wrote is replaced. */
static const struct lf_json *join(struct made *m, const struct lf_json *doc)
{
    size_t n = lf_json_members(doc);
    lf_view *keys = LF_NEW(m->a, lf_view, n + m->n);
    const struct lf_json **values = LF_NEW(m->a, const struct lf_json *, n + m->n);

    for (size_t i = 0; i < n; i++) {
        keys[i] = lf_json_key(doc, i);
        values[i] = lf_json_member(doc, i);
    }
    for (size_t i = 0; i < m->n; i++)
        if (!lf_json_get(doc, m->keys[i])) {
            keys[n] = m->keys[i];
            values[n++] = m->values[i];
        }
    return lf_json_new_object(m->a, n, keys, values);
}

static void json_event(struct lf_normaliser *n, struct lf_arena *a, const struct lf_json *doc,
                       const struct lf_record *r, bool whole, struct lf_event *out)
{
    const lf_view none = { "", 0 };
    lf_view text, program;
    struct made m;
    bool known;

    *out = (struct lf_event){ .sender = r->sender,
                              .position = r->position,
                              .recorded = r->recorded,
                              .happened = r->recorded,
                              .doc = doc };
    lf_pipelines_choose(n->ps, a, out, none, none);
    if (out->nsources > 0 || !lf_pipelines_line(n->ps, out, &text, &program) || text.len == 0 ||
        text.len > LF_RECORD_MOST)
        return;
    /* Shippers put the line of a text log into a member. */
    {
        const struct lf_pipeline *was = out->pipeline;
        lf_time happened = out->happened;
        lf_view host = out->host;
        enum lf_format hint = r->format == LF_FORMAT_JSON ? LF_FORMAT_AUTO : r->format;

        start(&m, a, r, whole, out);
        text = lf_view_trim(text);
        if (looks_back(text))
            m.stream = stream_of(n, sender_of(r));
        known = text.ptr[0] == '{' && json_body(&m, text);
        if (known)
            program = none;
        else
            known = program.len > 0 ? program_line(&m, program, text, hint) : syslog_line(&m, text, hint);
        if (!known && program.len == 0) {
            m.n = 0;
            m.format = none;
            known = text_line(&m, text, hint);
        }
        if (!known && program.len == 0) { /* nothing was learnt: as it was */
            out->doc = doc;
            out->pipeline = was;
            out->happened = happened;
            out->host = host;
            return;
        }
        if (!known)
            m.format = LF_V("syslog");
        out->doc = m.n > 0 ? join(&m, doc) : doc;
        /* The shipper's own time of the event stands over the line's. */
        if (happened != r->recorded)
            out->happened = happened;
        happened = out->happened;
        if (out->host.len == 0)
            out->host = host;
        host = out->host;
        lf_pipelines_choose(n->ps, a, out, m.format, m.program);
        out->happened = happened;
        if (host.len > 0)
            out->host = host;
        if (!out->pipeline)
            out->pipeline = was;
    }
}

void lf_normalise_json(struct lf_normaliser *n, struct lf_arena *a, const struct lf_json *doc,
                       const struct lf_record *r, struct lf_event *out)
{
    n->given = NULL;
    json_event(n, a, doc, r, false, out);
    n->held = n->held || out->held;
}
