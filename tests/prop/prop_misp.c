/* MISP both ways: random events of every type of attribute become strict STIX, and MISP again, in which every
 * attribute has its type, value, category and to_ids; and the STIX of that is the same.  Seeded; the seed may
 * be given. */
#include "fmt/misp.h"

#include "base/crypto.h"
#include "fmt/stix_check.h"
#include "lf_test.h"

enum { CASES = 400, OBJECTS_MOST = 4096, ATTRIBUTES = 12 };

static uint64_t seed = 20261121;

static unsigned roll(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

struct set {
    struct lf_arena a;
    const struct lf_json *o[OBJECTS_MOST];
    size_t n, faults;
    struct lf_buf text;
};

static void fault(void *ctx, const struct lf_stix_fault *f)
{
    if (f->advice)
        return;
    ((struct set *)ctx)->faults++;
    printf("# %.*s %.*s: %.*s\n", LF_FMT(f->id), LF_FMT(f->path), LF_FMT(f->text));
}

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct set *s = ctx;

    CHECK(s->n < OBJECTS_MOST, "room");
    LF_TRY(lf_json_parse(&s->a, lf_arena_copy(&s->a, json), &(struct lf_json_limits){ .unique = true },
                         &s->o[s->n], e));
    (void)lf_stix_check(&s->a, s->o[s->n++], fault, s);
    return LF_OK;
}

static enum lf_code text(void *ctx, lf_view piece, struct lf_err *e)
{
    (void)e;
    lf_buf_put(&((struct set *)ctx)->text, piece);
    return LF_OK;
}

static void lost(void *ctx, const struct lf_loss *l)
{
    (void)ctx;
    (void)l;
}

static lf_view hexes(struct lf_arena *a, size_t n)
{
    char *p = lf_arena_alloc(a, n, 1);

    for (size_t i = 0; i < n; i++)
        p[i] = "0123456789abcdef"[roll(16)];
    return (lf_view){ p, n };
}

