# docker build -t crewed-users . && docker run -p 8000:8000 crewed-users
#
# Another program:  --build-arg PROGRAM=heroes   (an example)
#                   --build-arg KIND=bin --build-arg PROGRAM=name   (a binary)

FROM docker.io/library/rust:1.95-slim-bookworm AS build
ARG KIND=example
ARG PROGRAM=users
WORKDIR /src
COPY . .
RUN cargo build --release --locked "--$KIND" "$PROGRAM" \
 && mkdir -p /out/bin /out/data \
 && case "$KIND" in example) from=target/release/examples ;; *) from=target/release ;; esac \
 && cp "$from/$PROGRAM" /out/bin/ \
 && ln -s "$PROGRAM" /out/bin/crewed-program

FROM docker.io/library/debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data crewed
COPY --from=build /out/bin/ /usr/local/bin/
COPY --from=build --chown=10001:10001 /out/data /data
# The store is a file named after the program in the current folder.
WORKDIR /data
VOLUME /data
USER 10001:10001
ENV ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=8000 ROCKET_CLI_COLORS=false
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD \
    ["bash", "-c", "exec 3<>\"/dev/tcp/127.0.0.1/$ROCKET_PORT\" && printf 'GET /openapi.json HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["/usr/local/bin/crewed-program"]
