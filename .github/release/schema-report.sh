#!/usr/bin/env bash
# Describes the change of the public schema since a commit, as a comment for a pull request: schema-report.sh COMMIT.
# A pull request has no access to the registries: their use by clients is checked after the merge, before the deployment.
set -euo pipefail
shopt -s inherit_errexit

main() {
  local scratch former current
  scratch=$(mktemp -d)
  git archive "$1" schema/subgraphs | tar --extract --directory "$scratch"
  former=$(git show "$1:subgraphs/services.json" | names)
  current=$(names <subgraphs/services.json)
  # shellcheck disable=SC2086 -- names have no blanks
  schema "$scratch" publish $former --sdl "$scratch/schema/subgraphs" --by base --unasked 'a committed schema' >/dev/null
  # A refusal is part of the report. A schema that does not compose fails the checks of the commit itself.
  # shellcheck disable=SC2086
  schema "$scratch" check $current --sdl schema/subgraphs --markdown || true
}

schema() {
  npm run --silent schema -- "${@:2}" --registry "$1/registry"
}

names() {
  jq --raw-output '[.[].name] | join(" ")'
}

main "$@"
