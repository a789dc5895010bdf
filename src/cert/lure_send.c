/* Lures on their way: the delivered texts, what goes out when, and who opened or reported one. */
#include "cert/lure.h"

#include "ident/node.h"
#include "store/query_lure.h"

enum { BATCH = 20 /* of one turn */, LINK = 36 };

static const struct lf_lure_template templates[LF_LURE_TEMPLATES] = {
    { "parcel", "您有一件包裹待領取", "A parcel is waiting for you",
      "{name} "
      "您好：\n\n您的包裹因地址不完整無法投遞，請於今日內確認收件資料，逾期將退回：\n{link}\n\n配送中心\n",
      "Dear {name},\n\nyour parcel could not be delivered because its address is incomplete. Please confirm "
      "it today, or it "
      "goes back:\n{link}\n\nDelivery centre\n" },
    { "password", "您的密碼將於今日到期", "Your password ends today",
      "{name} 您好：\n\n您的信箱密碼將於今日到期，請立即登入保留原密碼，以免帳號停用：\n{link}\n\n資訊室\n",
      "Dear {name},\n\nthe password of your mailbox ends today. Sign in at once to keep it, or your account "
      "is "
      "closed:\n{link}\n\nIT department\n" },
    { "allowance", "員工福利調查，請於本週填寫", "Staff allowance: please answer this week",
      "{name} 您好：\n\n為發放年度福利金，請於本週內填寫帳戶資料：\n{link}\n\n人事室\n",
      "Dear {name},\n\nto receive this year's allowance, fill in your account this "
      "week:\n{link}\n\nPersonnel\n" },
};

const struct lf_lure_template *lf_lure_template(size_t i)
{
    return &templates[i];
}

/* ---- sending ---- */

struct sending {
    lf_view org, id, subject, body;
    bool english;
    int64_t per_hour, sent, lately; /* lately: within the last hour */
    lf_time started;
    enum lf_exercise_state state;
};
struct person {
    int64_t seq;
    lf_view mail, name;
};
struct old {
    lf_view org, id;
};
struct batch {
    struct lf_arena *a;
    struct old old[BATCH];
    size_t nold;
    struct sending sending[BATCH];
    struct person people[BATCH];
    size_t n, npeople;
};

static enum lf_code on_sending(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct batch *b = ctx;

    (void)e;
    b->sending[b->n++] = (struct sending){ .org = lf_arena_copy(b->a, lf_row_text(r, 0)),
                                           .id = lf_arena_copy(b->a, lf_row_text(r, 1)),
                                           .subject = lf_arena_copy(b->a, lf_row_text(r, 2)),
                                           .body = lf_arena_copy(b->a, lf_row_text(r, 3)),
                                           .english = lf_row_int(r, 4) != 0,
                                           .per_hour = lf_row_int(r, 5),
                                           .started = lf_row_int(r, 6),
                                           .state = (enum lf_exercise_state)lf_row_int(r, 7),
                                           .sent = lf_row_int(r, 8),
                                           .lately = lf_row_int(r, 9) };
    return LF_OK;
}

static enum lf_code on_person(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct batch *b = ctx;

    (void)e;
    b->people[b->npeople++] = (struct person){ lf_row_int(r, 0), lf_arena_copy(b->a, lf_row_text(r, 1)),
                                               lf_arena_copy(b->a, lf_row_text(r, 2)) };
    return LF_OK;
}

static enum lf_code on_old(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct batch *b = ctx;

    (void)e;
    b->old[b->nold++] =
        (struct old){ lf_arena_copy(b->a, lf_row_text(r, 0)), lf_arena_copy(b->a, lf_row_text(r, 1)) };
    return LF_OK;
}

