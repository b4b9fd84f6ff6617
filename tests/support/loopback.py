"""A Hub on 127.0.0.1 for the tests, in a process of its own.

It answers what huggingface_hub asks for, no more. Run as `python loopback.py`, it prints its
address and serves until its standard input closes. Tests steer it with `PUT /_/file/<repo>/<path>`
(store a file), `PUT /_/fault/<repo>` (body: how that repo misbehaves, see `FAULTS`) and
`GET /_/log` (the requests so far) and `GET /_/tokens` (who made them, by path).
"""

import hashlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from loopback_api import Api
from loopback_memory import Hub
from loopback_replies import Replies

FAULTS = {
    "",  # none
    "redirect",  # the bytes lie on another server, as the Hub's large files do
    "gated",
    "token expired",  # 401 for whoever brings one, as the Hub does even for what is open to all
    "unavailable",  # 503
    "silent",  # accepts and never answers
    "silent storage",  # the Hub answers, the server with the bytes does not
    "portal",  # a log-in page answers instead of the Hub
    "truncated",  # half of the body, each time
    "broken once",  # the first body ends early, the next ones do not
    "tampered",  # right size, one byte wrong
    "slow",
}
SILENCE = 40  # seconds: longer than any test waits
BREAKING_POINT = 11 << 20  # bytes after which "broken once" ends: past one chunk of the client


class Handler(Api, Replies, BaseHTTPRequestHandler):
    """Answers for the Hub and, on a second port, for the storage behind it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge
    hub: Hub

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def do_PUT(self):
        self.answer()

    def answer(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/_/"):
            self.steer(path[3:])
            return
        self.hub.log.append([self.command, path, self.headers.get("Range", "")])
        self.hub.tokens.setdefault(path, []).append(self.headers.get("Authorization", ""))
        if path.startswith("/blob/"):
            self.blob(path.split("/")[2])
        elif "/resolve/" in path:
            self.resolve(path)
        else:
            self.api(path)

    def steer(self, what: str):
        if what == "log":
            self.reply(json.dumps(self.hub.log).encode())
            return
        if what == "tokens":
            self.reply(json.dumps(self.hub.tokens).encode())
            return
        kind, namespace, name, *rest = what.split("/")
        repo = f"{namespace}/{name}"
        if kind == "fault":
            assert self.body.decode() in FAULTS, self.body
            self.hub.faults[repo] = self.body.decode()
            self.reply(b"")
        else:
            self.reply(self.hub.commit(repo, {"/".join(rest): self.body}).encode())

    def resolve(self, path: str):
        where, _, rest = path.strip("/").partition("/resolve/")
        revision, _, name = rest.partition("/")
        fault = self.hub.faults.get(where, "")
        if fault == "silent":
            time.sleep(SILENCE)
            self.close_connection = True
        elif fault == "unavailable":
            self.reply(b"", 503)
        elif fault == "portal":
            self.reply(b"<html>Please log in</html>", headers={"Content-Type": "text/html"})
        elif fault == "token expired" and self.headers.get("Authorization"):
            self.refuse(401, "Invalid credentials in Authorization header")
        elif fault == "gated":
            self.refuse(403, "GatedRepo")
        elif where not in self.hub.commits:
            self.refuse(404, "RepoNotFound")
        elif (commit := self.hub.at(where, revision)) is None:
            self.refuse(404, "RevisionNotFound")
        elif name not in self.hub.trees[commit]:
            self.refuse(404, "EntryNotFound")
        else:
            self.file(commit, self.hub.trees[commit][name], fault)

    def file(self, commit: str, content: bytes, fault: str):
        digest = hashlib.sha256(content).hexdigest()
        about = {"X-Repo-Commit": commit, "ETag": f'"{digest}"'}
        if fault in ("redirect", "silent storage"):
            self.hub.blobs[digest] = content if fault == "redirect" else None
            about |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            self.reply(b"", 302, about | {"Location": f"{self.hub.storage}/blob/{digest}"})
            return
        if fault == "slow" and self.command == "GET":
            time.sleep(0.5)
        if fault == "tampered":
            content = content[:-1] + bytes([content[-1] ^ 1])
        cut = {"truncated": len(content) // 2, "broken once": BREAKING_POINT}.get(fault)
        if fault == "broken once" and self.command == "GET":
            self.hub.faults = dict.fromkeys(self.hub.faults, "")
        self.reply(content, headers=about, cut=cut)

    def blob(self, digest: str):
        content = self.hub.blobs.get(digest)
        if self.command == "PUT":
            self.hub.blobs[digest] = self.body
            self.reply(b"")
        elif content is None:
            time.sleep(SILENCE)
            self.close_connection = True
        else:
            self.reply(content)


def main():
    hub = Hub()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    addresses = [f"http://127.0.0.1:{server.server_port}" for server in servers]
    hub.storage = addresses[1]
    Handler.hub = hub
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(addresses[0], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
