"""Reads one QR symbol out of a picture with zxing-cpp, which shares no code with ours, and prints its text."""

import sys

import zxingcpp
from PIL import Image

found = zxingcpp.read_barcodes(Image.open(sys.argv[1]), formats=zxingcpp.BarcodeFormat.QRCode)
for barcode in found:
    print(barcode.text)
