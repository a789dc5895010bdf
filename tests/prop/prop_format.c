/* Hostile indicators to every format that is written: whatever a stranger's value, name, id or label says,
 * the file has the lines that were meant and no others.  Each format is held against its own small grammar.
 * Seeded. */
#include "fmt/csv.h"
#include "fmt/stix.h"
#include "lf_formats.h"

enum { CASES = 300, INDICATORS = 40 };

static uint64_t seed = 20261121;

static unsigned roll(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* Text that would end a line, a string, a rule or a comment of one of the formats. */
static lf_view nasty(struct lf_arena *a)
{
    static const char *const bits[] = {
        "\n",           "\r\n", "\"",   "'",      ";",         "\\",        "|",   "#",
        "\t",           "{",    "}",    "=cmd",   "--",        "*/",        "/*",  "\xc2\x85",
        "\xe2\x80\xa8", ",",    ":",    ")",      "(sid:1;)",  "a",         "b.c", "$(x)",
        "%41",          " ",    "drop", "accept", "x CNAME .", "\nalert ip"
    };
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    for (unsigned n = 1 + roll(5); n; n--)
        lf_buf_put(&b, lf_view_of(bits[roll(sizeof bits / sizeof *bits)]));
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static lf_view value(struct lf_arena *a, const char **path)
{
    static const char *const paths[] = { "domain-name:value",
                                         "ipv4-addr:value",
                                         "ipv6-addr:value",
                                         "url:value",
                                         "email-addr:value",
                                         "file:hashes.MD5",
                                         "network-traffic:extensions.'tls-ext'.ja3" };

    *path = paths[roll(sizeof paths / sizeof *paths)];
    switch (roll(9)) {
    case 0:
        *path = "domain-name:value";
        return lf_arena_printf(a, "h%u.example", roll(1000));
    case 1:
        *path = "ipv4-addr:value";
        return lf_arena_printf(a, "10.%u.%u.%u", roll(256), roll(256), roll(256));
    case 2:
        *path = "ipv6-addr:value";
        return lf_arena_printf(a, "2001:db8:%x::%x", roll(65536), roll(65536));
    case 3:
        *path = "url:value";
        return lf_arena_printf(a, "http://h%u.example/%.*s", roll(100), LF_FMT(nasty(a)));
    case 4:
        *path = "domain-name:value";
        return lf_arena_printf(a, "h%u.example%.*s", roll(100), LF_FMT(nasty(a)));
    case 5:
        *path = "file:hashes.MD5";
        return lf_arena_printf(a, "d41d8cd98f00b204e9800998%08x", roll(1u << 30));
    case 6:
        *path = "email-addr:value";
        return lf_arena_printf(a, "a%.*s@h.example", LF_FMT(nasty(a)));
    default:
        return nasty(a);
    }
}

static void indicator(struct made *m, struct lf_json_w *w)
{
    const char *path;
    lf_view v = value(&m->a, &path);
    struct lf_err e = { 0 };

    lf_buf_reset(&m->text);
    *w = lf_json_w(&m->text);
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "type", "indicator");
    lf_json_put_str(w, "id",
                    roll(4) ? LF_V("indicator--5a1b2c3d-0000-4aaa-8bbb-000000000101") : nasty(&m->a));
    if (roll(2))
        lf_json_put_str(w, "created_by_ref", nasty(&m->a));
    lf_json_put_str(w, "name", nasty(&m->a));
    lf_json_put_str(w, "description", nasty(&m->a));
    lf_json_put_cstr(w, "modified", "2026-01-01T00:00:00.000Z");
    lf_json_put_str(w, "valid_from", roll(4) ? LF_V("2026-01-01T00:00:00Z") : nasty(&m->a));
    if (roll(2))
        lf_json_put_cstr(w, "valid_until", "2027-01-01T00:00:00Z");
    lf_json_put_cstr(w, "pattern_type", "stix");
    lf_json_put_raw(w, "pattern", LF_V("\"\""));
    m->text.len -= 2; /* the pattern's text in place of the empty one */
    {
        lf_view p = lf_stix_pattern_write(&m->a, lf_view_of(path), v);

        lf_json_quote(&m->text, p);
    }
    lf_json_begin(w, "labels", '[');
    lf_json_put_str(w, NULL, nasty(&m->a));
    lf_json_close(w);
    lf_json_close(w);
    CHECK_OK(lf_json_parse(&m->a, lf_arena_copy(&m->a, lf_buf_view(&m->text)), NULL, &m->o[m->n++], &e), &e);
}

/* ---- the grammars ---- */

static bool only(lf_view v, const char *set)
{
    for (size_t i = 0; i < v.len; i++)
        if (!strchr(set, v.ptr[i]) || v.ptr[i] == '\0')
            return false;
    return v.len > 0;
}

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static bool comment_ok(lf_view v)
{
    return only(v, ALNUM " .-_+:");
}

static bool list_ok(lf_view text)
{
    lf_view line;

    while (text.len && lf_view_split(&text, '\n', &line)) {
        size_t tab = lf_view_find(line, LF_V("\t# "));

        if (tab == SIZE_MAX || !comment_ok(lf_view_from(line, tab + 3)))
            return false;
        for (size_t i = 0; i < tab; i++)
            if ((unsigned char)line.ptr[i] <= ' ' || line.ptr[i] == '#')
                return false;
    }
    return true;
}

static bool csv_ok(lf_view text)
{
    struct lf_arena a = { 0 };
    lf_view row[LF_CSV_FIELDS];
    struct lf_err e = { 0 };
    bool more = true, ok = true;
    struct lf_csv c;
    size_t n;

    ok = lf_csv_begin(&c, text, &e) == LF_OK;
    while (ok && more) {
        ok = lf_csv_row(&c, &a, row, &n, &more, &e) == LF_OK && (!more || n == 12);
        for (size_t i = 0; ok && more && i < n; i++) /* no cell is a formula */
            ok = !row[i].len || !strchr("=+@", row[i].ptr[0]);
    }
    lf_arena_clear(&a);
    return ok;
}

static bool zeek_ok(lf_view text)
{
    lf_view line, cell;

    while (text.len && lf_view_split(&text, '\n', &line)) {
        size_t n = 0;
        bool head = lf_view_starts(line, LF_V("#fields\t"));

        for (size_t i = 0; i < line.len; i++)
            if ((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t')
                return false;
        if (!head && line.len && line.ptr[0] == '#')
            return false;
        while (lf_view_split(&line, '\t', &cell)) {
            if (!cell.len || (!head && n == 1 && !lf_view_starts(cell, LF_V("Intel::"))) ||
                (!head && n > 1 && !comment_ok(cell)))
                return false;
            n++;
        }
        if (n != (head ? 5 : 4))
            return false;
    }
    return true;
}

static bool rpz_ok(lf_view text)
{
    size_t number = 0;
    lf_view line;

    while (text.len && lf_view_split(&text, '\n', &line)) {
        if (number++ < 3)
            continue;
        if (lf_view_starts(line, LF_V("; ")) && comment_ok(lf_view_from(line, 2)))
            continue;
        if (!lf_view_ends(line, LF_V(" CNAME .")) || !only(lf_view_first(line, line.len - 8), ALNUM ".-_*"))
            return false;
    }
    return true;
}

static bool nftables_ok(lf_view text)
{
    lf_view line;

    while (text.len && lf_view_split(&text, '\n', &line)) {
        lf_view v = lf_view_trim(line);

        if (lf_view_starts(v, LF_V("# ")) ? comment_ok(lf_view_from(v, 2)) : only(v, ALNUM "_ ,.:/{}=-"))
            continue;
        return false;
    }
    return true;
}

/* alert … (option:"…"; …): quotes closed, one rule a line, and nothing in a content but what cannot end it.
 */
static bool suricata_ok(lf_view text)
{
    lf_view line;

    while (text.len && lf_view_split(&text, '\n', &line)) {
        bool quoted = false;
        size_t opens = 0, closes = 0;

        if (lf_view_starts(line, LF_V("# ")) && comment_ok(lf_view_from(line, 2)))
            continue;
        if (!lf_view_starts(line, LF_V("alert ")) || !lf_view_ends(line, LF_V(";)")))
            return false;
        for (size_t i = 0; i < line.len; i++) {
            char c = line.ptr[i];

            if ((unsigned char)c < ' ' || (unsigned char)c >= 0x7f || c == '\\')
                return false;
            if (c == '"')
                quoted = !quoted;
            else if (quoted && c == ';')
                return false;
            opens += !quoted && c == '(';
            closes += !quoted && c == ')';
        }
        if (quoted || opens != 1 || closes != 1)
            return false;
    }
    return true;
}

static bool sigma_ok(lf_view text)
{
    static const char *const keys[] = { "title",     "id",        "status", "description",
                                        "logsource", "detection", "level" };
    lf_view line;
    size_t rules = 0, titles = 0;

    while (text.len && lf_view_split(&text, '\n', &line)) {
        size_t k = 0;

        for (size_t i = 0; i < line.len; i++)
            if ((unsigned char)line.ptr[i] < ' ')
                return false;
        if (lf_view_is(line, "---")) {
            rules++;
            continue;
        }
        if (lf_view_starts(line, LF_V("    ")))
            continue;
        while (k < sizeof keys / sizeof *keys && !lf_view_starts(line, lf_view_of(keys[k])))
            k++;
        if (k == sizeof keys / sizeof *keys)
            return false;
        titles += k == 0;
    }
    return titles == 0 || titles == rules + 1;
}

static const struct {
    const char *format;
    bool (*ok)(lf_view text);
} grammars[] = {
    { "list", list_ok },         { "csv", csv_ok },           { "zeek", zeek_ok },   { "rpz", rpz_ok },
    { "nftables", nftables_ok }, { "suricata", suricata_ok }, { "sigma", sigma_ok },
};

static void no_value_breaks_out_of_a_format(void)
{
    const struct lf_format_use use = { .now = (lf_time)1780000000 * LF_SECOND, .source = LF_VIEW("x") };
    size_t bytes = 0;

    printf("# seed %llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < CASES; i++) {
        uint64_t from = seed;
        static struct made in;
        struct lf_json_w w;

        in.n = 0;
        lf_buf_init(&in.text, 1 << 20);
        for (unsigned k = 0; k < INDICATORS; k++)
            indicator(&in, &w);
        for (size_t g = 0; g < sizeof grammars / sizeof *grammars; g++) {
            static struct made out;
            struct lf_err e = { 0 };

            out.n = out.nlost = 0;
            CHECK_OK(formats_write(&out, grammars[g].format, &in, &use, &e), &e);
            bytes += out.text.len;
            CHECK(grammars[g].ok(lf_buf_view(&out.text)), "%s, case %u, seed %llu:\n%.*s", grammars[g].format,
                  i, (unsigned long long)from, LF_FMT(lf_buf_view(&out.text)));
            formats_clear(&out);
        }
        formats_clear(&in);
    }
    CHECK(bytes > 1000000, "only %zu bytes were written", bytes);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    lf_crypto_init();
    RUN(no_value_breaks_out_of_a_format);
    DONE();
}
