/* Extension: the one published STIX 2.1 extension definition of this program.
 *
 * What STIX has no property for travels in it: `incident-event` is a new object
 * type through it, and indicators carry their evidence in it.  The id is fixed
 * for ever; the definition object itself is isac's to publish. */
#ifndef LF_MODEL_EXTENSION_H
#define LF_MODEL_EXTENSION_H

#define LF_EXTENSION_ID "extension-definition--5b1f7c6e-0a4d-4f3b-9a57-1d2c8e6f4b90"

#endif
