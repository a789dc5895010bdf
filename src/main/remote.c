/* The commands that ask a running node: user, token, peer, alert, incident,
 * indicator, feed, block, policy.  One table: each row is an API call of /api/v1 through
 * the node's local door; the answer is shown as columns, or as JSON with --json. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "fmt/json.h"
#include "main/client.h"
#include "main/commands.h"
#include "main/input.h"

enum { WORDS = 5, COLUMNS = 7 };

static const struct remote {
    const char *noun, *verb, *method;
    const char *path; /* %s: the next word of the command line, percent-encoded */
    /* Names of the words that follow; "?" before: may be left out; "@": the text of a file, and alone the
     * whole body; "=": a file's bytes in base64. */
    const char *body[WORDS];
    const char *columns[COLUMNS]; /* of what is shown; "-": the answer is a file, as it is */
    const char *help;
} table[] = {
    { "user",
      "list",
      "GET",
      "/api/v1/users",
      { 0 },
      { "name", "roles", "display", "disabled" },
      "accounts of this node" },
    { "user",
      "add",
      "POST",
      "/api/v1/users",
      { "name", "roles", "?password" },
      { "name", "roles", "password" },
      "NAME ROLES [PASSWORD]: roles joined by commas; without a password one is made and shown" },
    { "token",
      "list",
      "GET",
      "/api/v1/tokens?account=%s",
      { 0 },
      { "id", "label", "roles" },
      "ACCOUNT: its tokens" },
    { "token",
      "add",
      "POST",
      "/api/v1/tokens",
      { "account", "label", "roles" },
      { "token" },
      "ACCOUNT LABEL ROLES: shown this once; log senders need the role sender" },
    { "token", "revoke", "DELETE", "/api/v1/tokens/%s", { 0 }, { 0 }, "ID" },
    { "hold",
      "list",
      "GET",
      "/api/v1/holds",
      { 0 },
      { "name", "in_force", "from", "to", "sender", "blocks", "bytes" },
      "legal holds on the event archive, and what each keeps" },
    { "hold",
      "set",
      "POST",
      "/api/v1/holds",
      { "name", "reason", "from", "?to", "?sender" },
      { "id" },
      "NAME REASON FROM [TO [SENDER]]: nothing of these times is removed; TO \"\": no end" },
    { "hold",
      "lift",
      "POST",
      "/api/v1/holds/%s/lift",
      { "reason" },
      { 0 },
      "NAME|ID REASON: what it kept may go at once" },
    { "contact",
      "list",
      "GET",
      "/api/v1/units",
      { 0 },
      { "name", "oid", "attribute", "grade", "id" },
      "organisations of the contact network" },
    { "contact",
      "show",
      "GET",
      "/api/v1/units/%s",
      { 0 },
      { 0 },
      "ID: an organisation and its contacts in the order of calling" },
    { "contact",
      "import",
      "POST",
      "/api/v1/units/import",
      { "@csv" },
      { "rows" },
      "FILE: organisations and contacts from CSV, all rows or none" },
    { "contact",
      "post",
      "PUT",
      "/api/v1/posts/%s",
      { "contacts" },
      { 0 },
      "POST ID[,ID]: who stands for desk, national, convener, deputy-1 to -3, group-1 to -8 …" },
    { "notice",
      "list",
      "GET",
      "/api/v1/notices",
      { 0 },
      { "made", "about", "state", "level", "title", "id" },
      "who was told of what" },
    { "notice",
      "show",
      "GET",
      "/api/v1/notices/%s",
      { 0 },
      { 0 },
      "ID: whom it called, how each fared, who answered" },
    { "notice", "answer", "POST", "/api/v1/calls/%s/acknowledge", { 0 }, { 0 }, "CALL: it is answered" },
    { "notice",
      "test",
      "POST",
      "/api/v1/notices/test",
      { "?unit" },
      { "id" },
      "[UNIT]: try whether notices arrive" },
    { "notice", "matrix", "GET", "/api/v1/notice-matrix", { 0 }, { 0 }, "who is told of what, as data" },
    { "peer",
      "list",
      "GET",
      "/api/v1/peers",
      { 0 },
      { "name", "tier", "kind", "state", "seen" },
      "nodes this one has links with" },
    { "peer",
      "invite",
      "POST",
      "/api/v1/peers/invitations",
      { 0 },
      { "token" },
      "a one-time token for a child, good for 24 hours" },
    { "peer",
      "join",
      "POST",
      "/api/v1/parent",
      { "token" },
      { "state" },
      "TOKEN: enrol at the parent that made it" },
    { "peer",
      "parent",
      "GET",
      "/api/v1/parent",
      { 0 },
      { "name", "tier", "state" },
      "the parent and how the link stands" },
    { "peer",
      "move",
      "POST",
      "/api/v1/parent/move",
      { "token" },
      { 0 },
      "TOKEN: leave the parent for the one that made it" },
    { "peer",
      "suspend",
      "POST",
      "/api/v1/peers/%s/suspend",
      { 0 },
      { 0 },
      "ID: refuse it until it is resumed" },
    { "peer", "resume", "POST", "/api/v1/peers/%s/resume", { 0 }, { 0 }, "ID" },
    { "peer",
      "retire",
      "POST",
      "/api/v1/peers/%s/retire",
      { 0 },
      { 0 },
      "ID: a child is gone for good, or lost its keys; it comes back with a new invitation" },
    { "peer",
      "rotate",
      "POST",
      "/api/v1/keys",
      { 0 },
      { 0 },
      "a new signing key for this node; every peer is told" },
    { "peer",
      "transform",
      "GET",
      "/api/v1/peers/%s/transform",
      { 0 },
      { "number", "rules" },
      "ID: what the link leaves out, replaces, re-marks or makes coarser" },
    { "peer",
      "transform-set",
      "POST",
      "/api/v1/peers/%s/transform",
      { "@rules" },
      { "number", "rules" },
      "ID FILE: the rules of a link, for what is given from now on" },
    { "peer",
      "chain",
      "GET",
      "/api/v1/peers/%s/chain",
      { 0 },
      { "heads" },
      "ID: the heads of its audit trail that were countersigned" },
    { "peer",
      "accept",
      "POST",
      "/api/v1/peers/%s/chain/accept",
      { 0 },
      { 0 },
      "ID: its audit trail is believed again as it is now" },
    { "audit",
      "list",
      "GET",
      "/api/v1/audit",
      { 0 },
      { "seq", "time", "account", "action", "subject" },
      "what was done on this node, newest first" },
    { "audit",
      "verify",
      "POST",
      "/api/v1/audit/verify",
      { "?@heads" },
      { "entries", "heads" },
      "[FILE]: the trail is walked and held against what the parent countersigned; FILE: what peer chain "
      "prints there" },
    { "lifetime",
      "list",
      "GET",
      "/api/v1/lifetimes",
      { 0 },
      { "type", "days", "old_days" },
      "how long stored objects of a type are kept" },
    { "lifetime",
      "set",
      "POST",
      "/api/v1/lifetimes/%s",
      { "days", "?old_days" },
      { 0 },
      "TYPE DAYS [OLD_DAYS]: after their last version came; replaced versions OLD_DAYS; 0: for ever" },
    { "lifetime",
      "forget",
      "DELETE",
      "/api/v1/lifetimes/%s",
      { 0 },
      { 0 },
      "TYPE: they stay for ever again" },
    { "quota",
      "list",
      "GET",
      "/api/v1/quotas",
      { 0 },
      { "member", "limit", "used" },
      "what members may ask for and hand in by TAXII a day (0: no limit), and did today" },
    { "quota",
      "set",
      "POST",
      "/api/v1/quotas/%s",
      { "requests", "objects", "bytes" },
      { 0 },
      "MEMBER REQUESTS OBJECTS BYTES: an account's name, peer:ID, or default for all; 0: no limit" },
    { "quota", "forget", "DELETE", "/api/v1/quotas/%s", { 0 }, { 0 }, "MEMBER: those of all hold again" },
    { "national",
      "list",
      "GET",
      "/api/v1/national",
      { 0 },
      { "code", "account", "addresses", "met_at", "taken", "refused", "given" },
      "members of the national exchange, who come by TAXII 1.1" },
    { "national",
      "set",
      "POST",
      "/api/v1/national/%s",
      { "code", "pin", "?addresses", "?inbox", "?outbox" },
      { 0 },
      "ACCOUNT CODE PIN [ADDRESSES [INBOX [OUTBOX]]]: PIN: SHA-256 of its certificate's key" },
    { "national",
      "forget",
      "DELETE",
      "/api/v1/national/%s",
      { 0 },
      { 0 },
      "ACCOUNT: it may not come any more" },
    { "group",
      "list",
      "GET",
      "/api/v1/groups",
      { 0 },
      { "name", "id", "marking", "members" },
      "sharing groups, their markings and members" },
    { "group", "show", "GET", "/api/v1/groups/%s", { 0 }, { 0 }, "GROUP: by id or name" },
    { "group",
      "add",
      "POST",
      "/api/v1/groups",
      { "name" },
      { "name", "id", "marking" },
      "NAME: a new group; objects are marked with its marking" },
    { "group",
      "join",
      "POST",
      "/api/v1/groups/%s/members",
      { "member" },
      { 0 },
      "GROUP MEMBER: self, children, tier:provider, tier:sector, tier:nation or identity--… of a node" },
    { "group",
      "leave",
      "POST",
      "/api/v1/groups/%s/members/remove",
      { "member" },
      { 0 },
      "GROUP MEMBER: takes it out" },
    { "group",
      "remove",
      "DELETE",
      "/api/v1/groups/%s",
      { 0 },
      { 0 },
      "GROUP: what was marked for it is for its author alone" },
    { "learning",
      "show",
      "GET",
      "/api/v1/learning",
      { 0 },
      { 0 },
      "what was learnt as usual for rules with placeholders, and how it differs from what is in force" },
    { "learning",
      "start",
      "POST",
      "/api/v1/learning",
      { "from", "?to" },
      { 0 },
      "FROM [TO]: learn from the archive, as a draft; times such as -14d" },
    { "learning",
      "accept",
      "POST",
      "/api/v1/learning/accept",
      { "note", "?keep" },
      { 0 },
      "NOTE [1]: the lists become what was learnt; 1: what is gone stays in them" },
    { "learning", "drop", "POST", "/api/v1/learning/drop", { 0 }, { 0 }, "nothing changes" },
    { "alert",
      "list",
      "GET",
      "/api/v1/alerts",
      { 0 },
      { "id", "level", "state", "count", "title", "host" },
      "alerts, newest first" },
    { "alert", "show", "GET", "/api/v1/alerts/%s", { 0 }, { 0 }, "ID" },
    { "alert", "acknowledge", "POST", "/api/v1/alerts/%s/acknowledge", { 0 }, { 0 }, "ID" },
    { "alert", "close", "POST", "/api/v1/alerts/%s/close", { "note" }, { 0 }, "ID NOTE" },
    { "incident",
      "list",
      "GET",
      "/api/v1/incidents",
      { 0 },
      { "id", "level", "review", "handling", "title" },
      "incidents, newest first" },
    { "incident",
      "show",
      "GET",
      "/api/v1/incidents/%s",
      { 0 },
      { 0 },
      "ID: with every signed event and the clocks" },
    { "incident",
      "report",
      "POST",
      "/api/v1/incidents",
      { "title", "?description" },
      { "id" },
      "TITLE [DESCRIPTION]: awareness is now" },
    { "incident",
      "event",
      "POST",
      "/api/v1/incidents/%s/events",
      { "kind" },
      { 0 },
      "ID KIND: reviewed, returned, controlled, recovered, closed …" },
    { "incident",
      "export",
      "GET",
      "/api/v1/incidents/%s/export?format=%s",
      { 0 },
      { "-" },
      "ID FORMAT >FILE: one incident as json, csv, stix or iodef" },
    { "incident",
      "export-all",
      "GET",
      "/api/v1/incident-export?format=%s&from=%s&to=%s",
      { 0 },
      { "-" },
      "FORMAT FROM TO >FILE: those that became known in these times, at most 500; \"\": unbounded" },
    { "incident",
      "import",
      "POST",
      "/api/v1/incident-import",
      { "format", "@file", "?mapping" },
      { "made", "already", "lost" },
      "FORMAT FILE [MAPPING]: old cases from csv, thehive or iris, all or none; MAPPING as "
      "title=Subject,aware_at=Date" },
    { "incident",
      "import-check",
      "POST",
      "/api/v1/incident-import?dry=1",
      { "format", "@file", "?mapping" },
      { "made", "already", "lost" },
      "FORMAT FILE [MAPPING]: what would be made and lost; --json names each loss" },
    { "incident",
      "files",
      "GET",
      "/api/v1/incidents/%s/files",
      { 0 },
      { "file", "name", "size", "sha256", "here" },
      "ID: its files" },
    { "incident",
      "file",
      "GET",
      "/api/v1/incidents/%s/file?file=%s",
      { 0 },
      { "-" },
      "ID FILE >OUT: the bytes of one, as \"incident-event--…\"" },
    { "incident",
      "attach",
      "POST",
      "/api/v1/incidents/%s/files",
      { "name", "type", "=data", "?note" },
      { "id" },
      "ID NAME TYPE FILE [NOTE]: adds a file, as \"log.txt\" text/plain" },
    { "incident",
      "detach",
      "POST",
      "/api/v1/incidents/%s/files/remove",
      { "file", "reason" },
      { 0 },
      "ID FILE REASON: removes a file" },
    { "indicator",
      "list",
      "GET",
      "/api/v1/indicators",
      { 0 },
      { "id", "state", "kind", "value", "evidence" },
      "indicators, newest first" },
    { "indicator",
      "show",
      "GET",
      "/api/v1/indicators/%s",
      { 0 },
      { 0 },
      "ID: one, with its STIX object and sightings" },
    { "indicator",
      "add",
      "POST",
      "/api/v1/indicators",
      { "value", "?kind" },
      { "id", "kind", "value", "warning", "block_note" },
      "VALUE [KIND]: a draft; the kind is told from the value but for ja3 and ja4" },
    { "indicator",
      "release",
      "POST",
      "/api/v1/indicators/%s/release",
      { "?reason" },
      { 0 },
      "ID [REASON]: looked for from now on, and shared; why, when a warning list has it" },
    { "indicator",
      "withdraw",
      "POST",
      "/api/v1/indicators/%s/withdraw",
      { 0 },
      { 0 },
      "ID: everywhere, in one step" },
    { "advisory",
      "list",
      "GET",
      "/api/v1/advisories",
      { 0 },
      { "id", "kind", "state", "title" },
      "intelligence that people wrote, newest first" },
    { "advisory",
      "find",
      "GET",
      "/api/v1/advisories?words=%s",
      { 0 },
      { "id", "kind", "state", "title" },
      "WORDS: those in which each of them stands" },
    { "advisory",
      "show",
      "GET",
      "/api/v1/advisories/%s",
      { 0 },
      { 0 },
      "ID: one, with its form and history" },
    { "advisory",
      "forms",
      "GET",
      "/api/v1/advisory-forms",
      { 0 },
      { 0 },
      "the fields of each kind, which are needed, and what one may choose" },
    { "advisory",
      "add",
      "POST",
      "/api/v1/advisories",
      { "@" },
      { "id" },
      "FILE: a draft, JSON as {\"kind\":\"EWA\",\"form\":{\"title\":\"…\"}}" },
    { "advisory",
      "edit",
      "PUT",
      "/api/v1/advisories/%s",
      { "@" },
      { 0 },
      "ID FILE: written anew, JSON as {\"form\":{…}}" },
    { "advisory",
      "attach",
      "POST",
      "/api/v1/advisories/%s/files",
      { "name", "type", "=data" },
      { 0 },
      "ID NAME TYPE FILE: a file of it, as \"report.pdf\" application/pdf" },
    { "advisory",
      "detach",
      "DELETE",
      "/api/v1/advisories/%s/files?n=%s",
      { 0 },
      { 0 },
      "ID NUMBER: takes a file off" },
    { "advisory", "submit", "POST", "/api/v1/advisories/%s/submit", { 0 }, { 0 }, "ID: for review" },
    { "advisory",
      "return",
      "POST",
      "/api/v1/advisories/%s/return",
      { "reason" },
      { 0 },
      "ID REASON: to who wrote it" },
    { "advisory", "publish", "POST", "/api/v1/advisories/%s/publish", { 0 }, { 0 }, "ID: to members and up" },
    { "advisory",
      "withdraw",
      "POST",
      "/api/v1/advisories/%s/withdraw",
      { "reason" },
      { 0 },
      "ID REASON: everywhere" },
    { "statistics",
      "show",
      "GET",
      "/api/v1/statistics?time=%s",
      { 0 },
      { "by", "key", "cases", "reported", "reviewed", "controlled", "late" },
      "TIME: incidents of a year (115, 2026) or month (115-11), exercises not counted" },
    { "statistics",
      "open",
      "GET",
      "/api/v1/statistics/open?time=%s",
      { 0 },
      { "by", "key", "cases" },
      "TIME: the same to be published, small numbers withheld" },
    { "referral",
      "list",
      "GET",
      "/api/v1/referrals",
      { 0 },
      { "id", "state", "kind", "recipient", "sent", "due" },
      "who outside was told of incidents, or asked for help" },
    { "referral",
      "of",
      "GET",
      "/api/v1/incidents/%s/referrals",
      { 0 },
      { "id", "state", "kind", "recipient", "sent", "due" },
      "INCIDENT: its referrals" },
    { "referral",
      "add",
      "POST",
      "/api/v1/incidents/%s/referrals",
      { "kind", "recipient", "text", "?due" },
      { "id" },
      "INCIDENT KIND RECIPIENT TEXT [DUE]: prosecutor, police, disaster, operator, partner or support" },
    { "referral", "show", "GET", "/api/v1/referrals/%s", { 0 }, { 0 }, "ID: with what came back" },
    { "referral",
      "answer",
      "POST",
      "/api/v1/referrals/%s/answer",
      { "text" },
      { 0 },
      "ID TEXT: what came back" },
    { "member",
      "list",
      "GET",
      "/api/v1/members",
      { 0 },
      { "id", "name", "sectors", "level", "mail", "node" },
      "whom bulletins ask" },
    { "member",
      "add",
      "POST",
      "/api/v1/members",
      { "name", "?sectors", "?level", "?mail" },
      { "id" },
      "NAME [SECTORS [LEVEL [MAIL]]]: one without a node; sectors in one word, a blank between" },
    { "member",
      "set",
      "PUT",
      "/api/v1/members/%s",
      { "name", "?sectors", "?level", "?mail" },
      { 0 },
      "ID NAME [SECTORS [LEVEL [MAIL]]]: what is known of it; a node below keeps its name" },
    { "member", "remove", "DELETE", "/api/v1/members/%s", { 0 }, { 0 }, "ID" },
    { "bulletin",
      "list",
      "GET",
      "/api/v1/bulletins",
      { 0 },
      { "id", "reply_by", "members", "late", "title" },
      "advisories that ask for an answer, newest first" },
    { "bulletin",
      "show",
      "GET",
      "/api/v1/bulletins/%s",
      { 0 },
      { 0 },
      "ID: counts, and this node's own answer" },
    { "bulletin",
      "members",
      "GET",
      "/api/v1/bulletins/%s/members",
      { 0 },
      { "name", "state", "verdict", "incident", "answered", "late", "member" },
      "ID: how each member stands" },
    { "bulletin",
      "find",
      "GET",
      "/api/v1/bulletins/%s/members?state=%s",
      { 0 },
      { "name", "state", "verdict", "incident", "answered", "late", "member" },
      "ID STATE: those who are unread, read, overdue, answered or done" },
    { "bulletin",
      "audience",
      "PUT",
      "/api/v1/bulletins/%s/audience",
      { "@" },
      { 0 },
      "ID FILE: whom a draft will ask, JSON as {\"sectors\":[\"energy\"],\"levels\":[\"A\"]}" },
    { "bulletin",
      "reply",
      "POST",
      "/api/v1/bulletins/%s/reply",
      { "verdict", "?incident", "?measures" },
      { 0 },
      "ID false-alarm|confirmed|undetermined [NUMBER [MEASURES]]: this node's answer" },
    { "bulletin",
      "remind",
      "POST",
      "/api/v1/bulletins/%s/remind",
      { 0 },
      { "reminded" },
      "ID: who owes an answer" },
    { "bulletin",
      "link",
      "POST",
      "/api/v1/bulletins/%s/link",
      { "member" },
      { "path" },
      "ID MEMBER: by which one without a node answers" },
    { "feed",
      "list",
      "GET",
      "/api/v1/feeds",
      { 0 },
      { "name", "state", "format", "ok", "next", "trouble" },
      "feeds by name, and how each goes" },
    { "feed", "show", "GET", "/api/v1/feeds/%s", { 0 }, { 0 }, "FEED: by id or name, with its counts" },
    { "feed",
      "add",
      "POST",
      "/api/v1/feeds",
      { "name", "url", "?format", "?every", "?collection" },
      { "id" },
      "NAME URL [FORMAT [EVERY [COLLECTION]]]: EVERY as 15m, 1h, 1d; more by the API or the console" },
    { "feed",
      "runs",
      "GET",
      "/api/v1/feeds/%s/runs",
      { 0 },
      { "run", "began", "state", "new", "changed", "refused", "trouble" },
      "FEED: its last runs, the newest first" },
    { "feed", "run", "POST", "/api/v1/feeds/%s/run", { 0 }, { 0 }, "FEED: fetch it now, whole" },
    { "feed", "remove", "DELETE", "/api/v1/feeds/%s", { 0 }, { 0 }, "FEED: what it gave stays" },
    { "feed",
      "source",
      "GET",
      "/api/v1/provenance/%s",
      { 0 },
      { "name", "fetched", "sha256", "document" },
      "OBJECT: which feeds gave it" },
    { "block",
      "list",
      "GET",
      "/api/v1/blocks",
      { 0 },
      { "value", "state", "provisional", "expires" },
      "names this node blocks" },
    { "ask",
      "pattern",
      "POST",
      "/api/v1/questions",
      { "name", "text", "?days", "?hours", "?nodes" },
      { "id" },
      "NAME PATTERN [DAYS [HOURS [NODES]]]: a STIX pattern, of the last 30 days, open for 24 hours" },
    { "ask",
      "rule",
      "POST",
      "/api/v1/questions",
      { "name", "@text", "?days", "?hours", "?nodes" },
      { "id" },
      "NAME FILE [DAYS [HOURS [NODES]]]: a Sigma rule" },
    { "ask",
      "values",
      "POST",
      "/api/v1/questions",
      { "name", "values", "?days", "?hours", "?nodes" },
      { "id" },
      "NAME VALUES [DAYS [HOURS [NODES]]]: names, addresses, sums …, joined by commas" },
    { "ask",
      "list",
      "GET",
      "/api/v1/questions",
      { 0 },
      { "id", "asked", "asker_name", "kind", "state", "expires", "name" },
      "questions of ours and of the node above, newest first" },
    { "ask", "show", "GET", "/api/v1/questions/%s", { 0 }, { 0 }, "ID: one, with what each node answered" },
    { "ask",
      "wait",
      "GET",
      "/api/v1/questions/%s?wait=60",
      { 0 },
      { 0 },
      "ID: the same when all have answered, or after a minute" },
    { "ask",
      "withdraw",
      "POST",
      "/api/v1/questions/%s/withdraw",
      { 0 },
      { 0 },
      "ID: nobody runs it any more" },
    { "ask",
      "accept",
      "POST",
      "/api/v1/questions/%s/accept",
      { 0 },
      { 0 },
      "ID: a question of the node above is answered from this archive" },
    { "ask", "refuse", "POST", "/api/v1/questions/%s/refuse", { "reason" }, { 0 }, "ID REASON" },
    { "ask",
      "policy",
      "GET",
      "/api/v1/question-policy",
      { 0 },
      { 0 },
      "what this node answers by itself, and what it tells of it" },
    { "ask",
      "sign",
      "POST",
      "/api/v1/question-policy",
      { "@" },
      { "id" },
      "FILE: signs another policy, JSON as \"policy\" shows it" },
    { "transfer",
      "export",
      "POST",
      "/api/v1/transfers/export",
      { "peer", "?since" },
      { "file" },
      "PEER [SINCE] >FILE: what the link would carry, signed; PEER: parent, or id, node or name of a child" },
    { "transfer",
      "import",
      "POST",
      "/api/v1/transfers/import",
      { "@file" },
      { "from", "number", "already", "objects", "taken", "refused" },
      "FILE: takes what a peer made for this node" },
    { "policy", "show", "GET", "/api/v1/policies", { 0 }, { 0 }, "the standing policy" },
};

