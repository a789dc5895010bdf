/* The core's inside, shared by the files core*.c only. */
#ifndef LF_PROC_CORE_PRIV_H
#define LF_PROC_CORE_PRIV_H

#include "base/buf.h"
#include "cert/case_import.h"
#include "cert/publication.h"
#include "fmt/json.h"
#include "fmt/pdf.h"
#include "ident/ident.h"
#include "isac/digest.h"
#include "isac/feed.h"
#include "isac/link.h"
#include "isac/sighting.h"
#include "proc/core.h"
#include "soc/device.h"
#include "soc/learning.h"
#include "soc/rulebook.h"
#include "soc/searches.h"
#include "store/task.h"
#include "web/web.h"

/* A poll that waits for news (RFC 7240 "wait"): the packed request, asked again. */
enum { LF_CORE_WAITERS = 16384 };
struct lf_waiter {
    struct lf_waiter *next;
    uint64_t id;
    lf_time until; /* monotonic tick */
    bool search;   /* for news of a search, not of a collection */
    unsigned mark; /* of that collection; 0: of any */
    size_t size;
    char packed[];
};

/* A saved search that the clock asked and that is not answered yet. */
enum { LF_SAVED_SLOTS = 2 };
#define LF_SAVED_PATIENCE (10 * LF_MINUTE)
struct lf_saved_slot {
    char saved[40], search[40]; /* ids; saved empty: free */
    lf_time began;
    bool counted;
};

struct lf_core {
    struct lf_core_options o;
    const struct lf_env *env;
    struct lf_arena life;  /* as long as the core: settings, identity */
    struct lf_arena arena; /* of one message */
    struct lf_db *db;
    struct lf_identity self;
    uint8_t secrets[LF_SECRET_KEY]; /* what secrets in the store are sealed with */
    bool has_secrets;
    struct lf_ident *ident;
    struct lf_web *web;
    struct lf_link *link;
    struct lf_feeds *feeds;
    lf_time feeds_at;   /* when they want to be asked again */
    lf_view font_bytes; /* mapped */
    struct lf_pdf_font *font;
    struct lf_case_imports *cases;
    lf_time cases_at; /* when there is more of them to take in */
    struct lf_mail_settings mail;
    struct lf_mails *mails;
    struct lf_office office;                    /* its texts are of the settings in force */
    struct lf_publication_settings publication; /* so are these */
    struct lf_arena office_texts;
    lf_view url; /* of the console, as people reach it */
    lf_time mail_at;
    lf_time duty_at;      /* when rosters and handovers are to be looked at again */
    lf_time notice_at;    /* when injects and calls are to be looked at again */
    lf_time inject_due;   /* when the next inject is, by the wall clock; 0: none, or they failed */
    bool judging;         /* incidents are to be judged anew: by other rules than before */
    lf_time deadlines_at; /* when a clock is to be announced, by the tick */
    struct lf_searches *searches;
    struct lf_rulebook *rules;
    struct lf_learning *learning;
    struct lf_saved_slot saved[LF_SAVED_SLOTS];
    bool search_news; /* waiting requests are to be asked again */
    lf_view zone;
    bool up[LF_WORKER_COUNT];

    struct lf_buf held;        /* what the round has to say, let out after the commit */
    struct lf_buf asked;       /* ids of requests answered in this round, 8 bytes each */
    size_t served;             /* messages of this round */
    unsigned effects;          /* enum lf_effect, of this round */
    struct lf_changed changed; /* what LF_FX_COLLECTION among them is about */
    uint64_t kept;             /* journal position of findings served in this round */
    bool kept_any;
    /* A finding that could not be kept must not be overtaken by later ones: the
     * checkpoint would pass it.  So none is taken until the intake has said that it
     * begins again where the store ends. */
    bool missed;           /* it is to be told the checkpoint */
    lf_time checkpoint_at; /* … at this tick */
    unsigned deaf;         /* CHECKPOINTs it was sent and has not yet answered */
    unsigned owed;         /* effects whose follow-up has not been let out */
    lf_time rest_until;    /* after a failed commit: no haste */

    struct lf_waiter *waiters;
    size_t nwaiters;
    lf_time wait_at;            /* when the first of them gives up */
    struct second_line *second; /* core_second.c; NULL until something has arrived */
    struct lf_arena second_arena;
    struct lf_rule_file *second_files; /* the node's own rules of it */
    size_t nsecond_files;
    /* What the intake is to look for (INDICATORS): changes of this round; and the place up
     * to which the whole list was told, while it is. */
    struct lf_buf news;
    bool telling;
    int64_t hunting;                /* the hunt that the search worker is at; 0: none */
    bool hunt_waits;                /* one may be there to begin */
    int64_t asking;                 /* the question that the search worker is at; 0: none */
    bool question_waits;            /* one may be there to begin, or to stop */
    struct lf_indicator_place told; /* in told_arena */
    struct lf_arena told_arena;
    /* Stored objects are to be taken into the index: at this tick, which each new one puts off, and
     * at that one whatever comes. */
    bool indexing;
    struct lf_ids *ids; /* which ids no object has; read after the start */
    bool reading_ids;
    lf_time index_at, index_late;
    bool zone_told;
    int64_t zone_number; /* the zone's number that the dns worker was last told */
    lf_time next_tick;   /* housekeeping */
    lf_time link_at;     /* when the link wants to be asked again */
    struct lf_device_rules devices;
    struct lf_warninglists *warning; /* what must not go out; NULL: none */
    lf_time watch_wall, watch_tick;  /* of the last look at who is quiet; tick 0 = none yet */
    bool archive_stuck;              /* the intake can take nothing: nobody is to be called quiet */
    lf_view health[LF_WORKER_COUNT]; /* last HEALTH of each; own memory */
};

