/* Attack: the techniques of MITRE ATT&CK (Enterprise) that this program knows, a table delivered
 * with it (attack/techniques.tsv), and what a rule's tags say of them (attack.t1059.001). */
#ifndef LF_ENGINE_ATTACK_H
#define LF_ENGINE_ATTACK_H

#include "base/view.h"

enum { LF_ATTACK_ID = 16 };

struct lf_technique {
    lf_view id;      /* "T1059.001" */
    lf_view tactics; /* with blanks between */
    lf_view name;
};

struct lf_attack;
struct lf_attack *lf_attack_create(void);
void lf_attack_destroy(struct lf_attack *a);
/* All of them, by id. */
size_t lf_attack_techniques(const struct lf_attack *a, const struct lf_technique **out);
/* Its place among them; SIZE_MAX: there is none. */
size_t lf_attack_find(const struct lf_attack *a, lf_view id);
/* The tactics, in the order in which the table first names them. */
size_t lf_attack_tactics(const struct lf_attack *a, const lf_view **out);
/* Whether the tag names a technique, known or not; its id as ATT&CK writes it. */
bool lf_attack_tag(lf_view tag, char out[LF_ATTACK_ID]);

#endif
