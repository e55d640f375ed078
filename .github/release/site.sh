#!/usr/bin/env bash
# Replaces the files of a front end: site.sh FOLDER
#   SITE_BUCKET, SITE_DISTRIBUTION   the outputs of the stack `site`
# New files come first and old ones go last, so that a page that is loading finds its files.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

folder=$1
[ -f "$folder/index.html" ] || fail "$folder has no index.html"
# Builds name their assets by content; pages keep their names.
aws s3 sync "$folder" "s3://$SITE_BUCKET" --exclude '*.html' --cache-control 'public, max-age=31536000, immutable'
aws s3 sync "$folder" "s3://$SITE_BUCKET" --exclude '*' --include '*.html' --cache-control 'no-cache'
aws cloudfront create-invalidation --distribution-id "$SITE_DISTRIBUTION" --paths '/*' --query Invalidation.Id --output text
aws s3 sync "$folder" "s3://$SITE_BUCKET" --delete --size-only
