/* Rules of a link: what went before they were set and what did not is told apart exactly. */
#include "isac/transform.h"

#include "isac/seed.h"
#include "node.h"

static const char remove_name[] = "[{\"do\":\"remove\",\"types\":[\"tool\"],\"property\":\"description\"}]";

/* Made, by its own word, at the node's present millisecond; version v of it. */
static lf_view tool(struct node *d, unsigned n, unsigned v)
{
    char made[LF_TIME_TEXT], changed[LF_TIME_TEXT];

    return lf_arena_printf(
        d->t.a,
        "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-"
        "%012u\",\"created\":\"%s\",\"modified\":\"%s\",\"name\":\"t\",\"description\":\"d\"}",
        n, lf_time_milli(1800000000 * LF_SECOND, made).ptr,
        lf_time_milli(1800000000 * LF_SECOND + v * LF_SECOND, changed).ptr);
}

/* Whether what goes up is without the description, and then its id is another. */
static bool shaped(struct node *d, lf_view parent, unsigned n, unsigned v)
{
    lf_view json = tool(d, n, v), id, source;
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool shown = false;

    CHECK_OK(lf_stix_read(d->t.a, json, &s, &e), &e);
    source = id = s.id;
    CHECK_OK(lf_transform_send(&d->t, parent, &id, &json, &shown, &e), &e);
    CHECK(shown, "it goes up");
    CHECK_OK(lf_stix_read(d->t.a, json, &s, &e), &e);
    CHECK(lf_view_eq(s.id, id), "the id is the object's");
    CHECK(lf_view_eq(id, source) == (lf_json_get(s.tree, LF_V("description")) != NULL),
          "same id and other content");
    return !lf_view_eq(id, source);
}

static void what_went_up_before_goes_on_as_it_is_and_nothing_else(void)
{
    const struct lf_json *rules;
    struct lf_err e = { 0 };
    struct node d;
    lf_view up;

    node_open(&d, "child", "provider", 7);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    up = node_peer(&d, LF_PEER_PARENT, 1, "above").id;
    node_task(&d, LF_ROLE_SYSTEM | LF_ROLE_ADMIN, LF_V("system"));
    CHECK(!shaped(&d, up, 1, 0), "there are no rules");
    /* In the very millisecond in which all of them were made, and after it as objects count it. */
    d.now += 400;
    CHECK_OK(lf_json_parse(d.t.a, lf_view_of(remove_name), NULL, &rules, &e), &e);
    CHECK_OK(lf_transform_set(&d.t, up, rules, &e), &e);
    CHECK(shaped(&d, up, 2, 0), "made in the millisecond of the rules, sent after them");
    d.now += LF_HOUR;
    CHECK(shaped(&d, up, 3, 0), "made before the rules, and never sent until now");
    CHECK(!shaped(&d, up, 1, 1), "a later version of what went as it is");
    CHECK(shaped(&d, up, 2, 1), "a later version of what went as a copy");
    CHECK_OK(lf_json_parse(d.t.a, LF_V("[]"), NULL, &rules, &e), &e);
    CHECK_OK(lf_transform_set(&d.t, up, rules, &e), &e);
    CHECK(!shaped(&d, up, 4, 0), "the rules have ended");
    CHECK(shaped(&d, up, 3, 1), "and what went under them stays under them");
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(what_went_up_before_goes_on_as_it_is_and_nothing_else);
    DONE();
}
