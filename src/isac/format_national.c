/* National packages -> a report of the five types and what it is about. */
#include "isac/format_national_priv.h"
#include "isac/format_xml.h"

#include <stdio.h>

#include "fmt/stix.h"

void national_told(struct item *x, const struct lf_xml *e, lf_view value, const char *why)
{
    format_lost(&x->f, "line", e ? e->line : 0, value, why);
}

/* One line without control characters, cut where a character ends. */
lf_view national_line(struct item *x, const struct lf_xml *e, lf_view v, size_t most)
{
    char *out;

    v = lf_view_trim(v);
    if (v.len > most) {
        national_told(x, e, v, "longer than can be kept; its end is left out");
        v.len = most;
        while (!lf_view_is_utf8(v))
            v.len--;
    }
    out = lf_arena_cstr(&x->doc, v);
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
            out[i] = ' ';
    return (lf_view){ out, v.len };
}

void national_label(struct item *x, const struct lf_xml *e, const char *name, lf_view value)
{
    value = national_line(x, e, value, LABEL);
    if (!value.len)
        return;
    if (x->nlabels == LABELS) {
        national_told(x, e, value, "more properties of the national format than are kept");
        return;
    }
    x->labels[x->nlabels++] = lf_arena_printf(&x->doc, "national:%s=\"%.*s\"", name, LF_FMT(value));
}

/* A field of the form; what it does not take is told. */
static void put(struct item *x, const struct lf_xml *e, const char *key, lf_view text)
{
    size_t field = lf_advisory_field(lf_view_of(key));
    const struct lf_advisory_field *f = &lf_advisory_fields[field];
    struct lf_err why = { 0 };

    if (f->type == LF_FIELD_TEXT)
        text = national_line(x, e, text, LINE);
    text = lf_view_trim(text);
    if (text.len > LONG && f->type == LF_FIELD_LONG) {
        national_told(x, e, text, "longer than 20,000 bytes; its end is left out");
        text.len = LONG;
        while (!lf_view_is_utf8(text))
            text.len--;
    }
    if (!text.len)
        return;
    if (!(f->on & (1u << x->kind))) {
        national_label(x, e, key, text);
        return;
    }
    if (lf_advisory_put(&x->doc, &x->form, x->kind, field, text, &why) != LF_OK) {
        x->form.n[field] = 0;
        national_told(x, e, text, "not a value that this field takes");
    }
}

const struct lf_xml *national_by_idref(struct item *x, const struct lf_xml *e)
{
    lf_view ref = lf_xml_attr(e, "idref");

    return ref.len ? lf_map_get_ptr(&x->ids, ref) : e;
}

lf_view national_local(lf_view name)
{
    size_t colon = lf_view_find_byte(name, ':');

    return colon == SIZE_MAX ? name : lf_view_from(name, colon + 1);
}

/* The UUID an id ends with, else one of the id. */
static lf_view uuid_of(struct item *x, lf_view id)
{
    lf_view tail = id.len > 36 ? lf_view_from(id, id.len - 36) : id;

    return lf_make_uuid_ok(tail) ? tail : lf_make_uuid(&x->f.m, LF_V("national"), id);
}

static void victims(struct item *x, const struct lf_xml *e)
{
    /* Who was attacked is no indicator: it stays in a label. */
    for (const struct lf_xml *k = e; k; k = lf_xml_walk(e, k))
        if (lf_view_is(k->name, "Address_Value") || lf_view_is(k->name, "Hostname_Value"))
            national_label(x, k, "victim-address", k->text);
}

/* ---- the rest of an incident ---- */

