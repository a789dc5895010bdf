/* Lists and tables in. */
#include "lf_formats.h"

#define NOW ((lf_time)1790000000 * LF_SECOND)

static const struct lf_format_use usual = { .now = NOW, .source = LF_VIEW("/tmp/feed.txt") };

static void a_line_is_a_value_however_it_is_written(void)
{
    static const struct {
        const char *line, *pattern;
    } rows[] = {
        { "198.51.100.7", "[ipv4-addr:value = '198.51.100.7']" },
        { "198.51.100[.]7", "[ipv4-addr:value = '198.51.100.7']" },
        { "198.51.100.0/24", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']" },
        { "2001:db8::7", "[ipv6-addr:value = '2001:db8::7']" },
        { "hxxps[://]evil[.]example/a", "[url:value = 'https://evil.example/a']" },
        { "hxxp://evil.example/b", "[url:value = 'http://evil.example/b']" },
        { "hxxp://evil(.)example/", "[url:value = 'http://evil.example/']" },
        { "EVIL[dot]example", "[domain-name:value = 'evil.example']" },
        { "0.0.0.0 ads.example", "[domain-name:value = 'ads.example']" },
        { "||ads2.example^", "[domain-name:value = 'ads2.example']" },
        { "a[at]evil[.]example", "[email-addr:value = 'a@evil.example']" },
        { "d41d8cd98f00b204e9800998ecf8427e", "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']" },
        { "  x.example   # seen in March", "[domain-name:value = 'x.example']" },
        { "hxxp.example", "[domain-name:value = 'hxxp.example']" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made m = { 0 };
        struct lf_err e = { 0 };

        CHECK_OK(formats_read(&m, "list", lf_view_of(rows[i].line), &usual, &e), &e);
        CHECK(m.n == 1 && !m.faults, "%s: %zu objects", rows[i].line, m.n);
        if (m.n)
            CHECK_VIEW(lf_json_str(m.o[0], "pattern"), lf_view_of(rows[i].pattern));
        formats_clear(&m);
    }
}

static void comments_are_passed_over_and_what_is_no_value_is_told(void)
{
    const lf_view text = LF_VIEW("\xef\xbb\xbf# a list\r\n\r\n; more\r\n// more\r\nevil.example # why\r\nnot "
                                 "a value\r\n10.0.0.0/4\r\n");
    struct made m = { 0 };
    struct lf_err e = { 0 };

    CHECK_OK(formats_read(&m, "list", text, &usual, &e), &e);
    CHECK(m.n == 1 && !m.faults, "%zu", m.n);
    CHECK_VIEW(lf_json_str(m.o[0], "description"), LF_V("why"));
    CHECK_VIEW(lf_json_str(m.o[0], "valid_from"), LF_V("2026-09-21T14:13:20.000000Z"));
    CHECK(m.nlost == 2 && formats_lost_at(&m, "line 6") && formats_lost_at(&m, "line 7"), "%zu losses",
          m.nlost);
    formats_clear(&m);
}

static const char table[] =
    "# exported, \"quoted\n"
    "IOC;Art;Von;Bis;Stufe;Sicher;Etiketten;Notiz;Quelle\n"
    "hxxp://evil[.]example/x;URL;2026-01-01;2027-01-01 08:00;TLP:AMBER+STRICT;high;apt,water;"
    "\"two\nlines; \"\"quoted\"\"\";x\n"
    "198.51.100.7;IP;1767225600;;green;70;;;\n"
    "nonsense;URL;;;;;;;\n"
    "b.example;Name;sometime;;purple;loud;;;\n"
    "c.example;Name;18446744073709551615;;;;;;\n";
static const char mapping[] =
    "# what the columns are\n"
    "delimiter = ;   # or tab\nvalue = IOC\nkind = Art\nkind.URL = url\nkind.IP = ip\nkind.Name = domain\n"
    "valid_from = Von\nvalid_until = Bis\ntlp = Stufe\nconfidence = Sicher\nlabels = 7\n"
    "description = Notiz\nname = \"from a partner\"\n";

static void columns_are_what_the_mapping_says(void)
{
    struct lf_format_use use = usual;
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o;
    int64_t n = 0;

    use.mapping = lf_view_of(mapping);
    CHECK_OK(formats_read(&m, "csv", lf_view_of(table), &use, &e), &e);
    CHECK(m.n == 4 && !m.faults, "%zu objects", m.n);
    o = formats_find(&m, "pattern", "[url:value = 'http://evil.example/x']");
    CHECK(o, "the URL");
    CHECK_VIEW(lf_json_str(o, "description"), LF_V("two\nlines; \"quoted\""));
    CHECK_VIEW(lf_json_str(o, "valid_from"), LF_V("2026-01-01T00:00:00.000000Z"));
    CHECK_VIEW(lf_json_str(o, "valid_until"), LF_V("2027-01-01T08:00:00.000000Z"));
    CHECK_VIEW(lf_json_str(o, "name"), LF_V("from a partner"));
    CHECK(lf_json_int(o, "confidence", &n) && n == 85, "high is 85");
    CHECK(lf_json_items(lf_json_get(o, LF_V("labels"))) == 2, "labels");
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(o, LF_V("object_marking_refs")), 0)),
               LF_V("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"));
    o = formats_find(&m, "pattern", "[ipv4-addr:value = '198.51.100.7']");
    CHECK_VIEW(lf_json_str(o, "valid_from"), LF_V("2026-01-01T00:00:00.000000Z"));
    /* A marking that is none is the strictest. */
    o = formats_find(&m, "pattern", "[domain-name:value = 'b.example']");
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(o, LF_V("object_marking_refs")), 0)),
               LF_V("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"));
    CHECK(formats_lost_at(&m, "column 9") && formats_lost_at(&m, "line 6") && formats_lost_at(&m, "line 7") &&
              formats_lost_at(&m, "line 8"),
          "%zu losses", m.nlost);
    formats_clear(&m);
}

