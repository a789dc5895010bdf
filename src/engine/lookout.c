#include "engine/lookout.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/map.h"
#include "engine/detect.h"

enum { DEPTH = 6, PROBES = 512, NAMES = 512, AGAIN = 8192, TEXT_VALUE = 2048, GATE_BITS = 14 };

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

struct named {
    lf_view name;
    uint8_t what;
};

/* ---- the lookout ---- */

/* A counted indicator. */
struct counted {
    struct counted *next; /* in the table's chain */
    struct lf_lookout_sighting s;
    char value[LF_LOOKOUT_SHOWN], list[LF_LOOKOUT_LIST];
};

/* When an indicator last made a finding on a host: a hash of both. */
struct again {
    uint64_t key;
    lf_time at;
};

struct lf_lookout {
    struct lf_ioc_set *set;
    uint64_t seed[4];
    const struct lf_warninglists *lists;
    struct named names[NAMES];            /* open addressing */
    uint64_t gate[(1 << GATE_BITS) / 64]; /* names that say what a value is, by gate_at */
    struct counted *counted, *chain[LF_LOOKOUT_SIGHTINGS];
    size_t ncounted;
    struct again again[AGAIN];
    uint64_t hits, lost;
};

static inline uint32_t name_hash(lf_view v)
{
    uint64_t a = 0, b = 0;

    if (v.len >= 8) {
        memcpy(&a, v.ptr, 8);
        memcpy(&b, v.ptr + v.len - 8, 8);
    } else {
        for (size_t i = 0; i < v.len; i++)
            a = a << 8 | (unsigned char)v.ptr[i];
    }
    a = (a ^ (b << 29 | b >> 35) ^ v.len) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(a >> 40);
}

/* ---- which members are worth a look ----
 *
 * Most members of most events are none, and which is which no branch predictor can know:
 * so a few bits are computed for each without a branch, from four bytes at each end of
 * the name and eight of the value, and only what they let through is looked at. */

static inline uint32_t load4(const char *p)
{
    uint32_t x;

    memcpy(&x, p, 4);
    return x;
}

/* The place in the gate of a name of four bytes and more. */
static inline uint32_t gate_at(const char *p, size_t len)
{
    uint32_t x = load4(p) * 0x9e3779b1u ^ (load4(p + len - 4) + (uint32_t)len) * 0x85ebca6bu;

    return x >> (32 - GATE_BITS);
}

static void gate_open(struct lf_lookout *w, lf_view name)
{
    if (name.len >= 4)
        w->gate[gate_at(name.ptr, name.len) / 64] |= UINT64_C(1) << gate_at(name.ptr, name.len) % 64;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Which bytes of x are `byte`: bit 7 of each (of those behind the first one perhaps too). */
static inline uint64_t bytes_of(uint64_t x, unsigned char byte)
{
    x ^= EACH(byte);
    return (x - EACH(1)) & ~x & EACH(0x80);
}

/* Whether the value may be an observable by its shape: what take_shape takes and a little
 * more.  A dot stands at the second to fourth byte, or a colon at the first six, but not
 * that of C:\; or its length is that of a sum and it begins with eight digits of one. */
static inline uint64_t shaped(const char *p, size_t len)
{
    static const char zeros[8];
    uint64_t x, dot, colon, letter, digit, sum;

    p = len >= 7 ? p : zeros;
    len = len >= 7 ? len : 8;
    x = load4(p) | (uint64_t)load4(p + (len >= 8 ? 4 : 3)) << (len >= 8 ? 32 : 24);
    dot = bytes_of(x, '.') & UINT64_C(0x0000000080808000);
    colon = bytes_of(x, ':') & UINT64_C(0x0000808080808080);
    colon = (x & 0xffff00) == 0x5c3a00 ? 0 : colon;
    digit = (x ^ EACH('0')) + EACH(0x80 - 10); /* bit 7: none, as below, of plain ASCII */
    letter = (x | EACH(0x20)) ^ EACH(0x60);
    letter = ~(letter + EACH(0x80 - 1)) | (letter + EACH(0x80 - 7));
    sum = (((digit & letter) | x) & EACH(0x80)) == 0;
    return dot | colon | (sum & ((len == 32) | (len == 40) | (len == 64) | (len == 128)));
}
#undef EACH

static inline bool worth(const struct lf_lookout *w, lf_view name, const struct lf_json *v)
{
    static const char zeros[4];
    enum lf_json_kind kind = lf_json_kind(v);
    bool text = kind == LF_JSON_STRING;
    lf_view value = lf_json_text(v);
    uint32_t at = gate_at(name.len >= 4 ? name.ptr : zeros, name.len >= 4 ? name.len : 4);
    uint64_t named = (w->gate[at / 64] >> at % 64 & 1) | (name.len < 4);

    return (text & ((named | shaped(value.ptr, value.len)) != 0)) | (kind == LF_JSON_ARRAY) |
           (kind == LF_JSON_OBJECT);
}

static inline enum what what_of(const struct lf_lookout *w, lf_view name)
{
    for (uint32_t i = name_hash(name) % NAMES; w->names[i].name.ptr; i = (i + 1) % NAMES)
        if (w->names[i].name.len == name.len && memcmp(w->names[i].name.ptr, name.ptr, name.len) == 0)
            return (enum what)w->names[i].what;
    return W_NONE;
}

struct lf_lookout *lf_lookout_create(const uint64_t seed[4])
{
    struct lf_lookout *w = calloc(1, sizeof *w);

    if (!w)
        LF_BUG("out of memory for the watch");
    memcpy(w->seed, seed, sizeof w->seed);
    w->set = lf_ioc_set_create(seed);
    w->counted = calloc(LF_LOOKOUT_SIGHTINGS, sizeof *w->counted);
    if (!w->counted)
        LF_BUG("out of memory for sightings");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_view name = lf_view_of(fields[i].name);
        uint32_t at = name_hash(name) % NAMES;

        while (w->names[at].name.ptr && !lf_view_eq(w->names[at].name, name))
            at = (at + 1) % NAMES;
        w->names[at] = (struct named){ name, (uint8_t)fields[i].what };
        if (fields[i].what != W_PASSED)
            gate_open(w, name);
    }
    return w;
}

