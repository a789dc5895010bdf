/* The flow chart of reporting and response (通報應變流程圖), as a page and as a picture of its own: drawn
 * from the transition tables of the engine and the clocks of the rule set in force, so that it says what the
 * program does.  Each state is a bar across the lanes of who acts; below it stand the acts that lead on from
 * it, each with who, and with the legal clocks that it stops; a wire at the right leads each to the state
 * that follows. The same stands below the picture as lists, for who does not see it. */
#include "cert/clock_rules.h"
#include "cert/incident.h"
#include "web/page_priv.h"

enum {
    LANES = 3,
    LANE = 240, /* units of the picture: widths, heights and places */
    LEFT = 8,
    RIGHT = LEFT + LANES * LANE,
    WIRE = 14,
    STATES = 6,
    WIDE = RIGHT + (STATES + 1) * WIRE,
    LINE = 18,
    BAR = 28,
    GAP = 8,
    UNIT = 7, /* a narrow character; a Chinese one is two */
    WHO = 3,
    LINES = 24,  /* of text in one box */
    CLOCKS = 64, /* of a rule set */
    FLOW_BYTES = 1 << 20,
};

struct flow {
    struct rq *r;
    const struct lf_json *clocks;     /* of the set in force */
    const struct lf_incident_full *x; /* whose place is marked; NULL: none */
};

static const struct {
    const char *name;
    unsigned bit;
    unsigned lanes; /* bits */
} roles[] = {
    { "reporter", LF_BY_REPORTER, 1 },
    { "system", LF_BY_SYSTEM, 0 },
    { "reviewer", LF_BY_REVIEWER, 2 },
    { "national", LF_BY_NATION, 4 },
};
#define COUNT(x) (sizeof(x) / sizeof(x)[0])

static const char *state_name(bool handling, size_t state)
{
    return handling ? lf_handling_name((enum lf_handling)state) : lf_review_name((enum lf_review)state);
}

static bool is_here(const struct flow *f, bool handling, size_t state)
{
    return f->x && (handling ? (size_t)f->x->state.handling : (size_t)f->x->state.review) == state;
}

/* ---- words ---- */

static lf_view kind_word(const struct rq *r, lf_view kind)
{
    static const struct {
        const char *kind;
        enum lf_text text;
    } words[] = {
        { "reported", LF_T_DO_REPORT },
        { "supplemented", LF_T_DO_SUPPLEMENT },
        { "controlled", LF_T_DO_CONTROLLED },
        { "recovered", LF_T_DO_RECOVERED },
        { "final_submitted", LF_T_DO_FINAL },
        { "returned", LF_T_DO_RETURN },
        { "closed", LF_T_DO_CLOSE },
        { "forwarded", LF_T_FLOW_FORWARD },
        { "level_effective", LF_T_FLOW_LEVEL },
    };

    for (size_t i = 0; i < COUNT(words); i++)
        if (lf_view_is(kind, words[i].kind))
            return text(r, words[i].text);
    return named(r, kind);
}

static lf_view joined(const struct rq *r, lf_view list, lf_view more)
{
    return !list.len ? more
                     : lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(list),
                                       r->lang == LF_LANG_ZH ? "、" : ", ", LF_FMT(more));
}

static lf_view who_words(const struct rq *r, unsigned who)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < COUNT(roles); i++)
        if (who & roles[i].bit)
            out = joined(r, out, role_word(r, lf_view_of(roles[i].name)));
    return out;
}

/* Who may, in one line, or one for levels 1 and 2 and one for 3 and 4; and what the other track must have
 * come to. */
static size_t say_who(const struct rq *r, const struct lf_incident_arrow *x, lf_view out[WHO])
{
    size_t n = 0;
    const struct lf_text_value minor[] = { { "who", who_words(r, x->who) } },
                               major[] = { { "who", who_words(r, x->who_major) } };
    bool same = x->who == x->who_major;

    out[n++] = lf_text_fill(r->t->a, same ? LF_T_FLOW_WHO : LF_T_FLOW_WHO_MINOR, r->lang, minor, 1);
    if (!same)
        out[n++] = lf_text_fill(r->t->a, LF_T_FLOW_WHO_MAJOR, r->lang, major, 1);
    if (x->needs >= 0)
        out[n++] = fill1(r, LF_T_FLOW_NEEDS, "state",
                         named(r, lf_view_of(lf_review_name((enum lf_review)x->needs))));
    return n;
}

