"""A package as pip would leave it."""


def install(folder, module="batch_norm", project="batch-norm"):
    """Write what pip would write: from now on the package's entry point is found."""
    info = folder / f"{module}-1.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[lessonlib.lessons]\n{project} = {module}\n")
