/* STIX 1.x with CybOX 2 (XML) -> indicators, vulnerabilities, threat actors, campaigns, what relates them,
 * sightings, reports.
 *
 * Elements are known by their local names: the namespaces changed with each version.  What is referred to by
 * idref is looked for in the document; nothing is ever fetched. */
#include "isac/format_national.h"
#include "isac/format_stix1_priv.h"

#include "fmt/stix.h"

enum { COMPOSED_DEEP = 16, STEPS_MOST = 20000 };

static lf_view local(lf_view id)
{
    size_t colon = lf_view_find_byte(id, ':');

    return colon == SIZE_MAX ? id : lf_view_from(id, colon + 1);
}

/* The UUID that ids of the time ended with, else one of the id. */
static lf_view uuid_of(struct pkg *x, lf_view id)
{
    lf_view tail = id.len > 36 ? lf_view_from(id, id.len - 36) : id;

    return lf_make_uuid_ok(tail) ? tail : lf_make_uuid(&x->f.m, LF_V("stix1"), id);
}

static bool is_type(const struct lf_xml *x, const char *name)
{
    return lf_view_is(local(lf_xml_attr(x, "type")), name);
}

static const struct lf_xml *by_idref(struct pkg *x, const struct lf_xml *e)
{
    lf_view ref = lf_xml_attr(e, "idref");

    if (ref.len)
        lf_map_set(&x->met, ref, 1);
    return ref.len ? lf_map_get_ptr(&x->ids, ref) : e;
}

void stix1_told(struct pkg *x, const struct lf_xml *e, lf_view value, const char *why)
{
    format_lost(&x->f, "line", e ? e->line : 0, value, why);
}

static struct test *none(struct pkg *x, const struct lf_xml *e, lf_view value, const char *why)
{
    stix1_told(x, e, value, why);
    return LF_NEW(&x->doc, struct test, 1);
}

/* Counts a step into what is composed; false, told once, when there were too many. */
static bool may_step(struct pkg *x, const struct lf_xml *e)
{
    if (x->steps == STEPS_MOST)
        stix1_told(x, e, LF_V(""),
                   "more than 20,000 observables that refer to one another: what is behind is left out");
    return ++x->steps <= STEPS_MOST;
}

/* ---- values ---- */

/* One value of a field, as its condition compares it. */
static struct test *one_value(struct pkg *x, const struct lf_xml *e, const char *path, lf_view v, bool number)
{
    lf_view how = lf_xml_attr(e, "condition");
    uint64_t n;

    v = lf_view_trim(v);
    if (!v.len || ++x->tests > TESTS_MOST)
        return none(x, e, v, "an empty value, or more than 2,000 of them");
    if (!path)
        return how.len && !lf_view_is(how, "Equals") ? NULL : test_address(&x->doc, v);
    if (number && (!lf_view_u64(v, &n) || v.len > 15 || (v.len > 1 && v.ptr[0] == '0')))
        return none(x, e, v, "a number is expected");
    if (!how.len || lf_view_is(how, "Equals"))
        return test_one(&x->doc, path, "=", v, number);
    if (lf_view_is(how, "DoesNotEqual"))
        return test_one(&x->doc, path, "!=", v, number);
    if (!number && lf_view_is(how, "Contains"))
        return test_like(&x->doc, path, v, true, true);
    if (!number && lf_view_is(how, "StartsWith"))
        return test_like(&x->doc, path, v, false, true);
    if (!number && lf_view_is(how, "EndsWith"))
        return test_like(&x->doc, path, v, true, false);
    if (!number && lf_view_is(how, "FitsPattern"))
        return test_one(&x->doc, path, "MATCHES", v, false);
    if (number && lf_view_is(how, "GreaterThan"))
        return test_one(&x->doc, path, ">", v, true);
    if (number && lf_view_is(how, "LessThan"))
        return test_one(&x->doc, path, "<", v, true);
    return none(x, e, how, "a condition that STIX patterns do not have");
}

/* CybOX keeps lists in one text, joined by its delimiter. */
static struct test *value(struct pkg *x, const struct lf_xml *e, const char *path, bool number)
{
    lf_view rest = lf_view_trim(e->text), sep = lf_xml_attr(e, "delimiter");
    bool all = lf_view_is(lf_xml_attr(e, "apply_condition"), "ALL");
    struct test *t;
    size_t n;

