"""piapi where the mount lets a user make five requests in a window that outlasts the session: what it is for that piapi holds between
its pages, and what its user sees who does not wait."""

import piapi

from session import GATEWAY, raised, say

prime = piapi.PIAPI(GATEWAY, "operator", "secret")
# The catalogue, the count, and three pages: five.
say("five requests", len(prime.request_data("JobSummary", paging_size=1, hold=0)))
say("a sixth", raised(prime.request_data, "JobSummary", hold=0))
# The text that some scripts look for; what is refused does not count, so it is the same each time.
for _ in range(2):
    answer = prime.session.get(f"{GATEWAY}/webacs/api/v3/data/JobSummary.json")
    say("the refusal", [answer.status_code, answer.json()["errorDocument"]["message"]])
# Orders count as well, and another user has a window of his own.
say("an order", raised(prime.request_service, "cancelrunning", {"jobRunOperationPayload": {"runIds": {"runId": 15}}}))
say("another user", len(piapi.PIAPI(GATEWAY, "reader", "secret").service_resources))
