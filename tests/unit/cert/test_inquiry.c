#include "cert/inquiry.h"

#include "../soc/lf_desk.h"
#include "cert/draft.h"
#include "cert/incident.h"
#include "cert/notice.h"
#include "cert/overdue.h"
#include "cert/unit.h"
#include "ident/account.h"
#include "ident/node.h"

static struct lf_identity self;
static const lf_view tenant = LF_VIEW("20000001-0000-4000-8000-000000000000");
static const lf_view other = LF_VIEW("30000001-0000-4000-8000-000000000000");

static void as(lf_view org, lf_view account, unsigned roles)
{
    t.scope = (struct lf_scope){ .org = org, .account = account, .roles = roles };
}

static lf_view ann, bob; /* analysts of the node, by their ids */

static lf_view account(const char *name, unsigned roles)
{
    lf_view id = { 0 };

    CHECK_OK(lf_account_create(&t, LF_V(""), lf_view_of(name), lf_view_of(name),
                               LF_V("a long enough password"), roles, &id, &e),
             &e);
    return lf_arena_copy(&a, id);
}

/* A node with a contact network of two tenants and one that is only called. */
static bool begin_node(void)
{
    const struct {
        const char *name;
        lf_view tenant;
    } units[] = { { "水廠", tenant }, { "電廠", other }, { "技服中心", LF_V("") } };
    lf_view id;

    if (!start())
        return false;
    now = 20000 * LF_DAY;
    CHECK_OK(lf_node_load_or_create(t.db, &env, &a, LF_V("n"), LF_V("sector"), &self, &e), &e);
    t.scope.org = self.org;
    t.self = &self;
    t.scope.roles = LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct lf_unit u = { .name = lf_view_of(units[i].name), .tenant = units[i].tenant };

        CHECK_OK(lf_unit_put(&t, &u, &id, &e), &e);
    }
    ann = account("ann", LF_ROLE_ANALYST);
    bob = account("bob", LF_ROLE_ANALYST);
    return true;
}

static void as_ann(void)
{
    as(self.org, ann, LF_ROLE_ANALYST);
}

static void as_tenant(void)
{
    as(tenant, LF_V("tam"), LF_ROLE_REPORTER);
}

static lf_view asked(const char *subject)
{
    struct lf_inquiry x = { .subject = lf_view_of(subject),
                            .text = LF_V("如何判斷是否外洩？"),
                            .kind = LF_INQUIRY_ADVICE };
    lf_view id = { 0 };

    CHECK_OK(lf_inquiry_ask(&t, &x, &id, &e), &e);
    now += LF_MINUTE;
    return id;
}

static struct lf_inquiry_do doing(enum lf_inquiry_act act, const char *text)
{
    return (struct lf_inquiry_do){ .act = act, .text = lf_view_of(text), .kind = -1, .tlp = -1 };
}

static enum lf_code act(lf_view id, enum lf_inquiry_act what, const char *text)
{
    struct lf_inquiry_do x = doing(what, text);

    now += LF_SECOND;
    return lf_inquiry_act(&t, id, &x, NULL, &e);
}

static enum lf_code refer(lf_view id, enum lf_inquiry_to to, const char *whom, lf_time due)
{
    struct lf_inquiry_do x = doing(LF_INQUIRY_REFER, "需要記憶體鑑識");

    x.to = to;
    x.whom = lf_view_of(whom);
    x.due = due;
    now += LF_SECOND;
    return lf_inquiry_act(&t, id, &x, NULL, &e);
}

static struct lf_inquiry get(lf_view id, size_t *n, const struct lf_inquiry_entry **entries)
{
    const struct lf_inquiry_entry *list = NULL;
    struct lf_inquiry x = { 0 };
    size_t many = 0;

    CHECK_OK(lf_inquiry_get(&t, id, &x, &many, &list, &e), &e);
    if (n)
        *n = many, *entries = list;
    return x;
}

