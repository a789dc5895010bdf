/* Patterns over a stream against patterns over a file: the same events as observed data, asked by
 * engine/stix_match.h after each event anew, give the same hits at the same events.
 *
 * Random patterns of every operator over random events of a small vocabulary; late and equal times; the
 * state written and read back; patterns removed and added again; the same in batch.  Seeded; seed and worlds
 * may be given as arguments. */
#include "engine/stix_live.h"

#include "engine/normalise.h"
#include "engine/stix_clue.h"
#include "engine/stix_event.h"
#include "engine/stix_match.h"
#include "lf_normaliser.h"
#include "lf_test.h"

enum { EVENTS = 24, PATTERNS = 6 };

static uint64_t seed = 20261121, worlds = 400;

static unsigned roll(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

#define PICK(list) ((list)[roll(sizeof(list) / sizeof *(list))])

/* ---- events ---- */

static const char *const images[] = {
    "C:\\\\Windows\\\\cmd.exe",  "C:\\\\Tools\\\\CMD.EXE",     "/bin/sh",       "sh",
    "C:\\\\w\\\\caf\\u00e9.exe", "C:\\\\w\\\\cafe\\u0301.exe", "C:\\\\a*b?.exe"
};
static const char *const commands[] = { "cmd /c whoami",      "sh -c 'id; ls'", "CMD",       "",
                                        "caf\\u00e9 100% _x", "cafe\\u0301",    "x\\u037ey", "a\\\\b\\\\c",
                                        "\\u212Aelvin" };
static const char *const addresses[] = { "192.0.2.1",   "192.0.2.77", "::ffff:192.0.2.1", "2001:DB8::1",
                                         "2001:db8::2", "no address", "203.0.113.9" };
static const char *const names[] = { "evil.example", "Evil.Example.", "www.evil.example", "ok.example" };
static const char *const keys[] = { "HKLM\\\\Software\\\\Run\\\\x", "HKU\\\\S-1\\\\Run\\\\y",
                                    "HKEY_LOCAL_MACHINE\\\\Software\\\\Run\\\\x" };
static const char *const sums[] = { "MD5=CEAD3F77F6CDA6EC00F57D76C9A69FAA",
                                    "SHA1=1,MD5=00000000000000000000000000000000",
                                    "IMPHASH=CEAD3F77F6CDA6EC00F57D76C9A69FAA" };

static lf_view event_text(struct lf_arena *a)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 16);
    LF_PUT(&b, "{\"z\":1");
    switch (roll(6)) {
    case 0:
        lf_buf_printf(&b, ",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":%u",
                      1 + roll(13));
        break;
    case 1:
        LF_PUT(&b, ",\"Channel\":\"Security\",\"EventID\":4688");
        lf_buf_printf(&b, ",\"NewProcessName\":\"%s\",\"NewProcessId\":\"0x1f\"", PICK(images));
        break;
    default:
        break;
    }
    if (roll(2))
        lf_buf_printf(&b, ",\"Image\":\"%s\"", PICK(images));
    if (roll(2))
        lf_buf_printf(&b, ",\"CommandLine\":\"%s\"", PICK(commands));
    if (roll(3) == 0)
        lf_buf_printf(&b, ",\"ParentImage\":\"%s\",\"ParentProcessId\":\"%u\"", PICK(images), roll(4));
    if (roll(2))
        lf_buf_printf(&b, roll(2) ? ",\"ProcessId\":%u" : ",\"ProcessId\":\"%u\"", roll(4));
    if (roll(2))
        lf_buf_printf(&b, roll(2) ? ",\"DestinationIp\":\"%s\"" : ",\"destination\":{\"ip\":\"%s\"}",
                      PICK(addresses));
    if (roll(3) == 0)
        lf_buf_printf(&b, ",\"SourceIp\":\"%s\"", PICK(addresses));
    if (roll(3) == 0)
        lf_buf_printf(&b, roll(2) ? ",\"DestinationPort\":\"%u\"" : ",\"DestinationPort\":%u.0",
                      440 + roll(5));
    if (roll(3) == 0)
        lf_buf_printf(&b, ",\"QueryName\":\"%s\",\"QueryResults\":\"type: 5 %s;%s;\"", PICK(names),
                      PICK(names), PICK(addresses));
    if (roll(4) == 0)
        lf_buf_printf(&b, ",\"url.full\":\"http://%s:80/a\"", PICK(names));
    if (roll(4) == 0)
        lf_buf_printf(&b, ",\"TargetObject\":\"%s\"%s", PICK(keys), roll(2) ? ",\"Details\":\"d\"" : "");
    if (roll(4) == 0)
        lf_buf_printf(&b, ",\"Hashes\":\"%s\"", PICK(sums));
    if (roll(4) == 0)
        lf_buf_printf(&b, ",\"TargetFilename\":\"%s\"", PICK(images));
    if (roll(4) == 0)
        LF_PUT(&b, ",\"User\":\"CORP\\\\alice\"");
    LF_PUT(&b, "}");
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- patterns ---- */