    if (!sep.len)
        sep = LF_V("##comma##");
    if (lf_view_find(rest, sep) == SIZE_MAX) {
        t = one_value(x, e, path, rest, number);
        return t ? t : none(x, e, rest, "no address, or not compared as one");
    }
    t = test_new(&x->doc, all);
    do {
        struct test *k;

        n = lf_view_find(rest, sep);
        k = one_value(x, e, path, n == SIZE_MAX ? rest : lf_view_first(rest, n), number);
        test_add(&x->doc, t, k ? k : none(x, e, rest, "no address, or not compared as one"));
        rest = n == SIZE_MAX ? LF_V("") : lf_view_from(rest, n + sep.len);
    } while (n != SIZE_MAX);
    return t;
}

static void add_at(struct pkg *x, struct test *to, const struct lf_xml *p, const char *where,
                   const char *path, bool number)
{
    const struct lf_xml *e = lf_xml_at(p, where);

    if (e)
        test_add(&x->doc, to, value(x, e, path, number));
}

static void hashes(struct pkg *x, struct test *to, const struct lf_xml *p)
{
    static const struct {
        size_t digits;
        const char *type, *path;
    } sums[] = { { 32, "MD5", "file:hashes.MD5" },
                 { 40, "SHA1", "file:hashes.'SHA-1'" },
                 { 64, "SHA256", "file:hashes.'SHA-256'" },
                 { 128, "SHA512", "file:hashes.'SHA-512'" },
                 { 0, "SSDEEP", "file:hashes.SSDEEP" } };
    const struct lf_xml *list = lf_xml_get(p, "Hashes"), *h;

    for (h = lf_xml_get(list, "Hash"); h; h = lf_xml_more(h, "Hash")) {
        const struct lf_xml *v = lf_xml_get(h, "Simple_Hash_Value");
        lf_view type = lf_xml_text(h, "Type"), first;
        size_t i = 0, cut;

        v = v ? v : lf_xml_get(h, "Fuzzy_Hash_Value");
        if (!v) {
            test_add(&x->doc, to, none(x, h, type, "a sum without its value"));
            continue;
        }
        first = lf_view_trim(v->text);
        cut = lf_view_find(first, LF_V("##"));
        first = lf_view_first(first, cut);
        while (i < sizeof sums / sizeof *sums && !lf_view_eq_nocase(type, lf_view_of(sums[i].type)) &&
               !(sums[i].digits && !type.len && first.len == sums[i].digits))
            i++;
        if (i == sizeof sums / sizeof *sums)
            test_add(&x->doc, to, none(x, h, type, "a sum of another kind"));
        else
            test_add(&x->doc, to, value(x, v, sums[i].path, false));
    }
}

static void address(struct pkg *x, struct test *to, const struct lf_xml *p)
{
    const struct lf_xml *v = lf_xml_get(p, "Address_Value");
    lf_view kind = lf_xml_attr(p, "category");

    if (!v)
        return;
    if (lf_view_is(kind, "e-mail"))
        test_add(&x->doc, to, value(x, v, "email-addr:value", false));
    else if (lf_view_is(kind, "mac"))
        test_add(&x->doc, to, value(x, v, "mac-addr:value", false));
    else if (lf_view_is(kind, "asn"))
        test_add(&x->doc, to, value(x, v, "autonomous-system:number", true));
    else
        test_add(&x->doc, to, value(x, v, NULL, false));
}

static void socket(struct pkg *x, struct test *to, const struct lf_xml *s, bool source)
{
    const char *ref = source ? "network-traffic:src_ref.value" : "network-traffic:dst_ref.value";

    add_at(x, to, s, "IP_Address/Address_Value", ref, false);
    add_at(x, to, s, "Hostname/Hostname_Value", ref, false);
    add_at(x, to, s, "Port/Port_Value", source ? "network-traffic:src_port" : "network-traffic:dst_port",
           true);
}

static void file(struct pkg *x, struct test *to, const struct lf_xml *p)
{
    add_at(x, to, p, "File_Name", "file:name", false);
    add_at(x, to, p, "File_Path", "file:parent_directory_ref.path", false);
    add_at(x, to, p, "Size_In_Bytes", "file:size", true);
    hashes(x, to, p);
}

