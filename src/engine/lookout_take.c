/* Which observables an event has. */
#include "engine/lookout_priv.h"

enum { DEPTH = 6, TEXT_VALUE = 2048, SHAPE = 7, SHORT = 8 };

/* ---- what a field's name says of its value ---- */

enum what {
    W_NONE,
    W_ADDRESS,
    W_NAME, /* a host name, perhaps with a port or an address instead */
    W_URL,  /* a whole URL; or only its path, which is none */
    W_SUM,  /* a sum, by its length */
    W_SUMS, /* MD5=…,SHA256=… */
    W_MAIL, /* addresses, perhaps in angle brackets, perhaps several */
    W_JA3,
    W_JA4,
    W_TEXT,     /* a command: URLs in it */
    W_ANSWERS,  /* what a name resolved to: addresses and names by ; or in a list */
    W_QUESTION, /* an object of ECS: the name in it is asked for */
    W_INNER,    /* something in W_QUESTION and W_ANSWERS, nothing elsewhere (user.name) */
    W_PASSED    /* never looked at */
};

static const struct {
    const char *name;
    enum what what;
} fields[] = {
    /* ECS */
    { "source.ip", W_ADDRESS },
    { "destination.ip", W_ADDRESS },
    { "client.ip", W_ADDRESS },
    { "server.ip", W_ADDRESS },
    { "source.address", W_NAME },
    { "destination.address", W_NAME },
    { "source.domain", W_NAME },
    { "destination.domain", W_NAME },
    { "url.domain", W_NAME },
    { "url.full", W_URL },
    { "url.original", W_URL },
    { "dns.question.name", W_NAME },
    { "dns.resolved_ip", W_ANSWERS },
    { "tls.client.server_name", W_NAME },
    { "tls.client.ja3", W_JA3 },
    { "file.hash.md5", W_SUM },
    { "file.hash.sha1", W_SUM },
    { "file.hash.sha256", W_SUM },
    { "file.hash.sha512", W_SUM },
    { "process.hash.md5", W_SUM },
    { "process.hash.sha1", W_SUM },
    { "process.hash.sha256", W_SUM },
    { "email.from.address", W_MAIL },
    { "email.to.address", W_MAIL },
    { "http.request.referrer", W_URL },
    { "url.query.decoded", W_TEXT },
    { "dns.answers.data", W_ANSWERS },
    { "dns.answers.name", W_NAME },
    /* the same nested: the last name alone */
    { "question", W_QUESTION },
    { "name", W_INNER },
    { "data", W_INNER },
    { "ip", W_ADDRESS },
    { "address", W_NAME },
    { "domain", W_NAME },
    { "resolved_ip", W_ANSWERS },
    { "server_name", W_NAME },
    { "md5", W_SUM },
    { "sha1", W_SUM },
    { "sha256", W_SUM },
    { "sha512", W_SUM },
    { "ja3", W_JA3 },
    { "ja4", W_JA4 },
    /* Sigma's taxonomy: web, proxy, dns, firewall */
    { "src_ip", W_ADDRESS },
    { "dst_ip", W_ADDRESS },
    { "c-ip", W_ADDRESS },
    { "s-ip", W_ADDRESS },
    { "r-ip", W_ADDRESS },
    { "cs-host", W_NAME },
    { "r-dns", W_NAME },
    { "c-uri", W_URL },
    { "cs-uri", W_URL },
    { "cs-referer", W_URL },
    { "cs-referrer", W_URL },
    { "query", W_NAME },
    { "answer", W_ANSWERS },
    { "answers", W_ANSWERS },
    { "dst_host", W_NAME },
    /* Windows and Sysmon */
    { "SourceIp", W_ADDRESS },
    { "DestinationIp", W_ADDRESS },
    { "DestinationHostname", W_NAME },
    { "SourceAddress", W_ADDRESS },
    { "DestAddress", W_ADDRESS },
    { "IpAddress", W_ADDRESS },
    { "ClientAddress", W_ADDRESS },
    { "QueryName", W_NAME },
    { "QueryResults", W_ANSWERS },
    { "Hashes", W_SUMS },
    { "Hash", W_SUMS },
    { "md5sum", W_SUM },
    { "CommandLine", W_TEXT },
    { "ParentCommandLine", W_TEXT },
    { "ScriptBlockText", W_TEXT },
    { "Contents", W_TEXT },
    /* Zeek */
    { "id.orig_h", W_ADDRESS },
    { "id.resp_h", W_ADDRESS },
    { "server_name", W_NAME },
    { "host", W_NAME },
    { "mailfrom", W_MAIL },
    { "rcptto", W_MAIL },
    { "from", W_MAIL },
    { "to", W_MAIL },
    { "ja3s", W_JA3 },
    /* Suricata EVE */
    { "dest_ip", W_ADDRESS },
    { "rrname", W_NAME },
    { "rdata", W_ANSWERS },
    { "sni", W_NAME },
    { "hostname", W_NAME },
    { "url", W_URL },
    { "hash", W_SUM },
    { "http_refer", W_URL },
    { "mail_from", W_MAIL },
    { "rcpt_to", W_MAIL },
    /* firewalls */
    { "src", W_ADDRESS },
    { "dst", W_ADDRESS },
    { "srcip", W_ADDRESS },
    { "dstip", W_ADDRESS },
    { "source_ip", W_ADDRESS },
    { "dest", W_NAME },
    { "destination_ip", W_ADDRESS },
    { "fileHash", W_SUM },
    { "request", W_URL },
    { "dhost", W_NAME },
    { "suser", W_MAIL },
    { "duser", W_MAIL },
    /* no observables, and often of the shape of one or long */
    { "message", W_PASSED },
    { "Message", W_PASSED },
    { "@timestamp", W_PASSED },
    { "@version", W_PASSED },
    { "Version", W_PASSED },
    { "FileVersion", W_PASSED },
    { "ProviderGuid", W_PASSED },
    { "event.original", W_PASSED },
    { "port", W_PASSED },
};

