"""Renders symbols at one pixel a module, without quiet zone, with zxing-cpp."""

import string

import numpy as np
import zxingcpp
from zxingcpp import BarcodeFormat as Format

NAMES = ["qr_code", "data_matrix", "aztec", "pdf417", "barcode"]
QR_CODE, DATA_MATRIX, AZTEC, PDF417, BARCODE = range(len(NAMES))
# How often each class is drawn; barcodes vary the most.
SHARES = [0.17, 0.18, 0.15, 0.28, 0.22]


def characters(rng, n, alphabet=string.ascii_letters + string.digits + " :/.-"):
    return "".join(alphabet[i] for i in rng.integers(len(alphabet), size=n))


def digits(rng, n):
    return characters(rng, n, string.digits)


def length(rng, most):
    """Short texts are more frequent than long ones."""
    return 1 + int(most * rng.random() ** 3)


def modules(text, kind, **options):
    """[rows, columns] bool, true where the symbol has ink."""
    symbol = zxingcpp.create_barcode(text, kind, **options)
    return np.array(symbol.to_image(scale=1, add_quiet_zones=False)) < 128


def qr_code(rng):
    if rng.random() < 0.04:
        return modules(digits(rng, int(rng.integers(1, 12))), Format.MicroQRCode)
    return modules(characters(rng, length(rng, 600)), Format.QRCode, ec_level=str(rng.choice(list("LMQH"))))


def data_matrix(rng):
    if rng.random() < 0.15:  # versions 25 to 30 are the rectangles
        return modules(digits(rng, int(rng.integers(2, 9))), Format.DataMatrix, version=int(rng.integers(25, 31)))
    text = characters(rng, length(rng, 600)) if rng.random() < 0.7 else digits(rng, length(rng, 300))
    return modules(text, Format.DataMatrix, force_square=True)


def aztec(rng):
    return modules(characters(rng, length(rng, 1200)), Format.Aztec)


def pdf417(rng):
    # A version is a number of columns, 0 leaves it to the writer.
    n, columns = (length(rng, 500), rng.integers(0, 16)) if rng.random() < 0.75 else (rng.integers(200, 1600), rng.integers(4, 31))
    ink = modules(characters(rng, int(n)), Format.PDF417, version=int(columns))
    if rng.random() < 0.15:  # compact: neither right row indicator (17 modules) nor stop pattern (18) but a bar
        ink = np.pad(ink[:, :-35], ((0, 0), (0, 1)), constant_values=True)
    # A row is 3 modules high by default; printers make it 1 to 10.
    return np.repeat(ink[::3], int(rng.choice([1, 2, 3, 3, 3, 4, 5, 6, 8, 10])), axis=0)


def barcode(rng):
    """1-D symbols; the height of the bars means nothing here."""
    kind = rng.choice(["ean13", "ean13+", "ean8", "upca", "upce", "code39", "code93", "code128", "itf", "codabar", "databar"],
                      p=[0.20, 0.12, 0.04, 0.14, 0.05, 0.11, 0.05, 0.16, 0.06, 0.04, 0.03])
    upper = string.ascii_uppercase + string.digits
    n = 4 + length(rng, 16)
    match kind:
        case "ean13":
            return modules(digits(rng, 12), Format.EAN13)
        case "ean13+":  # an add-on of 2 or 5 digits belongs to its barcode
            return modules(digits(rng, 12) + "+" + digits(rng, int(rng.choice([2, 5]))), Format.EAN13)
        case "ean8":
            return modules(digits(rng, 7), Format.EAN8)
        case "upca":
            return modules(digits(rng, 11), Format.UPCA)
        case "upce":
            return modules("0" + digits(rng, 6), Format.UPCE)
        case "code39":
            return modules(characters(rng, n, upper), Format.Code39)
        case "code93":
            return modules(characters(rng, n, upper), Format.Code93)
        case "code128":
            return modules(characters(rng, n) if rng.random() < 0.5 else digits(rng, n), Format.Code128)
        case "itf":
            return modules(digits(rng, 2 * (n // 2)), Format.ITF)
        case "codabar":
            return modules("A" + digits(rng, n) + "B", Format.Codabar)
        case "databar":
            return modules(digits(rng, 13), Format.DataBar)


RENDER = [qr_code, data_matrix, aztec, pdf417, barcode]


def render(rng, label=None):
    """One symbol, of this class or any: its class id and its modules."""
    if label is None:
        label = int(rng.choice(len(NAMES), p=SHARES))
    while True:
        try:
            return label, RENDER[label](rng)
        except ValueError:  # a text that the chosen version can't hold
            continue
