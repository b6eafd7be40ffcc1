"""Keys and certificates of the signed packages used in tests. Tests only."""

import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID as N

PLAIN = [(N.COUNTRY_NAME, "CN"), (N.ORGANIZATION_NAME, "Example Ltd")]

# Names that are hard to spell: apksigner and the gate must print them alike.
ODD_NAMES = {
    "unicode": [(N.COMMON_NAME, "示例应用 🚀"), (N.LOCALITY_NAME, "北京")],
    "syntax": [(N.COMMON_NAME, 'a,b+c="d"<e>#f;g\\h'), (N.ORGANIZATION_NAME, "x=y")],
    "spaces": [(N.COMMON_NAME, " leading"), (N.ORGANIZATION_NAME, "trailing "),
               (N.ORGANIZATIONAL_UNIT_NAME, "in  between"), (N.LOCALITY_NAME, "new\nline")],
    "quoted": [(N.COMMON_NAME, '"in quotes"'), (N.ORGANIZATION_NAME, '"'),
               (N.LOCALITY_NAME, '""')],
    "types": [(N.COMMON_NAME, "t"), (N.EMAIL_ADDRESS, "a@example.com"),
              (N.DOMAIN_COMPONENT, "example"), (N.SERIAL_NUMBER, "007"), (N.SURNAME, "S"),
              (N.GIVEN_NAME, "G"), (N.TITLE, "T"), (N.STREET_ADDRESS, "1 Way"), (N.USER_ID, "u"),
              (N.DN_QUALIFIER, "q"), (N.GENERATION_QUALIFIER, "II"), (N.POSTAL_CODE, "100000"),
              (N.BUSINESS_CATEGORY, "b"), (N.STATE_OR_PROVINCE_NAME, "st"), (N.PSEUDONYM, "p")],
    "long": [(N.COMMON_NAME, "long " * 12)] + [(N.ORGANIZATIONAL_UNIT_NAME, f"unit {i}" * 6)
                                               for i in range(20)],
    "control": [(N.COMMON_NAME, "tab\tbell\a"), (N.ORGANIZATION_NAME, "\x7f")],
}


def name_of(parts):
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def certificate_of(key, name, issuer=None, issuer_key=None, serial=None, days=(0, 10000)):
    start = datetime.datetime(2020, 1, 2, 3, 4, 5)
    builder = x509.CertificateBuilder(
        subject_name=name, issuer_name=issuer or name, public_key=key.public_key(),
        serial_number=serial or x509.random_serial_number(),
        not_valid_before=start + datetime.timedelta(days[0]),
        not_valid_after=start + datetime.timedelta(days[1]))
    return builder.sign(issuer_key or key, hashes.SHA256())


class Keys:
    """name -> (key, certificate), written as apksigner wants them: NAME.pk8, NAME.pem."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.all = {}
        for name, key in {
                "rsa2048": rsa.generate_private_key(65537, 2048),
                "rsa3072": rsa.generate_private_key(65537, 3072),
                "rsa4096": rsa.generate_private_key(65537, 4096),
                "rsa1024": rsa.generate_private_key(3, 1024),
                "ec256": ec.generate_private_key(ec.SECP256R1()),
                "ec384": ec.generate_private_key(ec.SECP384R1()),
                "ec521": ec.generate_private_key(ec.SECP521R1()),
                "dsa1024": dsa.generate_private_key(1024),
        }.items():
            self.add(name, key, name_of(PLAIN + [(N.COMMON_NAME, name)]))
        self.add("second", rsa.generate_private_key(65537, 2048),
                 name_of([(N.COMMON_NAME, "second")]))
        self.add("third", ec.generate_private_key(ec.SECP256R1()),
                 name_of([(N.COMMON_NAME, "third")]))
        self.add("debug", ec.generate_private_key(ec.SECP256R1()), name_of(
            [(N.COUNTRY_NAME, "US"), (N.ORGANIZATION_NAME, "Android"),
             (N.COMMON_NAME, "Android Debug")]))
        for name, parts in ODD_NAMES.items():
            self.add("name_" + name, ec.generate_private_key(ec.SECP256R1()), name_of(parts))
        several = x509.Name([
            x509.RelativeDistinguishedName([x509.NameAttribute(N.COMMON_NAME, "one"),
                                            x509.NameAttribute(N.ORGANIZATION_NAME, "two")]),
            x509.RelativeDistinguishedName([x509.NameAttribute(N.COUNTRY_NAME, "CN")])])
        self.add("name_several", ec.generate_private_key(ec.SECP256R1()), several)
        self.chain()

    def add(self, name, key, subject, **more):
        self.write(name, key, [certificate_of(key, subject, **more)])

    def chain(self):
        """A certificate issued by another one; the root is in the package, too."""
        root_key = ec.generate_private_key(ec.SECP384R1())
        root = certificate_of(root_key, name_of([(N.COMMON_NAME, "root")]))
        key = rsa.generate_private_key(65537, 2048)
        leaf = certificate_of(key, name_of([(N.COMMON_NAME, "leaf")]), root.subject, root_key,
                              serial=0x8001, days=(-10000, 200000))
        self.root = root
        self.write("chain", key, [leaf, root])

    def write(self, name, key, certificates):
        self.all[name] = (key, certificates[0])
        (self.folder / f"{name}.pk8").write_bytes(key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        (self.folder / f"{name}.pem").write_bytes(b"".join(
            one.public_bytes(serialization.Encoding.PEM) for one in certificates))

    def __getitem__(self, name):
        return self.all[name]

    def flags(self, name):
        return ["--key", str(self.folder / f"{name}.pk8"),
                "--cert", str(self.folder / f"{name}.pem")]
