/* Each source: a raw record gives these log sources and these fields, by Sigma's names and ECS's. */
#include "engine/pipeline.h"

#include "lf_normaliser.h"
#include "lf_test.h"

#define T0 ((lf_time)1795237200 * LF_SECOND) /* 2026-11-21T05:00:00Z */

/* want: "category/product/service" that must be among the sources; then field=value pairs. */
static const struct {
    const char *name, *line, *source, *field[4], *value[4];
} cases[] = {
    { "Sysmon, flat",
      "{\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":1,\"Image\":\"C:\\\\a.exe\"}",
      "process_creation/windows/sysmon",
      { "Image", "process.executable" },
      { "C:\\a.exe", "C:\\a.exe" } },
    { "Security 4688 nested",
      "{\"Event\":{\"System\":{\"Channel\":\"Security\",\"EventID\":4688},\"EventData\":{\"NewProcessName\":"
      "\"C:\\\\b.exe\","
      "\"NewProcessId\":\"0x1a4\"}}}",
      "process_creation/windows/security",
      { "Image", "process.pid" },
      { "C:\\b.exe", "420" } },
    { "Winlogbeat",
      "{\"@timestamp\":\"2026-11-21T05:00:00Z\",\"winlog\":{\"channel\":\"Security\",\"event_id\":4688,"
      "\"event_data\":"
      "{\"CommandLine\":\"x y\"}}}",
      "process_creation/windows/security",
      { "CommandLine", "EventID", "Channel" },
      { "x y", "4688", "Security" } },
    { "ECS endpoint",
      "{\"event.category\":[\"process\"],\"event.type\":[\"start\"],\"host.os.type\":\"linux\",\"process."
      "args\":[\"id\",\"-u\"]}",
      "process_creation/linux/",
      { "CommandLine" },
      { "id -u" } },
    { "auditd EXECVE in hexadecimal",
      "type=EXECVE msg=audit(1795237200.243:24287): argc=2 a0=\"cat\" a1=2F6574632F7061737377642078",
      "process_creation/linux/auditd",
      { "a1", "type", "CommandLine" },
      { "/etc/passwd x", "EXECVE", "cat /etc/passwd x" } },
    { "auditd SYSCALL by number",
      "type=SYSCALL msg=audit(1795237200.243:24287): arch=c000003e syscall=59 success=yes exe=\"/bin/cat\" "
      "key=(null)",
      "/linux/auditd",
      { "SYSCALL", "Image", "event.outcome" },
      { "execve", "/bin/cat", "success" } },
    { "sshd, from a file",
      "Nov 21 05:00:00 h sshd[7]: Failed password for invalid user bob from 192.0.2.1 port 22 ssh2",
      "/linux/sshd",
      { "user.name", "source.ip", "source.port" },
      { "bob", "192.0.2.1", "22" } },
    { "sudo",
      "<86>Nov 21 05:00:00 h sudo: al : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/bin/sh ; id",
      "/linux/sudo",
      { "USER", "COMMAND" },
      { "#-1", "/bin/sh ; id" } },
    { "cron",
      "<78>Nov 21 05:00:00 h CRON[9]: (root) CMD (run-parts /etc)",
      "/linux/cron",
      { "CommandLine" },
      { "run-parts /etc" } },
    { "nginx combined",
      "<190>Nov 21 05:00:00 h nginx: 192.0.2.1 - - [21/Nov/2026:05:00:00 +0000] \"GET /a?b=%27 HTTP/1.1\" "
      "404 5 \"-\" \"curl\"",
      "webserver/nginx/",
      { "cs-method", "cs-uri-query", "sc-status", "cs-user-agent" },
      { "GET", "b=%27", "404", "curl" } },
    { "IIS without its header",
      "2026-11-21 05:00:00 10.0.0.1 GET /a.aspx x=1 443 - 192.0.2.1 Mozilla/5.0+(X) - 200 0 0 15",
      "webserver/iis/",
      { "cs-uri-stem", "c-ip", "cs-user-agent", "sc-status" },
      { "/a.aspx", "192.0.2.1", "Mozilla/5.0 (X)", "200" } },
    { "squid",
      "1795237200.586 921 192.0.2.1 TCP_MISS/200 507 GET http://evil.test/a?b - DIRECT/198.51.100.1 "
      "text/html",
      "proxy/squid/",
      { "c-uri", "cs-host", "sc-status" },
      { "http://evil.test/a?b", "evil.test", "200" } },
    { "Zscaler",
      "{\"event\":{\"url\":\"evil.test/x\",\"useragent\":\"u\",\"reqmethod\":\"GET\",\"respcode\":\"200\"}}",
      "proxy//",
      { "c-uri", "c-useragent", "cs-method" },
      { "evil.test/x", "u", "GET" } },
    { "dnsmasq",
      "<30>Nov 21 05:00:00 r dnsmasq[5]: query[TXT] a.Evil.test from 10.0.0.5",
      "dns/dnsmasq/",
      { "query", "record_type", "src_ip" },
      { "a.evil.test", "TXT", "10.0.0.5" } },
    { "Windows DNS",
      "11/21/2026 5:00:00 AM 0C94 PACKET  00000000028BBC70 UDP Rcv 10.0.0.5 9b14   Q [0001   D   NOERROR] A  "
      "    "
      "(3)www(4)evil(4)test(0)",
      "dns/windows_dns/",
      { "query", "record_type" },
      { "www.evil.test", "A" } },
    { "Zeek dns",
      "{\"_path\":\"dns\",\"id.orig_h\":\"10.0.0.5\",\"query\":\"x.test\",\"qtype_name\":\"A\"}",
      "dns/zeek/dns",
      { "QueryName", "src_ip", "record_type" },
      { "x.test", "10.0.0.5", "A" } },
    { "Zeek http",
      "{\"_path\":\"http\",\"method\":\"PUT\",\"uri\":\"/x\",\"user_agent\":\"u\"}",
      "proxy/zeek/http",
      { "cs-method", "c-uri", "c-useragent" },
      { "PUT", "/x", "u" } },
    { "Zeek modbus",
      "{\"_path\":\"modbus_detailed\",\"func\":\"WRITE_SINGLE_COIL\",\"unit\":3}",
      "ot/zeek/modbus",
      { "modbus.function" },
      { "WRITE_SINGLE_COIL" } },
    { "Suricata dns",
      "{\"event_type\":\"dns\",\"src_ip\":\"10.0.0.5\",\"dns\":{\"type\":\"query\",\"rrname\":\"x.test\"}}",
      "dns/suricata/dns",
      { "query", "src_ip" },
      { "x.test", "10.0.0.5" } },
    { "ModSecurity 3",
      "{\"transaction\":{\"client_ip\":\"192.0.2.1\",\"unique_id\":\"1\",\"time_stamp\":\"Sat Nov 21 "
      "05:00:00 "
      "2026\",\"request\":{\"method\":\"GET\",\"uri\":\"/"
      "x\",\"headers\":{\"User-Agent\":\"u\"}},\"response\":{"
      "\"http_code\":403},\"messages\":[{\"message\":\"m\",\"details\":{\"ruleId\":\"942100\"}}]}}",
      "webserver/modsecurity/audit",
      { "c-uri", "sc-status", "rule.id", "source.ip" },
      { "/x", "403", "942100", "192.0.2.1" } },
    { "AWS WAF",
      "{\"timestamp\":1795237200000,\"webaclId\":\"w\",\"action\":\"BLOCK\",\"httpRequest\":{\"clientIp\":"
      "\"192.0.2."
      "1\",\"httpMethod\":\"GET\",\"uri\":\"/x\"}}",
      "webserver/aws/waf",
      { "cs-method", "c-uri", "event.action" },
      { "GET", "/x", "BLOCK" } },
    { "FortiGate VPN",
      "<189>date=2026-11-21 time=05:00:00 devname=\"fw\" devid=\"F\" logid=\"0101039426\" type=\"event\" "
      "subtype=\"vpn\" action=\"ssl-login-fail\" remip=192.0.2.1 user=\"bob\"",
      "/fortigate/event",
      { "source.ip", "user.name" },
      { "192.0.2.1", "bob" } },
    { "CEF with escapes",
      "<134>Nov 21 05:00:00 fw CEF:0|A\\|B|P|1|100|n\\\\m|5|src=192.0.2.1 dst=198.51.100.1 dpt=23 "
      "act=blocked "
      "msg=a\\=b c cs1Label=Rule Name cs1=r 1",
      "firewall//",
      { "src_ip", "dst_port", "DeviceVendor", "RuleName" },
      { "192.0.2.1", "23", "A|B", "r 1" } },
    { "LEEF 2.0 with a delimiter",
      "LEEF:2.0|V|P|1|42|x5E|src=192.0.2.1^dstPort=23^msg=a b",
      "firewall//",
      { "src_ip", "dst_port", "msg" },
      { "192.0.2.1", "23", "a b" } },
    { "Fortinet",
      "<189>date=2026-11-21 time=05:00:00 devname=\"fw\" devid=\"F\" logid=\"1\" type=\"traffic\" "
      "srcip=192.0.2.1 dstport=23",
      "firewall/fortigate/",
      { "src_ip", "dst_port" },
      { "192.0.2.1", "23" } },
    { "Palo Alto",
      "1,2026/11/21 05:00:00,016,TRAFFIC,end,1,2026/11/21 "
      "05:00:00,192.0.2.1,198.51.100.1,0.0.0.0,0.0.0.0,r,,,ssl,v,a,b,c,d,e,"
      "2026/11/21 05:00:00,1,1,4000,443,0,0,0x0,tcp,allow",
      "firewall/paloalto/",
      { "src_ip", "dst_port", "action" },
      { "192.0.2.1", "443", "allow" } },
    { "Cisco ASA",
      "<164>Nov 21 05:00:00 fw %ASA-4-106023: Deny tcp src out:192.0.2.1/4000 dst in:10.0.0.1/23 by "
      "access-group",
      "firewall/cisco/asa",
      { "src_ip", "dst_port", "action" },
      { "192.0.2.1", "23", "blocked" } },
    { "Cisco IOS",
      "172.16.5.10 6705: Feb 17 13:40:03.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no "
      "logging",
      "/cisco/aaa",
      { "CmdSet", "user.name" },
      { "no logging", "admin" } },
    { "netfilter",
      "<4>Nov 21 05:00:00 fw kernel: [1.2] DROP IN=e0 OUT= SRC=192.0.2.1 DST=10.0.0.1 PROTO=TCP SPT=40 "
      "DPT=23 SYN",
      "firewall/linux/iptables",
      { "src_ip", "dst_port", "blocked" },
      { "192.0.2.1", "23", "true" } },
    { "Nuclei",
      "{\"template-id\":\"CVE-2021-44228\",\"info\":{\"name\":\"Log4j\",\"severity\":\"critical\","
      "\"classification\":{\"cve-id\":[\"cve-2021-44228\"]}},\"host\":\"https://www.test\",\"matched-at\":"
      "\"https://www.test/a\",\"ip\":\"10.0.0.1\",\"timestamp\":\"2026-11-21T05:00:00Z\"}",
      "vulnerability/nuclei/",
      { "destination.ip", "rule.id", "event.severity", "url.original" },
      { "10.0.0.1", "CVE-2021-44228", "critical", "https://www.test/a" } },
    { "Suricata as an IDS",
      "{\"event_type\":\"alert\",\"src_ip\":\"10.0.0.5\",\"dest_ip\":\"192.0.2.1\",\"alert\":{\"action\":"
      "\"allowed\",\"signature_id\":2019284,\"signature\":\"beacon\"}}",
      "ids/suricata/alert",
      { "rule.name", "rule.id", "dst_ip" },
      { "beacon", "2019284", "192.0.2.1" } },
    { "Suricata as an IPS",
      "{\"event_type\":\"drop\",\"src_ip\":\"10.0.0.5\",\"dest_ip\":\"192.0.2.1\",\"dest_port\":23}",
      "firewall/suricata/drop",
      { "src_ip", "dst_port" },
      { "10.0.0.5", "23" } },
    { "ESET's console",
      "{\"event_type\":\"Threat_Event\",\"hostname\":\"pc7\",\"ipv4\":\"10.0.0.5\",\"threat_name\":\"Win32/"
      "X\","
      "\"object_uri\":\"file:///C:/x.exe\",\"action_taken\":\"Cleaned\"}",
      "antivirus//",
      { "Signature", "event.action" },
      { "Win32/X", "Cleaned" } },
    { "OpenCanary",
      "{\"logtype\":4002,\"node_id\":\"c\",\"src_host\":\"192.0.2.1\"}",
      "application/opencanary/",
      { "logtype", "source.ip" },
      { "4002", "192.0.2.1" } },
    { "CloudTrail",
      "{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"X\",\"awsRegion\":\"r\"}",
      "/aws/cloudtrail",
      { "eventName" },
      { "X" } },
    { "Azure sign-in",
      "{\"category\":\"SignInLogs\",\"operationName\":\"o\",\"resultType\":\"50057\",\"tenantId\":\"t\"}",
      "/azure/signinlogs",
      { "ResultType" },
      { "50057" } },
    { "GCP",
      "{\"protoPayload\":{\"serviceName\":\"s\",\"methodName\":\"m\"},\"logName\":\"l\"}",
      "/gcp/gcp.audit",
      { "gcp.audit.method_name" },
      { "m" } },
    { "Okta",
      "{\"eventType\":\"e\",\"actor\":{\"alternateId\":\"a\"},\"published\":\"2026-11-21T05:00:00Z\"}",
      "/okta/okta",
      { "user.name" },
      { "a" } },
    { "nginx, JSON by variables",
      "{\"request_method\":\"GET\",\"request_uri\":\"/"
      "a%20b?x=1?2\",\"status\":200,\"remote_addr\":\"192.0.2.1\"}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query", "cs-method", "url.original" },
      { "/a%20b", "x=1?2", "GET", "/a%20b?x=1?2" } },
    { "nginx, JSON with the request's line",
      "{\"time_local\":\"21/Nov/2026:12:00:00 +0800\",\"remote_addr\":\"192.0.2.1\",\"request\":\"GET /a "
      "b?x=1 "
      "HTTP/1.1\",\"status\":\"404\",\"http_user_agent\":\"c\"}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query", "cs-method", "c-uri" },
      { "/a b", "x=1", "GET", "/a b?x=1" } },
    { "Apache by Logstash",
      "{\"clientip\":\"192.0.2.1\",\"verb\":\"POST\",\"request\":\"/"
      "a?x\",\"httpversion\":\"1.1\",\"response\":\"200\"}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query", "cs-method", "sc-status" },
      { "/a", "x", "POST", "200" } },
    { "IIS, JSON by W3C's names",
      "{\"cs-method\":\"GET\",\"cs-uri-stem\":\"/"
      "a\",\"cs-uri-query\":\"x=1\",\"sc-status\":200,\"c-ip\":\"192.0.2.1\"}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query", "source.ip" },
      { "/a", "x=1", "192.0.2.1" } },
    { "Caddy",
      "{\"ts\":1795237200.1,\"request\":{\"method\":\"GET\",\"uri\":\"/"
      "a?x=1\",\"remote_ip\":\"192.0.2.1\"},\"status\":200}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query", "cs-method", "c-uri" },
      { "/a", "x=1", "GET", "/a?x=1" } },
    { "Zeek http",
      "{\"_path\":\"http\",\"ts\":1795237200.1,\"uid\":\"C\",\"id.orig_h\":\"192.0.2.1\",\"method\":\"GET\","
      "\"host\":\"h.example\","
      "\"uri\":\"/a?x=1\"}",
      "webserver/zeek/http",
      { "cs-uri-stem", "c-uri-query", "cs-host", "c-uri" },
      { "/a", "x=1", "h.example", "/a?x=1" } },
    { "Suricata http",
      "{\"event_type\":\"http\",\"src_ip\":\"192.0.2.1\",\"flow_id\":1,\"http\":{\"url\":\"/"
      "a?x=1\",\"http_method\":\"GET\"}}",
      "webserver/suricata/http",
      { "cs-uri-stem", "cs-uri-query" },
      { "/a", "x=1" } },
    { "ECS, the whole URL",
      "{\"event\":{\"category\":[\"web\"]},\"url\":{\"original\":\"http://h.example:8080/a?x=1\"}}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query", "url.original" },
      { "/a", "x=1", "http://h.example:8080/a?x=1" } },
    { "a URL without path and query",
      "{\"event\":{\"category\":[\"web\"]},\"url\":{\"original\":\"http://h.example\"}}",
      "webserver//",
      { "cs-uri-stem", "cs-uri-query" },
      { "", "" } },
    { "Zscaler, a URL without a scheme",
      "{\"event\":{\"url\":\"h.example/a?x=/"
      "1\",\"hostname\":\"h.example\",\"reqmethod\":\"GET\",\"respcode\":\"200\",\"useragent\":\"c\"}}",
      "proxy//",
      { "c-uri-stem", "c-uri-query", "c-uri" },
      { "/a", "x=/1", "h.example/a?x=/1" } },
    { "Kubernetes",
      "{\"verb\":\"get\",\"objectRef\":{\"resource\":\"secrets\"},\"auditID\":\"1\"}",
      "application/kubernetes/audit",
      { "objectRef.resource" },
      { "secrets" } },
};

