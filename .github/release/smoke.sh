#!/usr/bin/env bash
# Asks the graph at GRAPH_URL, as a guest, for something of more than one service; it has half a minute to answer well.
set -euo pipefail

query='{ shows(first: 1) { edges { node { slug addedBy { handle } } } } }'

for _ in $(seq "${SMOKE_ATTEMPTS:-15}"); do
  answer=$(curl --silent --show-error --max-time 10 "$GRAPH_URL/graphql" --header 'content-type: application/json' \
    --data "$(jq --null-input --arg query "$query" '{ $query }')" || true)
  good=$(jq '.errors == null and .data.shows != null' <<<"$answer" 2>/dev/null || true)
  if [ "$good" = true ]; then
    echo "$GRAPH_URL answers"
    exit 0
  fi
  sleep 2
done
echo "::error::$GRAPH_URL does not answer as it should: ${answer:0:300}"
exit 1
