/* The JSON API's part on inquiries. */
#include "web/inquiry.h"

#include "fmt/csv.h"
#include "ident/account.h"
#include "web/api_priv.h"

enum { MOST = 64 << 20 };

/* ---- what is asked ---- */

static enum lf_code choice(struct rq *r, lf_view given, bool (*parse)(lf_view, int *), const char *says,
                           int *out)
{
    return !given.len || parse(given, out) ? LF_OK : lf_err_set(r->e, LF_BAD_INPUT, "%s", says);
}

static enum lf_code kind_of(struct rq *r, lf_view given, int *out)
{
    return choice(r, given, lf_inquiry_kind_parse, "kind is consultation, advice, report or other", out);
}

static enum lf_code tlp_of(struct rq *r, lf_view given, int *out)
{
    enum lf_tlp tlp;

    if (!given.len)
        return LF_OK;
    if (!lf_tlp_parse(given, &tlp))
        return lf_err_set(r->e, LF_BAD_INPUT, "tlp is clear, green, amber, amber+strict or red");
    *out = (int)tlp;
    return LF_OK;
}

enum lf_code inquiry_filter(struct rq *r, struct lf_inquiry_filter *out)
{
    lf_view owner = lf_view_trim(query(r, "owner")), state = query(r, "state");
    struct lf_inquiry_filter f = lf_inquiry_any();

    f.open = lf_view_is(state, "open");
    if (!f.open)
        LF_TRY(choice(r, state, lf_inquiry_state_parse,
                      "state is open, asked, taken, referred, answered or closed", &f.state));
    LF_TRY(kind_of(r, query(r, "kind"), &f.kind));
    f.late = lf_view_is(query(r, "overdue"), "1");
    f.incident = lf_view_some(query(r, "incident"));
    f.words = lf_view_some(query(r, "q"));
    f.by = owner.len > 0;
    f.owner = lf_view_is(owner, "-") ? LF_V("") : lf_view_is(owner, "me") ? own_name(r) : lf_view_some(owner);
    if (lf_view_is(owner, "me") && !f.owner.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "inquiry: name the owner; whoever asks has no account here");
    LF_TRY(moment_asked(r, "from", &f.from));
    LF_TRY(moment_asked(r, "to", &f.to));
    if (query(r, "to").len == 10) /* a day, to its end */
        f.to += LF_DAY;
    *out = f;
    return LF_OK;
}

/* ---- in ---- */

enum lf_code inquiry_ask(struct rq *r, lf_view *id)
{
    struct lf_inquiry x = { .subject = lf_view_some(field(r, "subject")),
                            .text = lf_view_some(field(r, "text")),
                            .contact = lf_view_some(field(r, "contact")),
                            .incident = lf_view_some(field(r, "incident")),
                            .name = lf_view_some(lf_view_trim(field(r, "name"))),
                            .organisation = lf_view_some(field(r, "organisation")) };
    int kind = LF_INQUIRY_CONSULT, way = LF_INQUIRY_TELEPHONE, tlp = LF_TLP_NONE;

    LF_TRY(kind_of(r, field(r, "kind"), &kind));
    LF_TRY(tlp_of(r, field(r, "tlp"), &tlp));
    LF_TRY(choice(r, field(r, "way"), lf_inquiry_way_parse,
                  "way is console, telephone, mail, fax, letter, visit or other", &way));
    LF_TRY(moment_field(r, "came", &x.came));
    x.kind = (enum lf_inquiry_kind)kind;
    x.way = (enum lf_inquiry_way)way;
    x.tlp = (enum lf_tlp)tlp;
    x.behalf = x.name.len > 0;
    return lf_inquiry_ask(r->t, &x, id, r->e);
}

enum lf_code inquiry_act(struct rq *r, lf_view *draft)
{
    struct lf_inquiry_do d = { .text = lf_view_some(field(r, "text")),
                               .owner = lf_view_some(field(r, "owner")),
                               .whom = lf_view_some(field(r, "whom")),
                               .incident = lf_view_some(field(r, "incident")),
                               .set_due = field(r, "due").ptr != NULL,
                               .kind = -1,
                               .tlp = -1 };
    int act = LF_INQUIRY_NOTE, to = LF_INQUIRY_TO_UNIT;
    lf_view name;

