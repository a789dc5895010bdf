/* Messages: the one constant table of what may pass between workers.
 *
 * A message that is not in the table, comes from or goes to the wrong worker, or
 * has a size outside its range ends the conversation. */
#ifndef LF_PROC_MESSAGES_H
#define LF_PROC_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/view.h"

enum lf_worker_id {
    LF_WORKER_PARENT,
    LF_WORKER_CORE,
    LF_WORKER_RELAY,
    LF_WORKER_DNS,
    LF_WORKER_INTAKE,
    LF_WORKER_SEARCH, /* behind the intake, whose files it reads (proc/parent.c) */
    LF_WORKER_FRONT,
    LF_WORKER_COUNT
};

enum lf_msg {
    /* parent → any, on the control channel */
    LF_MSG_BOOT = 1, /* packed by proc/boot.h: cage, log level, and the worker's opaque settings */
    LF_MSG_SOCKET,   /* payload: name; with the listening descriptor */
    LF_MSG_KEY,      /* u8 length of the name, name, secret */
    LF_MSG_CHANNEL,  /* u8 worker id of the new neighbour; with the descriptor */
    LF_MSG_START,    /* everything was handed over: start, enter the cage, say READY */
    LF_MSG_RELOAD,   /* new opaque settings, or empty: read your files again */
    LF_MSG_STOP,
    /* any → parent */
    LF_MSG_READY,
    LF_MSG_FAILED,  /* the sentence why starting failed; the worker then ends */
    LF_MSG_OFFENCE, /* u8 worker id: it sent what it may not; the one further from the core is started anew */
    LF_MSG_STOP_NODE, /* core → parent: end the node (an operator's command asked) */

    LF_MSG_HTTP_REQUEST = 32, /* front → core: lf_http_pack_request */
    LF_MSG_HTTP_RESPONSE,     /* core → front: lf_http_pack_response */
    LF_MSG_HTTP_GONE,         /* front → core: u64 id of a departed client */
    LF_MSG_LOG_BODY,          /* front → intake: lf_http_pack_request */
    LF_MSG_LOG_ANSWER,        /* intake → front: lf_http_pack_response */
    LF_MSG_FINDING,           /* intake → core: lf_finding_pack */
    LF_MSG_FINDING_KEPT,      /* core → intake: u64 journal position */
    LF_MSG_CHECKPOINT,        /* core → intake: u64 journal positions: findings kept, sightings counted */
    LF_MSG_RESUMED,           /* intake → core: it follows a CHECKPOINT; findings sent before are void */
    LF_MSG_RULES,             /* intake → core: what rules are in force, whole; model/rule_entry.h */
    LF_MSG_LEARNABLE,     /* intake → core: rules that can learn, and the values in force; soc/learning.h */
    LF_MSG_LEARN,         /* core → search: learn from these times, or stop; soc/learning.h */
    LF_MSG_LEARN_NEWS,    /* search → core: how far it is, what was learnt */
    LF_MSG_LEARNED,       /* core → intake: a map of placeholders that a person accepted, YAML */
    LF_MSG_SENDERS,       /* intake → core: reports of senders, model/device.h */
    LF_MSG_INDICATORS,    /* core → intake: lf_indicator_entry, whole or changes */
    LF_MSG_SIGHTINGS,     /* intake → core: u64 position counted up to, lf_indicator_sighting … */
    LF_MSG_TOKENS,        /* core → intake: senders and token hashes, whole */
    LF_MSG_HOLDS,         /* core → intake: proc/intake.h, whole */
    LF_MSG_CALL,          /* core → relay: http/call.h */
    LF_MSG_CALL_RESULT,   /* relay → core: http/call.h */
    LF_MSG_CALL_CANCEL,   /* core → relay: u64 id; no result will follow */
    LF_MSG_ZONE_FULL,     /* core → dns */
    LF_MSG_ZONE_DELTA,    /* core → dns */
    LF_MSG_SEARCH_ORDER,  /* core → search: lf_search_order_pack */
    LF_MSG_SEARCH_CANCEL, /* core → search: u64 number of an order */
    LF_MSG_SEARCH_NEWS,   /* search → core: lf_search_news_pack */
    LF_MSG_HUNT,          /* core → search: u64 number, u64 time, lf_indicator_entry … */
    LF_MSG_HUNT_NEWS,     /* search → core: u64 number, lf_indicator_sighting … */
    LF_MSG_QUESTION,      /* core → search: lf_question_order_pack */
    LF_MSG_QUESTION_CANCEL, /* core → search: u64 number of the one to stop */
    LF_MSG_QUESTION_NEWS,   /* search → core: lf_question_result_pack */
    LF_MSG_HEALTH,          /* any → core: JSON text, one object; from the parent too */
};

const char *lf_worker_name(enum lf_worker_id id); /* "core" … */
bool lf_worker_parse(lf_view name, enum lf_worker_id *out);
/* "HTTP_REQUEST" …; "?" for none. */
const char *lf_messages_name(unsigned type);
/* May `from` send this to `to`? */
bool lf_messages_ok(enum lf_worker_id from, enum lf_worker_id to, unsigned type, size_t size);
/* Do these two workers have a channel? */
bool lf_messages_neighbours(enum lf_worker_id a, enum lf_worker_id b);

#endif
