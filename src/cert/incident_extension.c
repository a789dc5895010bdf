/* An extension of a clock: whether it is one, and who agreed to it. */
#include "cert/incident_priv.h"

static lf_view said_in_chinese(lf_view role)
{
    return lf_view_is(role, "reviewer")   ? LF_V("審核者")
           : lf_view_is(role, "national") ? LF_V("國家級")
                                          : role;
}

/* An extension that the clocks would not take is refused at once, not kept as a word without effect. */
enum lf_code incident_extension_moves(struct lf_task *t, lf_view incident, const struct lf_json *body,
                                      struct lf_err *e)
{
    const struct lf_json *said = lf_json_get(body, LF_V("consent"));
    lf_view clock = lf_json_str(body, "clock"), who;
    struct lf_clock_row row = { 0 };
    struct lf_clock_result judged;
    struct incident_events x;
    lf_time until;
    bool given;

    if (!clock.len || !said || lf_time_parse(lf_json_str(body, "until"), &until, NULL) != LF_OK)
        return LF_OK; /* what it needs is said by its rule */
    LF_TRY(incident_load(t, incident, &x, e));
    if (incident_judge(t, &x, lf_now(t->env), &judged, NULL) == LF_OK)
        for (size_t i = 0; i < lf_clock_rows(&judged) && !row.consent; i++)
            if (lf_view_eq(lf_clock_row(&judged, i).clock, clock))
                row = lf_clock_row(&judged, i);
    /* In an exercise it lasts as much shorter as every limit (engine/clock.h). */
    if (x.state.exercise && until > lf_now(t->env))
        until = lf_now(t->env) + (until - lf_now(t->env)) / x.state.exercise_of.speed;
    if (!row.consent || until <= row.due)
        return lf_err_set(
            e, LF_CONFLICT,
            row.consent ? "展延後的期限須晚於原期限（規則 展延）。The new limit is not later than "
                          "the one that stands (rule extension)"
                        : "時限 %.*s 現在不能展延：須正在計時、未逾期，且法規允許（規則 展延）。%.*s cannot "
                          "be extended now: it must run, not be over, and the law must allow it "
                          "(rule extension)",
            LF_FMT(clock), LF_FMT(clock));
    for (size_t i = 0; i < lf_json_items(row.consent); i++) {
        who = lf_json_text(lf_json_item(row.consent, i));
        given = false;
        for (size_t k = 0; k < lf_json_items(said); k++)
            given |= lf_view_eq(lf_json_text(lf_json_item(said, k)), who);
        if (!given)
            return lf_err_set(
                e, LF_CONFLICT,
                "展延須經審核者與國家級雙方同意；缺 %.*s（規則 展延）。An extension needs the consent "
                "of all; that of %.*s is missing (rule extension)",
                LF_FMT(said_in_chinese(who)), LF_FMT(who));
    }
    return LF_OK;
}
