/* Steps of playbooks and of recovery procedures in the console: as a checklist, and as groups of fields, one
 * for each step and some empty ones, whose order is by their numbers. */
#include "web/page_step.h"

/* ---- as a checklist ---- */

/* In the largest unit that says it exactly; hours below a week, as the law has them. */
static lf_view limit_text(struct rq *r, const struct lf_playbook_step *s, bool recovery)
{
    static const struct {
        lf_time unit;
        enum lf_text aware, applied, down;
    } units[] = { { LF_DAY, LF_T_PB_DAYS_AWARE, LF_T_PB_DAYS_APPLIED, LF_T_RC_DAYS_DOWN },
                  { LF_HOUR, LF_T_PB_HOURS_AWARE, LF_T_PB_HOURS_APPLIED, LF_T_RC_HOURS_DOWN },
                  { LF_MINUTE, LF_T_PB_MINUTES_AWARE, LF_T_PB_MINUTES_APPLIED, LF_T_RC_MINUTES_DOWN } };
    size_t i = 0;

    if (s->due < 7 * LF_DAY)
        i++;
    while (i < 2 && s->due % units[i].unit)
        i++;
    return fill1(r,
                 recovery          ? units[i].down
                 : s->from_applied ? units[i].applied
                                   : units[i].aware,
                 "n", number(r, s->due / units[i].unit));
}

void put_steps(struct rq *r, struct lf_buf *b, const struct lf_playbook_step *steps, size_t n, bool recovery)
{
    for (int phase = 0; phase < LF_TASK_PHASES; phase++) {
        bool open = false;

        for (size_t i = 0; i < n; i++) {
            const struct lf_playbook_step *s = &steps[i];

            if ((int)s->phase != phase)
                continue;
            if (!open)
                lf_html(b, "<h3>%</h3><ul class=\"plain-list\">",
                        V(text(r, task_phase_text((unsigned)phase))));
            open = true;
            lf_html(b, "<li class=\"wrap\">%", V(r->lang == LF_LANG_EN ? s->en : s->zh));
            if (s->due)
                lf_html(b, " <span class=\"quiet\">%</span>", V(limit_text(r, s, recovery)));
            if (s->who.len)
                lf_html(b, " <span class=\"quiet\">%</span>", V(fill1(r, LF_T_PB_DONE_BY, "who", s->who)));
            if (s->article.len)
                lf_html(b, " <a href=\"%\">%</a>", V(path2(r, "/articles/", s->article, "")), T(PB_READ));
            LF_PUT(b, "</li>");
        }
        if (open)
            LF_PUT(b, "</ul>");
    }
}

lf_view step_limit(struct rq *r, const struct lf_playbook_step *s, bool recovery)
{
    return s->due ? limit_text(r, s, recovery) : LF_V("");
}

/* ---- as rows of a form ---- */

lf_view step_span(struct rq *r, lf_time due)
{
    static const struct {
        lf_time unit;
        char sign;
    } units[] = { { LF_DAY, 'd' }, { LF_HOUR, 'h' }, { LF_MINUTE, 'm' } };
    size_t i = 0;

    if (!due)
        return LF_V("");
    while (i < 2 && due % units[i].unit)
        i++;
    return lf_arena_printf(r->t->a, "%lld%c", (long long)(due / units[i].unit), units[i].sign);
}

void step_rows_of(struct rq *r, struct step_rows *x, const struct lf_playbook_step *steps, size_t n)
{
    x->n = n;
    for (size_t i = 0; i < n; i++) {
        const struct lf_playbook_step *s = &steps[i];

        x->rows[i] = (struct step_row){ .id = s->id,
                                        .place = number(r, (int64_t)i + 1),
                                        .phase = lf_view_of(lf_task_phase_name(s->phase)),
                                        .zh = s->zh,
                                        .en = s->en,
                                        .due = step_span(r, s->due),
                                        .from = lf_view_of(s->from_applied ? "applied" : "aware"),
                                        .who = s->who,
                                        .article = s->article };
    }
}

static lf_view of_step(struct rq *r, const char *name, size_t i)
{
    return lf_view_trim(lf_view_some(field(r, lf_arena_printf(r->t->a, "%s.%zu%c", name, i, 0).ptr)));
}

void step_rows_typed(struct rq *r, struct step_rows *x)
{
    for (size_t i = 0; i < LF_PLAYBOOK_STEPS + STEP_EMPTY; i++) {
        struct step_row one = { .id = of_step(r, "step", i),
                                .place = of_step(r, "place", i),
                                .phase = of_step(r, "phase", i),
                                .zh = of_step(r, "zh", i),
                                .en = of_step(r, "en", i),
                                .due = of_step(r, "due", i),
                                .from = of_step(r, "from", i),
                                .who = of_step(r, "who", i),
                                .article = of_step(r, "article", i) };

        if (one.zh.len || one.en.len)
            x->rows[x->n++] = one;
    }
}

/* By the numbers that people gave; what has none keeps its place after those. */
static int by_place(const void *x, const void *y)
{
    const struct step_row *a = x, *b = y;
    int64_t m = INT64_MAX, n = INT64_MAX;

    (void)(lf_view_i64(a->place, &m), lf_view_i64(b->place, &n));
    return m < n ? -1 : m > n;
}

static void sort_rows(struct step_rows *f)
{
    for (size_t i = 1; i < f->n; i++) /* stable, and short */
        for (size_t k = i; k && by_place(&f->rows[k - 1], &f->rows[k]) > 0; k--) {
            struct step_row swap = f->rows[k];

            f->rows[k] = f->rows[k - 1];
            f->rows[k - 1] = swap;
        }
}

