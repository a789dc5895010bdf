/* The JSON API's part on duty rosters. */
#include "cert/contact.h"
#include "cert/duty.h"
#include "web/api_priv.h"
#include "web/shift.h"

enum { DAYS = 14 };

enum lf_code moment_asked(struct rq *r, const char *name, lf_time *out)
{
    lf_view v = lf_view_some(query(r, name));
    int64_t day;

    if (v.len == 10) {
        LF_TRY(lf_duty_day(r->t->a, v, &day, r->e));
        *out = lf_taipei_begin(day);
    } else if (v.len && lf_time_parse(v, out, r->e) != LF_OK) {
        return lf_err_at(r->e, "%s", name);
    }
    return LF_OK;
}

enum lf_code roster_asked(struct rq *r, lf_time *from, lf_time *until)
{
    *from = lf_now(r->t->env);
    LF_TRY(moment_asked(r, "from", from));
    *until = *from + DAYS * LF_DAY;
    return moment_asked(r, "until", until);
}

/* ---- what is said ---- */

static void put_slot(struct lf_json_w *w, const struct lf_roster *x, const struct lf_duty_slot *s)
{
    lf_json_open(w, '{');
    lf_json_put_time(w, "from", s->from);
    lf_json_put_time(w, "until", s->until);
    lf_json_put_str(w, "contact", s->contact);
    lf_json_put_str(w, "name", lf_roster_name(x, s->contact));
    if (s->instead.len) {
        lf_json_put_str(w, "instead", s->instead);
        lf_json_put_str(w, "instead_name", lf_roster_name(x, s->instead));
    }
    lf_json_put_int(w, "seat", s->seat);
    lf_json_put_str(w, "shift", s->turn);
    lf_json_close(w);
}

static void put_turn(struct lf_arena *a, struct lf_json_w *w, const struct lf_duty *d)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", d->turn.id);
    lf_json_put_str(w, "contact", d->turn.contact);
    lf_json_put_str(w, "name", d->name);
    put_text(w, "instead", d->turn.instead);
    put_text(w, "instead_name", d->instead);
    lf_json_put_str(w, "zone", d->turn.zone);
    lf_json_put_str(w, "begins", lf_duty_wall_text(a, d->turn.begin));
    lf_json_put_str(w, "ends", lf_duty_wall_text(a, d->turn.end));
    if (d->turn.every)
        lf_json_put_int(w, "every", d->turn.every);
    lf_json_put_time(w, "over", d->turn.until);
    lf_json_put_int(w, "seat", d->turn.seat);
    put_text(w, "note", d->note);
    lf_json_put_str(w, "by", d->by);
    lf_json_put_time(w, "made", d->made);
    lf_json_close(w);
}

/* Those whose shift it is, or who come next, in the order of calling. */
static void put_people(struct lf_json_w *w, const char *key, const struct lf_roster *x, bool now, lf_time at)
{
    struct lf_duty_span next = lf_duty_next(&x->slots, at);

    lf_json_begin(w, key, '[');
    for (size_t i = 0; i < x->slots.n; i++)
        if (now ? lf_duty_slot_now(&x->slots.items[i], at) : i >= next.first && i < next.first + next.n)
            put_slot(w, x, &x->slots.items[i]);
    lf_json_close(w);
}

static void put_faults(struct lf_json_w *w, const char *key, const struct lf_roster *x, bool overlap)
{
    lf_json_begin(w, key, '[');
    for (size_t i = 0; i < x->slots.nfaults; i++) {
        const struct lf_duty_fault *f = &x->slots.faults[i];

        if (f->overlap != overlap)
            continue;
        lf_json_open(w, '{');
        lf_json_put_time(w, "from", f->from);
        lf_json_put_time(w, "until", f->until);
        if (overlap) {
            lf_json_put_str(w, "a", lf_roster_name(x, f->a));
            lf_json_put_str(w, "b", lf_roster_name(x, f->b));
        }
        lf_json_close(w);
    }
    lf_json_close(w);
}

static int64_t count_faults(const struct lf_roster *x, bool overlap)
{
    int64_t n = 0;

    for (size_t i = 0; i < x->slots.nfaults; i++)
        n += x->slots.faults[i].overlap == overlap;
    return n;
}

enum lf_code api_rosters(struct rq *r)
{
    lf_time now = lf_now(r->t->env);
    struct out o;

