# The programs of this project: docker build --tag mimecast-source:0.1.0 .
# The worker runs by default; others by their file: docker run mimecast-source:0.1.0 dist/server.js

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build \
  && npm prune --omit=dev --no-audit --no-fund
# Temporal's core comes for five platforms, and with its sources.
WORKDIR /app/node_modules/@temporalio/core-bridge
RUN find releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm -r sdk-core src bridge-macros

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The user "node" of the base image; a number, so that Kubernetes can see that it is not root.
USER 1000:1000
# Node takes the signals itself: nothing but this one process runs, so there is nothing to reap.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--max-old-space-size=512"]
CMD ["dist/worker.js"]
