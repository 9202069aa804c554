#!/usr/bin/env bash
# Checks every vector of this folder with openssl alone: the hash of each text, and each note's Ed25519 signature under
# the test keys of keys.txt. Any other implementation can be held against the same files.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
count=0
while read -r want name; do
  # The text of a note ends with the line feed before the empty line.
  sed '/^$/,$d' "$name" > "$work/text"
  have=$(openssl dgst -sha256 -r "$work/text" | cut -d' ' -f1)
  [ "$have" = "$want" ] || { echo "$name: hash $have, want $want"; exit 1; }
  if [ "${name##*.}" = note ]; then
    read -r _ key sig < <(tail -n 1 "$name")
    public=$(grep "^$key " keys.txt | cut -d' ' -f2)
    [ -n "$public" ] || { echo "$name: unknown key $key"; exit 1; }
    printf '302a300506032b6570032100%s' "$public" | tr -d '\n' | sed 's/../\\x&/g' | xargs -0 printf > "$work/key.der"
    # Base64 of four bytes that name the key, then the 64 bytes of the signature.
    printf '%s' "$sig" | openssl base64 -d -A | tail -c 64 > "$work/sig"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/text" -sigfile "$work/sig" >/dev/null ||
      { echo "$name: signature"; exit 1; }
  fi
  count=$((count + 1))
done < hashes.txt
echo "$count vectors agree"
