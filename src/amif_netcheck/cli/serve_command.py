"""The command `serve`: from its options to a test point that runs until it is told to stop."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import ssl
import threading

from amif_netcheck import log
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import ExitCode, UsageError
from amif_netcheck.serve.config import ServeConfig, ServeLimits
from amif_netcheck.serve.server import MeasurementServer
from amif_netcheck.settings import Settings

TOKEN_VARIABLE = "AMIF_NETCHECK_TOKEN"  # noqa: S105 - a name
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,128}")


def serve(options: argparse.Namespace, _settings: Settings, language: Language) -> int:
    """Serve until SIGTERM, SIGINT (Ctrl-C) or Windows' SIGBREAK (Ctrl-Break), which all end a server well: exit code 0.

    Raises:
        UsageError: it can't start as asked.
    """
    config = _config(options, language)
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    server = _bind(config, language)
    log.start_on_stderr()
    server.run(stop)
    return ExitCode.READY


def _config(options: argparse.Namespace, language: Language) -> ServeConfig:
    token = options.token if options.token is not None else os.environ.get(TOKEN_VARIABLE, "")
    if token and not _TOKEN.fullmatch(token):
        raise UsageError(
            language.text("the token takes 8 to 128 letters without accents, digits and the signs . _ ~ -")
        )
    if bool(options.tls_cert) != bool(options.tls_key):
        raise UsageError(language.text("--tls-cert and --tls-key go together; give both or none"))
    return ServeConfig(
        host=options.host or ("::" if socket.has_dualstack_ipv6() else "0.0.0.0"),  # noqa: S104 - all, as documented
        port=options.port,
        token=token,
        tls_cert=str(options.tls_cert or ""),
        tls_key=str(options.tls_key or ""),
        limits=ServeLimits(
            tests=options.tests,
            client_tests=options.client_tests,
            test_s=options.test_s,
            test_mb=options.test_mb,
            client_mb=options.client_mb,
            client_s=options.client_s,
            client_packets_s=options.client_packets,
        ),
        log_addresses=options.log_addresses,
    )


def _bind(config: ServeConfig, language: Language) -> MeasurementServer:
    """The test point on its port; every reason why not is one clear line."""
    for path in filter(None, (config.tls_cert, config.tls_key)):
        try:
            with open(path, "rb"):  # noqa: PTH123 - only to name the file that can't be read
                pass
        except OSError as error:
            message = language.text("{file}: can't be read ({reason})")
            raise UsageError(message.format(file=path, reason=why(error, language))) from error
    try:
        return MeasurementServer(config)
    except ssl.SSLError as error:
        message = language.text(
            "{cert} and {key} are no certificate and its key, in PEM and without a password ({reason})"
        )
        reason = (error.reason or str(error)).replace("_", " ").lower()
        raise UsageError(message.format(cert=config.tls_cert, key=config.tls_key, reason=reason)) from error
    except (socket.gaierror, UnicodeError) as error:
        message = language.text("“{host}” is no address of this computer; give one with --host")
        raise UsageError(message.format(host=config.host)) from error
    except OSError as error:
        message = language.text(
            "port {port} of “{host}” can't be used ({reason}); choose others with --host and --port"
        )
        raise UsageError(
            message.format(port=config.port, host=config.host, reason=why(error, language))
        ) from error
