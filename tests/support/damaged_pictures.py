"""Pictures that a stranger may send: a sound one of every kind, and ways to spoil them."""

import io
import random
import struct
import zlib
from functools import lru_cache

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()

FAR = 2**32 - 1


@lru_cache(maxsize=1)
def sound() -> dict[str, bytes]:
    """Return a small picture in every format and form that is read here."""
    pixels = np.random.default_rng(3).integers(0, 256, (24, 32, 3), np.uint8)
    photo = Image.fromarray(pixels)
    frames = {"save_all": True, "append_images": [photo.rotate(90), photo.rotate(180)]}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "turned"
    deep = Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    kinds = {
        "jpeg": (photo, "JPEG", {"icc_profile": profile, "exif": exif}),
        "progressive jpeg": (photo, "JPEG", {"progressive": True}),
        "cmyk jpeg": (photo.convert("CMYK"), "JPEG", {}),
        "mpo": (photo, "MPO", frames),
        "png": (photo, "PNG", {"icc_profile": profile, "exif": exif}),
        "palette png": (photo.convert("P"), "PNG", {"transparency": 3}),
        "deep png": (deep, "PNG", {}),
        "animated png": (photo.convert("RGBA"), "PNG", frames),
        "webp": (photo, "WEBP", {"exif": exif}),
        "lossless webp": (photo.convert("RGBA"), "WEBP", {"lossless": True}),
        "animated webp": (photo, "WEBP", frames),
        "gif": (photo.convert("P"), "GIF", {}),
        "animated gif": (photo.convert("P"), "GIF", frames),
        "tiff": (photo, "TIFF", {"exif": exif}),
        "packed tiff": (photo, "TIFF", {"compression": "tiff_lzw"}),
        "jpeg tiff": (photo, "TIFF", {"compression": "jpeg"}),
        "fax tiff": (photo.convert("1"), "TIFF", {"compression": "group4"}),
        "bmp": (photo, "BMP", {}),
        "palette bmp": (photo.convert("P"), "BMP", {}),
        "ppm": (photo, "PPM", {}),
        "jpeg 2000": (photo, "JPEG2000", {}),
        "avif": (photo, "AVIF", {}),
        "heic": (photo, "HEIF", {"exif": exif.tobytes()}),
    }
    return {name: _saved(picture, kind, more) for name, (picture, kind, more) in kinds.items()}


def spoil(content: bytes, chance: random.Random) -> bytes:
    """Return `content` with one to four things wrong with it."""
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        if spoilt:
            chance.choice(WAYS)(spoilt, chance)
    return bytes(spoilt)


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _flip(content: bytearray, chance: random.Random) -> None:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _flip_early(content: bytearray, chance: random.Random) -> None:
    content[chance.randrange(min(64, len(content)))] = chance.randrange(256)


def _overwrite_number(content: bytearray, chance: random.Random) -> None:
    """Put an extreme where a format may keep a size, a count or an offset."""
    place = chance.randrange(len(content))
    number = chance.choice((0, 1, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, FAR))
    written = struct.pack(chance.choice((">I", "<I")), number)
    content[place : place + 4] = written[: len(content) - place]


