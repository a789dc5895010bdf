#include "cert/referral_letter.h"

#include "base/crypto.h"
#include "cert/incident_priv.h"
#include "cert/referral_priv.h"
#include "cert/report.h"
#include "cert/victim.h"
#include "post/mail.h"

struct words {
    const char *zh, *en;
};

static const struct words abuse_words[LF_ABUSE_TYPES] = {
    [LF_ABUSE_COMPROMISED_SERVER] = { "主機疑遭入侵並用於攻擊",
                                      "a host that appears to be compromised and used for attacks" },
    [LF_ABUSE_LOGIN_ATTACK] = { "嘗試猜測帳號密碼登入", "attempts to sign in by guessing passwords" },
    [LF_ABUSE_PORT_SCAN] = { "掃描連接埠", "a port scan" },
    [LF_ABUSE_VULNERABILITY_SCAN] = { "掃描弱點", "a vulnerability scan" },
    [LF_ABUSE_SQL_INJECTION] = { "SQL 注入攻擊", "SQL injection" },
    [LF_ABUSE_DDOS] = { "阻斷服務攻擊", "a denial-of-service attack" },
    [LF_ABUSE_BOTNET] = { "殭屍網路活動", "botnet activity" },
    [LF_ABUSE_PHISHING] = { "釣魚網頁", "a phishing page" },
    [LF_ABUSE_MALWARE] = { "散布惡意程式", "malware being distributed" },
};
static const struct words handling[] = {
    [LF_TLP_CLEAR] = { "可公開。", "May be published." },
    [LF_TLP_GREEN] = { "可於同業社群內分享，不得公開。", "For the community; not for publication." },
    [LF_TLP_AMBER] = { "僅供貴單位及需採取行動的客戶使用。",
                       "For your organisation and those of its clients who must act." },
    [LF_TLP_STRICT] = { "僅供貴單位內部使用。", "For your organisation alone." },
};

/* The class of an incident, and what its source most likely did. */
static const struct {
    const char *category;
    enum lf_abuse_type type;
} usual[] = {
    { "web_phishing", LF_ABUSE_PHISHING },
    { "web_malicious", LF_ABUSE_MALWARE },
    { "web_trojan", LF_ABUSE_MALWARE },
    { "intrusion_malware", LF_ABUSE_MALWARE },
    { "intrusion_login", LF_ABUSE_LOGIN_ATTACK },
    { "dos_outage", LF_ABUSE_DDOS },
    { "dos_slow", LF_ABUSE_DDOS },
};

struct making {
    struct lf_task *t;
    const struct lf_referral *r;
    const struct lf_letter_choice *c;
    const struct lf_incident_full *x;
    struct lf_abuse report;
    const struct lf_json *values; /* of the report form */
};

/* ---- what it says ---- */

static enum lf_abuse_type suggested(const struct making *m)
{
    struct lf_abuse try = m->report;

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (lf_view_is(m->x->row.category, usual[i].category)) {
            try.type = usual[i].type;
            if (lf_abuse_ok(&try, NULL) == LF_OK)
                return try.type;
        }
    return try.is == LF_ABUSE_URL ? LF_ABUSE_PHISHING : LF_ABUSE_COMPROMISED_SERVER;
}

/* In ASCII, as a URI is. */
static lf_view plain_url(struct lf_arena *a, lf_view url)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 3 * url.len + 1);
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] > 0x20 && (unsigned char)url.ptr[i] < 0x7f)
            lf_buf_byte(&b, url.ptr[i]);
        else
            lf_buf_printf(&b, "%%%02X", (unsigned)(unsigned char)url.ptr[i]);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code fill_report(struct making *m, lf_view from, struct lf_err *e)
{
    struct lf_abuse *a = &m->report;
    enum lf_observable_kind kind;

    a->source = m->r->source;
    if (!a->source.len || !referral_source(m->t->a, &a->source, &kind))
        return lf_err_set(e, LF_CONFLICT,
                          "letter: the referral names no source of an attack; record one with its source");
    a->seen = m->r->seen ? m->r->seen : incident_happened(m->x);
    if (!a->seen)
        return lf_err_set(e, LF_CONFLICT,
                          "letter: neither the referral nor the report says when the attack was seen");
    a->is = kind == LF_OBS_URL ? LF_ABUSE_URL : kind == LF_OBS_DOMAIN ? LF_ABUSE_DOMAIN : LF_ABUSE_ADDRESS;
    a->source = plain_url(m->t->a, a->source);
    if (a->is == LF_ABUSE_URL)
        a->host = lf_url_host(a->source);
    a->host_is_address = a->host.len && lf_observable_text(m->t->a, LF_OBS_IPV4, a->host, &a->host);
    a->id = m->r->id;
    a->port = m->r->port;
    a->udp = m->c->udp;
    a->sender = (struct lf_abuse_party){ m->t->self->name.len ? m->t->self->name : m->t->self->node, from };
    a->reporter = a->sender;
    if (m->c->named && lf_json_str(m->values, "agency").len)
        a->reporter.org = lf_json_str(m->values, "agency");
    a->description = m->r->body;
    a->type = m->c->type < 0 ? suggested(m) : (enum lf_abuse_type)m->c->type;
    return lf_abuse_ok(a, e);
}

