/* What of the alerts is asked for, by the query of the page and of the API alike. */
#include "web/alert_filter.h"

#include "fmt/uri.h"
#include "ident/account.h"
#include "web/page_priv.h"

static const char *const fields[] = { "q", "state", "least", "host", "owner", "rule", "from", "to" };

static enum lf_code words_of(struct rq *r, lf_view q, struct lf_alert_filter *f)
{
    lf_view word;

    while (q.len) {
        size_t n = 0;

        q = lf_view_trim(q);
        while (n < q.len && q.ptr[n] != ' ' && q.ptr[n] != '\t' && q.ptr[n] != '\r' && q.ptr[n] != '\n')
            n++;
        word = lf_view_first(q, n);
        q = lf_view_from(q, n);
        if (!word.len)
            break;
        if (f->nwords == LF_ALERT_WORDS)
            return lf_err_set(r->e, LF_BAD_INPUT, "q has at most %d words", LF_ALERT_WORDS);
        f->words[f->nwords++] = (struct lf_alert_word){ word, titles_with(r, word) };
    }
    return LF_OK;
}

static enum lf_code state_of(struct rq *r, bool open, struct lf_alert_filter *f)
{
    lf_view state = query(r, "state");

    f->open_only = open;
    if (!state.len) { /* as links of before said it */
        if (lf_view_is(query(r, "open"), "true"))
            f->open_only = true;
        if (lf_view_is(query(r, "all"), "1"))
            f->open_only = false;
        f->has_state = lf_view_is(query(r, "new"), "1");
        f->state = LF_ALERT_NEW;
        return LF_OK;
    }
    f->open_only = lf_view_is(state, "open");
    if (f->open_only || lf_view_is(state, "all"))
        return LF_OK;
    f->has_state = lf_alert_state_parse(state, &f->state);
    if (!f->has_state)
        return lf_err_set(r->e, LF_BAD_INPUT, "state is open, all, new, acknowledged or closed, not \"%.*s\"",
                          LF_FMT(lf_view_first(state, 40)));
    f->open_only = f->state != LF_ALERT_CLOSED;
    return LF_OK;
}

enum lf_code alert_filter_of(struct rq *r, bool open, struct lf_alert_filter *out)
{
    lf_view least = query(r, "least"), owner = query(r, "owner"), from = query(r, "from"),
            to = query(r, "to");
    struct lf_alert_filter f = { 0 };
    struct lf_account me;

    LF_TRY(state_of(r, open, &f));
    if (least.len && !lf_level_parse(least, &f.least))
        return lf_err_set(r->e, LF_BAD_INPUT, "least is informational, low, medium, high or critical");
    LF_TRY(words_of(r, query(r, "q"), &f));
    f.rule = lf_view_trim(query(r, "rule"));
    f.host = lf_view_trim(query(r, "host"));
    owner = lf_view_trim(owner);
    f.nobodys = lf_view_is(owner, "-");
    if (!f.nobodys)
        f.owner = owner;
    if (lf_view_is(owner, "me")) {
        if (lf_account_get(r->t, r->t->scope.account, &me, NULL) != LF_OK)
            return lf_err_set(r->e, LF_BAD_INPUT, "owner: whoever asks has no account here");
        f.owner = me.name;
    }
    if (lf_view_trim(from).len)
        LF_TRY(lf_alert_when(r->t, lf_view_trim(from), false, &f.from, r->e));
    if (lf_view_trim(to).len)
        LF_TRY(lf_alert_when(r->t, lf_view_trim(to), true, &f.to, r->e));
    *out = f;
    return LF_OK;
}

lf_view query_again(struct rq *r, const char *const *names, size_t n)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    for (size_t i = 0; i < n; i++) {
        lf_view v = query(r, names[i]);

        if (!v.len)
            continue;
        lf_buf_printf(&b, "&%s=", names[i]);
        lf_uri_encode(&b, v);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

lf_view alert_filter_link(struct rq *r)
{
    lf_view asked = query_again(r, fields, sizeof fields / sizeof *fields);
    const char *state = "";

    if (!query(r, "state").len && lf_view_is(query(r, "new"), "1"))
        state = "&state=new";
    else if (!query(r, "state").len && lf_view_is(query(r, "all"), "1"))
        state = "&state=all";
    return lf_arena_printf(r->t->a, "%.*s%s", LF_FMT(asked), state);
}
