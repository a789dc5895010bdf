#include "engine/incident_fold.h"
#include "lf_test.h"
#include "model/vital.h"

static struct lf_arena arena;

#define INC "incident--33333333-3333-4333-8333-333333333333"

static uint64_t rng = 1;
static unsigned rnd(unsigned n)
{
    rng ^= rng << 13, rng ^= rng >> 7, rng ^= rng << 17;
    return (unsigned)(rng % n);
}

static lf_view id_of(size_t i)
{
    return lf_arena_printf(&arena, "incident-event--00000000-0000-4000-8000-%012zu", i);
}

/* A short form for tests: node 0 provider, 1 sector, 2 nation. */
static struct lf_incident_event act(size_t id, unsigned node, int64_t seq, const char *kind, const char *by,
                                    lf_time at, const char *body)
{
    static const char *const tiers[] = { "provider", "sector", "nation" };
    struct lf_incident_event ev = {
        .id = id_of(id),
        .incident = LF_V(INC),
        .node = lf_arena_printf(&arena, "identity--0000000%u-0000-4000-8000-000000000000", node),
        .org = LF_V("55555555-5555-4555-8555-555555555555"),
        .tier = lf_view_of(tiers[node]),
        .sequence = seq,
        .kind = lf_view_of(kind),
        .by = lf_view_of(by),
        .occurred = at * LF_MINUTE,
        .recorded = at * LF_MINUTE,
    };
    struct lf_err e;

    if (body)
        CHECK_OK(lf_json_parse(&arena, lf_arena_copy(&arena, lf_view_of(body)), NULL, &ev.body, &e), &e);
    return ev;
}

static void after(struct lf_incident_event *ev, const struct lf_incident_event *parent)
{
    lf_view *p = LF_NEW(&arena, lf_view, ev->nparents + 1);

    for (size_t i = 0; i < ev->nparents; i++)
        p[i] = ev->parents[i];
    p[ev->nparents++] = parent->id;
    ev->parents = p;
}

static struct lf_incident_state fold(const struct lf_incident_event *ev, size_t n)
{
    struct lf_incident_state s = { 0 };
    struct lf_err e;

    CHECK_OK(lf_incident_fold(&arena, ev, n, &s, NULL, &e), &e);
    return s;
}

static bool same(const struct lf_incident_state *a, const struct lf_incident_state *b)
{
    if (a->nheads != b->nheads)
        return false;
    for (size_t i = 0; i < a->nheads; i++)
        if (!lf_view_eq(a->heads[i], b->heads[i]))
            return false;
    return a->review == b->review && a->handling == b->handling && a->level == b->level &&
           a->level_rank == b->level_rank && lf_view_eq(a->title, b->title) &&
           lf_view_eq(a->description, b->description) && a->aware_at == b->aware_at &&
           a->reported_at == b->reported_at && a->first == b->first && a->last == b->last &&
           a->exercise == b->exercise && a->corroborated == b->corroborated && a->nevents == b->nevents &&
           a->refused == b->refused && a->conflicts == b->conflicts && a->missing == b->missing &&
           memcmp(a->outcomes, b->outcomes, a->nevents) == 0 && a->nrivals == b->nrivals &&
           a->nmeasures == b->nmeasures && lf_view_eq(a->merged_into, b->merged_into) &&
           lf_view_eq(a->node, b->node);
}

static void chain(struct lf_incident_event *ev, size_t n)
{
    for (size_t i = 1; i < n; i++)
        after(&ev[i], &ev[i - 1]);
}

