#!/usr/bin/env bash
# Makes the passwords that docker-compose.yml and deploy/kubernetes expect, one file per database role:
# `deploy/secrets.sh [FOLDER]`, by default .mosaic/secrets-compose. What is there already is kept.
# The folder is closed to others; the files in it are readable, because a container's user is not the host's.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-.mosaic/secrets-compose}
mkdir -p "$folder"
chmod 700 "$folder"
for role in postgres mosaic_{intake,eligibility,project_tracking,kpi_aggregator}_{owner,runtime}; do
  [ -s "$folder/$role" ] && continue
  od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"$folder/$role"
  chmod 444 "$folder/$role"
done
echo "the passwords are in $folder"
