/* Report forms as data: what is asked, when, of what kind, and where it stands on which paper form.
 *
 * A definition is a JSON object, format "lianfang-form/1" (rules/form/tw-2026.json is the one that is
 * delivered; docs/manual/incidents.md describes it).  Page, API check, printed form and export all come
 * from it.  A sector's additions are another such object with steps and fields of its own; it can add
 * and cannot change what is there.
 *
 * Values are one JSON object, field id -> value: text for line, text, time (RFC 3339) and choice (its
 * id); an integer from 0 for number; true or false for yesno; a list of ids for choices. */
#ifndef LF_ENGINE_FORM_H
#define LF_ENGINE_FORM_H

#include "base/time.h"
#include "fmt/json.h"

enum {
    LF_FORM_BYTES = 256 << 10, /* of a definition */
    LF_FORM_STEPS = 24,
    LF_FORM_FIELDS = 300, /* with all additions */
    LF_FORM_PAPERS = 4,
    LF_FORM_CHOICES = 200, /* of one field */
    LF_FORM_TEXT = 8000,   /* bytes of one value, at most */
};

enum lf_form_type {
    LF_FORM_LINE,
    LF_FORM_LONG,
    LF_FORM_TIME,
    LF_FORM_CHOICE,
    LF_FORM_CHOICES_,
    LF_FORM_NUMBER,
    LF_FORM_YESNO,
};

/* Reports of one incident, in the order of its life; `behalf` comes on top of a first report. */
enum lf_form_stage {
    LF_STAGE_FIRST,       /* 初報 */
    LF_STAGE_EDIT,        /* 初報編輯 */
    LF_STAGE_FOLLOW,      /* 續報 */
    LF_STAGE_FINAL,       /* 結報（1、2 級） */
    LF_STAGE_FINAL_MAJOR, /* 結報（3、4 級） */
    LF_STAGE_BEHALF,      /* 代為登錄 */
    LF_STAGES
};
const char *lf_form_stage_name(enum lf_form_stage s); /* "first", "edit", … */
/* LF_STAGES when there is none of that name. */
enum lf_form_stage lf_form_stage_of(lf_view name);

struct lf_form_words {
    lf_view zh, en;
};
struct lf_form_choice {
    lf_view id;
    struct lf_form_words say, group; /* group: empty = in none */
    lf_view
        rsit; /* of a class of incident: the type of ENISA's reference taxonomy; of such a type: its class */
};
struct lf_form_field {
    lf_view id;
    size_t step;
    enum lf_form_type type;
    struct lf_form_words say, hint;
    unsigned stages, required;     /* bits 1 << enum lf_form_stage */
    int64_t most;                  /* bytes of text, or the greatest number */
    lf_view otherwise;             /* what stands in an empty form; may be empty */
    lf_view needs;                 /* the field that must be filled when this one is; may be empty */
    lf_view place[LF_FORM_PAPERS]; /* where on that paper; empty = it is not on it */
    size_t nchoices;
    const struct lf_form_choice *choices;
    bool added; /* by a sector */
};
struct lf_form_step {
    lf_view id;
    struct lf_form_words say;
};
struct lf_form {
    lf_view id;
    struct lf_form_words say;
    size_t npapers, nsteps, nfields;
    struct lf_form_step papers[LF_FORM_PAPERS], steps[LF_FORM_STEPS];
    struct lf_form_field *fields; /* LF_FORM_FIELDS */
};

/* Reads a definition.  The error says which field and what of it. */
enum lf_code lf_form_load(struct lf_arena *a, lf_view json, struct lf_form *out, struct lf_err *e) LF_MUST;
/* Adds a sector's fields to `f`; LF_CONFLICT when one of that id is there.  On failure `f` is as it was. */
enum lf_code lf_form_extend(struct lf_arena *a, struct lf_form *f, lf_view json, struct lf_err *e) LF_MUST;
const struct lf_form_field *lf_form_field(const struct lf_form *f, lf_view id);
const struct lf_form_choice *lf_form_choice(const struct lf_form_field *x, lf_view id);

/* What is wrong with a value. */
enum lf_form_trouble {
    LF_FORM_FINE,
    LF_FORM_MISSING,
    LF_FORM_UNKNOWN,   /* no such field */
    LF_FORM_KIND,      /* a value of another kind */
    LF_FORM_NO_CHOICE, /* none of the choices */
    LF_FORM_TOO_LONG,  /* or too great */
    LF_FORM_NO_TIME,
    LF_FORM_FUTURE,
    LF_FORM_LATE, /* a reason is needed: more than the hour has passed since awareness */
};
struct lf_form_said {
    lf_view field;
    enum lf_form_trouble what;
};
/* All that is wrong with `values` for these stages (bits), at most `most`, in the form's order. */
size_t lf_form_troubles(const struct lf_form *f, unsigned stages, const struct lf_json *values, lf_time now,
                        struct lf_form_said *out, size_t most);
/* The first of them as an error, zh-TW and English, LF_UNACCEPTED. */
enum lf_code lf_form_check(const struct lf_form *f, unsigned stages, const struct lf_json *values,
                           lf_time now, struct lf_err *e) LF_MUST;

/* Text of a value for people: choices by their words, several joined by a comma of the language, times as
 * they stand.  Empty when there is none. */
lf_view lf_form_text(struct lf_arena *a, const struct lf_form_field *x, const struct lf_json *value, bool zh);

/* The answers of engine/level.h out of the questions of step "level"; `by` is who decided when the level is
 * one's own judgement.  NULL: none of them was answered. */
const struct lf_json *lf_form_answers(struct lf_arena *a, const struct lf_json *values, lf_view by);

#endif
