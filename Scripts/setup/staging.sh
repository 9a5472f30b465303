# shellcheck shell=bash
# Folders appear whole or not at all: they are made beside their place, under a lock, and renamed into it.

# Holds FOLDER's lock until the script ends: a second set-up waits for the first and then finds its work done.
lock() {
  can_lock "$1" || return 0
  exec 9>"$1/.lock" || die_unwritable "$1"
  take_lock 9 "$1"
}

# The same for the downloads, which several clones share: until the script, or the subshell, ends. Whoever needs both
# locks takes the other first.
lock_cache() {
  can_lock "$cache" || return 0
  # Both may be one folder.
  [ ! "$cache/.lock" -ef "$deps/.lock" ] || return 0
  exec 8>"$cache/.lock" || die_unwritable "$cache"
  take_lock 8 "$cache"
}

can_lock() {
  mkdir -p -- "$1" || die_unwritable "$1"
  command -v flock >/dev/null 2>&1
}

take_lock() {
  if ! flock -n "$1"; then
    say "Another set-up is at work in $2; waiting for it."
    flock "$1"
  fi
}

die_unwritable() { die "cannot write in $1" "name another: PARLANCE_DEPS=DIR, PARLANCE_CACHE=DIR"; }

# Makes an empty folder beside the places of FOLDER and names it. What a killed run left there is removed; so the
# caller holds the lock. Where the system has no locks, only what nobody can be at work on any more goes.
stage() {
  local age=()
  command -v flock >/dev/null 2>&1 || age=(-mtime +0)
  find "$1" -maxdepth 1 -name '.stage-*' ${age[@]+"${age[@]}"} -exec rm -rf -- {} +
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
