/* The JSON API's part on advisories: what people write, of the five types. */
#include "isac/advisory.h"

#include "base/crypto.h"
#include "fmt/uri.h"
#include "isac/bulletin.h"
#include "shield/block.h"
#include "web/api_priv.h"

static void put_row(struct lf_json_w *w, const struct lf_advisory_row *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_cstr(w, "kind", lf_advisory_kind_name(x->kind));
    lf_json_put_cstr(w, "state", lf_advisory_state_name(x->state));
    lf_json_put_str(w, "title", x->title);
    lf_json_put_bool(w, "exercise", x->exercise);
    put_text(w, "origin", x->origin);
    put_text(w, "author", x->author);
    put_text(w, "reviewer", x->reviewer);
    put_text(w, "reason", x->note);
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "changed", x->changed);
    lf_json_put_time(w, "published", x->published);
    lf_json_put_time(w, "version", x->version);
}

/* A word of the query among those there are; *out -1 when it is not asked. */
enum lf_code advisory_filter(struct rq *r, int *kind, int *state)
{
    enum lf_advisory_state s;
    enum lf_advisory_kind k;
    lf_view v;

    *kind = *state = -1;
    v = query(r, "kind");
    if (v.len) {
        if (!lf_advisory_kind_parse(v, &k))
            return lf_err_set(r->e, LF_BAD_INPUT, "kind is ANA, DEF, INT, EWA or FBI");
        *kind = (int)k;
    }
    v = query(r, "state");
    if (v.len) {
        if (!lf_advisory_state_parse(v, &s))
            return lf_err_set(r->e, LF_BAD_INPUT, "state is draft, review, returned, published or withdrawn");
        *state = (int)s;
    }
    return LF_OK;
}

