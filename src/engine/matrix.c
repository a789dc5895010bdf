#include "engine/matrix.h"

static const char *const kinds[] = {
    "reported",      "reviewed",      "returned",      "level_changed", "closed",       "clock_50",
    "clock_80",      "clock_100",     "alert",         "reminder",      "inform",       "convene",
    "support",       "shift",         "second_factor", "test",          "inject",       "shift_empty",
    "handover",      "meeting",       "swap",          "mail",          "task",         "exercise",
    "exercise_late", "overdue",       "meeting_soon",  "meeting_due",   "group_called", "group_meets",
    "weakness",      "team",          "team_news",     "inquiry",       "inquiry_news", "inquiry_late",
    "referral",      "referral_late", "partner",       "recovery",      "statement",    "statement_out",
    "statement_off", "seminar",       "seminar_off"
};
static const char *const whos[] = { "agency",   "team",     "ciso",   "members",    "desk",
                                    "national", "convener", "deputy", "group",      "police",
                                    "disaster", "media",    "person", "prevention", "crisis" };
static const char *const ways[] = { "mail", "webhook", "sms", "inbox" };
static const char *const tiers[] = { "provider", "sector", "nation" };
static const char *const letters[] = { "A", "B", "C", "D", "none" };
static const char *const levels[] = { "0", "1", "2", "3", "4" };

static_assert(sizeof kinds / sizeof *kinds == LF_NOTICE_KINDS, "each kind of notice has its word");
static_assert(LF_NOTICE_KINDS < 64, "a row has a bit for each kind of notice");
static_assert(sizeof whos / sizeof *whos == LF_WHO_COUNT, "each that is told has its word");
static_assert(sizeof ways / sizeof *ways == LF_WAY_COUNT, "each way has its word");

#define COUNT(names) (sizeof(names) / sizeof *(names))

const char *lf_notice_kind_name(enum lf_notice_kind k)
{
    return kinds[k];
}

const char *lf_who_name(enum lf_who w)
{
    return whos[w];
}

const char *lf_way_name(enum lf_way w)
{
    return ways[w];
}

int lf_who_places(enum lf_who w)
{
    return w == LF_WHO_DEPUTY ? 3 : w == LF_WHO_GROUP ? 8 : 1;
}

static bool find(const char *const *names, size_t n, lf_view v, unsigned *out)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(v, names[i])) {
            *out = (unsigned)i;
            return true;
        }
    return false;
}

bool lf_notice_kind_parse(lf_view name, enum lf_notice_kind *out)
{
    unsigned i;

    if (!find(kinds, COUNT(kinds), name, &i))
        return false;
    *out = (enum lf_notice_kind)i;
    return true;
}

bool lf_who_parse(lf_view name, enum lf_who *out)
{
    unsigned i;

    if (!find(whos, COUNT(whos), name, &i))
        return false;
    *out = (enum lf_who)i;
    return true;
}

/* A list of words as bits; absent: all of them, when that is allowed. */
static enum lf_code words(const struct lf_json *row, const char *key, const char *const *names, size_t n,
                          bool needed, uint64_t *bits, struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(row, lf_view_of(key));

    *bits = 0;
    if (!list && !needed) {
        *bits = ((uint64_t)1 << n) - 1;
        return LF_OK;
    }
    if (lf_json_kind(list) != LF_JSON_ARRAY || !lf_json_items(list))
        return lf_err_set(e, LF_BAD_INPUT, "\"%s\" is a list of at least one", key);
    for (size_t i = 0; i < lf_json_items(list); i++) {
        lf_view v = lf_json_text(lf_json_item(list, i));
        unsigned at;

        if (!find(names, n, v, &at))
            return lf_err_set(e, LF_BAD_INPUT, "\"%s\" does not know \"%.*s\"", key,
                              (int)(v.len > 40 ? 40 : v.len), v.ptr);
        *bits |= (uint64_t)1 << at;
    }
    return LF_OK;
}

static enum lf_code no_others(const struct lf_json *v, const char *const *names, size_t n, struct lf_err *e)
{
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view key = lf_json_key(v, i);
        unsigned at;

        if (!find(names, n, key, &at))
            return lf_err_set(e, LF_BAD_INPUT, "there is no \"%.*s\" in it",
                              (int)(key.len > 40 ? 40 : key.len), key.ptr);
    }
    return LF_OK;
}

static enum lf_code read_then(const struct lf_json *row, struct lf_matrix_row *out, struct lf_err *e)
{
    const struct lf_json *then = lf_json_get(row, LF_V("then"));