static const struct {
    const char *path;
    const char *const values[7];
} tests[] = {
    { "process:name", { "cmd.exe", "CMD.EXE", "sh", "a*b?.exe", "caf\xc3\xa9.exe", "cafe\xcc\x81.exe", "" } },
    { "process:command_line",
      { "cmd /c whoami", "sh -c \\'id; ls\\'", "CMD", "a\\\\b\\\\c", "caf\xc3\xa9", "Kelvin", "x;y" } },
    { "process:image_ref.name", { "cmd.exe", "sh", "x", "CMD.EXE", "a*b?.exe", "sh", "sh" } },
    { "process:image_ref.parent_directory_ref.path",
      { "C:\\\\Windows", "/bin", "C:\\\\Tools", "C:\\\\w", "C:", "x", "y" } },
    { "process:parent_ref.name", { "cmd.exe", "sh", "x", "CMD.EXE", "sh", "sh", "sh" } },
    { "process:pid", { "#1", "#2", "#3", "#31", "#1.0", "1", "#0" } },
    { "process:creator_user_ref.account_login", { "alice", "bob", "CORP\\\\alice", "a", "b", "c", "d" } },
    { "network-traffic:dst_ref.value",
      { "192.0.2.1", "2001:db8::1", "2001:DB8:0::1", "evil.example", "203.0.113.9", "x", "y" } },
    { "network-traffic:dst_port", { "#443", "#443.0", "#444", "443", "#440", "#441", "#442" } },
    { "network-traffic:dst_ref.type",
      { "ipv4-addr", "ipv6-addr", "domain-name", "x", "ipv4-addr", "y", "z" } },
    { "ipv4-addr:value", { "192.0.2.1", "192.0.2.77", "203.0.113.9", "x", "192.0.2.2", "::1", "192.0.2.1" } },
    { "ipv6-addr:value", { "2001:db8::1", "2001:DB8::2", "::ffff:192.0.2.1", "x", "y", "z", "::" } },
    { "domain-name:value",
      { "evil.example", "EVIL.example.", "ok.example", "www.evil.example", "x", "y", "z" } },
    { "domain-name:resolves_to_refs[*].value",
      { "192.0.2.1", "evil.example", "2001:db8::1", "x", "y", "z", "w" } },
    { "url:value", { "http://evil.example:80/a", "x", "y", "http://ok.example:80/a", "z", "v", "w" } },
    { "windows-registry-key:key",
      { "HKEY_LOCAL_MACHINE\\\\Software\\\\Run", "HKEY_LOCAL_MACHINE\\\\Software\\\\Run\\\\x",
        "HKEY_USERS\\\\S-1\\\\Run", "x", "y", "z", "w" } },
    { "windows-registry-key:values[*].name", { "x", "y", "z", "Run", "v", "w", "u" } },
    { "windows-registry-key:values[0].data", { "d", "e", "f", "g", "h", "i", "j" } },
    { "file:name", { "cmd.exe", "CMD.EXE", "sh", "a*b?.exe", "caf\xc3\xa9.exe", "x", "y" } },
    { "file:hashes.MD5",
      { "cead3f77f6cda6ec00f57d76c9a69faa", "CEAD3F77F6CDA6EC00F57D76C9A69FAA", "x",
        "00000000000000000000000000000000", "y", "z", "w" } },
    { "file:hashes[*]", { "cead3f77f6cda6ec00f57d76c9a69faa", "x", "y", "z", "w", "v", "u" } },
    { "directory:path", { "C:\\\\Windows", "/bin", "C:\\\\w", "x", "y", "z", "w" } },
    { "user-account:user_id", { "alice", "bob", "x", "y", "z", "v", "w" } },
};

