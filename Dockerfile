# Hearback in one image; what it runs as (web, worker or beat) is the command's choice.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HEARBACK_DATA=/data
WORKDIR /app

# The packages change seldom, so they are a layer of their own.
COPY hearback requirements.lock requirements-dev.lock requirements-uv.lock ./
COPY launcher launcher
RUN python -c "from launcher import environment; environment.ensure(for_tests=False)" && rm -rf ~/.cache

COPY . .
RUN useradd --create-home hearback && mkdir /data && chown hearback /data
USER hearback
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["./hearback"]
CMD ["serve"]