/* Hive and key are one text in 2.1. */
static void registry(struct pkg *x, struct test *to, const struct lf_xml *p)
{
    const struct lf_xml *key = lf_xml_get(p, "Key"), *v;
    lf_view hive = lf_xml_text(p, "Hive");

    if (key && hive.len &&
        (!lf_xml_attr(key, "condition").len || lf_view_is(lf_xml_attr(key, "condition"), "Equals")))
        test_add(
            &x->doc, to,
            one_value(x, key, "windows-registry-key:key",
                      lf_arena_printf(&x->doc, "%.*s\\%.*s", LF_FMT(hive), LF_FMT(lf_view_trim(key->text))),
                      false));
    else if (key)
        test_add(&x->doc, to, value(x, key, "windows-registry-key:key", false));
    for (v = lf_xml_get(lf_xml_get(p, "Values"), "Value"); v; v = lf_xml_more(v, "Value")) {
        add_at(x, to, v, "Name", "windows-registry-key:values[*].name", false);
        add_at(x, to, v, "Data", "windows-registry-key:values[*].data", false);
    }
}

static void mail(struct pkg *x, struct test *to, const struct lf_xml *p)
{
    add_at(x, to, p, "Header/From/Address_Value", "email-message:from_ref.value", false);
    add_at(x, to, p, "Header/Sender/Address_Value", "email-message:sender_ref.value", false);
    add_at(x, to, p, "Header/To/Recipient/Address_Value", "email-message:to_refs[*].value", false);
    add_at(x, to, p, "Header/Subject", "email-message:subject", false);
    add_at(x, to, p, "Header/Message_ID", "email-message:message_id", false);
}

static struct test *properties(struct pkg *x, const struct lf_xml *p)
{
    struct test *t = test_new(&x->doc, true);

    if (is_type(p, "AddressObjectType"))
        address(x, t, p);
    else if (is_type(p, "DomainNameObjectType"))
        add_at(x, t, p, "Value", "domain-name:value", false);
    else if (is_type(p, "HostnameObjectType"))
        add_at(x, t, p, "Hostname_Value", "domain-name:value", false);
    else if (is_type(p, "URIObjectType") || is_type(p, "LinkObjectType"))
        add_at(x, t, p, "Value",
               lf_view_is(lf_xml_attr(p, "type"), "Domain Name") ? "domain-name:value" : "url:value", false);
    else if (is_type(p, "FileObjectType") || is_type(p, "WindowsFileObjectType") ||
             is_type(p, "WindowsExecutableFileObjectType"))
        file(x, t, p);
    else if (is_type(p, "MutexObjectType") || is_type(p, "WindowsMutexObjectType"))
        add_at(x, t, p, "Name", "mutex:name", false);
    else if (is_type(p, "WindowsRegistryKeyObjectType"))
        registry(x, t, p);
    else if (is_type(p, "EmailMessageObjectType"))
        mail(x, t, p);
    else if (is_type(p, "PortObjectType"))
        add_at(x, t, p, "Port_Value", "network-traffic:dst_port", true);
    else if (is_type(p, "SocketAddressObjectType"))
        socket(x, t, p, false);
    else if (is_type(p, "NetworkConnectionObjectType")) {
        socket(x, t, lf_xml_get(p, "Source_Socket_Address"), true);
        socket(x, t, lf_xml_get(p, "Destination_Socket_Address"), false);
    } else if (is_type(p, "ASObjectType"))
        add_at(x, t, p, "Number", "autonomous-system:number", true);
    if (!t->n)
        return none(x, p, local(lf_xml_attr(p, "type")),
                    "STIX 2.1 has no observable for it, or it says nothing that is known here");
    return t->n == 1 ? t->kids[0] : t;
}

static struct test *observable(struct pkg *x, const struct lf_xml *o, unsigned depth)
{
    const struct lf_xml *composed, *object, *p, *what = by_idref(x, o);