static int usage(const char *noun, FILE *to)
{
    fprintf(to, "usage: lianfang %s VERB [--data DIR | -c FILE] [--json] …\n\n", noun);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].noun, noun) == 0)
            fprintf(to, "  %-12s %s\n", table[i].verb, table[i].help);
    return to == stderr ? 2 : 0;
}

static void encode(struct lf_buf *b, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *word; word++)
        if (strchr(plain, *word))
            lf_buf_byte(b, *word);
        else
            lf_buf_printf(b, "%%%02X", (unsigned)(unsigned char)*word);
}

static void show_row(const struct remote *r, const struct lf_json *v)
{
    bool any = false;

    for (size_t i = 0; i < COLUMNS && r->columns[i]; i++) {
        const struct lf_json *cell = lf_json_get(v, lf_view_of(r->columns[i]));
        bool tree = lf_json_kind(cell) == LF_JSON_OBJECT || lf_json_kind(cell) == LF_JSON_ARRAY;
        struct lf_buf b;
        lf_view text;

        if (!cell)
            continue;
        lf_buf_init(&b, 64 << 20); /* no answer is as large */
        if (tree)
            lf_json_write(&b, cell);
        text = tree ? lf_buf_view(&b) : lf_json_text(cell);
        if (any)
            putchar('\t');
        (void)fwrite(text.ptr, 1, text.len, stdout); /* whole: LF_FMT is for sentences */
        lf_buf_clear(&b);
        any = true;
    }
    if (any)
        putchar('\n');
}

