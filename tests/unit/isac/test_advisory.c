/* What people write: draft, review, return, publish, withdraw; and what peers sent. */
#include "isac/advisory.h"

#include "ident/audit.h"
#include "isac/indicator.h"
#include "isac/object.h"
#include "isac/seed.h"
#include "node.h"

static struct node d;
static struct lf_peer parent, child;
static struct lf_err e;

static void as(const char *who, unsigned roles)
{
    node_task(&d, roles, lf_view_of(who));
    d.now += LF_SECOND;
}

static bool start(void)
{
    node_open(&d, "sector", "sector", 7);
    if (!d.db)
        return false;
    parent = node_peer(&d, LF_PEER_PARENT, 1, "Nation");
    child = node_peer(&d, LF_PEER_CHILD, 2, "Water Works");
    node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    return true;
}

static struct lf_advisory_form form_of(enum lf_advisory_kind kind, const char *json)
{
    struct lf_advisory_form f;
    const struct lf_json *v;

    CHECK_OK(lf_json_parse(d.t.a, lf_view_of(json), NULL, &v, &e), &e);
    CHECK_OK(lf_advisory_read_form(d.t.a, kind, v, &f, &e), &e);
    return f;
}

static const char intrusion[] = "{\"title\":\"VPN\",\"description\":\"x\",\"severity\":\"high\","
                                "\"happened_at\":\"2026-11-20T10:00:00Z\",\"values\":[\"c2.evil.example\"],"
                                "\"tlp\":\"green\"}";

/* Ann writes; what is kept outlives the task's arena. */
static lf_view drafted(enum lf_advisory_kind kind, const char *json, bool exercise)
{
    struct lf_advisory_form f;
    lf_view id = { 0 };

    as("ann", LF_ROLE_ANALYST);
    f = form_of(kind, json);
    CHECK_OK(lf_advisory_draft(&d.t, kind, &f, exercise, &id, &e), &e);
    return lf_arena_copy(&d.life, id);
}

static lf_view in_review(enum lf_advisory_kind kind, const char *json, bool exercise)
{
    lf_view id = drafted(kind, json, exercise);

    CHECK_OK(lf_advisory_submit(&d.t, id, &e), &e);
    return id;
}

static enum lf_advisory_state state_of(lf_view id)
{
    struct lf_advisory_row r = { 0 };

    as("bob", LF_ROLE_READER);
    CHECK_OK(lf_advisory_get(&d.t, id, &r, &e), &e);
    return r.state;
}

/* Objects of a type that lie in `members`. */
static size_t out_there(const char *type)
{
    struct lf_object_filter f = { .after = -1, .limit = 1000, .ntype = 1, .v_last = true };
    const struct lf_object *list;
    struct lf_collection c;
    size_t n = 0;
    bool more;

    as("system", LF_ROLE_SYSTEM);
    f.type[0] = lf_view_of(type);
    CHECK_OK(lf_collection_find(&d.t, LF_V("members"), &c, &e), &e);
    CHECK_OK(lf_object_list(&d.t, c.id, &f, &n, &list, &more, &e), &e);
    return n;
}

static void an_advisory_goes_out_when_another_person_has_seen_it(void)
{
    lf_view id;

    if (!start())
        return;
    id = in_review(LF_ADVISORY_INT, intrusion, false);
    as("ann", LF_ROLE_ANALYST | LF_ROLE_REVIEWER);
    CHECK(lf_advisory_publish(&d.t, id, false, &e) == LF_FORBIDDEN, "by who wrote it");
    as("bob", LF_ROLE_ANALYST);
    CHECK(lf_advisory_publish(&d.t, id, false, &e) == LF_FORBIDDEN, "by no reviewer");
    CHECK(out_there("report") == 0, "out already");
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_publish(&d.t, id, false, &e), &e);
    CHECK(state_of(id) == LF_ADVISORY_PUBLISHED, "state");
    CHECK(out_there("report") == 1 && out_there("domain-name") == 1 && out_there("indicator") == 0,
          "objects");
    as("rev", LF_ROLE_REVIEWER);
    CHECK(lf_advisory_publish(&d.t, id, false, &e) == LF_CONFLICT, "twice");
    node_close(&d);
}