    if (!may_step(x, o))
        return LF_NEW(&x->doc, struct test, 1);
    if (!what || depth > COMPOSED_DEEP)
        return none(x, o, lf_xml_attr(o, "idref"), "it refers to nothing in the document, or in circles");
    composed = lf_xml_get(what, "Observable_Composition");
    if (composed) {
        struct test *t = test_new(&x->doc, lf_view_is(lf_xml_attr(composed, "operator"), "AND"));

        for (const struct lf_xml *k = lf_xml_get(composed, "Observable"); k && x->steps <= STEPS_MOST;
             k = lf_xml_more(k, "Observable"))
            test_add(&x->doc, t, observable(x, k, depth + 1));
        return t;
    }
    object = lf_xml_get(what, "Object");
    object = object ? by_idref(x, object) : NULL;
    p = lf_xml_get(object, "Properties");
    return p ? properties(x, p) : none(x, what, LF_V(""), "an observable without an object's properties");
}

/* ---- markings ---- */

static lf_view tlp_in(const struct lf_xml *handling)
{
    for (const struct lf_xml *e = handling; e; e = lf_xml_walk(handling, e))
        if (lf_view_is(e->name, "Marking_Structure") && lf_xml_attr(e, "color").len)
            return lf_xml_attr(e, "color");
    return (lf_view){ "", 0 };
}

static lf_view tlp_of(struct pkg *x, const struct lf_xml *e)
{
    lf_view own = tlp_in(lf_xml_get(e, "Handling"));

    if (!own.len)
        return x->header_tlp;
    if (lf_make_tlp(own))
        return own;
    stix1_told(x, e, own, "no TLP: marked red");
    return LF_V("red");
}

void stix1_mark(struct pkg *x, lf_view tlp)
{
    const char *id = lf_make_tlp(tlp.len ? tlp : x->f.use->tlp);

    x->f.m.markings = id ? lf_arena_printf(&x->f.m.a, "[\"%s\"]", id) : LF_V("");
}

/* ---- what a package has ---- */

void stix1_ref(struct pkg *x, lf_view id)
{
    if (!id.len)
        return;
    if (x->refs.len)
        lf_buf_byte(&x->refs, ',');
    lf_json_quote(&x->refs, id);
}

static lf_time stamp(struct pkg *x, const struct lf_xml *e)
{
    lf_time at;

    return format_time(lf_xml_attr(e, "timestamp"), &at) ? at : x->at;
}

static int sure_of(lf_view v)
{
    if (lf_view_eq_nocase(v, LF_V("high")))
        return 85;
    if (lf_view_eq_nocase(v, LF_V("medium")))
        return 50;
    return lf_view_eq_nocase(v, LF_V("low")) ? 15 : -1;
}

/* The indicators that one indicator composes, as one test. */
static struct test *composed(struct pkg *x, const struct lf_xml *e, unsigned depth)
{
    const struct lf_xml *what = by_idref(x, e), *list, *o;
    struct test *t;

    if (!may_step(x, e))
        return LF_NEW(&x->doc, struct test, 1);
    if (!what || depth > COMPOSED_DEEP)
        return none(x, e, lf_xml_attr(e, "idref"), "it refers to nothing in the document, or in circles");
    list = lf_xml_get(what, "Composite_Indicator_Expression");
    t = test_new(&x->doc, list && lf_view_is(lf_xml_attr(list, "operator"), "AND"));
    for (o = lf_xml_get(list, "Indicator"); o && x->steps <= STEPS_MOST; o = lf_xml_more(o, "Indicator"))
        test_add(&x->doc, t, composed(x, o, depth + 1));
    for (o = lf_xml_get(what, "Observable"); o; o = lf_xml_more(o, "Observable"))
        test_add(&x->doc, t, observable(x, o, 0));
    return t->n == 1 ? t->kids[0] : t;
}

static void known(struct pkg *x, const struct lf_xml *parent, const char *names)
{
    for (const struct lf_xml *k = NULL; (k = xml_unknown(parent, k, names));)
        stix1_told(x, k, k->name, "STIX 2.1 has no place for it, or it is not known here");
}

