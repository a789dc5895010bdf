/* Normalise: the bytes of one log record -> an event.
 *
 * Total: there is no failure.  What is not understood becomes an event whose
 * `message` is the text as it came (bytes that are not UTF-8 as U+FFFD) and whose
 * `raw` is set, so that nothing a sender says is lost and the caller can count.
 *
 * Two steps.  Decode: JSON is its own document and never rebuilt; a line of text becomes one, its
 * members under ECS names or the source's own.  Understood are syslog (RFC 5424, 3164, and the
 * same without PRI as files have it) and inside it or bare: access and error logs of web servers,
 * W3C extended logs (IIS), squid, unbound, BIND, dnsmasq and Windows DNS query lines, sshd, sudo,
 * su, cron and other auth programs, Linux audit records, CEF, LEEF, key=value (Fortinet), netfilter,
 * Cisco ASA and IOS, Palo Alto.  JSON of a shipper whose `message` is such a line gets the line's
 * members behind its own.
 * Choose: the pipelines (engine/pipeline.h) say which log sources the event has and by which other
 * names its fields go.
 *
 * Text in Big5 and UTF-16 is made UTF-8 first (fmt/charset.h); the journal keeps what came.
 *
 * Our own members: url.query.decoded and url.path.decoded, percent-decoded twice and '+' as a
 * blank, because attackers encode and Sigma's fields are as written. */
#ifndef LF_ENGINE_NORMALISE_H
#define LF_ENGINE_NORMALISE_H

#include "engine/pipeline.h"
#include "fmt/charset.h"

enum lf_format {
    LF_FORMAT_AUTO,
    LF_FORMAT_JSON,
    LF_FORMAT_SYSLOG,
    LF_FORMAT_NGINX, /* combined or common */
    LF_FORMAT_APACHE,
    LF_FORMAT_UNBOUND,
    LF_FORMAT_BIND,
    LF_FORMAT_TEXT, /* never looked into */
    LF_FORMAT_W3C,
    LF_FORMAT_SQUID,
    LF_FORMAT_AUDIT,
};
enum { LF_FORMATS = LF_FORMAT_AUDIT + 1 };

/* "auto", "json", "syslog", "nginx", "apache", "unbound", "bind", "text", "w3c", "squid", "audit". */
bool lf_format_parse(lf_view text, enum lf_format *out);
const char *lf_format_name(enum lf_format f);

/* How a record that is JSON is read, wherever records are: what one half of a character
 * in a name cannot do is to hide the rest of the event. */
#define LF_RECORD_JSON (&(const struct lf_json_limits){ .halves = true })
enum { LF_RECORD_MOST = 1 << 20 }; /* bytes of one record; the rest is cut, the event is raw */

/* What the intake knows of a record besides its bytes. */
struct lf_record {
    lf_view bytes; /* without the line's end */
    enum lf_format format;
    lf_view sender;
    uint64_t position;
    lf_time recorded;
    enum lf_charset charset;
};

/* Format and charset as one byte, which the archive keeps with the record: it is read again, by
 * search or after a restart, as it was read first. */
static inline unsigned lf_record_kind(enum lf_format format, enum lf_charset charset)
{
    return (unsigned)format | (unsigned)charset << 4;
}
static inline void lf_record_set_kind(struct lf_record *r, unsigned kind)
{
    unsigned charset = kind >> 4;

    r->format = (kind & 15) < LF_FORMATS ? (enum lf_format)(kind & 15) : LF_FORMAT_AUTO;
    r->charset = charset <= LF_CHARSET_UTF16BE ? (enum lf_charset)charset : LF_CHARSET_AUTO;
}
static_assert(LF_FORMATS <= 16 && LF_CHARSET_UTF16BE < 16, "four bits each");

/* The pipelines in force and, for the formats that spread over lines (#Fields: of W3C logs,
 * records of one audit event), what each sender's earlier lines said.  At most
 * LF_NORMALISER_SENDERS senders (12 KB each, only those that write such formats); the one
 * longest silent is forgotten.  Records of one sender are to come in their order.  One thread at a
 * time. */
enum { LF_NORMALISER_SENDERS = 512 };
struct lf_normaliser;
/* Keeps `ps`. */
struct lf_normaliser *lf_normaliser_create(const struct lf_pipelines *ps);
void lf_normaliser_destroy(struct lf_normaliser *n);
const struct lf_pipelines *lf_normaliser_pipelines(const struct lf_normaliser *n);
/* Other pipelines from the next record on; what senders said stays. */
void lf_normaliser_use(struct lf_normaliser *n, const struct lf_pipelines *ps);

void lf_normalise(struct lf_normaliser *n, struct lf_arena *a, const struct lf_record *r,
                  struct lf_event *out);
/* Asks memory for the bytes of the record that comes next, and does not wait: whoever has many records
 * at hand calls it before each is dealt with.  They may lie where no cache holds them, and what reads
 * them goes byte by byte and would wait for each line anew. */
static inline void lf_record_fetch(lf_view bytes)
{
    enum { MOST = 4096, LINE = 64 };
    size_t n = bytes.len < MOST ? bytes.len : MOST;

    for (size_t i = 0; i < n; i += LINE)
        __builtin_prefetch(bytes.ptr + i);
}
/* An EXECVE record of Linux' audit waits for the records of its event that come behind it, which say
 * the working directory: its event has `held` set and is not yet to be matched.  It comes again, whole,
 * with its own position and time, from here: ask after each lf_normalise until it says false.
 * With `before`, those that came before that time are given as they are, for what is never
 * completed: once a second live, LF_TIME_MAX at the end of a file.  0: only what is complete.
 * At most 8 a sender wait, of 32 KiB each.  Who looks at single records (search) need not ask. */
bool lf_normalise_held(struct lf_normaliser *n, struct lf_arena *a, lf_time before, struct lf_event *out);
/* The event given last could not be dealt with: it is given again. */
void lf_normalise_hold_again(struct lf_normaliser *n);
/* A JSON value that was parsed already (detect FILE). */
void lf_normalise_json(struct lf_normaliser *n, struct lf_arena *a, const struct lf_json *doc,
                       const struct lf_record *r, struct lf_event *out);
/* '%XX' and '+' undone `times` over; bytes that are not UTF-8 become U+FFFD. */
lf_view lf_percent_decoded(struct lf_arena *a, lf_view text, int times);

#endif
