/* The page of what is usual here: learnt on request, looked at, accepted or dropped. */
#include "soc/learning.h"

#include "web/page_priv.h"
#include "web/rule_priv.h"

enum { SHOWN = 500 }; /* values of one kind; the API has all */

static void put_start(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p>%</p><form class=\"stack\" method=\"post\" "
            "action=\"/learning\">",
            T(LEARN_START), T(LEARN_START_HELP));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"from\">%</label><input id=\"from\" name=\"from\" required value=\"-14d\" "
            "autocomplete=\"off\" spellcheck=\"false\"></p><p><label for=\"to\">%</label><input id=\"to\" "
            "name=\"to\" autocomplete=\"off\" spellcheck=\"false\" "
            "placeholder=\"now\"></p><p><button>%</button></p>"
            "</form></section>",
            T(SEARCH_FROM), T(SEARCH_TO), T(LEARN_ASK));
}

/* Those of one kind. */
static void put_values(struct rq *r, struct lf_buf *b, const struct lf_learning_view *v, enum lf_text title,
                       bool gone, bool is_new, size_t all)
{
    size_t n = 0;

    lf_html(b, "<h3>% (%)</h3>", V(text(r, title)), V(number(r, (int64_t)all)));
    for (size_t i = 0; i < v->n && n < SHOWN; i++) {
        const struct lf_learning_value *x = &v->values[i];

        if ((x->seen == 0) != gone || (!gone && x->is_new != is_new))
            continue;
        if (!n++)
            lf_html(b,
                    "<table class=\"rows\"><thead><tr><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                    "scope=\"col\" class=\"num\">%</th></tr></thead><tbody>",
                    T(LEARN_LIST), T(VALUE), T(COUNT));
        lf_html(b,
                "<tr><td data-label=\"%\"><code>%</code></td><td class=\"wrap\" "
                "data-label=\"%\"><code>%</code></td>"
                "<td class=\"num\" data-label=\"%\">%</td></tr>",
                T(LEARN_LIST), V(x->name), T(VALUE), V(x->text), T(COUNT), V(number(r, (int64_t)x->seen)));
    }
    if (n)
        LF_PUT(b, "</tbody></table>");
    if (all > n)
        lf_html(b, "<p class=\"hint\">%</p>",
                V(fill1(r, LF_T_LEARN_MORE, "n", number(r, (int64_t)(all - n)))));
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_learning_view *v)
{
    if (!may(r, TRIAGE))
        return;
    if (v->state == LF_LEARNING_DRAFT && v->n) {
        LF_PUT(b, "<form class=\"stack\" method=\"post\" action=\"/learning/accept\">");
        put_csrf(r, b);
        lf_html(
            b,
            "<p><label for=\"keep\">%</label><select id=\"keep\" name=\"keep\"><option value=\"0\">%</option>"
            "<option value=\"1\">%</option></select></p><p><label for=\"note\">%</label><textarea "
            "id=\"note\" "
            "name=\"note\" required maxlength=\"600\"></textarea></p><p><button>%</button></p></form>",
            T(LEARN_GONE), T(LEARN_GONE_GO), T(LEARN_GONE_STAY), T(TUNING_NOTE), T(LEARN_ACCEPT));
    }
    put_button(r, b, LF_V("/learning/drop"), LF_T_LEARN_DROP, "second");
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_learning_view *v)
{
    static const enum lf_text states[] = { LF_T_NONE, LF_T_LEARN_RUNNING, LF_T_LEARN_DRAFT,
                                           LF_T_LEARN_ACCEPTED, LF_T_LEARN_FAILED };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>",
            T(LEARN_DRAFT_TITLE), T(STATE), V(text(r, states[v->state])), T(LEARN_SPAN));
    put_when(r, b, v->from);
    LF_PUT(b, " – ");
    put_when(r, b, v->to);
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd></dl>", T(HOLD_BY),
            V(account_name(r, v->account)), T(LEARN_EVENTS), V(number(r, (int64_t)v->events)));
    if (v->error.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(v->error));
    if (v->state == LF_LEARNING_RUNNING)
        lf_html(b, "<p role=\"status\">%</p>",
                V(lf_text_fill(r->t->a, LF_T_LEARN_PROGRESS, r->lang,
                               (const struct lf_text_value[]){ { "done", number(r, (int64_t)v->blocks_done) },
                                                               { "all", number(r, (int64_t)v->blocks) } },
                               2)));
    if (v->state == LF_LEARNING_DRAFT || v->state == LF_LEARNING_ACCEPTED) {
        if (v->left_out)
            lf_html(b, "<p class=\"hint\">%</p>",
                    V(fill1(r, LF_T_LEARN_LEFT_OUT, "n", number(r, (int64_t)v->left_out))));
        put_values(r, b, v, LF_T_LEARN_NEW, false, true, v->nnew);
        put_values(r, b, v, LF_T_LEARN_GONE_N, true, false, v->ngone);
        put_values(r, b, v, LF_T_LEARN_SAME, false, false, v->n - v->nnew - v->ngone);
    }
    put_acts(r, b, v);
    LF_PUT(b, "</section>");
}

enum lf_code page_learning(struct rq *r)
{
    struct lf_learning_view v;
    struct lf_learning *l;
    struct lf_buf b;

    LF_TRY(learning(r, &l));
    LF_TRY(lf_learning_get(l, r->t, &v, r->e));
    begin_page(r, &b, text(r, LF_T_LEARNING), "/alerts");
    lf_html(&b, "<h1>%</h1><p>%</p>", T(LEARNING), T(LEARNING_HELP));
    if (v.state != LF_LEARNING_NONE)
        put_state(r, &b, &v);
    if (!v.learnable)
        lf_html(&b, "<section class=\"panel\"><p class=\"empty\">%</p></section>", T(LEARN_NOTHING));
    else if (v.state != LF_LEARNING_RUNNING && may(r, TRIAGE))
        put_start(r, &b);
    return end_page(r, &b, 200);
}

enum lf_code page_learning_start(struct rq *r)
{
    LF_TRY(learning_start(r));
    return redirect(r, LF_V("/learning"));
}

enum lf_code page_learning_accept(struct rq *r)
{
    LF_TRY(learning_accept(r));
    return redirect(r, LF_V("/learning?done=1"));
}

enum lf_code page_learning_drop(struct rq *r)
{
    LF_TRY(learning_drop(r));
    return redirect(r, LF_V("/learning?done=1"));
}