static void put_local(struct lf_buf *b, lf_time at)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);
    char utc[LF_TIME_TEXT];

    lf_buf_printf(b, "%04d-%02d-%02d %02d:%02d:%02d (UTC+8) / %.*s\r\n", c.year, c.month, c.day, c.hour,
                  c.minute, c.second, LF_FMT(lf_time_whole(at, utc)));
}

/* Line ends as mail has them; no other control character. */
static void put_lines(struct lf_buf *b, lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] == '\n')
            LF_PUT(b, "\r\n");
        else if ((unsigned char)v.ptr[i] >= 0x20 && v.ptr[i] != 0x7f)
            lf_buf_byte(b, v.ptr[i]);
        else if (v.ptr[i] == '\t')
            lf_buf_byte(b, ' ');
}

static void say(struct lf_buf *b, bool english, const char *zh, const char *en)
{
    lf_buf_put(b, lf_view_of(english ? en : zh));
}

static void put_facts(struct lf_buf *b, const struct making *m)
{
    const struct lf_abuse *a = &m->report;
    bool en = m->c->english;

    lf_buf_printf(b, en ? "\r\nSource: %.*s\r\n" : "\r\n攻擊來源：%.*s\r\n", LF_FMT(a->source));
    if (a->port)
        lf_buf_printf(b, en ? "Source port: %d (%s)\r\n" : "來源連接埠：%d（%s）\r\n", a->port,
                      a->udp ? "UDP" : "TCP");
    say(b, en, "攻擊時間：", "Seen: ");
    put_local(b, a->seen);
    lf_buf_printf(b, en ? "What was seen: %s (%s)\r\n" : "攻擊行為：%s（%s）\r\n",
                  en ? abuse_words[a->type].en : abuse_words[a->type].zh, lf_abuse_type_name(a->type));
    if (m->c->named && lf_json_str(m->values, "agency").len)
        lf_buf_printf(b, en ? "Attacked organisation: %.*s\r\n" : "受害單位：%.*s\r\n",
                      LF_FMT(lf_json_str(m->values, "agency")));
    if (m->r->due) {
        say(b, en, "請於下列時間前回覆：", "Please answer by: ");
        put_local(b, m->r->due);
    }
}

static void put_text(struct lf_buf *b, const struct making *m, const struct lf_letter *l)
{
    bool en = m->c->english;

    lf_buf_printf(b, "%s\r\n%s\r\n\r\n", lf_tlp_label(l->tlp),
                  en ? handling[l->tlp].en : handling[l->tlp].zh);
    if (m->r->exercise)
        say(b, en, "這是演練。\r\n\r\n", "THIS IS AN EXERCISE.\r\n\r\n");
    put_lines(b, m->r->recipient);
    say(b, en, "：\r\n\r\n", ":\r\n\r\n");
    put_lines(b, m->r->body);
    LF_PUT(b, "\r\n");
    put_facts(b, m);
    lf_buf_printf(
        b,
        en ? "\r\nWhen you answer, please keep [%.*s] in the subject. The same is attached for your systems "
             "(ARF, "
             "X-ARF).\r\n\r\n-- \r\n"
           : "\r\n回覆時請在主旨保留 "
             "[%.*s]。附件為相同內容的機器可讀格式（ARF、X-ARF），可供貴單位系統處理。\r\n\r\n-- \r\n",
        LF_FMT(l->reference));
    put_lines(b, m->report.sender.org);
    lf_buf_printf(b, "\r\n%.*s\r\n", LF_FMT(m->report.sender.mail));
}

static lf_view subject_of(const struct making *m, const struct lf_letter *l)
{
    bool en = m->c->english;

    return lf_arena_printf(m->t->a, en ? "%s[%.*s] %s Abuse report: %.*s" : "%s[%.*s] %s 攻擊來源通報：%.*s",
                           !m->r->exercise ? ""
                           : en            ? "[EXERCISE] "
                                           : "【演練】",
                           LF_FMT(l->reference), lf_tlp_label(l->tlp),
                           LF_FMT(lf_view_first(m->report.source, 200)));
}