static void a_header_that_says_it_needs_no_mapping_and_big5_is_read(void)
{
    const lf_view text = LF_VIEW("value,description\r\nevil.example,\xb8\xea\xa6w\xb8\xea\xb0T\r\n");
    struct made m = { 0 };
    struct lf_err e = { 0 };

    CHECK_OK(formats_read(&m, "csv", text, &usual, &e), &e);
    CHECK(m.n == 1 && !m.faults, "%zu", m.n);
    CHECK_VIEW(lf_json_str(m.o[0], "description"), LF_V("資安資訊"));
    formats_clear(&m);
}

static void a_wrong_mapping_or_table_is_refused_with_its_line(void)
{
    static const struct {
        const char *mapping, *text, *says;
    } rows[] = {
        { "nosuch = 1\n", "a\n", "line 1: no \"nosuch\"" },
        { "value\n", "a\n", "line 1: NAME = COLUMN" },
        { "value = IOC\n", "a,b\n", "no column \"IOC\"" },
        { "delimiter = ab\n", "a\n", "one character" },
        { "", "a,b\nx.example,1\n", "no column has the values" },
        { "header = no\nvalue = 1\n", "\"x.example", "never closes" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_format_use use = usual;
        struct made m = { 0 };
        struct lf_err e = { 0 };

        use.mapping = lf_view_of(rows[i].mapping);
        CHECK_CODE(formats_read(&m, "csv", lf_view_of(rows[i].text), &use, &e), LF_BAD_INPUT);
        CHECK(strstr(e.text, rows[i].says), "%s", e.text);
        formats_clear(&m);
    }
}

static void the_same_list_makes_the_same_objects(void)
{
    struct made a = { 0 }, b = { 0 };
    struct lf_format_use other = usual;
    struct lf_err e = { 0 };

    other.source = LF_V("/elsewhere/feed.txt");
    CHECK_OK(formats_read(&a, "list", LF_V("evil.example"), &usual, &e), &e);
    CHECK_OK(formats_read(&b, "list", LF_V("hxxp.x\nEVIL.example"), &other, &e), &e);
    CHECK(b.n == 2, "%zu", b.n);
    CHECK_VIEW(lf_json_str(a.o[0], "id"), lf_json_str(b.o[1], "id"));
    formats_clear(&a);
    formats_clear(&b);
}

/* Each format of one indicator of each kind, as it must be to the letter. */
static void what_is_written_is_what_the_format_wants(void)
{
    static const struct {
        const char *format, *value, *want; /* want: one line of what is written */
    } rows[] = {
        { "suricata", "hxxp://b.example:8080/a;b?c=\"d\"",
          "alert http any any -> any any (msg:\"lianfang url http___b.example_8080_a_b_c__d_\"; http.host; "
          "content:\"b.example\"; bsize:9; http.uri.raw; content:\"/a|3b|b?c=|22|d|22|\"; bsize:10;" },
        { "suricata", "198.51.100.0/24", "alert ip any any <> 198.51.100.0/24 any (msg:" },
        { "zeek", "https://b.example/x", "b.example/x\tIntel::URL\tlianfang\tindicator--" },
        { "zeek", "198.51.100.0/24", "198.51.100.0/24\tIntel::SUBNET\tlianfang\tindicator--" },
        { "rpz", "b.example", "*.b.example CNAME .\n" },
        { "rpz", "198.51.100.0/24", "24.0.100.51.198.rpz-ip CNAME .\n" },
        { "rpz", "2001:db8::7", "128.7.zz.db8.2001.rpz-ip CNAME .\n" },
        { "rpz", "2001:db8:1::/48", "48.zz.1.db8.2001.rpz-ip CNAME .\n" },
        { "nftables", "2001:db8:1::/48", "\t\t2001:db8:1::/48,\n" },
        { "list", "b.example", "b.example\t# indicator--" },
        { "sigma", "198.51.100.0/24", "        dst_ip|cidr: '198.51.100.0/24'\n" },
        { "csv", "b.example", "domain-name,b.example,2026-09-21T14:13:20.000000Z,,,amber,," },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_format_use use = usual;
        struct made in = { 0 }, out = { 0 };
        struct lf_err e = { 0 };

        use.tlp = LF_V("amber");
        CHECK_OK(formats_read(&in, "list", lf_view_of(rows[i].value), &use, &e), &e);
        CHECK_OK(formats_write(&out, rows[i].format, &in, &use, &e), &e);
        CHECK(lf_view_find(lf_buf_view(&out.text), lf_view_of(rows[i].want)) != SIZE_MAX, "%s of %s:\n%.*s",
              rows[i].format, rows[i].value, LF_FMT(lf_buf_view(&out.text)));
        formats_clear(&in);
        formats_clear(&out);
    }
}

static void what_does_not_stand_or_has_no_word_is_told_and_not_written(void)
{
    static const char bundle[] =
        "[{\"type\":\"indicator\",\"id\":\"indicator--1\",\"revoked\":true,\"pattern_type\":\"stix\","
        "\"pattern\":"
        "\"[domain-name:value = 'a.example']\"},"
        "{\"type\":\"indicator\",\"id\":\"indicator--2\",\"valid_until\":\"2020-01-01T00:00:00Z\",\"pattern_"
        "type\":\"stix\","
        "\"pattern\":\"[domain-name:value = 'b.example']\"},"
        "{\"type\":\"indicator\",\"id\":\"indicator--3\",\"pattern_type\":\"stix\",\"pattern\":\"[process:"
        "pid = 1]\"},"
        "{\"type\":\"indicator\",\"id\":\"indicator--4\",\"pattern_type\":\"yara\",\"pattern\":\"rule x { "
        "condition: true }\"},"
        "{\"type\":\"indicator\",\"id\":\"indicator--5\",\"pattern_type\":\"stix\",\"pattern\":"
        "\"[email-addr:value = 'a@b.example']\"},"
        "{\"type\":\"indicator\",\"id\":\"indicator--6\",\"pattern_type\":\"stix\",\"pattern\":"
        "\"[domain-name:value = 'c.example'] OR [domain-name:value = 'd.example']\"}]";
    static const char *const told[] = { "indicator--1", "indicator--2", "indicator--3", "indicator--4",
                                        "indicator--5" };
    struct made in = { 0 }, out = { 0 }, yara = { 0 };
    const struct lf_json *list;
    struct lf_err e = { 0 };

    CHECK_OK(lf_json_parse(&in.a, lf_view_of(bundle), NULL, &list, &e), &e);
    for (size_t i = 0; i < lf_json_items(list); i++)
        in.o[in.n++] = lf_json_item(list, i);
    CHECK_OK(formats_write(&out, "rpz", &in, &usual, &e), &e);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        CHECK(formats_lost_at(&out, told[i]), "%s", told[i]);
    CHECK(out.nlost == 5, "%zu", out.nlost);
    CHECK(lf_view_find(lf_buf_view(&out.text), LF_V("a.example")) == SIZE_MAX &&
              lf_view_find(lf_buf_view(&out.text), LF_V("b.example")) == SIZE_MAX &&
              lf_view_find(lf_buf_view(&out.text), LF_V("\nc.example CNAME .\n")) != SIZE_MAX &&
              lf_view_find(lf_buf_view(&out.text), LF_V("\nd.example CNAME .\n")) != SIZE_MAX,
          "%.*s", LF_FMT(lf_buf_view(&out.text)));
    CHECK_OK(formats_write(&yara, "yara", &in, &usual, &e), &e);
    CHECK(lf_view_find(lf_buf_view(&yara.text), LF_V("\nrule x { condition: true }\n")) != SIZE_MAX, "%.*s",
          LF_FMT(lf_buf_view(&yara.text)));
    formats_clear(&in);
    formats_clear(&out);
    formats_clear(&yara);
}

static lf_view file(struct lf_arena *a, const char *name)
{
    char path[512];
    static char bytes[1 << 16];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/tests/data/exchange/%s", getenv("LF_ROOT"), name);
    f = fopen(path, "rb");
    CHECK(f, "%s", path);
    n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f)
        fclose(f);
    return lf_arena_copy(a, (lf_view){ bytes, n });
}

