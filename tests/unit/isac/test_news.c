/* News at the desk: what is the same is one, who acts upon what, and what is counted. */
#include "isac/news.h"

#include "../soc/lf_desk.h"

static struct lf_identity self;

static void as(lf_view org, unsigned roles)
{
    t.scope = (struct lf_scope){ .org = org, .account = LF_V("ann"), .roles = roles };
}

static bool begin_node(void)
{
    static const uint8_t seed[32] = { 7 };

    if (!start())
        return false;
    now = 20500 * LF_DAY;
    self = (struct lf_identity){ .org = t.scope.org,
                                 .node = LF_V("identity--00000000-0000-4000-8000-000000000002"),
                                 .name = LF_V("n"),
                                 .tier = LF_V("sector") };
    lf_sign_keys(seed, self.sign_public, self.sign_secret);
    t.self = &self;
    as(self.org, LF_ROLE_ANALYST);
    return true;
}

static enum lf_news_fate take(const char *feed, const char *title, const char *link, const char *cves,
                              enum lf_tlp tlp)
{
    enum lf_news_fate fate = LF_NEWS_FULL;
    lf_view list[LF_RSS_CVES];
    struct lf_news_in x = { .feed = lf_view_of(feed),
                            .name = lf_view_of(feed),
                            .title = lf_view_of(title),
                            .summary = LF_V("what it says"),
                            .link = lf_view_of(link),
                            .published = now - LF_HOUR,
                            .tlp = tlp,
                            .cves = list };

    lf_rss_cves(&a, lf_view_of(cves), list, &x.ncves);
    CHECK_OK(lf_news_take(&t, &x, &fate, &e), &e);
    return fate;
}

static size_t listed(const struct lf_news_filter *f, const struct lf_news **list)
{
    size_t n = 0;
    lf_view next;

    CHECK_OK(lf_news_list(&t, f, NULL, &n, list, &next, &e), &e);
    return n;
}

static struct lf_news only(void)
{
    const struct lf_news_filter any = lf_news_any();
    const struct lf_news *list;
    size_t n = listed(&any, &list);

    CHECK(n == 1, "%zu items", n);
    return n ? list[0] : (struct lf_news){ 0 };
}

static void the_same_of_several_sources_is_one_item_and_what_is_marked_otherwise_another(void)
{
    static const struct {
        const char *feed, *title, *link, *cves;
        enum lf_tlp tlp;
        enum lf_news_fate want;
    } rows[] = {
        { "f1", "A pump is broken", "https://a.example/1", "CVE-2026-1001 CVE-2026-1002", 0, LF_NEWS_ADDED },
        { "f1", "A pump is broken", "https://a.example/1", "CVE-2026-1001 CVE-2026-1002", 0, LF_NEWS_KNOWN },
        { "f1", "A pump is very broken", "https://a.example/1", "", 0, LF_NEWS_CHANGED },
        { "f2", "Pumps", "https://b.example/x", "CVE-2026-1002 CVE-2026-1001", LF_TLP_CLEAR, LF_NEWS_JOINED },
        { "f3", "Else", "http://a.example/1/#top", "", 0, LF_NEWS_JOINED },
        { "f4", "One of the two", "https://c.example/1", "CVE-2026-1001", 0, LF_NEWS_ADDED },
        { "f5", "Pumps", "https://b.example/x", "CVE-2026-1001 CVE-2026-1002", LF_TLP_AMBER, LF_NEWS_ADDED },
        { "f6", "A title that tells what it is about", "", "", 0, LF_NEWS_ADDED },
        { "f7", "A title THAT tells what it is about", "", "", 0, LF_NEWS_JOINED },
        { "f8", "Pumps", "", "", 0, LF_NEWS_ADDED },
        { "f9", "Pumps", "", "", 0, LF_NEWS_ADDED },
    };
    struct lf_news_filter f = lf_news_any();
    const struct lf_news_source *sources;
    const struct lf_news *list;
    size_t n;

    if (!begin_node())
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum lf_news_fate fate = take(rows[i].feed, rows[i].title, rows[i].link, rows[i].cves, rows[i].tlp);

        CHECK(fate == rows[i].want, "%zu: %d", i, (int)fate);
        now += LF_SECOND;
    }
    f.cve = LF_V("cve-2026-1002");
    f.feed = LF_V("f3");
    CHECK(listed(&f, &list) == 1 && list[0].sources == 3, "of three sources");
    CHECK_OK(lf_news_sources(&t, list[0].id, &n, &sources, &e), &e);
    CHECK(n == 3 && sources[0].changed && lf_view_is(sources[0].title, "A pump is very broken"), "%zu", n);
    f.first = true;
    CHECK(listed(&f, &list) == 0, "f3 brought it first");
    now += LF_NEWS_SAME;
    CHECK(take("f10", "Pumps again", "", "CVE-2026-1001 CVE-2026-1002", 0) == LF_NEWS_ADDED, "a month later");
    stop();
}

