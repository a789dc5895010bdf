/* What the JSON API's files share: an answer being written. */
#ifndef LF_WEB_API_PRIV_H
#define LF_WEB_API_PRIV_H

#include "web/web_priv.h"

enum { JSON_MOST = 8 << 20 };

struct out {
    struct lf_buf b;
    struct lf_json_w w;
};

static inline void begin_most(struct out *o, size_t most)
{
    lf_buf_init(&o->b, most);
    o->w = lf_json_w(&o->b);
    lf_json_open(&o->w, '{');
}

static inline void begin(struct out *o)
{
    begin_most(o, JSON_MOST);
}

static inline void begin_list(struct out *o, size_t most)
{
    begin_most(o, most);
    lf_json_begin(&o->w, "items", '[');
}

static inline enum lf_code end(struct rq *r, struct out *o, int status)
{
    lf_json_close(&o->w);
    return answer_json(r, status, &o->b);
}

static inline void put_text(struct lf_json_w *w, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(w, key, v);
}

static inline enum lf_code end_list(struct rq *r, struct out *o, lf_view next)
{
    lf_json_close(&o->w);
    put_text(&o->w, "next", next);
    return end(r, o, 200);
}

static inline enum lf_code say_id(struct rq *r, int status, lf_view id)
{
    struct out o;

    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    return end(r, &o, status);
}

/* api.c: who did it, by name, as "by"; nothing of an account that is none of the asker's organisation. */
void put_by(struct rq *r, struct lf_json_w *w, lf_view account);

/* api_playbook.c: the member "steps"; of a recovery their times run from when the system went down. */
struct lf_playbook_step;
struct lf_playbook_version;
/* api_playbook.c: the history of one as a list. */
enum lf_code say_versions(struct rq *r, const struct lf_playbook_version *list, size_t n) LF_MUST;
void put_json_steps(struct rq *r, struct lf_json_w *w, const struct lf_playbook_step *steps, size_t n,
                    bool recovery);

/* api_mail_seal.c: how a mail was sealed, where it was. */
void put_sealed(struct lf_json_w *w, const struct lf_mail_sealed *s);

#endif
