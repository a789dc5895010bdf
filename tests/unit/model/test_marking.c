#include "model/clearance.h"
#include "model/redact.h"

#include "lf_test.h"
#include "model/extension.h"

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define AMBER "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
#define OLD_GREEN "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
#define OTHER "marking-definition--00000000-0000-4000-8000-000000000001"
#define HEAD                                                                                                 \
    "\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--00000000-0000-4000-8000-000000000001\","  \
    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","

static const struct lf_json *parse(struct lf_arena *a, lf_view text)
{
    const struct lf_json *v = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_json_parse(a, text, &(struct lf_json_limits){ .depth = 128 }, &v, &e), &e);
    return v;
}

static struct lf_marking marking(struct lf_arena *a, lf_view text)
{
    struct lf_marking m;

    lf_marking_read(a, parse(a, text), &m);
    return m;
}

static void what_is_not_understood_marks_more_and_not_less(void)
{
    static const struct {
        const char *name;
        lf_view in;
        bool broken;
        size_t whole, atoms;
    } rows[] = {
        { "nothing", LF_VIEW("{}"), false, 0, 0 },
        { "an empty list", LF_VIEW("{\"object_marking_refs\":[]}"), false, 0, 0 },
        { "twice the same", LF_VIEW("{\"object_marking_refs\":[\"" RED "\",\"" RED "\"]}"), false, 1, 0 },
        { "no list", LF_VIEW("{\"object_marking_refs\":\"" RED "\"}"), true, 0, 0 },
        { "null", LF_VIEW("{\"object_marking_refs\":null}"), true, 0, 0 },
        { "a number in it", LF_VIEW("{\"object_marking_refs\":[1]}"), true, 0, 0 },
        { "another type",
          LF_VIEW("{\"object_marking_refs\":[\"tool--00000000-0000-4000-8000-000000000001\"]}"), true, 0, 0 },
        { "the key twice", LF_VIEW("{\"object_marking_refs\":[],\"object_marking_refs\":[\"" RED "\"]}"),
          true, 0, 0 },
        { "a part",
          LF_VIEW("{\"name\":\"x\",\"granular_markings\":[{\"selectors\":[\"name\"],\"marking_ref\":"
                  "\"" RED "\"}]}"),
          false, 0, 1 },
        { "a part that is not there",
          LF_VIEW("{\"granular_markings\":[{\"selectors\":[\"name\"],"
                  "\"marking_ref\":\"" RED "\"}]}"),
          false, 1, 0 },
        { "a selector that is none",
          LF_VIEW("{\"name\":\"x\",\"granular_markings\":[{\"selectors\":[\"name.\"],"
                  "\"marking_ref\":\"" RED "\"}]}"),
          false, 1, 0 },
        { "no selectors",
          LF_VIEW("{\"name\":\"x\",\"granular_markings\":[{\"selectors\":[],"
                  "\"marking_ref\":\"" RED "\"}]}"),
          false, 1, 0 },
        { "a selector that is a number",
          LF_VIEW("{\"granular_markings\":[{\"selectors\":[1],"
                  "\"marking_ref\":\"" RED "\"}]}"),
          false, 1, 0 },
        { "neither marking nor language",
          LF_VIEW("{\"name\":\"x\",\"granular_markings\":[{\"selectors\":["
                  "\"name\"]}]}"),
          true, 0, 0 },
        { "a language",
          LF_VIEW("{\"name\":\"x\",\"granular_markings\":[{\"selectors\":[\"name\"],\"lang\":"
                  "\"de\"}]}"),
          false, 0, 0 },
        { "granular is no list", LF_VIEW("{\"granular_markings\":{}}"), true, 0, 0 },
        { "a granular that is no object", LF_VIEW("{\"granular_markings\":[1]}"), true, 0, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        struct lf_marking m = marking(&a, rows[i].in);

        CHECK(m.broken == rows[i].broken && m.whole.n == rows[i].whole && m.natoms == rows[i].atoms,
              "%s: broken %d, %zu of the object, %zu atoms", rows[i].name, m.broken, m.whole.n, m.natoms);
        lf_arena_clear(&a);
    }
}

static void selectors_name_what_the_standard_says(void)
{
    static const struct {
        lf_view selector;
        const char *want; /* NULL: nothing */
    } rows[] = {
        { LF_VIEW("name"), "n" },
        { LF_VIEW("labels.[1]"), "b" },
        { LF_VIEW("external_references.[0].source_name"), "s" },
        { LF_VIEW("extensions.a-b.x_y"), "deep" },
        { LF_VIEW("labels.[01]"), NULL },
        { LF_VIEW("labels.[2]"), NULL },
        { LF_VIEW("labels.[-1]"), NULL },
        { LF_VIEW("labels[1]"), NULL },
        { LF_VIEW("labels.1"), NULL },
        { LF_VIEW("labels..[1]"), NULL },
        { LF_VIEW(".name"), NULL },
        { LF_VIEW("name."), NULL },
        { LF_VIEW("[0]"), NULL },
        { LF_VIEW(""), NULL },
        { LF_VIEW("twice"), NULL },
        { LF_VIEW("labels.[18446744073709551616]"), NULL },
    };
    struct lf_arena a = { 0 };
    const struct lf_json *o = parse(
        &a, LF_V("{\"name\":\"n\",\"labels\":[\"a\",\"b\"],\"external_references\":[{\"source_name\":\"s\"}],"
                 "\"extensions\":{\"a-b\":{\"x_y\":\"deep\"}},\"twice\":1,\"twice\":2}"));

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lf_json *v = lf_selector_find(o, rows[i].selector);

        if (rows[i].want)
            CHECK_VIEW(lf_json_text(v), lf_view_of(rows[i].want));
        else
            CHECK(!v, "%s", rows[i].selector.ptr);
    }
    lf_arena_clear(&a);
}