static void times(struct item *x)
{
    static const struct {
        const char *element, *label;
    } all[] = { { "First_Malicious_Action", "began" },        { "Initial_Compromise", "compromised" },
                { "First_Data_Exfiltration", "exfiltrated" }, { "Incident_Opened", "opened" },
                { "Containment_Achieved", "contained" },      { "Restoration_Achieved", "restored" },
                { "Incident_Reported", "reported" },          { "Incident_Closed", "closed" } };
    const struct lf_xml *list = lf_xml_get(x->inc, "Time"), *k = lf_xml_get(list, "Incident_Discovery");
    char text[LF_TIME_TEXT];
    lf_time at;

    if (k && format_time(lf_view_trim(k->text), &at))
        put(x, k, "happened_at", lf_arena_copy(&x->doc, lf_time_whole(at, text)));
    else if (k)
        national_told(x, k, k->text, "no time");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        k = lf_xml_get(list, all[i].element);
        if (k && format_time(lf_view_trim(k->text), &at))
            national_label(x, k, all[i].label, lf_time_micro(at, text));
        else if (k)
            national_told(x, k, k->text, "no time");
    }
}

static void joined(struct item *x, const char *key, const struct lf_xml *top, const char *name)
{
    struct lf_buf b;

    if (!top)
        return;
    lf_buf_init(&b, (size_t)2 * LONG);
    for (const struct lf_xml *k = lf_xml_walk(top, NULL); k; k = lf_xml_walk(top, k)) {
        lf_view text = lf_view_trim(k->text);

        if (!lf_view_is(k->name, name) || !text.len)
            continue;
        if (b.len)
            lf_buf_byte(&b, '\n');
        lf_buf_put(&b, text);
    }
    put(x, top, key, lf_arena_copy(&x->doc, lf_buf_view(&b)));
    lf_buf_clear(&b);
}

static void cves(struct item *x)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    for (const struct lf_xml *k = lf_xml_walk(x->root, NULL); k; k = lf_xml_walk(x->root, k))
        if (lf_view_is(k->name, "CVE_ID")) {
            lf_buf_put(&b, lf_view_trim(k->text));
            lf_buf_byte(&b, '\n');
        }
    put(x, x->inc, "cve", lf_arena_copy(&x->doc, lf_buf_view(&b)));
    lf_buf_clear(&b);
}

static void references(struct item *x)
{
    size_t field = lf_advisory_field(LF_V("references"));
    struct lf_advisory_form probe = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 4 << 20);
    for (const struct lf_xml *k = lf_xml_walk(x->root, NULL); k; k = lf_xml_walk(x->root, k)) {
        lf_view url = lf_view_trim(k->text);

        if (!lf_view_is(k->name, "Reference") || !url.len)
            continue;
        if (lf_advisory_put(&x->doc, &probe, x->kind, field, url, NULL) != LF_OK || probe.n[field] != 1) {
            national_label(x, k, "reference", url);
            continue;
        }
        lf_buf_put(&b, url);
        lf_buf_byte(&b, '\n');
    }
    put(x, x->inc, "references", lf_arena_copy(&x->doc, lf_buf_view(&b)));
    lf_buf_clear(&b);
}

static void related(struct item *x)
{
    const struct lf_xml *list = lf_xml_get(x->inc, "Related_Incidents"), *k;

    for (k = lf_xml_get(list, "Related_Incident"); k; k = lf_xml_more(k, "Related_Incident")) {
        const struct lf_xml *inc = lf_xml_get(k, "Incident");
        lf_view id = lf_xml_attr(inc, "idref"), who;

        if (!id.len)
            id = lf_view_some(lf_xml_attr(inc, "id"));
        if (!id.len)
            id = lf_view_some(lf_xml_text(inc, "External_ID"));
        id = national_line(x, k, id, 200);
        if (!id.len) {
            national_told(x, k, LF_V(""), "a related incident without an id");
            continue;
        }
        who = national_line(x, k, lf_view_some(lf_xml_text(k, "Information_Source/Identity/Name")), 200);
        national_label(x, k, "related",
                       lf_arena_printf(&x->doc, "%.*s|%.*s|%.*s", LF_FMT(id),
                                       LF_FMT(lf_view_first(lf_view_some(lf_xml_attr(inc, "timestamp")), 40)),
                                       LF_FMT(who)));
        if (x->kind == LF_ADVISORY_FBI && !x->out->reply_to[0]) {
            (void)snprintf(x->out->reply_to, sizeof x->out->reply_to, "report--%.*s", LF_FMT(uuid_of(x, id)));
            put(x, k, "reply_to", lf_view_of(x->out->reply_to));
        } else if (x->kind == LF_ADVISORY_DEF || x->kind == LF_ADVISORY_INT) {
            put(x, k, "incident", id);
        }
    }
}

