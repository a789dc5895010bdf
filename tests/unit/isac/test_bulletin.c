/* Bulletins: how a member stands is reckoned; links are for one answer; what comes twice counts once. */
#include "isac/bulletin.h"

#include "cert/notice.h"
#include "fmt/stix.h"
#include "isac/seed.h"
#include "node.h"

static struct node d;
static struct lf_peer parent, child, other;
static struct lf_err e;
static lf_view school;

static void as(const char *who, unsigned roles)
{
    node_task(&d, roles, lf_view_of(who));
}

static bool start(void)
{
    struct lf_member m = { .id = LF_V(""),
                           .name = LF_V("Hill School"),
                           .sectors = LF_V("education"),
                           .level = LF_V("D"),
                           .mail = LF_V(""),
                           .peer = LF_V("") };
    lf_view id;

    node_open(&d, "sector", "sector", 7);
    if (!d.db)
        return false;
    parent = node_peer(&d, LF_PEER_PARENT, 1, "Nation");
    child = node_peer(&d, LF_PEER_CHILD, 2, "Water Works");
    other = node_peer(&d, LF_PEER_CHILD, 3, "Power Works");
    node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_member_put(&d.t, &m, &id, &e), &e);
    school = lf_arena_copy(&d.life, id);
    return true;
}

/* Asked an hour ahead, of all. */
static lf_view asked(void)
{
    char by[LF_TIME_TEXT];
    struct lf_advisory_form f;
    const struct lf_json *v;
    lf_view id, json;

    as("ann", LF_ROLE_ANALYST);
    (void)lf_time_milli(d.now + LF_HOUR, by);
    json = lf_arena_printf(d.t.a,
                           "{\"title\":\"t\",\"description\":\"x\",\"severity\":\"high\",\"measures\":\"m\","
                           "\"tlp\":\"amber\",\"reply_by\":\"%s\"}",
                           by);
    CHECK_OK(lf_json_parse(d.t.a, json, NULL, &v, &e), &e);
    CHECK_OK(lf_advisory_read_form(d.t.a, LF_ADVISORY_EWA, v, &f, &e), &e);
    CHECK_OK(lf_advisory_draft(&d.t, LF_ADVISORY_EWA, &f, false, &id, &e), &e);
    CHECK_OK(lf_advisory_submit(&d.t, id, &e), &e);
    id = lf_arena_copy(&d.life, id);
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_bulletin_publish(&d.t, id, false, &e), &e);
    return id;
}

static struct lf_bulletin_row row_of(lf_view id, lf_view member)
{
    struct lf_page page = { .after = { "", 0 }, .limit = 100 };
    const struct lf_bulletin_row *rows;
    lf_view next;
    size_t n;

    as("bob", LF_ROLE_READER);
    CHECK_OK(lf_bulletin_rows(&d.t, id, -1, -1, &page, &n, &rows, &next, &e), &e);
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(rows[i].member, member))
            return rows[i];
    CHECK(false, "not asked");
    return (struct lf_bulletin_row){ 0 };
}

static lf_view link_for(lf_view id, lf_time life)
{
    lf_view text = { 0 };

    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_bulletin_link(&d.t, id, school, life, &text, &e), &e);
    return lf_arena_copy(&d.life, text);
}

static enum lf_code opened(lf_view link)
{
    struct lf_bulletin_asked x;

    as("", 0);
    return lf_bulletin_link_open(&d.t, link, &x, &e);
}