static size_t listed(struct lf_inquiry_filter f)
{
    struct lf_page page = { .limit = 2 };
    const struct lf_inquiry *list;
    size_t n, all = 0;
    lf_view next;

    do {
        CHECK_OK(lf_inquiry_list(&t, &f, &page, &n, &list, &next, &e), &e);
        all += n;
        page.after = next;
    } while (next.len);
    return all;
}

static bool says(const char *words)
{
    return strstr(e.text, words) != NULL;
}

static void one_is_asked_taken_referred_advised_answered_asked_again_and_closed(void)
{
    static const enum lf_inquiry_act acts[] = { LF_INQUIRY_ASK,    LF_INQUIRY_TAKE,   LF_INQUIRY_REFER,
                                                LF_INQUIRY_REFER,  LF_INQUIRY_ADVISE, LF_INQUIRY_ADVISE,
                                                LF_INQUIRY_ANSWER, LF_INQUIRY_AGAIN,  LF_INQUIRY_ANSWER,
                                                LF_INQUIRY_CLOSE,  LF_INQUIRY_REOPEN };
    const struct lf_inquiry_entry *h;
    struct lf_inquiry_do x;
    struct lf_inquiry got;
    lf_view id;
    size_t n;

    if (!begin_node())
        return;
    as_tenant();
    id = asked("可疑流量");
    got = get(id, NULL, NULL);
    CHECK(got.number == 1 && got.state == LF_INQUIRY_ASKED && lf_view_is(got.organisation, "水廠") &&
              got.guest,
          "as asked");
    as_ann();
    CHECK_OK(act(id, LF_INQUIRY_TAKE, ""), &e);
    got = get(id, NULL, NULL);
    CHECK(lf_view_is(got.owner, "ann") && got.state == LF_INQUIRY_TAKEN, "taken");
    CHECK(act(id, LF_INQUIRY_ADVISE, "x") == LF_CONFLICT && says("no referral"), "none waits: %s", e.text);
    CHECK(refer(id, LF_INQUIRY_TO_UNIT, "沒有這個單位", 0) == LF_UNACCEPTED, "no such unit");
    CHECK(refer(id, LF_INQUIRY_TO_SUPPORT, "原廠", now) == LF_BAD_INPUT, "a date that is past");
    CHECK_OK(refer(id, LF_INQUIRY_TO_UNIT, "技服中心", now + LF_DAY), &e);
    CHECK_OK(refer(id, LF_INQUIRY_TO_SUPPORT, "原廠", now + LF_HOUR), &e);
    got = get(id, NULL, NULL);
    CHECK(got.state == LF_INQUIRY_REFERRED && got.referred == 2 && got.advice_due < now + LF_DAY, "two wait");
    CHECK(act(id, LF_INQUIRY_ADVISE, "x") == LF_BAD_INPUT && says("several"), "which: %s", e.text);
    x = doing(LF_INQUIRY_ADVISE, "版本 3 有後門");
    x.of = 4;
    CHECK_OK(lf_inquiry_act(&t, id, &x, NULL, &e), &e);
    CHECK(lf_inquiry_act(&t, id, &x, NULL, &e) == LF_CONFLICT, "once each");
    got = get(id, NULL, NULL);
    CHECK(got.state == LF_INQUIRY_REFERRED && got.referred == 1 && got.advice_due > now + LF_HOUR,
          "one waits");
    CHECK_OK(act(id, LF_INQUIRY_ADVISE, "未見外傳"), &e);
    CHECK(get(id, NULL, NULL).state == LF_INQUIRY_TAKEN, "back at work");
    CHECK_OK(act(id, LF_INQUIRY_ANSWER, "請更新到版本 4"), &e);
    as_tenant();
    CHECK_OK(act(id, LF_INQUIRY_AGAIN, "更新後仍有流量"), &e);
    CHECK(get(id, NULL, NULL).state == LF_INQUIRY_TAKEN, "ann has it still");
    as_ann();
    CHECK_OK(act(id, LF_INQUIRY_ANSWER, "那是更新程式"), &e);
    as_tenant();
    CHECK_OK(act(id, LF_INQUIRY_CLOSE, ""), &e);
    CHECK(act(id, LF_INQUIRY_AGAIN, "還有") == LF_CONFLICT && says("closed"), "closed: %s", e.text);
    CHECK(act(id, LF_INQUIRY_REOPEN, "還有") == LF_FORBIDDEN, "by staff");
    as_ann();
    CHECK(act(id, LF_INQUIRY_REOPEN, "") == LF_BAD_INPUT, "with the reason");
    CHECK_OK(act(id, LF_INQUIRY_REOPEN, "又來電"), &e);
    CHECK(act(id, LF_INQUIRY_REOPEN, "又來電") == LF_CONFLICT, "it is open");
    get(id, &n, &h);
    CHECK(n == sizeof acts / sizeof *acts, "%zu entries", n);
    for (size_t i = 0; i < n && i < sizeof acts / sizeof *acts; i++)
        CHECK(h[i].act == acts[i] && h[i].seq == (int64_t)i + 1, "entry %zu is %d", i, h[i].act);
    stop();
}