static void an_ordinary_incident_goes_from_awareness_to_closed(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "system", 10, "{\"title\":\"t\",\"corroborated\":true,\"alert\":\"a1\"}"),
        act(2, 0, 2, "reported", "system", 11, "{\"level\":2}"),
        act(3, 1, 1, "received_by_reviewer", "system", 12, NULL),
        act(4, 1, 2, "reviewed", "reviewer", 20, "{\"level\":2}"),
        act(5, 1, 3, "forwarded", "system", 20, NULL),
        act(6, 0, 3, "controlled", "reporter", 30, NULL),
        act(7, 0, 4, "recovered", "reporter", 40, NULL),
        act(8, 0, 5, "final_submitted", "reporter", 50, NULL),
        act(9, 1, 4, "closed", "reviewer", 60, NULL),
    };
    static const struct {
        enum lf_review review;
        enum lf_handling handling;
    } want[] = {
        { LF_REVIEW_DRAFT, LF_HANDLING_RESPONDING },     { LF_REVIEW_REPORTED, LF_HANDLING_RESPONDING },
        { LF_REVIEW_REPORTED, LF_HANDLING_RESPONDING },  { LF_REVIEW_CONFIRMED, LF_HANDLING_RESPONDING },
        { LF_REVIEW_FORWARDED, LF_HANDLING_RESPONDING }, { LF_REVIEW_FORWARDED, LF_HANDLING_CONTROLLED },
        { LF_REVIEW_FORWARDED, LF_HANDLING_RECOVERED },  { LF_REVIEW_FORWARDED, LF_HANDLING_FINAL },
        { LF_REVIEW_FORWARDED, LF_HANDLING_CLOSED },
    };

    chain(ev, 9);
    for (size_t n = 1; n <= 9; n++) {
        struct lf_incident_state s = fold(ev, n);

        CHECK(s.review == want[n - 1].review, "after %zu: %s", n, lf_review_name(s.review));
        CHECK(s.handling == want[n - 1].handling, "after %zu: %s", n, lf_handling_name(s.handling));
        CHECK(s.refused == 0 && s.conflicts == 0, "after %zu: %zu refused", n, s.refused);
        CHECK(s.nheads == 1, "%zu heads", s.nheads);
        CHECK_VIEW(s.heads[0], ev[n - 1].id);
    }
    CHECK(fold(ev, 9).aware_at == 10 * LF_MINUTE && fold(ev, 9).reported_at == 11 * LF_MINUTE, "times");
    CHECK(fold(ev, 9).corroborated, "corroborated");
    CHECK_VIEW(fold(ev, 9).alert, LF_V("a1"));
}

static void nobody_moves_what_the_tables_do_not_give_them(void)
{
    static const struct {
        const char *kind, *by;
        unsigned node;
        const char *body;
    } tries[] = {
        { "reviewed", "reporter", 0, NULL },
        { "reviewed", "reviewer", 0, NULL },                     /* a provider that calls itself reviewer */
        { "reviewed", "national", 1, NULL },                     /* a sector that calls itself the nation */
        { "returned", "reviewer", 1, NULL },                     /* without a reason */
        { "not_incident", "reviewer", 1, "{\"reason\":\"r\"}" }, /* level 3 is the nation's */
        { "closed", "national", 2, NULL },                       /* nothing final yet */
        { "forwarded", "system", 1, NULL },                      /* not reviewed yet */
        { "aware", "reporter", 0, NULL },                        /* again */
        { "level_changed", "reporter", 0, NULL },                /* to what? */
        { "final_submitted", "reporter", 0, NULL },
    };

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct lf_incident_event ev[] = {
            act(1, 0, 1, "aware", "reporter", 10, NULL),
            act(2, 0, 2, "reported", "reporter", 11, "{\"level\":3}"),
            act(3, tries[i].node, 3, tries[i].kind, tries[i].by, 12, tries[i].body),
        };
        struct lf_incident_state s;

        chain(ev, 3);
        s = fold(ev, 3);
        CHECK(s.refused == 1, "%s by %s was not refused", tries[i].kind, tries[i].by);
        CHECK(s.review == LF_REVIEW_REPORTED && s.handling == LF_HANDLING_RESPONDING && s.level == 3,
              "%s by %s had an effect", tries[i].kind, tries[i].by);
    }
}

static void a_refusal_names_its_rule(void)
{
    struct lf_incident_state s = { .review = LF_REVIEW_REPORTED, .level = 4, .aware_at = 1 };
    struct lf_err e;

    CHECK_CODE(lf_incident_may(&s, LF_V("not_incident"), LF_V("reviewer"), &e), LF_FORBIDDEN);
    CHECK(strstr(e.text, "X1") && strstr(e.text, "nation") && strstr(e.text, "不由審核者在第三、四級做"),
          "%s", e.text);
    CHECK_CODE(lf_incident_may(&s, LF_V("closed"), LF_V("national"), &e), LF_CONFLICT);
    CHECK(strstr(e.text, "H4") && strstr(e.text, "「結案（解除列管）」不能接在審核「初報」"), "%s", e.text);
    CHECK_CODE(lf_incident_may(&s, LF_V("painted_green"), LF_V("national"), &e), LF_UNACCEPTED);
    CHECK_CODE(lf_incident_may(&s, LF_V("reviewed"), LF_V("national"), &e), LF_OK);
}