static const struct link of_indicator[] = {
    { "Indicated_TTP", "TTP", "indicates", false },
    { "Related_Indicators/Related_Indicator", "Indicator", "related-to", false },
    { "Related_Campaigns/Related_Campaign", "Campaign", "indicates", false },
    { "Suggested_COAs/Suggested_COA", "Course_Of_Action", "mitigates", true },
    { 0 }
};
static const struct link of_actor[] = {
    { "Observed_TTPs/Observed_TTP", "TTP", "uses", false },
    { "Associated_Campaigns/Associated_Campaign", "Campaign", "attributed-to", true },
    { "Associated_Actors/Associated_Actor", "Threat_Actor", "related-to", false },
    { 0 }
};
static const struct link of_campaign[] = {
    { "Related_TTPs/Related_TTP", "TTP", "uses", false },
    { "Attribution/Attributed_Threat_Actor", "Threat_Actor", "attributed-to", false },
    { "Related_Indicators/Related_Indicator", "Indicator", "indicates", true },
    { "Related_Incidents/Related_Incident", "Incident", "related-to", false },
    { 0 }
};
static const struct link of_ttp[] = { { "Exploit_Targets/Exploit_Target", "Exploit_Target", "targets",
                                        false },
                                      { "Related_TTPs/Related_TTP", "TTP", "related-to", false },
                                      { 0 } };
static const struct link of_incident[] = {
    { "Related_Indicators/Related_Indicator", "Indicator", "related-to", false },
    { "Leveraged_TTPs/Leveraged_TTP", "TTP", "related-to", false },
    { "Attributed_Threat_Actors/Threat_Actor", "Threat_Actor", "related-to", false },
    { 0 }
};
static const struct link of_target[] = {
    { "Potential_COAs/Potential_COA", "Course_Of_Action", "mitigates", true }, { 0 }
};

/* Rules in other languages are indicators of their own. */
static enum lf_code rules(struct pkg *x, const struct lf_xml *e, struct format_made i, bool alone)
{
    const struct lf_xml *m = lf_xml_at(e, "Test_Mechanisms/Test_Mechanism"), *r;
    lf_view own = i.uuid, id;

    for (; m; m = lf_xml_more(m, "Test_Mechanism")) {
        i.language = is_type(m, "SnortTestMechanismType")  ? "snort"
                     : is_type(m, "YaraTestMechanismType") ? "yara"
                                                           : NULL;
        r = lf_xml_get(m, "Rule");
        if (!i.language || !r) {
            stix1_told(x, m, local(lf_xml_attr(m, "type")),
                       "a test mechanism that is not Snort's or YARA's, or has no rule");
            continue;
        }
        for (; r; r = lf_xml_more(r, "Rule")) {
            i.pattern = lf_view_trim(r->text);
            if (!i.pattern.len)
                continue;
            i.uuid = alone ? own : lf_make_uuid(&x->f.m, own, i.pattern);
            alone = false;
            LF_TRY(format_indicator(&x->f, &i, &id));
            stix1_became(x, e, id);
            stix1_ref(x, id);
        }
        known(x, m, "Rule Efficacy Producer");
    }
    return LF_OK;
}

static enum lf_code indicator(struct pkg *x, const struct lf_xml *e)
{
    struct format_made i = { .name = lf_xml_text(e, "Title"), .description = lf_xml_text(e, "Description") };
    bool says = lf_xml_at(e, "Test_Mechanisms/Test_Mechanism") != NULL, pattern = false;
    const struct became *is;
    lf_view id;

    if (lf_xml_attr(e, "idref").len)
        return LF_OK; /* it stands elsewhere */
    if (!says || lf_xml_get(e, "Observable") || lf_xml_get(e, "Composite_Indicator_Expression"))
        pattern = test_print(&x->f.m.a, composed(x, e, 0), &i.pattern);
    if (!pattern && !says) {
        stix1_told(x, e, i.name, "an indicator without a pattern that STIX 2.1 can say");
        return LF_OK;
    }
    i.confidence = sure_of(lf_xml_text(e, "Confidence/Value"));
    i.modified = i.created = stamp(x, e);
    (void)format_time(lf_xml_text(e, "Valid_Time_Position/Start_Time"), &i.from);
    (void)format_time(lf_xml_text(e, "Valid_Time_Position/End_Time"), &i.until);
    i.tlp = tlp_of(x, e);
    i.labels = lf_xml_text(e, "Type");
    i.phases = stix1_phases(x, e);
    i.uuid = uuid_of(x, lf_xml_attr(e, "id").len ? lf_xml_attr(e, "id")
                        : pattern                ? i.pattern
                                                 : lf_xml_text(e, "Test_Mechanisms/Test_Mechanism/Rule"));
    if (pattern) {
        LF_TRY(format_indicator(&x->f, &i, &id));
        stix1_became(x, e, id);
        stix1_ref(x, id);
    }
    LF_TRY(rules(x, e, i, !pattern));
    is = lf_map_get_ptr(&x->became, lf_xml_attr(e, "id"));
    for (size_t k = 0; is && k < is->n; k++) {
        stix1_relate(x, e, is->ids[k], of_indicator);
        LF_TRY(stix1_sightings(x, e, is->ids[k], i.tlp));
    }
    known(x, e,
          "Title Description Type Valid_Time_Position Observable Composite_Indicator_Expression Confidence "
          "Handling Test_Mechanisms Kill_Chain_Phases Sightings Indicated_TTP Related_Indicators "
          "Related_Campaigns Suggested_COAs");
    return LF_OK;
}