static void what_was_published_long_ago_is_no_news(void)
{
    struct lf_news_in x = { .feed = LF_V("f"), .name = LF_V("f"), .title = LF_V("old") };
    enum lf_news_fate fate;

    if (!begin_node())
        return;
    x.published = now - LF_NEWS_OLD - 1;
    CHECK_OK(lf_news_take(&t, &x, &fate, &e), &e);
    CHECK(fate == LF_NEWS_TOO_OLD, "%d", (int)fate);
    x.published = now + LF_DAY;
    CHECK_OK(lf_news_take(&t, &x, &fate, &e), &e);
    CHECK(fate == LF_NEWS_ADDED && only().published == now, "published in the future");
    stop();
}

static enum lf_code act(lf_view id, const struct lf_news_do *d)
{
    e = (struct lf_err){ 0 };
    return lf_news_act(&t, id, d, NULL, &e);
}

static void an_item_goes_from_new_to_a_warning_and_back_and_nobody_undoes_anothers_work(void)
{
    struct lf_news_do d = { .act = LF_NEWS_DRAFT, .kind = LF_ADVISORY_EWA, .base = -1 };
    struct lf_advisory_form form;
    struct lf_advisory_row row;
    struct lf_news x;

    if (!begin_node())
        return;
    (void)take("f", "A pump is broken", "https://a.example/1", "CVE-2026-1001", LF_TLP_GREEN);
    x = only();
    CHECK(x.state == LF_NEWS_NEW && !x.overdue && !x.touched, "%d", (int)x.state);
    CHECK(act(x.id, &d) == LF_CONFLICT, "a draft of what nobody judged");
    d = (struct lf_news_do){ .act = LF_NEWS_ASSESS, .base = 0 };
    CHECK(act(x.id, &d) == LF_BAD_INPUT, "a judgement without a word");
    d.text = LF_V("It stands in three water works.");
    d.relevance = LF_NEWS_DIRECT;
    d.likelihood = d.impact = LF_NEWS_HIGH;
    d.sectors = LF_V("utilities, energy");
    CHECK_OK(act(x.id, &d), &e);
    CHECK(act(x.id, &d) == LF_CONFLICT, "one who had not seen the first");
    x = only();
    CHECK(x.state == LF_NEWS_ASSESSED && x.severity == LF_NEWS_S_CRITICAL && x.entries == 1, "%d",
          (int)x.severity);
    CHECK_VIEW(x.sectors, LF_V("energy utilities"));
    d = (struct lf_news_do){ .act = LF_NEWS_DRAFT, .kind = LF_ADVISORY_EWA, .base = 1 };
    CHECK_OK(act(x.id, &d), &e);
    d.base = -1;
    CHECK(act(x.id, &d) == LF_CONFLICT, "a second draft");
    x = only();
    CHECK(x.state == LF_NEWS_DRAFTED && x.advisory.len, "%d", (int)x.state);
    CHECK_OK(lf_advisory_get(&t, x.advisory, &row, &e), &e);
    CHECK_OK(lf_advisory_form_of(&t, &row, &form, &e), &e);
    CHECK_VIEW(lf_advisory_text(&form, "severity"), LF_V("critical"));
    CHECK_VIEW(lf_advisory_text(&form, "cve"), LF_V("CVE-2026-1001"));
    CHECK_VIEW(lf_advisory_text(&form, "references"), LF_V("https://a.example/1"));
    CHECK_VIEW(lf_advisory_text(&form, "tlp"), LF_V("green"));
    CHECK(lf_view_find(lf_advisory_text(&form, "description"), LF_V("three water works")) != SIZE_MAX,
          "the judgement is in it");
    CHECK_OK(lf_advisory_withdraw(&t, x.advisory, LF_V("no"), &e), &e);
    CHECK(only().given_up, "the draft was given up");
    d = (struct lf_news_do){ .act = LF_NEWS_REOPEN, .text = LF_V("again"), .base = -1 };
    CHECK_OK(act(x.id, &d), &e);
    CHECK(only().state == LF_NEWS_ASSESSED && !only().advisory.len, "%d", (int)only().state);
    stop();
}

