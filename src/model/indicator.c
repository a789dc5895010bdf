#include "model/indicator.h"

#include "fmt/stix.h"
#include "model/extension.h"
#include "model/marking.h"

lf_view lf_indicator_tlp_id(lf_view name)
{
    enum lf_tlp tlp;

    return lf_tlp_parse(name, &tlp) ? lf_tlp_ref(tlp) : LF_V("");
}

lf_view lf_indicator_write(struct lf_arena *a, const struct lf_indicator *i)
{
    struct lf_buf b;
    struct lf_json_w w;
    char time[LF_TIME_TEXT];
    enum lf_tlp tlp;
    lf_view out;

    lf_buf_init(&b, 1 << 18); /* a pattern may take six bytes for one */
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "indicator");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id", i->id);
    lf_json_put_str(&w, "created_by_ref", i->created_by);
    lf_json_put_str(&w, "created", lf_time_milli(i->created, time));
    lf_json_put_str(&w, "modified", lf_time_milli(i->modified, time));
    if (i->revoked)
        lf_json_put_bool(&w, "revoked", true);
    lf_json_begin(&w, "indicator_types", '[');
    lf_json_put_cstr(&w, NULL, "malicious-activity");
    lf_json_close(&w);
    lf_json_put_str(&w, "pattern", lf_observable_pattern(a, i->kind, i->value));
    lf_json_put_cstr(&w, "pattern_type", "stix");
    lf_json_put_str(&w, "valid_from", lf_time_milli(i->valid_from, time));
    if (i->valid_until)
        lf_json_put_str(&w, "valid_until", lf_time_milli(i->valid_until, time));
    if (lf_tlp_parse(i->tlp, &tlp)) {
        lf_json_begin(&w, "object_marking_refs", '[');
        lf_json_put_str(&w, NULL, lf_tlp_ref(tlp));
        lf_json_close(&w);
    }
    lf_json_begin(&w, "extensions", '{');
    lf_json_begin(&w, LF_EXTENSION_ID, '{');
    lf_json_put_cstr(&w, "extension_type", "property-extension");
    lf_json_put_bool(&w, "provisional", i->provisional);
    lf_json_put_int(&w, "evidence", i->evidence);
    if (i->policy.len)
        lf_json_put_str(&w, "policy", i->policy);
    if (i->derived_from.len)
        lf_json_put_str(&w, "derived_from", i->derived_from);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    LF_ASSERT(!b.over); /* values and ids were checked against far smaller limits */
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code lf_indicator_of(struct lf_arena *a, const struct lf_stix *s, struct lf_indicator *out,
                             struct lf_err *e)
{
    struct lf_indicator i = { 0 };
    const struct lf_json *ext;
    struct lf_marking marking;
    enum lf_tlp tlp = LF_TLP_NONE;
    struct lf_stix_pattern pattern;
    struct lf_observable what;
    struct lf_err bad;
    lf_view text;

    if (!lf_view_is(s->type, "indicator"))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s is no indicator", LF_FMT(s->id));
    i.id = s->id;
    i.created_by = s->created_by;
    i.revoked = s->revoked;
    i.modified = s->version_at;
    LF_TRY(lf_stix_time(lf_json_str(s->tree, "created"), &i.created, e));
    LF_TRY(lf_stix_time(lf_json_str(s->tree, "valid_from"), &i.valid_from, e));
    text = lf_json_str(s->tree, "valid_until");
    if (text.ptr) {
        LF_TRY(lf_stix_time(text, &i.valid_until, e));
        if (i.valid_until <= i.valid_from)
            return lf_err_set(e, LF_UNACCEPTED, "%.*s: valid_until is not after valid_from", LF_FMT(s->id));
    }
    /* STIX knows more years than we reckon with. */
    for (size_t n = 0; n < 4; n++) {
        lf_time *at = (lf_time *[]){ &i.created, &i.modified, &i.valid_from, &i.valid_until }[n];

        *at = *at < 0 ? 0 : *at > LF_TIME_MAX ? LF_TIME_MAX : *at;
    }
    if (!lf_view_is(lf_json_str(s->tree, "pattern_type"), "stix"))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: pattern_type is not stix", LF_FMT(s->id));
    if (lf_stix_pattern_parse(a, lf_json_str(s->tree, "pattern"), &pattern, &bad) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: pattern: %s", LF_FMT(s->id), bad.text);
    if (!lf_observable_of_pattern(a, &pattern, &what)) {
        /* More than a value: the whole pattern is what is looked for. */
        what.kind = LF_OBS_PATTERN;
        if (!lf_observable_text(a, what.kind, lf_json_str(s->tree, "pattern"), &what.value))
            return lf_err_set(
                e, LF_UNACCEPTED,
                "%.*s: the pattern is longer than %d bytes, or asks for a sum of the wrong length",
                LF_FMT(s->id), LF_OBSERVABLE_PATTERN);
    }
    i.kind = what.kind;
    i.value = what.value;
    lf_marking_read(a, s->tree, &marking);
    for (size_t n = 0; n < marking.whole.n; n++) {
        enum lf_tlp one = lf_tlp_of(marking.whole.refs[n]);

        tlp = one > tlp ? one : tlp;
    }
    i.tlp = lf_view_of(lf_tlp_name(tlp));
    ext = lf_json_get(lf_json_get(s->tree, LF_V("extensions")), LF_V(LF_EXTENSION_ID));
    if (ext) {
        i.extended = true;
        i.provisional = lf_json_bool(ext, "provisional", false);
        if (!lf_json_int(ext, "evidence", &i.evidence) || i.evidence < 0)
            i.evidence = 0;
        i.policy = lf_json_str(ext, "policy");
        i.derived_from = lf_json_str(ext, "derived_from");
        if (i.policy.len > LF_STIX_ID || (i.derived_from.len && !lf_stix_id_ok(i.derived_from, NULL)))
            return lf_err_set(e, LF_UNACCEPTED, "%.*s: policy or derived_from is no identifier",
                              LF_FMT(s->id));
    }
    *out = i;
    return LF_OK;
}

enum lf_code lf_indicator_read(struct lf_arena *a, lf_view json, struct lf_indicator *out, struct lf_err *e)
{
    struct lf_stix s;

    LF_TRY(lf_stix_read(a, json, &s, e));
    return lf_indicator_of(a, &s, out, e);
}

/* Made once and for all: its id, times and creator are the same on every node, so
 * that all nodes publish the same object. */
lf_view lf_extension_write(struct lf_arena *a)
{
    return lf_arena_copy(
        a, LF_V("{\"type\":\"extension-definition\",\"spec_version\":\"2.1\",\"id\":\"" LF_EXTENSION_ID "\","
                "\"created_by_ref\":\"identity--0b0a4c0e-4a52-4d0e-8f5b-6d1c7b6a3a11\","
                "\"created\":\"2026-11-21T00:00:00.000Z\",\"modified\":\"2026-11-21T00:00:00.000Z\","
                "\"name\":\"lianfang joint defence\",\"description\":\"The object type incident-event (one "
                "immutable signed act upon an incident); on indicators: provisional, evidence, policy; "
                "on copies: redacted, derived_from; on marking definitions: sharing_group; on reports: "
                "intelligence_type, form, "
                "exercise.\",\"schema\":\"https://lianfang.example/schema/1.0/\",\"version\":\"1.0.0\","
                "\"extension_types\":[\"new-sdo\",\"property-extension\"]}"));
}
