/* What the checker's files share: an object being looked at, and where in it. */
#ifndef LF_FMT_STIX_CHECK_PRIV_H
#define LF_FMT_STIX_CHECK_PRIV_H

#include "fmt/stix_check.h"
#include "fmt/stix_schema.h"

enum { STIX_PATH_MOST = 2048 };

struct stix_check {
    struct lf_arena *a;
    const struct lf_json *object;
    lf_view type, id;
    enum stix_class class;
    bool known;                  /* a type of STIX 2.1 */
    const struct lf_json *local; /* objects under keys, to which their references point; NULL: not in such */
    bool extended;               /* it has an extension that may add properties at the top */
    lf_stix_fault_fn tell;
    void *ctx;
    size_t musts, told;
    size_t n;
    char path[STIX_PATH_MOST];
};

void stix_fault(struct stix_check *c, bool advice, const char *fmt, ...) LF_PRINTF(3, 4);
#define MUST(c, ...) stix_fault(c, false, __VA_ARGS__)
#define SHOULD(c, ...) stix_fault(c, true, __VA_ARGS__)

/* A step down the path; what it gives is for stix_up(). */
size_t stix_down(struct stix_check *c, lf_view name);
static inline void stix_up(struct stix_check *c, size_t was)
{
    c->n = was;
}
/* RFC 3986, loosely: a scheme, and no blank or control. */
bool stix_is_url(lf_view v);
/* Of a property: 3 to 250 of a-z, 0-9 and _, a letter first (3.1). */
bool stix_is_name(lf_view v);
#define STIX_NAME_RULE                                                                                       \
    "a property's name has 3 to 250 of the letters a-z, 0-9 and _, and begins with a letter"

static inline bool has(const struct lf_json *object, const char *key)
{
    return lf_json_get(object, lf_view_of(key)) != NULL;
}

/* stix_rules.c: what the properties of c->object owe each other. */
void stix_later(struct stix_check *c, const char *from, const char *to, bool same);
void stix_rules(struct stix_check *c);

#endif
