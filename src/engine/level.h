/* Level: the incident level 1–4 from answers about confidentiality, integrity
 * and availability (table TW-2026), and the letter A–D of 2001, with grounds.
 *
 * Pure.  An unknown field is refused: a mistyped "mtpd_s" must not pass. */
#ifndef LF_ENGINE_LEVEL_H
#define LF_ENGINE_LEVEL_H

#include "fmt/json.h"

/* Writes the result object into `b`; *level gets the level that counts (an
 * override's, else the computed one), 0–4. */
enum lf_code lf_level_judge(struct lf_arena *a, const struct lf_json *answers, struct lf_buf *b, int *level,
                            struct lf_err *e) LF_MUST;

#endif
