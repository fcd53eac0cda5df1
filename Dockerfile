# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked && cp target/release/polyclinic /polyclinic

# curl asks /readyz, see docker-compose.yml.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --no-create-home --shell /usr/sbin/nologin polyclinic
COPY --from=build /polyclinic /usr/local/bin/polyclinic
USER polyclinic
ENV POLYCLINIC_BIND=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["polyclinic"]
CMD ["serve"]
