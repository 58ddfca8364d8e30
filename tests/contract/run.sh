#!/usr/bin/env bash
# Checks schemas/ with tools that are not ours; the last line counts. Installs them under build/.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/venv.sh
command -v npm >/dev/null || { echo "error: npm is missing; 'deploy/install.sh' installs it." >&2; exit 1; }

tools=build/contract
mkdir -p "$tools"
exec 9>>"$tools/lock"
flock -w 600 9 || { echo "error: another run is still filling $tools." >&2; exit 1; }
if ! cmp -s tests/contract/package-lock.json "$tools/installed.json"; then
  echo "fetching AsyncAPI's parser into $tools" >&2
  cp tests/contract/package.json tests/contract/package-lock.json "$tools/"
  (cd "$tools" && npm ci --silent --ignore-scripts --no-audit --no-fund 9>&-) ||
    { echo "error: AsyncAPI's parser could not be fetched from npm: is the network there?" >&2; exit 1; }
  cp tests/contract/package-lock.json "$tools/installed.json"
fi
exec 9>&-
exec build/venv/bin/python tests/contract/check.py