static void a_catalogue_of_exploited_vulnerabilities_is_read(void)
{
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o;

    CHECK_OK(formats_read(&m, "auto", file(&m.a, "kev.json"), &usual, &e), &e);
    CHECK(!m.faults && m.n == 6 && !m.nlost, "%zu objects, %zu losses", m.n, m.nlost);
    o = formats_find(&m, "name", "CVE-2025-48384");
    CHECK_VIEW(lf_json_str(o, "type"), LF_V("vulnerability"));
    CHECK_VIEW(lf_json_str(o, "created"), LF_V("2025-08-25T00:00:00.000Z"));
    CHECK(lf_json_items(lf_json_get(o, LF_V("external_references"))) == 3, "the CVE and two CWEs");
    o = formats_find(&m, "type", "note");
    CHECK(lf_view_find(lf_json_str(o, "content"), LF_V("Due date: 2025-09-15")) != SIZE_MAX, "the due date");
    o = formats_find(&m, "type", "report");
    CHECK(lf_json_items(lf_json_get(o, LF_V("object_refs"))) == 4, "all of it");
    formats_clear(&m);
}

static void an_advisory_is_read_with_its_products_and_its_tlp(void)
{
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o;
    bool found = false;

    CHECK_OK(formats_read(&m, "auto", file(&m.a, "csaf.json"), &usual, &e), &e);
    CHECK(!m.faults && m.n == 9, "%zu objects", m.n);
    o = formats_find(&m, "name", "CVE-2026-0001");
    CHECK_VIEW(lf_json_str(o, "description"), LF_V("Overflow\nIt overflows."));
    CHECK_VIEW(lf_json_str(o, "modified"), LF_V("2026-02-03T04:05:06.000Z"));
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(o, LF_V("object_marking_refs")), 0)),
               LF_V("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"));
    for (size_t i = 0; i < m.n; i++) {
        lf_view text = lf_json_str(m.o[i], "content");

        found = found || (lf_view_find(text, LF_V("known_affected: Pump 1.0")) != SIZE_MAX &&
                          lf_view_find(text, LF_V("fixed: Pump 2.0")) != SIZE_MAX &&
                          lf_view_find(text, LF_V("Remediation: Update.")) != SIZE_MAX &&
                          lf_view_find(text, LF_V("CVSS:3.1/AV:N")) != SIZE_MAX);
    }
    CHECK(found, "status, remediation and score");
    o = formats_find(&m, "type", "report");
    CHECK_VIEW(lf_json_str(o, "name"), LF_V("Pump controller"));
    CHECK_VIEW(lf_json_str(o, "published"), LF_V("2026-01-02T00:00:00.000000Z"));
    CHECK(formats_lost_at(&m, "vulnerabilities[0].acknowledgments") &&
              formats_lost_at(&m, "document.tracking.revision_history") &&
              formats_lost_at(&m, "document.lang"),
          "%zu losses", m.nlost);
    formats_clear(&m);
}