static lf_view words_of(const struct rq *r, const struct lf_json *names, lf_view otherwise)
{
    lf_view v = lf_json_str(names, r->lang == LF_LANG_ZH ? "zh" : "en");

    return v.len ? v : otherwise;
}

/* "8 hours", "1 month"; a limit without a number is as the request says. */
static lf_view limit_words(const struct rq *r, const struct lf_json *limit)
{
    int64_t n;

    if (lf_json_int(limit, "months", &n))
        return fill1(r, LF_T_FLOW_MONTHS, "n", number(r, n));
    if (!lf_json_int(limit, "seconds", &n))
        return text(r, LF_T_FLOW_NO_LIMIT);
    if (n % 3600 == 0)
        return fill1(r, LF_T_FLOW_HOURS, "n", number(r, n / 3600));
    return n % 60 == 0 ? fill1(r, LF_T_FLOW_MINUTES, "n", number(r, n / 60))
                       : fill1(r, LF_T_FLOW_SECONDS, "n", number(r, n));
}

/* All its limits, with the levels where they are not the same for all four. */
static lf_view times_words(const struct rq *r, const struct lf_json *clock)
{
    const struct lf_json *limits = lf_json_get(clock, LF_V("limits"));
    lf_view out = LF_V("");

    for (size_t i = 0; i < lf_json_items(limits); i++) {
        const struct lf_json *limit = lf_json_item(limits, i), *at = lf_json_get(limit, LF_V("levels"));
        lf_view levels = LF_V(""), one = limit_words(r, limit);

        for (size_t k = 0; k < lf_json_items(at) && k < 4; k++)
            levels = joined(r, levels, lf_json_text(lf_json_item(at, k)));
        if (levels.len && lf_json_items(at) < 4) {
            const struct lf_text_value v[] = { { "levels", levels }, { "time", one } };

            one = lf_text_fill(r->t->a, LF_T_FLOW_LEVELS, r->lang, v, 2);
        }
        out = joined(r, out, one);
    }
    return out;
}

static lf_view clock_words(const struct rq *r, const struct lf_json *clock)
{
    const struct lf_text_value v[] = {
        { "clock", lf_json_str(clock, "id") },
        { "name", words_of(r, lf_json_get(clock, LF_V("names")), lf_json_str(clock, "id")) },
        { "times", times_words(r, clock) },
    };

    return lf_text_fill(r->t->a, LF_T_FLOW_CLOCK, r->lang, v, 3);
}

static bool has(const struct lf_json *list, lf_view word)
{
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_eq(lf_json_text(lf_json_item(list, i)), word))
            return true;
    return false;
}

/* Whether the clock is stopped by this act of one of these roles. */
static bool stops(const struct lf_json *clock, lf_view kind, unsigned who)
{
    const struct lf_json *rules = lf_json_get(clock, LF_V("stop"));

    for (size_t i = 0; i < lf_json_items(rules); i++) {
        const struct lf_json *rule = lf_json_item(rules, i),
                             *by = lf_json_get(lf_json_get(rule, LF_V("where")), LF_V("by"));
        bool fits = lf_json_kind(by) != LF_JSON_ARRAY;

        for (size_t k = 0; k < COUNT(roles); k++)
            fits |= (who & roles[k].bit) && has(by, lf_view_of(roles[k].name));
        if (fits && has(lf_json_get(rule, LF_V("on")), kind))
            return true;
    }
    return false;
}

static lf_view kinds_words(const struct rq *r, const struct lf_json *rules)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < lf_json_items(rules); i++) {
        const struct lf_json *on = lf_json_get(lf_json_item(rules, i), LF_V("on"));

        for (size_t k = 0; k < lf_json_items(on); k++)
            out = joined(r, out, kind_word(r, lf_json_text(lf_json_item(on, k))));
    }
    return out;
}

