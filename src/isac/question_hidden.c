/* What is asked by others and not to be told of: values that this node knows as an indicator stricter than
 * AMBER (a peer's, its own, or one that an account handed in), names below such a one, and such names below
 * what is asked. */
#include "base/map.h"
#include "engine/stix_words.h"
#include "fmt/yaml.h"
#include "isac/question_priv.h"
#include "isac/rights.h"
#include "model/marking.h"
#include "store/query_question.h"

enum {
    LOOKED = 5000,                 /* indicators that are read for one question; with more nothing is told */
    PARENTS = 8,                   /* of a name */
    ASKED = 2 * LF_QUESTION_VALUES /* different values and hosts of one question; two statements each */
};

struct known {
    lf_view origin, json, value;
};

struct hiding {
    struct lf_task *t;
    lf_view asker; /* peer; what it gave us itself is no secret from it */
    struct lf_observable *asked;
    size_t nasked, asked_cap;
    struct lf_map met;   /* what is in `asked`, and in `hidden` (1) */
    struct known *known; /* the rows of one statement, until they are judged */
    size_t nknown, known_cap;
    lf_view *hidden;
    size_t nhidden, hidden_cap, looked;
};

static enum lf_code strict(struct hiding *h, lf_view origin, lf_view json, bool *is, struct lf_err *e)
{
    enum lf_tlp tlp = LF_TLP_NONE;
    const struct lf_json *tree;
    bool closed = false;

    *is = true; /* one that cannot be read */
    if (lf_json_parse(h->t->a, json, NULL, &tree, NULL) != LF_OK)
        return LF_OK;
    LF_TRY(lf_rights_strictest(h->t, origin, lf_rights_author(h->t, origin), tree, &tlp, &closed, e));
    *is = closed || tlp > LF_TLP_AMBER;
    return LF_OK;
}

static enum lf_code take_known(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct hiding *h = ctx;
    lf_view value = lf_row_text(r, 2);
    uint64_t was = 0;

    (void)e;
    if (++h->looked > LOOKED || (lf_map_get(&h->met, value, &was) && was))
        return LF_OK;
    h->known = lf_arena_grow(h->t->a, h->known, h->nknown, &h->known_cap, sizeof *h->known);
    h->known[h->nknown++] = (struct known){ lf_arena_copy(h->t->a, lf_row_text(r, 0)),
                                            lf_arena_copy(h->t->a, lf_row_text(r, 1)),
                                            lf_arena_copy(h->t->a, value) };
    return LF_OK;
}

/* What a marking means is asked of the database too, so it waits for the end of the rows. */
static enum lf_code judge(struct hiding *h, struct lf_err *e)
{
    for (size_t i = 0; i < h->nknown; i++) {
        const struct known *k = &h->known[i];
        uint64_t was = 0;
        bool is;

        if (lf_map_get(&h->met, k->value, &was) && was) /* another of the same */
            continue;
        LF_TRY(strict(h, k->origin, k->json, &is, e));
        if (!is)
            continue;
        h->hidden = lf_arena_grow(h->t->a, h->hidden, h->nhidden, &h->hidden_cap, sizeof *h->hidden);
        h->hidden[h->nhidden++] = k->value;
        lf_map_set(&h->met, k->value, 1);
    }
    h->nknown = 0;
    return LF_OK;
}

static enum lf_code look(struct hiding *h, const struct lf_observable *o, struct lf_err *e)
{
    lf_view low, high, rest = o->value, up[PARENTS];
    int64_t most = LOOKED + 1 - (int64_t)h->looked;
    size_t n = 0;

