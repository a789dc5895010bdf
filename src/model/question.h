/* Question: what a node asks the archives below it, and what each answers.
 *
 * Both are STIX objects of our extension, signed over the RFC 8785 bytes of all but "signature".
 *
 *   { "type":"question", "id", "created_by_ref":ASKER, "created", "modified", "name", "description",
 *     "kind":"stix"|"sigma"|"indicators", "text" | "values", "from", "until", "expires",
 *     "most_bytes", "most_seconds", "audience":{"reach","nodes"}, "revoked", "signature" }
 *
 * A node that passes one on says so in an object of its own, in which the asker's lies whole:
 *
 *   { "type":"question", "id":<keyed hash>, "created_by_ref":PASSER, …, "path":[ASKER, …, PASSER],
 *     "asker_name", "asker_tier", "asker_key", "original":{…}, "signature" }
 *
 * so that whoever gets it trusts the node above it, whose key it has pinned, for who asked, and can
 * hold the asker's words against the asker's key.
 *
 *   { "type":"question-answer", "id":<keyed hash of the question>, "created_by_ref":NODE, "question_ref",
 *     "state", "reason", "count" | "fewer_than", "first_seen", "last_seen", "values":[…], "bytes",
 *     "events", "milliseconds", "named", "members":[{"node","name","tier", the same …}], "signature" }
 *
 * Reading is total and strict: sizes are held against the limits below before anything is made of
 * them, and what is wrong is said in one sentence. */
#ifndef LF_MODEL_QUESTION_H
#define LF_MODEL_QUESTION_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/time.h"
#include "fmt/json.h"
#include "model/observable.h"

enum {
    LF_QUESTION_NAME = 200,         /* bytes of its title, */
    LF_QUESTION_WHY = 600,          /* of the reason for it, and of one for a refusal */
    LF_QUESTION_RULE = 64 << 10,    /* of a Sigma rule; a pattern has LF_OBSERVABLE_PATTERN */
    LF_QUESTION_VALUES = 4096,      /* indicators of one question */
    LF_QUESTION_HIDDEN = 5000,      /* values of which nothing is told of one run; with more it is not run */
    LF_QUESTION_NODES = 1000,       /* named in an audience */
    LF_QUESTION_PATH = 8,           /* tiers from the asker to the last that passed it on */
    LF_QUESTION_BYTES = 384 << 10,  /* of a question as the asker wrote it */
    LF_QUESTION_OBJECT = 512 << 10, /* of one that was passed on */
    LF_ANSWER_BYTES = 1 << 20,
    LF_ANSWER_MEMBERS = 1000,   /* told of by name or not; the rest in the sum */
    LF_QUESTION_SECONDS = 3600, /* of a processor's time, at most */
    LF_QUESTION_USUAL_SECONDS = 60,
};
#define LF_QUESTION_USUAL_BYTES ((int64_t)16 << 30)
#define LF_QUESTION_LIFE (30 * LF_DAY)   /* from created to expires, at most */
#define LF_QUESTION_SPAN (3660 * LF_DAY) /* from `from` to `until`, at most */

enum lf_question_kind { LF_QUESTION_STIX, LF_QUESTION_SIGMA, LF_QUESTION_INDICATORS, LF_QUESTION_KINDS };
const char *lf_question_kind_name(enum lf_question_kind k);
bool lf_question_kind_parse(lf_view name, enum lf_question_kind *out);

/* Whom it is for: all below the asker; the nodes named; those and all below them. */
enum lf_question_reach {
    LF_QUESTION_SUBTREE,
    LF_QUESTION_MEMBERS,
    LF_QUESTION_BRANCHES,
    LF_QUESTION_REACHES
};
const char *lf_question_reach_name(enum lf_question_reach r);

struct lf_question {
    lf_view id;    /* "question--<uuid>" */
    lf_view asker; /* "identity--<uuid>" */
    lf_time created, modified;
    bool withdrawn;
    lf_view name, why;
    enum lf_question_kind kind;
    lf_view text;          /* STIX, SIGMA */
    const lf_view *values; /* INDICATORS, */
    size_t nvalues;        /* each a value whose kind is told from it */
    lf_time from, until;   /* of the events' own times: from <= t < until */
    lf_time expires;       /* not begun and not answered after it */
    int64_t most_bytes, most_seconds;
    enum lf_question_reach reach;
    const lf_view *nodes;
    size_t nnodes;
};

/* As it came: passed on or not. */
struct lf_question_way {
    lf_view id, by; /* of the object: the question's and the asker's unless it was passed on */
    struct lf_question question;
    bool passed;
    lf_view path[LF_QUESTION_PATH]; /* nodes, the asker first, `by` last */
    size_t npath;
    lf_view asker_name, asker_tier;
    uint8_t asker_key[LF_SIGN_PUBLIC];
    const struct lf_json *tree, *original; /* original: the asker's object, the same as tree unless passed */
};