static void show(const struct remote *r, const struct lf_json *v, bool json)
{
    const struct lf_json *items = lf_json_get(v, LF_V("items"));

    if (!v)
        return;
    if (json || !r->columns[0]) {
        struct lf_buf b;

        lf_buf_init(&b, 64 << 20);
        lf_json_write(&b, v);
        lf_buf_byte(&b, '\n');
        fwrite(b.ptr, 1, b.len, stdout);
        lf_buf_clear(&b);
    } else if (items) {
        for (size_t i = 0; i < lf_json_count(items); i++)
            show_row(r, lf_json_item(items, i));
    } else {
        show_row(r, v);
    }
}

/* The file's text as a member, or without a key as the whole body. */
static bool put_file(struct lf_buf *body, struct lf_json_w *w, const char *key, const char *name)
{
    struct lf_err e = { 0 };
    struct lf_buf text;
    bool ok;

    lf_buf_init(&text, 9 << 20);
    ok = lf_input_read(name, &text, &e) == LF_OK;
    if (!ok) {
        fprintf(stderr, "lianfang: %s\n", e.text);
    } else if (*key == '=') {
        struct lf_arena a = { 0 };

        lf_json_put_str(w, key + 1, lf_base64(&a, text.ptr, text.len));
        lf_arena_clear(&a);
    } else if (*key) {
        lf_json_put_str(w, key, lf_buf_view(&text));
    } else {
        lf_buf_reset(body);
        lf_buf_put(body, lf_buf_view(&text));
        w->depth = 0;
    }
    lf_buf_clear(&text);
    return ok;
}

