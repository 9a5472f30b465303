# shellcheck shell=bash
# Folders appear whole or not at all: they are made beside their place, under a lock, and renamed into it.

# Holds FOLDER's lock until the script ends: a second set-up waits for the first and then finds its work done.
lock() {
  mkdir -p -- "$1" || die "cannot make the folder $1" "name another: PARLANCE_DEPS=DIR, PARLANCE_CACHE=DIR"
  command -v flock >/dev/null 2>&1 || return 0
  exec 9>"$1/.lock" || die "cannot write in $1" "name another: PARLANCE_DEPS=DIR, PARLANCE_CACHE=DIR"
  if ! flock -n 9; then
    say "Another set-up is at work in $1; waiting for it."
    flock 9
  fi
}

# Makes an empty folder beside the places of FOLDER and names it. What a killed run left there is removed; so the
# caller holds the lock.
stage() {
  rm -rf -- "$1"/.stage-*
  mktemp -d -- "$1/.stage-XXXXXX"
}

# Puts the folder STAGED at PLACE. Should the machine stop between the two renames, PLACE is missing and the next run
# makes it again.
publish() {
  chmod 755 "$1"
  if [ -e "$2" ] || [ -L "$2" ]; then
    local old
    old=$(mktemp -d -- "${2%/*}/.stage-XXXXXX")
    mv -- "$2" "$old/"
  fi
  mv -- "$1" "$2"
  [ -z "${old:-}" ] || rm -rf -- "$old"
}
