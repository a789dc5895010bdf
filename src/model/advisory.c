#include "model/advisory.h"

#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/stix_check.h"
#include "model/extension.h"
#include "model/marking.h"
#include "model/observable.h"

enum { TEXT_MOST = 500, LONG_MOST = 20000, LINK_MOST = 2000 };

#define ANA (1u << LF_ADVISORY_ANA)
#define DEF (1u << LF_ADVISORY_DEF)
#define INT (1u << LF_ADVISORY_INT)
#define EWA (1u << LF_ADVISORY_EWA)
#define FBI (1u << LF_ADVISORY_FBI)
#define ALL (ANA | DEF | INT | EWA | FBI)

/* In the order a form asks for them.  Sectors are STIX's industry-sector-ov. */
const struct lf_advisory_field lf_advisory_fields[LF_ADVISORY_FIELDS] = {
    { "title", LF_FIELD_TEXT, ALL, ALL, NULL },
    { "reply_to", LF_FIELD_ID, FBI, FBI, NULL },
    { "member", LF_FIELD_TEXT, FBI, 0, NULL },
    { "verdict", LF_FIELD_CHOICE, FBI, FBI, "false-alarm confirmed undetermined" },
    { "incident", LF_FIELD_TEXT, DEF | INT | FBI, 0, NULL },
    { "category", LF_FIELD_CHOICE, ANA, ANA,
      "statistics malicious-site intrusion fraud vulnerability protection news" },
    { "description", LF_FIELD_LONG, ALL, ANA | DEF | INT | EWA, NULL },
    { "severity", LF_FIELD_CHOICE, ALL, DEF | INT | EWA, "low medium high critical" },
    { "happened_at", LF_FIELD_TIME, DEF | INT, INT, NULL },
    { "page", LF_FIELD_LINKS, DEF, DEF, NULL },
    { "values", LF_FIELD_VALUES, ALL, INT, NULL },
    { "method", LF_FIELD_LONG, DEF | INT | EWA, 0, NULL },
    { "platform", LF_FIELD_LONG, ANA | DEF | INT | EWA, 0, NULL },
    { "cve", LF_FIELD_CVES, ANA | DEF | INT | EWA, 0, NULL },
    { "measures", LF_FIELD_LONG, ALL, EWA, NULL },
    { "done_at", LF_FIELD_TIME, FBI, 0, NULL },
    { "reply_by", LF_FIELD_TIME, ANA | DEF | INT | EWA, 0, NULL },
    { "sectors", LF_FIELD_SOME, ANA | DEF | INT | EWA, 0,
      "communications energy utilities transportation financial-services healthcare government "
      "emergency-services "
      "technology education" },
    { "tlp", LF_FIELD_CHOICE, ALL, ALL, "clear green amber amber+strict red" },
    { "references", LF_FIELD_LINKS, ALL, 0, NULL },
};

static const char *const kinds[LF_ADVISORY_KINDS] = { "ANA", "DEF", "INT", "EWA", "FBI" };

const char *lf_advisory_kind_name(enum lf_advisory_kind k)
{
    return kinds[k];
}

bool lf_advisory_kind_parse(lf_view name, enum lf_advisory_kind *k)
{
    for (size_t i = 0; i < LF_ADVISORY_KINDS; i++)
        if (lf_view_eq_nocase(name, lf_view_of(kinds[i]))) {
            *k = (enum lf_advisory_kind)i;
            return true;
        }
    return false;
}

size_t lf_advisory_field(lf_view key)
{
    size_t i = 0;

    while (i < LF_ADVISORY_FIELDS && !lf_view_is(key, lf_advisory_fields[i].key))
        i++;
    return i;
}

lf_view lf_advisory_text(const struct lf_advisory_form *f, const char *key)
{
    size_t i = lf_advisory_field(lf_view_of(key));

    LF_ASSERT(i < LF_ADVISORY_FIELDS);
    return f->n[i] ? f->text[i][0] : LF_V("");
}

/* ---- one text of a field ---- */

static bool among(const char *choices, lf_view v)
{
    lf_view rest = lf_view_of(choices), one;

    while (lf_view_split(&rest, ' ', &one))
        if (lf_view_eq(one, v))
            return true;
    return false;
}

