"""Makes keys and certificates for tests."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


def certificate(
    name: str, issuer: tuple[Key, x509.Certificate] | None = None, address: str = ""
) -> tuple[Key, x509.Certificate]:
    """A key and its certificate; an authority's own without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer[1].subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if address:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        builder = builder.add_extension(names, critical=False)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


def pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def write_files(folder: Path, name: str, key: Key, made: x509.Certificate) -> tuple[Path, Path]:
    """The certificate and its key as PEM files only their owner can read."""
    plain, whole = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    contents = {"crt": pem(made), "key": key.private_bytes(serialization.Encoding.PEM, whole, plain)}
    for end, content in contents.items():
        path = folder / f"{name}.{end}"
        path.touch(0o600)
        path.write_bytes(content)
    return folder / f"{name}.crt", folder / f"{name}.key"
