# What the scripts share: where things are, how to speak and how to fail. Sourced, never run.

caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
self="script/${0##*/}"
cd "$root"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$self: $*"
  exit 1
}

# KEY=VALUE lines of .env count only where the environment does not say otherwise.
load_env() {
  local line
  [ -f .env ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    [ -n "${!BASH_REMATCH[1]+set}" ] || export "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}"
  done <.env
}

from_caller() { # PATH: the absolute form of a path that the person typed
  case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$caller" "$1" ;; esac
}

load_env
var=$(cd "$caller" && mkdir -p "${CASAGIS_VAR:-$root/var}" && cd "${CASAGIS_VAR:-$root/var}" && pwd -P)
export CASAGIS_VAR=$var
python=$root/.venv/bin/python

# The private cluster for as long as this script runs. The last script that uses it stops it, unless a person
# started it with script/postgres start.
borrowed=$var/postgres.borrowed
use_postgres() {
  exec 8>>"$var/postgres.users"
  flock -s 8
  if [ -z "${DATABASE_URL:-}" ] && ! script/postgres status 2>/dev/null; then
    script/postgres start
    : >"$borrowed"
  fi
  trap release_postgres EXIT
}
release_postgres() {
  if [ -e "$borrowed" ] && flock -n -x 8; then script/postgres stop; fi
}
