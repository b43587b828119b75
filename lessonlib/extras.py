"""What to install for what is missing: lessonlib itself needs NumPy and Matplotlib alone."""

from lessonlib.errors import UserError

# What an import may lack, and the extra of pyproject.toml that brings it; a test compares them.
BROUGHT_BY = {
    "typer": "lab",
    "rich": "lab",
    "nbformat": "lab",
    "nbclient": "lab",
    "jupyterlab": "lab",
    "notebook": "lab",
    "alembic": "instructor",
    "nbgrader": "instructor",
    "sqlalchemy": "instructor",
    "jupytext": "instructor",
    "nh3": "instructor",
    "distributed": "dask",
    "psycopg": "postgres",
}
USES = {
    "lab": "The lessonlib command needs a few more packages here",
    "instructor": "Building lessons and grading need more packages",
    "dask": "Grading on a Dask cluster needs Dask",
    "postgres": "A gradebook in PostgreSQL needs its driver",
}


def what_to_install(error: ModuleNotFoundError) -> UserError:
    """Return the sentence that says what to install. Raises the error where no extra brings it."""
    module = (error.name or "").split(".")[0]
    if module not in BROUGHT_BY:
        raise error
    return missing(module)


def missing(module: str) -> UserError:
    """Return the sentence for a module that is not there."""
    extra = BROUGHT_BY[module]
    return UserError(
        f"{USES[extra]}: {module} is not there. Install what is missing with: "
        f'pip install "lessonlib[{extra}]"'
    )
