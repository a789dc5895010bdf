/* Notices and call-out in the console: one's inbox, what was raised, who was called, and the answer by a
 * link. */
#include "cert/duty.h"
#include "cert/notice.h"
#include "web/page_priv.h"
#include "web/team.h"

enum { INBOX = 50 };

lf_view notice_kind_text(const struct rq *r, enum lf_notice_kind k)
{
    static const enum lf_text words[] = {
        LF_T_NOTICE_REPORTED,      LF_T_NOTICE_REVIEWED,      LF_T_NOTICE_RETURNED,
        LF_T_NOTICE_LEVEL,         LF_T_NOTICE_CLOSED,        LF_T_NOTICE_CLOCK_50,
        LF_T_NOTICE_CLOCK_80,      LF_T_NOTICE_CLOCK_100,     LF_T_NOTICE_ALERT,
        LF_T_NOTICE_REMINDER,      LF_T_NOTICE_INFORM,        LF_T_NOTICE_CONVENE,
        LF_T_NOTICE_SUPPORT,       LF_T_NOTICE_SHIFT,         LF_T_NOTICE_FACTOR,
        LF_T_NOTICE_TEST,          LF_T_NOTICE_INJECT,        LF_T_NOTICE_SHIFT_EMPTY,
        LF_T_NOTICE_HANDOVER,      LF_T_NOTICE_MEETING,       LF_T_NOTICE_SWAP,
        LF_T_NOTICE_MAIL,          LF_T_NOTICE_TASK,          LF_T_NOTICE_EXERCISE,
        LF_T_NOTICE_EXERCISE_LATE, LF_T_NOTICE_OVERDUE,       LF_T_NOTICE_MEETING_SOON,
        LF_T_NOTICE_MEETING_DUE,   LF_T_NOTICE_GROUP_CALLED,  LF_T_NOTICE_GROUP_MEETS,
        LF_T_NOTICE_WEAKNESS,      LF_T_NOTICE_TEAM,          LF_T_NOTICE_TEAM_NEWS,
        LF_T_NOTICE_INQUIRY,       LF_T_NOTICE_INQUIRY_NEWS,  LF_T_NOTICE_INQUIRY_LATE,
        LF_T_NOTICE_REFERRAL,      LF_T_NOTICE_REFERRAL_LATE, LF_T_NOTICE_PARTNER,
        LF_T_NOTICE_RECOVERY,      LF_T_NOTICE_STATEMENT,     LF_T_NOTICE_STATEMENT_OUT,
        LF_T_NOTICE_STATEMENT_OFF, LF_T_NOTICE_SEMINAR,       LF_T_NOTICE_SEMINAR_OFF,
    };

    static_assert(sizeof words / sizeof *words == LF_NOTICE_KINDS, "each kind of notice has its words");
    return text(r, words[k]);
}

lf_view post_text(struct rq *r, enum lf_who who, int place)
{
    static const enum lf_text others[] = {
        [LF_WHO_AGENCY] = LF_T_PART_CONTACT, [LF_WHO_TEAM] = LF_T_PART_TEAM,
        [LF_WHO_CISO] = LF_T_PART_CISO,      [LF_WHO_MEMBERS] = LF_T_WHO_MEMBERS,
        [LF_WHO_PERSON] = LF_T_WHO_PERSON,   [LF_WHO_PREVENTION] = LF_T_PART_PREVENTION,
        [LF_WHO_CRISIS] = LF_T_PART_CRISIS,
    };

    if (lf_who_is_post(who))
        return lf_post_words(r->t->a, who, place, r->lang == LF_LANG_EN);
    static_assert(sizeof others / sizeof *others == LF_WHO_COUNT, "each that is called has its words");
    return text(r, others[who]);
}

static void put_state(struct rq *r, struct lf_buf *b, enum lf_notice_state s)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text word;
    } states[] = { { "warn", "…", LF_T_NOTICE_RAISED },
                   { "warn", "☎", LF_T_NOTICE_OPEN },
                   { "good", "✓", LF_T_NOTICE_DONE },
                   { "bad", "!", LF_T_NOTICE_UNANSWERED } };

    badge(b, states[s].tone, states[s].sign, text(r, states[s].word));
}

static void put_call_state(struct rq *r, struct lf_buf *b, enum lf_call_state s)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text word;
    } states[] = { { "warn", "☎", LF_T_CALL_CALLING },
                   { "good", "·", LF_T_CALL_TOLD },
                   { "good", "✓", LF_T_CALL_ACKNOWLEDGED },
                   { "bad", "→", LF_T_CALL_ESCALATED } };

    badge(b, states[s].tone, states[s].sign, text(r, states[s].word));
}