static void the_nations_level_stands_over_the_reviewers_and_that_over_the_reporters(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, "{\"level\":1}"),
        act(3, 2, 1, "level_changed", "national", 12, "{\"level\":4}"),
        act(4, 1, 1, "reviewed", "reviewer", 13, "{\"level\":2}"),
        act(5, 0, 3, "level_changed", "reporter", 14, "{\"level\":1}"),
    };

    after(&ev[1], &ev[0]);
    CHECK(fold(ev, 2).level == 1, "level");
    for (size_t i = 2; i < 5; i++)
        after(&ev[i], &ev[1]);
    CHECK(fold(ev, 5).level == 4, "level %d", fold(ev, 5).level);
    CHECK(fold(ev, 5).review == LF_REVIEW_CONFIRMED, "the review itself counts");
    CHECK(fold(ev, 5).conflicts == 2, "%zu conflicts", fold(ev, 5).conflicts);
}

static void an_edit_answers_a_return_that_did_not_see_it(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, NULL),
        act(3, 0, 3, "supplemented", "reporter", 12, NULL),
        act(4, 1, 1, "returned", "reviewer", 13, "{\"reason\":\"r\"}"),
    };

    chain(ev, 3);
    after(&ev[3], &ev[1]);
    CHECK(fold(ev, 4).review == LF_REVIEW_REPORTED, "the edit came first, unseen");
    ev[3].recorded = 11 * LF_MINUTE + 1;
    CHECK(fold(ev, 4).review == LF_REVIEW_REPORTED, "the edit came later, unseeing");
    after(&ev[3], &ev[2]);
    ev[3].recorded = 13 * LF_MINUTE;
    CHECK(fold(ev, 4).review == LF_REVIEW_RETURNED, "a return that saw the edit stands");
}

static void close_stands_against_a_merge_that_did_not_see_it(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, NULL),
        act(3, 1, 1, "reviewed", "reviewer", 12, NULL),
        act(4, 1, 2, "forwarded", "system", 13, NULL),
        act(5, 0, 3, "controlled", "reporter", 14, NULL),
        act(6, 0, 4, "final_submitted", "reporter", 15, NULL),
        act(7, 1, 3, "closed", "reviewer", 17, NULL),
        act(8, 2, 1, "merged", "national", 16, "{\"into\":\"incident--x\",\"same_agency\":true}"),
    };
    struct lf_incident_state s;

    chain(ev, 7);
    after(&ev[7], &ev[5]);
    s = fold(ev, 8);
    CHECK(s.handling == LF_HANDLING_CLOSED && !s.merged_into.len && s.conflicts == 1, "merge before close");
    ev[7].recorded = 18 * LF_MINUTE;
    s = fold(ev, 8);
    CHECK(s.handling == LF_HANDLING_CLOSED && !s.merged_into.len, "merge after close");
    after(&ev[6], &ev[7]);
    ev[7].recorded = 16 * LF_MINUTE;
    s = fold(ev, 8);
    CHECK(s.handling == LF_HANDLING_FINAL && s.merged_into.len, "a close that saw the merge is refused");
}

static void an_event_counts_after_what_it_saw_whatever_its_clock_says(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 100, "{\"title\":\"a\"}"),
        act(2, 0, 2, "reported", "reporter", 101, "{\"title\":\"b\"}"),
        act(3, 1, 1, "returned", "reviewer", 5, "{\"reason\":\"my clock is slow\"}"),
    };

    chain(ev, 3);
    CHECK(fold(ev, 3).review == LF_REVIEW_RETURNED, "%s", lf_review_name(fold(ev, 3).review));
    CHECK_VIEW(fold(ev, 3).node, ev[0].node);
    CHECK_VIEW(fold(ev, 3).title, LF_V("b"));
}

/* Else a nation whose clock is slow would drop, for its members alone, the clock of a
 * report it had read before. */
static void the_clocks_too_see_no_effect_before_its_cause(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 100, "{\"title\":\"a\"}"),
        act(2, 0, 2, "reported", "reporter", 101, "{\"title\":\"b\"}"),
        act(3, 2, 1, "not_incident", "national", 5, "{\"reason\":\"my clock is slow\"}"),
        act(4, 2, 2, "reopened", "national", 4, "{\"reason\":\"and slower\"}"),
    };
    static const lf_time received[4] = { 0 };
    const struct lf_incident_event *order[4];
    struct lf_incident_state st = { 0 };
    const struct lf_json *history;
    struct lf_err e;
    struct lf_buf b;

    chain(ev, 4);
    CHECK_OK(lf_incident_fold(&arena, ev, 4, &st, order, &e), &e);
    lf_buf_init(&b, 65536);
    lf_incident_history(&arena, &b, &st, order, received, LF_V("provider"));
    CHECK_OK(lf_json_parse(&arena, lf_arena_copy(&arena, lf_buf_view(&b)), NULL, &history, &e), &e);
    CHECK(lf_json_items(history) == 4, "%zu", lf_json_items(history));
    for (size_t i = 0; i < 4; i++)
        CHECK_VIEW(lf_json_str(lf_json_item(history, i), "time"),
                   order[i] == &ev[0] ? LF_V("1970-01-01T01:40:00Z") : LF_V("1970-01-01T01:41:00Z"));
    lf_buf_clear(&b);
}

