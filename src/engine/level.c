#include "engine/level.h"

/* The table TW-2026 (資通安全事件通報應變及演練辦法 Art. 2): rows, and the level at the
 * lesser and the graver degree. */
enum row { ROW_NONCORE, ROW_CORE, ROW_CORE_CI, ROW_OFFICIAL, ROW_STATE, ROW_COUNT };
static const struct {
    const char *name;
    int lesser, graver;
} table[ROW_COUNT] = {
    { "noncore", 1, 2 },         { "core", 2, 3 },         { "core_ci", 3, 4 },
    { "official_secret", 3, 4 }, { "state_secret", 4, 4 },
};

/* Letters by gravity, so that the highest counts. */
enum letter { LETTER_NONE, LETTER_D, LETTER_C, LETTER_B, LETTER_A };
static const char *const letters[] = { NULL, "D", "C", "B", "A" };

/* Most items on one axis: far above any real incident, far below trouble. */
enum { ITEMS = 1000 };

struct ground {
    enum row row;
    const char *degree, *letter_code;
    int level;
    enum letter letter;
    bool ci_without_core, mtpd_unknown;
};

struct judged {
    int axis[3]; /* c, i, a */
    int computed;
    enum letter letter;
    bool vital;
    bool rises;
    int64_t rises_after;
    int rises_to;
};

static const char *const axes[3] = { "confidentiality", "integrity", "availability" };
static const char axis_letter[3][2] = { "c", "i", "a" };

static enum lf_code refuse(struct lf_err *e, const char *where, size_t item, const char *what)
{
    return lf_err_set(e, LF_BAD_INPUT, "answers: %s[%zu]: %s", where, item, what);
}

static bool known(lf_view key, const char *const *names)
{
    for (; *names; names++)
        if (lf_view_is(key, *names))
            return true;
    return false;
}

/* Absent is `otherwise`; anything but a boolean is refused. */
static bool get_flag(const struct lf_json *o, const char *key, bool otherwise, bool *out)
{
    const struct lf_json *v = lf_json_get(o, lf_view_of(key));

    *out = lf_json_bool(o, key, otherwise);
    return !v || lf_json_kind(v) == LF_JSON_TRUE || lf_json_kind(v) == LF_JSON_FALSE;
}

static enum lf_code judge_item(const struct lf_json *o, int axis, size_t n, struct ground *g,
                               struct lf_err *e)
{
    static const char *const of_ci[] = { "core", "ci", "secret", "degree", "what", "comment", NULL };
    static const char *const of_a[] = { "core",     "ci",   "outage_s", "mtpd_s",
                                        "restored", "what", "comment",  NULL };
    bool core, ci, restored = true, state = false;
    int64_t outage = 0, mtpd = 0;
    const struct lf_json *v;

    *g = (struct ground){ .degree = "any" };
    if (lf_json_kind(o) != LF_JSON_OBJECT)
        return refuse(e, axes[axis], n, "not an object");
    for (size_t i = 0; i < lf_json_members(o); i++)
        if (!known(lf_json_key(o, i), axis == 2 ? of_a : of_ci))
            return lf_err_set(e, LF_BAD_INPUT, "answers: %s[%zu]: unknown field \"%.*s\"", axes[axis], n,
                              LF_FMT(lf_json_key(o, i)));
    if (!get_flag(o, "core", false, &core) || !get_flag(o, "ci", false, &ci))
        return refuse(e, axes[axis], n, "core and ci are true or false");
    g->row = core ? (ci ? ROW_CORE_CI : ROW_CORE) : ROW_NONCORE;
    g->ci_without_core = ci && !core;

