# shellcheck shell=bash
# Debian packages without being root, and without touching the machine's own lists of packages.

# Downloads packages into WORK/debs: fetch_packages WORK PACKAGE... Runs apt on lists of our own; the person's sources and keys
# stay, and hooks that tidy the machine's own folders do not run.
fetch_packages() {
  local work=$1
  shift
  mkdir -p -- "$work/lists/partial" "$work/archives/partial" "$work/debs"
  cat >"$work/apt.conf" <<TEXT
Dir::State::lists "$work/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$work";
Dir::Log "$work";
APT::Sandbox::User "";
APT::Get::AllowUnauthenticated "false";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
TEXT
  # A third party's source that does not answer is no reason to stop: the download below tells.
  apt-get -qq -c "$work/apt.conf" update || say "Some package lists could not be fetched; going on with the others."
  (cd -- "$work/debs" && apt-get -qq -c "$work/apt.conf" download "$@")
}
