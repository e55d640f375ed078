#!/usr/bin/env bash
# Waits until the checks of the commit GITHUB_SHA have ended, and fails unless they passed.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

for _ in $(seq "${CHECK_ATTEMPTS:-120}"); do
  state=$(gh run list --repo "$GITHUB_REPOSITORY" --workflow ci.yml --branch main --commit "$GITHUB_SHA" --limit 1 \
    --json status,conclusion --jq '.[0] | "\(.status) \(.conclusion)"')
  case "$state" in
    'completed success') exit 0 ;;
    completed*) fail "the checks of $GITHUB_SHA ended with ${state#completed }" ;;
  esac
  sleep "${CHECK_SECONDS:-30}"
done
fail "the checks of $GITHUB_SHA have not ended in time"