static void who_asked_sees_his_own_and_never_who_works_at_it_notes_or_referrals(void)
{
    const struct lf_inquiry_entry *h;
    struct lf_inquiry_counts c;
    struct lf_inquiry got;
    lf_view id, own, drawn;
    size_t n;

    if (!begin_node())
        return;
    as_tenant();
    id = asked("水廠的問題");
    as(self.org, LF_V("rep"), LF_ROLE_REPORTER);
    own = asked("節點同仁的問題");
    as_ann();
    drawn = asked("分析師的問題");
    CHECK_OK(act(id, LF_INQUIRY_TAKE, ""), &e);
    CHECK_OK(act(id, LF_INQUIRY_NOTE, "此單位常誤報"), &e);
    CHECK_OK(refer(id, LF_INQUIRY_TO_SUPPORT, "原廠", now + LF_DAY), &e);
    CHECK(listed(lf_inquiry_any()) == 3, "staff has all");
    as(self.org, LF_V("eve"), LF_ROLE_READER);
    CHECK(listed(lf_inquiry_any()) == 3 && !get(id, NULL, NULL).guest, "who reads for the centre too");
    CHECK(act(id, LF_INQUIRY_NOTE, "x") == LF_FORBIDDEN, "and does nothing");
    as_tenant();
    CHECK(listed(lf_inquiry_any()) == 1, "its own alone");
    got = get(id, &n, &h);
    CHECK(got.guest && !got.owner.len && !got.referred && !got.advice_due && got.entries == 1 && n == 1 &&
              !got.changed,
          "nothing of staff");
    CHECK_OK(lf_inquiry_count(&t, LF_V("ann"), &c, &e), &e);
    CHECK(c.open == 1 && c.state[LF_INQUIRY_REFERRED] == 1 && !c.mine && !c.nobodys, "counted alike");
    CHECK(lf_inquiry_get(&t, own, &got, &n, &h, &e) == LF_NOT_FOUND &&
              lf_inquiry_get(&t, drawn, &got, &n, &h, &e) == LF_NOT_FOUND,
          "no other's");
    CHECK(act(own, LF_INQUIRY_AGAIN, "x") == LF_NOT_FOUND, "nor acts at it");
    CHECK(act(id, LF_INQUIRY_NOTE, "x") == LF_FORBIDDEN && act(id, LF_INQUIRY_ANSWER, "x") == LF_FORBIDDEN,
          "%s", e.text);
    as(other, LF_V("oda"), LF_ROLE_ANALYST);
    CHECK(listed(lf_inquiry_any()) == 0, "another tenant has none");
    CHECK(act(id, LF_INQUIRY_CLOSE, "") == LF_NOT_FOUND, "and closes none");
    as(self.org, LF_V("rep"), LF_ROLE_REPORTER);
    CHECK(listed(lf_inquiry_any()) == 1 && get(own, NULL, NULL).guest, "what he asked himself");
    as(self.org, LF_V("rob"), LF_ROLE_REPORTER);
    CHECK(listed(lf_inquiry_any()) == 0, "and no colleague's");
    as(tenant, LF_V("max"), LF_ROLE_SENDER);
    CHECK(lf_inquiry_list(&t, &(struct lf_inquiry_filter){ .state = -1, .kind = -1 }, &(struct lf_page){ 0 },
                          &n, &(const struct lf_inquiry *){ 0 }, &own, &e) == LF_FORBIDDEN,
          "a machine sees nothing");
    stop();
}

