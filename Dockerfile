# Shipmate: `serve` (chat, API, web) and `worker` from one image. No build step: Node 24 runs the TypeScript sources.
# NODE_IMAGE may be any image with Node ≥ 24 and, for the first stage, npm and a shell.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The npm package `node` is only a development dependency: here the image's own Node runs everything.
RUN npm ci --omit=dev --no-audit --no-fund && node -e "fs.mkdirSync('/data')"

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
# Written to by nobody but this user; everything else works on a read-only root.
COPY --from=dependencies --chown=10001:10001 /data /data
ENV NODE_ENV=production \
    SHIPMATE_HOST=0.0.0.0 \
    SHIPMATE_DATA=/data \
    SHIPMATE_CONFIG=/config/shipmate.yml
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8080) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/src/main.ts"]
CMD ["serve"]
