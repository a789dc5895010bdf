/* Indicators -> what blockers and sensors read.
 *
 * A value comes from strangers: it reaches a file only in the form that lf_observable_text gives it, which
 * for each kind has a small alphabet, and through the escape of the format it goes to; text of people (names,
 * ids of authors) stands in comments and messages only, with everything but a safe alphabet replaced.
 * tests/prop/prop_format.c tries to break out.
 *
 * Each line has its provenance (the indicator's id, its creator, its modification) and when it ends.  Revoked
 * and expired indicators are left out and told as losses, as is what a format has no word for. */
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "engine/ioc_pattern.h"
#include "fmt/csv.h"
#include "fmt/stix.h"
#include "isac/format_priv.h"

enum { FLUSH_AT = 1 << 16 };

struct out {
    struct lf_arena a; /* of the indicator at hand */
    const struct lf_format_use *use;
    const struct lf_exchange *to;
    struct lf_err *e;
    struct lf_buf b;
    /* the indicator at hand */
    const struct lf_json *o;
    lf_view id, creator, name;
    lf_time until, modified;
    const char *tlp;
    struct lf_map seen; /* kind and value, so that a set has each once */
    struct lf_arena keep;
    size_t number;
};

static void lost(struct out *x, lf_view value, const char *why)
{
    lf_loss_tell(x->to, x->id, value, why);
}

static enum lf_code flush(struct out *x, size_t past)
{
    enum lf_code rc;

    if (x->b.over) /* before it is emptied, and forgets */
        return lf_err_set(x->e, LF_TOO_BIG, "more than %zu MiB at once", x->b.max >> 20);
    if (x->b.len <= past)
        return LF_OK;
    rc = x->to->made(x->to->ctx, lf_buf_view(&x->b), x->e);
    lf_buf_reset(&x->b);
    return rc;
}

/* Text of people where it can do nothing: letters, digits, blank and a few signs; the rest is '_'. */
static void tame(struct lf_buf *b, lf_view v, size_t most)
{
    v = lf_view_first(v, most);
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
                  c == '.' || c == '-' || c == '_' || c == '+' || c == ':';

        lf_buf_byte(b, ok ? (char)c : '_');
    }
}

static void put_time(struct lf_buf *b, lf_time at)
{
    char text[LF_TIME_TEXT];

    lf_buf_put(b, lf_time_whole(at, text));
}

/* "indicator--… by identity--… of 2026-11-21T00:00:00Z until 2026-12-01T00:00:00Z TLP:AMBER" */
static void provenance(struct out *x)
{
    tame(&x->b, x->id, 60);
    if (x->creator.len) {
        LF_PUT(&x->b, " by ");
        tame(&x->b, x->creator, 60);
    }
    LF_PUT(&x->b, " of ");
    put_time(&x->b, x->modified);
    if (x->until) {
        LF_PUT(&x->b, " until ");
        put_time(&x->b, x->until);
    }
    if (x->tlp)
        lf_buf_printf(&x->b, " tlp:%s", x->tlp);
}

typedef void (*value_fn)(struct out *x, enum lf_observable_kind kind, lf_view value);

struct take {
    struct out *x;
    value_fn put;
    size_t n;
};

/* One value of a pattern, once a file. */
static void take(void *ctx, enum lf_observable_kind kind, lf_view text)
{
    struct take *t = ctx;
    struct out *x = t->x;
    lf_view value, key;
    uint64_t was;

    if (!lf_observable_text(&x->a, kind, text, &value)) {
        lost(x, text, "no value of its kind");
        return;
    }
    kind = lf_observable_narrow(kind, &value);
    t->n++;
    key = lf_arena_printf(&x->a, "%d:%.*s", (int)kind, LF_FMT(value));
    if (lf_map_get(&x->seen, key, &was))
        return;
    lf_map_set(&x->seen, lf_arena_copy(&x->keep, key), 1);
    t->put(x, kind, value);
}

/* 0: none, or none that can be read. */
static lf_time time_of(const struct lf_json *o, const char *key)
{
    lf_time at;

    return lf_stix_time(lf_json_str(o, key), &at, NULL) == LF_OK ? at : 0;
}

