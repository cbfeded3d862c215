#!/usr/bin/env bash
# Makes vendor.js, all that the guests' page takes from others, and the licences of that.
#
#   packaging/vendor_page/build.sh [FOLDER]
#
# The versions and hashes are pinned in package-lock.json, so that the bytes are the same everywhere. FOLDER is
# lanchat/guest_page unless it is given. To take a newer version: change package.json, `npm install` here, run this.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=$(cd "${1:-$here/../../lanchat/guest_page}" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/{package.json,package-lock.json,.npmrc,vendor.source.js} "$work"
cd "$work"
npm ci --ignore-scripts --silent

parts=(@noble/curves @noble/ciphers @noble/hashes @msgpack/msgpack)
named=$(node -p 'process.argv.slice(1).map((part) => {
  const { name, version } = require(`./node_modules/${part}/package.json`);
  return `${name} ${version}`;
}).join(", ")' "${parts[@]}")
options=(--bundle --format=esm --minify --charset=utf8 --legal-comments=none --log-level=warning
  --target=safari15,chrome89,firefox90)  # the oldest that run the page's own scripts, of 2021
banner="/* $named; licences: vendor-licences.txt; made by packaging/vendor_page/build.sh */"
node_modules/.bin/esbuild vendor.source.js "${options[@]}" --banner:js="$banner" --outfile="$into/vendor.js"
for part in "${parts[@]}"; do
  printf '== %s\n\n' "$part"
  cat "node_modules/$part/LICENSE"
  echo
done >"$into/vendor-licences.txt"
