/* What an event of an incident tells people of: the notices it raises at this node. */
#include "cert/incident_priv.h"
#include "cert/notice_priv.h"

/* An event that comes long after it was recorded (a node that was away, old cases) calls nobody. */
#define NEWS LF_DAY

struct news {
    const char *kind;
    enum lf_notice_kind notice;
};

static bool news_of(const struct lf_incident_event *ev, const struct lf_incident_state *s,
                    bool reported_before, int level_before, enum lf_notice_kind *out)
{
    static const struct news words[] = { { "reviewed", LF_NOTICE_REVIEWED },
                                         { "returned", LF_NOTICE_RETURNED },
                                         { "closed", LF_NOTICE_CLOSED } };

    if (s->reported_at && !reported_before) {
        *out = LF_NOTICE_REPORTED;
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(ev->kind, words[i].kind)) {
            *out = words[i].notice;
            return true;
        }
    *out = LF_NOTICE_LEVEL;
    return reported_before && s->level != level_before;
}

/* The letter of 2001 that is usual for a level (engine/level.h says it exactly where there were answers). */
static char usual_letter(int level)
{
    return (char)(level ? "DCBA"[level - 1] : '\0');
}

static char letter_of(const struct lf_incident_event *ev, int level)
{
    lf_view v = lf_json_str(ev->body, "letter");

    return v.len == 1 && v.ptr[0] >= 'A' && v.ptr[0] <= 'D' ? v.ptr[0] : usual_letter(level);
}

/* The response centre stands above the agencies: letter A convenes it at once, B informs each deputy. */
static enum lf_code call_out(struct lf_task *t, struct lf_notice_new *n, lf_view incident, struct lf_err *e)
{
    bool convene = n->letter == 'A';

    if (lf_view_is(t->self->tier, "provider") || (!convene && n->letter != 'B'))
        return LF_OK;
    n->kind = convene ? LF_NOTICE_CONVENE : LF_NOTICE_INFORM;
    n->key = lf_arena_printf(t->a, "%.*s/%s", LF_FMT(incident), convene ? "convene" : "inform");
    return lf_notice_raise(t, n, NULL, e);
}

enum lf_code incident_notices(struct lf_task *t, const struct incident_kept *before,
                              const struct lf_incident_state *s, const struct lf_incident_event *ev,
                              struct lf_err *e)
{
    struct lf_notice_new n = { .subject = ev->incident,
                               .title = incident_title_told(s->tlp, s->title),
                               .about = before->row.peer.len ? before->row.peer : t->scope.org,
                               .level = s->level,
                               .exercise = s->exercise ? s->exercise_of.speed : 0 };

    if (lf_now(t->env) - ev->recorded > NEWS ||
        !news_of(ev, s, before->row.reported_at != 0, before->row.level, &n.kind))
        return LF_OK;
    n.letter = letter_of(ev, s->level);
    n.path = lf_arena_printf(t->a, "/incidents/%.*s", LF_FMT(ev->incident));
    n.key = n.kind == LF_NOTICE_REPORTED ? lf_arena_printf(t->a, "%.*s/reported", LF_FMT(ev->incident))
                                         : ev->id;
    LF_TRY(lf_notice_raise(t, &n, NULL, e));
    return call_out(t, &n, ev->incident, e);
}
