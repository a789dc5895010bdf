"""What the integration tests share: TAP, a node, HTTPS to it, waiting for conditions.

Everything listens on free ports of 127.0.0.1 and is ended by process id."""
import atexit
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = os.environ.get("LF_BIN", str(ROOT / "build/lianfang"))
_failed = 0
_cleanup = []


class Skip(Exception):
    pass


def promise(fn):
    """Runs a test function; its docstring, or its name, is the promise."""
    global _failed
    name = (fn.__doc__ or fn.__name__.replace("_", " ")).strip().splitlines()[0]
    try:
        note = fn()
        print(f"ok - {name}" + (f" ({note})" if note else ""))
    except Skip as why:
        print(f"ok - {name} # SKIP {why}")
    except Exception:
        _failed += 1
        print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
        print(f"not ok - {name}")
    sys.stdout.flush()
    return fn


def done():
    _run_cleanup()
    sys.exit(1 if _failed else 0)


def _run_cleanup():
    while _cleanup:
        with contextlib.suppress(Exception):
            _cleanup.pop()()


atexit.register(_run_cleanup)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended then too


def until(what, fn, limit=15.0, step=0.01):
    """The first true value of fn() within `limit` seconds."""
    end = time.monotonic() + limit
    last = None
    while time.monotonic() < end:
        try:
            value = fn()
            if value:
                return value
        except (OSError, urllib.error.URLError, AssertionError, ssl.SSLError) as e:
            last = e
        time.sleep(step)
    raise AssertionError(f"{what}: not within {limit} s" + (f" (last: {last})" if last else ""))


def scratch():
    d = tempfile.mkdtemp(prefix="lianfang-test-")
    os.chmod(d, 0o755)
    _cleanup.append(lambda: shutil.rmtree(d, ignore_errors=True))
    return pathlib.Path(d)


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(*argv, **kw):
    """A process that is ended at the end of the test program."""
    p = subprocess.Popen(list(map(str, argv)), **kw)
    _cleanup.append(lambda: stop(p))
    return p


def stop(p, limit=10):
    if p.poll() is None:
        p.terminate()
        try:
            p.wait(limit)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()