static void a_definition_says_what_it_means_or_is_the_strictest(void)
{
    static const struct {
        const char *name;
        lf_view in;
        bool unknown, group;
        enum lf_tlp tlp;
    } rows[] = {
        { "a statement", LF_VIEW("{\"definition_type\":\"statement\",\"definition\":{\"statement\":\"©\"}}"),
          false, false, LF_TLP_NONE },
        { "TLP 1", LF_VIEW("{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"white\"}}"), false, false,
          LF_TLP_CLEAR },
        { "TLP 2",
          LF_VIEW("{\"extensions\":{\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{"
                  "\"extension_type\":\"property-extension\",\"tlp_2_0\":\"amber+strict\"}}}"),
          false, false, LF_TLP_STRICT },
        { "TLP that is none", LF_VIEW("{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"pink\"}}"),
          true, false, LF_TLP_NONE },
        { "both TLPs: the stricter",
          LF_VIEW("{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"},\"extensions\":{"
                  "\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"tlp_2_0\":\"clear\"}}}"),
          false, false, LF_TLP_RED },
        { "another definition type", LF_VIEW("{\"definition_type\":\"iep\",\"definition\":{}}"), true, false,
          LF_TLP_NONE },
        { "another extension",
          LF_VIEW("{\"extensions\":{\"extension-definition--00000000-0000-4000-8000-"
                  "000000000001\":{}}}"),
          true, false, LF_TLP_NONE },
        { "nothing", LF_VIEW("{}"), true, false, LF_TLP_NONE },
        { "a group",
          LF_VIEW("{\"extensions\":{\"" LF_EXTENSION_ID "\":{\"sharing_group\":\"4527e5de-8572-446a-a57a-"
                  "706f15467461\"}}}"),
          false, true, LF_TLP_NONE },
        { "a group without a name", LF_VIEW("{\"extensions\":{\"" LF_EXTENSION_ID "\":{}}}"), true, false,
          LF_TLP_NONE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        struct lf_marking_def d;

        lf_marking_def_read(parse(&a, rows[i].in), &d);
        CHECK(d.unknown == rows[i].unknown && (d.group.len != 0) == rows[i].group &&
                  (d.unknown || d.tlp == rows[i].tlp),
              "%s: unknown %d, tlp %s", rows[i].name, d.unknown, lf_tlp_name(d.tlp));
        lf_arena_clear(&a);
    }
    CHECK(lf_tlp_of(LF_V(RED)) == LF_TLP_RED && lf_tlp_of(LF_V(OLD_GREEN)) == LF_TLP_GREEN &&
              lf_tlp_of(LF_V(OTHER)) == LF_TLP_NONE,
          "by their ids");
    for (int t = LF_TLP_CLEAR; t <= LF_TLP_RED; t++)
        CHECK((int)lf_tlp_of(lf_tlp_ref((enum lf_tlp)t)) == t, "%d", t);
}

static lf_view redact(struct lf_arena *a, lf_view text, unsigned mask)
{
    const struct lf_json *o = parse(a, text);
    struct lf_marking m;

    lf_marking_read(a, o, &m);
    return lf_redact(a, o, &m,
                     &(struct lf_redaction){
                         .id = LF_V("report--00000000-0000-4000-8000-00000000000c"),
                         .creator = LF_V("identity--00000000-0000-4000-8000-00000000000d"),
                         .reporters = { LF_V("identity--00000000-0000-4000-8000-00000000000a"), LF_V("") },
                         .mask = mask });
}

