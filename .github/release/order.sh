#!/usr/bin/env bash
# Keeps the deployments of a service to an environment in order: order.sh begin|end|wait.
#   CLUSTER, SERVICE    the service and its environment
#   GITHUB_RUN_NUMBER   the number of this run: those of the main branch are in the order of its commits
#   REVERT_TO           `SERVICE NUMBER`: the earlier run that may be deployed over a later one
#   OUTCOME             the result of the deployment, for `end`: `success`, or any other value for a failure
#   SETTLE_SECONDS      the time within which a branch that has passed `wait` starts its tasks. Default: 30
# A parameter of the environment contains the run that was deployed last and, during a release, the time by which it ends.
# Releases of one service run one at a time, so that `begin` and `end` need no lock. Branches only read the parameter: `wait`
# ends when no release takes place. A release does not wait until branches are stable: `begin` only pauses until those that
# have passed `wait` have started their tasks, which the release then replaces.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

# A release ends after an hour at the latest (`timeout-minutes`), unless its runner is lost.
release_seconds=4200

main() {
  case "$1" in
    begin) begin ;;
    end) finish ;;
    wait) await_release ;;
    *) return 64 ;;
  esac
}

begin() {
  local state deployed
  state=$(state)
  deployed=$(jq --raw-output '.run // 0' <<<"$state")
  [ "$GITHUB_RUN_NUMBER" -ge "$deployed" ] || [ "${REVERT_TO:-}" = "$SERVICE $GITHUB_RUN_NUMBER" ] ||
    fail "run $deployed of $SERVICE is deployed already, and is later than this run $GITHUB_RUN_NUMBER: to return to this one, set the variable REVERT_TO of the GitHub environment to '$SERVICE $GITHUB_RUN_NUMBER' and run the job again"
  store "$(jq --compact-output --argjson until "$(($(date +%s) + release_seconds))" '. + { $until }' <<<"$state")"
  sleep "${SETTLE_SECONDS:-30}"
}

finish() {
  if [ "$OUTCOME" = success ]; then
    store "$(jq --null-input --compact-output --argjson run "$GITHUB_RUN_NUMBER" --arg commit "$GITHUB_SHA" '{ $run, $commit }')"
  else
    local state
    state=$(state)
    store "$(jq --compact-output 'del(.until)' <<<"$state")"
  fi
}

await_release() {
  local state until
  for _ in $(seq "${ORDER_ATTEMPTS:-180}"); do
    state=$(state)
    until=$(jq '.until // 0' <<<"$state")
    [ "$until" -gt "$(date +%s)" ] || return 0
    sleep "${ORDER_SECONDS:-10}"
  done
  fail "a release of $SERVICE still takes place: run this job again after it"
}

# Prints the content of the parameter, or an empty object before the first release.
state() {
  local found
  if found=$(aws ssm get-parameter --name "$(parameter)" --query Parameter.Value --output text 2>"$RUNNER_TEMP/failure"); then
    echo "$found"
  elif grep --quiet ParameterNotFound "$RUNNER_TEMP/failure"; then
    echo '{}'
  else
    cat "$RUNNER_TEMP/failure" >&2
    return 1
  fi
}

store() {
  aws ssm put-parameter --name "$(parameter)" --type String --overwrite --value "$1" --query Version --output text
}

parameter() {
  echo "/marquee/${CLUSTER#marquee-}/$SERVICE/release"
}

main "$@"
