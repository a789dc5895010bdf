/* The JSON API's part on who mans the response centre. */
#include "cert/contact.h"
#include "cert/convening.h"
#include "cert/duty.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/shift.h"

enum lf_code manning_arrive(struct rq *r, lf_view *id)
{
    struct lf_manning_new n = { .incident = lf_view_some(field(r, "incident")),
                                .note = lf_view_some(field(r, "note")) };
    lf_view post, contact;
    enum lf_who who;
    int place;

    LF_TRY(need(r, "post", &post));
    LF_TRY(post_name(r, post, &who, &place));
    LF_TRY(need(r, "contact", &contact));
    LF_TRY(lf_contact_find(r->t, lf_view_trim(contact), LF_V(""), &n.contact, r->e));
    LF_TRY(moment_field(r, "at", &n.at));
    return lf_manning_arrive(r->t, who, place, &n, id, r->e);
}

enum lf_code manning_leave(struct rq *r, lf_view id)
{
    lf_time at = 0;

    LF_TRY(moment_field(r, "at", &at));
    return lf_manning_leave(r->t, id, at, r->e);
}

enum lf_code manning_correct(struct rq *r, lf_view id)
{
    lf_time arrived, left;
    lf_view reason;

    LF_TRY(need(r, "reason", &reason));
    LF_TRY(moment_field(r, "arrived", &arrived));
    LF_TRY(moment_field(r, "left", &left));
    return lf_manning_correct(r->t, id, arrived, left, reason, r->e);
}

/* "groups" names them by commas, or is "groups"; of a form each box stands for itself. */
static enum lf_code groups_of(struct rq *r, unsigned *groups)
{
    lf_view rest = lf_view_some(field(r, "groups")), one;
    enum lf_who who;
    int place;

    *groups = 0;
    if (lf_view_is(rest, "groups")) {
        *groups = (1u << LF_GROUPS) - 1;
        rest.len = 0;
    }
    while (lf_view_split(&rest, ',', &one)) {
        one = lf_view_trim(one);
        if (!one.len)
            continue;
        if (!lf_post_parse(one, &who, &place) || who != LF_WHO_GROUP)
            return lf_err_set(
                r->e, LF_BAD_INPUT,
                "groups: \"%.*s\" is no group; there are group-1 to group-%d, or groups for all",
                LF_FMT(lf_view_first(one, 40)), LF_GROUPS);
        *groups |= 1u << (place - 1);
    }
    for (place = 1; place <= LF_GROUPS; place++)
        if (field(r, lf_arena_cstr(r->t->a, lf_post_name(r->t->a, LF_WHO_GROUP, place))).len)
            *groups |= 1u << (place - 1);
    return LF_OK;
}

enum lf_code manning_convene(struct rq *r)
{
    struct lf_convening c = { .incident = lf_view_some(field(r, "incident")),
                              .why = lf_view_some(field(r, "why")) };
    lf_view what;

    LF_TRY(groups_of(r, &c.groups));
    LF_TRY(need(r, "for", &what));
    if (!lf_convening_for_parse(what, &c.what))
        return lf_err_set(r->e, LF_BAD_INPUT, "for: groups are called for manning or for a meeting");
    return lf_convene(r->t, &c, r->e);
}

enum lf_code api_manning_convene(struct rq *r)
{
    LF_TRY(manning_convene(r));
    return say_id(r, 200, field(r, "incident"));
}

static lf_view said(struct rq *r, lf_time at)
{
    return at ? lf_time_milli(at, LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
}

static enum lf_code csv(struct rq *r)
{
    static const char *const head[] = {
        "post", "name", "arrived", "left", "incident", "title", "note", "id"
    };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_manning_page list;
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t i = 0; i < CELLS; i++)
        lf_csv_put(&b, lf_view_of(head[i]), i + 1 == CELLS);
    do {
        PUT_TRY(&b, lf_manning_list(r->t, lf_view_some(query(r, "incident")), &page, &list, r->e));
        for (size_t i = 0; i < list.n; i++) {
            const struct lf_manning *m = &list.items[i];
            const lf_view cells[CELLS] = { lf_post_name(r->t->a, m->who, m->place),
                                           m->name,
                                           said(r, m->arrived),
                                           said(r, m->left),
                                           m->incident,
                                           m->title,
                                           m->note,
                                           m->id };

            for (size_t k = 0; k < CELLS; k++)
                lf_csv_put(&b, lf_csv_clean(r->t->a, cells[k]), k + 1 == CELLS);
        }
        page.after = list.next;
    } while (list.next.len);
    return answer_csv(r, LF_V("manning"), &b);
}

static void put_manning(struct rq *r, struct lf_json_w *w, const struct lf_manning *m)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", m->id);
    lf_json_put_str(w, "post", lf_post_name(r->t->a, m->who, m->place));
    lf_json_put_str(w, "contact", m->contact);
    lf_json_put_str(w, "name", m->name);
    put_text(w, "incident", m->incident);
    put_text(w, "title", m->title);
    lf_json_put_time(w, "arrived", m->arrived);
    lf_json_put_time(w, "left", m->left);
    put_text(w, "note", m->note);
    if (m->corrections)
        lf_json_put_int(w, "corrections", m->corrections);
    lf_json_close(w);
}

enum lf_code api_manning(struct rq *r)
{
    struct lf_manning_page list;
    struct lf_page page;
    struct out o;
    bool as_csv;

    LF_TRY(format_of(r, &as_csv));
    if (as_csv)
        return csv(r);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_manning_list(r->t, lf_view_some(query(r, "incident")), &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_manning(r, &o.w, &list.items[i]);
    return end_list(r, &o, list.next);
}

enum lf_code api_manning_there(struct rq *r)
{
    struct lf_manning_page list;
    struct out o;

    LF_TRY(lf_manning_there(r->t, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_manning(r, &o.w, &list.items[i]);
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_manning_called(struct rq *r)
{
    const struct lf_manning *list;
    lf_view incident = query(r, "incident");
    struct out o;
    size_t n;

    if (!incident.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "say of which incident: ?incident=");
    LF_TRY(lf_manning_called(r->t, incident, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "post", lf_post_name(r->t->a, list[i].who, list[i].place));
        lf_json_put_str(&o.w, "contact", list[i].contact);
        lf_json_put_str(&o.w, "name", list[i].name);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_manning_corrections(struct rq *r)
{
    const struct lf_manning_correction *list;
    struct lf_manning was;
    struct out o;
    size_t n;

    LF_TRY(lf_manning_corrections(r->t, r->id, &was, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i <= n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "arrived", i ? list[i - 1].arrived : was.arrived);
        lf_json_put_time(&o.w, "left", i ? list[i - 1].left : was.left);
        if (i) {
            lf_json_put_str(&o.w, "reason", list[i - 1].reason);
            lf_json_put_time(&o.w, "at", list[i - 1].at);
        }
        lf_json_put_str(&o.w, "by", i ? list[i - 1].account : was.arrived_by);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_manning_correct(struct rq *r)
{
    LF_TRY(manning_correct(r, r->id));
    return say_id(r, 200, r->id);
}

enum lf_code api_manning_arrive(struct rq *r)
{
    lf_view id;

    LF_TRY(manning_arrive(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_manning_leave(struct rq *r)
{
    LF_TRY(manning_leave(r, r->id));
    return say_id(r, 200, r->id);
}
