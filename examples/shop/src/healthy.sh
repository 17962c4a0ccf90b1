#!/bin/bash
# Health check: GET /healthz with the shell alone. Starting Node for it every 500 ms would cost more than the app.
exec 3<>/dev/tcp/127.0.0.1/8080 || exit 1
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
