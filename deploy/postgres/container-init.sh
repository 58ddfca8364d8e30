#!/bin/bash
# Run once by the official PostgreSQL image, from /docker-entrypoint-initdb.d, when its volume is empty.
set -e
MOSAIC_SECRETS=/run/secrets psql -X -q -v ON_ERROR_STOP=1 -U postgres -d postgres -f /mosaic/bootstrap.sql