/* After a cut all comes within a second, where the clocks sort by kind: what changes a level would be judged
 * before the review that it followed. */
static void what_was_held_up_and_comes_at_once_is_judged_in_the_order_of_its_causes(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 100, "{\"title\":\"a\"}"),
        act(2, 0, 2, "reported", "reporter", 101, "{\"title\":\"b\",\"level\":2}"),
        act(3, 2, 1, "reviewed", "national", 102, "{\"level\":2}"),
        act(6, 2, 2, "forwarded", "system", 102, "{}"),
        act(4, 2, 3, "level_changed", "national", 103, "{\"level\":3,\"reason\":\"spread\"}"),
        act(5, 2, 4, "returned", "national", 104, "{\"reason\":\"say more\"}"),
    };
    static const char *const want[] = {
        "", "", "1970-01-01T03:19:59Z", "1970-01-01T03:19:59Z", "1970-01-01T03:20:00Z", "1970-01-01T03:20:00Z"
    };
    const struct lf_incident_event *order[6];
    struct lf_incident_state st = { 0 };
    const struct lf_json *history;
    lf_time received[6] = { 0 };
    struct lf_err e;
    struct lf_buf b;

    chain(ev, 6);
    CHECK_OK(lf_incident_fold(&arena, ev, 6, &st, order, &e), &e);
    for (size_t i = 2; i < 6; i++)
        received[i] = 200 * LF_MINUTE + (lf_time)i * 1000;
    lf_buf_init(&b, 65536);
    lf_incident_history(&arena, &b, &st, order, received, LF_V("provider"));
    CHECK_OK(lf_json_parse(&arena, lf_arena_copy(&arena, lf_buf_view(&b)), NULL, &history, &e), &e);
    for (size_t i = 0; i < lf_json_items(history); i++)
        for (size_t k = 0; k < 6; k++)
            if (order[i] == &ev[k]) {
                const struct lf_json *receipts = lf_json_get(lf_json_item(history, i), LF_V("receipts"));

                CHECK_VIEW(receipts ? lf_json_str(receipts, "provider") : LF_V(""), lf_view_of(want[k]));
            }
    lf_buf_clear(&b);
}

/* What the clocks are told, as "kind kind …". */
static const char *told(const struct lf_incident_event *ev, size_t n)
{
    static char text[512];
    static const lf_time received[32] = { 0 };
    const struct lf_incident_event *order[32];
    struct lf_incident_state s = { 0 };
    const struct lf_json *history;
    struct lf_err e;
    struct lf_buf b;
    size_t used = 0;

    CHECK_OK(lf_incident_fold(&arena, ev, n, &s, order, &e), &e);
    lf_buf_init(&b, 65536);
    lf_incident_history(&arena, &b, &s, order, received, LF_V("provider"));
    CHECK_OK(lf_json_parse(&arena, lf_arena_copy(&arena, lf_buf_view(&b)), NULL, &history, &e), &e);
    text[0] = 0;
    for (size_t i = 0; i < lf_json_items(history); i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", i ? " " : "",
                                 LF_FMT(lf_json_str(lf_json_item(history, i), "kind")));
    lf_buf_clear(&b);
    return text;
}

static enum lf_incident_outcome outcome(const struct lf_incident_event *ev, size_t n, size_t which)
{
    const struct lf_incident_event *order[32];
    struct lf_incident_state s = { 0 };
    struct lf_err e;

    CHECK_OK(lf_incident_fold(&arena, ev, n, &s, order, &e), &e);
    for (size_t i = 0; i < s.nevents; i++)
        if (order[i] == &ev[which])
            return (enum lf_incident_outcome)s.outcomes[i];
    return LF_OUTCOME_UNKNOWN;
}

