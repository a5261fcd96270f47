#!/bin/sh
# An operator's shell script: curl, its exit codes, and what it prints, in all four dialects.
# $1 is the gateway, $2 the control API, where the script also plays the runner. Prints one line for each step.
set -u
prime="$1/webacs/api/v3"
prime1="$1/webacs/api/v1"
view="$1/dbapi.do"
odag="$1/api/odag/v1/requests"
ess="$1/ess/rest/scheduler/v1/requests"
control="$2/v1"

# Prints what a call of curl prints, the status and curl's exit code: 22 is an HTTP status of 400 or more.
step() {
  name="$1"
  shift
  printf '%s: ' "$name"
  curl --silent --fail-with-body --write-out ' [%{http_code}]' "$@"
  printf ' exit %s\n' "$?"
}
# The same as somebody who may write.
as_operator() {
  name="$1"
  shift
  step "$name" --user operator:secret "$@"
}
# What a runner says of its job.
runner() {
  curl --silent --fail --output /dev/null -H 'Authorization: Bearer control-token-of-tests' -H 'Content-Type: application/json' \
    --data "{\"state\":\"$2\",\"runner\":\"curl.sh\"}" "$control/jobs/$1/events" || echo "the runner of $1 was refused"
}

echo '# cisco-prime'
run25='<jobRunOperationPayload><runIds><runId>25</runId></runIds></jobRunOperationPayload>'
step 'no password' -X PUT -H 'Content-Type: application/xml' --data "$run25" -o /dev/null "$prime/op/jobService/cancelrunning.json"
step 'wrong password' --user operator:guess -X PUT -H 'Content-Type: application/xml' --data "$run25" -o /dev/null \
  "$prime/op/jobService/cancelrunning.json"
step 'a reader' --user reader:secret -X PUT -H 'Content-Type: application/xml' --data "$run25" "$prime/op/jobService/cancelrunning.json"
as_operator 'the type that --data has by itself' -X PUT --data "$run25" "$prime/op/jobService/cancelrunning.json"
as_operator 'one run, as XML' -X PUT -H 'Content-Type: application/xml' --data "$run25" "$prime/op/jobService/cancelrunning.xml"
# --upload-file of a pipe is chunked, and its PUT needs no -X.
printf '{"jobRunOperationPayload":{"runIds":{"runId":[15,16]}}}' |
  as_operator 'two runs, from a pipe' -H 'Content-Type: application/json' --upload-file - "$prime/op/jobService/cancelrunning.json"
as_operator 'the job at work' "$prime1/data/JobSummary/7.json"
runner 15 cancelled
printf '%s' '{"jobOperationPayload":{"jobIds":{"jobId":7}}}' |
  as_operator 'its trigger, from standard input' -X PUT -H 'Content-Type: application/json' --data-binary @- "$prime1/op/jobService/cancel.json"
as_operator 'a PUT that should be' -H 'Content-Type: application/xml' --data "$run25" "$prime/op/jobService/cancelrunning.json"
as_operator 'a login' --cookie-jar "$HOME/prime.cookies" -o /dev/null "$prime/data/JobSummary/8.json"
step 'its cookie' --cookie "$HOME/prime.cookies" -o /dev/null "$prime/data/JobSummary/8.json"
as_operator 'a page of ids' "$prime1/data/JobSummary.json?.maxResults=1&.sort=jobName"
as_operator 'only the head' --head -o /dev/null "$prime/data/JobSummary/8.json"

echo '# hitachi-detail-view'
as_operator 'at work' "$view?action=getStatus&dataset=defaultDs&requestId=316829382_14"
as_operator 'nothing new' --get --data action=getStatus --data-urlencode dataset=defaultDs --data-urlencode requestId=316829382_14 "$view"
as_operator 'to be aborted' --max-time 20 "$view?action=abortRequest&dataset=defaultDs&requestId=316829382_14"
runner 101 cancelled
as_operator 'aborted' "$view?action=abortRequest&dataset=defaultDs&requestId=316829382_14"
as_operator 'complete' "$view?action=getStatus&dataset=defaultDs&requestId=12344"
as_operator 'drained' "$view?action=getStatus&dataset=defaultDs&requestId=12344"
step 'no password' "$view?action=getStatus&dataset=defaultDs&requestId=12344"
step 'a token' -H 'Authorization: Bearer token-of-reader' "$view?action=getStatus&dataset=defaultDs&requestId=1_1"

echo '# qlik-odag'
# -X PUT without data sends neither a body nor its length; --data '' sends a length of 0 and a form's type.
as_operator 'pause' -X PUT "$odag/5f0000000000000000000201?action=pause" -o /dev/null
as_operator 'pause again' -X PUT "$odag/5f0000000000000000000201?action=pause"
as_operator 'resume' -X PUT --data '' "$odag/5f0000000000000000000201?action=resume" -o /dev/null
as_operator 'cancel' -X PUT --data '' "$odag/5f0000000000000000000201?action=cancel&autoAck=true"
as_operator 'no such action' -X PUT "$odag/5f0000000000000000000202?action=stop"

echo '# oracle-ess'
as_operator 'hold' -X POST -o /dev/null "$ess/301/hold"
as_operator 'all that are held' --get --data-urlencode 'q=state eq "HOLD"' --data fields=requestId,state "$ess/search/1"
as_operator 'what it is now' "$ess/301?fields=requestId,state,previousState"
as_operator 'release' -X POST --data '' -o /dev/null "$ess/301/release"
as_operator 'cancel' -X POST -H 'Content-Type: application/json' -o /dev/null "$ess/301/cancel"
as_operator 'cancel again' -X POST "$ess/301/cancel"
as_operator 'a parent' -X POST -o /dev/null "$ess/303/cancel"
as_operator 'its child at work' "$ess/305?fields=state"
runner 305 cancelled
as_operator 'the parent now' "$ess/303?fields=state"
as_operator 'delete it' -X DELETE "$ess/303"
as_operator 'deleted' -X POST "$ess/303/cancel"
