"""What the Python sessions share: where the gateway is, one line for each step, and what a runner says of a job."""

import json
import sys
import urllib.request

GATEWAY, CONTROL = sys.argv[1:3]


def say(step, value):
    """A step, and what the client made of it."""
    print(f"{step}: {json.dumps(value, ensure_ascii=False)}", flush=True)


def raised(call, *arguments, **named):
    """The exception that a call ends in, as its user sees it."""
    try:
        return {"returned": call(*arguments, **named)}
    except Exception as error:  # whatever it is, it is what the session shows
        return {"raised": type(error).__name__, "says": str(error)}


def runner(number, state):
    """The runner's side, by the control API: what has become of a job."""
    event = json.dumps({"state": state, "runner": "a session"}).encode()
    headers = {"Authorization": "Bearer control-token-of-tests", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{CONTROL}/v1/jobs/{number}/events", data=event, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
