# between in a container: `docker build -t between .`
#
# Kept plain, because it is not built by this project's tests: they run where no container engine is.
# Run it with a read-only root file system; only /data is written to:
#   docker run --read-only --tmpfs /tmp --cap-drop ALL -v between-data:/data -p 127.0.0.1:8420:8420 between

FROM rust:1.95-slim-bookworm AS build
# jemalloc is built by make.
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin between

FROM debian:bookworm-slim
# Gateways and mail servers are reached by TLS: without the certificates of the system no connection is made.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin between \
    && install -d -o between -g between -m 0700 /data
COPY --from=build /src/target/release/between /usr/local/bin/between
USER between
WORKDIR /data
VOLUME /data
# Webhooks and health checks only: pages are served on loopback alone.
ENV BETWEEN_SERVER__LISTEN=0.0.0.0:8420 \
    DATABASE_URL=/data/between.sqlite
EXPOSE 8420
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["between", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["between"]
CMD ["serve"]