/* A simple object of name and description. */
static enum lf_code named(struct pkg *x, const struct lf_xml *e, const char *type, lf_view name,
                          lf_view phases, const char *handled)
{
    lf_view id, description = lf_xml_text(e, "Description");
    lf_time at = stamp(x, e);

    x->last = LF_V("");
    if (lf_xml_attr(e, "idref").len)
        return LF_OK;
    if (!name.len) {
        stix1_told(x, e, lf_xml_attr(e, "id"), "an object without a name");
        return LF_OK;
    }
    id = lf_make_id(&x->f.m, type, uuid_of(x, lf_xml_attr(e, "id").len ? lf_xml_attr(e, "id") : name));
    stix1_became(x, e, id);
    if (!lf_make_first(&x->f.m, id))
        return LF_OK;
    stix1_mark(x, tlp_of(x, e));
    lf_make_open(&x->f.m, type, id, at, at);
    lf_json_put_str(&x->f.m.w, "name", name);
    if (description.len)
        lf_json_put_str(&x->f.m.w, "description", description);
    if (phases.len)
        lf_json_put_raw(&x->f.m.w, "kill_chain_phases", phases);
    if (strcmp(type, "malware") == 0)
        lf_json_put_bool(&x->f.m.w, "is_family", true);
    LF_TRY(lf_make_close(&x->f.m, x->f.e));
    stix1_ref(x, id);
    known(x, e, handled);
    return LF_OK;
}

static enum lf_code exploit_target(struct pkg *x, const struct lf_xml *e)
{
    for (const struct lf_xml *v = lf_xml_get(e, "Vulnerability"); v; v = lf_xml_more(v, "Vulnerability")) {
        lf_view cve = lf_xml_text(v, "CVE_ID"), name = cve.len ? cve : lf_xml_text(v, "Title"), id,
                about = lf_xml_text(v, "Description");
        lf_time at = stamp(x, e);

        if (!name.len) {
            stix1_told(x, v, LF_V(""), "a vulnerability without a name");
            continue;
        }
        id = lf_make_id(
            &x->f.m, "vulnerability",
            lf_make_uuid(&x->f.m, lf_xml_attr(e, "id").len ? lf_xml_attr(e, "id") : LF_V("stix1"), name));
        stix1_became(x, e, id);
        stix1_relate(x, e, id, of_target);
        if (!lf_make_first(&x->f.m, id))
            continue;
        stix1_mark(x, tlp_of(x, e));
        lf_make_open(&x->f.m, "vulnerability", id, at, at);
        lf_json_put_str(&x->f.m.w, "name", name);
        if (about.len)
            lf_json_put_str(&x->f.m.w, "description", about);
        if (lf_stix_cve_ok(cve)) {
            lf_json_begin(&x->f.m.w, "external_references", '[');
            lf_json_open(&x->f.m.w, '{');
            lf_json_put_cstr(&x->f.m.w, "source_name", "cve");
            lf_json_put_str(&x->f.m.w, "external_id", cve);
            lf_json_close(&x->f.m.w);
            lf_json_close(&x->f.m.w);
        }
        LF_TRY(lf_make_close(&x->f.m, x->f.e));
        stix1_ref(x, id);
    }
    known(x, e, "Title Vulnerability Handling Potential_COAs");
    return LF_OK;
}