static void impact(struct item *x)
{
    static const char *const names[] = { "low", "medium", "high", "critical" };
    const struct lf_xml *k = lf_xml_get(lf_xml_get(x->inc, "Impact_Assessment"), "Impact_Qualification");
    uint64_t n;

    if (!k)
        return;
    if (lf_view_u64(lf_view_trim(k->text), &n) && n >= 1 && n <= 4)
        put(x, k, "severity", lf_view_of(names[n - 1]));
    else
        national_label(x, k, "impact", k->text);
}

static void marking(struct item *x)
{
    static const struct {
        const char *color, *tlp;
    } known[] = { { "RED", "red" }, { "AMBER", "amber" }, { "GREEN", "green" }, { "WHITE", "clear" } };
    const struct lf_xml *top = lf_xml_get(x->head, "Handling"), *k;
    lf_view color = LF_VIEW("");
    const char *tlp = "red", *id;

    for (k = top; k; k = lf_xml_walk(top, k))
        if (lf_view_is(k->name, "Marking_Structure") && lf_xml_attr(k, "color").len)
            color = lf_view_trim(lf_xml_attr(k, "color"));
    if (!color.len) {
        lf_view own = x->f.use->tlp;

        tlp = own.len && lf_make_tlp(own) ? lf_arena_cstr(&x->doc, own) : "amber";
        national_told(x, x->head, LF_V(""), "no TLP: marked as is said for what has none, else amber");
    } else {
        size_t i = 0;

        while (i < 4 && !lf_view_eq_nocase(color, lf_view_of(known[i].color)))
            i++;
        if (i < 4)
            tlp = known[i].tlp;
        else
            national_told(x, top, color, "no TLP: marked red");
    }
    put(x, top, "tlp", lf_view_of(tlp));
    id = lf_make_tlp(lf_advisory_text(&x->form, "tlp"));
    x->f.m.markings = id ? lf_arena_printf(&x->doc, "[\"%s\"]", id) : LF_V("");
}

/* ---- type and category ---- */

static bool type_of(lf_view title, enum lf_advisory_kind *kind)
{
    return lf_advisory_kind_parse(lf_view_trim(title), kind);
}

bool national_category_ok(enum lf_advisory_kind kind, uint64_t c)
{
    switch (kind) {
    case LF_ADVISORY_ANA:
        return c >= 101 && c <= 199;
    case LF_ADVISORY_DEF:
        return c >= 201 && c <= 207;
    case LF_ADVISORY_INT:
        return (c >= 301 && c <= 311) || c == 512;
    case LF_ADVISORY_EWA:
        return c >= 401 && c <= 411;
    case LF_ADVISORY_FBI:
        return c >= 501 && c <= 511;
    }
    return false;
}

static enum lf_code refuse(struct item *x, const char *code, enum lf_code rc, const char *why)
{
    x->out->code = code;
    return lf_err_set(x->f.e, rc, "national: %s", why);
}

static enum lf_code category(struct item *x)
{
    static const char *const ana[] = { "statistics",    "malicious-site", "intrusion", "fraud",
                                       "vulnerability", "protection",     "news" };
    static const char *const fbi[] = { "false-alarm", "confirmed", "undetermined" };
    const struct lf_xml *k = lf_xml_get(lf_xml_get(x->inc, "Categories"), "Category");
    lf_view title = lf_view_some(lf_xml_text(x->head, "Title"));
    uint64_t c = 0;
    bool number = k && lf_view_u64(lf_view_trim(k->text), &c);

