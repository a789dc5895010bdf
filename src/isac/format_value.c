/* Values as lists and tables write them, and the indicator made of one. */
#include <stdio.h>
#include <stdlib.h>

#include "fmt/charset.h"
#include "isac/format_priv.h"

void format_in_init(struct format_in *f, const struct lf_format_use *use, const struct lf_exchange *to,
                    struct lf_err *e)
{
    *f = (struct format_in){ .use = use, .source = use->source, .e = e };
    for (size_t i = 0; i < use->source.len; i++)
        if (use->source.ptr[i] == '/')
            f->source = lf_view_from(use->source, i + 1);
    lf_make_init(&f->m, to);
}

void format_in_clear(struct format_in *f)
{
    lf_make_clear(&f->m);
}

void format_lost(struct format_in *f, const char *where, size_t line, lf_view value, const char *why)
{
    lf_make_lost(&f->m, lf_arena_printf(&f->m.a, "%s %zu", where, line), value, why);
}

/* ---- an indicator ---- */

static void labels(struct format_in *f, lf_view text)
{
    bool any = false;

    while (text.len) {
        size_t n = 0;
        lf_view one;

        while (n < text.len && text.ptr[n] != ',' && text.ptr[n] != ';' && text.ptr[n] != '|')
            n++;
        one = lf_view_trim(lf_view_first(text, n));
        text = lf_view_from(text, n + 1);
        if (!one.len)
            continue;
        if (!any)
            lf_json_begin(&f->m.w, "labels", '[');
        any = true;
        lf_json_put_str(&f->m.w, NULL, one);
    }
    if (any)
        lf_json_close(&f->m.w);
}

enum lf_code format_indicator(struct format_in *f, const struct format_made *i, lf_view *made)
{
    const char *tlp = lf_make_tlp(i->tlp.len ? i->tlp : f->use->tlp);
    lf_time now = f->use->now ? f->use->now : LF_MAKE_UNDATED;
    lf_time modified = i->modified  ? i->modified
                       : i->created ? i->created
                                    : now,
            created = i->created && i->created < modified ? i->created : modified,
            from = i->from ? i->from : created;
    lf_view key = i->pattern.len ? i->pattern
                                 : lf_arena_printf(&f->m.a, "%s:%.*s", lf_observable_kind_name(i->kind),
                                                   LF_FMT(i->value));
    struct lf_json_w *w = &f->m.w;
    char text[LF_TIME_TEXT];

    *made = lf_make_id(&f->m, "indicator",
                       lf_make_uuid_ok(i->uuid) ? i->uuid : lf_make_uuid(&f->m, f->source, key));
    f->m.markings = tlp ? lf_arena_printf(&f->m.a, "[\"%s\"]", tlp) : LF_V("");
    lf_make_open(&f->m, "indicator", *made, created, modified);
    lf_json_put_str(w, "name",
                    i->name.len      ? i->name
                    : i->pattern.len ? LF_V("indicator")
                                     : lf_view_first(i->value, 1000));
    if (i->description.len)
        lf_json_put_str(w, "description", i->description);
    labels(f, i->labels);
    lf_json_put_str(w, "pattern",
                    i->pattern.len ? i->pattern : lf_observable_pattern(&f->m.a, i->kind, i->value));
    lf_json_put_cstr(w, "pattern_type", i->language ? i->language : "stix");
    if (i->phases.len)
        lf_json_put_raw(w, "kill_chain_phases", i->phases);
    lf_json_put_str(w, "valid_from", lf_time_micro(from, text));
    if (i->until > from)
        lf_json_put_str(w, "valid_until", lf_time_micro(i->until, text));
    if (i->confidence >= 0)
        lf_json_put_int(w, "confidence", i->confidence);
    if (i->reference.len) {
        lf_json_begin(w, "external_references", '[');
        lf_json_open(w, '{');
        lf_json_put_str(w, "source_name", f->source.len ? f->source : LF_V("source"));
        lf_json_put_str(w, "description", i->reference);
        lf_json_close(w);
        lf_json_close(w);
    }
    return lf_make_close(&f->m, f->e);
}

/* ---- defanged values ---- */