/* ---- what leads on from a state ---- */

static bool next_act(bool handling, size_t state, size_t *at, struct lf_incident_arrow *out)
{
    while (lf_incident_arrow((*at)++, out))
        if (out->handling == handling && out->to >= 0 && (out->from & 1u << state))
            return true;
    return false;
}

/* The lanes of who may; what the system does by itself stands with the tier that its clock is judged at. */
static unsigned lanes_of(const struct flow *f, const struct lf_incident_arrow *x)
{
    static const char *const tiers[LANES] = { "provider", "sector", "nation" };
    unsigned who = x->who | x->who_major, lanes = 0;

    for (size_t i = 0; i < COUNT(roles); i++)
        lanes |= who & roles[i].bit ? roles[i].lanes : 0;
    for (size_t i = 0; !lanes && i < lf_json_items(f->clocks); i++)
        for (size_t k = 0; k < LANES; k++)
            if (stops(lf_json_item(f->clocks, i), lf_view_of(x->kind), who) &&
                lf_view_is(lf_json_str(lf_json_item(f->clocks, i), "judged_at"), tiers[k]))
                lanes = 1u << k;
    return lanes ? lanes : 1;
}

/* ---- the picture ---- */

/* Cuts at blanks, or between Chinese characters, into lines of so many narrow ones. */
static void wrap(lf_view v, size_t units, lf_view *out, size_t *n)
{
    while (v.len && *n < LINES) {
        size_t i = 0, used = 0, cut = 0;

        while (i < v.len) {
            size_t len = lf_utf8_len(v.ptr[i]), width = len > 1 ? 2 : 1;

            len = len && i + len <= v.len ? len : 1;
            if (used + width > units)
                break;
            used += width;
            i += len;
            if (width == 2 || v.ptr[i - 1] == ' ')
                cut = i;
        }
        if (i < v.len && cut)
            i = cut;
        out[(*n)++] = lf_view_trim(lf_view_first(v, i ? i : 1));
        v = lf_view_from(v, i ? i : 1);
    }
}

static void put_bar(const struct flow *f, struct lf_buf *b, bool handling, size_t state, int y)
{
    const struct rq *r = f->r;
    lf_view name = named(r, lf_view_of(state_name(handling, state)));
    bool here = is_here(f, handling, state);

    lf_html(b,
            "<g class=\"%\"><rect x=\"%\" y=\"%\" width=\"%\" height=\"%\" rx=\"6\" fill=\"%\" stroke=\"%\" "
            "stroke-width=\"%\"/><text x=\"%\" y=\"%\" fill=\"#ffffff\" font-weight=\"bold\">%</text></g>",
            LF_HC(here ? "state here" : "state"), V(number(r, LEFT)), V(number(r, y)),
            V(number(r, RIGHT - LEFT)), V(number(r, BAR)), LF_HC("#0b5a73"),
            LF_HC(here ? "#b45309" : "#0b5a73"), LF_HC(here ? "4" : "1"), V(number(r, LEFT + 12)),
            V(number(r, y + 19)), V(here ? fill1(r, LF_T_FLOW_HERE, "state", name) : name));
}