/* Fills what is known of an indicator; false: it does not stand (and that was told). */
static bool stands(struct out *x, const struct lf_json *o)
{
    lf_time from = time_of(o, "valid_from");

    x->o = o;
    x->id = lf_json_str(o, "id");
    x->creator = lf_json_str(o, "created_by_ref");
    x->name = lf_json_str(o, "name");
    x->tlp = lf_make_tlp_of(o);
    x->modified = time_of(o, "modified");
    x->until = time_of(o, "valid_until");
    if (lf_json_bool(o, "revoked", false)) {
        lost(x, x->name, "revoked");
        return false;
    }
    if (x->until && x->use->now && x->until <= x->use->now) {
        lost(x, x->name, "expired");
        return false;
    }
    if (x->use->now && from > x->use->now) {
        lost(x, x->name, "not valid yet");
        return false;
    }
    return true;
}

static void open_out(struct out *x, const struct lf_format_use *use, const struct lf_exchange *to,
                     struct lf_err *e)
{
    *x = (struct out){ .use = use, .to = to, .e = e };
    lf_buf_init(&x->b, (size_t)64 << 20);
    lf_map_init(&x->seen, 0x666f7574);
}

static void close_out(struct out *x)
{
    lf_buf_clear(&x->b);
    lf_map_clear(&x->seen);
    lf_arena_clear(&x->keep);
    lf_arena_clear(&x->a);
}

/* Every value of every indicator that stands, to `put`. */
static enum lf_code each(struct out *x, const struct lf_json *const *objects, size_t n, value_fn put)
{
    for (size_t i = 0; i < n; i++) {
        struct take t = { .x = x, .put = put };
        struct lf_stix_pattern p;
        lf_view pattern = lf_json_str(objects[i], "pattern");

        if (!lf_view_is(lf_json_str(objects[i], "type"), "indicator") || !stands(x, objects[i]))
            continue;
        if (!lf_view_is(lf_json_str(objects[i], "pattern_type"), "stix"))
            lost(x, lf_json_str(objects[i], "pattern_type"), "a pattern of this type is no list of values");
        else if (lf_stix_pattern_parse(&x->a, pattern, &p, NULL) != LF_OK || !lf_ioc_of_pattern(&p, take, &t))
            lost(x, pattern, "the pattern asks more than for values");
        LF_TRY(flush(x, FLUSH_AT));
        lf_arena_reset(&x->a);
    }
    return LF_OK;
}

static void unsaid(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    (void)kind;
    lost(x, value, "the format has no word for values of this kind");
}

static enum lf_code finish(struct out *x, enum lf_code rc)
{
    if (rc == LF_OK)
        rc = flush(x, 0);
    close_out(x);
    return rc;
}

static bool is_ip(enum lf_observable_kind k)
{
    return k == LF_OBS_IPV4 || k == LF_OBS_IPV6 || k == LF_OBS_NET4 || k == LF_OBS_NET6;
}

static bool is_sum(enum lf_observable_kind k)
{
    return k == LF_OBS_MD5 || k == LF_OBS_SHA1 || k == LF_OBS_SHA256 || k == LF_OBS_SHA512;
}

/* ---- plain list ---- */

static void list_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    if (kind == LF_OBS_PATTERN) {
        unsaid(x, kind, value);
        return;
    }
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] <= ' ' ||
            value.ptr[i] == '#') { /* a URL's fragment is dropped already */
            lost(x, value, "a value of a list has no blank and no #");
            return;
        }
    lf_buf_put(&x->b, value);
    LF_PUT(&x->b, "\t# ");
    provenance(x);
    lf_buf_byte(&x->b, '\n');
}

FORMAT_WRITER(format_list_write)
{
    struct out x;

    (void)a;
    open_out(&x, use, to, e);
    return finish(&x, each(&x, objects, n, list_put));
}

/* ---- CSV ---- */

static void csv_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    char until[LF_TIME_TEXT];
    int64_t sure;
    const struct lf_json *labels = lf_json_get(x->o, LF_V("labels"));
    struct lf_buf list;

    lf_csv_put(&x->b, lf_view_of(lf_observable_kind_name(kind)), false);
    lf_csv_put(&x->b, value, false);
    lf_csv_put(&x->b, lf_json_str(x->o, "valid_from"), false);
    lf_csv_put(&x->b, x->until ? lf_time_micro(x->until, until) : LF_V(""), false);
    lf_csv_put(&x->b,
               lf_json_int(x->o, "confidence", &sure) ? lf_arena_printf(&x->a, "%lld", (long long)sure)
                                                      : LF_V(""),
               false);
    lf_csv_put(&x->b, lf_view_of(x->tlp ? x->tlp : ""), false);
    lf_buf_init(&list, 1 << 20);
    for (size_t i = 0; lf_json_kind(labels) == LF_JSON_ARRAY && i < lf_json_items(labels); i++) {
        if (i)
            lf_buf_byte(&list, ';');
        lf_buf_put(&list, lf_json_text(lf_json_item(labels, i)));
    }
    lf_csv_put(&x->b, lf_buf_view(&list), false);
    lf_buf_clear(&list);
    lf_csv_put(&x->b, x->name, false);
    lf_csv_put(&x->b, lf_json_str(x->o, "description"), false);
    lf_csv_put(&x->b, x->id, false);
    lf_csv_put(&x->b, x->creator, false);
    lf_csv_put(&x->b, lf_json_str(x->o, "modified"), true);
}