/* Text that hurts: quotes, backslashes, pipes, other scripts. */
static lf_view words(struct lf_arena *a, bool pipes)
{
    static const char *const bits[] = { "a",   "x'y", "\\",  "\"",  " ",  "發票", "é",
                                        "[*]", "--",  "%41", "AND", "\t", "|" };
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    LF_PUT(&b, "w");
    for (unsigned n = roll(6); n; n--)
        lf_buf_put(&b, lf_view_of(bits[roll(sizeof bits / sizeof *bits - !pipes)]));
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static lf_view ip(struct lf_arena *a)
{
    return roll(2) ? lf_arena_printf(a, "%u.%u.%u.%u", 1 + roll(223), roll(256), roll(256), roll(256))
                   : lf_arena_printf(a, "2001:db8::%x:%x", 1 + roll(65535), 1 + roll(65535));
}

static lf_view name(struct lf_arena *a)
{
    return lf_arena_printf(a, "h%u.example", roll(1000));
}

static lf_view pair(struct lf_arena *a, lf_view x, lf_view y)
{
    return lf_arena_printf(a, "%.*s|%.*s", LF_FMT(x), LF_FMT(y));
}

static lf_view port(struct lf_arena *a)
{
    return lf_arena_printf(a, "%u", 1 + roll(65535));
}

static const char *const types[] = {
    "ip-src",
    "ip-dst",
    "ip-dst|port",
    "ip-src|port",
    "domain",
    "hostname",
    "domain|ip",
    "hostname|port",
    "url",
    "uri",
    "link",
    "email",
    "email-src",
    "email-dst",
    "email-subject",
    "email-body",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "filename",
    "filename|md5",
    "filename|sha256",
    "regkey",
    "regkey|value",
    "mutex",
    "yara",
    "sigma",
    "snort",
    "vulnerability",
    "AS",
    "user-agent",
    "ja3-fingerprint-md5",
    "mac-address",
    "ssdeep",
    "x509-fingerprint-sha1",
    "port",
    "size-in-bytes",
    "btc",
    "comment",
    "text",
    "other",
    "email-x-mailer",
    "imphash",
    "windows-service-name",
    "mime-type",
    "no-such-type",
    "email-message-id",
};

static lf_view value_for(struct lf_arena *a, const char *t)
{
    static const struct {
        const char *type;
        unsigned digits;
    } sums[] = { { "md5", 32 },
                 { "sha1", 40 },
                 { "sha256", 64 },
                 { "sha512", 128 },
                 { "imphash", 32 },
                 { "ja3-fingerprint-md5", 32 },
                 { "x509-fingerprint-sha1", 40 } };

    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (strcmp(t, sums[i].type) == 0)
            return hexes(a, sums[i].digits);
    if (strcmp(t, "ip-src") == 0 || strcmp(t, "ip-dst") == 0)
        return ip(a);
    if (strcmp(t, "ip-dst|port") == 0 || strcmp(t, "ip-src|port") == 0)
        return pair(a, ip(a), port(a));
    if (strcmp(t, "hostname|port") == 0)
        return pair(a, name(a), port(a));
    if (strcmp(t, "domain|ip") == 0)
        return pair(a, name(a), ip(a));
    if (strcmp(t, "domain") == 0 || strcmp(t, "hostname") == 0)
        return name(a);
    if (strcmp(t, "url") == 0)
        return lf_arena_printf(a, "https://%.*s/%u?q='x'", LF_FMT(name(a)), roll(1000));
    if (strncmp(t, "email", 5) == 0 && strlen(t) < 10)
        return lf_arena_printf(a, "u%u@%.*s", roll(100), LF_FMT(name(a)));
    if (strcmp(t, "filename|md5") == 0)
        return pair(a, words(a, true), hexes(a, 32));
    if (strcmp(t, "filename|sha256") == 0)
        return pair(a, words(a, true), hexes(a, 64));
    if (strcmp(t, "regkey|value") == 0)
        return pair(a, words(a, false), words(a, true));
    if (strcmp(t, "AS") == 0)
        return lf_arena_printf(a, "AS%u", 1 + roll(400000));
    if (strcmp(t, "port") == 0 || strcmp(t, "size-in-bytes") == 0)
        return port(a);
    if (strcmp(t, "mac-address") == 0 && roll(4))
        return lf_arena_printf(a, "00:1b:21:%02x:%02x:%02x", roll(256), roll(256), roll(256));
    if (strcmp(t, "mime-type") == 0)
        return LF_V("application/pdf");
    return words(a, true);
}

static lf_view uuid(struct lf_arena *a)
{
    uint8_t raw[16];

    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)roll(256);
    return lf_uuid4(a, raw);
}

