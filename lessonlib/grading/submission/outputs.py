"""Outputs in the form in which a notebook stores them."""


def error_output(name: str, text: str, traceback: list[str]) -> dict:
    """Return an error as a notebook stores it."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": list(traceback)}


def stream_output(text: str) -> dict:
    """Return printed text as a notebook stores it."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def display_output(text: str, html: str) -> dict:
    """Return HTML, and the text for who cannot see it, as a notebook stores what is shown."""
    data = {"text/plain": text, "text/html": html}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def result_output(text: str) -> dict:
    """Return the value of a cell's last line as a notebook stores it."""
    data = {"text/plain": text}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}
