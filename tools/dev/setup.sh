#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that building needs. Says what, how many MB and roughly how long before it asks; -y does not ask.
set -euo pipefail

# name, or "first|second": the first that this distribution has
wanted=(
    cmake ninja-build ccache mold pkg-config python3 'clang-16|clang' 'libclang-rt-16-dev|libclang-rt-dev' g++
    'libboost1.81-dev|libboost-dev' 'libboost-json1.81-dev|libboost-json-dev' 'libboost-url1.81-dev|libboost-url-dev'
    libolm-dev libsqlitecpp-dev libsqlite3-dev libfmt-dev libssl-dev zlib1g-dev libmd4c-dev libmd4c-html0-dev libcli11-dev libedit-dev
    doctest-dev librapidcheck-dev libbenchmark-dev openssl ca-certificates
)

yes=
for argument in "$@"; do
    case "$argument" in
        -y | --yes) yes=1 ;;
        *) wanted+=("$argument") ;;
    esac
done

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
available() { apt-cache show "$1" >/dev/null 2>&1; }

if ! command -v apt-get >/dev/null; then
    echo "setup: this is no Debian or Ubuntu; install by hand what CONTRIBUTING.md lists, then run the command again" >&2
    exit 1
fi

missing=()
for entry in "${wanted[@]}"; do
    for name in ${entry//|/ }; do
        if installed "$name"; then continue 2; fi
    done
    missing+=("$entry")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: not root and no sudo; as root run: ./dev setup" >&2; exit 1; }
    sudo=sudo
fi

# A fresh machine may have no package lists yet, and nothing can be said about sizes without them.
choose() {
    packages=()
    for entry in "${missing[@]}"; do
        for name in ${entry//|/ }; do
            if available "$name"; then packages+=("$name"); continue 2; fi
        done
        return 1
    done
}
if ! choose; then
    echo "setup: reading the package lists"
    $sudo apt-get update -qq
    choose || { echo "setup: none of \`$entry\` is in this distribution's packages" >&2; exit 1; }
fi

uris=$(mktemp)
if ! LC_ALL=C apt-get install --no-install-recommends --print-uris -y "${packages[@]}" >"$uris" 2>&1; then
    tail -5 "$uris" >&2
    rm -f "$uris"
    echo "setup: apt-get cannot install ${packages[*]}; what it says is above" >&2
    exit 1
fi
size=$(awk '/^\x27/ { bytes += $3 } END { printf "%d", bytes / 1000000 }' "$uris")
rm -f "$uris"
echo "Needed packages: ${packages[*]}"
echo "That is about $size MB to download and 1 to 2 minutes to install. A first build takes 5 to 10 minutes on two cores."
if [ -z "$yes" ]; then
    [ -t 0 ] || { echo "setup: nobody to ask; run it again with -y" >&2; exit 1; }
    printf 'Install them%s? [y/N] ' "${sudo:+ with sudo}"
    read -r answer
    case "$answer" in y | Y | yes) ;; *) echo "Nothing was installed."; exit 1 ;; esac
fi
log=$(mktemp)
if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >"$log" 2>&1; then
    # The lists may be older than the mirror.
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >"$log" 2>&1 ||
        { tail -20 "$log" >&2; echo "setup: apt-get failed; its whole output is in $log" >&2; exit 1; }
fi
rm -f "$log"