    if (number && c == 512)
        x->kind = LF_ADVISORY_INT; /* a ticket of the joint monitoring, whatever its title is */
    else if (!type_of(title, &x->kind)) {
        x->kind = LF_ADVISORY_ANA;
        x->listed = !lf_view_is(title, "OTH");
        national_label(x, x->head, "type", title);
        if (x->strict && !title.len)
            return refuse(x, LF_NATIONAL_SAYS_TYPE, LF_UNACCEPTED,
                          "the header's Title is none of ANA, DEF, INT, EWA, FBI, OTH");
    }
    if (x->strict && !x->listed && lf_view_eq(title, LF_V("OTH")) == false &&
        (!number || !national_category_ok(x->kind, c)))
        return refuse(x, LF_NATIONAL_SAYS_CATEGORY, LF_UNACCEPTED,
                      "the Category is no number that goes with this type");
    for (; k; k = lf_xml_more(k, "Category"))
        national_label(x, k, "category", k->text);
    if (x->kind == LF_ADVISORY_ANA)
        put(x, x->inc, "category",
            x->listed                      ? LF_V("malicious-site")
            : number && c > 100 && c < 108 ? lf_view_of(ana[c - 101])
                                           : LF_V(""));
    if (x->kind == LF_ADVISORY_FBI && number && c > 500 && c < 504)
        put(x, x->inc, "verdict", lf_view_of(fbi[c - 501]));
    x->out->kind = x->kind;
    return LF_OK;
}

/* ---- as objects ---- */

static enum lf_code indicators(struct item *x)
{
    lf_view id;

    for (size_t i = 0; i < x->nfound; i++) {
        struct format_made m = { .confidence = -1, .created = x->at, .modified = x->at };

        if (!format_value(&x->doc, x->found[i], &m.kind, &m.value))
            continue;
        m.name = lf_advisory_text(&x->form, "title");
        m.tlp = lf_advisory_text(&x->form, "tlp");
        m.uuid = lf_make_uuid(&x->f.m, lf_view_of(x->out->report), x->found[i]);
        id = lf_make_id(&x->f.m, "indicator", m.uuid);
        if (!lf_make_first(&x->f.m, id))
            continue;
        LF_TRY(format_indicator(&x->f, &m, &id));
        national_extra(x, id);
    }
    return LF_OK;
}

/* The report with the labels, further references, and without the form when that is not whole: what a form
 * lacks its readers would refuse. */
static enum lf_code report(struct item *x, lf_view json, bool whole)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX };
    const struct lf_json *tree;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_json_parse(&x->doc, json, &limits, &tree, x->f.e));
    if (!whole) { /* what only the form says */
        static const char *const only[] = { "severity", "happened_at", "method",   "platform", "incident",
                                            "category", "verdict",     "measures", "page" };

        for (size_t i = 0; i < sizeof only / sizeof *only; i++)
            national_label(x, x->inc, only[i], lf_advisory_text(&x->form, only[i]));
    }
    lf_buf_init(&b, 16 << 20);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (size_t i = 0; i < lf_json_members(tree); i++) {
        lf_view key = lf_json_key(tree, i);
        const struct lf_json *v = lf_json_member(tree, i);
        bool refs = lf_view_is(key, "object_refs"), labels = lf_view_is(key, "labels");

        if (!whole && lf_view_is(key, "extensions"))
            continue;
        if (!refs && !labels) {
            lf_json_put(&w, lf_arena_cstr(&x->doc, key), v);
            continue;
        }
        lf_json_begin(&w, refs ? "object_refs" : "labels", '[');
        for (size_t j = 0; j < lf_json_items(v); j++)
            lf_json_put(&w, NULL, lf_json_item(v, j));
        for (size_t j = 0; j < (refs ? x->nextras : x->nlabels); j++) {
            lf_view one = refs ? x->extras[j] : x->labels[j];
            bool there = false;

            for (size_t k = 0; k < lf_json_items(v); k++)
                there |= lf_view_eq(lf_json_text(lf_json_item(v, k)), one);
            for (size_t k = 0; k < j; k++)
                there |= lf_view_eq(refs ? x->extras[k] : x->labels[k], one);
            if (!there)
                lf_json_put_str(&w, NULL, one);
        }
        lf_json_close(&w);
    }
    lf_json_close(&w);
    rc = lf_buf_done(&b, x->f.e);
    if (rc == LF_OK && b.len > LF_STIX_OBJECT_BYTES)
        lf_make_lost(&x->f.m, lf_view_of(x->out->report), LF_V(""),
                     "the report is larger than an object may be");
    else if (rc == LF_OK)
        rc = x->f.m.to->made(x->f.m.to->ctx, lf_buf_view(&b), x->f.e);
    lf_buf_clear(&b);
    return rc;
}