/* How people write so that nobody clicks: hxxp://evil[.]example, user[at]evil[.]example. */
static lf_view refanged(struct lf_arena *a, lf_view v)
{
    static const struct {
        const char *from, *to;
    } ways[] = { { "[.]", "." }, { "(.)", "." }, { "[:]", ":" }, { "[at]", "@" }, { "[@]", "@" } };
    char *out = lf_arena_alloc(a, v.len + 1, 1);
    size_t n = 0;

    if (v.len > 4 && lf_view_eq_nocase(lf_view_first(v, 4), LF_V("hxxp")))
        v = lf_arena_printf(a, "http%.*s", LF_FMT(lf_view_from(v, 4)));
    for (size_t i = 0; i < v.len;) {
        size_t k = 0;

        while (k < sizeof ways / sizeof *ways &&
               !lf_view_starts(lf_view_from(v, i), lf_view_of(ways[k].from)))
            k++;
        if (k < sizeof ways / sizeof *ways) {
            out[n++] = ways[k].to[0];
            i += strlen(ways[k].from);
        } else {
            out[n++] = v.ptr[i++];
        }
    }
    return (lf_view){ out, n };
}

static bool take_value(struct lf_arena *a, lf_view in, lf_view *out)
{
    enum lf_observable_kind kind;

    if (in.len > LF_OBSERVABLE_BYTES)
        return false;
    in = refanged(a, in);
    if (!lf_observable_guess(in, &kind) || !lf_observable_text(a, kind, in, out))
        return false;
    (void)lf_observable_narrow(kind, out);
    return true;
}

/* CVE-YYYY-N, four digits or more. */
static bool take_cve(struct lf_arena *a, lf_view in, lf_view *out)
{
    char *text;

    if (in.len < 13 || in.len > 24 || !lf_view_eq_nocase(lf_view_first(in, 4), LF_V("CVE-")) ||
        in.ptr[8] != '-')
        return false;
    for (size_t i = 4; i < in.len; i++)
        if (i != 8 && (in.ptr[i] < '0' || in.ptr[i] > '9'))
            return false;
    text = lf_arena_cstr(a, in);
    memcpy(text, "CVE", 3);
    *out = (lf_view){ text, in.len };
    return true;
}

static bool take_link(lf_view in)
{
    if (in.len > LINK_MOST || !lf_url_host(in).len)
        return false;
    for (size_t i = 0; i < in.len; i++)
        if ((unsigned char)in.ptr[i] <= ' ' || in.ptr[i] == 0x7f || strchr("\"<>\\^`{|}", in.ptr[i]))
            return false;
    return lf_view_starts(in, LF_V("https://")) || lf_view_starts(in, LF_V("http://"));
}

static bool is_plain(lf_view v, bool lines)
{
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];

        if (c == 0x7f || (c < ' ' && c != '\t' && !(lines && (c == '\n' || c == '\r'))))
            return false;
    }
    return lf_view_is_utf8(v);
}

/* As browsers send them, CR LF, and as they are kept. */
static lf_view lines_of(struct lf_arena *a, lf_view v)
{
    char *out = lf_arena_alloc(a, v.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] != '\r')
            out[n++] = v.ptr[i];
    return (lf_view){ out, n };
}

static enum lf_code wrong(const struct lf_advisory_field *f, lf_view v, const char *what, struct lf_err *e)
{
    while (v.len > 80 || (v.len && !lf_view_is_utf8(v)))
        v.len--;
    return lf_err_set(e, LF_BAD_INPUT, "advisory: %s: \"%.*s\" %s", f->key, LF_FMT(v), what);
}

static enum lf_code take(struct lf_arena *a, const struct lf_advisory_field *f, lf_view in, lf_view *out,
                         struct lf_err *e)
{
    lf_time at;