static enum lf_code count_made(void *ctx, lf_view json, struct lf_err *e)
{
    (void)json;
    (void)e;
    ((struct made *)ctx)->n++;
    return LF_OK;
}

/* "software name type CVE" of each relationship to a vulnerability, and of those among software. */
static bool product_related(const struct made *m, const char *from, const char *type, const char *to,
                            lf_view *said)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct lf_json *o = m->o[i], *source = NULL, *target = NULL;

        if (!lf_view_is(lf_json_str(o, "type"), "relationship") ||
            !lf_view_is(lf_json_str(o, "relationship_type"), type))
            continue;
        for (size_t k = 0; k < m->n; k++) {
            if (lf_view_eq(lf_json_str(m->o[k], "id"), lf_json_str(o, "source_ref")))
                source = m->o[k];
            if (lf_view_eq(lf_json_str(m->o[k], "id"), lf_json_str(o, "target_ref")))
                target = m->o[k];
        }
        if (lf_view_is(lf_json_str(source, "name"), from) && lf_view_is(lf_json_str(target, "name"), to)) {
            *said = lf_json_str(o, "description");
            return true;
        }
    }
    return false;
}

static void a_product_tree_of_three_levels_gives_each_vulnerability_its_products(void)
{
    static const struct {
        const char *from, *type, *to, *says, *not ;
    } rows[] = {
        { "Big Pump", "known-affected", "CVE-2026-0001", "Remediation: workaround: Unplug it.", "Flood" },
        { "Big Pump", "known-affected", "CVE-2026-0001", "Remediation: vendor_fix: Update to 2.", "Flood" },
        { "Big Pump", "known-affected", "CVE-2026-0001", "cvss_v3: 9.8 CVSS:3.1/AV:N", "Flood" },
        { "Big Pump", "fixed", "CVE-2026-0001", "", "Update" },
        { "OpenSSL 3.0.1 as part of Big Pump 1.1", "known-affected", "CVE-2026-0001",
          "Threat: impact: Flood.", "Unplug" },
        { "OpenSSL 3.0.1 as part of Big Pump 1.1", "known-affected", "CVE-2026-0001", "Update to 2.", "9.8" },
        { "Pumps Small Pump arm64", "known-not-affected", "CVE-2026-0001", "Flag: component_not_present",
          "Update" },
        { "Pumps Small Pump arm64", "under-investigation", "CVE-2026-0002", "", "Flag" },
        { "Big Pump", "known-affected", "CVE-2026-0002", "", "Update" },
        { "OpenSSL 3.0.1", "default-component-of", "Big Pump", "", "x" },
        { "OpenSSL 3.0.1 as part of Big Pump 1.1", "consists-of", "OpenSSL 3.0.1", "", "x" },
        { "OpenSSL 3.0.1 as part of Big Pump 1.1", "consists-of", "Big Pump", "", "x" },
    };
    struct made m = { 0 };
    struct lf_err e = { 0 };
    size_t relationships = 0, software = 0;
    const struct lf_json *o;
    lf_view said;

    CHECK_OK(formats_read(&m, "auto", file(&m.a, "tree-csaf.json"), &usual, &e), &e);
    CHECK(!m.faults, "%zu faults", m.faults);
    for (size_t i = 0; i < m.n; i++) {
        relationships += lf_view_is(lf_json_str(m.o[i], "type"), "relationship");
        software += lf_view_is(lf_json_str(m.o[i], "type"), "software");
    }
    CHECK(relationships == 9 && software == 6, "%zu relationships, %zu software", relationships, software);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(product_related(&m, rows[i].from, rows[i].type, rows[i].to, &said), "%s %s %s", rows[i].from,
              rows[i].type, rows[i].to);
        CHECK(lf_view_find(said, lf_view_of(rows[i].says)) != SIZE_MAX &&
                  lf_view_find(said, lf_view_of(rows[i].not )) == SIZE_MAX,
              "%s: %.*s", rows[i].from, LF_FMT(said));
    }
    o = formats_find(&m, "cpe", "cpe:2.3:h:pumps:big_pump:1.0:*:*:*:*:*:*:*");
    CHECK_VIEW(lf_json_str(o, "vendor"), LF_V("Pumps"));
    CHECK_VIEW(lf_json_str(o, "version"), LF_V("1.0"));
    o = formats_find(&m, "abstract", "Pumps Small Pump arm64");
    said = lf_json_str(o, "content");
    CHECK(lf_view_find(said, LF_V("pkg:generic/small-pump@3?arch=arm64")) != SIZE_MAX &&
              lf_view_find(said, LF_V("SKU: SP-3")) != SIZE_MAX &&
              lf_view_find(said, LF_V("Hash: sha256 abab")) != SIZE_MAX &&
              lf_view_find(said, LF_V("architecture arm64")) != SIZE_MAX,
          "%.*s", LF_FMT(said));
    CHECK(formats_lost_at(&m, "product_status"),
          "an unknown status and a product that is not there are told");
    formats_clear(&m);
}

