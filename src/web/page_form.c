/* Fields of a page's forms.  A page may have several forms with fields of one name: what was typed and
 * refused belongs into the form whose `mark` (a field that it alone always sends) came. */
#include "web/page_priv.h"

static lf_view typed(struct rq *r, const char *mark, const char *name, lf_view now)
{
    return field(r, mark).ptr && field(r, name).ptr ? field(r, name) : lf_view_some(now);
}

void begin_post_form(struct rq *r, struct lf_buf *b, lf_view to)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">", V(to));
    put_csrf(r, b);
}

void put_form_input(struct rq *r, struct lf_buf *b, const char *mark, const char *name, enum lf_text label,
                    lf_view now, const char *more)
{
    lf_html(b, "<p><label for=\"p-%\">%</label><input id=\"p-%\" name=\"%\" value=\"%\"%></p>", LF_HC(name),
            V(text(r, label)), LF_HC(name), LF_HC(name), V(typed(r, mark, name, now)),
            LF_RAW(lf_view_of(more)));
}

void put_form_area(struct rq *r, struct lf_buf *b, const char *mark, const char *id, const char *name,
                   enum lf_text label, lf_view now)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><textarea id=\"%\" name=\"%\" rows=\"3\" "
            "maxlength=\"1300\">%</textarea></p>",
            LF_HC(id), V(text(r, label)), LF_HC(id), LF_HC(name), V(typed(r, mark, name, now)));
}

void put_form_select(struct rq *r, struct lf_buf *b, const char *mark, const char *id, const char *name,
                     enum lf_text label, const struct filter_choice *of, size_t n, lf_view now)
{
    lf_view chosen = typed(r, mark, name, now);

    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"%\">", LF_HC(id), V(text(r, label)),
            LF_HC(id), LF_HC(name));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(of[i].value),
                LF_RAW(lf_view_of(lf_view_is(chosen, of[i].value) ? " selected" : "")),
                V(text(r, of[i].text)));
    LF_PUT(b, "</select></p>");
}

void put_filter_any(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                    const struct filter_choice *of, size_t n)
{
    struct filter_choice *all = LF_NEW(r->t->a, struct filter_choice, n + 1);

    all[0] = (struct filter_choice){ "", LF_T_LEVEL_ANY };
    memcpy(all + 1, of, n * sizeof *of);
    put_filter_choice(r, b, name, label, all, n + 1, lf_view_some(query(r, name)));
}