    *out = in;
    if (!is_plain(in, f->type == LF_FIELD_LONG))
        return wrong(f, LF_V(""), "holds control characters, or is not UTF-8", e);
    switch (f->type) {
    case LF_FIELD_TEXT:
        return in.len <= TEXT_MOST ? LF_OK : wrong(f, in, "is longer than 500 bytes", e);
    case LF_FIELD_LONG:
        *out = lines_of(a, in);
        return in.len <= LONG_MOST ? LF_OK : wrong(f, in, "is longer than 20,000 bytes", e);
    case LF_FIELD_TIME:
        return lf_time_parse(in, &at, NULL) == LF_OK
                   ? LF_OK
                   : wrong(f, in, "is no time; write it as 2026-11-21T10:30:00+08:00", e);
    case LF_FIELD_CHOICE:
    case LF_FIELD_SOME:
        if (among(f->choices, in))
            return LF_OK;
        return lf_err_set(e, LF_BAD_INPUT, "advisory: %s is one of: %s", f->key, f->choices);
    case LF_FIELD_VALUES:
        return take_value(a, in, out)
                   ? LF_OK
                   : wrong(f, in, "is no address, network, name, URL, mail address or sum", e);
    case LF_FIELD_CVES:
        return take_cve(a, in, out) ? LF_OK : wrong(f, in, "is no CVE number like CVE-2026-12345", e);
    case LF_FIELD_LINKS:
        return take_link(in) ? LF_OK : wrong(f, in, "is no link that begins with https:// or http://", e);
    case LF_FIELD_ID:
        return lf_stix_id_ok(in, NULL) ? LF_OK : wrong(f, in, "is no STIX id", e);
    }
    return LF_OK;
}

/* ---- a form ---- */

static enum lf_code add(struct lf_arena *a, struct lf_advisory_form *form, size_t field, lf_view *list,
                        lf_view in, struct lf_err *e)
{
    const struct lf_advisory_field *f = &lf_advisory_fields[field];
    lf_view v;

    in = lf_view_trim(in);
    if (!in.len)
        return LF_OK;
    LF_TRY(take(a, f, in, &v, e));
    for (size_t i = 0; i < form->n[field]; i++)
        if (lf_view_eq(list[i], v))
            return LF_OK; /* twice is once */
    if (form->n[field] == LF_ADVISORY_LIST)
        return lf_err_set(e, LF_TOO_BIG, "advisory: %s holds at most %d", f->key, LF_ADVISORY_LIST);
    list[form->n[field]++] = v;
    return LF_OK;
}

static enum lf_code begin(struct lf_arena *a, struct lf_advisory_form *form, enum lf_advisory_kind kind,
                          size_t field, lf_view **list, struct lf_err *e)
{
    const struct lf_advisory_field *f = &lf_advisory_fields[field];

    if (!(f->on & (1u << kind)))
        return lf_err_set(e, LF_BAD_INPUT, "advisory: %s has no field \"%s\"", kinds[kind], f->key);
    *list = LF_NEW(a, lf_view, lf_advisory_is_list(f->type) ? LF_ADVISORY_LIST : 1);
    form->text[field] = *list;
    form->n[field] = 0;
    return LF_OK;
}

enum lf_code lf_advisory_put(struct lf_arena *a, struct lf_advisory_form *form, enum lf_advisory_kind kind,
                             size_t field, lf_view text, struct lf_err *e)
{
    lf_view *list, line;

    LF_TRY(begin(a, form, kind, field, &list, e));
    if (!lf_advisory_is_list(lf_advisory_fields[field].type))
        return add(a, form, field, list, text, e);
    while (lf_view_split(&text, '\n', &line))
        LF_TRY(add(a, form, field, list, line, e));
    return LF_OK;
}

static enum lf_code read_field(struct lf_arena *a, enum lf_advisory_kind kind, size_t field,
                               const struct lf_json *v, struct lf_advisory_form *out, struct lf_err *e)
{
    const struct lf_advisory_field *f = &lf_advisory_fields[field];
    lf_view *list;

    if (lf_json_kind(v) == LF_JSON_NULL)
        return LF_OK;
    if (lf_json_kind(v) == LF_JSON_STRING)
        return lf_advisory_put(a, out, kind, field, lf_json_text(v), e);
    if (lf_json_kind(v) != LF_JSON_ARRAY || !lf_advisory_is_list(f->type))
        return lf_err_set(e, LF_BAD_INPUT, "advisory: %s is %s", f->key,
                          lf_advisory_is_list(f->type) ? "a list of texts" : "a text");
    LF_TRY(begin(a, out, kind, field, &list, e));
    for (size_t i = 0; i < lf_json_items(v); i++) {
        if (lf_json_kind(lf_json_item(v, i)) != LF_JSON_STRING)
            return lf_err_set(e, LF_BAD_INPUT, "advisory: %s is a list of texts", f->key);
        LF_TRY(add(a, out, field, list, lf_json_text(lf_json_item(v, i)), e));
    }
    return LF_OK;
}

