# Shared by the scripts beside this folder; not run by itself.

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Cargo, also right after rustup's installation, before the shell has read its profile again.
need_cargo() {
  if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  command -v cargo >/dev/null || fail "Rust is missing. Install it with rustup (https://rustup.rs), then run this again."
}

# Runs a command with root's rights: as it is for root, else by sudo where a person can answer it or none is needed.
have_root() { [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# install WHY PACKAGE...: Debian packages, or a plain sentence where they cannot be installed.
install() {
  local why=$1
  shift
  command -v apt-get >/dev/null || fail "$why. This is not Debian: please install what its packages $* hold."
  have_root || fail "$why. As root, run: apt-get install --no-install-recommends $*"
  say "Installing Debian packages: $*"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# A linker for Rust, and a C compiler and make for the parts that are C: SQLite, the cryptography in ring, and jemalloc.
need_compiler() {
  local works='#include <stdio.h>
int main(void) { return 0; }'
  if ! cc -x c -o /dev/null - <<<"$works" 2>/dev/null; then
    install "A C compiler with its headers is needed to build" gcc libc6-dev
  fi
  command -v make >/dev/null || install "make is needed to build" make
}
