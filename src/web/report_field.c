#include "web/report_field.h"

enum { RADIOS = 4 };

static const enum lf_text trouble_words[] = {
    [LF_FORM_MISSING] = LF_T_FORM_MISSING,   [LF_FORM_UNKNOWN] = LF_T_FORM_UNKNOWN,
    [LF_FORM_KIND] = LF_T_FORM_KIND,         [LF_FORM_NO_CHOICE] = LF_T_FORM_NO_CHOICE,
    [LF_FORM_TOO_LONG] = LF_T_FORM_TOO_LONG, [LF_FORM_NO_TIME] = LF_T_FORM_NO_TIME,
    [LF_FORM_FUTURE] = LF_T_FORM_FUTURE,     [LF_FORM_LATE] = LF_T_FORM_LATE,
};

static enum lf_form_trouble trouble_of(const struct report_page *p, lf_view field)
{
    for (size_t i = 0; i < p->ntroubles; i++)
        if (lf_view_eq(p->troubles[i].field, field))
            return p->troubles[i].what;
    return LF_FORM_FINE;
}

static lf_view posted(struct rq *r, lf_view name)
{
    return lf_view_some(field(r, lf_arena_cstr(r->t->a, name)));
}

/* The boxes of one question have one name. */
static bool box_posted(struct rq *r, const struct lf_form_field *x, lf_view choice)
{
    return lf_http_field_has(r->t->a, r->form, lf_arena_cstr(r->t->a, x->id), choice);
}

/* What stands in the field: as typed, or the value as a browser's field wants it. */
static lf_view shown(struct rq *r, const struct report_page *p, const struct lf_form_field *x)
{
    const struct lf_json *filled = lf_json_get(p->values, x->id);
    lf_view v = lf_json_kind(filled) == LF_JSON_NULL ? LF_V("") : lf_json_text(filled); /* null: emptied */
    lf_time t;

    if (p->posted)
        return posted(r, x->id);
    if (x->type == LF_FORM_YESNO)
        return lf_view_is(v, "true") ? LF_V("1") : LF_V("");
    if (x->type == LF_FORM_TIME && lf_time_parse(v, &t, NULL) == LF_OK)
        return moment_shown(r, t, false);
    return v.len || filled ? v : lf_view_some(x->otherwise);
}

static bool ticked(struct rq *r, const struct report_page *p, const struct lf_form_field *x, lf_view choice)
{
    const struct lf_json *list = lf_json_get(p->values, x->id);

    if (p->posted)
        return box_posted(r, x, choice);
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_eq(lf_json_text(lf_json_item(list, i)), choice))
            return true;
    return false;
}

static void put_hint(struct rq *r, struct lf_buf *b, const struct lf_form_field *x, enum lf_form_trouble t)
{
    if (x->hint.zh.len)
        lf_html(b, "<span class=\"hint\" id=\"%-hint\">%</span>", V(x->id), V(form_words(r, x->hint)));
    if (t != LF_FORM_FINE)
        lf_html(b, "<span class=\"wrong\" id=\"%-wrong\"><span aria-hidden=\"true\">!</span> %</span>",
                V(x->id), V(text(r, trouble_words[t])));
}

/* What says more about the field, and whether it is wrong. */
static lf_view described(struct rq *r, const struct lf_form_field *x, enum lf_form_trouble t)
{
    bool hint = x->hint.zh.len > 0;

    if (!hint && t == LF_FORM_FINE)
        return LF_V("");
    return lf_arena_printf(r->t->a, " aria-describedby=\"%.*s%s%s%.*s%s\"%s", LF_FMT(hint ? x->id : LF_V("")),
                           hint ? "-hint" : "", hint && t != LF_FORM_FINE ? " " : "",
                           LF_FMT(t != LF_FORM_FINE ? x->id : LF_V("")), t != LF_FORM_FINE ? "-wrong" : "",
                           t != LF_FORM_FINE ? " aria-invalid=\"true\"" : "");
}

static void put_label(struct rq *r, struct lf_buf *b, const struct lf_form_field *x, bool required)
{
    lf_html(b, "% ", V(form_words(r, x->say)));
    if (required)
        lf_html(b, "<span class=\"hint\">%</span>", T(REPORT_REQUIRED));
}