static void what_is_red_is_for_its_recipients_and_who_asked_alone_makes_it_less(void)
{
    struct lf_inquiry_do x = doing(LF_INQUIRY_CHANGE, "");
    lf_view id;

    if (!begin_node())
        return;
    as_tenant();
    id = asked("內部人員");
    as_ann();
    x.tlp = LF_TLP_RED;
    CHECK_OK(lf_inquiry_act(&t, id, &x, NULL, &e), &e);
    as(self.org, LF_V("eve"), LF_ROLE_READER);
    CHECK(listed(lf_inquiry_any()) == 0, "not for who reads");
    as_ann();
    CHECK(listed(lf_inquiry_any()) == 1, "for who handles it");
    x.tlp = LF_TLP_GREEN;
    CHECK(lf_inquiry_act(&t, id, &x, NULL, &e) == LF_FORBIDDEN && says("less strict"), "%s", e.text);
    as(tenant, LF_V("tim"), LF_ROLE_READER);
    CHECK(listed(lf_inquiry_any()) == 0, "nor for his colleagues who read");
    as_tenant();
    CHECK_OK(lf_inquiry_act(&t, id, &x, NULL, &e), &e);
    stop();
}

static void two_who_act_at_once_do_not_undo_each_other(void)
{
    struct lf_inquiry_do x;
    lf_view id;

    if (!begin_node())
        return;
    as_tenant();
    id = asked("兩人同時");
    as_ann();
    x = doing(LF_INQUIRY_ANSWER, "第一個答覆");
    x.base = 1;
    CHECK_OK(lf_inquiry_act(&t, id, &x, NULL, &e), &e);
    CHECK(lf_inquiry_act(&t, id, &x, NULL, &e) == LF_CONFLICT && says("meanwhile"), "%s", e.text);
    as_tenant();
    x = doing(LF_INQUIRY_AGAIN, "沒看到答覆就補充");
    x.base = 1;
    CHECK(lf_inquiry_act(&t, id, &x, NULL, &e) == LF_CONFLICT, "he has not seen the answer");
    as_ann();
    CHECK_OK(act(id, LF_INQUIRY_NOTE, "只有同仁看得到"), &e);
    as_tenant();
    x.base = 2;
    CHECK_OK(lf_inquiry_act(&t, id, &x, NULL, &e), &e);
    stop();
}

static void staff_enters_what_was_telephoned_and_a_tenant_finds_it(void)
{
    struct lf_inquiry x = { .subject = LF_V("電話諮詢"),
                            .text = LF_V("郵件被退"),
                            .behalf = true,
                            .name = LF_V("王小明"),
                            .organisation = LF_V("水廠"),
                            .contact = LF_V("02-0000-0000"),
                            .way = LF_INQUIRY_TELEPHONE,
                            .came = 0 };
    struct lf_inquiry got;
    lf_view id;

    if (!begin_node())
        return;
    as_tenant();
    CHECK(lf_inquiry_ask(&t, &x, &id, &e) == LF_FORBIDDEN && says("staff alone"), "%s", e.text);
    as_ann();
    x.came = now + LF_DAY;
    CHECK(lf_inquiry_ask(&t, &x, &id, &e) == LF_BAD_INPUT && says("past"), "%s", e.text);
    x.came = now - LF_HOUR;
    CHECK_OK(lf_inquiry_ask(&t, &x, &id, &e), &e);
    as_tenant();
    got = get(id, NULL, NULL);
    CHECK(got.behalf && lf_view_is(got.name, "王小明") && got.way == LF_INQUIRY_TELEPHONE &&
              !got.account.len && got.came == now - LF_HOUR,
          "as entered");
    as(other, LF_V("oda"), LF_ROLE_ANALYST);
    CHECK(listed(lf_inquiry_any()) == 0, "no other tenant");
    as_ann();
    x.subject = LF_V("第一行\n第二行");
    CHECK(lf_inquiry_ask(&t, &x, &id, &e) == LF_BAD_INPUT && says("one line"), "%s", e.text);
    stop();
}