static void an_undone_merge_gives_both_back_as_they_were(void)
{
    struct lf_incident_event child[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, "{\"level\":2}"),
        act(3, 1, 1, "merged", "reviewer", 12, "{\"into\":\"incident--p\",\"same_agency\":true}"),
        act(4, 0, 3, "controlled", "reporter", 13, NULL),
        act(5, 1, 2, "unmerged", "reviewer", 14, "{\"into\":\"incident--p\"}"),
        act(6, 0, 4, "recovered", "reporter", 15, NULL),
    };
    struct lf_incident_event parent[] = {
        act(1, 0, 1, "aware", "reporter", 10, "{\"level\":1}"),
        act(2, 1, 1, "absorbed", "reviewer", 12,
            "{\"incident\":\"incident--c\",\"aware_at\":\"1970-01-01T00:05:00Z\",\"level\":3}"),
        act(3, 1, 2, "unabsorbed", "reviewer", 14, "{\"incident\":\"incident--c\"}"),
    };
    struct lf_incident_state s;

    chain(child, 6);
    chain(parent, 3);
    s = fold(child, 4);
    CHECK(s.merged_same && s.handling == LF_HANDLING_RESPONDING && s.refused == 1,
          "the child rests while merged");
    s = fold(child, 6);
    CHECK(!s.merged_into.len && s.handling == LF_HANDLING_RECOVERED, "%s", lf_handling_name(s.handling));
    CHECK(strcmp(told(child, 6), "aware reported controlled unmerged recovered") == 0, "%s", told(child, 6));
    CHECK(fold(parent, 2).level == 3 && fold(parent, 2).aware_at == 5 * LF_MINUTE, "earliest, highest");
    CHECK(fold(parent, 3).level == 1 && fold(parent, 3).aware_at == 10 * LF_MINUTE, "as before");
    CHECK(strcmp(told(parent, 3), "aware unabsorbed") == 0, "%s", told(parent, 3));
}

static void another_agencys_duty_goes_on_beside_a_merge(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 1, 1, "merged", "reviewer", 12, "{\"into\":\"incident--p\",\"same_agency\":false}"),
        act(3, 0, 2, "reported", "reporter", 13, NULL),
    };

    chain(ev, 3);
    CHECK(fold(ev, 3).review == LF_REVIEW_REPORTED && fold(ev, 3).merged_into.len, "must still report");
}

static void the_nations_own_review_stands_and_the_reviewers_is_kept_as_opinion(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, "{\"level\":1}"),
        act(3, 1, 1, "reviewed", "reviewer", 12, "{\"level\":3}"),
        act(4, 2, 1, "reviewed", "national", 13, NULL),
    };

    chain(ev, 3);
    after(&ev[3], &ev[1]);
    for (unsigned turn = 0; turn < 2; turn++) {
        CHECK(fold(ev, 4).level == 1 && fold(ev, 4).level_rank == 3, "level %d", fold(ev, 4).level);
        CHECK(fold(ev, 4).review == LF_REVIEW_CONFIRMED, "confirmed");
        CHECK(outcome(ev, 4, 2) == LF_OUTCOME_OPINION, "turn %u", turn);
        ev[3].recorded = 11 * LF_MINUTE + 1;
    }
    after(&ev[3], &ev[2]);
    ev[3].recorded = 13 * LF_MINUTE;
    CHECK(outcome(ev, 4, 3) == LF_OUTCOME_REFUSED, "a re-review without grounds");
    ev[3] = act(4, 2, 1, "reviewed", "national", 13, "{\"grounds\":\"wider harm\",\"level\":4}");
    after(&ev[3], &ev[2]);
    CHECK(fold(ev, 4).level == 4 && outcome(ev, 4, 3) == LF_OUTCOME_APPLIED, "with grounds");
}

static void of_the_types_chosen_the_highest_rank_stands(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, "{\"level\":2,\"form\":{\"rsit\":\"spam\"}}"),
        act(3, 1, 1, "classified", "reviewer", 12, "{\"rsit\":\"data-leak\",\"reason\":\"r\"}"),
        act(4, 0, 3, "classified", "reporter", 13, "{\"rsit\":\"dos\",\"reason\":\"r\"}"),
        act(5, 1, 2, "classified", "reviewer", 14, "{\"rsit\":\"dos\"}"), /* without a reason */
        act(6, 0, 4, "supplemented", "reporter", 15, "{\"form\":{\"rsit\":\"\"}}"),
    };
    struct lf_incident_state s = fold(ev, 2);

    CHECK(lf_view_is(s.rsit, "spam") && s.rsit_rank == 1, "the reporter's own");
    s = fold(ev, 6);
    CHECK(lf_view_is(s.rsit, "data-leak") && s.rsit_rank == 2 && s.refused == 1, "%.*s, %zu refused",
          LF_FMT(s.rsit), s.refused);
    CHECK(s.outcomes[3] == LF_OUTCOME_OUTRANKED && s.outcomes[5] == LF_OUTCOME_APPLIED,
          "what became of them");
}

