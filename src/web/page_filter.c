/* Fields of the forms by which lists are narrowed: each says what the query says. */
#include "web/page_priv.h"

void put_filter_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n, lf_view now)
{
    lf_html(b, "<p><label for=\"f-%\">%</label><select id=\"f-%\" name=\"%\">", LF_HC(name),
            V(text(r, label)), LF_HC(name), LF_HC(name));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(of[i].value),
                LF_RAW(lf_view_of(lf_view_is(now, of[i].value) ? " selected" : "")), V(text(r, of[i].text)));
    LF_PUT(b, "</select></p>");
}

void put_filter_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, const char *more)
{
    lf_html(b,
            "<p><label for=\"f-%\">%</label><input id=\"f-%\" name=\"%\" value=\"%\" autocomplete=\"off\" "
            "spellcheck=\"false\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(query(r, name)),
            LF_RAW(lf_view_of(more)));
}

bool filter_asked(const struct rq *r, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (query(r, names[i]).len)
            return true;
    return false;
}