void lf_lookout_destroy(struct lf_lookout *w)
{
    if (!w)
        return;
    lf_ioc_set_destroy(w->set);
    free(w->counted);
    free(w);
}

struct lf_ioc_set *lf_lookout_set(struct lf_lookout *w)
{
    return w->set;
}

void lf_lookout_clear(struct lf_lookout *w)
{
    lf_ioc_set_destroy(w->set);
    w->set = lf_ioc_set_create(w->seed);
}

void lf_lookout_allow(struct lf_lookout *w, const struct lf_warninglists *lists)
{
    w->lists = lists;
}

uint64_t lf_lookout_lost(const struct lf_lookout *w)
{
    return w->lost;
}

uint64_t lf_lookout_hits(const struct lf_lookout *w)
{
    return w->hits;
}

size_t lf_lookout_counted(const struct lf_lookout *w)
{
    return w->ncounted;
}

void lf_lookout_forget(struct lf_lookout *w)
{
    memset(w->again, 0, sizeof w->again);
}

/* ---- observables of an event ---- */

struct seen {
    enum lf_observable_kind kind;
    lf_view value;
    struct lf_ioc_key own;
    uint16_t first, nkeys; /* its probes */
};

struct look {
    const struct lf_lookout *w;
    struct seen seen[LF_LOOKOUT_OBSERVABLES];
    size_t n;
    struct lf_ioc_key keys[PROBES];
    bool exact[PROBES];
    size_t nkeys;
};

/* False when it is no value of the kind.  What it is asked under is fetched from memory
 * while the rest of the event is looked at. */
