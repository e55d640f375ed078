#!/usr/bin/env bash
# Checks that the named variables have a value: variables.sh NAME... GitHub replaces a missing variable by nothing, and later
# steps would fail with errors that do not name it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

missing=()
for name in "$@"; do
  [ -n "${!name:-}" ] || missing+=("$name")
done
[ ${#missing[@]} = 0 ] ||
  fail "set these variables of the GitHub environment (deploy/README.md lists them): ${missing[*]}"