/* One act; its height. */
static int put_act(const struct flow *f, struct lf_buf *b, const struct lf_incident_arrow *x, int y,
                   int *right)
{
    const struct rq *r = f->r;
    unsigned lanes = lanes_of(f, x);
    int first = lanes & 1 ? 0 : lanes & 2 ? 1 : 2, last = lanes & 4 ? 2 : lanes & 2 ? 1 : 0;
    int left = LEFT + first * LANE + 10, wide = (last - first + 1) * LANE - 20, tall;
    size_t units = (size_t)(wide - 20) / UNIT, n = 0, title;
    lf_view lines[LINES], who[WHO];

    wrap(kind_word(r, lf_view_of(x->kind)), units, lines, &n);
    title = n;
    for (size_t i = 0, k = say_who(r, x, who); i < k; i++)
        wrap(who[i], units, lines, &n);
    for (size_t i = 0; i < lf_json_items(f->clocks); i++)
        if (stops(lf_json_item(f->clocks, i), lf_view_of(x->kind), x->who | x->who_major))
            wrap(clock_words(r, lf_json_item(f->clocks, i)), units, lines, &n);
    tall = (int)n * LINE + 12;
    lf_html(b,
            "<g class=\"act\"><rect x=\"%\" y=\"%\" width=\"%\" height=\"%\" rx=\"4\" fill=\"#eaeef2\" "
            "stroke=\"#8a97a3\"/>",
            V(number(r, left)), V(number(r, y)), V(number(r, wide)), V(number(r, tall)));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<text x=\"%\" y=\"%\"%>%</text>", V(number(r, left + 10)),
                V(number(r, y + 19 + (int)i * LINE)),
                LF_RAW(i < title ? LF_V(" font-weight=\"bold\"") : LF_V("")), V(lines[i]));
    LF_PUT(b, "</g>");
    *right = left + wide;
    return tall;
}

struct wire {
    int top, bottom; /* 0: none of it yet */
    int bar;         /* middle of the state's bar */
};

static void reach(struct wire *w, int y)
{
    w->top = !w->top || y < w->top ? y : w->top;
    w->bottom = y > w->bottom ? y : w->bottom;
}

/* One track from state to state; the height. */
static int put_track(const struct flow *f, struct lf_buf *b, bool handling, int y)
{
    const struct rq *r = f->r;
    struct wire wires[STATES] = { { 0 } };

    for (size_t state = 0; state < STATES; state++) {
        struct lf_incident_arrow x;
        size_t at = 0;

        wires[state].bar = y + BAR / 2;
        put_bar(f, b, handling, state, y);
        y += BAR + GAP;
        while (next_act(handling, state, &at, &x)) {
            int right, tall = put_act(f, b, &x, y, &right), middle = y + tall / 2;
            int wire = RIGHT + (x.to + 1) * WIRE;

            lf_html(
                b,
                "<path class=\"wire\" d=\"M% %H%\" fill=\"none\" stroke=\"#4c5b69\"/><circle class=\"joint\" "
                "cx=\"%\" cy=\"%\" r=\"3\" fill=\"#4c5b69\"/>",
                V(number(r, right)), V(number(r, middle)), V(number(r, wire)), V(number(r, wire)),
                V(number(r, middle)));
            reach(&wires[x.to], middle);
            y += tall + GAP;
        }
        y += GAP;
    }
    for (size_t state = 0; state < STATES; state++) {
        struct wire *w = &wires[state];
        int at = RIGHT + ((int)state + 1) * WIRE;

        if (!w->top)
            continue;
        reach(w, w->bar);
        lf_html(
            b,
            "<path class=\"wire\" d=\"M% %V%M% %H%\" fill=\"none\" stroke=\"#4c5b69\"/><path class=\"joint\" "
            "d=\"M% %l8 -5v10z\" fill=\"#4c5b69\"/>",
            V(number(r, at)), V(number(r, w->top)), V(number(r, w->bottom)), V(number(r, at)),
            V(number(r, w->bar)), V(number(r, RIGHT + 2)), V(number(r, RIGHT + 2)), V(number(r, w->bar)));
    }
    return y;
}

