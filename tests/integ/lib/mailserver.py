"""A mail server for tests (RFC 5321), and a certificate for it."""
import base64
import email
import email.policy
import hashlib
import socketserver
import ssl
import subprocess
import threading


def certificate(home):
    """A context with a certificate of its own, and the pin of its key; None without openssl."""
    if subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", home / "key.pem", "-out",
                       home / "cert.pem", "-days", "2", "-subj", "/CN=127.0.0.1"], capture_output=True).returncode:
        return None
    spki = subprocess.run(["openssl", "x509", "-in", home / "cert.pem", "-noout", "-pubkey"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki, capture_output=True, check=True).stdout
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "cert.pem", home / "key.pem")
    return context, hashlib.sha256(der).hexdigest()


class MailServer:
    """SMTP (RFC 5321) with TLS from the first byte, or after STARTTLS; what it replies can be set."""

    def __init__(self, context, implicit=True, starttls=True):
        outer = self
        self.mails, self.raws, self.lines, self.replies, self.logins = [], [], [], {}, []  # raws: the bytes of mails

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write((text + "\r\n").encode())
                self.wfile.flush()

            def handle(self):
                tls, sender, to = implicit, None, []
                if implicit:
                    self.wrap()
                self.say("220 mail.example ESMTP")
                while line := self.rfile.readline(2000).decode(errors="replace").strip():
                    outer.lines.append((tls, line))
                    word = line.split()[0].upper()
                    if reply := outer.replies.get(word):
                        self.say(reply)
                    elif word == "EHLO":
                        self.say("250-mail.example")
                        if starttls and not tls:
                            self.say("250-STARTTLS")
                        self.say("250 AUTH PLAIN LOGIN" if tls else "250 SIZE 1000000")
                    elif word == "STARTTLS":
                        self.say("220 go on")
                        self.wrap()
                        tls = True
                    elif word == "AUTH":
                        if len(line.split()) == 2:
                            self.say("334 ")
                            secret = self.rfile.readline().decode().strip()
                        else:
                            secret = line.split()[2]
                        outer.logins.append(base64.b64decode(secret).decode().split("\0")[1:])
                        self.say("235 welcome")
                    elif word == "MAIL":
                        sender, to = line.split(":", 1)[1], []
                        self.say("250 ok")
                    elif word == "RCPT":
                        to.append(line.split(":", 1)[1])
                        self.say("250 ok")
                    elif word == "DATA":
                        self.say("354 go on")
                        text = b""
                        while (row := self.rfile.readline()) not in (b".\r\n", b""):
                            text += row[1:] if row.startswith(b".") else row
                        outer.raws.append(text)
                        outer.mails.append((sender, to, email.message_from_bytes(text, policy=email.policy.default)))
                        self.say("250 2.0.0 queued as 42")
                    elif word == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("500 what?")

            def wrap(self):
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                pass  # a client that does not trust us goes away

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]
