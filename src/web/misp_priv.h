/* What the files of MISP's API share: one request of it. */
#ifndef LF_WEB_MISP_PRIV_H
#define LF_WEB_MISP_PRIV_H

#include "fmt/stix.h"
#include "ident/audit.h"
#include "isac/misp_event.h"
#include "isac/object.h"
#include "web/misp.h"

enum {
    LISTED = 1000, /* values of one filter */
    BODY_MOST = 16 << 20,
    ANSWER_MOST = 30 << 20, /* of one answer; an answer to the front has 32 MiB */
    OBJECTS_MOST = 20000,
    WORDS = 12
};

enum misp_deleted { MISP_STANDING, MISP_DELETED, MISP_BOTH };

struct misp {
    struct rq *r;
    struct lf_task *t;
    struct lf_err *e;
    struct lf_collection c;
    struct lf_rights *rights;
    lf_view base;        /* of addresses: "/misp", "/misp/rw" */
    lf_view word[WORDS]; /* of the path, without the collection and ".json" */
    size_t nwords;
    const struct lf_json *body; /* NULL: none */

    enum misp_deleted deleted; /* what is to be shown */
    bool unlisted;             /* … and of attributes only those that no warning list has */
    struct lf_misp_events x;

    lf_view *made; /* of what was handed in */
    size_t nmade, capmade;
    bool objected; /* something of it that is the sender's own was refused */
};

enum lf_code misp_said(struct misp *m, int status, struct lf_buf *b) LF_MUST;
/* A refusal, answered. */
enum lf_code misp_no(struct misp *m, int status, const char *why) LF_MUST;
/* "name:value" behind the words of a path, as MISP writes parameters there. */
bool misp_is_parameter(lf_view word);
void misp_put_seconds(struct lf_json_w *w, const char *key, lf_time at);
/* The event of a UUID, with what m->deleted says. */
enum lf_code misp_view(struct misp *m, lf_view uuid, bool metadata, int status) LF_MUST;
/* A number for those who want one: of the UUID's first 48 bits. */
int64_t misp_number_of(lf_view uuid);
/* The UUID of an event given by UUID or number; empty: there is none for the reader. */
enum lf_code misp_event_named(struct misp *m, lf_view word, lf_view *uuid, struct lf_err *e) LF_MUST;
/* The event as MISP has it; *event NULL: there is none for the reader.  It stays gathered. */
enum lf_code misp_load(struct misp *m, lf_view uuid, const struct lf_json **event) LF_MUST;
/* The UUIDs of the events that have the attribute or object of this UUID. */
enum lf_code misp_events_of(struct misp *m, lf_view uuid, lf_view **out, size_t *n) LF_MUST;
/* "Event": …, with what m->deleted says. */
void misp_put_event(const struct misp *m, struct lf_json_w *w, const struct lf_json *event, bool metadata);
/* {"saved":true, …} as MISP says it. */
enum lf_code misp_done(struct misp *m, const char *what) LF_MUST;
/* Its members, but those that are named (blanks between), into an open object. */
void misp_put_members(struct lf_json_w *w, const struct lf_json *o, const char *without);

/* … with "deleted" said in any case, as MISP does of attributes and objects. */
void misp_put_standing(struct lf_json_w *w, const struct lf_json *o, const char *without);

/* misp_ask.c */
const struct lf_json *misp_asked(const struct misp *m, const char *name);
bool misp_asked_yes(const struct misp *m, const char *name, bool *given);
bool misp_asked_number(const struct misp *m, const char *name, uint64_t *out);
/* Seconds since 1970, a date, or "5d", "12h", "30m" ago; a list of two has an end.  Untouched: not asked. */
enum lf_code misp_asked_range(struct misp *m, const char *name, lf_time *from, lf_time *to) LF_MUST;
enum lf_code misp_asked_day(struct misp *m, const char *name, bool end, lf_time *out) LF_MUST;
/* A filter that is not known is refused: an answer that took no notice of it would be a wrong one. */
enum lf_code misp_only_known(struct misp *m, const char *const *known) LF_MUST;
/* How many texts a value or a list of values has, and the i-th of them. */
size_t misp_texts(const struct lf_json *v, size_t i, lf_view *out);
/* '%' stands for any text; letters without their case. */
bool misp_like(lf_view wanted, lf_view text);
/* A filter as MISP writes them: a value, a list of which one is enough, {"OR": …, "AND": …, "NOT": …}; "!x"
 * is not x.  No filter wants everything. */
typedef bool (*misp_has_fn)(const void *ctx, lf_view wanted);
bool misp_wants(const struct lf_json *filter, misp_has_fn has, const void *ctx);
bool misp_wants_text(const struct lf_json *filter, lf_view text);
typedef void (*misp_attribute_fn)(void *ctx, const struct lf_json *event, const struct lf_json *attribute);
void misp_each_attribute(const struct lf_json *event, misp_attribute_fn fn, void *ctx);
struct misp_when {
    lf_time from, to; /* of an event's date; 0: open */
};
bool misp_event_fits(const struct misp *m, const struct misp_when *when, const struct lf_json *event);
bool misp_attribute_fits(const struct misp *m, const struct lf_json *event, const struct lf_json *a);
/* What of events is to be shown: deleted parts, and those that a warning list has. */
void misp_shown_asked(struct misp *m);
bool misp_shown(const struct misp *m, const struct lf_json *o);

/* misp_search.c */
enum lf_code misp_event_index(struct misp *m) LF_MUST;
enum lf_code misp_event_search(struct misp *m) LF_MUST;
enum lf_code misp_attribute_search(struct misp *m) LF_MUST;
enum lf_code misp_sighting_search(struct misp *m) LF_MUST;
enum lf_code misp_sighting_list(struct misp *m) LF_MUST;
enum lf_code misp_tag_list(struct misp *m) LF_MUST;

/* misp_edit.c */
/* The object with that member (NULL: without). */
const struct lf_json *misp_json_set(struct lf_arena *a, const struct lf_json *o, const char *key,
                                    const struct lf_json *value);
/* *mine: it was a request of these, and is answered. */
enum lf_code misp_edit_route(struct misp *m, bool *mine) LF_MUST;

/* misp_post.c */
/* An event as MISP has it ({"Event": …}) into the collection.  `was`: the object it is a version of, or NULL.
 * *refused: nothing of it was taken, and why. */
enum lf_code misp_take_in(struct misp *m, lf_view text, const struct lf_json *was, size_t *fresh,
                          bool *refused, struct lf_err *why) LF_MUST;
enum lf_code misp_hand_in(struct misp *m, bool edit) LF_MUST;
enum lf_code misp_filter_for_push(struct misp *m) LF_MUST;
enum lf_code misp_add_sighting(struct misp *m) LF_MUST;
enum lf_code misp_bulk_sightings(struct misp *m) LF_MUST;

#endif