static void a_link_holds_for_one_answer_and_its_life(void)
{
    struct lf_bulletin_answer a = { .verdict = LF_BULLETIN_CONFIRMED,
                                    .incident = LF_V(""),
                                    .measures = LF_V("") };
    lf_view id, first, second;

    if (!start())
        return;
    id = asked();
    first = link_for(id, LF_HOUR);
    second = link_for(id, 2 * LF_HOUR);
    CHECK(first.len == LF_BULLETIN_LINK, "%zu", first.len);
    CHECK_OK(opened(first), &e);
    d.now += LF_HOUR;
    CHECK(opened(first) == LF_FORBIDDEN && strstr(e.text, "too old"), "%s", e.text);
    CHECK_OK(opened(second), &e);
    as("", 0);
    CHECK(lf_bulletin_link_answer(&d.t, second, &a, &e) == LF_BAD_INPUT, "confirmed without a number");
    a.incident = LF_V("E-1");
    CHECK_OK(lf_bulletin_link_answer(&d.t, second, &a, &e), &e);
    CHECK(opened(second) == LF_FORBIDDEN && strstr(e.text, "used"), "%s", e.text);
    as("", 0);
    CHECK(lf_bulletin_link_answer(&d.t, second, &a, &e) == LF_FORBIDDEN, "twice");
    CHECK(row_of(id, school).answers == 1, "answers");
    as("rev", LF_ROLE_REVIEWER);
    CHECK(lf_bulletin_link(&d.t, id, child.id, LF_HOUR, &first, &e) == LF_CONFLICT, "for a node");
    node_close(&d);
}

static void a_link_of_another_node_is_none_here(void)
{
    lf_view id, link;

    if (!start())
        return;
    id = asked();
    link = link_for(id, LF_HOUR);
    d.self.redact_key[0] ^= 1;
    CHECK(opened(link) == LF_FORBIDDEN && strstr(e.text, "not one of ours"), "%s", e.text);
    d.self.redact_key[0] ^= 1;
    CHECK_OK(opened(link), &e);
    node_close(&d);
}

static void how_a_member_stands_follows_from_what_is_kept_and_the_time(void)
{
    struct lf_bulletin_answer a = { .verdict = LF_BULLETIN_FALSE_ALARM,
                                    .incident = LF_V(""),
                                    .measures = LF_V("") };
    lf_view id;

    if (!start())
        return;
    id = asked();
    CHECK(row_of(id, school).state == LF_BULLETIN_UNREAD, "unread");
    CHECK_OK(opened(link_for(id, LF_DAY)), &e);
    CHECK(row_of(id, school).state == LF_BULLETIN_READ, "read");
    d.now += LF_HOUR - LF_SECOND;
    CHECK(row_of(id, child.id).state == LF_BULLETIN_UNREAD, "in time");
    d.now += 2 * LF_SECOND;
    CHECK(row_of(id, school).state == LF_BULLETIN_OVERDUE &&
              row_of(id, child.id).state == LF_BULLETIN_OVERDUE,
          "overdue");
    as("", 0);
    CHECK_OK(lf_bulletin_link_answer(&d.t, link_for(id, LF_DAY), &a, &e), &e);
    CHECK(row_of(id, school).state == LF_BULLETIN_ANSWERED && row_of(id, school).late, "answered late");
    a.done = true;
    as("", 0);
    CHECK_OK(lf_bulletin_link_answer(&d.t, link_for(id, LF_DAY), &a, &e), &e);
    CHECK(row_of(id, school).state == LF_BULLETIN_DONE, "done");
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_advisory_withdraw(&d.t, id, LF_V("mistake"), &e), &e);
    CHECK(row_of(id, child.id).state == LF_BULLETIN_UNREAD, "nothing is overdue once it is withdrawn");
    node_close(&d);
}

