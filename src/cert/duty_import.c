/* Rosters from a file. */
#include "cert/duty.h"
#include "cert/people_priv.h"
#include "soc/import.h"

enum cell { POST, PERSON, UNIT, FROM, UNTIL, ZONE, EVERY, LAST, SEAT, NOTE };

static enum lf_code whole(lf_view v, const char *what, int64_t *out, struct lf_err *e)
{
    if (v.len && !lf_view_i64(v, out))
        return lf_err_set(e, LF_BAD_INPUT, "roster: \"%s\" is a whole number", what);
    return LF_OK;
}

static enum lf_code take(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                         struct lf_err *e)
{
    lf_view id = LF_V("");
    struct lf_duty_new d = { .contacts = &id, .n = 1, .zone = cell[ZONE], .note = cell[NOTE] };
    enum lf_who who;
    int place;

    (void)ctx;
    if (!lf_post_parse(cell[POST], &who, &place))
        return lf_err_set(e, LF_BAD_INPUT,
                          "roster: \"%.*s\" is no post; there are desk, national, convener, "
                          "deputy-1 to -3, group-1 to -8, police, disaster and media",
                          LF_FMT(lf_view_first(cell[POST], 40)));
    LF_TRY(lf_contact_find(t, cell[PERSON], cell[UNIT], &id, e));
    LF_TRY(lf_duty_wall(cell[FROM], &d.begin, e));
    LF_TRY(lf_duty_wall(cell[UNTIL], &d.end, e));
    LF_TRY(whole(cell[EVERY], "every", &d.every, e));
    LF_TRY(whole(cell[SEAT], "seat", &d.seat, e));
    if (cell[LAST].len)
        LF_TRY(lf_duty_day(t->a, cell[LAST], &d.last_day, e));
    return lf_duty_add(t, who, place, &d, e);
}

enum lf_code lf_duty_import(struct lf_task *t, lf_view csv, size_t *rows, struct lf_err *e)
{
    static const struct lf_import what = {
        .noun = "shift",
        .bytes = 1 << 20,
        .rows = 5000,
        .columns = { [POST] = { "post", "職位" },
                     [PERSON] = { "person", "值班人員" },
                     [UNIT] = { "unit", "單位全銜" },
                     [FROM] = { "from", "開始" },
                     [UNTIL] = { "until", "結束" },
                     [ZONE] = { "zone", "時區" },
                     [EVERY] = { "every", "每幾天" },
                     [LAST] = { "last", "最後一天" },
                     [SEAT] = { "seat", "呼叫順序" },
                     [NOTE] = { "note", "備註" } },
        .take = take,
    };

    LF_TRY(people_need(t, LF_V(""), e));
    return lf_import_csv(t, &what, csv, rows, e);
}
