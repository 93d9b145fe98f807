# What the tests need beside the program: real servers, a browser, a validator. Not run by itself; needs common.sh.

postgres_bin() {
  local newest
  newest=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$newest" ]; then
    echo "$newest"
  elif command -v initdb >/dev/null; then
    dirname "$(readlink -f "$(command -v initdb)")"
  fi
}

# Installs what is missing. Newly installed servers are neither started nor enabled: each test starts its own, on
# loopback, in a temporary folder.
need_servers() {
  local missing=()
  [ -n "$(postgres_bin)" ] || missing+=(postgresql)
  [ -x /usr/sbin/postfix ] || missing+=(postfix)
  [ -x /usr/lib/dovecot/imap ] || missing+=(dovecot-imapd)
  command -v chromium >/dev/null || missing+=(chromium fonts-liberation)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  if [ ${#missing[@]} -gt 0 ]; then
    have_root || fail "The full tests need Debian packages. As root, run: apt-get install ${missing[*]}
or test without them: scripts/test --quick"
    local policy=/usr/sbin/policy-rc.d ours=no
    if [ ! -e "$policy" ]; then
      ours=yes
      printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
      as_root chmod 755 "$policy"
    fi
    # "No configuration": Postfix must not become a mail server for this machine.
    if command -v debconf-set-selections >/dev/null; then
      echo "postfix postfix/main_mailer_type select No configuration" | as_root debconf-set-selections
    fi
    local installed=0
    (install "The tests need servers" "${missing[@]}") || installed=$?
    [ "$ours" = no ] || as_root rm -f "$policy"
    [ "$installed" = 0 ] || exit "$installed"
    if [ -d /run/systemd/system ]; then
      local service
      for service in postgresql postfix dovecot; do
        case " ${missing[*]} " in
          *" $service"*) as_root systemctl disable --now "$service" >/dev/null 2>&1 || true ;;
        esac
      done
    fi
  fi
  local version
  version=$("$(postgres_bin)/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
  [ "$version" -ge 15 ] || fail "PostgreSQL 15 or newer is needed; found $version."
}

# An independent FHIR validator in a Python environment of its own, made again when the list of packages changes.
need_python() {
  local list=scripts/requirements-test.txt folder="${CARGO_TARGET_DIR:-target}/test-python"
  if ! cmp -s "$list" "$folder/requirements-test.txt"; then
    say "Python packages for the tests"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install -q -r "$list"
    cp "$list" "$folder/"
  fi
  BETWEEN_TEST_PYTHON="$(realpath "$folder")/bin/python"
  export BETWEEN_TEST_PYTHON
}

postgres_folder=
postgres_user=()

# start_postgres SETTING...: a server of our own on a free loopback port, with its files in a temporary folder.
start_postgres() {
  local bin password port setting log settings=()
  bin=$(postgres_bin)
  # PostgreSQL refuses to run as root.
  [ "$(id -u)" != 0 ] || postgres_user=(runuser -u postgres --)
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/between-postgres.XXXXXX")
  log="$postgres_folder/log"
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "$password" >"$postgres_folder/password"
  [ "$(id -u)" != 0 ] || chown -R postgres "$postgres_folder"
  (
    cd "$postgres_folder"
    "${postgres_user[@]}" "$bin/initdb" -D data --username=between --auth=scram-sha-256 --pwfile=password \
      --encoding=UTF8 --locale=C.UTF-8 --no-sync
  ) >"$log.initdb" 2>&1 || fail "initdb failed: $(cat "$log.initdb")"
  for setting in "$@"; do settings+=("-c $setting"); done
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    # Below the range from which the system gives out ports by itself.
    port=$((20000 + RANDOM % 12000))
    if (
      cd "$postgres_folder"
      "${postgres_user[@]}" "$bin/pg_ctl" start -w -D data -l "$log" \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_folder -c max_connections=300 ${settings[*]}"
    ) >/dev/null 2>&1; then
      export BETWEEN_TEST_POSTGRES="postgres://between:$password@127.0.0.1:$port/postgres"
      export BETWEEN_TEST_POSTGRES_BIN="$bin"
      return
    fi
  done
  fail "PostgreSQL did not start: $(tail -n 20 "$log" 2>/dev/null)"
}

stop_servers() {
  if [ -n "$postgres_folder" ]; then
    (
      cd "$postgres_folder"
      "${postgres_user[@]}" "$(postgres_bin)/pg_ctl" stop -m immediate -D data
    ) >/dev/null 2>&1 || true
    rm -rf "$postgres_folder"
    postgres_folder=
  fi
}