FORMAT_WRITER(format_csv_write)
{
    struct out x;

    (void)a;
    open_out(&x, use, to, e);
    LF_PUT(
        &x.b,
        "kind,value,valid_from,valid_until,confidence,tlp,labels,name,description,id,creator,modified\r\n");
    return finish(&x, each(&x, objects, n, csv_put));
}

/* ---- Zeek's intelligence framework ---- */

static void zeek_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    const char *type = kind == LF_OBS_DOMAIN                        ? "Intel::DOMAIN"
                       : kind == LF_OBS_IPV4 || kind == LF_OBS_IPV6 ? "Intel::ADDR"
                       : kind == LF_OBS_NET4 || kind == LF_OBS_NET6 ? "Intel::SUBNET"
                       : kind == LF_OBS_URL                         ? "Intel::URL"
                       : kind == LF_OBS_EMAIL                       ? "Intel::EMAIL"
                       : is_sum(kind) && kind != LF_OBS_SHA512      ? "Intel::FILE_HASH"
                                                                    : NULL;
    size_t scheme;

    if (!type) {
        unsaid(x, kind, value);
        return;
    }
    if (kind == LF_OBS_URL) { /* Zeek has URLs without their scheme */
        scheme = lf_view_find(value, LF_V("://"));
        value = scheme == SIZE_MAX ? value : lf_view_from(value, scheme + 3);
    }
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == '\\' ||
            (unsigned char)value.ptr[i] == 0x7f || (i == 0 && value.ptr[i] == '#')) {
            lost(x, value, "a field of Zeek has no control characters, no backslash, and begins with no #");
            return;
        }
    lf_buf_put(&x->b, value);
    lf_buf_printf(&x->b, "\t%s\t", type);
    tame(&x->b, x->creator.len ? x->creator : LF_V("lianfang"), 60);
    lf_buf_byte(&x->b, '\t');
    provenance(x);
    lf_buf_byte(&x->b, '\n');
}

FORMAT_WRITER(format_zeek_write)
{
    struct out x;

    (void)a;
    open_out(&x, use, to, e);
    LF_PUT(&x.b, "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n");
    return finish(&x, each(&x, objects, n, zeek_put));
}

/* ---- response policy zone ---- */

static void rpz_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    struct lf_stix_net net;

    if (kind == LF_OBS_DOMAIN) {
        if (value.len > 200) { /* the zone's own name follows */
            lost(x, value, "too long a name below the zone's");
            return;
        }
        LF_PUT(&x->b, "; ");
        provenance(x);
        lf_buf_byte(&x->b, '\n');
        lf_buf_put(&x->b, value);
        LF_PUT(&x->b, " CNAME .\n*.");
        lf_buf_put(&x->b, value);
        LF_PUT(&x->b, " CNAME .\n");
        return;
    }
    if (!is_ip(kind) || !lf_stix_net_parse(value, &net)) {
        unsaid(x, kind, value);
        return;
    }
    LF_PUT(&x->b, "; ");
    provenance(x);
    lf_buf_printf(&x->b, "\n%u", net.bits);
    if (!net.v6) {
        for (size_t i = 4; i-- > 0;)
            lf_buf_printf(&x->b, ".%u", net.raw[i]);
    } else { /* sixteen-bit words backwards; one run of zeros is "zz" */
        size_t run = 8, best = 0;

        for (size_t i = 0; i < 8; i++) {
            size_t k = i;

            while (k < 8 && net.raw[2 * k] == 0 && net.raw[2 * k + 1] == 0)
                k++;
            if (k - i > best && k - i > 1)
                best = k - i, run = i;
        }
        for (size_t i = 8; i-- > 0;) {
            if (best && i == run + best - 1) {
                LF_PUT(&x->b, ".zz");
                i = run;
                continue;
            }
            lf_buf_printf(&x->b, ".%x", (unsigned)(net.raw[2 * i] << 8 | net.raw[2 * i + 1]));
        }
    }
    LF_PUT(&x->b, ".rpz-ip CNAME .\n");
}