enum lf_code lf_advisory_read_form(struct lf_arena *a, enum lf_advisory_kind kind, const struct lf_json *v,
                                   struct lf_advisory_form *out, struct lf_err *e)
{
    *out = (struct lf_advisory_form){ 0 };
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "advisory: the form is a JSON object");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        size_t field = lf_advisory_field(lf_json_key(v, i));

        if (field == LF_ADVISORY_FIELDS)
            return lf_err_set(e, LF_BAD_INPUT, "advisory: there is no field \"%.*s\"",
                              LF_FMT(lf_view_first(lf_json_key(v, i), 40)));
        LF_TRY(read_field(a, kind, field, lf_json_member(v, i), out, e));
    }
    return LF_OK;
}

static void put_list(struct lf_json_w *w, const char *key, size_t n, const lf_view *text)
{
    lf_json_begin(w, key, '[');
    for (size_t i = 0; i < n; i++)
        lf_json_put_str(w, NULL, text[i]);
    lf_json_close(w);
}

static void put_form(struct lf_json_w *w, const struct lf_advisory_form *f)
{
    for (size_t i = 0; i < LF_ADVISORY_FIELDS; i++) {
        if (!f->n[i])
            continue;
        if (lf_advisory_is_list(lf_advisory_fields[i].type))
            put_list(w, lf_advisory_fields[i].key, f->n[i], f->text[i]);
        else
            lf_json_put_str(w, lf_advisory_fields[i].key, f->text[i][0]);
    }
}

static lf_view done(struct lf_arena *a, struct lf_buf *b)
{
    lf_view out = lf_arena_copy(a, lf_buf_view(b));

    LF_ASSERT(!b->over); /* every field was held against a smaller limit */
    lf_buf_clear(b);
    return out;
}

enum { OBJECT = 8 << 20 /* more than any form takes, each byte written as six */ };

lf_view lf_advisory_write_form(struct lf_arena *a, const struct lf_advisory_form *f)
{
    struct lf_buf b;
    struct lf_json_w w;

    lf_buf_init(&b, OBJECT);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_form(&w, f);
    lf_json_close(&w);
    return done(a, &b);
}

enum lf_code lf_advisory_complete(enum lf_advisory_kind kind, const struct lf_advisory_form *f,
                                  struct lf_err *e)
{
    for (size_t i = 0; i < LF_ADVISORY_FIELDS; i++)
        if ((lf_advisory_fields[i].needed & (1u << kind)) && !f->n[i])
            return lf_err_set(e, LF_UNACCEPTED, "advisory: %s needs \"%s\" before it is handed in",
                              kinds[kind], lf_advisory_fields[i].key);
    return LF_OK;
}

/* ---- as STIX ---- */

struct writer {
    struct lf_arena *a;
    const struct lf_advisory *in;
    lf_view key, marking;
    lf_view *objects, *refs;
    size_t n, nrefs;
};

static lf_view id_of(struct writer *o, const char *type, lf_view what)
{
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256(o->key, lf_arena_printf(o->a, "%s\n%.*s\n%.*s", type, LF_FMT(o->in->id), LF_FMT(what)),
                   mac);
    return lf_arena_printf(o->a, "%s--%.*s", type, LF_FMT(lf_uuid4(o->a, mac)));
}

static struct lf_json_w object(struct lf_buf *b, const char *type)
{
    struct lf_json_w w;

