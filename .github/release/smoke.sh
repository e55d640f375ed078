#!/usr/bin/env bash
# Sends a query of all services with public data to GRAPH_URL as a guest, and retries for half a minute until it succeeds.
#   GRAPH_PATH   the path of the graph. Default: /graphql
set -euo pipefail

query='{ shows(first: 1) { edges { node { slug addedBy { handle } } } } taxonomy(category: STYLE) { id } feed(first: 1) { edges { cursor } } }'

for _ in $(seq "${SMOKE_ATTEMPTS:-15}"); do
  answer=$(curl --silent --show-error --max-time 10 "$GRAPH_URL${GRAPH_PATH:-/graphql}" --header 'content-type: application/json' \
    --data "$(jq --null-input --arg query "$query" '{ $query }')" || true)
  good=$(jq '.errors == null and .data.shows != null' <<<"$answer" 2>/dev/null || true)
  if [ "$good" = true ]; then
    echo "$GRAPH_URL answers without errors"
    exit 0
  fi
  sleep 2
done
echo "::error::$GRAPH_URL does not answer the query without errors: ${answer:0:300}"
exit 1
