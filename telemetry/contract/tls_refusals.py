"""Why a broker could not be reached, in words that say what to do about it."""

import socket
import ssl

_WRONG_NAME, _WRONG_ADDRESS = 62, 64
_ENDED = 10
_NOT_YET = 9
"""OpenSSL's X509_V_ERR_ numbers: names and addresses that don't match, ended, not yet valid."""


def explain(refusal: Exception) -> str:
    """One line for an exception of connecting; the text of the exception where it is no TLS."""
    if isinstance(refusal, ssl.SSLCertVerificationError):
        return _certificate(refusal)
    if isinstance(refusal, ssl.SSLError):
        return (
            f"TLS failed ({refusal.reason or refusal}): the broker's port may expect no TLS, "
            "or a client certificate"
        )
    if isinstance(refusal, ConnectionResetError):
        return f"{refusal}: the broker closed the connection; does its port expect TLS?"
    if isinstance(refusal, socket.gaierror):
        return f"no such host: {refusal.strerror or refusal}"
    return str(refusal) or type(refusal).__name__


def _certificate(refusal: ssl.SSLCertVerificationError) -> str:
    if refusal.verify_code in {_WRONG_NAME, _WRONG_ADDRESS}:
        return (
            f"{refusal.verify_message}: the broker's certificate is for another host; connect by a "
            "name or address that the certificate states"
        )
    if refusal.verify_code in {_ENDED, _NOT_YET}:
        return f"the broker's {refusal.verify_message}: renew it, or set this computer's clock"
    return (
        f"the broker's certificate is not from a trusted authority ({refusal.verify_message}): "
        "name the authority's file in STATIONMASTER_BROKER_CA"
    )