static enum lf_code write_all(struct item *x)
{
    struct lf_advisory adv = { .id = lf_view_of(x->out->report),
                               .created_by = x->f.m.creator,
                               .kind = x->kind,
                               .form = x->form,
                               .created = x->at,
                               .modified = x->out->modified,
                               .published = x->at,
                               .nfiles = x->nfiles,
                               .files = x->files };
    bool whole = lf_advisory_complete(x->kind, &x->form, NULL) == LF_OK;
    const lf_view *objects;
    struct lf_stix s;
    size_t n;

    LF_TRY(lf_advisory_write(&x->doc, &adv, LF_V("national"), &n, &objects, x->f.e));
    for (size_t i = 0; i + 1 < n; i++) {
        LF_TRY(lf_stix_read(&x->doc, objects[i], &s, x->f.e));
        if (lf_make_first(&x->f.m, s.id))
            LF_TRY(x->f.m.to->made(x->f.m.to->ctx, objects[i], x->f.e));
    }
    return report(x, objects[n - 1], whole);
}

static void known(struct item *x, const struct lf_xml *parent, const char *names)
{
    for (const struct lf_xml *k = NULL; (k = xml_unknown(parent, k, names));)
        national_told(x, k, k->name, "the national format is not known to have it");
}

static enum lf_code who(struct item *x)
{
    lf_view name = lf_view_some(lf_xml_text(x->inc, "Reporter/Identity/Name"));

    national_label(x, x->inc, "reporter", name);
    if (!name.len)
        name = lf_view_some(lf_xml_text(x->inc, "Information_Source/Identity/Name"));
    if (!name.len)
        name = lf_view_some(lf_xml_text(x->head, "Information_Source/Identity/Name"));
    name = national_line(x, x->inc, name.len ? name : x->f.source.len ? x->f.source : LF_V("national"), 200);
    LF_TRY(lf_make_identity(&x->f.m, LF_V(""), name, "organization", &name, x->f.e));
    x->f.m.creator = lf_arena_copy(&x->doc, name);
    return LF_OK;
}

static enum lf_code whole(struct item *x)
{
    const struct lf_xml *list = lf_xml_get(x->root, "Incidents"), *k, *ticket;
    lf_view id, subject, title;

