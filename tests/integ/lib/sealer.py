"""Peers for signed and encrypted mail: gpg with a home of its own, and openssl's CMS."""
import atexit
import pathlib
import subprocess
import tempfile


def run(*argv, input=None, ok=True):
    r = subprocess.run([str(x) for x in argv], input=input, capture_output=True)
    assert not ok or r.returncode == 0, (argv, r.stderr.decode(errors="replace"))
    return r


class Gpg:
    """A key ring of its own; its agent ends with the test."""

    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="lfg")  # short: the agent's socket lies in it
        pathlib.Path(self.dir.name).chmod(0o700)
        atexit.register(lambda: (subprocess.run(["gpgconf", "--homedir", self.dir.name, "--kill", "all"], capture_output=True), self.dir.cleanup()))

    def __call__(self, *argv, input=None, ok=True, at=None):
        fake = ["--faked-system-time", at] if at else []
        return run("gpg", "--homedir", self.dir.name, "--batch", "--yes", "--no-tty", "--trust-model", "always", "--pinentry-mode", "loopback", "--passphrase", "",
                   *fake, *argv, input=input, ok=ok)

    def make(self, address, algo="future-default", until="never", name="", at=None):
        self("--quick-generate-key", f"{name} <{address}>".strip(), algo, "default", until, at=at)
        return self.fingerprint(address)

    def fingerprint(self, address):
        out = self("--with-colons", "--list-keys", address).stdout.decode()
        return next(line.split(":")[9].lower() for line in out.splitlines() if line.startswith("fpr"))

    def public(self, who):
        return self("--armor", "--export", who).stdout.decode()

    def secret(self, who):
        return self("--armor", "--export-secret-keys", who).stdout.decode()

    def revoke(self, fingerprint):
        text = (pathlib.Path(self.dir.name) / "openpgp-revocs.d" / (fingerprint.upper() + ".rev")).read_text()
        self("--import", input=text.replace(":-----BEGIN", "-----BEGIN").encode())


def smime(home, address, days=30, algo="rsa", san=True, start=None):
    """(key and certificate in PEM, certificate in PEM, SHA-256 of it); self-signed, as the node asks no authority."""
    name = f"{address.split('@')[0]}-{algo}-{days}"
    key, cert = home / f"{name}.key", home / f"{name}.crt"
    new = ["rsa:2048"] if algo == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    use = "digitalSignature,keyEncipherment" if algo == "rsa" else "digitalSignature,keyAgreement"
    run("openssl", "req", "-x509", "-newkey", *new, "-nodes", "-keyout", key, "-out", cert, "-days", days, "-subj", f"/CN={address.split('@')[0]}",
        "-addext", f"subjectAltName=email:{address}", "-addext", f"keyUsage=critical,{use}", "-addext", "extendedKeyUsage=emailProtection")
    print_ = run("openssl", "x509", "-in", cert, "-noout", "-fingerprint", "-sha256").stdout.decode().split("=")[1].strip().replace(":", "").lower()
    return key.read_text() + cert.read_text(), cert.read_text(), print_
