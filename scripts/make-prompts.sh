#!/bin/bash
# Speaks prompts/texts.toml with espeak-ng into prompts/LANGUAGE/NAME.wav: 8000 Hz, 16 bits, mono, loudness
# evened by gain alone. The audio is committed; run this only when a sentence changes.
set -euo pipefail
cd "$(dirname "$0")/.."
name=""
while IFS= read -r line; do
  case "$line" in
    "["*"]") name="${line:1:${#line}-2}" ;;
    [a-z][a-z]" = "*)
      language="${line:0:2}"
      text="${line#* = }"
      text="${text:1:${#text}-2}"
      mkdir -p "prompts/$language"
      spoken="$(mktemp --suffix=.wav)"
      espeak-ng -v "$language" -s 150 -w "$spoken" "$text"
      sox -q "$spoken" -r 8000 -b 16 -c 1 "prompts/$language/$name.wav" gain -n -6
      rm -f "$spoken"
      ;;
  esac
done < prompts/texts.toml