static bool among(const struct lf_event *ev, const char *want)
{
    for (size_t i = 0; i < ev->nsources; i++) {
        char text[300];

        snprintf(text, sizeof text, "%.*s/%.*s/%.*s", LF_FMT(ev->sources[i].category),
                 LF_FMT(ev->sources[i].product), LF_FMT(ev->sources[i].service));
        if (strcmp(text, want) == 0)
            return true;
    }
    return false;
}

static void each_source_has_its_log_source_and_its_names(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lf_arena a = { 0 };
        struct lf_record r = { .bytes = lf_view_of(cases[i].line), .recorded = T0 };
        struct lf_event ev;

        test_normalise(&a, &r, &ev);
        CHECK(!ev.raw && among(&ev, cases[i].source), "%s: %s", cases[i].name, cases[i].source);
        for (size_t k = 0; k < 4 && cases[i].field[k]; k++) {
            const struct lf_json *v = lf_event_field(&ev, &a, lf_view_of(cases[i].field[k]));

            CHECK(lf_view_is(lf_json_text(v), cases[i].value[k]), "%s: %s is \"%.*s\"", cases[i].name,
                  cases[i].field[k], LF_FMT(lf_json_text(v)));
        }
        lf_arena_clear(&a);
    }
}

static void an_execve_record_has_what_its_syscall_record_said(void)
{
    static const char *const lines[] = {
        "type=SYSCALL msg=audit(1795237200.1:7): syscall=59 ppid=1 pid=2 exe=\"/usr/bin/id\"",
        "type=EXECVE msg=audit(1795237200.1:7): argc=1 a0=\"id\"",
        "type=EXECVE msg=audit(1795237200.1:8): argc=1 a0=\"ls\"",
    };
    struct lf_normaliser *n = test_normaliser();
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < 3; i++) {
        struct lf_record r = { .bytes = lf_view_of(lines[i]), .sender = LF_V("h"), .recorded = T0 };
        struct lf_event ev;
        lf_view image;

        lf_normalise(n, &a, &r, &ev);
        image = lf_json_text(lf_event_field(&ev, &a, LF_V("Image")));
        CHECK(lf_view_is(image, i < 2 ? "/usr/bin/id" : ""), "record %zu: %.*s", i, LF_FMT(image));
    }
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