static void put_radios(struct rq *r, struct lf_buf *b, const struct lf_form_field *x, lf_view now,
                       bool required, enum lf_form_trouble t)
{
    lf_html(b, "<fieldset id=\"%\"%><legend>", V(x->id), LF_RAW(described(r, x, t)));
    put_label(r, b, x, required);
    LF_PUT(b, "</legend>");
    for (size_t i = 0; i < x->nchoices; i++)
        lf_html(b, "<label><input type=\"radio\" name=\"%\" value=\"%\"%>%</label>", V(x->id),
                V(x->choices[i].id),
                LF_RAW(lf_arena_printf(r->t->a, "%s%s", required ? " required" : "",
                                       lf_view_eq(now, x->choices[i].id) ? " checked" : "")),
                V(form_words(r, x->choices[i].say)));
    put_hint(r, b, x, t);
    LF_PUT(b, "</fieldset>");
}

static void put_boxes(struct rq *r, struct lf_buf *b, const struct report_page *p,
                      const struct lf_form_field *x, bool required, enum lf_form_trouble t)
{
    lf_html(b, "<fieldset id=\"%\"%><legend>", V(x->id), LF_RAW(described(r, x, t)));
    put_label(r, b, x, required);
    LF_PUT(b, "</legend>");
    for (size_t i = 0; i < x->nchoices; i++)
        lf_html(b, "<label><input type=\"checkbox\" name=\"%\" value=\"%\"%>%</label>", V(x->id),
                V(x->choices[i].id), LF_RAW(ticked(r, p, x, x->choices[i].id) ? LF_V(" checked") : LF_V("")),
                V(form_words(r, x->choices[i].say)));
    put_hint(r, b, x, t);
    LF_PUT(b, "</fieldset>");
}

static void put_select(struct rq *r, struct lf_buf *b, const struct lf_form_field *x, lf_view now,
                       lf_view attributes)
{
    lf_view group = LF_V("");

    lf_html(b, "<select id=\"%\" name=\"%\"%><option value=\"\">%</option>", V(x->id), V(x->id),
            LF_RAW(attributes), T(REPORT_CHOOSE));
    for (size_t i = 0; i < x->nchoices; i++) {
        const struct lf_form_choice *c = &x->choices[i];

        if (!lf_view_eq(c->group.zh, group)) {
            if (group.len)
                LF_PUT(b, "</optgroup>");
            if (c->group.zh.len)
                lf_html(b, "<optgroup label=\"%\">", V(form_words(r, c->group)));
            group = c->group.zh;
        }
        lf_html(b, "<option value=\"%\"%>%</option>", V(c->id),
                LF_RAW(lf_view_eq(now, c->id) ? LF_V(" selected") : LF_V("")), V(form_words(r, c->say)));
    }
    if (group.len)
        LF_PUT(b, "</optgroup>");
    LF_PUT(b, "</select>");
}

static void put_input(struct rq *r, struct lf_buf *b, const struct lf_form_field *x, lf_view now,
                      lf_view attributes)
{
    lf_view most = number(r, x->most);

    if (x->type == LF_FORM_LONG)
        lf_html(b, "<textarea id=\"%\" name=\"%\" maxlength=\"%\"%>%</textarea>", V(x->id), V(x->id), V(most),
                LF_RAW(attributes), V(now));
    else if (x->type == LF_FORM_TIME)
        lf_html(b, "<input id=\"%\" name=\"%\" type=\"datetime-local\" value=\"%\"%>", V(x->id), V(x->id),
                V(now), LF_RAW(attributes));
    else if (x->type == LF_FORM_NUMBER)
        lf_html(b, "<input id=\"%\" name=\"%\" type=\"number\" min=\"0\" max=\"%\" value=\"%\"%>", V(x->id),
                V(x->id), V(most), V(now), LF_RAW(attributes));
    else
        lf_html(b, "<input id=\"%\" name=\"%\" maxlength=\"%\" value=\"%\"%>", V(x->id), V(x->id), V(most),
                V(now), LF_RAW(attributes));
}

static void put_field(struct rq *r, struct lf_buf *b, const struct report_page *p,
                      const struct lf_form_field *x)
{
    bool required = (x->required & p->stages) != 0;
    enum lf_form_trouble t = trouble_of(p, x->id);
    lf_view now = shown(r, p, x), attributes;

    if (x->type == LF_FORM_CHOICES_) {
        put_boxes(r, b, p, x, required, t);
        return;
    }
    if (x->type == LF_FORM_CHOICE && required && x->nchoices <= RADIOS) {
        put_radios(r, b, x, now, required, t);
        return;
    }
    attributes = lf_arena_printf(r->t->a, "%s%.*s", required ? " required" : "", LF_FMT(described(r, x, t)));
    if (x->type == LF_FORM_YESNO) {
        lf_html(b, "<p><label><input id=\"%\" type=\"checkbox\" name=\"%\" value=\"1\"%>%</label>", V(x->id),
                V(x->id),
                LF_RAW(lf_arena_printf(r->t->a, "%s%.*s", now.len ? " checked" : "", LF_FMT(attributes))),
                V(form_words(r, x->say)));
    } else {
        lf_html(b, "<p><label for=\"%\">", V(x->id));
        put_label(r, b, x, required);
        LF_PUT(b, "</label>");
        if (x->type == LF_FORM_CHOICE)
            put_select(r, b, x, now, attributes);
        else
            put_input(r, b, x, now, attributes);
    }
    put_hint(r, b, x, t);
    LF_PUT(b, "</p>");
}

