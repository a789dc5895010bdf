/* The rules in force are counted by what was decided about each, and every number can be opened. */
#include "soc/rulebook.h"

#include "lf_desk.h"

static struct lf_rulebook *book;

static void put(struct lf_buf *b, const char *id, const char *title, const char *techniques)
{
    CHECK(lf_rule_entry_pack(b, &(struct lf_rule_entry){ .id = lf_view_of(id),
                                                         .title = lf_view_of(title),
                                                         .file = LF_V("dir/x.yml"),
                                                         .techniques = lf_view_of(techniques),
                                                         .level = LF_LEVEL_HIGH }),
          "%s", id);
}

static void told(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_buf_u32(&b, 6); /* one more than are told */
    put(&b, "r1", "One", "T1059.001 T1059.001 T1105");
    put(&b, "r2", "Two", "T1059.001");
    put(&b, "r3", "Three", "T1003");
    put(&b, "r4", "Four", "T9999");
    put(&b, "r5", "Five", "T1105");
    CHECK_OK(lf_rulebook_take(book, lf_buf_view(&b), &e), &e);
    /* Cut anywhere it is none, and the former stays. */
    for (size_t n = 0; n < b.len; n++) {
        struct lf_rulebook *other = lf_rulebook_create();

        if (lf_rulebook_take(other, lf_view_first(lf_buf_view(&b), n), &e) == LF_OK)
            CHECK(n == 4 || (n > 4 && n < b.len), "cut at %zu", n); /* between two entries */
        lf_rulebook_destroy(other);
    }
    lf_buf_clear(&b);
}

static void decide(const char *rule, enum lf_rule_state state, lf_time until)
{
    const struct lf_tuning x = { .rule = lf_view_of(rule),
                                 .state = state,
                                 .until = until,
                                 .per_hour = LF_TUNING_PER_HOUR,
                                 .note = LF_V("because") };

    CHECK_OK(lf_tuning_set(&t, &x, &e), &e);
}

static const struct lf_technique_cover *cover(const struct lf_coverage *c, const char *id)
{
    for (size_t i = 0; i < c->ntechniques; i++)
        if (lf_view_is(c->techniques[i].technique->id, id))
            return &c->techniques[i];
    CHECK(false, "%s", id);
    return NULL;
}

static void techniques_are_counted_by_the_state_of_their_rules(void)
{
    struct lf_coverage c;
    size_t sum = 0;

    if (!start())
        SKIP("no database");
    book = lf_rulebook_create();
    told();
    decide("r2", LF_RULE_TEST, 0);
    decide("r3", LF_RULE_RETIRED, 0);
    decide("r5", LF_RULE_DRAFT, now + LF_HOUR);
    CHECK_OK(lf_rulebook_coverage(book, &t, &c, &e), &e);
    CHECK(c.rules[LF_RULE_LIVE] == 2 && c.rules[LF_RULE_TEST] == 1 && c.rules[LF_RULE_RETIRED] == 1 &&
              c.rules[LF_RULE_DRAFT] == 1,
          "rules by state");
    CHECK(c.tagged == 4 && c.unlisted == 1, "%zu tagged, %zu unlisted", c.tagged, c.unlisted);
    CHECK(cover(&c, "T1059.001")->rules[LF_RULE_LIVE] == 1, "a technique twice in one rule is one");
    CHECK(cover(&c, "T1059.001")->rules[LF_RULE_TEST] == 1, "T1059.001 in test");
    CHECK(cover(&c, "T1105")->rules[LF_RULE_DRAFT] == 1, "T1105 in draft");
    CHECK(strcmp(lf_cover_name(cover(&c, "T1105")), "live") == 0, "a live one counts most");
    CHECK(strcmp(lf_cover_name(cover(&c, "T1003")), "retired") == 0, "T1003");
    CHECK(strcmp(lf_cover_name(cover(&c, "T1003.001")), "none") == 0, "a sub-technique is itself only");
    for (size_t i = 0; i < c.ntactics; i++) {
        const struct lf_tactic_cover *x = &c.tactics[i];

        CHECK(x->techniques == x->live + x->trial + x->retired + x->none, "%.*s", LF_FMT(x->tactic));
        sum += x->retired;
    }
    CHECK(sum == 1, "T1003 is of one tactic: %zu", sum);
    /* What was decided for a while is over. */
    now += 2 * LF_HOUR;
    CHECK_OK(lf_rulebook_coverage(book, &t, &c, &e), &e);
    CHECK(c.rules[LF_RULE_DRAFT] == 0 && c.rules[LF_RULE_LIVE] == 3, "until");
    lf_rulebook_destroy(book);
    stop();
}

static size_t ask(const char *technique, int state, const char *words, size_t limit, lf_view *next,
                  struct lf_rule_row **rows)
{
    const struct lf_rule_ask q = { .technique = lf_view_of(technique),
                                   .has_state = state >= 0,
                                   .state = (enum lf_rule_state)(state >= 0 ? state : 0),
                                   .words = lf_view_of(words) };
    struct lf_page page = { .after = *next, .limit = limit };
    size_t n = 0;

    CHECK_OK(lf_rulebook_list(book, &t, &q, &page, rows, &n, next, &e), &e);
    return n;
}

static void the_rules_behind_a_number_are_those_it_counts(void)
{
    struct lf_rule_row *rows;
    lf_view next = LF_V("");
    size_t all = 0;

    if (!start())
        SKIP("no database");
    book = lf_rulebook_create();
    told();
    decide("r2", LF_RULE_TEST, 0);
    CHECK(ask("T1059.001", LF_RULE_TEST, "", 10, &next, &rows) == 1, "in test");
    CHECK_VIEW(rows[0].rule.id, LF_V("r2"));
    CHECK(ask("t1059.001", LF_RULE_LIVE, "", 10, &next, &rows) == 1, "live");
    CHECK_VIEW(rows[0].rule.id, LF_V("r1"));
    CHECK(ask("T1059", -1, "", 10, &next, &rows) == 0, "no part of a technique's id");
    CHECK(ask("", -1, "FIVE", 10, &next, &rows) == 1, "words");
    CHECK(ask("", -1, "x.yml", 10, &next, &rows) == 5, "the file's name");
    do { /* in pages, each once */
        all += ask("", -1, "", 2, &next, &rows);
    } while (next.len);
    CHECK(all == 5, "%zu in pages", all);
    lf_rulebook_destroy(book);
    stop();
}

int main(void)
{
    RUN(techniques_are_counted_by_the_state_of_their_rules);
    RUN(the_rules_behind_a_number_are_those_it_counts);
    DONE();
}