/* A child's feedback as it arrives. */
static void feedback(const struct lf_peer *from, lf_view report, lf_view about, const char *verdict,
                     const char *member)
{
    struct lf_advisory a = { .id = lf_arena_printf(&d.life, "report--30000000-0000-4000-8000-%.*s",
                                                   LF_FMT(report)),
                             .created_by = from->node,
                             .kind = LF_ADVISORY_FBI,
                             .created = d.now - d.now % LF_MSEC };
    const lf_view *objects;
    const struct lf_json *v;
    lf_view json;
    size_t n;

    as("peer", LF_ROLE_PEER);
    a.modified = a.published = a.created;
    json = lf_arena_printf(
        d.t.a, "{\"title\":\"t\",\"reply_to\":\"%.*s\",\"verdict\":\"%s\",\"tlp\":\"amber\"%s%s%s}",
        LF_FMT(about), verdict, *member ? ",\"member\":\"" : "", member, *member ? "\"" : "");
    CHECK_OK(lf_json_parse(d.t.a, json, NULL, &v, &e), &e);
    CHECK_OK(lf_advisory_read_form(d.t.a, LF_ADVISORY_FBI, v, &a.form, &e), &e);
    CHECK_OK(lf_advisory_write(d.t.a, &a, LF_V("k"), &n, &objects, &e), &e);
    CHECK_OK(lf_bulletin_take(&d.t, from, LF_V("report"), objects[n - 1], &e), &e);
}

static void a_member_answers_for_itself_and_those_below_it_alone(void)
{
    lf_view id;

    if (!start())
        return;
    id = asked();
    feedback(&child, LF_V("000000000001"), id, "confirmed", "");
    CHECK(row_of(id, child.id).verdict == LF_BULLETIN_CONFIRMED && row_of(id, child.id).answers == 1,
          "taken");
    CHECK(row_of(id, other.id).verdict < 0 && row_of(id, school).verdict < 0, "for nobody else");
    feedback(&child, LF_V("000000000001"), id, "confirmed", "");
    CHECK(row_of(id, child.id).answers == 1, "the same again");
    d.now += LF_SECOND;
    feedback(&child, LF_V("000000000001"), id, "false-alarm", "");
    CHECK(row_of(id, child.id).verdict == LF_BULLETIN_FALSE_ALARM, "a second thought");
    feedback(&child, LF_V("000000000002"), id, "undetermined", "Pump House");
    d.now += LF_SECOND;
    /* Another member uses the number under which that answer came. */
    feedback(&other, LF_V("000000000002"), id, "confirmed", "Pump House");
    CHECK(row_of(id, LF_V("report--30000000-0000-4000-8000-000000000002")).verdict ==
              LF_BULLETIN_UNDETERMINED,
          "another's row");
    feedback(&parent, LF_V("000000000003"), id, "confirmed", "");
    CHECK(row_of(id, other.id).verdict < 0, "the parent answers for nobody");
    node_close(&d);
}

static void who_is_reminded_is_called_by_a_notice_once_an_hour(void)
{
    struct lf_notice_filter all = { .subject = LF_V("") };
    struct lf_page page = { .after = { "", 0 }, .limit = 100 };
    struct lf_notice_page got;
    lf_view id;
    size_t n;

    if (!start())
        return;
    id = asked();
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_bulletin_remind(&d.t, id, &n, &e), &e);
    CHECK(n == 3, "%zu", n);
    CHECK_OK(lf_bulletin_remind(&d.t, id, &n, &e), &e);
    CHECK(n == 0, "%zu", n);
    CHECK_OK(lf_notice_list(&d.t, &all, &page, &got, &e), &e);
    CHECK(got.n == 3, "%zu", got.n);
    for (size_t i = 0; i < got.n; i++)
        CHECK(got.items[i].kind == LF_NOTICE_REMINDER && lf_view_eq(got.items[i].subject, id), "what for");
    d.now += LF_HOUR;
    as("rev", LF_ROLE_REVIEWER);
    CHECK_OK(lf_bulletin_remind(&d.t, id, &n, &e), &e);
    CHECK(n == 3, "%zu", n);
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(a_link_holds_for_one_answer_and_its_life);
    RUN(a_link_of_another_node_is_none_here);
    RUN(how_a_member_stands_follows_from_what_is_kept_and_the_time);
    RUN(a_member_answers_for_itself_and_those_below_it_alone);
    RUN(who_is_reminded_is_called_by_a_notice_once_an_hour);
    DONE();
}
