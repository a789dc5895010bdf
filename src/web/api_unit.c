/* The JSON API's part on organisations of the contact network, their contacts, and posts. */
#include "cert/contact.h"
#include "cert/duty.h"
#include "cert/unit.h"
#include "ident/node.h"
#include "ident/organisation.h"
#include "web/api_priv.h"
#include "web/unit_csv.h"

enum lf_code unit_put(struct rq *r, lf_view id, lf_view *out)
{
    lf_view grade = field(r, "grade"), attribute = lf_view_some(field(r, "attribute"));
    struct lf_unit u = { 0 };

    if (id.len)
        LF_TRY(lf_unit_get(r->t, id, &u, r->e));
    if (!id.len || field(r, "name").ptr)
        LF_TRY(need(r, "name", &u.name));
    u.name = lf_view_trim(u.name);
    if (field(r, "oid").ptr)
        u.oid = lf_view_trim(field(r, "oid"));
    if (field(r, "attribute").ptr && !lf_unit_attribute_parse(attribute, &u.attribute))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "\"attribute\" is defence, administration, academia or enterprise-1 to -4");
    if (grade.len > 1)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"grade\" is A, B, C or D");
    if (grade.ptr)
        u.grade = grade.len ? grade.ptr[0] : '\0';
    if (field(r, "superior").ptr)
        u.superior = field(r, "superior");
    if (field(r, "tenant").ptr) /* "self": this node's own organisation */
        u.tenant = lf_view_is(field(r, "tenant"), "self") ? r->t->self->org : field(r, "tenant");
    if (field(r, "tenant").len) {
        struct lf_task node = lf_node_task(r->t);
        struct lf_organisation is;

        if (lf_organisation_get(&node, u.tenant, &is, r->e) != LF_OK)
            return lf_err_at(r->e, "\"tenant\"");
    }
    if (field(r, "peer").ptr)
        u.peer = field(r, "peer");
    return lf_unit_put(r->t, &u, out, r->e);
}

enum lf_code contact_put(struct rq *r, lf_view unit, lf_view id, lf_view *out)
{
    static const char *const names[] = {
        "title", "telephone", "fax", "mobile", "email", "webhook", "account"
    };
    lf_view part = field(r, "part"),
            seat =
                lf_view_trim(r->json ? lf_json_text(lf_json_get(r->json, LF_V("seat"))) : field(r, "seat"));
    struct lf_contact c = { .unit = unit };
    lf_view *fields[] = { &c.title, &c.telephone, &c.fax, &c.mobile, &c.email, &c.webhook, &c.account };

    if (id.len)
        LF_TRY(lf_contact_get(r->t, id, &c, r->e));
    if (!id.len || field(r, "name").ptr)
        LF_TRY(need(r, "name", &c.name));
    c.name = lf_view_trim(c.name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (field(r, names[i]).ptr)
            *fields[i] = lf_view_trim(field(r, names[i]));
    if (part.len && !lf_contact_part_parse(part, &c.part))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"part\" is contact, team, ciso, prevention or crisis");
    if (seat.len && (!lf_view_i64(seat, &c.seat) || c.seat < 1))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"seat\", the order of calling, is 1 to 999");
    if (field(r, "language").len)
        c.english = lf_view_starts(field(r, "language"), LF_V("en"));
    return lf_contact_put(r->t, &c, out, r->e);
}

static void put_contact(struct lf_json_w *w, const struct lf_contact *c)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", c->id);
    lf_json_put_str(w, "unit", c->unit);
    lf_json_put_cstr(w, "part", lf_contact_part_name(c->part));
    lf_json_put_int(w, "seat", c->seat);
    lf_json_put_str(w, "name", c->name);
    put_text(w, "title", c->title);
    put_text(w, "telephone", c->telephone);
    put_text(w, "fax", c->fax);
    put_text(w, "mobile", c->mobile);
    put_text(w, "email", c->email);
    put_text(w, "webhook", c->webhook);
    put_text(w, "account", c->account);
    lf_json_put_cstr(w, "language", c->english ? "en" : "zh-TW");
    lf_json_close(w);
}

static void put_contacts(struct lf_json_w *w, const char *key, const struct lf_contact *v, size_t n)
{
    lf_json_begin(w, key, '[');
    for (size_t i = 0; i < n; i++)
        put_contact(w, &v[i]);
    lf_json_close(w);
}

static void put_unit(struct lf_json_w *w, const struct lf_unit *u)
{
    lf_json_put_str(w, "id", u->id);
    lf_json_put_str(w, "name", u->name);
    put_text(w, "oid", u->oid);
    put_text(w, "attribute", lf_view_of(lf_unit_attribute_name(u->attribute)));
    if (u->grade)
        lf_json_put_str(w, "grade", (lf_view){ &u->grade, 1 });
    put_text(w, "superior", u->superior);
    put_text(w, "tenant", u->tenant);
    put_text(w, "peer", u->peer);
    lf_json_begin(w, "lacks", '[');
    for (enum lf_contact_part p = LF_PART_CONTACT; p < LF_PART_COUNT; p++)
        if (u->lacks >> p & 1)
            lf_json_put_cstr(w, NULL, lf_contact_part_name(p));
    lf_json_close(w);
}

