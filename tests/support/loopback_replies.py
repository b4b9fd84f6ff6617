"""How the loopback Hub puts an answer on the wire."""

import json


class Replies:
    """For a request handler of http.server."""

    def json(self, value, status=200):
        self.reply(json.dumps(value).encode(), status, {"Content-Type": "application/json"})

    def refuse(self, status: int, code: str):
        self.reply(b"", status, {"X-Error-Code": code, "X-Error-Message": code})

    def reply(self, content: bytes, status=200, headers=None, cut: int | None = None):
        """Send `content`, or the part of it that was asked for; end after `cut` bytes of it."""
        asked = self.headers.get("Range", "")
        if status == 200 and asked:
            first, last = asked.removeprefix("bytes=").split("-")
            total, first = len(content), int(first)
            content = content[first : int(last) + 1 if last else total]
            headers = dict(headers or {})
            headers["Content-Range"] = f"bytes {first}-{first + len(content) - 1}/{total}"
            status = 206
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[:cut])
            self.close_connection = cut is not None

    def log_message(self, *_):
        """The tests ask for the log themselves."""
