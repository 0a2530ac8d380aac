"""The command `settings`: what is in force and from which file, an example, a schema, and whether a file is right."""

from __future__ import annotations

import argparse
from pathlib import Path

from amif_netcheck import settings_document, settings_files
from amif_netcheck.advice.language import Language
from amif_netcheck.errors import ExitCode
from amif_netcheck.output import streams
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.settings import Settings, of_layers


def show(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """See the module; a file that is wrong has ended the program before, or does so here with `--check`.

    Raises:
        InputError: the file of `--check` is wrong.
    """
    if options.schema:
        streams.data([settings_document.schema()])
        return ExitCode.READY
    if options.example:
        lines = list(settings_document.example())
    elif options.check is not None:
        of_layers(settings_files.read(options.check))
        lines = [language.text("{file}: right").format(file=options.check)]
    else:
        lines = _in_force(options.config, settings, language)
    for line in lines:
        streams.line(for_terminal(line))
    return ExitCode.READY


def _in_force(config: Path | None, settings: Settings, language: Language) -> list[str]:
    layers = settings_files.read(config)
    looked = [config] if config is not None else list(settings_files.paths())
    read = {layer.path for layer in layers}
    words = {True: language.text("read"), False: language.text("not there")}
    places = [f"# {path}: {words[path in read]}" for path in looked]
    entries = list(settings_document.in_force(layers, settings))
    return [*places, *settings_document.in_force_text(entries, language.text("default"))]
