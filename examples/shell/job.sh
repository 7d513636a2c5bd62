#!/usr/bin/env bash
# job.sh: a shell script that tells how far it is, with nothing but curl.
#
#     examples/shell/job.sh
#
# It finds the server and the token in HERALD_URL and HERALD_TOKEN. What it says
# while the server is away is lost, and the work goes on: for more than that run a
# script under "herald run", and have it print lines such as "::progress 45".
set -euo pipefail

url=${HERALD_URL:-http://127.0.0.1:8080}/api/tasks
id=shell-$(date +%s)-$$
pause=${PAUSE:-0.5}

# herald PATH JSON: one request, which fails nothing and takes two seconds at most.
# The token comes by a pipe: everybody on the machine may read a program's arguments.
herald() {
  curl -s --max-time 2 -K <(printf 'header = "Authorization: Bearer %s"\n' "${HERALD_TOKEN:-}") "$url$1" -d "$2" || true
}

# tell JSON: one report. It waits while the task is paused, and ends the script when
# it is cancelled: the answer says so.
tell() {
  answer=$(herald "/$id/progress" "$1")
  while [[ $answer == *'"control":"pause"'* ]]; do
    sleep "$pause"
    answer=$(herald "/$id/heartbeat" '{}')
  done
  if [[ $answer == *'"control":"cancel"'* ]]; then
    echo "task $id was cancelled"
    exit 1
  fi
}

herald "" '{"id": "'"$id"'", "title": "Copy files", "steps": [{"name": "Copy"}, {"name": "Check"}], "controls": ["pause"]}' >/dev/null
echo "task $id"
trap 'herald "/$id/progress" "{\"status\": \"failed\", \"error\": \"the script failed\"}" >/dev/null' ERR
for n in 1 2 3 4 5; do
  sleep "$pause" # the work
  tell '{"step": "Copy", "step_progress": '$((n * 20))', "message": "file '$n' of 5"}'
done
tell '{"step": "Check", "step_status": "running"}'
sleep "$pause"
tell '{"status": "completed", "result": {"files": 5}}'
echo "done"
