/* OpenIOC 1.0 and 1.1 -> indicators and a report. */
#include "isac/format_xml.h"

struct ioc {
    struct format_in f;
    struct lf_arena doc;
    struct lf_buf refs;
    lf_view name, description, key;
    lf_time created, modified;
    size_t tests;
};

enum { TREE_DEEP = 32 };

static const struct {
    const char *search, *path;
    bool number;
} terms[] = {
    { "FileItem/Md5sum", "file:hashes.MD5", false },
    { "FileItem/Sha1sum", "file:hashes.'SHA-1'", false },
    { "FileItem/Sha256sum", "file:hashes.'SHA-256'", false },
    { "FileItem/FileName", "file:name", false },
    { "FileItem/FilePath", "file:parent_directory_ref.path", false },
    { "FileItem/SizeInBytes", "file:size", true },
    { "FileItem/PEInfo/ImportHash", "file:extensions.'windows-pebinary-ext'.imphash", false },
    { "DnsEntryItem/Host", "domain-name:value", false },
    { "DnsEntryItem/RecordName", "domain-name:value", false },
    { "Network/DNS", "domain-name:value", false },
    { "UrlHistoryItem/HostName", "domain-name:value", false },
    { "Network/URI", "url:value", false },
    { "UrlHistoryItem/URL", "url:value", false },
    { "FileDownloadHistoryItem/SourceURL", "url:value", false },
    { "Network/UserAgent", "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
      false },
    { "PortItem/remotePort", "network-traffic:dst_port", true },
    { "PortItem/localPort", "network-traffic:src_port", true },
    { "Email/From", "email-message:from_ref.value", false },
    { "Email/Subject", "email-message:subject", false },
    { "Email/Body", "email-message:body", false },
    { "Email/Attachment/Name", "email-message:body_multipart[*].body_raw_ref.name", false },
    { "ProcessItem/name", "process:image_ref.name", false },
    { "ProcessItem/arguments", "process:command_line", false },
    { "ProcessItem/HandleList/Handle/Name", "mutex:name", false },
    { "HookItem/HookedModule", "file:name", false },
    { "RegistryItem/Path", "windows-registry-key:key", false },
    { "RegistryItem/KeyPath", "windows-registry-key:key", false },
    { "RegistryItem/ValueName", "windows-registry-key:values[*].name", false },
    { "RegistryItem/Value", "windows-registry-key:values[*].data", false },
    { "RegistryItem/Text", "windows-registry-key:values[*].data", false },
    { "ServiceItem/name", "process:extensions.'windows-service-ext'.service_name", false },
};

static bool is_address_term(lf_view search)
{
    static const char *const names[] = {
        "PortItem/remoteIP",          "PortItem/localIP",
        "RouteEntryItem/Destination", "DnsEntryItem/RecordData/IPv4Address",
        "Network/RemoteIP",           "SystemInfoItem/networkArray/networkInfo/ipArray/ipInfo/ipAddress"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(search, names[i]))
            return true;
    return false;
}

static struct test *none(struct ioc *x, const struct lf_xml *item, lf_view value, const char *why)
{
    struct test *t = LF_NEW(&x->doc, struct test, 1);

    format_lost(&x->f, "line", item->line, value, why);
    return t;
}

static struct test *compared(struct ioc *x, const struct lf_xml *item, const char *path, bool number,
                             lf_view value)
{
    lf_view how = lf_xml_attr(item, "condition");
    uint64_t n;

    if (number && (!lf_view_u64(value, &n) || value.len > 15 || (value.len > 1 && value.ptr[0] == '0')))
        return none(x, item, value, "a number is expected (ranges cannot be said)");
    if (!how.len || lf_view_is(how, "is"))
        return test_one(&x->doc, path, "=", value, number);
    if (lf_view_is(how, "isnot"))
        return test_one(&x->doc, path, "!=", value, number);
    if (!number && lf_view_is(how, "contains"))
        return test_like(&x->doc, path, value, true, true);
    if (!number && lf_view_is(how, "starts-with"))
        return test_like(&x->doc, path, value, false, true);
    if (!number && lf_view_is(how, "ends-with"))
        return test_like(&x->doc, path, value, true, false);
    if (!number && lf_view_is(how, "matches"))
        return test_one(&x->doc, path, "MATCHES", value, false);
    if (number && lf_view_is(how, "greater-than"))
        return test_one(&x->doc, path, ">", value, true);
    if (number && lf_view_is(how, "less-than"))
        return test_one(&x->doc, path, "<", value, true);
    return none(x, item, how, "a condition that STIX patterns do not have");
}

static struct test *item_of(struct ioc *x, const struct lf_xml *item)
{
    lf_view search = lf_xml_attr(lf_xml_get(item, "Context"), "search"), value = lf_xml_text(item, "Content");
    struct test *t;

    if (!value.len || ++x->tests > TESTS_MOST)
        return none(x, item, search, "an item without content, or more than 2,000 items");
    if (lf_view_is(lf_xml_attr(item, "negate"), "true"))
        return none(x, item, search, "a negated item: STIX patterns cannot ask that something was not there");
    if (is_address_term(search)) {
        t = test_address(&x->doc, value);
        return t && (!lf_xml_attr(item, "condition").len || lf_view_is(lf_xml_attr(item, "condition"), "is"))
                   ? t
                   : none(x, item, value, "no address, or not compared as one");
    }
    if (lf_view_is(search, "FileItem/FileExtension"))
        return test_like(&x->doc, "file:name",
                         lf_arena_printf(&x->doc, "%s%.*s", value.ptr[0] == '.' ? "" : ".", LF_FMT(value)),
                         true, false);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (lf_view_is(search, terms[i].search))
            return compared(x, item, terms[i].path, terms[i].number, value);
    return none(x, item, search, "STIX has no observable for this term");
}

