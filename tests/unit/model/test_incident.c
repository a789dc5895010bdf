#include "lf_test.h"
#include "model/extension.h"
#include "model/incident.h"

static struct lf_arena arena;
static uint8_t pub[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET];

static struct lf_incident_event sample(void)
{
    static const lf_view parents[] = { LF_VIEW("incident-event--11111111-1111-4111-8111-111111111111") };
    struct lf_incident_event ev = {
        .id = LF_V("incident-event--22222222-2222-4222-8222-222222222222"),
        .incident = LF_V("incident--33333333-3333-4333-8333-333333333333"),
        .node = LF_V("identity--44444444-4444-4444-8444-444444444444"),
        .org = LF_V("55555555-5555-4555-8555-555555555555"),
        .tier = LF_V("provider"),
        .sequence = 2,
        .nparents = 1,
        .parents = parents,
        .kind = LF_V("reported"),
        .by = LF_V("reporter"),
        .account = LF_V("王小明"),
        .occurred = 1772413200000000,
        .recorded = 1772413200123456,
    };
    struct lf_err e;

    CHECK_OK(lf_json_parse(&arena, LF_V("{\"title\":\"網頁遭置換\",\"level\":2,\"channel\":\"platform\"}"),
                           NULL, &ev.body, &e),
             &e);
    CHECK_OK(lf_incident_event_sign(&arena, &ev, pub, secret, &e), &e);
    return ev;
}

static void an_event_reads_back_as_it_was_written(void)
{
    struct lf_incident_event ev = sample(), back;
    struct lf_err e;

    CHECK_OK(lf_incident_event_read(&arena, ev.json, &back, &e), &e);
    CHECK_VIEW(back.id, ev.id);
    CHECK_VIEW(back.incident, ev.incident);
    CHECK_VIEW(back.node, ev.node);
    CHECK_VIEW(back.org, ev.org);
    CHECK_VIEW(back.tier, ev.tier);
    CHECK_VIEW(back.kind, ev.kind);
    CHECK_VIEW(back.by, ev.by);
    CHECK_VIEW(back.account, ev.account);
    CHECK(back.sequence == 2 && back.occurred == ev.occurred && back.recorded == ev.recorded, "numbers");
    CHECK(back.nparents == 1, "%zu parents", back.nparents);
    CHECK_VIEW(back.parents[0], ev.parents[0]);
    CHECK(lf_incident_event_level(&back) == 2, "level %d", lf_incident_event_level(&back));
    CHECK_VIEW(back.json, ev.json);
    CHECK_OK(lf_incident_event_verify(&arena, &back, &e), &e);
}

/* Replaces `from` in a signed event by `to`. */
static lf_view changed(lf_view json, const char *from, const char *to)
{
    size_t at = lf_view_find(json, lf_view_of(from));

    CHECK(at != SIZE_MAX, "%s is not in the event", from);
    if (at == SIZE_MAX)
        return json;
    return lf_arena_printf(&arena, "%.*s%s%.*s", (int)at, json.ptr, to,
                           LF_FMT(lf_view_from(json, at + strlen(from))));
}

static void no_changed_byte_keeps_the_signature(void)
{
    static const char *const changes[][2] = {
        { "\"level\":2", "\"level\":4" },
        { "\"by\":\"reporter\"", "\"by\":\"reviewer\"" },
        { "\"sequence\":2", "\"sequence\":3" },
        { "\"tier\":\"provider\"", "\"tier\":\"nation\"" },
        { "\"kind\":\"reported\"", "\"kind\":\"reported\",\"later\":true" },
        { "incident--3333", "incident--9333" },
        { ".123456Z", ".123457Z" },
    };
    struct lf_incident_event ev = sample(), back;
    struct lf_err e;

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        CHECK_OK(lf_incident_event_read(&arena, changed(ev.json, changes[i][0], changes[i][1]), &back, &e),
                 &e);
        CHECK_CODE(lf_incident_event_verify(&arena, &back, &e), LF_UNAUTHENTIC);
    }
}