static void one_is_made_into_a_report_and_is_its_incident_when_that_is_sent(void)
{
    struct lf_inquiry_do x = doing(LF_INQUIRY_DRAFT, "");
    struct lf_inquiry got;
    struct lf_draft kept;
    lf_view id, draft = { 0 }, incident = { 0 };

    if (!begin_node())
        return;
    as_tenant();
    id = asked("已確認入侵");
    CHECK(lf_inquiry_act(&t, id, &x, NULL, &e) == LF_FORBIDDEN, "not by who asked");
    as_ann();
    CHECK_OK(lf_inquiry_act(&t, id, &x, &draft, &e), &e);
    CHECK_OK(lf_draft_get(&t, draft, &kept, &e), &e);
    CHECK(lf_view_find(kept.values, LF_V("已確認入侵")) < kept.values.len && lf_view_is(kept.stage, "behalf"),
          "what was asked stands in it");
    CHECK(lf_view_eq(get(id, NULL, NULL).draft, draft) && lf_view_is(get(id, NULL, NULL).owner, "ann"),
          "it is known");
    CHECK_OK(
        lf_incident_report(&t, LF_V("{\"title\":\"x\",\"description\":\"y\",\"level\":2}"), &incident, &e),
        &e);
    CHECK_OK(lf_inquiry_sent(&t, draft, incident, &e), &e);
    got = get(id, NULL, NULL);
    CHECK(lf_view_eq(got.incident, incident) && !got.draft.len && got.reported, "it is that incident");
    CHECK(lf_inquiry_act(&t, id, &x, &draft, &e) == LF_CONFLICT, "one alone");
    CHECK(listed((struct lf_inquiry_filter){ .state = -1, .kind = -1, .incident = incident }) == 1,
          "found by it");
    as_tenant();
    got = get(id, NULL, NULL);
    CHECK(got.reported && !got.incident.len, "who may not see the incident knows that there is one");
    x = doing(LF_INQUIRY_INCIDENT, "");
    x.incident = incident;
    CHECK(lf_inquiry_act(&t, id, &x, NULL, &e) == LF_UNACCEPTED, "and cannot name it: %s", e.text);
    stop();
}

static size_t told(enum lf_notice_kind kind)
{
    struct lf_scope kept = t.scope;
    struct lf_notice_page list;
    size_t n = 0;

    as(self.org, ann, LF_ROLE_ANALYST);
    CHECK_OK(
        lf_notice_list(&t, &(struct lf_notice_filter){ 0 }, &(struct lf_page){ .limit = 100 }, &list, &e),
        &e);
    for (size_t i = 0; i < list.n; i++) {
        n += list.items[i].kind == kind;
        CHECK(lf_view_find(list.items[i].title, LF_V("機密")) >= list.items[i].title.len, "the number alone");
    }
    t.scope = kept;
    return n;
}

