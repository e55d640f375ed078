#!/usr/bin/env bash
# Manages a service's schema in the registry: registry.sh note|reduce|publish|restore|restore-removals.
#   SERVICE, REGISTRY   the service, and the registry's address
#   RELOAD_SECONDS      the time in which all gateways load a new supergraph
# Before the tasks are replaced, `reduce` publishes removals; afterwards `publish` publishes additions. A rollback
# goes back in the opposite order: `restore` to a schema that the new and the former tasks serve, then, after the former
# tasks run again, `restore-removals` to the version that `note` recorded.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

main() {
  case "$1" in
    note) remember FORMER_VERSION newest ;;
    reduce) reduce ;;
    publish) publish ;;
    restore) restore ;;
    restore-removals) restore_removals ;;
    *) return 64 ;;
  esac
}

reduce() {
  local output
  output=$(registry publish "$SERVICE" --removals --by "$GITHUB_ACTOR")
  echo "$output"
  remember REDUCED_VERSION version_in "$output"
  [ -z "$(version_in "$output")" ] || sleep "${RELOAD_SECONDS:-15}"
}

# The tasks cannot be asked from outside their network. They are stable with the image of the same commit.
publish() {
  local output
  output=$(registry publish "$SERVICE" --by "$GITHUB_ACTOR" --unasked 'its tasks run the image of this schema')
  echo "$output"
  remember PUBLISHED_VERSION version_in "$output"
}

restore() {
  [ -n "${PUBLISHED_VERSION:-}" ] || return 0
  roll_back "$PUBLISHED_VERSION" "${REDUCED_VERSION:-$FORMER_VERSION}" RESTORED_VERSION
}

restore_removals() {
  [ -n "${REDUCED_VERSION:-}" ] || return 0
  roll_back "${RESTORED_VERSION:-$REDUCED_VERSION}" "$FORMER_VERSION" FINAL_VERSION
}

# A rollback also reverts later changes of other services, so a person must decide if another service has published since:
# roll_back EXPECTED VERSION NAME.
roll_back() {
  local now output
  [ -n "$2" ] || fail "there is no version before $1"
  now=$(newest)
  [ "$now" = "$1" ] || fail "others have published since version $1: check their changes before you roll back"
  output=$(registry rollback "$2" --by "$GITHUB_ACTOR")
  echo "$output"
  remember "$3" version_in "$output"
}

version_in() {
  sed -n 's/^Version \([0-9]*\) is live.*/\1/p' <<<"$1"
}

# Prints the number of the newest version, or nothing if nothing has been published.
newest() {
  registry history | sed -n 's/^ *\([0-9][0-9]*\)  [0-9].*/\1/p' | head -1
}

registry() {
  npm run --silent schema -- "$@" --registry "$REGISTRY"
}

main "$@"
