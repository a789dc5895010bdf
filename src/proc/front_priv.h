/* What the parts of the front know of each other (proc/front.c says what it is). */
#ifndef LF_PROC_FRONT_PRIV_H
#define LF_PROC_FRONT_PRIV_H

#include <microhttpd.h>

#include "http/message.h"
#include "proc/worker.h"
#include "sys/net.h"

enum {
    DOORS = 3,
    REQUESTS_MOST = 16384, /* in the core's or intake's hands at once: most are polls that wait */
    CONNECTIONS = 4096,
    CONNECTIONS_PEER = 24576,      /* of each child: two polls that wait, and one to hand in */
    CONNECTIONS_PER_CLIENT = 2048, /* an address: an office, a ministry behind one */
    WAITING_PER_CLIENT = CONNECTIONS_PER_CLIENT,
    DESCRIPTORS = 32768,
    CLIENTS = 4096,           /* buckets */
    DROP_TIMES = 4,           /* a body below so many times its limit is read to its end, and dropped */
    LOG_BODY_MOST = 32 << 20, /* below the channel's ceiling of a frame */
    BODIES_MOST = 256 << 20,  /* of all bodies together */
    POOL = 10240,             /* of a connection: also the ceiling of its headers */
    POOL_PEER = 8192,         /* peers' headers are short and their polls wait long */
    PIECE = 32 << 10,         /* of an answer in pieces that is handed to the kernel at once */
    BURST = 256,              /* requests and connections after which memory is given back … */
    QUIET = 32,               /* … in a second with fewer of them */
};
#define HEADER_LIMIT (10 * LF_SECOND)
#define BODY_LIMIT (120 * LF_SECOND)
#define ANSWER_LIMIT (120 * LF_SECOND)
#define IDLE_LIMIT (75 * LF_SECOND)

enum state { ST_HEADER, ST_READING, ST_SUSPENDED, ST_ANSWERING, ST_IDLE };

/* An address, as long as it has a connection. */
struct client {
    struct client *next;
    unsigned connections, waiting;
    char remote[LF_ADDR_TEXT];
};

struct conn {
    struct conn *next, *prev;
    struct door *door;
    struct client *client;
    struct MHD_Connection *mhd;
    int fd;
    enum state state;
    lf_time since; /* tick at which it came into the state */
    char *url;     /* raw, as sent */
    size_t url_len;
    enum lf_worker_id target;
    size_t body_most;
    bool too_big, crowded, refused; /* the body is read and thrown away; nobody may enter here */
    bool old;                       /* HTTP/1.0: its end of an answer is the end of the connection */
    struct lf_buf body;
    uint64_t id; /* while suspended */
    /* The answer's packed form, kept while it is sent. */
    char *packed;
    size_t npacked;
    bool answered;
    /* Of an answer in pieces: the first request's id, what of this piece is still to be sent, and whether
     * there is a next one. */
    uint64_t pieces;
    lf_view left;
    bool more;
    bool pin_asked, has_pin;
    uint8_t pin[LF_HTTP_PIN];
};

struct door {
    struct front *f;
    enum lf_http_door kind;
    struct MHD_Daemon *daemon;
    struct lf_watch watch;
    struct lf_timer timer;
    struct conn *conns;
};

struct front {
    struct lf_worker *w;
    struct door doors[DOORS];
    struct conn *slots[REQUESTS_MOST];
    uint16_t free_slots[REQUESTS_MOST]; /* the first REQUESTS_MOST - nsuspended of them */
    struct client *clients[CLIENTS];
    uint64_t client_key[2];
    uint32_t generation;
    size_t nsuspended, nconns;
    size_t body_bytes;
    uint64_t owner_uid;
    struct lf_arena arena; /* of one request */
    struct lf_timer sweep;
    uint64_t requests, refused, unavailable, departed, cut;
    uint64_t accepted, swept,
        trimmed; /* connections; with requests, at the last sweep and when memory went back */
};

/* front_refusal.c: hands an answer to the library. */
enum MHD_Result front_queue(struct MHD_Connection *mhd, unsigned status, struct MHD_Response *r);

void front_set_state(struct conn *c, enum state s);

/* front_answer.c.  An answer of the front's own, TAXII's or problem+json. */
enum MHD_Result front_problem(struct conn *c, int status, const char *detail);
enum MHD_Result front_too_big(struct conn *c);
/* What the library would refuse by itself, in the front's own words. */
enum MHD_Result front_refuse(struct conn *c, int status, const char *detail);
/* What another worker answered (c->packed). */
enum MHD_Result front_send(struct conn *c);
/* Of an answer in pieces: what goes next to the client (MHD_ContentReaderCallback). */
ssize_t front_next_bytes(void *ctx, uint64_t pos, char *to, size_t most);

#endif