def _repeat(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    piece = content[start : start + chance.randint(1, 200)]
    content[start:start] = piece * chance.randint(1, 5)


def _remove(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    del content[start : start + chance.randint(1, 100)]


def _swap_in(content: bytearray, chance: random.Random) -> None:
    """Continue in the middle with another format's bytes."""
    other = chance.choice(list(sound().values()))
    place = chance.randrange(len(content))
    content[place:] = other[chance.randrange(len(other)) :]


WAYS = (_cut, _flip, _flip, _flip_early, _overwrite_number, _repeat, _remove, _swap_in)


def crafted() -> dict[str, bytes]:
    """Return files made to do harm, or to be taken for what they are not."""
    whole = sound()
    html = b"<html><script>alert(1)</script></html>"
    return {
        "empty": b"",
        "letter": b"Dear Sir or Madam",
        "zeros": bytes(4096),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        "svg with entities": _laughing_svg(),
        "heic without a picture": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
        "giant heic": _heic_of(65_500, 65_500),
        "heic that is larger than it says": _heic_of(9, 9),
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>",
        "icon": b"\0\0\1\0\1\0\x10\x10\0\0\1\0 \0" + bytes(100),
        "png bomb": png(20_000, 20_000, 1, zlib.compress(bytes(20_000 * 2_501), 9)),
        "png of 10^19 pixels": png(FAR >> 1, FAR >> 1, 8, b""),
        "png without width": png(0, 5, 8, zlib.compress(b"")),
        "png text bomb": _with_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8), 9)),
        "png profile bomb": _with_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(10**8), 9)),
        "png rows bomb": png(9, 9, 8, zlib.compress(bytes(10**8), 9)),
        "giant jpeg": whole["jpeg"].replace(struct.pack(">HH", 24, 32), b"\xff\xdc\xff\xdc"),
        "giant gif": b"GIF89a\xff\xff\xff\xff\xf7\0\0"
        + bytes(768)
        + b",\0\0\0\0\xff\xff\xff\xff\0",
        "giant bmp": _bmp(2**31 - 1, 2**31 - 1),
        "upside down bmp": _bmp(9, -(2**31)),
        "giant ppm": b"P6 99999 99999 255\n",
        "endless ppm": b"P3 " + b"9" * 100_000,
        "giant webp": b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\2\0\0\0" + b"\xff\xff\xff" * 2,
        "giant tiff": _tiff([(256, 4, 1, FAR), (257, 4, 1, FAR), (258, 3, 1, 8), (273, 4, 1, 8)]),
        "tiff that turns in circles": _tiff([(256, 4, 1, 9), (257, 4, 1, 9)], following=8),
        "tiff of a billion strips": _tiff([(256, 4, 1, 9), (257, 4, 1, 9), (273, 4, 10**9, 8)]),
        "gif and script": b"GIF89a/*" + b"\1" * 6 + b"*/=1;alert(1)//",
        "jpeg and html": whole["jpeg"] + html,
        "png and zip": whole["png"] + b"PK\3\4" + bytes(26) + b"PK\5\6" + bytes(18),
        "html and jpeg": html + whole["jpeg"],
        "jpeg with a profile of nonsense": _jpeg_profile(b"nonsense" * 5000),
        "jpeg with a profile that ends early": _jpeg_profile(bytes.fromhex("7fffffff") + bytes(9)),
        "jpeg with an odd rotation": _rotated(0xFFFF),
        "jpeg with a rotation of 0": _rotated(0),
        "jpeg with exif of nonsense": _jpeg_exif(b"II*\0" + b"\xff" * 300),
    }


def png(width: int, height: int, bits: int, rows: bytes) -> bytes:
    """Return a grey PNG whose header says this, whatever `rows`, compressed, holds."""
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", rows), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _with_chunk(kind: bytes, body: bytes) -> bytes:
    plain = sound()["deep png"]
    return plain[:33] + _chunk(kind, body) + plain[33:]  # right after IHDR


def _saved(picture: Image.Image, kind: str, options: dict) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _bmp(width: int, height: int) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 70, 0, 0, 54) + info + bytes(16)


def _tiff(tags: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    entries = b"".join(struct.pack("<HHII", *each) for each in tags)
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)
    return b"II*\0" + struct.pack("<I", 8) + directory


def _heic_of(width: int, height: int) -> bytes:
    content = sound()["heic"]
    place = content.index(b"ispe") + 8  # type, then version and flags
    return content[:place] + struct.pack(">II", width, height) + content[place + 8 :]


def _jpeg_profile(profile: bytes) -> bytes:
    with Image.open(io.BytesIO(sound()["progressive jpeg"])) as picture:
        return _saved(picture, "JPEG", {"icc_profile": profile})


def _jpeg_exif(exif: bytes) -> bytes:
    with Image.open(io.BytesIO(sound()["progressive jpeg"])) as picture:
        return _saved(picture, "JPEG", {"exif": b"Exif\0\0" + exif})


def _rotated(orientation: int) -> bytes:
    entry = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    return _jpeg_exif(b"II*\0\x08\0\0\0\1\0" + entry + bytes(4))


def _laughing_svg() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "ha">{levels}'
        '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        '<svg xmlns="http://www.w3.org/2000/svg"><text>&l9;&file;</text></svg>'
    ).encode()