/* Two events whose records come between each other's, one without CWD, one that nothing follows. */
static void the_start_of_a_process_waits_for_its_directory(void)
{
    static const struct {
        const char *line;
        bool held;
        const char *image, *directory; /* of what comes of it, NULL: nothing */
        uint64_t position;
    } rows[] = {
        { "type=SYSCALL msg=audit(1795237200.1:7): arch=c000003e syscall=59 ppid=1 pid=2 exe=\"/usr/bin/id\"",
          false, NULL, NULL, 0 },
        { "type=EXECVE msg=audit(1795237200.1:7): argc=2 a0=\"id\" a1_len=6 a1[0]=\"-u\"", true, NULL, NULL,
          0 },
        { "type=SYSCALL msg=audit(1795237200.1:8): arch=c000003e syscall=59 ppid=1 pid=3 exe=\"/usr/bin/ls\"",
          false, NULL, NULL, 0 },
        { "type=EXECVE msg=audit(1795237200.1:7): a1[1]=\"root\"", true, NULL, NULL, 0 },
        { "type=EXECVE msg=audit(1795237200.1:8): argc=1 a0=\"ls\"", true, NULL, NULL, 0 },
        { "type=CWD msg=audit(1795237200.1:7): cwd=\"/home/kai\"", false, "/usr/bin/id", "/home/kai", 1 },
        { "type=PROCTITLE msg=audit(1795237200.1:7): proctitle=6964", false, NULL, NULL, 0 },
        { "type=PROCTITLE msg=audit(1795237200.1:8): proctitle=6C73", false, "/usr/bin/ls", "", 4 },
        { "type=EXECVE msg=audit(1795237200.1:9): argc=1 a0=\"w\"", true, NULL, NULL, 0 },
        { "type=USER_LOGIN msg=audit(1795237209.1:10): pid=1 res=success", false, "", "", 8 },
        { "type=EXECVE msg=audit(1795237209.1:11): argc=1 a0=\"w\"", true, NULL, NULL, 0 },
    };
    struct lf_normaliser *n = test_normaliser();
    struct lf_arena a = { 0 };
    struct lf_event ev;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_record r = {
            .bytes = lf_view_of(rows[i].line), .sender = LF_V("h"), .recorded = T0, .position = i
        };
        bool more;

        lf_normalise(n, &a, &r, &ev);
        CHECK(ev.held == rows[i].held, "row %zu", i);
        more = lf_normalise_held(n, &a, 0, &ev);
        CHECK(more == (rows[i].image != NULL), "row %zu: what comes of it", i);
        if (!more)
            continue;
        CHECK(ev.position == rows[i].position && !ev.held, "row %zu: position %llu", i,
              (unsigned long long)ev.position);
        CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("Image"))), lf_view_of(rows[i].image));
        CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("CurrentDirectory"))),
                   lf_view_of(rows[i].directory));
        if (i == 5)
            CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("CommandLine"))), LF_V("id -uroot"));
        lf_normalise_hold_again(n);
        CHECK(lf_normalise_held(n, &a, 0, &ev), "row %zu: given again", i);
        CHECK(!lf_normalise_held(n, &a, 0, &ev), "row %zu: once", i);
    }
    CHECK(!lf_normalise_held(n, &a, T0, &ev), "it is not that old");
    CHECK(lf_normalise_held(n, &a, T0 + 1, &ev) && ev.position == 10, "at the end");
    CHECK(!lf_normalise_held(n, &a, LF_TIME_MAX, &ev), "nothing is left");
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