static void what_is_returned_says_why_and_keeps_every_text(void)
{
    struct lf_advisory_form f;
    const struct lf_advisory_event *ev;
    struct lf_advisory_row r;
    size_t n;
    lf_view id;

    if (!start())
        return;
    id = in_review(LF_ADVISORY_INT, intrusion, false);
    as("ann", LF_ROLE_ANALYST);
    f = form_of(LF_ADVISORY_INT, "{\"title\":\"B\"}");
    CHECK(lf_advisory_edit(&d.t, id, &f, &e) == LF_CONFLICT, "changed in review");
    as("rev", LF_ROLE_REVIEWER);
    CHECK(lf_advisory_return(&d.t, id, LF_V(" "), &e) == LF_BAD_INPUT, "no reason");
    CHECK_OK(lf_advisory_return(&d.t, id, LF_V("where from?"), &e), &e);
    CHECK_OK(lf_advisory_get(&d.t, id, &r, &e), &e);
    CHECK(r.state == LF_ADVISORY_RETURNED, "state");
    CHECK_VIEW(r.note, LF_V("where from?"));
    as("ann", LF_ROLE_ANALYST);
    f = form_of(LF_ADVISORY_INT, "{\"title\":\"B\"}");
    CHECK_OK(lf_advisory_edit(&d.t, id, &f, &e), &e);
    CHECK(lf_advisory_submit(&d.t, id, &e) == LF_UNACCEPTED && strstr(e.text, "\"description\""), "%s",
          e.text);
    CHECK_OK(lf_advisory_history(&d.t, id, &n, &ev, &e), &e);
    CHECK(n == 4, "%zu", n);
    CHECK(lf_view_find(ev[0].form, LF_V("c2.evil.example")) != SIZE_MAX, "the first text is lost");
    CHECK_VIEW(ev[2].note, LF_V("where from?"));
    CHECK_VIEW(ev[3].form, LF_V("{\"title\":\"B\"}"));
    node_close(&d);
}

static size_t standing(void)
{
    struct lf_indicator_page list;
    size_t n = 0;

    as("bob", LF_ROLE_READER);
    CHECK_OK(lf_indicator_list(&d.t, &(struct lf_page){ .limit = 100 }, &list, &e), &e);
    for (size_t i = 0; i < list.n; i++)
        n += lf_view_is(list.items[i].state, "active");
    return n;
}

static void values_are_looked_for_when_wished_and_withdrawn_with_it(void)
{
    lf_view id;

    if (!start())
        return;
    id = in_review(LF_ADVISORY_INT, intrusion, false);
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_publish(&d.t, id, true, &e), &e);
    CHECK(standing() == 1 && out_there("indicator") == 1, "%zu", standing());
    as("ann", LF_ROLE_ANALYST);
    CHECK(lf_advisory_withdraw(&d.t, id, LF_V("wrong"), &e) == LF_FORBIDDEN, "by no reviewer");
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_withdraw(&d.t, id, LF_V("wrong"), &e), &e);
    CHECK(standing() == 0, "still looked for");
    CHECK(state_of(id) == LF_ADVISORY_WITHDRAWN, "state");
    node_close(&d);
}

static void an_exercise_is_never_looked_for(void)
{
    lf_view id;

    if (!start())
        return;
    id = in_review(LF_ADVISORY_INT, intrusion, true);
    as("rev", LF_ROLE_REVIEWER);
    CHECK(lf_advisory_publish(&d.t, id, true, &e) == LF_UNACCEPTED, "%s", e.text);
    CHECK(standing() == 0, "looked for");
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_publish(&d.t, id, false, &e), &e);
    node_close(&d);
}

static void a_new_text_of_what_is_out_goes_out_as_its_next_version(void)
{
    struct lf_advisory_form f;
    struct lf_advisory_row was, is;
    lf_view id;

    if (!start())
        return;
    id = in_review(LF_ADVISORY_INT, intrusion, false);
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_publish(&d.t, id, false, &e), &e);
    CHECK_OK(lf_advisory_get(&d.t, id, &was, &e), &e);
    as("ann", LF_ROLE_ANALYST);
    CHECK_OK(lf_advisory_form_of(&d.t, &was, &f, &e), &e);
    CHECK_OK(lf_advisory_put(d.t.a, &f, LF_ADVISORY_INT, 0, LF_V("Another title"), &e), &e);
    CHECK_OK(lf_advisory_edit(&d.t, id, &f, &e), &e);
    CHECK_OK(lf_advisory_submit(&d.t, id, &e), &e);
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_publish(&d.t, id, false, &e), &e);
    CHECK_OK(lf_advisory_get(&d.t, id, &is, &e), &e);
    CHECK(is.version > was.version && is.published == was.published && is.created == was.created, "times");
    CHECK(out_there("report") == 1, "one object, two versions");
    node_close(&d);
}