enum lf_code api_advisories(struct rq *r)
{
    const struct lf_advisory_row *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    int kind, state;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(advisory_filter(r, &kind, &state));
    LF_TRY(lf_advisory_list(r->t, kind, state, query(r, "words"), &page, &n, &items, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_advisory(struct rq *r)
{
    const struct lf_advisory_attachment *files;
    const struct lf_advisory_event *events;
    struct lf_advisory_row x;
    struct out o;
    size_t n, nfiles;

    LF_TRY(lf_advisory_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_advisory_history(r->t, r->id, &n, &events, r->e));
    LF_TRY(lf_advisory_files(r->t, r->id, 0, &nfiles, &files, r->e));
    LF_TRY(lf_bulletin_open(r->t, r->id, r->e));
    begin(&o);
    put_row(&o.w, &x);
    lf_json_put_raw(&o.w, "form", x.form);
    lf_json_put_raw(&o.w, "indicators", x.indicators);
    if (x.json.len)
        lf_json_put_raw(&o.w, "stix", x.json);
    lf_json_begin(&o.w, "files", '[');
    for (size_t i = 0; i < nfiles; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "n", files[i].seq);
        lf_json_put_str(&o.w, "name", files[i].name);
        lf_json_put_str(&o.w, "type", files[i].type);
        lf_json_put_int(&o.w, "size", files[i].size);
        lf_json_put_str(&o.w, "sha256", files[i].sha256);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "history", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "at", events[i].at);
        lf_json_put_str(&o.w, "by", events[i].account);
        lf_json_put_cstr(&o.w, "act", lf_advisory_act_name(events[i].act));
        put_text(&o.w, "note", events[i].note);
        if (events[i].form.len)
            lf_json_put_raw(&o.w, "form", events[i].form);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_advisory_forms(struct rq *r)
{
    static const char *const types[] = { "text",   "long", "time",  "choice", "choices",
                                         "values", "cves", "links", "id" };
    struct out o;

    begin(&o);
    for (size_t k = 0; k < LF_ADVISORY_KINDS; k++) {
        lf_json_begin(&o.w, lf_advisory_kind_name((enum lf_advisory_kind)k), '[');
        for (size_t i = 0; i < LF_ADVISORY_FIELDS; i++) {
            const struct lf_advisory_field *f = &lf_advisory_fields[i];
            lf_view rest = lf_view_of(f->choices), one;

            if (!(f->on & (1u << k)))
                continue;
            lf_json_open(&o.w, '{');
            lf_json_put_cstr(&o.w, "key", f->key);
            lf_json_put_cstr(&o.w, "type", types[f->type]);
            lf_json_put_bool(&o.w, "needed", f->needed & (1u << k));
            if (f->choices) {
                lf_json_begin(&o.w, "choices", '[');
                while (lf_view_split(&rest, ' ', &one))
                    lf_json_put_str(&o.w, NULL, one);
                lf_json_close(&o.w);
            }
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code api_advisory_add(struct rq *r)
{
    struct lf_advisory_form form;
    enum lf_advisory_kind kind;
    lf_view name, id;

    LF_TRY(need(r, "kind", &name));
    if (!lf_advisory_kind_parse(name, &kind))
        return lf_err_set(r->e, LF_BAD_INPUT, "kind is ANA, DEF, INT, EWA or FBI");
    LF_TRY(lf_advisory_read_form(r->t->a, kind, lf_json_get(r->json, LF_V("form")), &form, r->e));
    LF_TRY(lf_advisory_draft(r->t, kind, &form, lf_json_bool(r->json, "exercise", false), &id, r->e));
    return say_id(r, 201, id);
}

enum lf_code api_advisory_edit(struct rq *r)
{
    struct lf_advisory_form form;
    struct lf_advisory_row x;

    LF_TRY(lf_advisory_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_advisory_read_form(r->t->a, x.kind, lf_json_get(r->json, LF_V("form")), &form, r->e));
    LF_TRY(lf_advisory_edit(r->t, r->id, &form, r->e));
    return answer_empty(r, 204);
}

/* Names that are never blocked are said before anything goes out. */
static enum lf_code check_values(struct rq *r)
{
    size_t values = lf_advisory_field(LF_V("values"));
    struct lf_advisory_form form;
    struct lf_advisory_row x;
    enum lf_observable_kind kind;

    LF_TRY(lf_advisory_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_advisory_form_of(r->t, &x, &form, r->e));
    for (size_t i = 0; i < form.n[values]; i++)
        if (lf_observable_guess(form.text[values][i], &kind) && kind == LF_OBS_DOMAIN)
            LF_TRY(lf_block_check(r->t, form.text[values][i], r->e));
    return LF_OK;
}

enum lf_code advisory_publish(struct rq *r)
{
    bool look_for = lf_json_bool(r->json, "look_for", false) || (!r->json && field(r, "look_for").ptr);

    if (look_for)
        LF_TRY(check_values(r));
    return lf_bulletin_publish(r->t, r->id, look_for, r->e);
}

enum lf_code api_advisory_submit(struct rq *r)
{
    LF_TRY(lf_advisory_submit(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_advisory_return(struct rq *r)
{
    LF_TRY(lf_advisory_return(r->t, r->id, lf_view_some(field(r, "reason")), r->e));
    return answer_empty(r, 204);
}

enum lf_code api_advisory_publish(struct rq *r)
{
    LF_TRY(advisory_publish(r));
    return answer_empty(r, 204);
}

enum lf_code api_advisory_withdraw(struct rq *r)
{
    LF_TRY(lf_advisory_withdraw(r->t, r->id, lf_view_some(field(r, "reason")), r->e));
    return answer_empty(r, 204);
}

static enum lf_code file_number(struct rq *r, int64_t *n)
{
    if (lf_view_i64(query(r, "n"), n) && *n > 0)
        return LF_OK;
    return lf_err_set(r->e, LF_BAD_INPUT, "say which file by its number: ?n=1");
}

enum lf_code api_advisory_file(struct rq *r)
{
    const struct lf_advisory_attachment *one;
    int64_t seq;
    size_t n;

    LF_TRY(file_number(r, &seq));
    LF_TRY(lf_advisory_files(r->t, r->id, seq, &n, &one, r->e));
    answer_file(r, "application/octet-stream", one->name, one->bytes);
    return LF_OK;
}

enum lf_code api_advisory_attach(struct rq *r)
{
    struct lf_advisory_file f;
    lf_view data;

    LF_TRY(need(r, "name", &f.name));
    LF_TRY(need(r, "type", &f.type));
    LF_TRY(need(r, "data", &data));
    if (lf_unbase64(r->t->a, data, &f.bytes, NULL) != LF_OK)
        return lf_err_set(r->e, LF_BAD_INPUT, "data is the file in base64");
    LF_TRY(lf_advisory_attach(r->t, r->id, &f, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_advisory_detach(struct rq *r)
{
    int64_t seq;

    LF_TRY(file_number(r, &seq));
    LF_TRY(lf_advisory_detach(r->t, r->id, seq, r->e));
    return answer_empty(r, 204);
}
