"""A session of piapi, as a script that looks after the jobs of Cisco Prime Infrastructure has it: what is there, all of it page by
page, some of it by conditions, and orders to jobs and runs."""

import piapi

from session import GATEWAY, raised, runner, say


def summaries(**conditions):
    """What `request_data` finds, in the order of their ids: pages that are asked for at once come in any order."""
    found = prime.request_data("JobSummary", conditions, hold=0)
    return sorted((one["jobSummaryDTO"] for one in found), key=lambda job: job["@id"])


def shown(job, *names):
    return {name: job[name] for name in ("@id", *names) if name in job}


def ordered(name, **payload):
    """An order by service call; the ids it succeeded and failed for."""
    result = prime.request_service(name, payload)["mgmtResponse"]["operationResult"][0]
    return {way: [one["id"] for one in result[way][way]] for way in ("success", "failure")}


def runs(name, *ids):
    return ordered(name, jobRunOperationPayload={"runIds": {"runId": list(ids)}})


def jobs(name, *ids):
    return ordered(name, jobOperationPayload={"jobIds": {"jobId": list(ids)}})


def history(**conditions):
    found = prime.request_service("runhistory", conditions)["mgmtResponse"]["job"]
    return {
        job["jobId"]: [shown(run, "runId", "runStatus", "resultStatus") for run in job["runInstances"]["runInstance"]]
        for job in found
    }


prime = piapi.PIAPI(GATEWAY, "operator", "secret")
say("what can be read", sorted(prime.data_resources))
say("what can be ordered", sorted(prime.service_resources))

# 253 jobs, 20 on a page, three pages asked for at a time.
everything = prime.request_data("JobSummary", paging_size=20, concurrent_requests=3, hold=0)
ids = [one["jobSummaryDTO"]["@id"] for one in everything]
say("all of them", {"jobs": len(ids), "each once": len(set(ids)) == len(ids), "first": min(ids), "last": max(ids)})
# The size of a page that piapi has by itself, and its attribute for each resource.
say("in one page", len(prime.JobSummary))

say("by the beginning of a name", len(summaries(jobName='startsWith("Import 1")')))
say("by a list of types", [job["@id"] for job in summaries(jobType='in("SwimDistribution","ConfigArchive")')])
say("by a part and by a user", [job["@id"] for job in summaries(jobName='contains("image")', username="ana")])
either = {"jobName": 'eq("Bulk import")', "jobType": "ConfigArchive", ".or_filter": "true"}
say("by one of two conditions", [job["@id"] for job in summaries(**either)])
say("by the state of the latest run", [job["@id"] for job in summaries(jobStatus="SCHEDULED", runStatus="RUNNING")])
between = 'between("2026-01-01T03:00:00","2026-01-01T03:00:59")'
say("by the time of a run", [job["@id"] for job in summaries(lastStartTime=between)])
say("of a virtual domain", len(prime.request("JobSummary", {"username": "ana"}, virtual_domain="ROOT-DOMAIN", hold=0)))
by_name = prime.request_data("JobSummary", {"jobType": "BulkImport", ".sort": "-jobName"}, paging_size=300, hold=0)
names = [one["jobSummaryDTO"]["jobName"] for one in by_name]
say("in the order asked for", [names[0], names[-1], names == sorted(names, reverse=True)])

say("one job", [shown(job, "jobName", "jobStatus", "runId", "runStatus", "username") for job in summaries(jobName='"Nightly image upgrade"')])
say("its runs", history(jobId="7"))
say("the runs of several", history(jobId="in(7,8)", startTime=between))
say("no conditions, no runs", history())

# Triggers, by the ids of jobs.
say("suspend", jobs("suspend", 7))
say("suspended", [shown(job, "jobStatus", "runStatus") for job in summaries(jobName='"Nightly image upgrade"')])
say("resume", jobs("resume", 7))
say("cancel one that is over, too", jobs("cancel", 7, 8))
# Runs, by their own ids.
say("cancelrunning", runs("cancelrunning", 15, 25, 16, 999))
say("cancelled at once, or told to stop", history(jobId="7"))
runner(15, "cancelled")
say("stopped", history(jobId="7"))
say("the job", [shown(job, "jobStatus", "runStatus", "resultStatus") for job in summaries(jobName='"Nightly image upgrade"')])
say("cancelrunning again", runs("cancelrunning", 15))

# What its user sees of refusals.
say("no such resource", raised(prime.request_data, "Devices"))
say("no such service", raised(prime.request_service, "runnow"))
say("nothing found", raised(prime.request_data, "JobSummary", {"jobName": "nobody"}, hold=0))
say("no such attribute", raised(prime.request_data, "JobSummary", {"jobNames": "x"}, hold=0))
say("no such operator", raised(prime.request_data, "JobSummary", {"jobName": 'like("x")'}, hold=0))
say("no such operator of runs", raised(prime.request_service, "runhistory", {"jobId": "like(7)"}))
say("no ids", raised(prime.request_service, "cancelrunning", {"jobRunOperationPayload": {"runIds": {}}}))
say("pages that are too large", raised(prime.request_data, "JobSummary", paging_size=1001, hold=0))
guessed = piapi.PIAPI(GATEWAY, "operator", "guess")
say("a wrong password", raised(guessed.request_data, "JobSummary"))
reader = piapi.PIAPI(GATEWAY, "reader", "secret")
say("a reader reads", len(reader.request_data("JobSummary", {"jobType": "ConfigArchive"}, hold=0)))
payload = {"jobRunOperationPayload": {"runIds": {"runId": 35}}}
say("a reader orders", raised(reader.request_service, "cancelrunning", payload))
