#include "web/incident_filter.h"

#include "cert/unit.h"
#include "model/vital.h"
#include "web/page_priv.h"

const char *const incident_filter_fields[INCIDENT_FILTER_FIELDS] = {
    "q",       "level",  "clock", "which", "review",   "handling", "category", "from", "to",   "open",
    "counted", "sector", "took",  "late",  "exercise", "by",       "stands",   "rsit", "vital"
};

lf_view incident_filter_text(struct rq *r)
{
    lf_view v = query_again(r, incident_filter_fields, INCIDENT_FILTER_FIELDS);

    return v.len ? lf_view_from(v, 1) : v;
}

enum lf_code incident_filter_read(struct rq *r, lf_view text, struct lf_incident_filter *out)
{
    struct lf_http_request in = *r->in;
    struct rq asked = *r;

    in.query = text;
    asked.in = &in;
    return incident_filter_of(&asked, out);
}

static enum lf_code clock_state_asked(struct rq *r, const char *name, enum lf_deadline_state *out)
{
    lf_view v = query(r, name);

    if (!lf_deadline_state_of(v, out) || *out == LF_DEADLINE_OTHER)
        return lf_err_set(r->e, LF_BAD_INPUT, "%s is running, overdue or missed, not \"%.*s\"", name,
                          LF_FMT(lf_view_first(v, 40)));
    return LF_OK;
}

static enum lf_code level_asked(struct rq *r, int *out)
{
    lf_view level = query(r, "level");

    if (lf_view_is(level, "-")) { /* none stated */
        *out = -1;
        return LF_OK;
    }
    if (level.len && (level.len != 1 || level.ptr[0] < '1' || level.ptr[0] > '4'))
        return lf_err_set(r->e, LF_BAD_INPUT, "level is a number from 1 to 4");
    *out = level.len ? level.ptr[0] - '0' : 0;
    return LF_OK;
}

/* RFC 3339, or a day of Taipei: its first moment, or with `end` its last. */
static enum lf_code time_asked(struct rq *r, const char *name, bool end, lf_time *out)
{
    lf_view v = query(r, name);
    bool day = v.len == 10;

    if (!v.len)
        return LF_OK;
    if (lf_time_parse(day ? lf_arena_printf(r->t->a, "%.*sT00:00:00+08:00", LF_FMT(v)) : v, out, r->e) !=
        LF_OK)
        return lf_err_at(r->e, "%s", name);
    if (day && end)
        *out += LF_DAY;
    return LF_OK;
}

/* What a number of a statistic opens. */
static enum lf_code counted_asked(struct rq *r, struct lf_incident_filter *f)
{
    static const char *const took[] = { "", "report", "review", "control" };
    lf_view sector = query(r, "sector"), asked = query(r, "took");
    enum lf_unit_attribute attribute = LF_UNIT_NONE;

    f->counted = lf_view_is(query(r, "counted"), "1");
    f->late = lf_view_trim(query(r, "late"));
    if (sector.len && !lf_view_is(sector, "-") && !lf_unit_attribute_parse(sector, &attribute))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "sector is the attribute of an organisation, such as enterprise-1, or -");
    f->sector = sector.len ? 1 + (int)attribute : 0;
    while (f->took < 4 && !lf_view_is(asked, took[f->took]))
        f->took++;
    return f->took < 4 ? LF_OK : lf_err_set(r->e, LF_BAD_INPUT, "took is report, review or control");
}

enum lf_code deadline_filter_of(struct rq *r, struct lf_deadline_filter *out)
{
    struct lf_deadline_filter f = { .clock = lf_view_trim(query(r, "clock")),
                                    .exercise = lf_view_is(query(r, "exercise"), "1") };

    LF_TRY(clock_state_asked(r, "state", &f.state));
    LF_TRY(level_asked(r, &f.level));
    *out = f;
    return LF_OK;
}

enum lf_code incident_filter_of(struct rq *r, struct lf_incident_filter *out)
{
    struct lf_incident_filter f = { .review = query(r, "review"),
                                    .handling = query(r, "handling"),
                                    .category = lf_view_trim(query(r, "category")),
                                    .rsit = lf_view_trim(query(r, "rsit")),
                                    .words = lf_view_trim(query(r, "q")),
                                    .clock = lf_view_trim(query(r, "which")),
                                    .exercise = lf_view_trim(query(r, "exercise")),
                                    .by = lf_view_trim(query(r, "by")),
                                    .active = lf_view_is(query(r, "open"), "1") };

    if (!lf_exercise_stands_parse(lf_view_some(query(r, "stands")), &f.stands))
        return lf_err_set(r->e, LF_BAD_INPUT, "stands is in-time, late or running");
    if (!f.exercise.len && (f.by.len || f.stands != LF_EXERCISE_ANY))
        return lf_err_set(r->e, LF_BAD_INPUT, "by and stands go with exercise");
    f.vital = (int64_t)lf_vital_set(lf_view_trim(lf_view_some(query(r, "vital"))));
    if (lf_view_is(query(r, "vital"), "-")) /* none */
        f.vital = -1;
    if (!f.vital && query(r, "vital").len)
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "vital is government, military, rescue, necessities (or one of them, such as "
                          "necessities:water), finance, commerce or any");
    LF_TRY(level_asked(r, &f.level));
    LF_TRY(counted_asked(r, &f));
    LF_TRY(clock_state_asked(r, "clock", &f.clock_state));
    LF_TRY(time_asked(r, "from", false, &f.from));
    LF_TRY(time_asked(r, "to", true, &f.to));
    *out = f;
    return LF_OK;
}