static enum lf_code ttp(struct pkg *x, const struct lf_xml *e)
{
    static const struct {
        const char *path, *item, *type, *handled;
    } parts[] = {
        { "Behavior/Malware/Malware_Instance", "Malware_Instance", "malware", "Name Title Description Type" },
        { "Behavior/Attack_Patterns/Attack_Pattern", "Attack_Pattern", "attack-pattern",
          "Title Description" },
        { "Resources/Tools/Tool", "Tool", "tool", "Name Title Description Type" },
    };
    const struct lf_xml *m;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (m = lf_xml_at(e, parts[i].path); m; m = lf_xml_more(m, parts[i].item)) {
            lf_view name = i == 1 ? LF_V("") : lf_xml_text(m, "Name");

            LF_TRY(named(x, m, parts[i].type, name.len ? name : lf_xml_text(m, "Title"), stix1_phases(x, e),
                         parts[i].handled));
            if (!x->last.len)
                continue;
            stix1_became(x, e, x->last);
            stix1_relate(x, e, x->last, of_ttp);
        }
    known(x, e,
          "Title Description Behavior Resources Handling Kill_Chain_Phases Exploit_Targets Related_TTPs");
    return LF_OK;
}

/* An observable that nothing refers to: what it says, as a note is what people read; looked for it
 * is not. */
static enum lf_code bare(struct pkg *x, const struct lf_xml *e)
{
    lf_view pattern, id;
    lf_time at = stamp(x, e);
    uint64_t n;

    if (lf_xml_attr(e, "idref").len ||
        (lf_xml_attr(e, "id").len && lf_map_get(&x->met, lf_xml_attr(e, "id"), &n)))
        return LF_OK;
    if (!test_print(&x->f.m.a, observable(x, e, 0), &pattern)) {
        stix1_told(x, e, lf_xml_attr(e, "id"), "an observable that STIX 2.1 has no word for");
        return LF_OK;
    }
    id = lf_make_id(&x->f.m, "note", uuid_of(x, lf_xml_attr(e, "id").len ? lf_xml_attr(e, "id") : pattern));
    if (!lf_make_first(&x->f.m, id))
        return LF_OK;
    stix1_mark(x, x->header_tlp);
    lf_make_open(&x->f.m, "note", id, at, at);
    lf_json_put_cstr(&x->f.m.w, "abstract", "Observable");
    lf_json_put_str(&x->f.m.w, "content", pattern);
    lf_json_begin(&x->f.m.w, "object_refs", '[');
    lf_json_put_str(
        &x->f.m.w, NULL,
        lf_make_id(&x->f.m, "report", lf_make_uuid(&x->f.m, x->f.source, lf_xml_attr(x->root, "id"))));
    lf_json_close(&x->f.m.w);
    LF_TRY(lf_make_close(&x->f.m, x->f.e));
    stix1_ref(x, id);
    return LF_OK;
}

static enum lf_code each(struct pkg *x, const char *list, const char *item,
                         enum lf_code (*one)(struct pkg *x, const struct lf_xml *e))
{
    for (const struct lf_xml *e = lf_xml_get(lf_xml_get(x->root, list), item); e; e = lf_xml_more(e, item)) {
        LF_TRY(one(x, e));
        lf_arena_reset(&x->f.m.a);
    }
    return LF_OK;
}

static enum lf_code related(struct pkg *x, const struct lf_xml *e, const char *type, const struct link *links,
                            const char *handled)
{
    LF_TRY(named(x, e, type, lf_xml_text(e, "Title"), LF_V(""), handled));
    if (links && x->last.len)
        stix1_relate(x, e, x->last, links);
    return LF_OK;
}

static enum lf_code actor(struct pkg *x, const struct lf_xml *e)
{
    return related(x, e, "threat-actor", of_actor,
                   "Title Description Handling Observed_TTPs Associated_Campaigns Associated_Actors");
}

static enum lf_code campaign(struct pkg *x, const struct lf_xml *e)
{
    return related(
        x, e, "campaign", of_campaign,
        "Title Description Handling Related_TTPs Attribution Related_Indicators Related_Incidents");
}

static enum lf_code incident(struct pkg *x, const struct lf_xml *e)
{
    return related(x, e, "incident", of_incident,
                   "Title Description Handling Related_Indicators Leveraged_TTPs Attributed_Threat_Actors");
}

static enum lf_code action(struct pkg *x, const struct lf_xml *e)
{
    return related(x, e, "course-of-action", NULL, "Title Description Handling");
}

static enum lf_code package(struct pkg *x)
{
    const struct lf_xml *head = lf_xml_get(x->root, "STIX_Header");
    lf_view key = lf_xml_attr(x->root, "id"), title = lf_xml_text(head, "Title"), tlp, who;

