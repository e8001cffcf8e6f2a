#!/bin/bash
# Makes the built-in prompts, 8000 Hz, 16 bits, mono, with espeak-ng and sox. The audio is committed; run this only
# when something said changes.
#   prompts/LANGUAGE/NAME.wav         the announcements of prompts/texts.toml
#   prompts/LANGUAGE/pieces/NAME.wav  the pieces of engine::speech, without the silence around them
#   prompts/wordless/music.wav        the hold music of media's example
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Pieces are alike in what the ear takes for loudness, as far as the highest peak allows; dB of full scale.
piece_rms=-25
piece_peak_max=-3
# Words a minute, as a number is usually said in each language; long words make espeak-ng slow.
declare -A piece_speed=([et]=190 [fi]=205 [sv]=170 [en]=175 [ru]=170)

announcement() { # LANGUAGE TEXT FILE
  # Not trimmed: a sentence keeps the pause at its end.
  espeak-ng -v "$1" -s 150 -a 70 -w "$work/spoken.wav" "$2"
  sox -q -D "$work/spoken.wav" -r 8000 -b 16 -c 1 "$3" gain -n -6
}

piece() { # LANGUAGE TEXT FILE
  # From the first to the last 5 ms above -50 dB, soft edges, 25 ms of silence around: joins sound like one voice.
  espeak-ng -v "$1" -s "${piece_speed[$1]}" -a 70 -w "$work/spoken.wav" "$2"
  local edge=(silence 1 0.005 0.3%)
  sox -q -D "$work/spoken.wav" -r 8000 -b 16 -c 1 "$work/trimmed.wav" \
    "${edge[@]}" reverse "${edge[@]}" fade t 0.003 reverse fade t 0.003
  local gain
  gain="$(sox "$work/trimmed.wav" -n stats 2>&1 | awk -v rms="$piece_rms" -v max="$piece_peak_max" '
    /^Pk lev dB/ { peak = $4 }
    /^RMS lev dB/ { gain = rms - $4 }
    END { if (peak + gain > max) gain = max - peak; print gain }')"
  sox -q -D "$work/trimmed.wav" "$3" gain "$gain" pad 0.025 0.025
}

announcements() {
  local name="" line language text
  while IFS= read -r line; do
    case "$line" in
      "["*"]") name="${line:1:${#line}-2}" ;;
      [a-z][a-z]" = "*)
        language="${line:0:2}"
        text="${line#* = }"
        mkdir -p "prompts/$language"
        announcement "$language" "${text:1:${#text}-2}" "prompts/$language/$name.wav"
        ;;
    esac
  done < prompts/texts.toml
}

pieces() {
  local language name text
  cargo run --quiet --package engine --example pieces > "$work/pieces"
  rm -rf prompts/*/pieces
  while IFS=$'\t' read -r language name text; do
    mkdir -p "prompts/$language/pieces"
    piece "$language" "$text" "prompts/$language/pieces/$name.wav"
  done < "$work/pieces"
}

announcements
pieces
mkdir -p prompts/wordless
cargo run --quiet --package media --example hold_music > prompts/wordless/music.wav