/* As SVG with colours of its own, which the console's style sheet replaces by those of its theme. */
static void put_picture(const struct flow *f, struct lf_buf *b, bool handling)
{
    static const enum lf_text heads[LANES] = { LF_T_FLOW_LANE_REPORTER, LF_T_FLOW_LANE_SECTOR,
                                               LF_T_FLOW_LANE_NATION };
    const struct rq *r = f->r;
    struct lf_buf inner;
    int tall;

    lf_buf_init(&inner, FLOW_BYTES);
    tall = put_track(f, &inner, handling, 40);
    lf_html(
        b,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flow\" role=\"img\" width=\"%\" height=\"%\" "
        "viewBox=\"0 0 % %\"><title>%</title><rect class=\"ground\" width=\"%\" height=\"%\" "
        "fill=\"#ffffff\"/><g fill=\"#17212b\" font-family=\"'Noto Sans TC','Noto Sans CJK TC',sans-serif\" "
        "font-size=\"13\">",
        V(number(r, WIDE)), V(number(r, tall)), V(number(r, WIDE)), V(number(r, tall)),
        V(text(r, handling ? LF_T_FLOW_HANDLING : LF_T_FLOW_REVIEW)), V(number(r, WIDE)), V(number(r, tall)));
    for (int i = 0; i < LANES; i++)
        lf_html(b,
                "<rect class=\"lane\" x=\"%\" y=\"4\" width=\"%\" height=\"%\" fill=\"none\" "
                "stroke=\"#d5dce3\"/><text "
                "x=\"%\" y=\"24\" font-weight=\"bold\" text-anchor=\"middle\">%</text>",
                V(number(r, LEFT + i * LANE)), V(number(r, LANE)), V(number(r, tall - 8)),
                V(number(r, LEFT + i * LANE + LANE / 2)), V(text(r, heads[i])));
    lf_buf_put(b, lf_buf_view(&inner));
    lf_buf_clear(&inner);
    LF_PUT(b, "</g></svg>");
}

/* ---- the same in words ---- */

static void put_steps(const struct flow *f, struct lf_buf *b, bool handling)
{
    const struct rq *r = f->r;

    LF_PUT(b, "<ol class=\"steps\">");
    for (size_t state = 0; state < STATES; state++) {
        const char *name = state_name(handling, state);
        struct lf_incident_arrow x;
        size_t at = 0;

        lf_html(b, "<li data-state=\"%\"%><strong>%</strong><ul>", LF_HC(name),
                LF_RAW(is_here(f, handling, state) ? LF_V(" aria-current=\"step\"") : LF_V("")),
                V(is_here(f, handling, state) ? fill1(r, LF_T_FLOW_HERE, "state", named(r, lf_view_of(name)))
                                              : named(r, lf_view_of(name))));
        while (next_act(handling, state, &at, &x)) {
            lf_view to = lf_view_of(state_name(handling, (size_t)x.to)), who[WHO];
            const struct lf_text_value v[] = { { "act", kind_word(r, lf_view_of(x.kind)) },
                                               { "state", named(r, to) } };

            lf_html(b, "<li data-act=\"%\" data-to=\"%\">%", LF_HC(x.kind), V(to),
                    V(lf_text_fill(r->t->a, LF_T_FLOW_LEADS, r->lang, v, 2)));
            for (size_t i = 0, n = say_who(r, &x, who); i < n; i++)
                lf_html(b, "<br>%", V(who[i]));
            for (size_t i = 0; i < lf_json_items(f->clocks); i++)
                if (stops(lf_json_item(f->clocks, i), lf_view_of(x.kind), x.who | x.who_major))
                    lf_html(b, "<br>%", V(clock_words(r, lf_json_item(f->clocks, i))));
            LF_PUT(b, "</li>");
        }
        LF_PUT(b, "</ul></li>");
    }
    LF_PUT(b, "</ol>");
}

static void put_clocks(const struct flow *f, struct lf_buf *b)
{
    const struct rq *r = f->r;

    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(FLOW_CLOCKS), T(CLOCK_ONE), T(FLOW_TIME), T(FLOW_FROM), T(FLOW_UNTIL));
    for (size_t i = 0; i < lf_json_items(f->clocks); i++) {
        const struct lf_json *c = lf_json_item(f->clocks, i);

        lf_html(b,
                "<tr data-clock=\"%\"><td data-label=\"%\">% %</td><td data-label=\"%\">%</td><td "
                "data-label=\"%\">%</td>"
                "<td data-label=\"%\">%</td></tr>",
                V(lf_json_str(c, "id")), T(CLOCK_ONE), V(lf_json_str(c, "id")),
                V(words_of(r, lf_json_get(c, LF_V("names")), LF_V(""))), T(FLOW_TIME), V(times_words(r, c)),
                T(FLOW_FROM), V(kinds_words(r, lf_json_get(c, LF_V("start")))), T(FLOW_UNTIL),
                V(kinds_words(r, lf_json_get(c, LF_V("stop")))));
    }
    LF_PUT(b, "</tbody></table>");
}