static bool put(struct lf_buf *b, lf_view *v, const char *what, const char *for_it)
{
    size_t n = strlen(what);

    if (v->len < n || !lf_view_eq_nocase(lf_view_first(*v, n), lf_view_of(what)))
        return false;
    lf_buf_put(b, lf_view_of(for_it));
    *v = lf_view_from(*v, n);
    return true;
}

lf_view format_refang(struct lf_arena *a, lf_view v)
{
    static const char *const pairs[][2] = {
        { "[.]", "." },   { "(.)", "." }, { "{.}", "." },     { "[dot]", "." },   { "(dot)", "." },
        { "{dot}", "." }, { "[:]", ":" }, { "[://]", "://" }, { "[:/]/", "://" }, { "[/]", "/" },
        { "[@]", "@" },   { "(@)", "@" }, { "[at]", "@" },    { "(at)", "@" },    { "\\.", "." },
    };
    static const char *const schemes[][2] = {
        { "hxxps", "https" }, { "hxxp", "http" }, { "h**ps", "https" }, { "h**p", "http" },
        { "htxps", "https" }, { "htxp", "http" }, { "fxp", "ftp" },     { "meow", "http" },
    };
    lf_view rest = v, out;
    struct lf_buf b;

    lf_buf_init(&b, 2 * v.len + 16);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = strlen(schemes[i][0]);

        /* Only before what ends a scheme: a name may begin so. */
        if (rest.len > n && (rest.ptr[n] == ':' || rest.ptr[n] == '[' || rest.ptr[n] == '(') &&
            put(&b, &rest, schemes[i][0], schemes[i][1]))
            break;
    }
    while (rest.len) {
        size_t i = 0;

        for (; i < sizeof pairs / sizeof *pairs; i++)
            if (put(&b, &rest, pairs[i][0], pairs[i][1]))
                break;
        if (i == sizeof pairs / sizeof *pairs) {
            lf_buf_byte(&b, rest.ptr[0]);
            rest = lf_view_from(rest, 1);
        }
    }
    out = lf_view_eq(lf_buf_view(&b), v) ? v : lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

bool format_value(struct lf_arena *a, lf_view text, enum lf_observable_kind *kind, lf_view *value)
{
    lf_view v = lf_view_trim(format_refang(a, text));

    if (!v.len || v.len > LF_OBSERVABLE_BYTES || !lf_observable_guess(v, kind) ||
        !lf_observable_text(a, *kind, v, value))
        return false;
    *kind = lf_observable_narrow(*kind, value);
    return true;
}

bool format_kind(lf_view name, enum lf_observable_kind *kind, bool *guess)
{
    static const struct {
        const char *name;
        int kind; /* -1: the value tells */
    } rows[] = {
        { "domain", LF_OBS_DOMAIN },
        { "hostname", LF_OBS_DOMAIN },
        { "host", LF_OBS_DOMAIN },
        { "fqdn", LF_OBS_DOMAIN },
        { "ip", -1 },
        { "ip-src", -1 },
        { "ip-dst", -1 },
        { "ip address", -1 },
        { "ipv4", -1 },
        { "ipv6", -1 },
        { "cidr", -1 },
        { "network", -1 },
        { "hash", -1 },
        { "indicator", -1 },
        { "ioc", -1 },
        { "auto", -1 },
        { "uri", LF_OBS_URL },
        { "url", LF_OBS_URL },
        { "link", LF_OBS_URL },
        { "email", LF_OBS_EMAIL },
        { "email-src", LF_OBS_EMAIL },
        { "mail", LF_OBS_EMAIL },
        { "filehash-md5", LF_OBS_MD5 },
        { "filehash-sha1", LF_OBS_SHA1 },
        { "filehash-sha256", LF_OBS_SHA256 },
        { "sha-1", LF_OBS_SHA1 },
        { "sha-256", LF_OBS_SHA256 },
        { "sha-512", LF_OBS_SHA512 },
        { "ja3-fingerprint-md5", LF_OBS_JA3 },
        { "stix2-pattern", LF_OBS_PATTERN },
        { "pattern", LF_OBS_PATTERN },
    };
    char text[40] = "";

    if (name.len >= sizeof text)
        return false;
    for (size_t i = 0; i < name.len; i++)
        text[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    name = (lf_view){ text, name.len };
    *guess = false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lf_view_is(name, rows[i].name)) {
            *guess = rows[i].kind < 0;
            *kind = rows[i].kind < 0 ? LF_OBS_DOMAIN : (enum lf_observable_kind)rows[i].kind;
            return true;
        }
    return lf_observable_kind_parse(name, kind);
}