static void value(struct lf_buf *b, const char *v)
{
    if (v[0] == '#')
        lf_buf_printf(b, "%s", v + 1);
    else
        lf_buf_printf(b, "'%s'", v);
}

static void one_test(struct lf_buf *b, size_t t)
{
    static const char *const likes[] = { "%cmd%",    "c_d.exe",    "%.EXE",
                                         "caf_.exe", "%\xc3\xa9%", "%",
                                         "",         "%HKEY%Run%", "HKEY_LOCAL_MACHINE\\\\%",
                                         "%a*b?%",   "_h",         "192.0.2.%",
                                         "%;%",      "K%" };
    static const char *const regexes[] = { "cmd",        "^sh$",        "(whoami|id;)", "[Cc][Mm][Dd]\\\\.",
                                           "",           "caf\xc3\xa9", "(?i)EVIL",     "x.y",
                                           "HKEY_LOCAL", "^K",          "\\\\d+" };
    static const char *const nets[] = { "192.0.2.0/24", "192.0.2.1", "2001:db8::/32",
                                        "0.0.0.0/0",    "::/0",      "203.0.113.9/32" };
    const char *const *v = tests[t].values;
    const char *no = roll(4) ? "" : "NOT ";

    switch (roll(10)) {
    case 0:
        lf_buf_printf(b, "%sEXISTS %s", no, tests[t].path);
        break;
    case 1:
        lf_buf_printf(b, "%s %sLIKE '%s'", tests[t].path, no, PICK(likes));
        break;
    case 2:
        lf_buf_printf(b, "%s %sMATCHES '%s'", tests[t].path, no, PICK(regexes));
        break;
    case 3:
        lf_buf_printf(b, "%s %sIN (", tests[t].path, no);
        value(b, v[0]);
        LF_PUT(b, ", ");
        value(b, v[1]);
        LF_PUT(b, ")");
        break;
    case 4:
        lf_buf_printf(b, "%s %s%s '%s'", tests[t].path, no, roll(4) ? "ISSUBSET" : "ISSUPERSET", PICK(nets));
        break;
    case 5: {
        static const char *const order[] = { "!=", "<", "<=", ">", ">=" };

        lf_buf_printf(b, "%s %s%s ", tests[t].path, no, PICK(order));
        value(b, v[roll(7)]);
        break;
    }
    default:
        lf_buf_printf(b, "%s %s= ", tests[t].path, roll(8) ? "" : "NOT ");
        value(b, v[roll(7)]);
        break;
    }
}

static size_t same_type(size_t t)
{
    const char *colon = strchr(tests[t].path, ':');
    size_t n = (size_t)(colon - tests[t].path) + 1, x;

    do
        x = roll(sizeof tests / sizeof *tests);
    while (strncmp(tests[x].path, tests[t].path, n) != 0);
    return x;
}

static void bracket(struct lf_buf *b)
{
    size_t t = roll(sizeof tests / sizeof *tests);

    LF_PUT(b, "[");
    one_test(b, t);
    switch (roll(5)) {
    case 0:
        LF_PUT(b, " AND ");
        one_test(b, same_type(t));
        break;
    case 1:
        LF_PUT(b, " OR ");
        one_test(b, roll(sizeof tests / sizeof *tests));
        break;
    case 2:
        LF_PUT(b, " AND (");
        one_test(b, same_type(t));
        LF_PUT(b, " OR ");
        one_test(b, same_type(t));
        LF_PUT(b, ")");
        break;
    default:
        break;
    }
    LF_PUT(b, "]");
}