/* More events at once than are kept: none is lost, the oldest goes as it is. */
static void of_many_starts_at_once_none_is_lost(void)
{
    struct lf_normaliser *n = test_normaliser();
    struct lf_arena a = { 0 };
    struct lf_event ev;
    size_t seen = 0;

    for (unsigned i = 0; i < 100; i++) {
        struct lf_record r = { .bytes =
                                   lf_arena_printf(&a, "type=EXECVE msg=audit(1795237200.1:%u): a0=\"x\"", i),
                               .sender = LF_V("h"),
                               .recorded = T0,
                               .position = i };

        lf_normalise(n, &a, &r, &ev);
        CHECK(ev.held, "%u", i);
        while (lf_normalise_held(n, &a, 0, &ev))
            CHECK(ev.position == seen++, "%u", i);
    }
    while (lf_normalise_held(n, &a, LF_TIME_MAX, &ev))
        seen++;
    CHECK(seen == 100, "%zu", seen);
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

static void a_socket_record_says_who_connects_where(void)
{
    static const struct {
        const char *syscall, *saddr, *ip, *port;
        bool connection;
    } rows[] = {
        { "42", "0200115CCB0071090000000000000000", "203.0.113.9", "4444", true },
        { "42", "0A00115C0000000020010DB8000000000000000000000001", "2001:db8::1", "4444", true },
        { "43", "0200115CCB0071090000000000000000", "", "", false },
        { "42", "01002F6465762F6C6F67", "", "", false },
        { "42", "0200115C", "", "", false },
    };
    struct lf_normaliser *n = test_normaliser();
    struct lf_arena a = { 0 };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_record r = { .bytes =
                                   lf_arena_printf(&a,
                                                   "type=SYSCALL msg=audit(1795237200.1:%u): arch=c000003e "
                                                   "syscall=%s exe=\"/usr/bin/nc\"",
                                                   i, rows[i].syscall),
                               .sender = LF_V("h"),
                               .recorded = T0 };
        struct lf_event ev;

        lf_normalise(n, &a, &r, &ev);
        r.bytes = lf_arena_printf(&a, "type=SOCKADDR msg=audit(1795237200.1:%u): saddr=%s", i, rows[i].saddr);
        lf_normalise(n, &a, &r, &ev);
        CHECK(among(&ev, "network_connection/linux/auditd") == rows[i].connection, "row %u", i);
        CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("DestinationIp"))), lf_view_of(rows[i].ip));
        CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("DestinationPort"))), lf_view_of(rows[i].port));
        CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("Image"))), LF_V("/usr/bin/nc"));
    }
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

