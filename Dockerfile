# The service in an image: what is locked, built in one stage and run in another by a user without rights.
#     docker build --tag belong-library .
#     docker run --publish 127.0.0.1:8000:8000 --volume belong:/var/lib/belong belong-library
# That is the whole library in one container, with the embedded index; docker-compose.yml has the larger way.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/belong
COPY requirements/run.txt requirements/run.txt
RUN /opt/belong/bin/pip install --no-cache-dir --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md ./
COPY app app
COPY bootstrap bootstrap
COPY catalogue catalogue
COPY engines engines
COPY indexer indexer
COPY mappings mappings
COPY search search
COPY tasks tasks
RUN /opt/belong/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home belong && install --directory --owner=belong /var/lib/belong
COPY --from=build /opt/belong /opt/belong
ENV PATH=/opt/belong/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 BELONG_DATA=/var/lib/belong
USER 10001
EXPOSE 8000
CMD ["belong", "serve"]
