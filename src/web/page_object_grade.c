/* On an object's page: how far it is believed, with the form for that, and what was done with it. */
#include "isac/grade.h"
#include "isac/trail.h"
#include "web/page_priv.h"

enum { ACTS = 100 };

static const enum lf_text letters[] = { LF_T_GRADE_A, LF_T_GRADE_B, LF_T_GRADE_C,
                                        LF_T_GRADE_D, LF_T_GRADE_E, LF_T_GRADE_F };
static const enum lf_text digits[] = { LF_T_GRADE_1, LF_T_GRADE_2, LF_T_GRADE_3,
                                       LF_T_GRADE_4, LF_T_GRADE_5, LF_T_GRADE_6 };
enum { SIX = 6 };

/* "B: usually reliable", or that nobody said. */
static void put_part(struct rq *r, struct lf_buf *b, enum lf_text label, const enum lf_text *words,
                     char first, char is)
{
    lf_html(b, "<dt>%</dt><dd>", V(text(r, label)));
    if (is)
        lf_html(b, "%</dd>", V(text(r, words[is - first])));
    else
        lf_html(b, "<span class=\"quiet\">%</span></dd>", T(GRADE_NONE));
}

static void put_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const enum lf_text *words, char first, char is)
{
    lf_html(
        b,
        "<p><label for=\"grade-%\">%</label><select id=\"grade-%\" name=\"%\"><option value=\"\">%</option>",
        LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), T(GRADE_NONE));
    for (int i = 0; i < SIX; i++) {
        char value[2] = { (char)(first + i), '\0' };

        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(value),
                LF_RAW(is == value[0] ? LF_V(" selected") : LF_V("")), V(text(r, words[i])));
    }
    lf_html(b, "</select></p>");
}

enum lf_code put_grade(struct rq *r, struct lf_buf *b, lf_view id, const struct lf_json *object)
{
    bool source = lf_view_is(lf_json_str(object, "type"), "identity");
    struct lf_grade own, now;

    LF_TRY(lf_grade_get(r->t, id, &own, r->e));
    LF_TRY(lf_grade_of(r->t, id, lf_json_str(object, "created_by_ref"), &now, r->e));
    lf_html(b, "<section class=\"panel\" id=\"grade\"><h2>%</h2><dl class=\"facts\">", T(GRADE));
    put_part(r, b, LF_T_GRADE_SOURCE, letters, 'A', now.letter);
    if (!source)
        put_part(r, b, LF_T_GRADE_CONTENT, digits, '1', now.digit);
    if (own.id.len) {
        lf_html(b, "<dt>%</dt><dd>% · ", T(WHO), V(account_name(r, own.account)));
        put_when_zone(r, b, own.at);
        lf_html(b, "</dd>");
    }
    if (own.note.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(GRADE_WHY), V(own.note));
    lf_html(b, "</dl>");
    if (!own.letter && now.letter)
        lf_html(b, "<p class=\"hint\">%</p>", T(GRADE_OF_SOURCE));
    if (may(r, JUDGE)) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/objects/", id, "/grade")));
        put_csrf(r, b);
        put_choice(r, b, "letter", LF_T_GRADE_SOURCE, letters, 'A', own.letter);
        if (!source)
            put_choice(r, b, "digit", LF_T_GRADE_CONTENT, digits, '1', own.digit);
        lf_html(
            b,
            "<p><label for=\"grade-note\">%</label><input id=\"grade-note\" name=\"note\" maxlength=\"300\" "
            "value=\"%\"></p><p><button class=\"second\">%</button></p></form>",
            T(GRADE_WHY), V(own.note), T(GRADE_SAVE));
        if (own.id.len)
            put_button(r, b, path2(r, "/objects/", id, "/ungrade"), LF_T_GRADE_FORGET, "second");
    }
    lf_html(b, "</section>");
    return LF_OK;
}

enum lf_code page_object_grade(struct rq *r)
{
    lf_view letter = lf_view_some(field(r, "letter")), digit = lf_view_some(field(r, "digit"));

    if (!letter.len && !digit.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "choose a grade for the source, the content, or both");
    LF_TRY(lf_grade_set(r->t, r->id, lf_arena_printf(r->t->a, "%.*s%.*s", LF_FMT(letter), LF_FMT(digit)),
                        lf_view_some(field(r, "note")), r->e));
    return redirect(r, path2(r, "/objects/", r->id, "?done=1"));
}

enum lf_code page_object_ungrade(struct rq *r)
{
    LF_TRY(lf_grade_forget(r->t, r->id, r->e));
    return redirect(r, path2(r, "/objects/", r->id, "?done=1"));
}

/* ---- what was done with it ---- */

enum lf_code put_object_acts(struct rq *r, struct lf_buf *b, lf_view id)
{
    struct lf_audit_list acts;

    LF_TRY(lf_trail_of(r->t, id, ACTS, &acts, r->e));
    if (!acts.count)
        return LF_OK;
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(O_ACTS), T(O_ACTS_CAPTION), T(TIME), T(WHO), T(ACTION));
    for (size_t i = 0; i < acts.count; i++) {
        lf_html(b, "<tr><td data-label=\"%\">", T(TIME));
        put_when(r, b, acts.item[i].time);
        lf_html(b, "</td><td data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\">%</td></tr>", T(WHO),
                V(account_name(r, acts.item[i].account)), T(ACTION), V(action_text(r, acts.item[i].action)));
    }
    lf_html(b, "</tbody></table></section>");
    return LF_OK;
}
