/* What the property tests of the doors share: a node that answers as the front asks it, and who asks. */
#ifndef PROP_DOORS_WORLD_H
#define PROP_DOORS_WORLD_H

#include "cert/publication.h"
#include "ident/account.h"
#include "ident/token.h"
#include "isac/seed.h"
#include "store/query_ident.h"
#include "store/query_intelligence.h"
#include "web/web_priv.h"

#include "rights_world.h"

/* Who has no account; he is asked of at the public root alone. */
#define STRANGER READERS

static struct lf_web *web;
static lf_view tokens[MEMBER];

static struct lf_http_request request(enum reader r, const char *method, lf_view path, const char *query,
                                      const char *accept, lf_view body)
{
    struct lf_http_request q = { .method = lf_view_of(method),
                                 .path = path,
                                 .query = lf_view_of(query),
                                 .body = body,
                                 .remote = LF_V("127.0.0.1") };

    if (r == STRANGER) {
        q.door = LF_DOOR_PUBLIC;
    } else if (r >= MEMBER) {
        q.door = LF_DOOR_PEER;
        q.has_pin = true;
        q.peer_pin[0] = (uint8_t)(r - MEMBER + 1);
    } else if (r == MACHINE) {
        q.door = LF_DOOR_LOCAL;
    } else {
        q.door = LF_DOOR_PUBLIC;
        q.headers[q.nheaders++] =
            (struct lf_http_header){ LF_V("Authorization"),
                                     lf_arena_printf(&d.life, "Bearer %.*s", LF_FMT(tokens[r])) };
    }
    q.headers[q.nheaders++] = (struct lf_http_header){ LF_V("Accept"), lf_view_of(accept) };
    if (body.len)
        q.headers[q.nheaders++] =
            (struct lf_http_header){ LF_V("Content-Type"),
                                     lf_view_of(strstr(accept, "taxii") ? accept : "application/json") };
    return q;
}

#define TAXII "application/taxii+json;version=2.1"

/* The answer's body, in d.arena; what a handler changed is taken back when `keep` is false. */
static lf_view ask(enum reader r, const char *method, lf_view path, const char *query, const char *accept,
                   lf_view body, int *status)
{
    struct lf_http_request q = request(r, method, path, query, accept, body);
    struct lf_http_response rs = { 0 };
    struct lf_err e = { 0 };
    enum lf_code rc;

    node_task(&d, 0, LF_V(""));
    CHECK_OK(lf_db_save(d.db, &e), &e);
    rc = lf_web_handle(web, &d.t, &q, &rs, &e);
    lf_db_undo(d.db);
    (void)rc;
    *status = rs.status;
    return rs.body;
}

static inline lf_view get(enum reader r, lf_view path, const char *query, const char *accept, int *status)
{
    return ask(r, "GET", path, query, accept, LF_V(""), status);
}

/* Digits do not count: what differs by what was asked for. */
static inline bool alike(lf_view a, lf_view b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        bool da = a.ptr[i] >= '0' && a.ptr[i] <= '9', db = b.ptr[i] >= '0' && b.ptr[i] <= '9';

        if (!(da && db) && a.ptr[i] != b.ptr[i])
            return false;
    }
    return true;
}

/* ---- the world ---- */

static inline void open_doors(void)
{
    struct lf_err e = { 0 };
    static const struct lf_publication_settings everyone = { .open = true, .kind = LF_PERIODS };
    struct lf_web_parts parts = { .peer_url = LF_V("https://127.0.0.1:1"), .publication = &everyone };
    static const unsigned roles_of[MEMBER] = { LF_ROLE_ANALYST, LF_ROLE_READER, 0, LF_ROLE_SHARE,
                                               LF_ROLE_SHARE };
    static const char *const names[MEMBER] = { "ana", "view", "", "program", "other" };

    open_world();
    parts.ident = lf_ident_create(&d.env);
    web = lf_web_create(&parts);
    as(MACHINE);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    CHECK_OK(lf_db_exec(
                 d.db, &d.t.scope, &lf_q_organisation_insert,
                 LF_ARGS(LF_TEXT(d.self.org), LF_TEXT(LF_V("sector")), LF_TEXT(LF_V("")), LF_NULL, LF_INT(1)),
                 &e),
             &e);
    for (int i = 0; i < 3; i++) {
        lf_view inbox = LF_V("");

        as(MACHINE);
        CHECK_OK(lf_collection_create(&d.t, lf_arena_printf(&d.arena, "to-%d", i), LF_V("inbox"),
                                      lf_arena_printf(&d.arena, "peer:%.*s", LF_FMT(peers[i])), LF_V(""),
                                      &inbox, &e),
                 &e);
        CHECK_OK(lf_db_exec(d.db, &d.t.scope, &lf_q_peer_join,
                            LF_ARGS(LF_TEXT(nodes[i]), LF_TEXT(nodes[i]),
                                    LF_TEXT(lf_view_of(i == 2 ? "nation" : "provider")), LF_TEXT(LF_V("")),
                                    LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(inbox), LF_TEXT(LF_V("")),
                                    LF_INT(1), LF_TEXT(peers[i])),
                            &e),
                 &e);
    }
    for (int r = HANDLER; r < MEMBER; r++) {
        lf_view id = LF_V(""), token = LF_V(""), tid;

        if (!roles_of[r])
            continue;
        as(MACHINE);
        CHECK_OK(lf_account_create(&d.t, LF_V(""), lf_view_of(names[r]), lf_view_of(names[r]),
                                   LF_V("correct horse battery"), roles_of[r], &id, &e),
                 &e);
        CHECK_OK(lf_token_create(&d.t, id, lf_view_of(names[r]), roles_of[r], 0, &tid, &token, &e), &e);
        tokens[r] = lf_arena_copy(&d.life, token);
        accounts[r] = lf_arena_cstr(&d.life, id);
    }
}

static inline void close_doors(void)
{
    lf_ident_destroy(web->parts.ident);
    lf_web_destroy(web);
    close_world();
}

#endif