static bool has_id(const struct step_rows *f, lf_view id)
{
    for (size_t i = 0; i < f->n; i++)
        if (lf_view_eq(f->rows[i].id, id))
            return true;
    return false;
}

static void name_steps(struct rq *r, struct step_rows *f)
{
    size_t next = 1;

    for (size_t i = 0; i < f->n; i++)
        while (!f->rows[i].id.len) {
            lf_view id = lf_arena_printf(r->t->a, "step-%zu", next++);

            if (!has_id(f, id))
                f->rows[i].id = id;
        }
}

void step_rows_json(struct rq *r, struct lf_json_w *w, struct step_rows *f, bool recovery)
{
    sort_rows(f);
    name_steps(r, f);
    lf_json_begin(w, "steps", '[');
    for (size_t i = 0; i < f->n; i++) {
        const struct step_row *x = &f->rows[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "id", x->id);
        lf_json_put_str(w, "phase", x->phase);
        lf_json_put_str(w, "zh", x->zh);
        lf_json_put_str(w, "en", x->en);
        if (x->due.len) {
            lf_json_put_str(w, "due", x->due);
            if (!recovery)
                lf_json_put_str(w, "from", x->from);
        }
        if (x->who.len)
            lf_json_put_str(w, "who", x->who);
        if (x->article.len)
            lf_json_put_str(w, "article", x->article);
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void put_input(struct rq *r, struct lf_buf *b, const char *name, size_t i, enum lf_text label,
                      lf_view value, const char *more)
{
    lf_view key = lf_arena_printf(r->t->a, "%s.%zu", name, i);

    lf_html(b, "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" value=\"%\"%></p>", V(key),
            V(text(r, label)), V(key), V(key), V(value), LF_RAW(lf_view_of(more)));
}

static void put_option(struct lf_buf *b, const char *value, lf_view now, lf_view label)
{
    lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(value),
            LF_RAW(lf_view_is(now, value) ? LF_V(" selected") : LF_V("")), V(label));
}

static void put_from(struct rq *r, struct lf_buf *b, const struct step_row *x, size_t i)
{
    lf_view key = lf_arena_printf(r->t->a, "from.%zu", i);

    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"%\">", V(key), T(PB_FROM), V(key),
            V(key));
    put_option(b, "aware", x->from, text(r, LF_T_PB_FROM_AWARE));
    put_option(b, "applied", x->from, text(r, LF_T_PB_FROM_APPLIED));
    LF_PUT(b, "</select></p>");
}

static void put_step(struct rq *r, struct lf_buf *b, const struct step_row *x, size_t i, bool empty,
                     bool recovery)
{
    lf_view key;

    lf_html(
        b,
        "<fieldset><legend>%</legend><input type=\"hidden\" name=\"step.%\" value=\"%\"><div class=\"row\">",
        V(empty ? text(r, LF_T_PB_STEP_NEW) : fill1(r, LF_T_PB_STEP, "n", number(r, (int64_t)i + 1))),
        V(number(r, (int64_t)i)), V(x->id));
    put_input(r, b, "place", i, LF_T_PB_PLACE, x->place, " type=\"number\" min=\"1\" max=\"999\"");
    key = lf_arena_printf(r->t->a, "phase.%zu", i);
    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"%\">", V(key), T(TASK_PHASE), V(key),
            V(key));
    for (unsigned p = 0; p < LF_TASK_PHASES; p++)
        put_option(b, lf_task_phase_name((enum lf_task_phase)p), x->phase, text(r, task_phase_text(p)));
    LF_PUT(b, "</select></p>");
    put_input(r, b, "due", i, LF_T_PB_DUE, x->due, " maxlength=\"8\" aria-describedby=\"due-hint\"");
    put_input(r, b, "who", i, LF_T_PB_WHO, x->who, " maxlength=\"66\"");
    if (!recovery)
        put_from(r, b, x, i);
    LF_PUT(b, "</div>");
    put_input(r, b, "zh", i, LF_T_PB_STEP_ZH, x->zh, " maxlength=\"200\" lang=\"zh-TW\"");
    put_input(r, b, "en", i, LF_T_PB_STEP_EN, x->en, " maxlength=\"200\" lang=\"en\"");
    put_input(r, b, "article", i, LF_T_PB_ARTICLE, x->article,
              " maxlength=\"36\" spellcheck=\"false\" aria-describedby=\"article-hint\"");
    LF_PUT(b, "</fieldset>");
}

void put_step_rows(struct rq *r, struct lf_buf *b, const struct step_rows *f, bool recovery)
{
    const struct step_row none = { .phase = recovery ? LF_V("recover") : LF_V("contain"),
                                   .from = LF_V("applied") };

    lf_html(b,
            "<h2>%</h2><p class=\"hint\">%</p><p class=\"hint\" id=\"due-hint\">%</p><p class=\"hint\" "
            "id=\"article-hint\">%</p>",
            T(PB_STEPS), T(PB_STEPS_HINT), V(text(r, recovery ? LF_T_RC_DUE_HINT : LF_T_PB_DUE_HINT)),
            T(PB_ARTICLE_HINT));
    for (size_t i = 0; i < f->n + STEP_EMPTY && i < LF_PLAYBOOK_STEPS + STEP_EMPTY; i++)
        put_step(r, b, i < f->n ? &f->rows[i] : &none, i, i >= f->n, recovery);
}