static bool take(struct look *l, enum lf_observable_kind kind, lf_view text)
{
    const struct lf_ioc_set *set = l->w->set;
    char bytes[LF_OBSERVABLE_BYTES];
    struct lf_ioc_key own;
    struct seen *s;
    size_t n;

    if (!lf_ioc_asks(set, kind) && kind != LF_OBS_IPV4 && kind != LF_OBS_IPV6)
        return true;
    /* Events say the same under several names. */
    for (size_t i = 0; i < l->n; i++)
        if (l->seen[i].value.ptr == text.ptr && l->seen[i].value.len == text.len && l->seen[i].kind == kind)
            return true;
    if (!lf_observable_bytes(kind, text, bytes, &n))
        return false;
    if (l->n == LF_LOOKOUT_OBSERVABLES || l->nkeys + LF_IOC_KEYS > PROBES)
        return true;
    own = lf_ioc_hash(set, kind, bytes, n);
    for (size_t i = 0; i < l->n; i++)
        if (l->seen[i].own.a == own.a && l->seen[i].own.b == own.b)
            return true;
    s = &l->seen[l->n++];
    *s = (struct seen){ kind, text, own, (uint16_t)l->nkeys, 0 };
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
static bool take_address(struct look *l, lf_view v)
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

static void take_host(struct look *l, lf_view v)
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

static void take_url(struct look *l, lf_view v)
{
    lf_view host = lf_url_host(v);

    if (!host.len)
        return;
    (void)take(l, LF_OBS_URL, v);
    take_host(l, host);
}

static void take_sum(struct look *l, lf_view v)
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
static void take_urls(struct look *l, lf_view v)
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

static void take_mails(struct look *l, lf_view v)
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
static void take_answers(struct look *l, lf_view v)
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

static void take_sums(struct look *l, lf_view v)
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

static bool hexadecimal(lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

/* A value whose field says nothing: by its length and first bytes. */
static inline void take_shape(struct look *l, lf_view v)
{
    if (v.len < 7)
        return;
    if (v.len <= 45 && take_address(l, v))
        return;
    if ((v.len == 32 || v.len == 40 || v.len == 64 || v.len == 128) && hexadecimal(v)) {
        take_sum(l, v);
        return;
    }
    if (v.len > 9 && (v.ptr[4] == ':' || v.ptr[5] == ':' || v.ptr[3] == ':') && (v.ptr[0] | 32) >= 'a' &&
        (v.ptr[5] == '/' || v.ptr[6] == '/'))
        take_url(l, lf_view_first(v, TEXT_VALUE));
}

static void take_text(struct look *l, enum what what, lf_view v)
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

static void walk(struct look *l, enum what what, const struct lf_json *v, unsigned depth)
{
    switch (lf_json_kind(v)) {
    case LF_JSON_STRING:
        if (v->n > 1)
            take_text(l, what, lf_json_text(v));
        break;
    case LF_JSON_OBJECT:
        if (depth < DEPTH && what != W_PASSED)
            for (size_t i = 0; i < lf_json_count(v); i++) {
                enum what w;
                lf_view name = lf_json_key(v, i);

                if (!worth(l->w, name, lf_json_member(v, i)))
                    continue;
                w = what_of(l->w, name);
                walk(l, within(what, w), lf_json_member(v, i), depth + 1);
            }
        break;
    case LF_JSON_ARRAY:
        if (depth < DEPTH && what != W_PASSED)
            for (size_t i = 0; i < lf_json_count(v) && i < 256; i++)
                walk(l, what, lf_json_item(v, i), depth + 1);
        break;
    default:
        break;
    }
}

/* Words of what nobody understood. */
static void words(struct look *l, lf_view v)
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

size_t lf_lookout_event(struct lf_lookout *w, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                        struct lf_lookout_hit **out)
{
    const struct lf_ioc *found[PROBES];
    struct lf_lookout_hit *hits = NULL;
    struct look l;
    size_t n = 0, cap = 0;

    *out = NULL;
    if (!lf_ioc_set_count(w->set))
        return 0;
    l.w = w;
    l.n = l.nkeys = 0;
    walk(&l, W_NONE, ev->doc, 0);
    if (ev->raw) {
        lf_view text = lf_json_str(ev->doc, "message");

        if (text.len)
            words(&l, text);
    }
    if (!l.nkeys || !lf_ioc_find(w->set, l.keys, l.nkeys, found))
        return 0;
    for (size_t i = 0; i < l.n; i++) {
        const struct seen *s = &l.seen[i];

        for (size_t k = s->first; k < (size_t)s->first + s->nkeys; k++)
            for (const struct lf_ioc *x = found[k]; x; x = lf_ioc_next(w->set, l.keys[k], x)) {
                if (!lf_ioc_counts(x, l.exact[k], now))
                    continue;
                hits = lf_arena_grow(a, hits, n, &cap, sizeof *hits);
                hits[n++] = (struct lf_lookout_hit){
                    .kind = s->kind,
                    .value = s->value,
                    .what = *x,
                    .exact = k == s->first,
                    .list = w->lists ? lf_warninglists_has(w->lists, s->kind, s->value) : (lf_view){ "", 0 },
                };
            }
    }
    w->hits += n;
    *out = hits;
    return n;
}

/* ---- sightings and findings ---- */

static uint64_t id_hash(const uint8_t id[16])
{
    uint64_t a, b;

    memcpy(&a, id, 8);
    memcpy(&b, id + 8, 8);
    return (a ^ b * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
}

static void count(struct lf_lookout *w, const struct lf_lookout_hit *h, const struct lf_event *ev, lf_time at)
{
    struct counted **chain = &w->chain[id_hash(h->what.id) >> 32 & (LF_LOOKOUT_SIGHTINGS - 1)], *c;
    lf_view shown = lf_view_first(h->value, LF_LOOKOUT_SHOWN), list = lf_view_first(h->list, LF_LOOKOUT_LIST);

    for (c = *chain; c && memcmp(c->s.id, h->what.id, 16) != 0; c = c->next)
        ;
    if (!c) {
        if (w->ncounted == LF_LOOKOUT_SIGHTINGS) {
            w->lost++;
            return;
        }
        c = &w->counted[w->ncounted++];
        *c = (struct counted){ .next = *chain,
                               .s = { .first = at, .last = at, .position_first = ev->position } };
        memcpy(c->s.id, h->what.id, 16);
        *chain = c;
    }
    shown = lf_view_first(shown, lf_view_find_byte(shown, '\0'));
    while (shown.len && !lf_view_is_utf8(shown))
        shown.len--;
    if (shown.len)
        memcpy(c->value, shown.ptr, shown.len);
    c->s.value = (lf_view){ c->value, shown.len };
    c->s.kind = h->kind;
    while (list.len && !lf_view_is_utf8(list))
        list.len--;
    if (list.len) /* a copy: other lists may be in force when this is taken */
        memcpy(c->list, list.ptr, list.len);
    c->s.list = (lf_view){ c->list, list.len };
    c->s.count++;
    if (at < c->s.first)
        c->s.first = at;
    if (at > c->s.last)
        c->s.last = at;
    c->s.position = ev->position;
}

size_t lf_lookout_sightings(struct lf_lookout *w, struct lf_arena *a, struct lf_lookout_sighting **out)
{
    size_t n = w->ncounted;

    *out = n ? LF_NEW(a, struct lf_lookout_sighting, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = w->counted[i].s;
        (*out)[i].value = lf_arena_copy(a, w->counted[i].s.value);
        (*out)[i].list = lf_arena_copy(a, w->counted[i].s.list);
    }
    memset(w->chain, 0, sizeof w->chain);
    w->ncounted = 0;
    return n;
}

/* Is it long enough ago that this indicator was found on this host?  Two that share a
 * place in the table make a finding too many, never one too few. */
static bool due(struct lf_lookout *w, const struct lf_lookout_hit *h, lf_view host, lf_time at)
{
    uint64_t key[2] = { w->seed[0], id_hash(h->what.id) }, k = lf_siphash(key, host);
    struct again *x = &w->again[k % AGAIN];

    if (x->key == k && at - x->at < LF_LOOKOUT_AGAIN && at >= x->at)
        return false;
    *x = (struct again){ k, at };
    return true;
}

enum lf_level lf_lookout_level(const struct lf_ioc *i)
{
    return i->confidence >= 85 ? LF_LEVEL_HIGH : i->confidence >= 50 ? LF_LEVEL_MEDIUM : LF_LEVEL_LOW;
}

lf_view lf_lookout_indicator(struct lf_arena *a, const uint8_t id[16])
{
    lf_view hex = lf_hex(a, id, 16);

    return lf_arena_printf(a, "indicator--%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                           hex.ptr + 16, hex.ptr + 20);
}

bool lf_lookout_indicator_parse(lf_view id, uint8_t out[16])
{
    char hex[32];
    size_t n = 0;

    if (id.len != 47 || !lf_view_starts(id, LF_V("indicator--")) || !lf_uuid_ok(lf_view_from(id, 11)))
        return false;
    for (size_t i = 11; i < id.len; i++)
        if (id.ptr[i] != '-')
            hex[n++] = id.ptr[i];
    return n == 32 && lf_unhex((lf_view){ hex, 32 }, out, 16, NULL) == LF_OK;
}

static void finding_of(struct lf_arena *a, const struct lf_event *ev, const struct lf_lookout_hit *h,
                       struct lf_finding *out)
{
    struct lf_observable first;
    struct lf_rule rule = {
        .id = lf_lookout_indicator(a, h->what.id),
        .title = lf_arena_printf(a, "情資命中 indicator hit: %.*s (%s)", LF_FMT(lf_view_first(h->value, 200)),
                                 lf_observable_kind_name(h->kind)),
        .level = lf_lookout_level(&h->what),
    };

    lf_finding_of(a, ev, &rule, out);
    first.kind = h->kind;
    if (lf_observable_text(a, h->kind, h->value, &first.value)) {
        size_t n = 1;
        struct lf_observable all[LF_FINDING_OBSERVABLES] = { first };

        for (size_t i = 0; i < out->nobservables && n < LF_FINDING_OBSERVABLES; i++)
            if (out->observables[i].kind != first.kind || !lf_view_eq(out->observables[i].value, first.value))
                all[n++] = out->observables[i];
        memcpy(out->observables, all, n * sizeof *all);
        out->nobservables = n;
    }
}

size_t lf_lookout_findings(struct lf_lookout *w, struct lf_arena *a, const struct lf_event *ev, lf_time now,
                           bool counted, struct lf_finding **out)
{
    struct lf_lookout_hit *hits;
    size_t nhits = lf_lookout_event(w, a, ev, (uint32_t)(now / LF_SECOND), &hits), n = 0;
    lf_time at = ev->happened >= 0 && ev->happened <= LF_TIME_MAX ? ev->happened : ev->recorded;

    *out = NULL;
    if (!nhits)
        return 0;
    *out = LF_NEW(a, struct lf_finding, nhits);
    for (size_t i = 0; i < nhits; i++) {
        if (counted)
            count(w, &hits[i], ev, at);
        if (!hits[i].list.len && due(w, &hits[i], ev->host, ev->recorded))
            finding_of(a, ev, &hits[i], &(*out)[n++]);
    }
    return n;
}
