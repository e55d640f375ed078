# What the scripts of a release share; each reads it in.

# Keeps what a command says for later steps: remember NAME command...
remember() {
  local found
  found=$("${@:2}")
  echo "$1=$found" >>"$GITHUB_ENV"
}

fail() {
  echo "::error::$1"
  exit 1
}