/* However many products: what is made ends at its bounds, and what is beyond is told. */
static void a_product_tree_ends_at_its_bounds(void)
{
    struct made *m = calloc(1, sizeof *m);
    struct lf_exchange to = { m, count_made, formats_lost };
    const struct lf_format *f;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 16 << 20);
    LF_PUT(&b, "{\"document\":{\"csaf_version\":\"2.0\",\"title\":\"t\",\"publisher\":{\"name\":\"p\","
               "\"namespace\":\"n\"},"
               "\"tracking\":{\"id\":\"many\"}},\"product_tree\":{\"full_product_names\":[");
    for (int i = 0; i < 6000; i++)
        lf_buf_printf(&b, "%s{\"product_id\":\"P%d\",\"name\":\"product %d\"}", i ? "," : "", i, i);
    LF_PUT(&b, "]},\"vulnerabilities\":[");
    for (int v = 0; v < 5; v++) {
        lf_buf_printf(&b, "%s{\"cve\":\"CVE-2026-100%d\",\"product_status\":{\"known_affected\":[",
                      v ? "," : "", v);
        for (int i = 0; i < 6000; i++)
            lf_buf_printf(&b, "%s\"P%d\"", i ? "," : "", i);
        LF_PUT(&b, "]}}");
    }
    LF_PUT(&b, "]}");
    CHECK_OK(lf_format_find(LF_V("csaf"), lf_buf_view(&b), false, &f, &e), &e);
    CHECK_OK(f->read(lf_buf_view(&b), &usual, &to, &e), &e);
    CHECK(m->n > 25000 && m->n < 25200, "%zu objects", m->n);
    CHECK(formats_lost_at(m, "product_tree"), "%zu losses", m->nlost);
    lf_buf_clear(&b);
    lf_arena_clear(&m->a);
    free(m);
}

static void groups_that_are_named_over_and_over_end(void)
{
    struct made *m = calloc(1, sizeof *m);
    struct lf_exchange to = { m, count_made, formats_lost };
    const struct lf_format *f;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 16 << 20);
    LF_PUT(&b, "{\"document\":{\"csaf_version\":\"2.0\",\"title\":\"t\",\"publisher\":{\"name\":\"p\"},"
               "\"tracking\":{\"id\":\"g\"}},"
               "\"product_tree\":{\"full_product_names\":[{\"product_id\":\"P\",\"name\":\"p\"}],"
               "\"product_groups\":[{\"group_id\":\"G\",\"product_ids\":[\"P\"");
    for (int i = 0; i < 5000; i++)
        LF_PUT(&b, ",\"P\"");
    LF_PUT(&b, "]}]},\"vulnerabilities\":[{\"cve\":\"CVE-2026-0001\",\"remediations\":[{\"details\":\"d\","
               "\"group_ids\":[\"G\"");
    for (int i = 0; i < 500000; i++)
        LF_PUT(&b, ",\"G\"");
    LF_PUT(&b, "]}],\"product_status\":{\"fixed\":[\"P\"]}}]}");
    CHECK_OK(lf_format_find(LF_V("csaf"), lf_buf_view(&b), false, &f, &e), &e);
    CHECK_OK(f->read(lf_buf_view(&b), &usual, &to, &e), &e);
    CHECK(formats_lost_at(m, "vulnerabilities"), "it is told");
    lf_buf_clear(&b);
    lf_arena_clear(&m->a);
    free(m);
}

