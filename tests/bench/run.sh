#!/usr/bin/env bash
# Builds what the benchmark needs and runs it; options are those of bench.py, for example --quick.
set -euo pipefail
cd "$(dirname "$0")/../.."
deploy/install.sh
make --no-print-directory -s all build/release/tests/bench/load build/release/tests/integration/relay/relay
make --no-print-directory -s bench-dmn ${SUITE:+SUITE="$SUITE"} # the decision engine alone: build/bench-dmn.json
exec build/venv/bin/python tests/bench/bench.py "$@"
