#!/usr/bin/env bash
# Manages a service's schema in the registry: registry.sh note|publish|restore.
#   SERVICE, REGISTRY   the service, and the registry's address
# `restore` returns to the version that `note` recorded.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

main() {
  case "$1" in
    note) remember FORMER_VERSION newest ;;
    publish) publish ;;
    restore) restore ;;
    *) return 64 ;;
  esac
}

publish() {
  local output
  output=$(registry publish "$SERVICE" --by "$GITHUB_ACTOR")
  echo "$output"
  remember PUBLISHED_VERSION sed -n 's/^Version \([0-9]*\) is live\.$/\1/p' <<<"$output"
}

# A rollback also reverts later changes of other services, so a person must decide if another service has published since.
restore() {
  local now
  [ -n "${PUBLISHED_VERSION:-}" ] || return 0
  [ -n "$FORMER_VERSION" ] || fail "there is no version before $PUBLISHED_VERSION"
  now=$(newest)
  [ "$now" = "$PUBLISHED_VERSION" ] || fail "others have published since version $PUBLISHED_VERSION: check their changes before you roll back"
  registry rollback "$FORMER_VERSION" --by "$GITHUB_ACTOR"
}

# Prints the number of the newest version, or nothing if nothing has been published.
newest() {
  registry history | sed -n 's/^ *\([0-9][0-9]*\)  .*/\1/p' | head -1
}

registry() {
  npm run --silent schema -- "$@" --registry "$REGISTRY"
}

main "$@"