static void stix_2_0_becomes_2_1_with_observables_of_their_own(void)
{
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o, *ip;

    CHECK_OK(formats_read(&m, "auto", file(&m.a, "stix20.json"), &usual, &e), &e);
    CHECK(!m.faults && m.n == 9, "%zu objects", m.n);
    o = formats_find(&m, "type", "indicator");
    CHECK_VIEW(lf_json_str(o, "pattern_type"), LF_V("stix"));
    CHECK_VIEW(lf_json_str(o, "modified"), LF_V("2018-01-01T00:00:00.123Z"));
    CHECK(lf_json_items(lf_json_get(o, LF_V("indicator_types"))) == 1 && !lf_json_get(o, LF_V("labels")),
          "types");
    o = formats_find(&m, "type", "malware");
    CHECK(lf_json_bool(o, "is_family", false) && lf_json_get(o, LF_V("x_mine")),
          "a family; what is others' stays");
    CHECK(lf_json_get(formats_find(&m, "type", "identity"), LF_V("labels")), "labels of an identity stay");
    ip = formats_find(&m, "type", "ipv4-addr");
    o = formats_find(&m, "type", "network-traffic");
    CHECK_VIEW(lf_json_str(o, "dst_ref"), lf_json_str(ip, "id"));
    o = formats_find(&m, "type", "file");
    CHECK_VIEW(lf_json_str(o, "ctime"), LF_V("2018-01-01T00:00:00Z"));
    CHECK_VIEW(lf_json_str(o, "parent_directory_ref"),
               lf_json_str(formats_find(&m, "type", "directory"), "id"));
    CHECK_VIEW(lf_json_str(formats_find(&m, "type", "process"), "image_ref"), lf_json_str(o, "id"));
    CHECK(lf_json_str(formats_find(&m, "type", "process"), "id").ptr[9 + 14] == '4',
          "a process is not numbered by what it is");
    /* A part that was marked is an object that is marked. */
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(ip, LF_V("object_marking_refs")), 0)),
               LF_V("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"));
    CHECK(lf_json_items(lf_json_get(formats_find(&m, "type", "observed-data"), LF_V("object_refs"))) == 5,
          "all five");
    CHECK(m.nlost == 4, "%zu losses", m.nlost);
    formats_clear(&m);
}

/* Each refers to the next, from as deep as JSON may be: a reader that follows them must not need a stack for
 * it. */
static void references_in_observed_data_lead_only_so_deep(void)
{
    struct made m = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 8 << 20);
    LF_PUT(
        &b,
        "{\"type\":\"bundle\",\"id\":\"bundle--5a1b2c3d-0000-4aaa-8bbb-000000000001\",\"spec_version\":"
        "\"2.0\",\"objects\":[{\"type\":\"observed-data\",\"id\":\"observed-data--5a1b2c3d-0000-4aaa-8bbb-"
        "000000000002\",\"created\":\"2018-01-01T00:00:00.000Z\",\"modified\":\"2018-01-01T00:00:00.000Z\","
        "\"first_observed\":\"2018-01-01T00:00:00Z\",\"last_observed\":\"2018-01-01T00:00:00Z\","
        "\"number_observed\":1,\"objects\":{");
    for (unsigned i = 0; i < 2000; i++) {
        lf_buf_printf(&b, "%s\"%u\":{\"type\":\"process\",\"x_a\":", i ? "," : "", i);
        for (unsigned k = 0; k < 100; k++)
            LF_PUT(&b, "{\"x_a\":");
        lf_buf_printf(&b, "{\"x_ref\":\"%u\"}", i + 1);
        for (unsigned k = 0; k < 100; k++)
            LF_PUT(&b, "}");
        LF_PUT(&b, "}");
    }
    LF_PUT(&b, "}}]}");
    CHECK_CODE(formats_read(&m, "stix20", lf_buf_view(&b), &usual, &e), LF_TOO_BIG);
    CHECK(strstr(e.text, "deep"), "%s", e.text);
    lf_buf_clear(&b);
    formats_clear(&m);
}

