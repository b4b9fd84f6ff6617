# The page, for a machine of one's own, run by a user who may write nothing but his own cache:
#
#   docker build -t coarse-to-crisp .
#   docker run --rm -p 7860:7860 --read-only --tmpfs /tmp --cap-drop ALL coarse-to-crisp
#
# Then http://127.0.0.1:7860. Photos are kept in /tmp for an hour, and nowhere else.
FROM python:3.11-slim-bookworm

# g++ compiles the CRF's engines: one now, the other when pip installs it.
RUN apt-get update && apt-get install -y --no-install-recommends g++ && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt \
    --extra-index-url https://download.pytorch.org/whl/cpu

COPY LICENSE README.md app.py ./
COPY assets assets
COPY page page
COPY seg_models seg_models
COPY weights weights

ENV GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860 \
    GRADIO_TEMP_DIR=/tmp/gradio \
    GRADIO_ANALYTICS_ENABLED=False \
    HF_HOME=/tmp/huggingface \
    SEG_MODELS_CACHE=/cache \
    PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin page && install -d -o page /cache
USER page
RUN python -c "from seg_models.crf import native_engine; native_engine.check_installed()"

EXPOSE 7860
HEALTHCHECK --start-period=120s --interval=60s --timeout=10s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/page/facts.json')"]
CMD ["python", "app.py"]