static void what_is_watched_comes_back_and_what_nobody_looks_at_is_overdue_and_goes(void)
{
    struct lf_news_filter f = { .state = LF_NEWS_OPEN };
    struct lf_news_do d = { .act = LF_NEWS_WATCH, .base = -1 };
    const struct lf_news *list;
    struct lf_news_counts c;
    struct lf_news x;

    if (!begin_node())
        return;
    (void)take("f", "A pump is broken", "", "", 0);
    x = only();
    d.until = now;
    CHECK(act(x.id, &d) == LF_BAD_INPUT, "watched until now");
    d.until = now + 10 * LF_DAY;
    CHECK_OK(act(x.id, &d), &e);
    CHECK(listed(&f, &list) == 0, "it waits while it is watched");
    (void)take("f", "Another", "", "", 0);
    now += LF_NEWS_LOOK + LF_HOUR + 1;
    f.overdue = true;
    CHECK(listed(&f, &list) == 1 && lf_view_is(list[0].title, "Another"), "what nobody looked at");
    now += 7 * LF_DAY;
    CHECK(listed(&f, &list) == 2, "its day is past");
    now += LF_NEWS_KEPT;
    CHECK_OK(lf_news_turn(&t, &e), &e);
    CHECK_VIEW(only().id, x.id);
    CHECK_OK(lf_news_count(&t, 0, &c, &e), &e);
    CHECK(c.all.came == 1 && c.all.past == 1 && c.nsources == 1 && c.sources[0].past == 1, "%lld and %lld",
          (long long)c.all.came, (long long)c.all.past);
    CHECK(take("f", "Another", "", "", 0) == LF_NEWS_ADDED, "its marks stayed");
    stop();
}

static void counts_are_of_what_lists_have(void)
{
    struct lf_news_in hand = { .name = LF_V("paper"),
                               .title = LF_V("By hand"),
                               .summary = LF_V("CVE-2026-9999"),
                               .country = LF_V("TW") };
    struct lf_news_do d = { .act = LF_NEWS_DROP, .text = LF_V("nothing of ours"), .base = -1 };
    struct lf_news_filter f = lf_news_any();
    const struct lf_news *list;
    struct lf_news_counts c;
    bool is_joined;
    lf_view id;

    if (!begin_node())
        return;
    (void)take("f", "One", "", "", 0);
    (void)take("f", "Two", "", "", 0);
    CHECK_OK(lf_news_add(&t, &hand, &id, &is_joined, &e), &e);
    CHECK(!is_joined, "it is new");
    CHECK_OK(act(id, &d), &e);
    CHECK_OK(lf_news_count(&t, lf_civil_of(now + LF_TAIPEI).year, &c, &e), &e);
    CHECK(c.n == 1 && c.periods[0].came == 3 && c.periods[0].dropped == 1 && c.home.came == 1, "%zu", c.n);
    f.country = LF_V("TW");
    CHECK(listed(&f, &list) == 1 && lf_view_is(list[0].cves, "CVE-2026-9999"), "of home");
    f = lf_news_any();
    f.feed = LF_V("f");
    CHECK(listed(&f, &list) == (size_t)c.sources[0].came, "of the feed");
    stop();
}

static void who_has_no_clearance_or_is_a_tenants_sees_none_and_a_reader_does_nothing(void)
{
    struct lf_news_do d = { .act = LF_NEWS_NOTE, .text = LF_V("x"), .base = -1 };
    struct lf_news_filter any = lf_news_any();
    const struct lf_news *list;
    struct lf_news x;
    size_t n;
    lf_view next;

    if (!begin_node())
        return;
    (void)take("f", "A pump is broken", "", "", LF_TLP_AMBER);
    x = only();
    as(self.org, LF_ROLE_READER);
    CHECK(act(x.id, &d) == LF_FORBIDDEN, "a reader notes");
    as(LF_V("00000000-0000-4000-8000-00000000000f"), LF_ROLE_ADMIN);
    CHECK(lf_news_list(&t, &any, NULL, &n, &list, &next, &e) == LF_FORBIDDEN, "a tenant lists");
    CHECK(lf_news_get(&t, x.id, &x, &e) == LF_FORBIDDEN, "a tenant reads");
    stop();
}

static void the_matrix_is_the_documented_one(void)
{
    static const enum lf_news_severity want[3][3] = { { 1, 1, 2 }, { 1, 2, 3 }, { 2, 3, 4 } };

    for (int l = 0; l < 3; l++)
        for (int i = 0; i < 3; i++)
            CHECK(lf_news_severity((enum lf_news_degree)l, (enum lf_news_degree)i) == want[l][i], "%d %d", l,
                  i);
}

int main(void)
{
    RUN(the_same_of_several_sources_is_one_item_and_what_is_marked_otherwise_another);
    RUN(what_was_published_long_ago_is_no_news);
    RUN(an_item_goes_from_new_to_a_warning_and_back_and_nobody_undoes_anothers_work);
    RUN(what_is_watched_comes_back_and_what_nobody_looks_at_is_overdue_and_goes);
    RUN(counts_are_of_what_lists_have);
    RUN(who_has_no_clearance_or_is_a_tenants_sees_none_and_a_reader_does_nothing);
    RUN(the_matrix_is_the_documented_one);
    DONE();
}