static void a_copy_leaves_out_what_is_marked_and_who_reported(void)
{
    static const lf_view source = LF_VIEW(
        "{" HEAD "\"created_by_ref\":\"identity--00000000-0000-4000-8000-00000000000a\",\"name\":\"n\","
        "\"description\":\"secret\",\"published\":\"2026-01-01T00:00:00Z\",\"confidence\":1.50e1,"
        "\"object_refs\":[\"tool--00000000-0000-4000-8000-000000000001\","
        "\"identity--00000000-0000-4000-8000-00000000000a\"],"
        "\"labels\":[\"a\",\"hidden\",\"c\"],\"object_marking_refs\":[\"" AMBER "\"],\"granular_markings\":["
        "{\"selectors\":[\"description\",\"labels.[1]\"],\"marking_ref\":\"" RED "\"},"
        "{\"selectors\":[\"labels.[2]\",\"labels.[1]\"],\"marking_ref\":\"" OLD_GREEN "\"},"
        "{\"selectors\":[\"description\"],\"lang\":\"de\"},{\"selectors\":[\"labels.[2]\"],\"lang\":\"en\"}],"
        "\"extensions\":{\"" LF_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"policy\":\"p\","
        "\"evidence\":3}}}");
    struct lf_arena a = { 0 };
    lf_view copy = redact(&a, source, 2), again = redact(&a, source, 2);

    CHECK_VIEW(copy, again);
    CHECK_VIEW(
        copy,
        LF_V("{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--00000000-0000-4000-8000-"
             "00000000000c\",\"created_by_ref\":\"identity--00000000-0000-4000-8000-00000000000d\","
             "\"created\":"
             "\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":\"n\","
             "\"published\":\"2026-01-01T00:00:00Z\",\"confidence\":1.50e1,\"object_refs\":[\"tool--00000000-"
             "0000-"
             "4000-8000-000000000001\"],\"labels\":[\"a\",\"c\"],\"object_marking_refs\":[\"" AMBER "\"],"
             "\"granular_markings\":[{\"marking_ref\":\"" OLD_GREEN "\",\"selectors\":[\"labels.[1]\"]},"
             "{\"lang\":\"en\",\"selectors\":[\"labels.[1]\"]}],\"extensions\":{\"" LF_EXTENSION_ID "\":{"
             "\"extension_type\":\"property-extension\",\"evidence\":3,\"redacted\":true,\"derived_from\":"
             "\"report"
             "--00000000-0000-4000-8000-000000000001\"}}}"));
    lf_arena_clear(&a);
}

static void there_is_no_copy_without_what_its_type_must_have(void)
{
    static const struct {
        const char *name;
        lf_view in;
    } rows[] = {
        { "a name that a report must have",
          LF_VIEW("{" HEAD
                  "\"name\":\"n\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[\"tool--00000000-"
                  "0000-4000-8000-000000000001\"],\"granular_markings\":[{\"selectors\":[\"name\"],\"marking_"
                  "ref\":"
                  "\"" RED "\"}]}") },
        { "all that a report is about",
          LF_VIEW(
              "{" HEAD
              "\"name\":\"n\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[\"tool--00000000-"
              "0000-4000-8000-000000000001\"],\"granular_markings\":[{\"selectors\":[\"object_refs.[0]\"],"
              "\"marking_ref\":\"" RED "\"}]}") },
        { "its type",
          LF_VIEW("{" HEAD "\"name\":\"n\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":["
                  "\"tool--00000000-0000-4000-8000-000000000001\"],\"granular_markings\":[{"
                  "\"selectors\":[\"type\"],\"marking_ref\":\"" RED "\"}]}") },
        { "the reporter itself",
          LF_VIEW(
              "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"identity--00000000-0000-4000-8000-"
              "00000000000a\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00."
              "000Z\",\"name\":\"n\",\"identity_class\":\"system\",\"object_marking_refs\":[\"" AMBER
              "\"]}") },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };

        CHECK(!redact(&a, rows[i].in, 0).len, "%s", rows[i].name);
        lf_arena_clear(&a);
    }
}

static void a_marked_mark_stays(void)
{
    static const lf_view source = LF_VIEW(
        "{" HEAD
        "\"name\":\"n\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[\"tool--00000000-0000-4000-"
        "8000-000000000001\"],\"object_marking_refs\":[\"" AMBER "\"],\"granular_markings\":[{\"selectors\":["
        "\"object_marking_refs\",\"object_marking_refs.[0]\"],\"marking_ref\":\"" RED "\"}]}");
    struct lf_arena a = { 0 };

    CHECK(lf_view_find(redact(&a, source, 0), LF_V("\"object_marking_refs\":[\"" AMBER "\"]")) != SIZE_MAX,
          "the copy is as strict as its source");
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(what_is_not_understood_marks_more_and_not_less);
    RUN(selectors_name_what_the_standard_says);
    RUN(a_definition_says_what_it_means_or_is_the_strictest);
    RUN(a_copy_leaves_out_what_is_marked_and_who_reported);
    RUN(there_is_no_copy_without_what_its_type_must_have);
    RUN(a_marked_mark_stays);
    DONE();
}
