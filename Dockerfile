# syntax=docker/dockerfile:1
# One image with the server binary and its site; nothing of the build remains in it.

FROM rust:1.95-bookworm AS build
# libclang: the PostgreSQL grammar is bound with it. Node.js: bundles the page.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libclang-dev \
 && rm -rf /var/lib/apt/lists/*
COPY --from=node:22-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:22-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
# The caches outlive a build on the machine that builds; the result does not depend on them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/cache/target \
    CARGO_TARGET_DIR=/cache/target CARGO_INCREMENTAL=0 cargo xtask build

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin querent \
 && install --directory --owner=querent --group=querent --mode=0700 /data
COPY --from=build /src/target/dist/ /opt/querent/
USER querent
WORKDIR /data
VOLUME /data
ENV QUERENT_DATA_DIR=/data \
    QUERENT_ADDRESS=0.0.0.0:3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["/opt/querent/querent", "health"]
ENTRYPOINT ["/opt/querent/querent"]
CMD ["serve"]