/* Keeps something to say until the round's commit. */
void lf_core_hold(struct lf_core *c, enum lf_worker_id to, unsigned type, lf_view payload);

/* Everything of one task is kept, or nothing; what it noted counts only then. */
typedef enum lf_code (*lf_core_task_fn)(struct lf_core *c, struct lf_task *t, const void *arg,
                                        struct lf_err *e);
enum lf_code lf_core_serve(struct lf_core *c, lf_core_task_fn run, const void *arg, struct lf_err *e) LF_MUST;
/* The same where nobody waits for the answer: false, and a line in the log, when it failed. */
bool lf_core_quietly(struct lf_core *c, lf_core_task_fn run, const char *code);

/* core_request.c.  Answers a request, or keeps it waiting.  `packed` is the request as it came, `until` what
 * it was told to wait for when it was asked before, else 0. */
void lf_core_request(struct lf_core *c, lf_view packed, lf_time until);
void lf_core_answer(struct lf_core *c, struct lf_http_response *rs);
/* An answer of the core itself, when no handler could give one. */
void lf_core_problem(struct lf_http_response *rs, const struct lf_err *why);
/* Asks waiting requests again: those whose time is over, and those that wait for what there is news of. */
enum lf_core_wake { LF_CORE_WAKE_DUE, LF_CORE_WAKE_COLLECTION, LF_CORE_WAKE_SEARCH };
void lf_core_wake(struct lf_core *c, enum lf_core_wake what);
/* Who waited under that number has gone. */
void lf_core_gone(struct lf_core *c, uint64_t id);
void lf_core_forget_waiters(struct lf_core *c);

/* core_serve.c: the work of single tasks. */
struct lf_finding;
enum lf_code lf_core_furnish(struct lf_core *c, const struct lf_json *boot, struct lf_err *e) LF_MUST;
enum lf_code lf_core_take_finding(struct lf_task *t, const struct lf_finding *f, struct lf_err *e) LF_MUST;
enum lf_code lf_core_apply_actions(struct lf_core *c, struct lf_task *t, struct lf_err *e) LF_MUST;
enum lf_code lf_core_housekeeping(struct lf_task *t, struct lf_err *e) LF_MUST;
enum lf_code lf_core_take_senders(struct lf_core *c, struct lf_task *t, lf_view reports,
                                  struct lf_err *e) LF_MUST;
enum lf_code lf_core_watch(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e) LF_MUST;
enum lf_code lf_core_tell_zone(struct lf_core *c, struct lf_task *t, const void *arg,
                               struct lf_err *e) LF_MUST;
/* core_saved.c */
enum lf_code lf_core_saved(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e) LF_MUST;
/* proc/core_indicators.c */
enum lf_code lf_core_tell_indicators(struct lf_core *c, struct lf_task *t, const void *arg,
                                     struct lf_err *e) LF_MUST;
enum lf_code lf_core_take_sightings(struct lf_task *t, lf_view packed, struct lf_err *e) LF_MUST;
enum lf_code lf_core_note_hunt(struct lf_core *c, struct lf_task *t, const void *arg,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_core_tell_hunt(struct lf_core *c, struct lf_task *t, const void *arg,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_core_take_hunt(struct lf_core *c, struct lf_task *t, const void *packed,
                               struct lf_err *e) LF_MUST;
/* core_rules.c: who receives reports, as the settings say. */
void core_office(struct lf_core *c, const struct lf_json *settings);
/* core_notice.c: rosters tell whom they must; injects, a drill's mail and notices that are due are told. */
enum lf_code lf_core_duty(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e) LF_MUST;
void lf_core_notices(struct lf_core *c);
/* core_question.c */
enum lf_code lf_core_tell_question(struct lf_core *c, struct lf_task *t, const void *arg,
                                   struct lf_err *e) LF_MUST;
enum lf_code lf_core_take_question(struct lf_core *c, struct lf_task *t, const void *packed,
                                   struct lf_err *e) LF_MUST;
enum lf_code lf_core_tell_tokens(struct lf_core *c, struct lf_task *t, const void *arg,
                                 struct lf_err *e) LF_MUST;
enum lf_code lf_core_tell_holds(struct lf_core *c, struct lf_task *t, const void *arg,
                                struct lf_err *e) LF_MUST;
void lf_core_tell_searches(struct lf_core *c);
void lf_core_tell_learning(struct lf_core *c);
enum lf_code lf_core_tell_checkpoint(struct lf_core *c, struct lf_task *t, const void *arg,
                                     struct lf_err *e) LF_MUST;

/* core_second.c: correlates what members handed in (isac/arrival.h); what fires is an
 * alert here.  Its memory is made from the kept arrivals whenever it is not there, so
 * that it is dropped whenever the store may not have followed it. */
enum lf_code lf_core_second_line(struct lf_core *c, struct lf_task *t, const void *arg,
                                 struct lf_err *e) LF_MUST;
void lf_core_second_forget(struct lf_core *c);
void lf_core_second_health(const struct lf_core *c, struct lf_json_w *json);

#endif
