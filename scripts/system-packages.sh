#!/bin/sh
# The system packages that `make demo` and `make test` need beside Python.
# As root on Debian and its likes they are installed; anyone else is told what is missing and goes on.
# The Asterisk of the tests is no system package: the rig finds or makes it (tests/pbx/).
set -eu

# package:what shows that it is there
case "${1:-}" in
  demo) wanted="libportaudio2:libportaudio.so.2" ;;
  test) wanted="libportaudio2:libportaudio.so.2 debootstrap:debootstrap tmux:tmux screen:screen unicode-data:/usr/share/unicode/BidiTest.txt libfribidi-bin:fribidi iproute2:ip nftables:nft conntrack:conntrack dbus-daemon:dbus-daemon gnome-keyring:gnome-keyring-daemon pipewire:pipewire pipewire-bin:pw-dump pipewire-alsa:/usr/share/alsa/alsa.conf.d/50-pipewire.conf wireplumber:wireplumber chromium:chromium postgresql:/usr/lib/postgresql/*/bin/initdb xvfb:Xvfb xterm:xterm sakura:sakura konsole:konsole kitty:kitty libgl1-mesa-dri:/usr/lib/*/dri/swrast_dri.so fonts-freefont-ttf:/usr/share/fonts/truetype/freefont/FreeMono.ttf" ;;
  *) echo "usage: $0 demo|test" >&2; exit 2 ;;
esac

there() {
  case "$1" in
    # shellcheck disable=SC2086 # a pattern
    /*) ls $1 >/dev/null 2>&1 ;;
    lib*) ldconfig -p 2>/dev/null | grep -q "$1" ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

missing=""
for pair in $wanted; do
  there "${pair#*:}" || missing="$missing ${pair%%:*}"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of packages
  { apt-get install -y -qq --no-install-recommends $missing || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; }; } >/dev/null
else
  echo "Missing system packages:$missing" >&2
  echo "Install them with:  sudo apt-get install$missing   (or your system's own way)" >&2
  echo "Going on without: no sound card is used then, and tests that need them fail." >&2
fi
