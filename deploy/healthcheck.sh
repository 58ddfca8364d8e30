#!/bin/bash
# Inside a container: does the service say at /readyz that it is ready? Needs no curl.
exec 3<>"/dev/tcp/127.0.0.1/${MOSAIC_HTTP_PORT:-8080}" || exit 1
printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
