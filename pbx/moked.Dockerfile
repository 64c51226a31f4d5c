# moked, for the hub and for `moked pbx`.
FROM python:3.13-slim

# In an empty volume the directory keeps its owner: who renders writes there.
RUN useradd --system --uid 8750 moked \
 && install -d -o 5060 -g 5060 /etc/asterisk

WORKDIR /moked
COPY requirements.lock .
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .

WORKDIR /
USER moked
ENTRYPOINT ["moked"]