/* What a question must be, whoever made it; LF_UNACCEPTED. */
enum lf_code lf_question_check(struct lf_arena *a, const struct lf_question *q, struct lf_err *e) LF_MUST;
/* Signed with `secret`. */
enum lf_code lf_question_write(struct lf_arena *a, const struct lf_question *q,
                               const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e) LF_MUST;
enum lf_code lf_question_pass_on(struct lf_arena *a, const struct lf_question_way *w, lf_time at,
                                 const uint8_t secret[LF_SIGN_SECRET], lf_view *json,
                                 struct lf_err *e) LF_MUST;
/* Views into `json`, which must live as long.  Signatures are the caller's to hold against keys. */
enum lf_code lf_question_read(struct lf_arena *a, lf_view json, struct lf_question_way *out,
                              struct lf_err *e) LF_MUST;
/* Is the object signed with this key?  False too when it has no signature. */
bool lf_question_signed(struct lf_arena *a, const struct lf_json *tree, const uint8_t key[LF_SIGN_PUBLIC]);
/* Whether a node, reached by this path of nodes from the asker, is asked itself. */
bool lf_question_for(const struct lf_question *q, const lf_view *path, size_t npath, lf_view node);

/* ---- answers ---- */

enum lf_answer_state {
    LF_ANSWER_UNANSWERED,
    LF_ANSWER_WAITING, /* for a person's consent */
    LF_ANSWER_QUEUED,
    LF_ANSWER_RUNNING,
    LF_ANSWER_REFUSED,
    LF_ANSWER_ANSWERED,
    LF_ANSWER_PARTLY, /* a limit of cost was reached, or something could not be read */
    LF_ANSWER_EXPIRED,
    LF_ANSWER_WITHDRAWN,
    LF_ANSWER_PASSED, /* it is not asked itself and only passes it on */
    LF_ANSWER_STATES
};
const char *lf_answer_state_name(enum lf_answer_state s);
bool lf_answer_state_parse(lf_view name, enum lf_answer_state *out);
/* Nothing more is to come of it. */
bool lf_answer_final(enum lf_answer_state s);

/* How often, and when first and last.  `fewer`: fewer than `count`, and no times. */
struct lf_answer_seen {
    bool told, fewer;
    int64_t count;
    lf_time first, last; /* 0: not told */
};
struct lf_answer_value {
    lf_view value; /* one of the question's */
    struct lf_answer_seen seen;
};
struct lf_answer_part {
    lf_view node, name, tier; /* empty: it is not named */
    bool named;               /* it lets those above its parent know who it is */
    enum lf_answer_state state;
    lf_view reason; /* refused, partly: a sentence */
    struct lf_answer_seen seen;
    const struct lf_answer_value *values;
    size_t nvalues;
    int64_t bytes, events, milliseconds; /* what it cost */
};
struct lf_answer {
    lf_view id, by, question;
    lf_time created, modified;
    struct lf_answer_part own;
    struct lf_answer_part *members;
    size_t nmembers;
    const struct lf_json *tree;
};

enum lf_code lf_answer_write(struct lf_arena *a, const struct lf_answer *x,
                             const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e) LF_MUST;
enum lf_code lf_answer_read(struct lf_arena *a, lf_view json, struct lf_answer *out,
                            struct lf_err *e) LF_MUST;
/* One part into an object that is open. */
void lf_answer_part_write(struct lf_json_w *w, const struct lf_answer_part *p);
enum lf_code lf_answer_part_read(struct lf_arena *a, const struct lf_json *v, struct lf_answer_part *p,
                                 struct lf_err *e) LF_MUST;

/* ---- between the core and who reads the archive ---- */

struct lf_question_order {
    uint64_t number;
    enum lf_question_kind kind;
    lf_time from, until;
    uint64_t most_bytes, most_ms;
    lf_view text;
    const lf_view *values;
    size_t nvalues;
    /* Of which nothing may be told: an event with one of them, or with a name below one, is as if it were
     * not there.  It is read all the same, so that the cost does not tell either. */
    const lf_view *hidden;
    size_t nhidden;
};
enum lf_question_end { LF_QUESTION_DONE, LF_QUESTION_CUT, LF_QUESTION_FAILED };
struct lf_question_result {
    uint64_t number;
    enum lf_question_end end;
    lf_view note; /* CUT, FAILED: a sentence about the question or its cost, never about an event */
    uint64_t count;
    lf_time first, last;
    uint64_t bytes, events, milliseconds;
    struct lf_question_count {
        uint32_t value; /* place in the question's values */
        uint64_t count;
        lf_time first, last;
    } * counts;
    size_t ncounts;
};
void lf_question_order_pack(struct lf_buf *b, const struct lf_question_order *o);
enum lf_code lf_question_order_unpack(struct lf_arena *a, lf_view in, struct lf_question_order *o,
                                      struct lf_err *e) LF_MUST;
void lf_question_result_pack(struct lf_buf *b, const struct lf_question_result *r);
enum lf_code lf_question_result_unpack(struct lf_arena *a, lf_view in, struct lf_question_result *r,
                                       struct lf_err *e) LF_MUST;

#endif