FORMAT_WRITER(format_rpz_write)
{
    struct out x;

    (void)a;
    open_out(&x, use, to, e);
    lf_buf_printf(
        &x.b, "$TTL 60\n@ SOA localhost. hostmaster.localhost. %lld 3600 600 604800 60\n@ NS localhost.\n",
        (long long)((use->now / LF_SECOND) & 0xffffffff));
    return finish(&x, each(&x, objects, n, rpz_put));
}

/* ---- nftables ---- */

struct nft {
    struct out x; /* first: the callbacks get it */
    struct lf_buf v4, v6;
};

static void nft_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    struct nft *f = (struct nft *)(void *)x;
    struct lf_buf *b = kind == LF_OBS_IPV4 || kind == LF_OBS_NET4 ? &f->v4 : &f->v6, was;
    lf_time left = x->until && x->use->now ? (x->until - x->use->now) / LF_SECOND + 1 : 0;

    if (!is_ip(kind)) {
        unsaid(x, kind, value);
        return;
    }
    LF_PUT(b, "\t\t# ");
    was = x->b; /* provenance writes to x->b */
    x->b = *b;
    provenance(x);
    *b = x->b;
    x->b = was;
    LF_PUT(b, "\n\t\t");
    lf_buf_put(b, value);
    if (left > 0)
        lf_buf_printf(b, " timeout %llds", (long long)left);
    LF_PUT(b, ",\n");
}

static void nft_set(struct lf_buf *b, const char *name, const char *type, const struct lf_buf *elements)
{
    lf_buf_printf(b, "\tset %s {\n\t\ttype %s\n\t\tflags interval, timeout\n\t\tauto-merge\n", name, type);
    if (elements->len) {
        LF_PUT(b, "\t\telements = {\n");
        lf_buf_put(b, lf_buf_view(elements));
        LF_PUT(b, "\t\t}\n");
    }
    LF_PUT(b, "\t}\n");
}

FORMAT_WRITER(format_nftables_write)
{
    struct nft f;
    enum lf_code rc;

    (void)a;
    open_out(&f.x, use, to, e);
    lf_buf_init(&f.v4, (size_t)1 << 30);
    lf_buf_init(&f.v6, (size_t)1 << 30);
    f.x.b.max = UINT32_MAX;
    rc = each(&f.x, objects, n, nft_put);
    f.x.b.over = f.x.b.over || f.v4.over || f.v6.over;
    LF_PUT(&f.x.b, "table inet lianfang {\n");
    nft_set(&f.x.b, "indicators4", "ipv4_addr", &f.v4);
    nft_set(&f.x.b, "indicators6", "ipv6_addr", &f.v6);
    LF_PUT(&f.x.b, "}\n");
    lf_buf_clear(&f.v4);
    lf_buf_clear(&f.v6);
    return finish(&f.x, rc);
}

/* ---- Suricata ---- */

/* A content: printable ASCII but quotes, semicolons, backslashes, colons and bars as it is, all else as
 * |hex|. */
static void content(struct lf_buf *b, lf_view v)
{
    bool hex = false;

    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        bool plain = c > ' ' && c < 0x7f && !strchr("\"';\\:|", c);

        if (plain == hex)
            lf_buf_byte(b, '|');
        else if (!plain)
            lf_buf_byte(b, ' ');
        hex = !plain;
        if (plain)
            lf_buf_byte(b, (char)c);
        else
            lf_buf_printf(b, "%02x", c);
    }
    if (hex)
        lf_buf_byte(b, '|');
}

/* A number of its own for every value: local rules are 1,000,000 to 1,999,999 by custom; ours are behind
 * those of public sets, and the same for the same value in each export. */
static unsigned sid_of(enum lf_observable_kind kind, lf_view value)
{
    uint64_t h = lf_siphash((const uint64_t[2]){ 0x7369, (uint64_t)kind }, value);

    return 3000000000u + (unsigned)(h % 1000000000u);
}

static void rule_end(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    lf_buf_printf(&x->b, " sid:%u; rev:1; metadata:lianfang ", sid_of(kind, value));
    tame(&x->b, x->id, 60);
    if (x->until) {
        LF_PUT(&x->b, ", until ");
        lf_buf_printf(&x->b, "%lld", (long long)(x->until / LF_SECOND));
    }
    LF_PUT(&x->b, ";)\n");
}