static void patterns_are(const struct made *m, const char *const *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool found = false;

        for (size_t k = 0; k < m->n; k++)
            found = found || lf_view_is(lf_json_str(m->o[k], "pattern"), want[i]);
        CHECK(found, "%s", want[i]);
    }
    if (n != 0 && lf_test_failed_)
        for (size_t k = 0; k < m->n; k++)
            printf("# %.*s\n", LF_FMT(lf_json_str(m->o[k], "pattern")));
}

static void open_ioc_becomes_an_indicator_a_branch(void)
{
    static const char *const want[] = {
        "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
        "[ipv4-addr:value = '198.51.100.7']",
        "[domain-name:value LIKE '%evil%']",
        ("[file:name = 'a\\'b.exe' AND file:size = 1024] AND [windows-registry-key:key MATCHES "
         "'CurrentVersion_x']"),
    };
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o;

    CHECK_OK(formats_read(&m, "auto", file(&m.a, "openioc.xml"), &usual, &e), &e);
    CHECK(!m.faults && m.n == 6, "%zu objects", m.n);
    patterns_are(&m, want, sizeof want / sizeof *want);
    o = formats_find(&m, "type", "report");
    CHECK_VIEW(lf_json_str(o, "name"), LF_V("A dropper"));
    CHECK_VIEW(lf_json_str(o, "modified"), LF_V("2012-02-03T04:05:06.000Z"));
    CHECK(lf_json_items(lf_json_get(o, LF_V("object_refs"))) == 4, "four");
    /* What must hold beside what cannot be said is not asked for less strictly: it is told. */
    CHECK(m.nlost == 3, "%zu losses", m.nlost);
    formats_clear(&m);
}

static void stix_1_becomes_indicators_by_their_own_uuids(void)
{
    static const char *const want[] = {
        "[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value = '198.51.100.8']",
        "[url:value = 'http://evil.example/a']",
        ("[file:name LIKE '%evil%' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e'] AND [url:value "
         "= "
         "'http://evil.example/a']"),
    };
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o;
    int64_t n = 0;

    CHECK_OK(formats_read(&m, "auto", file(&m.a, "stix1.xml"), &usual, &e), &e);
    CHECK(!m.faults && m.n == 5, "%zu objects", m.n);
    patterns_are(&m, want, sizeof want / sizeof *want);
    o = formats_find(&m, "id", "indicator--5a1b2c3d-0000-4aaa-8bbb-000000000002");
    CHECK_VIEW(lf_json_str(o, "name"), LF_V("addresses"));
    CHECK_VIEW(lf_json_str(o, "valid_until"), LF_V("2016-03-03T00:00:00.000000Z"));
    CHECK_VIEW(lf_json_str(o, "modified"), LF_V("2016-02-03T04:05:06.000Z"));
    CHECK(lf_json_int(o, "confidence", &n) && n == 85, "high");
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(o, LF_V("object_marking_refs")), 0)),
               LF_V("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"));
    o = formats_find(&m, "type", "report");
    CHECK_VIEW(lf_json_str(o, "name"), LF_V("INT & more"));
    CHECK_VIEW(lf_json_str(o, "description"), LF_V("a <b> c"));
    CHECK(formats_find(&m, "name", "CVE-2016-0001"), "the vulnerability");
    CHECK(m.nlost >= 2, "%zu losses", m.nlost);
    formats_clear(&m);
}

static bool related(const struct made *m, const char *type, const char *source, const char *target)
{
    const struct lf_json *from = formats_find(m, "name", source), *to = formats_find(m, "name", target);

    for (size_t i = 0; from && to && i < m->n; i++)
        if (lf_view_is(lf_json_str(m->o[i], "relationship_type"), type) &&
            lf_view_eq(lf_json_str(m->o[i], "source_ref"), lf_json_str(from, "id")) &&
            lf_view_eq(lf_json_str(m->o[i], "target_ref"), lf_json_str(to, "id")))
            return true;
    return false;
}

static size_t of_type(const struct made *m, const char *type)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++)
        n += lf_view_is(lf_json_str(m->o[i], "type"), type);
    return n;
}