/* Where there is but one choice, nothing is asked: no exercise runs. */
static bool is_settled(const struct lf_form_field *x)
{
    return x->type == LF_FORM_CHOICE && x->nchoices == 1 && !x->required;
}

void put_report_fields(struct rq *r, struct lf_buf *b, const struct report_page *p)
{
    for (size_t s = 0; s < p->form->nsteps; s++) {
        bool any = false;

        for (size_t i = 0; i < p->form->nfields; i++) {
            const struct lf_form_field *x = &p->form->fields[i];

            if (x->step != s || !(x->stages & p->stages) || is_settled(x))
                continue;
            if (!any)
                lf_html(b, "<fieldset class=\"step\"><legend>%</legend>",
                        V(form_words(r, p->form->steps[s].say)));
            any = true;
            put_field(r, b, p, x);
        }
        if (any)
            LF_PUT(b, "</fieldset>");
    }
}

void put_report_troubles(struct rq *r, struct lf_buf *b, const struct report_page *p)
{
    if (!p->ntroubles)
        return;
    lf_html(b, "<div class=\"say bad\" role=\"alert\"><p>%</p><ul>", T(REPORT_WRONG));
    for (size_t i = 0; i < p->ntroubles; i++) {
        const struct lf_form_field *x = lf_form_field(p->form, p->troubles[i].field);

        lf_html(b, "<li><a href=\"#%\">%</a> <span>%</span></li>", V(p->troubles[i].field),
                V(x ? form_words(r, x->say) : p->troubles[i].field),
                V(text(r, trouble_words[p->troubles[i].what])));
    }
    LF_PUT(b, "</ul></div>");
}

/* ---- what was sent back ---- */

static void put_value(struct rq *r, struct lf_json_w *w, const struct lf_form_field *x, bool all)
{
    const char *name = lf_arena_cstr(r->t->a, x->id);
    lf_view v = posted(r, x->id), when;
    struct lf_err ignored = { 0 };
    int64_t n;

    if (x->type == LF_FORM_YESNO) {
        if (v.len || all)
            lf_json_put_bool(w, name, v.len > 0);
    } else if (x->type == LF_FORM_CHOICES_) {
        bool any = all;

        for (size_t i = 0; i < x->nchoices; i++)
            any = any || box_posted(r, x, x->choices[i].id);
        if (!any)
            return;
        lf_json_begin(w, name, '[');
        for (size_t i = 0; i < x->nchoices; i++)
            if (box_posted(r, x, x->choices[i].id))
                lf_json_put_str(w, NULL, x->choices[i].id);
        lf_json_close(w);
    } else if (!lf_view_trim(v).len) {
        if (all)
            lf_json_put_null(w, name);
    } else if (x->type == LF_FORM_NUMBER && lf_view_i64(lf_view_trim(v), &n)) {
        lf_json_put_int(w, name, n);
    } else if (x->type == LF_FORM_TIME) {
        struct lf_err *kept = r->e;

        r->e = &ignored;
        lf_json_put_str(w, name, local_time(r, v, &when) == LF_OK ? when : v);
        r->e = kept;
    } else {
        lf_json_put_str(w, name, v);
    }
}

const struct lf_json *report_values(struct rq *r, const struct lf_form *f, unsigned stages, bool all)
{
    const struct lf_json *out = NULL;
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 32 << 20);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (size_t i = 0; i < f->nfields; i++)
        if (f->fields[i].stages & stages)
            put_value(r, &w, &f->fields[i], all);
    lf_json_close(&w);
    if (lf_json_parse(r->t->a, lf_arena_copy(r->t->a, lf_buf_view(&b)),
                      &(struct lf_json_limits){ .bytes = 32 << 20 }, &out, NULL) != LF_OK)
        out = lf_json_new_object(r->t->a, 0, NULL, NULL);
    lf_buf_clear(&b);
    return out;
}