    *draft = LF_V("");
    LF_TRY(need(r, "act", &name));
    LF_TRY(choice(r, name, lf_inquiry_act_parse,
                  "act is take, refer, advise, answer, again, note, close, reopen, incident, change or draft",
                  &act));
    LF_TRY(choice(r, field(r, "to"), lf_inquiry_to_parse, "to is unit, operator, partner or support", &to));
    LF_TRY(kind_of(r, field(r, "kind"), &d.kind));
    LF_TRY(tlp_of(r, field(r, "tlp"), &d.tlp));
    LF_TRY(moment_field(r, "due", &d.due));
    LF_TRY(whole_field(r, "of", &d.of));
    LF_TRY(whole_field(r, "base", &d.base));
    if (d.base < 0)
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "base is the number of entries of the history that one has seen");
    if (lf_view_is(lf_view_trim(d.owner), "me"))
        d.owner = LF_V("");
    d.act = (enum lf_inquiry_act)act;
    d.to = (enum lf_inquiry_to)to;
    return lf_inquiry_act(r->t, r->id, &d, draft, r->e);
}

/* ---- out ---- */

static void put_row(struct lf_json_w *w, const struct lf_inquiry *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_cstr(w, "state", lf_inquiry_state_name(x->state));
    lf_json_put_cstr(w, "kind", lf_inquiry_kind_name(x->kind));
    put_text(w, "tlp", lf_view_of(lf_tlp_name(x->tlp)));
    lf_json_put_str(w, "subject", x->subject);
    lf_json_put_str(w, "text", x->text);
    put_text(w, "name", x->name);
    put_text(w, "organisation", x->organisation);
    put_text(w, "contact", x->contact);
    lf_json_put_cstr(w, "way", lf_inquiry_way_name(x->way));
    lf_json_put_time(w, "came", x->came);
    lf_json_put_bool(w, "behalf", x->behalf);
    put_text(w, "by", x->account);
    put_text(w, "incident", x->incident);
    lf_json_put_bool(w, "reported", x->reported);
    put_text(w, "draft", x->draft);
    put_text(w, "owner", x->owner);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_bool(w, "overdue", x->overdue);
    if (!x->guest) {
        lf_json_put_int(w, "referred", x->referred);
        lf_json_put_time(w, "advice_due", x->advice_due);
        lf_json_put_time(w, "changed", x->changed);
    }
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "answered", x->answered);
    lf_json_put_time(w, "closed", x->closed);
    lf_json_put_bool(w, "guest", x->guest);
    lf_json_put_int(w, "entries", x->entries);
}

