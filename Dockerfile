# The course in a container. What you write is kept in the volume my-course:
#     docker build -t relu-to-backprop .
#     docker run --rm -it -p 127.0.0.1:8888:8888 -v my-course:/learner/my-course relu-to-backprop
# Then open the address that begins with http://127.0.0.1:8888
FROM python:3.11-slim-bookworm

COPY . /course
RUN pip install --no-cache-dir -c /course/constraints.txt "/course[lab]"

# Outside of the container nobody could reach a server that listens on its own 127.0.0.1.
RUN mkdir -p /usr/local/etc/jupyter
COPY .devcontainer/jupyter_server_config.json /usr/local/etc/jupyter/

RUN useradd --create-home --home-dir /learner learner
USER learner
WORKDIR /learner
RUN lessonlib start my-course --no-open
CMD ["lessonlib", "start", "my-course", "--no-browser"]
