"""Python's `requests` with the adapter that most long-lived scripts have: it sends again, POST and PUT too, what failed on
the way or was answered 500, 502, 503 or 504. So no refusal may be one of these, and no cancel may count twice. Its session
keeps cookies: Prime's stands for the login that it was given for, and for no more."""

import socket
import threading
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from session import GATEWAY, runner, say

PRIME = "/webacs/api/v3/op/jobService/cancelrunning.json"
ESS = "/ess/rest/scheduler/v1/requests"
ODAG = "/api/odag/v1/requests"
VIEW = "/dbapi.do"


def client(user="operator", password="secret"):
    """A session as such scripts make it, without the pauses between its tries."""
    retry = Retry(total=6, backoff_factor=0, status_forcelist=[500, 502, 503, 504], allowed_methods=None)
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=retry))
    session.auth = (user, password)
    session.headers["Accept"] = "application/json"
    return session


def tries(answer):
    """How often a request was sent until this was its answer."""
    return 1 + len(answer.raw.retries.history)


def shown(answer):
    return {"status": answer.status_code, "tries": tries(answer)}


class LosesFirstAnswers(threading.Thread):
    """A line on which requests get through and the first answers do not: it is cut when they are on their way back."""

    def __init__(self, losses):
        super().__init__(daemon=True)
        self.losses = losses
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self):
        gateway = urlsplit(GATEWAY)
        while True:
            near, _ = self.listener.accept()
            with near, socket.create_connection((gateway.hostname, gateway.port)) as far:
                # The gateway closes its side when it has answered, so that the end of the answer is known.
                far.sendall(self.request(near).replace(b"Connection: keep-alive", b"Connection: close", 1))
                answer = b"".join(iter(lambda: far.recv(65536), b""))
                if self.losses > 0:
                    self.losses -= 1
                else:
                    near.sendall(answer)

    @staticmethod
    def request(near):
        """One request, with as much of a body as its head says."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += near.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while len(body) < int(lengths[0] if lengths else 0):
            body += near.recv(65536)
        return head + b"\r\n\r\n" + body


scripts = client()

# Every refusal of a business kind is told once.
refusals = {
    "no such run": ("PUT", PRIME, {"jobRunOperationPayload": {"runIds": {"runId": 999}}}),
    "a finished run": ("PUT", PRIME, {"jobRunOperationPayload": {"runIds": {"runId": 16}}}),
    "no run at all": ("PUT", PRIME, {"jobRunOperationPayload": {"runIds": {}}}),
    "a finished request": ("POST", f"{ESS}/306/cancel", None),
    "no such request": ("POST", f"{ESS}/999/cancel", None),
    "not held": ("POST", f"{ESS}/302/release", None),
    "not failed": ("PUT", f"{ODAG}/5f0000000000000000000204?action=ackfailure", None),
    "no such action": ("PUT", f"{ODAG}/5f0000000000000000000204?action=stop", None),
    "not in the cache": ("GET", f"{VIEW}?action=abortRequest&dataset=defaultDs&requestId=1_1", None),
    "no request named": ("GET", f"{VIEW}?action=getStatus&dataset=defaultDs", None),
    "no such place": ("GET", f"{ESS}/301/nowhere", None),
}
for name, (method, path, body) in refusals.items():
    say(name, shown(scripts.request(method, GATEWAY + path, json=body, timeout=30)))
say("a reader", shown(client("reader").post(f"{GATEWAY}{ESS}/301/cancel", timeout=30)))
say("a wrong password", shown(client("operator", "guess").post(f"{GATEWAY}{ESS}/301/cancel", timeout=30)))

# Two answers are lost on the way back; the third try is told what the first one did.
line = LosesFirstAnswers(losses=2)
line.start()
say("a request at work is cancelled", shown(scripts.post(f"{line.url}{ESS}/302/cancel", timeout=30)))
say("it is", scripts.get(f"{GATEWAY}{ESS}/302?fields=state", timeout=30).json())
line.losses = 2
run = {"jobRunOperationPayload": {"runIds": {"runId": 15}}}
answer = scripts.put(line.url + PRIME, json=run, timeout=30)
say("a run at work is cancelled", shown(answer) | answer.json()["mgmtResponse"]["operationResult"][0]["success"])
line.losses = 1
answer = scripts.put(f"{line.url}{ODAG}/5f0000000000000000000202?action=cancel", timeout=30)
say("an app at work is cancelled", shown(answer) | {"state": answer.json()["state"]})

# Whoever hammers is told the same each time, and the runner is told once.
hammered = [shown(scripts.post(f"{GATEWAY}{ESS}/302/cancel", timeout=30)) for _ in range(6)]
say("cancelled six times more", hammered)
runner(302, "cancelled")
say("cancelled when it has ended", shown(scripts.post(f"{GATEWAY}{ESS}/302/cancel", timeout=30)))

# One login by password, and then the cookie alone.
summary = f"{GATEWAY}/webacs/api/v3/data/JobSummary/9.json"
by_cookie = client()
say("a login", shown(by_cookie.get(summary, timeout=30)) | {"cookies": by_cookie.cookies.keys()})
by_cookie.auth = None
say("by the cookie", shown(by_cookie.get(summary, timeout=30)))
run = {"jobRunOperationPayload": {"runIds": {"runId": 35}}}
say("a run is cancelled by it", shown(by_cookie.put(GATEWAY + PRIME, json=run, timeout=30)))
by_cookie.cookies.clear()
say("without it", shown(by_cookie.get(summary, allow_redirects=False, timeout=30)))
reads = client("reader")
reads.get(summary, timeout=30)
reads.auth = None
say("a reader's cookie", shown(reads.put(GATEWAY + PRIME, json=run, timeout=30)))
