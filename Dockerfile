# docker build -t crewed-users . && docker run -p 8000:8000 crewed-users
#
# Another program:  --build-arg PROGRAM=heroes   (an example)
#                   --build-arg KIND=bin --build-arg PROGRAM=name   (a binary)
#
# docs/docker.md tells how a project of one's own takes this file over.

FROM docker.io/library/rust:1.95-slim-bookworm AS rust
WORKDIR /src

# The manifests, and an empty program wherever one of them names a source file: all that cargo needs to build the
# dependencies. This stage runs after every change of a file, but what it makes is the same until a manifest changes.
FROM rust AS skeleton
COPY . .
RUN set -e; \
    mkdir /skeleton; \
    find . -path ./target -prune -o -type f \( -name Cargo.toml -o -path ./Cargo.lock -o -path './.cargo/*' \) \
        -exec cp --parents {} /skeleton \; ; \
    find . -path ./target -prune -o -name Cargo.toml \
        -exec cargo metadata --no-deps --offline --format-version 1 --manifest-path {} \; >/tmp/metadata; \
    grep -o '"src_path":"[^"]*"' /tmp/metadata | cut -d '"' -f 4 | while read -r file; do \
        empty=/skeleton/${file#/src/}; \
        mkdir -p "$(dirname "$empty")"; \
        echo '#![allow(missing_docs, dead_code)] fn main() {}' >"$empty"; \
    done; \
    find /skeleton -exec touch --date=@0 {} +

# For development: `crewed dev` on sources that are mounted at /src (compose.dev.yml).
FROM rust AS dev
COPY . .
RUN cargo install --locked --path cli --root /usr/local --target-dir /tmp/target \
 && rm -rf /tmp/target
EXPOSE 8000
ENTRYPOINT ["/usr/local/bin/crewed"]
CMD ["dev", "--address", "0.0.0.0", "--example", "users"]

FROM rust AS build
ARG KIND=example
ARG PROGRAM=users
# The layer of the dependencies.
COPY --from=skeleton /skeleton .
RUN cargo build --release --locked "--$KIND" "$PROGRAM"
# The program itself. Its files may be older than the empty ones that they replace, and cargo goes by their times.
COPY . .
RUN find . -path ./target -prune -o -name '*.rs' -exec touch {} + \
 && cargo build --release --locked "--$KIND" "$PROGRAM" \
 && mkdir -p /out/bin /out/data \
 && case "$KIND" in example) from=target/release/examples ;; *) from=target/release ;; esac \
 && cp "$from/$PROGRAM" /out/bin/ \
 && ln -s "$PROGRAM" /out/bin/crewed-program

FROM docker.io/library/debian:bookworm-slim
# The authorities that `sslrootcert=system` trusts.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data crewed
COPY --from=build /out/bin/ /usr/local/bin/
COPY --from=build --chown=10001:10001 /out/data /data
# The store is a file named after the program in the current folder.
WORKDIR /data
VOLUME /data
USER 10001:10001
ENV ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=8000 ROCKET_CLI_COLORS=false
EXPOSE 8000
# A program that answers HTTP at all is healthy, also where nothing is at `/`: a 404 is an answer.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD \
    ["bash", "-c", "exec 3<>\"/dev/tcp/127.0.0.1/$ROCKET_PORT\" && printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == HTTP/* ]]"]
ENTRYPOINT ["/usr/local/bin/crewed-program"]
