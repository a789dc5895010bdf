/* What rosters tell people by themselves: that a shift begins soon, and that one is without anybody.
 *
 * It is reckoned from the tables each time; what was told is known by the notice's key, so that a restart
 * tells nothing twice and misses nothing that is still to come. */
#include "cert/duty.h"
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "ident/node.h"

#define SOON LF_HOUR
#define AHEAD LF_DAY
#define WEEK (7 * LF_DAY)

static lf_view span_words(struct lf_arena *a, lf_time from, lf_time until)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 200);
    notice_put_local(&b, from);
    if (until) {
        lf_buf_printf(&b, " – ");
        notice_put_local(&b, until);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* `to` NULL: there is nobody to tell, and the notice says so. */
static enum lf_code tell(struct lf_task *t, const struct people_tell *p, const struct lf_contact *to,
                         struct lf_err *e)
{
    lf_view name = to ? to->id : LF_V("nobody"), span = span_words(t->a, p->from, p->until);
    struct lf_notice_new n = { .kind = p->kind,
                               .key = lf_arena_printf(t->a, "%.*s/%.*s", LF_FMT(p->key), LF_FMT(name)),
                               .subject = lf_post_name(t->a, p->who, p->place),
                               .title = lf_post_words(t->a, p->who, p->place, to && to->english),
                               .detail = span,
                               .path = p->path,
                               .about = to ? to->id : LF_V("nobody") };

    if (p->name.len)
        n.detail = lf_arena_printf(t->a, "%.*s %.*s", LF_FMT(p->name), LF_FMT(span));
    return lf_notice_raise(t, &n, NULL, e);
}

enum lf_code people_tell_owners(struct lf_task *t, const struct people_tell *p, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_contact *v;
    enum lf_code rc;
    size_t n;

    LF_TRY(lf_post_get(&own, p->who, p->place, &n, &v, e));
    if (!n)
        LF_TRY(lf_post_get(&own, LF_WHO_CONVENER, 1, &n, &v, e));
    rc = n ? LF_OK : tell(&own, p, NULL, e);
    for (size_t i = 0; rc == LF_OK && i < n; i++)
        rc = tell(&own, p, &v[i], e);
    t->effects |= own.effects;
    return rc;
}

/* He goes on without a break: a cover before or after does not begin a shift. */
static bool goes_on(const struct lf_duty_slots *s, const struct lf_duty_slot *one)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].until == one->from && lf_view_eq(s->items[i].contact, one->contact))
            return true;
    return false;
}

static enum lf_code tell_soon(struct lf_task *t, const struct people_post *post,
                              const struct lf_duty_slots *s, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    lf_view name = lf_post_name(t->a, post->who, post->place);

    for (size_t i = 0; i < s->n; i++) {
        const struct lf_duty_slot *one = &s->items[i];
        struct people_tell p = { .kind = LF_NOTICE_SHIFT,
                                 .who = post->who,
                                 .place = post->place,
                                 .path = lf_arena_printf(t->a, "/rosters/%.*s", LF_FMT(name)),
                                 .from = one->from,
                                 .until = one->until };
        struct lf_contact to;

        if (one->from <= now || one->from > now + SOON || goes_on(s, one))
            continue;
        p.key = lf_arena_printf(t->a, "shift/%.*s/%lld", LF_FMT(name), (long long)one->from);
        LF_TRY(people_contact(t, one->contact, &to, e));
        LF_TRY(tell(t, &p, &to, e));
    }
    return LF_OK;
}

/* A roster need not go round the clock: what was empty at the same time a week ago, after a shift, is meant
 * so.
 */
static bool usual(const struct lf_duty_slots *before, const struct lf_duty_fault *f)
{
    bool began = false;

    for (size_t i = 0; i < before->n && !began; i++)
        began = before->items[i].until + WEEK <= f->from;
    for (size_t i = 0; began && i < before->nfaults; i++)
        if (!before->faults[i].overlap && before->faults[i].from + WEEK <= f->from &&
            before->faults[i].until + WEEK >= f->until)
            return true;
    return false;
}

static enum lf_code tell_empty(struct lf_task *t, const struct people_post *post,
                               const struct lf_duty_slots *s, const struct lf_duty_slots *before,
                               struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    lf_view name = lf_post_name(t->a, post->who, post->place);

    for (size_t i = 0; i < s->nfaults; i++) {
        const struct lf_duty_fault *f = &s->faults[i];
        bool lasts = f->from <= now; /* one that is there already is told once a day */
        struct people_tell p = { .kind = LF_NOTICE_SHIFT_EMPTY,
                                 .who = post->who,
                                 .place = post->place,
                                 .path = lf_arena_printf(t->a, "/rosters/%.*s", LF_FMT(name)),
                                 .from = f->from,
                                 .until = f->until < now + AHEAD ? f->until : 0 };

        if (f->overlap || usual(before, f))
            continue;
        p.key = lf_arena_printf(t->a, "empty/%.*s/%lld", LF_FMT(name),
                                (long long)(lasts ? f->from / LF_DAY : f->from));
        LF_TRY(people_tell_owners(t, &p, e));
    }
    return LF_OK;
}

enum lf_code lf_duty_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    lf_time now = lf_now(t->env);
    const struct people_post *posts;
    size_t n;

    LF_TRY(people_posts(&own, now - WEEK, &n, &posts, e));
    for (size_t i = 0; i < n; i++) {
        struct lf_roster r, before;

        LF_TRY(lf_roster_get(&own, posts[i].who, posts[i].place, now, now + AHEAD, &r, e));
        LF_TRY(lf_roster_get(&own, posts[i].who, posts[i].place, now - 2 * WEEK, now, &before, e));
        LF_TRY(tell_soon(&own, &posts[i], &r.slots, e));
        LF_TRY(tell_empty(&own, &posts[i], &r.slots, &before.slots, e));
    }
    t->effects |= own.effects;
    return LF_OK;
}
