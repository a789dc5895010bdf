/* Victim: the answers of a report that say who was attacked, and whether a text tells them.  For whatever
 * leaves the node and is not to name him: referral letters (cert/referral_letter.h), articles
 * (cert/article.h), statements (cert/statement.h). */
#ifndef LF_CERT_VICTIM_H
#define LF_CERT_VICTIM_H

#include "fmt/json.h"

/* The first of them that stands in one of the texts; empty: none does.  `values`: of the report form;
 * `except`: whoever speaks may name himself. */
lf_view victim_told(const struct lf_json *values, const lf_view *texts, size_t n, lf_view except);
/* Whether the text begins with the name, in either case of ASCII letters; the two ways to write Tai are one.
 */
bool victim_begins(lf_view text, lf_view name);

#endif