static void put_title(struct rq *r, struct lf_buf *b, const struct lf_notice *n)
{
    if (n->exercise)
        lf_html(b, "<strong>%</strong> ", T(EXERCISE_MARK));
    lf_html(b, "% ", V(notice_kind_text(r, n->kind)));
    if (n->title.len)
        lf_html(b, "<span class=\"wrap\">%</span>", V(n->title));
}

static void put_inbox(struct rq *r, struct lf_buf *b, const struct lf_inbox_item *items, size_t n)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(INBOX));
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(INBOX_EMPTY));
    else
        LF_PUT(b, "<ul class=\"plain\">");
    for (size_t i = 0; i < n; i++) {
        LF_PUT(b, "<li>");
        put_call_state(r, b, items[i].call.state);
        lf_html(b, " <a href=\"%\">", V(path2(r, "/notices/", items[i].notice.id, "")));
        put_title(r, b, &items[i].notice);
        LF_PUT(b, "</a> ");
        put_when_zone(r, b, items[i].call.made);
        if (items[i].call.state != LF_CALL_ACKNOWLEDGED)
            put_button(r, b, path2(r, "/calls/", items[i].call.id, "/acknowledge"), LF_T_CALL_ANSWER,
                       "small");
        LF_PUT(b, "</li>");
    }
    if (n)
        LF_PUT(b, "</ul>");
    LF_PUT(b, "</section>");
}

enum lf_code page_notices(struct rq *r)
{
    struct lf_notice_filter f = { .subject = lf_view_some(query(r, "subject")) };
    const struct lf_inbox_item *inbox;
    struct lf_notice_page list;
    struct lf_page page;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_notice_inbox(r->t, INBOX, &n, &inbox, r->e));
    LF_TRY(lf_notice_list(r->t, &f, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NOTICES), "/notices");
    lf_html(&b, "<h1>%</h1><p class=\"hint\">%</p>", T(NOTICES), T(NOTICES_HELP));
    put_inbox(r, &b, inbox, n);
    lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(NOTICES_ALL));
    if (!list.n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_NOTICES));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(NOTICES_ALL), T(NOTICE_ABOUT), T(NOTICE_STATE), T(NOTICE_MADE));
    for (size_t i = 0; i < list.n; i++) {
        lf_html(&b, "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">", T(NOTICE_ABOUT),
                V(path2(r, "/notices/", list.items[i].id, "")));
        put_title(r, &b, &list.items[i]);
        lf_html(&b, "</a></td><td data-label=\"%\">", T(NOTICE_STATE));
        put_state(r, &b, list.items[i].state);
        lf_html(&b, "</td><td data-label=\"%\">", T(NOTICE_MADE));
        put_when_zone(r, &b, list.items[i].made);
        LF_PUT(&b, "</td></tr>");
    }
    if (list.n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, "", list.next);
    return end_page(r, &b, 200);
}

static void put_delivery(struct rq *r, struct lf_buf *b, const struct lf_notice_delivery *d)
{
    static const enum lf_text ways[] = { LF_T_WAY_MAIL, LF_T_WAY_WEBHOOK, LF_T_WAY_SMS, LF_T_WAY_INBOX };
    static const enum lf_text states[] = { LF_T_DELIVERY_WAITING, LF_T_DELIVERY_SENT, LF_T_DELIVERY_FAILED };
    static const char *const tones[] = { "warn", "good", "bad" }, *const signs[] = { "…", "✓", "!" };

    lf_html(b, "<li class=\"wrap\">% ", V(text(r, ways[d->way])));
    if (d->way != LF_WAY_INBOX)
        lf_html(b, "% ", V(d->address));
    badge(b, tones[d->state], signs[d->state], text(r, states[d->state]));
    put_mail_seal(r, b, &d->sealed);
    if (d->told.len)
        lf_html(b, "<br><small lang=\"en\">%</small>", V(d->told));
    LF_PUT(b, "</li>");
}