    if (o->kind != LF_OBS_DOMAIN)
        return lf_db_run(h->t->db, &h->t->scope, &lf_q_question_value,
                         LF_ARGS(LF_INT(o->kind), LF_TEXT(o->value), LF_TEXT(h->asker), LF_INT(most)),
                         take_known, h, NULL, e);
    low = lf_observable_reversed(h->t->a, o->value);
    high = lf_arena_copy(h->t->a, low);
    ((char *)(uintptr_t)high.ptr)[high.len - 1] = '.' + 1;
    LF_TRY(lf_db_run(h->t->db, &h->t->scope, &lf_q_question_below,
                     LF_ARGS(LF_TEXT(low), LF_TEXT(high), LF_TEXT(h->asker), LF_INT(most)), take_known, h,
                     NULL, e));
    while (n < PARENTS && lf_view_split(&rest, '.', &low) && lf_view_find_byte(rest, '.') != SIZE_MAX)
        up[n++] = rest;
    if (!n)
        return LF_OK;
    while (n < PARENTS)
        up[n++] = LF_V("");
    return lf_db_run(h->t->db, &h->t->scope, &lf_q_question_parents,
                     LF_ARGS(LF_INT(LF_OBS_DOMAIN), LF_TEXT(up[0]), LF_TEXT(up[1]), LF_TEXT(up[2]),
                             LF_TEXT(up[3]), LF_TEXT(up[4]), LF_TEXT(up[5]), LF_TEXT(up[6]), LF_TEXT(up[7]),
                             LF_TEXT(h->asker), LF_INT(most)),
                     take_known, h, NULL, e);
}

/* ---- what is asked for ---- */

static void add(struct hiding *h, lf_view text)
{
    enum lf_observable_kind kind;
    lf_view value, host;
    uint64_t was;

    if (h->nasked > ASKED || !lf_observable_guess(text, &kind) ||
        !lf_observable_text(h->t->a, kind, text, &value) || lf_map_get(&h->met, value, &was))
        return;
    lf_map_set(&h->met, value, 0);
    h->asked = lf_arena_grow(h->t->a, h->asked, h->nasked, &h->asked_cap, sizeof *h->asked);
    h->asked[h->nasked++] = (struct lf_observable){ kind, value };
    host = kind == LF_OBS_URL     ? lf_url_host(value)
           : kind == LF_OBS_EMAIL ? lf_view_from(value, lf_view_find_byte(value, '@') + 1)
                                  : LF_V("");
    if (host.len)
        add(h, host);
}

/* A rule's values, without the signs of any text around them. */
static void add_all(struct hiding *h, const struct lf_json *v)
{
    lf_view text = lf_json_text(v);

    if (lf_json_kind(v) != LF_JSON_STRING) {
        for (size_t i = 0; i < lf_json_size(v); i++)
            add_all(h, lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_item(v, i) : lf_json_member(v, i));
        return;
    }
    while (text.len && strchr("*.?", text.ptr[0] ? text.ptr[0] : 'x'))
        text = lf_view_from(text, 1);
    while (text.len && strchr("*.?", text.ptr[text.len - 1] ? text.ptr[text.len - 1] : 'x'))
        text.len--;
    add(h, text);
}

enum lf_code lf_question_hidden(struct lf_task *t, const struct lf_question_row *q,
                                const struct lf_question *what, const lf_view **out, size_t *n, bool *many,
                                struct lf_err *e)
{
    struct hiding h = { .t = t, .asker = q->origin };
    struct lf_stix_pattern p;
    struct lf_observable *words;
    const struct lf_json *rule;
    size_t nwords = 0;
    enum lf_code rc = LF_OK;

    *out = NULL;
    *n = 0;
    *many = false;
    if (!q->origin.len) /* our own people ask */
        return LF_OK;
    lf_map_init(&h.met, 1);
    for (size_t i = 0; i < what->nvalues; i++)
        add(&h, what->values[i]);
    if (what->kind == LF_QUESTION_STIX && lf_stix_pattern_parse(t->a, what->text, &p, NULL) == LF_OK)
        lf_stix_words_all(t->a, &p, &words, &nwords);
    for (size_t i = 0; i < nwords; i++)
        add(&h, words[i].value);
    if (what->kind == LF_QUESTION_SIGMA && lf_yaml_parse(t->a, what->text, NULL, &rule, NULL) == LF_OK)
        add_all(&h, lf_json_get(rule, LF_V("detection")));
    for (size_t i = 0; i < h.nasked && h.nasked <= ASKED && h.looked <= LOOKED && rc == LF_OK; i++) {
        rc = look(&h, &h.asked[i], e);
        if (rc == LF_OK)
            rc = judge(&h, e);
    }
    lf_map_clear(&h.met);
    *many = h.nasked > ASKED || h.looked > LOOKED || h.nhidden > LF_QUESTION_HIDDEN;
    *out = h.hidden;
    *n = h.nhidden;
    return rc;
}
