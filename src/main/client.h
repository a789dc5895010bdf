/* Client: the command line's way to a running node, through its local door (a
 * Unix socket in the data directory that only root and the node's owner may use).
 * One call at a time; answers live until the client's arena is reset. */
#ifndef LF_MAIN_CLIENT_H
#define LF_MAIN_CLIENT_H

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "fmt/json.h"

struct lf_client {
    struct lf_arena a;
    void *curl;
    char socket[108];
};

/* `data` is the node's data directory (holding local.sock). */
enum lf_code lf_client_open(struct lf_client *c, const char *data, struct lf_err *e) LF_MUST;
void lf_client_close(struct lf_client *c);

/* `body` is JSON, or empty for none.  `*out` is the answer's JSON, or NULL when it
 * had none.  A problem answer becomes the code of its status and its sentence. */
enum lf_code lf_client_call(struct lf_client *c, const char *method, const char *path, lf_view body,
                            const struct lf_json **out, struct lf_err *e) LF_MUST;

/* The same in TAXII's media type; waits two minutes for its answer. */
enum lf_code lf_client_taxii(struct lf_client *c, const char *method, const char *path, lf_view body,
                             const struct lf_json **out, struct lf_err *e) LF_MUST;

/* GET of what is no JSON: a file's bytes, as they are, written as they come; on a terminal how many came is
 * said meanwhile.  LF_AWAY with a sentence that says so: the node broke off, and what was written is a part.
 */
enum lf_code lf_client_fetch(struct lf_client *c, const char *path, FILE *to, struct lf_err *e) LF_MUST;

/* Takes the options every client command has off the front of argv ("--data DIR",
 * "-c FILE", "--json") and opens the client; prints the sentence and returns false
 * when that fails. */
bool lf_client_begin(struct lf_client *c, int *argc, char ***argv, bool *json);

#endif
