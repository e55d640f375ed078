#!/usr/bin/env bash
# Finds the services whose branch runs on staging: labels.sh. The label `staging:users` of a pull request names one.
#   ACTION         what happened to the pull request; `merged` for those of the commit GITHUB_SHA, `all` for every service
#   LABEL          the label that was added or removed
#   LABELS         all of its labels, as JSON
# Writes two lists to the outputs of the step: `staged` will be deployed, `returned` go back to the main branch.
set -euo pipefail
shopt -s inherit_errexit

main() {
  case "$ACTION" in
    labeled) write "$(services "$(jq --null-input '[env.LABEL]')")" '[]' ;;
    unlabeled) write '[]' "$(services "$(jq --null-input '[env.LABEL]')")" ;;
    closed) write '[]' "$(services "$LABELS")" ;;
    merged)
      LABELS=$(gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" --jq '[.[].labels[].name]')
      write '[]' "$(services "$LABELS")"
      ;;
    all) write '[]' "$(jq --compact-output '[.[].name] + ["gateway"]' subgraphs/services.json)" ;;
    *) write "$(services "$LABELS")" '[]' ;;
  esac
}

# Labels of services that do not exist are ignored.
services() {
  jq --compact-output --argjson labels "$1" \
    '[.[].name] + ["gateway"] | map(select("staging:" + . | IN($labels[])))' subgraphs/services.json
}

write() {
  printf 'staged=%s\nreturned=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

main "$@"