enum lf_code unit_lacks(struct rq *r, unsigned *out)
{
    lf_view said = lf_view_some(query(r, "lacks"));
    enum lf_contact_part p;

    *out = lf_view_is(said, "any") ? LF_UNIT_NEEDS : 0;
    if (*out || !said.len)
        return LF_OK;
    if (!lf_contact_part_parse(said, &p) || !(LF_UNIT_NEEDS >> p & 1))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"lacks\" is contact, ciso, prevention, crisis or any");
    *out = 1U << p;
    return LF_OK;
}

enum lf_code api_units(struct rq *r)
{
    struct lf_unit_page list;
    struct lf_page page;
    unsigned lacks;
    struct out o;
    bool as_csv;

    LF_TRY(format_of(r, &as_csv));
    if (as_csv)
        return units_csv(r);
    LF_TRY(page_of(r, &page));
    LF_TRY(unit_lacks(r, &lacks));
    LF_TRY(lf_unit_list(r->t, lf_view_some(query(r, "q")), lacks, &page, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.n; i++) {
        lf_json_open(&o.w, '{');
        put_unit(&o.w, &list.items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

static enum lf_code say(struct rq *r, lf_view id, int status)
{
    struct lf_contact *c;
    struct lf_unit u;
    struct out o;
    size_t n;

    LF_TRY(lf_contact_list(r->t, id, &n, &c, r->e));
    LF_TRY(lf_unit_get(r->t, id, &u, r->e));
    u.lacks = lf_unit_lacks(c, n);
    begin(&o);
    put_unit(&o.w, &u);
    put_contacts(&o.w, "contacts", c, n);
    return end(r, &o, status);
}

enum lf_code api_unit(struct rq *r)
{
    return say(r, r->id, 200);
}

enum lf_code api_unit_add(struct rq *r)
{
    lf_view id;

    LF_TRY(unit_put(r, LF_V(""), &id));
    return say(r, id, 201);
}

enum lf_code api_unit_set(struct rq *r)
{
    LF_TRY(unit_put(r, r->id, NULL));
    return say(r, r->id, 200);
}

enum lf_code api_unit_remove(struct rq *r)
{
    LF_TRY(lf_unit_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_unit_import(struct rq *r)
{
    struct out o;
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_contact_import(r->t, csv, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "rows", (int64_t)n);
    return end(r, &o, 200);
}

enum lf_code api_contact_add(struct rq *r)
{
    lf_view id;

    LF_TRY(contact_put(r, r->id, LF_V(""), &id));
    return say_id(r, 201, id);
}

enum lf_code api_contact_set(struct rq *r)
{
    LF_TRY(contact_put(r, LF_V(""), r->id, NULL));
    return say_id(r, 200, r->id);
}

enum lf_code api_contact_remove(struct rq *r)
{
    LF_TRY(lf_contact_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

/* "desk", "deputy-2", "group-8" */
enum lf_code post_name(struct rq *r, lf_view name, enum lf_who *who, int *place)
{
    if (!lf_post_parse(name, who, place))
        return lf_err_set(
            r->e, LF_NOT_FOUND,
            "there is no such post; there are desk, national, convener, deputy-1 to -3, group-1 to "
            "-8, police, disaster and media");
    return LF_OK;
}

enum lf_code api_post(struct rq *r)
{
    struct lf_contact *c;
    enum lf_who who;
    struct out o;
    int place;
    size_t n;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(lf_post_get(r->t, who, place, &n, &c, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "post", r->id);
    put_contacts(&o.w, "contacts", c, n);
    return end(r, &o, 200);
}

enum lf_code post_set(struct rq *r, lf_view name, lf_view ids)
{
    lf_view id, v[LF_CONTACTS_MOST];
    enum lf_who who;
    size_t n = 0;
    int place;

    LF_TRY(post_name(r, name, &who, &place));
    while (lf_view_split(&ids, ',', &id)) {
        id = lf_view_trim(id);
        if (id.len && n == LF_CONTACTS_MOST)
            return lf_err_set(r->e, LF_TOO_MANY, "a post has at most %d people", LF_CONTACTS_MOST);
        if (id.len)
            v[n++] = id;
    }
    return lf_post_set(r->t, who, place, v, n, r->e);
}

enum lf_code api_post_set(struct rq *r)
{
    LF_TRY(post_set(r, r->id, lf_view_some(field(r, "contacts"))));
    return api_post(r);
}
