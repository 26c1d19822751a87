#!/usr/bin/env bash
# Installs the C libraries that Peil binds to, when one of them is missing and apt may be used; says what to type otherwise.
set -euo pipefail

declare -A headers=(
  [libxml2-dev]=libxml2/libxml/parser.h
  [libcsv-dev]=csv.h
  [libzstd-dev]=zstd.h
  [libsnappy-dev]=snappy-c.h
  [zlib1g-dev]=zlib.h
  [libssl-dev]=openssl/sha.h
  [libarchive-dev]=archive.h
)

missing=()
for package in "${!headers[@]}"; do
  [ -n "$(find /usr/include /usr/local/include -path "*/${headers[$package]}" -print -quit 2>/dev/null)" ] || missing+=("$package")
done
command -v pkg-config >/dev/null || missing+=(pkg-config)

if [ ${#missing[@]} -gt 0 ]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort)
  line="apt-get install --yes --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" = 0 ]; then
    sudo=""
  elif sudo -n true 2>/dev/null; then
    sudo="sudo"
  else
    echo "Peil needs C libraries that are not installed. Type:" >&2
    echo "  sudo $line" >&2
    exit 69
  fi
  mkdir -p build
  if ! { $sudo $line || { $sudo apt-get update && $sudo $line; }; } >build/setup.log 2>&1; then
    cat build/setup.log >&2
    echo "Installing failed. Type:" >&2
    echo "  sudo apt-get update && sudo $line" >&2
    exit 69
  fi
  echo "installed ${missing[*]}"
fi

if ! command -v swift >/dev/null; then
  echo "Peil needs Swift 6.3 (https://www.swift.org/install/linux/); \"swift\" is not on the PATH." >&2
  exit 69
fi