static void attribute(struct lf_json_w *w, struct lf_arena *a)
{
    const char *t = types[roll(sizeof types / sizeof *types)];

    lf_json_open(w, '{');
    lf_json_put_str(w, "uuid", uuid(a));
    lf_json_put_cstr(w, "type", t);
    lf_json_put_cstr(w, "category", roll(2) ? "Network activity" : "Payload delivery");
    lf_json_put_str(w, "value", value_for(a, t));
    lf_json_put_bool(w, "to_ids", roll(2));
    lf_json_put_int(w, "timestamp", 1700000000 + (int64_t)roll(100000000));
    if (!roll(3))
        lf_json_put_str(w, "comment", words(a, true));
    if (!roll(5))
        lf_json_put_int(w, "distribution", roll(6));
    if (!roll(5))
        lf_json_put_bool(w, "deleted", true);
    if (!roll(4)) {
        lf_json_begin(w, "Tag", '[');
        lf_json_open(w, '{');
        lf_json_put_cstr(w, "name", roll(2) ? "tlp:green" : "a tag");
        lf_json_close(w);
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void event(struct lf_json_w *w, struct lf_arena *a)
{
    lf_json_open(w, '{');
    lf_json_begin(w, "Event", '{');
    lf_json_put_str(w, "uuid", uuid(a));
    lf_json_put_str(w, "info", words(a, true));
    lf_json_put_cstr(w, "date", "2023-11-14");
    lf_json_put_int(w, "timestamp", 1800000000);
    lf_json_put_bool(w, "published", roll(2));
    lf_json_put_int(w, "distribution", roll(5));
    lf_json_begin(w, "Orgc", '{');
    lf_json_put_str(w, "uuid", uuid(a));
    lf_json_put_str(w, "name", words(a, true));
    lf_json_close(w);
    lf_json_begin(w, "Attribute", '[');
    for (unsigned n = 1 + roll(ATTRIBUTES); n; n--)
        attribute(w, a);
    lf_json_close(w);
    lf_json_close(w);
    lf_json_close(w);
}

static const struct lf_json *attributes_of(const struct lf_json *doc)
{
    return lf_json_get(lf_json_get(lf_json_item(lf_json_get(doc, LF_V("response")), 0), LF_V("Event")),
                       LF_V("Attribute"));
}

static const struct lf_json *by(const struct lf_json *list, lf_view uuid)
{
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_eq(lf_json_str(lf_json_item(list, i), "uuid"), uuid))
            return lf_json_item(list, i);
    return NULL;
}

static void both_ways(unsigned number, uint64_t from)
{
    static const char *const keys[] = { "type", "category", "value", "to_ids", "comment", "deleted" };
    static struct set s, back, again;
    const struct lf_exchange to = { &s, made, lost }, out = { &back, text, lost },
                             to2 = { &again, made, lost };
    const struct lf_json *was, *now;
    struct lf_err e = { 0 };
    struct lf_json_w w;

    s.n = s.faults = again.n = again.faults = 0;
    lf_buf_init(&s.text, 1 << 22);
    lf_buf_init(&back.text, 1 << 22);
    w = lf_json_w(&s.text);
    event(&w, &s.a);
    CHECK_OK(lf_misp_read(lf_buf_view(&s.text), &to, &e), &e);
    CHECK_OK(lf_misp_write(&back.a, s.o, s.n, &out, &e), &e);
    CHECK_OK(lf_misp_read(lf_buf_view(&back.text), &to2, &e), &e);
    CHECK(!s.faults && !again.faults, "case %u, seed %llu", number, (unsigned long long)from);
    CHECK_OK(lf_json_parse(&s.a, lf_buf_view(&s.text), NULL, &was, &e), &e);
    CHECK_OK(lf_json_parse(&back.a, lf_buf_view(&back.text), NULL, &now, &e), &e);
    was = lf_json_get(lf_json_get(was, LF_V("Event")), LF_V("Attribute"));
    now = attributes_of(now);
    CHECK(lf_json_items(was) == lf_json_items(now), "case %u, seed %llu: %zu attributes, not %zu", number,
          (unsigned long long)from, lf_json_items(now), lf_json_items(was));
    for (size_t i = 0; i < lf_json_items(was); i++) {
        const struct lf_json *a = lf_json_item(was, i), *b = by(now, lf_json_str(a, "uuid"));

        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            lf_view x = lf_json_text(lf_json_get(a, lf_view_of(keys[k]))),
                    y = lf_json_text(lf_json_get(b, lf_view_of(keys[k])));

            if (lf_json_get(a, lf_view_of(keys[k])))
                CHECK(lf_view_eq(x, y), "case %u, seed %llu: %s of a %.*s: \"%.*s\", not \"%.*s\"", number,
                      (unsigned long long)from, keys[k], LF_FMT(lf_json_str(a, "type")), LF_FMT(y),
                      LF_FMT(x));
        }
    }
    CHECK(s.n == again.n, "case %u, seed %llu: %zu objects again, not %zu", number, (unsigned long long)from,
          again.n, s.n);
    lf_buf_clear(&s.text);
    lf_buf_clear(&back.text);
    lf_arena_clear(&s.a);
    lf_arena_clear(&back.a);
    lf_arena_clear(&again.a);
}

static void events_of_every_type_survive_both_ways(void)
{
    printf("# seed %llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < CASES; i++)
        both_ways(i, seed);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    lf_crypto_init();
    RUN(events_of_every_type_survive_both_ways);
    DONE();
}
