# Functions shared by the release scripts, which source this file.

export AWS_RETRY_MODE=standard
export AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-3}"

# Calls the AWS CLI. An attempt waits 10 s for a connection, and a minute (READ_SECONDS) for an answer.
aws() {
  command aws "$@" --cli-connect-timeout 10 --cli-read-timeout "${READ_SECONDS:-60}"
}

# Stores a command's output in a variable for later steps: remember NAME command...
remember() {
  local found
  found=$("${@:2}")
  echo "$1=$found" >>"$GITHUB_ENV"
}

fail() {
  echo "::error::$1"
  exit 1
}
