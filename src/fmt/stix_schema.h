/* The object types of STIX 2.1 as tables: what properties each has and of what kind.
 * The rules between properties are in stix_check.c. */
#ifndef LF_FMT_STIX_SCHEMA_H
#define LF_FMT_STIX_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stix_kind {
    STIX_STRING,
    STIX_BOOL,
    STIX_INT,
    STIX_FLOAT,
    STIX_TIME,
    STIX_MILLI,  /* a time of three decimals or more: created, modified */
    STIX_ID,     /* of the object's own type */
    STIX_REF,    /* `of`: types it may point to, separated by blanks; "sdo", "sco", "sro", "any" */
    STIX_ENUM,   /* `of`: the values, separated by blanks */
    STIX_HASHES, /* a dictionary of sums */
    STIX_BINARY, /* base64 */
    STIX_HEX,
    STIX_DICT,  /* any keys of a dictionary, any values */
    STIX_TEXTS, /* a dictionary of texts */
    STIX_LISTS, /* a dictionary of lists of texts */
    STIX_INTS,
    STIX_SCALARS, /* texts and whole numbers */
    STIX_LANG,    /* RFC 5646 */
    STIX_CHARSET, /* of IANA's registry */
    STIX_URL,
    STIX_MIME,
    STIX_OBJECT,     /* `shape` */
    STIX_OBJECTS,    /* a dictionary of cyber-observables (deprecated) */
    STIX_CONTENTS,   /* of a language-content */
    STIX_EXTENSIONS, /* by name or extension-definition */
    STIX_ANY,
};

enum { STIX_MUST = 1, STIX_LIST = 2 };

struct stix_shape;

struct stix_prop {
    const char *name;
    uint8_t kind, flags;
    const char *of;
    const struct stix_shape *shape;
    int64_t least, most; /* numbers; both 0: any */
};

enum stix_class { STIX_SDO, STIX_SRO, STIX_SCO, STIX_META, STIX_PART };

struct stix_shape {
    const char *name;
    uint8_t class, n;
    const struct stix_prop *props;
};

/* An object type by its name, or NULL: not one of STIX 2.1. */
const struct stix_shape *stix_shape_of(const char *name, size_t len);
/* A predefined extension of an observable type, or NULL. */
const struct stix_shape *stix_extension_of(const char *type, size_t type_len, const char *name, size_t len);
/* What every object of the class has. */
const struct stix_shape *stix_common(enum stix_class class);

#endif
