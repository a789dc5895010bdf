/* Reporter: the host that an event itself says it was written on.
 *
 * Not the machine concerned (event.h's `host`): an antivirus console writes of the machine that was
 * infected, a cloud of a resource.  Asked are the names that syslog's HOSTNAME, shippers' agents,
 * Windows, journald, Zeek and appliances give. */
#ifndef LF_ENGINE_REPORTER_H
#define LF_ENGINE_REPORTER_H

#include "engine/event.h"

enum { LF_REPORTER_NAME = 100 }; /* bytes; a longer one is none */

/* Empty: it says none, or one that is no name (control characters, '@', not UTF-8).  Borrowed
 * from the event. */
lf_view lf_event_reporter(const struct lf_event *ev);

#endif
