/* Pipelines: data files (the tree's pipelines directory) that say what a record is.
 *
 * A pipeline says when it holds for a record, which Sigma log sources the record
 * then has, by which other names its fields go (ECS, Sigma's taxonomy, the
 * source's own), and where its time, host and DNS query stand.  How to write one is
 * in docs/manual/pipelines.md.  All files together are compiled into one immutable,
 * counted generation (keep/drop), which many threads may read.
 *
 * Nothing of a record is renamed or rebuilt.  The record is put before the
 * pipelines once: one walk over its top-level members picks those that any pipeline
 * looks at, the first pipeline that holds is followed down its switches, and what
 * is reached at the end is a constant:
 *
 *     ev->pipeline -> struct lf_pipeline { number, sources, aliases, … }
 *
 * For whoever matches rules:
 *   - All events of one lf_pipeline have the same log sources.  `number` is dense
 *     (0 … lf_pipelines_count - 1), so what depends on the sources (which rules are to
 *     be tried) can be kept in an array by number.  ev->sources is a copy of them.
 *   - A field that an event has under its exact name is that member.  Otherwise it is
 *     looked for at the places lf_aliases_of() gives, in their order, the first that is
 *     there counts: a place is a field name again (exact, then dotted path), so
 *     where `Image` is asked for and the event has none, `process.executable` is
 *     looked for, then `NewProcessName`, then `winlog.event_data.Image`.
 *     lf_aliases_of() costs microseconds and depends on nothing of the event: ask it
 *     once for each (aliases->number, field) and keep the answer.
 *   - A place may carry a change of its value (a hexadecimal PID as a number):
 *     lf_alias_value().  Most carry none (`change` is NULL).
 *   - `number`s belong to their generation.  Keep it (lf_pipelines_keep of
 *     ev->pipeline->set) while something is bound to its numbers; another `set` in an
 *     event means: bind anew.
 *   - ev->pipeline is NULL where no pipeline held (no sources then) and for events made by hand.
 *     --no-route looks at neither sources nor aliases. */
#ifndef LF_ENGINE_PIPELINE_H
#define LF_ENGINE_PIPELINE_H

#include "engine/event.h"

enum {
    LF_PIPELINE_FILE_MOST = 1 << 20, /* bytes of one file */
    LF_PIPELINES_MOST = 20000,       /* ends of switches, all files together */
    LF_ALIASES_MOST = 64,            /* places of one field */
};

struct lf_pipelines;
struct lf_aliases;

/* What is true of every event that came to this end of a pipeline. */
struct lf_pipeline {
    unsigned number;
    lf_view name; /* "windows/Security/4688" */
    const struct lf_pipelines *set;
    const struct lf_aliases *aliases; /* never NULL; shared by ends that have the same */
    const struct lf_logsource *sources;
    size_t nsources;
    lf_view events;    /* path of the list of events that such a document holds (engine/envelope.h) */
    bool carries_line; /* for lf_pipelines_line() */
};

struct lf_change; /* of a value; opaque */
struct lf_alias {
    lf_view path; /* a field name: exact key, else dotted path */
    const struct lf_change *change;
};

/* A file's text; the engine opens nothing itself. */
struct lf_pipeline_file {
    lf_view name; /* for messages */
    lf_view text;
};

/* The delivered pipelines, which are in the program, and `files` (may be none).  A
 * file whose pipeline has the name of a delivered one takes its place.  A file that
 * cannot be read whole fails with what, where and how to mend it: nothing loads half. */
enum lf_code lf_pipelines_build(const struct lf_pipeline_file *files, size_t n, struct lf_pipelines **out,
                                struct lf_err *e) LF_MUST;
struct lf_pipelines *lf_pipelines_keep(const struct lf_pipelines *ps);
void lf_pipelines_drop(struct lf_pipelines *ps);
size_t lf_pipelines_count(const struct lf_pipelines *ps);
const struct lf_pipeline *lf_pipelines_at(const struct lf_pipelines *ps, size_t number);

/* How many alias tables there are; theirs are numbers 0 … n-1. */
size_t lf_aliases_count(const struct lf_pipelines *ps);
unsigned lf_aliases_number(const struct lf_aliases *t);
/* Where else `field` may stand, best first, at most LF_ALIASES_MOST.  The array and
 * texts are in `a`. */
size_t lf_aliases_of(const struct lf_aliases *t, struct lf_arena *a, lf_view field,
                     const struct lf_alias **out);
/* The value as the field's name promises it; `v` itself where nothing changes.
 * NULL: this place holds nothing of that field, look at the next. */
const struct lf_json *lf_alias_value(const struct lf_alias *alias, struct lf_arena *a,
                                     const struct lf_json *v);
/* The slow way, for looking at single fields (observables, tests, correlation keys):
 * exact name, dotted path, then aliases.  NULL: not there.  Scalars of nested
 * Windows events (Event.System, Event.EventData) are found too. */
const struct lf_json *lf_event_field(const struct lf_event *ev, struct lf_arena *a, lf_view field);

/* Sets pipeline, sources, happened, host and query of `ev` from ev->doc.  `format` is
 * the name of the text format that was read ("access", "cef", …; empty for
 * JSON) and `program` the writer's name where known. */
void lf_pipelines_choose(const struct lf_pipelines *ps, struct lf_arena *a, struct lf_event *ev,
                         lf_view format, lf_view program);

/* The line of text that the record of a log shipper carries, and the program that wrote it where
 * that is said; false when the pipeline that holds names no such place. */
bool lf_pipelines_line(const struct lf_pipelines *ps, const struct lf_event *ev, lf_view *text,
                       lf_view *program);

#endif
