#include "web/written.h"

#include "web/api_priv.h"

static const enum lf_text states[LF_WRITTEN_STATES] = { LF_T_KB_DRAFT, LF_T_KB_REVIEW, LF_T_KB_RETURNED,
                                                        LF_T_KB_PUBLISHED, LF_T_KB_WITHDRAWN };

enum lf_code written_state(struct rq *r, int *state)
{
    lf_view asked = lf_view_some(query(r, "state"));
    enum lf_written s = LF_WRITTEN_DRAFT;

    if (asked.len && !lf_written_parse(asked, &s))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is draft, review, returned, published or withdrawn");
    *state = asked.len ? (int)s : -1;
    return LF_OK;
}

void put_written_filter(struct rq *r, struct lf_buf *b)
{
    struct filter_choice which[LF_WRITTEN_STATES + 1] = { { "", LF_T_ALL } };

    for (int i = 0; i < LF_WRITTEN_STATES; i++)
        which[i + 1] = (struct filter_choice){ lf_written_name((enum lf_written)i), states[i] };
    put_filter_choice(r, b, "state", LF_T_STATE, which, sizeof which / sizeof *which, query(r, "state"));
}

enum lf_text written_text(enum lf_written s)
{
    return states[s];
}

void put_written_state(struct rq *r, struct lf_buf *b, const struct lf_written_row *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_WRITTEN_STATES] = {
        { "", "○" }, { "info", "◷" }, { "warn", "!" }, { "good", "✓" }, { "", "–" }
    };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, states[x->state]));
    if (x->version > 1) {
        LF_PUT(b, " ");
        badge(b, "", "№", fill1(r, LF_T_KB_VERSION, "n", number(r, x->version)));
    }
}

void put_written_seen(struct rq *r, struct lf_buf *b, int64_t entries)
{
    lf_html(b, "<input type=\"hidden\" name=\"entries\" value=\"%\">", V(number(r, entries)));
}

void put_written_button(struct rq *r, struct lf_buf *b, const char *place, const char *act,
                        enum lf_text label, int64_t entries)
{
    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">", V(path2(r, place, r->id, act)));
    put_csrf(r, b);
    put_written_seen(r, b, entries);
    lf_html(b, "<button>%</button></form>", V(text(r, label)));
}

/* With a reason; what was typed stands again only in the act it was typed for. */
static void put_reasoned(struct rq *r, struct lf_buf *b, const char *place, const char *act,
                         enum lf_text label, int64_t entries)
{
    bool again = field(r, "note").ptr && lf_view_ends(r->in->path, lf_view_of(act));

    lf_html(b, "<details%><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            LF_RAW(again ? LF_V(" open") : LF_V("")), V(text(r, label)), V(path2(r, place, r->id, act)));
    put_csrf(r, b);
    put_written_seen(r, b, entries);
    lf_html(
        b,
        "<p><label>%<textarea name=\"note\" rows=\"3\" required maxlength=\"600\">%</textarea></label></p>"
        "<p><button class=\"second\">%</button></p></form></details>",
        T(REASON), V(again ? field(r, "note") : LF_V("")), V(text(r, label)));
}

void put_written_offer(struct rq *r, struct lf_buf *b, const char *place, const struct lf_written_row *x,
                       const struct written_offer *o)
{
    enum lf_written ignored;

    if (x->note.len)
        lf_html(b, "<p class=\"wrap\"><strong>%</strong><br>%</p>", T(REASON), V(x->note));
    if (o->writes && lf_written_next(x->state, LF_WRITTEN_WRITE, &ignored))
        lf_html(b, "<p><a class=\"button\" href=\"%\">%</a></p>", V(path2(r, place, x->id, "/edit")),
                V(text(r, x->state == LF_WRITTEN_PUBLISHED ? o->revise : o->edit)));
    if (o->submits && lf_written_next(x->state, LF_WRITTEN_SUBMIT, &ignored))
        put_written_button(r, b, place, "/submit", LF_T_KB_SUBMIT, x->entries);
    if (o->publishes && x->state == LF_WRITTEN_REVIEW)
        put_written_button(r, b, place, o->out, o->publish, x->entries);
    if (o->returns && x->state == LF_WRITTEN_REVIEW)
        put_reasoned(r, b, place, "/return", LF_T_KB_RETURN, x->entries);
    if (o->withdraws && lf_written_next(x->state, LF_WRITTEN_WITHDRAW, &ignored))
        put_reasoned(r, b, place, "/withdraw", o->withdraw, x->entries);
}

void put_written_acts(struct rq *r, struct lf_buf *b, const char *place, const struct lf_written_row *x,
                      bool out, enum lf_text edit)
{
    bool reviewer = may(r, SIGN), own = lf_view_eq(x->author, r->t->scope.account);

    if (x->state == LF_WRITTEN_REVIEW && own)
        lf_html(b, "<p>%</p>", T(KB_ANOTHER));
    put_written_offer(r, b, place, x,
                      &(struct written_offer){ .writes = true,
                                               .submits = true,
                                               .returns = reviewer,
                                               .publishes = reviewer && !own,
                                               .withdraws = reviewer || !out,
                                               .edit = edit,
                                               .revise = LF_T_KB_REVISE,
                                               .publish = LF_T_KB_PUBLISH,
                                               .withdraw = LF_T_KB_WITHDRAW,
                                               .out = "/publish" });
}

void put_written_entry(struct rq *r, struct lf_buf *b, const struct lf_written_entry *x)
{
    static const enum lf_text words[LF_WRITTEN_ACTS] = { LF_T_KB_DID_WRITE, LF_T_KB_DID_SUBMIT,
                                                         LF_T_KB_DID_RETURN, LF_T_KB_DID_PUBLISH,
                                                         LF_T_KB_DID_WITHDRAW };

    lf_html(b, "<p><strong>%</strong> <span class=\"quiet\">%</span></p><p>", V(text(r, words[x->act])),
            V(account_name(r, x->account)));
    put_when(r, b, x->at);
    LF_PUT(b, "</p>");
    if (x->note.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(x->note));
}

void put_written_members(struct lf_json_w *w, const struct lf_written_row *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_cstr(w, "state", lf_written_name(x->state));
    lf_json_put_int(w, "version", x->version);
    lf_json_put_int(w, "entries", x->entries);
    put_text(w, "note", x->note);
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "changed", x->changed);
    lf_json_put_time(w, "published_at", x->published);
}

void put_written_entry_members(struct lf_json_w *w, const struct lf_written_entry *x)
{
    lf_json_put_int(w, "entry", x->seq);
    lf_json_put_time(w, "at", x->at);
    put_text(w, "account", x->account);
    lf_json_put_cstr(w, "act", lf_written_act_name(x->act));
    put_text(w, "note", x->note);
}