/* The text with what is in braces filled in; a name is data and no place of its own. */
static lf_view filled(struct lf_arena *a, lf_view text, lf_view name, lf_view link)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 * LF_LURE_BODY);
    while (text.len) {
        if (lf_view_starts(text, LF_V("{name}"))) {
            lf_buf_put(&b, name);
            text = lf_view_from(text, 6);
        } else if (lf_view_starts(text, LF_V("{link}"))) {
            lf_buf_put(&b, link);
            text = lf_view_from(text, 6);
        } else {
            lf_buf_byte(&b, text.ptr[0]);
            text = lf_view_from(text, 1);
        }
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code send_some(struct lf_task *t, const struct sending *x, const struct lf_mail_settings *s,
                              lf_view url, struct batch *b, struct lf_err *e)
{
    lf_time now = lf_now(t->env), since = now - x->started > 0 ? now - x->started : 0;
    /* The first at once, then evenly.  Also after the node was away no more than a minute's worth goes in one
     * heap, and an hour's within an hour. */
    int64_t may = 1 + (since / LF_SECOND) * x->per_hour / 3600 - x->sent, most = x->per_hour / 60 + 1;

    may = may < most ? may : most;
    may = may < x->per_hour - x->lately ? may : x->per_hour - x->lately;
    if (may <= 0)
        return LF_OK;
    b->npeople = 0;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lure_next,
                     LF_ARGS(LF_TEXT(x->id), LF_INT(may < BATCH ? may : BATCH)), on_person, b, NULL, e));
    for (size_t i = 0; i < b->npeople; i++) {
        lf_view link = lf_uuid_new(t->env, t->a);
        struct lf_mail_text m = { .way = LF_MAIL_SMTP,
                                  .digest = x->id,
                                  .to = b->people[i].mail,
                                  .exercise = x->id,
                                  .english = x->english };

        m.subject = filled(t->a, x->subject, b->people[i].name, LF_V(""));
        m.body = filled(t->a, x->body, b->people[i].name,
                        lf_arena_printf(t->a, "%.*s/lures/%.*s", LF_FMT(url), LF_FMT(link)));
        LF_TRY(lf_mail_add(t, s, &m, NULL, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lure_sent,
                          LF_ARGS(LF_INT(now), LF_TEXT(link), LF_TEXT(x->id), LF_INT(b->people[i].seq)), e));
        t->effects |= LF_FX_MAIL;
    }
    return LF_OK;
}

enum lf_code lf_lure_turn(struct lf_task *t, const struct lf_mail_settings *s, lf_view url, struct lf_err *e)
{
    struct batch *b = LF_NEW(t->a, struct batch, 1);
    struct lf_task own = lf_node_task(t);

    b->a = t->a;
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_lure_sending, LF_ARGS(LF_INT(lf_now(t->env) - LF_HOUR)),
                     on_sending, b, NULL, e));
    for (size_t i = 0; i < b->n; i++) {
        own.scope.org = b->sending[i].org;
        if (b->sending[i].state != LF_EXERCISE_RUNNING) {
            LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_lure_stop,
                              LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(b->sending[i].id)), e));
            LF_TRY(lf_mail_forget(t, b->sending[i].id, LF_V(""), false, e));
        } else if (lf_mail_way_open(s, LF_MAIL_SMTP) && s->encrypt != LF_MAIL_REQUIRE)
            LF_TRY(send_some(&own, &b->sending[i], s, url, b, e));
    }
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_lure_old, LF_ARGS(LF_INT(lf_now(t->env))), on_old, b, NULL, e));
    for (size_t i = 0; i < b->nold; i++) {
        own.scope.org = b->old[i].org;
        LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_lure_erase,
                          LF_ARGS(LF_INT(LF_LURE_PEOPLE), LF_TEXT(b->old[i].id)), e));
        LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_lure_erase_rest,
                          LF_ARGS(LF_TEXT(b->old[i].id), LF_INT(LF_LURE_PEOPLE)), e));
        LF_TRY(lf_mail_forget(t, b->old[i].id, LF_V(""), true, e));
        LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_lure_erased,
                          LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(b->old[i].id)), e));
    }
    t->effects |= own.effects;
    return LF_OK;
}

/* ---- who has a link ---- */

enum lf_code lf_lure_opened(struct lf_task *t, lf_view link, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);

    if (!lf_uuid_ok(link))
        return LF_OK;
    return lf_db_exec(t->db, &own.scope, &lf_q_lure_opened, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(link)),
                      e);
}

enum lf_code lf_lure_reported(struct lf_task *t, lf_view said, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    lf_view at = lf_view_trim(said);
    size_t n = lf_view_find(at, LF_V("/lures/"));

    if (n != SIZE_MAX)
        at = lf_view_from(at, n + 7);
    at = lf_view_first(at, LINK);
    if (!lf_uuid_ok(at))
        return LF_OK;
    return lf_db_exec(t->db, &own.scope, &lf_q_lure_reported, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(at)),
                      e);
}