/* ---- which members are worth a look ----
 *
 * Most members of most events are none, and which is which no branch predictor can know:
 * so a few bits are computed for each without a branch, from the ends of the name and the first
 * eight bytes of the value, and only what they let through is looked at. */

/* The place in the gate of a name of one byte and more. */
static inline uint32_t gate_at(const char *p, size_t len)
{
    uint32_t x = (unsigned char)p[0] | (uint32_t)(unsigned char)p[len - 1] << 8 | (uint32_t)len << 16;

    return (x * 0x9e3779b1u) >> 20;
}
static_assert(LOOKOUT_GATE == 1 << (32 - 20), "what the hash leaves");

static inline uint64_t load8(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return x;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Which bytes of x are `byte`: bit 7 of each (of those behind the first one perhaps too). */
static inline uint64_t bytes_of(uint64_t x, unsigned char byte)
{
    x ^= EACH(byte);
    return (x - EACH(1)) & ~x & EACH(0x80);
}

/* Whether the value may be an observable by its shape: what take_shape takes and a little
 * more.  A dot stands at the second to fourth byte, or a colon at the second to sixth, but not
 * that of C:\; or its length is that of a sum and it begins with eight digits of one. */
static inline bool shaped(const char *p, size_t len)
{
    static const char none[SHORT];
    uint64_t x = load8(len >= SHORT ? p : none);
    uint64_t dot = bytes_of(x, '.') & UINT64_C(0x0000000080808000);
    uint64_t colon = bytes_of(x, ':') & UINT64_C(0x0000808080808000);

    if (__builtin_expect((len == 32) | (len == 40) | (len == 64) | (len == 128), 0) &&
        lf_observable_no_digits(x) == 0)
        return true;
    /* Seven bytes are too few to load; few values have so many. */
    return (dot != 0) | ((colon != 0) & ((x & 0xffff00) != 0x5c3a00)) | (len == SHAPE);
}
#undef EACH

static inline bool worth(const struct lookout_fields *f, lf_view name, const struct lf_json *v)
{
    static const char none[1];
    enum lf_json_kind kind = lf_json_kind(v);
    lf_view value = lf_json_text(v);
    uint32_t at = gate_at(name.len ? name.ptr : none, name.len ? name.len : 1);
    bool named = f->gate[at / 64] >> at % 64 & 1;

    return ((kind == LF_JSON_STRING) & (named | shaped(value.ptr, value.len))) | (kind >= LF_JSON_ARRAY);
}
static_assert(LF_JSON_ARRAY > LF_JSON_STRING && LF_JSON_OBJECT > LF_JSON_ARRAY, "containers come last");

static inline uint32_t name_hash(lf_view v)
{
    uint64_t a = 0, b = 0;

    if (v.len >= 8) {
        a = load8(v.ptr);
        b = load8(v.ptr + v.len - 8);
    } else {
        for (size_t i = 0; i < v.len; i++)
            a = a << 8 | (unsigned char)v.ptr[i];
    }
    a = (a ^ (b << 29 | b >> 35) ^ v.len) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(a >> 40) % LOOKOUT_NAMES;
}

static inline enum what what_of(const struct lookout_fields *f, lf_view name)
{
    if (name.len > LOOKOUT_NAME)
        return W_NONE;
    for (uint32_t i = name_hash(name); f->names[i].len; i = (i + 1) % LOOKOUT_NAMES)
        if (f->names[i].len == name.len && memcmp(f->names[i].text, name.ptr, name.len) == 0)
            return (enum what)f->names[i].what;
    return W_NONE;
}

void lookout_fields_init(struct lookout_fields *f)
{
    static_assert(sizeof fields / sizeof *fields * 2 < LOOKOUT_NAMES, "a free place ends each search");

    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_view name = lf_view_of(fields[i].name);
        uint32_t at = name_hash(name), bit = gate_at(name.ptr, name.len);

        LF_ASSERT(name.len <= LOOKOUT_NAME);
        /* One that stands twice means what it says first. */
        if (what_of(f, name) != W_NONE)
            continue;
        while (f->names[at].len)
            at = (at + 1) % LOOKOUT_NAMES;
        f->names[at].what = (uint8_t)fields[i].what;
        f->names[at].len = (uint8_t)name.len;
        memcpy(f->names[at].text, name.ptr, name.len);
        if (fields[i].what != W_PASSED)
            f->gate[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

/* ---- values that are not in the set ----
 *
 * Senders say the same again and again (their own name, above all), and next to nothing of it is in
 * the set: what was asked about a while ago in vain is not asked again before the set changes. */

static inline size_t place_of(enum lf_observable_kind kind, lf_view v)
{
    uint64_t x = load8(v.ptr) * 0x9e3779b97f4a7c15u ^ load8(v.ptr + v.len - 8) ^ v.len << 8 ^ kind;

    return (x * 0xd6e8feb86659fd93u) >> 58;
}
static_assert(LOOKOUT_ABSENT == 1 << (64 - 58), "what the hash leaves");

size_t lookout_absent_place(enum lf_observable_kind kind, lf_view v)
{
    return v.len < SHORT || v.len > LOOKOUT_VALUE ? LOOKOUT_ABSENT : place_of(kind, v);
}

static inline bool absent(const struct lookout_look *l, enum lf_observable_kind kind, lf_view v)
{
    const struct lookout_absent *at;

    if (v.len < SHORT || v.len > LOOKOUT_VALUE)
        return false;
    at = &l->absent[place_of(kind, v)];
    return at->len == v.len && at->kind == kind && memcmp(at->text, v.ptr, v.len) == 0;
}

/* ---- observables of an event ---- */

/* False when it is no value of the kind.  What it is asked under is fetched from memory
 * while the rest of the event is looked at. */
static bool take(struct lookout_look *l, enum lf_observable_kind kind, lf_view text)
{
    const struct lf_ioc_set *set = l->set;
    char bytes[LF_OBSERVABLE_BYTES];
    struct lf_ioc_key own;
    struct lookout_seen *s;
    size_t n;

    if (!lf_ioc_asks(set, kind) && kind != LF_OBS_IPV4 && kind != LF_OBS_IPV6)
        return true;
    if (absent(l, kind, text))
        return true;
    /* Events say the same under several names. */
    for (size_t i = 0; i < l->n; i++)
        if (l->seen[i].value.ptr == text.ptr && l->seen[i].value.len == text.len && l->seen[i].kind == kind)
            return true;
    if (!lf_observable_bytes(kind, text, bytes, &n))
        return false;
    if (l->n == LF_LOOKOUT_OBSERVABLES || l->nkeys + LF_IOC_KEYS > LOOKOUT_PROBES)
        return true;
    own = lf_ioc_hash(set, kind, bytes, n);
    for (size_t i = 0; i < l->n; i++)
        if (l->seen[i].own.a == own.a && l->seen[i].own.b == own.b)
            return true;
    s = &l->seen[l->n++];
    *s = (struct lookout_seen){ kind, text, own, (uint16_t)l->nkeys, 0 };
    s->nkeys = (uint16_t)lf_ioc_keys(set, kind, bytes, n, own, l->keys + l->nkeys, l->exact + l->nkeys);
    lf_ioc_fetch(set, l->keys + l->nkeys, s->nkeys);
    l->nkeys += s->nkeys;
    return true;
}

static inline bool address_byte(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f') || c == ':';
}

/* The first bytes tell an address from most else. */
static bool take_address(struct lookout_look *l, lf_view v)
{
    size_t n = v.len;

    if (n < 2 || n > 45)
        return false;
    /* ::ffff:192.0.2.1 is the address in it. */
    if (n > 9 && v.ptr[0] == ':' && lf_view_eq_nocase(lf_view_first(v, 7), LF_V("::ffff:")) &&
        lf_view_find_byte(v, '.') != SIZE_MAX) {
        v = lf_view_from(v, 7);
        n = v.len;
    }
    for (size_t i = 0; i < n && i < 5; i++) {
        char c = v.ptr[i];

        if (c == '.') {
            if (i == 0 || i > 3 || n < 7 || n > 15)
                return false;
            return take(l, LF_OBS_IPV4, v);
        }
        if (c == ':') /* not of a path, a time, a scheme */
            return i + 1 < n && address_byte(v.ptr[i + 1]) && address_byte(v.ptr[n - 1]) &&
                   take(l, LF_OBS_IPV6, v);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return false;
}

static void take_host(struct lookout_look *l, lf_view v)
{
    size_t colon;

    if (v.len < 3)
        return;
    if (v.ptr[0] == '[') { /* [2001:db8::1]:443 */
        size_t end = lf_view_find_byte(v, ']');

        if (end != SIZE_MAX)
            (void)take_address(l, (lf_view){ v.ptr + 1, end - 1 });
        return;
    }
    if (take_address(l, v))
        return;
    colon = lf_view_find_byte(v, ':');
    if (colon != SIZE_MAX) {
        v = lf_view_first(v, colon);
        if (take_address(l, v))
            return;
    }
    /* One label is no name that anyone shares. */
    if (v.len > 3 && v.len < 256 && memchr(v.ptr, '.', v.len - 1))
        (void)take(l, LF_OBS_DOMAIN, v);
}

static void take_url(struct lookout_look *l, lf_view v)
{
    lf_view host = lf_url_host(v);

    if (!host.len)
        return;
    (void)take(l, LF_OBS_URL, v);
    take_host(l, host);
}

static void take_sum(struct lookout_look *l, lf_view v)
{
    switch (v.len) {
    case 32:
        (void)take(l, LF_OBS_MD5, v);
        break;
    case 40:
        (void)take(l, LF_OBS_SHA1, v);
        break;
    case 64:
        (void)take(l, LF_OBS_SHA256, v);
        break;
    case 128:
        (void)take(l, LF_OBS_SHA512, v);
        break;
    default:
        break;
    }
}

/* URLs in a longer text: what stands before :// as far as letters go, and after it as
 * far as no blank or quote. */
static void take_urls(struct lookout_look *l, lf_view v)
{
    size_t from = 0;

    v = lf_view_first(v, LF_LOOKOUT_TEXT);
    while (from < v.len) {
        const char *c = memchr(v.ptr + from, ':', v.len - from);
        size_t at, begin, end;

        if (!c)
            return;
        at = (size_t)(c - v.ptr);
        from = at + 1;
        if (at + 4 > v.len || v.ptr[at + 1] != '/' || v.ptr[at + 2] != '/')
            continue;
        for (begin = at; begin > 0 && at - begin < 8; begin--) {
            char x = (char)(v.ptr[begin - 1] | 32);

            if (x < 'a' || x > 'z')
                break;
        }
        for (end = at + 3; end < v.len; end++) {
            unsigned char x = (unsigned char)v.ptr[end];

            if (x <= ' ' || x == '"' || x == '\'' || x == '<' || x == '>' || x == '`' || x == '|' ||
                x == ')' || x == ';')
                break;
        }
        take_url(l, (lf_view){ v.ptr + begin, end - begin });
        from = end;
    }
}

static void take_mails(struct lookout_look *l, lf_view v)
{
    size_t from = 0;

    v = lf_view_first(v, LF_LOOKOUT_TEXT);
    while (from < v.len) {
        const char *c = memchr(v.ptr + from, '@', v.len - from);
        size_t at, begin, end;
        lf_view whole;

        if (!c)
            return;
        at = (size_t)(c - v.ptr);
        for (begin = at;
             begin > 0 && (unsigned char)v.ptr[begin - 1] > ' ' && !strchr("<>,;:\"()[]", v.ptr[begin - 1]);
             begin--)
            ;
        for (end = at + 1;
             end < v.len && (unsigned char)v.ptr[end] > ' ' && !strchr("<>,;:\"()[]", v.ptr[end]); end++)
            ;
        whole = (lf_view){ v.ptr + begin, end - begin };
        (void)take(l, LF_OBS_EMAIL, whole);
        take_host(l, lf_view_from(v, at + 1).len ? (lf_view){ v.ptr + at + 1, end - at - 1 }
                                                 : (lf_view){ "", 0 });
        from = end;
    }
}

/* "type:  5 cdn.example;::ffff:192.0.2.1;" and lists by comma. */
static void take_answers(struct lookout_look *l, lf_view v)
{
    size_t i = 0;

    v = lf_view_first(v, LF_LOOKOUT_TEXT);
    while (i < v.len) {
        size_t n = 0;

        while (i + n < v.len && (unsigned char)v.ptr[i + n] > ' ' && v.ptr[i + n] != ';' &&
               v.ptr[i + n] != ',')
            n++;
        if (n > 3)
            take_host(l, (lf_view){ v.ptr + i, n });
        i += n + 1;
    }
}

static void take_sums(struct lookout_look *l, lf_view v)
{
    lf_view part;

    v = lf_view_first(v, 1024);
    while (lf_view_split(&v, ',', &part)) {
        size_t eq = lf_view_find_byte(part, '=');

        if (eq == SIZE_MAX) {
            take_sum(l, lf_view_trim(part));
        } else {
            lf_view name = lf_view_trim(lf_view_first(part, eq));

            /* IMPHASH is an MD5 by its length and not by its meaning. */
            if (!lf_view_eq_nocase(name, LF_V("IMPHASH")))
                take_sum(l, lf_view_trim(lf_view_from(part, eq + 1)));
        }
    }
}

/* A value whose field says nothing: by its length and first bytes. */
static inline void take_shape(struct lookout_look *l, lf_view v)
{
    if (v.len < 7)
        return;
    if (v.len <= 45 && take_address(l, v))
        return;
    /* Of digits all through, or it is none. */
    if (v.len == 32 || v.len == 40 || v.len == 64 || v.len == 128)
        take_sum(l, v);
    if (v.len > 9 && (v.ptr[4] == ':' || v.ptr[5] == ':' || v.ptr[3] == ':') && (v.ptr[0] | 32) >= 'a' &&
        (v.ptr[5] == '/' || v.ptr[6] == '/'))
        take_url(l, lf_view_first(v, TEXT_VALUE));
}

static void take_text(struct lookout_look *l, enum what what, lf_view v)
{
    switch (what) {
    case W_NONE:
        take_shape(l, v);
        break;
    case W_ADDRESS:
        if (!take_address(l, v) && v.len > 3)
            take_host(l, v);
        break;
    case W_NAME:
        take_host(l, lf_view_first(v, TEXT_VALUE));
        break;
    case W_URL:
        take_url(l, lf_view_first(v, TEXT_VALUE));
        break;
    case W_SUM:
        take_sum(l, v);
        break;
    case W_SUMS:
        take_sums(l, v);
        break;
    case W_MAIL:
        take_mails(l, v);
        break;
    case W_JA3:
        (void)take(l, LF_OBS_JA3, v);
        break;
    case W_JA4:
        (void)take(l, LF_OBS_JA4, v);
        break;
    case W_TEXT:
        take_urls(l, v);
        break;
    case W_ANSWERS:
        take_answers(l, v);
        break;
    case W_QUESTION:
    case W_INNER:
    case W_PASSED:
        break;
    }
}

/* What a member is in an object that is itself `around`: dns.question.name,
 * dns.answers.data, email.from.address; ja3 of EVE is an object with the sum under
 * "hash". */
static inline enum what within(enum what around, enum what own)
{
    if (own == W_SUM && around == W_JA3)
        return W_JA3;
    if (own == W_NAME && around == W_MAIL)
        return W_MAIL;
    if (own == W_INNER)
        return around == W_QUESTION ? W_NAME : around == W_ANSWERS ? W_ANSWERS : W_NONE;
    return own;
}

static void walk(struct lookout_look *l, enum what what, const struct lf_json *v, unsigned depth)
{
    switch (lf_json_kind(v)) {
    case LF_JSON_STRING:
        if (v->n > 1)
            take_text(l, what, lf_json_text(v));
        break;
    case LF_JSON_OBJECT:
        if (depth < DEPTH && what != W_PASSED)
            for (size_t i = 0; i < lf_json_members(v); i++) {
                enum what w;
                lf_view name = lf_json_key(v, i);

                if (!worth(l->fields, name, lf_json_member(v, i)))
                    continue;
                w = what_of(l->fields, name);
                walk(l, within(what, w), lf_json_member(v, i), depth + 1);
            }
        break;
    case LF_JSON_ARRAY:
        if (depth < DEPTH && what != W_PASSED)
            for (size_t i = 0; i < lf_json_items(v) && i < 256; i++)
                walk(l, what, lf_json_item(v, i), depth + 1);
        break;
    default:
        break;
    }
}

/* The members of a document whose names were looked at before: as walk() does. */
static void walk_shape(struct lookout_look *l, const struct lf_json *doc, const struct lf_shape *shape)
{
    struct lookout_named *named = &l->named[shape->number];

    if (!lf_shape_is(shape, named->shape)) {
        memcpy(named->shape, shape->id, sizeof named->shape);
        named->n = 0;
        for (size_t i = 0; i < shape->n; i++) {
            enum what what = what_of(l->fields, lf_json_key(doc, i));

            if (what == W_PASSED)
                continue;
            named->at[named->n].member = (uint8_t)i;
            named->at[named->n].any = what != W_NONE;
            named->at[named->n++].what = (uint8_t)within(W_NONE, what);
        }
    }
    for (size_t i = 0; i < named->n; i++) {
        const struct lf_json *v = lf_json_member(doc, named->at[i].member);
        lf_view value = lf_json_text(v);

        if (((v->kind == LF_JSON_STRING) & (named->at[i].any | shaped(value.ptr, value.len))) |
            (v->kind >= LF_JSON_ARRAY))
            walk(l, (enum what)named->at[i].what, v, 1);
    }
}
static_assert(LF_SHAPE_MEMBERS <= UINT8_MAX, "a member's place is a byte");

/* Words of what nobody understood. */
static void words(struct lookout_look *l, lf_view v)
{
    size_t i = 0;

    v = lf_view_first(v, LF_LOOKOUT_TEXT);
    take_urls(l, v);
    if (memchr(v.ptr, '@', v.len))
        take_mails(l, v);
    while (i < v.len) {
        size_t n = 0;
        lf_view w;

        while (i + n < v.len) {
            unsigned char c = (unsigned char)v.ptr[i + n];

            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                  c == '-' || c == '_' || c == ':'))
                break;
            n++;
        }
        w = (lf_view){ v.ptr + i, n };
        while (w.len && (w.ptr[w.len - 1] == '.' || w.ptr[w.len - 1] == ':'))
            w.len--;
        if (w.len == 32 || w.len == 40 || w.len == 64 || w.len == 128)
            take_sum(l, w);
        if (w.len > 3)
            take_host(l, w);
        i += n + 1;
    }
}

void lookout_take(struct lookout_look *l, const struct lf_event *ev)
{
    lf_view text;

    l->n = l->nkeys = 0;
    if (ev->shape.n > 0)
        walk_shape(l, ev->doc, &ev->shape);
    else
        walk(l, W_NONE, ev->doc, 0);
    if (!ev->raw)
        return;
    text = lf_json_str(ev->doc, "message");
    if (text.len)
        words(l, text);
}