static void what_relates_objects_of_stix1_is_kept(void)
{
    struct made m = { 0 };
    struct lf_err e = { 0 };
    const struct lf_json *o, *phases;
    int64_t count = 0;

    CHECK_OK(formats_read(&m, "stix1", file(&m.a, "stix1-related.xml"), &usual, &e), &e);
    CHECK(!m.faults, "%zu faults by the strict check", m.faults);

    /* The URL's indicator, its two rules, and a rule that stands alone under the indicator's own id. */
    CHECK(of_type(&m, "indicator") == 4, "%zu indicators", of_type(&m, "indicator"));
    o = formats_find(&m, "pattern_type", "snort");
    CHECK_VIEW(lf_json_str(o, "pattern"), LF_V("alert tcp any any -> any any (msg:\"x\"; sid:1;)"));
    o = formats_find(&m, "id", "indicator--5a1b2c3d-0000-4aaa-8bbb-000000000103");
    CHECK_VIEW(lf_json_str(o, "pattern_type"), LF_V("yara"));
    CHECK_VIEW(lf_json_str(o, "pattern"), LF_V("rule b { condition: false }"));

    o = formats_find(&m, "id", "indicator--5a1b2c3d-0000-4aaa-8bbb-000000000102");
    CHECK_VIEW(lf_json_str(o, "pattern"), LF_V("[url:value = 'http://evil.example/a']"));
    phases = lf_json_get(o, LF_V("kill_chain_phases"));
    CHECK(lf_json_items(phases) == 2, "the third is in no kill chain");
    CHECK_VIEW(lf_json_str(lf_json_item(phases, 0), "kill_chain_name"), LF_V("lm-cyber-kill-chain"));
    CHECK_VIEW(lf_json_str(lf_json_item(phases, 0), "phase_name"), LF_V("command-control"));
    CHECK_VIEW(lf_json_str(lf_json_item(phases, 1), "phase_name"), LF_V("actions-on-objectives"));
    CHECK(lf_json_get(formats_find(&m, "name", "evilbot"), LF_V("kill_chain_phases")), "of malware too");

    CHECK(related(&m, "indicates", "url and rules", "evilbot") &&
              related(&m, "indicates", "url and rules", "spearphishing"),
          "a TTP is several objects");
    CHECK(related(&m, "mitigates", "block it", "url and rules"), "the measure");
    CHECK(related(&m, "targets", "evilbot", "CVE-2016-0001"), "the vulnerability");
    CHECK(related(&m, "attributed-to", "drops", "somebody"), "who is behind it");
    CHECK(related(&m, "uses", "somebody", "spearphishing"), "what they use");

    CHECK(of_type(&m, "sighting") == 7, "two for each of three, and one that counts: %zu",
          of_type(&m, "sighting"));
    o = formats_find(&m, "sighting_of_ref", "indicator--5a1b2c3d-0000-4aaa-8bbb-000000000103");
    CHECK(lf_json_int(o, "count", &count) && count == 7, "its number");
    CHECK(formats_find(&m, "first_seen", "2016-03-01T00:00:00.000000Z") &&
              formats_find(&m, "name", "Water plant"),
          "when and by whom");

    CHECK(of_type(&m, "note") == 1 && formats_find(&m, "content", "[domain-name:value = 'alone.example']"),
          "an observable that nothing refers to stands beside the indicators");
    CHECK(m.nlost >= 3, "the generic test, the unknown TTP and phase are told: %zu", m.nlost);
    formats_clear(&m);
}

/* References in references, twelve at each of fifteen floors: 12^15 observables if somebody followed them
 * all. */
static void references_in_references_do_not_unfold(void)
{
    struct made m = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "<STIX_Package xmlns='http://stix.mitre.org/stix-1' id='p'><Observables>");
    for (unsigned i = 0; i < 15; i++) {
        lf_buf_printf(&b, "<Observable id='o%u'><Observable_Composition operator='OR'>", i);
        for (unsigned k = 0; k < 12; k++)
            lf_buf_printf(&b, "<Observable idref='o%u'/>", i + 1);
        LF_PUT(&b, "</Observable_Composition></Observable>");
    }
    LF_PUT(&b, "<Observable id='o15'><Observable_Composition><Observable "
               "idref='o0'/></Observable_Composition></Observable>"
               "</Observables><Indicators><Indicator><Observable "
               "idref='o0'/></Indicator></Indicators></STIX_Package>");
    CHECK_OK(formats_read(&m, "stix1", lf_buf_view(&b), &usual, &e), &e);
    CHECK(m.n == 0 && m.nlost > 0, "%zu objects", m.n);
    lf_buf_clear(&b);
    formats_clear(&m);
}

int main(void)
{
    lf_crypto_init();
    RUN(a_line_is_a_value_however_it_is_written);
    RUN(comments_are_passed_over_and_what_is_no_value_is_told);
    RUN(columns_are_what_the_mapping_says);
    RUN(a_header_that_says_it_needs_no_mapping_and_big5_is_read);
    RUN(a_wrong_mapping_or_table_is_refused_with_its_line);
    RUN(what_is_written_is_what_the_format_wants);
    RUN(what_does_not_stand_or_has_no_word_is_told_and_not_written);
    RUN(a_catalogue_of_exploited_vulnerabilities_is_read);
    RUN(an_advisory_is_read_with_its_products_and_its_tlp);
    RUN(a_product_tree_of_three_levels_gives_each_vulnerability_its_products);
    RUN(a_product_tree_ends_at_its_bounds);
    RUN(groups_that_are_named_over_and_over_end);
    RUN(stix_2_0_becomes_2_1_with_observables_of_their_own);
    RUN(references_in_observed_data_lead_only_so_deep);
    RUN(open_ioc_becomes_an_indicator_a_branch);
    RUN(stix_1_becomes_indicators_by_their_own_uuids);
    RUN(what_relates_objects_of_stix1_is_kept);
    RUN(references_in_references_do_not_unfold);
    RUN(the_same_list_makes_the_same_objects);
    DONE();
}