static void observations(struct lf_buf *b, unsigned depth)
{
    unsigned what = depth ? roll(8) : 7;
    static const char *const joins[] = { " AND ", " OR ", " FOLLOWEDBY ", " FOLLOWEDBY " };

    if (what < 4) {
        LF_PUT(b, "(");
        observations(b, depth - 1);
        lf_buf_printf(b, "%s", joins[what]);
        observations(b, depth - 1);
        LF_PUT(b, ")");
    } else {
        bracket(b);
    }
    if (roll(3) == 0)
        lf_buf_printf(b, " REPEATS %u TIMES", 1 + roll(3));
    if (roll(3) == 0)
        lf_buf_printf(b, " WITHIN %s SECONDS", roll(2) ? "3" : "1.5");
    if (roll(12) == 0)
        LF_PUT(b, " START t'2026-11-21T00:00:03Z' STOP t'2026-11-21T00:00:09.5Z'");
}

/* ---- a world ---- */

static const lf_time zero = 1795219200 * LF_SECOND; /* 2026-11-21 */

struct world {
    struct lf_arena a;
    struct lf_event ev[EVENTS];
    const struct lf_json *objects[EVENTS];
    size_t n;
};

/* Half seconds, mostly growing. */
static void make(struct world *w, struct lf_normaliser *norm, struct lf_stix_eye *eye)
{
    unsigned now = 0;

    w->n = 4 + roll(EVENTS - 4);
    for (size_t i = 0; i < w->n; i++) {
        struct lf_record r = { .bytes = event_text(&w->a),
                               .format = LF_FORMAT_JSON,
                               .sender = LF_V("x"),
                               .position = 100 + i,
                               .recorded = zero + LF_HOUR };

        lf_normalise(norm, &w->a, &r, &w->ev[i]);
        now += roll(3);
        w->ev[i].happened = zero + (lf_time)(roll(5) ? now : roll(now + 1)) * LF_SECOND / 2;
        w->objects[i] = lf_stix_eye_objects(eye, &w->a, &w->ev[i]);
    }
}

static void add_observed(struct lf_stix_data *d, struct world *w, size_t i)
{
    struct lf_buf b;
    struct lf_json_w j;
    const struct lf_json *doc;
    char at[LF_TIME_TEXT];
    struct lf_err e = { 0 };

    lf_buf_init(&b, 1 << 20);
    j = lf_json_w(&b);
    lf_json_open(&j, '{');
    lf_json_put_cstr(&j, "type", "observed-data");
    lf_json_put_str(&j, "id", lf_arena_printf(&w->a, "observed-data--%zu", i));
    lf_json_put_str(&j, "first_observed", lf_time_micro(w->ev[i].happened, at));
    lf_json_put_str(&j, "last_observed", lf_time_micro(w->ev[i].happened, at));
    lf_json_put_int(&j, "number_observed", 1);
    if (w->objects[i])
        lf_json_put(&j, "objects", w->objects[i]);
    lf_json_close(&j);
    CHECK_OK(lf_json_parse(&w->a, lf_arena_copy(&w->a, lf_buf_view(&b)), NULL, &doc, &e), &e);
    CHECK_OK(lf_stix_data_add(d, doc, &e), &e);
    lf_buf_clear(&b);
}

/* Is there a match among those of `mask`? */
static bool reference(struct lf_stix_matcher *m, struct world *w, const bool *in)
{
    struct lf_stix_data *d = lf_stix_data_create();
    struct lf_err e = { 0 };
    const size_t *which;
    size_t n;
    bool yes = false;

    for (size_t i = 0; i < w->n; i++)
        if (in[i])
            add_observed(d, w, i);
    CHECK_OK(lf_stix_data_ready(d, &e), &e);
    CHECK_OK(lf_stix_match(m, d, &w->a, &yes, &which, &n, &e), &e);
    lf_stix_data_destroy(d);
    return yes;
}

static unsigned hits_seen, refused_seen, patterns_seen;