static void order_and_blanks_of_the_text_do_not_matter(void)
{
    struct lf_incident_event ev = sample(), back;
    lf_view text = changed(ev.json, "\"type\":\"incident-event\"", "\"type\": \n\"incident\\u002devent\"");
    struct lf_err e;

    CHECK_OK(lf_incident_event_read(&arena, text, &back, &e), &e);
    CHECK_VIEW(back.json, ev.json);
    CHECK_OK(lf_incident_event_verify(&arena, &back, &e), &e);
}

static void what_was_kept_is_read_as_it_was_signed(void)
{
    struct lf_incident_event ev = sample(), back;
    struct lf_err e;

    CHECK_OK(lf_incident_event_stored(&arena, ev.json, &back, &e), &e);
    CHECK_VIEW(back.json, ev.json);
    CHECK_VIEW(back.id, ev.id);
    CHECK(back.sequence == ev.sequence && back.recorded == ev.recorded && back.nparents == ev.nparents,
          "other fields");
    CHECK(lf_json_members(back.body) == lf_json_members(ev.body), "another body");
}

static void what_is_malformed_is_refused_with_its_place(void)
{
    static const char *const changes[][2] = {
        { "\"type\":\"incident-event\"", "\"type\":\"incident\"" },
        { "\"spec_version\":\"2.1\"", "\"spec_version\":\"2.0\"" },
        { "new-sdo", "property-extension" },
        { "\"sequence\":2", "\"sequence\":0" },
        { "\"sequence\":2", "\"sequence\":1.5" },
        { "\"sequence\":2", "\"sequence\":\"2\"" },
        { "incident--3333", "incident--x333" },
        { "identity--", "indicator--" },
        { "\"tier\":\"provider\"", "\"tier\":\"moon\"" },
        { "\"kind\":\"reported\"", "\"kind\":\"re ported\"" },
        { "\"kind\":\"reported\"", "\"kind\":\"reported\",\"kind\":\"closed\"" },
        { "\"body\":{", "\"body\":7,\"b\":{" },
        { "\"recorded_at\":\"2026", "\"recorded_at\":\"2025" }, /* before it happened */
        { "\"signature\":\"", "\"signature\":\"AAAA" },
        { "[\"incident-event--1111", "[\"incident--1111" },
    };
    struct lf_incident_event ev = sample(), back;
    struct lf_err e;

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        e.text[0] = 0;
        CHECK_CODE(lf_incident_event_read(&arena, changed(ev.json, changes[i][0], changes[i][1]), &back, &e),
                   LF_BAD_INPUT);
        CHECK(strstr(e.text, "incident-event") != NULL, "change %zu says \"%s\"", i, e.text);
    }
    for (size_t n = 0; n < ev.json.len; n += 7)
        CHECK(lf_incident_event_read(&arena, lf_view_first(ev.json, n), &back, NULL) != LF_OK, "cut at %zu",
              n);
}

static void an_event_too_big_for_others_is_not_made(void)
{
    struct lf_incident_event ev = sample();
    char *big = lf_arena_alloc(&arena, LF_INCIDENT_EVENT_BYTES, 1);
    lf_view keys[] = { LF_VIEW("description") };
    const struct lf_json *values[1];
    struct lf_err e;

    memset(big, 'x', LF_INCIDENT_EVENT_BYTES);
    values[0] = lf_json_new_string(&arena, (lf_view){ big, LF_INCIDENT_EVENT_BYTES });
    ev.body = lf_json_new_object(&arena, 1, keys, values);
    CHECK_CODE(lf_incident_event_sign(&arena, &ev, pub, secret, &e), LF_TOO_BIG);
}

int main(void)
{
    static const uint8_t seed[LF_SIGN_SEED] = { 7 };

    lf_crypto_init();
    lf_sign_keys(seed, pub, secret);
    RUN(an_event_reads_back_as_it_was_written);
    RUN(no_changed_byte_keeps_the_signature);
    RUN(order_and_blanks_of_the_text_do_not_matter);
    RUN(what_was_kept_is_read_as_it_was_signed);
    RUN(what_is_malformed_is_refused_with_its_place);
    RUN(an_event_too_big_for_others_is_not_made);
    lf_arena_clear(&arena);
    DONE();
}