static void json_at_the_port_of_syslog_is_json(void)
{
    static const struct {
        lf_view line;
        bool raw;
    } lines[] = { { LF_VIEW("{\"EventID\":1,\"Channel\":\"Security\"}"), false },
                  { LF_VIEW("  {\"EventID\":1,\"Channel\":\"Security\"}\r\n"), false },
                  { LF_VIEW("{\"EventID\":1,\"Channel\":"), true },
                  { LF_VIEW("{no json}"), true } };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct lf_normaliser *n = test_normaliser();
        struct lf_record r = { .bytes = lines[i].line, .format = LF_FORMAT_SYSLOG, .recorded = T0 };
        struct lf_arena a = { 0 };
        struct lf_event ev;

        lf_normalise(n, &a, &r, &ev);
        CHECK(ev.raw == lines[i].raw, "%zu", i);
        if (!ev.raw)
            CHECK(lf_view_is(lf_json_str(ev.doc, "Channel"), "Security"), "%zu", i);
        lf_normaliser_destroy(n);
        lf_arena_clear(&a);
    }
}

static void a_w3c_log_is_read_by_its_own_header(void)
{
    struct lf_normaliser *n = test_normaliser();
    struct lf_arena a = { 0 };
    struct lf_record h = { .bytes = LF_V("#Fields: date time c-ip cs-method cs-uri-stem sc-status"),
                           .sender = LF_V("w") };
    struct lf_record r = { .bytes = LF_V("2026-11-21 05:00:00 192.0.2.9 PATCH /x 201"), .sender = LF_V("w") };
    struct lf_event ev;

    lf_normalise(n, &a, &h, &ev);
    lf_normalise(n, &a, &r, &ev);
    CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("cs-method"))), LF_V("PATCH"));
    CHECK(ev.happened == T0, "its time is UTC");
    r.sender = LF_V("another");
    lf_normalise(n, &a, &r, &ev);
    CHECK(ev.raw, "what one sender said is nobody else's");
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