/* One event came: what live said, against what the reference says of all that is left. */
static void compare(struct lf_stix_matcher *m, struct world *w, bool *left, size_t i,
                    const struct lf_stix_hit *hit, const char *text, const char *how)
{
    bool yes, own[EVENTS] = { false };

    left[i] = true;
    yes = reference(m, w, left);
    CHECK(yes == (hit != NULL), "%s: %s at event %zu: %s", how, text, i, yes ? "missed" : "no match");
    if (!hit || !yes)
        return;
    hits_seen++;
    for (size_t k = 0; k < hit->nevents; k++) {
        size_t at = hit->events[k].position - 100;

        CHECK(at < w->n && left[at] && !own[at], "%s: %s names event %zu", how, text, at);
        if (at < w->n)
            own[at] = true;
        left[at] = false;
    }
    CHECK(own[i], "%s: %s without the event itself", how, text);
    CHECK(hit->nevents == hit->nobserved && reference(m, w, own), "%s: %s: what it names is no match", how,
          text);
}

static int by_time(const void *x, const void *y)
{
    const struct lf_event *a = *(const struct lf_event *const *)x, *b = *(const struct lf_event *const *)y;

    if (a->happened != b->happened)
        return a->happened < b->happened ? -1 : 1;
    return a->position < b->position ? -1 : 1;
}

static void run_live(struct world *w, lf_view *texts, struct lf_stix_matcher **m, size_t n)
{
    bool left[PATTERNS][EVENTS] = { { false } };
    struct lf_stix_live *live = lf_stix_live_create(NULL, seed);
    struct lf_err e = { 0 };

    for (size_t p = 0; p < n; p++)
        if (m[p])
            CHECK_OK(lf_stix_live_add(
                         live,
                         &(struct lf_stix_watch){ .id = lf_arena_printf(&w->a, "p%zu", p), .text = texts[p] },
                         &e),
                     &e);
    for (size_t i = 0; i < w->n; i++) {
        struct lf_stix_hit *hits;
        size_t nhits = lf_stix_live_event(live, &w->a, &w->ev[i], 0, &hits), again;

        for (size_t p = 0; p < n; p++) {
            const struct lf_stix_hit *mine = NULL;

            for (size_t k = 0; k < nhits; k++)
                if (hits[k].what->id.ptr[1] == (char)('0' + p))
                    mine = &hits[k];
            if (m[p])
                compare(m[p], w, left[p], i, mine, lf_arena_cstr(&w->a, texts[p]), "live");
        }
        /* The same event again says the same and changes nothing. */
        lf_stix_live_record(live, w->ev[i].position);
        again = lf_stix_live_event(live, &w->a, &w->ev[i], 0, &hits);
        CHECK(again == nhits, "event %zu again: %zu hits, not %zu", i, again, nhits);
        if (roll(8) == 0) { /* a restart */
            struct lf_stix_live *other = lf_stix_live_create(NULL, seed + 1);
            struct lf_buf b;

            lf_buf_init(&b, 1 << 24);
            lf_stix_live_save(live, &b);
            CHECK_OK(lf_stix_live_load(other, lf_buf_view(&b), &e), &e);
            lf_buf_clear(&b);
            CHECK(lf_stix_live_position(other) == lf_stix_live_position(live), "the position");
            lf_stix_live_destroy(live);
            live = other;
            again = lf_stix_live_event(live, &w->a, &w->ev[i], 0, &hits);
            CHECK(again == nhits, "event %zu after a restart: %zu hits, not %zu", i, again, nhits);
        }
    }
    lf_stix_live_destroy(live);
}

