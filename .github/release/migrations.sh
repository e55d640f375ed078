#!/usr/bin/env bash
# Fails if the branch of a pull request adds migrations of SERVICE: migrations.sh. They would stay in the database of staging,
# where those of the main branch could then no longer be applied.
#   needs the merge commit of the pull request with its parents
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

changed=$(git diff --name-only HEAD^1 HEAD -- "subgraphs/$SERVICE/migrations")
[ -z "$changed" ] || fail "merge these migrations first, staging would keep them: ${changed//$'\n'/ }"
