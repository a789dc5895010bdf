/* What the intake's files share; for them alone. */
#ifndef LF_PROC_INTAKE_PRIV_H
#define LF_PROC_INTAKE_PRIV_H

#include "base/map.h"
#include "engine/detect.h"
#include "engine/normalise.h"
#include "fmt/json.h"
#include "proc/intake.h"
#include "proc/worker.h"
#include "store/journal.h"

struct intake_net;
struct intake_follow;

/* Counters of one sender, shown in node health. */
struct intake_sender {
    struct intake_sender *next;
    lf_view name;
    uint64_t received, malformed, dropped;
};

struct intake_token {
    lf_view name;
    uint8_t hash[LF_SHA256];
};

/* An HTTP answer that waits until its records are durable. */
struct intake_answer {
    struct intake_answer *next;
    uint64_t id;
    struct lf_buf packed;
};

enum {
    INTAKE_SENDERS = 500,        /* counted by name; the rest together */
    INTAKE_COMMIT_AT = 32 << 20, /* bytes that wait before a commit in mid-round */
    INTAKE_LAG_MOST = 300000,    /* records not yet matched before sources are paused */
    INTAKE_OUTSTANDING = 100000, /* findings the core has not confirmed */
    INTAKE_READ = 4 << 20,       /* journal bytes matched in one go */
    INTAKE_TOKENS = 10000,
    INTAKE_SHOWN = 100 /* senders in node health */
};
#define INTAKE_CONFIRM (15 * LF_SECOND) /* how long a finding may stay unconfirmed */
#define INTAKE_ROUND (40 * LF_MSEC)     /* matching in one round of the loop */

struct intake {
    struct lf_worker *w;
    struct lf_journal *j;
    const char *data; /* the journal's directory */
    bool stuck;       /* the last commit failed: nothing more is taken until one succeeds */

    struct lf_arena task;  /* one event, one request */
    struct lf_arena batch; /* records read back from the journal */

    /* Rules: one generation and the file texts it was built from. */
    struct lf_ruleset *rules;
    struct lf_arena rules_arena;
    const char **rule_dirs;
    size_t nrule_dirs;
    struct lf_evidence *evidence;

    struct lf_arena token_arena;
    struct intake_token *tokens;
    size_t ntokens;
    bool tokens_known;

    struct lf_map sender_map;
    struct intake_sender *senders;
    size_t nsenders;
    struct intake_sender others;

    struct intake_answer *answers, **answers_end;

    /* Detection.  cursor: the next position to match; resume: findings of events
     * before it were confirmed already, they are only matched again to fill the
     * evidence.  counted: malformed ones are counted from here on. */
    bool core_ready, resuming; /* resuming: RESUMED is still to be said */
    uint64_t cursor, resume, counted;
    uint64_t *sent; /* positions of findings not confirmed, in the order sent */
    size_t nsent, sent_cap;
    uint64_t kept;    /* the highest confirmed */
    lf_time progress; /* tick of the last confirmation, or of the first sent after it */
    uint64_t saved_detected, saved_kept;
    struct {
        lf_time recorded;
        uint64_t position;
    } mark[180]; /* one a second: how far back two minutes are */
    size_t nmark;
    struct lf_timer again; /* detection goes on in the next round */
    struct lf_timer second;

    struct intake_net *net;
    struct intake_follow *follow;
    bool paused;

    uint64_t events, findings, damaged;
};

/* The counters of a sender, made when first seen; never NULL. */
struct intake_sender *intake_sender(struct intake *in, lf_view name);
/* Takes a record for the journal; 0 when it cannot be taken now.  Not durable
 * before the end of the round. */
uint64_t intake_take(struct intake *in, lf_view sender, enum lf_format format, lf_view bytes);
/* Sources that can wait should. */
bool intake_busy(const struct intake *in);

/* intake_http.c: one LOG_BODY.  Answers at once or, when records were taken, with
 * the commit. */
void intake_http(struct intake *in, const struct lf_http_request *r);
void intake_answer(struct intake *in, const struct lf_http_response *r, bool after_commit);

/* intake_net.c: syslog over UDP, TCP and TLS. */
enum lf_code intake_net_create(struct intake *in, struct intake_net **out, struct lf_err *e) LF_MUST;
void intake_net_destroy(struct intake_net *n);
void intake_net_pause(struct intake_net *n, bool paused);
void intake_net_health(const struct intake_net *n, struct lf_json_w *json);

/* intake_follow.c: followed files and standard input.  Offsets live in the
 * journal's state, in the same frame as the lines they stand behind. */
enum lf_code intake_follow_create(struct intake *in, const struct lf_json *files, bool with_stdin,
                                  struct intake_follow **out, struct lf_err *e) LF_MUST;
void intake_follow_destroy(struct intake_follow *f);
void intake_follow_pause(struct intake_follow *f, bool paused);
void intake_follow_health(const struct intake_follow *f, struct lf_json_w *json);

#endif