static void run_batch(struct world *w, lf_view *texts, struct lf_stix_matcher **m, size_t n)
{
    const struct lf_stix_live_limits limits = { .batch = true };
    bool left[PATTERNS][EVENTS] = { { false } };
    struct lf_stix_live *live = lf_stix_live_create(&limits, 1);
    const struct lf_event *order[EVENTS];
    struct lf_err e = { 0 };

    for (size_t p = 0; p < n; p++)
        if (m[p])
            CHECK_OK(lf_stix_live_add(
                         live,
                         &(struct lf_stix_watch){ .id = lf_arena_printf(&w->a, "p%zu", p), .text = texts[p] },
                         &e),
                     &e);
    for (size_t i = 0; i < w->n; i++)
        order[i] = &w->ev[i];
    qsort(order, w->n, sizeof *order, by_time);
    for (size_t i = 0; i < w->n; i++) {
        struct lf_stix_seen *seen;
        size_t nseen = lf_stix_live_look(live, &w->a, order[i], 0, &seen);
        struct lf_stix_hit hit[PATTERNS];
        bool got[PATTERNS] = { false };

        for (size_t k = 0; k < nseen; k++) {
            struct lf_stix_hit one;

            if (lf_stix_live_see(live, &w->a, &seen[k], order[i]->happened, order[i]->position, &one)) {
                size_t p = (size_t)(one.what->id.ptr[1] - '0');

                got[p] = true;
                hit[p] = one;
            }
        }
        for (size_t p = 0; p < n; p++)
            if (m[p])
                compare(m[p], w, left[p], (size_t)(order[i]->position - 100), got[p] ? &hit[p] : NULL,
                        lf_arena_cstr(&w->a, texts[p]), "batch");
    }
    lf_stix_live_destroy(live);
}

static void one_world(struct lf_normaliser *norm, struct lf_stix_eye *eye)
{
    struct world w = { 0 };
    lf_view texts[PATTERNS];
    struct lf_stix_matcher *m[PATTERNS] = { NULL };
    size_t n = 1 + roll(PATTERNS);

    make(&w, norm, eye);
    for (size_t p = 0; p < n; p++) {
        struct lf_stix_pattern parsed;
        struct lf_stix_live *live = lf_stix_live_create(NULL, 1);
        struct lf_err e = { 0 };
        struct lf_buf b;

        lf_buf_init(&b, 1 << 16);
        observations(&b, 2);
        texts[p] = lf_arena_copy(&w.a, lf_buf_view(&b));
        lf_buf_clear(&b);
        patterns_seen++;
        if (lf_stix_pattern_parse(&w.a, texts[p], &parsed, &e) == LF_OK) {
            lf_stix_canon(&w.a, &parsed);
            CHECK_OK(lf_stix_matcher_create(&parsed, &m[p], &e), &e);
            /* What is refused can match nothing. */
            if (m[p] && lf_stix_live_add(live, &(struct lf_stix_watch){ .id = LF_V("p"), .text = texts[p] },
                                         &e) != LF_OK) {
                bool all[EVENTS];

                memset(all, true, sizeof all);
                CHECK(!reference(m[p], &w, all), "%.*s was refused (%s) and matches", LF_FMT(texts[p]),
                      e.text);
                lf_stix_matcher_destroy(m[p]);
                m[p] = NULL;
                refused_seen++;
            }
        } else {
            CHECK(false, "%.*s: %s", LF_FMT(texts[p]), e.text);
        }
        lf_stix_live_destroy(live);
    }
    run_live(&w, texts, m, n);
    run_batch(&w, texts, m, n);
    for (size_t p = 0; p < n; p++)
        lf_stix_matcher_destroy(m[p]);
    lf_arena_clear(&w.a);
}

static void the_stream_says_what_the_file_says(void)
{
    struct lf_normaliser *norm = test_normaliser();
    struct lf_stix_eye *eye = lf_stix_eye_create();

    printf("# seed %llu\n", (unsigned long long)seed);
    for (uint64_t i = 0; i < worlds && !lf_test_failed_; i++) {
        uint64_t at = seed;

        one_world(norm, eye);
        if (lf_test_failed_)
            printf("# world of seed %llu\n", (unsigned long long)at);
    }
    printf("# %u patterns, %u refused, %u hits\n", patterns_seen, refused_seen, hits_seen);
    CHECK(hits_seen > patterns_seen / 4, "too few hits to say anything");
    lf_stix_eye_destroy(eye);
    lf_normaliser_destroy(norm);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        worlds = strtoull(argv[2], NULL, 10);
    RUN(the_stream_says_what_the_file_says);
    DONE();
}