    begin_list(&o, JSON_MOST);
    for (enum lf_who who = LF_WHO_DESK; lf_who_is_post(who); who++)
        for (int place = 1; place <= lf_who_places(who); place++) {
            struct lf_roster x;

            PUT_TRY(&o.b, lf_roster_get(r->t, who, place, now, now + DAYS * LF_DAY, &x, r->e));
            if (!x.nturns)
                continue;
            lf_json_open(&o.w, '{');
            lf_json_put_str(&o.w, "post", lf_post_name(r->t->a, who, place));
            put_people(&o.w, "on_duty", &x, true, now);
            put_people(&o.w, "next", &x, false, now);
            lf_json_put_int(&o.w, "gaps", count_faults(&x, false));
            lf_json_put_int(&o.w, "overlaps", count_faults(&x, true));
            lf_json_close(&o.w);
        }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_roster(struct rq *r)
{
    lf_time from, until, at = lf_now(r->t->env);
    struct lf_roster x, then;
    enum lf_who who;
    struct out o;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(roster_asked(r, &from, &until));
    LF_TRY(moment_asked(r, "at", &at));
    LF_TRY(lf_roster_get(r->t, who, place, from, until, &x, r->e));
    LF_TRY(lf_roster_get(r->t, who, place, at, at + DAYS * LF_DAY, &then, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "post", lf_post_name(r->t->a, who, place));
    put_people(&o.w, "on_duty", &then, true, at);
    put_people(&o.w, "next", &then, false, at);
    lf_json_begin(&o.w, "slots", '[');
    for (size_t i = 0; i < x.slots.n; i++)
        put_slot(&o.w, &x, &x.slots.items[i]);
    lf_json_close(&o.w);
    put_faults(&o.w, "gaps", &x, false);
    put_faults(&o.w, "overlaps", &x, true);
    lf_json_begin(&o.w, "shifts", '[');
    for (size_t i = 0; i < x.nturns; i++)
        put_turn(r->t->a, &o.w, &x.turns[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* ---- what is entered ---- */

enum lf_code whole_field(struct rq *r, const char *name, int64_t *out)
{
    lf_view v = r->json ? lf_json_text(lf_json_get(r->json, lf_view_of(name))) : field(r, name);

    v = lf_view_trim(lf_view_some(v));
    *out = 0;
    if (v.len && !lf_view_i64(v, out))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is a whole number", name);
    return LF_OK;
}

enum lf_code wall_field(struct rq *r, const char *name, bool needed, lf_time *out)
{
    lf_view v = lf_view_trim(lf_view_some(field(r, name)));

    *out = 0;
    if (needed)
        LF_TRY(need(r, name, &v));
    return v.len ? lf_duty_wall(v, out, r->e) : LF_OK;
}

enum lf_code contact_field(struct rq *r, const char *name, lf_view *id)
{
    lf_view v;

    LF_TRY(need(r, name, &v));
    return lf_contact_find(r->t, lf_view_trim(v), LF_V(""), id, r->e);
}

lf_view by_commas(struct rq *r, lf_view words)
{
    static const char *const marks[] = { "、", "，", "\n" };
    char *out = lf_arena_alloc(r->t->a, words.len + 1, 1);
    size_t n = 0;

    while (words.len) {
        size_t k = 0, taken = 1;

        while (k < sizeof marks / sizeof *marks && !lf_view_starts(words, lf_view_of(marks[k])))
            k++;
        if (k < sizeof marks / sizeof *marks)
            taken = strlen(marks[k]);
        out[n++] = k < sizeof marks / sizeof *marks ? ',' : words.ptr[0];
        words = lf_view_from(words, taken);
    }
    return (lf_view){ out, n };
}

/* Names or ids. */
static enum lf_code people(struct rq *r, lf_view words, lf_view *ids, size_t *n)
{
    lf_view rest = by_commas(r, words), word;

    *n = 0;
    while (lf_view_split(&rest, ',', &word)) {
        word = lf_view_trim(word);
        if (!word.len)
            continue;
        if (*n == LF_DUTY_ROTATION)
            return lf_err_set(r->e, LF_BAD_INPUT, "roster: 1 to %d people take turns", LF_DUTY_ROTATION);
        LF_TRY(lf_contact_find(r->t, word, LF_V(""), &ids[*n], r->e));
        (*n)++;
    }
    return LF_OK;
}

enum lf_code roster_add(struct rq *r)
{
    lf_view words, last = lf_view_trim(lf_view_some(field(r, "last"))), ids[LF_DUTY_ROTATION];
    struct lf_duty_new d = { .contacts = ids,
                             .zone = lf_view_some(field(r, "zone")),
                             .note = lf_view_some(field(r, "note")) };
    enum lf_who who;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(need(r, "contacts", &words));
    if (words.len > 8192)
        return lf_err_set(r->e, LF_BAD_INPUT, "roster: 1 to %d people take turns", LF_DUTY_ROTATION);
    LF_TRY(people(r, words, ids, &d.n));
    LF_TRY(wall_field(r, "begins", true, &d.begin));
    LF_TRY(wall_field(r, "ends", true, &d.end));
    LF_TRY(whole_field(r, "every", &d.every));
    LF_TRY(whole_field(r, "seat", &d.seat));
    if (last.len)
        LF_TRY(lf_duty_day(r->t->a, last, &d.last_day, r->e));
    return lf_duty_add(r->t, who, place, &d, r->e);
}

enum lf_code roster_cover(struct rq *r, lf_view *id)
{
    lf_view consent = lf_view_some(field(r, "consent"));
    struct lf_duty_cover c = { .zone = lf_view_some(field(r, "zone")),
                               .note = lf_view_some(field(r, "note")) };
    enum lf_who who;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(contact_field(r, "contact", &c.contact));
    LF_TRY(contact_field(r, "instead", &c.instead));
    LF_TRY(wall_field(r, "begins", true, &c.begin));
    LF_TRY(wall_field(r, "ends", true, &c.end));
    LF_TRY(wall_field(r, "back_begins", false, &c.back));
    LF_TRY(wall_field(r, "back_ends", false, &c.back_end));
    if (lf_view_is(consent, "given"))
        return lf_duty_cover(r->t, who, place, &c, r->e);
    if (consent.len && !lf_view_is(consent, "ask"))
        return lf_err_set(r->e, LF_BAD_INPUT, "consent is ask or given");
    return lf_duty_ask(r->t, who, place, &c, id, r->e);
}

enum lf_code roster_answer(struct rq *r, lf_view id)
{
    lf_view answer, contact = LF_V("");

    LF_TRY(need(r, "answer", &answer));
    if (!lf_view_is(answer, "agree") && !lf_view_is(answer, "decline"))
        return lf_err_set(r->e, LF_BAD_INPUT, "answer is agree or decline");
    if (lf_view_trim(lf_view_some(field(r, "contact"))).len)
        LF_TRY(contact_field(r, "contact", &contact));
    return lf_duty_answer(r->t, id, contact, lf_view_is(answer, "agree"), r->e);
}

static void put_ask(struct rq *r, struct lf_json_w *w, const struct lf_duty_ask *x)
{
    static const char *const states[] = { "waiting", "agreed", "declined" };

    lf_json_open(w, '{');
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "post", lf_post_name(r->t->a, x->who, x->place));
    lf_json_put_cstr(w, "state", states[x->state]);
    lf_json_put_str(w, "contact", x->cover.contact);
    lf_json_put_str(w, "name", x->name);
    lf_json_put_bool(w, "agreed", x->contact_by.len > 0);
    lf_json_put_str(w, "instead", x->cover.instead);
    lf_json_put_str(w, "instead_name", x->instead_name);
    lf_json_put_bool(w, "instead_agreed", x->instead_by.len > 0);
    lf_json_put_str(w, "begins", wall_text(r, x->cover.begin));
    lf_json_put_str(w, "ends", wall_text(r, x->cover.end));
    if (x->cover.back) {
        lf_json_put_str(w, "back_begins", wall_text(r, x->cover.back));
        lf_json_put_str(w, "back_ends", wall_text(r, x->cover.back_end));
    }
    lf_json_put_str(w, "zone", x->cover.zone);
    put_text(w, "note", x->cover.note);
    lf_json_put_bool(w, "mine", x->mine);
    lf_json_close(w);
}

enum lf_code api_roster_asks(struct rq *r)
{
    const struct lf_duty_ask *list;
    enum lf_who who;
    struct out o;
    int place;
    size_t n;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(lf_duty_ask_list(r->t, who, place, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        put_ask(r, &o.w, &list[i]);
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_roster_answer(struct rq *r)
{
    LF_TRY(roster_answer(r, r->id));
    return say_id(r, 200, r->id);
}

enum lf_code api_roster_add(struct rq *r)
{
    LF_TRY(roster_add(r));
    return api_roster(r);
}

enum lf_code api_roster_cover(struct rq *r)
{
    lf_view id = { 0 };

    LF_TRY(roster_cover(r, &id));
    return id.len ? say_id(r, 202, id) : api_roster(r);
}

enum lf_code api_shift_remove(struct rq *r)
{
    LF_TRY(lf_duty_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_roster_import(struct rq *r)
{
    struct out o;
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_duty_import(r->t, csv, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "rows", (int64_t)n);
    return end(r, &o, 200);
}