    x->head = lf_xml_get(x->root, "STIX_Header");
    x->inc = lf_xml_get(list, "Incident");
    if (!x->head)
        return refuse(x, LF_NATIONAL_SAYS_FORMAT, LF_BAD_INPUT, "there is no STIX_Header");
    if (!x->inc || lf_xml_more(x->inc, "Incident"))
        return refuse(x, LF_NATIONAL_SAYS_COUNT, LF_UNACCEPTED, "a package has exactly one Incident");
    id = lf_view_trim(lf_view_some(lf_xml_attr(x->inc, "id")));
    if (!id.len)
        id = lf_view_some(lf_xml_text(x->inc, "External_ID"));
    if (!id.len || id.len > 300 || !lf_view_is_utf8(id))
        return refuse(x, LF_NATIONAL_SAYS_COUNT, LF_UNACCEPTED, "the Incident has no id");
    LF_TRY(category(x));
    subject = lf_view_some(lf_xml_text(x->head, "Description"));
    title = lf_view_some(lf_xml_text(x->inc, "Title"));
    if (!subject.len)
        subject = title.len ? title : id;
    else if (!lf_view_eq(title, subject))
        national_label(x, x->inc, "title", title);
    if (!format_time(lf_view_some(lf_xml_attr(x->inc, "timestamp")), &x->out->modified) &&
        !format_time(lf_view_some(lf_xml_attr(x->root, "timestamp")), &x->out->modified))
        x->out->modified = x->f.use->now ? x->f.use->now : LF_MAKE_UNDATED;
    if (!format_time(lf_view_some(lf_xml_text(x->inc, "Time/Incident_Reported")), &x->at) ||
        x->at > x->out->modified)
        x->at = x->out->modified;
    (void)snprintf(x->out->report, sizeof x->out->report, "report--%.*s", LF_FMT(uuid_of(x, id)));
    /* An item that went through a node has its first id beside ours. */
    ticket = lf_xml_get(x->inc, "External_ID");
    if (ticket && lf_view_starts(id, LF_V("lf:Incident-"))) {
        id = national_line(x, ticket, ticket->text, 200);
        ticket = lf_xml_more(ticket, "External_ID");
    }
    national_label(x, x->inc, "id", id);
    put(x, x->head, "title", subject);
    marking(x);
    LF_TRY(who(x));
    times(x);
    put(x, x->inc, "description", lf_view_some(lf_xml_text(x->inc, "Description")));
    impact(x);
    joined(x, "measures", lf_xml_get(x->inc, "COA_Taken"), "Description");
    for (k = lf_xml_get(x->inc, "Leveraged_TTPs"); k; k = NULL) {
        joined(x, "method", k, "Description");
        joined(x, "platform", k,
               lf_xml_text(k, "Leveraged_TTP/TTP/Victim_Targeting/Targeted_Systems").len ? "Targeted_Systems"
                                                                                         : "Product");
    }
    cves(x);
    references(x);
    related(x);
    for (k = lf_xml_get(x->inc, "Victim"); k; k = lf_xml_more(k, "Victim"))
        national_label(x, k, "victim", lf_view_some(lf_xml_text(k, "Name")));
    for (k = ticket; k; k = lf_xml_more(k, "External_ID"))
        national_label(x, k, "ticket", k->text);
    national_label(x, x->inc, "status", lf_view_some(lf_xml_text(x->inc, "Status")));
    victims(x, lf_xml_get(x->inc, "Affected_Assets"));
    list = lf_xml_get(x->inc, "Related_Observables");
    for (k = lf_xml_get(list, "Related_Observable"); k; k = lf_xml_more(k, "Related_Observable"))
        if (lf_xml_get(k, "Observable"))
            LF_TRY(national_observable(x, lf_xml_get(k, "Observable"),
                                       lf_view_some(lf_xml_text(k, "Relationship")), 0));
    list = lf_xml_get(x->root, "Observables");
    for (k = lf_xml_get(list, "Observable"); k; k = lf_xml_more(k, "Observable"))
        LF_TRY(national_observable(x, k, LF_V(""), 0));
    for (k = lf_xml_walk(x->root, NULL); k; k = lf_xml_walk(x->root, k)) /* of the list of addresses */
        if (lf_view_is(k->name, "Indicator"))
            for (const struct lf_xml *o = lf_xml_get(k, "Observable"); o; o = lf_xml_more(o, "Observable"))
                LF_TRY(national_observable(x, o, LF_V(""), 0));
    put(x, x->inc, "values", lf_arena_copy(&x->doc, lf_buf_view(&x->values)));
    put(x, x->inc, "page", lf_arena_copy(&x->doc, lf_buf_view(&x->page)));
    known(x, x->root, "STIX_Header Incidents Observables Indicators TTPs Exploit_Targets");
    known(x, x->head, "Title Description Handling Information_Source");
    known(x, x->inc,
          "Title External_ID Time Description Categories Reporter Victim Affected_Assets Impact_Assessment "
          "Status "
          "Related_Observables Related_Indicators Leveraged_TTPs Related_Incidents COA_Taken "
          "Information_Source Handling");
    LF_TRY(indicators(x));
    return write_all(x);
}

