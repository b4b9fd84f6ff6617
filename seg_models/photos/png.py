"""A PNG without what is not its picture, so that an odd remark in it keeps nobody from looking."""

from __future__ import annotations

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
HELPFUL = {b"tRNS", b"eXIf"}  # transparency and orientation, where they are whole
LARGEST = 1 << 16  # bytes of such a chunk, and of XMP: the orientation needs no more
XMP = b"XML:com.adobe.xmp"


def without_metadata(content: bytes) -> bytes:
    """Return the PNG file `content` with only the chunks that its pixels need.

    Pillow refuses a file for any broken checksum, and for texts and profiles of more than 1 MB,
    which picture generators and printers write. PNG (third edition), 5.3: chunk layout.
    """
    view, kept, place = memoryview(content), [SIGNATURE], len(SIGNATURE)
    while place + 12 <= len(view):
        length = int.from_bytes(view[place : place + 4], "big")
        kind = bytes(view[place + 4 : place + 8])
        end = place + 12 + length
        if kind in PIXELS or _is_helpful(kind, view[place + 4 : end]):
            kept.append(view[place:end])
        if kind == b"IEND":
            break
        place = end
    return b"".join(kept)


def _is_helpful(kind: bytes, chunk: memoryview) -> bool:
    """Whether `chunk`, from its kind to its checksum, is wanted and whole."""
    body, checksum = chunk[:-4], chunk[-4:]
    wanted = kind in HELPFUL or (kind == b"iTXt" and bytes(body[4 : 4 + len(XMP)]) == XMP)
    if not wanted or len(chunk) > LARGEST:
        return False
    return zlib.crc32(body) == int.from_bytes(checksum, "big")