    if (!format_time(lf_xml_attr(x->root, "timestamp"), &x->at))
        x->at = x->f.use->now ? x->f.use->now : LF_MAKE_UNDATED;
    tlp = tlp_in(lf_xml_get(head, "Handling"));
    if (tlp.len && !lf_make_tlp(tlp)) {
        stix1_told(x, head, tlp, "no TLP: marked red");
        tlp = LF_V("red");
    }
    x->header_tlp = tlp;
    who = lf_xml_text(head, "Information_Source/Identity/Name");
    LF_TRY(lf_make_identity(&x->f.m, LF_V(""), who, "organization", &who, x->f.e));
    x->f.m.creator = lf_arena_copy(&x->doc, who);
    LF_TRY(each(x, "Indicators", "Indicator", indicator));
    LF_TRY(each(x, "Exploit_Targets", "Exploit_Target", exploit_target));
    LF_TRY(each(x, "TTPs", "TTP", ttp));
    LF_TRY(each(x, "Threat_Actors", "Threat_Actor", actor));
    LF_TRY(each(x, "Campaigns", "Campaign", campaign));
    LF_TRY(each(x, "Incidents", "Incident", incident));
    LF_TRY(each(x, "Courses_Of_Action", "Course_Of_Action", action));
    LF_TRY(each(x, "Observables", "Observable", bare));
    LF_TRY(stix1_relationships(x));
    known(x, x->root,
          "STIX_Header Indicators Exploit_Targets TTPs Threat_Actors Campaigns Incidents Courses_Of_Action "
          "Observables");
    known(x, head, "Title Description Handling Information_Source");
    stix1_mark(x, x->header_tlp);
    return xml_report(&x->f, key, title, lf_xml_text(head, "Description"), x->at, x->at,
                      lf_buf_view(&x->refs));
}

bool format_stix1_is(lf_view text)
{
    return lf_view_find(lf_view_first(text, 8192), LF_V("stix.mitre.org/stix")) != SIZE_MAX;
}

enum lf_code format_stix1_tree(const struct lf_xml *root, const struct lf_format_use *use,
                               const struct lf_exchange *to, struct lf_err *e)
{
    struct pkg x = { .header_tlp = LF_VIEW(""), .root = root };
    enum lf_code rc = LF_OK;

    format_in_init(&x.f, use, to, e);
    lf_map_init(&x.ids, 0x73746978);
    lf_map_init(&x.phases, 0x70686173);
    lf_map_init(&x.became, 0x62656361);
    lf_map_init(&x.met, 0x6d657420);
    lf_buf_init(&x.refs, LF_STIX_OBJECT_BYTES);
    if (!lf_view_is(root->name, "STIX_Package"))
        rc = lf_err_set(e, LF_BAD_INPUT, "STIX 1.x: the root element is not STIX_Package");
    for (const struct lf_xml *k = rc == LF_OK ? root : NULL; k; k = lf_xml_walk(root, k)) {
        if (lf_xml_attr(k, "id").len)
            lf_map_set_ptr(&x.ids, lf_xml_attr(k, "id"), (void *)(uintptr_t)k);
        if (lf_view_is(k->name, "Kill_Chain_Phase") && lf_xml_attr(k, "name").len &&
            lf_xml_attr(k, "phase_id").len)
            lf_map_set_ptr(&x.phases, lf_xml_attr(k, "phase_id"), (void *)(uintptr_t)k);
    }
    if (rc == LF_OK)
        rc = package(&x);
    if (rc == LF_OK && x.refs.over)
        rc = lf_err_set(e, LF_TOO_BIG, "STIX 1.x: more objects than one report can name");
    lf_buf_clear(&x.refs);
    lf_map_clear(&x.ids);
    lf_map_clear(&x.phases);
    lf_map_clear(&x.became);
    lf_map_clear(&x.met);
    format_in_clear(&x.f);
    lf_arena_clear(&x.doc);
    return rc;
}

FORMAT_READER(format_stix1_read)
{
    struct lf_arena doc = { 0 };
    const struct lf_xml *root;
    enum lf_code rc = lf_xml_parse(&doc, text, to->rest, &root, e);

    if (rc == LF_OK)
        rc = format_stix1_tree(root, use, to, e);
    lf_arena_clear(&doc);
    return rc;
}
