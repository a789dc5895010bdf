/* The JSON API's part on questions to the archives below (isac/question.h). */
#include "isac/question.h"

#include "web/api_priv.h"

enum { WAIT_MOST = 60, USUAL_DAYS = 30, USUAL_HOURS = 24, LIST_MOST = 100 };

/* A whole number from the body, as a number or as text, or from the form. */
static enum lf_code whole(struct rq *r, const char *name, int64_t otherwise, int64_t *out)
{
    const struct lf_json *v = lf_json_get(r->json, lf_view_of(name));
    lf_view text = lf_view_trim(r->json ? lf_json_text(v) : field(r, name));

    *out = otherwise;
    if ((v && lf_json_kind(v) == LF_JSON_NULL) || text.len == 0)
        return LF_OK;
    if (!lf_view_i64(text, out) || *out < 0 || *out > (int64_t)1 << 53)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is a whole number from 0", name);
    return LF_OK;
}

static enum lf_code when(struct rq *r, const char *name, lf_time otherwise, lf_time *out)
{
    lf_view text = lf_view_trim(field(r, name));

    *out = otherwise;
    return text.len ? lf_time_parse(text, out, r->e) : LF_OK;
}

/* A list of texts in the body, or one text with blanks, commas or lines between them. */
static enum lf_code words(struct rq *r, const char *name, size_t most, const lf_view **out, size_t *n)
{
    const struct lf_json *list = lf_json_get(r->json, lf_view_of(name));
    lf_view text = field(r, name), *v = NULL;
    size_t cap = 0;

    *n = 0;
    if (lf_json_kind(list) == LF_JSON_ARRAY) {
        if (lf_json_items(list) > most)
            return lf_err_set(r->e, LF_TOO_BIG, "\"%s\" has %zu entries, and %zu is the most", name,
                              lf_json_items(list), most);
        for (size_t i = 0; i < lf_json_items(list); i++) {
            if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING)
                return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is a list of texts", name);
            v = lf_arena_grow(r->t->a, v, *n, &cap, sizeof *v);
            v[(*n)++] = lf_json_text(lf_json_item(list, i));
        }
    }
    for (size_t i = 0; i < text.len; i++) {
        size_t begin = i;

        while (i < text.len && !strchr(" ,;\t\r\n", text.ptr[i]))
            i++;
        if (i == begin)
            continue;
        if (*n == most)
            return lf_err_set(r->e, LF_TOO_BIG, "\"%s\" has more than %zu entries", name, most);
        v = lf_arena_grow(r->t->a, v, *n, &cap, sizeof *v);
        v[(*n)++] = lf_view_first(lf_view_from(text, begin), i - begin);
    }
    *out = v;
    return LF_OK;
}

/* What a text is, when nobody says: a pattern begins with a bracket, a list has no colon and blank. */
static enum lf_question_kind guess(lf_view text)
{
    text = lf_view_trim(text);
    return text.len && (text.ptr[0] == '[' || text.ptr[0] == '(') ? LF_QUESTION_STIX : LF_QUESTION_SIGMA;
}

enum lf_code question_ask(struct rq *r, lf_view *id)
{
    lf_time now = lf_now(r->t->env);
    struct lf_question q = { .why = lf_view_some(lf_view_trim(field(r, "description"))) };
    lf_view kind = field(r, "kind"), reach = lf_view_trim(field(r, "reach"));
    int64_t days, hours;

    LF_TRY(need(r, "name", &q.name));
    q.name = lf_view_trim(q.name);
    q.text = lf_view_some(lf_view_trim(field(r, "text")));
    LF_TRY(words(r, "values", LF_QUESTION_VALUES, &q.values, &q.nvalues));
    LF_TRY(words(r, "nodes", LF_QUESTION_NODES, &q.nodes, &q.nnodes));
    q.kind = q.text.len ? guess(q.text) : LF_QUESTION_INDICATORS;
    if (kind.len && !lf_question_kind_parse(kind, &q.kind))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"kind\" is stix, sigma or indicators");
    if (q.kind == LF_QUESTION_INDICATORS && !q.nvalues && q.text.len) /* a form has one field for all */
        LF_TRY(words(r, "text", LF_QUESTION_VALUES, &q.values, &q.nvalues));
    LF_TRY(whole(r, "days", USUAL_DAYS, &days));
    LF_TRY(whole(r, "hours", USUAL_HOURS, &hours));
    if (days > 36600 || hours > 24 * 36600)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"days\" and \"hours\" are no longer than a century");
    LF_TRY(when(r, "until", now, &q.until));
    LF_TRY(when(r, "from", q.until - days * LF_DAY, &q.from));
    LF_TRY(when(r, "expires", now + hours * LF_HOUR, &q.expires));
    LF_TRY(whole(r, "most_bytes", 0, &q.most_bytes));
    LF_TRY(whole(r, "most_seconds", 0, &q.most_seconds));
    q.reach = q.nnodes ? LF_QUESTION_MEMBERS : LF_QUESTION_SUBTREE;
    for (int i = 0; reach.len && i <= LF_QUESTION_REACHES; i++) {
        if (i == LF_QUESTION_REACHES)
            return lf_err_set(r->e, LF_BAD_INPUT, "\"reach\" is subtree, nodes or branches");
        if (lf_view_is(reach, lf_question_reach_name((enum lf_question_reach)i))) {
            q.reach = (enum lf_question_reach)i;
            break;
        }
    }
    return lf_question_ask(r->t, &q, id, r->e);
}