    lf_buf_init(b, OBJECT);
    w = lf_json_w(b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", type);
    lf_json_put_cstr(&w, "spec_version", "2.1");
    return w;
}

static void put_common(struct writer *o, struct lf_json_w *w, lf_view id)
{
    char time[LF_TIME_TEXT];

    lf_json_put_str(w, "id", id);
    lf_json_put_str(w, "created_by_ref", o->in->created_by);
    lf_json_put_str(w, "created", lf_time_milli(o->in->created, time));
    lf_json_put_str(w, "modified", lf_time_milli(o->in->modified, time));
    if (o->in->revoked)
        lf_json_put_bool(w, "revoked", true);
}

static void put_marking(struct writer *o, struct lf_json_w *w)
{
    if (o->marking.len)
        put_list(w, "object_marking_refs", 1, &o->marking);
}

static void end(struct writer *o, struct lf_buf *b, struct lf_json_w *w, lf_view id)
{
    put_marking(o, w);
    lf_json_close(w);
    o->objects[o->n++] = done(o->a, b);
    o->refs[o->nrefs++] = id;
}

/* A cyber-observable: its id is made of what it says (2.1, section 2.9). */
static enum lf_code end_sco(struct writer *o, struct lf_buf *b, struct lf_json_w *w, struct lf_err *e)
{
    const struct lf_json *tree;
    lf_view text, id;

    put_marking(o, w);
    lf_json_close(w);
    text = done(o->a, b);
    LF_TRY(lf_json_parse(o->a, text, NULL, &tree, e));
    id = lf_stix_sco_id(o->a, tree);
    LF_ASSERT(id.len);
    o->objects[o->n++] =
        lf_arena_printf(o->a, "{\"id\":\"%.*s\",%.*s", LF_FMT(id), (int)(text.len - 1), text.ptr + 1);
    o->refs[o->nrefs++] = id;
    return LF_OK;
}

static enum lf_code write_value(struct writer *o, lf_view v, struct lf_err *e)
{
    static const char *const types[LF_OBS_KINDS] = {
        [LF_OBS_DOMAIN] = "domain-name", [LF_OBS_IPV4] = "ipv4-addr", [LF_OBS_NET4] = "ipv4-addr",
        [LF_OBS_IPV6] = "ipv6-addr",     [LF_OBS_NET6] = "ipv6-addr", [LF_OBS_URL] = "url",
        [LF_OBS_EMAIL] = "email-addr",   [LF_OBS_MD5] = "file",       [LF_OBS_SHA1] = "file",
        [LF_OBS_SHA256] = "file",        [LF_OBS_SHA512] = "file",
    };
    enum lf_observable_kind kind;
    struct lf_json_w w;
    struct lf_buf b;

    if (!lf_observable_guess(v, &kind) || !types[kind])
        return LF_OK; /* was taken by the same rule */
    w = object(&b, types[kind]);
    if (types[kind][0] == 'f') {
        lf_json_begin(&w, "hashes", '{');
        lf_json_put_str(&w,
                        kind == LF_OBS_MD5      ? "MD5"
                        : kind == LF_OBS_SHA1   ? "SHA-1"
                        : kind == LF_OBS_SHA256 ? "SHA-256"
                                                : "SHA-512",
                        v);
        lf_json_close(&w);
    } else {
        lf_json_put_str(&w, "value", v);
    }
    return end_sco(o, &b, &w, e);
}

static void put_sum(struct lf_json_w *w, lf_view sum)
{
    lf_json_begin(w, "hashes", '{');
    lf_json_put_str(w, "SHA-256", sum);
    lf_json_close(w);
}

/* Its bytes, and that they have a name. */
static enum lf_code write_file(struct writer *o, const struct lf_advisory_file *f, struct lf_err *e)
{
    uint8_t raw[LF_SHA256];
    struct lf_json_w w;
    struct lf_buf b;
    lf_view sum;

