"""A person at the console with a browser that runs no script: signs in, follows links, fills in forms."""
import html.parser
import urllib.parse
import urllib.request


class _Quiet(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Form:
    """A form as the page has it: `fields` are what it would send, `choices` what may be chosen of a list."""

    def __init__(self, method, action):
        self.method, self.action, self.fields, self.choices = method, action, {}, {}
        self.names = []


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.links, self.text = [], [], []
        self.form = self.select = self.area = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        name, form = a.get("name"), self.form
        if tag == "form":
            self.form = Form(a.get("method", "get").upper(), a.get("action", ""))
            self.forms.append(self.form)
        elif tag == "a" and "href" in a:
            self.links.append(a["href"])
        elif tag == "input" and form and name:
            form.names.append(name)
            if a.get("type") not in ("checkbox", "radio", "submit") or "checked" in a:
                form.fields[name] = a.get("value", "")
        elif tag == "button" and form and name:
            form.names.append(name)
        elif tag == "textarea" and form and name:
            form.names.append(name)
            form.fields[name], self.area = "", name
        elif tag == "select" and form and name:
            form.names.append(name)
            self.select = name
            form.choices[name] = []
        elif tag == "option" and form and self.select:
            form.choices[self.select].append(a.get("value", ""))
            if "selected" in a or self.select not in form.fields:
                form.fields[self.select] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area and self.form:
            self.form.fields[self.area] += data
        self.text.append(data)


class Page:
    def __init__(self, status, url, body):
        r = _Reader()
        r.feed(body)
        self.status, self.url, self.body, self.forms, self.links = status, url, body, r.forms, r.links
        self.text = " ".join(" ".join(r.text).split())

    def form(self, ending):
        """The one form whose action ends so."""
        found = [f for f in self.forms if f.action.endswith(ending)]
        assert len(found) == 1, (ending, [f.action for f in self.forms], self.text[:600])
        return found[0]


class Person:
    def __init__(self, node, user, password, lang="zh"):
        self.node, self.cookies = node, {}
        self.open = urllib.request.build_opener(urllib.request.HTTPSHandler(context=node.context), _Quiet).open
        f = self.get("/login").form("/login")
        page = self.send(f, user=user, password=password)
        assert page.status == 200 and "__Host-lf" in self.cookies, page.text[:400]
        self.language(lang)

    def language(self, lang):
        self.cookies["lf-lang"] = lang

    def _ask(self, method, path, data=None):
        h = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept": "text/html"}
        r = urllib.request.Request(urllib.parse.urljoin(self.node.info["https"], path), data=data, method=method, headers=h)
        try:
            a = self.open(r, timeout=30)
        except urllib.error.HTTPError as e:
            a = e
        for line in a.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        body = a.read().decode()
        if a.status == 303:
            return self._ask("GET", a.headers["Location"])
        return Page(a.status, path, body)

    def get(self, path):
        return self._ask("GET", path)

    def send(self, form, **values):
        """What the form has, with these in place of it; a name that the form has not is the test's mistake.
        None leaves a box unticked."""
        for name in values:
            assert name in form.names, (name, form.names)
        fields = {k: v for k, v in {**form.fields, **values}.items() if v is not None}
        data = urllib.parse.urlencode(fields)
        if form.method == "GET":
            return self._ask("GET", form.action + "?" + data)
        return self._ask("POST", form.action, data.encode())
