#!/usr/bin/env bash
# Changes a service's schema in the registry: registry.sh note|reduce|publish|preview|restore|restore-removals.
#   SERVICE, REGISTRY   the service, and the registry's address
#   PUBLISHER           the function that writes the registry; the role of this job may ask it only for this service
#   RELOAD_SECONDS      the time in which all gateways load a new supergraph
#   GRAPH               the preview graph of `preview`
# Before the tasks are replaced, `reduce` publishes removals; afterwards `publish` publishes additions. A rollback
# goes back in the opposite order: `restore` to a schema that the new and the former tasks serve, then, after the former
# tasks run again, `restore-removals` to the version that `note` recorded. Both leave the schemas of other services alone.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

sdl="$(dirname "${BASH_SOURCE[0]}")/../../schema/subgraphs/$SERVICE.graphql"

main() {
  case "$1" in
    note) remember FORMER_VERSION newest ;;
    reduce) reduce ;;
    publish) publish ;;
    preview) request --rawfile sdl "$sdl" --arg graph "$GRAPH" '{ command: "preview", $sdl, $graph, $by }' ;;
    restore) restore ;;
    restore-removals) restore_removals ;;
    *) return 64 ;;
  esac
}

reduce() {
  local output
  # Not repeated by the CLI: a second attempt would find nothing to remove, and a rollback would not restore the removals.
  output=$(AWS_MAX_ATTEMPTS=1 request --rawfile sdl "$sdl" '{ command: "removals", $sdl, $by }')
  echo "$output"
  remember REDUCED_VERSION version_in "$output"
  [ -z "$(version_in "$output")" ] || sleep "${RELOAD_SECONDS:-15}"
}

# The tasks cannot be asked from outside their network. They are stable with the image of the same commit.
publish() {
  local output
  output=$(request --rawfile sdl "$sdl" --arg note 'not asked: its tasks run the image of this schema' \
    '{ command: "publish", $sdl, $note, $by }')
  echo "$output"
  remember PUBLISHED_VERSION version_in "$output"
}

# If the publication failed, it may have succeeded without an answer: then nothing is expected of the live schema.
restore() {
  local expected=${PUBLISHED_VERSION:-null} target=${REDUCED_VERSION:-${FORMER_VERSION:-}}
  return_to "$target" "$expected" RESTORED_VERSION
}

restore_removals() {
  # Unset if the step failed, empty if nothing was removed.
  [ "${REDUCED_VERSION-unknown}" != '' ] || return 0
  return_to "${FORMER_VERSION:-}" "${RESTORED_VERSION:-${REDUCED_VERSION:-null}}" FINAL_VERSION
}

# Returns to the service's schema of a version, unless it was published again after the expected one:
# return_to VERSION EXPECTED NAME.
return_to() {
  local output
  [ -n "$1" ] || fail "there is no version before this deployment"
  output=$(request --argjson number "$1" --argjson expected "$2" \
    '{ command: "restore", $number, $by } + if $expected then { $expected } else {} end')
  echo "$output"
  remember "$3" version_in "$output"
}

# Asks the publisher and prints its output: request OPTION... FILTER, as for `jq`. Fails with the reason of a refusal.
request() {
  local answer="$RUNNER_TEMP/answer.json" failure
  jq --null-input --arg by "$GITHUB_ACTOR" "$@" >"$RUNNER_TEMP/request.json"
  failure=$(READ_SECONDS=150 aws lambda invoke --function-name "$PUBLISHER" --qualifier "${PUBLISHER_ALIAS:-$SERVICE}" \
    --cli-binary-format raw-in-base64-out --payload "file://$RUNNER_TEMP/request.json" \
    --query FunctionError --output text "$answer")
  [ "$failure" = None ] || fail "the publisher failed: $(head -c 500 "$answer")" >&2
  jq --exit-status --raw-output '.output // empty' "$answer" || fail "$(jq --raw-output .error "$answer")" >&2
}

version_in() {
  sed -n 's/^Version \([0-9]*\) is live.*/\1/p' <<<"$1"
}

# Prints the number of the newest version, or nothing if nothing has been published.
newest() {
  npm run --silent schema -- history --registry "$REGISTRY" | sed -n 's/^ *\([0-9][0-9]*\)  [0-9].*/\1/p' | head -1
}

main "$@"