static int ask(struct lf_client *c, const struct remote *r, int argc, char **argv, bool json)
{
    struct lf_buf path, body;
    const struct lf_json *out = NULL;
    struct lf_err e = { 0 };
    int word = 1, rc = 0;

    lf_buf_init(&path, 8192);
    lf_buf_init(&body, 16 << 20);
    for (const char *p = r->path; *p; p++) {
        if (*p != '%') {
            lf_buf_byte(&path, *p);
        } else if (word < argc) {
            encode(&path, argv[word++]);
            p++;
        } else {
            rc = 2;
            break;
        }
    }
    if (strcmp(r->method, "POST") == 0 || (strcmp(r->method, "PUT") == 0 && r->body[0])) {
        struct lf_json_w w = lf_json_w(&body);

        lf_json_open(&w, '{');
        for (size_t i = 0; i < WORDS && r->body[i] && rc == 0; i++) {
            bool optional = r->body[i][0] == '?';

            if (word < argc && r->body[i][optional] == '@')
                rc = put_file(&body, &w, r->body[i] + 1 + optional, argv[word++]) ? 0 : 3;
            else if (word < argc && r->body[i][optional] == '=')
                rc = put_file(&body, &w, r->body[i] + optional, argv[word++]) ? 0 : 3;
            else if (word < argc)
                lf_json_put_cstr(&w, r->body[i] + optional, argv[word++]);
            else if (!optional)
                rc = 2;
        }
        if (w.depth)
            lf_json_close(&w);
    }
    if (rc == 3) {
        rc = 2; /* said already */
    } else if (rc == 2 || word < argc) {
        fprintf(stderr, "lianfang %s %s: %s; usage: %s\n", r->noun, r->verb,
                rc ? "a word is missing" : "too many words", r->help);
        rc = 2;
    } else {
        bool file = r->columns[0] && strcmp(r->columns[0], "-") == 0;
        lf_view bytes = { 0 };

        lf_buf_byte(&path, '\0');
        if ((file ? lf_client_fetch(c, path.ptr, &bytes, &e)
                  : lf_client_call(c, r->method, path.ptr, lf_buf_view(&body), &out, &e)) != LF_OK) {
            fprintf(stderr, "lianfang %s %s: %s\n", r->noun, r->verb, e.text);
            /* A trail that does not fit is an answer. */
            rc = e.code == LF_NOT_FOUND || (e.code == LF_CONFLICT && strcmp(r->noun, "audit") == 0) ? 1 : 2;
        } else {
            if (bytes.len)
                (void)fwrite(bytes.ptr, 1, bytes.len, stdout);
            show(r, out, json);
        }
    }
    lf_buf_clear(&path);
    lf_buf_clear(&body);
    return rc;
}

int lf_remote_main(int argc, char **argv)
{
    const char *noun = argv[0];
    struct lf_client c;
    bool json;
    int rc = 2;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[argc - 1], "--help") == 0)
        return usage(noun, argc < 2 ? stderr : stdout);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].noun, noun) != 0 || strcmp(table[i].verb, argv[1]) != 0)
            continue;
        argc--;
        argv++;
        if (lf_client_begin(&c, &argc, &argv, &json))
            rc = ask(&c, &table[i], argc, argv, json);
        lf_client_close(&c);
        return rc;
    }
    fprintf(stderr, "lianfang %s: no verb \"%s\"; see %s --help\n", noun, argv[1], noun);
    return 2;
}