/* ---- pages ---- */

static enum lf_code prepare(struct rq *r, struct flow *f, struct lf_incident_full *x, lf_view *law)
{
    lf_view incident = lf_view_some(query(r, "incident"));
    const struct lf_json *set;

    *f = (struct flow){ .r = r };
    if (incident.len) {
        LF_TRY(lf_incident_get(r->t, incident, x, r->e));
        f->x = x;
    }
    LF_TRY(lf_incident_clock_set(r->t, f->x, &set, r->e));
    f->clocks = lf_json_get(set, LF_V("clocks"));
    *law = words_of(r, lf_json_get(set, LF_V("names")), lf_json_str(set, "ruleset"));
    return LF_OK;
}

/* The one whose place is marked, for links from the page to its pictures. */
static lf_view marked(const struct flow *f)
{
    return f->x ? lf_arena_printf(f->r->t->a, "&incident=%.*s", LF_FMT(f->x->row.id)) : LF_V("");
}

enum lf_code page_flow(struct rq *r)
{
    static const enum lf_text titles[] = { LF_T_FLOW_REVIEW, LF_T_FLOW_HANDLING };
    static const char *const tracks[] = { "review", "handling" };
    struct lf_incident_full x;
    struct flow f;
    struct lf_buf b;
    lf_view law;

    LF_TRY(prepare(r, &f, &x, &law));
    begin_page(r, &b, text(r, LF_T_FLOW), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1>", T(FLOW));
    if (f.x)
        lf_html(&b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/incidents/", x.row.id, "")),
                V(x.row.title.len ? title_text(r, x.row.title) : x.row.id));
    lf_html(&b, "</div><p>%</p>", V(fill1(r, LF_T_FLOW_LEAD, "law", law)));
    if (f.x && x.state.exercise)
        put_exercise_banner(r, &b, &x.state.exercise_of);
    for (int i = 0; i < 2; i++) {
        lf_html(&b,
                "<section class=\"panel\"><h2>%</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                "aria-label=\"%\">",
                V(text(r, titles[i])), V(text(r, titles[i])));
        put_picture(&f, &b, i == 1);
        lf_html(&b,
                "</div><p class=\"no-print\"><a href=\"/flow.svg?track=%\" download>%</a></p><details "
                "open><summary>%</summary>",
                V(lf_arena_printf(r->t->a, "%s%.*s", tracks[i], LF_FMT(marked(&f)))), T(FLOW_DOWNLOAD),
                T(FLOW_IN_WORDS));
        put_steps(&f, &b, i == 1);
        LF_PUT(&b, "</details></section>");
    }
    LF_PUT(&b, "<section class=\"panel\">");
    put_clocks(&f, &b);
    lf_html(&b, "<p class=\"quiet\">%</p></section>", T(FLOW_NOTE));
    return end_page(r, &b, 200);
}

enum lf_code page_flow_svg(struct rq *r)
{
    lf_view track = query(r, "track"), law;
    bool handling = lf_view_is(track, "handling");
    struct lf_incident_full x;
    struct flow f;
    struct lf_buf b;
    enum lf_code rc;

    if (track.len && !handling && !lf_view_is(track, "review"))
        return lf_err_set(r->e, LF_BAD_INPUT, "track is review or handling");
    LF_TRY(prepare(r, &f, &x, &law));
    lf_buf_init(&b, FLOW_BYTES);
    LF_PUT(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    put_picture(&f, &b, handling);
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK)
        answer_file(r, "image/svg+xml", handling ? LF_V("response-flow.svg") : LF_V("report-flow.svg"),
                    lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return rc;
}
