# Sourced: Debian packages that the other scripts need.

packages_build=(libfcgi-dev libssl-dev libsqlite3-dev libcrypt-dev libcurl4-openssl-dev pkg-config)
# What the programs are linked with, by the names of Debian 12; what later releases have instead provides these names.
packages_libraries=(libfcgi0ldbl libssl3 libsqlite3-0 libcrypt1)
# Opened at the first call to another server.
packages_outbound=(libcurl4 ca-certificates)
packages_run=(nginx spawn-fcgi multiwatch)
packages_demo=(python3 python3-venv)
packages_test=(python3 python3-venv curl openssl chromium firefox-esr fonts-dejavu-core apache2
    libapache2-mod-auth-openidc glewlwyd faketime sqlite3)

# Itself, or a package that provides it.
is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]] ||
        grep -qE "^installed (.*, )?$1( \\(.*)?(,|$)" <<<"$(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' 2>/dev/null)"
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "This needs root, and there is no sudo here. As root: $*" >&2
        return 1
    fi
}

# Installs what is missing, and says nothing when nothing is. No service is started, now or at the next boot; what ran
# before goes on.
need_packages() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if ! command -v apt-get >/dev/null; then
        echo "Please install what these Debian packages hold, then run this again: ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    # Kept in a script of its own: it undoes the policy also when it is interrupted, and asks for root once.
    if ! as_root bash -c "$packages_installer" _ "${missing[@]}" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "Installing failed; the whole log is $log" >&2
        return 1
    fi
    rm -f "$log"
}

packages_installer='
set -u
policy=/usr/sbin/policy-rc.d
kept=
if [[ -e $policy || -L $policy ]]; then
    kept=$policy.before-postern
    mv "$policy" "$kept"
fi
restore() {
    rm -f "$policy"
    [[ -z $kept ]] || mv "$kept" "$policy"
}
trap restore EXIT
trap "exit 130" INT TERM HUP
printf "#!/bin/sh\nexit 101\n" >"$policy"
chmod 0755 "$policy"
export DEBIAN_FRONTEND=noninteractive
install=(apt-get install -y --no-install-recommends "$@")
"${install[@]}" || { apt-get update && "${install[@]}"; } || exit 1
[[ -d /run/systemd/system ]] || exit 0
for package in "$@"; do
    case $package in
        nginx | apache2 | glewlwyd) systemctl disable --quiet "$package.service" || true ;;
    esac
done
'
