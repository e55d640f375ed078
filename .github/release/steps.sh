# Functions shared by the release scripts, which source this file.

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
