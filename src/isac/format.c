#include "isac/format.h"

#include "fmt/misp.h"
#include "isac/format_national.h"
#include "isac/format_priv.h"

static FORMAT_READER(misp_read)
{
    (void)use;
    return lf_misp_read(text, to, e);
}

static FORMAT_WRITER(misp_write)
{
    (void)use;
    return lf_misp_write(a, objects, n, to, e);
}

/* One by one as it came: a bundle, a list of objects, one object. */
static FORMAT_READER(stix_read)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512, .rest = to->rest };
    const struct lf_json *doc, *list;
    struct lf_arena a = { 0 };
    struct lf_buf b;
    enum lf_code rc;

    (void)use;
    lf_buf_init(&b, UINT32_MAX);
    rc = lf_json_parse(&a, text, &limits, &doc, e);
    list = rc == LF_OK && lf_view_is(lf_json_str(doc, "type"), "bundle") ? lf_json_get(doc, LF_V("objects"))
                                                                         : doc;
    if (rc == LF_OK && list && lf_json_kind(list) != LF_JSON_ARRAY &&
        (list != doc || lf_json_kind(doc) != LF_JSON_OBJECT))
        rc = lf_err_set(e, LF_BAD_INPUT, "STIX: a bundle, an object or a list of objects is wanted");
    for (size_t i = 0;
         rc == LF_OK && list && i < (lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 1); i++) {
        lf_json_write(&b, lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_item(list, i) : list);
        rc = to->made(to->ctx, lf_buf_view(&b), e);
        lf_buf_reset(&b);
    }
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    return rc;
}

static FORMAT_WRITER(stix_write)
{
    struct lf_buf b;
    enum lf_code rc = LF_OK;

    (void)a;
    (void)use;
    lf_buf_init(&b, UINT32_MAX);
    LF_PUT(&b, "{\"type\":\"bundle\",\"id\":\"bundle--9f2c7c1a-6f0e-4a53-9d0b-7f6d1c3b5e21\"");
    if (n)
        LF_PUT(&b, ",\"objects\":[\n");
    for (size_t i = 0; rc == LF_OK && i < n; i++) {
        if (i)
            LF_PUT(&b, ",\n");
        lf_json_write(&b, objects[i]);
        if (b.len > 1 << 16) {
            rc = to->made(to->ctx, lf_buf_view(&b), e);
            lf_buf_reset(&b);
        }
    }
    lf_buf_put(&b, n ? LF_V("\n]}\n") : LF_V("}\n"));
    if (rc == LF_OK)
        rc = to->made(to->ctx, lf_buf_view(&b), e);
    lf_buf_clear(&b);
    return rc;
}

static bool stix_is(lf_view text)
{
    return lf_view_find(lf_view_first(text, 65536), LF_V("\"spec_version\"")) != SIZE_MAX ||
           lf_view_find(lf_view_first(text, 4096), LF_V("\"bundle\"")) != SIZE_MAX;
}

static const struct lf_format formats[] = {
    { "misp", "MISP core format (JSON)", lf_misp_is, misp_read, misp_write },
    { "kev", "catalogue of known exploited vulnerabilities (JSON)", format_kev_is, format_kev_read, NULL },
    { "csaf", "security advisories, CSAF 2.0 (JSON)", format_csaf_is, format_csaf_read, NULL },
    { "list", "a value a line, defanged or not; # comments", NULL, format_list_read, format_list_write },
    { "csv", "CSV (RFC 4180) with a mapping file", NULL, format_csv_read, format_csv_write },
    { "suricata", "rules for Suricata", NULL, NULL, format_suricata_write },
    { "zeek", "file for Zeek's intelligence framework", NULL, NULL, format_zeek_write },
    { "rpz", "response policy zone file", NULL, NULL, format_rpz_write },
    { "nftables", "sets of nftables", NULL, NULL, format_nftables_write },
    { "sigma", "Sigma rules: those held, and one a value", NULL, NULL, format_sigma_write },
    { "yara", "YARA rules that are held", NULL, NULL, format_yara_write },
    { "openioc", "OpenIOC 1.0 and 1.1 (XML)", format_openioc_is, format_openioc_read, NULL },
    { "national", "national exchange of Taiwan: one Incident in STIX 1.2 (XML)", format_national_is,
      format_national_read, format_national_write },
    { "stix1", "STIX 1.x with CybOX 2 (XML)", format_stix1_is, format_stix1_read, NULL },
    { "stix20", "STIX 2.0 (JSON)", format_stix20_is, format_stix20_read, NULL },
    { "stix", "STIX 2.1 (JSON)", stix_is, stix_read, stix_write },
};

const struct lf_format *lf_format_at(size_t i)
{
    return i < sizeof formats / sizeof *formats ? &formats[i] : NULL;
}

enum lf_code lf_format_find(lf_view name, lf_view text, bool write, const struct lf_format **out,
                            struct lf_err *e)
{
    bool guess = lf_view_is(name, "auto") && !write;
    const struct lf_format *f;
    struct lf_buf b;
    enum lf_code rc;

    for (size_t i = 0; (f = lf_format_at(i)); i++)
        if (guess ? f->is && f->is(text)
                  : lf_view_is(name, f->name) && (write ? f->write != NULL : f->read != NULL)) {
            *out = f;
            return LF_OK;
        }
    lf_buf_init(&b, 1000);
    for (size_t i = 0; (f = lf_format_at(i)); i++)
        if (write ? f->write != NULL : f->read != NULL)
            lf_buf_printf(&b, "%s%s", b.len ? ", " : "", f->name);
    rc = guess ? lf_err_set(e, LF_BAD_INPUT, "nothing tells what format this is; say one of: %.*s",
                            LF_FMT(lf_buf_view(&b)))
               : lf_err_set(e, LF_BAD_INPUT, "no format \"%.*s\" to be %s; there are: %.*s",
                            LF_FMT(lf_view_first(name, 40)), write ? "written" : "read",
                            LF_FMT(lf_buf_view(&b)));
    lf_buf_clear(&b);
    return rc;
}