static void staff_is_told_at_once_and_what_is_late_once(void)
{
    struct lf_inquiry_do x;
    struct lf_task node;
    lf_view id;

    if (!begin_node())
        return;
    as_tenant();
    id = asked("機密問題");
    CHECK(told(LF_NOTICE_INQUIRY) == 1, "at once");
    as_ann();
    x = doing(LF_INQUIRY_TAKE, "");
    x.set_due = true;
    x.due = now + LF_DAY;
    CHECK_OK(lf_inquiry_act(&t, id, &x, NULL, &e), &e);
    node = lf_node_task(&t);
    CHECK_OK(lf_overdue_turn(&node, &e), &e);
    CHECK(told(LF_NOTICE_INQUIRY_LATE) == 0, "not yet");
    now += LF_DAY + 1;
    for (int i = 0; i < 2; i++) {
        node = lf_node_task(&t);
        CHECK_OK(lf_overdue_turn(&node, &e), &e);
    }
    CHECK(told(LF_NOTICE_INQUIRY_LATE) == 1, "once");
    as_ann();
    CHECK(get(id, NULL, NULL).overdue &&
              listed((struct lf_inquiry_filter){ .state = -1, .kind = -1, .late = true }) == 1,
          "and listed");
    CHECK_OK(act(id, LF_INQUIRY_ANSWER, "答覆"), &e);
    CHECK(!get(id, NULL, NULL).overdue, "what is answered is not late");
    stop();
}

static void the_list_is_narrowed_and_counts_are_what_their_lists_show(void)
{
    struct lf_inquiry_counts c;
    struct lf_inquiry_filter f;
    struct lf_inquiry_do x;
    lf_view id[5];

    if (!begin_node())
        return;
    as_ann();
    for (size_t i = 0; i < 5; i++)
        id[i] = asked(i == 3 ? "VPN 設定 100%" : "其他問題");
    CHECK_OK(act(id[0], LF_INQUIRY_TAKE, ""), &e);
    x = doing(LF_INQUIRY_TAKE, "");
    x.owner = LF_V("bob");
    CHECK_OK(lf_inquiry_act(&t, id[1], &x, NULL, &e), &e);
    x.owner = LF_V("nobody");
    CHECK(lf_inquiry_act(&t, id[1], &x, NULL, &e) == LF_BAD_INPUT && says("no analyst"), "%s", e.text);
    CHECK_OK(act(id[2], LF_INQUIRY_CLOSE, "重複"), &e);
    CHECK_OK(lf_inquiry_count(&t, LF_V("ann"), &c, &e), &e);
    CHECK(c.open == 4 && c.mine == 1 && c.nobodys == 2 && c.state[LF_INQUIRY_CLOSED] == 1, "%d %d %d",
          (int)c.open, (int)c.mine, (int)c.nobodys);
    f = lf_inquiry_any();
    f.open = true;
    CHECK(listed(f) == (size_t)c.open, "open");
    f.by = true;
    f.owner = LF_V("ann");
    CHECK(listed(f) == (size_t)c.mine, "mine");
    f.owner = LF_V("");
    CHECK(listed(f) == (size_t)c.nobodys, "nobody's");
    f = lf_inquiry_any();
    f.words = LF_V("vpn 100%");
    CHECK(listed(f) == 1, "words");
    f.words = LF_V("#3");
    CHECK(listed(f) == 1, "its number");
    f = lf_inquiry_any();
    f.from = now - LF_MINUTE * 2;
    CHECK(listed(f) < 5 && listed(f) > 0, "time");
    f = lf_inquiry_any();
    f.kind = LF_INQUIRY_REPORT;
    CHECK(listed(f) == 0, "kind");
    stop();
}

int main(void)
{
    RUN(one_is_asked_taken_referred_advised_answered_asked_again_and_closed);
    RUN(who_asked_sees_his_own_and_never_who_works_at_it_notes_or_referrals);
    RUN(what_is_red_is_for_its_recipients_and_who_asked_alone_makes_it_less);
    RUN(two_who_act_at_once_do_not_undo_each_other);
    RUN(staff_enters_what_was_telephoned_and_a_tenant_finds_it);
    RUN(one_is_made_into_a_report_and_is_its_incident_when_that_is_sent);
    RUN(staff_is_told_at_once_and_what_is_late_once);
    RUN(the_list_is_narrowed_and_counts_are_what_their_lists_show);
    DONE();
}