    if (then && (lf_json_kind(then) != LF_JSON_ARRAY || lf_json_items(then) > LF_MATRIX_THEN))
        return lf_err_set(e, LF_BAD_INPUT, "\"then\" is a list of at most %d", LF_MATRIX_THEN);
    if (then && !out->ack)
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"then\" needs \"ack_minutes\": it says who is next without an answer");
    for (size_t i = 0; i < lf_json_items(then); i++)
        if (!lf_who_parse(lf_json_text(lf_json_item(then, i)), &out->then[out->nthen++]) ||
            out->then[i] == LF_WHO_MEMBERS || out->then[i] == LF_WHO_PERSON)
            return lf_err_set(e, LF_BAD_INPUT, "\"then\" names who is called next, not \"%.*s\"",
                              LF_FMT(lf_view_first(lf_json_text(lf_json_item(then, i)), 40)));
    return LF_OK;
}

static enum lf_code read_row(const struct lf_json *row, struct lf_matrix_row *out, struct lf_err *e)
{
    static const char *const known[] = { "about", "levels", "letters",     "tiers", "who",
                                         "by",    "then",   "ack_minutes", "note" };
    int64_t minutes = 0;

    if (lf_json_kind(row) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "it is not an object");
    LF_TRY(no_others(row, known, COUNT(known), e));
    LF_TRY(words(row, "about", kinds, COUNT(kinds), true, &out->about, e));
    LF_TRY(words(row, "levels", levels, COUNT(levels), false, &out->levels, e));
    LF_TRY(words(row, "letters", letters, COUNT(letters), false, &out->letters, e));
    LF_TRY(words(row, "tiers", tiers, COUNT(tiers), false, &out->tiers, e));
    LF_TRY(words(row, "by", ways, COUNT(ways), true, &out->by, e));
    if (!lf_who_parse(lf_json_str(row, "who"), &out->who))
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"who\" is agency, team, prevention, crisis, ciso, members, person or a post");
    if (lf_json_get(row, LF_V("ack_minutes")) &&
        (!lf_json_int(row, "ack_minutes", &minutes) || minutes < 1 || minutes > LF_MATRIX_ACK_MOST))
        return lf_err_set(e, LF_BAD_INPUT, "\"ack_minutes\" is 1 to %d", LF_MATRIX_ACK_MOST);
    out->ack = minutes * LF_MINUTE;
    return read_then(row, out, e);
}

enum lf_code lf_matrix_parse(struct lf_arena *a, lf_view json, struct lf_matrix *out, struct lf_err *e)
{
    static const char *const known[] = { "matrix", "rows", "note" };
    const struct lf_json_limits limits = { .bytes = LF_MATRIX_BYTES, .unique = true };
    const struct lf_json *v, *rows;
    struct lf_matrix m;

    if (lf_json_parse(a, json, &limits, &v, e) != LF_OK)
        return lf_err_at(e, "notification matrix");
    rows = lf_json_get(v, LF_V("rows"));
    m = (struct lf_matrix){ .name = lf_json_str(v, "matrix"), .nrows = lf_json_items(rows) };
    if (no_others(v, known, COUNT(known), e) != LF_OK)
        return lf_err_at(e, "notification matrix");
    if (!lf_view_is_text(m.name, 1, 100))
        return lf_err_set(e, LF_BAD_INPUT, "notification matrix: \"matrix\" is its name, 1 to 100 bytes");
    if (lf_json_kind(rows) != LF_JSON_ARRAY || !m.nrows || m.nrows > LF_MATRIX_ROWS)
        return lf_err_set(e, LF_BAD_INPUT, "notification matrix: \"rows\" is a list of 1 to %d",
                          LF_MATRIX_ROWS);
    m.rows = LF_NEW(a, struct lf_matrix_row, m.nrows);
    for (size_t i = 0; i < m.nrows; i++)
        if (read_row(lf_json_item(rows, i), &m.rows[i], e) != LF_OK)
            return lf_err_at(e, "notification matrix: row %zu", i + 1);
    *out = m;
    return LF_OK;
}

bool lf_matrix_speaks(const struct lf_matrix_row *r, enum lf_notice_kind kind, int level, char letter,
                      lf_view tier)
{
    unsigned at, which = letter >= 'A' && letter <= 'D' ? (unsigned)(letter - 'A') : 4;

    return (r->about >> kind & 1) && (r->levels >> (level < 0 || level > 4 ? 0 : level) & 1) &&
           (r->letters >> which & 1) && find(tiers, COUNT(tiers), tier, &at) && (r->tiers >> at & 1);
}
