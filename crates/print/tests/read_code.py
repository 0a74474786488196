"""Reads the QR symbols of a picture with zxing-cpp, which shares no code with ours, and prints their texts.

With `level` it prints the error correction level in front of each text.
"""

import sys

import zxingcpp
from PIL import Image

found = zxingcpp.read_barcodes(Image.open(sys.argv[1]), formats=zxingcpp.BarcodeFormat.QRCode)
for barcode in found:
    print(*([barcode.ec_level] if "level" in sys.argv[2:] else []), barcode.text)