    lf_sha256(f->bytes, raw);
    sum = lf_hex(o->a, raw, sizeof raw);
    w = object(&b, "artifact");
    lf_json_put_str(&w, "mime_type", f->type);
    lf_json_put_str(&w, "payload_bin", lf_base64(o->a, f->bytes.ptr, f->bytes.len));
    put_sum(&w, sum);
    LF_TRY(end_sco(o, &b, &w, e));
    w = object(&b, "file");
    put_sum(&w, sum);
    lf_json_put_str(&w, "name", f->name);
    lf_json_put_int(&w, "size", (int64_t)f->bytes.len);
    lf_json_put_str(&w, "content_ref", o->refs[o->nrefs - 1]);
    return end_sco(o, &b, &w, e);
}

static void write_cve(struct writer *o, lf_view cve)
{
    lf_view id = id_of(o, "vulnerability", cve);
    struct lf_buf b;
    struct lf_json_w w = object(&b, "vulnerability");

    put_common(o, &w, id);
    lf_json_put_str(&w, "name", cve);
    lf_json_begin(&w, "external_references", '[');
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "source_name", "cve");
    lf_json_put_str(&w, "external_id", cve);
    lf_json_close(&w);
    lf_json_close(&w);
    end(o, &b, &w, id);
}

static void write_measures(struct writer *o, lf_view title, lf_view measures)
{
    lf_view id = id_of(o, "course-of-action", LF_V(""));
    struct lf_buf b;
    struct lf_json_w w = object(&b, "course-of-action");

    put_common(o, &w, id);
    lf_json_put_str(&w, "name", title);
    lf_json_put_str(&w, "description", measures);
    end(o, &b, &w, id);
}

/* What a member thinks of another's intelligence. */
static void write_opinion(struct writer *o, lf_view about, lf_view verdict, lf_view why)
{
    lf_view id = id_of(o, "opinion", LF_V(""));
    struct lf_buf b;
    struct lf_json_w w = object(&b, "opinion");

    put_common(o, &w, id);
    if (why.len)
        lf_json_put_str(&w, "explanation", why);
    lf_json_put_cstr(&w, "opinion",
                     lf_view_is(verdict, "confirmed")     ? "strongly-agree"
                     : lf_view_is(verdict, "false-alarm") ? "strongly-disagree"
                                                          : "neutral");
    put_list(&w, "object_refs", 1, &about);
    end(o, &b, &w, id);
}

static void write_report(struct writer *o)
{
    const struct lf_advisory *in = o->in;
    size_t links = lf_advisory_field(LF_V("references")), cves = lf_advisory_field(LF_V("cve"));
    lf_view title = lf_advisory_text(&in->form, "title"), text = lf_advisory_text(&in->form, "description");
    lf_view reply_to = lf_advisory_text(&in->form, "reply_to");
    char time[LF_TIME_TEXT];
    struct lf_buf b;
    struct lf_json_w w = object(&b, "report");

    put_common(o, &w, in->id);
    lf_json_put_str(&w, "name", title);
    if (text.len)
        lf_json_put_str(&w, "description", text);
    lf_json_begin(&w, "report_types", '[');
    lf_json_put_cstr(&w, NULL, in->form.n[cves] ? "vulnerability" : "threat-report");
    lf_json_close(&w);
    lf_json_put_str(&w, "published", lf_time_milli(in->published, time));
    lf_json_begin(&w, "object_refs", '[');
    for (size_t i = 0; i < in->nindicators; i++)
        lf_json_put_str(&w, NULL, in->indicators[i]);
    for (size_t i = 0; i < o->nrefs; i++)
        lf_json_put_str(&w, NULL, o->refs[i]);
    if (reply_to.len)
        lf_json_put_str(&w, NULL, reply_to);
    if (!o->nrefs && !in->nindicators && !reply_to.len) /* one at least is required */
        lf_json_put_str(&w, NULL, in->created_by);
    lf_json_close(&w);
    lf_json_begin(&w, "labels", '[');
    lf_json_put_str(&w, NULL, lf_arena_printf(o->a, "intelligence-type:%s", kinds[in->kind]));
    if (in->exercise)
        lf_json_put_cstr(&w, NULL, "exercise");
    lf_json_close(&w);
    if (in->form.n[links]) {
        lf_json_begin(&w, "external_references", '[');
        for (size_t i = 0; i < in->form.n[links]; i++) {
            lf_json_open(&w, '{');
            lf_json_put_str(&w, "source_name", lf_url_host(in->form.text[links][i]));
            lf_json_put_str(&w, "url", in->form.text[links][i]);
            lf_json_close(&w);
        }
        lf_json_close(&w);
    }
    lf_json_begin(&w, "extensions", '{');
    lf_json_begin(&w, LF_EXTENSION_ID, '{');
    lf_json_put_cstr(&w, "extension_type", "property-extension");
    lf_json_put_cstr(&w, "intelligence_type", kinds[in->kind]);
    lf_json_put_bool(&w, "exercise", in->exercise);
    lf_json_begin(&w, "form", '{');
    put_form(&w, &in->form);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    put_marking(o, &w);
    lf_json_close(&w);
    o->objects[o->n++] = done(o->a, &b);
}