static void of_the_vital_functions_said_the_highest_rank_stands(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11,
            "{\"level\":2,\"form\":{\"vital_functions\":[\"government\",\"of a later release\"]}}"),
        act(3, 1, 1, "vital_corrected", "reviewer", 12,
            "{\"vital_functions\":[\"commerce\"],\"reason\":\"r\"}"),
        act(4, 0, 3, "vital_corrected", "reporter", 13, "{\"vital_functions\":[],\"reason\":\"r\"}"),
        act(5, 1, 2, "vital_corrected", "reviewer", 14, "{\"vital_functions\":[]}"), /* without a reason */
        act(6, 0, 4, "supplemented", "reporter", 15, "{\"form\":{\"vital_functions\":[]}}"),
        act(7, 2, 1, "vital_corrected", "national", 16, "{\"vital_functions\":[],\"reason\":\"r\"}"),
    };
    struct lf_incident_state s = fold(ev, 2);

    CHECK(s.vital == 1 && s.vital_rank == 1, "the reporter's own: %x", s.vital);
    s = fold(ev, 6);
    CHECK(s.vital == 1u << (LF_VITALS - 1) && s.vital_rank == 2 && s.refused == 1, "%x, %zu refused", s.vital,
          s.refused);
    CHECK(s.outcomes[3] == LF_OUTCOME_OUTRANKED && s.outcomes[5] == LF_OUTCOME_APPLIED,
          "what became of them");
    s = fold(ev, 7);
    CHECK(s.vital == 0 && s.vital_rank == 3, "the nation says none");
}

static void two_texts_written_at_once_are_both_kept_until_someone_resolves_them(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, "{\"title\":\"t\",\"description\":\"one\"}"),
        act(2, 0, 2, "reported", "reporter", 11, NULL),
        act(3, 0, 3, "supplemented", "reporter", 12, "{\"description\":\"two\"}"),
        act(4, 0, 4, "supplemented", "reporter", 13, NULL),
        act(5, 0, 5, "supplemented", "reporter", 14, "{\"description\":\"both\"}"),
    };
    char body[200];
    struct lf_incident_state s;
    struct lf_err e;

    /* One node: the second author had only the report on screen. */
    snprintf(body, sizeof body, "{\"description\":\"three\",\"base\":[\"%.*s\"]}", LF_FMT(ev[1].id));
    CHECK_OK(lf_json_parse(&arena, lf_arena_copy(&arena, lf_view_of(body)), NULL, &ev[3].body, &e), &e);
    chain(ev, 5);
    s = fold(ev, 4);
    CHECK_VIEW(s.description, LF_V("three"));
    CHECK(s.nrivals == 2 && s.conflicts == 1, "%zu rivals", s.nrivals);
    CHECK_VIEW(s.rivals[0].text, LF_V("two"));
    CHECK_VIEW(s.rivals[0].event, ev[2].id);
    CHECK_VIEW(s.rivals[1].text, LF_V("three"));
    s = fold(ev, 5);
    CHECK_VIEW(s.description, LF_V("both"));
    CHECK(s.nrivals == 0, "resolved");
    CHECK_VIEW(s.title, LF_V("t"));
}

static void the_reporter_marks_it_and_who_reviews_only_more_strictly(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, "{\"title\":\"t\"}"),
        act(2, 0, 2, "reported", "reporter", 11, "{\"title\":\"t\",\"tlp\":\"green\"}"),
        act(3, 1, 1, "marked", "reviewer", 12, "{\"tlp\":\"clear\"}"),
        act(4, 1, 2, "marked", "reviewer", 13, "{\"tlp\":\"amber\"}"),
        act(5, 0, 3, "marked", "reporter", 14, "{\"tlp\":\"clear\"}"),
        act(6, 0, 4, "marked", "reporter", 15, "{\"tlp\":\"red\"}"),
        act(7, 0, 5, "marked", "reporter", 16, "{\"tlp\":\"pink\"}"),
    };
    static const enum lf_tlp want[] = { LF_TLP_NONE,  LF_TLP_GREEN, LF_TLP_GREEN, LF_TLP_AMBER,
                                        LF_TLP_AMBER, LF_TLP_RED,   LF_TLP_RED };

    chain(ev, 7);
    for (size_t n = 1; n <= 7; n++)
        CHECK(fold(ev, n).tlp == want[n - 1], "after %zu: %d", n, fold(ev, n).tlp);
    CHECK(fold(ev, 7).refused == 0, "none is refused");
}