enum lf_code national_read(const struct lf_xml *root, bool strict, const struct lf_format_use *use,
                           const struct lf_exchange *to, struct national_item *item, struct lf_err *e)
{
    struct item x = { .root = root, .strict = strict, .out = item };
    struct lf_err own = { 0 };
    enum lf_code rc;

    *item = (struct national_item){ .code = "" };
    format_in_init(&x.f, use, to, e ? e : &own);
    lf_map_init(&x.ids, 0x6e617469);
    lf_buf_init(&x.values, 2 << 20);
    lf_buf_init(&x.page, 2 << 20);
    x.labels = LF_NEW(&x.doc, lf_view, LABELS);
    x.extras = LF_NEW(&x.doc, lf_view, EXTRAS);
    x.found = LF_NEW(&x.doc, lf_view, EXTRAS);
    for (const struct lf_xml *k = lf_xml_walk(root, NULL); k; k = lf_xml_walk(root, k))
        if (lf_xml_attr(k, "id").len)
            lf_map_set_ptr(&x.ids, lf_xml_attr(k, "id"), (void *)(uintptr_t)k);
    if (!lf_view_is(root->name, "STIX_Package"))
        rc = refuse(&x, LF_NATIONAL_SAYS_FORMAT, LF_BAD_INPUT, "the root element is not STIX_Package");
    else if (x.strict && !lf_view_is(root->space, "http://stix.mitre.org/stix-1"))
        rc = refuse(&x, LF_NATIONAL_SAYS_FORMAT, LF_BAD_INPUT, "the package is not of STIX 1.2's namespace");
    else
        rc = whole(&x);
    if (rc != LF_OK && !item->code[0] && rc != LF_IO && rc != LF_FULL)
        item->code = LF_NATIONAL_SAYS_FORMAT;
    lf_buf_clear(&x.values);
    lf_buf_clear(&x.page);
    lf_map_clear(&x.ids);
    format_in_clear(&x.f);
    lf_arena_clear(&x.doc);
    return rc;
}

bool national_is(const struct lf_xml *root)
{
    const struct lf_xml *inc = lf_xml_at(root, "Incidents/Incident");
    lf_view title = lf_view_some(lf_xml_text(root, "STIX_Header/Title"));
    enum lf_advisory_kind kind;
    uint64_t c;

    return inc && !lf_xml_more(inc, "Incident") &&
           (type_of(title, &kind) || lf_view_is(title, "OTH") ||
            (lf_view_u64(lf_view_some(lf_xml_text(inc, "Categories/Category")), &c) && c > 100 && c < 1000));
}

bool format_national_is(lf_view text)
{
    static const char *const titles[] = { ":Title>ANA<", ":Title>DEF<", ":Title>INT<",
                                          ":Title>EWA<", ":Title>FBI<", ":Title>OTH<" };

    for (size_t i = 0; format_stix1_is(text) && i < sizeof titles / sizeof *titles; i++)
        if (lf_view_find(lf_view_first(text, 16384), lf_view_of(titles[i])) != SIZE_MAX)
            return true;
    return false;
}

FORMAT_READER(format_national_read)
{
    struct national_item item;
    const struct lf_xml *root;
    struct lf_arena doc = { 0 };
    enum lf_code rc = lf_xml_parse(&doc, text, to->rest, &root, e);

    if (rc == LF_OK)
        rc = national_read(root, false, use, to, &item, e);
    lf_arena_clear(&doc);
    return rc;
}