enum lf_code lf_advisory_write(struct lf_arena *a, const struct lf_advisory *in, lf_view key, size_t *n,
                               const lf_view **objects, struct lf_err *e)
{
    size_t values = lf_advisory_field(LF_V("values")), cves = lf_advisory_field(LF_V("cve"));
    const struct lf_advisory_form *f = &in->form;
    size_t most = f->n[values] + f->n[cves] + 2 * in->nfiles + 3;
    struct writer o = {
        .a = a, .in = in, .key = key, .objects = LF_NEW(a, lf_view, most), .refs = LF_NEW(a, lf_view, most)
    };
    lf_view measures = lf_advisory_text(f, "measures"), reply_to = lf_advisory_text(f, "reply_to");
    enum lf_tlp tlp;

    if (lf_tlp_parse(lf_advisory_text(f, "tlp"), &tlp))
        o.marking = lf_tlp_ref(tlp);
    for (size_t i = 0; i < f->n[values]; i++)
        LF_TRY(write_value(&o, f->text[values][i], e));
    for (size_t i = 0; i < f->n[cves]; i++)
        write_cve(&o, f->text[cves][i]);
    if (in->kind == LF_ADVISORY_FBI && reply_to.len)
        write_opinion(&o, reply_to, lf_advisory_text(f, "verdict"), measures);
    else if (measures.len)
        write_measures(&o, lf_advisory_text(f, "title"), measures);
    for (size_t i = 0; i < in->nfiles; i++)
        LF_TRY(write_file(&o, &in->files[i], e));
    write_report(&o);
    *n = o.n;
    *objects = o.objects;
    return LF_OK;
}

enum lf_code lf_advisory_read(struct lf_arena *a, lf_view json, struct lf_advisory *out, struct lf_err *e)
{
    struct lf_advisory r = { 0 };
    const struct lf_json *ext;
    struct lf_stix s;

    LF_TRY(lf_stix_read(a, json, &s, e));
    ext = lf_json_get(lf_json_get(s.tree, LF_V("extensions")), LF_V(LF_EXTENSION_ID));
    if (!lf_view_is(s.type, "report") || !lf_json_get(ext, LF_V("intelligence_type")))
        return lf_err_set(e, LF_NOT_FOUND, "%.*s is no advisory", LF_FMT(s.id));
    if (!lf_advisory_kind_parse(lf_json_str(ext, "intelligence_type"), &r.kind))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: intelligence_type is ANA, DEF, INT, EWA or FBI",
                          LF_FMT(s.id));
    if (lf_advisory_read_form(a, r.kind, lf_json_get(ext, LF_V("form")), &r.form, e) != LF_OK ||
        lf_advisory_complete(r.kind, &r.form, e) != LF_OK)
        return lf_err_at(e, "%.*s", LF_FMT(s.id));
    r.id = s.id;
    r.created_by = s.created_by;
    r.modified = s.version_at;
    r.revoked = s.revoked;
    r.exercise = lf_json_bool(ext, "exercise", false);
    LF_TRY(lf_stix_time(lf_json_str(s.tree, "created"), &r.created, e));
    LF_TRY(lf_stix_time(lf_json_str(s.tree, "published"), &r.published, e));
    /* STIX knows more years than we reckon with. */
    for (size_t i = 0; i < 3; i++) {
        lf_time *at = (lf_time *[]){ &r.created, &r.modified, &r.published }[i];

        *at = *at < 0 ? 0 : *at > LF_TIME_MAX ? LF_TIME_MAX : *at;
    }
    *out = r;
    return LF_OK;
}