/* What it must not say. */
static lf_view told_of(const struct making *m)
{
    const lf_view texts[] = { m->r->body, m->r->recipient, m->report.source };

    return m->c->named ? LF_V("")
                       : victim_told(m->values, texts, sizeof texts / sizeof *texts, m->report.sender.org);
}

/* ---- the letter ---- */

static lf_view kept(struct lf_task *t, struct lf_buf *b)
{
    lf_view out = lf_arena_copy(t->a, lf_buf_view(b));

    lf_buf_clear(b);
    return out;
}

static lf_view seal_of(struct lf_task *t, const struct lf_letter *l)
{
    lf_view all[] = { l->to, l->subject, l->text, l->parts[0].bytes, l->parts[1].bytes };
    uint8_t sum[LF_SHA256];
    struct lf_buf b;

    lf_buf_init(&b, 4 * LF_LETTER_TEXT);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        lf_buf_printf(&b, "%zu:%.*s", all[i].len, LF_FMT(all[i]));
    lf_sha256(lf_buf_view(&b), sum);
    lf_buf_clear(&b);
    return lf_hex(t->a, sum, sizeof sum);
}

static enum lf_code choice_ok(const struct lf_letter_choice *c, lf_view from, lf_view to, struct lf_err *e)
{
    if (!from.len)
        return lf_err_set(e, LF_CONFLICT,
                          "letter: no mail server is set ([mail] server and from in the settings)");
    if (!lf_mail_address_ok(to))
        return lf_err_set(e, LF_BAD_INPUT, "letter: say the recipient's mail address, as abuse@example.org");
    if (c->tlp == LF_TLP_RED)
        return lf_err_set(e, LF_BAD_INPUT,
                          "letter: what is TLP:RED goes into no letter; choose a label it may have");
    return LF_OK;
}

/* No milder than the incident it is about, which its reporter marked. */
static enum lf_code label_of(const struct lf_letter_choice *c, const struct lf_incident *about,
                             enum lf_tlp *out, struct lf_err *e)
{
    enum lf_tlp most = about->peer.len ? LF_TLP_AMBER : LF_TLP_STRICT;

    if (about->tlp > most)
        return lf_err_set(
            e, LF_CONFLICT,
            "案件標示 %s，不得寄給其他機關；須由通報者先變更標記。The incident is marked %s and goes to no "
            "other organisation; its reporter would have to mark it anew first",
            lf_tlp_label(about->tlp), lf_tlp_label(about->tlp));
    if (c->tlp && c->tlp < about->tlp)
        return lf_err_set(e, LF_CONFLICT,
                          "案件標示 %s，信函的標記不得更寬。The incident is marked %s; label the letter so, "
                          "or more strictly",
                          lf_tlp_label(about->tlp), lf_tlp_label(about->tlp));
    *out = c->tlp ? c->tlp : about->tlp > LF_TLP_AMBER ? about->tlp : LF_TLP_AMBER;
    return LF_OK;
}

enum lf_code lf_referral_letter(struct lf_task *t, lf_view id, lf_view from, const struct lf_letter_choice *c,
                                struct lf_letter *out, struct lf_err *e)
{
    struct lf_letter l = { 0 };
    const struct lf_referral_answer *answers;
    struct lf_incident_full x;
    struct lf_referral r;
    struct making m = { .t = t, .r = &r, .c = c, .x = &x };
    struct lf_form form;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_referral_get(t, id, &r, &n, &answers, e));
    LF_TRY(lf_incident_get(t, r.incident, &x, e));
    LF_TRY(label_of(c, &x.row, &l.tlp, e));
    LF_TRY(lf_report_form(t, &form, e));
    m.values = lf_report_values(t, &form, &x);
    l.to = lf_view_trim(c->to.len ? c->to : r.mail);
    LF_TRY(choice_ok(c, from, l.to, e));
    LF_TRY(fill_report(&m, from, e));
    m.report.tlp = lf_tlp_name(l.tlp);
    l.type = m.report.type;
    l.reference = lf_arena_printf(t->a, "REF-%lld-%.8s", (long long)r.number, r.id.ptr);
    l.told = told_of(&m);
    l.subject = subject_of(&m, &l);
    lf_buf_init(&b, LF_LETTER_TEXT);
    put_text(&b, &m, &l);
    l.text = kept(t, &b);
    lf_buf_init(&b, LF_LETTER_TEXT);
    lf_abuse_arf(&b, &m.report);
    l.parts[0] = (struct lf_mail_part){ "message/feedback-report", "feedback-report.txt", kept(t, &b) };
    lf_buf_init(&b, LF_LETTER_TEXT);
    lf_abuse_xarf(&b, &m.report);
    l.parts[1] = (struct lf_mail_part){ "application/json", "xarf.json", kept(t, &b) };
    l.seal = seal_of(t, &l);
    *out = l;
    return LF_OK;
}