static void of_two_markings_at_once_the_stricter_counts_until_someone_saw_both(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, "{\"title\":\"t\"}"),
        act(2, 0, 2, "reported", "reporter", 11, NULL),
        act(3, 0, 3, "marked", "reporter", 12, "{\"tlp\":\"red\"}"),
        act(4, 0, 4, "marked", "reporter", 13, NULL),
        act(5, 0, 5, "marked", "reporter", 14, "{\"tlp\":\"green\"}"),
    };
    char body[200];
    struct lf_err e;

    snprintf(body, sizeof body, "{\"tlp\":\"clear\",\"base\":[\"%.*s\"]}", LF_FMT(ev[1].id));
    CHECK_OK(lf_json_parse(&arena, lf_arena_copy(&arena, lf_view_of(body)), NULL, &ev[3].body, &e), &e);
    chain(ev, 5);
    CHECK(fold(ev, 4).tlp == LF_TLP_RED, "%d", fold(ev, 4).tlp);
    CHECK(fold(ev, 5).tlp == LF_TLP_GREEN, "%d", fold(ev, 5).tlp);
}

static void nothing_is_closed_while_a_measure_has_no_owner_or_date(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, NULL),
        act(3, 1, 1, "reviewed", "reviewer", 12, NULL),
        act(4, 1, 2, "forwarded", "system", 13, NULL),
        act(5, 0, 3, "recovered", "reporter", 14, NULL),
        act(6, 0, 4, "measure_planned", "reporter", 15, "{\"measure\":\"M1\",\"what\":\"patch\"}"),
        act(7, 0, 5, "final_submitted", "reporter", 16, NULL),
        act(8, 1, 3, "closed", "reviewer", 17, NULL),
        act(9, 0, 6, "measure_planned", "reporter", 18,
            "{\"measure\":\"M1\",\"owner\":\"IT\",\"due\":\"2026-12-31\"}"),
        act(10, 1, 4, "closed", "reviewer", 19, NULL),
        act(11, 1, 5, "follow_up_done", "reviewer", 20, NULL),
        act(12, 1, 6, "measure_verified", "reviewer", 21, "{\"measure\":\"M1\"}"),
        act(13, 0, 7, "measure_done", "reporter", 22, "{\"measure\":\"M1\"}"),
        act(14, 1, 7, "measure_verified", "reviewer", 23, "{\"measure\":\"M1\"}"),
        act(15, 1, 8, "follow_up_done", "reviewer", 24, NULL),
        act(16, 0, 8, "reopened", "reporter", 25, "{\"reason\":\"again\"}"),
    };
    struct lf_incident_state s;

    chain(ev, 16);
    CHECK(fold(ev, 8).handling == LF_HANDLING_FINAL, "no owner, no date");
    s = fold(ev, 10);
    CHECK(s.handling == LF_HANDLING_CLOSED && s.nmeasures == 1, "closed");
    CHECK_VIEW(s.measures[0].what, LF_V("patch"));
    CHECK_VIEW(s.measures[0].due, LF_V("2026-12-31"));
    CHECK(fold(ev, 12).handling == LF_HANDLING_CLOSED, "not done, not verified");
    CHECK(outcome(ev, 12, 11) == LF_OUTCOME_REFUSED, "verified before it was done");
    CHECK(fold(ev, 15).handling == LF_HANDLING_FOLLOW_UP_DONE, "H6");
    CHECK(fold(ev, 16).handling == LF_HANDLING_RESPONDING, "H6 to H1");
}

static void what_was_written_beside_a_close_is_kept_and_moves_nothing(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 0, 2, "reported", "reporter", 11, NULL),
        act(3, 2, 1, "not_incident", "national", 12, "{\"grounds\":\"a drill\"}"),
        act(4, 0, 3, "supplemented", "reporter", 13, "{\"description\":\"more\",\"level\":2}"),
        act(5, 1, 1, "merged", "reviewer", 14, "{\"into\":\"incident--p\"}"),
    };

    chain(ev, 3);
    after(&ev[3], &ev[1]);
    after(&ev[4], &ev[1]);
    CHECK(fold(ev, 5).review == LF_REVIEW_NOT_INCIDENT && fold(ev, 5).level == 0, "nothing moves");
    CHECK_VIEW(fold(ev, 5).description, LF_V("more"));
    CHECK(outcome(ev, 5, 3) == LF_OUTCOME_ENTRY && outcome(ev, 5, 4) == LF_OUTCOME_VOID, "outcomes");
    CHECK(strcmp(told(ev, 5), "aware reported not_incident") == 0, "%s", told(ev, 5));
}

static void a_forged_circle_of_parents_ends_the_same_everywhere(void)
{
    struct lf_incident_event ev[] = {
        act(1, 0, 1, "aware", "reporter", 10, NULL),
        act(2, 1, 1, "answered", "reviewer", 11, NULL),
        act(3, 2, 1, "answered", "national", 12, NULL),
    };
    struct lf_incident_event back[3];

    after(&ev[0], &ev[2]), after(&ev[1], &ev[0]), after(&ev[2], &ev[1]);
    back[0] = ev[2], back[1] = ev[0], back[2] = ev[1];
    struct lf_incident_state a = fold(ev, 3), b = fold(back, 3);
    CHECK(same(&a, &b) && a.nevents == 3, "differs");
}

