"""Requests byte by byte, as only a client does that means harm or has a bad line."""

import json
import select
import socket
import ssl
import time


def trusting(certificate):
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    return context


class Line:
    """A connection to a proxy, with TLS unless it is told otherwise, from an address of this machine."""

    def __init__(self, address, tls, source="127.0.0.1", seconds=120):
        self.socket = socket.create_connection(address, timeout=seconds, source_address=(source, 0))
        self.host = f"api.example.com:{address[1]}"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="api.example.com")
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def head(self, method, path, *headers):
        return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self.host}", *headers, "", ""])

    def ask(self, method, path, body=None, *headers):
        if body is not None:
            body = json.dumps(body).encode()
            headers = (*headers, "Content-Type: application/json", f"Content-Length: {len(body)}")
        self.send(self.head(method, path, *headers).encode() + (body or b""))
        return self.answer()

    def send_until_answered(self, parts):
        """Sends one part after the other, until an answer comes: who goes on after that may lose it."""
        for part in parts:
            try:
                self.send(part)
            except OSError:
                return
            if select.select([self.socket], [], [], 0.005)[0]:
                # It may be a message of TLS's own, of which nothing is to be read.
                before = self.socket.gettimeout()
                self.socket.settimeout(0.05)
                try:
                    if not self._more() or self.rest:
                        return
                except TimeoutError:
                    pass
                finally:
                    self.socket.settimeout(before)

    def _more(self):
        more = self.socket.recv(65536)
        self.rest += more
        return bool(more)

    def until(self, mark):
        while mark not in self.rest:
            if not self._more():
                raise ConnectionError("the connection ended")
        found, self.rest = self.rest.split(mark, 1)
        return found

    def answer_head(self):
        first, *lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split()[1]), headers

    def answer(self):
        status, headers = self.answer_head()
        if "content-length" in headers:
            while len(self.rest) < int(headers["content-length"]):
                if not self._more():
                    raise ConnectionError("the connection ended within an answer")
            body, self.rest = self.rest[: int(headers["content-length"])], self.rest[int(headers["content-length"]) :]
        elif headers.get("transfer-encoding") == "chunked":
            body = b"".join(self.chunks())
        elif status == 204:
            body = b""
        else:
            while self._more():
                pass
            body, self.rest = self.rest, b""
        return Answer(status, headers, body)

    def chunks(self):
        while True:
            size = int(self.until(b"\r\n"), 16)
            while len(self.rest) < size + 2:
                if not self._more():
                    raise ConnectionError("the connection ended within a chunk")
            chunk, self.rest = self.rest[:size], self.rest[size + 2 :]
            if not size:
                return
            yield chunk

    def end(self):
        """Waits until the other side ends the connection; what it says before, and after how long."""
        began, said = time.monotonic(), b""
        try:
            while more := self.socket.recv(65536):
                said += more
        except (ConnectionError, ssl.SSLError, ssl.SSLEOFError):
            pass
        return said, time.monotonic() - began


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def is_json(self):
        try:
            return "application/json" in self.headers.get("content-type", "") and "detail" in self.json()
        except ValueError:
            return False

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:200]}"


def parsed(said):
    """The answer in what was received at the end of a connection, if there is one."""
    if b"\r\n\r\n" not in said:
        return None
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)
