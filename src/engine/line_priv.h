/* Lines of text -> members of an event: what the readers of single formats share; for
 * engine/normalise.c and engine/line_*.c alone.
 *
 * A reader looks at a line and either takes it whole, writing members under ECS names or the
 * source's own, the time, the host and the name of the format (which pipelines
 * route by), or leaves everything as it was and says false. */
#ifndef LF_ENGINE_LINE_PRIV_H
#define LF_ENGINE_LINE_PRIV_H

#include "engine/moment.h"
#include "engine/normalise.h"

enum { MEMBERS_MOST = 256, WORDS_MOST = 32 };

/* What earlier records of the same sender said, for the formats that spread over lines. */
struct lf_stream {
    char fields[2048]; /* of the last #Fields: line, blank between */
    size_t fields_len;
    struct lf_audit *audit; /* NULL until the first audit record; own memory */
};

/* Audit events of one sender whose records are still coming: several at once, because processors
 * write theirs between each other's. */
enum { AUDIT_OPEN = 8, AUDIT_KEPT = 16, AUDIT_TEXT = 2048, AUDIT_LINE_MOST = 32 << 10 };
struct lf_audit_event {
    char serial[64];
    size_t serial_len;
    uint64_t used;
    struct {
        const char *name; /* a constant */
        unsigned at, len; /* in text */
    } kept[AUDIT_KEPT];
    size_t nkept, text_len;
    char text[AUDIT_TEXT];
    /* Its EXECVE record, which waits for what comes behind it. */
    bool waiting, ready;
    char *line; /* the whole record as it came; own memory */
    size_t line_len, line_cap;
    enum lf_format format;
    enum lf_charset charset;
    uint64_t position;
    lf_time recorded, happened;
};
struct lf_audit {
    struct lf_audit_event at[AUDIT_OPEN];
    uint64_t now;
};
void line_audit_clear(struct lf_audit *a);

struct made {
    struct lf_arena *a;
    struct lf_event *ev;
    const struct lf_record *r;
    struct lf_stream *stream; /* NULL: nothing is remembered */
    bool whole;               /* an EXECVE record that has waited: taken now */
    lf_view format, program;
    lf_view valid; /* known to be UTF-8: what is cut out of it at ASCII bytes is too */
    size_t n;
    lf_view keys[MEMBERS_MOST];
    const struct lf_json *values[MEMBERS_MOST];
};

/* Text as it came, with U+FFFD for what is not UTF-8. */
lf_view line_clean(struct lf_arena *a, lf_view v);
/* `key` and `v` are borrowed for the arena's life. */
void line_put_text(struct made *m, lf_view key, lf_view v);
/* Inline, as the ones below: the lengths of most keys and marks are known when this is compiled. */
static inline void line_put(struct made *m, const char *key, lf_view v)
{
    line_put_text(m, lf_view_of(key), v);
}
void line_put_key(struct made *m, lf_view key, lf_view v);        /* a key from the line itself */
void line_put_number(struct made *m, const char *key, lf_view v); /* left out unless digits only */
void line_put_json(struct made *m, lf_view key, const struct lf_json *v);
/* Both only when the text is an address. */
void line_put_ip(struct made *m, const char *key, lf_view v);
bool line_is_address(lf_view v);
size_t line_words(lf_view in, lf_view out[WORDS_MOST]);
bool line_take_word(lf_view *in, lf_view *out);
int line_hex(char c);
/* The text between `before` and `after` (or the end where `after` is NULL). */
bool line_between(lf_view in, const char *before, const char *after, lf_view *out);
/* What follows `mark`. */
bool line_after(lf_view in, const char *mark, lf_view *out);
static inline bool line_starts(lf_view in, const char *word)
{
    size_t n = strlen(word);

    return in.ptr && in.len >= n && memcmp(in.ptr, word, n) == 0;
}
/* Is this byte in it?  A reader asks so for one that its lines all have, before it looks closer: most
 * lines are another's. */
static inline bool line_byte(lf_view in, char c)
{
    return in.len > 0 && memchr(in.ptr, c, in.len);
}
static inline bool line_has(lf_view in, const char *word)
{
    return lf_view_find(in, lf_view_of(word)) != SIZE_MAX;
}
/* "1.2.3.4/80", "1.2.3.4(80)", "1.2.3.4:80", "[::1]:80"; the port may be missing. */
bool line_endpoint(lf_view v, lf_view *address, lf_view *port);

/* line_web.c */
bool line_access(struct made *m, lf_view in);
bool line_web_error(struct made *m, lf_view in);
bool line_w3c(struct made *m, lf_view in);
bool line_squid(struct made *m, lf_view in);
/* line_dns.c */
bool line_unbound(struct made *m, lf_view in);
bool line_unbound_body(struct made *m, lf_view in);
bool line_bind(struct made *m, lf_view in);
bool line_dnsmasq_body(struct made *m, lf_view in);
bool line_windows_dns(struct made *m, lf_view in);
/* line_auth.c: the message of a program that is about who comes in */
bool line_auth(struct made *m, lf_view app, lf_view msg);
/* the own log files of clamd and vsftpd, which name no program */
bool line_daemon(struct made *m, lf_view in);
/* line_audit.c */
bool line_audit(struct made *m, lf_view in);
/* line_firewall.c */
bool line_cef(struct made *m, lf_view in);
bool line_key_values(struct made *m, lf_view in);
bool line_netfilter(struct made *m, lf_view in);
bool line_cisco(struct made *m, lf_view in);
bool line_paloalto(struct made *m, lf_view in);
bool line_huawei(struct made *m, lf_view in);

#endif