/* The property: any permutation and any duplication of a set gives one state. */
static void the_same_events_give_the_same_state_in_any_order_and_number(void)
{
    static const char *const kinds[] = {
        "aware",          "reported",       "returned",        "supplemented",  "reviewed",
        "forwarded",      "controlled",     "recovered",       "closed",        "final_submitted",
        "final_returned", "reopened",       "not_incident",    "level_changed", "merged",
        "unmerged",       "absorbed",       "aware_corrected", "something_new", "received_by_reviewer",
        "unabsorbed",     "measure_planned"
    };
    static const char *const bys[] = { "reporter", "reviewer", "national", "system", "supporter" };

    for (uint64_t seed = 1; seed <= 300; seed++) {
        enum { MOST = 24 };
        struct lf_incident_event ev[MOST], mixed[2 * MOST];
        struct lf_incident_state first;
        unsigned n, m;
        int64_t seq[3] = { 0 };

        lf_arena_reset(&arena);
        rng = seed * 0x9e3779b97f4a7c15u;
        n = 2 + rnd(MOST - 2);
        for (unsigned i = 0; i < n; i++) {
            unsigned node = rnd(3);
            char body[300];

            snprintf(
                body, sizeof body,
                "{\"title\":\"t%u\",\"level\":%u,\"reason\":\"r\",\"into\":\"incident--%u\",\"measure\":"
                "\"m\","
                "\"incident\":\"incident--%u\",\"same_agency\":%s,\"aware_at\":\"1970-01-01T00:%02u:00Z\"}",
                rnd(4), 1 + rnd(4), rnd(3), rnd(3), rnd(2) ? "true" : "false", rnd(20));
            /* Few different times, so that ties are common; numbers sometimes twice. */
            seq[node] += rnd(8) != 0;
            ev[i] = act(i, node, seq[node] + 1, i == 0 ? "aware" : kinds[rnd(22)],
                        bys[rnd(3) ? node : rnd(5)], 20 + (lf_time)rnd(6), body);
            for (unsigned k = 0; i && k < rnd(4); k++)
                after(&ev[i], &ev[rnd(i)]);
        }
        first = fold(ev, n);
        for (unsigned round = 0; round < 6; round++) {
            m = 0;
            for (unsigned i = 0; i < n; i++)
                mixed[m++] = ev[i];
            for (unsigned i = 0; i < rnd(n); i++)
                mixed[m++] = ev[rnd(n)];
            for (unsigned i = m; i > 1; i--) {
                unsigned k = rnd(i);
                struct lf_incident_event swap = mixed[i - 1];
                mixed[i - 1] = mixed[k], mixed[k] = swap;
            }
            struct lf_incident_state s = fold(mixed, m);
            CHECK(same(&first, &s), "seed %llu round %u", (unsigned long long)seed, round);
        }
    }
}

int main(void)
{
    RUN(an_ordinary_incident_goes_from_awareness_to_closed);
    RUN(nobody_moves_what_the_tables_do_not_give_them);
    RUN(a_refusal_names_its_rule);
    RUN(the_nations_level_stands_over_the_reviewers_and_that_over_the_reporters);
    RUN(an_edit_answers_a_return_that_did_not_see_it);
    RUN(close_stands_against_a_merge_that_did_not_see_it);
    RUN(an_event_counts_after_what_it_saw_whatever_its_clock_says);
    RUN(the_clocks_too_see_no_effect_before_its_cause);
    RUN(what_was_held_up_and_comes_at_once_is_judged_in_the_order_of_its_causes);
    RUN(an_undone_merge_gives_both_back_as_they_were);
    RUN(another_agencys_duty_goes_on_beside_a_merge);
    RUN(the_nations_own_review_stands_and_the_reviewers_is_kept_as_opinion);
    RUN(two_texts_written_at_once_are_both_kept_until_someone_resolves_them);
    RUN(of_the_types_chosen_the_highest_rank_stands);
    RUN(of_the_vital_functions_said_the_highest_rank_stands);
    RUN(the_reporter_marks_it_and_who_reviews_only_more_strictly);
    RUN(of_two_markings_at_once_the_stricter_counts_until_someone_saw_both);
    RUN(nothing_is_closed_while_a_measure_has_no_owner_or_date);
    RUN(what_was_written_beside_a_close_is_kept_and_moves_nothing);
    RUN(a_forged_circle_of_parents_ends_the_same_everywhere);
    RUN(the_same_events_give_the_same_state_in_any_order_and_number);
    lf_arena_clear(&arena);
    DONE();
}