static lf_view moment_text(struct rq *r, lf_time at)
{
    return at ? lf_time_milli(at, LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
}

static void put_cells(struct rq *r, struct lf_buf *b, const lf_view *cells, size_t n)
{
    for (size_t k = 0; k < n; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, cells[k]), k + 1 == n);
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code csv(struct rq *r, const struct lf_inquiry_filter *f)
{
    static const char *const head[] = { "number",     "state",    "kind",         "tlp",      "subject",
                                        "text",       "name",     "organisation", "contact",  "way",
                                        "came",       "owner",    "due",          "overdue",  "referred",
                                        "advice_due", "answered", "closed",       "incident", "id" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    const struct lf_inquiry *list;
    lf_view heads[CELLS], next;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    for (size_t i = 0; i < CELLS; i++)
        heads[i] = lf_view_of(head[i]);
    lf_buf_init(&b, MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    put_cells(r, &b, heads, CELLS);
    do {
        rc = lf_inquiry_list(r->t, f, &page, &n, &list, &next, r->e);
        for (size_t i = 0; rc == LF_OK && i < n; i++) {
            const struct lf_inquiry *x = &list[i];

            put_cells(r, &b,
                      (const lf_view[CELLS]){ lf_arena_printf(r->t->a, "%lld", (long long)x->number),
                                              lf_view_of(lf_inquiry_state_name(x->state)),
                                              lf_view_of(lf_inquiry_kind_name(x->kind)),
                                              lf_view_of(lf_tlp_label(x->tlp)),
                                              x->subject,
                                              x->text,
                                              x->name,
                                              x->organisation,
                                              x->contact,
                                              lf_view_of(lf_inquiry_way_name(x->way)),
                                              moment_text(r, x->came),
                                              x->owner,
                                              moment_text(r, x->due),
                                              lf_view_of(x->overdue ? "1" : "0"),
                                              lf_arena_printf(r->t->a, "%lld", (long long)x->referred),
                                              moment_text(r, x->advice_due),
                                              moment_text(r, x->answered),
                                              moment_text(r, x->closed),
                                              x->incident,
                                              x->id },
                      CELLS);
        }
        page.after = next;
    } while (rc == LF_OK && next.len);
    if (rc == LF_OK)
        return answer_csv(r, LF_V("inquiries"), &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_inquiries(struct rq *r)
{
    const struct lf_inquiry *list;
    struct lf_inquiry_filter f;
    struct lf_page page;
    struct out o;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(inquiry_filter(r, &f));
    if (as_csv)
        return csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_inquiry_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_inquiry_counts(struct rq *r)
{
    struct lf_inquiry_counts c;
    struct out o;

    LF_TRY(lf_inquiry_count(r->t, own_name(r), &c, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "open", c.open);
    for (int s = 0; s < LF_INQUIRY_STATES; s++)
        lf_json_put_int(&o.w, lf_inquiry_state_name((enum lf_inquiry_state)s), c.state[s]);
    lf_json_put_int(&o.w, "overdue", c.overdue);
    lf_json_put_int(&o.w, "nobodys", c.nobodys);
    lf_json_put_int(&o.w, "mine", c.mine);
    return end(r, &o, 200);
}

static void put_entry(struct rq *r, struct lf_json_w *w, const struct lf_inquiry_entry *y)
{
    struct lf_account who;

    lf_json_open(w, '{');
    lf_json_put_int(w, "seq", y->seq);
    lf_json_put_time(w, "at", y->at);
    lf_json_put_cstr(w, "act", lf_inquiry_act_name(y->act));
    lf_json_put_cstr(w, "state", lf_inquiry_state_name(y->state));
    lf_json_put_bool(w, "centre", y->centre);
    put_text(w, "by", y->account);
    if (y->account.len && lf_account_colleague(r->t, y->account, &who, NULL) == LF_OK)
        lf_json_put_str(w, "by_name", who.name);
    put_text(w, "text", y->text);
    if (y->act == LF_INQUIRY_REFER) {
        lf_json_put_cstr(w, "to", lf_inquiry_to_name((enum lf_inquiry_to)y->kind));
        lf_json_put_bool(w, "waits", y->waits);
    }
    if (y->act == LF_INQUIRY_ADVISE)
        lf_json_put_int(w, "of", y->of);
    put_text(w, "whom", y->name);
    lf_json_put_time(w, "due", y->due);
    lf_json_close(w);
}

enum lf_code api_inquiry(struct rq *r)
{
    const struct lf_inquiry_entry *entries;
    struct lf_inquiry x;
    struct out o;
    size_t n;

    LF_TRY(lf_inquiry_get(r->t, r->id, &x, &n, &entries, r->e));
    begin_most(&o, MOST);
    put_row(&o.w, &x);
    lf_json_begin(&o.w, "history", '[');
    for (size_t i = 0; i < n; i++)
        put_entry(r, &o.w, &entries[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_inquiry_ask(struct rq *r)
{
    lf_view id;

    LF_TRY(inquiry_ask(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_inquiry_act(struct rq *r)
{
    struct out o;
    lf_view draft;

    LF_TRY(inquiry_act(r, &draft));
    if (!draft.len)
        return answer_empty(r, 204);
    begin(&o);
    lf_json_put_str(&o.w, "draft", draft);
    return end(r, &o, 200);
}
