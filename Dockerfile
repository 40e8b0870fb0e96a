# syntax=docker/dockerfile:1

# The pages.
FROM node:22-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
COPY schema/hangzhou.api.graphql ../schema/
RUN npm run build

# The server, with the pages and the bundled graph inside.
FROM rust:1-slim AS server
WORKDIR /build
COPY Cargo.toml Cargo.lock build.rs ./
COPY src ./src
COPY schema ./schema
COPY data ./data
COPY benches ./benches
COPY --from=web /build/web/dist ./web/dist
RUN cargo build --release --locked

FROM debian:stable-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home westlake \
    && install -d -o westlake -g westlake /data
COPY --from=server /build/target/release/westlake /usr/local/bin/westlake
USER westlake
VOLUME /data
EXPOSE 8080
ENV WESTLAKE_LISTEN=0.0.0.0:8080 WESTLAKE_LOG_FORMAT=json
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["westlake"]
CMD ["serve", "--data", "/data"]