def children(pid):
    """All descendants of a process: {pid: command line}."""
    parents, names = {}, {}
    for d in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            stat = (d / "stat").read_text()
            name = (d / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            # Both or neither: a process may end between the two reads.
            parents[int(d.name)] = int(stat.rsplit(")", 1)[1].split()[1])
            names[int(d.name)] = name
    out, todo = {}, [pid]
    while todo:
        p = todo.pop()
        for c, parent in parents.items():
            if parent == p and c not in out:
                out[c] = names[c]
                todo.append(c)
    return out


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Node:
    """A running node.  `Node.throwaway()` or `Node.serve(settings)`."""

    def __init__(self, process, info, log):
        self.process, self.info, self.log = process, info, log
        self.context = ssl.create_default_context(cafile=info["ca"])
        self.token = info.get("token")

    @classmethod
    def throwaway(cls):
        log = tempfile.TemporaryFile()
        p = start(BIN, "serve", "--throwaway", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        line = p.stdout.readline()
        if not line:
            log.seek(0)
            raise AssertionError("the throwaway node did not start: " + log.read().decode(errors="replace"))
        return cls(p, json.loads(line), log)

    @classmethod
    def serve(cls, directory, settings="", tier="provider", extra=(), program=None):
        """A node with its data in `directory`; addresses are free ports unless set."""
        ini = directory / "lianfang.ini"
        if not ini.exists():
            ini.write_text(f"[node]\nname = test\ntier = {tier}\ndata = data\n[http]\nlisten = 127.0.0.1:0\n"
                           "peer = 127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\n"
                           f"syslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n{settings}\n")
        log = open(directory / "node.log", "ab")
        p = start(program or BIN, "serve", "-c", ini, "--json", *extra, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        line = p.stdout.readline()
        if not line:
            raise AssertionError("the node did not start: " + (directory / "node.log").read_text(errors="replace")[-2000:])
        node = cls(p, json.loads(line), log)
        node.directory = directory
        return node

    def request(self, method, path, body=None, headers=None, auth=True, timeout=30):
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers = dict({"Content-Type": "application/json"}, **(headers or {}))
        h = dict(headers or {})
        if auth and self.token and "Authorization" not in h:
            h["Authorization"] = "Bearer " + self.token
        url = path if path.startswith("http") else self.info["https"] + path
        r = urllib.request.Request(url, data=body, headers=h, method=method)
        try:
            with urllib.request.urlopen(r, context=self.context, timeout=timeout) as a:
                return Answer(a.status, a.headers, a.read())
        except urllib.error.HTTPError as e:
            return Answer(e.code, e.headers, e.read())

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.request("POST", path, body, **kw)

    def local(self, method, path, body=None, timeout=30, kind="application/json"):
        """Through the operator's Unix socket; bytes go as they are, of that kind."""
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        s.connect(self.info["local"])
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        s.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\n"
                  f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        raw = b""
        while chunk := s.recv(65536):
            raw += chunk
        s.close()
        head, _, rest = raw.partition(b"\r\n\r\n")
        return Answer(int(head.split()[1]), head, rest)

    def exercise(self, **more):
        """An exercise that this node conducts and that runs: incidents may name it."""
        hour = lambda n: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 * n))
        r = self.local("POST", "/api/v1/exercises", {"name": "通報演練", "kind": "reporting", "begins": hour(-1), "ends": hour(8), **more})
        assert r.status == 201, r.body
        assert self.local("POST", f"/api/v1/exercises/{r.json['id']}/state", {"state": "running"}).status == 204
        return r.json["id"]

    def exercise_with(self, *nodes, **more):
        """The same with all its children and those below them; it runs at `nodes` too."""
        units = {u.get("peer"): u["name"] for u in self.local("GET", "/api/v1/units?limit=1000").json["items"]}
        branches = []
        for p in self.local("GET", "/api/v1/peers").json["items"]:
            if p["kind"] == "child":
                if p["id"] not in units:
                    units[p["id"]] = "會員 " + p["id"]
                    assert self.local("POST", "/api/v1/units", {"name": units[p["id"]], "attribute": "enterprise-4", "peer": p["id"]}).status == 201
                branches.append(units[p["id"]])
        x = self.exercise(branches=branches, **more)
        running = lambda n: (lambda r: r.status == 200 and r.json["state"] == "running")(n.local("GET", f"/api/v1/exercises/{x}"))
        until("the exercise runs at all of them", lambda: all(running(n) for n in nodes))
        return x

    def workers(self):
        """{worker name: pid}"""
        out = {}
        for pid, cmd in children(self.process.pid).items():
            words = cmd.split()
            if "worker" in words:
                out[words[words.index("worker") + 1]] = pid
        return out

    def close(self):
        if self.process.stdin:
            self.process.stdin.close()
        else:
            self.process.terminate()
        return self.process.wait(15)


class Postgres:
    """A throw-away PostgreSQL cluster on a Unix socket, owned by user postgres when
    we are root (PostgreSQL refuses root), ended by its process id."""

    def __init__(self, *settings):
        found = [shutil.which("initdb"), *sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
        programs = [pathlib.Path(p).resolve().parent for p in found if p]
        programs = [p for p in programs if (p / "pg_ctl").exists()]
        if not programs:
            raise Skip("PostgreSQL's initdb is not installed")
        self.programs = programs[-1]
        self.who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lfpg-", dir=self._place()))
        os.chmod(self.directory, 0o755)
        if self.who:
            shutil.chown(self.directory, "postgres", "postgres")
        _cleanup.append(self.close)
        self.settings = ["-c listen_addresses=''", f"-k {self.directory}", "-c fsync=off", *settings]
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", self.directory / "data")
        self.start()

    @staticmethod
    def _place():
        """In memory where there is room: a cluster is tens of thousands of files, and a disk that discards what
        is freed takes minutes to remove them."""
        shm = pathlib.Path("/dev/shm")
        if not os.access(shm, os.W_OK):
            return None
        room = os.statvfs(shm)
        return shm if room.f_bavail * room.f_frsize > 6 << 30 else None

    def _run(self, program, *args):
        r = subprocess.run([str(self.programs / program), *map(str, args)], cwd="/", stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                           env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **self.who)
        if r.returncode:
            raise AssertionError(f"{program}: {r.stdout[-2000:]}")
        return r.stdout

    def start(self):
        # The server keeps pg_ctl's standard output open: give it its own log.
        self._run("pg_ctl", "-D", self.directory / "data", "-l", self.directory / "log", "-w", "-t", "30",
                  "-o", " ".join(self.settings), "start")

    @property
    def pid(self):
        return int((self.directory / "data/postmaster.pid").read_text().split()[0])

    def stop(self, how=signal.SIGINT):
        """Sessions are cut, what was committed stays."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            pid = self.pid
            os.kill(pid, how)
            until("PostgreSQL stopped", lambda: not pathlib.Path(f"/proc/{pid}").exists(), 30)

    def sql(self, text, database="postgres"):
        return self._run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-U", "postgres",
                         "-d", database, "-c", text).strip()

    def database(self, name):
        """A new database; its conninfo."""
        self.sql(f'CREATE DATABASE "{name}"')
        return f"host={self.directory} user=postgres dbname={name}"

    def close(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