static void put_call(struct rq *r, struct lf_buf *b, const struct lf_notice_full *f,
                     const struct lf_notice_call *c)
{
    lf_html(b, "<section class=\"panel\"><h2>% — %</h2><p>", V(post_text(r, c->who, c->place)),
            V(c->name.len ? c->name : text(r, LF_T_CALL_NOBODY)));
    put_call_state(r, b, c->state);
    LF_PUT(b, " ");
    put_when_zone(r, b, c->made);
    if (c->next) {
        lf_html(b, " · % ", T(CALL_NEXT));
        put_when_zone(r, b, c->next);
    }
    if (c->ended && c->ended_by.len) {
        lf_html(b, " · % ",
                V(lf_view_starts(c->ended_by, LF_V("link:")) ? lf_view_from(c->ended_by, 5)
                                                             : account_name(r, c->ended_by)));
        put_when_zone(r, b, c->ended);
    }
    LF_PUT(b, "</p><ul class=\"plain\">");
    for (size_t i = 0; i < f->ndeliveries; i++)
        if (lf_view_eq(f->deliveries[i].call, c->id))
            put_delivery(r, b, &f->deliveries[i]);
    LF_PUT(b, "</ul>");
    if (c->contact.len && c->state != LF_CALL_ACKNOWLEDGED)
        put_button(r, b, path2(r, "/calls/", c->id, "/acknowledge"), LF_T_CALL_ANSWERED_FOR, "second small");
    LF_PUT(b, "</section>");
}

enum lf_code page_notice(struct rq *r)
{
    struct lf_notice_full f;
    struct lf_buf b;

    LF_TRY(lf_notice_get(r->t, r->id, &f, r->e));
    begin_page(r, &b, notice_kind_text(r, f.row.kind), "/notices");
    lf_html(&b, "<p><a href=\"/notices\">%</a></p><h1>", T(NOTICES));
    put_title(r, &b, &f.row);
    LF_PUT(&b, "</h1><p>");
    put_state(r, &b, f.row.state);
    LF_PUT(&b, " ");
    put_when_zone(r, &b, f.row.made);
    LF_PUT(&b, "</p>");
    if (f.row.detail.len)
        lf_html(&b, "<p class=\"wrap\">%</p>", V(f.row.detail));
    if (f.row.due) {
        lf_html(&b, "<p>% ", T(NOTICE_DUE));
        put_when_zone(r, &b, f.row.due);
        LF_PUT(&b, "</p>");
    }
    if (f.row.path.len)
        lf_html(&b, "<p><a href=\"%\">%</a></p>", V(f.row.path), T(NOTICE_OPEN_SUBJECT));
    if (!f.ncalls)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NOTICE_NO_CALLS));
    for (size_t i = 0; i < f.ncalls; i++)
        put_call(r, &b, &f, &f.calls[i]);
    return end_page(r, &b, 200);
}

enum lf_code page_notice_try(struct rq *r)
{
    struct lf_notice_new n = { .kind = LF_NOTICE_TEST, .about = r->id, .exercise = true };
    lf_view id;

    n.key = lf_arena_printf(r->t->a, "test/%.*s", LF_FMT(lf_uuid_new(r->t->env, r->t->a)));
    LF_TRY(lf_notice_raise(r->t, &n, &id, r->e));
    return redirect(r, path2(r, "/notices/", id, ""));
}

enum lf_code page_call_acknowledge(struct rq *r)
{
    LF_TRY(lf_notice_acknowledge(r->t, r->id, r->e));
    return redirect(r, LF_V("/notices"));
}

/* Programs that look through mail open links: only the button answers. */
enum lf_code page_called(struct rq *r)
{
    struct lf_inbox_item item;
    struct lf_buf b;

    LF_TRY(lf_notice_link_read(r->t, r->id, &item, r->e));
    if (item.notice.kind == LF_NOTICE_TEAM) {
        struct lf_team_call call;
        struct lf_team team;

        LF_TRY(lf_team_link_read(r->t, r->id, &team, &call, r->e));
        return team_called_page(r, &team, &call);
    }
    begin_page(r, &b, text(r, LF_T_ANSWER), "");
    lf_html(&b, "<h1>%</h1><section class=\"panel\"><h2>", T(ANSWER));
    put_title(r, &b, &item.notice);
    lf_html(&b, "</h2><p>%</p><p>", V(item.call.name));
    put_when_zone(r, &b, item.notice.made);
    LF_PUT(&b, "</p>");
    if (item.call.state == LF_CALL_ACKNOWLEDGED)
        lf_html(&b, "<p class=\"good\" role=\"status\">%</p>", T(ANSWER_DONE));
    else
        put_button(r, &b, path2(r, "/called/", r->id, ""), LF_T_CALL_ANSWER, "");
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}

enum lf_code page_called_do(struct rq *r)
{
    struct lf_inbox_item item;
    lf_time at;
    bool comes;

    LF_TRY(lf_notice_link_read(r->t, r->id, &item, r->e));
    if (item.notice.kind == LF_NOTICE_TEAM) {
        LF_TRY(team_said(r, &comes, &at));
        LF_TRY(lf_team_link_answer(r->t, r->id, comes, at, r->e));
    } else {
        LF_TRY(lf_notice_link_answer(r->t, r->id, r->e));
    }
    return redirect(r, path2(r, "/called/", r->id, ""));
}
