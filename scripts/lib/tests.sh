# How the tests are run. Not run by itself; needs common.sh.

# run_tests PROFILE ARGUMENT...: by nextest, else by cargo's own runner.
run_tests() {
  local profile=$1
  shift
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --profile "$profile" "$@"
  else
    echo "cargo-nextest is not installed: running cargo test instead (the same tests, one process for all)."
    cargo test --locked --lib --bins --tests
  fi
}
