/* What the files of MISP's API share: one request of it. */
#ifndef LF_WEB_MISP_PRIV_H
#define LF_WEB_MISP_PRIV_H

#include "fmt/stix.h"
#include "ident/audit.h"
#include "isac/misp_event.h"
#include "isac/object.h"
#include "web/misp.h"

enum {
    LISTED = 1000, /* values of one filter */
    BODY_MOST = 16 << 20,
    ANSWER_MOST = 30 << 20, /* of one answer; an answer to the front has 32 MiB */
    OBJECTS_MOST = 20000,
    WORDS = 12
};

struct misp {
    struct rq *r;
    struct lf_task *t;
    struct lf_err *e;
    struct lf_collection c;
    struct lf_rights *rights;
    lf_view base;        /* of addresses: "/misp", "/misp/rw" */
    lf_view word[WORDS]; /* of the path, without the collection and ".json" */
    size_t nwords;
    const struct lf_json *body; /* NULL: none */

    struct lf_misp_events x;

    lf_view *made; /* of what was handed in */
    size_t nmade, capmade;
};

enum lf_code misp_said(struct misp *m, int status, struct lf_buf *b) LF_MUST;
/* A refusal, answered. */
enum lf_code misp_no(struct misp *m, int status, const char *why) LF_MUST;
/* "name:value" behind the words of a path, as MISP writes parameters there. */
bool misp_is_parameter(lf_view word);
void misp_put_seconds(struct lf_json_w *w, const char *key, lf_time at);
enum lf_code misp_view(struct misp *m, lf_view uuid, bool metadata, int status) LF_MUST;

/* misp_post.c */
enum lf_code misp_hand_in(struct misp *m, bool edit) LF_MUST;
enum lf_code misp_filter_for_push(struct misp *m) LF_MUST;
enum lf_code misp_add_sighting(struct misp *m) LF_MUST;
enum lf_code misp_bulk_sightings(struct misp *m) LF_MUST;

#endif