static void rule_head(struct out *x, const char *what, enum lf_observable_kind kind)
{
    size_t from;

    lf_buf_printf(&x->b, "alert %s (msg:\"lianfang %s ", what, lf_observable_kind_name(kind));
    from = x->b.len;
    tame(&x->b, x->name, 60);
    for (size_t i = from; i < x->b.len; i++) /* a colon ends nothing within quotes, and old readers stumble */
        if (x->b.ptr[i] == ':')
            x->b.ptr[i] = '_';
    LF_PUT(&x->b, "\";");
}

static void suricata_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    lf_view host, rest;

    if (kind == LF_OBS_URL && !lf_view_starts(value, LF_V("http://"))) {
        lost(x, value, "only http URLs can be seen on the wire");
        return;
    }
    if (kind != LF_OBS_DOMAIN && !is_ip(kind) && kind != LF_OBS_URL && kind != LF_OBS_JA3) {
        unsaid(x, kind, value);
        return;
    }
    LF_PUT(&x->b, "# ");
    provenance(x);
    lf_buf_byte(&x->b, '\n');
    if (kind == LF_OBS_DOMAIN) {
        static const char *const doors[][2] = { { "dns any any -> any any", "dns.query" },
                                                { "tls any any -> any any", "tls.sni" },
                                                { "http any any -> any any", "http.host" } };

        for (size_t i = 0; i < 3; i++) {
            lf_view door = lf_arena_printf(&x->a, "%s/%.*s", doors[i][1], LF_FMT(value));

            rule_head(x, doors[i][0], kind);
            lf_buf_printf(&x->b, " %s; dotprefix; content:\".", doors[i][1]);
            content(&x->b, value);
            lf_buf_printf(&x->b, "\"; %sendswith;", i == 2 ? "" : "nocase; ");
            rule_end(x, kind, door);
        }
    } else if (is_ip(kind)) {
        rule_head(x, lf_arena_printf(&x->a, "ip any any <> %.*s any", LF_FMT(value)).ptr, kind);
        rule_end(x, kind, value);
    } else if (kind == LF_OBS_URL) {
        host = lf_url_host(value);
        rest = lf_view_from(value, (size_t)(host.ptr - value.ptr) + host.len);
        while (rest.len && rest.ptr[0] != '/' && rest.ptr[0] != '?')
            rest = lf_view_from(rest, 1); /* a port, a bracket */
        rule_head(x, "http any any -> any any", kind);
        LF_PUT(&x->b, " http.host; content:\"");
        content(&x->b, host);
        LF_PUT(&x->b, "\"; bsize:");
        lf_buf_printf(&x->b, "%zu; http.uri.raw; content:\"", host.len);
        content(&x->b, rest.len ? rest : LF_V("/"));
        lf_buf_printf(&x->b, "\"; bsize:%zu;", rest.len ? rest.len : 1);
        rule_end(x, kind, value);
    } else {
        rule_head(x, "tls any any -> any any", kind);
        LF_PUT(&x->b, " ja3.hash; content:\"");
        content(&x->b, value);
        LF_PUT(&x->b, "\";");
        rule_end(x, kind, value);
    }
}

FORMAT_WRITER(format_suricata_write)
{
    struct out x;

    (void)a;
    open_out(&x, use, to, e);
    return finish(&x, each(&x, objects, n, suricata_put));
}

/* ---- Sigma ---- */

static void yaml_text(struct lf_buf *b, lf_view v)
{
    lf_buf_byte(b, '\''); /* within single quotes only the quote itself means something */
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '\'')
            lf_buf_byte(b, '\'');
        lf_buf_byte(b, v.ptr[i]);
    }
    lf_buf_byte(b, '\'');
}

/* A value without wildcards: Sigma's own are escaped. */
static void sigma_value(struct lf_buf *b, lf_view v)
{
    struct lf_buf t;

    lf_buf_init(&t, 2 * v.len + 1);
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '*' || v.ptr[i] == '?' || v.ptr[i] == '\\')
            lf_buf_byte(&t, '\\');
        lf_buf_byte(&t, v.ptr[i]);
    }
    yaml_text(b, lf_buf_view(&t));
    lf_buf_clear(&t);
}