bool format_time(lf_view v, lf_time *out)
{
    char text[32] = "";
    size_t at = 0;
    uint64_t n;

    v = lf_view_trim(v);
    if (lf_time_parse(v, out, NULL) == LF_OK)
        return *out > 0;
    if (lf_view_u64(v, &n)) {
        if (v.len < 9 || v.len > 13)
            return false;
        if (n > 100000000000) /* of milliseconds */
            n /= 1000;
        *out = (lf_time)n * LF_SECOND;
        return *out <= LF_TIME_MAX;
    }
    if (v.len != 10 && v.len != 16 && v.len != 19)
        return false;
    for (size_t i = 0; i < v.len; i++)
        text[at++] = v.ptr[i] == '/' ? '-' : v.ptr[i] == ' ' ? 'T' : v.ptr[i];
    (void)snprintf(text + at, sizeof text - at, "%s",
                   v.len == 10   ? "T00:00:00Z"
                   : v.len == 16 ? ":00Z"
                                 : "Z");
    return lf_time_parse(lf_view_of(text), out, NULL) == LF_OK && *out > 0;
}

/* ---- plain lists ---- */

static const char *const comments[] = { "#", ";", "//", "!", "--" };

/* "0.0.0.0 name": a hosts file says the name. */
static lf_view of_hosts(lf_view line)
{
    static const char *const sinks[] = { "0.0.0.0", "127.0.0.1", "::", "::1" };
    size_t n = 0;

    while (n < line.len && line.ptr[n] != ' ' && line.ptr[n] != '\t')
        n++;
    for (size_t i = 0; n < line.len && i < sizeof sinks / sizeof *sinks; i++)
        if (lf_view_is(lf_view_first(line, n), sinks[i]))
            return lf_view_trim(lf_view_from(line, n));
    return line;
}

static enum lf_code line_of(struct format_in *f, lf_view line, size_t number)
{
    struct format_made i = { .confidence = -1 };
    size_t hash = lf_view_find(line, LF_V(" #")), tab = lf_view_find(line, LF_V("\t#"));
    lf_view whole = line, id;

    for (size_t k = 0; k < sizeof comments / sizeof *comments; k++)
        if (!line.len || lf_view_starts(line, lf_view_of(comments[k])))
            return LF_OK;
    hash = tab < hash ? tab : hash;
    if (hash != SIZE_MAX) {
        i.description = lf_view_trim(lf_view_from(line, hash + 2));
        line = lf_view_trim(lf_view_first(line, hash));
    }
    line = of_hosts(line);
    if (lf_view_starts(line, LF_V("||")) &&
        lf_view_ends(line, LF_V("^"))) /* as lists for browsers write names */
        line = lf_view_first(lf_view_from(line, 2), line.len - 3);
    if (!format_value(&f->m.a, line, &i.kind, &i.value)) {
        format_lost(f, "line", number, whole, "no value that one can look for");
        return LF_OK;
    }
    return format_indicator(f, &i, &id);
}

FORMAT_READER(format_list_read)
{
    struct format_in in;
    struct lf_arena all = { 0 }; /* the text as UTF-8 */
    lf_view left = lf_charset_utf8(&all, text, LF_CHARSET_AUTO), line;
    enum lf_code rc = LF_OK;

    format_in_init(&in, use, to, e);
    for (size_t n = 1; rc == LF_OK && lf_view_split(&left, '\n', &line); n++) {
        rc = line_of(&in, lf_view_trim(line), n);
        lf_arena_reset(&in.m.a);
    }
    format_in_clear(&in);
    lf_arena_clear(&all);
    return rc;
}