static void put_row(struct lf_json_w *w, const struct lf_question_row *q)
{
    lf_json_put_str(w, "id", q->id);
    lf_json_put_str(w, "name", q->name);
    lf_json_put_cstr(w, "kind", lf_question_kind_name(q->kind));
    lf_json_put_cstr(w, "asked", q->origin.len ? "us" : "by us");
    lf_json_put_str(w, "asker", q->asker);
    lf_json_put_str(w, "asker_name", q->asker_name);
    lf_json_put_str(w, "asker_tier", q->asker_tier);
    lf_json_put_time(w, "created", q->created);
    lf_json_put_time(w, "expires", q->expires);
    lf_json_put_time(w, "received", q->received);
    lf_json_put_cstr(w, "state", lf_answer_state_name(q->state));
    put_text(w, "reason", q->reason);
    put_text(w, "decided_by", q->decided_by);
    lf_json_put_time(w, "decided", q->decided);
}

enum lf_code api_questions(struct rq *r)
{
    struct lf_question_row *items;
    struct lf_page page;
    uint64_t before = 0;
    struct out o;
    size_t n, most;

    LF_TRY(page_of(r, &page));
    most = page.limit && page.limit < LIST_MOST ? page.limit : LIST_MOST;
    if (page.after.len && (!lf_view_u64(page.after, &before) || before > INT64_MAX))
        return lf_err_set(r->e, LF_BAD_INPUT, "that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_question_list(r->t, (int64_t)before, most, &n, &items, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o,
                    n == most ? lf_arena_printf(r->t->a, "%lld", (long long)items[n - 1].seq) : LF_V(""));
}

static void put_part(struct lf_json_w *w, const char *key, const struct lf_answer_part *p)
{
    if (key)
        lf_json_begin(w, key, '{');
    else
        lf_json_open(w, '{');
    lf_answer_part_write(w, p);
    lf_json_close(w);
}

enum lf_code api_question(struct rq *r)
{
    struct lf_question_view v;
    const struct lf_question *q = &v.way.question;
    lf_view wait = query(r, "wait");
    lf_time tick = lf_tick(r->t->env);
    uint64_t seconds = 0;
    struct out o;

    if (wait.len && (!lf_view_u64(wait, &seconds) || seconds > WAIT_MOST))
        return lf_err_set(r->e, LF_BAD_INPUT, "wait is a number of seconds, at most %d", WAIT_MOST);
    LF_TRY(lf_question_get(r->t, r->id, &v, r->e));
    if (seconds && v.sum.open && (!r->waited || tick < r->waited)) {
        r->out->wait_until = r->waited ? r->waited : tick + (lf_time)seconds * LF_SECOND;
        return LF_OK;
    }
    begin_most(&o, 32 << 20);
    put_row(&o.w, &v.row);
    put_text(&o.w, "description", q->why);
    if (q->kind == LF_QUESTION_INDICATORS) {
        lf_json_begin(&o.w, "values", '[');
        for (size_t i = 0; i < q->nvalues; i++)
            lf_json_put_str(&o.w, NULL, q->values[i]);
        lf_json_close(&o.w);
    } else {
        lf_json_put_str(&o.w, "text", q->text);
    }
    lf_json_put_time(&o.w, "from", q->from);
    lf_json_put_time(&o.w, "until", q->until);
    lf_json_put_int(&o.w, "most_bytes", q->most_bytes);
    lf_json_put_int(&o.w, "most_seconds", q->most_seconds);
    lf_json_put_cstr(&o.w, "reach", lf_question_reach_name(q->reach));
    lf_json_put_bool(&o.w, "withdrawn", q->withdrawn);
    put_part(&o.w, "own", &v.own);
    if (v.row.origin.len && v.row.answer.len)
        put_part(&o.w, "told", &v.told);
    lf_json_begin(&o.w, "members", '[');
    for (size_t i = 0; i < v.nmembers; i++)
        put_part(&o.w, NULL, &v.members[i]);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "sum", '{');
    lf_json_put_int(&o.w, "asked", v.sum.asked);
    lf_json_put_int(&o.w, "open", v.sum.open);
    lf_json_put_int(&o.w, "answered", v.sum.answered);
    lf_json_put_int(&o.w, "refused", v.sum.refused);
    lf_json_put_int(&o.w, "seen", v.sum.seen);
    lf_json_put_int(&o.w, "count", v.sum.count);
    lf_json_put_bool(&o.w, "at_least", v.sum.at_least);
    lf_json_put_time(&o.w, "first_seen", v.sum.first);
    lf_json_put_time(&o.w, "last_seen", v.sum.last);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_question_ask(struct rq *r)
{
    lf_view id;

    LF_TRY(question_ask(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_question_withdraw(struct rq *r)
{
    LF_TRY(lf_question_withdraw(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_question_accept(struct rq *r)
{
    LF_TRY(lf_question_decide(r->t, r->id, true, LF_V(""), r->e));
    return answer_empty(r, 204);
}

enum lf_code api_question_refuse(struct rq *r)
{
    lf_view why;

    LF_TRY(need(r, "reason", &why));
    LF_TRY(lf_question_decide(r->t, r->id, false, why, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_question_policy(struct rq *r)
{
    struct lf_question_policy p;
    struct out o;

    LF_TRY(lf_question_policy_get(r->t, &p, r->e));
    begin(&o);
    lf_json_put_bool(&o.w, "signed", p.id.len > 0);
    put_text(&o.w, "id", p.id);
    put_text(&o.w, "signed_by", p.signed_by);
    lf_json_put_time(&o.w, "signed_at", p.signed_at);
    lf_json_begin(&o.w, "policy", '{');
    lf_question_policy_json(&o.w, &p);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_question_policy_sign(struct rq *r)
{
    lf_view id;

    if (!r->json)
        return lf_err_set(r->e, LF_BAD_INPUT, "send the policy as a JSON object");
    LF_TRY(lf_question_policy_sign(r->t, r->in->body, &id, r->e));
    return say_id(r, 201, id);
}
