#!/usr/bin/env bash
# The schema of a service in the registry: registry.sh note|publish|restore.
#   SERVICE, REGISTRY   whose schema, and where it is published
# What `note` finds is where `restore` goes back to.
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
  local told
  told=$(registry publish "$SERVICE" --by "$GITHUB_ACTOR")
  echo "$told"
  remember PUBLISHED_VERSION sed -n 's/^Version \([0-9]*\) is live\.$/\1/p' <<<"$told"
}

# A rollback takes everybody's changes back that came later: it is for people when somebody else has published since.
restore() {
  local now
  [ -n "${PUBLISHED_VERSION:-}" ] || return 0
  [ -n "$FORMER_VERSION" ] || fail "nothing was published before version $PUBLISHED_VERSION"
  now=$(newest)
  [ "$now" = "$PUBLISHED_VERSION" ] || fail "others have published since version $PUBLISHED_VERSION: look before you roll back"
  registry rollback "$FORMER_VERSION" --by "$GITHUB_ACTOR"
}

# The number of the newest version; nothing when there is none.
newest() {
  registry history | sed -n 's/^ *\([0-9][0-9]*\)  .*/\1/p' | head -1
}

registry() {
  npm run --silent schema -- "$@" --registry "$REGISTRY"
}

main "$@"
