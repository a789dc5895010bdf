/* Settings: an INI file (libinih), read once into an immutable generation.
 *
 * Each setting is one row of config.def.  An unknown name is an error that
 * suggests the nearest one; a value out of range names the range.  Errors say
 * file and line. */
#ifndef LF_PROC_CONFIG_H
#define LF_PROC_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum lf_option {
#define LF_OPTION(id, section, name, kind, def, least, most, unit, sentence) LF_OPT_##id,
#include "proc/config.def"
#undef LF_OPTION
    LF_OPT_COUNT
};

struct lf_config;

/* `path` NULL gives the defaults.  Relative paths in it are made absolute from
 * the file's directory (from `base` when there is no file). */
enum lf_code lf_config_read(const char *path, const char *base, struct lf_config **out,
                            struct lf_err *e) LF_MUST;
/* The same from text, named `name` in messages. */
enum lf_code lf_config_parse(lf_view text, const char *name, const char *base, struct lf_config **out,
                             struct lf_err *e) LF_MUST;
void lf_config_destroy(struct lf_config *c);

/* The value or its default; of a named section, of that instance. */
lf_view lf_config_get(const struct lf_config *c, enum lf_option o);
lf_view lf_config_get_in(const struct lf_config *c, enum lf_option o, lf_view instance);
/* Of a setting that is paths joined by commas, each; in `a`, at most LF_CONFIG_PATHS. */
enum { LF_CONFIG_PATHS = 32 };
const char **lf_config_paths(struct lf_arena *a, const struct lf_config *c, enum lf_option o, size_t *n);
int64_t lf_config_int(const struct lf_config *c, enum lf_option o);
/* Whether the file says it, or it is the default. */
bool lf_config_given(const struct lf_config *c, enum lf_option o);
bool lf_config_bool(const struct lf_config *c, enum lf_option o);
/* Names of the instances of o's section, in file order; false past the end. */
bool lf_config_instance(const struct lf_config *c, enum lf_option o, size_t i, lf_view *name);
/* Splits "host:port" or "[v6]:port"; the value was checked at reading. */
void lf_address_split(lf_view address, lf_view *host, unsigned *port);

/* All values in force (secrets masked), and a commented sample file. */
void lf_config_show(const struct lf_config *c, struct lf_buf *out);
void lf_config_sample(struct lf_buf *out);

#endif