static void a_form_that_would_make_a_report_no_peer_takes_is_refused(void)
{
    struct lf_advisory_form f = { 0 };
    lf_view *links, id;

    if (!start())
        return;
    as("ann", LF_ROLE_ANALYST);
    f = form_of(LF_ADVISORY_INT, intrusion);
    links = LF_NEW(d.t.a, lf_view, LF_ADVISORY_LIST);
    for (size_t i = 0; i < LF_ADVISORY_LIST; i++)
        links[i] = lf_arena_printf(d.t.a, "https://example.test/%zu%0*d", i, 1500, 0);
    f.text[lf_advisory_field(LF_V("references"))] = links;
    f.n[lf_advisory_field(LF_V("references"))] = LF_ADVISORY_LIST;
    CHECK(lf_advisory_draft(&d.t, LF_ADVISORY_INT, &f, false, &id, &e) == LF_TOO_BIG, "%s", e.text);
    node_close(&d);
}

static void files_have_bounds_and_a_name_without_path(void)
{
    static const struct {
        struct lf_advisory_file f;
        enum lf_code rc;
    } rows[] = {
        { { LF_VIEW("a.pdf"), LF_VIEW("application/pdf"), LF_VIEW("x") }, LF_OK },
        { { LF_VIEW("../a"), LF_VIEW("text/plain"), LF_VIEW("x") }, LF_BAD_INPUT },
        { { LF_VIEW("a\"b"), LF_VIEW("text/plain"), LF_VIEW("x") }, LF_BAD_INPUT },
        { { LF_VIEW("a"), LF_VIEW("text"), LF_VIEW("x") }, LF_BAD_INPUT },
        { { LF_VIEW("a"), LF_VIEW("text/plain; x"), LF_VIEW("x") }, LF_BAD_INPUT },
        { { LF_VIEW("a"), LF_VIEW("text/plain"), LF_VIEW("") }, LF_TOO_BIG },
    };
    const struct lf_advisory_attachment *list;
    lf_view id;
    size_t n;

    if (!start())
        return;
    id = drafted(LF_ADVISORY_INT, intrusion, false);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(lf_advisory_attach(&d.t, id, &rows[i].f, &e) == rows[i].rc, "row %zu: %s", i, e.text);
    CHECK_OK(lf_advisory_files(&d.t, id, 1, &n, &list, &e), &e);
    CHECK_VIEW(list[0].bytes, LF_V("x"));
    CHECK_OK(lf_advisory_submit(&d.t, id, &e), &e);
    CHECK(lf_advisory_attach(&d.t, id, &rows[0].f, &e) == LF_CONFLICT, "in review");
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_publish(&d.t, id, false, &e), &e);
    CHECK(out_there("artifact") == 1 && out_there("file") == 1, "not out");
    node_close(&d);
}

static lf_view report(const char *id, lf_time modified, bool revoked, enum lf_advisory_kind kind)
{
    struct lf_advisory in = { .id = lf_view_of(id),
                              .created_by = LF_V("identity--4527e5de-8572-446a-a57a-706f15467463"),
                              .kind = kind,
                              .created = 1700000000 * LF_SECOND,
                              .modified = modified,
                              .published = 1700000000 * LF_SECOND,
                              .revoked = revoked };
    const lf_view *objects;
    size_t n;

    in.form = kind == LF_ADVISORY_FBI
                  ? form_of(kind,
                            "{\"title\":\"t\",\"reply_to\":\"report--4527e5de-8572-446a-a57a-706f15467461\","
                            "\"verdict\":\"confirmed\",\"measures\":\"m\",\"tlp\":\"green\"}")
                  : form_of(kind, intrusion);
    CHECK_OK(lf_advisory_write(d.t.a, &in, LF_V("key"), &n, &objects, &e), &e);
    return objects[n - 1];
}

