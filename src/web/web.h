/* Web: answers requests, inside the core: who asks, which route, which service.
 *
 *   request → door and credentials → route (method, path, roles) → handler → answer
 *
 * Browsers sign in and carry the cookie `__Host-lf`; every changing request of
 * theirs carries "csrf" (form field) or X-CSRF-Token.  Programs use a bearer token
 * or Basic.  The local door is the operator: all roles of a person in the node's
 * own organisation.  The peer door is a node known by its key's pin.
 *
 * The routes are one table (routes.def), from which the OpenAPI document
 * /api/v1/openapi.json is made too. */
#ifndef LF_WEB_WEB_H
#define LF_WEB_WEB_H

#include "http/message.h"
#include "ident/ident.h"
#include "store/task.h"

struct lf_link;
struct lf_mail_settings;
struct lf_publication_settings;
struct lf_learning;
struct lf_rulebook;
struct lf_searches;
struct lf_web;

/* The office that receives reports, at the head of the form on paper; what is empty is left out. */
struct lf_office {
    lf_view name, telephone, fax, email, address;
};

/* All borrowed, living as long as the web. */
struct lf_web_parts {
    struct lf_ident *ident;
    const struct lf_link *link;   /* may be NULL: no state of the link is shown */
    struct lf_learning *learning; /* may be NULL: then nothing can be learnt here */
    struct lf_rulebook *rules;    /* may be NULL: then no list of rules is shown */
    struct lf_searches *searches; /* may be NULL: then nothing can be searched here */
    lf_view peer_url;             /* how other nodes reach our peer door, for invitations */
    uint8_t peer_pin[LF_SHA256];
    /* What the workers said of themselves, newest: one JSON object by worker name,
     * {"front":{"connections":3,…},…}, in `a`.  May be NULL. */
    lf_view (*health)(void *ctx, struct lf_arena *a);
    void *ctx;
    struct lf_pdf_font *font;            /* of documents; NULL: none are made */
    const struct lf_office *office;      /* may be NULL: nothing is said of it */
    const struct lf_mail_settings *mail; /* how mail goes out; NULL, or without a server: none does */
    /* May be NULL: nothing is there for who has no account, and no licence is told. */
    const struct lf_publication_settings *publication;
    lf_view url; /* of the console, as people reach it */
};

/* The most bytes that a body at this address may have: LF_WEB_FILE where files and objects are handed in by
 * who shows credentials (any; they are looked at later), else LF_WEB_BODY. */
enum { LF_WEB_BODY = 1 << 20, LF_WEB_FILE = 16 << 20 };
size_t lf_web_body_most(enum lf_http_door door, lf_view path, bool credentials);

struct lf_web *lf_web_create(const struct lf_web_parts *parts);
void lf_web_destroy(struct lf_web *w);

/* Fills t->scope and *rs, always.  Any code but LF_OK says that what the task
 * changed must be undone; *rs then tells the client so and is still to be sent.
 * A waiting poll comes back with the rs->wait_until it was given the first time;
 * otherwise *rs is zero on the way in. */
enum lf_code lf_web_handle(struct lf_web *w, struct lf_task *t, const struct lf_http_request *rq,
                           struct lf_http_response *rs, struct lf_err *e) LF_MUST;

/* Each minute: what was counted in memory is kept. */
enum lf_code lf_web_minute(struct lf_web *w, struct lf_task *t, struct lf_err *e) LF_MUST;

/* An answer that went on in pieces (http/message.h) is let go: that of the first request `id`, or all (0). */
void lf_web_gone(struct lf_web *w, uint64_t id);

#endif