    if (axis < 2) {
        lf_view secret = lf_json_str(o, "secret"), degree = lf_json_str(o, "degree");
        bool graver = lf_view_is(degree, "serious");

        if (lf_json_get(o, LF_V("secret")) && !lf_view_is(secret, "none") &&
            !lf_view_is(secret, "official") && !lf_view_is(secret, "state"))
            return refuse(e, axes[axis], n, "secret is none, official or state");
        state = lf_view_is(secret, "state");
        if (state || lf_view_is(secret, "official")) {
            g->row = state ? ROW_STATE : ROW_OFFICIAL;
            g->ci_without_core = false;
        }
        v = lf_json_get(o, LF_V("degree"));
        if (v && lf_json_kind(v) == LF_JSON_NULL)
            v = NULL;
        if (v && !graver && !lf_view_is(degree, "minor"))
            return refuse(e, axes[axis], n, "degree is minor or serious");
        if (!v && !state)
            return refuse(e, axes[axis], n, "degree is needed: minor or serious");
        g->level = graver ? table[g->row].graver : table[g->row].lesser;
        g->degree = state ? "any" : graver ? "serious" : "minor";
        g->letter = g->level == 4 ? LETTER_A : g->level == 3 ? LETTER_B : LETTER_C;
        g->letter_code = state && axis == 0 ? "letter_state_secret" : "letter_proposal";
        return LF_OK;
    }

    if (!lf_json_int(o, "outage_s", &outage) || outage < 0)
        return refuse(e, axes[axis], n, "outage_s is needed: seconds, an integer from 0");
    v = lf_json_get(o, LF_V("mtpd_s"));
    g->mtpd_unknown = !v || lf_json_kind(v) == LF_JSON_NULL;
    if (!g->mtpd_unknown && (!lf_json_int(o, "mtpd_s", &mtpd) || mtpd < 0))
        return refuse(e, axes[axis], n, "mtpd_s is seconds, an integer from 0, or null");
    if (!get_flag(o, "restored", true, &restored))
        return refuse(e, axes[axis], n, "restored is true or false");
    g->degree = g->mtpd_unknown || outage > mtpd ? "beyond" : "within";
    g->level = g->degree[0] == 'b' ? table[g->row].graver : table[g->row].lesser;
    g->letter = g->level == 4   ? LETTER_A
                : g->level == 3 ? LETTER_B
                : g->level == 2 ? LETTER_C
                : outage > 3600 ? LETTER_C
                                : LETTER_D;
    g->letter_code = "letter_2001";
    return LF_OK;
}

static enum lf_code check_override(const struct lf_json *o, int64_t *level, struct lf_err *e)
{
    if (lf_json_kind(o) != LF_JSON_OBJECT || !lf_json_int(o, "level", level) || *level < 0 || *level > 4)
        return lf_err_set(e, LF_BAD_INPUT, "answers: override needs a level that is an integer from 0 to 4");
    if (!lf_json_str(o, "by").len)
        return lf_err_set(e, LF_BAD_INPUT, "answers: override needs by: who decided");
    if (lf_view_blank(lf_json_str(o, "grounds")))
        return lf_err_set(e, LF_BAD_INPUT, "answers: override needs grounds");
    return LF_OK;
}

/* An item that is still out and within: when it passes the tolerated time it is at
 * the graver level. */
static void look_ahead(const struct lf_json *o, const struct ground *g, struct judged *j)
{
    int64_t outage = 0, mtpd = 0, after;
    int to = table[g->row].graver;

    if (g->degree[0] != 'w' || lf_json_bool(o, "restored", true) || to <= j->computed)
        return;
    (void)lf_json_int(o, "outage_s", &outage);
    (void)lf_json_int(o, "mtpd_s", &mtpd);
    after = mtpd - outage + 1;
    if (j->rises && (after > j->rises_after || (after == j->rises_after && to <= j->rises_to)))
        return;
    j->rises = true;
    j->rises_after = after;
    j->rises_to = to;
}

static void write_ground(struct lf_json_w *w, int axis, size_t item, const struct ground *g)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "axis", axis_letter[axis]);
    lf_json_put_int(w, "item", (int64_t)item);
    lf_json_put_cstr(w, "row", table[g->row].name);
    lf_json_put_cstr(w, "degree", g->degree);
    lf_json_put_int(w, "level", g->level);
    lf_json_put_cstr(w, "letter", letters[g->letter]);
    lf_json_put_cstr(w, "letter_code", g->letter_code);
    lf_json_begin(w, "notes", '[');
    if (g->ci_without_core)
        lf_json_put_cstr(w, NULL, "ci_without_core");
    if (g->mtpd_unknown)
        lf_json_put_cstr(w, NULL, "mtpd_unknown");
    lf_json_close(w);
    lf_json_put_cstr(w, "status", g->level >= 3 ? "2021-text" : "verified");
    lf_json_close(w);
}

