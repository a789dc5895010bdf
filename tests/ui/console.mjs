// The console, as people use it: in both languages, by keyboard, in light and
// dark, wide and narrow, without script, with no finding of axe.  TAP on stdout;
// the program from LF_BIN; pictures go to LF_SHOTS when that is set.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let failed = 0;

async function promise(name, body) {
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
  const signIn = async (page) => {
    await page.goto(`${url}/login`);
    await page.fill("#user", at.user);
    await page.fill("#password", at.password);
    await page.press("#password", "Enter");
    await page.waitForSelector("nav.main");
  };
  const shot = async (page, name) => {
    if (process.env.LF_SHOTS) await page.screenshot({ path: `${process.env.LF_SHOTS}/${name}.png`, fullPage: true });
  };

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
  await promise("an incident is reported by keyboard alone", async () => {
    await page.goto(`${url}/incidents`);
    const reach = async (test, most = 40) => {
      for (let i = 0; i < most; i++) {
        await page.keyboard.press("Tab");
        if (await page.locator(":focus").count() && await test(page.locator(":focus"))) return;
      }
      throw new Error("not reached by Tab");
    };
    await reach(async (f) => (await f.getAttribute("href")) === "#main", 1);
    await reach(async (f) => (await f.getAttribute("href")) === "/incidents/new");
    await Promise.all([page.waitForURL("**/incidents/new"), page.keyboard.press("Enter")]);
    await reach(async (f) => (await f.getAttribute("id")) === "title");
    await page.keyboard.type("鍵盤通報的釣魚郵件事件");
    await page.keyboard.press("Tab");
    await page.keyboard.type("收件人點了連結 <script>alert(1)</script>");
    await reach(async (f) => (await f.getAttribute("id")) === "level");
    await page.keyboard.press("ArrowDown");
    await reach(async (f) => (await f.evaluate((n) => n.tagName + (n.closest("main") ? "" : "-"))) === "BUTTON");
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
  await promise("a report without a title is refused and keeps what was typed", async () => {
    await page.goto(`${url}/incidents/new`);
    await page.fill("#title", "  ");
    await page.fill("#description", "仍在這裡");
    await page.click("main button");
    must((await page.inputValue("#description")) === "仍在這裡", "lost");
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

  for (const [lang, scheme, width] of [["zh", "light", 1280], ["zh", "dark", 390], ["en", "dark", 1280], ["en", "light", 390]])
    await promise(`no finding of axe and no sideways scrolling: ${lang}, ${scheme}, ${width}`, async () => {
      const context = await open({ colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
      const p = await context.newPage();
      const found = [];
      const look = async (path) => {
        await p.goto(`${url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        await p.evaluate(axe);
        for (const v of await p.evaluate(async (r) => (await window.axe.run({ runOnly: r })).violations, rules))
          found.push(`${path}: ${v.id} ${v.nodes[0].html.slice(0, 100)}`);
        if (await p.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) found.push(`${path}: wide`);
        await shot(p, `${path.replaceAll("/", "_")}-${lang}-${scheme}-${width}`);
      };
      await look("/login");
      await signIn(p);
      for (const path of ["/", "/alerts", "/incidents", incident ?? "/incidents", "/incidents/new", "/indicators",
        "/blocks", "/peers", "/health", "/people", "/me"])
        await look(path);
      await context.close();
      must(found.length === 0, found.join("\n"));
    });
  await promise("signing out ends it", async () => {
    await page.goto(`${url}/`);
    await page.click("form[action='/logout'] button");
    await page.goto(`${url}/incidents`);
    must(page.url().endsWith("/login"), "still in");
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
