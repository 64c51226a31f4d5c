# Debian's Asterisk 22, stock. Its configuration is mounted.
FROM debian:forky-slim

# The number is also that of compose.yaml, whose render writes files that only their owner may read.
RUN groupadd --system --gid 5060 asterisk \
 && useradd --system --uid 5060 --gid asterisk --home-dir /var/lib/asterisk --shell /usr/sbin/nologin asterisk \
 && apt-get update \
 && apt-get install --yes --no-install-recommends \
      asterisk asterisk-modules asterisk-core-sounds-en-wav asterisk-moh-opsound-wav \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o asterisk -g asterisk /var/run/asterisk \
 && ln -s /usr/lib/*-linux-gnu/asterisk /usr/lib/asterisk

USER asterisk
CMD ["asterisk", "-f"]