static void sigma_put(struct out *x, enum lf_observable_kind kind, lf_view value)
{
    static const struct {
        enum lf_observable_kind kind;
        const char *category, *field, *modifier;
    } rows[] = {
        { LF_OBS_DOMAIN, "dns", "query", "" },
        { LF_OBS_IPV4, "firewall", "dst_ip", "" },
        { LF_OBS_IPV6, "firewall", "dst_ip", "" },
        { LF_OBS_NET4, "firewall", "dst_ip", "|cidr" },
        { LF_OBS_NET6, "firewall", "dst_ip", "|cidr" },
        { LF_OBS_URL, "proxy", "c-uri", "" },
        { LF_OBS_MD5, "process_creation", "Hashes", "|contains" },
        { LF_OBS_SHA1, "process_creation", "Hashes", "|contains" },
        { LF_OBS_SHA256, "process_creation", "Hashes", "|contains" },
    };
    size_t i = 0;

    while (i < sizeof rows / sizeof *rows && rows[i].kind != kind)
        i++;
    if (i == sizeof rows / sizeof *rows) {
        unsaid(x, kind, value);
        return;
    }
    if (x->number++)
        LF_PUT(&x->b, "---\n");
    LF_PUT(&x->b, "title: ");
    yaml_text(&x->b, lf_arena_printf(&x->a, "Indicator %s", lf_observable_kind_name(kind)));
    lf_buf_printf(&x->b, "\nid: %.*s\nstatus: experimental\ndescription: '",
                  LF_FMT(lf_uuid5(&x->a, LF_V("9f2c7c1a-6f0e-4a53-9d0b-7f6d1c3b5e21"),
                                  lf_arena_printf(&x->a, "sigma:%d:%.*s", (int)kind, LF_FMT(value)))));
    provenance(x);
    lf_buf_printf(&x->b, "'\nlogsource:\n    category: %s\n%sdetection:\n    selection:\n        %s%s: ",
                  rows[i].category,
                  strcmp(rows[i].category, "process_creation") == 0 ? "    product: windows\n" : "",
                  rows[i].field, rows[i].modifier);
    if (rows[i].modifier[0] == '|' && rows[i].modifier[2] == 'i')
        yaml_text(&x->b, value);
    else
        sigma_value(&x->b, value);
    LF_PUT(&x->b, "\n    condition: selection\nlevel: high\n");
}

/* Rules of Sigma that we hold are given as they are; values become small rules. */
static enum lf_code held_rules(struct out *x, const struct lf_json *const *objects, size_t n,
                               const char *type, const char *comment, const char *between)
{
    for (size_t i = 0; i < n; i++) {
        lf_view pattern = lf_json_str(objects[i], "pattern");

        if (!lf_view_is(lf_json_str(objects[i], "type"), "indicator") ||
            !lf_view_is(lf_json_str(objects[i], "pattern_type"), type) || !stands(x, objects[i]))
            continue;
        if (!pattern.len || lf_view_find_byte(pattern, '\0') != SIZE_MAX) {
            lost(x, pattern, "no text of a rule");
            continue;
        }
        if (x->number++)
            lf_buf_put(&x->b, lf_view_of(between));
        lf_buf_put(&x->b, lf_view_of(comment));
        provenance(x);
        lf_buf_byte(&x->b, '\n');
        lf_buf_put(&x->b, pattern);
        if (pattern.ptr[pattern.len - 1] != '\n')
            lf_buf_byte(&x->b, '\n');
        LF_TRY(flush(x, FLUSH_AT));
    }
    return LF_OK;
}

static bool other_type(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), "indicator") &&
           !lf_view_is(lf_json_str(o, "pattern_type"), type);
}

FORMAT_WRITER(format_sigma_write)
{
    const struct lf_json **rest = LF_NEW(a, const struct lf_json *, n + 1);
    size_t k = 0;
    struct out x;
    enum lf_code rc;

    open_out(&x, use, to, e);
    rc = held_rules(&x, objects, n, "sigma", "# ", "---\n");
    for (size_t i = 0; i < n; i++)
        if (other_type(objects[i], "sigma"))
            rest[k++] = objects[i];
    return finish(&x, rc == LF_OK ? each(&x, rest, k, sigma_put) : rc);
}

FORMAT_WRITER(format_yara_write)
{
    struct out x;
    enum lf_code rc;

    (void)a;
    open_out(&x, use, to, e);
    rc = held_rules(&x, objects, n, "yara", "// ", "\n");
    for (size_t i = 0; rc == LF_OK && i < n; i++)
        if (other_type(objects[i], "yara") && stands(&x, objects[i]))
            lost(&x, lf_json_str(objects[i], "pattern"),
                 "only rules of YARA are given as YARA: none is made of values");
    return finish(&x, rc);
}
