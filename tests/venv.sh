#!/usr/bin/env bash
# Makes build/venv with the Python tools of the tests, pinned in requirements.txt; does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=build/venv
mkdir -p build
exec 9>>build/venv.lock
flock -w 600 9 || { echo "error: another run is still making $venv." >&2; exit 1; }
cmp -s tests/requirements.txt "$venv/requirements.txt" && "$venv/bin/python" -c '' 2>/dev/null && exit 0

# Debian's own python3, which its python3-venv belongs to, before any other that the PATH offers.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
echo "making $venv from tests/requirements.txt" >&2
rm -rf "$venv"
"$python" -m venv "$venv" 9>&- || { echo "error: $python cannot make a venv; 'deploy/install.sh' installs python3-venv." >&2; exit 1; }
"$venv/bin/python" -m pip install -q --disable-pip-version-check -r tests/requirements.txt 9>&- ||
  { echo "error: the Python packages of tests/requirements.txt could not be fetched: is the network there?" >&2; exit 1; }
cp tests/requirements.txt "$venv/requirements.txt"
