"""The requests that PowerShell and .NET programs send, byte for byte: the order and the spelling of their headers, what they do
to a body, and that they wait to be told to send it. PowerShell itself is in no package registry that this repository uses.

Windows PowerShell 5.1 and .NET Framework (HttpWebRequest): headers of the script, User-Agent, Content-Type, Host,
Content-Length, `Expect: 100-continue` with every body, `Connection: Keep-Alive` with the first request of a connection.
The order is that of published captures."""

import base64
import json
import socket
from urllib.parse import urlsplit

from session import GATEWAY, runner, say

HOST = urlsplit(GATEWAY).netloc
POWERSHELL_5 = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1237"
POWERSHELL_7 = "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.1"
CANCEL_RUNNING = "/webacs/api/v3/op/jobService/cancelrunning"
XML = "application/xml; charset=utf-8"


class ServicePoint:
    """A connection that is kept alive, as HttpWebRequest keeps it: another one is made when an answer says that it is
    closed."""

    def __init__(self):
        self.connections = 0
        self.connect()

    def connect(self):
        address = urlsplit(GATEWAY)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=30)
        self.answers = self.socket.makefile("rb")
        self.is_first = True
        self.connections += 1

    def send(self, method, path, content_type=None, body=b"", user="operator", password="secret", agent=POWERSHELL_5):
        """Sends a request; the body only when told to continue. The last status, the body, and all statuses before."""
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        lines = [f"{method} {path} HTTP/1.1", f"Authorization: Basic {credentials}", f"User-Agent: {agent}"]
        lines += [f"Content-Type: {content_type}"] if content_type else []
        lines += [f"Host: {HOST}"]
        lines += [f"Content-Length: {len(body)}"] if method != "GET" else []
        lines += ["Expect: 100-continue"] if body else []
        lines += ["Connection: Keep-Alive"] if self.is_first else []
        self.is_first = False
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        interim = []
        status, headers, text = self.answer()
        while status == 100:
            interim.append(status)
            self.socket.sendall(body)
            status, headers, text = self.answer()
        if headers.get("connection", "").lower() == "close":
            self.connect()
        return status, text, interim

    def answer(self):
        status_line = self.answers.readline()
        status = int(status_line.split()[1])
        headers = {}
        while line := self.answers.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self.answers.read(int(headers.get("content-length", 0)))


def payload(run, prolog=""):
    return f"{prolog}<jobRunOperationPayload><runIds><runId>{run}</runId></runIds></jobRunOperationPayload>"


def cancel(connection, body, content_type=XML, suffix=".json", **who):
    """Cancels runs; what each came to, or what the refusal says."""
    status, text, interim = connection.send("PUT", CANCEL_RUNNING + suffix, content_type, body, **who)
    try:
        said = json.loads(text)
    except ValueError:
        return {"status": status, "interim": interim, "is": "no JSON"}
    if "errorDocument" in said:
        return {"status": status, "interim": interim, "message": said["errorDocument"]["message"]}
    result = said["mgmtResponse"]["operationResult"][0]
    ids = {way: [one["id"] for one in result[way][way]] for way in ("success", "failure")}
    return {"status": status, "interim": interim} | ids


connection = ServicePoint()
# Two requests on one connection: each waits to be told to send its body.
say("a string, as Invoke-RestMethod sends it", cancel(connection, payload(15).encode()))
say("again, on the same connection", cancel(connection, payload(15).encode()))
# A StreamWriter begins with a byte order mark; [xml] that is saved has line ends and a prolog.
saved = '\ufeff' + payload(25, '<?xml version="1.0" encoding="utf-8"?>\r\n')
say("a saved document, with its byte order mark", cancel(connection, saved.encode()))
# ConvertTo-Json of 5.1: two blanks after each colon, CRLF.
pretty = '{\r\n    "jobRunOperationPayload":  {\r\n        "runIds":  {\r\n            "runId":  [15, 16]\r\n        }\r\n    }\r\n}'
say("ConvertTo-Json", cancel(connection, pretty.encode(), "application/json"))
# Without -Depth it makes one string of a list that is too deep: nothing may be done with half of it.
cut = '{\r\n    "jobRunOperationPayload":  {\r\n        "runIds":  {\r\n            "runId":  "35 36"\r\n        }\r\n    }\r\n}'
say("ConvertTo-Json, cut at its depth", cancel(connection, cut.encode(), "application/json"))
# A StringWriter calls every document UTF-16, and the bytes are UTF-8 all the same.
declared = payload(36, '<?xml version="1.0" encoding="utf-16"?>')
say("a StringWriter's UTF-16 in UTF-8", cancel(connection, declared.encode()))
# An [xml] body is sent in the encoding that it declares, without a mark; Encoding.Unicode writes one.
declared = declared.replace("36", "46")
say("an [xml] that declares UTF-16", cancel(connection, declared.encode("utf-16-le"), "application/xml"))
say("with the byte order mark of it", cancel(connection, declared.encode("utf-16"), "text/xml; charset=utf-16"))
say("with -ContentType left out", cancel(connection, payload(35).encode(), None))
say("PowerShell 7", cancel(ServicePoint(), payload(45).encode(), "application/xml", agent=POWERSHELL_7))

# A refusal that needs no body comes instead of the invitation to send it.
say("a wrong password", cancel(connection, payload(36).encode(), password="guess"))
say("a reader", cancel(connection, payload(36).encode(), user="reader"))

# A POST without a body has a form's type and a length of 0; a PUT without one has only the length.
FORM = "application/x-www-form-urlencoded"
status, _, _ = connection.send("POST", "/ess/rest/scheduler/v1/requests/302/cancel", FORM)
say("a POST without a body", status)
runner(302, "cancelled")
status, body, _ = connection.send("GET", "/ess/rest/scheduler/v1/requests/302?fields=state")
say("the state", [status, json.loads(body)])
status, body, _ = connection.send("PUT", "/api/odag/v1/requests/5f0000000000000000000201?action=cancel")
say("a PUT without a body", [status, json.loads(body)["state"]])
status, body, _ = connection.send("GET", "/dbapi.do?action=getStatus&dataset=defaultDs&requestId=12344")
say("a GET", [status, json.loads(body)["status"]])
# An answer in XML is what Invoke-RestMethod makes an object of.
status, body, _ = connection.send("GET", "/webacs/api/v3/data/JobSummary/8")
say("an answer in XML", [status, body.decode().split("?>")[0] + "?>"])
# One for the requests that were answered in full, and another after each refusal that came before the body.
say("connections", connection.connections)