static struct test *tree(struct ioc *x, const struct lf_xml *node, unsigned depth)
{
    struct test *t = test_new(&x->doc, lf_view_eq_nocase(lf_xml_attr(node, "operator"), LF_V("AND")));

    for (const struct lf_xml *k = node->first; k; k = k->next) {
        if (lf_view_is(k->name, "IndicatorItem"))
            test_add(&x->doc, t, item_of(x, k));
        else if (lf_view_is(k->name, "Indicator") && depth < TREE_DEEP)
            test_add(&x->doc, t, tree(x, k, depth + 1));
        else
            test_add(&x->doc, t, none(x, k, k->name, "not known here, or nested too deep"));
    }
    return t;
}

static enum lf_code indicator(struct ioc *x, const struct test *t)
{
    struct format_made i = { .confidence = -1, .name = x->name, .description = x->description };
    lf_view id;

    if (t->kind == TEST_NONE)
        return LF_OK; /* told where it was met */
    if (!test_print(&x->f.m.a, t, &i.pattern)) {
        lf_make_lost(&x->f.m, x->key, t->text,
                     "no pattern that STIX has can say it: a part that must hold cannot be said");
        return LF_OK;
    }
    i.created = i.from = x->created;
    i.modified = x->modified;
    i.uuid = lf_make_uuid(&x->f.m, x->key, i.pattern);
    LF_TRY(format_indicator(&x->f, &i, &id));
    if (lf_view_find(lf_buf_view(&x->refs), id) != SIZE_MAX)
        return LF_OK;
    if (x->refs.len)
        lf_buf_byte(&x->refs, ',');
    lf_json_quote(&x->refs, id);
    return LF_OK;
}

/* What is joined by OR at the top is an indicator each: a single value can be looked for at once. */
static enum lf_code indicators(struct ioc *x, const struct test *t)
{
    if (t->kind != TEST_OR && !(t->kind == TEST_AND && t->n == 1))
        return indicator(x, t);
    for (size_t i = 0; i < t->n; i++)
        LF_TRY(indicators(x, t->kids[i]));
    return LF_OK;
}

bool format_openioc_is(lf_view text)
{
    lf_view head = lf_view_first(text, 4096);

    return lf_view_find(head, LF_V("schemas.mandiant.com/2010/ioc")) != SIZE_MAX ||
           lf_view_find(head, LF_V("openioc.org/schemas")) != SIZE_MAX;
}

static void known(struct ioc *x, const struct lf_xml *parent, const char *names)
{
    for (const struct lf_xml *k = parent ? parent->first : NULL; k; k = k->next) {
        lf_view rest = lf_view_of(names), one;
        bool found = false;

        while (lf_view_split(&rest, ' ', &one))
            found = found || lf_view_eq(one, k->name);
        if (!found && (k->first || lf_view_trim(k->text).len))
            format_lost(&x->f, "line", k->line, k->name, "STIX has no place for it, or it is not known here");
    }
}

static enum lf_code one(struct ioc *x, const struct lf_xml *root)
{
    const struct lf_xml *head = lf_xml_get(root, "metadata"), *criteria = lf_xml_get(root, "criteria");
    lf_view author, creator;

    head = head ? head : root;
    criteria = criteria ? criteria : lf_xml_get(root, "definition");
    if (!criteria)
        return lf_err_set(x->f.e, LF_BAD_INPUT, "OpenIOC: neither a definition nor criteria");
    x->key = lf_xml_attr(root, "id").len ? lf_xml_attr(root, "id") : x->f.source;
    x->name = lf_xml_text(head, "short_description");
    x->description = lf_xml_text(head, "description");
    if (!format_time(lf_xml_text(head, "authored_date"), &x->created))
        x->created = x->f.use->now ? x->f.use->now : LF_MAKE_UNDATED;
    if (!format_time(lf_xml_attr(root, "last-modified"), &x->modified) || x->modified < x->created)
        x->modified = x->created;
    author = lf_xml_text(head, "authored_by");
    LF_TRY(lf_make_identity(&x->f.m, LF_V(""), author, "organization", &creator, x->f.e));
    x->f.m.creator = lf_arena_copy(&x->doc, creator);
    for (const struct lf_xml *i = lf_xml_get(criteria, "Indicator"); i; i = lf_xml_more(i, "Indicator"))
        LF_TRY(indicators(x, tree(x, i, 0)));
    known(x, root, "metadata criteria definition short_description description authored_by authored_date");
    if (head != root)
        known(x, head, "short_description description authored_by authored_date");
    return xml_report(&x->f, x->key, x->name, x->description, x->created, x->modified, lf_buf_view(&x->refs));
}

FORMAT_READER(format_openioc_read)
{
    struct ioc x = { 0 };
    const struct lf_xml *root;
    enum lf_code rc;

    format_in_init(&x.f, use, to, e);
    lf_buf_init(&x.refs, 1 << 20);
    rc = lf_xml_parse(&x.doc, text, to->rest, &root, e);
    if (rc == LF_OK && !lf_view_is(root->name, "ioc") && !lf_view_is(root->name, "OpenIOC"))
        rc = lf_err_set(e, LF_BAD_INPUT, "OpenIOC: the root element is neither ioc nor OpenIOC");
    if (rc == LF_OK)
        rc = one(&x, root);
    lf_buf_clear(&x.refs);
    format_in_clear(&x.f);
    lf_arena_clear(&x.doc);
    return rc;
}