enum lf_code lf_level_judge(struct lf_arena *a, const struct lf_json *answers, struct lf_buf *b, int *level,
                            struct lf_err *e)
{
    static const char *const fields[] = {
        "confidentiality", "integrity", "availability", "vital_function", "override", "comment", NULL
    };
    const struct lf_json *list[3], *override;
    struct ground *grounds[3];
    struct judged j = { 0 };
    size_t count[3], total = 0;
    int64_t decided = 0;
    struct lf_json_w w;

    if (lf_json_kind(answers) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "answers: not an object");
    for (size_t i = 0; i < lf_json_members(answers); i++)
        if (!known(lf_json_key(answers, i), fields))
            return lf_err_set(e, LF_BAD_INPUT, "answers: unknown field \"%.*s\"",
                              LF_FMT(lf_json_key(answers, i)));
    for (int x = 0; x < 3; x++) {
        list[x] = lf_json_get(answers, lf_view_of(axes[x]));
        if (list[x] && lf_json_kind(list[x]) != LF_JSON_ARRAY)
            return lf_err_set(e, LF_BAD_INPUT, "answers: %s is not a list", axes[x]);
        count[x] = list[x] ? lf_json_items(list[x]) : 0;
        if (count[x] > ITEMS)
            return lf_err_set(e, LF_TOO_BIG, "answers: %s has more than %d items", axes[x], ITEMS);
        total += count[x];
        grounds[x] = LF_NEW(a, struct ground, count[x] + 1);
        for (size_t i = 0; i < count[x]; i++) {
            struct ground *g = &grounds[x][i];

            LF_TRY(judge_item(lf_json_item(list[x], i), x, i, g, e));
            if (g->level > j.axis[x])
                j.axis[x] = g->level;
            if (g->letter > j.letter)
                j.letter = g->letter;
        }
        if (j.axis[x] > j.computed)
            j.computed = j.axis[x];
    }
    if (!get_flag(answers, "vital_function", false, &j.vital))
        return lf_err_set(e, LF_BAD_INPUT, "answers: vital_function is true or false");
    if (j.vital && total == 0)
        return lf_err_set(e, LF_BAD_INPUT,
                          "answers: vital_function needs at least one item that says what happened");
    if (j.vital)
        j.letter = LETTER_A;
    for (size_t i = 0; i < count[2]; i++)
        look_ahead(lf_json_item(list[2], i), &grounds[2][i], &j);
    override = lf_json_get(answers, LF_V("override"));
    if (override && lf_json_kind(override) == LF_JSON_NULL)
        override = NULL;
    if (override)
        LF_TRY(check_override(override, &decided, e));

    *level = override ? (int)decided : j.computed;
    w = lf_json_w(b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "table", "TW-2026");
    lf_json_put_int(&w, "level", *level);
    lf_json_put_int(&w, "computed_level", j.computed);
    lf_json_put_bool(&w, "major", *level >= 3);
    for (int x = 0; x < 3; x++)
        lf_json_put_int(&w, axis_letter[x], j.axis[x]);
    if (j.letter)
        lf_json_put_cstr(&w, "letter", letters[j.letter]);
    else
        lf_json_put_null(&w, "letter");
    lf_json_put_bool(&w, "vital_function", j.vital);
    if (j.rises) {
        lf_json_begin(&w, "rises", '{');
        lf_json_put_int(&w, "after_s", j.rises_after);
        lf_json_put_int(&w, "level", j.rises_to);
        lf_json_close(&w);
    } else {
        lf_json_put_null(&w, "rises");
    }
    if (override) {
        lf_json_begin(&w, "override", '{');
        lf_json_put_int(&w, "level", decided);
        lf_json_put_str(&w, "by", lf_json_str(override, "by"));
        lf_json_put_str(&w, "grounds", lf_json_str(override, "grounds"));
        lf_json_close(&w);
    } else {
        lf_json_put_null(&w, "override");
    }
    lf_json_begin(&w, "grounds", '[');
    for (int x = 0; x < 3; x++)
        for (size_t i = 0; i < count[x]; i++)
            write_ground(&w, x, i, &grounds[x][i]);
    lf_json_close(&w);
    lf_json_close(&w);
    return lf_buf_done(b, e);
}
