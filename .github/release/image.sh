#!/usr/bin/env bash
# Finds the image of this commit: image.sh. Tags are immutable, so a build that runs again must not push the same tag.
#   REPOSITORY, GITHUB_SHA   the repository of the service's images, and the commit
# Writes the digest to the outputs of the step; nothing if there is no such image.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

digest=$(aws ecr batch-get-image --repository-name "$REPOSITORY" --image-ids "imageTag=$GITHUB_SHA" \
  --query 'images[0].imageId.imageDigest' --output text)
[ "$digest" != None ] || digest=''
echo "digest=$digest" >>"$GITHUB_OUTPUT"
