"""Makes the certificate of a simulated camera, signed by itself, as those of real ones are."""

import datetime
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controlroom.simulator.settings import CameraSettings

_FROM = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # as of a camera whose clock was never set
_UNTIL = datetime.datetime(2049, 12, 31, tzinfo=datetime.UTC)


def own_certificate(settings: CameraSettings) -> ssl.SSLContext:
    """Return what a server encrypts with: a new key and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.make} {settings.number}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # the standard library reads both from files alone
        path = Path(folder) / "key_and_certificate.pem"
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(path)
    return context