static void what_peers_send_is_kept_by_its_origin_and_the_newest_counts(void)
{
    static const char id[] = "report--4527e5de-8572-446a-a57a-706f15467462";
    struct lf_advisory_row r;

    if (!start())
        return;
    as("peer", LF_ROLE_PEER);
    CHECK_OK(lf_advisory_take(&d.t, &child, LF_V("report"),
                              report(id, 1700000002 * LF_SECOND, false, LF_ADVISORY_INT), &e),
             &e);
    CHECK(out_there("report") == 0, "a child's goes to nobody by itself");
    as("peer", LF_ROLE_PEER);
    CHECK_OK(lf_advisory_take(&d.t, &child, LF_V("report"),
                              report(id, 1700000001 * LF_SECOND, true, LF_ADVISORY_INT), &e),
             &e);
    CHECK(state_of(lf_view_of(id)) == LF_ADVISORY_PUBLISHED, "an older version counts");
    as("peer", LF_ROLE_PEER);
    CHECK_OK(lf_advisory_take(&d.t, &child, LF_V("report"),
                              report(id, 1700000003 * LF_SECOND, true, LF_ADVISORY_INT), &e),
             &e);
    CHECK(state_of(lf_view_of(id)) == LF_ADVISORY_WITHDRAWN, "its origin withdraws it");
    as("ann", LF_ROLE_ANALYST | LF_ROLE_REVIEWER);
    CHECK(lf_advisory_withdraw(&d.t, lf_view_of(id), LF_V("x"), &e) == LF_FORBIDDEN, "a peer's");
    CHECK_OK(lf_advisory_get(&d.t, lf_view_of(id), &r, &e), &e);
    CHECK_VIEW(r.origin, child.id);
    node_close(&d);
}

static void what_the_parent_publishes_goes_on_to_members_and_a_reply_does_not(void)
{
    if (!start())
        return;
    as("peer", LF_ROLE_PEER);
    CHECK_OK(lf_advisory_take(&d.t, &parent, LF_V("report"),
                              report("report--4527e5de-8572-446a-a57a-706f15467462", 1700000001 * LF_SECOND,
                                     false, LF_ADVISORY_INT),
                              &e),
             &e);
    CHECK_OK(lf_advisory_take(&d.t, &parent, LF_V("report"),
                              report("report--4527e5de-8572-446a-a57a-706f15467464", 1700000001 * LF_SECOND,
                                     false, LF_ADVISORY_FBI),
                              &e),
             &e);
    CHECK(out_there("report") == 1, "%zu", out_there("report"));
    node_close(&d);
}

static size_t listed(const char *who, unsigned roles)
{
    const struct lf_advisory_row *rows;
    size_t n = 0, all = 0;
    lf_view next = LF_V("");

    do {
        as(who, roles);
        CHECK_OK(lf_advisory_list(&d.t, -1, -1, LF_V(""), &(struct lf_page){ .after = next, .limit = 2 }, &n,
                                  &rows, &next, &e),
                 &e);
        CHECK(n == 2 || !next.len, "a page before the last is full");
        next = lf_arena_copy(&d.life, next);
        all += n;
    } while (next.len);
    return all;
}

static void red_is_for_who_wrote_it_and_who_handles_it_from_the_draft_on(void)
{
    static const char red[] =
        "{\"title\":\"VPN\",\"description\":\"x\",\"severity\":\"high\",\"tlp\":\"red\"}";
    const struct lf_advisory_event *events;
    const struct lf_advisory_attachment *files;
    struct lf_advisory_row r;
    lf_view id;
    size_t n;

    if (!start())
        SKIP("no database");
    for (int i = 0; i < 9; i++)
        id = drafted(LF_ADVISORY_INT, i % 3 ? red : intrusion, false);
    n = listed("bob", LF_ROLE_READER);
    CHECK(n == 3, "who looks on has %zu", n);
    CHECK(listed("carl", LF_ROLE_REVIEWER) == 9, "who handles it");
    CHECK(listed("ann", LF_ROLE_REPORTER) == 9, "who wrote it");
    as("bob", LF_ROLE_READER);
    CHECK_CODE(lf_advisory_get(&d.t, id, &r, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_advisory_history(&d.t, id, &n, &events, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_advisory_files(&d.t, id, 0, &n, &files, &e), LF_NOT_FOUND);
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(red_is_for_who_wrote_it_and_who_handles_it_from_the_draft_on);
    RUN(an_advisory_goes_out_when_another_person_has_seen_it);
    RUN(what_is_returned_says_why_and_keeps_every_text);
    RUN(values_are_looked_for_when_wished_and_withdrawn_with_it);
    RUN(an_exercise_is_never_looked_for);
    RUN(a_new_text_of_what_is_out_goes_out_as_its_next_version);
    RUN(a_form_that_would_make_a_report_no_peer_takes_is_refused);
    RUN(files_have_bounds_and_a_name_without_path);
    RUN(what_peers_send_is_kept_by_its_origin_and_the_newest_counts);
    RUN(what_the_parent_publishes_goes_on_to_members_and_a_reply_does_not);
    DONE();
}
