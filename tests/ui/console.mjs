// The console, as people use it: in both languages, by keyboard, in light and
// dark, wide and narrow, without script, with no finding of axe.  TAP on stdout;
// the program from LF_BIN; pictures go to LF_SHOTS when that is set.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { request } from "node:https";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let failed = 0;

// LF_ONLY=words: for work on one page; promises stand on those before them.
async function promise(name, body) {
  if (process.env.LF_ONLY && !new RegExp(process.env.LF_ONLY).test(name)) return;
  try {
    await body();
    console.log(`ok - ${name}`);
  } catch (e) {
    failed++;
    console.log(`# ${String(e.message ?? e).split("\n").slice(0, 6).join("\n# ")}`);
    console.log(`not ok - ${name}`);
  }
}

function must(cond, what) {
  if (!cond) throw new Error(what);
}

async function firstLine(child) {
  const lines = createInterface({ input: child.stdout });
  const late = new Promise((_, no) => setTimeout(() => no(new Error("no address within 30 s")), 30000).unref());
  const line = new Promise((yes, no) => {
    lines.once("line", yes);
    child.once("exit", (code) => no(new Error(`the node ended with ${code}`)));
  });
  return JSON.parse(await Promise.race([line, late]));
}

// RFC 6238 of a base32 secret, `later` steps from now.
function totp(secret, later = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
  const mac = createHmac("sha1", key).update(step).digest();
  const code = (mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000;
  return String(code).padStart(6, "0");
}

const node = spawn(process.env.LF_BIN ?? "build/lianfang", ["serve", "--throwaway"],
  { stdio: ["pipe", "pipe", "inherit"] });
let browser;
try {
  const at = await firstLine(node);
  const url = at.https;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

  const open = async (options) => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 },
      locale: "zh-TW", ...options });
    context.setDefaultTimeout(10000);
    return context;
  };
  const signIn = async (page, code) => {
    await page.goto(`${url}/login`);
    await page.fill("#user", at.user);
    await page.fill("#password", at.password);
    if (code) await page.fill("#totp", code);
    await page.press("#password", "Enter");
    await page.waitForSelector("nav.main", { timeout: 3000 });
  };
  // The doors programs use: the API with the node's token, syslog over UDP.
  const api = (method, path, body, token = at.token) => new Promise((yes, no) => {
    const r = request(url + path, { method, ca: readFileSync(at.ca), headers: { Authorization: `Bearer ${token}`,
      "Content-Type": "application/json" } }, (a) => {
      let text = "";
      a.on("data", (d) => { text += d; });
      a.on("end", () => yes({ status: a.statusCode, json: text ? JSON.parse(text) : null }));
    });
    r.on("error", no);
    r.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  });
  const syslog = (line) => new Promise((yes, no) => {
    const s = createSocket("udp4"), [host, port] = at.syslog_udp.split(":");
    s.send(line, Number(port), host, (e) => { s.close(); e ? no(e) : yes(); });
  });
  const until = async (what, test) => {
    for (const end = Date.now() + 15000; Date.now() < end;) {
      const got = await test();
      if (got) return got;
      await new Promise((yes) => setTimeout(yes, 50));
    }
    throw new Error(`${what}: not within 15 s`);
  };
  const stamp = () => new Date().toISOString();
  const clf = () => {
    const [day, month, date, year, clock] = new Date().toUTCString().replace(",", "").split(" ");
    return day && `${month}/${date}/${year}:${clock} +0000`;
  };
  const injected = (name, client) => syslog(`<134>1 ${stamp()} www1 nginx - - - ${client} - - [${clf()}] `
    + `"GET /lookup?host=x%3Bdig+${name} HTTP/1.1" 200 5 "-" "Mozilla/5.0"`);
  const shot = async (page, name) => {
    if (process.env.LF_SHOTS) await page.screenshot({ path: `${process.env.LF_SHOTS}/${name}.png`, fullPage: true });
  };

  let resolver, corroborated;
  await promise("an attack in the web server's log, confirmed by the resolver's, is alert, incident, indicator and block", async () => {
    must((await api("POST", "/api/v1/policies", { kinds: ["domain-name"], min_evidence: 2, max_life_hours: 72,
      allow: ["gov.tw"], min_level: "high", auto_report: true, tlp: "amber" })).status === 201, "policy");
    resolver = (await api("POST", "/api/v1/tokens", { label: "總部解析器", roles: "sender" })).json.token;
    await injected("c2.evil.example", "198.51.100.7");
    await until("the alert", async () => (await api("GET", "/api/v1/alerts")).json.items.length === 1);
    must((await api("POST", "/api/v1/events", JSON.stringify({ timestamp: stamp(), event_type: "dns", host: { name: "dns1" },
      src_ip: "10.1.1.5", dns: { type: "query", rrname: "c2.evil.example", rrtype: "A" } }) + "\n", resolver)).status === 200, "query");
    corroborated = await until("the second evidence", async () =>
      (await api("GET", "/api/v1/alerts")).json.items.find((a) => a.corroborated));
    await until("the incident", async () => (await api("GET", "/api/v1/incidents")).json.items.length === 1);
    await until("the block", async () => (await api("GET", "/api/v1/blocks")).json.items.length === 1);
  });
  await promise("one source alone raises an alert and blocks nothing", async () => {
    await injected("forged.example", "203.0.113.9");
    await syslog(`<38>1 ${stamp()} db1 sshd 812 - - Accepted password for root from 203.0.113.80 port 51234 ssh2`);
    await until("three alerts", async () => (await api("GET", "/api/v1/alerts")).json.items.length === 3);
    must((await api("GET", "/api/v1/blocks")).json.items.length === 1, "blocked");
  });

  // Without script: what a person meets whose browser has none.
  const plain = await open({ javaScriptEnabled: false });
  const page = await plain.newPage();
  let incident;

  await promise("a wrong password is refused in one sentence", async () => {
    await page.goto(`${url}/`);
    must(page.url().endsWith("/login"), `sent to ${page.url()}`);
    await page.fill("#user", at.user);
    await page.fill("#password", "not the password");
    await page.press("#password", "Enter");
    must((await page.textContent("[role=alert]")).includes("不正確"), "no sentence");
  });
  await promise("a person signs in without script and sees the overview in Chinese", async () => {
    await signIn(page);
    must((await page.textContent("h1")) === "總覽", "not the overview");
    must((await page.getAttribute("html", "lang")) === "zh-Hant-TW", "lang");
    await shot(page, "overview-zh");
  });
  await promise("the alerts are one step from the overview", async () => {
    await page.click("nav.main a[href='/alerts']");
    must((await page.textContent("h1")) === "告警", "not the alerts");
  });
  const reach = async (p, test, most = 60) => {
    for (let i = 0; i < most; i++) {
      await p.keyboard.press("Tab");
      if (await p.locator(":focus").count() && await test(p.locator(":focus"))) return;
    }
    throw new Error("not reached by Tab");
  };
  await promise("by keyboard alone: sign in, open the corroborated alert, acknowledge it", async () => {
    const context = await open({ javaScriptEnabled: false });
    const p = await context.newPage();
    await p.goto(`${url}/login`);
    await reach(p, async (f) => (await f.getAttribute("id")) === "user");
    await p.keyboard.type(at.user);
    await p.keyboard.press("Tab");
    await p.keyboard.type(at.password);
    await Promise.all([p.waitForURL(`${url}/`), p.keyboard.press("Enter")]);
    await reach(p, async (f) => (await f.getAttribute("href")) === "/alerts");
    await Promise.all([p.waitForURL("**/alerts"), p.keyboard.press("Enter")]);
    await reach(p, async (f) => (await f.getAttribute("href")) === `/alerts/${corroborated.id}`);
    await Promise.all([p.waitForURL(`**/alerts/${corroborated.id}`), p.keyboard.press("Enter")]);
    await reach(p, async (f) => (await f.textContent()) === "認領告警");
    await Promise.all([p.waitForURL(/done=1/), p.keyboard.press("Enter")]);
    must((await p.textContent("main")).includes("已認領"), "not acknowledged");
    must((await p.textContent("[role=status]")).includes("已完成"), "not said");
    await context.close();
  });
  await promise("every number of the overview opens what it counts", async () => {
    await page.goto(`${url}/`);
    for (const [href, n] of await page.$$eval(".cards a", (all) => all.map((a) => [a.getAttribute("href"), Number(a.querySelector("b").textContent)]))) {
      await page.goto(url + href);
      const rows = await page.locator(href === "/blocks" ? "main section:first-child tbody tr" : "main tbody tr").count();
      must(rows === n, `${href}: ${n} on the overview, ${rows} behind it`);
    }
  });
  await promise("an incident is reported by keyboard alone", async () => {
    await page.goto(`${url}/incidents`);
    await reach(page, async (f) => (await f.getAttribute("href")) === "#main", 1);
    await reach(page, async (f) => (await f.getAttribute("href")) === "/incidents/new");
    await Promise.all([page.waitForURL("**/incidents/new"), page.keyboard.press("Enter")]);
    await reach(page, async (f) => (await f.getAttribute("id")) === "category");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.type("鍵盤通報的釣魚郵件事件");
    await page.keyboard.press("Tab");
    await page.keyboard.type("收件人點了連結 <script>alert(1)</script>");
    for (const name of ["affects", "asset", "leak", "tamper"]) {
      await reach(page, async (f) => (await f.getAttribute("name")) === name);
      await page.keyboard.press("Space");
    }
    await reach(page, async (f) => (await f.getAttribute("value")) === "send");
    await Promise.all([page.waitForURL("**/incidents/incident--*"), page.keyboard.press("Enter")]);
    incident = new URL(page.url()).pathname;
    must((await page.textContent("h1")).includes("鍵盤通報的釣魚郵件事件"), "title");
    must((await page.textContent("main")).includes("<script>alert(1)</script>"), "not shown as text");
    must((await page.textContent("main")).includes("已如期通報"), "the clock is not told in words");
    await shot(page, "incident-zh");
  });
  await promise("an incident opens from the list", async () => {
    await page.goto(`${url}/incidents`);
    await page.click("tbody a");
    must((await page.locator("ol.line > li").count()) > 0, "no timeline");
  });
  await promise("a report that lacks an answer is refused, says which, and keeps what was typed", async () => {
    await page.goto(`${url}/incidents/new`);
    await page.fill("#title", "少一題");
    await page.fill("#description", "仍在這裡");
    await page.$eval("form.report", (f) => { f.noValidate = true; });
    await page.click("main button[value=send]");
    must((await page.inputValue("#description")) === "仍在這裡", "lost");
    must((await page.getAttribute("#category", "aria-invalid")) === "true", "not said at the field");
    await page.click(".say.bad a[href='#leak']");
    await shot(page, "report-refused-zh");
  });
  // Keystroke-level model (Card, Moran, Newell): K 0.5 s for somebody who types slowly, P 1.1 s, click 0.2 s,
  // H 0.4 s between hands on mouse and keys, M 1.35 s before each decision; four keys for a Chinese character.
  await promise("an untrained person's first report: 8 answers that must be given, 25 decisions, 180 s at most", async () => {
    const K = 0.5, P = 1.1, B = 0.2, H = 0.4, M = 1.35;
    let seconds = 0, hand = "mouse", decisions = 0;
    const move = (to) => { if (hand !== to) seconds += H; hand = to; };
    const click = async (sel) => { move("mouse"); seconds += P + B; await page.click(sel); };
    const decide = () => { decisions++; seconds += M; };
    const type = async (sel, words) => {
      await click(sel);
      move("keys");
      seconds += K * [...words].reduce((n, c) => n + (c > "\u2e80" ? 4 : 1), 0);
      await page.fill(sel, words);
    };
    await page.goto(`${url}/incidents`);
    await click("a[href='/incidents/new']");
    await page.waitForURL("**/incidents/new");
    const asked = await page.$$eval("form.report input:not([type=hidden]), form.report select, form.report textarea",
      (all) => [[...new Set(all.map((x) => x.name))].length, [...new Set(all.filter((x) => x.required).map((x) => x.name))].length]);
    must(asked[0] <= 25 && asked[1] <= 8, `${asked[0]} decisions, ${asked[1]} must be made`);
    decide(); // the time of awareness stands there: now
    decide(); await click("#category"); await page.selectOption("#category", "web_defaced"); seconds += P + B;
    decide(); await type("#description", "官網首頁遭置換成陌生圖片，已請廠商處理，暫時關閉網站。");
    for (const [name, value] of [["affects", "no"], ["asset", "noncore"], ["leak", "none"], ["tamper", "minor"]]) {
      decide(); await click(`input[name=${name}][value=${value}]`);
    }
    decide(); // no outage: 0 stands there
    decide(); await type("#contact_phone", "02-2345-6789");
    seconds += M * (asked[0] - decisions); // the rest is read and passed over
    await shot(page, "report-zh");
    await click("main button[value=send]");
    await page.waitForURL("**/incidents/incident--*");
    must((await page.textContent("h1")).includes("網頁置換"), "title from the class");
    console.log(`# first report: ${asked[1]} answers needed, ${asked[0]} decisions, ${seconds.toFixed(1)} s by the keystroke-level model`);
    must(seconds <= 180, `${seconds} s`);
  });
  await promise("the language is switched and stays", async () => {
    await page.goto(`${url}/`);
    await page.click("button[name=lang]");
    must((await page.textContent("h1")) === "Overview", "not English");
    await page.goto(`${url}/incidents`);
    must((await page.textContent("h1")) === "Incidents", "did not stay");
    await shot(page, "incidents-en");
    await page.click("button[name=lang]");
  });
  await promise("years of the Republic are a choice", async () => {
    await page.goto(`${url}/incidents`);
    await page.click("button[name=era]");
    must((await page.textContent("tbody time")).startsWith("民國"), "no ROC year");
    await page.click("button[name=era]");
  });
  await promise("dark is a choice that outweighs the system's", async () => {
    const before = await page.getAttribute("html", "data-theme");
    await page.click("button[name=theme]");
    must((await page.getAttribute("html", "data-theme")) === "dark" && before === "auto", "theme");
    await page.click("button[name=theme]");
  });

  await promise("a rule is tuned from its alert, says so, keeps back what comes, and is brought back", async () => {
    const root = (await api("GET", "/api/v1/alerts")).json.items.find((a) => a.title.includes("SSH") || a.title.includes("root"));
    await page.goto(`${url}/alerts/${root.id}`);
    await page.click("summary:has-text('調整這條規則')");
    await page.selectOption("#state", "test");
    await page.fill("#why", "試行一週");
    await page.click("form[action$='/tune'] button");
    must((await page.textContent("main")).includes("目前的決定：試行一週"), "not said");
    await syslog(`<38>1 ${stamp()} db9 sshd 812 - - Accepted password for root from 203.0.113.81 port 51234 ssh2`);
    await until("the count", async () => (await api("GET", `/api/v1/tunings/${root.rule}`)).json.kept_back === 1);
    await page.goto(`${url}/tunings`);
    must((await page.textContent("main tbody td.num")) === "1", "not counted");
    await shot(page, "tunings-zh");
    must(!(await api("GET", "/api/v1/alerts")).json.items.some((a) => a.host === "db9"), "an alert all the same");
    await api("PUT", "/api/v1/assets/db9", { weight: "4", owner: "資訊處" });
    await page.click("main tbody button");
    await syslog(`<38>1 ${stamp()} db9 sshd 812 - - Accepted password for root from 203.0.113.81 port 51235 ssh2`);
    const raised = await until("the alert", async () => (await api("GET", "/api/v1/alerts")).json.items.find((a) => a.host === "db9"));
    must(raised.grounds.includes("host-important") && raised.level !== raised.rule_level, JSON.stringify(raised));
    await page.goto(`${url}/alerts/${raised.id}`);
    must((await page.textContent("main")).includes("重要資產，等級調升"), "no grounds");
    await shot(page, "alert-tuning-zh");
    await api("PUT", `/api/v1/tunings/${root.rule}`, { level: "critical", per_hour: "7", days: "30", note: "a note" });
  });
  await promise("a rule without an alert is opened by its id, put on trial, and its page says so", async () => {
    await page.goto(`${url}/tunings`);
    await page.fill("#rule", "7d5f7a52-0f0b-4f8e-9a51-0c1d2e3f4a77");
    await Promise.all([page.waitForURL(/tunings\/7d5f/), page.press("#rule", "Enter")]);
    await page.click("summary:has-text('調整這條規則')");
    await page.selectOption("#state", "test");
    await page.fill("#why", "試行一週");
    await page.click("form[action$='/set'] button");
    must((await page.textContent("dl.facts")).includes("試行"), "not on trial");
    await shot(page, "rule-trial-zh");
  });
  await promise("an alert is assigned, commented on, merged and closed with a verdict, by its page", async () => {
    const [one, other] = (await api("GET", "/api/v1/alerts?open=true")).json.items.filter((a) => a.state !== "closed");
    await page.goto(`${url}/alerts/${one.id}`);
    await page.click("form[action$='/assign'] button");
    must((await page.textContent("dl.facts")).includes(at.user), "no owner");
    await page.fill("#comment", "已電話確認");
    await page.click("form[action$='/comment'] button");
    must((await page.textContent("main")).includes("已電話確認"), "no comment");
    await page.goto(`${url}/alerts/${other.id}`);
    await page.click("summary:has-text('併入另一則告警')");
    await page.fill("#into", one.id);
    await page.click("form[action$='/merge'] button");
    must(page.url().includes(one.id), "not led on");
    must((await page.textContent("main")).includes("併入本則的告警"), "not shown");
    await page.click(`form[action='/alerts/${other.id}/unmerge'] button`);
    must(page.url().includes(other.id) && (await page.textContent("main")).includes("取消合併，離開告警"), "not taken out");
    await page.click("summary:has-text('併入另一則告警')");
    await page.fill("#into", one.id);
    await page.click("form[action$='/merge'] button");
    await page.click("summary:has-text('結案')");
    await page.selectOption("#verdict", "false_positive");
    await page.fill("#note", "弱點掃描");
    await page.click("form[action$='/close'] button");
    must((await page.textContent("dl.facts")).includes("誤判"), "no verdict");
    await shot(page, "alert-work-zh");
    must((await page.inputValue("#xn0")) === "弱點掃描", "no proposal");
    await page.click("form[action='/exclusions'] button");
    must((await page.textContent("main")).includes("弱點掃描"), "not listed");
    await shot(page, "exclusions-zh");
    await page.click("form[action='/exclusions/end'] button");
    must((await page.locator("form[action='/exclusions/end']").count()) === 0, "not ended");
  });
  await promise("the list of alerts is filtered by its form, with the keyboard, and says when none is like that", async () => {
    await page.goto(`${url}/alerts`);
    must((await page.locator("tbody tr").count()) > 0, "no alert");
    await page.focus("#f-q");
    await page.keyboard.type("nothing-like-that");
    await Promise.all([page.waitForURL(/q=nothing/), page.keyboard.press("Enter")]);
    must((await page.textContent("main")).includes("沒有符合條件的告警"), "not said");
    await page.goto(`${url}/alerts`);
    await page.fill("#f-q", "弱點掃描");
    await page.selectOption("#f-state", "closed");
    await Promise.all([page.waitForURL(/state=closed/), page.press("#f-q", "Enter")]);
    must((await page.locator("tbody tr").count()) === 1, "the closed one is not found by its note");
    must((await page.inputValue("#f-q")) === "弱點掃描" && (await page.inputValue("#f-state")) === "closed", "the form forgot");
    await page.click("summary:has-text('主機、承辦人')");
    await page.fill("#f-owner", "-");
    await Promise.all([page.waitForURL(/owner=-/), page.press("#f-owner", "Enter")]);
    must((await page.textContent("main")).includes("沒有符合條件"), "an owner's alert is nobody's");
    must((await page.getAttribute("details", "open")) !== null, "what is set is hidden");
    await page.goto(`${url}/alerts?state=all&q=${encodeURIComponent("登入")}`);
    must((await page.locator("tbody tr").count()) > 0, "a title is not found by its words in this language");
    await page.goto(`${url}/alerts?from=nosuchday`);
    must((await page.locator("[role=alert]").count()) === 1, "a wrong day is not told");
    await shot(page, "alerts-filter-zh");
  });
  await promise("an asset is added, changed and taken from CSV, and a wrong line is named", async () => {
    await page.goto(`${url}/assets`);
    await page.fill("#name", "核心資料庫");
    await page.fill("#addresses", "198.51.100.0/24");
    await page.selectOption("#weight", "5");
    await page.click("form[action='/assets'] button");
    must((await page.textContent("main tbody")).includes("核心資料庫"), "not listed");
    await page.fill("#csv", "name,weight\nlab,1\nbad,9\n");
    await page.click("form[action='/assets/import'] button");
    must((await page.textContent("main")).includes("line 3"), "the line is not named");
    await page.goto(`${url}/assets`);
    await page.click("a:has-text('核心資料庫')");
    must((await page.inputValue("#addresses")) === "198.51.100.0/24", "not for changing");
    await shot(page, "assets-zh");
  });
  await promise("the policy says in sentences what it lets out, and a reviewer signs another", async () => {
    await page.goto(`${url}/policy`);
    must((await page.textContent("main")).includes("至少有 2 個獨立來源"), "not explained");
    await page.fill("#evidence", "3");
    await page.fill("#allow", "gov.tw\nedu.tw\n");
    await page.click("main form button");
    must((await page.textContent("main")).includes("至少有 3 個獨立來源"), "not replaced");
    must((await page.textContent("main")).includes("edu.tw"), "allow");
    await page.fill("#evidence", "2");
    await page.click("main form button");
  });
  await promise("a token for a log sender is shown once, works, and is revoked", async () => {
    await page.goto(`${url}/tokens`);
    await page.fill("#label", "邊界防火牆");
    await page.click("main form.stack button");
    const token = (await page.textContent("pre.token")).trim();
    must(token.startsWith("lfp_"), token);
    must((await api("POST", "/api/v1/events", "{}\n", token)).status === 200, "refused");
    await page.goto(`${url}/tokens`);
    must(!(await page.content()).includes(token), "shown again");
    await page.locator("tr", { hasText: "邊界防火牆" }).locator("button").click();
    await until("the revocation", async () => (await api("POST", "/api/v1/events", "{}\n", token)).status === 401);
  });
  let peer;
  await promise("a provider's console says that it invites nobody; a sector's shows an invitation once; a link is looked at, ruled, suspended and carried by file", async () => {
    await page.goto(`${url}/peers`);
    must((await page.textContent("main")).includes("提供者是最下層"), "not said");
    const dir = mkdtempSync(join(tmpdir(), "lianfang-ui-"));
    writeFileSync(join(dir, "l.ini"), ["[node]", "tier = sector", "data = data", "[http]", "listen = 127.0.0.1:0", "peer = 127.0.0.1:0",
      "[intake]", "syslog_udp = 127.0.0.1:0", "syslog_tcp = 127.0.0.1:0", "syslog_tls = 127.0.0.1:0", "keep_mb = 64",
      "[dns]", "listen = 127.0.0.1:0", ""].join("\n"));
    const sector = spawn(process.env.LF_BIN ?? "build/lianfang", ["serve", "-c", join(dir, "l.ini"), "--json", "--stop-with-stdin"],
      { stdio: ["pipe", "pipe", "ignore"] });
    try {
      const there = await firstLine(sector);
      const context = await open({ bypassCSP: true });
      const p = await context.newPage();
      await p.goto(`${there.https}/login`);
      await p.fill("#user", there.user);
      await p.fill("#password", there.password);
      await p.press("#password", "Enter");
      await p.waitForSelector("nav.main");
      await p.goto(`${there.https}/peers`);
      await p.click("form[action='/peers/invitations'] button");
      const token = (await p.textContent("pre.token")).trim();
      must(token.length > 40, token);
      await p.goto(`${there.https}/peers`);
      must(!(await p.content()).includes(token), "shown again");
      // The node of the other tests joins it, and the link is looked at from both ends.
      await page.fill("#token", token);
      await page.click("form[action='/parent'] button");
      await until("the link", async () => (await api("GET", "/api/v1/parent")).json.state === "active");
      await p.goto(`${there.https}/peers`);
      await p.click("main table a[href^='/peers/']");
      const link = new URL(p.url()).pathname;
      for (const word of ["使用中", "已取得全部", "稽核軌跡副署", "沒有規則"]) must((await p.textContent("main")).includes(word), word);
      await reach(p, async (f) => (await f.evaluate((n) => n.tagName)) === "SUMMARY" && (await f.textContent()) === "新增規則", 90);
      await p.keyboard.press("Enter");
      await p.selectOption("#x-do", "replace");
      await p.fill("#x-types", "malware tool");
      await p.fill("#x-property", "name");
      await p.fill("#x-value", "來自其他成員");
      await p.press("#x-value", "Enter");
      await p.waitForURL(/done=1/);
      must((await p.textContent("#rules tbody")).includes("取代欄位的值") && (await p.textContent("#rules")).includes("最後由"), "no rule");
      await p.click("summary:has-text('新增規則')");
      await p.selectOption("#x-do", "generalise");
      await p.fill("#x-property", "id");
      await p.click("form[action$='/rules'] button");
      must((await p.locator("[role=alert]").count()) === 1, "what an object is known by was made coarser");
      await p.goto(there.https + link);
      await p.click("form[action$='/rules/remove'] button");
      must((await p.textContent("#rules")).includes("沒有規則"), "the rule did not end");
      const [file] = await Promise.all([p.waitForEvent("download"), p.click("form[action$='/transfer'] button")]);
      const path = join(dir, "file");
      await file.saveAs(path);
      must(readFileSync(path, "utf8").startsWith('{"'), "no file");
      await page.goto(`${url}/peers`);
      await page.setInputFiles("#file", path);
      await page.click("form[action='/transfers'] button");
      must((await page.textContent("main")).includes("已收下檔案"), await page.textContent("main"));
      await page.goto(`${url}/peers`);
      await page.click("form[action='/transfers'] button", { noWaitAfter: true });
      await page.goto(`${url}/peers`);
      await page.click("main table a[href^='/peers/']");
      for (const word of ["上級節點", "待送出筆數"]) must((await page.textContent("main")).includes(word), word);
      peer = new URL(page.url()).pathname;
      await p.goto(there.https + link);
      await p.click("summary:has-text('暫停連線')");
      await p.click("form[action$='/suspend'] button");
      must((await p.textContent("dl.facts")).includes("已停權"), "not suspended");
      await shot(p, "peer-suspended-zh");
      await p.click("form[action$='/resume'] button");
      must((await p.textContent("dl.facts")).includes("使用中"), "not resumed");
      await p.click("summary:has-text('除名')");
      await p.click("form[action$='/retire'] button");
      must((await p.textContent("dl.facts")).includes("已除名"), "not retired");
      await p.evaluate(axe);
      const found = (await p.evaluate(async (r) => (await window.axe.run({ runOnly: r })).violations, rules)).map((v) => v.id);
      must(!found.length, found.join());
      await context.close();
    } finally {
      const gone = new Promise((yes) => (sector.exitCode !== null ? yes() : sector.once("exit", yes)));
      sector.stdin.end();
      await gone;
      rmSync(dir, { recursive: true, force: true });
    }
  });
  let indicator;
  await promise("an indicator is found by a part of it and says how sure it is; it is added by hand, released, blocked, and ended by the allow list", async () => {
    await page.goto(`${url}/indicators`);
    await page.fill("#value", "malware.example");
    await page.check("input[name=release]");
    await page.click("form[action='/indicators'][method='post'] button");
    await page.focus("#f-q");
    await page.keyboard.type("MALWARE.ex");
    await Promise.all([page.waitForURL(/q=MALWARE/), page.keyboard.press("Enter")]);
    must((await page.locator("main tbody tr").count()) === 1, "not found by a part of it");
    await page.click("main tbody a");
    indicator = new URL(page.url()).pathname;
    for (const word of ["malware.example", "目前可信度", "起始值", "不再更新則失效", "本節點目擊次數"]) must((await page.textContent("main")).includes(word), word);
    await page.goto(`${url}/indicators?kind=ipv4-addr`);
    must((await page.textContent("[role=status]")).includes("沒有符合條件"), "a name is an address");
    must((await api("GET", "/api/v1/indicators?q=malware.ex&state=active&from=-1h")).json.items.length === 1, "the API finds another");
    must((await api("GET", "/api/v1/indicators?state=nosuch")).status === 400, "a state that is none");
    await page.goto(`${url}/blocks`);
    await page.locator("code", { hasText: "malware.example" }).first().waitFor();
    await page.fill("#value", "malware.example");
    await page.fill("#reason", "誤判");
    await page.click("form[action='/allow'] button");
    must((await page.locator("main section").first().textContent()).includes("malware.example") === false, "still blocked");
    must((await page.textContent("main")).includes("誤判"), "no reason");
  });
  await promise("a collection is made, changed and removed by forms; quotas and lifetimes are set and taken back", async () => {
    await page.goto(`${url}/objects`);
    await page.click("a[href='/collections']");
    await reach(page, async (f) => (await f.getAttribute("id")) === "alias", 90);
    await page.keyboard.type("energy");
    await page.keyboard.press("Tab");
    await page.keyboard.type("能源交換 / Energy");
    await Promise.all([page.waitForURL("**/collections/energy?done=1"), page.keyboard.press("Enter")]);
    must((await page.textContent("h1")) === "能源交換", "not titled in the reader's language");
    await page.uncheck("input[name='writers-share']");
    await page.click("form[action='/collections/energy'] button");
    must((await page.textContent("dl.facts")).includes("沒有人"), "still written by somebody");
    must((await api("GET", "/api/v1/collections/energy")).json.writers === "", "the API says otherwise");
    await page.fill("#sure", "other");
    await page.click("form[action='/collections/energy/remove'] button");
    must((await page.locator("[role=alert]").count()) === 1, "removed without being sure");
    must((await page.textContent("main")).includes("「other」不是這個集合的別名") && (await page.locator("pre").count()) === 0, "not told why in Chinese");
    await page.goto(`${url}/collections/energy`);
    await page.fill("#sure", "energy");
    await page.click("form[action='/collections/energy/remove'] button");
    must(page.url().endsWith("/collections?done=1") && (await api("GET", "/api/v1/collections/energy")).status === 404, "not removed");
    must((await api("DELETE", "/api/v1/collections/library")).status === 409, "what the node stands on was removed");
    await page.click("summary:has-text('訂定配額')");
    await page.fill("#member", at.user);
    await page.fill("#requests", "100000");
    await page.click("form[action='/quotas'] button");
    must((await page.textContent("#quotas tbody")).includes("/ 100000"), "no quota");
    await page.click("form[action='/quotas/forget'] button");
    must(!(await page.textContent("#quotas tbody")).includes("100000"), "still a quota");
    await page.click("summary:has-text('訂定保存期限')");
    await page.fill("#type", "x-none");
    await page.fill("#days", "30");
    await page.click("form[action='/lifetimes'] button");
    must((await page.textContent("#lifetimes tbody")).includes("30 天"), "no lifetime");
    await page.click("form[action='/lifetimes/forget'] button");
    must((await page.textContent("#lifetimes")).includes("永久保存"), "still a lifetime");
  });
  let advisory;
  let stored;
  await promise("stored intelligence is searched by keyboard; an object shows what it says, its history and what is around it, and is graded", async () => {
    const made = (type, n, more) => ({ type, spec_version: "2.1", id: `${type}--00000000-0000-4000-8000-${n.padStart(12, "0")}`,
      created: "2026-01-01T00:00:00.000Z", modified: "2026-01-01T00:00:00.000Z", ...more });
    const set = made("intrusion-set", "1", { name: "Quiet Heron", description: "first\nsecond", confidence: 70 });
    const uses = made("relationship", "3", { relationship_type: "uses", source_ref: set.id, target_ref: "malware--00000000-0000-4000-8000-000000000002" });
    const post = (objects) => new Promise((yes, no) => {
      const r = request(`${url}/taxii2/root/collections/library/objects/`, { method: "POST", ca: readFileSync(at.ca), headers: {
        Authorization: `Bearer ${at.token}`, Accept: "application/taxii+json;version=2.1", "Content-Type": "application/taxii+json;version=2.1" } },
        (a) => { a.resume(); a.on("end", () => yes(a.statusCode)); });
      r.on("error", no);
      r.end(JSON.stringify({ objects }));
    });
    must(await post([set, made("malware", "2", { name: "Whisper", is_family: true }), uses]) === 202, "posted");
    must(await post([{ ...set, modified: "2026-02-01T00:00:00.000Z", name: "Loud Heron",
      object_marking_refs: ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"] }]) === 202, "posted again");
    await page.goto(`${url}/objects`);
    must((await page.textContent("main")).includes("有哪些集合"), "no collections");
    await reach(page, async (f) => (await f.getAttribute("id")) === "q");
    await page.keyboard.type("heron");
    await Promise.all([page.waitForURL((u) => u.search.includes("q=heron")), page.keyboard.press("Enter")]);
    must((await page.locator("table.rows tbody tr").count()) === 1, "not one");
    await page.click("text=Loud Heron");
    await page.waitForURL("**/objects/intrusion-set--*");
    stored = new URL(page.url()).pathname;
    const main = await page.textContent("main");
    for (const word of ["TLP:AMBER", "版本沿革", "Whisper", "uses", "可信度", "70", "變更的欄位"])
      must(main.includes(word), `no ${word}`);
    must((await page.locator("section:has(h2:text('版本沿革')) tbody tr").count()) === 2, "not two versions");
    must((await page.locator("section:has(h2:text('版本沿革')) tbody tr").first().textContent()).includes("name"), "what changed is not told");
    await page.locator("#grade-letter").focus();
    await page.keyboard.press("b");
    await page.keyboard.press("Tab");
    await page.keyboard.press("2");
    await page.keyboard.press("Tab");
    await page.keyboard.type("兩個來源相符");
    await Promise.all([page.waitForURL(/done=1/), page.keyboard.press("Enter")]);
    for (const word of ["B：通常可靠", "2：很可能屬實", "兩個來源相符"])
      must((await page.textContent("#grade")).includes(word), `not graded: ${word}`);
    must((await page.textContent("section:has(h2:text('處理紀錄'))")).includes("評等"), "who graded it is not told");
    await page.goto(page.url().split("?")[0]);
    await Promise.all([page.waitForURL(/done=1/), page.click("text=取消等級")]);
    must(!(await page.textContent("#grade dl")).includes("B："), "the grade stays");
    must((await page.textContent("section:has(h2:text('處理紀錄'))")).includes("取消評等"), "who took it back is not told");
    await shot(page, "object-zh");
    await page.click(`a[href='${stored}/graph?depth=2']`);
    must((await page.locator("svg.graph rect").count()) === 2 && (await page.textContent("main")).includes("Whisper"), "no picture");
    await shot(page, "graph-zh");
    await page.goto(`${url}/objects?value=nothing-like-that`);
    must((await page.textContent("[role=status]")).includes("沒有符合"), "found nothing and did not say so");
  });
  await promise("an early warning is written by keyboard, kept when it is wrong, handed in, and published by another", async () => {
    await page.goto(`${url}/advisories/new?kind=EWA`);
    await reach(page, async (f) => (await f.getAttribute("id")) === "title");
    await page.keyboard.type("郵件系統弱點遭利用");
    await page.fill("#description", "多個單位收到惡意附件。\n請儘速更新。");
    await page.selectOption("#severity", "high");
    await page.fill("#values", "hxxp://dropper[.]example/a\n這不是位址");
    await page.fill("#measures", "更新並封鎖。");
    await page.check("input[name=sectors_energy]");
    await page.press("#title", "Enter");
    must((await page.textContent("[role=alert] + pre")).includes("values"), "not said which field");
    must((await page.inputValue("#title")) === "郵件系統弱點遭利用" && await page.isChecked("input[name=sectors_energy]"), "lost");
    await page.fill("#values", "hxxp://dropper[.]example/a");
    await page.press("#title", "Enter");
    await page.waitForURL("**/advisories/report--*");
    advisory = new URL(page.url()).pathname;
    must((await page.textContent("main")).includes("填妥送審必填的欄位"), "handed in without TLP");
    await page.click(`a[href='${advisory}/edit']`);
    must((await page.inputValue("#values")) === "http://dropper.example/a", "not put right");
    await page.selectOption("#tlp", "amber");
    await page.press("#title", "Enter");
    await page.waitForURL("**/advisories/report--*");
    await page.click(`form[action='${advisory}/submit'] button`);
    must((await page.textContent("main")).includes("請由另一位審核者處理"), "published by its writer");
    must((await api("POST", "/api/v1/users", { name: "rev", roles: "reviewer", password: "a long enough one" })).status === 201, "account");
    const context = await open(), other = await context.newPage();
    await other.goto(`${url}/login`);
    await other.fill("#user", "rev");
    await other.fill("#password", "a long enough one");
    await other.press("#password", "Enter");
    await other.waitForSelector("nav.main");
    await other.goto(`${url}/advisories?state=review`);
    await other.click("tbody a");
    await other.check("input[name=look_for]");
    await other.click(`form[action='${advisory}/publish'] button`);
    must((await other.textContent(".head")).includes("已發布"), "not published");
    must(!(await other.textContent("main")).includes("\ufffd"), "a line's end is shown as damage");
    await context.close();
    await page.goto(`${url}/indicators`);
    await page.locator("code", { hasText: "http://dropper.example/a" }).first().waitFor();
  });
  await promise("a file is attached to a draft by form, seen and taken off; one that is too large is refused", async () => {
    await page.goto(`${url}/advisories/new?kind=ANA`);
    await page.fill("#title", "附件測試");
    await page.press("#title", "Enter");
    await page.waitForURL("**/advisories/report--*");
    const draft = page.url();
    await page.setInputFiles("#file", { name: "報告 一.txt", mimeType: "text/plain", buffer: Buffer.from("內容\r\n--x") });
    await page.click("form[action$='/files'] button");
    must((await page.textContent("main")).includes("報告 一.txt") && (await page.textContent("main")).includes("text/plain"), "not seen");
    const id = new URL(page.url()).pathname.split("/").pop();
    must((await api("GET", `/api/v1/advisories/${id}`)).json.files[0].size === Buffer.byteLength("內容\r\n--x"), "not the bytes that were chosen");
    await page.click("form[action$='/files/remove'] button");
    must(!(await page.textContent("main")).includes("text/plain"), "not taken off");
    await page.setInputFiles("#file", { name: "big.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc((512 << 10) + 1, 1) });
    await page.click("form[action$='/files'] button");
    must((await page.locator("[role=alert]").count()) === 1, "a file above the limit was taken");
    await page.goto(draft);
    await page.fill("#why-withdraw", "測試結束");
    await page.click("form[action$='/withdraw'] button");
  });
  await promise("a file of another format is previewed and kept nothing of, then taken; a collection is downloaded as a file", async () => {
    const list = { name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("bad[.]example\nnot a value at all\n") };
    await page.goto(`${url}/objects`);
    await page.click("a[href='/exchange']");
    await page.setInputFiles("#file", list);
    await page.selectOption("#in-format", "list");
    await page.click("button[value=preview]");
    must((await page.textContent("main")).includes("尚未存入") && (await page.textContent("main tbody")).includes("not a value at all"), "no preview of what is lost");
    must((await api("GET", "/api/v1/objects?value=bad.example")).json.items.length === 0, "kept by a preview");
    must((await page.inputValue("#in-format")) === "list", "the form forgot");
    await shot(page, "exchange-zh");
    await page.click("form:has(input[name=kept]) button[value=take]");
    must((await page.textContent("main")).includes("匯入結果"), "not taken");
    await until("the object", async () => (await api("GET", "/api/v1/objects?value=bad.example")).json.items.length > 0);
    await page.selectOption("#out-format", "csv");
    await page.click("form[method=get][action='/exchange'] button");
    const [file] = await Promise.all([page.waitForEvent("download"), page.click("a[href^='/exchange/file']")]);
    must(file.suggestedFilename() === "library.csv" && readFileSync(await file.path(), "utf8").includes("bad.example"), "no such file");
  });
  let asked;
  await promise("an alert is answered by a signed link without signing in: two clicks, no script, and once", async () => {
    const member = await api("POST", "/api/v1/members", { name: "山丘國小", sectors: "education", level: "D" });
    must(member.status === 201, "member");
    const form = { title: "請清查遠端桌面", description: "多所學校遭入侵。", severity: "high", measures: "關閉對外的遠端桌面。",
      reply_by: new Date(Date.now() + 86400e3).toISOString().replace(/\.\d+/, ""), tlp: "amber" };
    const made = (await api("POST", "/api/v1/advisories", { kind: "EWA", form })).json;
    await api("PUT", `/api/v1/bulletins/${made.id}/audience`, { members: [member.json.id] });
    must((await api("POST", `/api/v1/advisories/${made.id}/submit`)).status === 204, "handed in");
    await api("POST", "/api/v1/users", { name: "second", display: "second", roles: "reviewer", password: "a long enough one" });
    const second = (await api("POST", "/api/v1/tokens", { account: "second", label: "t", roles: "reviewer" })).json.token;
    must((await api("POST", `/api/v1/advisories/${made.id}/publish`, {}, second)).status === 204, "published");
    asked = `/bulletins/${made.id}`;
    await page.goto(url + asked);
    await page.click("td form[action$='/link'] button");
    const link = await page.getAttribute("main a[href^='/answer/']", "href");
    const context = await open({ javaScriptEnabled: false });
    const p = await context.newPage();
    let clicks = 0;
    const click = async (what) => { clicks++; await p.click(what); };
    await p.goto(url + link);
    must((await p.textContent("main")).includes("關閉對外的遠端桌面"), "the text is not there");
    await shot(p, "answer-zh");
    await click("input[value='false-alarm']");
    await Promise.all([p.waitForSelector("[role=status]"), click("main form button")]);
    must(clicks === 2, `${clicks} clicks`);
    must((await p.textContent("[role=status]")).includes("已送達"), "not said");
    await p.goto(url + link);
    must((await p.textContent("main")).includes("已用來回覆"), "twice");
    await context.close();
    await page.goto(`${url}${asked}?state=answered`);
    must((await page.textContent("main tbody")).includes("誤判"), "not collated");
    await shot(page, "bulletin-zh");
  });
  await promise("the health page names every part and every sender", async () => {
    await page.goto(`${url}/health`);
    const text = await page.textContent("main");
    for (const word of ["核心", "前端", "日誌接收", "對外連線", "DNS", "總部解析器", "127.0.0.1"]) must(text.includes(word), word);
    must(!/[a-z]+_[a-z]+/.test(text.replace(/identity--\S+/g, "")), `a bare key: ${text.match(/[a-z]+_[a-z]+/)}`);
  });
  await promise("the archive is searched by keyboard, and each number opens what is behind it", async () => {
    await page.goto(`${url}/search`);
    await reach(page, async (f) => (await f.getAttribute("id")) === "q");
    await page.keyboard.type("forged.example OR c2.evil.example | count by _sender");
    await Promise.all([page.waitForURL("**/search?q=*"), page.keyboard.press("Enter")]);
    await until("the search", async () => {
      await page.goto(page.url());
      return (await page.textContent("[role=status]")).includes("已完成");
    });
    const link = page.locator("td.num a").first();
    const n = Number(await link.textContent());
    must(n > 0, "no number");
    await Promise.all([page.waitForURL("**/search?q=*"), link.click()]);
    must((await page.locator("ol.line > li").count()) === n, `${n} counted, ${await page.locator("ol.line > li").count()} behind it`);
    await page.locator("summary").first().click();
    await page.locator("ol.line dd a").first().click();
    must((await page.inputValue("#q")).includes('="'), "a value is no question");
    await page.fill("#q", "(unfinished");
    await page.press("#q", "Enter");
    must((await page.textContent("[role=alert]")).includes("column 1"), "not said where");
    await shot(page, "search-zh");
  });
  let drill;
  await promise("an exercise is planned and started by keyboard, and a report names it", async () => {
    await page.goto(`${url}/exercises`);
    await reach(page, async (f) => (await f.getAttribute("id")) === "x-name");
    await page.keyboard.type("Water drill");
    await page.fill("#x-begins", "2026-01-05T09:00");
    await page.fill("#x-ends", "2026-01-05T08:00");
    await page.fill("#x-speed", "6");
    await page.press("#x-speed", "Enter");
    must((await page.textContent("[role=alert]")).includes("結束須晚於開始"), "not said what is wrong");
    must((await page.inputValue("#x-name")) === "Water drill" && (await page.inputValue("#x-speed")) === "6", "what was typed is lost");
    await page.fill("#x-ends", "2026-01-05T17:00");
    await Promise.all([page.waitForURL("**/exercises/*"), page.press("#x-ends", "Enter")]);
    drill = new URL(page.url()).pathname;
    await Promise.all([page.waitForNavigation(), page.click("button[value=running]")]);
    must((await page.textContent("main")).includes("進行中"), "it does not run");
    await page.goto(`${url}/incidents/new`);
    must((await page.textContent("#exercise")).includes("Water drill"), "the form does not offer it");
    await page.goto(`${url}${drill}`);
    await shot(page, "exercise-zh");
  });
  let weakness;
  await promise("a weakness that an exercise found is recorded by keyboard, what is refused keeps what was typed, and it is mended", async () => {
    await page.goto(`${url}${drill}`);
    await reach(page, async (f) => (await f.evaluate((x) => x.tagName)) === "SUMMARY" && (await f.textContent()).includes("登錄弱點"));
    await page.keyboard.press("Enter");
    await reach(page, async (f) => (await f.getAttribute("id")) === "w-title");
    await page.keyboard.type("Login page takes SQL");
    await page.selectOption("#w-kind", "application");
    await page.fill("#w-unit", "No such place");
    await page.fill("#w-method", "SQL injection, then a web shell");
    await Promise.all([page.waitForNavigation(), page.press("#w-unit", "Enter")]);
    must((await page.textContent("[role=alert]")).includes("聯絡網中沒有"), "not said what is wrong");
    must((await page.inputValue("#w-title")) === "Login page takes SQL" && (await page.inputValue("#w-kind")) === "application" && (await page.inputValue("#w-method")).includes("web shell"), "what was typed is lost");
    await page.fill("#w-unit", "");
    await page.fill("#w-due", "2026-01-06T09:00");
    await Promise.all([page.waitForURL(/done=1/), page.press("#w-title", "Enter")]);
    await Promise.all([page.waitForNavigation(), page.click("#weaknesses td a[href^='/weaknesses/']")]);
    weakness = new URL(page.url()).pathname;
    must((await page.textContent("main")).includes("逾期未改善") && (await page.textContent("main")).includes("SQL injection, then a web shell"), "not as recorded");
    await shot(page, "weakness-zh");
    await page.selectOption("#w-state", "accepted");
    await Promise.all([page.waitForNavigation(), page.click("form:has(#w-state) > p > button")]);
    must((await page.textContent("[role=alert]")).includes("請寫明理由"), "accepted without a reason");
    await page.selectOption("#w-state", "mended");
    await page.fill("#w-note", "Parameters now");
    await Promise.all([page.waitForURL(/done=1/), page.click("form:has(#w-state) > p > button")]);
    const text = await page.textContent("main");
    must(text.includes("狀態改為已改善") && text.includes("Parameters now") && !text.includes("逾期未改善"), "not mended");
    await page.goto(`${url}/weaknesses`);
    must((await page.textContent("main")).includes("Login page takes SQL"), "not in the list");
    await shot(page, "weaknesses-zh");
  });
  let inquiry;
  await promise("an inquiry is asked by keyboard, taken, referred and answered by forms; what is refused keeps what was typed", async () => {
    await page.goto(`${url}/inquiries`);
    await reach(page, async (f) => (await f.getAttribute("href")) === "/inquiries/new");
    await Promise.all([page.waitForURL("**/inquiries/new"), page.keyboard.press("Enter")]);
    await reach(page, async (f) => (await f.getAttribute("id")) === "subject");
    await page.keyboard.type("Mail comes back");
    await page.fill("#text", "Since this morning, with a long line");
    await page.fill("#incident", "incident--none");
    await Promise.all([page.waitForNavigation(), page.press("#subject", "Enter")]);
    must((await page.textContent("[role=alert]")).includes("找不到您可以檢視的事件"), "not said what is wrong");
    must((await page.inputValue("#subject")) === "Mail comes back" && (await page.inputValue("#text")).includes("long line"), "what was typed is lost");
    await page.fill("#incident", "");
    await Promise.all([page.waitForURL(/done=1/), page.press("#subject", "Enter")]);
    inquiry = new URL(page.url()).pathname;
    await page.fill("#due", "2026-01-06T09:00");
    await Promise.all([page.waitForURL(/done=1/), page.press("#due", "Enter")]);
    must((await page.textContent("main")).includes("逾期未答覆"), "not late");
    await page.click("summary:has-text('轉介技術諮詢')");
    await page.fill("#whom", "No such place");
    await page.fill("#text-refer", "They know the program");
    await Promise.all([page.waitForNavigation(), page.press("#whom", "Enter")]);
    must((await page.textContent("[role=alert]")).includes("聯絡網中沒有") && (await page.inputValue("#text-refer")) === "They know the program", "what was typed is lost");
    await page.selectOption("#to", "support");
    await Promise.all([page.waitForURL(/done=1/), page.press("#whom", "Enter")]);
    must((await page.textContent("main")).includes("等候意見"), "not referred");
    await shot(page, "inquiry-zh");
    await page.fill("#text-answer", "Update the mail server");
    await Promise.all([page.waitForURL(/done=1/), page.click("form:has(#text-answer) button")]);
    must((await page.textContent("main")).includes("已答覆"), "not answered");
    await page.goto(`${url}/inquiries?state=answered`);
    must((await page.textContent("main")).includes("Mail comes back"), "not in the list");
  });
  await promise("the audit trail tells what was done, in words", async () => {
    await page.goto(`${url}/audit?limit=200`);
    const text = await page.textContent("main");
    for (const word of ["提出諮詢", "答覆諮詢", "登錄演練弱點", "更新演練弱點", "簽署分享政策", "建立權杖", "撤銷權杖", "加入允許清單", "認領告警", "調整規則", "登錄資產", "搜尋事件存檔", "發布情資", "產生警訊回覆連結"]) must(text.includes(word), word);
    const bare = (await page.$$eval("td[data-label='動作']", (all) => all.map((x) => x.textContent))).filter((x) => /^[a-z.]+$/.test(x));
    must(bare.length === 0, `without a word: ${bare}`);
  });

  const letter = "From: Ann <ann@member.example>\r\nSubject: Log files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: text/plain; name=access.log\r\n\r\nx\r\n--b--\r\n";
  const mail = (await api("POST", "/api/v1/mail", { data: Buffer.from(letter).toString("base64") })).json;
  // One of each, so that its pages have something to show.
  const made = await (async () => {
    const make = async (path, body, method = "POST") => {
      const r = await api(method, path, body);
      must([200, 201, 204].includes(r.status), `${path}: ${r.status} ${JSON.stringify(r.json).slice(0, 200)}`);
      return r.json;
    };
    const unit = (await make("/api/v1/units", { name: "Water works", attribute: "administration", grade: "A" })).id;
    const person = (await make(`/api/v1/units/${unit}/contacts`, { name: "Lin", email: "lin@water.example", part: "contact" })).id;
    const meeting = (await make("/api/v1/meetings", { title: "First meeting", begins: "2026-12-01T09:00", ends: "2026-12-01T10:00",
      place: "Room 2", convener: person, guests: person, agenda: "What happened\nWhat is done" })).id;
    const seminar = (await make("/api/v1/seminars", { title: "First briefing", kind: "briefing", begins: "2026-01-05T09:00", ends: "2026-01-05T10:00",
      place: "Room 2", units: unit, about: "How to report" })).id;
    await make(`/api/v1/seminars/${seminar}/attendance`, { unit, people: 3 });
    const manned = (await make("/api/v1/manning", { post: "group-3", contact: person })).id;
    await make("/api/v1/playbooks/ui-walk/draft?seen=0", { format: "lianfang-playbook/1", playbooks: [{ id: "ui-walk", zh: "Walk", en: "Walk",
      classes: ["intrusion"], steps: [{ id: "one", phase: "contain", zh: "One", en: "One", due: "30m", from: "aware" }] }] }, "PUT");
    return { unit, person, meeting, manned, seminar };
  })();
  const looks = process.env.LF_SHOTS ? ["zh", "en"].flatMap((l) => ["light", "dark"].flatMap((s) => [1280, 390].map((w) => [l, s, w])))
    : [["zh", "light", 1280], ["zh", "dark", 390], ["en", "dark", 1280], ["en", "light", 390]];
  for (const [lang, scheme, width] of looks)
    await promise(`no finding of axe and no sideways scrolling: ${lang}, ${scheme}, ${width}`, async () => {
      const context = await open({ colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
      const p = await context.newPage();
      const found = [];
      const look = async (path) => {
        await p.goto(`${url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        await p.evaluate(axe);
        for (const v of await p.evaluate(async (r) => (await window.axe.run({ runOnly: r })).violations, rules))
          found.push(`${path}: ${v.id} ${v.nodes[0].html.slice(0, 100)}`);
        if (await p.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) {
          const what = await p.$$eval("main *", (all) => all.find((x) => x.getBoundingClientRect().right > window.innerWidth)?.outerHTML.slice(0, 100));
          found.push(`${path}: wide: ${what}`);
        }
        const chinese = lang === "en" && (await p.textContent("main")).replace(/附件測試|報告 一|山丘國小|請清查遠端桌面|測試結束|總部解析器|試行一週|邊界防火牆|鍵盤通報的釣魚郵件事件|收件人點了連結|誤判|核心資料庫|資訊處|郵件系統弱點遭利用|多個單位收到惡意附件。|請儘速更新。|更新並封鎖。|已電話確認|弱點掃描|網頁置換|網站查詢字串夾帶連線或解析指令/g, "").match(/.{0,20}[\u4e00-\u9fff].{0,30}/);
        if (chinese) found.push(`${path}: Chinese in the English page: ${chinese[0]}`);
        await shot(p, `${path.replaceAll("/", "_")}-${lang}-${scheme}-${width}`);
      };
      await look("/login");
      await look("/login/lost");
      await signIn(p);
      for (const path of ["/", "/alerts", "/alerts?state=all&q=e&host=*", "/alerts?q=nothing-like-that", "/tunings", "/tunings/one", "/rules", "/learning", "/coverage", "/coverage?tactic=execution&show=none", "/assets", `/alerts/${corroborated.id}`, "/incidents", incident ?? "/incidents", `${incident ?? ""}/print`, `${incident}/act?kind=level_changed`, `${incident}/act?kind=measure_planned`, "/incidents/new", "/report-form/print", "/clocks", "/statistics", "/statistics?time=2026-11",
        "/articles", "/articles?technique=T1566", "/incidents/import", `${incident}/tasks`, `${incident}/evidence`, `${incident}/sources`, `${incident}/referrals`, "/playbooks", "/playbooks/new", "/recoveries", "/recoveries/new", "/playbooks/ui-walk", "/playbooks/ui-walk/edit", "/tasks", "/tasks?assignee=&state=ended", "/contacts", `/contacts/${made.unit}`, `/contacts/${made.person}/keys`, "/mail-seal", "/suspicious-mail", `/meetings/${made.meeting}`, "/seminars", "/seminars/parts", `/seminars/${made.seminar}`, `/manning/${made.manned}`, `${drill}/score`, "/rosters", "/rosters/desk", "/rosters/desk/log", "/rosters/desk/handovers", "/manning", "/meetings", "/notices", "/referrals", "/networks", "/mail", "/mail?state=filed", `/mail/${mail.id}`, "/lost-factors", "/exercises", drill ?? "/exercises", "/weaknesses", "/weaknesses?state=open&kind=other&q=none", weakness ?? "/weaknesses", "/inquiries", "/inquiries?kind=other&q=none", "/inquiries/new", inquiry ?? "/inquiries",
        "/flow", `/flow?incident=${(incident ?? "").split("/").pop()}`, `${incident}/act?kind=vital_corrected`,
        "/responders", "/teams",
        "/analyses", "/analyses/new?level=1", "/publications",
        "/partners", "/stations", "/stations?state=watched&q=none",
        "/news", "/news?source=-&first=1", "/news-counts", "/news-counts?year=2026",
        "/ops-reviews", "/improvements", "/improvements?state=open&area=process",
        "/statements", "/statements/new",
        "/search", "/holds", "/questions", "/search?q=evil", "/search?q=*+%7C+count+by+_host", "/search?q=%28",
        "/exchange", "/exchange?format=misp&collection=library", "/collections", "/collections/library", "/collections/members", "/objects", "/objects?q=heron&type=malware", "/objects?value=nothing", stored ?? "/objects", `${stored ?? "/objects/x"}/graph?depth=2`, "/indicators", "/indicators?kind=url&state=draft", indicator ?? "/indicators", "/feeds", "/digests", "/advisories", "/advisories?kind=FBI", "/advisories?words=heron", "/advisories/new?kind=INT", "/advisories/new?kind=EWA", "/bulletins", asked ?? "/bulletins", "/members", advisory ?? "/advisories", `${advisory}/edit`, "/blocks", "/peers", peer ?? "/peers", "/policy", "/health", "/devices", "/devices/list", "/people", "/tenants", "/tokens", "/audit", "/me", "/nowhere"])
        await look(path);
      await context.close();
      must(found.length === 0, found.join("\n"));
    });
  await promise("signing out ends it", async () => {
    const context = await open();
    const page = await context.newPage();
    await signIn(page);
    await page.click("form[action='/logout'] button");
    await page.goto(`${url}/incidents`);
    must(page.url().endsWith("/login"), "still in");
  });
  let recovery = [];
  await promise("a second factor is enrolled with its QR code, asked for at the next sign-in, and not by a token", async () => {
    must((await api("POST", "/api/v1/me/totp", {})).status === 403, "an API token may enrol");
    await page.goto(`${url}/me`);
    await page.click("form[action='/me/totp'] button");
    must((await page.locator("svg.qr path").getAttribute("d")).length > 1000, "no QR code");
    await shot(page, "totp");
    const secret = (await page.textContent("code.token")).trim();
    // Three codes are good at a time, each once and no earlier one after it: all are taken within one step.
    while (Date.now() % 30000 > 20000) await new Promise((yes) => setTimeout(yes, 100));
    await page.fill("#code", totp(secret, -1));
    await page.click("form[action='/me/totp'] button");
    must((await page.textContent("main")).includes("已啟用"), "not on");
    await page.fill("#recovery-codes-code", totp(secret));
    await page.press("#recovery-codes-code", "Enter");
    recovery = await page.locator("ol code").allTextContents();
    must(recovery.length === 10 && new Set(recovery).size === 10, `${recovery.length} codes`);
    await shot(page, "recovery");
    await page.click("form[action='/logout'] button");
    await signIn(page, "").then(() => { throw new Error("in without a code"); }, () => {});
    must((await page.textContent("[role=alert]")).includes("不正確"), "no sentence");
    await signIn(page, totp(secret, 1)); // the code just used is never taken again
  });
  await promise("a printed recovery code lets in once without the telephone, and another turns the second factor off", async () => {
    await page.goto(`${url}/me`);
    must(!(await page.textContent("main")).includes(recovery[0]), "shown twice");
    await page.click("form[action='/logout'] button");
    await signIn(page, ` ${recovery[0].toLowerCase()}`);
    await page.goto(`${url}/me`);
    must((await page.textContent("main")).includes("尚有 9 組"), "not counted");
    await shot(page, "second-factor");
    await page.click("form[action='/logout'] button");
    await signIn(page, recovery[0]).then(() => { throw new Error("in twice by one code"); }, () => {});
    await signIn(page, recovery[1]);
    await page.goto(`${url}/me`);
    await page.fill("#totp-off-code", recovery[2]);
    await page.press("#totp-off-code", "Enter");
    await page.waitForSelector("form[action='/me/totp'] button");
    await page.click("form[action='/logout'] button");
    await signIn(page);
  });
  await promise("the password is changed and ends the session", async () => {
    await page.goto(`${url}/me`);
    await page.fill("#old", at.password);
    await page.fill("#new", "一個全新的長密碼-2026");
    await page.fill("#again", "一個全新的長密碼-2026");
    await page.click("form[action='/me/password'] button");
    must(page.url().includes("/login"), page.url());
    await page.goto(`${url}/`);
    must(page.url().includes("/login"), "still in");
  });
} catch (e) {
  failed++;
  console.log(`# ${e.message}\nnot ok - the console can be tested`);
} finally {
  await browser?.close();
  node.stdin.end();
  const gone = new Promise((yes) => (node.exitCode !== null ? yes() : node.once("exit", yes)));
  const limit = setTimeout(() => node.kill("SIGKILL"), 10000);
  await gone;
  clearTimeout(limit);
}
process.exit(failed ? 1 : 0);