static void big5_and_utf16_become_utf8_and_utf8_stays(void)
{
    static const struct {
        const char *in;
        size_t n;
        const char *want;
    } rows[] = {
        { "\xb5\x6e\xa4\x4a\xa5\xa2\xb1\xd1", 8, "登入失敗" },
        { "\xe7\x99\xbb\xe5\x85\xa5", 6, "登入" },
        { "caf\xe9 noir", 9, "caf\xef\xbf\xbd noir" },
        { "r\xe9sum\xe9s", 7, "r\xef\xbf\xbdsum\xef\xbf\xbds" },
        { "\xff\xfe\x0a\x4e\x41\x00", 6, "上A" },
        { "\xfe\xff\x4e\x0a\x00\x41", 6, "上A" },
        { "l\0o\0g\0 \0i\0n\0", 12, "log in" },
    };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view out = lf_charset_utf8(&a, (lf_view){ rows[i].in, rows[i].n }, LF_CHARSET_AUTO);

        CHECK(lf_view_is(out, rows[i].want), "row %zu: %.*s", i, LF_FMT(out));
    }
    CHECK_VIEW(lf_charset_utf8(&a, LF_V("登入"), LF_CHARSET_BIG5), LF_V("登入"));
    lf_arena_clear(&a);
}

static void a_pipeline_of_ones_own_counts_first_and_a_bad_one_says_why(void)
{
    static const struct lf_pipeline_file own = {
        LF_VIEW("own.yml"), LF_VIEW("name: own\norder: 1\nwhen: {has: [magic]}\nproduct: mine\n"
                                    "names: {user.name: [who]}\n")
    };
    static const char *const no_when = "name: x\n", *const no_name = "when: always\n",
                             *const no_word = "name: x\nwhen: {has: [a]}\nprodukt: y\n",
                             *const no_use = "name: x\nwhen: {has: [a]}\nuse: [nowhere]\n",
                             *const no_as = "name: x\nwhen: {has: [a]}\nnames: {b: [{name: c, as: patch}]}\n",
                             *const no_switch = "name: x\nwhen: {has: [a]}\ncases: {a: {}}\n";
    const char *const bad[] = { no_when, no_name, no_word, no_use, no_as, no_switch, "a: [" };
    struct lf_pipelines *ps = NULL;
    struct lf_normaliser *n;
    struct lf_arena a = { 0 };
    struct lf_record r = { .bytes =
                               LF_V("{\"magic\":1,\"who\":\"me\",\"Channel\":\"Security\",\"EventID\":1}") };
    struct lf_event ev;
    struct lf_err e = { 0 };

    CHECK_OK(lf_pipelines_build(&own, 1, &ps, &e), &e);
    n = lf_normaliser_create(ps);
    lf_normalise(n, &a, &r, &ev);
    CHECK(ev.nsources == 1 && lf_view_is(ev.sources[0].product, "mine"), "own first");
    CHECK_VIEW(lf_json_text(lf_event_field(&ev, &a, LF_V("user.name"))), LF_V("me"));
    lf_normaliser_destroy(n);
    lf_pipelines_drop(ps);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lf_pipeline_file f = { LF_V("bad.yml"), lf_view_of(bad[i]) };

        CHECK(lf_pipelines_build(&f, 1, &ps, &e) == LF_BAD_INPUT && strstr(e.text, "bad.yml"), "%zu: %s", i,
              e.text);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(each_source_has_its_log_source_and_its_names);
    RUN(an_execve_record_has_what_its_syscall_record_said);
    RUN(the_start_of_a_process_waits_for_its_directory);
    RUN(of_many_starts_at_once_none_is_lost);
    RUN(a_socket_record_says_who_connects_where);
    RUN(json_at_the_port_of_syslog_is_json);
    RUN(a_w3c_log_is_read_by_its_own_header);
    RUN(big5_and_utf16_become_utf8_and_utf8_stays);
    RUN(a_pipeline_of_ones_own_counts_first_and_a_bad_one_says_why);
    DONE();
}
