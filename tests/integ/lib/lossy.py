"""Networks of this machine's own, joined by a path that takes its time and loses packets.

Each network is a kernel network namespace; a path between two is a TUN device in each and a process that
carries packets from one to the other: late by so much, each with a chance of never arriving, drawn from a
seed.  What goes over it is the kernel's own TCP with its retransmissions.  (netem does the same in kernels
that have it; this needs no module.)"""
import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

import lf

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_libc = ctypes.CDLL(None, use_errno=True)


def _ns(call, *args):
    if getattr(_libc, call)(*args) != 0:
        e = ctypes.get_errno()
        raise OSError(e, f"{call}: {os.strerror(e)}")


def enter_own():
    """Skips where namespaces are not allowed.  Who is not root becomes root of a user namespace of its own first."""
    if os.geteuid() != 0 and "LF_LOSSY" not in os.environ:
        r = subprocess.run(["unshare", "-rn", "true"], capture_output=True, text=True)
        if r.returncode:
            raise lf.Skip("no namespaces here: " + r.stderr.strip())
        os.environ["LF_LOSSY"] = "1"
        os.execvp("unshare", ["unshare", "-rn", sys.executable, *sys.argv])
    try:
        _ns("unshare", CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True, capture_output=True)
        fd = os.open("/dev/net/tun", os.O_RDWR)
        os.close(fd)
    except (OSError, subprocess.CalledProcessError) as e:
        raise lf.Skip(f"no network namespaces or no TUN devices here: {e}") from None


class Network:
    """A network namespace with its own lo.  `with network:` what is started or opened is in it."""

    def __init__(self):
        self.back = os.open("/proc/self/ns/net", os.O_RDONLY)
        _ns("unshare", CLONE_NEWNET)
        self.fd = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.ip("link", "set", "lo", "up")
        _ns("setns", self.back, CLONE_NEWNET)

    def __enter__(self):
        _ns("setns", self.fd, CLONE_NEWNET)
        return self

    def __exit__(self, *_):
        _ns("setns", self.back, CLONE_NEWNET)

    @staticmethod
    def ip(*words):
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def tun(self, name, own, other, *routes):
        """A point-to-point device; the descriptor at which packets leave and enter."""
        with self:
            fd = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
            self.ip("addr", "add", own, "peer", other, "dev", name)
            self.ip("link", "set", name, "up")
            for r in routes:
                self.ip("route", "add", r, "dev", name)
        return fd


class Path:
    """Carries packets between pairs of descriptors in a process of its own until the test ends."""

    def __init__(self, pairs, one_way_s, loss, seed):
        self.pid = os.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            try:
                _carry(pairs, one_way_s, loss, random.Random(seed))
            finally:
                os._exit(1)
        lf._cleanup.append(self.close)

    def close(self):
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _carry(pairs, one_way_s, loss, rng):
    to = {}
    for a, b in pairs:
        to[a], to[b] = b, a
    late, n = [], 0
    while True:
        wait = max(0.0, late[0][0] - time.monotonic()) if late else None
        for fd in select.select(list(to), [], [], wait)[0]:
            packet = os.read(fd, 65536)
            if rng.random() >= loss:
                n += 1
                heapq.heappush(late, (time.monotonic() + one_way_s, n, to[fd], packet))
        while late and late[0][0] <= time.monotonic():
            _, _, fd, packet = heapq.heappop(late)
            with contextlib.suppress(OSError):
                os.write(fd, packet)
